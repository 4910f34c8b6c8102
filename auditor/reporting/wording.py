"""The words of the reports: what each value of a record is called, and how findings are summed up."""

from __future__ import annotations

from typing import Any

SEVERITIES = ("critical", "high", "medium", "low")
"""Gravest first."""

CATEGORIES = {
    "curative": "Cures",
    "reversal": "Reversal of disease",
    "efficacy": "Claims that it works",
    "safety": "Safety and risk",
    "evidence": "Use of research",
    "authority": "Authority and expertise",
    "status": "Approval and legal status",
    "testimonial": "Patients’ stories",
    "breadth": "One treatment for many diseases",
    "distrust": "Distrust of other medicine",
    "pressure": "Pressure to decide",
    "funnel": "The way to the sale",
    "hype": "Superlatives",
    "transparency": "Openness towards the reader",
}
"""Category to heading, in the order of the report."""

DOES = {
    "curative": "speak of cures",
    "reversal": "say that disease is reversed",
    "efficacy": "say that a treatment works",
    "safety": "present treatment as safe",
    "evidence": "refer to research in ways that a reader cannot check",
    "authority": "give names, titles or awards as grounds for trust",
    "status": "give approval or registration as grounds for trust",
    "testimonial": "tell of patients’ results",
    "breadth": "offer one treatment for many diseases",
    "distrust": "cast doubt on other medicine",
    "pressure": "ask for a quick decision",
    "funnel": "invite the reader to make contact or to buy",
    "hype": "praise in superlatives",
    "transparency": "leave open what a reader would need to know",
}
"""Category to what the words or parts behind such a finding do, as the middle of a sentence."""

ROLES = {
    "title": "Page title",
    "meta": "Description for search engines",
    "heading": "Heading",
    "paragraph": "Paragraph",
    "list_item": "List item",
    "table_cell": "Table cell",
    "quote": "Quotation",
    "caption": "Caption",
    "alt": "Text in place of an image",
    "button": "Button",
    "label": "Form label",
    "link": "Link",
    "structured": "Data for search engines",
}

LANDMARKS = {
    "head": "",
    "header": "in the page’s header",
    "nav": "in the navigation",
    "main": "",
    "aside": "in a side column",
    "footer": "in the page’s footer",
    "body": "",
}

BLOCKS = {
    "testimonial": "in a testimonial",
    "quotation": "in a quotation",
    "references": "in the references",
    "disclaimer": "in a disclaimer",
    "faq": "in the questions and answers",
}

CONTEXTS = {
    "negated": "negated",
    "question": "asked as a question",
    "hedged": "hedged",
    "conditional": "under a condition",
    "warned": "in a warning",
    "reported": "reported of others",
    "historical": "about the past",
    "preclinical": "about animals or cell cultures",
    "hypothetical": "as a possibility",
}

VOICES = {"clinic": "", "patient": "in a patient’s voice", "third_party": "in someone else’s words"}

GRADES = {
    "none": "no study or trial",
    "vague": "a mention of research that names no study",
    "named": "a study named without a way to look it up",
    "paper": "a paper that can be looked up",
    "trial": "a registered trial",
}

NEEDED = {
    "none": "nothing",
    "vague": "any mention of research",
    "named": "a named study, a paper or a registered trial",
    "paper": "a paper that can be looked up, or a registered trial",
    "trial": "a registered trial",
}

NEEDED_SHORT = {
    "none": "nothing",
    "vague": "any mention of research",
    "named": "a named study, paper or trial",
    "paper": "a paper or registered trial",
    "trial": "a registered trial",
}

FOUND_SHORT = {
    "none": "none",
    "vague": "no study named",
    "named": "a study that cannot be looked up",
    "paper": "a paper",
    "trial": "a trial",
}

WITHIN = {"passage": "in the same passage", "section": "in the same section", "page": "on this page"}

CITATIONS = {
    "trial": "Registered trial",
    "doi": "Paper (DOI)",
    "pmid": "Paper (PubMed)",
    "pmcid": "Paper (PubMed Central)",
    "paper": "Paper",
    "journal": "Journal link",
    "named_study": "Study named without a way to look it up",
    "vague": "Research mentioned without naming a study",
}

CONTACTS = {
    "telephone": "telephone",
    "email": "e-mail",
    "whatsapp": "WhatsApp",
    "line": "LINE",
    "wechat": "WeChat",
    "telegram": "Telegram",
    "messenger": "Messenger",
    "booking": "booking service",
    "social": "social network",
}

ASKS = {
    "name": "name",
    "email": "e-mail address",
    "telephone": "telephone number",
    "message": "message",
    "condition": "illness or condition",
    "date": "date",
    "address": "address",
    "search": "search words",
    "password": "password",
    "file": "file",
    "consent": "consent",
    "other": "something else",
}

PURPOSES = {
    "contact": "Contact form",
    "newsletter": "Newsletter form",
    "search": "Search form",
    "login": "Login form",
    "other": "Form",
}

INTENTS = {
    "marketing": "marketing",
    "information": "information",
    "unclear": "marketing, because it stayed unclear whether it offers anything",
}

LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}

JURISDICTIONS = {
    "ae": "United Arab Emirates",
    "au": "Australia",
    "br": "Brazil",
    "ca": "Canada",
    "cn": "China",
    "de": "Germany",
    "es": "Spain",
    "eu": "European Union",
    "fr": "France",
    "hk": "Hong Kong",
    "in": "India",
    "intl": "International",
    "it": "Italy",
    "jp": "Japan",
    "kr": "South Korea",
    "mx": "Mexico",
    "nz": "New Zealand",
    "ph": "Philippines",
    "ru": "Russia",
    "sg": "Singapore",
    "th": "Thailand",
    "tr": "Türkiye",
    "uk": "United Kingdom",
    "us": "United States",
    "za": "South Africa",
}

VERIFIED = {"T": "source read by us", "S": "taken from a secondary source"}

UNASSESSED = {
    "short": "Not assessed: too little text for a score",
    "language": "Not assessed: too little text in a language with rules",
}
"""Obstacle to what is said where there is no score although there was something to read."""

NOTHING_FOUND = "No red flag was found on this page."
NOTHING_MEANS = (
    "None of the rules was met by what could be read here. "
    "That does not mean that what the page says is true, or that the clinic is to be recommended."
)
NOTHING_LISTED = "No red flag at or above the severity that was asked for was found on this page."
NOTHING_LITTLE = "No rule was met by the little that could be read, which says nothing about the page."
NOTHING_JUDGED = "Nothing can be said, because the page was not assessed."
ABSENT = "This was looked for and not found on this page; other pages of the site were not read."
CLOSING = "Evidence for review, not a verdict."


def count_severities(record: dict[str, Any]) -> dict[str, int]:
    """Return how many findings of *record* have each severity, gravest first."""
    found = [finding["severity"] for finding in record["findings"]]
    return {severity: found.count(severity) for severity in SEVERITIES}


def rank_findings(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the findings of *record*, gravest first, those of one severity as they came."""
    return sorted(record["findings"], key=lambda finding: SEVERITIES.index(finding["severity"]))


def rank_evidence(finding: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the evidence of *finding* as it came, but of equal severity the page's title after its text."""
    return sorted(
        finding["evidence"], key=lambda item: (SEVERITIES.index(item["severity"]), item["passage"]["role"] == "title")
    )


def rank_categories(findings: list[dict[str, Any]]) -> list[str]:
    """Return the categories of *findings*, those with the gravest finding first, then in the order of the report."""
    order = list(CATEGORIES)
    gravest: dict[str, int] = {}
    for finding in findings:
        category, rank = finding["rule"]["category"], SEVERITIES.index(finding["severity"])
        gravest[category] = min(rank, gravest.get(category, rank))
    known = {category: order.index(category) if category in order else len(order) for category in gravest}
    return sorted(gravest, key=lambda category: (gravest[category], known[category], category))


def summarize_findings(record: dict[str, Any]) -> str:
    """Return one sentence on the words behind the findings of *record*, and how many rules were met."""
    if not record["findings"]:
        return NOTHING_LISTED if record["unlisted"] else NOTHING_FOUND
    ranked = rank_findings(record)
    counts = count_severities(record)
    grave = [f"{counts[severity]} {severity}" for severity in SEVERITIES[:2] if counts[severity]]
    flags = count_words(len(ranked), "red flag")
    categories = {finding["rule"]["category"] for finding in ranked}
    if len(categories) > 1:
        flags += f" in {len(categories)} categories"
    graded = f", {join_words(grave)}" if grave else ""
    strengths = len(record["strengths"])
    good = f", and {count_words(strengths, 'sign')} of good practice" if strengths else ""
    return f"{_summarize_words(ranked)}; {flags}{graded}{good}."


def _summarize_words(ranked: list[dict[str, Any]]) -> str:
    """Return what was found, as the beginning of a sentence: words first, else parts, else what is absent."""
    for what, forms in (("Words", ("claim", "count")), ("Parts of the page", ("structure",))):
        met = rank_categories([finding for finding in ranked if finding["rule"]["form"] in forms])
        # What is said weighs more with a reader than what is left out.
        leading = sorted(met, key=lambda category: category == "transparency")[:3]
        if leading:
            return f"{what} were found {join_words([f'that {DOES.get(name, name)}' for name in leading])}"
    return "Some of what a reader would need to know was not found on this page"


def describe_unlisted(record: dict[str, Any]) -> str:
    """Return how many findings are not listed, in a sentence; nothing if all are.

    The record does not hold the severity that was asked for, but what is not listed lies below all that is.
    """
    number = record["unlisted"]
    if not number:
        return ""
    listed = rank_findings(record)
    below = listed[-1]["severity"] if listed else "the severity that was asked for"
    verb = "is" if number == 1 else "are"
    counted = "" if record["score"] is None else " counted in the score and"
    return f"{count_words(number, 'finding')} below {below} {verb}{counted} not listed."


def describe_unassessed(record: dict[str, Any]) -> str:
    """Return the heading of *record* where it has no score."""
    obstacle = record["document"]["obstacle"]
    head = UNASSESSED.get(obstacle["kind"] if obstacle else "", "Not assessed")
    return f"{head}; what was found in it is listed" if record["findings"] or record["strengths"] else head


def describe_nothing(record: dict[str, Any], nothing: str) -> str:
    """Return *nothing* where *record* was assessed, else what can be said in its place."""
    if record["score"] is not None:
        return nothing
    obstacle = record["document"]["obstacle"]
    little = record["findings"] or record["strengths"] or (obstacle and obstacle["kind"] in UNASSESSED)
    return NOTHING_LITTLE if little else NOTHING_JUDGED


def describe_note(finding: dict[str, Any]) -> str:
    """Return the note of *finding* where it adds to the title and the quotations: one quotation speaks for itself."""
    form = finding["rule"]["form"]
    if form == "absence":
        return ABSENT
    return "" if form == "claim" and len(finding["evidence"]) < 2 else finding["note"]


def describe_grade(grade: str | None) -> str:
    """Return *grade* so that it can stand alone: a bare letter says nothing."""
    return f"Grade {grade}" if grade else ""


def describe_needed(finding: dict[str, Any]) -> str | None:
    """Return what would support the claim of *finding*; ``None`` if no reference would."""
    needed = finding["rule"]["support"]
    if needed is None:
        return None
    return f"{NEEDED[needed['answered_by']]} {WITHIN[needed['within']]}"


def describe_support_shortly(finding: dict[str, Any]) -> str:
    """Return in few words what would support the claim of *finding*, and what was found; nothing if none would."""
    needed = finding["rule"]["support"]
    if needed is None:
        return ""
    support = finding["support"]
    found = FOUND_SHORT[support["grade"]]
    if support["citation"] and support["citation"]["preclinical"]:
        found += " about animals or cells"
    return f"{NEEDED_SHORT[needed['answered_by']]} {WITHIN[needed['within']]}; found: {found}"


def describe_found(support: dict[str, Any]) -> str:
    """Return what the page gives as *support*, without the words of the citation."""
    if support["grade"] == "none" or support["citation"] is None:
        return GRADES[support["grade"]]
    place = f" {WITHIN[support['where']]}" if support["where"] else ""
    bench = ", about animals or cell cultures" if support["citation"]["preclinical"] else ""
    return f"{GRADES[support['grade']]}{place}{bench}"


def describe_manner(evidence: dict[str, Any]) -> list[str]:
    """Return how the words of *evidence* are said: whose voice, in what context."""
    said = [VOICES.get(evidence["voice"], ""), *(CONTEXTS.get(item, item) for item in evidence["contexts"])]
    return [words for words in said if words]


def describe_moment(moment: str) -> str:
    """Return an ISO 8601 *moment* in UTC as a reader writes it; anything else unchanged."""
    day, _, clock = moment.partition("T")
    parts = day.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts) or not 1 <= int(parts[1]) <= 12:
        return moment
    shown = f"{int(parts[2])} {_MONTHS[int(parts[1]) - 1]} {parts[0]}"
    return f"{shown}, {clock[:8]} UTC" if clock else shown


def count_words(number: int, noun: str) -> str:
    """Return *number* with *noun*, in the plural where it must be."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def join_words(words: list[str]) -> str:
    """Return *words* as a list in a sentence."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
