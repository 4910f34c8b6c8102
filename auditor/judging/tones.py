"""Whether a sentence speaks as sellers do or as those who inform: what it is made of, weighed.

A claim and a health service's statement share their words: "cures", "relieves", the names of diseases. What tells them
apart is how the whole sentence speaks: its small words, who acts in it, whether it is a sentence at all. Each sign has a
weight in ``rules/tones``, fitted to labelled sentences; their sum is the tone.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from auditor.models import ToneScale

_MARKS = frozenset("!?:%&")
"""Punctuation that tells something; the rest does not part two words."""
_LENGTHS = ((6, "<label>"), (12, "<short>"), (25, "<middling>"))


def tell_tone(tokens: Sequence[str], scale: ToneScale | None) -> str:
    """Return how a sentence of lower-case *tokens* speaks: ``selling``, ``leaning`` to it, ``plain``, ``informing`` or ``reporting``.

    Without a *scale* for its language it is plain.
    """
    if scale is None:
        return "plain"
    weight = weigh_tokens(tokens, scale)
    if weight >= scale.selling:
        return "selling"
    if weight >= scale.leaning:
        return "leaning"
    if weight <= scale.reporting:
        return "reporting"
    return "informing" if weight <= scale.informing else "plain"


def weigh_tokens(tokens: Sequence[str], scale: ToneScale) -> int:
    """Return how much more a sentence of *tokens* sounds like a seller than like one who informs."""
    weights = scale.weights
    return scale.start + sum(
        [weights[sign] for sign in list_signs(tokens, scale.kinds, scale.verbs) if sign in weights]
    )


def list_signs(tokens: Sequence[str], kinds: Mapping[str, str], verbs: AbstractSet[str]) -> set[str]:
    """Return the signs in a sentence of *tokens*: its words, pairs of them, its first one, and its shape.

    A word for a thing counts as its kind, such as ``<condition>``: what a seller says of one disease is said of others.
    """
    words = [
        "<number>" if token[0].isdigit() else kinds.get(token, token)
        for token in tokens
        if token[0].isalnum() or token in _MARKS
    ]
    signs = {*words, *map(" ".join, itertools.pairwise(words))}
    if words:
        signs.add(f"^ {words[0]}")
    signs.add(next((name for most, name in _LENGTHS if len(words) < most), "<long>"))
    if not tokens or tokens[-1] != ".":
        signs.add("<open end>")
    if verbs.isdisjoint(tokens):
        signs.add("<no verb>")
    return signs
