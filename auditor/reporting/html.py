"""The audit as one HTML page that needs no script and no network, rendered from its record alone."""

from __future__ import annotations

import os
import re
import stat
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as quote_url

from auditor.reporting.cleaning import LONGEST, clean_text
from auditor.reporting.structures import describe_structure
from auditor.reporting.wording import (
    ASKS,
    BLOCKS,
    CATEGORIES,
    CITATIONS,
    CLOSING,
    CONTACTS,
    INTENTS,
    JURISDICTIONS,
    LANDMARKS,
    LANGUAGES,
    NOTHING_FOUND,
    NOTHING_LISTED,
    NOTHING_MEANS,
    PURPOSES,
    ROLES,
    SEVERITIES,
    VERIFIED,
    count_severities,
    count_words,
    describe_found,
    describe_grade,
    describe_manner,
    describe_moment,
    describe_needed,
    describe_note,
    describe_nothing,
    describe_unassessed,
    describe_unlisted,
    join_words,
    rank_categories,
    rank_evidence,
    rank_findings,
    summarize_findings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import BytecodeCache, Environment, Template

TEMPLATES = Path(__file__).parent / "templates"

# What a report shows at most; the record holds the rest. A page made to flood the report stays readable.
SHOWN_FINDINGS = 300
SHOWN_QUOTES = 12
SHOWN_QUOTES_IN_ALL = 600
OPEN_QUOTES = 3
"""Further quotations of a finding beyond these are folded away until asked for, or printed."""
SHOWN_ROWS = 60
SHOWN_SIGNS = 12
SHOWN_BASES = 200
SHOWN_BASES_EACH = 12
LONGEST_QUOTE = 1_500
LONGEST_CONTEXT = 240
LONGEST_URL = 2_000
LONGEST_TITLE = 300
LONGEST_EXACT = 160
"""A longer quotation is found on the live page by its first and last words."""
LONGEST_UNIQUE = 90
"""A shorter quotation may occur twice: the words around it help to find it."""

_CONTACT_SIGN = re.compile(r"links to ([a-z]+)")
_INFORMING = ("words that inform", "the address belongs")
_NAMELESS = {"-": "standard input", "text": "text"}

# Roles whose words stand on the page itself, so that a browser can find them there.
_FINDABLE = {"heading", "paragraph", "list_item", "table_cell", "quote", "caption", "button", "label", "link"}
_BANDS = ((75, "good"), (55, "medium"), (35, "high"), (0, "critical"))
_SCHOLARLY = (
    ("trial", r"NCT\d{8}", "https://clinicaltrials.gov/study/{}"),
    ("doi", r"10\.\d{4,9}/[^\s<>\"]{1,200}", "https://doi.org/{}"),
    ("pmid", r"\d{1,8}", "https://pubmed.ncbi.nlm.nih.gov/{}/"),
    ("pmcid", r"PMC\d{1,9}", "https://pmc.ncbi.nlm.nih.gov/articles/{}/"),
)
_HTTP = re.compile(r"https?://[^\s/?#\\@]+(?:[/?#]\S*)?", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_STOPS = re.compile(r"[。，、；：！？,;:!?]")


def render_html(record: dict[str, Any], *, cache: Path | None = None) -> str:
    """Return *record* as one self-contained page; compiled templates are kept in the folder *cache*."""
    return _load_template(cache or find_cache()).render(_view_audit(record))


def find_cache(environ: dict[str, str] | None = None) -> Path:
    """Return the user's folder for what can be made again."""
    known = os.environ if environ is None else environ
    named = known.get("XDG_CACHE_HOME", "")
    # A relative path would put the cache, which is code, where someone else may write.
    root = Path(named) if named and Path(named).is_absolute() else Path(known.get("HOME") or Path.home()) / ".cache"
    return root / "clinic-auditor"


def link_words(url: str, quote: str, prefix: str = "", suffix: str = "") -> str | None:
    """Return the address of *quote* on the live page at *url*, as a text fragment; ``None`` if it has none."""
    page = link_url(url)
    if page is None or not quote.strip():
        return None
    before, after = "", ""
    # Without spaces, nobody knows where a word around the quotation begins, and a browser finds no half words.
    if len(quote) <= LONGEST_UNIQUE and (" " in quote or quote.isascii()):
        before, after = " ".join(prefix.split()[-3:]), " ".join(suffix.split()[:3])
    first, last = _choose_ends(quote)
    directive = ",".join(
        part
        for part in (
            f"{_encode(before)}-" if before and "…" not in before else "",
            _encode(first),
            _encode(last) if last else "",
            f"-{_encode(after)}" if after and "…" not in after else "",
        )
        if part
    )
    head, _, fragment = page.partition("#")
    address = f"{head}#{fragment.partition(':~:')[0]}:~:text={directive}"
    return address if len(address) < LONGEST else None


def link_url(url: str | None) -> str | None:
    """Return *url* if a reader may follow it: it is http(s) and of a sane length."""
    if url is None or len(url) > LONGEST_URL or not url.isprintable():
        return None
    return url if _HTTP.fullmatch(url) else None


def _encode(text: str) -> str:
    # A hyphen, comma or ampersand has a meaning in a text fragment.
    return quote_url(clean_text(text), safe="").replace("-", "%2D")


def _choose_ends(quote: str) -> tuple[str, str]:
    """Return *quote* and nothing, or if it is long its first and last words."""
    if len(quote) <= LONGEST_EXACT:
        return quote, ""
    words = quote.split()
    if len(words) >= 12:
        return " ".join(words[:5]), " ".join(words[-5:])
    # Chinese, Japanese, Thai: only whole clauses are safe ends.
    stops = [found.start() for found in _STOPS.finditer(quote, 4, len(quote) - 4)]
    if len(stops) < 2:
        return quote, ""
    return quote[: stops[0]], quote[stops[-1] + 1 :].strip()


# --- the template ------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _load_template(cache: Path) -> Template:
    try:
        return _build_environment(_open_cache(cache)).get_template("report.html")
    except OSError:  # a full disk, or a folder that someone took away
        return _build_environment(None).get_template("report.html")


def _build_environment(cache: BytecodeCache | None) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    style = (TEMPLATES / "report.css").read_text("utf-8")
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        bytecode_cache=cache,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        # The last gate: no string gets past it, whatever it came from.
        finalize=lambda value: clean_text(value) if type(value) is str else value,
    )
    environment.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
    environment.globals |= {
        "style": Markup(style),  # noqa: S704  our own file, and the policy names its digest
        "style_digest": b64encode(sha256(style.encode()).digest()).decode(),
    }
    return environment


def _open_cache(folder: Path) -> BytecodeCache | None:
    """Return a cache in *folder* if nobody else can write there: what it holds is run."""
    from jinja2 import FileSystemBytecodeCache

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    owned = not hasattr(os, "getuid") or found.st_uid == os.getuid()
    private = os.name == "nt" or not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if not (stat.S_ISDIR(found.st_mode) and owned and private and os.access(folder, os.W_OK)):
        return None
    return FileSystemBytecodeCache(str(folder))


# --- what the template is given ----------------------------------------------------------------


def _view_audit(record: dict[str, Any]) -> dict[str, Any]:
    page, facts = record["page"], record["document"]["facts"]
    ranked = rank_findings(record)
    shown = ranked[:SHOWN_FINDINGS]
    numbers = {id(finding): number for number, finding in enumerate(shown, 1)}
    bases = _number_bases(shown, record)
    budget = _Budget(SHOWN_QUOTES_IN_ALL)
    views = {
        id(finding): _view_finding(finding, record, f"finding-{numbers[id(finding)]}", bases, budget)
        for finding in shown
    }
    said = [finding for finding in shown if finding["rule"]["form"] != "absence"]
    groups = [
        {
            "id": f"category-{number}",
            "title": CATEGORIES.get(category, category),
            "findings": [views[id(finding)] for finding in said if finding["rule"]["category"] == category],
        }
        for number, category in enumerate(rank_categories(said), 1)
    ]
    absences = [views[id(finding)] for finding in shown if finding["rule"]["form"] == "absence"]
    strengths = [
        _view_finding(strength, record, f"strength-{number}", bases, budget)
        for number, strength in enumerate(record["strengths"][:SHOWN_FINDINGS], 1)
    ]
    address = page["url"] or _name_source(page["source"])
    gravest = _choose_gravest(shown, views)
    assessed = record["score"] is not None
    nothing = NOTHING_LISTED if record["unlisted"] else NOTHING_FOUND
    return {
        "title": _clip(facts["title"] or address, LONGEST_TITLE),
        "title_language": _language(facts["language"]),
        "address": _view_address(page["url"]) if page["url"] else {"text": _name_source(page["source"]), "href": None},
        "retrieved": {
            "how": _describe_retrieval(page),
            "iso": page["retrieved"],
            "text": describe_moment(page["retrieved"]),
        },
        "verdict": _view_verdict(record),
        "summary": summarize_findings(record) if ranked or assessed else "",
        "nothing": NOTHING_MEANS if not ranked and not record["unlisted"] and assessed else "",
        "nothing_found": describe_nothing(record, nothing),
        "no_strengths": describe_nothing(
            record, "None of the signs of good practice that were looked for was found on this page."
        ),
        "unlisted": describe_unlisted(record),
        "counts": [{"severity": severity, "number": number} for severity, number in count_severities(record).items()],
        "gravest": gravest,
        "gravest_title": _title_gravest(gravest, ranked),
        "groups": groups,
        "absences": absences,
        "strengths": strengths,
        "left_out": _count_left(len(ranked) - len(shown) + len(record["strengths"]) - len(strengths)),
        "steps": _view_steps(record, numbers),
        "limits": _cap(record["limits"]),
        "offer": _view_offer(record["offer"]),
        "facts": _view_facts(record),
        "citations": _view_citations(record),
        "bases": [_view_basis(record["basis"][name], number) for name, number in bases.items()],
        "version": record["version"],
        "rules_count": record["rules_count"],
        "rules_digest": record["rules_digest"],
        "closing": CLOSING,
    }


class _Budget:
    """How many more quotations the page may hold."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, wanted: int) -> int:
        given = max(min(wanted, self.left), 0)
        self.left -= given
        return given


def _view_verdict(record: dict[str, Any]) -> dict[str, Any]:
    score = record["score"]
    obstacle = record["document"]["obstacle"]
    reason = obstacle["reason"] if obstacle and obstacle["reason"] != record["meaning"] else ""
    band = next((name for least, name in _BANDS if score is not None and score >= least), "none")
    return {
        "score": score,
        "unassessed": describe_unassessed(record),
        "grade": describe_grade(record["grade"]),
        "meaning": record["meaning"],
        "reason": reason if score is None else "",
        "band": band,
    }


def _view_finding(
    finding: dict[str, Any], record: dict[str, Any], anchor: str, bases: dict[str, int], budget: _Budget
) -> dict[str, Any]:
    rule = finding["rule"]
    sentences = _merge_evidence(finding)
    described = describe_structure(finding, record["document"])
    room = budget.take(min(len(sentences), SHOWN_QUOTES))
    kept = [_view_quote(items, record, marked=not described) for items in sentences[:room]]
    lead, others = (None, kept) if described else (kept[0] if kept else None, kept[1:])
    lowered = {item["severity"] for item in finding["evidence"]} if finding["severity"] != rule["severity"] else set()
    return {
        "id": anchor,
        "severity": finding["severity"],
        "lowered": rule["severity"] if lowered else "",
        "title": rule["title"],
        "described": described,
        "note": "" if described else describe_note(finding),
        "quotes": kept,
        "lead": lead,
        "others": others[:OPEN_QUOTES],
        "folded": others[OPEN_QUOTES:],
        "more": _count_left(len(sentences) - len(kept)),
        "why": rule["why"],
        "support": _view_support(finding),
        "ask": rule["ask"],
        "basis": [
            _view_basis(record["basis"][name], bases.get(name, 0))
            for name in rule["basis"][:SHOWN_BASES_EACH]
            if name in record["basis"]
        ],
        "rule": rule["id"],
    }


def _merge_evidence(finding: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the evidence of *finding* by sentence: one that holds three hits is quoted once."""
    merged: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for item in rank_evidence(finding):
        merged.setdefault((item["passage"]["index"], item["quote"]), []).append(item)
    return list(merged.values())


def _view_quote(items: list[dict[str, Any]], record: dict[str, Any], *, marked: bool) -> dict[str, Any]:
    first = items[0]
    place = first["passage"]
    findable = place["role"] in _FINDABLE and not place["hidden"]
    return {
        "pieces": _mark_words(first["quote"], _place_words(items, record) if marked else []),
        "words": _clip(first["words"], LONGEST_CONTEXT // 4),
        "prefix": _clip_start(first["prefix"], LONGEST_CONTEXT),
        "suffix": _clip(first["suffix"], LONGEST_CONTEXT),
        "language": _language(place["language"]),
        "role": place["role"],
        "place": _view_place(place, record["document"]["facts"]["title"] or ""),
        "manner": ", ".join(describe_manner(first)),
        "severity": first["severity"],
        "href": link_words(record["page"]["url"] or "", first["quote"], first["prefix"], first["suffix"])
        if findable
        else None,
    }


def _place_words(items: list[dict[str, Any]], record: dict[str, Any]) -> list[tuple[int, int]]:
    """Return where in their quotation the words of *items* stand."""
    first = items[0]
    passages, index, quote = record["document"]["passages"], first["passage"]["index"], first["quote"]
    text = passages[index]["text"] if index < len(passages) else ""
    spans = []
    for item in items[:50]:
        # The same sentence may stand twice in a passage: take the one around the words.
        origin = text.find(quote, max(item["end"] - len(quote), 0), item["start"] + len(quote))
        start = item["start"] - origin
        if origin < 0 or quote[start : start + len(item["words"])] != item["words"]:
            start = quote.find(item["words"])
        if start >= 0:
            spans.append((start, start + len(item["words"])))
    return sorted(spans)


def _mark_words(quote: str, spans: Iterable[tuple[int, int]]) -> list[dict[str, Any]]:
    """Return *quote* in pieces, each marked or not, with long stretches between marks left out."""
    pieces: list[dict[str, Any]] = []
    done = 0
    for start, end in spans:
        if start > done:
            pieces.append({"text": quote[done:start], "marked": False})
        if end > done:
            pieces.append({"text": quote[max(start, done) : end], "marked": True})
            done = end
    if done < len(quote):
        pieces.append({"text": quote[done:], "marked": False})
    if len(quote) <= LONGEST_QUOTE:
        return pieces
    room = LONGEST_QUOTE // min(len(pieces), 10)
    return [{"text": _clip_middle(piece["text"], room), "marked": piece["marked"]} for piece in pieces[:10]]


def _view_place(place: dict[str, Any], title: str) -> dict[str, Any]:
    landmark, block = LANDMARKS[place["landmark"]], BLOCKS.get(place["block"] or "", "")
    hidden = "not shown at first" if place["hidden"] else ""
    language = "" if place["language"] == "en" else f"in {LANGUAGES.get(place['language'], place['language'])}"
    # The heading over the whole page says nothing about the place.
    section = [heading for heading in place["section"] if heading not in title]
    return {
        "role": ROLES[place["role"]],
        "section": [_clip(heading, LONGEST_CONTEXT) for heading in section[-2:]],
        "rest": [part for part in (block, landmark, language, hidden) if part],
    }


def _view_support(finding: dict[str, Any]) -> dict[str, Any] | None:
    needed = describe_needed(finding)
    if needed is None:
        return None
    support = finding["support"]
    return {"needed": needed, "found": describe_found(support), "citation": _view_citation(support["citation"])}


def _view_citation(citation: dict[str, Any] | None) -> dict[str, Any] | None:
    if citation is None:
        return None
    return {
        "kind": CITATIONS[citation["kind"]],
        "text": _clip(citation["text"], LONGEST_CONTEXT),
        "identifier": "" if citation["identifier"] == citation["text"] else citation["identifier"],
        "href": _link_citation(citation["kind"], citation["identifier"]),
        "preclinical": citation["preclinical"],
    }


def _link_citation(kind: str, identifier: str) -> str | None:
    for known, pattern, address in _SCHOLARLY:
        if kind == known and re.fullmatch(pattern, identifier):
            return address.format(quote_url(identifier, safe="/.()"))
    return link_url(identifier)


def _number_bases(shown: list[dict[str, Any]], record: dict[str, Any]) -> dict[str, int]:
    """Return the bases of all that is shown, numbered in the order in which the report names them."""
    said = [finding for finding in shown if finding["rule"]["form"] != "absence"]
    order = [
        finding for category in rank_categories(said) for finding in said if finding["rule"]["category"] == category
    ]
    order += [finding for finding in shown if finding["rule"]["form"] == "absence"]
    order += record["strengths"][:SHOWN_FINDINGS]
    names = dict.fromkeys(
        name for finding in order for name in finding["rule"]["basis"][:SHOWN_BASES_EACH] if name in record["basis"]
    )
    return {name: number for number, name in enumerate(list(names)[:SHOWN_BASES], 1)}


def _view_basis(basis: dict[str, Any], number: int) -> dict[str, Any]:
    """Return *basis* with its *number* in the annex, or 0 if the annex has no room for it."""
    return {
        "number": number,
        "title": _clip(basis["title"], LONGEST_CONTEXT),
        "jurisdiction": JURISDICTIONS.get(basis["jurisdiction"].lower(), _clip(basis["jurisdiction"], LONGEST_CONTEXT)),
        "says": _clip(basis["says"], LONGEST_QUOTE),
        "url": _view_address(basis["url"]),
        "verified": VERIFIED.get(basis["verified"], _clip(basis["verified"], LONGEST_CONTEXT)),
    }


def _choose_gravest(findings: list[dict[str, Any]], views: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the three gravest in the page's words, or described; of equal ones, those from other categories first.

    What is slight does not stand beside what is grave.
    """
    items = [(finding, _pick_words(views[id(finding)])) for finding in findings if finding["rule"]["form"] != "absence"]
    chosen: list[dict[str, Any]] = []
    seen: set[str] = set()
    for severity, fresh in ((severity, fresh) for severity in SEVERITIES for fresh in (True, False)):
        if chosen and severity == SEVERITIES[-1] != chosen[0]["severity"]:
            break
        for finding, words in items:
            category = finding["rule"]["category"]
            if words is None or finding["severity"] != severity or words["key"] in seen or (fresh and category in seen):
                continue
            seen |= {words["key"], category}
            view = views[id(finding)]
            chosen.append({"id": view["id"], "severity": severity, "title": view["title"], **words})
            if len(chosen) == 3:
                return chosen
    return chosen


def _pick_words(view: dict[str, Any]) -> dict[str, Any] | None:
    """Return what stands for the finding of *view* on the first screen; ``None`` if nothing should.

    A structure is described, for its button is harmless. The page's title stands at the head of the report: it is not
    held against the page a second time.
    """
    if view["described"]:
        return {"described": view["described"], "quote": None, "key": view["described"]}
    quotes = [quote for quote in view["quotes"] if quote["severity"] == view["severity"] and quote["role"] != "title"]
    if not quotes:
        return None
    quote = next((quote for quote in quotes if quote["role"] in _FINDABLE), quotes[0])
    return {"described": "", "quote": quote, "key": "".join(piece["text"] for piece in quote["pieces"])}


def _title_gravest(gravest: list[dict[str, Any]], ranked: list[dict[str, Any]]) -> str:
    """Return the heading over *gravest*: nothing slight is called grave, nor the second gravest the gravest."""
    grave = bool(gravest) and gravest[0]["severity"] == ranked[0]["severity"] != SEVERITIES[-1]
    if not grave:
        return "What was found"
    return "The gravest words" if any(item["quote"] for item in gravest) else "The gravest findings"


def _view_steps(record: dict[str, Any], numbers: dict[int, int]) -> dict[str, Any]:
    """Return the steps of the score; those that cost or give nothing, because others did, are only counted."""
    anchors = {
        finding["rule"]["id"]: f"finding-{numbers[id(finding)]}"
        for finding in record["findings"]
        if id(finding) in numbers
    }
    anchors |= {
        strength["rule"]["id"]: f"strength-{number}"
        for number, strength in enumerate(record["strengths"][:SHOWN_FINDINGS], 1)
    }
    parts = record["score_parts"]
    counted = {_read_category(part) for part in parts if part["points"]}
    idle = [part for part in parts if not part["points"] and part["rule"] and _read_category(part) in counted]
    spent = [part for part in parts if not part["points"] and _read_category(part) == "strengths" and part not in idle]
    folded = {id(part) for part in (*idle, *spent)}
    rows = [part for part in parts if id(part) not in folded]
    flags = [part for part in idle if _read_category(part) != "strengths"]
    good = len(idle) + len(spent) - len(flags)
    return {
        "rows": [
            {
                "points": f"{part['points']:+}".replace("-", "−") if part["points"] else "0",
                "category": CATEGORIES.get(
                    _read_category(part), "Strength" if part["points"] > 0 and part["rule"] else ""
                ),
                "reason": part["reason"],
                "anchor": anchors.get(part["rule"], ""),
            }
            for part in rows[:SHOWN_FINDINGS]
        ],
        "idle": f"{count_words(len(flags), 'more red flag')}: no further points, the category already counts"
        if flags
        else "",
        "spent": f"{count_words(good, 'strength')}: no further points can be given back" if good else "",
        "left_out": _count_left(len(rows) - SHOWN_FINDINGS),
        "total": record["score"],
    }


def _read_category(part: dict[str, Any]) -> str:
    """Return the category of the rule behind a step: its folder."""
    return (part["rule"] or "").partition("/")[0]


def _view_offer(offer: dict[str, Any]) -> dict[str, Any]:
    """Return what the page was taken to be, with the signs for it and those against it."""
    signs = [_CONTACT_SIGN.sub(_name_contact, sign) for sign in offer["signs"][:SHOWN_SIGNS]]
    informing = [sign for sign in signs if sign.startswith(_INFORMING)]
    selling = [sign for sign in signs if not sign.startswith(_INFORMING)]
    reasons, against = (informing, selling) if offer["intent"] == "information" else (selling, informing)
    unclear = offer["intent"] == "unclear"
    return {
        "read": INTENTS[offer["intent"]] + (", because of:" if reasons and not unclear else ""),
        "reasons": [] if unclear else reasons,
        "against": signs if unclear else against,
    }


def _name_contact(found: re.Match[str]) -> str:
    return f"links to {CONTACTS.get(found[1], found[1])}"


def _describe_retrieval(page: dict[str, Any]) -> str:
    """Return how the page came, as the words before the moment."""
    if page["url"] is not None or page["status"] is not None:
        return "Retrieved"
    return f"Read from {_NAMELESS.get(page['source'], 'a file')} on"


def _view_facts(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is known of the page as rows, each a name and one or more lines."""
    page, document = record["page"], record["document"]
    facts = document["facts"]
    status = str(page["status"]) if page["status"] is not None else None
    hops = [f"{hop['status']}: {hop['url']} → {hop['location']}" for hop in page["redirects"]]
    digest = {"text": page["sha256"], "href": None, "code": True}
    rows = [
        ("Asked for", [_name_source(page["source"])]),
        ("Address", [_view_address(page["url"])] if page["url"] else ["not known"]),
        ("Redirects", hops),
        (_describe_retrieval(page).removesuffix(" on"), [describe_moment(page["retrieved"])]),
        ("Audited", [describe_moment(record["audited"])]),
        ("HTTP status", [status]),
        ("Network address", [page["address"]]),
        ("Type and encoding", [", ".join(part for part in (page["media_type"], page["charset"]) if part)]),
        ("SHA-256 of the page", [digest]),
        ("Completeness", ["cut off at the size limit; what came after was not read"] if page["truncated"] else []),
        ("Title", [facts["title"]]),
        ("Description", [facts["description"]]),
        ("Author", [facts["author"] or "none named"]),
        ("Reviewer", [facts["reviewer"]]),
        ("Publisher", [facts["publisher"]]),
        ("Published", [facts["published"] and describe_moment(facts["published"])]),
        ("Changed", [facts["modified"] and describe_moment(facts["modified"])]),
        ("Language", [LANGUAGES.get(facts["language"], facts["language"])]),
        ("Canonical address", [facts["canonical"]]),
        ("Ways to make contact", [_count_contacts(document["links"])]),
        ("Forms", [_describe_form(form) for form in document["forms"]]),
        ("Embedded pages", [" – ".join(part for part in (frame["title"], frame["url"]) if part) for frame in document["frames"]]),
        ("Trackers", [_describe_tracker(tracker) for tracker in document["trackers"]]),
        ("Images without text", [str(document["images"]) if document["images"] else None]),
        ("Passages read", [f"{len(document['passages']):,}"]),
        ("Rules", [f"{record['rules_count']}, of the set", {"text": record["rules_digest"], "href": None, "code": True}]),
        ("Program", [f"clinic-auditor {record['version']}"]),
    ]  # fmt: skip
    return [
        {"name": name, "lines": [_view_line(line) for line in kept]}
        for name, lines in rows
        if (kept := _cap([line for line in lines if line]))
    ]


def _view_line(line: str | dict[str, Any]) -> dict[str, Any]:
    return {"code": False} | line if isinstance(line, dict) else {"text": line, "href": None, "code": False}


def _view_citations(record: dict[str, Any]) -> dict[str, Any]:
    found = record["document"]["citations"]
    return {
        "rows": [_view_citation(citation) for citation in found[:SHOWN_ROWS]],
        "left_out": _count_left(len(found) - SHOWN_ROWS),
    }


def _view_address(url: str) -> dict[str, Any]:
    return {"text": _clip(url, LONGEST_CONTEXT * 2), "href": link_url(url)}


def _name_source(source: str) -> str:
    """Return *source* as it may be published: of a file its name, not the folders of whoever audited it."""
    if _HTTP.match(source):
        return source
    return "standard input" if source == "-" else re.split(r"[/\\]", source)[-1] or source


def _count_contacts(links: list[dict[str, Any]]) -> str:
    kinds = [link["kind"] for link in links]
    return ", ".join(
        f"{name} ({kinds.count(kind)})" if kinds.count(kind) > 1 else name
        for kind, name in CONTACTS.items()
        if kind in kinds
    )


def _describe_form(form: dict[str, Any]) -> str:
    asked = list(dict.fromkeys(ASKS.get(field["asks"], field["asks"]) for field in form["fields"]))
    asks = f" asks for {join_words(asked)}" if asked else " without fields"
    button = f", under “{form['text']}”" if form["text"] else ""
    goes = f", sent to {form['action']}" if form["action"] else ""
    return f"{PURPOSES[form['purpose']]}{asks}{button}{goes}"


def _describe_tracker(tracker: dict[str, Any]) -> str:
    identifier = f" ({tracker['identifier']})" if tracker["identifier"] else ""
    return f"{tracker['name']}{identifier}: {tracker['url']}"


def _language(language: str) -> str:
    return language if _LANGUAGE.fullmatch(language) else ""


def _cap(rows: list[Any]) -> list[Any]:
    """Return *rows*, or the first of very many with a last one that says how many are left out."""
    left = len(rows) - SHOWN_ROWS
    return [*rows[:SHOWN_ROWS], f"{left:,} more in the audit’s record"] if left > 0 else rows


def _count_left(number: int) -> str:
    return f"{number:,}" if number > 0 else ""


def _clip(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest].rstrip() + "…"


def _clip_start(text: str, longest: int) -> str:
    return text if len(text) <= longest else "…" + text[-longest:].lstrip()


def _clip_middle(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest // 2].rstrip()} […] {text[-(longest // 2) :].lstrip()}"
