"""A scan as static pages: one over all sites, and one of each site, rendered from plain data alone.

Names, columns of the list and everything else that comes from outside are text here, whatever they hold.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from auditor.reporting.clipping import LONGEST_CONTEXT, LONGEST_QUOTE, LONGEST_TITLE, clip, clip_start, count_left
from auditor.reporting.linking import link_words, name_source, view_address
from auditor.reporting.quoting import FINDABLE, mark_words
from auditor.reporting.similarity import diff_words
from auditor.reporting.steps import lay_out_steps
from auditor.reporting.templating import fill_template
from auditor.reporting.wording import (
    CATEGORIES,
    CLOSING,
    CONTACTS,
    NUMBERED_SEVERITIES,
    choose_band,
    describe_figure,
    describe_manner,
    describe_moment,
)

if TYPE_CHECKING:
    from pathlib import Path

SHOWN_QUOTES = 3
SHOWN_PAGES = 200
SHOWN_CHANGES = 300
SHOWN_TIES = 30
SHOWN_SITES = 60
"""Of a group; the store holds all."""
SHOWN_COLUMNS = 12

STATES = {
    "assessed": "Assessed",
    "not_assessed": "Not assessed",
    "failed": "Failed",
    "skipped": "Skipped",
    "duplicate": "The same bytes as another page",
    "unchanged": "Unchanged since the visit before",
    "waiting": "Not read",
}
_BAR = 7
_HEIGHTS = {1: 5, 2: 10, 3: 15, 4: 21}
_SHARED = {
    "address": "postal address",
    "form": "where a form posts",
    "tracker": "identifier of a tracker",
    "copy": "the same text",
}


def name_page(site: str) -> str:
    """Return the file name of the page of *site*, safe wherever the run is copied to, and its own."""
    readable = re.sub(r"[^a-z0-9.-]+", "_", site.lower()).strip("._-")[:60]
    return f"{readable or 'site'}-{sha256(site.encode('utf-8', 'replace')).hexdigest()[:8]}.html"


def name_page_report(site: str, page: int) -> str:
    """Return the file name of the report on *page* of *site*."""
    return f"{name_page(site).removesuffix('.html')}-{page}.html"


def render_run(run: dict[str, Any], *, cache: Path | None = None) -> str:
    """Return the page over all sites of *run*.

    Args:
        run: visit, started, finished, version, facts, sites, networks, prevalence, changed and mistakes, as the store has
            them; every site with its categories (name to gravest severity) and counts (severity to number).
        cache: where compiled templates are kept.
    """
    sites = sorted(run["sites"], key=_rank_site)
    titles = {site["site"]: _title_site(site) for site in sites}
    flags = sum(1 for site in sites if sum(site["counts"].values()))
    assessed = [site for site in sites if site["score"] is not None]
    pages = sum(site["read"] for site in sites)
    states = dict.fromkeys(site["state"] for site in sites)
    values = {
        "version": run["version"],
        "visit": run["visit"],
        "started": _view_moment(run["started"]),
        "finished": _view_moment(run["finished"]),
        "counted": {"sites": _count(len(sites), "site"), "pages": _count(pages, "page read", "pages read")},
        "summary": (
            f"{_count(len(assessed), 'site')} could be assessed, {len(sites) - len(assessed)} could not. "
            f"Red flags were found on {_count(flags, 'site')}."
        ),
        "closing": CLOSING,
        "categories": list(CATEGORIES.values()),
        "states": [{"id": state, "name": STATES.get(state, state)} for state in states],
        "sites": [_view_site(site) for site in sites],
        "networks": [_view_network(network, titles) for network in run["networks"]],
        "rules_changed": run["rules_changed"],
        "changed": [_view_changed(row, titles) for row in run["changed"]],
        "prevalence": [_view_variable(row) for row in run["prevalence"]],
        "mistakes": run["mistakes"],
        "provenance": run["facts"],
    }
    return fill_template("run.html", values, cache=cache)


def render_site(site: dict[str, Any], *, cache: Path | None = None) -> str:
    """Return the page of one *site*: its verdict, reasons, findings with quotations, changes and pages."""
    score = site["score"]
    pages = sorted(site["pages"], key=lambda page: (page["score"] is None, page["score"] or 0, page["page"]))
    told = [_view_finding(finding, place) for place, finding in enumerate(sorted(site["findings"], key=_rank_finding))]
    values = {
        "version": site["version"],
        "visit": site["visit"],
        "started": _view_moment(site["started"]),
        "title": _title_site(site),
        "address": view_address(site["url"] or site["site"]),
        "score": score,
        "grade": site["grade"],
        "band": choose_band(score),
        "state_name": STATES.get(site["state"], site["state"]),
        "reason": site["reason"] or "",
        "meaning": site["meaning"] or "",
        "columns": _view_columns(site),
        "networks": site["networks"],
        "findings": [view for view in told if view["kind"] == "finding"],
        "strengths": [view for view in told if view["kind"] == "strength"],
        "steps": lay_out_steps(
            [{"points": points, "reason": reason, "rule": rule} for points, reason, rule in site["parts"]],
            score,
            {view["rule"]: view["id"] for view in told},
        ),
        "changes": [_view_change(change) for change in site["changes"][:SHOWN_CHANGES]],
        "changes_left": count_left(len(site["changes"]) - SHOWN_CHANGES),
        "pages": [_view_page(page) for page in pages[:SHOWN_PAGES]],
        "pages_left": count_left(len(pages) - SHOWN_PAGES),
        "closing": CLOSING,
    }
    return fill_template("site.html", values, cache=cache)


# --- the table of sites ------------------------------------------------------------------------


def _rank_site(site: dict[str, Any]) -> tuple[Any, ...]:
    states = list(STATES)
    place = states.index(site["state"]) if site["state"] in states else len(states)
    return site["score"] is None, site["score"] or 0, place, -sum(site["counts"].values()), site["site"]


def _title_site(site: dict[str, Any]) -> str:
    return clip((site["name"] or "").strip() or site["site"], LONGEST_TITLE)


def _view_site(site: dict[str, Any]) -> dict[str, Any]:
    met = site["categories"]
    bars = [
        {
            "severity": NUMBERED_SEVERITIES[met[category]],
            "x": place * _BAR + 1,
            "y": 21 - _HEIGHTS[met[category]],
            "height": _HEIGHTS[met[category]],
        }
        for place, category in enumerate(CATEGORIES)
        if category in met
    ]
    told = ", ".join(
        f"{name}: {NUMBERED_SEVERITIES[met[category]]}" for category, name in CATEGORIES.items() if category in met
    )
    return {
        "site": site["site"],
        "title": _title_site(site),
        "href": f"sites/{name_page(site['site'])}",
        "columns": _view_columns(site),
        "state": site["state"],
        "state_name": STATES.get(site["state"], site["state"]),
        "reason": site["reason"] or "",
        "score": site["score"],
        "score_key": "" if site["score"] is None else site["score"],
        "grade": site["grade"],
        "flags_key": "" if site["score"] is None else sum(site["counts"].values()),
        "read": site["read"],
        "pages": f"{site['read']} read" + (f", {site['unread']} not" if site["unread"] else ""),
        "bars": bars,
        "told": told or "no red flag",
        "counts": [
            {"severity": NUMBERED_SEVERITIES[level], "number": site["counts"][level]}
            for level in range(4, 0, -1)
            if site["counts"].get(level)
        ],
    }


def _view_columns(site: dict[str, Any]) -> list[dict[str, str]]:
    shown = [(name, value) for name, value in site["columns"].items() if name not in ("url", "name") and value]
    return [
        {"name": clip(name.replace("_", " "), 60), "value": clip(str(value), LONGEST_CONTEXT)}
        for name, value in shown[:SHOWN_COLUMNS]
    ]


# --- networks, prevalence, changes -------------------------------------------------------------


def _view_network(network: dict[str, Any], titles: dict[str, str]) -> dict[str, Any]:
    sites, ties = network["sites"], network["ties"]
    return {
        "number": network["number"],
        "counted": _count(len(sites), "site"),
        "sites": [
            {"title": titles.get(site, site), "href": f"sites/{name_page(site)}"} for site in sites[:SHOWN_SITES]
        ],
        "left_out": count_left(len(sites) - SHOWN_SITES),
        "ties": [
            {
                "kind": _SHARED.get(tie["kind"]) or CONTACTS.get(tie["kind"], tie["kind"]),
                "value": clip(tie["value"], LONGEST_QUOTE // 3),
                "by": _name_sites(tie["sites"], sites, titles),
            }
            for tie in ties[:SHOWN_TIES]
        ],
        "more": count_left(len(ties) - SHOWN_TIES),
    }


def _name_sites(some: list[str], every: list[str], titles: dict[str, str]) -> str:
    if len(some) == len(every):
        return "all of them"
    named = "; ".join(titles.get(site, site) for site in some[:4])
    return f"{named} and {len(some) - 4} more" if len(some) > 4 else named


def _view_variable(row: dict[str, Any]) -> dict[str, Any]:
    view = {"id": row["id"], "name": row["name"], "sites": row["sites"], "found": row["found"]}
    if row["sites"]:
        low, high = row["interval"]
        share = row["found"] / row["sites"]
        view |= {
            "share": f"{share:.0%}",
            "interval": f"{low:.0%} to {high:.0%}",
            "x": round(140 * share, 1),
            "left": round(140 * low, 1),
            "right": round(140 * high, 1),
            "marks": [round(1.4 * each["percent"], 1) for each in row["published"] if each["percent"] is not None],
        }
    view["published"] = [
        {
            "says": describe_figure(each["says"], each["percent"]),
            "source": view_address(each["url"]) | {"text": each["source"]},
            "second": "known from an account of it" if each["verified"] == "S" else "",
        }
        for each in row["published"]
    ]
    return view


def _view_changed(row: dict[str, Any], titles: dict[str, str]) -> dict[str, Any]:
    def tell(*whats: str) -> str:
        counted = [(change, sum(row["counts"].get((what, change), 0) for what in whats)) for change in _CHANGES]
        return ", ".join(f"{number} {change}" for change, number in counted if number) or "none"

    old, new = row["scores"]
    return {
        "title": titles.get(row["site"], row["site"]),
        # A site that is gone has no page here.
        "href": f"sites/{name_page(row['site'])}" if row["site"] in titles else "",
        "score": f"{'–' if old is None else old} → {'–' if new is None else new}",
        "pages": "the whole site " + tell("site").partition(" ")[2] if tell("site") != "none" else tell("page"),
        "findings": tell("finding"),
        "texts": tell("quotation", "passage"),
    }


_CHANGES = ("added", "removed", "reworded")


def _view_change(change: dict[str, Any]) -> dict[str, Any]:
    before, after = change["before"] or "", change["after"] or ""
    return {
        "told": f"{change['what']} {change['change']}",
        "rule": change["rule"] or "",
        "address": view_address(change["url"]),
        "pieces": diff_words(clip(before, LONGEST_QUOTE), clip(after, LONGEST_QUOTE)) if before or after else [],
    }


# --- the page of a site ------------------------------------------------------------------------


def _rank_finding(finding: dict[str, Any]) -> tuple[Any, ...]:
    order = list(CATEGORIES)
    category = finding["category"]
    return -finding["severity"], order.index(category) if category in order else len(order), finding["rule"]


def _view_finding(finding: dict[str, Any], place: int) -> dict[str, Any]:
    quotes = finding["quotes"]
    more = [f"{_count(finding['quoted'] - len(quotes), 'more quotation')} in the store"] if quotes else []
    where = f"met on {_count(finding['pages'], 'page')}" if finding["form"] != "absence" else ""
    told = [part for part in (where, *(more if finding["quoted"] > len(quotes) else ())) if part]
    return {
        "id": f"finding-{place}",
        "kind": finding["kind"],
        "severity": NUMBERED_SEVERITIES[finding["severity"]],
        "category": CATEGORIES.get(finding["category"], finding["category"]),
        "title": finding["title"],
        # Beside quotations a note speaks of one page.
        "note": "" if quotes else finding["note"],
        "why": finding["why"],
        "ask": finding["ask"],
        "rule": finding["rule"],
        "quotes": [_view_quote(quote) for quote in quotes],
        "more": f"{'; '.join(told).capitalize()}." if told else "",
    }


def _view_quote(quote: dict[str, Any]) -> dict[str, Any]:
    start = quote["quote"].find(quote["words"])
    spans = [(start, start + len(quote["words"]))] if quote["words"] and start >= 0 else []
    findable = quote["role"] in FINDABLE
    return {
        "pieces": mark_words(quote["quote"], spans),
        "words": clip(quote["words"], LONGEST_CONTEXT // 4),
        "prefix": clip_start(quote["prefix"], LONGEST_CONTEXT),
        "suffix": clip(quote["suffix"], LONGEST_CONTEXT),
        "section": clip(quote["section"][-1], LONGEST_CONTEXT) if quote["section"] else "",
        "manner": ", ".join(describe_manner(quote)),
        "address": view_address(quote["url"]),
        "href": link_words(quote["url"], quote["quote"], quote["prefix"], quote["suffix"]) if findable else None,
    }


def _view_page(page: dict[str, Any]) -> dict[str, Any]:
    source = page["source"] or ""
    told = STATES.get(page["state"], page["state"])
    read = f"{told}, {describe_moment(page['retrieved'])}" if page["retrieved"] else told
    return {
        "score": page["score"],
        "address": view_address(page["url"]),
        "title": clip(page["title"] or "", LONGEST_TITLE),
        "told": f"{read}: {page['reason']}" if page["reason"] else read,
        "capture": source if source.startswith("captures/") else name_source(source),
        "sha256": page["sha256"] or "",
        "report": f"../pages/{page['report']}" if page.get("report") else None,
    }


def _view_moment(moment: str) -> dict[str, str]:
    return {"iso": moment, "text": describe_moment(moment)}


def _count(number: int, word: str, words: str | None = None) -> str:
    return f"{number:,} {word if number == 1 else words or word + 's'}"
