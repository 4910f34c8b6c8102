"""The words of the reports: what each value of a record is called, and how findings are summed up."""

from __future__ import annotations

from typing import Any

from auditor.reporting.catalogue import mark, say, say_many

SEVERITIES = ("critical", "high", "medium", "low")
"""Gravest first."""
NUMBERED_SEVERITIES = ("", *reversed(SEVERITIES))
"""By the number that the store of a run has for each."""
_BANDS = ((75, "good"), (55, "medium"), (35, "high"), (0, "critical"))
"""Least score to how it is painted."""

SEVERITY_NAMES = {
    "critical": mark("critical"),
    "high": mark("high"),
    "medium": mark("medium"),
    "low": mark("low"),
    "good": mark("strength"),
}

CATEGORIES = {
    "curative": mark("Cures"),
    "reversal": mark("Reversal of disease"),
    "efficacy": mark("Claims that it works"),
    "safety": mark("Safety and risk"),
    "evidence": mark("Use of research"),
    "authority": mark("Authority and expertise"),
    "status": mark("Approval and legal status"),
    "testimonial": mark("Patients’ stories"),
    "breadth": mark("One treatment for many diseases"),
    "distrust": mark("Distrust of other medicine"),
    "pressure": mark("Pressure to decide"),
    "funnel": mark("The way to the sale"),
    "hype": mark("Superlatives"),
    "transparency": mark("Openness towards the reader"),
}
"""Category to heading, in the order of the report."""

DOES = {
    "curative": mark("that speak of cures"),
    "reversal": mark("that say that disease is reversed"),
    "efficacy": mark("that say that a treatment works"),
    "safety": mark("that present treatment as safe"),
    "evidence": mark("that refer to research in ways that a reader cannot check"),
    "authority": mark("that give names, titles or awards as grounds for trust"),
    "status": mark("that give approval or registration as grounds for trust"),
    "testimonial": mark("that tell of patients’ results"),
    "breadth": mark("that offer one treatment for many diseases"),
    "distrust": mark("that cast doubt on other medicine"),
    "pressure": mark("that ask for a quick decision"),
    "funnel": mark("that invite the reader to make contact or to buy"),
    "hype": mark("that praise in superlatives"),
    "transparency": mark("that leave open what a reader would need to know"),
}
"""Category to what the words or parts behind such a finding do, as the middle of a sentence."""

ROLES = {
    "title": mark("Page title"),
    "meta": mark("Description for search engines"),
    "heading": mark("Heading"),
    "paragraph": mark("Paragraph"),
    "list_item": mark("List item"),
    "table_cell": mark("Table cell"),
    "quote": mark("Quotation"),
    "caption": mark("Caption"),
    "alt": mark("Text in place of an image"),
    "button": mark("Button"),
    "label": mark("Form label"),
    "link": mark("Link"),
    "structured": mark("Data for search engines"),
}

LANDMARKS = {
    "head": "",
    "header": mark("in the page’s header"),
    "nav": mark("in the navigation"),
    "main": "",
    "aside": mark("in a side column"),
    "footer": mark("in the page’s footer"),
    "body": "",
}

BLOCKS = {
    "testimonial": mark("in a testimonial"),
    "quotation": mark("in a quotation"),
    "references": mark("in the references"),
    "disclaimer": mark("in a disclaimer"),
    "faq": mark("in the questions and answers"),
}

CONTEXTS = {
    "negated": mark("negated"),
    "question": mark("asked as a question"),
    "hedged": mark("hedged"),
    "conditional": mark("under a condition"),
    "warned": mark("in a warning"),
    "reported": mark("reported of others"),
    "historical": mark("about the past"),
    "preclinical": mark("about animals or cell cultures"),
    "hypothetical": mark("as a possibility"),
}

VOICES = {"clinic": "", "patient": mark("in a patient’s voice"), "third_party": mark("in someone else’s words")}

GRADES = {
    "none": mark("no study or trial"),
    "vague": mark("a mention of research that names no study"),
    "named": mark("a study named without a way to look it up"),
    "paper": mark("a paper that can be looked up"),
    "trial": mark("a registered trial"),
}

NEEDED = {
    "none": mark("nothing"),
    "vague": mark("any mention of research"),
    "named": mark("a named study, a paper or a registered trial"),
    "paper": mark("a paper that can be looked up, or a registered trial"),
    "trial": mark("a registered trial"),
}

RUNGS = {
    "none": mark("no study"),
    "vague": mark("“studies show”"),
    "named": mark("a study named"),
    "paper": mark("a paper to look up"),
    "trial": mark("a registered trial"),
}
"""Grade to its name on the ladder of support, lowest first."""

NEEDED_SHORT = {
    "none": mark("nothing"),
    "vague": mark("any mention of research"),
    "named": mark("a named study, paper or trial"),
    "paper": mark("a paper or registered trial"),
    "trial": mark("a registered trial"),
}

FOUND_SHORT = {
    "none": mark("none"),
    "vague": mark("no study named"),
    "named": mark("a study that cannot be looked up"),
    "paper": mark("a paper"),
    "trial": mark("a trial"),
}

WITHIN = {
    "passage": mark("in the same passage"),
    "section": mark("in the same section"),
    "page": mark("on this page"),
}

CITATIONS = {
    "trial": mark("Registered trial"),
    "doi": mark("Paper (DOI)"),
    "pmid": mark("Paper (PubMed)"),
    "pmcid": mark("Paper (PubMed Central)"),
    "paper": mark("Paper"),
    "journal": mark("Journal link"),
    "named_study": mark("Study named without a way to look it up"),
    "vague": mark("Research mentioned without naming a study"),
}

CONTACTS = {
    "telephone": mark("telephone"),
    "email": mark("e-mail"),
    "whatsapp": "WhatsApp",
    "line": "LINE",
    "wechat": "WeChat",
    "telegram": "Telegram",
    "messenger": "Messenger",
    "booking": mark("booking service"),
    "social": mark("social network"),
}

ASKS = {
    "name": mark("name"),
    "email": mark("e-mail address"),
    "telephone": mark("telephone number"),
    "message": mark("message"),
    "condition": mark("illness or condition"),
    "date": mark("date"),
    "address": mark("address"),
    "search": mark("search words"),
    "password": mark("password"),
    "file": mark("file"),
    "consent": mark("consent"),
    "other": mark("something else"),
}

PURPOSES = {
    "contact": mark("Contact form"),
    "newsletter": mark("Newsletter form"),
    "search": mark("Search form"),
    "login": mark("Login form"),
    "other": mark("Form"),
}

INTENTS = {
    "marketing": mark("marketing"),
    "information": mark("information"),
    "unclear": mark("marketing, because it stayed unclear whether it offers anything"),
}

LANGUAGES = {
    "ar": mark("Arabic"),
    "de": mark("German"),
    "en": mark("English"),
    "es": mark("Spanish"),
    "fr": mark("French"),
    "he": mark("Hebrew"),
    "hi": mark("Hindi"),
    "id": mark("Indonesian"),
    "it": mark("Italian"),
    "ja": mark("Japanese"),
    "ko": mark("Korean"),
    "nl": mark("Dutch"),
    "pl": mark("Polish"),
    "pt": mark("Portuguese"),
    "ru": mark("Russian"),
    "th": mark("Thai"),
    "tr": mark("Turkish"),
    "uk": mark("Ukrainian"),
    "vi": mark("Vietnamese"),
    "zh": mark("Chinese"),
}

JURISDICTIONS = {
    "ae": mark("United Arab Emirates"),
    "au": mark("Australia"),
    "br": mark("Brazil"),
    "ca": mark("Canada"),
    "cn": mark("China"),
    "de": mark("Germany"),
    "es": mark("Spain"),
    "eu": mark("European Union"),
    "fr": mark("France"),
    "hk": mark("Hong Kong"),
    "in": mark("India"),
    "intl": mark("International"),
    "it": mark("Italy"),
    "jp": mark("Japan"),
    "kr": mark("South Korea"),
    "mx": mark("Mexico"),
    "nz": mark("New Zealand"),
    "ph": mark("Philippines"),
    "ru": mark("Russia"),
    "sg": mark("Singapore"),
    "th": mark("Thailand"),
    "tr": mark("Türkiye"),
    "uk": mark("United Kingdom"),
    "us": mark("United States"),
    "za": mark("South Africa"),
}
EVERYWHERE = "intl"
"""Jurisdiction of what holds everywhere: declarations and studies. It is cited whatever is chosen."""

VERIFIED = {"T": mark("source read by us"), "S": mark("taken from a secondary source")}

UNASSESSED = {
    "short": mark("Not assessed: too little text for a score"),
    "language": mark("Not assessed: too little text in a language with rules"),
}
"""Obstacle to what is said where there is no score although there was something to read."""

NOTHING_FOUND = mark("No red flag was found on this page.")
NOTHING_MEANS = mark(
    "None of the rules that were applied was met by what could be read here. That does not mean that what the page says is true, or that the clinic is to be recommended."
)
NOTHING_LISTED = mark("No red flag at or above the severity that was asked for was found on this page.")
NOTHING_LITTLE = mark("No rule was met by the little that could be read, which says nothing about the page.")
NOTHING_JUDGED = mark("Nothing can be said, because the page was not assessed.")
ABSENT = mark("This was looked for and not found on this page; other pages of the site were not read.")
CLOSING = mark("Evidence for review, not a verdict.")

_MONTHS = (
    mark("January"),
    mark("February"),
    mark("March"),
    mark("April"),
    mark("May"),
    mark("June"),
    mark("July"),
    mark("August"),
    mark("September"),
    mark("October"),
    mark("November"),
    mark("December"),
)


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


def name_category(category: str) -> str:
    """Return the heading over *category*; a folder of the user's own is its own heading."""
    return say(CATEGORIES[category]) if category in CATEGORIES else category


def count_flags(number: int) -> str:
    """Return *number* with the word for findings."""
    return say_many("%(number)s red flag", "%(number)s red flags", number)


def count_strengths(number: int) -> str:
    """Return *number* with the words for strengths."""
    return say_many("%(number)s sign of good practice", "%(number)s signs of good practice", number)


def count_severity(number: int, severity: str) -> str:
    """Return *number* with the name of *severity*."""
    return say("%(number)s %(severity)s", number=number, severity=say(SEVERITY_NAMES[severity]))


def summarize_findings(record: dict[str, Any]) -> str:
    """Return one sentence on the words behind the findings of *record*, and how many rules were met."""
    if not record["findings"]:
        nothing = say(NOTHING_LISTED if record["unlisted"] else NOTHING_FOUND)
        good = say_many(
            "%(number)s sign of good practice was found.",
            "%(number)s signs of good practice were found.",
            len(record["strengths"]),
        )
        return f"{nothing} {good}" if record["strengths"] else nothing
    ranked = rank_findings(record)
    counts = count_severities(record)
    flags = count_flags(len(ranked))
    categories = {finding["rule"]["category"] for finding in ranked}
    if len(categories) > 1:
        flags = say("%(flags)s in %(number)s categories", flags=flags, number=len(categories))
    grave = [count_severity(counts[severity], severity) for severity in SEVERITIES[:2] if counts[severity]]
    told = ", ".join(part for part in (flags, join_words(grave)) if part)
    if record["strengths"]:
        good = count_strengths(len(record["strengths"]))
        told = say("%(flags)s, and %(strengths)s", flags=told, strengths=good)
    return f"{_summarize_words(ranked)}; {told}."


def _summarize_words(ranked: list[dict[str, Any]]) -> str:
    """Return what was found, as the beginning of a sentence: words first, else parts, else what is absent."""
    for what, forms in (
        (mark("Words were found %(clauses)s"), ("claim", "count")),
        (mark("Parts of the page were found %(clauses)s"), ("structure",)),
    ):
        met = rank_categories([finding for finding in ranked if finding["rule"]["form"] in forms])
        # What is said weighs more with a reader than what is left out.
        leading = sorted(met, key=lambda category: category == "transparency")[:3]
        if leading:
            clauses = [
                say(DOES[name]) if name in DOES else say("of the kind “%(name)s”", name=name) for name in leading
            ]
            return say(what, clauses=join_words(clauses))
    return say("Some of what a reader would need to know was not found on this page")


def describe_unlisted(record: dict[str, Any]) -> str:
    """Return how many findings are not listed, in a sentence; nothing if all are.

    The record does not hold the severity that was asked for, but what is not listed lies below all that is.
    """
    number = record["unlisted"]
    if not number:
        return ""
    listed = rank_findings(record)
    below = say(SEVERITY_NAMES[listed[-1]["severity"]]) if listed else say("the severity that was asked for")
    if record["score"] is None:
        return say_many(
            "%(number)s finding below %(level)s is not listed.",
            "%(number)s findings below %(level)s are not listed.",
            number,
            level=below,
        )
    return say_many(
        "%(number)s finding below %(level)s is counted in the score and not listed.",
        "%(number)s findings below %(level)s are counted in the score and not listed.",
        number,
        level=below,
    )


def describe_unassessed(record: dict[str, Any]) -> str:
    """Return the heading of *record* where it has no score."""
    obstacle = record["document"]["obstacle"]
    head = say(UNASSESSED.get(obstacle["kind"] if obstacle else "", mark("Not assessed")))
    if record["findings"] or record["strengths"]:
        return say("%(head)s; what was found in it is listed", head=head)
    return head


def describe_nothing(record: dict[str, Any], nothing: str) -> str:
    """Return *nothing* where *record* was assessed, else what can be said in its place."""
    if record["score"] is not None:
        return say(nothing)
    obstacle = record["document"]["obstacle"]
    little = record["findings"] or record["strengths"] or (obstacle and obstacle["kind"] in UNASSESSED)
    return say(NOTHING_LITTLE if little else NOTHING_JUDGED)


def choose_band(score: int | None) -> str:
    """Return how *score* is painted: as a severity, as good, or as none where there is no score."""
    return next((name for least, name in _BANDS if score is not None and score >= least), "none")


def sign_points(points: int) -> str:
    """Return *points* with their sign, as a step of a score is written."""
    return f"{points:+}".replace("-", "−") if points else "0"


def describe_figure(says: str, percent: float | None) -> str:
    """Return what a published study found, in the words of the codebook."""
    return says if percent is None else f"{percent:g}% {says}"


def describe_grade(grade: str | None) -> str:
    """Return *grade* so that it can stand alone: a bare letter says nothing."""
    return say("Grade %(grade)s", grade=grade) if grade else ""


def describe_measured(measured: dict[str, Any] | None) -> str:
    """Return how often a rule was right where people had labelled what it found; nothing where that is not known."""
    if measured is None:
        return ""
    shares = (measured["right"] / measured["met"], measured["low"], measured["high"])
    share, low, high = (f"{100 * part:.0f}" for part in shares)
    return say(
        "Right in %(right)s of %(met)s labelled cases: %(share)s%%, 95%% interval %(low)s%% to %(high)s%%",
        right=measured["right"],
        met=measured["met"],
        share=share,
        low=low,
        high=high,
    )


def describe_needed(finding: dict[str, Any]) -> str | None:
    """Return what would support the claim of *finding*; ``None`` if no reference would."""
    needed = finding["rule"]["support"]
    if needed is None:
        return None
    return f"{say(NEEDED[needed['answered_by']])} {say(WITHIN[needed['within']])}"


def describe_support_shortly(finding: dict[str, Any]) -> str:
    """Return in few words what would support the claim of *finding*, and what was found; nothing if none would."""
    needed = finding["rule"]["support"]
    if needed is None:
        return ""
    support = finding["support"]
    found = say(FOUND_SHORT[support["grade"]])
    if support["citation"] and support["citation"]["preclinical"]:
        found = say("%(found)s about animals or cells", found=found)
    wanted = f"{say(NEEDED_SHORT[needed['answered_by']])} {say(WITHIN[needed['within']])}"
    return say("%(wanted)s; found: %(found)s", wanted=wanted, found=found)


def describe_found(support: dict[str, Any]) -> str:
    """Return what the page gives as *support*, without the words of the citation."""
    told = say(GRADES[support["grade"]])
    if support["grade"] == "none" or support["citation"] is None:
        return told
    if support["where"]:
        told += f" {say(WITHIN[support['where']])}"
    return f"{told}, {say(CONTEXTS['preclinical'])}" if support["citation"]["preclinical"] else told


def describe_manner(evidence: dict[str, Any]) -> list[str]:
    """Return how the words of *evidence* are said: whose voice, in what context."""
    said = [VOICES.get(evidence["voice"], ""), *(CONTEXTS.get(item, item) for item in evidence["contexts"])]
    return [say(words) for words in said if words]


def describe_moment(moment: str) -> str:
    """Return an ISO 8601 *moment* in UTC as a reader writes it; anything else unchanged."""
    day, _, clock = moment.partition("T")
    parts = day.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts) or not 1 <= int(parts[1]) <= 12:
        return moment
    shown = say("%(day)s %(month)s %(year)s", day=int(parts[2]), month=say(_MONTHS[int(parts[1]) - 1]), year=parts[0])
    return f"{shown}, {clock[:8]} UTC" if clock else shown


def name_language(code: str) -> str:
    """Return the name of the language *code*, or the code."""
    return say(LANGUAGES[code]) if code in LANGUAGES else code


def name_jurisdiction(code: str) -> str:
    """Return the name of the jurisdiction *code*, or the code."""
    known = JURISDICTIONS.get(code.lower())
    return say(known) if known else code


def join_words(words: list[str]) -> str:
    """Return *words* as a list in a sentence."""
    if len(words) < 2:
        return "".join(words)
    return say("%(first)s and %(last)s", first=", ".join(words[:-1]), last=words[-1])
