"""The work of a scan: saved pages judged and sites crawled, by whatever engine, piece by piece into the store."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from auditor.models import Failure
from auditor.scanning import store
from auditor.scanning.analysing import analyse_part, fail_page
from auditor.scanning.archiving import is_whole
from auditor.scanning.models import Judged
from auditor.scanning.networks import prepare_hashing
from auditor.scanning.session import Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.scanning.models import Analysis, Part
    from auditor.scanning.session import Session

T = TypeVar("T")

_MANY = 20
"""Parts of saved pages from which on copies are sure to be looked for."""


def begin_lost(session: Session) -> tuple[str, ...]:
    """Begin the crawls again of which captures were lost, as after a power failure, and return their sites."""
    lost = []
    for task, site, archive, length in store.list_archives(session.connection, session.visit):
        if not is_whole(session.folder / archive, length):
            _forget_crawl(session, task, archive)
            lost.append(site)
    store.commit(session.connection)
    return tuple(lost)


def _forget_crawl(session: Session, task: int, archive: str) -> None:
    (session.folder / archive).unlink(missing_ok=True)
    store.forget_crawl(session.connection, task)


def judge_parts(session: Session) -> None:
    """Judge the saved pages that are still to be judged; each piece is kept whole or not at all."""
    connection = session.connection
    waiting = deque(store.list_parts(connection, session.visit))
    if not waiting:
        return
    total = len(waiting)
    if total > _MANY:
        threading.Thread(target=prepare_hashing, daemon=True).start()
    pages, failed = store.count_pages(connection, session.visit)
    analyse = partial(analyse_part, judgement=session.order.judgement)
    done = 0
    for part, made in session.engine(analyse, _Queue(waiting, session.stop)):
        judged = Judged([_fail_part(part, made)]) if isinstance(made, Failure) else made
        with store.write(connection):
            store.add_results(connection, session.visit, part.task, judged.results, first=part.first)
            if judged.rest is None:
                store.finish_task(connection, part.task)
                done += 1
            else:
                rest = replace(part, start=judged.rest, first=part.first + len(judged.results))
                store.move_task(connection, part.task, start=rest.start, judged=rest.first)
                waiting.appendleft(rest)
        pages += len(judged.results)
        failed += sum(each.page.state == "failed" for each in judged.results)
        session.tell(Step(part.source, "", pages, failed, done, total))


class _Queue(Generic[T]):
    """The pieces that wait, to which the rest of a long one may be put back; empty when the scan is to stop.

    A class because a generator that has once ended cannot go on.
    """

    def __init__(self, waiting: deque[T], stop: threading.Event) -> None:
        self._waiting = waiting
        self._stop = stop

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        if self._stop.is_set() or not self._waiting:
            raise StopIteration
        return self._waiting.popleft()


def crawl_targets(session: Session) -> None:
    """Crawl the sites that are still to be crawled."""
    left = len(store.list_crawls(session.connection, session.visit))
    if not left or session.stop.is_set():
        return
    from auditor.scanning.touring import crawl_sites

    if session.is_shared:
        _share_crawls(session)
        return
    pages, failed = store.count_pages(session.connection, session.visit)
    total = len(session.order.targets)
    done = total - left

    def count(site: str, state: str) -> None:
        nonlocal pages, failed, done
        done += not state
        pages += bool(state)
        failed += state == "failed"
        session.tell(Step(site, state, pages, failed, done, total))

    asyncio.run(
        crawl_sites(
            session.connection,
            session.folder,
            session.visit,
            politeness=session.order.politeness,
            judgement=session.order.judgement,
            jobs=session.jobs,
            now=session.now,
            tell=count,
            stop=session.stop,
            sleep=session.sleep,
        )
    )
    store.commit(session.connection)


def _share_crawls(session: Session) -> None:
    """Have the sites that are still to be crawled crawled by the engine, some together."""
    from auditor.scanning.sharing import crawl_shard, list_shards, merge_shard

    by_site = {target.site: target for target in session.order.targets}
    waiting = store.list_crawls(session.connection, session.visit)
    for task, _ in waiting:
        # An engine does a crawl as a whole: one that was begun here begins again.
        if task["archive"]:
            _forget_crawl(session, task["task"], task["archive"])
    store.commit(session.connection)
    shards = list_shards([(task["task"], by_site[task["site"]]) for task, _ in waiting])
    crawl = partial(
        crawl_shard, judgement=session.order.judgement, politeness=session.order.politeness, visit=session.visit
    )
    done = len(session.order.targets) - len(waiting)
    engine: Any = session.engine
    for shard, crawled in engine(crawl, _Queue(deque(shards), session.stop)):
        merge_shard(session.connection, session.folder, session.visit, shard, crawled)
        done += len(shard.tasks)
        pages, failed = store.count_pages(session.connection, session.visit)
        session.tell(Step(shard.targets[-1].site, "", pages, failed, done, len(session.order.targets)))


def _fail_part(part: Part, failure: Failure) -> Analysis:
    return fail_page(Path(part.source).name, url=part.source, source=part.source, reason=failure.reason)
