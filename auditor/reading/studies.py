"""Studies that are named but cannot be looked up, and studies that are only said to exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.models import Citation
from auditor.reading.investigators import PLACE, find_investigator, search_gated
from auditor.reading.preclinical import is_preclinical
from auditor.reading.remembering import remember, remember_further

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.models import Passage
    from auditor.reading.investigators import Gated
    from auditor.reading.joining import JoinedText

MOST_VAGUE = 1000
"""Named and vague references kept from one page; identified ones are all kept."""
LONGEST_SENTENCE = 1200

# What a sentence must hold to be looked at more closely, by the languages of the page.
_SIGNS = {
    "en": (
        "stud",
        "research",
        "trial",
        "proven",
        "evidence",
        "scien",
        "et al",
        "published",
        "meta-anal",
        "clinical data",
        "clinically",
        "findings",
        "journal",
        "colleagues",
        "investigator",
    ),
    "zh": (
        "研究",
        "试验",
        "試驗",
        "临床",
        "臨床",
        "科学",
        "科學",
        "证明",
        "證明",
        "文献",
        "论文",
        "发表",
        "發表",
        "杂志",
    ),
    "ja": ("研究", "試験", "臨床", "科学", "証明", "論文", "エビデンス"),
    "de": ("studie", "klinisch", "wissenschaft", "forsch", "untersuchung"),
    "es": ("estudio", "ensayo", "científic", "clínic", "investigaci", "evidencia"),
    "ru": ("исследован", "научн", "клиническ", "испытан", "учёны", "ученые"),
    "tr": ("araştırma", "çalışma", "bilimsel", "klinik"),
    "fr": ("étude", "recherche", "scientif", "prouvé"),
    "it": ("studi", "ricerc", "scientif", "clinic"),
    "pt": ("estudo", "pesquisa", "científic", "clinic"),
}
_STUDY = r"(?:stud(?:y|ies)|trials?|research|papers?|articles?|reviews?|meta-analys[ei]s|findings|results|reports?|surveys?|experiments?|investigations?|work)"
_PLACES = (
    "universit",
    "institute",
    "hospital",
    "college",
    "school",
    "medical center",
    "mayo",
    "harvard",
    "stanford",
    "oxford",
)
_PRINTED = ("published", "reported", "printed", "appear", "featured")
_YEARS = tuple(map(str, range(190, 210)))

_NAMED: tuple[Gated, ...] = (
    (
        ("Journal", "Lancet", "JAMA", "NEJM", "BMJ", "Annals", "Archives", "Nature", "PLOS", "PLoS", "Science", "Cell"),
        (
            rf"{_STUDY},?(?: \S+){{0,5}}? in (?:the )?(?:\w+ ){{0,3}}?(?:issue of |edition of )?(?:the )?(?:journal |medical journal |online journal )?[\"“*'‘]?"
            r"(?:[A-Z][\w&-]{1,20} (?:(?:of|and|for|&) )?){0,5}(?:Journal|Lancet|JAMA|NEJM|BMJ|Annals|Archives|Nature|PLOS|PLoS|Science|Cell)\b"
        ),
    ),
    (
        ("issue of", "edition of"),
        r"(?:issue|edition) of (?:the )?(?:journal )?[\"“*'‘]?[A-Z][\w&-]{1,20}(?: [A-Z&][\w&-]{0,20}| of| and| for){0,6}",
    ),
    (
        _PRINTED,
        (
            rf"{_STUDY},?(?: \S+){{0,8}}? (?:published|reported|printed|appear(?:s|ed|ing)?|featured)(?: (?!in )\S+){{0,4}} in (?:the )?"
            r"(?:journal |prestigious |leading |medical |international |peer-reviewed ){0,3}[\"“*'‘]?(?!19|20|the |a )[A-Z]"
        ),
    ),
    (
        _PRINTED,
        r"(?:published|reported|appear(?:s|ed|ing)?|featured)(?: (?!in )\S+){0,3} in (?:the )?(?:journal )?[\"“*'‘]?[A-Z][^.;]{0,80}?(?:19|20)\d\d",
    ),
    (_YEARS, rf"(?<!\d)(?:19|20)\d\d (?:\S+ ){{0,3}}?{_STUDY}\b"),
    (_YEARS, rf"\b{_STUDY}\b(?: [^\s.;]+){{0,8}}? (?:in|from|of|dated|since) (?:\w+ )?(?:19|20)\d\d(?!\d)"),
    (
        _PLACES,
        rf"\b{_STUDY}\b(?: [^\s.;]+){{0,5}}? (?:at|by|from|of|in)(?: (?:researchers|scientists|doctors|a team))?(?: (?:at|from|of))?(?: the)?{PLACE}",
    ),
    (
        _PLACES,
        (
            rf"(?:[Rr]esearchers|[Ss]cientists|[Dd]octors|[Aa] team)(?: \S+){{0,3}}? (?:at|from|of)(?: the)?{PLACE}"
            r"(?: \S+){0,6}? (?:found|show|report|demonstrat|discover|conclud|publish)"
        ),
    ),
    (("(19", "(20"), r"[A-Z][\w'’-]{1,25}(?: (?:&|and) [A-Z][\w'’-]{1,25}| et al\.?,?)? ?\((?:19|20)\d\d[a-z]?\)"),
    (("et al",), r"\b[A-Z][\w'’-]{1,25} et al\b"),
    (
        ("《",),
        r"(?:发表|刊登|刊载|發表)(?:在|于|於)[^。；]{0,20}《[^《》]{2,60}》|《[^《》]{2,60}》[^。；]{0,20}(?:发表|刊登|發表|报道|报告)",
    ),
    (("年",), r"(?:19|20)\d\d ?年[^。；]{0,30}(?:研究|试验|試驗|試験|論文|论文)"),
    (
        ("大学", "大學", "医院", "研究所", "研究院"),
        r"[\u4e00-\u9fff]{2,10}(?:大学|大學|医院|研究所|研究院)[^。；]{0,20}(?:的研究|研究(?:人员|人員|团队|表明|发现|显示|結果|结果)|の研究)",
    ),
    (
        ("Studie ", "Untersuchung "),
        r"(?:Studie|Untersuchung)(?: \S+){0,6}? (?:aus dem Jahr|von|vom|im Jahr) (?:19|20)\d\d|Studie der (?:Universität|[A-Z]\w+)",
    ),
    (
        ("estudio", "ensayo", "investigación"),
        r"(?:estudio|ensayo|investigación)(?: \S+){0,6}? (?:publicad[oa] en (?:la revista |el )?[A-Z]|(?:de|del|en) (?:el año |la Universidad|(?:19|20)\d\d))",
    ),
)
_SHOWS = (
    r"(?:show(?:s|n|ed|ing)?|demonstrat(?:es?|ed|ing)|suggest(?:s|ed)?|indicat(?:es?|ed)|confirm(?:s|ed)?|prov(?:es?|en|ed)|reveal(?:s|ed)?"
    r"|found|support(?:s|ed)?|report(?:s|ed)?|establish(?:ed|es)|point(?:s|ed)? to|yield(?:ed)?|explored|produced|observed|documented)"
)
_MANY = r"(?:stud(?:y|ies)|research(?:ers)?|trials?|evidence|clinical data|scien(?:ce|tists)|scientific literature|meta-analys[ei]s|clinical experience)"
_KINDS = (
    r"(?:clinical|recent|several|many|numerous|scientific|preclinical|early|multiple|various|some|other|published|new|medical|animal"
    r"|countless|these|international)"
)
_GAP = r"(?!(?:and|or|but|will|would|should|if|whether|needed)\b|to (?!date\b))[^\s.;:?]+"
_DONE = (
    "proven",
    "shown",
    "demonstrated",
    "backed",
    "supported",
    "validated",
    "confirmed",
    "documented",
    "verified",
    "tested",
    "proved",
)
_VAGUE: tuple[Gated, ...] = (
    (
        ("stud", "research", "trial", "evidence", "clinical data", "scien", "meta-anal", "clinical experience"),
        rf"(?i)\b(?:{_KINDS} ){{0,3}}{_MANY}\b(?: {_GAP}){{0,7}}? {_SHOWS}\b",
    ),
    (
        _DONE,
        r"(?i)\b(?:clinically|scientifically|medically|research)[- ](?:\w+ )?(?:proven|tested|validated|backed|supported|demonstrated|verified|proved)\b",
    ),
    (
        _DONE,
        (
            r"(?i)\b(?:proven|shown|demonstrated|backed|supported|validated|confirmed|documented|verified) (?:\w+ ){0,3}?(?:by|in|through|with) "
            r"(?:\w+,? (?:and )?){0,4}?(?:research|science|stud(?:y|ies)|trials?|evidence|scientific literature|clinical data|tests)\b"
        ),
    ),
    (
        ("according to",),
        r"(?i)\baccording to (?:\w+ ){0,4}?(?:research|stud(?:y|ies)|scientists|evidence|experts in)\b",
    ),
    (
        ("results", "outcomes", "data"),
        (
            r"(?i)\b(?:promising|positive|excellent|encouraging|remarkable|significant|successful) (?:results|outcomes|data) (?:\w+ ){0,4}?(?:in|from) "
            r"(?:\w+ ){0,4}?(?:trials?|studies|research)\b"
        ),
    ),
    (
        ("based on", "thanks to"),
        r"(?i)\b(?:based on|thanks to) (?:\w+ ){0,4}?(?:published )?(?:scientific|clinical) (?:\w+ ){0,2}?(?:research|studies|evidence|trials)\b",
    ),
    (
        ("研究", "试验", "試驗", "数据", "證據", "证据", "文献"),
        r"(?i)(?:研究|试验|試驗|数据|證據|证据|文献)[^，。；？?]{0,8}?(?:表明|显示|顯示|发现|發現|证明|證明|证实|證實|指出|提示|认为)",
    ),
    (
        ("临床", "臨床", "科学", "科學", "医学", "醫學"),
        r"(?i)(?:临床|臨床|科学|科學|医学|醫學)上?(?:已?[经經]?過?过?)被?(?:证明|證明|证实|證實|验证|驗證|実証|証明)|(?:経過|经过|通过|經過)[^，。；]{0,6}(?:临床|臨床|科学)(?:试验|試驗|验证|驗證|研究)",
    ),
    (
        ("研究", "試験", "論文", "エビデンス"),
        r"(?i)(?:研究|試験|論文|エビデンス)[^、。？]{0,20}?(?:示され|示して|明らか|証明|実証|報告され|分かっ|わかっ|確認され)",
    ),
    (
        ("studie", "untersuchung", "forsch", "klinisch", "wissenschaft"),
        (
            r"(?i)\b(?:Studien|Untersuchungen|Forschung(?:en)?|Forscher)(?: [^\s.;:?]+){0,6}? (?:zeig|beleg|bewies|bestätig|nachgewiesen|weisen|deuten)"
            r"|\b(?:klinisch|wissenschaftlich) (?:\w+ )?(?:bewiesen|erwiesen|belegt|getestet|nachgewiesen|geprüft|fundiert)"
        ),
    ),
    (
        ("estudio", "investigaci", "ensayo", "evidencia", "clínic", "científic"),
        (
            r"(?i)\b(?:estudios|investigaciones|ensayos|evidencia)(?: [^\s.;:?]+){0,6}? (?:demuestra|demostra|muestra|mostra|sugier|indica|confirma|revela|han )"
            r"|\b(?:clínica|científica)mente (?:probad|comprobad|demostrad|avalad)"
        ),
    ),
    (
        ("исследован", "испытан", "учёные", "ученые", "клиническ", "научн"),
        r"(?i)(?:исследования|испытания|учёные|ученые)(?: [^\s.;:?]+){0,6}? (?:показ|доказ|подтвер|свидетельств|выяв)|(?:клинически|научно) (?:доказан|подтвержд|обоснован)",
    ),
    (
        ("araştırma", "çalışma", "klinik", "bilimsel"),
        r"(?i)(?:araştırmalar|çalışmalar|araştırma)(?: [^\s.;:?]+){0,6}? (?:göster|kanıtla|ortaya)|(?:klinik|bilimsel) olarak (?:kanıtlan|ispatlan|onaylan)",
    ),
    (
        ("étude", "recherche", "studi", "ricerc", "estudo", "pesquisa", "prouvé", "clinicamente"),
        (
            r"(?i)\b(?:études|recherches|studi|ricerche|estudos|pesquisas)(?: [^\s.;:?]+){0,6}? (?:montr|démontr|prouv|dimostr|mostra|suger|conferm|comprov)"
            r"|(?:cliniquement|scientifiquement) prouvé|clinicamente (?:provat|testat|comprovad)"
        ),
    ),
)
_DENIED: tuple[Gated, ...] = (
    (
        ("no ", "not ", "few ", "lack", "insufficient", "little", "without", "limited", "neither", "any "),
        r"(?i)\b(?:no|not|few|lacks?|lack of|insufficient|little|without|limited|neither|any) (?:\w+[ -]){0,4}?(?:stud(?:y|ies)|research|trials?|evidence|data|scientific)",
    ),
    (
        ("not ", "never ", "n't "),
        r"(?i)\b(?:not|never|n't) (?:been )?(?:\w+ )?(?:clinically |scientifically )?(?:proven|shown|demonstrated|supported|confirmed|established)",
    ),
    (
        ("more ", "further ", "additional ", "future ", "ongoing ", "larger "),
        r"(?i)\b(?:more|further|additional|future|ongoing|larger) (?:\w+[ -]){0,3}?(?:stud(?:y|ies)|research|trials?|evidence|data)",
    ),
    (
        ("needed", "required", "necessary", "ongoing", "way", "lacking", "limited"),
        r"(?i)\b(?:stud(?:y|ies)|research|trials?|evidence) (?:is|are) (?:still |currently )?(?:needed|required|necessary|ongoing|under ?way|lacking|limited)",
    ),
    (
        ("should", "must", "need", "ought"),
        r"(?i)\b(?:should|must|needs? to|ought to) (?:always |only )?(?:be|have been|undergo|have) (?:\w+ ){0,3}?(?:based|supported|backed|proven|tested|validated|evaluated)",
    ),
    (
        ("没有", "缺乏", "未"),
        r"没有[^，。]{0,8}(?:研究|证据|试验)|缺乏[^，。]{0,8}(?:研究|证据|试验)|(?:未|没有|尚未)(?:得到|经)?(?:临床|科学)?(?:证实|证明)",
    ),
    (
        ("keine", "nicht"),
        r"(?i)keine (?:\w+ )?(?:Studien|Belege|Evidenz)|nicht (?:\w+ )?(?:belegt|bewiesen|erwiesen)",
    ),
    (("no hay",), r"(?i)no hay (?:\w+ )?(?:evidencia|estudios)"),
)
# A single capital is somebody's initial.
_SENTENCE_BREAK = r"[.!?](?<!\bal\.)(?<!\bvs\.)(?<!\bDr\.)(?<!\bNo\.)(?<!\bSt\.)(?<! [A-Z]\.)[\"”'’)\]]{0,2} +(?=[A-Z\"“‘'(¿¡\d\u0400-\u042f])"
# Only where there are wide characters: to compile a class of them takes a millisecond.
_WIDE_BREAK = rf"{_SENTENCE_BREAK[:-2]}\u4e00-\u9fff])|[。！？]"
# The rest of a journal's name, and the year behind it.
_TAIL = r"[\w'’&:-]{0,30}(?: (?:(?:of|and|for|the|in|&) ){0,2}(?:[A-Z][\w'’&:-]{0,30}|(?:19|20)\d\d)){0,8}"


def find_told(joined: JoinedText, passages: Sequence[Passage], found: list[Citation]) -> Iterator[Citation]:
    """Yield studies that are named but cannot be looked up, and studies that are only said to exist."""
    languages = {passage.language for passage in passages} | {"en"}
    if joined.select(_holds_han):
        languages |= {"zh", "ja"}  # also where single sentences of an English page are in Chinese
    spoken = [words for language, words in _SIGNS.items() if language in languages]
    signs = tuple(sign for words in spoken for sign in words)
    places: dict[int, list[int]] = {}
    for citation in found:
        if citation.passage is not None and citation.kind != "vague":
            places.setdefault(citation.passage, []).append(citation.start)
    entries = {citation.passage for citation in found if citation.kind == "journal" and citation.start == 0}
    kept = 0
    for index in sorted({index for words in spoken for index in joined.find_passages(words)}):
        passage = passages[index]
        if index in entries or passage.block == "references" or passage.role in {"link", "label", "alt"}:
            continue
        held = places.get(index, ())
        for start, end, told in _judge_sentences(passage.text, signs):
            if held and any(start <= place < end for place in held):
                continue  # an identified reference stands in it
            yield Citation(
                kind=told.kind,
                identifier=told.identifier,
                text=told.text,
                passage=index,
                start=start + told.start,
                end=start + told.end,
                preclinical=told.preclinical,
            )
            kept += 1
        if kept >= MOST_VAGUE:
            return


def _holds_han(text: str) -> bool:
    # Python takes a millisecond to compile a class as wide.
    return not text.isascii() and max(text) >= "\u4e00" and any("\u4e00" <= letter <= "\u9fff" for letter in text)


@remember_further
def _judge_sentences(text: str, signs: tuple[str, ...]) -> tuple[tuple[int, int, Citation], ...]:
    """Return what the sentences of a passage tell that speak of studies, each with the span of its sentence."""
    judged = ((start, sentence, _judge_sentence(sentence)) for start, sentence in _split_sentences(text, signs))
    return tuple((start, start + len(sentence), told) for start, sentence, told in judged if told is not None)


@remember
def _judge_sentence(text: str) -> Citation | None:
    """Return the named or vague reference that a sentence makes, as if it stood alone."""
    lowered = text.lower()
    kind = "named_study"
    match = search_gated(_NAMED, text, lowered) or find_investigator(text)
    if match is None:
        kind = "vague"
        match = search_gated(_VAGUE, text, lowered)
        if match is None or text.endswith(("?", "？")) or search_gated(_DENIED, text, lowered):
            return None
    found_end = match.end()
    if kind == "named_study" and (tail := re.compile(_TAIL).match(text, found_end)):
        found_end = tail.end()
    words = text[match.start() : found_end].strip()
    start = match.start()
    return Citation(
        kind=kind,
        identifier=words,
        text=words,
        passage=None,
        start=start,
        end=start + len(words),
        preclinical=is_preclinical(text),
    )


def _split_sentences(text: str, signs: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield the sentences of a passage that speak of studies, each with its beginning; very long ones are cut."""
    start = 0
    pattern = _WIDE_BREAK if not text.isascii() and max(text) >= "\u3000" else _SENTENCE_BREAK
    ends = [match.end() for match in re.finditer(pattern, text)]
    for end in (*ends, len(text)):
        for cut in range(start, end, LONGEST_SENTENCE):
            sentence = text[cut : min(cut + LONGEST_SENTENCE, end)]
            lowered = sentence.lower()
            if any(sign in lowered for sign in signs):
                yield cut, sentence.rstrip()
        start = end
