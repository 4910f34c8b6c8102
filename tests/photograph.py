"""Take the pictures of the example reports that the README shows: ``python -m tests.photograph``; needs a Chromium.

The letters of a picture depend on the fonts of the machine, so no test compares them: take them anew after a change of layout.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

from tests.browsers import open_chromium
from tests.regenerate import ROOT

IMAGES = ROOT / "reports" / "images"
LARGEST = 150_000
"""Bytes of one picture."""


class Shot(NamedTuple):
    """A picture to be taken: of which example, how wide and high, in light or dark, and of what in it."""

    example: str
    width: int
    height: int
    scheme: str = "light"
    anchor: str = ""


SHOTS = {
    "report.png": Shot("regenerative-clinic.html", 1080, 640),
    "finding.png": Shot("regenerative-clinic.html", 1080, 640, anchor="finding-1"),
    "annotated.png": Shot("regenerative-clinic.annotated.html", 1080, 600),
    "comparison.png": Shot("regenerative-clinic-changed.html", 1080, 640),
    "honest.png": Shot("transplant-hospital.html", 1080, 640),
    "phone-dark.png": Shot("regenerative-clinic.html", 390, 760, scheme="dark"),
}


def main() -> None:
    """Write every picture, and name it with its size."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with open_chromium() as chromium:
        for name, shot in SHOTS.items():
            context = chromium.new_context(
                viewport={"width": shot.width, "height": shot.height}, color_scheme=shot.scheme, reduced_motion="reduce"
            )
            window = context.new_page()
            window.goto(
                (ROOT / "reports" / "examples" / shot.example).as_uri() + (f"#{shot.anchor}" if shot.anchor else "")
            )
            picture = window.screenshot(path=IMAGES / name)
            context.close()
            sys.stdout.write(f"{name} {len(picture)}\n")
            if len(picture) > LARGEST:
                sys.exit(f"{name} is larger than {LARGEST} bytes: show less of the page")


if __name__ == "__main__":
    main()
