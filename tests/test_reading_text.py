"""Plain text: healed lines, headings, lists and links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auditor.reading.text import is_heading, is_wrapped, join_wrapped, parse_text

if TYPE_CHECKING:
    from auditor.reading.content import Content

WRAPPED = """ OVERVIEW:

Worn knees, also known as tired knees, are a

common complaint of walkers. The complaint is

seldom grave and can be eased by rest and by
cool water.

Ways to help:

1. Gentle ways:

- Rest: Days without stairs such as
Sundays give the knee

time to mend.

- Water: Cool water is used to
calm the joint.

Studies have shown that knees that rest can lead

to fewer complaints in walkers who carry a lot
of luggage. While rest holds promise as a way

to help, it is important
 to note that it takes time.
Walkers may go on.
"""


def texts(source: str) -> list[tuple[str, str]]:
    """Return role and text of every passage."""
    return [(block.role, block.text) for block in parse_text(source).blocks]


def test_hard_line_breaks_are_healed() -> None:
    """Sentences run on over line breaks, also over blank lines in mid-sentence."""
    assert [
        ("heading", "OVERVIEW:"),
        (
            "paragraph",
            (
                "Worn knees, also known as tired knees, are a common complaint of walkers. The complaint is seldom grave and can be "
                "eased by rest and by cool water."
            ),
        ),
        ("heading", "Ways to help:"),
        ("heading", "1. Gentle ways:"),
        ("list_item", "Rest: Days without stairs such as Sundays give the knee time to mend."),
        ("list_item", "Water: Cool water is used to calm the joint."),
        (
            "paragraph",
            (
                "Studies have shown that knees that rest can lead to fewer complaints in walkers who carry a lot of luggage. While rest "
                "holds promise as a way to help, it is important to note that it takes time."
            ),
        ),
        ("paragraph", "Walkers may go on."),
    ] == texts(WRAPPED)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("One line a paragraph.\nAnother one here.", [("paragraph", "One line a paragraph."), ("paragraph", "Another one here.")]),
        ("Our knees\nWe treat knees with care and tell our patients all they want to know about it.", [("heading", "Our knees"), ("paragraph", "We treat knees with care and tell our patients all they want to know about it.")]),
        ("Is it safe?\nYes, it is.", [("heading", "Is it safe?"), ("paragraph", "Yes, it is.")]),
        ("Get a free quote →\nKnees", [("paragraph", "Get a free quote →"), ("paragraph", "Knees")]),
        ("Updated on:\nApril 19, 2024\nKnees are fine, as we know.", [("paragraph", "Updated on:"), ("paragraph", "April 19, 2024"), ("paragraph", "Knees are fine, as we know.")]),
        ("# Knees\n\n* One\n* **Two**\n\n> Said so.", [("heading", "Knees"), ("list_item", "One"), ("list_item", "Two"), ("quote", "Said so.")]),
        ("● Short plan: rest.\n● Long plan: walk.", [("list_item", "Short plan: rest."), ("list_item", "Long plan: walk.")]),
        ("| Knee | 9 € |\n|---|---|", [("table_cell", "Knee"), ("table_cell", "9 €")]),
        ("Pains in the old and the young can hurt the\nhips too.", [("paragraph", "Pains in the old and the young can hurt the hips too.")]),
        ("A fine treat-\nment.", [("paragraph", "A fine treatment.")]),
        ('{{box="/style"}}', [("paragraph", '{{box="/style"}}')]),
        ("---\n\n\n", []),
        ("Gout\nSprains\nStiff hips\nCold knees\nWe treat them all.", [("list_item", "Gout"), ("list_item", "Sprains"), ("list_item", "Stiff hips"), ("heading", "Cold knees"), ("paragraph", "We treat them all.")]),
        ("Gout\nSprains\nWe treat them all, as far as they let us do so, in the house by the lake of Port Vell, summer and winter.", [("paragraph", "Gout"), ("heading", "Sprains"), ("paragraph", "We treat them all, as far as they let us do so, in the house by the lake of Port Vell, summer and winter.")]),
    ],
)  # fmt: skip
def test_lines_become_passages(source: str, expected: list[tuple[str, str]]) -> None:
    """Unwrapped text has a passage a line; marks at its start tell headings and lists."""
    assert expected == texts(source)


def test_headings_govern_what_follows() -> None:
    """Sections and blocks come from headings of text, too."""
    blocks = parse_text(
        "# Knees\n\nText one.\n\n## FAQ\n\nAre they fine?\n\nYes, they are.\n\n# References\n\n- Bolt A. 2019."
    ).blocks

    assert [
        ("Knees", (), None),
        ("Text one.", ("Knees",), None),
        ("FAQ", ("Knees",), None),
        ("Are they fine?", ("Knees",), "faq"),
        ("Yes, they are.", ("Knees", "Are they fine?"), "faq"),
        ("References", (), None),
        ("Bolt A. 2019.", ("References",), "references"),
    ] == [(block.text, block.section, block.block) for block in blocks]


def test_links_in_text_are_noted() -> None:
    """Markdown links show their words; bare addresses and e-mails are links as well."""
    content: Content = parse_text(
        "Read [our page](https://knees.example/a), see www.knees.example. Write to a@knees.example!"
    )

    assert "Read our page, see www.knees.example. Write to a@knees.example!" == content.blocks[0].text
    assert ["https://knees.example/a", "https://www.knees.example", "mailto:a@knees.example"] == [
        anchor.href for anchor in content.anchors
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["a fine", "treat-", "ment"], "a fine treatment"),
        (["a long-", "term plan"], "a long-term plan"),
        (["a treat\x02", "ment"], "a treatment"),
        (["knee-", "Joint"], "knee- Joint"),
        (["再生", "医療"], "再生医療"),
    ],
)
def test_hyphenation_is_undone(lines: list[str], expected: str) -> None:
    """A word broken at the end of a line is whole again; a compound keeps its hyphen."""
    assert expected == join_wrapped(lines)


@pytest.mark.parametrize(
    ("text", "following", "expected"),
    [
        ("Our knees", "We treat them with care.", True),
        ("Conclusion:", "- one", True),
        ("1. Gentle ways", "They are gentle.", True),
        ("我们的治疗", "我们用心治疗每一位患者。", True),
        ("we treat knees", "We treat them with care.", False),
        ("We treat knees.", "We treat them with care.", False),
        ("Our knees", "", False),
        ("Our knees", "Our hips", False),
        ("a@knees.example", "We treat them with care.", False),
        ("50,000 walkers", "They walk with care.", False),
    ],
)
def test_a_heading_is_short_and_stands_over_text(text: str, following: str, expected: bool) -> None:
    """Labels, sentences and last lines are no headings."""
    assert expected is is_heading(text, following)


def test_wrapped_text_is_told_by_lines_that_run_on() -> None:
    """A list of short lines is not wrapped."""
    assert is_wrapped([line.strip() for line in WRAPPED.splitlines() if line.strip()])
    assert not is_wrapped(["Knees", "Hips", "Feet", "Hands", "Ears", "Noses"])


@pytest.mark.parametrize(
    "source",
    ["word\n" * 100_000, "[" * 200_000, "con-\n" * 50_000, "- a\n" * 50_000, "x" * 2_000_000, "a." * 100_000 + "@"],
)
def test_hostile_text_is_read_to_its_end(source: str) -> None:
    """No text makes the healing run away."""
    assert parse_text(source).blocks
