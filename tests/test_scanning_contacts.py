"""Telephone numbers and postal addresses: the same however they are written, and none where there is only a town."""

from __future__ import annotations

import json

import pytest

from auditor.scanning.contacts import find_addresses, list_addresses, list_telephones


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Lumora Clinic, 12 Harbour Street, Eastmere EA4 7QT", "harbour 12, EA47QT"),
        ("12, Harbour St., Eastmere, EA4 7QT", "harbour 12, EA47QT"),
        ("1200 North Congress Avenue, Suite 400, Austin, TX 78701-1234", "congress 1200 unit 400, 78701"),
        ("1200 N. Congress Ave Ste 400 Austin TX 78701", "congress 1200 unit 400, 78701"),
        ("1200 North Congress Avenue, Austin, TX 78701", "congress 1200, 78701"),
        ("Level 3, 45 George Street, Sydney NSW 2000", "george 45, 2000"),
        ("44 Bay Street, Toronto, ON M5J 2X8", "bay 44, M5J2X8"),
        ("Praxis am Park, Lange Straße 5a, 80331 München", "lange 5a, 80331"),
        ("Musterstr. 5 · D-80331 München", "muster 5, 80331"),
        ("Musterstraße 5, 80331 München", "muster 5, 80331"),
        ("Hauptstraße 12, CH-8001 Zürich", "haupt 12, 8001"),
        ("12 rue de la Paix, 75002 Paris", "paix 12, 75002"),
        ("Calle de Alcalá, 45, 28014 Madrid", "alcalá 45, 28014"),
        ("Avenida Reforma 222, Col. Juárez, C.P. 06600 Ciudad de México", "reforma 222, 06600"),
        ("Via Roma 12, 20121 Milano", "roma 12, 20121"),
        ("Keizersgracht 12, 1015 CN Amsterdam", "keizersgracht 12, 1015CN"),
        ("〒104-0061 東京都中央区銀座1-2-3", "東京都中央区銀座1-2-3, 104-0061"),
        ("〒104-0061 東京都中央区銀座1丁目2番3号", "東京都中央区銀座1-2-3, 104-0061"),
        ("北京市朝阳区建国路88号", "北京市建国路88"),
    ],
)
def test_an_address_has_one_form(text: str, address: str) -> None:
    """Street, number, unit and postcode make it; abbreviations, directions and the town do not."""
    assert [address] == list(find_addresses(text))


@pytest.mark.parametrize(
    "text",
    [
        "Eastmere EA4 7QT",
        "Our clinic in Boston, MA 02115",
        "12 Harbour Street",
        "In 2021 we treated 500 Patients",
        "Open 9 to 5, 24 Way of Life, 12345 Satisfied patients",
        "建国路88号",
        "",
    ],
)
def test_a_town_alone_is_no_address(text: str) -> None:
    """Without a street, a number and a postcode nothing is told: the same town is nobody's own."""
    assert [] == list(find_addresses(text))


def test_addresses_come_from_data_and_from_lines() -> None:
    """Structured data and the lines of a footer give the same address, and a long passage about others gives none."""
    data = {
        "@type": "MedicalClinic",
        "address": {"@type": "PostalAddress", "streetAddress": "12 Harbour Street", "postalCode": "EA4 7QT"},
    }
    body = f'<script type="application/ld+json">{json.dumps(data)}</script>'.encode()
    lines = ["Lumora Clinic", "12 Harbour Street", "Eastmere", "EA4 7QT"]
    complaint = "Whoever wants to complain may write to the council. " * 5 + "9 High Street, Eastmere EA1 1AA"

    assert ["harbour 12, EA47QT"] == list_addresses(body, []) == list_addresses(b"", [*lines, complaint])


@pytest.mark.parametrize(
    "body", [b'<script type="application/ld+json">{"@type": "PostalAddress"', b"ostalAddress", b""]
)
def test_data_that_is_damaged_gives_nothing(body: bytes) -> None:
    """What is no JSON, or names no street, is passed over."""
    assert [] == list_addresses(body, [])


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Call us on +44 (0)20 7946 0000 today", ["+44 (0)20 7946 0000"]),
        ("Tel.: +49 89 1234567, Fax: +49 89 1234568", ["+49 89 1234567", "+49 89 1234568"]),
        ("(555) 010-0200", ["(555) 010-0200"]),
        ("1-555-010-0200 or 555.010.0201", ["1-555-010-0200", "555.010.0201"]),
        ("Call 112", []),
        ("ISBN 978-3-16-148410-0", []),
        ("NCT01234567, 2031-03-14", []),
        ("We have treated 12 345 678 cells in 2031.", []),
        ("Whoever has been harmed may report it to the authority, at any hour of the day, under +1 555 010 0300", []),
    ],
)
def test_telephone_numbers_are_read(text: str, numbers: list[str]) -> None:
    """With their country, or as North America writes them, in short passages: what a long one names may be another's."""
    assert numbers == list_telephones(b"", [text])


def test_telephone_numbers_come_from_data() -> None:
    """Structured data names them too, one or several."""
    data = [{"telephone": "020 7946 0000"}, {"telephone": ["+1 555 010 0200", 7]}, {"telephone": "12"}]
    body = f'<script type="application/ld+json">{json.dumps(data)}</script>'.encode()

    assert ["020 7946 0000", "+1 555 010 0200"] == list_telephones(body, [])


def test_data_that_never_ends_takes_no_time() -> None:
    """A page made of beginnings is gone through once."""
    body = b"telephone PostalAddress" + b'<script type="application/ld+json">' * 100_000 + b"<script ld+json " * 100_000

    assert [] == list_telephones(body, []) == list_addresses(body, [])
