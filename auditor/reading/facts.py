"""What a page says about itself: cheap sources first, trafilatura only on request."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from auditor.models import Facts
from auditor.reading.remembering import remember, remember_further
from auditor.reading.structured import read_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.models import Passage
    from auditor.reading.content import Content
    from auditor.reading.joining import JoinedText
    from auditor.reading.structured import Item

LONGEST_BYLINE = 200
_EDGE = 4
"""Passages at the top, below the first heading, and at the foot of a page in which it is signed."""

_META = {
    "author": ("author", "article:author", "dc.creator", "dcterms.creator", "citation_author", "parsely-author", "sailthru.author"),
    "publisher": ("og:site_name", "publisher", "dc.publisher", "application-name", "copyright"),
    "published": (
        "article:published_time", "datepublished", "date", "dc.date", "dcterms.created", "citation_publication_date",
        "publish-date", "pubdate", "parsely-pub-date", "sailthru.date",
    ),
    "modified": ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified", "lastmod", "revised"),
}  # fmt: skip
_MONTHS = {
    month: number
    for number, months in enumerate(
        (
            "january jan januar enero janvier gennaio janeiro ocak января",
            "february feb februar febrero février febbraio fevereiro şubat февраля",
            "march mar märz marzo mars março mart марта",
            "april apr abril avril aprile nisan апреля",
            "may mai mayo maggio maio mayıs мая",
            "june jun juni junio juin giugno junho haziran июня",
            "july jul juli julio juillet luglio julho temmuz июля",
            "august aug agosto août ağustos августа",
            "september sep sept septiembre septembre settembre setembro eylül сентября",
            "october oct oktober octubre octobre ottobre outubro ekim октября",
            "november nov noviembre novembre novembro kasım ноября",
            "december dec dezember diciembre décembre dicembre dezembro aralık декабря",
        ),
        start=1,
    )
    for month in months.split()
}
_ADDRESS = r"(?i)https?:|\S+\.[a-z]{2,12}$|admin$"
_RELATED = r"(?i)related|latest|recent|popular|more (?:from|articles|stories|on)|read next|you (?:may|might)|recommended|trending"
_ISO = r"((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)"
_COMPACT = r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)"
_WIDE_DATE = r"((?:19|20)\d\d)\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]"
_MONTH_FIRST = r"\b([^\W\d]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? ((?:19|20)\d\d)\b"
_DAY_FIRST = r"\b(\d{1,2})(?:st|nd|rd|th|\.)? (?:de |of )?([^\W\d]{3,10})\.?,? (?:de |del )?((?:19|20)\d\d)\b"
_NUMERIC = r"(?<!\d)(\d{1,2})([./])(\d{1,2})[./]((?:19|20)\d\d)(?!\d)"
_MONTH_YEAR = r"\b([^\W\d]{3,10})\.? ((?:19|20)\d\d)\b"
_DATE = (
    r"(?:(?:19|20)\d\d[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?|[^\W\d]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d"
    r"|\d{1,2}(?:st|nd|rd|th|\.)? (?:de |of )?[^\W\d]{3,10}\.?,? (?:de |del )?(?:19|20)\d\d|\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d"
    r"|[^\W\d]{3,10} (?:19|20)\d\d)"
)
_MODIFIED_LABEL = (
    r"(?:last |article |page |content |medically )?(?:updated|modified|revised|reviewed)(?: on)?|last (?:update|review|modified)"
    r"|zuletzt (?:aktualisiert|geändert)(?: am)?|(?:letzte )?aktualisier(?:t|ung)(?: am)?|stand|última (?:actualización|modificación)|actualizado(?: el)?"
    r"|son güncelleme(?: tarihi)?|обновлено|последнее обновление|更新日期|更新时间|最后更新|更新日|最終更新日?|审核日期|审核时间|审阅日期|修订日期"
)
_PUBLISHED_LABEL = (
    r"(?:first |article )?(?:published|posted|written)(?: on)?|date published|publication date|veröffentlicht(?: am)?|publicado(?: el)?"
    r"|yayın(?:lanma)? tarihi|опубликовано|дата публикации|发布日期|发布时间|发表于|公開日|投稿日|掲載日"
)
_MODIFIED = rf"(?i)(?:^|[^\w])(?:{_MODIFIED_LABEL})\s?[:：]?\s?({_DATE})"
_PUBLISHED = rf"(?i)(?:^|[^\w])(?:{_PUBLISHED_LABEL})\s?[:：]?\s?({_DATE})"
# The date behind a name, in the same sentence: "By Ann Bolt, 12 May 2026", "checked by Dr Carl Dent (dentist), March 2026".
_DATE_BEHIND = rf"\.?[^.!?;。]{{0,70}}?(?:[,(|•·–—-]|\b(?:on|am|el)\b) ?({_DATE})"
_MODIFIED_ALONE = rf"(?i)(?:{_MODIFIED_LABEL})\s?[:：]?"
_PUBLISHED_ALONE = rf"(?i)(?:{_PUBLISHED_LABEL})\s?[:：]?"
_NAME = (
    r"((?:(?:Dr|Prof|Professor|Mr|Mrs|Ms|Dipl|PD|Priv)\.?(?:-\w{2,4}\.?)? ?(?:med\.? )?){0,3}[A-ZÀ-ÞĞİŞŁŠŽČА-ЯЁ][\w'’.-]{0,25}"
    r"(?: (?:(?:van|von|de|del|la|bin|al|der|den|di) )?[A-ZÀ-ÞĞİŞŁŠŽČА-ЯЁ][\w'’.-]{0,25}){1,4}"
    r"(?:, ?(?:M\.?D|Ph\.?D|D\.?O|MBBS|MBChB|RN|FRCS|FACS|MSc|MPH|PharmD|DDS|DMD|NP|PA-C|RD|BSc|MS)\b\.?){0,4})"
)
_AUTHOR = rf"(?:^|[.|•·–-] ?)(?:[Ww]ritten by|[Aa]uthored by|[Aa]uthor|By|Verfasst von|Autor(?:in)?|Von|Escrito por|Por|Автор|Yazar)\s?:? {_NAME}"
_WIDE_AUTHOR = r"(?:作者|撰稿人?|执笔|執筆(?:者)?|著者|監修医師?|文責)\s?[:：]\s?([^\s,，。;；|/]{2,20}(?: [^\s,，。;；|/]{1,12})?)"
_REVIEWER = (
    rf"(?:[Mm]edically |[Cc]linically |[Ff]act[- ]?|[Ss]cientifically )?(?:[Rr]eviewed|[Cc]hecked|[Aa]pproved|[Vv]erified) by:? {_NAME}"
    rf"|(?:[Mm]edical [Rr]eviewer|[Rr]eviewer|Medizinisch geprüft von|Geprüft von|Revisado (?:médicamente )?por|Проверено|Tıbbi inceleme)\s?:? {_NAME}"
)
_WIDE_REVIEWER = (
    r"(?:审核|审阅|医学审核|審査|監修(?:者|医師?)?)\s?[:：]\s?([^\s,，。;；|/]{2,20}(?: [^\s,，。;；|/]{1,12})?)"
)
_PROFESSION = (
    r"(?:[a-z-]+ologist|[a-z-]+iatrist|[a-z-]*surgeon|physician|[a-z-]*doctor|GP|general practitioner|consultant|[a-z-]*therapist|nurse"
    r"|midwife|pharmacist|dentist|dietitian|dietician|nutritionist|osteopath|chiropractor|optometrist|paramedic|medical director"
    r"|investigator|researcher|scientist|professor|editor|journalist|(?:medical|science|health|staff) writer|reporter)s?"
)
# A part of each of these: most pages need not be read for a signature, whose expression takes a millisecond to compile.
_PROFESSION_SIGNS = (
    "ologist", "iatrist", "surgeon", "physician", "doctor", "GP", "practitioner", "consultant", "therapist", "nurse",
    "midwife", "pharmacist", "dentist", "dietitian", "dietician", "nutritionist", "osteopath", "chiropractor",
    "optometrist", "paramedic", "director", "investigator", "researcher", "scientist", "professor", "editor",
    "journalist", "writer", "reporter",
)  # fmt: skip
# "Dr. Ann Bolt, consultant neurologist": a name with what its owner does is a signature where a page begins or ends.
_SIGNATURE = rf"{_NAME},? (?:(?:[a-z-]+|[A-Z]{{2,8}}),? ){{0,4}}{_PROFESSION}(?= ?(?:$|[.;|()])|, (?:registered|licensed|[A-Z]{{2,}}))"
_QUOTED = tuple("\"“”„«‘'")
_SIGNED = frozenset({"paragraph", "list_item", "caption"})
_BARE_DATE = rf"(?:{_DATE})(?: ?[|•·–—-] ?[^.!?]{{1,40}})?"
# What a byline holds, by language: looked for in the whole text at once, so that few passages are read closely.
_SIGNS = {
    "en": (
        "updat",
        "modif",
        "revis",
        "review",
        "publish",
        "posted",
        "written",
        "author",
        "by ",
        "checked by",
        "verified by",
    ),
    "de": ("aktualis", "stand:", "geändert", "veröffentlicht", "verfasst", "autor", "geprüft", "von "),
    "es": ("actualiza", "modifica", "publicado", "escrito", "revisado", "autor", "por "),
    "ru": ("обновл", "опубликов", "публикац", "автор", "провер"),
    "tr": ("güncelleme", "yayın", "yazar", "inceleme"),
    "zh": ("更新", "发布", "发表", "作者", "撰稿", "执笔", "审核", "审阅"),
    "ja": ("更新", "公開日", "投稿日", "掲載日", "執筆", "著者", "監修", "文責", "審査"),
}


def collect_facts(
    content: Content, items: list[Item], passages: Sequence[Passage], joined: JoinedText, language: str
) -> Facts:
    """Return the page's facts from structured data, metadata, marked elements and bylines, in this order."""
    known = read_facts(items)
    for name, keys in _META.items():
        if name not in known:
            value = next((content.meta[key].strip() for key in keys if content.meta.get(key, "").strip()), None)
            if value and not re.match(_ADDRESS, value):
                known[name] = value[:200]
    for name, value in content.marked.items():
        known.setdefault(name, _strip_label(value) if name in {"author", "reviewer"} else value)
    _read_bylines(known, passages, joined, language)
    published = known.get("published") or known.get("time")
    return Facts(
        title=content.title or content.meta.get("og:title") or _first_heading(passages),
        description=content.meta.get("description") or content.meta.get("og:description") or None,
        author=known.get("author"),
        reviewer=known.get("reviewer"),
        publisher=known.get("publisher"),
        published=read_date(published) if published else None,
        modified=read_date(known["modified"]) if known.get("modified") else None,
        language=language,
        canonical=content.canonical or None,
        kind=known.get("kind") or ("article" if content.meta.get("og:type", "").strip().lower() == "article" else None),
    )


def complete_facts(facts: Facts, markup: str, url: str | None) -> Facts:
    """Ask trafilatura for what the cheap sources did not give."""
    if facts.title and facts.author and facts.published:
        return facts
    from trafilatura.metadata import extract_metadata

    try:
        found = extract_metadata(markup, default_url=url, author_blacklist=set())
    except (ValueError, TypeError, AttributeError, RecursionError):
        return facts  # it fails on some broken pages; what it might have said stays unknown
    if found is None:
        return facts
    return Facts(
        title=facts.title or found.title,
        description=facts.description or found.description,
        author=facts.author or found.author,
        reviewer=facts.reviewer,
        publisher=facts.publisher or found.sitename,
        published=facts.published or found.date,
        modified=facts.modified,
        language=facts.language,
        canonical=facts.canonical,
        kind=facts.kind,
    )


def read_date(words: str) -> str:
    """Return the first date in *words* as ISO 8601, or the words where it is none or could be two."""
    text = words.strip()[:200]
    for pattern in (_ISO, _WIDE_DATE, _COMPACT):
        match = re.search(pattern, text)
        if match:
            return _make_date(match[1], match[2], match[3]) or text
    match = re.search(_MONTH_FIRST, text)
    if match and match[1].lower() in _MONTHS:
        return _make_date(match[3], _MONTHS[match[1].lower()], match[2]) or text
    match = re.search(_DAY_FIRST, text)
    if match and match[2].lower() in _MONTHS:
        return _make_date(match[3], _MONTHS[match[2].lower()], match[1]) or text
    match = re.search(_NUMERIC, text)
    if match:
        first, second = int(match[1]), int(match[3])
        if match[2] == "." or first > 12 or first == second:
            return _make_date(match[4], second, first) or text
        if second > 12:
            return _make_date(match[4], first, second) or text
    match = re.search(_MONTH_YEAR, text)
    if match and match[1].lower() in _MONTHS and match[0] == text:
        return f"{match[2]}-{_MONTHS[match[1].lower()]:02d}"
    return text


def _make_date(year: str | int, month: str | int, day: str | int) -> str | None:
    """Return an ISO date, or nothing if there is no such day."""
    if 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
        return f"{int(year):04d}-{int(month):02d}-{int(day):02d}"
    return None


def _read_bylines(known: dict[str, str], passages: Sequence[Passage], joined: JoinedText, language: str) -> None:
    """Look for names and dates in the short passages of a page."""
    signs = _SIGNS["en"] if language == "en" else (*_SIGNS["en"], *_SIGNS.get(language, ()))
    for index in joined.find_passages(signs):
        passage = passages[index]
        text = passage.text
        if len(text) > LONGEST_BYLINE or passage.role in {"title", "structured", "alt"}:
            continue
        if any(map(_leads_elsewhere, passage.section[-2:])):
            continue  # the byline of another article
        following = passages[passage.index + 1].text if passage.index + 1 < len(passages) else ""
        _note_date(known, "modified", text, following, (_MODIFIED, _MODIFIED_ALONE))
        _note_date(known, "published", text, following, (_PUBLISHED, _PUBLISHED_ALONE))
        _note_name(known, "reviewer", "modified", text, (_REVIEWER, _WIDE_REVIEWER))
        _note_name(known, "author", "published", text, (_AUTHOR, _WIDE_AUTHOR))
    _read_edges(known, passages)


def _note_date(known: dict[str, str], name: str, text: str, following: str, patterns: tuple[str, str]) -> None:
    """Keep a date behind its label, also where the label is a passage of its own."""
    if name in known:
        return
    labelled, alone = patterns
    date = _find_labelled(text, labelled)
    if date:
        known[name] = date
    elif len(following) <= 40 and re.search(r"\d", following) and _is_label(text, alone):
        known[name] = following


@remember
def _leads_elsewhere(heading: str) -> bool:
    """Tell whether a heading stands above other articles."""
    return re.search(_RELATED, heading) is not None


@remember_further
def _find_labelled(text: str, pattern: str) -> str | None:
    match = re.search(pattern, text)
    return match[1] if match else None


@remember_further
def _is_label(text: str, pattern: str) -> bool:
    return re.fullmatch(pattern, text) is not None


def _note_name(known: dict[str, str], name: str, date: str, text: str, patterns: tuple[str, ...]) -> None:
    """Keep a name behind its label, and the *date* that stands behind the name."""
    if name in known and date in known:
        return
    for pattern in patterns:
        found = _find_name(text, pattern)
        if found:
            known.setdefault(name, found[0])
            behind = re.match(_DATE_BEHIND, found[1])
            if behind and _is_date(behind[1]) and (date == "modified" or not re.search(_MODIFIED_ALONE, behind[0])):
                known.setdefault(date, behind[1])
            return


@remember_further
def _find_name(text: str, pattern: str) -> tuple[str, str] | None:
    """Return the name that *pattern* finds, and what stands behind it."""
    match = re.search(pattern, text)
    return (next(group for group in match.groups() if group).strip(" ."), text[match.end() :]) if match else None


def _read_edges(known: dict[str, str], passages: Sequence[Passage]) -> None:
    """Look for a signature or a bare date right below the first heading and at the foot of a page."""
    if "author" in known and "published" in known:
        return
    first = next((passage.index for passage in passages if passage.role == "heading"), -1)
    top = _take_signed(islice(passages, first + 1, None))
    for passage in top:
        if len(passage.text) <= LONGEST_BYLINE and _is_bare_date(passage.text) and _is_date(passage.text):
            known.setdefault("published", passage.text)
    before = None
    for passage in (*top, *reversed(_take_signed(reversed(passages)))):
        if "author" not in known and not (before and before.text.startswith(_QUOTED)):
            _note_signature(known, passage)
        before = passage


def _take_signed(passages: Iterable[Passage]) -> list[Passage]:
    """Return the first passages that may be signed."""
    return list(islice((each for each in passages if each.role in _SIGNED and not each.hidden), _EDGE))


def _is_bare_date(text: str) -> bool:
    """Return whether *text* is a date and little else; without a year of these centuries nothing is compiled."""
    return ("19" in text or "20" in text) and re.fullmatch(_BARE_DATE, text) is not None


def _note_signature(known: dict[str, str], passage: Passage) -> None:
    """Keep the name of a passage that begins with a name and a profession, unless it signs praise."""
    if passage.block in {"testimonial", "quotation"} or len(passage.text) > 2 * LONGEST_BYLINE:
        return
    match = re.match(_SIGNATURE, passage.text) if _may_sign(passage.text) else None
    if match:
        known["author"] = match[1].strip(" ,.")


@remember
def _may_sign(text: str) -> bool:
    """Return whether *text* names a profession behind two words that begin like a name."""
    ends = [text.rfind(sign) for sign in _PROFESSION_SIGNS if sign in text]
    first, *others = text[: max(ends, default=0)].split(" ")
    return not first[:1].islower() and any(word[:1] and not word[0].islower() for word in others)


def _is_date(words: str) -> bool:
    """Return whether *words* hold a date that was understood."""
    return re.match(r"\d{4}-\d\d", read_date(words.strip())) is not None


def _strip_label(value: str) -> str:
    """Return a marked name without a leading "By"."""
    return re.sub(
        r"^(?:(?:medically )?reviewed by|written by|by|von|por|author|autor)\s?:?\s", "", value, flags=re.IGNORECASE
    )


def _first_heading(passages: Sequence[Passage]) -> str | None:
    """Return the first heading: what a page without a title is called."""
    headings = (passage.text[:300] for passage in passages if passage.role == "heading" and not passage.hidden)
    return next((text for text in headings if not text.endswith((":", "："))), None)
