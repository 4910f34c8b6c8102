"""The patterns of all rules made ready for the matcher."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.errors import RuleError
from auditor.judging.patterns import compile_pattern, expand_names, find_gates, names_in
from auditor.models import PreparedPattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from auditor.judging.yamlfiles import Node
    from auditor.models import Rule

WordGroups = dict[str, dict[str, dict[str, tuple[str, ...]]]]
"""Language to name of a word list to group to terms."""


class Written(NamedTuple):
    """A pattern as somebody wrote it, and where."""

    owner: str
    slot: str
    language: str
    source: str
    path: Path
    line: int | None
    pattern: str
    """The source, for a count with one term in place of the list it names."""
    term: str = ""
    group: str = ""
    far: bool = False


def list_rule_patterns(rule: Rule, path: Path, root: Node, lists: WordGroups) -> Iterator[Written]:
    """Yield the patterns of *rule*, read from *root* of the file *path*."""
    for slot in ("match", "unless", "beside"):
        for language, sources in getattr(rule, slot).items():
            for source, node in zip(sources, _find_nodes(root, slot, language), strict=True):
                far = slot == "beside" and rule.near in ("section", "page")
                written = Written(rule.id, slot, language, source, path, node.line, source, far=far)
                counted = names_in(source)[:1] if rule.form == "count" and slot == "match" else ()
                if counted and counted[0] in lists.get(language, {}):
                    yield from _list_counted_terms(written, counted[0], lists[language][counted[0]])
                else:
                    yield written


def list_mentions(rules: Iterable[tuple[Rule, Path]], lists: WordGroups) -> Iterator[Written]:
    """Yield a pattern for every word list that a rule asks to be mentioned."""
    seen: set[str] = set()
    for rule, path in rules:
        for name in rule.when.get("mentions", ()):
            languages = [language for language, by_name in lists.items() if name in by_name]
            if not languages:
                raise RuleError(path, None, f"no word list '{name}', which 'mentions' names")
            if name not in seen:
                seen.add(name)
                for language in languages:
                    yield Written(f"words/{name}", "match", language, f"{{{name}}}", path, None, f"{{{name}}}")


def prepare_patterns(
    written: Iterable[Written], lists: WordGroups
) -> tuple[dict[str, tuple[PreparedPattern, ...]], dict[str, tuple[str, ...]]]:
    """Return language to patterns, gated and known to be taken by RE2, and language to the literals of their gates.

    Raises RuleError with file and line for a pattern that cannot be used.
    """
    terms = {
        language: {name: flatten_terms(groups) for name, groups in by_name.items()}
        for language, by_name in lists.items()
    }
    result: dict[str, list[PreparedPattern]] = {}
    literals: dict[str, dict[str, int]] = {}
    for item in written:
        try:
            expanded = expand_names(item.pattern, terms.get(item.language, {}))
            gates, exact = find_gates(expanded, item.language)
            compile_pattern(expanded, item.language)
        except KeyError as error:
            missing = f"no word list rules/words/{item.language}/{error.args[0]}.yaml"
            raise RuleError(item.path, item.line, missing) from error
        except ValueError as error:
            raise RuleError(item.path, item.line, f"pattern '{item.source}': {error}") from error
        known = literals.setdefault(item.language, {})
        result.setdefault(item.language, []).append(
            PreparedPattern(
                owner=item.owner,
                slot=item.slot,
                pattern=item.pattern,
                gates=tuple(frozenset(known.setdefault(text, len(known)) for text in gate) for gate in gates),
                source=item.source,
                term=item.term,
                group=item.group,
                far=item.far,
                exact=exact,
            )
        )
    return (
        {language: tuple(patterns) for language, patterns in result.items()},
        {language: tuple(known) for language, known in literals.items()},
    )


def flatten_terms(groups: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the terms of all *groups*."""
    return tuple(term for terms in groups.values() for term in terms)


def _list_counted_terms(written: Written, name: str, groups: Mapping[str, tuple[str, ...]]) -> Iterator[Written]:
    for group, terms in groups.items():
        for term in terms:
            pattern = written.source.replace(f"{{{name}}}", f"(?:{term})", 1)
            yield written._replace(pattern=pattern, term=term, group=group)


def _find_nodes(root: Node, slot: str, language: str) -> list[Node]:
    values: Any = root.value
    nodes: list[Node] = values[slot].value[language].value
    return nodes
