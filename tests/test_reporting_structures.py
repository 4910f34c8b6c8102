"""Structures in words: what is told of a form, a link or a reference that met a rule."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.models import Citation, Document, Facts, Field, Form, Link, Tracker
from auditor.reporting.record import to_record
from auditor.reporting.structures import describe_structure
from tests.factories import audit, document, finding, passage, rule


def form(*asks: str, **fields: Any) -> Form:
    known: dict[str, Any] = {"action": "", "method": "post", "text": "Go", "landmark": "main", "purpose": "contact"}
    return Form(fields=tuple(Field(name=name, type="text", label="", asks=name) for name in asks), **(known | fields))


def describe(read: Document, **structure: tuple[str, ...]) -> str:
    record = to_record(audit(finding(rule=rule(form="structure", structure=structure), note="A note."), document=read))
    return describe_structure(record["findings"][0], record["document"])


@pytest.mark.parametrize(
    ("structure", "read", "expected"),
    [
        (
            {"asks": ("condition", "file")},
            document(forms=(form("name", "file", "other", "condition"), form("message"))),
            "Form asks for: file, illness or condition, name",
        ),
        (
            {"forms": ("contact",), "asks": ("telephone",)},
            document(forms=(form("name", "telephone"), form("telephone", "email", purpose="login"))),
            "Form asks for: telephone number, name",
        ),
        ({"forms": ("contact",)}, document(forms=(form("name", landmark="nav"), form("other"))), "A note."),
        (
            {"links": ("line", "whatsapp")},
            document(links=(Link(url="https://wa.example", text="", kind="whatsapp", landmark="main"),)),
            "Links to: WhatsApp",
        ),
        ({"trackers": ("any",)}, document(trackers=(Tracker(name="Pixel", url=""),) * 2), "Loads: Pixel"),
        (
            {"citations": ("trial",)},
            document(citations=(Citation(kind="trial", identifier="NCT01234567", text="x", passage=None),)),
            "Refers to: NCT01234567",
        ),
        (
            {"facts": ("author", "published")},
            document(facts=Facts(author="Ada Quill", published="2031-03-14")),
            "Gives: author Ada Quill, published 14 March 2031",
        ),
        (
            {"blocks": ("testimonial",)},
            document(passage(block="testimonial")),
            "Part of the page marked as: testimonial",
        ),
        ({"scripts": ("mixed",)}, document(), "A note."),
    ],
)
def test_a_structure_is_told_in_words(structure: dict[str, tuple[str, ...]], read: Document, expected: str) -> None:
    """What met the rule comes in a reader's words; where there are none, the note does."""
    assert expected == describe(read, **structure)


def test_only_structures_are_described() -> None:
    """A claim speaks for itself."""
    record = to_record(audit(finding("We cure knees.")))

    assert not describe_structure(record["findings"][0], record["document"])


def test_a_long_list_is_cut() -> None:
    """A page with very many trackers, or very long names, does not fill the report."""
    text = describe(
        document(trackers=tuple(Tracker(name=f"{n}" * 9_000, url="") for n in range(500))), trackers=("any",)
    )

    assert len(text) < 3_000
    assert text.endswith(" …")
