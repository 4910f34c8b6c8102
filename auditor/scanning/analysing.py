"""Read and judge pages in bulk: from a page, or a part of an archive, to the rows that the store keeps; pure but for reading."""

from __future__ import annotations

import gc
import json
import zlib
from datetime import datetime, timezone
from functools import cache, lru_cache, partial
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from auditor import __version__
from auditor.errors import SourceError
from auditor.judging import expect_documents, judge_page, load_rules, remember_texts
from auditor.models import Failure, Grade
from auditor.pipeline import attempt
from auditor.reading import read_page
from auditor.reading.remembering import LONGEST, MOST
from auditor.scanning.addresses import name_site
from auditor.scanning.contacts import list_addresses, list_telephones
from auditor.scanning.models import Analysis, Judged, PageRow
from auditor.scanning.origins import find_origin
from auditor.sources.files import MAX_BYTES, load_page
from auditor.sources.warc import load_archived, parse_place, read_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from auditor.models import Audit, Document, Finding, Page, RuleSet
    from auditor.scanning.models import Judgement, Part

    Clock = Callable[[], datetime]

MOST_AT_ONCE = 256
"""Pages of one part that are judged before their results are handed over: an archive of a crawl holds tens of thousands."""

MOST_TOGETHER = 64
"""Pages whose texts are searched together, so that a pattern is run over many at once."""

LARGEST_TOGETHER = 8_000_000
"""Bytes of pages from which on no more are taken together."""

MOST_REMEMBERED = 20_000
"""Texts of earlier pages that each process remembers, some 60 MB."""

_TIES = ("telephone", "email", "whatsapp", "line", "wechat", "telegram", "messenger")
_GRADES = [grade.name.lower() for grade in sorted(Grade)]
_KEY = itemgetter(0, 1)
_LONGEST_TIE = 300
_MOST_TIES = 200
_MOST_LINKS = 5_000


def analyse_part(part: Part, judgement: Judgement) -> Judged:
    """Read and judge the pages of *part*, of a long one the first; what cannot be read is a row with the reason."""
    if part.files:
        return Judged([_analyse_file(part, name, judgement) for name in part.files])
    results: list[Analysis] = []
    pages = read_pages(part.source, member=part.member, start=part.start, stop=part.stop, max_bytes=judgement.max_bytes)
    try:
        for together in _gather(pages):
            if len(results) >= MOST_AT_ONCE:
                place = parse_place(together[0].source)
                return Judged(results, place.start if place else None)
            results.extend(_analyse_together(together, judgement))
    except SourceError as error:
        site = Path(part.source).name
        results.append(fail_page(site, url=part.source, source=f"{part.source}#{part.start}", reason=error.reason))
    return Judged(results)


def _gather(pages: Iterator[Page]) -> Iterator[list[Page]]:
    """Yield *pages*, some at a time; what was read before an archive turns out to be damaged is yielded, too."""
    together: list[Page] = []
    size = 0
    failure = None
    try:
        for page in pages:
            together.append(page)
            size += len(page.body)
            if len(together) >= min(MOST_TOGETHER, MOST_AT_ONCE) or size > LARGEST_TOGETHER:
                yield together
                together, size = [], 0
    except SourceError as error:
        failure = error
    if together:
        yield together
    if failure:
        raise failure


def _analyse_together(pages: Sequence[Page], judgement: Judgement) -> Iterator[Analysis]:
    """Yield the rows of *pages*, whose texts are searched together before they are judged one by one."""
    rules = load_rules_once(judgement.rule_folders)
    read = [attempt(page.source, partial(_read, page, judgement)) for page in pages]
    documents = [document for document in read if not isinstance(document, Failure)]
    # A text that defeats the search does so again where its page is judged, and is told of there.
    attempt("", partial(expect_documents, documents, rules))
    for page, document in zip(pages, read, strict=True):
        site, url = name_site(page.url or ""), page.url or page.source
        yield _finish(page, document, site, judgement, url=url, links=False)


def analyse_page(
    page: Page, site: str, judgement: Judgement, *, url: str | None = None, links: bool = False
) -> Analysis:
    """Return the rows of *page*, a page of *site* that was found under *url*; with its *links* for a crawl."""
    document = attempt(page.source, partial(_read, page, judgement))
    return _finish(page, document, site, judgement, url=url or page.url or page.source, links=links)


def _read(page: Page, judgement: Judgement) -> Document:
    return read_page(page, facts=judgement.facts, language=judgement.language)


def _finish(
    page: Page, document: Document | Failure, site: str, judgement: Judgement, *, url: str, links: bool
) -> Analysis:
    """Judge *document*, read from *page*, and return its rows."""

    def judge(read: Document) -> Analysis:
        rules = load_rules_once(judgement.rule_folders)
        audit = judge_page(page, read, rules, now=_epoch, version=__version__, exclude=frozenset(judgement.exclude))
        return _collect(audit, site, url, links=links)

    result = document if isinstance(document, Failure) else attempt(page.source, partial(judge, document))
    if isinstance(result, Failure):
        return fail_page(site, url=url, source=page.source, reason=result.reason)
    return result


def fail_page(site: str, *, url: str, source: str = "", reason: str, state: str = "failed") -> Analysis:
    """Return the row of a page that could not be had, with the *reason*."""
    return Analysis(page=PageRow(site=site, url=url, source=source, state=state, reason=reason))


def load_source(source: str, *, max_bytes: int = MAX_BYTES) -> Page:
    """Return the page that the store says is at *source*: a place in an archive, or a file. Raises `SourceError` if it is not."""
    place = parse_place(source)
    if place:
        return load_archived(place, max_bytes=max_bytes)
    path = Path(source)
    return load_page(path, now=lambda: _read_time(path), max_bytes=max_bytes)


@cache
def load_rules_once(folders: tuple[str, ...]) -> RuleSet:
    """Load the rules, once for the process; what stays for its whole life need not be searched for garbage, nor often."""
    # No page leaves anything behind that only a search finds; what the pages of a batch hold must not set one off.
    gc.set_threshold(200_000)
    rules = load_rules(extra=tuple(map(Path, folders)))
    remember_texts(rules, MOST_REMEMBERED)
    gc.freeze()
    return rules


def _analyse_file(part: Part, name: str, judgement: Judgement) -> Analysis:
    """Return the rows of a saved page: of the site that it says it is of, else of the one its folder is called after."""
    place = Path(part.source)
    path = place / name if place.is_dir() else place
    folder = Path(name).parts[0] if len(Path(name).parts) > 1 else place.resolve().name
    page = attempt(str(path), lambda: load_page(path, now=lambda: _read_time(path), max_bytes=judgement.max_bytes))
    if isinstance(page, Failure):
        return fail_page(folder, url=name, source=str(path), reason=page.reason)
    origin = page.url or (find_origin(page.body) if page.media_type == "text/html" else None)
    analysis = analyse_page(page, name_site(origin) if origin else folder, judgement, url=page.url or name)
    return analysis._replace(page=analysis.page._replace(source=str(path)))


def _read_time(path: Path) -> datetime:
    """Return when the file at *path* was last changed, the best that is known of its capture."""
    return datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)


def _epoch() -> datetime:
    """Return a moment that never passes: when a page was judged stands in its visit, once for all."""
    return datetime.fromtimestamp(0, timezone.utc)


# --- rows --------------------------------------------------------------------------------------


def _collect(audit: Audit, site: str, url: str, *, links: bool) -> Analysis:
    page, document = audit.page, audit.document
    obstacle = document.obstacle
    headers = {name.lower(): value for name, value in page.headers}
    kinds = (("finding", audit.findings), ("strength", audit.strengths), ("observation", audit.observations))
    return Analysis(
        page=PageRow(
            site=site,
            url=url,
            source=page.source,
            state="not_assessed" if audit.score is None else "assessed",
            reason=audit.meaning if audit.score is None else None,
            final_url=page.url,
            status=page.status,
            retrieved=page.retrieved,
            media_type=page.media_type,
            bytes=len(page.body),
            sha256=page.sha256,
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            truncated=page.truncated,
            title=document.facts.title,
            language=document.facts.language,
            intent=audit.offer.intent,
            characters=sum(len(passage.text) for passage in document.passages),
            obstacle=obstacle.kind if obstacle else None if audit.score is not None else "language",
            score=audit.score,
            grade=audit.grade,
            meaning=audit.meaning,
            codes=json.dumps(
                {code.variable.id: int(code.present) for code in audit.codebook if code.present is not None}
            ),
        ),
        findings=tuple(
            (each.rule.id, kind, int(each.severity), len(each.evidence), each.note)
            for kind, found in kinds
            for each in found
        ),
        # In the order of the table's key every row is put behind the last.
        quotes=tuple(sorted((row for _, found in kinds for each in found for row in _list_quotes(each)), key=_KEY)),
        disclosures=audit.disclosed,
        traits=tuple(_list_traits(document, page.body)),
        passages=_pack_passages(document),
        links=_list_links(document) if links else (),
        canonical=document.facts.canonical,
    )


def _list_links(document: Document) -> tuple[tuple[str, str], ...]:
    """Return where a page leads, each address once and the first so many: to weigh each takes a crawl its time."""
    found: dict[str, str] = {}
    for link in document.links:
        if link.kind == "page":
            found.setdefault(link.url, link.text)
    return tuple(islice(found.items(), _MOST_LINKS))


def _list_quotes(finding: Finding) -> Iterator[tuple[str, int, int, tuple[object, ...]]]:
    for number, evidence in enumerate(finding.evidence):
        passage, citation = evidence.passage, evidence.support.citation
        quotation = (
            int(evidence.severity),
            evidence.quote,
            evidence.words,
            evidence.prefix,
            evidence.suffix,
            _list_as_json(passage.section),
            passage.role,
            passage.landmark,
            evidence.voice,
            _list_as_json(evidence.contexts),
            _GRADES[evidence.support.grade],
            citation.identifier if citation else None,
            evidence.start,
            evidence.end,
        )
        yield finding.rule.id, number, passage.index, _share(quotation)


def _list_traits(document: Document, body: bytes) -> list[tuple[str, str]]:
    """Return what may tie this page's site to another, each once."""
    found = {(link.kind, link.url[:_LONGEST_TIE]): None for link in document.links if link.kind in _TIES}
    for form in document.forms:
        if form.action.startswith(("http://", "https://")):
            found["form", form.action.partition("?")[0][:_LONGEST_TIE]] = None
    for tracker in document.trackers:
        if tracker.identifier:
            found["tracker", f"{tracker.name} {tracker.identifier}"[:_LONGEST_TIE]] = None
    shown = [passage.text for passage in document.passages if not passage.hidden]
    found |= {("telephone", f"tel:{number}"[:_LONGEST_TIE]): None for number in list_telephones(body, shown)}
    found |= {("address", address[:_LONGEST_TIE]): None for address in list_addresses(body, shown)}
    return list(found)[:_MOST_TIES]


def _pack_passages(document: Document) -> bytes:
    rows = [(each.role, each.landmark, each.language, int(each.hidden), each.text) for each in document.passages]
    written = [_write_row(row) if len(row[-1]) <= LONGEST else _to_json(row) for row in rows]
    return zlib.compress(f"[{','.join(written)}]".encode("utf-8", errors="replace"), 1)


@lru_cache(maxsize=MOST)
def _write_row(row: tuple[object, ...]) -> str:
    """Return *row* as JSON; the pages of a site repeat their menus, footers and phrases."""
    return _to_json(row)


@lru_cache(maxsize=4096)
def _share(quotation: tuple[object, ...]) -> tuple[object, ...]:
    """Return the first of equal rows: what many pages say passes between processes, and is kept, once."""
    return quotation


@lru_cache(maxsize=4096)
def _list_as_json(words: tuple[str, ...]) -> str:
    """Return *words* as JSON; many quotations of a page stand under the same headings."""
    return _to_json(words)


_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
