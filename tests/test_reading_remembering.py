"""What readers remember of texts."""

from __future__ import annotations

from datetime import datetime, timezone

from auditor.reading import read_page
from auditor.reading.remembering import LONGEST, remember, remember_further
from auditor.sources.files import load_page
from tests.test_samples import SAMPLES


def test_a_text_is_asked_once_unless_it_is_long() -> None:
    """Answers of long texts are not kept: they would fill the memory."""
    asked: list[str] = []

    @remember_further
    def count(text: str, word: str) -> int:
        asked.append(word)
        return text.count(word)

    long = "knee " * LONGEST
    assert [1, 1, 2, LONGEST, LONGEST] == [
        count(text, word)
        for text, word in (("a knee", "knee"), ("a knee", "knee"), ("a knee", "e"), (long, "knee"), (long, "knee"))
    ]
    assert ["knee", "e", "knee", "knee"] == asked


def test_a_text_alone_is_asked_once_unless_it_is_long() -> None:
    """The same where nothing but the text matters."""
    asked: list[int] = []

    @remember
    def measure(text: str) -> int:
        asked.append(len(text))
        return len(text)

    assert [6, 6, 2 * LONGEST, 2 * LONGEST] == [
        measure(text * times) for text, times in 2 * [("a knee", 1)] + 2 * [("ab", LONGEST)]
    ]
    assert [6, 2 * LONGEST, 2 * LONGEST] == asked


def test_pages_are_read_alike_before_and_after_others() -> None:
    """What was remembered of other pages changes nothing in how a page is read."""
    pages = [
        load_page(path, now=lambda: datetime(2031, 1, 1, tzinfo=timezone.utc))
        for path in sorted(SAMPLES.glob("*.html"))
    ]

    once = [read_page(page) for page in pages]
    assert once[::-1] == [read_page(page) for page in reversed(pages)]
