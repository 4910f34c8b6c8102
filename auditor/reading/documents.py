"""Put together what the readers gathered: the one way from `Page` to `Document`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.models import Document, Frame, Passage
from auditor.nouns import make_builder
from auditor.reading.citations import find_citations
from auditor.reading.facts import collect_facts, complete_facts
from auditor.reading.forms import read_forms
from auditor.reading.joining import JoinedText
from auditor.reading.language import detect_language, settle_language
from auditor.reading.links import is_dead, read_links, resolve_address
from auditor.reading.marks import read_language_tag
from auditor.reading.obstacles import find_obstacle, judge_length
from auditor.reading.passages import walk_markup
from auditor.reading.structured import list_words, parse_structured
from auditor.reading.trackers import find_trackers

if TYPE_CHECKING:
    from auditor.models import Form, Obstacle, Page
    from auditor.reading.content import Block, Content

MOST_ADDED = 10_000_000
"""Characters that a page's own address, or its headings, may add to its record by being repeated there."""

_LONGEST_SECTION = 1800
"""Characters of six headings, of which readers keep 300 each."""

_build_passage = make_builder(Passage)
_DETAILS = r"(?i)<details(?=[\s/>])"
_TAG = re.compile(r"<[a-zA-Z!/?]")
# Browsers read these labels as their supersets.
_CHARSETS = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
    "iso-8859-9": "cp1254",
}


def read_page(page: Page, *, facts: str = "quick", language: str | None = None) -> Document:
    """Read *page* as a visitor sees it; ``facts="full"`` also asks trafilatura for what cheap sources lack.

    A *language* is believed; otherwise the page tells it, by what it declares or by its words.
    """
    if page.media_type == "application/pdf":
        from auditor.reading.pdf import parse_pdf

        return _assemble(parse_pdf(page.body), page=page, markup="", url=page.url, language=language)
    source = decode_body(page)
    if page.media_type == "text/plain" or not _TAG.search(source):
        from auditor.reading.text import parse_text

        return _assemble(parse_text(source), page=page, markup="", url=page.url, language=language)
    document = _assemble(walk_markup(source), page=page, markup=source, url=page.url, language=language)
    if facts != "full":
        return document
    completed = complete_facts(document.facts, source, page.url)
    return replace(document, facts=completed)


def read_text(text: str, *, url: str | None = None, language: str | None = None) -> Document:
    """Read a plain or Markdown text that came without a page."""
    from auditor.reading.text import parse_text

    return _assemble(parse_text(text), page=None, markup="", url=url, language=language)


def decode_body(page: Page) -> str:
    """Return the body as text, as browsers decode it; what cannot be decoded shows as U+FFFD."""
    charset = (page.charset or "utf-8").strip().lower()
    try:
        text = page.body.decode(_CHARSETS.get(charset, charset), errors="replace")
    except LookupError:
        text = page.body.decode("utf-8", errors="replace")
    return text.removeprefix("\ufeff")


def _assemble(
    content: Content, *, page: Page | None, markup: str, url: str | None, language: str | None = None
) -> Document:
    """Settle languages, then read from all passages what no single one tells."""
    base = _choose_base(content, url)
    if content.canonical:
        content.canonical = resolve_address(content.canonical, base)
    items = parse_structured(content.structured) if content.structured else []
    if items:
        content.blocks.extend(list_words(items, {block.text for block in content.blocks}))
    content.blocks = _shorten_sections(content.blocks)
    spoken = language or detect_language(content.blocks, content.language or _declared_language(content))
    passages = tuple(
        _build_passage(
            index=index,
            text=block.text,
            role=block.role,
            landmark=block.landmark,
            section=block.section,
            language=settle_language(block, spoken),
            hidden=block.hidden,
            block=block.block,
        )
        for index, block in enumerate(content.blocks)
    )
    links = read_links(content.anchors, base)
    forms = read_forms(content, base)
    joined = JoinedText(passage.text for passage in passages)
    return Document(
        passages=passages,
        facts=collect_facts(content, items, passages, joined, spoken),
        url=url,
        links=links,
        forms=forms,
        frames=tuple(
            Frame(url=resolve_address(frame.url, base), title=frame.title)
            for frame in content.frames
            if not is_dead(frame.url)
        ),
        trackers=find_trackers(content.loaded, content.scripts),
        citations=find_citations(passages, joined, links, url),
        images=content.images,
        obstacle=content.obstacle or _judge(page, content, passages, forms, markup),
    )


def _choose_base(content: Content, url: str | None) -> str | None:
    """Return the address that relative ones are added to; none if that would make a flood of a small page."""
    base = resolve_address(content.base, url) if content.base else url
    addresses = len(content.anchors) + len(content.frames) + len(content.sheets)
    return None if base is not None and len(base) * addresses > MOST_ADDED else base


def _shorten_sections(blocks: list[Block]) -> list[Block]:
    """Return *blocks*, with only the beginnings of headings above them if whole ones would make a flood."""
    most = len(blocks) * _LONGEST_SECTION
    if most <= MOST_ADDED or sum(len(heading) for block in blocks for heading in block.section) <= MOST_ADDED:
        return blocks
    return [block._replace(section=tuple(heading[:20] for heading in block.section)) for block in blocks]


def _judge(
    page: Page | None, content: Content, passages: tuple[Passage, ...], forms: tuple[Form, ...], markup: str
) -> Obstacle | None:
    """Return why the page was not read as a visitor reads it; a bare text can only be too short."""
    if page is None:
        return judge_length(" ".join(passage.text for passage in passages))
    obstacle = find_obstacle(page, content, passages, forms, markup)
    if obstacle is None or re.search(_DETAILS, markup) is None:
        return obstacle
    # A visitor opens what is folded by a click: an answer to a question is no less of the page than the question.
    opened = walk_markup(re.sub(_DETAILS, "<details open", markup))
    return find_obstacle(page, opened, opened.blocks, forms, markup)


def _declared_language(content: Content) -> str | None:
    """Return the language that metadata names."""
    for name in ("content-language", "og:locale", "dc.language", "language"):
        tag = read_language_tag(content.meta.get(name))
        if tag:
            return tag
    return None
