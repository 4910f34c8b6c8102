"""Where words of a passage stand in the runs of a page that another parser cut."""

from __future__ import annotations

import pytest

from auditor.reporting.locating import Passage, Span, fold_text, locate_spans


def find(runs: list[str], text: str, words: str, asides: tuple[int, ...] = ()) -> list[str]:
    """Return the pieces of *runs* in which the *words* of the passage *text* were found."""
    start = text.index(words)
    span = Span(0, start, start + len(words))
    found = locate_spans(runs, {number: runs[number] for number in asides}, [Passage(text, aside=bool(asides))], [span])
    return [runs[piece.run][piece.start : piece.end] for piece in found.get(span, ())]


@pytest.mark.parametrize(
    ("runs", "text", "words", "expected"),
    [
        (["We cure knees."], "We cure knees.", "cure", ["cure"]),
        (["We ", "cu", "re knees", "."], "We cure knees.", "cure knees", ["cu", "re knees"]),
        (["\n  We\n cure\t knees. "], "We cure knees.", "cure knees", ["cure\t knees"]),
        (["We cu\u00adre kne\u200bes."], "We cure knees.", "cure knees", ["cu\u00adre kne\u200bes"]),
        (["Nous gue\u0301rissons."], "Nous guérissons.", "guérissons", ["gue\u0301rissons"]),
        (["Wir heile\u0308", "n."], "Wir heilën.", "heilë", ["heile\u0308"]),
        (["𝗖𝘂𝗿𝗲𝘀 all."], "Cures all.", "Cures", ["𝗖𝘂𝗿𝗲𝘀"]),
        (["We can really ", "(not)", "cure knees."], "We can really cure knees.", "really cure", ["really", "cure"]),
        (["Our friends say: we cure knees here."], "Lost. We hope we cure knees here.", "cure knees", ["cure knees"]),
        (["Nothing of the kind."], "We cure knees.", "cure", []),
        (["治愈率\n  97%"], "治愈率97%", "97%", ["97%"]),
    ],
    ids=["whole", "pieces", "white space", "invisible", "accents", "mark at an end", "dress", "gap", "words alone", "absent", "chinese"],
)  # fmt: skip
def test_words_are_found(runs: list[str], text: str, words: str, expected: list[str]) -> None:
    """White space, invisible characters, accents, cuts and words between are no obstacle."""
    assert expected == find(runs, text, words)


def test_a_sentence_that_stands_twice_is_found_twice() -> None:
    """Passages follow each other: the second is not found where the first stands."""
    spans = [Span(0, 3, 7), Span(2, 3, 7)]
    passages = [Passage(text, aside=False) for text in ("We cure.", "Call us.", "We cure.")]

    found = locate_spans(["We cure.", "Call us.", "We cure."], {}, passages, spans)

    assert [0, 2] == [found[span][0].run for span in spans]


def test_a_short_passage_is_not_found_inside_another() -> None:
    """A button that says "Cure" is not taken for a part of "Secure payment"."""
    found = locate_spans(["Secure payment", "Cure"], {}, [Passage("Cure", aside=False)], [Span(0, 0, 4)])

    assert [1] == [piece.run for piece in found[Span(0, 0, 4)]]


def test_what_attributes_say_stands_apart() -> None:
    """Alternative text between words does not part them, and is found itself."""
    runs = ["We ", "A healed knee", "cure knees."]

    assert ["We ", "cure"] == find(runs, "We cure knees.", "We cure", asides=(1,))
    assert ["healed knee"] == find(runs, "A healed knee", "healed knee", asides=(1,))


def test_folding_keeps_places() -> None:
    """Each folded character knows where it comes from."""
    assert ("Cafe", [1, 2, 3, 4]) == fold_text(" Café\u200b ")
