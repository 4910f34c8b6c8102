"""Where the page came from, what it holds, and what was read in it, as rows of a table."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from auditor.reporting.catalogue import mark, say, say_many, say_number
from auditor.reporting.clipping import LONGEST_CONTEXT, SHOWN_ROWS, SHOWN_SIGNS, cap_rows, clip, count_left
from auditor.reporting.findings import name_anchors, view_citation
from auditor.reporting.linking import name_source, view_address
from auditor.reporting.sentences import say_sentence, say_sign
from auditor.reporting.wording import (
    ASKS,
    CONTACTS,
    INTENTS,
    PURPOSES,
    describe_figure,
    describe_moment,
    join_words,
    name_language,
)

SHOWN_FIGURES = 3
_NOT_FOUND = "Not found on this page."
_NOT_ON_THIS_PAGE = "Not found on this page; other pages of the site were not read."
_INFORMING = ("words that inform", "the address belongs")
_NAMELESS = {"-": mark("standard input"), "text": mark("text")}


def describe_source(source: str) -> str:
    """Return *source* as it may be published, in words where it has no name."""
    return say(_NAMELESS[source]) if source in _NAMELESS else name_source(source)


def describe_retrieval(page: dict[str, Any]) -> str:
    """Return how the page came, as the words before the moment."""
    if _is_fetched(page):
        return say("Retrieved")
    if page["source"] in _NAMELESS:
        return say("Read from %(source)s on", source=say(_NAMELESS[page["source"]]))
    return say("Read from a file on")


def view_provenance(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what identifies the page, the moment, the rules and the program: what a second reader needs to check."""
    page = record["page"]
    status = str(page["status"]) if page["status"] is not None else None
    hops = [f"{hop['status']}: {hop['url']} → {hop['location']}" for hop in page["redirects"]]
    came = say("Retrieved") if _is_fetched(page) else say("Read")
    return _view_rows(
        [
            (say("Asked for"), [describe_source(page["source"])]),
            (say("Address"), [view_address(page["url"])] if page["url"] else [say("not known")]),
            (say("Redirects"), hops),
            (came, [describe_moment(page["retrieved"])]),
            (say("Audited"), [describe_moment(record["audited"])]),
            (say("HTTP status"), [status]),
            (say("Network address"), [page["address"]]),
            (say("Type and encoding"), [", ".join(part for part in (page["media_type"], page["charset"]) if part)]),
            (
                say("Completeness"),
                [say("cut off at the size limit; what came after was not read")] if page["truncated"] else [],
            ),
            (say("SHA-256 of the page"), [_view_code(page["sha256"])]),
            *_view_rendering(page["rendering"]),
            (say("Pictures"), [_view_picture(picture) for picture in record["screenshots"]]),
            (
                say("Rules"),
                [
                    say_many("%(number)s rule, of the set", "%(number)s rules, of the set", record["rules_count"]),
                    _view_code(record["rules_digest"]),
                ],
            ),
            (say("Program"), [f"clinic-auditor {record['version']}"]),
        ]
    )


def view_facts(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the page says about itself and holds, as rows, each a name and one or more lines."""
    document = record["document"]
    facts = document["facts"]
    return _view_rows(
        [
            (say("Title"), [facts["title"]]),
            (say("Description"), [facts["description"]]),
            (say("Author"), [facts["author"] or say("none named")]),
            (say("Reviewer"), [facts["reviewer"]]),
            (say("Publisher"), [facts["publisher"]]),
            (say("Published"), [facts["published"] and describe_moment(facts["published"])]),
            (say("Changed"), [facts["modified"] and describe_moment(facts["modified"])]),
            (say("Language"), [name_language(facts["language"])]),
            (say("Canonical address"), [facts["canonical"]]),
            (say("Ways to make contact"), [_count_contacts(document["links"])]),
            (say("Forms"), [_describe_form(form) for form in document["forms"]]),
            (say("Embedded pages"), [_describe_frame(frame) for frame in document["frames"]]),
            (say("Trackers"), [_describe_tracker(tracker) for tracker in document["trackers"]]),
            (say("Images without text"), [say_number(document["images"]) if document["images"] else None]),
            (say("Passages read"), [say_number(len(document["passages"]))]),
        ]
    )


def view_offer(offer: dict[str, Any]) -> dict[str, Any]:
    """Return what the page was taken to be, with the signs for it and those against it."""
    kept = offer["signs"][:SHOWN_SIGNS]
    informing = [say_sign(sign) for sign in kept if sign.startswith(_INFORMING)]
    selling = [say_sign(sign) for sign in kept if not sign.startswith(_INFORMING)]
    reasons, against = (informing, selling) if offer["intent"] == "information" else (selling, informing)
    unclear = offer["intent"] == "unclear"
    read = say(INTENTS[offer["intent"]])
    return {
        "read": say("%(intent)s, because of:", intent=read) if reasons and not unclear else read,
        "reasons": [] if unclear else reasons,
        "against": [say_sign(sign) for sign in kept] if unclear else against,
    }


def view_citations(record: dict[str, Any]) -> dict[str, Any]:
    """Return the references that the page gives."""
    found = record["document"]["citations"]
    return {
        "rows": [view_citation(citation) for citation in found[:SHOWN_ROWS]],
        "left_out": count_left(len(found) - SHOWN_ROWS),
    }


def view_codebook(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return how every variable of the codebook is coded for the page, and where it stands."""
    anchors = name_anchors(record)
    answers = {True: say("found"), False: say("not found"), None: say("not known")}
    plain = {_NOT_FOUND: answers[False], _NOT_ON_THIS_PAGE: say("not on this page")}
    return [
        {
            "id": coding["variable"]["id"],
            "name": coding["variable"]["name"],
            "present": coding["present"],
            "answer": plain.get(coding["note"], answers[coding["present"]]),
            # What is the answer already is not said a second time beside it.
            "note": "" if coding["note"] in plain else say_sentence(coding["note"]),
            "anchor": next((anchors[rule] for rule in coding["rules"] if rule in anchors), ""),
            "quote": clip(coding["quote"], LONGEST_CONTEXT),
            "published": _describe_figures(coding["variable"]["published"]),
        }
        for coding in record["codebook"]
    ]


def _is_fetched(page: dict[str, Any]) -> bool:
    return page["url"] is not None or page["status"] is not None


def _describe_figures(figures: list[dict[str, Any]]) -> str:
    """Return what published studies found, in the words of the codebook."""
    return "; ".join(describe_figure(figure["says"], figure["percent"]) for figure in figures[:SHOWN_FIGURES])


def _view_rows(rows: list[tuple[str, list[Any]]]) -> list[dict[str, Any]]:
    return [
        {"name": name, "lines": [_view_line(line) for line in kept]}
        for name, lines in rows
        if (kept := cap_rows([line for line in lines if line]))
    ]


def _view_line(line: str | dict[str, Any]) -> dict[str, Any]:
    return {"code": False} | line if isinstance(line, dict) else {"text": line, "href": None, "code": False}


def _view_code(digest: str) -> dict[str, Any]:
    return {"text": digest, "href": None, "code": True}


def _view_rendering(rendering: dict[str, Any] | None) -> list[tuple[str, list[Any]]]:
    """Return how a browser made the page that was judged, as rows."""
    if rendering is None:
        return []
    told = say(
        "%(browser)s ran the page’s scripts, in a window %(width)s pixels wide",
        browser=rendering["browser"],
        width=rendering["width"],
    )
    return [
        (say("Made by a browser"), [told]),
        (say("SHA-256 of what was received"), [_view_code(rendering["received_sha256"])]),
        (say("Refused to the page"), [", ".join(rendering["refused"])]),
    ]


def _view_picture(picture: dict[str, Any]) -> dict[str, Any]:
    """Return the name and digest of *picture*, with a link to it: it lies beside the report."""
    path = PurePosixPath(picture["path"])
    local = not path.is_absolute() and ".." not in path.parts
    return {"text": f"{path.name} {picture['sha256']}", "href": quote(picture["path"]) if local else None, "code": True}


def _count_contacts(links: list[dict[str, Any]]) -> str:
    kinds = [link["kind"] for link in links]
    return ", ".join(
        f"{say(name)} ({kinds.count(kind)})" if kinds.count(kind) > 1 else say(name)
        for kind, name in CONTACTS.items()
        if kind in kinds
    )


def _describe_form(form: dict[str, Any]) -> str:
    asked = list(dict.fromkeys(say(ASKS.get(field["asks"], field["asks"])) for field in form["fields"]))
    told = say(PURPOSES[form["purpose"]])
    if asked:
        told = say("%(form)s asks for %(items)s", form=told, items=join_words(asked))
    else:
        told = say("%(form)s without fields", form=told)
    if form["text"]:
        told = say("%(form)s, under “%(button)s”", form=told, button=form["text"])
    return say("%(form)s, sent to %(address)s", form=told, address=form["action"]) if form["action"] else told


def _describe_frame(frame: dict[str, Any]) -> str:
    return " – ".join(part for part in (frame["title"], frame["url"]) if part)


def _describe_tracker(tracker: dict[str, Any]) -> str:
    identifier = f" ({tracker['identifier']})" if tracker["identifier"] else ""
    return f"{tracker['name']}{identifier}: {tracker['url']}"
