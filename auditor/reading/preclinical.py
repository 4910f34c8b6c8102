"""Words that tell of animals or cell cultures: a study in them says nothing yet about people."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache

LONGEST_AROUND = 300
"""Characters before and after a citation in which it may say that it tells of animals."""

_PRECLINICAL = (
    r"(?i)\b(?:mouse|mice|murine|rats?|rodents?|rabbits?|canine|porcine|zebrafish|animals? (?:models?|stud(?:y|ies)|tests?|testing|trials?|experiments?|research)"
    r"|animals|in[ -]vitro|cell[- ](?:cultures?|lines?)|pre-?clinical|laboratory (?:stud(?:y|ies)|experiments)|petri dish"
    r"|Maus|Mäusen?|Ratten?|Tier(?:modell|versuch|studie)\w{0,3}|Zellkultur(?:en)?|ratón|ratones|ratas|animales|мыш[аеи]\w{0,3}|крыс\w{0,3}|животных|fareler?|hayvan)\b"
    r"|小鼠|大鼠|老鼠|动物(?:模型|实验|试验)|動物(?:モデル|実験|試験|模型|實驗)|体外|體外|细胞培养|細胞培養|マウス|ラット|試験管内"
)
# A part of each of these: most sentences need not be searched by an expression that takes a millisecond to compile.
_SIGNS = (
    "mouse", "mice", "murin", "rodent", "rabbit", "canin", "porcin", "zebrafish", "animal", "vitro", "cell cul", "cell-cul",
    "cell lin", "cell-lin", "preclinical", "pre-clinical", "laborator", "petri", "maus", "mäuse", "ratte", "tiermodell", "tierversuch", "tierstudie", "zellkultur", "ratón",
    "raton", "ratas", "animales", "мыш", "крыс", "животн", "farele",
    "hayvan", "鼠", "动物", "動物", "体外", "體外", "细胞", "細胞", "マウス", "ラット", "試験管",
)  # fmt: skip
_RAT = r"(?i)\brats?\b"


def is_preclinical(text: str) -> bool:
    """Tell whether *text* speaks of animals or cell cultures."""
    lowered = text.lower()
    if any(sign in lowered for sign in _SIGNS):
        return re.search(_PRECLINICAL, text) is not None
    return "rat" in lowered and re.search(_RAT, text) is not None


def is_preclinical_around(text: str, start: int, end: int) -> bool:
    """Tell whether the words around a citation speak of animals or cell cultures."""
    starts, ends = _find_preclinical(text)
    number = bisect_left(starts, start - LONGEST_AROUND)
    return number < len(starts) and ends[number] <= end + LONGEST_AROUND


@lru_cache(maxsize=16)
def _find_preclinical(text: str) -> tuple[list[int], list[int]]:
    """Return where such words start and end, looked for once in a passage and not for every citation in it."""
    spans = [match.span() for match in re.finditer(_PRECLINICAL, text)]
    return [start for start, _ in spans], [end for _, end in spans]
