"""What is to be scanned: lists of sites, read line by line so that a slip costs one line and is named, and saved pages."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit, urlunsplit
from xml.sax.saxutils import unescape

from auditor.errors import AuditorError
from auditor.scanning.addresses import encode_host, name_site, normalize_address, read_folder
from auditor.scanning.models import Mistake, Target
from auditor.sources.files import PAGE_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

COMMON_CRAWL = "https://data.commoncrawl.org/"
"""https://commoncrawl.org/get-started"""
_ADDRESS_COLUMNS = ("url", "website", "web", "site", "address", "link", "homepage", "domain")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?://)?", re.IGNORECASE)
_LOCATION = re.compile(r"<(?:\w+:)?loc\b[^>]*>\s*(?:<!\[CDATA\[)?\s*([^<\]]+?)\s*(?:\]\]>)?\s*</", re.IGNORECASE)
_CHANGED = re.compile(r"<(?:\w+:)?lastmod\b[^>]*>\s*([^<]+?)\s*</", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:\w+:)?(url|sitemap)\b[^>]*>(.*?)</(?:\w+:)?\1>", re.IGNORECASE | re.DOTALL)
_XML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:\w+:)?(?:urlset|sitemapindex)\b", re.IGNORECASE | re.DOTALL
)
_SITEMAP = re.compile(r"/[^/]*sitemap[^/]*\.xml(?:\.gz)?\Z", re.IGNORECASE)
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,2000}?-->\s*)*(?:<!doctype\s+html|<html\b|%PDF-)", re.IGNORECASE | re.DOTALL
)
_PAGE_SUFFIXES = tuple(suffix for suffix in PAGE_SUFFIXES if suffix != ".txt")
"""A text is a list."""
_LONGEST_SHOWN = 120
_BETWEEN = "; "
"""Between the values of a column that several lines give for one site."""


class Located(NamedTuple):
    """One entry of a sitemap."""

    url: str
    changed: str | None
    is_sitemap: bool
    """Whether it leads to another sitemap."""


class _Line(NamedTuple):
    source: str
    number: int
    address: str
    columns: dict[str, str]


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
        if _XML.match(text):
            found.extend((target, _Line(source, target.line, target.url, {})) for target in _group_sitemap(text))
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


def is_sitemap(text: str) -> bool:
    """Tell whether *text* is a sitemap or an index of sitemaps."""
    return bool(_XML.match(text))


def is_sitemap_address(url: str) -> bool:
    """Tell whether a sitemap is what is usually found at *url*."""
    return bool(_SITEMAP.search(urlsplit(url).path))


def read_sitemap(text: str) -> list[Located]:
    """Return the entries of a sitemap, or of an index of sitemaps, in its order; what is damaged is passed over."""
    found = []
    for kind, entry in _ENTRY.findall(text):
        location = _LOCATION.search(entry)
        changed = _CHANGED.search(entry)
        if location:
            found.append(Located(unescape(location[1]), changed[1] if changed else None, kind.lower() == "sitemap"))
    return found


def _group_sitemap(text: str) -> tuple[Target, ...]:
    """Return a target for every site that a sitemap names, which begins with all of the addresses there."""
    seeds: dict[str, list[str]] = {}
    for entry in read_sitemap(text):
        url = normalize_address(entry.url)
        if url and not entry.is_sitemap:
            seeds.setdefault(name_site(url), []).append(url)
    return tuple(
        Target(site=site, url=_find_root(urls[0]), line=number, columns={}, seeds=tuple(dict.fromkeys(urls)))
        for number, (site, urls) in enumerate(seeds.items(), 1)
    )


def _find_root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


# --- lines -------------------------------------------------------------------------------------


def _read_lines(text: str, source: str, mistakes: list[Mistake]) -> Iterator[_Line]:
    dialect = _find_dialect(text)
    if dialect is None:
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                mistakes.append(_slip(source, number, line, "the line is blank: passed over"))
            elif not line.lstrip().startswith("#"):
                yield _Line(source, number, line, {})
        return
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=dialect, strict=False)
    header: list[str] = []
    before = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            mistakes.append(
                _slip(source, rows.line_num, "", f"the line cannot be read as CSV ({error}): passed over", refused=True)
            )
            before = rows.line_num
            continue
        number, before = before + 1, rows.line_num
        if not header:
            header = [_name_column(name) for name in row]
        elif not any(cell.strip() for cell in row):
            mistakes.append(_slip(source, number, dialect.join(row), "the line is blank: passed over"))
        else:
            columns = {name: cell.strip() for name, cell in zip(header, row, strict=False) if name}
            at = _find_address_column(header)
            if len(row) > len(header):
                mistakes.append(
                    _slip(
                        source,
                        number,
                        dialect.join(row),
                        "the line has more fields than the first: the rest is left out",
                    )
                )
            yield _Line(source, number, row[at] if at < len(row) else "", columns)


def _find_dialect(text: str) -> str | None:
    """Return what separates the columns of CSV, or None if *text* is no CSV."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    for separator in (",", ";", "\t"):
        if any(_name_column(name) in _ADDRESS_COLUMNS for name in first.split(separator)):
            return separator
    if first.count(",") and _SCHEME.match(first.partition(",")[0]):
        raise AuditorError("the list has several columns but no first line that names them: put url,name,… above it")
    return None


def _name_column(name: str) -> str:
    return re.sub(r"\W+", "_", name.strip().strip('"').lower()).strip("_")


def _find_address_column(header: Sequence[str]) -> int:
    return next(header.index(name) for name in _ADDRESS_COLUMNS if name in header)


def _read_target(line: _Line, mistakes: list[Mistake]) -> Target | None:
    """Return the site that *line* names; what was wrong with it goes into *mistakes*, mended or not."""

    def note(problem: str, *, refused: bool = True) -> None:
        mistakes.append(_slip(line.source, line.number, line.address, problem, refused=refused))

    written = line.address.strip().strip("<>\"'\u200b\u00a0")
    if not written:
        note("there is no address: passed over")
        return None
    if re.search(r"\s", written):
        note("there are spaces in the address: passed over; put one address on a line")
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
        first[site] = _join_targets(known, target), before
        done = "passed over" if first[site][0] == known else "joined with it"
        mistakes.append(
            _slip(line.source, line.number, line.address, f"the site {site} stands on {where} already: {done}")
        )
    for target, _ in first.values():
        yield target


def _join_targets(known: Target, other: Target) -> Target:
    """Return *known* with what another line says of the same site: further values of columns, another page to begin with."""
    columns = dict(known.columns)
    for name, value in other.columns.items():
        held = columns.get(name, "")
        # The address has a place of its own among the seeds.
        if name in _ADDRESS_COLUMNS and held:
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
