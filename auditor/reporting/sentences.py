"""Sentences that a record holds, said in the language of the report.

A record's notes, reasons and limits are whole English sentences with numbers and names in them. Each is known here by its
message; one that is not known stands as it is.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from auditor.reporting.catalogue import is_translated, mark, name_locale, say
from auditor.reporting.wording import ABSENT, CONTACTS, SEVERITY_NAMES

SENTENCES = (
    # What could not be checked
    mark("Only this page was read; what other pages of the site say was not."),
    mark("Citations were not looked up in registers or databases: an identifier is taken as the page gives it."),
    mark(
        "The page was taken to inform and not to sell: %(number)s rules for pages that sell were not applied, and none of them would have been met."
    ),
    mark(
        "The page was taken to inform and not to sell: %(number)s rules for pages that sell were not applied, and %(met)s of them would have been met."
    ),
    mark("The page was cut off after %(number)s bytes; what follows was not read."),
    mark("One image carries no alternative text; words and pictures in it were not read."),
    mark("%(number)s images carry no alternative text; words and pictures in them were not read."),
    mark("One embedded page, such as a video or a map, was not read."),
    mark("%(number)s embedded pages, such as videos or maps, were not read."),
    mark("Scripts were not run; what only they show was not read."),
    mark(
        "The page was read as a browser showed it once its scripts had run; to another visitor it may show other words."
    ),
    mark("Passages in languages without rules were not judged: %(names)s."),
    mark("Rules left out as asked: %(names)s."),
    # Why a page was not assessed
    mark("The page holds no text that a visitor could read."),
    mark("The page holds only %(number)s characters of text, too few to score fairly."),
    mark("The server answered with status %(status)s, an error and not the page asked for."),
    mark("The server asked for proof that a human is visiting instead of showing the page."),
    mark("The page is filled by a script in the visitor's browser; without it there is almost no text."),
    mark("The page is filled by a script, which showed almost no text in the browser that ran it."),
    mark("The page asks visitors to log in before it shows its content."),
    mark("The page says that what was asked for does not exist."),
    mark("The page only says that the site is not available."),
    mark("The page shows only a request for consent to cookies, not its content."),
    mark("The PDF holds pictures of pages and no text that could be read."),
    mark(
        "Most of the page is in a language (%(language)s) for which there are no rules yet; there are rules for %(names)s."
    ),
    # What the score means
    mark("Few red flags or none were found in what this page says."),
    mark("Some red flags were found in what this page says."),
    mark("Several red flags were found, or grave ones."),
    mark("Many red flags were found, grave ones among them."),
    mark("Red flags of nearly every kind were found, or very grave ones."),
    mark("The score does not fall below 0"),
    # How often a thing is said, and how it is coded
    mark("One passage says so."),
    mark("%(number)s passages say so."),
    mark("%(number)s passages say so; the first %(most)s are quoted."),
    mark("Nothing of the kind was found on this page; other pages of the site were not read."),
    mark("Found on this page."),
    mark("Not found on this page."),
    mark("Not found on this page; other pages of the site were not read."),
    mark("Not looked for: none of its rules applies to a page of this kind or language."),
    mark("Not looked for: no rule measures it."),
    mark("Not found in the part of the page that was read."),
    mark("Not looked for: the page could not be read as a visitor reads it."),
    # Signs of selling and informing
    mark("words that sell: “%(words)s”"),
    mark("words that inform: “%(words)s”"),
    mark("a form that asks for contact: “%(words)s”"),
    mark("the address belongs to a public body or reference work"),
)
_SPARED = "The page was taken to inform"
_STEP = re.compile(r"(?P<title>.+) \((?P<level>critical|high|medium|low)\)")
"""A step of the score: the title of a rule, which is English, and how grave its finding is."""
_VALUE = re.compile(r"%\((\w+)\)s")
_CONTACT_SIGN = re.compile(r"links to ([a-z]+)")


def say_sentence(sentence: str) -> str:
    """Return *sentence* of a record in the language that is spoken."""
    if name_locale() == "en":
        return sentence
    if is_translated(sentence):
        return say(sentence)
    for known, message in _read_patterns():
        if found := known.fullmatch(sentence):
            return say(message, **found.groupdict())
    if found := _STEP.fullmatch(sentence):
        return f"{found['title']} ({say(SEVERITY_NAMES[found['level']])})"
    return sentence


def describe_spared(record: dict[str, Any]) -> str:
    """Return which rules were not applied because the page of *record* informs; nothing if none was spared."""
    return next((say_sentence(limit) for limit in record["limits"] if limit.startswith(_SPARED)), "")


def say_sign(sign: str) -> str:
    """Return a *sign* of selling or informing, with the names of services as a reader knows them."""
    if found := _CONTACT_SIGN.fullmatch(sign):
        return say("links to %(name)s", name=say(CONTACTS.get(found[1], found[1])))
    return say_sentence(sign)


def describe_note(finding: dict[str, Any]) -> str:
    """Return the note of *finding* where it adds to the title and the quotations: one quotation speaks for itself."""
    form = finding["rule"]["form"]
    if form == "absence":
        return say(ABSENT)
    return "" if form == "claim" and len(finding["evidence"]) < 2 else say_sentence(finding["note"])


@cache
def _read_patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return for every message with values the pattern of the sentences made from it."""
    found = []
    for message in SENTENCES:
        parts = _VALUE.split(message)
        if len(parts) > 1:
            texts, names = parts[::2], parts[1::2]
            groups = [f"(?P<{name}>.+)" for name in names]
            pattern = "".join(re.escape(text) + group for text, group in zip(texts, [*groups, ""], strict=True))
            found.append((re.compile(pattern, re.DOTALL), message))
    return tuple(found)
