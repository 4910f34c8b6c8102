"""Why a page could not be read as a visitor would read it: judged by status and by what it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.models import Obstacle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.models import Form, Page, Passage
    from auditor.reading.content import Block, Content

SMALL = 1500
"""Characters up to which a page may be nothing but an obstacle; a real page has more."""
SHORT = 300
SHORT_WORDS = 40
SHORT_WIDE = 120
"""Chinese and Japanese say in this many characters what takes 40 words."""

_WIDE = "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_CHALLENGE = (
    r"just a moment|checking (?:if|your|the) (?:site connection|browser)|verify(?:ing)? (?:that )?you are (?:a )?(?:human|not a robot)"
    r"|are you (?:a )?(?:human|robot)|enable javascript and cookies to continue|attention required|ddos protection by"
    r"|incapsula incident|request unsuccessful|pardon our interruption|access (?:to this page has been )?denied"
    r"|unusual traffic from your|security check to access|please complete the security check|complete the captcha"
    r"|press (?:&|and) hold|you have been blocked|performing security verification|安全验证|访问验证|人机验证|アクセスが拒否"
)
_CHALLENGE_SOURCE = r"/cdn-cgi/challenge-platform/|_Incapsula_Resource|captcha-delivery\.com|px-captcha|_cf_chl_opt|geo\.captcha-delivery|aws-waf-token|challenges\.cloudflare\.com"
_LOGIN = (
    r"(?:please )?(?:log|sign)[ -]?in to (?:continue|view|see|access|your)|you must (?:be logged in|log in)|login required"
    r"|members only|this (?:content|page) is (?:password )?protected|bitte melden sie sich an|inicia(?:r)? sesión para"
    r"|请先登录|请登录|ログインしてください|войдите,? чтобы"
)
_CONSENT = r"cookie|consent|privacy (?:settings|preferences)|datenschutz|einwilligung|我们使用|クッキー|согласие|çerez|before you continue"
_CONSENT_ASK = (
    r"accept(?: all)?|agree|reject|allow all|manage|alle akzeptieren|zustimmen|ablehnen|aceptar|rechazar|accepter|принять|kabul"
    r"|接受|同意する|同意"
)
_MISSING = (
    r"(?:page|seite|site|file|document) (?:you requested )?(?:was |could |can |is )?(?:not|cannot|n't|nicht|no longer) (?:be )?(?:found|gefunden|available|exist)"
    r"|\b404\b.{0,40}(?:not found|error|page)|error 404|not found|página no encontrada|page introuvable|страница не найдена"
    r"|sayfa bulunamadı|页面不存在|找不到(?:该|您|頁|页)|ページが見つかりません"
)
_FAILED = (
    r"\b50[0234]\b.{0,30}(?:error|bad gateway|unavailable|time-?out)|internal server error|bad gateway|service (?:temporarily )?unavailable"
    r"|this site can.t be reached|database connection|domain (?:is|may be) for sale|account (?:has been )?suspended"
    r"|under (?:construction|maintenance)|default web page|welcome to nginx|apache2? .{0,20}default page|it works!"
)
_NEEDS_SCRIPT = (
    r"(?:enable|turn on|activate|requires?|need to enable|without) (?:your )?javascript|javascript (?:is )?(?:required|disabled|to run this app)|aktivieren sie javascript"
    r"|habilitar? javascript|включите javascript|启用 ?javascript|javascript ?を有効"
)
_UNSEEN = frozenset(("title", "meta", "structured"))
_SPAN = 400
"""Characters of a small page in which its own words about an obstacle stand."""


_SCRIPTED = "The page is filled by a script in the visitor's browser; without it there is almost no text."
_UNFILLED = "The page is filled by a script, which showed almost no text in the browser that ran it."


def find_obstacle(
    page: Page, content: Content, passages: Sequence[Passage | Block], forms: Sequence[Form], markup: str
) -> Obstacle | None:
    """Return why *page* was not read as a visitor reads it, or ``None``."""
    shown = [passage.text for passage in passages if not passage.hidden and passage.role not in _UNSEEN]
    size = sum(map(len, shown))
    failed = page.status is not None and page.status >= 400
    if size > SMALL and not failed:
        return None
    told = f"{content.title} {' '.join(shown[:40])}"[: SMALL * 2].lower()
    found = _find_by_words(page, content, passages, forms, told=told, markup=markup, size=size)
    if found is not None:
        return found
    if failed:
        return Obstacle(
            kind="error", reason=f"The server answered with status {page.status}, an error and not the page asked for."
        )
    if not any(map(str.strip, shown)):
        # All of it is hidden at first, so a script or a style sheet will show it: to visitors it is no empty page.
        shown = [passage.text for passage in passages if passage.role not in _UNSEEN]
    return judge_length(" ".join(shown))


def judge_length(text: str) -> Obstacle | None:
    """Return an obstacle if *text* is missing or too short to score."""
    if not text.strip():
        return Obstacle(kind="empty", reason="The page holds no text that a visitor could read.")
    wide = len(re.findall(_WIDE, text[: SHORT_WIDE * 8])) if not text.isascii() else 0
    if wide >= SHORT_WIDE:
        return None
    if len(text) + wide * 2 < SHORT or (len(text) < SHORT * 2 and len(text.split()) + wide // 3 < SHORT_WORDS):
        return Obstacle(
            kind="short",
            reason=f"The page holds only {len(text)} characters of text, too few to score fairly.",
        )
    return None


def _find_by_words(
    page: Page,
    content: Content,
    passages: Sequence[Passage | Block],
    forms: Sequence[Form],
    *,
    told: str,
    markup: str,
    size: int,
) -> Obstacle | None:
    """Return the obstacle that a small page or an error page tells of."""
    if _is_challenge(page, told, markup, size):
        return Obstacle(
            kind="challenge", reason="The server asked for proof that a human is visiting instead of showing the page."
        )
    if page.status is not None and page.status >= 400:
        return None
    if size <= SMALL and _needs_script(content, passages, size, markup):
        return Obstacle(kind="script", reason=_UNFILLED if page.rendering else _SCRIPTED)
    if (any(form.purpose == "login" for form in forms) and size < SMALL // 2) or (
        size < 600 and re.search(_LOGIN, told)
    ):
        return Obstacle(kind="login", reason="The page asks visitors to log in before it shows its content.")
    if size < 700 and (re.search(_MISSING, told[:_SPAN]) or re.search(_MISSING, content.title.lower())):
        return Obstacle(kind="error", reason="The page says that what was asked for does not exist.")
    if size < SMALL // 3 and re.search(_FAILED, told[:_SPAN]):
        return Obstacle(kind="error", reason="The page only says that the site is not available.")
    if size <= SMALL and _is_consent_only(passages):
        return Obstacle(kind="consent", reason="The page shows only a request for consent to cookies, not its content.")
    return None


def _is_challenge(page: Page, told: str, markup: str, size: int) -> bool:
    """Tell whether the page tests its visitor: its own words on a small page, or a known service's script."""
    if re.search(_CHALLENGE, told[:_SPAN]) and size < 900:
        return True
    if any(name.lower() == "cf-mitigated" for name, _ in page.headers):
        return True
    refused = page.status in {401, 403, 405, 429, 503}
    if re.search(_CHALLENGE_SOURCE, markup[:200_000]) and (size < 250 or refused):
        return size < 900
    return refused and page.status in {403, 429} and "captcha" in told


def _needs_script(content: Content, passages: Sequence[Passage | Block], size: int, markup: str) -> bool:
    """Tell whether a script would fill the page."""
    asked = any(re.search(_NEEDS_SCRIPT, passage.text.lower()[:500]) for passage in passages)
    loads = bool(content.scripts or content.loaded)
    if asked and size < SHORT:
        return True
    if size < SHORT // 2 and loads and (content.scripted or len(markup) > 20_000):
        return True
    return size < 100 and loads and len(content.loaded) > 2


def _is_consent_only(passages: Sequence[Passage | Block]) -> bool:
    """Tell whether all running text of a page speaks of consent to cookies."""
    running = [
        passage.text.lower()
        for passage in passages
        if not passage.hidden and passage.role in {"paragraph", "heading", "list_item"} and len(passage.text) > 20
    ]
    asks = any(
        passage.role in {"button", "link"} and re.search(_CONSENT_ASK, passage.text.lower()) for passage in passages
    )
    about = [text for text in running if re.search(_CONSENT, text)]
    return asks and bool(about) and sum(map(len, about)) * 10 >= sum(map(len, running)) * 7
