"""Rule folders read into one `RuleSet`: strictly, with file and line for every mistake."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.errors import RuleError
from auditor.judging.codebook import read_codebook
from auditor.judging.context import index_triggers
from auditor.judging.folders import BASIS, MEASURED, RuleFile, digest_files, find_rules
from auditor.judging.measured import pool_counts, read_counts
from auditor.judging.patterns import is_plain, names_in
from auditor.judging.preparing import (
    WordGroups,
    Written,
    flatten_lists,
    list_mentions,
    list_rule_patterns,
    prepare_patterns,
)
from auditor.judging.rulefile import read_rule
from auditor.judging.tonefile import list_named, read_tones
from auditor.judging.values import (
    expect_language,
    read_by_language,
    read_choice,
    read_choices,
    read_items,
    read_keys,
    read_mapping,
    read_number,
    read_pattern,
    read_text,
)
from auditor.judging.yamlfiles import Node, read_yaml
from auditor.models import CATEGORIES, CONTEXTS, Basis, Rule, RuleSet, Scoring, Severity, ToneScale, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

SINGLE_FILES = (BASIS, "codebook.yaml", "offer.yaml", "scoring.yaml")
DIRECTIONS = ("forward", "backward", "both", "sentence")


def build_rule_set(files: tuple[RuleFile, ...]) -> RuleSet:
    """Return the rules in *files* with all that they refer to.

    Raises RuleError at the first mistake, with its file and line.
    """
    read = [(file.name, file.path, read_yaml(file.path, file.content)) for file in files]
    nodes = {name: (path, node) for name, path, node in read}
    for required in SINGLE_FILES:
        if required not in nodes:
            raise RuleError(required, None, "the rule folder needs this file")
    basis: dict[str, Basis] = {}
    for name, path, node in read:
        if name == BASIS:
            basis |= _read_basis(path, node)
    lists: WordGroups = {}
    triggers: dict[str, tuple[Trigger, ...]] = {}
    tones: dict[str, tuple[Path, Node]] = {}
    rules: list[Rule] = []
    for name, (path, node) in nodes.items():
        kind, stem = _place_file(name, path)
        if kind == "words":
            language, _, list_name = stem.partition("/")
            lists.setdefault(language, {})[list_name] = _read_words(path, node)
        elif kind == "contexts":
            triggers[stem] = _read_triggers(path, node)
        elif kind == "tones":
            tones[stem] = path, node
        elif kind:
            rules.append(read_rule(name, path, node, basis))
    offer_path, offer_node = nodes["offer.yaml"]
    offer = _read_offer(offer_path, offer_node)
    written: list[Written] = []
    for rule in rules:
        written.extend(list_rule_patterns(rule, *nodes[rule.path], lists))
    written.extend(list_mentions(((rule, nodes[rule.path][0]) for rule in rules), lists))
    written.extend(_list_offer_patterns(offer, offer_path))
    patterns = prepare_patterns(written, lists)
    words = {language: flatten_lists(by_name) for language, by_name in lists.items()}
    _refuse_dead_lists(rules, lists, nodes, _list_used_by(tones))
    return RuleSet(
        rules=tuple(sorted(rules, key=lambda rule: rule.id)),
        words=words,
        basis=basis,
        codebook=read_codebook(*nodes["codebook.yaml"], basis),
        measured=pool_counts(read_counts(path, node) for name, path, node in read if name == MEASURED),
        triggers={language: index_triggers(items) for language, items in triggers.items()},
        tones=_read_scales(tones, words),
        offer=offer,
        scoring=_read_scoring(*nodes["scoring.yaml"]),
        patterns=patterns,
        digest=digest_files(files),
    )


def _list_offer_patterns(offer: Mapping[str, Mapping[str, tuple[str, ...]]], path: Path) -> Iterator[Written]:
    for sign, by_language in offer.items():
        for language, sources in by_language.items():
            for source in sources:
                yield Written(f"offer/{sign}", "match", language, source, path, None, source)


def _read_scales(
    tones: Mapping[str, tuple[Path, Node]], words: Mapping[str, Mapping[str, tuple[str, ...]]]
) -> dict[str, ToneScale]:
    return {
        language: read_tones(path, node, language, words.get(language, {})) for language, (path, node) in tones.items()
    }


def _list_used_by(tones: Mapping[str, tuple[Path, Node]]) -> set[tuple[str, str]]:
    """Return language and name of the word lists that *tones* use."""
    return {(language, name) for language, (path, node) in tones.items() for name in list_named(node, path)}


def _place_file(name: str, path: Path) -> tuple[str, str]:
    """Return what the file *name* of a rule folder holds: its kind and the rest of its name; "" for single files."""
    parts = name.removesuffix(".yaml").split("/")
    if name in (*SINGLE_FILES, MEASURED):
        return "", name
    if parts[0] == "words" and len(parts) == 3:
        expect_language(parts[1], path, 1)
        return "words", f"{parts[1]}/{parts[2]}"
    if parts[0] == "contexts" and len(parts) == 2:
        expect_language(parts[1], path, 1)
        return "contexts", parts[1]
    if parts[0] == "tones" and len(parts) == 2:
        expect_language(parts[1], path, 1)
        return "tones", parts[1]
    if parts[0] in CATEGORIES and len(parts) == 2:
        return parts[0], parts[1]
    raise RuleError(
        path,
        None,
        f"no rule belongs here; the folder must be one of {', '.join(CATEGORIES)}, words/LANGUAGE, contexts or tones",
    )


# --- files -------------------------------------------------------------------------------------


def _read_basis(path: Path, node: Node) -> dict[str, Basis]:
    result = {}
    for id_, entry in read_mapping(node, path, "basis.yaml").items():
        keys = ("title", "jurisdiction", "says", "url", "verified")
        values = read_keys(entry, path, keys)
        for key in keys:
            if key not in values:
                raise RuleError(path, entry.line, f"basis '{id_}' lacks '{key}'")
        url = read_text(values["url"], path, "url")
        if not url.startswith("https://"):
            raise RuleError(path, values["url"].line, "url must begin with https://")
        result[id_] = Basis(
            id=id_,
            title=read_text(values["title"], path, "title"),
            jurisdiction=read_text(values["jurisdiction"], path, "jurisdiction"),
            says=read_text(values["says"], path, "says"),
            url=url,
            verified=read_choice(values["verified"], path, "verified", ("T", "S")),
        )
    return result


def _read_words(path: Path, node: Node) -> dict[str, tuple[str, ...]]:
    """Return group to terms; a plain list is one group without a name."""
    if isinstance(node.value, dict):
        groups = {group: read_items(items, path, f"group '{group}'") for group, items in node.value.items()}
    else:
        groups = {"": read_items(node, path, "a word list")}
    seen: dict[str, int] = {}
    result = {}
    for group, items in groups.items():
        terms = []
        for item in items:
            term = read_pattern(item, path, "a term")
            if term in seen:
                raise RuleError(path, item.line, f"'{term}' stands in line {seen[term]} already")
            if names_in(term):
                raise RuleError(path, item.line, "a term cannot refer to a word list")
            seen[term] = item.line
            try:
                _ = is_plain(term) or re.compile(term)
            except re.error as error:
                raise RuleError(path, item.line, f"'{term}' is no pattern: {error}") from error
            terms.append(term)
        if not terms:
            raise RuleError(path, node.line, "the list is empty")
        result[group] = tuple(terms)
    return result


def _read_triggers(path: Path, node: Node) -> tuple[Trigger, ...]:
    """Return the triggers of one language: mapping of context to entries ``{direction, reach, phrases}``."""
    allowed = (*CONTEXTS, "patient", "third_party", "stop", "pseudo", "nest")
    triggers: dict[tuple[str, str, str, tuple[str, ...]], Trigger] = {}
    for context, entries in read_keys(node, path, allowed).items():
        for entry in read_items(entries, path, context):
            values = read_keys(entry, path, ("direction", "reach", "phrases", "stops"))
            if "phrases" not in values:
                raise RuleError(path, entry.line, "an entry needs 'phrases'")
            direction = (
                read_choice(values["direction"], path, "direction", DIRECTIONS) if "direction" in values else "forward"
            )
            reach = read_number(values["reach"], path, "reach") if "reach" in values else 8
            stops = (
                read_choices(values["stops"], path, "stops", (*CONTEXTS, "patient", "third_party"))
                if "stops" in values
                else ()
            )
            for item in read_items(values["phrases"], path, "phrases"):
                phrase = read_text(item, path, "a phrase").lower()
                if (context, phrase, direction, stops) in triggers:
                    raise RuleError(path, item.line, f"'{phrase}' is a trigger of '{context}' already")
                triggers[context, phrase, direction, stops] = Trigger(
                    phrase=phrase, context=context, direction=direction, reach=reach, stops=stops
                )
    return tuple(triggers.values())


def _read_offer(path: Path, node: Node) -> dict[str, dict[str, tuple[str, ...]]]:
    values = read_keys(node, path, ("marketing", "information"))
    return {sign: read_by_language(value, path, sign, read_pattern) for sign, value in values.items()}


def _read_scoring(path: Path, node: Node) -> Scoring:
    keys = ("penalty", "strength", "strength_cap", "strength_share", "grades")
    values = read_keys(node, path, keys)
    for key in keys:
        if key not in values:
            raise RuleError(path, 1, f"lacks '{key}'")
    names = [severity.name.lower() for severity in Severity]
    penalty = {
        name: read_number(value, path, name) for name, value in read_keys(values["penalty"], path, names).items()
    }
    costs = [penalty.get(name, -1) for name in names]
    if min(costs) < 0 or sorted(costs) != costs:
        raise RuleError(path, values["penalty"].line, f"needs rising numbers for {', '.join(names)}")
    grades = []
    for entry in read_items(values["grades"], path, "grades"):
        cells = read_items(entry, path, "a grade")
        if len(cells) != 3:
            raise RuleError(path, entry.line, "a grade is [lowest score, letter, meaning]")
        grades.append(
            (
                read_number(cells[0], path, "lowest score"),
                read_text(cells[1], path, "letter"),
                read_text(cells[2], path, "meaning"),
            )
        )
    if not grades or grades[-1][0] != 0 or grades != sorted(grades, reverse=True):
        raise RuleError(path, values["grades"].line, "grades must fall and end at 0")
    return Scoring(
        penalty=penalty,
        strength=read_number(values["strength"], path, "strength"),
        strength_cap=read_number(values["strength_cap"], path, "strength_cap"),
        strength_share=_read_share(values["strength_share"], path),
        grades=tuple(grades),
    )


def _read_share(node: Node, path: Path) -> int:
    share = read_number(node, path, "strength_share")
    if share > 100:
        raise RuleError(path, node.line, "strength_share is a percentage; beyond 100 a finding could raise the score")
    return share


def _refuse_dead_lists(
    rules: Iterable[Rule], words: WordGroups, nodes: Mapping[str, tuple[Path, Node]], used: set[tuple[str, str]]
) -> None:
    """Raise RuleError for a word list that no rule refers to and that is not *used* elsewhere: it looks as if it did something.

    A list that came with the program may be left over when a folder replaces the rule that used it.
    """
    shipped = find_rules()
    is_mixed = any(shipped not in path.parents for path, _ in nodes.values())
    used = set(used)
    for rule in rules:
        for patterns in (rule.match, rule.unless, rule.beside):
            used.update(
                (language, name) for language, items in patterns.items() for item in items for name in names_in(item)
            )
        used.update((language, name) for name in rule.when.get("mentions", ()) for language in words)
    for language, by_name in words.items():
        for name in by_name:
            path = nodes[f"words/{language}/{name}.yaml"][0]
            if (language, name) not in used and not (is_mixed and shipped in path.parents):
                raise RuleError(path, None, "no rule uses this word list; use it or delete it")
