"""Plain text and Markdown: paragraphs healed from hard line breaks, headings, list items, links."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from auditor.reading.content import Anchor, Block, Content
from auditor.reading.marks import judge_heading
from auditor.reading.normalising import join_lines, normalise_text

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_HEADING = 100
WRAPPED_SHARE = 0.2
"""Share of lines that run on in lower case from which a text counts as hard-wrapped."""
LONGEST_ENTRY = 60
FEWEST_ENTRIES = 4
"""Short lines in a row from which they are a list."""
LONG_LINE = 40
"""A shorter line that ends without a stop is a label or a list entry, not the first half of a sentence."""

_TERMINAL = re.compile(r"[.!?。！？…][\"'”’»」』)\]）\d]{0,4}$|[:：;；]$")
_STOP = re.compile(r"[.!?。！？…][\"'”’»」』)\]）]{0,3}$")
_BULLET = re.compile(r"(?:[-*+•●▪‣◦○■□※✓✔☑✅➤►▶→★☆]|[–—]) +(?=\S)|[•●▪‣◦✓✔☑✅➤►▶・](?=\S)")
_NUMBERED = re.compile(r"(?:\(?\d{1,2}[.)]|[（(]?[一二三四五六七八九十]{1,3}[、)）]|\d{1,2}、) ?(?=\D)")
_HASHES = re.compile(r"(#{1,6}) +(?=\S)")
_RULE = re.compile(r"(?:={3,}|-{3,}|_{3,}|\*{3,}|~{3,}|[=\-_*~—–·.|+ ]{3,})$")
_LINK = re.compile(r"(!?)\[([^\[\]\n]{0,500})\]\(\s{0,9}<?([^\s()<>]{1,2000})>?(?:\s{1,9}\"[^\"\n]{0,200}\")?\s{0,9}\)")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"'“”（）)\]}，。、；]{3,2000}")
_EMAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}\b")
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]{1,1000})\*\*|__(?=\S)([^_\n]{1,1000})__")
_HYPHENATED = re.compile(r"([^\W\d_]{2,30})-$")
_SOFT_END = re.compile("[\x02\xad\ufffe]$")
_KEPT_HYPHENS = frozenset(
    [
        "anti",
        "auto",
        "co",
        "cross",
        "double",
        "evidence",
        "first",
        "five",
        "four",
        "full",
        "half",
        "high",
        "ill",
        "inter",
        "intra",
        "large",
        "life",
        "line",
        "long",
        "low",
        "mid",
        "multi",
        "non",
        "on",
        "one",
        "over",
        "patient",
        "peer",
        "placebo",
        "post",
        "pre",
        "quality",
        "re",
        "risk",
        "second",
        "self",
        "semi",
        "short",
        "side",
        "single",
        "small",
        "state",
        "stem",
        "sub",
        "ten",
        "third",
        "three",
        "two",
        "under",
        "up",
        "well",
        "world",
        "year",
    ]
)
_DATE_LABEL = re.compile(r"\b(?:updated|published|reviewed|posted|written|author|by|on|date)\s?[:：]$", re.IGNORECASE)
_DATE_LINE = re.compile(
    r"(?:\W|^)(?:19|20)\d\d\W{0,2}$|[年월月]\s?\d{1,2}\s?[日일]|^(?:by|von|por) |(?:updated|published|reviewed|posted|written)(?: on| by)?\b.{0,30}$",
    re.IGNORECASE,
)
_FOLLOWS = re.compile("[a-z\u00df-\u00f6\u00f8-\u00ff\u0430-\u044f\u0450-\u045f(,;&%]")


def parse_text(text: str) -> Content:
    """Return the content of a plain or Markdown text."""
    content = Content()
    lines = [line.strip() for line in text.splitlines()]
    heal = _Healing(content)
    heal.read(lines)
    return content


class _Healing:
    """The state of one pass over lines: the passage being put together and the headings above it."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.headings: list[tuple[int, str]] = []
        self.block: tuple[int, str] | None = None

    def read(self, lines: Sequence[str]) -> None:
        """Turn lines into passages."""
        full = [(place, line) for place, line in enumerate(lines) if line]
        wrapped = is_wrapped([line for _, line in full])
        width = _measure_width([line for _, line in full])
        groups: list[list[str]] = []
        gaps: list[bool] = []
        last = -1
        for place, line in full:
            gap = place > last + 1
            last = place
            if groups and _runs_on(groups[-1], line, gap=gap, wrapped=wrapped, width=width):
                groups[-1].append(line)
            else:
                groups.append([line])
                gaps.append(gap)
        texts = [join_wrapped(group) for group in groups]
        listed = find_lists([text if len(group) == 1 else "" for text, group in zip(texts, groups, strict=True)])
        for place, text in enumerate(texts):
            following = texts[place + 1] if place + 1 < len(texts) else ""
            self.keep(text, following, single=len(groups[place]) == 1, listed=listed[place])

    def keep(self, text: str, following: str, *, single: bool, listed: bool) -> None:
        """Keep one passage with its role; what is *listed* without a mark is still an entry of a list."""
        hashes = _HASHES.match(text)
        if hashes:
            self.keep_heading(text[hashes.end() :].rstrip("# "), len(hashes[1]))
        elif _RULE.fullmatch(text):
            return
        elif text.startswith("|") and text.endswith("|") and text.count("|") > 2:
            for cell in text.strip("|").split("|"):
                self.add(cell, "table_cell")
        elif text.startswith("> "):
            self.add(text[2:], "quote", "quotation")
        else:
            bullet = _BULLET.match(text)
            if bullet:
                self.add(text[bullet.end() :], "list_item")
            elif single and is_heading(text, following):
                self.keep_heading(text, 3 if _NUMBERED.match(text) else 2)
            elif listed or (_NUMBERED.match(text) and not _NUMBERED.fullmatch(text)):
                self.add(text, "list_item")
            else:
                self.add(text, "paragraph")

    def keep_heading(self, text: str, level: int) -> None:
        """Keep a heading; it governs what follows, up to a heading of its own rank."""
        faq = self.block is not None and self.block[1] == "faq"
        if self.block is not None and level <= self.block[0] and not (faq and text.endswith(("?", "？"))):
            self.block = None
        self.headings = [entry for entry in self.headings if entry[0] < level]
        words = self.add(text, "heading")
        if words:
            self.headings.append((level, words[:300]))
            opened = judge_heading(words)
            if opened:
                self.block = (level, opened)

    def add(self, source: str, role: str, block: str | None = None) -> str:
        """Keep a passage and the links in it; return its text."""
        text = (
            self.read_links(source) if "[" in source or "://" in source or "@" in source or "www." in source else source
        )
        if "**" in text or "__" in text:
            text = _BOLD.sub(r"\1\2", text)
        text = normalise_text(text)
        if text:
            section = tuple(words for _, words in self.headings)
            held = block or (self.block[1] if self.block else None)
            self.content.blocks.append(Block(text, role, "body", section, block=held))
        return text

    def read_links(self, source: str) -> str:
        """Note links in *source*; return it with Markdown links as the words that they show."""
        here = len(self.content.blocks)

        def show(match: re.Match[str]) -> str:
            if not match[1]:
                self.content.anchors.append(Anchor(match[3], "body", [match[2]], here))
            return match[2]

        shown = _LINK.sub(show, source)
        for match in _ADDRESS.finditer(shown):
            address = match[0].rstrip(".,;:!?")
            whole = address if "://" in address else f"https://{address}"
            self.content.anchors.append(Anchor(whole, "body", [address], here))
        for match in _EMAIL.finditer(shown):
            self.content.anchors.append(Anchor(f"mailto:{match[0]}", "body", [match[0]], here))
        return shown


def is_wrapped(lines: Sequence[str]) -> bool:
    """Tell whether lines were broken at a width: many end in mid-sentence and run on in lower case."""
    pairs = len(lines) - 1
    if pairs < 4:
        return False
    running = sum(1 for before, after in itertools.pairwise(lines) if _is_continued(before, after))
    return running >= 3 and running >= pairs * WRAPPED_SHARE


def find_lists(lines: Sequence[str]) -> list[bool]:
    """Tell of each line whether it is an entry of a list without marks: one of several short lines that are no sentences.

    A menu that was saved as text looks so.
    """
    short = [0 < len(line) <= LONGEST_ENTRY and _TERMINAL.search(line) is None for line in lines]
    listed = [False] * len(lines)
    first = 0
    for place in range(len(lines) + 1):
        if place == len(lines) or not short[place]:
            if place - first >= FEWEST_ENTRIES:
                listed[first:place] = [True] * (place - first)
            first = place + 1
    return listed


def is_heading(text: str, following: str) -> bool:
    """Tell whether a line is a heading: short, no sentence, with text under it."""
    if len(text) > LONGEST_HEADING or not following or _BULLET.match(text):
        return False
    bare = _NUMBERED.sub("", text.strip("*_ "), count=1)
    if bare.endswith((":", "：")) and not _DATE_LABEL.search(bare):
        return len(bare) <= 70 and bare.count(". ") == 0
    if _STOP.search(bare) and not (bare.endswith(("?", "？")) and len(bare) <= 90):
        return False
    if bare.endswith((",", ";", "，", "、", "；", "→", ">", "»")) or "://" in bare or "@" in bare:
        return False
    if not bare or not (bare[0].isupper() or bare[0] > "\u024f" or bare[0] in "¿¡\"“'") or _DATE_LINE.search(text):
        return False
    return len(bare.split()) <= 14 and (len(following) > max(80, len(bare)) or _STOP.search(following) is not None)


def join_wrapped(lines: Sequence[str]) -> str:
    """Join the lines of one passage, undoing hyphenation."""
    if len(lines) == 1:
        return _SOFT_END.sub("-", lines[0])
    parts = [lines[0]]
    for line in lines[1:]:
        before = parts[-1]
        soft = _SOFT_END.search(before)
        if soft:
            parts[-1] = before[:-1]
            parts.append(line)
            continue
        hyphenated = _HYPHENATED.search(before)
        if hyphenated and line[0].isalpha() and line[0].islower():
            parts[-1] = before if hyphenated[1].lower() in _KEPT_HYPHENS else before[:-1]
            parts.append(line)
        else:
            parts.append(join_lines(before[-1:], line)[1:] if before else line)
    return "".join(parts)


def _is_continued(before: str, after: str) -> bool:
    """Tell whether a sentence runs on over a line break."""
    return _TERMINAL.search(before[-8:]) is None and _FOLLOWS.match(after) is not None


def _measure_width(lines: Sequence[str]) -> int:
    """Return the width at which most lines were broken."""
    lengths = sorted(map(len, lines))
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _runs_on(group: Sequence[str], line: str, *, gap: bool, wrapped: bool, width: int) -> bool:
    """Tell whether *line* goes on with the passage that *group* began."""
    before = group[-1]
    if _starts_anew(line) or _HASHES.match(group[0]) or _RULE.fullmatch(before) or before.startswith("|"):
        return False
    if before.endswith("-") and _HYPHENATED.search(before) and line[0].islower():
        return True
    if _SOFT_END.search(before):
        return True
    if not wrapped:
        return len(before) >= LONG_LINE and not gap and _is_continued(before, line)
    ended = _TERMINAL.search(before[-8:]) is not None
    if not ended and _FOLLOWS.match(line):
        return True
    word = line.split(" ", 1)[0]
    roomy = len(before) + 1 + len(word) <= width * 0.85
    if before.endswith((":", "：")) and len(group) == 1 and len(before) < 70:
        return False
    if ended:
        return not gap and not roomy
    return not roomy


def _starts_anew(line: str) -> bool:
    """Tell whether a line begins a passage by its mark: a bullet, a number, a Markdown sign."""
    return bool(
        _BULLET.match(line) or _NUMBERED.match(line) or _HASHES.match(line) or _RULE.fullmatch(line)
    ) or line.startswith(("> ", "|"))
