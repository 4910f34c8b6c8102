"""A Chromium for tests: where there is none they are skipped, unless ``AUDITOR_BROWSER=required`` makes that a failure."""

from __future__ import annotations

import os
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from auditor.errors import AuditorError
from auditor.sources.chromium import FLAGS, find_chromium, is_sandboxed

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
needs_browser = pytest.mark.browser


def require_browser() -> str:
    """Return the path of the Chromium; skip or fail the test where it or Playwright is missing."""
    try:
        program = find_chromium()
        missing = "" if find_spec("playwright") else "Playwright is not installed"
    except AuditorError as error:
        program, missing = "", str(error)
    _decline(missing)
    return program


def find_axe() -> str:
    """Return the source of axe-core: from the file that AUDITOR_AXE names, or from node_modules."""
    path = Path(os.environ.get("AUDITOR_AXE") or ROOT / "node_modules" / "axe-core" / "axe.min.js")
    _decline(
        "" if path.is_file() else "axe-core is not installed: npm install axe-core, or name axe.min.js in AUDITOR_AXE"
    )
    return path.read_text("utf-8")


@contextmanager
def open_chromium() -> Iterator[Any]:
    """Start Chromium for a test, without any way to the internet."""
    program = require_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=[*FLAGS, "--host-resolver-rules=MAP * ~NOTFOUND"],
            chromium_sandbox=is_sandboxed(),
        )
        try:
            yield browser
        finally:
            browser.close()


def _decline(missing: str) -> None:
    if missing and os.environ.get("AUDITOR_BROWSER") == "required":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
