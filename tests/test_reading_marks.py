"""What class names, ids and headings say."""

from __future__ import annotations

import pytest

from auditor.reading.marks import Marks, judge_heading, read_class, read_language_tag


def marks(
    landmark: str | None = None,
    block: str | None = None,
    hidden: bool = False,
    button: bool = False,
    fact: str | None = None,
) -> Marks:
    """Build marks of which only one is set."""
    return Marks(landmark, block, hidden, button, fact)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("col-md-6 text-center", None),
        ("site-footer", marks(landmark="footer")),
        ("main-nav", marks(landmark="nav")),
        ("sidebar", marks(landmark="aside")),
        ("testimonial-card", marks(block="testimonial")),
        ("Patient-Stories", marks(block="testimonial")),
        ("reviews-slider", marks(block="testimonial")),
        ("medically-reviewed reviews", None),
        ("faq", marks(block="faq")),
        ("legal-disclaimer", marks(block="disclaimer")),
        ("btn btn-primary", marks(button=True)),
        ("sr-only", marks(hidden=True)),
        ("collapse", marks(hidden=True)),
        ("collapse show", None),
        ("post-author", marks(fact="author")),
        ("entry-date", marks(fact="published")),
        ("headline big", None),
        ("discovery", None),
    ],
)
def test_classes_name_parts_of_a_page(names: str, expected: Marks | None) -> None:
    """Customary class names tell landmark, block, button, fact or a closed part; others tell nothing."""
    assert expected == read_class(names)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("References", "references"),
        ("Sources and literature:", "references"),
        ("参考文献", "references"),
        ("Literaturverzeichnis", "references"),
        ("Frequently Asked Questions", "faq"),
        ("FAQ about our knees", "faq"),
        ("よくある質問", "faq"),
        ("What our patients say", "testimonial"),
        ("Patient Stories", "testimonial"),
        ("Erfahrungsberichte", "testimonial"),
        ("Medical Disclaimer", "disclaimer"),
        ("A source of new strength", None),
        ("Preview of our clinic", None),
        ("Our treatments", None),
        ("References " * 20, None),
        ("Evidence based only on testimonials", None),
        ("Why reviews should not decide", None),
        ("How to rely less on patient stories", None),
    ],
)
def test_headings_open_blocks(text: str, expected: str | None) -> None:
    """A heading that is known opens its block; a sentence with the word in it does not."""
    assert expected == judge_heading(text)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("en-US", "en"), ("zh_CN", "zh"), ("DE", "de"), ("", None), (None, None), ("x", None), ("english", None)],
)
def test_a_language_tag_gives_its_primary_subtag(tag: str | None, expected: str | None) -> None:
    """Regions are dropped, and what is no language tag is none."""
    assert expected == read_language_tag(tag)
