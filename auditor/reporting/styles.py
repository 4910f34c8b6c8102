"""Leave of a page's style sheets what only changes its looks: nothing that loads, acts, or lies over the rest.

Sheets are cut at every brace and semicolon, and a piece that holds anything doubtful goes as a whole: what is lost are
looks. The policy of the page that shows them forbids loading once more.
"""

from __future__ import annotations

import re

LONGEST_SHEET = 400_000

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_PIECE = re.compile(r"[^{};]*[{};]?")
# A backslash can spell any of these another way; @ other than these few names a resource, a font or a name space.
_LOADING = re.compile(
    r"\\|url|src|image|import|expression|behavior|binding|element\s*\(|attr\s*\(|javascript|data:|<"
    r"|@(?!media\b|supports\b|layer\b|keyframes\b|-webkit-keyframes\b|container\b|page\b)",
    re.IGNORECASE,
)
# What is fixed to the window would lie over the notes, and nothing can close it any more.
_COVERING = re.compile(r"position\s*:\s*(?:fixed|sticky|-webkit-sticky)|cursor\s*:|pointer-events", re.IGNORECASE)
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)


def disarm_sheet(sheet: str) -> str:
    """Return *sheet* without what loads or covers; nothing if quotation marks in it do not pair up."""
    kept: list[str] = []
    depth = 0
    for piece in _cut(sheet[:LONGEST_SHEET]):
        end = piece[-1:] if piece[-1:] in "{};" else ""
        if end == "{":
            # Braces stay balanced whatever goes: a rule without a selector is no rule.
            kept.append(piece if _is_harmless(piece) else "auditor-none{")
            depth += 1
        elif end == "}":
            if depth:
                kept.append(piece if _is_harmless(piece) else "}")
                depth -= 1
        elif _is_harmless(piece):
            kept.append(piece)
    return "".join(kept) + "}" * depth


def disarm_declarations(declarations: str) -> str:
    """Return the value of a ``style`` attribute without what loads or covers."""
    if len(declarations) > LONGEST_SHEET or "{" in declarations or "}" in declarations:
        return ""
    return "".join(piece for piece in _cut(declarations) if _is_harmless(piece)).strip()


def is_hiding(declarations: str) -> bool:
    """Tell whether a ``style`` attribute hides its element."""
    return _HIDING.search(declarations) is not None


def _cut(sheet: str) -> list[str]:
    pieces = _PIECE.findall(_COMMENT.sub(" ", sheet))
    # A string that holds a brace or a semicolon would be cut in two: then nothing is known of what follows.
    paired = all(piece.count('"') % 2 == 0 and piece.count("'") % 2 == 0 for piece in pieces)
    return [piece for piece in pieces if piece] if paired else []


def _is_harmless(piece: str) -> bool:
    return _LOADING.search(piece) is None and _COVERING.search(piece) is None
