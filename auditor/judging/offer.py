"""Whether a page sells or informs, and by what signs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.models import Offer

if TYPE_CHECKING:
    from collections.abc import Container

    from auditor.judging.claims import Scene
    from auditor.models import Document

SELLING_LINKS = ("whatsapp", "line", "wechat", "telegram", "messenger", "booking")
# Hosts of public bodies and of reference works. A host proves nothing about truth; it tells who speaks.
_PUBLIC_HOST = (
    r"(?:\.|//|^)(?:[\w-]+\.)*(?:gov|mil|gov\.[a-z]{2}|gouv\.fr|gob\.[a-z]{2}|nhs\.uk|nhs\.scot|who\.int|europa\.eu|"
    r"wikipedia\.org|cochrane\.org|cochranelibrary\.com|medlineplus\.gov|msdmanuals\.com|mayoclinic\.org|"
    r"cancer\.org|cancerresearchuk\.org|nice\.org\.uk|healthdirect\.gov\.au|gesundheitsinformation\.de|"
    r"pubmed\.ncbi\.nlm\.nih\.gov)(?=[/:]|$)"
)
_ENOUGH_TO_SELL = 2
_ENOUGH_TO_INFORM = 3
"""Informing signs that a page without selling ones needs; one selling sign is outweighed only by more than three."""


def judge_offer(scene: Scene, *, languages: Container[str]) -> Offer:
    """Return whether the page is marketing, information or unclear; *languages* are those whose sellers' words are known.

    Whatever sells outweighs all that informs: a clinic's article may read like an encyclopaedia, but an encyclopaedia
    has no booking form. A page without signs either way is unclear, and is judged like marketing because the user
    pointed at it.
    """
    document = scene.document
    selling = _list_phrases("offer/marketing", scene, quoted=False)
    informing = _list_phrases("offer/information", scene, quoted=True)
    # Journalism has no basket: whoever asks for an order sells, whatever else the page reports.
    buying = _list_phrases("offer/buying", scene, quoted=False)
    signs = [f"words that sell: “{phrase}”" for phrase in [*buying, *selling][:6]]
    commercial = _list_commercial_signs(document)
    signs.extend(commercial)
    weight = len(selling) + 2 * (len(buying) + len(commercial))
    # Where nobody would be known to sell, what a page declares itself to be must not decide.
    press = _list_press_signs(document) if document.facts.language in languages else []
    signs.extend(f"words that inform: “{phrase}”" for phrase in informing[:6])
    signs.extend(press)
    if document.url and re.search(_PUBLIC_HOST, document.url.split("?")[0]):
        signs.append("the address belongs to a public body or reference work")
        return Offer(intent="information", signs=tuple(signs))
    if weight >= _ENOUGH_TO_SELL:
        return Offer(intent="marketing", signs=tuple(signs))
    informs = len(informing) + len(press)
    if informs >= _ENOUGH_TO_INFORM and informs > _ENOUGH_TO_INFORM * weight:
        return Offer(intent="information", signs=tuple(signs))
    return Offer(intent="unclear", signs=tuple(signs))


def _list_phrases(owner: str, scene: Scene, *, quoted: bool) -> list[str]:
    """Return the distinct phrases that patterns of *owner* match, one for each pattern, in page order.

    Unless *quoted*, those that the page only repeats do not count: a report on a seller quotes what he called "ours".
    """
    phrases: dict[str, str] = {}
    for number in scene.places.get(owner, ()):
        utterance = scene.utterances[number]
        for hit in utterance.hits.matches[owner]:
            source = hit.pattern.source
            if source not in phrases and (quoted or not utterance.repeats(hit)):
                phrases[source] = utterance.saying.text[hit.start : hit.end].lower()
    return list(dict.fromkeys(phrases.values()))


def _list_press_signs(document: Document) -> list[str]:
    """Return what the page declares itself to be, if it is a report that is signed and dated.

    A blog's software calls every post an article, so that this is one sign among others.
    """
    facts = document.facts
    if facts.kind == "news" and (facts.author or facts.published):
        return ["declared as a news report"]
    return ["declared as an article, with author and date"] if facts.kind and facts.author and facts.published else []


def _list_commercial_signs(document: Document) -> list[str]:
    signs = [
        f"a form that asks for contact: “{form.text or form.action}”"
        for form in document.forms
        if form.purpose == "contact"
    ]
    kinds = sorted({link.kind for link in document.links if link.kind in SELLING_LINKS})
    signs.extend(f"links to {kind}" for kind in kinds)
    return signs[:4]
