"""What a passage says where it stands: which hits in it stand, how it is said and who says it.

Nothing here depends on the rest of the page, so that what was worked out for a menu, a footer or a phrase serves every
passage that says the same in the same place.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.judging.context import AFFIRMED, contexts_at, read_sentence
from auditor.judging.matching import Indexes, find_hits, find_languages
from auditor.judging.patterns import fold_text
from auditor.judging.sentences import find_sentences
from auditor.judging.surroundings import (
    LONGEST_ANSWER,
    NO_ANSWER,
    OWN,
    SAYS_NO,
    find_denied,
    find_introduced,
    read_answer,
    read_headings,
)
from auditor.models import CONTEXTS, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeAlias

    from auditor.judging.context import Reading
    from auditor.judging.matching import Hit, Hits
    from auditor.models import Document, Rule, RuleSet, TriggerIndex

LONGEST_QUOTE = 600
LONGEST_MARGIN = 160
_LONGEST_REMEMBERED = 2_000
"""Characters of the longest text that outlives its page: a longer one is hardly met again."""

# Expressions as text: compiled when first needed, which for most pages is never.
# A mark after a digit is an inch or a second.
_QUOTATION = r'(?<![0-9])"[^"]{2,1500}"'
_WORDS_OF_SPEECH = 4
_ATTRIBUTION = (
    r"(?:^|[^\w])(?:said|says|saying|told|tells|wrote|writes|warned|warns|explained|explains|stated|states|argued|argues|"
    r"noted|notes|added|according to|commented|replied|concluded)(?:[^\w]|$)|(?:说|表示|指出|警告|写道)"
)
# "There is no known cure, but our clinic cures it": from there on the page speaks of itself.
_TURN = r"(?i)[ ,](?:but|however,?|yet|whereas) (?=(?:\w+ ){0,3}(?:ours?|we|us) )|[但而](?=[^，。；]{0,4}(?:我们|我們|本院|我院))"
_OWN_SUBJECT = r"(?:^|[^\w'])(?:our(?: [\w'-]+){1,5}|we(?: [\w'-]+){0,2}) $"
_DENIAL = (
    r"(?:^|[^\w'])(?:no|not|never|nobody|none|nothing|neither|cannot|without|whether|if|doubt|doubts)(?:[^\w]|$)|n't "
)
_LONGEST_SUBJECT = 80
_LONGEST_SENSE = 40
"""Characters of the longest excuse that tells in which sense a word is meant ("light-cured"); longer ones tell who says it."""
_TOLD = frozenset(("reported", "historical"))
_FIRST_PERSON = r"(?:^|[^\w'])(?:i|i'm|i've|i'd|my|me|mine)(?:[^\w]|$)|我(?!们)"


Told: TypeAlias = "tuple[str, tuple[str, ...], str, str, str | None, bool, bool, bool, bool]"
"""A saying before its parts have names, which most need not get: what was met before is known by their values."""


class Saying(NamedTuple):
    """A text with all around it that tells how it is meant."""

    text: str
    languages: tuple[str, ...]
    role: str
    landmark: str
    block: str | None
    is_warned_of: bool
    """Whether a heading above says that what stands below is to be avoided."""
    is_told_of: bool
    """Whether the heading above says that what stands below is what others say."""
    is_affirmed: bool
    """Whether the next passage begins with a yes."""
    is_denied: bool
    """Whether the next passage begins by denying what this one says."""


class Quote(NamedTuple):
    """A sentence, or as much of a very long one as can be read, and what stands around it."""

    text: str
    folded: str
    """The same without regard to case."""
    prefix: str
    suffix: str
    end: int
    """Where it ends in its passage."""


class Admitted(NamedTuple):
    """A hit that nothing in its passage excuses, and how it is quoted."""

    hit: Hit
    severity: Severity
    voice: str
    contexts: tuple[str, ...]
    words: str
    quote: Quote


class Heard(NamedTuple):
    """What the passages of a document say, each with the languages that it may be written in."""

    languages: list[tuple[str, ...]]
    utterances: list[Utterance]


class _Place(NamedTuple):
    """A hit with the span of its sentence."""

    hit: Hit
    low: int
    high: int


class Memory:
    """The texts that one process has met; a class because what is worked out for one page serves the next.

    Nothing outlives its page unless it is asked to: one audit needs no more. Where one process reads whole sites, their
    pages repeat menus, footers and phrases. Nothing that is found is changed by it.
    """

    def __init__(self, rules: RuleSet) -> None:
        """Begin with no text, to be judged by *rules*."""
        self.rules = rules
        self.keep(0)

    def keep(self, most: int) -> None:
        """Begin anew, and let *most* texts outlive their pages."""
        self.most = most
        self.indexes = Indexes(self.rules, many=most > 0)
        self._triggers: dict[str, TriggerIndex] = {}
        self.readings: dict[tuple[str, str], Reading] = {}
        """Language and sentence to how it is said."""
        self._utterances: dict[Told, Utterance] = {}
        self._expected: dict[int, tuple[Document, Heard]] = {}
        """Documents that were searched and are still to be judged, by their place in memory: to compare them costs more."""

    def hear(self, document: Document) -> Heard:
        """Return the utterance of every passage of *document*."""
        _, heard = self._expected.pop(id(document), (None, None))
        if heard is None:
            self._forget_oldest()
            languages, told = _list_sayings(document)
            heard = Heard(languages, self._search(told))
        return heard

    def expect(self, documents: Iterable[Document]) -> None:
        """Search the passages of *documents*, which are judged next, together: that takes a part of the time."""
        self._forget_oldest()
        # What holds a longer text is searched when its turn comes: the others need not wait in memory with it.
        short = [
            each for each in documents if all(len(passage.text) <= _LONGEST_REMEMBERED for passage in each.passages)
        ]
        listed = [(document, *_list_sayings(document)) for document in short]
        found = iter(self._search([each for *_, told in listed for each in told]))
        self._expected = {
            id(document): (document, Heard(languages, list(itertools.islice(found, len(told)))))
            for document, languages, told in listed
        }

    def _search(self, told: Sequence[Told]) -> list[Utterance]:
        """Return the utterance of each saying that is *told*; only what is new is searched."""
        known = self._utterances
        found = list(map(known.get, told))
        fresh = dict.fromkeys(each for each, utterance in zip(told, found, strict=True) if utterance is None)
        if not fresh:
            return [utterance for utterance in found if utterance]
        hits = find_hits(dict.fromkeys(each[:2] for each in fresh), self.indexes)
        heard = {each: Utterance(Saying(*each), hits[each[:2]], self) for each in fresh}
        if self.most:
            known.update((each.saying, each) for each in heard.values() if _recurs(each.saying))
        return [utterance or heard[each] for each, utterance in zip(told, found, strict=True)]

    def _forget_oldest(self) -> None:
        for memory in (self._utterances, self.readings):
            _forget_oldest(memory, self.most)

    def read_sentence(self, sentence: str, language: str) -> Reading:
        """Return how *sentence* is said, worked out once for all hits in it."""
        reading = self.readings.get((language, sentence))
        if reading is None:
            index = self._find_triggers(language)
            reading = self.readings[language, sentence] = read_sentence(sentence, index, self.rules.tones.get(language))
        return reading

    def _find_triggers(self, language: str) -> TriggerIndex:
        """Return the triggers of *language*; for many pages they are read all at once."""
        index = self._triggers.get(language)
        if index is None:
            index = self.rules.triggers.get(language, {})
            index = self._triggers[language] = dict(index) if self.most else index
        return index


def _recurs(saying: Saying) -> bool:
    """Tell whether another page may say the same: no page has the title of another, nor what is very long."""
    return saying.role != "title" and len(saying.text) <= _LONGEST_REMEMBERED


def _forget_oldest(memory: dict[Any, Any], most: int) -> None:
    for key in list(itertools.islice(memory, max(0, len(memory) - most))):
        del memory[key]


def _list_sayings(document: Document) -> tuple[list[tuple[str, ...]], list[Told]]:
    """Return the languages of every passage of *document*, and what it says."""
    passages = document.passages
    languages = list(map(find_languages, passages))
    answers = [read_answer(passage.text[:LONGEST_ANSWER]) for passage in passages[1:]]
    answers.append(NO_ANSWER)
    denied = find_denied(passages, [answer.is_denial for answer in answers])
    told = [
        (
            passage.text,
            spoken,
            passage.role,
            passage.landmark,
            passage.block,
            *read_headings(passage.section[-2:], is_introduced),
            answer.is_yes,
            is_denied,
        )
        for passage, spoken, answer, is_denied, is_introduced in zip(
            passages, languages, answers, denied, find_introduced(passages), strict=False
        )
    ]
    return languages, told


class Utterance:
    """One saying with its hits; a class because its sentences and what stands in them are worked out when first asked for."""

    __slots__ = ("_memory", "_quotations", "_quotes", "_sentences", "_speakers", "admitted", "hits", "saying")

    def __init__(self, saying: Saying, hits: Hits, memory: Memory) -> None:
        """Hold the *hits* in the text of *saying*."""
        self.saying = saying
        self.hits = hits
        self.admitted: dict[str, tuple[Admitted, ...] | None] = dict.fromkeys(hits.matches)
        """Owner of patterns with a match here to what nothing excuses, None until it is asked for; none where all is excused."""
        self._memory = memory
        self._sentences: list[tuple[int, int]] | None = None
        self._quotations: list[tuple[int, int]] | None = None
        # Empty ones for each of many thousand sayings take megabytes.
        self._quotes: dict[tuple[int, int], Quote] | None = None
        self._speakers: dict[int, str] | None = None

    def admit(self, rule: Rule) -> tuple[Admitted, ...]:
        """Return the hits of *rule* that nothing in the passage excuses, in order.

        They are counted once for each sentence, unless it is a count.
        """
        admitted = self.admitted.get(rule.id, ())
        if admitted is None:
            admitted = tuple(self._admit(rule, once=rule.form != "count"))
            if admitted:
                self.admitted[rule.id] = admitted
            else:
                del self.admitted[rule.id]
        return admitted

    def repeats(self, hit: Hit) -> bool:
        """Return whether the page only repeats the words of *hit*: quoted, told of others, or warned of."""
        place = self._place(hit)
        return self._is_quoted(place) or not self._find_contexts(place).isdisjoint(("warned", "reported"))

    def find_beside(self, rule: Rule) -> list[Hit]:
        """Return the hits of what *rule* asks to stand beside a match."""
        return [hit for hit in self.hits.others.get(rule.id, ()) if hit.pattern.slot == "beside"]

    def _admit(self, rule: Rule, *, once: bool) -> Iterator[Admitted]:
        text, _, role, landmark, *_ = self.saying
        if role not in rule.roles or landmark not in rule.landmarks:
            return
        others = self.hits.others.get(rule.id, ())
        excused = [self._end_excuse(hit) for hit in others if hit.pattern.slot == "unless"]
        unless = _merge_spans(excused)
        beside = _merge_spans((hit.start, hit.end) for hit in others if hit.pattern.slot == "beside")
        done = 0
        for hit in sorted(self.hits.matches.get(rule.id, ()), key=lambda hit: (hit.start, -hit.end)):
            if hit.start < done:
                continue
            place = self._place(hit)
            if rule.lead and text.count(" ", place.low, hit.start) > rule.lead:
                continue
            own = rule.severity >= Severity.HIGH and self._claims_for_itself(place)
            excuses = _merge_spans(_pick_serious(excused, place)) if own else unless
            if _overlaps(excuses, hit) and AFFIRMED not in self._find_contexts(place):
                continue
            if rule.beside and not _stands_beside(rule, place, beside):
                continue
            contexts = self._find_contexts(place)
            if own:
                contexts -= _TOLD
            if contexts.intersection(rule.excused_by) or (contexts.isdisjoint(rule.tones) and not own):
                continue
            voice = self._find_voice(place, contexts)
            if voice not in rule.voice:
                continue
            if once:
                done = max(hit.end, min(place.high, hit.end + LONGEST_QUOTE // 2))
            severity = rule.severity
            if contexts.intersection(rule.softened_by):
                severity = Severity(max(Severity.LOW, severity - 1))
            named = tuple([name for name in CONTEXTS if name in contexts])
            quote = self._quote(place)
            yield Admitted(hit, severity, voice, named, text[hit.start : min(hit.end, quote.end)], quote)

    def _claims_for_itself(self, place: _Place) -> bool:
        """Return whether the words of *place* follow right on "our …" or "we", as what is said of somebody's own offer does.

        However dryly a page says what its own therapy does, and whatever follows, it says it. What is denied or doubted is
        not said, and what "cured" tells of the past, as reports of a trial do.
        """
        text, start = self.saying.text, place.hit.start
        before = fold_text(text[max(place.low, start - LONGEST_QUOTE) : start]).lower()
        if re.search(_OWN_SUBJECT, before[-_LONGEST_SUBJECT:]) is None or re.search(_DENIAL, before):
            return False
        return not text[start : place.hit.end].split(" ", 1)[0].endswith("ed") or before.endswith(("has ", "have "))

    def _end_excuse(self, hit: Hit) -> tuple[int, int]:
        """Return the span of a *hit* of ``unless`` as far as it goes before the page turns to itself."""
        return hit.start, hit.start + _find_turn(self.saying.text[hit.start : hit.end])

    def _place(self, hit: Hit) -> _Place:
        """Return *hit* with the sentence that holds it."""
        text = self.saying.text
        if self._sentences is None:
            self._sentences = find_sentences(text)
        spans = self._sentences
        number = max(0, bisect_right(spans, (hit.start, len(text))) - 1)
        low, high = spans[number]
        while high < hit.end and number + 1 < len(spans):
            number += 1
            high = spans[number][1]
        return _Place(hit, low, high)

    def _find_contexts(self, place: _Place) -> frozenset[str]:
        """Return the contexts and voices in which the words of *place* are said."""
        hit, low, high = place
        if high - low > 3 * LONGEST_QUOTE:
            # Fixed windows, so that a sentence of megabytes is read once and not once for every hit in it.
            window = (hit.start - low) // LONGEST_QUOTE
            low, high = low + max(0, window - 1) * LONGEST_QUOTE, min(high, low + (window + 2) * LONGEST_QUOTE)
        reading = self._memory.read_sentence(self.saying.text[low:high], hit.language)
        contexts = contexts_at(reading, hit.start - low, hit.end - low)
        if "warned" not in contexts and (
            (self.saying.is_warned_of and (self._is_quoted(place) or not self._tells_of_itself(place)))
            or self._is_denied(place)
        ):
            contexts |= {"warned"}
        return contexts - {"question"} if "question" in contexts and self._is_affirmed(place) else contexts

    def _tells_of_itself(self, place: _Place) -> bool:
        """Return whether the sentence tells of the page's own doings, where a heading warns of what others do."""
        return re.search(OWN, fold_text(self.saying.text[place.low : place.high]).lower()) is not None

    def _is_denied(self, place: _Place) -> bool:
        """Return whether the page denies what it repeats in *place*, in the same passage or at the head of the next."""
        text = self.saying.text
        following = text[place.high : place.high + LONGEST_ANSWER].strip()
        is_denied = read_answer(following).is_denial if following else self.saying.is_denied
        return is_denied and re.search(SAYS_NO, fold_text(text[place.low : place.high])) is None

    def _is_affirmed(self, place: _Place) -> bool:
        """Return whether the page answers its own question with yes, in the same passage or at the head of the next."""
        following = self.saying.text[place.high : place.high + LONGEST_ANSWER].strip()
        return read_answer(following).is_yes if following else self.saying.is_affirmed

    def _find_voice(self, place: _Place, contexts: frozenset[str]) -> str:
        """Return who says the words of *place*: clinic, patient or third_party.

        Quotation marks alone make nobody else the speaker: a page could put its own claims in them. Somebody else speaks
        where the passage says who, and not of what is "ours".
        """
        saying = self.saying
        if saying.block == "testimonial" or "patient" in contexts:
            return "patient"
        if "third_party" in contexts:
            return "third_party"
        if not (saying.role == "quote" or saying.block == "quotation" or self._is_quoted(place)):
            return "clinic"
        if saying.is_told_of:
            return "third_party"
        self._speakers = self._speakers or {}
        if place.low not in self._speakers:
            self._speakers[place.low] = _tell_speaker(saying.text, place.low, place.high)
        return self._speakers[place.low]

    def _is_quoted(self, place: _Place) -> bool:
        """Return whether the hit stands inside quotation marks together with more words than itself.

        A product name or a catchword in quotation marks is the page's own voice.
        """
        if self._quotations is None:
            folded = fold_text(self.saying.text)
            self._quotations = [
                match.span()
                for match in (re.finditer(_QUOTATION, folded) if '"' in folded else ())
                if match[0].count(" ") >= _WORDS_OF_SPEECH
            ]
        spans = self._quotations
        number = bisect_right(spans, (place.hit.start, 1 << 60)) - 1
        return number >= 0 and spans[number][1] >= place.hit.end

    def _quote(self, place: _Place) -> Quote:
        """Return the quotation for a hit that stands: its sentence, and what is around it."""
        hit, text = place.hit, self.saying.text
        low, high = _clip_around(hit.start, hit.end, place.low, place.high, LONGEST_QUOTE)
        self._quotes = self._quotes or {}
        quote = self._quotes.get((low, high))
        if quote is None:
            prefix = text[max(0, low - LONGEST_MARGIN) : low]
            suffix = text[high : high + LONGEST_MARGIN]
            if low > LONGEST_MARGIN:
                prefix = "…" + prefix.partition(" ")[2]
            if high + LONGEST_MARGIN < len(text):
                suffix = suffix.rpartition(" ")[0] + "…"
            quote = Quote(text[low:high], text[low:high].casefold(), prefix, suffix, high)
            self._quotes[low, high] = quote
        return quote


@lru_cache(maxsize=1024)
def _find_turn(excuse: str) -> int:
    """Return where the words of an *excuse* turn to the page itself, else their end; many rules have the same ones."""
    turn = re.search(_TURN, excuse)
    return turn.start() if turn else len(excuse)


def _tell_speaker(text: str, low: int, high: int) -> str:
    """Return who speaks a quoted sentence: a patient of themselves, somebody named, or the page after all."""
    sentence = fold_text(text[low : min(high, low + 2 * LONGEST_QUOTE)]).lower()
    if re.search(_FIRST_PERSON, sentence):
        return "patient"
    around = fold_text(text[max(0, low - LONGEST_QUOTE) : high + LONGEST_QUOTE]).lower()
    return "third_party" if re.search(_ATTRIBUTION, around) and not re.search(OWN, sentence) else "clinic"


def _pick_serious(excused: Iterable[tuple[int, int]], place: _Place) -> Iterator[tuple[int, int]]:
    """Yield what excuses also words of a page's own: the sense of a word, and what the next sentence makes of it."""
    for start, end in excused:
        if end - start <= _LONGEST_SENSE or end > place.high:
            yield start, end


def _clip_around(start: int, end: int, low: int, high: int, longest: int) -> tuple[int, int]:
    """Return the part of a sentence from *low* to *high* that is no longer than *longest* and holds the hit."""
    if high - low <= longest:
        return low, high
    end = min(end, start + longest)
    margin = (longest - (end - start)) // 2
    return max(low, start - margin), min(high, end + margin)


def _merge_spans(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return *spans* merged where they overlap, in order."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _overlaps(spans: Sequence[tuple[int, int]], hit: Hit) -> bool:
    number = bisect_right(spans, (hit.end - 1, 1 << 60)) - 1
    return number >= 0 and spans[number][1] > hit.start


def _stands_beside(rule: Rule, place: _Place, beside: Sequence[tuple[int, int]]) -> bool:
    """Return whether one of the patterns that must stand near does, as near as the rule asks; the page knows what is farther."""
    if rule.near in ("section", "page"):
        return True
    if rule.near == "passage":
        return bool(beside)
    number = bisect_left(beside, (place.low, 0))
    return number < len(beside) and beside[number][1] <= place.high
