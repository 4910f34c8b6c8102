"""The paper that a report is printed on."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

import pytest

from auditor.reporting.html import render_html
from auditor.reporting.paper import set_paper
from auditor.reporting.record import to_record
from tests.factories import audit


@pytest.mark.parametrize(("paper", "size"), [("a4", "A4"), ("letter", "letter")])
def test_the_paper_is_set_within_the_policy(paper: str, size: str) -> None:
    """The size stands in a style of its own, whose digest the report's policy names."""
    style = f"@page {{ size: {size}; }}"

    html = set_paper(render_html(to_record(audit())), paper)

    assert f"<style>{style}</style>\n</head>" in html
    assert f"style-src 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}' 'sha256-" in html
