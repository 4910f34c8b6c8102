"""Nouns: what their decorator makes is a frozen dataclass like any other."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace

import pytest

from auditor.models import Frame, Link
from auditor.nouns import make_builder

FRAME = Frame(url="https://lumora.example/film", title="A film")


def test_a_noun_is_a_frozen_dataclass_with_slots() -> None:
    """Nothing can be changed or added, and positions mean nothing."""
    assert is_dataclass(FRAME)
    assert ["url", "title"] == [field.name for field in fields(FRAME)]
    assert not hasattr(FRAME, "__dict__")
    with pytest.raises(FrozenInstanceError):
        FRAME.title = "Another"  # type: ignore[misc]
    with pytest.raises(TypeError):
        Frame("https://lumora.example/film", "A film")  # type: ignore[call-arg]


def test_nouns_of_the_same_values_are_equal() -> None:
    """Equal nouns have equal hashes; one of another kind is never equal."""
    assert replace(FRAME) == FRAME
    assert hash(replace(FRAME)) == hash(FRAME)
    assert replace(FRAME, title="") != FRAME
    assert object() != FRAME
    assert pickle.loads(pickle.dumps(FRAME)) == FRAME


def test_a_noun_shows_its_values() -> None:
    """What is shown could be typed in."""
    assert "Frame(url='https://lumora.example/film', title='A film')" == repr(FRAME)


def test_the_first_nouns_and_the_many_after_them_are_made_alike() -> None:
    """The quicker way of making nouns, which comes when many are made, changes nothing."""
    made = [Link(url=f"/{number}", text="", kind="page", landmark="main") for number in range(40)]

    assert [f"/{number}" for number in range(40)] == [link.url for link in made]
    assert {None} == {link.passage for link in made}
    assert replace(made[0], url="/39") == made[39]


def test_a_builder_makes_the_same_nouns() -> None:
    """What a builder makes is equal to what the class makes, as frozen, with the same defaults and the same errors."""
    build = make_builder(Link)

    made = build(url="/a", text="", kind="page", landmark="main")
    assert Link(url="/a", text="", kind="page", landmark="main", passage=None) == made
    assert type(made) is Link
    with pytest.raises(FrozenInstanceError):
        made.url = "/b"  # type: ignore[misc]
    with pytest.raises(TypeError):
        build(url="/a")  # type: ignore[call-arg]


@pytest.mark.parametrize("values", [{"url": "/"}, {"url": "/", "title": "", "size": 3}])
def test_a_noun_takes_its_fields_and_no_others(values: dict[str, str]) -> None:
    """A missing or unknown field is an error, from the first noun on."""
    with pytest.raises(TypeError):
        Frame(**values)
    with pytest.raises(FrozenInstanceError):
        del FRAME.title
