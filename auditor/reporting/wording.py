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
    "curative": "speaks of cures",
    "reversal": "says that disease is reversed",
    "efficacy": "says that its treatment works",
    "safety": "presents treatment as safe",
    "evidence": "uses research in ways that a reader cannot check",
    "authority": "offers names, titles or awards as proof",
    "status": "uses approval or registration as proof",
    "testimonial": "lets patients vouch for results",
    "breadth": "offers one treatment for many diseases",
    "distrust": "casts doubt on other medicine",
    "pressure": "presses for a quick decision",
    "funnel": "leads the reader towards a sale",
    "hype": "uses superlatives",
    "transparency": "leaves open what a reader would need to know",
}
"""Category to what a page with such a finding does, as the middle of a sentence."""

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
    "marketing": "marketing: it offers something",
    "information": "information: it offers nothing",
    "unclear": "marketing, though it is unclear whether it offers anything",
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

VERIFIED = {"T": "we read the text", "S": "confirmed in a secondary source"}

NOTHING_FOUND = "No red flag was found on this page."
NOTHING_MEANS = (
    "None of the rules was met by what could be read here. "
    "That does not mean that what the page says is true, or that the clinic is to be recommended."
)
CLOSING = "Evidence for review, not a verdict."


def count_severities(record: dict[str, Any]) -> dict[str, int]:
    """Return how many findings of *record* have each severity, gravest first."""
    found = [finding["severity"] for finding in record["findings"]]
    return {severity: found.count(severity) for severity in SEVERITIES}


def rank_findings(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the findings of *record*, gravest first, those of one severity as they came."""
    return sorted(record["findings"], key=lambda finding: SEVERITIES.index(finding["severity"]))


def summarize_findings(record: dict[str, Any]) -> str:
    """Return one sentence on what the page of *record* does, and how many rules it met."""
    if not record["findings"]:
        return NOTHING_FOUND
    ranked = rank_findings(record)
    categories = {finding["rule"]["category"] for finding in ranked}
    traits = dict.fromkeys(
        "transparency" if finding["rule"]["form"] == "absence" else finding["rule"]["category"] for finding in ranked
    )
    # What is said weighs more with a reader than what is left out.
    leading = sorted(traits, key=lambda category: category == "transparency")[:3]
    does = join_words([DOES.get(category, category) for category in leading])
    counts = count_severities(record)
    grave = [f"{counts[severity]} {severity}" for severity in SEVERITIES[:2] if counts[severity]]
    flags = count_words(len(ranked), "red flag")
    if len(categories) > 1:
        flags += f" in {len(categories)} categories"
    graded = f", {join_words(grave)}" if grave else ""
    strengths = len(record["strengths"])
    good = f", and {count_words(strengths, 'sign')} of good practice" if strengths else ""
    return f"The page {does}: {flags}{graded}{good}."


def describe_grade(grade: str | None) -> str:
    """Return *grade* so that it can stand alone: a bare letter says nothing."""
    return f"Grade {grade}" if grade else ""


def describe_needed(finding: dict[str, Any]) -> str | None:
    """Return what would support the claim of *finding*; ``None`` if no reference would."""
    needed = finding["rule"]["support"]
    if needed is None:
        return None
    return f"{NEEDED[needed['answered_by']]} {WITHIN[needed['within']]}"


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
