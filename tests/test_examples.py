"""The rendered reports that are kept for readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.photograph import IMAGES, LARGEST, SHOTS
from tests.regenerate import EXAMPLES, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize(("report", "render"), EXAMPLES.items(), ids=EXAMPLES)
def test_an_example_is_what_is_rendered_today(report: str, render: Callable[..., str], tmp_path: Path) -> None:
    """A kept report, comparison or letter is, to the byte, what the program makes of its sample."""
    fresh = (ROOT / report).read_bytes() == render(cache=tmp_path).encode()

    assert fresh, f"{report} is stale; run python -m tests.regenerate and read what changed"


def test_no_other_example_is_kept() -> None:
    """Every file under reports/examples is rendered from a sample."""
    kept = {path.relative_to(ROOT).as_posix() for path in (ROOT / "reports" / "examples").rglob("*") if path.is_file()}

    assert set(EXAMPLES) == kept


def test_every_example_is_shown() -> None:
    """The gallery names each of them."""
    told = (ROOT / "reports" / "README.md").read_text("utf-8")

    assert all(report.removeprefix("reports/") in told for report in EXAMPLES)


def test_pictures_are_small_and_shown() -> None:
    """Every picture of an example is one that is taken, is shown in a README, and is no burden to a clone."""
    kept = {path.name: path.stat().st_size for path in IMAGES.iterdir()}
    told = (ROOT / "README.md").read_text("utf-8") + (ROOT / "reports" / "README.md").read_text("utf-8")

    assert set(SHOTS) == set(kept)
    assert [] == [name for name in kept if f"images/{name}" not in told]
    assert max(kept.values()) <= LARGEST
