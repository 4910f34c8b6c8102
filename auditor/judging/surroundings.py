"""How what stands around a passage tells what it means: headings, the words before a list, and the answer that follows."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from auditor.judging.patterns import fold_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.models import Passage

# Expressions as text: compiled when first needed, which for most pages is never.
# Headings under which a page quotes what others say, to look into it.
_TOLD_OF = (
    r"(?i)\bmyths?\b|\bred flags?\b|\bwarning signs?\b|\bmisleading\b|\bfalse claims?\b|\bscams?\b|"
    r"\bwhat (?:\w+ )?(?:clinics|adverts|advertisements|sellers|websites|companies) (?:say|claim|promise|tell)|误区|谣言|骗局"
)
# Headings under which a page lists what to beware of, each entry of the list perhaps with a heading of its own.
_SELLERS = r"(?:clinics?|sellers?|providers?|adverts?|advertisements?|treatments?|therap(?:y|ies)|cures?|products?|websites?|claims?|offers?)"
_WARNED_OF = (
    r"(?i)\bred flags?\b|\bwarning signs\b|\b(?:false|misleading|unproven|bogus) (?:claims?|promises|cures?)\b|\bscams?\b|\bbeware\b|骗局|"
    rf"\b{_SELLERS} (?:you should |you must |we |to )?(?:avoid|distrust|watch out for|be wary of)\b|\bspot (?:an? |the )?(?:\w+ )?{_SELLERS}|"
    r"\b(?:what to |things to |how to )?(?:watch out for|look out for|be wary of|be suspicious of|steer clear)\b|\bwhen to walk away\b|\bwhy (?:it|this|they) (?:is|are) dangerous\b|"
    rf"\bwalk away if\b|\balarm bells\b|\bclaims? (?:we|you|people|patients) (?:\w+ )?(?:seen|see|hear|heard|meet)\b|\b(?:make|tell) you (?:stop|pause|suspicious|to walk)\b|\b(?:tricks|tactics) (?:of|that|they|used|sellers|clinics)\b|\bquestions to ask (?:an?|any|every) (?:\w+ )?{_SELLERS}"
)
# Words before a list of what others say, such as that callers were promised this or that.
_INTRODUCTION = (
    r"(?i)\b(?:was|were|are|been) (?:promised|told|sold)\b|"
    r"\b(?:clinics?|sellers?|adverts?|advertisements?|websites?|they|companies|firms?) (?:\w+ ){0,2}(?:promise[ds]?|claim(?:s|ed)?|advertise[ds]?)\b"
)
_LONGEST_INTRODUCTION = 160
_LISTED = ("list_item", "quote")
_AFFIRMATION = r"(?i)(?:yes|absolutely|of course|definitely|certainly|(?:it|they) (?:can|is|are|does|do)(?= *(?:[.!]|$)))\b|能[。！，]|可以[。！，]|是的"
# Words without which the expressions for headings and answers cannot hit: most pages need not compile them.
_TELLING = (
    "myth", "red flag", "warning sign", "misleading", "false claim", "scam", "beware", "what ", "unproven",
    "bogus", "false p", "false c", "avoid", "distrust", "watch out", "look out", "wary of", "suspicious of",
    "steer clear", "spot ", "walk away", "dangerous", "alarm bell", "claims we", "claims you", "claims p",
    "claim we", "claim you", "claim p", "make you", "tell you", "tricks", "tactics", "questions to ask", "误区",
    "谣言", "骗局",
)  # fmt: skip
# What a page says of a claim that it has just repeated. "It is not magic" denies nothing.
_POINTING = (
    r"(?:that|this|it|these|those|all of (?:this|that|it)|"
    r"(?:such |these |those |the )?(?:claims?|promises?|statements?))"
)
_CONTRADICTION = (
    r"(?:(?:but|yet|in fact|however),? )?(?:"
    r"none of (?:(?:this|that|it|them)|(?:these|those|the) \w+) (?:is|are|was|were|has|have|works?|worked)\b|"
    rf"{_POINTING} (?:is|are|was|were|has been|have been) (?:(?:simply|just|plainly|flatly|all|also) )?(?:(?:not |un)(?:\w+ )?"
    r"(?:true|proven|supported|possible|correct|so)|false|wrong|lies|a lie|nonsense|a myth|myths|misleading|impossible|dangerous)\b|"
    rf"{_POINTING} (?:isn't|aren't|wasn't|weren't) (?:true|proven|supported|possible|correct|so)\b|"
    r"(?:they|it|that|this|these|those|he|she) (?:can't|cannot|can not|don't|do not|doesn't|does not|didn't|did not|isn't|is not|"
    r"aren't|are not|won't|will not)(?: (?:work|do (?:that|this|it|so)))?[.!]|"
    r"there (?:is|was|were|are)(?: still| currently| simply)? (?:no|little)(?: \w+){0,2} (?:evidence|proof|trials?|stud(?:y|ies))\b|"
    r"no (?:\w+ )?(?:evidence|study|studies|trials?) (?:shows?|supports?|exists?)\b|(?:not true|untrue|false|wrong|nonsense)[.!])"
)
# What says no itself: to deny it is to claim.
SAYS_NO = (
    r"(?i)\bno (?:\w+ )?(?:cure|treatment|therapy|way|hope|help|answer|drug)\b|\b(?:cannot|can't|never|nothing|not|incurable|hopeless|"
    r"impossible|irreversible|lifelong)\b"
)
_CONTRADICTING = (
    "not ", "n't", "not.", "cannot", "no ", "none ", "little ", "untrue", "false", "wrong", "lie", "nonsense", "myth",
    "misleading", "unproven", "unsupported", "impossible", "dangerous",
)  # fmt: skip
_REFERRING = (
    "that ", "this ", "it ", "these ", "those ", "they ", "he ", "she ", "all of ", "none of ", "such ", "claim", "promise",
    "statement", "the claim", "the promise", "the statement", "there ", "no ", "not true", "untrue", "false", "wrong",
    "nonsense", "but ", "yet ", "in fact", "however",
)  # fmt: skip
_AFFIRMING = ("yes", "absolutely", "of course", "definitely", "certainly", "it ", "they ", "能", "可以", "是的")
_ANSWERING_HEADS = frozenset(words[:3] for words in (*_REFERRING, *_AFFIRMING))
"""What an answer begins with: most texts are told by that, for it is letters that folding leaves as they are."""
LONGEST_ANSWER = 60
"""Characters behind a question or a claim in which the page may answer it with yes, or deny it."""
# Words in which the page speaks of itself.
OWN = r"(?:^|[^\w'])(?:ours?|we (?:\w+ )?(?:cure|treat|heal|offer|provide|reverse|restore|regenerate|guarantee))(?:[^\w]|$)|我们的|本院|我院"


class Answer(NamedTuple):
    """What the beginning of a text says to what stands before it."""

    is_yes: bool
    is_denial: bool


NO_ANSWER = Answer(is_yes=False, is_denial=False)


@lru_cache(maxsize=1024)
def read_headings(section: tuple[str, ...], is_introduced: bool) -> tuple[bool, bool]:
    """Return whether the two headings or the words above warn of what stands below, and whether the nearest tells of others."""
    return is_introduced or any(map(_warns, section)), bool(section) and _tells_of_others(section[-1])


def find_introduced(passages: Sequence[Passage]) -> list[bool]:
    """Return for each of *passages* whether it stands in a list of what others say, by the words before that list."""
    introduced = []
    is_introduced = False
    for passage in passages:
        if passage.role not in _LISTED:
            is_introduced = passage.text.endswith(":") and _introduces_others(passage.text[-_LONGEST_INTRODUCTION:])
        introduced.append(is_introduced and passage.role in _LISTED)
    return introduced


def find_denied(passages: Sequence[Passage], denials: Sequence[bool]) -> list[bool]:
    """Return for each of *passages* whether what follows denies it, by the *denials* of what stands next to each.

    What follows a list follows all of it.
    """
    denied = list(denials)
    for number in range(len(passages) - 2, -1, -1):
        if denied[number + 1] and passages[number].role in _LISTED and passages[number + 1].role in _LISTED:
            denied[number] = True
    return denied


@lru_cache(maxsize=1024)
def _introduces_others(text: str) -> bool:
    """Tell whether *text* says that the list below it holds what others say, or what to beware of."""
    return _warns(text) or (
        re.search(_INTRODUCTION, text) is not None and re.search(OWN, fold_text(text).lower()) is None
    )


def read_answer(text: str) -> Answer:
    """Return what *text* answers to what stands before it."""
    head = text[:3]
    if head.isascii() and head.isalpha() and head.lower() not in _ANSWERING_HEADS:
        return NO_ANSWER
    return _read_answer(text)


@lru_cache(maxsize=4096)
def _read_answer(text: str) -> Answer:
    return Answer(_begins_with_yes(text), _begins_with_denial(text))


def _begins_with_yes(text: str) -> bool:
    return text.casefold().startswith(_AFFIRMING) and re.match(_AFFIRMATION, text) is not None


def _begins_with_denial(text: str) -> bool:
    folded = fold_text(text).lower().lstrip("\"') ")
    return (
        folded.startswith(_REFERRING)
        and any(sign in folded for sign in _CONTRADICTING)
        and re.match(_CONTRADICTION, folded) is not None
    )


@lru_cache(maxsize=1024)
def _warns(heading: str) -> bool:
    return _may_tell(heading) and re.search(_WARNED_OF, heading) is not None


@lru_cache(maxsize=1024)
def _tells_of_others(heading: str) -> bool:
    return _may_tell(heading) and re.search(_TOLD_OF, heading) is not None


def _may_tell(heading: str) -> bool:
    folded = heading.casefold()
    return any(sign in folded for sign in _TELLING)
