"""Services that measure or advertise, by what a page loads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.models import Tracker
from auditor.reading.remembering import remember

if TYPE_CHECKING:
    from collections.abc import Iterable

_ADDRESSES = {
    "googletagmanager.com/gtag": "Google Analytics",
    "googletagmanager.com": "Google Tag Manager",
    "google-analytics.com": "Google Analytics",
    "googleadservices.com": "Google Ads",
    "googlesyndication.com": "Google Ads",
    "doubleclick.net": "Google Ads",
    "connect.facebook.net": "Meta Pixel",
    "facebook.com/tr": "Meta Pixel",
    "analytics.tiktok.com": "TikTok Pixel",
    "snap.licdn.com": "LinkedIn Insight",
    "px.ads.linkedin.com": "LinkedIn Insight",
    "static.hotjar.com": "Hotjar",
    "script.hotjar.com": "Hotjar",
    "clarity.ms": "Microsoft Clarity",
    "bat.bing.com": "Microsoft Advertising",
    "mc.yandex.ru": "Yandex Metrica",
    "mc.yandex.com": "Yandex Metrica",
    "hm.baidu.com": "Baidu Tongji",
    "cnzz.com": "Umeng",
    "top-fwz1.mail.ru": "VK Pixel",
    "vk.com/js/api/openapi": "VK Pixel",
    "js.hs-scripts.com": "HubSpot",
    "js.hs-analytics.net": "HubSpot",
    "static.ads-twitter.com": "X Pixel",
    "s.pinimg.com/ct": "Pinterest Tag",
    "tr.snapchat.com": "Snap Pixel",
    "sc-static.net/scevent": "Snap Pixel",
    "cdn.callrail.com": "CallRail",
    "cdn.taboola.com": "Taboola",
    "outbrain.com": "Outbrain",
    "criteo.": "Criteo",
    "matomo.": "Matomo",
    "piwik.": "Matomo",
    "static.cloudflareinsights.com": "Cloudflare Web Analytics",
    "stats.wp.com": "Jetpack Stats",
    "plausible.io": "Plausible",
    "mixpanel.com": "Mixpanel",
    "cdn.segment.com": "Segment",
    "fullstory.com": "FullStory",
    "mouseflow.com": "Mouseflow",
    "quantserve.com": "Quantcast",
    "d.line-scdn.net": "LINE Tag",
    "s.yimg.jp": "Yahoo Japan Ads",
    "wcs.naver.": "Naver Analytics",
}
_ADDRESS = "|".join(re.escape(part) for part in sorted(_ADDRESSES, key=len, reverse=True))
_IN_SCRIPT = (
    ("fbq(", "Meta Pixel", r"fbq\(\s{0,5}['\"]init['\"]\s{0,5},\s{0,5}['\"]?(\d{6,20})"),
    ("GTM-", "Google Tag Manager", r"\b(GTM-[A-Z0-9]{4,10})\b"),
    ("'G-", "Google Analytics", r"'(G-[A-Z0-9]{6,12})'"),
    ('"G-', "Google Analytics", r'"(G-[A-Z0-9]{6,12})"'),
    ("UA-", "Google Analytics", r"\b(UA-\d{4,10}-\d{1,4})\b"),
    ("AW-", "Google Ads", r"\b(AW-\d{6,12})\b"),
    ("ttq.load", "TikTok Pixel", r"ttq\.load\(\s{0,5}['\"]([A-Z0-9]{10,30})"),
    ("mc.yandex.", "Yandex Metrica", r"ym\(\s{0,5}(\d{5,12})"),
    ("hm.baidu.com", "Baidu Tongji", r"hm\.js\?([0-9a-f]{20,40})"),
    ("static.hotjar.com", "Hotjar", r"hjid\s{0,5}:\s{0,5}(\d{4,10})"),
    ("clarity.ms", "Microsoft Clarity", r"['\"]script['\"]\s{0,5},\s{0,5}['\"]([a-z0-9]{6,14})['\"]"),
    ("_linkedin_partner_id", "LinkedIn Insight", r"_linkedin_partner_id\s{0,5}=\s{0,5}['\"]?(\d{3,12})"),
)
_IDENTIFIER = r"[?&](?:id|tid)=([A-Za-z0-9-]{4,30})|hm\.js\?([0-9a-f]{20,40})|/(\d{5,12})(?:\.js|$)"
LONGEST_SCRIPT = 200_000
"""A longer script is a library, not a tag; only its beginning is searched."""


def find_trackers(addresses: Iterable[str], scripts: Iterable[str]) -> tuple[Tracker, ...]:
    """Return each service once, in page order, with the account it reports to where that shows."""
    found: dict[tuple[str, str | None], Tracker] = {}
    for address in addresses:
        service = _identify(address)
        if service:
            _keep(found, service[0], address[:500], service[1])
    for script in scripts:
        code = script[:LONGEST_SCRIPT]
        for sign, name, pattern in _IN_SCRIPT:
            if sign in code:
                match = re.search(pattern, code)
                if match is not None:
                    _keep(found, name, "", match[1])
    return tuple(found.values())


@remember
def _identify(address: str) -> tuple[str, str | None] | None:
    """Return the service that is loaded from *address*, and the account that it names."""
    # Most addresses are of no service, and many pages need no expression, which takes a millisecond to compile.
    match = re.search(_ADDRESS, address) if any(part in address for part in _ADDRESSES) else None
    if match is None:
        return None
    identifier = re.search(_IDENTIFIER, address)
    return _ADDRESSES[match[0]], next((group for group in identifier.groups() if group), None) if identifier else None


def _keep(found: dict[tuple[str, str | None], Tracker], name: str, url: str, account: str | None) -> None:
    """Keep a service unless this account of it, or the service without one, is already kept."""
    if (name, account) in found or (account is None and any(known == name for known, _ in found)):
        return
    bare = found.pop((name, None), None)
    found[name, account] = Tracker(name=name, url=url or (bare.url if bare else ""), identifier=account)
