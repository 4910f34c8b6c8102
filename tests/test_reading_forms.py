"""Forms: what they ask, and what for."""

from __future__ import annotations

import pytest

from auditor.models import Field
from auditor.reading.forms import classify_field, read_forms
from auditor.reading.passages import walk_markup


@pytest.mark.parametrize(
    ("kind", "words", "expected"),
    [
        ("email", "", "email"),
        ("tel", "", "telephone"),
        ("text", "your_email", "email"),
        ("text", "you@knees.example", "email"),
        ("text", "first-name", "name"),
        ("text", "Mobile / WhatsApp", "telephone"),
        ("text", "Your condition", "condition"),
        ("textarea", "Beschwerden", "condition"),
        ("textarea", "", "message"),
        ("text", "电话", "telephone"),
        ("text", "お名前", "name"),
        ("text", "Country", "address"),
        ("text", "Preferred date", "date"),
        ("checkbox", "I accept the privacy policy", "consent"),
        ("checkbox", "Call me by name", "other"),
        ("text", "x17", "other"),
    ],
)
def test_a_field_tells_what_it_asks(kind: str, words: str, expected: str) -> None:
    """Type first, then the words at the field, in several languages."""
    assert expected == classify_field(words, kind)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<form><input name=name><input type=tel name=t><button>Free quote</button></form>", "contact"),
        ("<form><input type=email name=e><button>Subscribe</button></form>", "newsletter"),
        ("<form><input name=name><input type=email name=e><button>Send</button></form>", "contact"),
        ("<form><input name=name><input type=email name=e><button>Join our newsletter</button></form>", "newsletter"),
        ("<form><input name=s></form>", "search"),
        ("<form role=search><input type=search name=x></form>", "search"),
        ("<form><input name=user><input type=password name=p></form>", "login"),
        ("<form><input type=number name=weight></form>", "other"),
    ],
)
def test_a_form_tells_its_purpose(markup: str, expected: str) -> None:
    """Fields and words tell contact, newsletter, search and login apart."""
    assert [expected] == [form.purpose for form in read_forms(walk_markup(markup), None)]


def test_a_form_is_read_whole() -> None:
    """Action, method, button, place and fields with their labels."""
    content = walk_markup(
        "<footer><form action=/send method=post><label>Your name*<input name=n required></label><button>Ask</button></form></footer>"
    )

    (form,) = read_forms(content, "https://knees.example/a")

    assert ("https://knees.example/send", "post", "Ask", "footer", 1) == (
        form.action,
        form.method,
        form.text,
        form.landmark,
        form.passage,
    )
    assert (Field(name="n", type="text", label="Your name*", asks="name", required=True),) == form.fields


def test_an_empty_form_is_none() -> None:
    """A form without fields and words asks nothing."""
    assert () == read_forms(walk_markup("<form></form>"), None)


def test_a_label_around_many_fields_is_read_to_a_limit() -> None:
    """The words of a label are not joined anew in full for each of its fields."""
    (form,) = read_forms(walk_markup(f"<form><label>{'knee ' * 9999}{'<input name=n>' * 3}</label></form>"), None)

    assert [("knee " * 60)] * 3 == [field.label for field in form.fields]
