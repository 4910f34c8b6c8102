"""From hits to evidence: the quotation, who says it and how, and what would support it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

from auditor.judging.context import AFFIRMED, Reading, contexts_at, read_sentence
from auditor.judging.patterns import fold_text
from auditor.judging.sentences import find_sentences
from auditor.judging.supporting import SupportIndex, find_support, index_support, is_answered
from auditor.models import CONTEXTS, Evidence, Finding, Severity, Support

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.judging.matching import Hit
    from auditor.models import Document, Passage, Rule, RuleSet

MOST_EVIDENCE = 25
"""Quotations kept for one finding; the note says how many more there are."""
LONGEST_QUOTE = 600
LONGEST_MARGIN = 160

# Expressions as text: compiled when first needed, which for most pages is never.
# A mark after a digit is an inch or a second.
_QUOTATION = r'(?<![0-9])"[^"]{2,1500}"'
_WORDS_OF_SPEECH = 4
_ATTRIBUTION = (
    r"(?:^|[^\w])(?:said|says|saying|told|tells|wrote|writes|warned|warns|explained|explains|stated|states|argued|argues|"
    r"noted|notes|added|according to|commented|replied|concluded)(?:[^\w]|$)|(?:说|表示|指出|警告|写道)"
)
# Headings under which a page quotes what others say, to look into it.
_TOLD_OF = (
    r"(?i)\bmyths?\b|\bred flags?\b|\bwarning signs?\b|\bmisleading\b|\bfalse claims?\b|\bscams?\b|"
    r"\bwhat (?:\w+ )?(?:clinics|adverts|advertisements|sellers|websites|companies) (?:say|claim|promise|tell)|误区|谣言|骗局"
)
# Headings under which a page lists what to beware of, each entry of the list perhaps with a heading of its own.
_WARNED_OF = (
    r"(?i)\bred flags?\b|\bwarning signs\b|\bfalse claims?\b|\bmisleading claims?\b|\bscams?\b|\bbeware of\b|骗局"
)
_AFFIRMATION = r"(?i)(?:yes|absolutely|of course|definitely|certainly|it can|they can)\b|能[。！，]|可以[。！，]|是的"
_OWN = r"(?:^|[^\w'])(?:ours?|we (?:\w+ )?(?:cure|treat|heal|offer|provide|reverse|restore|regenerate|guarantee))(?:[^\w]|$)|我们的|本院|我院"
# "There is no known cure, but our clinic cures it": from there on the page speaks of itself.
_TURN = r"(?i)[ ,](?:but|however,?|yet|whereas) (?=(?:\w+ ){0,3}(?:ours?|we|us) )|[但而](?=[^，。；]{0,4}(?:我们|我們|本院|我院))"
_FIRST_PERSON = r"(?:^|[^\w'])(?:i|i'm|i've|i'd|my|me|mine)(?:[^\w]|$)|我(?!们)"


class Place(NamedTuple):
    """A hit in its sentence."""

    hit: Hit
    passage: Passage
    low: int
    high: int
    """Span of the sentence in the passage."""


class Scene:
    """One page under judgement: its hits and what is worked out once for all rules.

    A class because sentences, their contexts and the support are looked up by every rule and worked out at most once.
    """

    def __init__(
        self,
        document: Document,
        hits: dict[str, list[Hit]],
        rules: RuleSet,
        readings: dict[tuple[str, str], Reading] | None = None,
    ) -> None:
        """Hold the *document* with the *hits* that *rules* have in it, and the *readings* of sentences met before."""
        self.document = document
        self.hits = hits
        self.rules = rules
        self.support: SupportIndex = index_support(document)
        self._sentences: dict[int, list[tuple[int, int]]] = {}
        self._readings = {} if readings is None else readings
        self._quotations: dict[int, list[tuple[int, int]]] = {}
        self._speakers: dict[tuple[int, int], str] = {}

    def place(self, hit: Hit) -> Place:
        """Return *hit* with the sentence that holds it."""
        passage = self.document.passages[hit.passage]
        spans = self._sentences.get(hit.passage)
        if spans is None:
            spans = self._sentences[hit.passage] = find_sentences(passage.text)
        number = max(0, bisect_right(spans, (hit.start, len(passage.text))) - 1)
        low, high = spans[number]
        while high < hit.end and number + 1 < len(spans):
            number += 1
            high = spans[number][1]
        return Place(hit, passage, low, high)

    def contexts(self, place: Place) -> frozenset[str]:
        """Return the contexts and voices in which the words of *place* are said."""
        low, high = place.low, place.high
        if high - low > 3 * LONGEST_QUOTE:
            # Fixed windows, so that a sentence of megabytes is read once and not once for every hit in it.
            window = (place.hit.start - low) // LONGEST_QUOTE
            low, high = low + max(0, window - 1) * LONGEST_QUOTE, min(high, low + (window + 2) * LONGEST_QUOTE)
        sentence = place.passage.text[low:high]
        language = place.hit.language
        reading = self._readings.get((language, sentence))
        if reading is None:
            index = self.rules.triggers.get(language, {})
            reading = self._readings[language, sentence] = read_sentence(
                sentence, index, self.rules.tones.get(language)
            )
        contexts = contexts_at(reading, place.hit.start - low, place.hit.end - low)
        if "warned" not in contexts and self._is_warned_of(place):
            contexts |= {"warned"}
        return contexts - {"question"} if "question" in contexts and self._is_affirmed(place) else contexts

    def _is_warned_of(self, place: Place) -> bool:
        """Return whether a heading says that what stands below is to be avoided, and the sentence does not tell of itself."""
        section = place.passage.section[-2:]
        if not any(re.search(_WARNED_OF, heading) for heading in section):
            return False
        return re.search(_OWN, fold_text(place.passage.text[place.low : place.high]).lower()) is None

    def _is_affirmed(self, place: Place) -> bool:
        """Return whether the page answers its own question with yes, in the same passage or at the head of the next."""
        following = place.passage.text[place.high : place.high + 40].strip()
        if not following and place.passage.index + 1 < len(self.document.passages):
            following = self.document.passages[place.passage.index + 1].text[:40]
        return re.match(_AFFIRMATION, following) is not None

    def voice(self, place: Place, contexts: frozenset[str]) -> str:
        """Return who says the words of *place*: clinic, patient or third_party.

        Quotation marks alone make nobody else the speaker: a page could put its own claims in them. Somebody else speaks
        where the passage says who, and not of what is "ours".
        """
        passage = place.passage
        if passage.block == "testimonial" or "patient" in contexts:
            return "patient"
        if "third_party" in contexts:
            return "third_party"
        if not (passage.role == "quote" or passage.block == "quotation" or self._is_quoted(place)):
            return "clinic"
        if passage.section and re.search(_TOLD_OF, passage.section[-1]):
            return "third_party"
        key = passage.index, place.low
        speaker = self._speakers.get(key)
        if speaker is None:
            speaker = self._speakers[key] = _tell_speaker(passage.text, place.low, place.high)
        return speaker

    def _is_quoted(self, place: Place) -> bool:
        """Return whether the hit stands inside quotation marks together with more words than itself.

        A product name or a catchword in quotation marks is the page's own voice.
        """
        spans = self._quotations.get(place.hit.passage)
        if spans is None:
            folded = fold_text(place.passage.text) if '"' in fold_text(place.passage.text) else ""
            spans = self._quotations[place.hit.passage] = [
                match.span() for match in re.finditer(_QUOTATION, folded) if match[0].count(" ") >= _WORDS_OF_SPEECH
            ]
        number = bisect_right(spans, (place.hit.start, 1 << 60)) - 1
        return number >= 0 and spans[number][1] >= place.hit.end


def _tell_speaker(text: str, low: int, high: int) -> str:
    """Return who speaks a quoted sentence: a patient of themselves, somebody named, or the page after all."""
    sentence = fold_text(text[low : min(high, low + 2 * LONGEST_QUOTE)]).lower()
    if re.search(_FIRST_PERSON, sentence):
        return "patient"
    around = fold_text(text[max(0, low - LONGEST_QUOTE) : high + LONGEST_QUOTE]).lower()
    return "third_party" if re.search(_ATTRIBUTION, around) and not re.search(_OWN, sentence) else "clinic"


class Admitted(NamedTuple):
    """A hit that nothing excuses."""

    place: Place
    contexts: frozenset[str]
    voice: str
    support: Support


def admit_hits(rule: Rule, scene: Scene, *, once: bool) -> Iterator[Admitted]:
    """Yield the hits of *rule* that stand, in page order; *once* for each sentence if only quotations matter."""
    hits = scene.hits.get(rule.id, ())
    unless = _spans_by_passage(_end_excuse(hit, scene) for hit in hits if hit.pattern.slot == "unless")
    beside = _spans_by_passage(hit for hit in hits if hit.pattern.slot == "beside")
    done = (-1, 0)
    matches = (hit for hit in hits if hit.pattern.slot == "match")
    for hit in sorted(matches, key=lambda hit: (hit.passage, hit.start, -hit.end)):
        passage = scene.document.passages[hit.passage]
        if passage.role not in rule.roles or passage.landmark not in rule.landmarks:
            continue
        if (hit.passage, hit.start) < done:
            continue
        place = scene.place(hit)
        if rule.lead and passage.text.count(" ", place.low, hit.start) > rule.lead:
            continue
        if _overlaps(unless.get(hit.passage, ()), hit) and AFFIRMED not in scene.contexts(place):
            continue
        if rule.beside and not _stands_beside(rule, place, beside, scene):
            continue
        contexts = scene.contexts(place)
        if contexts.intersection(rule.excused_by) or contexts.isdisjoint(rule.tones):
            continue
        voice = scene.voice(place, contexts)
        support = find_support(passage, scene.support, rule.support)
        if voice not in rule.voice or is_answered(support):
            continue
        if once:
            done = (hit.passage, max(hit.end, min(place.high, hit.end + LONGEST_QUOTE // 2)))
        yield Admitted(place, contexts, voice, support)


def _end_excuse(hit: Hit, scene: Scene) -> Hit:
    """Return a *hit* of ``unless`` as far as it goes before the page turns to itself."""
    turn = re.search(_TURN, scene.document.passages[hit.passage].text[hit.start : hit.end])
    return hit._replace(end=hit.start + turn.start()) if turn else hit


def find_evidence(rule: Rule, scene: Scene) -> list[Evidence]:
    """Return what stands against *rule* on the page, one quotation a sentence, gravest first."""
    if rule.id not in scene.hits:
        return []
    evidence = [build_evidence(rule, admitted) for admitted in admit_hits(rule, scene, once=True)]
    evidence.sort(key=lambda item: (-item.severity, item.passage.hidden, item.passage.index, item.start))
    return evidence


def judge_claim(rule: Rule, scene: Scene) -> Finding | None:
    """Return the finding of a claim *rule*, or None if nothing stands against it."""
    return build_finding(rule, find_evidence(rule, scene), "")


def build_finding(rule: Rule, evidence: Sequence[Evidence], note: str) -> Finding | None:
    """Return one finding over *evidence*, each sentence quoted once, or None without any."""
    distinct: dict[str, Evidence] = {}
    for item in evidence:
        distinct.setdefault(item.quote.casefold(), item)
    kept = tuple(distinct.values())
    if not kept:
        return None
    if not note:
        note = f"{len(kept)} passages say so." if len(kept) > 1 else "One passage says so."
        if len(kept) > MOST_EVIDENCE:
            note = f"{len(kept)} passages say so; the first {MOST_EVIDENCE} are quoted."
    return Finding(
        rule=rule,
        severity=kept[0].severity,
        evidence=kept[:MOST_EVIDENCE],
        note=note,
        contexts=tuple(sorted({context for item in kept for context in item.contexts})),
        support=max((item.support for item in kept), key=lambda support: support.grade),
    )


def build_evidence(rule: Rule, admitted: Admitted) -> Evidence:
    """Return the quotation for a hit that stands: its sentence, its words, and what is around it."""
    place, contexts, voice, support = admitted
    passage, hit = place.passage, place.hit
    severity = rule.severity
    if contexts.intersection(rule.softened_by):
        severity = Severity(max(Severity.LOW, severity - 1))
    low, high = _clip_around(hit.start, hit.end, place.low, place.high, LONGEST_QUOTE)
    prefix = passage.text[max(0, low - LONGEST_MARGIN) : low]
    suffix = passage.text[high : high + LONGEST_MARGIN]
    if low > LONGEST_MARGIN:
        prefix = "…" + prefix.partition(" ")[2]
    if high + LONGEST_MARGIN < len(passage.text):
        suffix = suffix.rpartition(" ")[0] + "…"
    return Evidence(
        quote=passage.text[low:high],
        words=passage.text[hit.start : min(hit.end, high)],
        prefix=prefix,
        suffix=suffix,
        passage=passage,
        start=hit.start,
        end=hit.end,
        severity=severity,
        voice=voice,
        contexts=tuple(name for name in CONTEXTS if name in contexts),
        support=support,
    )


def _clip_around(start: int, end: int, low: int, high: int, longest: int) -> tuple[int, int]:
    """Return the part of a sentence from *low* to *high* that is no longer than *longest* and holds the hit."""
    if high - low <= longest:
        return low, high
    end = min(end, start + longest)
    margin = (longest - (end - start)) // 2
    return max(low, start - margin), min(high, end + margin)


def _spans_by_passage(hits: Iterable[Hit]) -> dict[int, list[tuple[int, int]]]:
    """Return the spans of *hits* by passage, merged where they overlap, in order."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for hit in sorted(hits, key=lambda hit: (hit.passage, hit.start)):
        known = spans.setdefault(hit.passage, [])
        if known and hit.start <= known[-1][1]:
            known[-1] = (known[-1][0], max(known[-1][1], hit.end))
        else:
            known.append((hit.start, hit.end))
    return spans


def _overlaps(spans: Sequence[tuple[int, int]], hit: Hit) -> bool:
    number = bisect_right(spans, (hit.end - 1, 1 << 60)) - 1
    return number >= 0 and spans[number][1] > hit.start


def _stands_beside(rule: Rule, place: Place, beside: dict[int, list[tuple[int, int]]], scene: Scene) -> bool:
    """Return whether one of the patterns that must stand near does, as near as the rule asks."""
    if rule.near == "page":
        return bool(beside)
    if rule.near == "section":
        section = place.passage.section
        return any(scene.document.passages[number].section == section for number in beside)
    spans = beside.get(place.hit.passage, ())
    if rule.near == "passage":
        return bool(spans)
    number = bisect_left(spans, (place.low, 0))
    return number < len(spans) and spans[number][1] <= place.high
