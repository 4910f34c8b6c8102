"""Which language a page and each passage of it is in."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import TYPE_CHECKING

from auditor.reading.remembering import remember_further

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.reading.content import Block

SAMPLE = 1500
"""Characters that are enough to tell a page's language."""
LONG_PASSAGE = 160
"""A passage from this length on may show that it is in another language than its page."""
LEAST_FOREIGN = 40
"""Letters from which on Latin words on, say, a Japanese page may be a passage of another language and not a name."""
SHORT_TEXT = 50
"""Characters below which nothing but frequent words can tell a language."""
_SURE = 1000
"""Distance from a language's profile up to which resiliparse's answer is trusted; lower is nearer."""
_CANDIDATES = [
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "pl",
    "tr",
    "ro",
    "cs",
    "hu",
    "sv",
    "da",
    "no",
    "fi",
    "id",
    "vi",
]
_CYRILLIC_CANDIDATES = ["ru", "uk", "bg", "sr", "kk"]
_ARABIC_CANDIDATES = ["ar", "fa", "ur"]

_RUNNING = frozenset(("paragraph", "list_item", "heading", "table_cell", "quote"))
_SCRIPTS = (
    ("han", "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"),
    ("kana", "\u3041-\u309f\u30a1-\u30ff\uff66-\uff9d"),
    ("hangul", "\uac00-\ud7af\u1100-\u11ff"),
    ("cyrillic", "\u0400-\u052f"),
    ("arabic", "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc"),
    ("hebrew", "\u0590-\u05ff"),
    ("thai", "\u0e00-\u0e7f"),
    ("devanagari", "\u0900-\u097f"),
    ("greek", "\u0370-\u03ff"),
)
_CHARS = dict(_SCRIPTS)
_OTHER = "[" + "".join(_CHARS.values()) + "]"
# Python takes two milliseconds to compile the wide class above; this one tells most texts for a tenth of that.
_MAYBE_OTHER = "[^\x00-\u036f\u1e00-\u206f\u20a0-\u20cf\u2100-\u214f]"
_LATIN = "[A-Za-z\u00c0-\u024f]"
_LATIN_WORD = "[A-Za-z\u00c0-\u024f]+"
_BY_SCRIPT = {"kana": "ja", "hangul": "ko", "hebrew": "he", "thai": "th", "devanagari": "hi", "greek": "el"}
_OF_SCRIPT = {
    "han": frozenset(("zh", "ja", "yue", "wuu")),
    "kana": frozenset(("ja",)),
    "hangul": frozenset(("ko",)),
    "cyrillic": frozenset(("ru", "uk", "bg", "sr", "be", "mk", "kk", "ky", "mn", "tg")),
    "arabic": frozenset(("ar", "fa", "ur", "ps", "ckb")),
    "hebrew": frozenset(("he", "yi", "iw")),
    "thai": frozenset(("th",)),
    "devanagari": frozenset(("hi", "mr", "ne", "sa")),
    "greek": frozenset(("el",)),
}
_OTHER_SCRIPT_LANGUAGES: frozenset[str] = frozenset().union(*_OF_SCRIPT.values())
_OWN_LETTERS = {
    language: f"[{_CHARS[script]}{_CHARS['kana'] if language == 'ja' else ''}]"
    for script, languages in _OF_SCRIPT.items()
    if script != "kana"
    for language in languages
}
# Words that are frequent in one language and rare in the others: enough to confirm what a page declares.
_STOPWORDS = {
    "en": "the and of to is for with that are this our your in we by or be can has",
    "de": "der die und das ist nicht mit eine für auf von werden den sich auch wird bei",
    "es": "el los las una para con que del por más está nuestra y se en su como",
    "fr": "les des est une pour dans avec vous sur nous votre aux et du qui au",
    "it": "il che di della per una sono con del gli nella più è le dei",
    "pt": "que para uma com não dos mais são você pelo como nos e do da em",
    "nl": "het een van voor niet met zijn op aan wij en dat ook bij",
    "tr": "ve bir bu için ile olarak daha çok tedavi gibi olan veya",
    "pl": "nie się jest że na do oraz dla przez które jako może w z",
}
# The most frequent of them, as they stand in running text: one hit is enough to leave a passage in peace.
_SIGNS = {language: tuple(f" {word} " for word in words.split()[:8]) for language, words in _STOPWORDS.items()}
_STOPWORD_SETS = {language: frozenset(words.split()) for language, words in _STOPWORDS.items()}


def detect_language(blocks: Sequence[Block], declared: str | None) -> str:
    """Return the page's language: what it declares if its script and words agree, else what they say."""
    sample = _take_sample(blocks)
    script = find_script(sample)
    if script != "latin":
        if declared in _OF_SCRIPT.get(script, ()):
            return declared or "en"
        return _name_language(script, sample)
    if declared is not None and declared not in _OTHER_SCRIPT_LANGUAGES and _agrees(sample, declared):
        return declared
    latin = " ".join(re.findall(_LATIN_WORD, sample)) if _has_other(sample) else sample
    return _guess_latin(latin, declared)


def settle_language(block: Block, page: str) -> str:
    """Return the language of one passage on a page in language *page*."""
    text = block.text
    # Most passages are of a few words, and of the page's own language.
    short = LEAST_FOREIGN if page in _OTHER_SCRIPT_LANGUAGES else LONG_PASSAGE
    if block.language is None and len(text) < short and text.isascii():
        return page
    return _settle(text, block.language, page)


@remember_further
def _settle(text: str, tag: str | None, page: str) -> str:
    """Return the language of a text on a page in language *page*, with the *tag* that the markup names for it."""
    known = page if tag is None else _believe_tag(tag, page, text)
    if not _has_other(text):
        return _settle_latin(text, known)
    own = _OWN_LETTERS.get(known)
    sample = text[:300]
    if own is not None and len(re.findall(own, sample)) * 3 >= len(sample):
        kana = len(re.findall(f"[{_CHARS['kana']}]", sample)) if known == "zh" else 0
        return "ja" if kana * 8 >= len(sample) else known
    script = find_script(text)
    if script == "latin":
        # A title in English behind a sentence in Japanese: the page's own script says what the passage is.
        if known not in _OTHER_SCRIPT_LANGUAGES or (own is not None and len(re.findall(own, sample)) >= 8):
            return known
        return _count_words(" ".join(re.findall(_LATIN_WORD, text))) or known
    return known if known in _OF_SCRIPT[script] else _name_language(script, text)


def _believe_tag(tag: str, page: str, text: str) -> str:
    """Return the language that the markup names for a passage, or that of its page if the words speak for that.

    Otherwise a claim could hide from the rules of its language behind a tag.
    """
    if tag == page or page not in _STOPWORD_SETS or tag in _OTHER_SCRIPT_LANGUAGES:
        return tag
    words = Counter(text[:SAMPLE].lower().split())
    here = sum(words[word] for word in _STOPWORD_SETS[page])
    there = sum(words[word] for word in _STOPWORD_SETS.get(tag, ()))
    return tag if there > here or not here else page


def _settle_latin(text: str, known: str) -> str:
    """Return the language of a passage in Latin script."""
    if known in _OTHER_SCRIPT_LANGUAGES:
        return known if len(text) < LEAST_FOREIGN else _count_words(text) or known
    if len(text) >= LONG_PASSAGE and known in _SIGNS and not _shows(text, known):
        return _count_words(text) or known
    return known


def find_script(text: str) -> str:
    """Return the script that most words of *text* are in; a Han character weighs as much as a short word."""
    if not _has_other(text):
        return "latin"
    sample = text[:2000]
    counts = {name: len(re.findall(f"[{chars}]", sample)) for name, chars in _SCRIPTS}
    if counts["kana"] and counts["kana"] * 12 >= counts["han"]:
        counts["kana"] += counts["han"]
        counts["han"] = 0
    for dense in ("han", "kana"):
        counts[dense] = counts[dense] * 5 // 2
    counts["latin"] = len(re.findall(_LATIN, sample))
    return max(counts, key=lambda name: (counts[name], name == "latin"))


def _has_other(text: str) -> bool:
    """Tell whether a letter of another script than Latin stands in *text*."""
    return not text.isascii() and re.search(_MAYBE_OTHER, text) is not None and re.search(_OTHER, text) is not None


def _name_language(script: str, text: str) -> str:
    """Return the language that a script tells, or that its letters do."""
    if script == "han":
        return "zh"
    if script == "cyrillic":
        return "uk" if re.search("[іїєґІЇЄҐ]", text) and not re.search("[ыэъЫЭЪ]", text) else "ru"
    if script == "arabic":
        return "fa" if re.search("[پچژگ]", text) else "ar"
    return _BY_SCRIPT[script]


def _take_sample(blocks: Sequence[Block]) -> str:
    """Return the beginning of the longer passages that show: menus and names tell little."""
    blocks = [block for block in blocks if not block.hidden] or blocks
    running = (block.text[:600] for block in blocks if len(block.text) >= 60 and block.role in _RUNNING)
    rest = (block.text[:200] for block in blocks if len(block.text) < 60 or block.role not in _RUNNING)
    texts: list[str] = []
    size = 0
    for text in itertools.chain(running, rest):
        texts.append(text)
        size += len(text)
        if size >= SAMPLE:
            break
    return " ".join(texts)


def _shows(text: str, language: str) -> bool:
    """Tell whether frequent words of *language* stand in *text*, cheaply."""
    seen = 0
    for sign in _SIGNS[language]:
        seen += sign in text
        if seen == 2:
            return True
    return False


def _agrees(text: str, language: str) -> bool:
    """Tell whether the frequent words of *text* do not speak against *language*."""
    if language not in _STOPWORD_SETS:
        return False
    words = text[:SAMPLE].lower().split()
    score = sum(map(_STOPWORD_SETS[language].__contains__, words))
    return score * 12 >= len(words) or (len(words) < 12 and language == "en")


def _guess_latin(text: str, declared: str | None) -> str:
    """Return the language of a text in Latin script, asking resiliparse only when words do not tell."""
    counted = _count_words(text)
    if counted is not None or len(text) < SHORT_TEXT or _may_be_english(text):
        return counted or declared or "en"
    try:
        from resiliparse.parse.lang import detect_fast
    except ImportError:
        return declared or "en"
    language, distance = detect_fast(text[:SAMPLE], cutoff=_SURE, langs=_CANDIDATES)
    return language if language in _CANDIDATES and distance <= _SURE else declared or "en"


def _may_be_english(text: str) -> bool:
    """Tell whether nothing in *text* speaks for another language: letter statistics err on a sentence, or a list of names.

    Dashes, bullets and curly quotes are of no language; a longer text must hold English words as well.
    """
    if len(text) > SAMPLE or (not text.isascii() and re.search("[\u00c0-\u024f]", text)):
        return False
    words = Counter(text.lower().split())
    if len(text) >= LONG_PASSAGE and sum(words[word] for word in _STOPWORD_SETS["en"]) < 2:
        return False
    return all(sum(words[word] for word in known) < 2 for name, known in _STOPWORD_SETS.items() if name != "en")


def _count_words(text: str) -> str | None:
    """Return the language whose frequent words make up a good part of *text*, if there is one."""
    words = Counter(text[:SAMPLE].lower().split())
    scores = {language: sum(words[word] for word in known) for language, known in _STOPWORD_SETS.items()}
    best = max(scores, key=lambda language: scores[language])
    second = max(score for language, score in scores.items() if language != best)
    clear = scores[best] >= 3 and scores[best] * 10 >= sum(words.values()) and scores[best] * 10 >= second * 13
    return best if clear else None
