"""What a rule of form structure met, in words: a form's button or a heading says nothing of it."""

from __future__ import annotations

from typing import Any

from auditor.reporting.catalogue import mark, say
from auditor.reporting.sentences import say_sentence
from auditor.reporting.wording import ASKS, CONTACTS, describe_moment

SHOWN_ITEMS = 12
LONGEST_ITEM = 200

_FACTS = {
    "author": mark("author"),
    "reviewer": mark("reviewer"),
    "publisher": mark("publisher"),
    "published": mark("published"),
    "modified": mark("changed"),
}
_FORMS = ("forms", "asks")
_DATES = ("published", "modified")


def describe_structure(finding: dict[str, Any], document: dict[str, Any]) -> str:
    """Return what the structure rule of *finding* met in *document*, such as "Form asks for: name, file".

    Nothing for other rules; the finding's note where there are no better words.
    """
    rule = finding["rule"]
    if rule["form"] != "structure":
        return ""
    wanted = rule["structure"]
    parts = [_describe_kind(kind, values, rule, document) for kind, values in wanted.items() if kind not in _FORMS]
    if any(kind in wanted for kind in _FORMS):
        parts.append(_describe_forms(rule, document["forms"]))
    return "; ".join(parts) if parts and all(parts) else say_sentence(finding["note"])


def _describe_kind(kind: str, values: list[str], rule: dict[str, Any], document: dict[str, Any]) -> str:
    if kind == "links":
        kinds = {link["kind"] for link in document["links"] if link["landmark"] in rule["landmarks"]}
        return _list_items(
            mark("Links to: %(items)s"), [say(CONTACTS.get(name, name)) for name in values if name in kinds]
        )
    if kind == "trackers":
        return _list_items(mark("Loads: %(items)s"), [tracker["name"] for tracker in document["trackers"]])
    if kind == "citations":
        return _list_items(
            mark("Refers to: %(items)s"),
            [item["identifier"] for item in document["citations"] if item["kind"] in values],
        )
    if kind == "facts":
        given = [(name, document["facts"][name]) for name in values if document["facts"].get(name)]
        shown = [(name, describe_moment(value) if name in _DATES else value) for name, value in given]
        return _list_items(
            mark("Gives: %(items)s"), [f"{say(_FACTS.get(name, name))} {value}" for name, value in shown]
        )
    if kind == "blocks":
        marked = [passage["block"] for passage in document["passages"] if passage["block"] in values]
        return _list_items(mark("Part of the page marked as: %(items)s"), marked)
    return ""


def _describe_forms(rule: dict[str, Any], forms: list[dict[str, Any]]) -> str:
    """Return what the forms that met *rule* ask for; what the rule looks for comes first."""
    purposes, asks = (rule["structure"].get(kind) for kind in _FORMS)
    asked: dict[str, None] = {}
    for form in forms:
        names = [field["asks"] for field in form["fields"]]
        is_met = (purposes is None or form["purpose"] in purposes) and (
            asks is None or any(name in asks for name in names)
        )
        if is_met and form["landmark"] in rule["landmarks"]:
            asked.update(dict.fromkeys(names))
    asked.pop("other", None)
    ordered = sorted(asked, key=lambda name: name not in (asks or ()))
    return _list_items(mark("Form asks for: %(items)s"), [say(ASKS.get(name, name)) for name in ordered])


def _list_items(head: str, items: list[str]) -> str:
    """Return the message *head* with *items* in it, each once; nothing without any."""
    distinct = list(dict.fromkeys(item[:LONGEST_ITEM] for item in items))
    more = " …" if len(distinct) > SHOWN_ITEMS else ""
    told = ", ".join(distinct[:SHOWN_ITEMS]) + more
    return say(head, items=told) if distinct else ""
