"""The system's Chromium: where it is, how it is started, and a report printed with it. None is ever downloaded."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import AuditorError

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PRINT_TIMEOUT = 120.0
"""Seconds."""

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--metrics-recording-only",
)
"""What keeps Chromium from talking to anybody on its own account."""
_MACOS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND"


def find_chromium(which: Callable[[str], str | None] = shutil.which) -> str:
    """Return the path of the system's Chromium. Raises AuditorError if there is none."""
    found = next(filter(None, map(which, NAMES)), None)
    if found is None and sys.platform == "darwin":
        found = next((path for path in _MACOS if Path(path).exists()), None)
    if found is None:
        problem = f"no Chromium is on the PATH, under none of the names {', '.join(NAMES)}: install it (on Debian: apt-get install chromium)"
        raise AuditorError(problem)
    return found


def is_sandboxed() -> bool:
    """Tell whether Chromium can guard the system against its pages: it refuses to for the user root."""
    return not hasattr(os, "geteuid") or os.geteuid() != 0


def print_report(html: str, path: Path, *, chromium: str | None = None, timeout: float = PRINT_TIMEOUT) -> None:
    """Print *html* to the PDF file *path*. Raises AuditorError if Chromium is missing or fails."""
    program = chromium or find_chromium()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="auditor-print-", ignore_cleanup_errors=True) as folder:
        source, printed = Path(folder, "report.html"), Path(folder, "report.pdf")
        source.write_text(html, encoding="utf-8")
        _run(
            [
                program,
                "--headless",
                *FLAGS,
                _OFFLINE,
                *(() if is_sandboxed() else ("--no-sandbox",)),
                f"--user-data-dir={Path(folder, 'profile')}",
                "--no-pdf-header-footer",
                f"--print-to-pdf={printed}",
                source.as_uri(),
            ],
            timeout,
        )
        if not printed.is_file() or not printed.read_bytes().startswith(b"%PDF-"):
            problem = f"Chromium ({program}) printed no PDF: try to print the report from a browser"
            raise AuditorError(problem)
        path.write_bytes(printed.read_bytes())


def _run(command: list[str], timeout: float) -> None:
    """Run Chromium, and leave none of its processes behind."""
    try:
        process = subprocess.Popen(  # noqa: S603 - found on the PATH of the user, with arguments of ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise AuditorError(f"Chromium ({command[0]}) cannot be started: {error.strerror or error}") from error
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired as error:
        problem = f"Chromium did not print within {timeout:g} seconds: try to print the report from a browser"
        raise AuditorError(problem) from error
    finally:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
