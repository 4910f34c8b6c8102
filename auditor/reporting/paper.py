"""The size of the paper that a report is printed on."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

PAPERS = {"a4": "A4", "letter": "letter"}
"""Name to what style sheets call it."""


def set_paper(html: str, paper: str) -> str:
    """Return the report *html* with pages of the size *paper*, one of `PAPERS`; its policy is told of the added style."""
    style = f"@page {{ size: {PAPERS[paper]}; }}"
    digest = b64encode(sha256(style.encode()).digest()).decode()
    allowed = html.replace("style-src ", f"style-src 'sha256-{digest}' ", 1)
    return allowed.replace("</head>", f"<style>{style}</style>\n</head>", 1)
