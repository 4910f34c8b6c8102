"""What class names, ids and the words of a heading say about the text they govern."""

from __future__ import annotations

import re
from typing import NamedTuple

from auditor.reading.remembering import remember

LONGEST_HEADING = 90
"""Longer headings do not open a block."""

_TESTIMONIAL = (
    "testimonials?|patient[-_ ]?stor(?:y|ies)|success[-_ ]?stor(?:y|ies)"
    "|(?:customer|patient|client|google|user|guest)[-_ ]?reviews?"
)
_CLASS_BLOCKS = (
    (
        "testimonial",
        (
            rf"(?:^|[ _-])(?:{_TESTIMONIAL}|reviews?(?:[-_](?:card|item|list|text|slider|widget|body|content|box|section))?)"
            "(?:$|[ _-])"
        ),
    ),
    ("references", (r"(?:^|[ _-])(?:references|bibliography|footnotes|citations)(?:$|[ _-])")),
    ("disclaimer", (r"disclaimer")),
    ("faq", (r"(?:^|[ _-])faqs?(?:$|[ _-])")),
)
_NOT_PATIENTS = r"medical|peer|editor|expert|review(?:ed)?[-_](?:by|date)|reviewer"
_CLASS_LANDMARK = (
    r"(?:^| )(?:(?:site|page|main|global|top|g|l|primary|the)[-_]?)?"
    r"(footer|header|navbar|navigation|nav|gnav|sidebar|menu|main|breadcrumbs?)"
    r"(?:[-_](?:wrap|wrapper|area|container|inner|main|menu|nav|bar))?(?:$| )"
)
_CLASS_LANDMARKS = {"footer": "footer", "header": "header", "sidebar": "aside", "main": "main"}
_CLASS_BUTTON = r"(?:^|[ _-])(?:btn|button|cta)(?:$|[ _-])"
_CLASS_HIDDEN = r"(?:^| )(?:sr-only|visually-?hidden|screen-reader-(?:text|only))(?:$| )"
_CLASS_CLOSED = r"(?:^| )(?:collapse|tab-pane|modal)(?: |$)"
_CLASS_OPEN = r"(?:^| )(?:show|in|active|navbar-collapse)(?: |$)"
_CLASS_FACT = (
    r"(?:^|[ _-])(?:(author(?:[-_]name)?|byline)|(published|(?:publish|post|entry)-date|date-published)"
    r"|(updated|modified|date-modified|last-updated))(?:$| )"
)
_INTERESTING = re.compile(
    "testimonial|review|stor|referenc|bibliogr|footnote|citation|disclaimer|faq|foot|head|nav|side|menu|main|bread"
    "|btn|button|cta|hidden|reader|sr-only|collapse|tab-pane|modal|author|byline|publish|date|modified"
)
_HEADING_BLOCKS = (
    (
        "testimonial",
        (
            rf"(?:.{{0,30}}\b)?(?:{_TESTIMONIAL}|reviews|what (?:our |my )?(?:patients|clients|customers) (?:say|are saying)"
            r"|(?:erfahrungs|patienten)berichte|patientenstimmen|testimonios|opiniones|отзывы|hasta yorumları)(?:\b.{0,30})?"
            "|.{0,15}(?:患者の声|体験談|口コミ|患者故事|患者评价|客户评价|患者見證).{0,15}"
        ),
    ),
    (
        "references",
        (
            r"(?:the |our |scientific |selected |article |medical |clinical )?"
            r"(?:references?|bibliography|sources?|literature|works cited|further reading|citations|footnotes)"
            r"(?: (?:and|&) \w{3,12})?(?: list)?"
            r"|literatur(?:verzeichnis)?|quellen(?:angaben|verzeichnis)?|referencias(?: bibliográficas)?|bibliografía|fuentes"
            r"|kaynak(?:lar|ça)|источники|список литературы|литература|参考文献|参考资料|文献|出典|引用文献"
        ),
    ),
    (
        "disclaimer",
        (r"(?:\w{3,12} )?disclaimer|haftungsausschluss|descargo de responsabilidad|免责声明|免責事項"),
    ),
    (
        "faq",
        (
            r"(?:.{0,40}\b)?(?:faqs?|frequently[ -]asked[ -]questions?|common questions)(?:\b.{0,40})?"
            r"|häufig(?:e|e gestellte) fragen.{0,30}|preguntas frecuentes.{0,30}|часто задаваемые вопросы"
            r"|sıkça sorulan sorular|よくある(?:ご)?質問.{0,10}|常见问题.{0,10}|常見問題.{0,10}"
        ),
    ),
)
# Headings that speak about such things, and hold none.
_SPEAKS_ABOUT = re.compile(
    r"\b(?:based|only|evidence|fake|beware|instead|rely|relying|why|how|should|not|without|versus|vs|policy|guidelines)\b"
)
_TELLING = (
    "testimon", "story", "stori", "review", "say", "bericht", "stimmen", "opinion", "отзыв", "yorum", "声", "体験",
    "口コミ", "患者", "客户", "referen", "bibliogr", "source", "literat", "cited", "reading", "citation", "footnote",
    "quelle", "fuente", "kaynak", "источ", "литерат", "文献", "资料", "出典", "disclaimer", "haftung", "descargo", "免责",
    "免責", "faq", "question", "fragen", "pregunta", "вопрос", "soru", "質問", "问题", "問題",
)  # fmt: skip


class Marks(NamedTuple):
    """What the classes and the id of an element tell."""

    landmark: str | None
    block: str | None
    hidden: bool
    button: bool
    fact: str | None


@remember
def read_class(names: str) -> Marks | None:
    """Return what an element's classes and id tell, if anything; over-long ones are cut."""
    names = names[:400].lower()
    if _INTERESTING.search(names) is None:
        return None
    found = re.search(_CLASS_LANDMARK, names)
    landmark = _CLASS_LANDMARKS.get(found[1], "nav") if found else None
    block = next((name for name, pattern in _CLASS_BLOCKS if re.search(pattern, names)), None)
    if block == "testimonial" and re.search(_NOT_PATIENTS, names):
        block = None
    closed = re.search(_CLASS_CLOSED, names) is not None and re.search(_CLASS_OPEN, names) is None
    hidden = closed or re.search(_CLASS_HIDDEN, names) is not None
    button = re.search(_CLASS_BUTTON, names) is not None
    noted = re.search(_CLASS_FACT, names)
    fact = None if noted is None else "author" if noted[1] else "published" if noted[2] else "modified"
    return Marks(landmark, block, hidden, button, fact) if landmark or block or hidden or button or fact else None


@remember
def judge_heading(text: str) -> str | None:
    """Return what kind of block a heading with this text opens."""
    if len(text) > LONGEST_HEADING:
        return None
    folded = text.lower().strip(" :：.#*–-")
    if not any(word in folded for word in _TELLING) or _SPEAKS_ABOUT.search(folded) is not None:
        return None
    return next((block for block, pattern in _HEADING_BLOCKS if re.fullmatch(pattern, folded)), None)


def read_language_tag(tag: str | None) -> str | None:
    """Return the primary subtag of a BCP 47 tag, such as ``en`` for ``en-US``."""
    primary = (tag or "")[:40].strip().replace("_", "-").split("-", 1)[0].lower()
    return primary if 2 <= len(primary) <= 3 and primary.isascii() and primary.isalpha() else None
