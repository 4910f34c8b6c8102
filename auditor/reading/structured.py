"""JSON-LD: the words it tells search engines, and the facts it states."""

from __future__ import annotations

import json
from typing import Any

from auditor.reading.content import Block
from auditor.reading.normalising import normalise_text

LONGEST_LIST = 5000
"""Values looked at in one page's structured data."""

_TEXT_KEYS = (
    "name",
    "headline",
    "alternativeHeadline",
    "description",
    "abstract",
    "reviewBody",
    "text",
    "slogan",
    "disambiguatingDescription",
    "award",
)
_ARTICLES = frozenset(
    (
        "article",
        "newsarticle",
        "blogposting",
        "medicalwebpage",
        "webpage",
        "scholarlyarticle",
        "medicalscholarlyarticle",
        "report",
        "aboutpage",
        "faqpage",
        "medicalclinic",
        "collectionpage",
    )
)
# https://schema.org/NewsArticle and what is more specific than it, but for advertisements and opinions.
_NEWS = frozenset(("newsarticle", "reportagenewsarticle", "analysisnewsarticle", "backgroundnewsarticle"))
_LISTS = frozenset(
    (
        "breadcrumblist",
        "listitem",
        "sitenavigationelement",
        "imageobject",
        "searchaction",
        "postaladdress",
        "entrypoint",
    )
)

Item = dict[str, Any]


def parse_structured(sources: list[str]) -> list[Item]:
    """Return all objects of a page's JSON-LD, outermost first; broken JSON gives none."""
    items: list[Item] = []
    for source in sources:
        try:
            queue: list[Any] = [
                json.loads(source.strip().removeprefix("<!--").removesuffix("-->").strip(" ;\n"), strict=False)
            ]
        except (ValueError, RecursionError):
            continue
        place = 0
        while place < min(len(queue), LONGEST_LIST):
            value = queue[place]
            place += 1
            if isinstance(value, dict):
                items.append(value)
                queue.extend(child for child in value.values() if isinstance(child, (dict, list)))
            elif isinstance(value, list):
                queue.extend(child for child in value if isinstance(child, (dict, list)))
    return items


def read_types(item: Item) -> frozenset[str]:
    """Return the types of an object in lower case, without their vocabulary."""
    kinds = item.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return frozenset(name.rsplit("/", 1)[-1].lower() for name in names if isinstance(name, str))


def list_words(items: list[Item], known: set[str]) -> list[Block]:
    """Return the texts of structured data that are not in *known* already."""
    blocks: list[Block] = []
    for item in items:
        types = read_types(item)
        if types & _LISTS:
            continue
        block = "testimonial" if "review" in types else "faq" if types & {"question", "answer", "faqpage"} else None
        for key in _TEXT_KEYS:
            value = item.get(key)
            if not isinstance(value, str):
                continue
            text = read_words(value)
            if text and text not in known:
                known.add(text)
                blocks.append(Block(text, "structured", "head", (), None, hidden=False, block=block))
    return blocks


def read_facts(items: list[Item]) -> dict[str, str]:
    """Return what structured data says of the page: author, reviewer, publisher, dates, description."""
    named = {item["@id"]: item for item in items if isinstance(item.get("@id"), str) and len(item) > 1}
    facts: dict[str, str] = {}
    for item in items:
        types = read_types(item)
        if types & _NEWS:
            facts["kind"] = "news"
        if not types & (_ARTICLES | _NEWS):
            continue
        _note(facts, "author", _read_name(item.get("author"), named))
        _note(facts, "reviewer", _read_name(item.get("reviewedBy"), named))
        _note(facts, "publisher", _read_name(item.get("publisher"), named))
        _note(facts, "published", item.get("datePublished"))
        _note(facts, "modified", item.get("dateModified") or item.get("lastReviewed"))
    return facts


def read_words(value: str) -> str:
    """Return a text of structured data as read: search engines show it without its markup."""
    if "<" in value or "&" in value:
        from auditor.reading.passages import walk_markup

        return " ".join(block.text for block in walk_markup(value).blocks)
    return normalise_text(value)


def _note(facts: dict[str, str], name: str, value: object) -> None:
    """Keep the first usable value of a fact."""
    if isinstance(value, str) and name not in facts:
        text = normalise_text(value)[:200]
        if text:
            facts[name] = text


def _read_name(value: object, named: dict[str, Item]) -> str | None:
    """Return the name of a person or organisation, or the names of several."""
    values = value if isinstance(value, list) else [value]
    names = []
    for entry in values[:10]:
        known = (
            named.get(entry["@id"], entry) if isinstance(entry, dict) and isinstance(entry.get("@id"), str) else entry
        )
        name = known.get("name") if isinstance(known, dict) else known
        if isinstance(name, str) and name.strip() and not name.startswith(("http:", "https:")):
            names.append(name.strip())
    return ", ".join(dict.fromkeys(names)) or None
