"""Walk over a page's markup once and gather what a visitor reads, in document order."""

from __future__ import annotations

import itertools
import re
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.reading.content import Block, Content, make_block
from auditor.reading.elements import STARTS
from auditor.reading.html import TooDeepError, parse_markup
from auditor.reading.marks import judge_heading, read_class, read_language_tag
from auditor.reading.normalising import join_lines, normalise_text, recall_normalised
from auditor.reading.remembering import remember

if TYPE_CHECKING:
    from auditor.reading.content import Anchor, Sheet
    from auditor.reading.elements import Closer, Values
    from auditor.reading.html import Attributes

SHORT_LINK = 80
"""A passage up to this long, all of it inside links, is a link and no paragraph."""
LONG_CELL = 200
"""A table cell longer than this holds running text: the table is only layout."""
LONGEST_FACT = 120

_BREAK = "\n\n"
"""Stands in the buffer for ``<br>``; told apart by identity from text, which is never this very object."""
_DRAWN = frozenset(("text", "foreignObject", "foreignobject", "mtext"))
"""Elements of drawings and formulas that hold words; all else in them is skipped."""
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "caption",
        "center",
        "dd",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hgroup",
        "hr",
        "legend",
        "li",
        "listing",
        "main",
        "menu",
        "nav",
        "noframes",
        "ol",
        "option",
        "p",
        "picture",
        "plaintext",
        "pre",
        "search",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "xmp",
        "video",
        "audio",
        "canvas",
        "object",
        "marquee",
    ]
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_ROLES = {
    **dict.fromkeys(_HEADINGS, "heading"),
    "li": "list_item",
    "dt": "list_item",
    "dd": "list_item",
    "td": "table_cell",
    "th": "table_cell",
    "caption": "caption",
    "figcaption": "caption",
    "blockquote": "quote",
    "legend": "label",
    "option": "label",
}
_LANDMARK_ROLES = {
    "banner": "header",
    "navigation": "nav",
    "main": "main",
    "complementary": "aside",
    "contentinfo": "footer",
}
_HIDING_STYLE = (
    r"(?i)display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden"
    r"|(?:left|right|top|bottom|text-indent)\s{0,9}:\s{0,9}-\d{4}|clip\s{0,9}:\s{0,9}rect\(\s{0,9}[01]"
)
# A block of no font size often holds others that have one.
_HIDING_INLINE = r"(?i)font-size\s{0,9}:\s{0,9}0(?![.\d]*[1-9])"
_SENTENCE_END = r"[.!?:;。！？；：…][\"'”’»」』)\]）]{0,3}$"
_BULLET = r"[•●▪‣◦○■□·・※✓✔☑✅➤►▶→★☆*–—-]\s?\S|\(?\d{1,2}[.)．、]\s?\D|[①-⑳]"
_MOUNT = frozenset(("root", "app", "__next", "__nuxt", "app-root", "___gatsby", "svelte"))
_ITEM_FACTS = {
    "author": "author",
    "datepublished": "published",
    "datemodified": "modified",
    "lastreviewed": "modified",
    "reviewedby": "reviewer",
    "publisher": "publisher",
}
_REFERENCE_ROLES = frozenset(("paragraph", "list_item", "link", "table_cell", "quote"))
_REFERENCE = r"(?i)(?:19|20)\d\d|https?:|doi|www\.|et al"
_NOTED = frozenset(("class", "id", "style", "hidden", "role", "lang", "itemtype", "itemprop"))
_FORCEFUL = _NOTED - {"class", "id"}
_GOVERNING = frozenset(("nav", "main", "aside", "footer", "header", "article", "blockquote"))
_PLAIN = _BLOCKS - _GOVERNING - set(_ROLES)


class Scope(NamedTuple):
    """What holds for all text inside an element, but for its role."""

    landmark: str
    hidden: bool
    block: str | None
    language: str | None


def walk_markup(markup: str) -> Content:
    """Return the content of an HTML page or fragment."""
    return parse_markup(markup, PageWalk).finish()


class PageWalk:
    """The state of one walk: where the reader stands, and what was gathered so far."""

    __slots__ = (
        "broken", "buffer", "capture", "captured", "closed", "closers", "content", "covered", "deepest", "framed", "heading_block", "headings",
        "idle", "inside", "label", "later", "link", "loose", "pending", "role", "scope", "script", "section", "sheet", "skipping", "uncovered",
    )  # fmt: skip

    def __init__(self, deepest: int = sys.maxsize, *, framed: bool = False) -> None:
        self.deepest = deepest
        """Elements that may be open."""
        self.framed = framed
        """Whether this page stands in an attribute of another."""
        self.content = Content()
        self.scope = Scope("body", hidden=False, block=None, language=None)
        self.role: str | None = None
        self.closers: list[Closer] = []
        self.buffer: list[str] = []
        self.broken = False
        """Whether the buffer holds a line break."""
        self.later: list[Block] = []
        """Alternative and hidden text inside the block that is being read."""
        self.skipping = False
        """Whether the words of the innermost open element are for nobody."""
        self.script: list[str] | None = None
        self.headings: tuple[tuple[int, str], ...] = ()
        self.section: tuple[str, ...] = ()
        self.heading_block: tuple[int, str] | None = None
        self.idle: dict[Attributes, bool] = {}
        """Attributes that were met, and whether they say nothing: a page repeats the same few again and again."""
        self.inside: list[str] = []
        """Links and inline quotations that are open."""
        self.covered = ""
        self.uncovered = False
        """Whether the buffer holds words outside of links and inline quotations."""
        self.link: Anchor | None = None
        self.pending: list[Anchor] = []
        """Links whose words are in the buffer."""
        self.label: list[str] | None = None
        self.sheet: Sheet | None = None
        self.loose: Sheet | None = None
        """Fields that stand in no form."""
        self.capture: str | None = None
        """Fact that the markup names and whose words are being read."""
        self.captured: list[str] = []
        self.closed: list[bool] = []
        """Whether what is around each open ``details`` was hidden."""

    # --- events -------------------------------------------------------------------------------------

    def start_element(self, tag: str, attrs: Attributes) -> None:
        """Enter an element."""
        closers = self.closers
        if len(closers) >= self.deepest:
            raise TooDeepError
        if self.skipping:
            closers.append(self.start_drawn() if tag in _DRAWN else None)
            return
        start = STARTS.get(tag)
        if start is not None:
            closers.append(start(self, tag, dict(attrs)))
        elif tag in _BLOCKS:
            if self.buffer:
                self.flush()
            idle = not attrs or self.is_idle(attrs)
            if idle and tag in _PLAIN and self.role != "table_cell":
                closers.append(_END_BLOCK)
            else:
                closer = self.enter(tag, {} if idle else dict(attrs), _ROLES.get(tag))
                closers.append((_end_heading, (int(tag[1]), closer)) if tag in _HEADINGS else closer)
        elif not attrs or self.is_idle(attrs):
            closers.append(None)
        else:
            closers.append(self.start_inline(tag, dict(attrs)))

    def end_element(self, _tag: str) -> None:
        """Leave an element."""
        closer = self.closers.pop()
        if closer is not None:
            closer[0](self, closer[1])

    def characters(self, data: str) -> None:
        """Take a run of text."""
        if self.skipping:
            if self.script is not None:
                self.script.append(data)
        elif data.isspace():
            if self.buffer:
                self.buffer.append(data)
        else:
            self.buffer.append(data)
            if self.inside:
                self.covered = self.inside[-1]
                if self.link is not None:
                    self.link.parts.append(data)
            else:
                self.uncovered = True
            if self.label is not None:
                self.label.append(data)
            if self.capture is not None:
                self.captured.append(data)

    def start_drawn(self) -> Closer:
        """Enter a part of a drawing that holds words."""
        self.skipping = False
        self.part_words()
        return (_leave_drawn, None)

    def part_words(self) -> None:
        """Put a space behind what stands in the buffer."""
        if self.buffer:
            self.buffer.append(" ")

    def note_break(self) -> None:
        """Take a line break inside a block."""
        self.buffer.append(_BREAK)
        self.broken = True

    # --- scope --------------------------------------------------------------------------------------

    def is_idle(self, attrs: Attributes) -> bool:
        """Tell whether *attrs* say nothing about what stands in their element, whatever is around it."""
        idle = self.idle.get(attrs)
        if idle is None:
            values = dict(attrs)
            names = _join_names(values)
            quiet = _FORCEFUL.isdisjoint(values) and values.get("id") not in _MOUNT
            idle = self.idle[attrs] = quiet and (not names or read_class(names) is None)
        return idle

    def enter(self, tag: str, values: Values, role: str | None) -> Closer:
        """Enter a block; say how to leave it."""
        before = self.scope
        scope = self.enter_landmark(tag, before) if tag in _GOVERNING else before
        outer = self.role
        if role is not None and outer != "heading":
            self.role = role
        elif tag == "p" and outer == "table_cell":
            self.role = None
        waiting = self.capture is None
        if values and not _NOTED.isdisjoint(values):
            scope = self.read_attributes(values, scope)
        if scope is before:
            closer: Closer = _END_BLOCK if self.role is outer else (_leave_role, outer)
        else:
            closer = self.open_scope(scope, outer)
        return (_leave_capture, closer) if waiting and self.capture is not None else closer

    def enter_landmark(self, tag: str, scope: Scope) -> Scope:
        """Return the scope inside an element that is a landmark or a quotation by its name."""
        if tag == "blockquote":
            return (
                scope if scope.block is not None else Scope(scope.landmark, scope.hidden, "quotation", scope.language)
            )
        landmark = _choose_landmark("main" if tag == "article" else tag, scope.landmark)
        return scope if landmark == scope.landmark else scope._replace(landmark=landmark)

    def open_scope(self, scope: Scope, role: str | None) -> Closer:
        """Make *scope* the current one; say how to leave it and return to *role*."""
        before = self.scope
        self.scope = scope
        if scope.hidden == before.hidden and (
            scope.landmark == before.landmark or scope.landmark in {"main", "header"}
        ):
            return (_leave_scope, (before, role))
        # Headings of a menu, a footer or a closed part do not govern what follows it.
        closer = (_leave_region, (before, role, self.headings, self.section, self.heading_block))
        if scope.landmark != before.landmark and scope.landmark not in {"main", "header"}:
            self.headings, self.section, self.heading_block = (), (), None
        return closer

    def hide(self) -> Closer:
        """Enter a part that does not show; say how to leave it."""
        if self.scope.hidden:
            return _END_BLOCK
        return self.open_scope(self.scope._replace(hidden=True), self.role)

    def start_inline(self, tag: str, values: Values) -> Closer:
        """Enter an element within a line; hidden text in it is kept apart from what shows."""
        if _NOTED.isdisjoint(values):
            return None
        waiting = self.capture is None
        before, role = self.scope, self.role
        scope = self.read_attributes(values, before)
        if scope is not before and "role" not in values:
            # Classes of a span or a link name its looks; only those of blocks name a region.
            block = scope.block if "itemprop" in values else before.block
            scope = scope._replace(landmark=before.landmark, block=block)
        if not scope.hidden and "style" in values and _hides_inline(values["style"] or ""):
            scope = scope._replace(hidden=True)
        closer: Closer = None
        if scope is not before and scope.hidden and not before.hidden:
            self.scope = scope
            closer = (_leave_aside, (before, role, self.buffer, self.broken, self.covered, self.uncovered))
            self.buffer, self.broken, self.covered, self.uncovered = [], False, "", False
        elif self.role is not role or (scope is not before and tag != "a" and scope[0:3:2] != before[0:3:2]):
            self.flush_as(role)
            closer = self.open_scope(scope, role)
        elif scope is not before and not self.buffer:
            self.scope = scope
            closer = (_restore_scope, before)
        return (_leave_capture, closer) if waiting and self.capture is not None else closer

    def flush_as(self, role: str | None) -> None:
        """End the block that was read before the role changed."""
        if self.buffer:
            self.role, after = role, self.role
            self.flush()
            self.role = after

    def read_attributes(self, values: Values, scope: Scope) -> Scope:
        """Return *scope* as changed by an element's attributes: the same object if nothing changed."""
        names = _join_names(values)
        if values.get("id") in _MOUNT:
            self.content.scripted = True
        marks = read_class(names) if names else None
        if marks is None and _FORCEFUL.isdisjoint(values):
            return scope
        landmark, hidden, block, language = scope
        if marks is not None:
            landmark = _choose_landmark(marks.landmark, landmark)
            hidden = hidden or marks.hidden
            block = block if block == "testimonial" else marks.block or block
            if marks.fact and self.capture is None:
                self.capture, self.captured = marks.fact, []
        hidden = hidden or "hidden" in values or ("style" in values and _hides(values["style"] or ""))
        if "role" in values:
            word = (values["role"] or "").lower()
            landmark = _LANDMARK_ROLES.get(word, landmark)
            if word in {"heading", "button"} and self.role != "heading":
                self.role = word
        if "lang" in values:
            language = read_language_tag(values["lang"]) or language
        if "itemtype" in values or "itemprop" in values:
            block = self.read_item(values, block)
        changed = Scope(landmark, hidden, block, language)
        return scope if changed == scope else changed

    def read_item(self, values: Values, block: str | None) -> str | None:
        """Note a fact given as microdata; return the block that it opens."""
        if "FAQPage" in (values.get("itemtype") or ""):
            block = "faq"
        name = (values.get("itemprop") or "").lower()
        fact = _ITEM_FACTS.get(name)
        given = values.get("content") or values.get("datetime")
        if fact and given:
            self.content.marked.setdefault(fact, normalise_text(given)[:LONGEST_FACT])
        elif fact and self.capture is None:
            self.capture, self.captured = fact, []
        return "testimonial" if name in {"review", "reviewbody"} else block

    def end_capture(self) -> None:
        """Keep the words of an element that the markup names as a fact."""
        text = normalise_text("".join(self.captured))
        if self.capture and text and len(text) <= LONGEST_FACT:
            self.content.marked.setdefault(self.capture, text)
        self.capture = None

    # --- passages -----------------------------------------------------------------------------------

    def flush_text(self) -> None:
        """End the block that is being read, if it holds anything."""
        if self.buffer:
            self.flush()

    def flush(self) -> None:
        """End the block that is being read and keep its text."""
        parts, self.buffer = self.buffer, []
        broken, self.broken = self.broken, False
        if broken:
            texts = _split_lines(parts)
        else:
            text = recall_normalised(parts[0] if len(parts) == 1 else "".join(parts))
            texts = [text] if text else []
        if texts:
            role = self.role or "paragraph"
            if not self.uncovered or role == "table_cell":
                role = self.choose_role(role, texts)
            if broken and role == "heading":
                texts = [" ".join(texts)]
            if self.pending:
                for anchor in self.pending:
                    anchor.passage = len(self.content.blocks)
                self.pending.clear()
            for text in texts:
                self.keep(text, "list_item" if broken and role == "paragraph" and re.match(_BULLET, text) else role)
        self.covered, self.uncovered = "", False
        # An unclosed link, or one around a whole card: what follows in it is no mere link.
        place = len(self.inside)
        while place and self.inside[place - 1]:
            place -= 1
            self.inside[place] = ""
        if self.later:
            self.content.blocks.extend(self.later)
            self.later.clear()
        if self.capture is not None:
            self.captured.append(" ")

    def choose_role(self, role: str, texts: list[str]) -> str:
        """Return the role of *texts* from a table, or from links or inline quotations alone, that stand where *role* does."""
        if not self.uncovered:
            if self.covered == "q" and role == "paragraph":
                return "quote"
            if (
                self.covered == "a"
                and role in {"paragraph", "list_item", "table_cell"}
                and sum(map(len, texts)) <= SHORT_LINK
            ):
                return "link"
        return "paragraph" if role == "table_cell" and len(texts[0]) > LONG_CELL else role

    def keep(self, text: str, role: str) -> None:
        """Keep one passage where the reader stands."""
        landmark, hidden, block, language = self.scope
        if self.heading_block is not None and (block is None or block == "quotation"):
            block = self.block_under_heading(text, role) or block
        elif role == "paragraph" and block is None and len(text) <= 40 and (text[0].isupper() or text[0] > "z"):
            opened = judge_heading(text)
            if opened is not None and opened != "testimonial":
                self.heading_block, block = (7, opened), opened
        self.content.blocks.append(make_block((text, role, landmark, self.section, language, hidden, block)))

    def block_under_heading(self, text: str, role: str) -> str | None:
        """Return the block that the heading above opened; running text ends a list of references."""
        if self.heading_block is None or self.heading_block[1] != "references":
            return None if self.heading_block is None else self.heading_block[1]
        if role == "paragraph" and len(text) > 40 and re.search(_REFERENCE, text) is None:
            self.heading_block = None
            return None
        return "references" if role in _REFERENCE_ROLES else None

    def keep_heading(self, level: int) -> None:
        """Keep a heading; it governs what follows, up to a heading of its own rank."""
        blocks = self.content.blocks
        count = len(blocks)
        sections, section = self.headings, self.section
        above = self.heading_block
        kept = tuple([entry for entry in sections if entry[0] < level])
        self.section = tuple([text for _, text in kept])
        ends = above is not None and level <= above[0]
        if ends:
            self.heading_block = None
        self.flush_text()
        text = " ".join([block.text for block in blocks[count:] if block.role == "heading"])
        if not text:
            self.section, self.heading_block = section, above
            return
        self.headings = (*kept, (level, text[:300]))
        self.section = (*self.section, text[:300])
        opened = judge_heading(text)
        if opened is not None:
            self.heading_block = (level, opened)
            blocks[count:] = [block._replace(block=block.block or opened) for block in blocks[count:]]
        elif ends and above is not None and above[1] == "faq" and text.endswith(("?", "？")):
            self.heading_block = above

    def add(self, text: str, role: str) -> int:
        """Keep words that an attribute gives; inside a block they follow it. Return their place."""
        landmark, hidden, block, language = self.scope
        if self.heading_block is not None and block is None:
            block = self.block_under_heading(text, role)
        entry = make_block((text, role, landmark, self.section, language, hidden, block))
        if self.buffer:
            self.later.append(entry)
            return len(self.content.blocks) + len(self.later)
        self.content.blocks.append(entry)
        return len(self.content.blocks) - 1

    def read_inner(self, markup: str) -> None:
        """Read a page that this one brings along in an attribute, but no further one within it."""
        if self.framed:
            return
        self.flush_text()
        landmark, hidden, block, language = self.scope
        for inner in parse_markup(markup, partial(PageWalk, framed=True)).finish().blocks:
            if inner.role not in {"title", "meta"}:
                here = inner._replace(landmark=landmark, section=self.section, hidden=hidden or inner.hidden)
                self.content.blocks.append(here._replace(block=block or here.block, language=here.language or language))

    def finish(self) -> Content:
        """Return what was gathered."""
        self.flush_text()
        if self.loose is not None:
            self.content.sheets.append(self.loose)
        return self.content


def _join_names(values: Values) -> str:
    """Return the classes and the id of an element."""
    names = values.get("class") or ""
    return f"{names} {values['id'] or ''}" if "id" in values else names


@remember
def _hides(style: str) -> bool:
    """Tell whether an element with this style does not show."""
    return re.search(_HIDING_STYLE, style[:2000]) is not None


@remember
def _hides_inline(style: str) -> bool:
    """Tell whether this style hides words within a line."""
    return re.search(_HIDING_INLINE, style[:2000]) is not None


def _choose_landmark(named: str | None, current: str) -> str:
    """Return the landmark inside an element that names one."""
    if named is None or (named in {"header", "main"} and current != "body"):
        return current
    if named == "footer" and current not in {"body", "main"}:
        return current
    return named


def _split_lines(parts: list[str]) -> list[str]:
    """Return the passages of a block with line breaks: parted where both sides stand alone."""
    groups: list[list[str]] = []
    current: list[str] = []
    wide = False
    for part in [*parts, _BREAK]:
        if part is not _BREAK:
            current.append(part)
            continue
        line = normalise_text("".join(current))
        current.clear()
        if not line:
            wide = True
        elif groups and not _is_parted(groups[-1][-1], line, wide=wide):
            groups[-1].append(line)
            wide = False
        else:
            groups.append([line])
            wide = False
    return [_join_all(group) for group in groups]


def _join_all(lines: list[str]) -> str:
    """Join the lines of one passage."""
    if len(lines) == 1 or all(line.isascii() for line in lines):
        return " ".join(lines)
    joined = [lines[0]]
    for before, after in itertools.pairwise(lines):
        joined.append(join_lines(before[-1], after)[1:])
    return "".join(joined)


def _is_parted(before: str, after: str, *, wide: bool) -> bool:
    """Tell whether a line break parts two passages."""
    ended = re.search(_SENTENCE_END, before[-6:]) is not None
    if wide or re.match(_BULLET, after):
        return ended or not after[0].islower()
    return ended and not after[0].islower()


# --- how scopes end -----------------------------------------------------------------------------------


def _end_block(walk: PageWalk, _state: Any) -> None:
    if walk.buffer:
        walk.flush()


_END_BLOCK = (_end_block, None)


def _end_heading(walk: PageWalk, state: Any) -> None:
    level, closer = state
    walk.keep_heading(level)
    closer[0](walk, closer[1])


def _leave_role(walk: PageWalk, state: Any) -> None:
    if walk.buffer:
        walk.flush()
    walk.role = state


def _leave_scope(walk: PageWalk, state: Any) -> None:
    if walk.buffer:
        walk.flush()
    walk.scope, walk.role = state


def _restore_scope(walk: PageWalk, state: Any) -> None:
    walk.scope = state


def _leave_region(walk: PageWalk, state: Any) -> None:
    if walk.buffer:
        walk.flush()
    walk.scope, walk.role, walk.headings, walk.section, walk.heading_block = state


def _leave_aside(walk: PageWalk, state: Any) -> None:
    """Put hidden words of a line behind the block that they stand in."""
    text = normalise_text("".join(walk.buffer))
    landmark, hidden, block, language = walk.scope
    role = walk.role or "paragraph"
    walk.scope, walk.role, walk.buffer, walk.broken, walk.covered, walk.uncovered = state
    if text:
        if walk.link is not None and walk.pending and walk.pending[-1] is walk.link:
            walk.link.passage = len(walk.content.blocks)
            walk.pending.pop()
        entry = Block(text, role, landmark, walk.section, language, hidden, block)
        (walk.later if walk.buffer else walk.content.blocks).append(entry)


def _leave_drawn(walk: PageWalk, _state: Any) -> None:
    """Return to skipping the drawing."""
    walk.part_words()
    walk.skipping = True


def _leave_capture(walk: PageWalk, state: Any) -> None:
    walk.end_capture()
    if state is not None:
        state[0](walk, state[1])
