"""What is not a claim: structures of the page, things counted, and disclosures that are missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.judging.claims import build_evidence, build_finding, find_standing
from auditor.models import Evidence, Finding, Grade, Support

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.judging.claims import Scene, Standing
    from auditor.models import Passage, Rule

_LATIN_WORD = re.compile(r"(?<![A-Za-z])[A-Za-z]{3,}(?: [A-Za-z']+){3,}")
_HAN_RUN = r"[\u4e00-\u9fff]{2,}"
_HAN_WRITING = frozenset(("zh", "ja"))
_MIXED_PASSAGES = 3
_ANNOUNCING = frozenset(("heading", "link", "button", "label", "title", "meta"))
_INVITING = r"(?i)(?:(?:read|see|hear|watch|view|browse|check out|leave|write|share|submit|discover)\b[^.!?]{1,200}[.!?] ?){1,3}"
_QUOTE = 600
_UNSUPPORTED = Support(grade=Grade.NONE)


def meets_conditions(rule: Rule, scene: Scene, categories: frozenset[str]) -> bool:
    """Return whether all that *rule* says under ``when`` holds; *categories* are those with findings so far."""
    when = rule.when
    if "findings" in when and categories.isdisjoint(when["findings"]):
        return False
    if "characters" in when and scene.characters < int(when["characters"][0]):
        return False
    return "mentions" not in when or all(f"words/{name}" in scene.places for name in when["mentions"])


def judge_structure(rule: Rule, scene: Scene) -> Finding | None:
    """Return the finding of a structure *rule*: all its conditions hold, each by any of its values."""
    evidence: list[Evidence] = []
    notes = []
    for kind, values in rule.structure.items():
        met, note = _find_structure(kind, values, scene, rule)
        if not note:
            return None
        evidence.extend(_quote_passage(rule, passage) for passage in met)
        notes.append(note)
    text = "; ".join(notes)
    note = text[:1].upper() + text[1:] + "."
    if evidence:
        return build_finding(rule, _quote_once(evidence), note)
    return Finding(rule=rule, severity=rule.severity, evidence=(), note=note, contexts=(), support=_UNSUPPORTED)


def judge_count(rule: Rule, scene: Scene) -> Finding | None:
    """Return the finding of a count *rule*: enough distinct terms, from enough groups, near each other."""
    by_place: dict[object, dict[str, Standing]] = {}
    last = (-1, 0)
    for standing in find_standing(rule, scene):
        (hit, *_), passage, _ = standing
        if (passage.index, hit.start) < last:
            continue  # "hip arthritis" is one condition, though "arthritis" is another elsewhere
        last = passage.index, hit.end
        place = {"passage": passage.index, "section": passage.section}.get(rule.near, "page")
        words = passage.text[hit.start : hit.end].casefold()
        by_place.setdefault(place, {}).setdefault(hit.pattern.term or words, standing)
    for terms in by_place.values():
        groups = {admitted.hit.pattern.group for admitted, *_ in terms.values()}
        if len(terms) >= rule.at_least and len(groups) >= rule.groups:
            return build_finding(rule, build_evidence(terms.values()), _count_note(terms.values(), groups))
    return None


def _count_note(counted: Iterable[Standing], groups: set[str]) -> str:
    hits = [(passage.text, admitted.hit) for admitted, passage, _ in counted]
    words = [text[hit.start : hit.end] for text, hit in hits]
    listed = ", ".join(words[:12]) + (" …" if len(words) > 12 else "")
    named = sorted(group for group in groups if group)
    source = f" from {len(named)} groups ({', '.join(named)})" if named else ""
    return f"{len(words)} were counted{source}: {listed}."


def judge_absence(rule: Rule, scene: Scene) -> Finding | None:
    """Return the finding of an absence *rule*: nothing on the page is what it looks for."""
    if is_disclosed(rule, scene):
        return None
    return Finding(
        rule=rule,
        severity=rule.severity,
        evidence=(),
        note="Nothing of the kind was found on this page; other pages of the site were not read.",
        contexts=(),
        support=_UNSUPPORTED,
    )


def is_disclosed(rule: Rule, scene: Scene) -> bool:
    """Return whether something on the page is what the absence *rule* looks for."""
    if any(_find_structure(kind, values, scene, rule)[1] for kind, values in rule.structure.items()):
        return True
    return next(find_standing(rule, scene), None) is not None


def _find_structure(kind: str, values: Sequence[str], scene: Scene, rule: Rule) -> tuple[list[Passage], str]:
    """Return the passages that show a structure of *kind*, and a few words on it; no words if it is not there."""
    document = scene.document
    passages = document.passages
    if kind == "links":
        links = [link for link in document.links if link.kind in values and link.landmark in rule.landmarks]
        kinds = sorted({link.kind for link in links})
        shown = [passages[link.passage] for link in links if link.passage is not None]
        return shown, f"the page links to {', '.join(kinds)}" if links else ""
    if kind in ("forms", "asks"):
        forms = [
            form
            for form in document.forms
            if form.landmark in rule.landmarks
            and (form.purpose in values if kind == "forms" else any(field.asks in values for field in form.fields))
        ]
        asked = sorted({field.asks for form in forms for field in form.fields} - {"other"})
        shown = [passages[form.passage] for form in forms if form.passage is not None]
        return shown, f"a form asks for {', '.join(asked) or 'nothing that could be told'}" if forms else ""
    if kind == "frames":
        frames = [frame for frame in document.frames if any(value in frame.url for value in values)]
        return [], f"the page embeds {frames[0].url[:200]}" if frames else ""
    if kind == "trackers":
        names = sorted({tracker.name for tracker in document.trackers})
        return [], f"the page loads {', '.join(names)}" if names else ""
    if kind == "facts":
        facts = [name for name in values if getattr(document.facts, name)]
        return [], "; ".join(f"{name} is given: {getattr(document.facts, name)[:200]}" for name in facts)
    if kind == "citations":
        citations = [citation for citation in document.citations if citation.kind in values]
        shown = [passages[citation.passage] for citation in citations if citation.passage is not None]
        return shown, f"the page cites {citations[0].identifier[:200]}" if citations else ""
    if kind == "blocks":
        # A heading, a link or a button alone announces such a part and holds nothing of it.
        shown = [passage for passage in scene.marked if passage.block in values and not _announces(passage)]
        return shown, f"the page has a part marked as {shown[0].block}" if shown else ""
    said = [utterance.saying for utterance in scene.utterances]
    wide = [passages[number] for number, saying in enumerate(said) if not _HAN_WRITING.isdisjoint(saying.languages)]
    mixed = [passage for passage in wide if _LATIN_WORD.search(passage.text) and re.search(_HAN_RUN, passage.text)]
    enough = len(mixed) >= _MIXED_PASSAGES
    return (mixed, f"{len(mixed)} passages mix two scripts within their sentences") if enough else ([], "")


def _announces(passage: Passage) -> bool:
    """Tell whether a passage only leads to such a part, or asks for one: "Read our reviews"."""
    return passage.role in _ANNOUNCING or re.fullmatch(_INVITING, passage.text) is not None


def _quote_once(evidence: Iterable[Evidence]) -> list[Evidence]:
    distinct: dict[str, Evidence] = {}
    for item in evidence:
        distinct.setdefault(item.quote.casefold(), item)
    return list(distinct.values())


def _quote_passage(rule: Rule, passage: Passage) -> Evidence:
    quote = passage.text[:_QUOTE]
    return Evidence(
        quote=quote,
        words=quote,
        prefix="",
        suffix="…" if len(passage.text) > _QUOTE else "",
        passage=passage,
        start=0,
        end=len(quote),
        severity=rule.severity,
        voice="patient" if passage.block == "testimonial" else "clinic",
        contexts=(),
        support=_UNSUPPORTED,
    )
