"""What is to be scanned: lists of sites, read line by line so that a slip costs one line and is named, and saved pages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from auditor.errors import AuditorError
from auditor.scanning.addresses import encode_host, name_site, normalize_address, read_folder
from auditor.scanning.models import Mistake, Target
from auditor.scanning.sitemaps import is_sitemap, is_sitemap_address, read_sitemap
from auditor.scanning.spreadsheets import find_address_column, find_separator, name_columns, read_rows
from auditor.sources.files import PAGE_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

COMMON_CRAWL = "https://data.commoncrawl.org/"
"""https://commoncrawl.org/get-started"""
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?://)?", re.IGNORECASE)
_SEVERAL = re.compile(r"[,;|\s]\s*(https?://)|\s", re.IGNORECASE)
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--(?:[^-]|-(?!->)){0,2000}-->\s*)*(?:<!doctype\s+html|<html\b|%PDF-)", re.IGNORECASE
)
_PAGE_SUFFIXES = tuple(suffix for suffix in PAGE_SUFFIXES if suffix != ".txt")
"""A text is a list."""
_LONGEST_SHOWN = 120
_BLANK = "the line is blank: passed over"
_BETWEEN = "; "
"""Between the values of a column that several lines give for one site."""


class _Line(NamedTuple):
    source: str
    number: int
    address: str
    columns: dict[str, str]
    column: str = ""
    """That which holds the address."""


def read_list(text: str, source: str) -> tuple[tuple[Target, ...], tuple[Mistake, ...]]:
    """Return the sites that the list *text* names and what is wrong with its lines; *source* is how the list is called."""
    return read_lists([(text, source)])


def read_lists(lists: Iterable[tuple[str, str]]) -> tuple[tuple[Target, ...], tuple[Mistake, ...]]:
    """Return the sites that *lists*, each a text with its name, name together, and what is wrong with their lines.

    A list is a sitemap, CSV whose first line names its columns, or text with one address a line; ``#`` begins a comment.
    What can be mended is taken and named all the same.
    """
    mistakes: list[Mistake] = []
    found: list[tuple[Target, _Line]] = []
    for content, source in lists:
        text = content.removeprefix("\ufeff")
        if is_sitemap(text):
            named = _group_sitemap(text, source, mistakes)
            found.extend((target, _Line(source, target.line, target.url, {})) for target in named)
            continue
        for line in _read_lines(text, source, mistakes):
            target = _read_target(line, mistakes)
            if target:
                found.append((target, line))
    targets = tuple(_tell_apart(found, mistakes))
    order = list(dict.fromkeys(each.source for each in mistakes))
    return targets, tuple(sorted(mistakes, key=lambda each: (order.index(each.source), each.line)))


def read_paths(text: str) -> list[str]:
    """Return the web archives that *text* names, one a line; paths of Common Crawl lead to where it keeps its data."""
    names = (line.strip() for line in text.splitlines())
    return [
        f"{COMMON_CRAWL}{name}" if name.startswith("crawl-data/") else name
        for name in dict.fromkeys(names)
        if name and not name.startswith("#")
    ]


def is_page(content: bytes, name: str) -> bool:
    """Tell whether a file called *name* that holds *content* is a page that was saved, and no list."""
    return name.lower().endswith(_PAGE_SUFFIXES) or bool(_PAGE.match(content))


def _group_sitemap(text: str, source: str, mistakes: list[Mistake]) -> Iterator[Target]:
    """Yield a target for every site that a sitemap names, which begins with all of the addresses there."""
    seeds: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    for entry in read_sitemap(text):
        url = normalize_address(entry.url)
        if url is None:
            mistakes.append(_slip(source, entry.line, entry.url, "this is no web address: passed over", refused=True))
        elif entry.is_sitemap and not is_sitemap_address(url):
            problem = "this is no usual address of a sitemap: passed over; name its site by a line of its own"
            mistakes.append(_slip(source, entry.line, entry.url, problem, refused=True))
        else:
            seeds.setdefault(name_site(url), []).append(url)
            lines.setdefault(name_site(url), entry.line)
    for site, urls in seeds.items():
        yield Target(site=site, url=_find_root(urls[0]), line=lines[site], columns={}, seeds=tuple(dict.fromkeys(urls)))


def _find_root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


# --- lines -------------------------------------------------------------------------------------


def _read_lines(text: str, source: str, mistakes: list[Mistake]) -> Iterator[_Line]:
    separator = find_separator(text)
    if separator is None:
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                mistakes.append(_slip(source, number, line, _BLANK))
            elif not line.lstrip().startswith("#"):
                yield _Line(source, number, line, {})
        return
    names: list[str] = []
    at = 0
    for row in read_rows(text, separator):
        shown = separator.join(row.cells)
        if row.problem:
            mistakes.append(_slip(source, row.number, shown, row.problem, refused=not row.cells))
        if not any(cell.strip() for cell in row.cells):
            if not row.problem:
                mistakes.append(_slip(source, row.number, shown, _BLANK))
        elif not names:
            names = name_columns(row.cells)
            place = find_address_column(row.cells)
            if place is None:
                raise AuditorError(
                    f"{source}: no column is called url, only {', '.join(names)}: call the one with the addresses so"
                )
            at = place
        else:
            if any(cell.strip() for cell in row.cells[len(names) :]):
                problem = "the line has more fields than the first: the rest is left out"
                mistakes.append(_slip(source, row.number, shown, problem))
            columns = {name: cell.strip() for name, cell in zip(names, row.cells, strict=False)}
            yield _Line(source, row.number, row.cells[at] if at < len(row.cells) else "", columns, names[at])


def _read_target(line: _Line, mistakes: list[Mistake]) -> Target | None:
    """Return the site that *line* names; what was wrong with it goes into *mistakes*, mended or not."""

    def note(problem: str, *, refused: bool = True) -> None:
        mistakes.append(_slip(line.source, line.number, line.address, problem, refused=refused))

    written = line.address.strip().strip("<>\"'\u200b\u00a0")
    if not written:
        note("there is no address: passed over")
        return None
    if found := _SEVERAL.search(written):
        what = "several addresses on the line" if found[1] else "spaces in the address"
        note(f"there are {what}: passed over; put one address on a line")
        return None
    scheme = _SCHEME.match(written)
    has_port = re.match(r"[^/:]+:[0-9]+(?:/|$)", written)
    if scheme and not has_port and not scheme[0].lower().startswith("http"):
        note(f"{scheme[0]} is no address of a web page: passed over")
        return None
    given = re.sub(r"^(https?):/*", r"\1://", written, flags=re.IGNORECASE)
    if not scheme or has_port:
        given = f"https://{written}"
    url = normalize_address(given)
    if url is None:
        note("this is no web address: passed over")
        return None
    slips = []
    if line.address != line.address.strip():
        slips.append("there are spaces around the address")
    if given != written:
        slips.append("the address has no scheme" if not scheme or has_port else "the address is misspelt")
    host = urlsplit(given).hostname or ""
    if not host.isascii():
        slips.append(f"the host is an international name ({encode_host(host)})")
    if slips:
        note(f"{' and '.join(slips)}: taken as {url}", refused=False)
    if is_sitemap_address(url):
        return Target(site=name_site(url), url=_find_root(url), line=line.number, columns=line.columns, seeds=(url,))
    return Target(site=name_site(url), url=url, line=line.number, columns=line.columns)


def _tell_apart(found: Sequence[tuple[Target, _Line]], mistakes: list[Mistake]) -> Iterator[Target]:
    """Yield each site once, with all that any line says of it.

    Two folders of one host are two sites, as on a host that serves many clinics.
    """
    by_host: dict[str, list[Target]] = {}
    for target, _ in found:
        by_host.setdefault(target.site, []).append(target)
    first: dict[str, tuple[Target, _Line]] = {}
    for target, line in found:
        folders = {read_folder(each.url) for each in by_host[target.site]}
        site = target.site
        if len(folders) > 1 and "/" not in folders:
            site += read_folder(target.url).rstrip("/")
        if site not in first:
            first[site] = replace(target, site=site), line
            continue
        known, before = first[site]
        where = f"line {before.number}" + (f" of {before.source}" if before.source != line.source else "")
        first[site] = _join_targets(known, target, line.column), before
        done = "passed over" if first[site][0] == known else "joined with it"
        mistakes.append(
            _slip(line.source, line.number, line.address, f"the site {site} stands on {where} already: {done}")
        )
    for target, _ in first.values():
        yield target


def _join_targets(known: Target, other: Target, address: str) -> Target:
    """Return *known* with what another line says of the same site: further values of columns, another page to begin with."""
    columns = dict(known.columns)
    for name, value in other.columns.items():
        held = columns.get(name, "")
        # The address has a place of its own among the seeds.
        if name == address and held:
            continue
        if value and value not in held.split(_BETWEEN):
            columns[name] = f"{held}{_BETWEEN}{value}" if held else value
    begun = (*known.seeds, *((other.url,) if _cut_host(other.url) != _cut_host(known.url) else ()), *other.seeds)
    return replace(known, columns=columns, seeds=tuple(dict.fromkeys(begun)))


def _cut_host(url: str) -> str:
    """Return what of *url* names a page of its site."""
    return urlunsplit(("", "", *urlsplit(url)[2:]))


def _slip(source: str, line: int, text: str, problem: str, *, refused: bool = False) -> Mistake:
    shown = text.strip()[:_LONGEST_SHOWN]
    return Mistake(source=source, line=line, text=shown, problem=problem, refused=refused)
