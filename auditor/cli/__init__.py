"""The command ``auditor``: what is wished for, carried out, printed; click lives in `commands` alone."""

from __future__ import annotations

from auditor.cli.commands import main, run_command

__all__ = ["main", "run_command"]
