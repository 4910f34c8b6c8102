"""The rendered reports that are kept for readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.regenerate import EXAMPLES, ROOT, render_example

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("report", "sample"), EXAMPLES.items())
def test_an_example_is_what_is_rendered_today(report: str, sample: str, tmp_path: Path) -> None:
    """A kept report is, to the byte, what the program makes of its sample."""
    fresh = (ROOT / report).read_bytes() == render_example(sample, cache=tmp_path).encode()

    assert fresh, f"{report} is stale; run python -m tests.regenerate and read what changed"


def test_no_other_example_is_kept() -> None:
    """Every file under reports/examples is rendered from a sample."""
    kept = {path.relative_to(ROOT).as_posix() for path in (ROOT / "reports" / "examples").rglob("*") if path.is_file()}

    assert set(EXAMPLES) == kept
