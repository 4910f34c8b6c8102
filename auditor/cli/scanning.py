"""Carry out ``auditor scan``: what is to be scanned, how it goes, how it ended."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.cli.printing import count_things, say_problem, tell_progress
from auditor.cli.progress import show_progress
from auditor.errors import AuditorError, ExitCode
from auditor.models import STANDARD_INPUT
from auditor.pipeline import read_clock
from auditor.scanning.manifest import AlteredError
from auditor.scanning.models import Judgement, Politeness
from auditor.scanning.orders import Order
from auditor.scanning.running import Outcome, scan
from auditor.scanning.session import Stopped
from auditor.scanning.sitemaps import unpack_text
from auditor.scanning.stamping import read_stamp
from auditor.scanning.targets import is_page, read_lists, read_paths
from auditor.sources.warc import is_archive_name, is_remote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.scanning.session import Engine

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of Excel, LibreOffice and Numbers begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanWishes:
    """The command line of ``auditor scan``, read; what was not asked for is as in `Politeness`."""

    sources: tuple[str, ...]
    jobs: int
    output: Path = Path()
    update: Path | None = None
    warc_paths: Path | None = None
    engine: str = "local"
    address: str | None = None
    rule_folders: tuple[Path, ...] = ()
    excluded: tuple[str, ...] = ()
    language: str | None = None
    pages: int | None = None
    depth: int | None = None
    delay: float | None = None
    sites: int | None = None
    robots_reason: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    since: str | None = None
    timeout: float | None = None
    retries: int | None = None
    max_host_errors: int | None = None
    max_bytes: int | None = None
    user_agent: str | None = None
    allow_private: bool = False
    browser: bool = False
    page_reports: str = "worst"
    timestamp_url: str | None = None
    progress: str = "auto"
    quiet: bool = False


def carry_out(wishes: ScanWishes) -> ExitCode:
    """Scan what *wishes* name, or visit it again."""
    order = None if wishes.update else read_order(wishes)
    run = wishes.update or wishes.output
    for mistake in order.mistakes if order else ():
        say_problem(f"{mistake.source}, line {mistake.line}: {mistake.text!r}: {mistake.problem}")
    if order and not order.targets and not order.saved:
        raise AuditorError("the list names no site: put one address on each line, or url,name,… above columns")
    try:
        with show_progress("none" if wishes.quiet else wishes.progress) as tell:
            outcome = scan(
                order,
                run,
                jobs=wishes.jobs,
                sites=wishes.sites,
                now=read_clock,
                tell=tell,
                engine=_choose_engine(wishes),
                page_reports=wishes.page_reports,
            )
    except AlteredError as error:
        say_problem(str(error))
        return ExitCode.ALTERED
    except Stopped:
        say_problem(f"stopped; what was done is kept in {run}: give the same command to go on")
        return ExitCode.INTERRUPTED
    if wishes.timestamp_url and read_stamp(run) is None:
        _stamp(run, wishes.timestamp_url, quiet=wishes.quiet)
    return _conclude(outcome, quiet=wishes.quiet)


def _choose_engine(wishes: ScanWishes) -> Engine | None:
    if wishes.engine == "local":
        return None
    from auditor.scanning.cluster import run_ray

    return partial(run_ray, address=wishes.address)


def _stamp(run: Path, url: str, *, quiet: bool) -> None:
    from auditor.scanning.stamping import QUERY, stamp_run
    from auditor.sources.carrying import post_bytes

    stamp = stamp_run(run, lambda request: post_bytes(url, request, media_type=QUERY))
    if not quiet:
        tell_progress(f"Manifest stamped at {stamp.moment}.")


def choose_politeness(wishes: ScanWishes) -> Politeness:
    """Return how sites are crawled, as asked for."""
    names = {field.name for field in fields(Politeness)} & {field.name for field in fields(ScanWishes)}
    asked = {name: getattr(wishes, name) for name in names}
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    return Politeness(**given, robots=wishes.robots_reason is None)


def read_order(wishes: ScanWishes) -> Order:
    """Return what is asked for: lists are read, archives and folders only named."""
    lists: list[tuple[str, str]] = []
    saved: list[str] = []
    if wishes.warc_paths:
        saved += read_paths(wishes.warc_paths.read_text(encoding="utf-8", errors="replace"))
    for source in wishes.sources:
        if is_archive_name(source) or Path(source).is_dir():
            saved.append(source if is_remote(source) else str(Path(source)))
            continue
        content, name = _read_source(source)
        if is_page(content, source):
            if source == STANDARD_INPUT:
                raise AuditorError("standard input is a page and no list: save it to a file, or use auditor audit -")
            saved.append(str(Path(source)))
        elif content.startswith(_WORKBOOKS):
            raise AuditorError(f"{name} is a workbook and no list: save it as CSV from the program that made it")
        else:
            lists.append((unpack_text(content), name))
    targets, mistakes = read_lists(lists)
    judgement = Judgement(
        rule_folders=tuple(str(folder.resolve()) for folder in wishes.rule_folders),
        exclude=wishes.excluded,
        language=wishes.language,
        max_bytes=wishes.max_bytes or Judgement().max_bytes,
    )
    return Order(
        targets=targets,
        mistakes=mistakes,
        saved=_list_once(saved),
        judgement=judgement,
        politeness=choose_politeness(wishes),
    )


def _list_once(saved: Sequence[str]) -> tuple[str, ...]:
    """Return *saved* without what is named twice, or lies in a folder that is named too."""
    folders = {Path(source).resolve() for source in saved if not is_remote(source) and Path(source).is_dir()}
    return tuple(
        source
        for source in dict.fromkeys(saved)
        if is_remote(source) or is_archive_name(source) or folders.isdisjoint(Path(source).resolve().parents)
    )


def _read_source(source: str) -> tuple[bytes, str]:
    """Return what *source* holds, and how it is called."""
    if source == STANDARD_INPUT:
        return sys.stdin.buffer.read(), "standard input"
    if source.startswith(("http://", "https://")):
        return source.encode("utf-8", errors="replace"), "command line"
    try:
        return Path(source).read_bytes(), source
    except OSError as error:
        raise AuditorError(f"{source}: the list cannot be read, {error.strerror}: check the path") from error


def _conclude(outcome: Outcome, *, quiet: bool) -> ExitCode:
    if outcome.again:
        named = ", ".join(outcome.again[:3]) + (" …" if len(outcome.again) > 3 else "")
        say_problem(
            f"captures were damaged or gone, and {count_things(len(outcome.again), 'site')} crawled again for that: {named}"
        )
    if not quiet:
        what = "complete" if outcome.is_new else "complete already"
        tell_progress(
            f"Run {what}: {outcome.folder}: {count_things(outcome.pages, 'page')}, {outcome.assessed} assessed, "
            f"{outcome.failed} failed; {count_things(outcome.sites, 'site')}, {outcome.sites_assessed} assessed."
        )
    if outcome.sites_assessed == outcome.sites and not outcome.is_refused:
        return ExitCode.DONE
    is_single = outcome.sites == 1 and not outcome.is_refused
    return ExitCode.NOT_ASSESSED if is_single else ExitCode.SOME_NOT_ASSESSED
