"""Carry out ``auditor scan``: what is to be scanned, how it goes, how it ended."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.cli.printing import say_problem, tell_progress
from auditor.errors import AuditorError, ExitCode
from auditor.pipeline import read_clock
from auditor.scanning.models import Judgement, Politeness
from auditor.scanning.running import Order, Outcome, scan
from auditor.scanning.targets import read_list
from auditor.sources.warc import is_archive_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.scanning.models import Mistake, Target

STANDARD_INPUT = "-"


def carry_out(
    sources: Sequence[str],
    *,
    output: Path,
    rule_folders: tuple[Path, ...],
    excluded: tuple[str, ...],
    language: str | None,
    jobs: int,
    quiet: bool,
) -> ExitCode:
    """Scan *sources* into the folder *output*."""
    judgement = Judgement(
        rule_folders=tuple(str(folder.resolve()) for folder in rule_folders), exclude=excluded, language=language
    )
    order = read_order(sources, judgement=judgement, politeness=Politeness())
    for mistake in order.mistakes:
        say_problem(f"{mistake.source}, line {mistake.line}: {mistake.text!r}: {mistake.problem}")
    outcome = scan(order, output, jobs=jobs, now=read_clock, tell=lambda step: None if quiet else _tell_step(step))
    return _conclude(order, outcome, quiet=quiet)


def read_order(sources: Sequence[str], **how: Any) -> Order:
    """Return what *sources* ask for: lists are read, archives and folders only named."""
    targets: list[Target] = []
    mistakes: list[Mistake] = []
    saved: list[str] = []
    for source in sources:
        if is_archive_name(source) or Path(source).is_dir():
            saved.append(str(Path(source)))
            continue
        text, name = _read_source(source)
        found, wrong = read_list(text, name)
        targets.extend(found)
        mistakes.extend(wrong)
    if not targets and not saved:
        raise AuditorError("the list names no site: put one address on each line, or url,name,… above columns")
    return Order(targets=tuple(targets), mistakes=tuple(mistakes), saved=tuple(saved), **how)


def _read_source(source: str) -> tuple[str, str]:
    if source == STANDARD_INPUT:
        return sys.stdin.buffer.read().decode("utf-8", errors="replace"), "standard input"
    if source.startswith(("http://", "https://")):
        return source, "command line"
    try:
        return Path(source).read_bytes().decode("utf-8", errors="replace"), source
    except OSError as error:
        raise AuditorError(f"{source}: the list cannot be read, {error.strerror}: check the path") from error


def _tell_step(step: Any) -> None:
    tell_progress(f"[{step.sites}/{step.total}] {step.site}: {step.done} pages, {step.failed} failed")


def _conclude(order: Order, outcome: Outcome, *, quiet: bool) -> ExitCode:
    if not quiet:
        what = "complete" if outcome.is_new else "complete already"
        tell_progress(
            f"Run {what}: {outcome.folder}: {outcome.pages} pages, {outcome.assessed} assessed; "
            f"{outcome.sites} sites, {outcome.sites_assessed} assessed."
        )
    if outcome.sites_assessed == outcome.sites and not any(mistake.refused for mistake in order.mistakes):
        return ExitCode.DONE
    return ExitCode.NOT_ASSESSED if outcome.sites == 1 else ExitCode.SOME_NOT_ASSESSED
