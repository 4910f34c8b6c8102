"""Rule folders read into one `RuleSet`: strictly, with file and line for every mistake."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.errors import RuleError
from auditor.judging.patterns import compile_expression, expand_names, names_in, prepare_pattern
from auditor.judging.yamlfiles import Node, read_yaml
from auditor.models import (
    CATEGORIES,
    CITATION_KINDS,
    CONTEXTS,
    FORMS,
    INTENTS,
    LANDMARKS,
    LINK_KINDS,
    ROLES,
    STATUSES,
    VOICES,
    Basis,
    Grade,
    PreparedPattern,
    Rule,
    RuleSet,
    Scoring,
    Severity,
    SupportNeeded,
    Trigger,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "vi", "zh")
NEARS = ("sentence", "passage", "section", "page")
CLAIM_ROLES = tuple(role for role in ROLES if role != "structured")
FORM_PURPOSES = ("contact", "newsletter", "search", "login", "other")
FIELD_KINDS = ("name", "email", "telephone", "message", "condition", "date", "address", "search", "password", "file", "consent", "other")  # fmt: skip
FACT_NAMES = ("title", "description", "author", "reviewer", "publisher", "published", "modified", "canonical")
STRUCTURE_VALUES: Mapping[str, tuple[str, ...] | None] = {
    "links": LINK_KINDS,
    "forms": FORM_PURPOSES,
    "asks": FIELD_KINDS,
    "frames": None,
    "trackers": ("any",),
    "scripts": ("mixed",),
    "facts": FACT_NAMES,
    "citations": CITATION_KINDS,
    "blocks": ("testimonial", "quotation", "references", "disclaimer", "faq"),
}
GRADES = {"trial": Grade.TRIAL, "paper": Grade.PAPER, "named": Grade.NAMED, "vague": Grade.VAGUE}
DIRECTIONS = ("forward", "backward", "both", "sentence")
DEFAULT_EXCUSES = ("negated", "question", "warned", "reported")

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_CODE = re.compile(r"[A-Z][0-9]{1,2}\Z")


class RuleFile(NamedTuple):
    """One file of a rule folder: the name it goes by, where it is, and its bytes."""

    name: str
    path: Path
    content: bytes


def find_rules() -> Path:
    """Return the folder of the rules that come with the program: in the installed package, or in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "rules"
    return installed if installed.is_dir() else package.parent / "rules"


def read_files(folders: Iterable[Path]) -> tuple[RuleFile, ...]:
    """Return the files of *folders* sorted by name; a later folder replaces files of the same name.

    Raises RuleError for a folder that is missing or holds what is no rule file.
    """
    files: dict[str, RuleFile] = {}
    for folder in folders:
        if not folder.is_dir():
            raise RuleError(folder, None, "not a folder; name one that holds rule files")
        for path in sorted(folder.rglob("*.y*ml")):
            name = path.relative_to(folder).as_posix()
            if path.suffix != ".yaml":
                raise RuleError(path, None, "the file name must end in .yaml")
            try:
                files[name] = RuleFile(name, path, path.read_bytes())
            except OSError as error:
                raise RuleError(path, None, f"cannot be read: {error.strerror}") from error
    return tuple(files[name] for name in sorted(files))


def digest_files(files: Iterable[RuleFile]) -> str:
    """Return the SHA-256 over names and contents of *files*."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{len(file.content)}\0".encode())
        digest.update(file.content)
    return digest.hexdigest()


def build_rule_set(files: tuple[RuleFile, ...]) -> RuleSet:
    """Return the rules in *files* with all that they refer to.

    Raises RuleError at the first mistake, with its file and line.
    """
    nodes = {file.name: (file.path, read_yaml(file.path, file.content)) for file in files}
    for required in ("basis.yaml", "scoring.yaml", "offer.yaml"):
        if required not in nodes:
            raise RuleError(required, None, "the rule folder needs this file")
    basis = _read_basis(*nodes["basis.yaml"])
    lists: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {}
    triggers: dict[str, tuple[Trigger, ...]] = {}
    rules: list[Rule] = []
    lines: dict[str, tuple[Path, Node]] = {}
    for name, (path, node) in nodes.items():
        parts = name.split("/")
        if name in ("basis.yaml", "scoring.yaml", "offer.yaml"):
            continue
        if parts[0] == "words" and len(parts) == 3:
            _expect_language(parts[1], path, 1)
            lists.setdefault(parts[1], {})[parts[2][:-5]] = _read_words(path, node, parts[1])
        elif parts[0] == "contexts" and len(parts) == 2:
            _expect_language(parts[1][:-5], path, 1)
            triggers[parts[1][:-5]] = _read_triggers(path, node)
        elif parts[0] in CATEGORIES and len(parts) == 2:
            rules.append(_read_rule(name, path, node, basis))
            lines[rules[-1].id] = (path, node)
        else:
            raise RuleError(path, None, f"'{name}' is no rule: the first folder must be one of {', '.join(CATEGORIES)}, words or contexts")
    offer_path, offer_node = nodes["offer.yaml"]
    offer = _read_offer(offer_path, offer_node)
    words = {language: {name: tuple(t for ts in groups.values() for t in ts) for name, groups in by_name.items()} for language, by_name in lists.items()}
    patterns = _prepare_patterns(rules, lines, lists, words, offer, offer_path)
    _refuse_dead_lists(rules, words, nodes)
    return RuleSet(
        rules=tuple(sorted(rules, key=lambda rule: rule.id)),
        words=words,
        basis=basis,
        triggers=triggers,
        offer=offer,
        scoring=_read_scoring(*nodes["scoring.yaml"]),
        patterns=patterns,
        digest=digest_files(files),
    )


# --- values ------------------------------------------------------------------------------------


def _text(node: Node, path: Path, what: str) -> str:
    if not isinstance(node.value, str):
        raise RuleError(path, node.line, f"{what} must be text")
    text = " ".join(node.value.split())
    if not text:
        raise RuleError(path, node.line, f"{what} is empty")
    return text


def _pattern_text(node: Node, path: Path, what: str) -> str:
    """Return a pattern as written: white space counts."""
    if not isinstance(node.value, str) or not node.value.strip():
        raise RuleError(path, node.line, f"{what} must be text")
    return node.value.strip("\n")


def _number(node: Node, path: Path, what: str) -> int:
    if not isinstance(node.value, str) or not re.fullmatch(r"[0-9]{1,6}", node.value):
        raise RuleError(path, node.line, f"{what} must be a whole number")
    return int(node.value)


def _choice(node: Node, path: Path, what: str, allowed: Iterable[str]) -> str:
    text = _text(node, path, what)
    if text not in allowed:
        raise RuleError(path, node.line, f"{what} is '{text}', must be one of {', '.join(allowed)}")
    return text


def _items(node: Node, path: Path, what: str) -> list[Node]:
    if not isinstance(node.value, list):
        raise RuleError(path, node.line, f"{what} must be a list")
    return node.value


def _choices(node: Node, path: Path, what: str, allowed: Iterable[str]) -> tuple[str, ...]:
    return tuple(_choice(item, path, what, allowed) for item in _items(node, path, what))


def _mapping(node: Node, path: Path, what: str) -> dict[str, Node]:
    if not isinstance(node.value, dict):
        raise RuleError(path, node.line, f"{what} must be a mapping")
    return node.value


def _expect_language(language: str, path: Path, line: int) -> None:
    if language not in LANGUAGES:
        raise RuleError(path, line, f"'{language}' is no language code known here; one of {', '.join(LANGUAGES)}")


def _by_language(node: Node, path: Path, what: str, read: Callable[[Node, Path, str], str]) -> dict[str, tuple[str, ...]]:
    result = {}
    for language, items in _mapping(node, path, what).items():
        _expect_language(language, path, items.line)
        result[language] = tuple(read(item, path, what) for item in _items(items, path, what))
    return result


def _known_keys(node: Node, path: Path, allowed: Iterable[str]) -> dict[str, Node]:
    values = _mapping(node, path, "the file")
    for key, value in values.items():
        if key not in allowed:
            raise RuleError(path, value.line, f"unknown key '{key}'; known are {', '.join(allowed)}")
    return values


# --- files -------------------------------------------------------------------------------------


def _read_basis(path: Path, node: Node) -> dict[str, Basis]:
    result = {}
    for id_, entry in _mapping(node, path, "basis.yaml").items():
        keys = ("title", "jurisdiction", "says", "url", "verified")
        values = _known_keys(entry, path, keys)
        for key in keys:
            if key not in values:
                raise RuleError(path, entry.line, f"basis '{id_}' lacks '{key}'")
        url = _text(values["url"], path, "url")
        if not url.startswith("https://"):
            raise RuleError(path, values["url"].line, "url must begin with https://")
        result[id_] = Basis(
            id=id_,
            title=_text(values["title"], path, "title"),
            jurisdiction=_text(values["jurisdiction"], path, "jurisdiction"),
            says=_text(values["says"], path, "says"),
            url=url,
            verified=_choice(values["verified"], path, "verified", ("T", "S")),
        )
    return result


def _read_words(path: Path, node: Node, language: str) -> dict[str, tuple[str, ...]]:
    """Return group to terms; a plain list is one group without a name."""
    if isinstance(node.value, dict):
        groups = {group: _items(items, path, f"group '{group}'") for group, items in node.value.items()}
    else:
        groups = {"": _items(node, path, "a word list")}
    seen: dict[str, int] = {}
    result = {}
    for group, items in groups.items():
        terms = []
        for item in items:
            term = _pattern_text(item, path, "a term")
            if term in seen:
                raise RuleError(path, item.line, f"'{term}' stands in line {seen[term]} already")
            if names_in(term):
                raise RuleError(path, item.line, "a term cannot refer to a word list")
            seen[term] = item.line
            try:
                re.compile(term)
            except re.error as error:
                raise RuleError(path, item.line, f"'{term}' is no pattern: {error}") from error
            terms.append(term)
        if not terms:
            raise RuleError(path, node.line, "the list is empty")
        result[group] = tuple(terms)
    return result


def _read_triggers(path: Path, node: Node) -> tuple[Trigger, ...]:
    """Return the triggers of one language: mapping of context to entries ``{direction, reach, phrases}``."""
    allowed = (*CONTEXTS, "patient", "third_party", "stop", "pseudo")
    triggers: dict[tuple[str, str, str], Trigger] = {}
    for context, entries in _known_keys(node, path, allowed).items():
        for entry in _items(entries, path, context):
            values = _known_keys(entry, path, ("direction", "reach", "phrases", "stops"))
            if "phrases" not in values:
                raise RuleError(path, entry.line, "an entry needs 'phrases'")
            direction = _choice(values["direction"], path, "direction", DIRECTIONS) if "direction" in values else "forward"
            reach = _number(values["reach"], path, "reach") if "reach" in values else 8
            stops = _choices(values["stops"], path, "stops", (*CONTEXTS, "patient", "third_party")) if "stops" in values else ()
            for item in _items(values["phrases"], path, "phrases"):
                phrase = _text(item, path, "a phrase").lower()
                if (context, phrase, direction) in triggers:
                    raise RuleError(path, item.line, f"'{phrase}' is a trigger of '{context}' already")
                triggers[context, phrase, direction] = Trigger(phrase=phrase, context=context, direction=direction, reach=reach, stops=stops)
    return tuple(triggers.values())


def _read_offer(path: Path, node: Node) -> dict[str, dict[str, tuple[str, ...]]]:
    values = _known_keys(node, path, ("marketing", "information"))
    return {sign: _by_language(value, path, sign, _pattern_text) for sign, value in values.items()}


def _read_scoring(path: Path, node: Node) -> Scoring:
    keys = ("penalty", "category_cap", "strength", "strength_cap", "grades")
    values = _known_keys(node, path, keys)
    for key in keys:
        if key not in values:
            raise RuleError(path, 1, f"lacks '{key}'")
    names = [severity.name.lower() for severity in Severity]
    penalty = {name: _number(value, path, name) for name, value in _known_keys(values["penalty"], path, names).items()}
    costs = [penalty.get(name, -1) for name in names]
    if min(costs) < 0 or sorted(costs) != costs:
        raise RuleError(path, values["penalty"].line, f"needs rising numbers for {', '.join(names)}")
    grades = []
    for entry in _items(values["grades"], path, "grades"):
        cells = _items(entry, path, "a grade")
        if len(cells) != 3:
            raise RuleError(path, entry.line, "a grade is [lowest score, letter, meaning]")
        grades.append((_number(cells[0], path, "lowest score"), _text(cells[1], path, "letter"), _text(cells[2], path, "meaning")))
    if not grades or grades[-1][0] != 0 or grades != sorted(grades, reverse=True):
        raise RuleError(path, values["grades"].line, "grades must fall and end at 0")
    return Scoring(
        penalty=penalty,
        category_cap=_number(values["category_cap"], path, "category_cap"),
        strength=_number(values["strength"], path, "strength"),
        strength_cap=_number(values["strength_cap"], path, "strength_cap"),
        grades=tuple(grades),
    )


# --- rules -------------------------------------------------------------------------------------

RULE_KEYS = (
    "title", "severity", "status", "form", "why", "ask", "basis", "codes", "match", "unless", "beside", "near",
    "structure", "when", "at_least", "groups", "in", "landmarks", "voice", "intent", "excused_by", "softened_by",
    "support", "falsepositives", "flags", "passes",
)  # fmt: skip
_REQUIRED = ("title", "status", "form", "why", "ask", "basis", "flags", "passes")
_NEEDS = {"claim": ("match",), "structure": ("structure",), "absence": (), "count": ("match", "at_least")}
_FORBIDS = {
    "claim": ("structure", "at_least", "groups"),
    "structure": ("match", "unless", "beside", "near", "at_least", "groups", "support"),
    "absence": ("beside", "near", "at_least", "groups", "support", "softened_by"),
    "count": ("structure", "support", "beside"),
}


def _read_rule(name: str, path: Path, node: Node, basis: Mapping[str, Basis]) -> Rule:
    category, stem = name[:-5].split("/")
    if not _ID.match(stem):
        raise RuleError(path, None, "the file name must be lower-case words joined by hyphens")
    values = _known_keys(node, path, RULE_KEYS)
    for key in _REQUIRED:
        if key not in values:
            raise RuleError(path, 1, f"lacks '{key}'")
    form = _choice(values["form"], path, "form", FORMS)
    _check_form(form, values, path)
    is_strength = category == "strengths"
    if is_strength == ("severity" in values):
        raise RuleError(path, 1, "a strength has no severity" if is_strength else "lacks 'severity'")
    names = tuple(severity.name.lower() for severity in Severity)

    def choices(key: str, allowed: Iterable[str], default: tuple[str, ...]) -> tuple[str, ...]:
        return _choices(values[key], path, key, allowed) if key in values else default

    def languages(key: str, read: Callable[[Node, Path, str], str] = _pattern_text) -> dict[str, tuple[str, ...]]:
        return _by_language(values[key], path, key, read) if key in values else {}

    return Rule(
        id=name[:-5],
        category=category,
        title=_text(values["title"], path, "title"),
        severity=Severity.LOW if is_strength else Severity[_choice(values["severity"], path, "severity", names).upper()],
        status=_choice(values["status"], path, "status", STATUSES),
        form=form,
        why=_text(values["why"], path, "why"),
        ask=_text(values["ask"], path, "ask"),
        basis=choices("basis", tuple(basis), ()),
        codes=_read_codes(values, path),
        match=languages("match"),
        unless=languages("unless"),
        beside=languages("beside"),
        near=_choice(values["near"], path, "near", NEARS) if "near" in values else ("page" if form == "count" else "sentence"),
        structure=_read_conditions(values.get("structure"), path, STRUCTURE_VALUES),
        when=_read_conditions(values.get("when"), path, {"findings": CATEGORIES, "mentions": None, "characters": None}),
        at_least=_number(values["at_least"], path, "at_least") if "at_least" in values else 1,
        groups=_number(values["groups"], path, "groups") if "groups" in values else 0,
        roles=choices("in", ROLES, CLAIM_ROLES),
        landmarks=choices("landmarks", LANDMARKS, LANDMARKS),
        voice=choices("voice", VOICES, VOICES if is_strength else ("clinic", "patient")),
        intents=choices("intent", INTENTS, INTENTS if is_strength else ("marketing", "unclear")),
        excused_by=choices("excused_by", CONTEXTS, DEFAULT_EXCUSES),
        softened_by=choices("softened_by", CONTEXTS, ()),
        support=_read_support(values["support"], path) if "support" in values else None,
        falsepositives=tuple(_text(item, path, "falsepositives") for item in _items(values["falsepositives"], path, "falsepositives")) if "falsepositives" in values else (),
        flags=languages("flags", _example),
        passes=languages("passes", _example),
        path=name,
    )  # fmt: skip


def _example(node: Node, path: Path, what: str) -> str:
    if not isinstance(node.value, str) or not node.value.strip():
        raise RuleError(path, node.line, f"an example under '{what}' must be text")
    return node.value.strip()


def _check_form(form: str, values: Mapping[str, Node], path: Path) -> None:
    for key in _NEEDS[form]:
        if key not in values:
            raise RuleError(path, values["form"].line, f"a rule of form '{form}' needs '{key}'")
    for key in _FORBIDS[form]:
        if key in values:
            raise RuleError(path, values[key].line, f"'{key}' means nothing in a rule of form '{form}'")
    if form == "absence" and "match" not in values and "structure" not in values:
        raise RuleError(path, values["form"].line, "an absence needs 'match' or 'structure': what would be there")


def _read_codes(values: Mapping[str, Node], path: Path) -> tuple[str, ...]:
    if "codes" not in values:
        return ()
    codes = []
    for item in _items(values["codes"], path, "codes"):
        code = _text(item, path, "a code")
        if not _CODE.match(code):
            raise RuleError(path, item.line, f"'{code}' is no code of the codebook, such as B2")
        codes.append(code)
    return tuple(codes)


def _read_conditions(node: Node | None, path: Path, allowed: Mapping[str, tuple[str, ...] | None]) -> dict[str, tuple[str, ...]]:
    if node is None:
        return {}
    result = {}
    for key, value in _mapping(node, path, "conditions").items():
        if key not in allowed:
            raise RuleError(path, value.line, f"unknown condition '{key}'; known are {', '.join(allowed)}")
        values = allowed[key]
        items = _items(value, path, key)
        result[key] = tuple(_choice(item, path, key, values) if values else _text(item, path, key) for item in items)
        if key == "characters" and not all(text.isdigit() for text in result[key]):
            raise RuleError(path, value.line, "characters must be a whole number")
    return result


def _read_support(node: Node, path: Path) -> SupportNeeded:
    values = _known_keys(node, path, ("answered_by", "within"))
    for key in ("answered_by", "within"):
        if key not in values:
            raise RuleError(path, node.line, f"support lacks '{key}'")
    return SupportNeeded(
        answered_by=GRADES[_choice(values["answered_by"], path, "answered_by", tuple(GRADES))],
        within=_choice(values["within"], path, "within", NEARS[1:]),
    )


# --- patterns ----------------------------------------------------------------------------------


def _prepare_patterns(
    rules: Iterable[Rule],
    lines: Mapping[str, tuple[Path, Node]],
    lists: Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]],
    words: Mapping[str, Mapping[str, tuple[str, ...]]],
    offer: Mapping[str, Mapping[str, tuple[str, ...]]],
    offer_path: Path,
) -> dict[str, tuple[PreparedPattern, ...]]:
    result: dict[str, list[PreparedPattern]] = {}

    def add(owner: str, slot: str, language: str, source: str, node: Node | None, path: Path, term: str = "", group: str = "", pattern: str | None = None) -> None:
        line = node.line if node else None
        try:
            prepared = prepare_pattern(expand_names(pattern or source, words.get(language, {})), language)
            compile_expression(prepared.expression)
        except KeyError as error:
            raise RuleError(path, line, f"no word list rules/words/{language}/{error.args[0]}.yaml") from error
        except ValueError as error:
            raise RuleError(path, line, f"pattern '{source}': {error}") from error
        result.setdefault(language, []).append(
            PreparedPattern(owner=owner, slot=slot, expression=prepared.expression, gates=prepared.gates, source=source, term=term, group=group)
        )

    for rule in rules:
        path, root = lines[rule.id]
        for slot in ("match", "unless", "beside"):
            for language, sources in getattr(rule, slot).items():
                nodes = _pattern_nodes(root, slot, language)
                for source, node in zip(sources, nodes, strict=True):
                    counted = names_in(source)[:1] if rule.form == "count" and slot == "match" else ()
                    if not counted or counted[0] not in lists.get(language, {}):
                        add(rule.id, slot, language, source, node, path)
                        continue
                    for group, terms in lists[language][counted[0]].items():
                        for term in terms:
                            pattern = source.replace(f"{{{counted[0]}}}", f"(?:{term})", 1)
                            add(rule.id, slot, language, source, node, path, term, group, pattern)
        for name in rule.when.get("mentions", ()):
            for language, by_name in words.items():
                if name in by_name and not any(p.owner == f"words/{name}" for p in result.get(language, ())):
                    add(f"words/{name}", "match", language, f"{{{name}}}", None, path)
            if not any(name in by_name for by_name in words.values()):
                raise RuleError(path, None, f"no word list '{name}', which 'mentions' names")
    for sign, by_language in offer.items():
        for language, sources in by_language.items():
            for source in sources:
                add(f"offer/{sign}", "match", language, source, None, offer_path)
    return {language: tuple(patterns) for language, patterns in result.items()}


def _pattern_nodes(root: Node, slot: str, language: str) -> list[Node]:
    values: Any = root.value
    nodes: list[Node] = values[slot].value[language].value
    return nodes


def _refuse_dead_lists(
    rules: Iterable[Rule], words: Mapping[str, Mapping[str, tuple[str, ...]]], nodes: Mapping[str, tuple[Path, Node]]
) -> None:
    """Raise RuleError for a word list that no rule refers to: it looks as if it did something."""
    used: set[tuple[str, str]] = set()
    for rule in rules:
        for patterns in (rule.match, rule.unless, rule.beside):
            used.update((language, name) for language, items in patterns.items() for item in items for name in names_in(item))
        used.update((language, name) for name in rule.when.get("mentions", ()) for language in words)
    for language, by_name in words.items():
        for name in by_name:
            if (language, name) not in used:
                raise RuleError(nodes[f"words/{language}/{name}.yaml"][0], None, "no rule uses this word list; use it or delete it")
