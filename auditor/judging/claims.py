"""From what stands to evidence: what the rest of the page has to say to it, and what would support it."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from auditor.judging.supporting import find_support, index_support, is_answered
from auditor.models import Evidence, Finding
from auditor.nouns import make_builder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from typing import TypeAlias

    from auditor.judging.utterances import Admitted, Utterance
    from auditor.models import Document, Passage, Rule, Support, SupportNeeded

    Standing: TypeAlias = tuple[Admitted, Passage, Support]
    """A hit that nothing on the page excuses, where it stands, and what the page gives to back it."""

_build_evidence = make_builder(Evidence)

MOST_EVIDENCE = 25
"""Quotations kept for one finding; the note says how many more there are."""


class Scene:
    """One page under judgement: what its passages say, and what is worked out once for all rules.

    A class because places and support are looked up by every rule and worked out at most once.
    """

    def __init__(self, document: Document, utterances: Sequence[Utterance]) -> None:
        """Hold the *document* with the utterance of each of its passages."""
        self.document = document
        self.utterances = utterances
        self.places: dict[str, list[int]] = defaultdict(list)
        """Owner of patterns to the passages in which one of its matches is, but for those that are known to be excused."""
        for number, utterance in enumerate(utterances):
            for owner in utterance.admitted:
                self.places[owner].append(number)
        self._index = index_support(document)
        self._supports: dict[tuple[int, str, int | None, tuple[str, ...] | None], Support | None] = {}

    @cached_property
    def characters(self) -> int:
        """Count the characters that the page says."""
        return sum(len(passage.text) for passage in self.document.passages)

    @cached_property
    def marked(self) -> list[Passage]:
        """Return the passages in a part that the page marks as something, such as questions and answers."""
        return [passage for passage in self.document.passages if passage.block is not None]

    def find_support(self, passage: Passage, needed: SupportNeeded | None) -> Support | None:
        """Return the nearest support for a claim in *passage*, or None if that answers it."""
        number = passage.index if passage.index in self._index.by_passage else None
        section = passage.section if passage.section in self._index.by_section else None
        # As a number, for Python hashes members of an enumeration by a function of its own.
        key = (int(needed.answered_by), needed.within, number, section) if needed else (0, "", number, section)
        if key not in self._supports:
            support = find_support(passage, self._index, needed)
            self._supports[key] = None if is_answered(support) else support
        return self._supports[key]


def find_standing(rule: Rule, scene: Scene) -> Iterator[Standing]:
    """Yield the hits of *rule* that stand, in page order."""
    places = scene.places.get(rule.id, ())
    beside = _find_beside(rule, scene) if places and rule.beside and rule.near in ("section", "page") else None
    for number in places:
        admitted = scene.utterances[number].admit(rule)
        if not admitted:
            continue
        passage = scene.document.passages[number]
        if beside is not None and (passage.section if rule.near == "section" else None) not in beside:
            continue
        support = scene.find_support(passage, rule.support)
        if support:
            for each in admitted:
                yield each, passage, support


def _find_beside(rule: Rule, scene: Scene) -> set[tuple[str, ...] | None]:
    """Return the sections that hold what *rule* asks to stand beside a match, or what stands for the whole page."""
    passages = scene.document.passages
    return {
        passages[number].section if rule.near == "section" else None
        for number, utterance in enumerate(scene.utterances)
        if utterance.find_beside(rule)
    }


def find_evidence(rule: Rule, scene: Scene, *, beyond: AbstractSet[str] = frozenset()) -> list[Evidence]:
    """Return what stands against *rule* on the page, one quotation a sentence, gravest first; none of those in *beyond*.

    These are sentences without regard to case.
    """
    found = find_standing(rule, scene)
    if beyond:
        found = (each for each in found if each[0].quote.folded not in beyond)
    return build_evidence(sorted(found, key=_rank_standing))


def _rank_standing(standing: Standing) -> tuple[int, bool]:
    """Return what puts the gravest first, and among equals what is shown."""
    admitted, passage, _ = standing
    return -admitted.severity, passage.hidden


def judge_claim(rule: Rule, scene: Scene) -> Finding | None:
    """Return the finding of a claim *rule*, or None if nothing stands against it."""
    return build_finding(rule, find_evidence(rule, scene), "")


def build_finding(rule: Rule, evidence: Sequence[Evidence], note: str) -> Finding | None:
    """Return one finding over *evidence*, no sentence quoted twice, or None without any."""
    if not evidence:
        return None
    if not note:
        note = f"{len(evidence)} passages say so." if len(evidence) > 1 else "One passage says so."
        if len(evidence) > MOST_EVIDENCE:
            note = f"{len(evidence)} passages say so; the first {MOST_EVIDENCE} are quoted."
    return Finding(
        rule=rule,
        severity=evidence[0].severity,
        evidence=tuple(evidence[:MOST_EVIDENCE]),
        note=note,
        contexts=tuple(sorted({context for item in evidence for context in item.contexts})),
        support=max(evidence, key=attrgetter("support.grade")).support,
    )


def build_evidence(standing: Iterable[Standing]) -> list[Evidence]:
    """Return the quotations of what stands, each sentence once."""
    evidence: dict[str, Evidence] = {}
    for (hit, severity, voice, contexts, words, quote), passage, support in standing:
        if quote.folded not in evidence:
            evidence[quote.folded] = _build_evidence(
                quote=quote.text,
                words=words,
                prefix=quote.prefix,
                suffix=quote.suffix,
                passage=passage,
                start=hit.start,
                end=hit.end,
                severity=severity,
                voice=voice,
                contexts=contexts,
                support=support,
            )
    return list(evidence.values())
