"""How a thing is said: negated, asked, hedged, warned of, reported, or in somebody else's voice.

The algorithm is ConText's (Harkema, Dowling, Thornblade, Chapman 2009, doi 10.1016/j.jbi.2009.05.002): trigger words
put what stands within their reach into a context, until a word that ends the reach. The triggers are data, one file a
language under ``rules/contexts``.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from auditor.judging.patterns import fold_text
from auditor.judging.tones import tell_tone
from auditor.models import CONTEXTS, VOICES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.models import RuleSet, ToneScale, Trigger, TriggerIndex

_UNITS = r"[\u0e00-\u0e7f\u2e80-\u2fdf\u3005-\u9fff\uac00-\ud7af]|[^\W_]+(?:'[^\W_]+)*|[^\w\s]"
_ASCII_UNITS = r"[a-z0-9]+(?:'[a-z0-9]+)*|[^\w\s]|_"

# A dash between words parts clauses like a semicolon; a hyphen within a word does not.
_DASH = re.compile(r"(?<=\s)[-–—](?=\s)|—")


AFFIRMED = "affirmed"
"""What two negations make together: no context to be shown, but the end of an excuse."""
_LONGEST_NEST = 12
"""Words within which a second negation takes the first back."""


class Tokens(NamedTuple):
    """The words, characters of an unspaced script and marks of punctuation of a sentence, with where each begins and ends."""

    texts: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


class Mark(NamedTuple):
    """A context with the span of the trigger that set it."""

    context: str
    start: int
    end: int


class Reading(NamedTuple):
    """The contexts of one sentence, worked out once for all hits in it."""

    starts: tuple[int, ...]
    """Of its tokens."""
    ends: tuple[int, ...]
    marks: tuple[tuple[int, int, Mark], ...]
    """Marks, each with the first token that it reaches and the one after the last."""
    everywhere: tuple[Mark, ...]
    """Marks that hold for the whole sentence."""


def index_triggers(triggers: Sequence[Trigger]) -> TriggerIndex:
    """Return *triggers* by the first token of their phrases, then by the length of these, longest first."""
    by_phrase: dict[tuple[str, ...], list[Trigger]] = {}
    for trigger in triggers:
        by_phrase.setdefault(tokenize(trigger.phrase).texts, []).append(trigger)
    index: dict[str, dict[int, dict[tuple[str, ...], tuple[Trigger, ...]]]] = {}
    for phrase, members in sorted(by_phrase.items(), key=lambda entry: -len(entry[0])):
        index.setdefault(phrase[0], {}).setdefault(len(phrase), {})[phrase] = tuple(members)
    return index


def tokenize(sentence: str) -> Tokens:
    """Return the tokens of *sentence*: words, or single characters of a script that does not space its words."""
    lowered = fold_text(_DASH.sub(";", sentence)).lower()
    spans = [match.span() for match in re.finditer(_ASCII_UNITS if lowered.isascii() else _UNITS, lowered)]
    starts, ends = zip(*spans, strict=True) if spans else ((), ())
    return Tokens(tuple([lowered[start:end] for start, end in spans]), starts, ends)


def is_word(token: str) -> bool:
    """Return whether *token* is no mark of punctuation."""
    return token[0].isalnum()


def read_sentence(sentence: str, index: TriggerIndex, scale: ToneScale | None = None) -> Reading:
    """Return the contexts of *sentence*, among them its tone by *scale*."""
    tokens = tokenize(sentence)
    texts, starts, ends = tokens
    found = _find_triggers(texts, index)
    stops = _collect_stops(found)
    marks: list[tuple[int, int, Mark]] = []
    everywhere = [Mark(tell_tone(texts, scale), -1, -1)]
    cancelled = {context for _, _, trigger in found if trigger.context == "pseudo" for context in trigger.stops}
    for first, last, trigger in _cancel_doubles(found, texts, index, stops):
        if trigger.context in ("stop", "pseudo", "nest") or trigger.context in cancelled:
            continue
        mark = Mark(trigger.context, starts[first], ends[last - 1])
        if trigger.direction == "sentence":
            everywhere.append(mark)
            continue
        past = _walk(texts, last, 1, trigger, stops) if trigger.direction in ("forward", "both") else last
        before = _walk(texts, first - 1, -1, trigger, stops) if trigger.direction in ("backward", "both") else first - 1
        marks.append((before + 1, past, mark))
    return Reading(starts, ends, tuple(marks), tuple(everywhere))


def contexts_at(reading: Reading, start: int, end: int) -> frozenset[str]:
    """Return the contexts of the words between *start* and *end*; a trigger that is part of them does not count."""
    first, past = bisect_right(reading.ends, start), bisect_left(reading.starts, end)
    reaching = [mark for low, high, mark in reading.marks if max(low, first) < min(high, past)]
    marks = itertools.chain(reading.everywhere, reaching)
    return frozenset([mark.context for mark in marks if not (start <= mark.start and mark.end <= end)])


def _find_triggers(texts: tuple[str, ...], index: TriggerIndex) -> list[tuple[int, int, Trigger]]:
    """Return first token, token after the last, and trigger; the longest phrase at a place wins."""
    found: list[tuple[int, int, Trigger]] = []
    past = 0
    for position in [number for number, text in enumerate(texts) if text in index]:
        if position < past:
            continue
        for length, phrases in index[texts[position]].items():
            triggers = phrases.get(texts[position : position + length])
            if triggers:
                past = position + length
                found.extend([(position, past, trigger) for trigger in triggers])
                break
    return found


def _cancel_doubles(
    found: list[tuple[int, int, Trigger]], texts: tuple[str, ...], index: TriggerIndex, stops: dict[str, set[int]]
) -> list[tuple[int, int, Trigger]]:
    """Return *found* with every negation that takes an earlier one back turned into its contrary.

    "There is no disease that we cannot cure": a word that nests the second under the first stands between their begin
    and end, and no punctuation.
    """
    kept: list[tuple[int, int, Trigger]] = []
    outer: int | None = None
    for first, last, trigger in found:
        if trigger.context == "negated" and trigger.direction != "backward":
            if outer is not None and _is_nested(texts[outer:last], index):
                stops.setdefault("negated", set()).add(first)
                kept.append((first, last, replace(trigger, context=AFFIRMED)))
                outer = None
                continue
            outer = first
        kept.append((first, last, trigger))
    return kept


def _is_nested(texts: tuple[str, ...], index: TriggerIndex) -> bool:
    return (
        len(texts) <= _LONGEST_NEST
        and all(map(is_word, texts))
        and any(
            trigger.context == "nest" for text in texts for trigger in index.get(text, {}).get(1, {}).get((text,), ())
        )
    )


def _collect_stops(found: list[tuple[int, int, Trigger]]) -> dict[str, set[int]]:
    """Return for every context the positions that end its reach; under "" those that end every reach."""
    stops: dict[str, set[int]] = {"": set()}
    for position, _, trigger in found:
        if trigger.context == "stop":
            for context in trigger.stops or ("",):
                stops.setdefault(context, set()).add(position)
    return stops


def _walk(texts: tuple[str, ...], position: int, step: int, trigger: Trigger, stops: dict[str, set[int]]) -> int:
    """Return the first position from *position* on that *trigger* does not reach."""
    all_stops, own_stops = stops[""], stops.get(trigger.context, ())
    words = 0
    while 0 <= position < len(texts) and position not in all_stops and position not in own_stops:
        words += is_word(texts[position])
        if words > trigger.reach:
            break
        position += step
    return position


def find_contexts(sentence: str, start: int, end: int, rules: RuleSet, language: str) -> frozenset[str]:
    """Return the names of the contexts in which the words between *start* and *end* of *sentence* are said."""
    return contexts_at(read_sentence(sentence, rules.triggers.get(language, {})), start, end).intersection(
        (*CONTEXTS, *VOICES)
    )
