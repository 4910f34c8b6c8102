"""What can go wrong, in words a user can act on.

AuditorError
├── SourceError   a source could not be turned into a page
├── RuleError     a rule file, word list or setting is wrong
├── RecordError   a file does not hold the record of an audit
└── TemplateError a template of the user’s own is wrong
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class ExitCode(IntEnum):
    """What the command's exit status means."""

    DONE = 0
    """Everything asked for was audited; findings alone never change this."""
    THRESHOLD = 1
    """``--fail-on`` or ``--min-score`` was breached."""
    USAGE = 2
    """The command line, the configuration or a rule is wrong."""
    NOT_ASSESSED = 3
    """The single target could not be assessed."""
    SOME_NOT_ASSESSED = 4
    """Some of several targets could not be assessed."""
    ALTERED = 5
    """A run is not as it was sealed."""
    INTERRUPTED = 130
    """Stopped from the keyboard."""


class AuditorError(Exception):
    """Base of every error that this package raises on purpose."""


class SourceError(AuditorError):
    """A source that gave no page: what was asked for, why it failed, what to do."""

    def __init__(self, source: str, reason: str) -> None:
        """Remember the *source* as the user named it and the *reason* in words."""
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class RuleError(AuditorError):
    """A mistake in a rule file, with the file and the line that hold it."""

    def __init__(self, path: Path | str, line: int | None, problem: str) -> None:
        """Remember where the *problem* is; *line* counts from 1."""
        where = f"{path}:{line}" if line else str(path)
        super().__init__(f"{where}: {problem}")
        self.path = path
        self.line = line
        self.problem = problem


class RecordError(AuditorError):
    """A file that should hold the record of an audit, and does not."""

    def __init__(self, path: Path | str, problem: str) -> None:
        """Remember the file and the *problem*."""
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


class TemplateError(AuditorError):
    """A mistake in a template of the user's own, with the file and the line that hold it."""

    def __init__(self, path: Path | str, line: int | None, problem: str) -> None:
        """Remember where the *problem* is; *line* counts from 1."""
        super().__init__(f"{path}:{line}: {problem}" if line else f"{path}: {problem}")
        self.path = path
        self.line = line
        self.problem = problem


class NoPageError(Exception):
    """The reason in words for which no page came."""


class RefusedError(NoPageError):
    """The reason in words for which a redirect was not followed."""
