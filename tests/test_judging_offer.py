"""Offer: whether a page sells or informs, and by what signs."""

from __future__ import annotations

import pytest

import auditor


@pytest.mark.parametrize(
    ("text", "url", "intent"),
    [
        ("Our clinic treats knees. Book a consultation.", None, "marketing"),
        ("Our clinic treats knees. Book a consultation. Call your doctor if it hurts. Your doctor may order a scan. Possible complications: none.", None, "marketing"),
        ("PORT VELL, PRNewswire: Lumora begins commercialization of its balm. Forward-looking statements follow.", None, "marketing"),
        ("Call your doctor if it hurts. Your doctor may order a scan. How is gout diagnosed? Possible complications are few.", None, "information"),
        ("EMBARGOED UNTIL NOON. The study in a mouse model was funded by the Vell Foundation, said lead author Ada Quill.", None, "information"),
        ("Experts warn of false hope. The agency has sent letters over an unapproved drug. The clinic declined to comment.", None, "information"),
        ("Walking mends knees, says Ada Quill.", None, "unclear"),
        ("Walking mends knees. Our clinic is open.", "https://www.nhs.uk/conditions/knees/", "information"),
        ("Walking mends knees.", "https://nhs.uk.knees.example/", "unclear"),
    ],
)  # fmt: skip
def test_a_page_sells_informs_or_leaves_it_open(text: str, url: str | None, intent: str) -> None:
    """What sells weighs more than what informs; research news, leaflets and critics are told by their own words."""
    offer = auditor.audit_text(text, url=url).offer

    assert (intent, True) == (offer.intent, intent == "unclear" or bool(offer.signs))
