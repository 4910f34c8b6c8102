"""References that a page gives, from a trial number down to "studies show"."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from auditor.models import Citation
from auditor.reading.links import read_host

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.models import Link, Passage
    from auditor.reading.joining import JoinedText

MOST_VAGUE = 1000
"""Named and vague references kept from one page; identified ones are all kept."""
LONGEST_SENTENCE = 1200
LONGEST_AROUND = 300
"""Characters before and after a citation in which it may say that it tells of animals."""

_TRIAL = (
    r"(?i)(?<![A-Za-z0-9])(?:NCT ?[- ]?\d{8}|ISRCTN ?[- ]?\d{8}|ACTRN ?\d{14}|ChiCTR ?(?:-[A-Za-z]{2,4}-?)?-?\d{8,10}|DRKS ?\d{8}"
    r"|jRCTs? ?\d{9,10}|JPRN-[A-Za-z]{2,8}-?\d{6,10}|JapicCTI-?\d{6}|UMIN ?\d{9}|JMA-IIA\d{5}|CTRI/\d{4}/\d{2,3}/\d{4,6}"
    r"|IRCT\d{8,16}N\d{1,3}|KCT ?\d{7}|TCTR ?\d{11}|PACTR ?\d{15,16}|RBR-[0-9a-z]{6,9}|SLCTR/\d{4}/\d{3})(?!\d)"
)
# As registers write them; "function" and "electron" hold the letters, but not in capitals.
_TRIAL_SIGNS = ("NCT", "CTR", "RCT", "CTI-", "KCT", "DRKS", "UMIN", "JPRN", "JMA-", "RBR-", "nct0", "isrctn", "chictr")
_LONG_NUMBER = re.compile("[0-9]{5}")
_EUROPEAN = r"(?<![\d-])(?:19|20)\d\d-\d{6}-\d\d(?:-\d\d)?(?![\d-])"
_EUROPEAN_SIGNS = (
    "eudract",
    "euct",
    "ctis",
    "eu ct",
    "eu trial",
    "eu-ct",
    "clinicaltrialsregister",
    "euclinicaltrials",
)
_DOI = r"10\.\d{4,9}(?:\.\d{1,5})?/[^\s\"'<>“”‘’，。；、）】]{2,200}"
_PMID = r"(?i)(?:PMID|PubMed(?: ID)?|Medline)[:：#]? {0,2}(\d{5,9})(?!\d)|ncbi\.nlm\.nih\.gov/(?:m/)?(?:pubmed/)?(\d{5,9})(?!\d)"
_PMCID = r"(?i)(?<![A-Za-z0-9])PMC ?(\d{5,9})(?!\d)"
_DOI_VIEW = r"(?i)/(?:full|abstract|pdf|epdf|html|full/html|fulltext|meta|tables|references|figures)(?:\.pdf)?$"
_ADDRESS_DOI = r"/(10\.\d{4,9}/[^\s?#&]{2,200})"
_ADDRESS_PMID = r"(?i)(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/(?:m/)?pubmed|pubmed\.gov|europepmc\.org/(?:article|abstract)/med)/(\d{4,9})(?!\d)"
_ADDRESS_PMCID = r"(?i)PMC(\d{4,9})(?!\d)"
_TOO_GENERAL = r"//[^/]+/?(?:[a-z]{2}/?)?(?:[?#].*)?$|/(?:search|results?|about|home|index|login|subscribe|user|profile|citations)\b[^/]{0,200}$|scholar\.google\.|researchgate\.net/profile"
_VOLUME = r"(?:19|20)\d\d(?: \w{3,4}(?: \d{1,2})?)?; ?\d{1,4} ?(?:\([^()]{1,20}\))? ?[:：] ?[A-Za-z]{0,3}\d{1,7}"
_PAGES = r"\b\d{1,4} ?\([^()]{1,12}\) ?[:：,] ?(?:pp?\. ?)?[eEsS]?\d{1,7}|\b\d{1,4} ?[:：] ?[eEsS]?\d{1,6} ?[-–] ?[eEsS]?\d{1,6}|\bvol(?:ume|\.)? ?\d{1,4}\b|\bpp\. ?\d"
_YEAR = re.compile(r"(?<!\d)(?:19[5-9]\d|20[0-4]\d)(?!\d)")
_AUTHORS = r"\bet al\b|[A-Z][\w'’-]{1,25},? (?:[A-Z]\.? ?){1,3}(?:,|;| &| and|\(| \()|[^\W\d_]{2,20} [A-Z]{1,3}, [^\W\d_]{2,20} [A-Z]{1,3}\b|等[.,，。]"
_JOURNAL = (
    r"\bJ(?:ournal|\.)? [A-Z]|\bJournal\b|\bLancet\b|\bN(?:ew)? Engl(?:and)? J|\bNEJM\b|\bJAMA\b|\bBMJ\b|\bNature\b|\bPLoS\b|\bAnn(?:als)?\b"
    r"|\bStem Cells?\b[ .,]|\bCell\b|\bArch(?:ives)?\b|\bProc(?:eedings)?\b|\bFrontiers\b|\bBr J\b|\bAm J\b|\bEur J\b|\bInt J\b|\bRev(?:iew)?s?\b|杂志|学报|期刊|学会誌|雑誌"
)
_QUOTED_TITLE = r"[\"“«„《][^\"”»“《》]{20,300}[\"”»“》],? ?(?:in )?[^\"“”]{0,60}"

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
_STUDY = r"(?:stud(?:y|ies)|trials?|research|papers?|articles?|reviews?|meta-analys[ei]s|findings|results|reports?|surveys?|experiments?|investigations?)"
_PLACE = r"(?: [A-Z][\w'’&.-]{0,30}| of| for| and){0,5} (?:University|Universität|Institutes?|Hospital|College|School of|Medical School|Medical Center|Mayo|Harvard|Stanford|Oxford)\b"
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
_YEARS = ("19", "20")

_Gated = tuple[tuple[str, ...], str]
"""Words without which a pattern cannot hit, and the pattern; most pages need few of them, so none is compiled before."""

_NAMED: tuple[_Gated, ...] = (
    (
        _PRINTED,
        (
            rf"{_STUDY}(?: \S+){{0,8}}? (?:published|reported|printed|appear(?:ed|ing)|featured)(?: (?!in )\S+){{0,4}} in (?:the )?"
            r"(?:journal |prestigious |leading |medical |international |peer-reviewed ){0,3}[\"“*'‘]?(?!19|20|the |a )[A-Z]"
        ),
    ),
    (
        _PRINTED,
        r"(?:published|reported|appear(?:ed|ing)|featured)(?: (?!in )\S+){0,3} in (?:the )?(?:journal )?[\"“*'‘]?[A-Z][^.;]{0,80}?(?:19|20)\d\d",
    ),
    (_YEARS, rf"(?<!\d)(?:19|20)\d\d (?:\S+ ){{0,3}}?{_STUDY}\b"),
    (_YEARS, rf"\b{_STUDY}\b(?: [^\s.;]+){{0,8}}? (?:in|from|of|dated|since) (?:\w+ )?(?:19|20)\d\d(?!\d)"),
    (
        _PLACES,
        rf"\b{_STUDY}\b(?: [^\s.;]+){{0,5}}? (?:at|by|from|of|in)(?: (?:researchers|scientists|doctors|a team))?(?: (?:at|from|of))?(?: the)?{_PLACE}",
    ),
    (
        _PLACES,
        (
            rf"(?:[Rr]esearchers|[Ss]cientists|[Dd]octors|[Aa] team)(?: \S+){{0,3}}? (?:at|from|of)(?: the)?{_PLACE}"
            r"(?: \S+){0,6}? (?:found|show|report|demonstrat|discover|conclud|publish)"
        ),
    ),
    (_YEARS, r"[A-Z][\w'’-]{1,25}(?: (?:&|and) [A-Z][\w'’-]{1,25}| et al\.?,?)? ?\((?:19|20)\d\d[a-z]?\)"),
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
        ("studie", "untersuchung"),
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
_VAGUE: tuple[_Gated, ...] = (
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
_DENIED = (
    r"(?i)\b(?:no|not|few|lacks?|lack of|insufficient|little|without|limited|neither|any) (?:\w+[ -]){0,4}?(?:stud(?:y|ies)|research|trials?|evidence|data|scientific)"
    r"|\b(?:not|never|n't) (?:been )?(?:\w+ )?(?:clinically |scientifically )?(?:proven|shown|demonstrated|supported|confirmed|established)"
    r"|\b(?:more|further|additional|future|ongoing|larger) (?:\w+[ -]){0,3}?(?:stud(?:y|ies)|research|trials?|evidence|data)"
    r"|\b(?:stud(?:y|ies)|research|trials?|evidence) (?:is|are) (?:still |currently )?(?:needed|required|necessary|ongoing|under ?way|lacking|limited)"
    r"|\b(?:should|must|needs? to|ought to) (?:always |only )?(?:be|have been|undergo|have) (?:\w+ ){0,3}?(?:based|supported|backed|proven|tested|validated|evaluated)"
    r"|没有[^，。]{0,8}(?:研究|证据|试验)|缺乏[^，。]{0,8}(?:研究|证据|试验)|(?:未|没有|尚未)(?:得到|经)?(?:临床|科学)?(?:证实|证明)|keine (?:\w+ )?(?:Studien|Belege|Evidenz)|nicht (?:\w+ )?(?:belegt|bewiesen|erwiesen)"
    r"|no hay (?:\w+ )?(?:evidencia|estudios)"
)
_PRECLINICAL = (
    r"(?i)\b(?:mouse|mice|murine|rats?|rodents?|rabbits?|canine|porcine|zebrafish|animals? (?:models?|stud(?:y|ies)|tests?|testing|trials?|experiments?|research)"
    r"|animals|in[ -]vitro|cell[- ](?:cultures?|lines?)|pre-?clinical|laboratory (?:stud(?:y|ies)|experiments)|petri dish"
    r"|Maus|Mäusen?|Ratten?|Tier(?:modell|versuch|studie)\w{0,3}|Zellkultur(?:en)?|ratón|ratones|ratas|animales|мыш[аеи]\w{0,3}|крыс\w{0,3}|животных|fareler?|hayvan)\b"
    r"|小鼠|大鼠|老鼠|动物(?:模型|实验|试验)|動物(?:モデル|実験|試験|模型|實驗)|体外|體外|细胞培养|細胞培養|マウス|ラット|試験管内"
)
# A single capital is somebody's initial.
_SENTENCE_BREAK = re.compile(
    r"[.!?](?<!\bal\.)(?<!\bvs\.)(?<!\bDr\.)(?<!\bNo\.)(?<!\bSt\.)(?<! [A-Z]\.)[\"”'’)\]]{0,2} +(?=[A-Z\"“‘'(¿¡\d\u0400-\u042f\u4e00-\u9fff])|[。！？]"
)
# The rest of a journal's name, and the year behind it.
_TAIL = r"[\w'’&:-]{0,30}(?: (?:(?:of|and|for|the|in|&) ){0,2}(?:[A-Z][\w'’&:-]{0,30}|(?:19|20)\d\d)){0,8}"
_OWN_RECORD = re.compile(
    r"https?://(?:pubmed\.ncbi\.nlm\.nih\.gov|(?:www\.)?ncbi\.nlm\.nih\.gov|pmc\.ncbi\.nlm\.nih\.gov|europepmc\.org|"
    r"(?:www\.|classic\.)?clinicaltrials\.gov|(?:dx\.)?doi\.org|(?:www\.)?isrctn\.com)/\S{1,300}",
    re.IGNORECASE,
)
_RECORD_KINDS = frozenset(("trial", "pmid", "pmcid", "doi"))
_PUBLISHED = re.compile(r"(?i)publish|journal|appear|paper")
_NAME_OF_PERSON = r"(?:Drs?\.? |Prof(?:essor|\.)? )?[A-Z][\w'’-]{1,25}(?: [A-Z]\.)? [A-Z][\w'’-]{1,25}"
_LEADS = r"(?:lead|first|senior|study|corresponding|main)(?: study)? (?:author|investigator|researcher)"
_INVESTIGATOR = re.compile(
    rf"(?:[Ll]ed by|{_LEADS},?|[Pp]rincipal investigator,?) {_NAME_OF_PERSON}|"
    rf"{_NAME_OF_PERSON}(?:, (?:M\.?D\.?|Ph\.?D\.?))*,? (?:the |an? )?(?:study's )?(?:{_LEADS}|principal investigator|who led the)"
)
_TRAILING = ".,;:)]}>*/"


class _Place(NamedTuple):
    """A sentence with its passage and where it starts there."""

    passage: Passage
    text: str
    start: int


def find_citations(
    passages: Sequence[Passage], joined: JoinedText, links: Iterable[Link], url: str | None
) -> tuple[Citation, ...]:
    """Return all references of a page in page order, each place once."""
    found = [
        *_find_own_record(url),
        *_find_identifiers(joined, passages),
        *_find_linked(links, passages, url),
        *_find_entries(joined, passages),
    ]
    found.extend(_find_told(joined, passages, found))
    return _order_citations(found)


def _find_own_record(url: str | None) -> Iterator[Citation]:
    """Yield what a page is that is itself the record of a paper or trial: its address cannot be made up by its text."""
    address = _OWN_RECORD.match(url) if url else None
    identified = _identify_address(address[0]) if address else None
    if address and identified and identified[0] in _RECORD_KINDS:
        yield Citation(kind=identified[0], identifier=identified[1], text=address[0], passage=None)


def _order_citations(found: list[Citation]) -> tuple[Citation, ...]:
    """Return citations in page order, without those that repeat another in the same passage."""
    seen: set[tuple[str, str, int | None]] = set()
    kept = []
    for citation in found:
        key = (citation.kind, citation.identifier.lower(), citation.passage)
        if key not in seen:
            seen.add(key)
            kept.append(citation)
    last = max((citation.passage or 0 for citation in kept), default=0) + 1
    return tuple(
        sorted(kept, key=lambda citation: (last if citation.passage is None else citation.passage, citation.start))
    )


def _find_identifiers(joined: JoinedText, passages: Sequence[Passage]) -> Iterator[Citation]:
    """Yield trial numbers, DOIs and PubMed numbers in the text."""
    text, lowered = joined.text, joined.lowered
    if "10." in text:
        for match in re.finditer(_DOI, text):
            doi = _trim_doi(match[0])
            yield _cite("doi", doi, (match.start(), match.start() + len(doi)), joined, passages)
    for start, end in _find_trials(text):
        yield _cite("trial", _trim_trial(text[start:end]), (start, end), joined, passages)
    if _LONG_NUMBER.search(text) is None:
        return
    if any(sign in lowered for sign in _EUROPEAN_SIGNS):
        for match in re.finditer(_EUROPEAN, text):
            yield _cite("trial", match[0], match.span(), joined, passages)
    if any(sign in lowered for sign in ("pmid", "pubmed", "medline", "ncbi.nlm")):
        for match in re.finditer(_PMID, text):
            yield _cite("pmid", match[1] or match[2], match.span(), joined, passages)
    if "pmc" in lowered:
        for match in re.finditer(_PMCID, text):
            yield _cite("pmcid", f"PMC{match[1]}", match.span(), joined, passages)


def _find_trials(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of trial numbers: only around the letters that begin them."""
    for sign in _TRIAL_SIGNS:
        place = text.find(sign)
        while place >= 0:
            match = re.compile(_TRIAL).search(text, max(0, place - 12), place + 40)
            if match is not None:
                yield match.span()
            place = text.find(sign, place + 3)


def _cite(
    kind: str, identifier: str, span: tuple[int, int], joined: JoinedText, passages: Sequence[Passage]
) -> Citation:
    """Return the citation at *span* of the joined text."""
    index = joined.find_passage(span[0])
    passage, base = passages[index], joined.starts[index]
    start, end = span[0] - base, min(span[1] - base, len(passage.text))
    return Citation(
        kind=kind,
        identifier=identifier,
        text=passage.text[start:end],
        passage=index,
        start=start,
        end=end,
        preclinical=_is_preclinical(passage.text, start, end),
    )


def _is_preclinical(text: str, start: int, end: int) -> bool:
    """Tell whether the words around a citation speak of animals or cell cultures."""
    starts, ends = _find_preclinical(text)
    number = bisect_left(starts, start - LONGEST_AROUND)
    return number < len(starts) and ends[number] <= end + LONGEST_AROUND


@lru_cache(maxsize=16)
def _find_preclinical(text: str) -> tuple[list[int], list[int]]:
    """Return where such words start and end, looked for once in a passage and not for every citation in it."""
    spans = [match.span() for match in re.finditer(_PRECLINICAL, text)]
    return [start for start, _ in spans], [end for _, end in spans]


def _find_linked(links: Iterable[Link], passages: Sequence[Passage], url: str | None) -> Iterator[Citation]:
    """Yield what links to registers, PubMed and journals identify."""
    own = read_host(url) if url else ""
    for link in links:
        if link.kind not in {"register", "literature"} or (own and read_host(link.url) == own):
            continue
        named = _identify_address(link.url)
        if named is None:
            continue
        passage = passages[link.passage] if link.passage is not None and link.passage < len(passages) else None
        start = max(passage.text.find(link.text), 0) if passage is not None and link.text else 0
        shown = passage is not None and bool(link.text) and passage.text.startswith(link.text, start)
        yield Citation(
            kind=named[0],
            identifier=named[1],
            text=link.text if shown else link.url,
            passage=link.passage,
            start=start,
            end=start + len(link.text) if shown else start,
            preclinical=passage is not None and _is_preclinical(passage.text, start, start),
        )


def _identify_address(url: str) -> tuple[str, str] | None:
    """Return kind and identifier of what an address of a register or journal leads to."""
    trial = re.search(_TRIAL, url) or re.search(_EUROPEAN, url)
    if trial is not None:
        return "trial", _trim_trial(trial[0])
    pmid = re.search(_ADDRESS_PMID, url)
    if pmid is not None:
        return "pmid", pmid[1]
    pmcid = re.search(_ADDRESS_PMCID, url)
    if pmcid is not None:
        return "pmcid", f"PMC{pmcid[1]}"
    doi = re.search(_ADDRESS_DOI, url.replace("%2F", "/").replace("%2f", "/"))
    if doi is not None:
        return "doi", _trim_doi(doi[1])
    return None if re.search(_TOO_GENERAL, url) else ("paper", url)


def _find_entries(joined: JoinedText, passages: Sequence[Passage]) -> Iterator[Citation]:
    """Yield entries of reference lists: authors, year and journal, or volume and pages."""
    text = joined.text
    indices = {passage.index for passage in passages if passage.block == "references"}
    indices.update(joined.find_passages(("et al",)))
    indices.update(
        joined.find_passage(place)
        for place in joined.find_all(";")
        if place > 3 and text[place - 1].isdigit() and re.compile(_VOLUME).search(text, max(0, place - 12), place + 40)
    )
    for index in sorted(indices):
        passage = passages[index]
        if passage.role != "heading" and _is_entry(passage):
            yield Citation(
                kind="journal",
                identifier=passage.text[:300],
                text=passage.text[:300],
                passage=index,
                start=0,
                end=min(len(passage.text), 300),
                preclinical=re.search(_PRECLINICAL, passage.text[:600]) is not None,
            )


def _is_entry(passage: Passage) -> bool:
    """Tell whether a passage is an entry that a reader could find: authors or title, year, journal or pages."""
    text = passage.text[:600]
    if len(text) < 25 or _YEAR.search(text) is None:
        return False
    if re.search(_VOLUME, text):
        return True
    if re.search(_QUOTED_TITLE, text) and (re.search(_JOURNAL, text) or re.search(_PAGES, text)):
        return passage.block == "references" or re.search(_AUTHORS, text) is not None
    pages, journal, authors = re.search(_PAGES, text), re.search(_JOURNAL, text), re.search(_AUTHORS, text)
    if passage.block == "references":
        return sum(sign is not None for sign in (pages, journal, authors)) >= 2
    return pages is not None and journal is not None and authors is not None


def _find_told(joined: JoinedText, passages: Sequence[Passage], found: list[Citation]) -> Iterator[Citation]:
    """Yield studies that are named but cannot be looked up, and studies that are only said to exist."""
    languages = {passage.language for passage in passages} | {"en"}
    if not joined.text.isascii() and max(joined.text) >= "\u3040" and re.search("[\u4e00-\u9fff]", joined.text):
        languages |= {"zh", "ja"}  # also where single sentences of an English page are in Chinese
    signs = tuple(sign for language, words in _SIGNS.items() if language in languages for sign in words)
    places: dict[int, list[int]] = {}
    for citation in found:
        if citation.passage is not None:
            places.setdefault(citation.passage, []).append(citation.start)
    entries = {citation.passage for citation in found if citation.kind == "journal"}
    kept = 0
    for index in joined.find_passages(signs):
        passage = passages[index]
        if index in entries or passage.block == "references" or passage.role in {"link", "label", "alt"}:
            continue
        for place in _split_sentences(passage, signs):
            told = _judge_sentence(place, places.get(index, ()))
            if told is not None:
                yield told
                kept += 1
        if kept >= MOST_VAGUE:
            return


def _judge_sentence(place: _Place, held: Iterable[int]) -> Citation | None:
    """Return the named or vague reference that a sentence makes, unless an identified one stands in it."""
    text = place.text
    end = place.start + len(text)
    if any(place.start <= start < end for start in held):
        return None
    lowered = text.lower()
    kind = "named_study"
    match = _search_first(_NAMED, text, lowered)
    if match is None:
        kind = "vague"
        match = _search_first(_VAGUE, text, lowered)
        if match is None or text.endswith(("?", "？")) or re.search(_DENIED, text):
            return None
    found_end = match.end()
    if kind == "named_study" and (tail := re.compile(_TAIL).match(text, found_end)):
        found_end = tail.end()
    words = text[match.start() : found_end].strip()
    if kind == "named_study" and _PUBLISHED.search(words) and _INVESTIGATOR.search(place.passage.text):
        kind = "journal"  # a journal together with who led the study can be looked up
    start = place.start + match.start()
    return Citation(
        kind=kind,
        identifier=words,
        text=words,
        passage=place.passage.index,
        start=start,
        end=start + len(words),
        preclinical=re.search(_PRECLINICAL, text) is not None,
    )


def _search_first(table: Sequence[_Gated], text: str, lowered: str) -> re.Match[str] | None:
    """Return the first hit of a table whose patterns run only where one of their words stands."""
    for words, pattern in table:
        for word in words:
            if word in lowered:
                match = re.search(pattern, text)
                if match is not None:
                    return match
                break
    return None


def _split_sentences(passage: Passage, signs: tuple[str, ...]) -> Iterator[_Place]:
    """Yield the sentences of a passage that speak of studies; very long ones are cut."""
    text = passage.text
    start = 0
    ends = [match.end() for match in _SENTENCE_BREAK.finditer(text)]
    for end in (*ends, len(text)):
        for cut in range(start, end, LONGEST_SENTENCE):
            sentence = text[cut : min(cut + LONGEST_SENTENCE, end)]
            lowered = sentence.lower()
            if any(sign in lowered for sign in signs):
                yield _Place(passage, sentence.rstrip(), cut)
        start = end


def _trim_trial(words: str) -> str:
    """Return a trial number as its register writes it."""
    bare = re.sub(r"\s", "", words)
    for register in ("ChiCTR", "jRCT"):
        if bare.lower().startswith(register.lower()):
            return register + bare[len(register) :]
    match = re.match(r"(?i)(NCT|ISRCTN|ACTRN|DRKS|UMIN|KCT|TCTR|PACTR)-?(\d+)$", bare)
    return (
        match[1].upper() + match[2] if match else bare.upper() if bare[:4].upper() in {"CTRI", "IRCT", "JPRN"} else bare
    )


def _trim_doi(words: str) -> str:
    """Return a DOI without the punctuation that follows it in a sentence."""
    doi = re.sub(_DOI_VIEW, "", words).rstrip(_TRAILING)
    for opening, closing in (("(", ")"), ("[", "]"), ("<", ">")):
        if doi.count(opening) > doi.count(closing) and words[len(doi) :].startswith(closing):
            doi += closing
    return doi.lower()
