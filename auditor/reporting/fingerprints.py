"""Fingerprints by which a finding and a quotation are known again after the page has changed.

Of a quotation: the rule, and the words that met it. So it survives when its paragraph moves or the text around it is
edited, and not when the words themselves change. Of a finding: the rule, and the address of the page, because a finding is
one rule met on one page, whatever words meet it.
"""

from __future__ import annotations

import re
from hashlib import sha256
from unicodedata import normalize

LENGTH = 16
"""Hexadecimal digits: enough that two of a million do not meet by chance."""
_LINE = "1"
"""Version of the way they are made."""


def fold_words(text: str) -> str:
    """Return *text* without case, punctuation, ligatures and widths: its words with one space between them."""
    return " ".join(re.findall(r"\w+", normalize("NFKC", text).casefold()))


def mark_evidence(rule: str, words: str) -> str:
    """Return the fingerprint of a quotation whose *words* met *rule*."""
    return _digest("evidence", rule, fold_words(words))


def mark_finding(rule: str, url: str | None) -> str:
    """Return the fingerprint of the finding that *rule* was met on the page at *url*; ``None`` is a page of no address."""
    return _digest("finding", rule, fold_address(url or ""))


def fold_address(url: str) -> str:
    """Return *url* without what does not make another page: scheme, ``www.``, fragment and closing slash."""
    address = url.partition("#")[0].partition("://")[2]
    host, slash, path = address.partition("/")
    return (host.lower().removeprefix("www.") + slash + path).rstrip("/")


def _digest(*parts: str) -> str:
    return sha256("\0".join((_LINE, *parts)).encode("utf-8", "replace")).hexdigest()[:LENGTH]
