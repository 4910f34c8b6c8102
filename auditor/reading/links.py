"""Where links lead: whole addresses, and what kind of place each is."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from auditor.models import Link
from auditor.nouns import make_builder
from auditor.reading.normalising import recall_normalised
from auditor.reading.remembering import remember_further

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.reading.content import Anchor

_build_link = make_builder(Link)
LONGEST_ADDRESS = 4000
LONGEST_TEXT = 300

_SCHEMES = {
    "tel": "telephone",
    "callto": "telephone",
    "sms": "telephone",
    "mailto": "email",
    "whatsapp": "whatsapp",
    "line": "line",
    "weixin": "wechat",
    "wechat": "wechat",
    "tg": "telegram",
    "fb-messenger": "messenger",
}
DEAD_SCHEMES = ("javascript:", "data:", "vbscript:", "blob:", "about:")
_HOSTS = {
    "whatsapp": "wa.me whatsapp.com wa.link walink.co",
    "line": "line.me lin.ee line.naver.jp",
    "wechat": "weixin.qq.com wechat.com work.weixin.qq.com",
    "telegram": "t.me telegram.me telegram.org",
    "messenger": "m.me messenger.com",
    "booking": (
        "calendly.com doctolib.de doctolib.fr doctolib.it zocdoc.com acuityscheduling.com as.me booksy.com setmore.com "
        "simplybook.me simplybook.it cal.com youcanbook.me appointlet.com meetings.hubspot.com meetings-eu1.hubspot.com "
        "squareup.com square.site fresha.com vagaro.com janeapp.com cliniko.com practo.com healthengine.com.au "
        "hotdoc.com.au jameda.de doctoralia.es doctoralia.com.br doctoralia.com.mx docplanner.com topdoctors.es "
        "onecal.io tidycal.com oncehub.com bookwhen.com mindbodyonline.com yclients.com prodoctorov.ru reserva.be "
        "airrsv.net epark.jp park.jp doctolib.com whatclinic.com bookimed.com qunomedical.com placidway.com "
        "typeform.com jotform.com"
    ),
    "social": (
        "facebook.com fb.com fb.me instagram.com twitter.com x.com youtube.com youtu.be tiktok.com linkedin.com "
        "pinterest.com vk.com ok.ru weibo.com xiaohongshu.com douyin.com bilibili.com threads.net snapchat.com "
        "reddit.com tumblr.com vimeo.com xing.com ameblo.jp note.com zen.yandex.ru dzen.ru rutube.ru"
    ),
    "register": (
        "clinicaltrials.gov isrctn.com clinicaltrialsregister.eu euclinicaltrials.eu trialsearch.who.int anzctr.org.au "
        "chictr.org.cn drks.de jrct.niph.go.jp jrct.mhlw.go.jp umin.ac.jp ctri.nic.in cris.nih.go.kr onderzoekmetmensen.nl "
        "irct.ir irct.behdasht.gov.ir rebec.gov.br ensaiosclinicos.gov.br rpcec.sld.cu pactr.samrc.ac.za slctr.lk "
        "thaiclinicaltrials.org"
    ),
    "literature": (
        "doi.org dx.doi.org pubmed.ncbi.nlm.nih.gov pmc.ncbi.nlm.nih.gov europepmc.org nejm.org thelancet.com nature.com "
        "sciencedirect.com link.springer.com springer.com springeropen.com biomedcentral.com onlinelibrary.wiley.com "
        "academic.oup.com journals.plos.org plosone.org cochranelibrary.com bmj.com frontiersin.org mdpi.com "
        "jamanetwork.com journals.sagepub.com tandfonline.com science.org pnas.org cell.com ahajournals.org "
        "ascopubs.org karger.com hindawi.com dovepress.com jstage.jst.go.jp scielo.br scielo.org semanticscholar.org "
        "researchgate.net scholar.google.com medrxiv.org biorxiv.org arxiv.org journals.lww.com liebertpub.com "
        "elifesciences.org jci.org ashpublications.org diabetesjournals.org cnki.net cnki.com.cn wanfangdata.com.cn "
        "ci.nii.ac.jp cyberleninka.ru thieme-connect.com aerzteblatt.de oup.com cambridge.org"
    ),
}
_KINDS = {host: kind for kind, hosts in _HOSTS.items() for host in hosts.split()}
_LITERATURE_PATH = re.compile(r"//(?:www\.)?ncbi\.nlm\.nih\.gov/(?:pubmed|pmc)|//pubmed\.gov")
_SOCIAL_MESSAGE = re.compile(r"facebook\.com/(?:messages|msg)/")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,20}:", re.IGNORECASE)
_SITE = re.compile("https?://[^/?#]*")
_ROOTED = re.compile(r"/(?:[^/\x00-\x20\x7f]|\Z)")
_UNSAFE = re.compile(r"[\x00-\x20\x7f]+")


def read_links(anchors: Iterable[Anchor], base: str | None) -> tuple[Link, ...]:
    """Return the links that lead somewhere, with whole addresses where *base* is known."""
    links = []
    for anchor in anchors:
        led = _follow(anchor.href, _shorten_base(anchor.href, base))
        if led is None:
            continue
        parts = anchor.parts
        text = recall_normalised(parts[0] if len(parts) == 1 else " ".join(parts)) if parts else ""
        links.append(
            _build_link(
                url=led[0],
                text=text[:LONGEST_TEXT],
                kind=led[1],
                landmark=anchor.landmark,
                passage=anchor.passage,
            )
        )
    return tuple(links)


@remember_further
def _follow(href: str, base: str | None) -> tuple[str, str] | None:
    """Return where a link leads, and what kind of place that is; None if it leads nowhere."""
    if not href or href == "#" or is_dead(href):
        return None
    url = resolve_address(href, base)
    return url, classify_address(url)


def is_dead(href: str) -> bool:
    """Tell whether an address leads to no place: script, inline data."""
    if href.startswith(("https://", "http://", "/", "#")):
        return False
    return _UNSAFE.sub("", href[:40])[:12].lower().startswith(DEAD_SCHEMES)


def resolve_address(href: str, base: str | None) -> str:
    """Return *href* as a whole address; without *base* a relative one stays as it is."""
    href = _UNSAFE.sub("", href)[:LONGEST_ADDRESS]
    base = _shorten_base(href, base)
    return href if base is None else _join(href, base)


def _shorten_base(href: str, base: str | None) -> str | None:
    """Return as much of *base* as tells where *href* leads: so that what is remembered serves all pages of a site."""
    if base is None or href.startswith(("https://", "http://")):
        return None
    site = _SITE.match(base) if _ROOTED.match(href) else None
    return site[0] if site else base


@remember_further
def _join(href: str, base: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return href


@lru_cache(maxsize=4096)
def classify_address(url: str) -> str:
    """Return what kind of place an address leads to."""
    scheme = _SCHEME.match(url)
    if scheme is not None:
        kind = _SCHEMES.get(scheme[0][:-1].lower())
        if kind is not None:
            return kind
    host = read_host(url)
    if not host:
        return "page"
    if _LITERATURE_PATH.search(url):
        return "literature"
    if _SOCIAL_MESSAGE.search(url):
        return "messenger"
    while host:
        kind = _KINDS.get(host)
        if kind is not None:
            return kind
        host = host.partition(".")[2]
    return "page"


@lru_cache(maxsize=4096)
def read_host(url: str) -> str:
    """Return the host of an address, in lower case and without ``www.``; empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
