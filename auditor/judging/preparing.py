"""The patterns of all rules made ready for the matcher."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.errors import RuleError
from auditor.judging.gates import PatternReader
from auditor.judging.literals import find_part
from auditor.judging.patterns import (
    compile_pattern,
    expand_names,
    lift_alternatives,
    mark_escapes,
    names_in,
    split_alternatives,
)
from auditor.models import PreparedList, PreparedLiteral, PreparedPattern, PreparedPatterns

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


def prepare_patterns(written: Iterable[Written], lists: WordGroups) -> dict[str, PreparedPatterns]:
    """Return language to patterns, gated and known to be taken by RE2.

    Raises RuleError with file and line for a pattern that cannot be used.
    """
    terms = {language: flatten_lists(by_name) for language, by_name in lists.items()}
    tables: dict[str, _Table] = {}
    for item in written:
        if item.language not in tables:
            tables[item.language] = _Table(item.language, terms.get(item.language, {}))
        try:
            tables[item.language].add(item)
        except KeyError as error:
            missing = f"no word list rules/words/{item.language}/{error.args[0]}.yaml"
            raise RuleError(item.path, item.line, missing) from error
        except ValueError as error:
            raise RuleError(item.path, item.line, f"pattern '{item.source}': {error}") from error
    return {language: table.finish() for language, table in tables.items()}


class _Table:
    """The patterns of one language as they gather; a class because what several ask for is numbered once."""

    def __init__(self, language: str, lists: Mapping[str, tuple[str, ...]]) -> None:
        """Begin without patterns, which may name *lists*."""
        self.language = language
        self.lists = dict(lists)
        self.lifted: dict[tuple[str, ...], str] = {}
        self.reader = PatternReader(language, self.lists)
        self.compiled: set[str] = set()
        """Patterns that RE2 takes: many stand in several rules."""
        self.patterns: list[PreparedPattern] = []
        self.gates: dict[tuple[str, ...], int] = {}
        self.callers: dict[int, list[int]] = {}
        self.exact: dict[frozenset[str], int] = {}

    def add(self, item: Written) -> None:
        """Give the gates of *item* numbers and enter it under those that tell most.

        Raises KeyError for a list that is missing, ValueError for what is no pattern.
        """
        pattern, lifted = lift_alternatives(item.pattern, self.lifted)
        self.lists |= lifted
        ways, exact = self.reader.find_ways(pattern)
        if item.pattern not in self.compiled:
            compile_pattern(expand_names(item.pattern, self.lists), self.language)
            self.compiled.add(item.pattern)
        numbered = []
        for way in ways:
            gates = tuple(self.gates.setdefault(gate, len(self.gates)) for gate in way.gates)
            numbered.append((gates, way.spaces))
            called = self.callers.setdefault(gates[way.key], [])
            if len(self.patterns) not in called[-1:]:
                called.append(len(self.patterns))
        self.patterns.append(
            PreparedPattern(
                owner=item.owner,
                slot=item.slot,
                source=item.source,
                pattern=mark_escapes(pattern),
                ways=tuple(numbered),
                exact=self.exact.setdefault(exact, len(self.exact)) if exact else None,
                term=item.term,
                group=item.group,
                far=item.far,
            )
        )

    def finish(self) -> PreparedPatterns:
        """Return the patterns with their literals, each under a part that a text must hold to hold the literal."""
        calls: dict[str, list[int]] = {}
        for gate, number in self.gates.items():
            for literal in gate:
                calls.setdefault(literal, []).extend([number] * (number in self.callers))
        numbers = {literal: number for number, literal in enumerate(calls)}
        literals: dict[str, list[PreparedLiteral]] = {}
        for text, called in calls.items():
            prepared = PreparedLiteral(text, numbers[text], tuple(called))
            literals.setdefault(find_part(text, self.language), []).append(prepared)
        return PreparedPatterns(
            patterns=tuple(self.patterns),
            exact=tuple(self.exact),
            lists=self._cut_lists(),
            literals={part: tuple(members) for part, members in literals.items()},
            gates=tuple(tuple(numbers[literal] for literal in gate) for gate in self.gates),
            callers=tuple(tuple(self.callers.get(number, ())) for number in range(len(self.gates))),
        )

    def _cut_lists(self) -> dict[str, PreparedList]:
        """Return the lists that patterns name, and that these name, cut small: to alternatives with their own pieces."""
        names = [name for pattern in self.patterns if pattern.exact is None for name in names_in(pattern.pattern)]
        lists: dict[str, PreparedList] = {}
        while names:
            name = names.pop()
            if name in lists:
                continue
            terms, pieces = [], []
            for part in (part for term in self.lists[name] for part in split_alternatives(term)):
                lifted, found = lift_alternatives(part, self.lifted)
                self.lists |= found
                names += names_in(lifted)
                terms.append(mark_escapes(lifted))
                pieces.append(" ".join(self.reader.find_fragments(lifted)))
            lists[name] = PreparedList("\n".join(terms), "\n".join(pieces))
        return lists


def flatten_lists(by_name: Mapping[str, Mapping[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """Return name to the terms of all groups of that list."""
    return {name: tuple(term for terms in groups.values() for term in terms) for name, groups in by_name.items()}


def _list_counted_terms(written: Written, name: str, groups: Mapping[str, tuple[str, ...]]) -> Iterator[Written]:
    for group, terms in groups.items():
        for term in terms:
            pattern = written.source.replace(f"{{{name}}}", f"(?:{term})", 1)
            yield written._replace(pattern=pattern, term=term, group=group)


def _find_nodes(root: Node, slot: str, language: str) -> list[Node]:
    values: Any = root.value
    nodes: list[Node] = values[slot].value[language].value
    return nodes
