"""Grounds: the laws, codes and studies behind a finding, from the jurisdictions that were chosen."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.reporting.clipping import SHOWN_BASES_EACH
from auditor.reporting.grounds import choose_bases, number_bases, view_basis, view_grounds


def base(name: str, place: str = "us", **fields: Any) -> dict[str, Any]:
    return {
        "id": name, "title": f"Law {name}", "jurisdiction": place, "says": "Claims need trials.",
        "url": "https://law.example/", "verified": "T", **fields,
    }  # fmt: skip


BASES = {each["id"]: each for each in (base("a"), base("b", "eu"), base("c", "intl"), base("d", "US"))}


def met(*names: str, category: str = "curative", form: str = "claim") -> dict[str, Any]:
    return {
        "severity": "high",
        "evidence": [],
        "rule": {"id": f"{category}/x", "category": category, "form": form, "basis": list(names)},
    }


def record(*jurisdictions: str, strengths: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"jurisdictions": list(jurisdictions), "basis": BASES, "strengths": list(strengths)}


@pytest.mark.parametrize(
    ("chosen", "names"), [((), "abcd"), (("us",), "acd"), (("eu",), "bc"), (("us", "eu"), "abcd"), (("de",), "c")]
)
def test_bases_are_of_the_jurisdictions_that_were_chosen(chosen: tuple[str, ...], names: str) -> None:
    """And those that hold everywhere; a base that the record does not hold is none."""
    assert list(names) == [each["id"] for each in choose_bases(met(*"abcd", "gone"), record(*chosen))]


def test_bases_are_numbered_as_the_report_names_them() -> None:
    """Claims first, then what is absent, then strengths; one that is named twice has one number."""
    absent = met("a", "b", form="absence")

    numbers = number_bases([absent, met("b", "c")], record(strengths=(met("d"),)))

    assert {"b": 1, "c": 2, "a": 3, "d": 4} == numbers


def test_grounds_are_told_by_jurisdiction() -> None:
    """With their numbers, and the first in words."""
    shown = view_grounds(met("b", "a"), record(), {"a": 1, "b": 2})

    assert (2, "Law b", False) == (shown["count"], shown["first"], shown["none_chosen"])
    assert [[(2, "Law b")], [(1, "Law a")]] == [
        [(each["number"], each["title"]) for each in place["bases"]] for place in shown["places"]
    ]


@pytest.mark.parametrize(("names", "none_chosen"), [(("a",), True), ((), False)])
def test_a_finding_without_grounds_says_whether_there_are_others(names: tuple[str, ...], none_chosen: bool) -> None:
    """A rule that stands on the law of another place does not stand on nothing."""
    shown = view_grounds(met(*names), record("de"), {})

    assert (0, "", none_chosen) == (shown["count"], shown["first"], shown["none_chosen"])


def test_very_many_bases_are_clipped() -> None:
    """A rule pack can name as many as it likes."""
    bases = {f"n{number}": base(f"n{number}") for number in range(SHOWN_BASES_EACH + 5)}

    shown = view_grounds(met(*bases), record() | {"basis": bases}, {})

    assert SHOWN_BASES_EACH == shown["count"]


def test_a_basis_that_is_no_address_is_not_linked() -> None:
    """It stands in the annex with all that is said of it."""
    shown = view_basis(base("a", url="javascript:alert(1)"), 7)

    assert (7, "Law a", "Claims need trials.", None) == (
        shown["number"], shown["title"], shown["says"], shown["url"]["href"],
    )  # fmt: skip
