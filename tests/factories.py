"""Small factories: each builds a whole noun from the few words that a test cares about."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from auditor.models import (
    Audit,
    Basis,
    Citation,
    Coding,
    Document,
    Evidence,
    Facts,
    Field,
    Figure,
    Finding,
    Form,
    Frame,
    Grade,
    Link,
    Measured,
    Obstacle,
    Offer,
    Page,
    Passage,
    Redirect,
    Rule,
    ScorePart,
    Severity,
    Support,
    SupportNeeded,
    Tracker,
    Variable,
)
from auditor.reading.citations import find_citations
from auditor.reading.joining import JoinedText
from auditor.reading.links import classify_address

URL = "https://knees.example/treatments"
MOMENT = "2031-03-14T09:26:53Z"
DIGEST = "5f" * 32


def page(body: str | bytes = "<p>We cure knees.", **fields: Any) -> Page:
    """Build the page that was received as *body*."""
    data = body.encode() if isinstance(body, str) else body
    known: dict[str, Any] = {
        "source": URL,
        "url": URL,
        "body": data,
        "media_type": "text/html",
        "sha256": hashlib.sha256(data).hexdigest(),
        "retrieved": MOMENT,
        "charset": "utf-8",
        "status": 200,
    }
    return Page(**(known | fields))


def passage(text: str = "We cure knees.", **fields: Any) -> Passage:
    """Build a paragraph of the main part that reads *text*."""
    known: dict[str, Any] = {"index": 0, "text": text, "role": "paragraph", "landmark": "main"}
    return Passage(**(known | fields))


def cite(*passages: str | Passage, links: tuple[Link, ...] = (), url: str | None = None) -> list[Citation]:
    """Find the citations of passages that are numbered in order."""
    items = [
        passage(item, index=place) if isinstance(item, str) else replace(item, index=place)
        for place, item in enumerate(passages)
    ]
    return list(find_citations(items, JoinedText(item.text for item in items), links, url))


def literature_link(url: str, text: str = "here", place: int | None = 0) -> Link:
    """Build a link of the kind that its address has."""
    return Link(url=url, text=text, kind=classify_address(url), landmark="main", passage=place)


def document(*passages: str | Passage, **fields: Any) -> Document:
    """Build a document of *passages*, numbered in order; a string is a paragraph."""
    numbered = tuple(
        replace(passage(item) if isinstance(item, str) else item, index=index) for index, item in enumerate(passages)
    )
    known: dict[str, Any] = {"passages": numbered, "facts": Facts(title="Knees"), "url": URL}
    return Document(**(known | fields))


def rule(id: str = "curative/cures", **fields: Any) -> Rule:  # noqa: A002
    """Build the claim rule *id*, whose category is the folder in its name."""
    known: dict[str, Any] = {
        "id": id,
        "category": id.split("/", maxsplit=1)[0],
        "title": "Says that a treatment cures",
        "severity": Severity.HIGH,
        "status": "stable",
        "form": "claim",
        "why": "A cure that nobody has shown can cost a reader time and money.",
        "ask": "Which published trial shows this result?",
        "basis": (),
        "codes": ("B1",),
        "match": {"en": ("cures?",)},
        "unless": {},
        "beside": {},
        "near": "sentence",
        "lead": 0,
        "structure": {},
        "when": {},
        "at_least": 0,
        "groups": 0,
        "roles": ("heading", "paragraph", "list_item"),
        "landmarks": ("header", "main", "footer", "body"),
        "voice": ("clinic", "patient"),
        "intents": ("marketing", "unclear"),
        "tones": ("selling", "leaning", "plain", "informing", "reporting"),
        "fallback": False,
        "excused_by": ("negated", "question", "warned", "reported"),
        "softened_by": (),
        "support": None,
        "falsepositives": (),
        "flags": {"en": ("This cures it.",)},
        "passes": {"en": ("Nothing cures it.",)},
        "path": f"{id}.yaml",
    }
    return Rule(**(known | fields))


def evidence(quote: str = "We cure knees.", words: str = "cure", **fields: Any) -> Evidence:
    """Build a quotation that met a rule by its *words*, in a passage of its own."""
    prefix, suffix = fields.get("prefix", ""), fields.get("suffix", "")
    text = " ".join(part for part in (prefix, quote, suffix) if part)
    start = text.index(quote) + quote.index(words)
    known: dict[str, Any] = {
        "quote": quote,
        "words": words,
        "prefix": "",
        "suffix": "",
        "passage": passage(text),
        "start": start,
        "end": start + len(words),
        "severity": Severity.HIGH,
        "voice": "clinic",
        "contexts": (),
        "support": Support(grade=Grade.NONE),
    }
    return Evidence(**(known | fields))


def finding(*quotes: str | Evidence, **fields: Any) -> Finding:
    """Build a finding with *quotes*; *words* says what met the rule, *rule* may be an identifier."""
    met = fields.pop("rule", "curative/cures")
    met = rule(met) if isinstance(met, str) else met
    words = fields.pop("words", "cure")
    severity = fields.pop("severity", met.severity)
    shown = tuple(evidence(item, words, severity=severity) if isinstance(item, str) else item for item in quotes)
    known: dict[str, Any] = {
        "rule": met,
        "severity": severity,
        "evidence": shown,
        "note": f"The page says {words!r}." if shown else "Not stated on this page.",
        "contexts": tuple(sorted({context for item in shown for context in item.contexts})),
        "support": shown[0].support if shown else Support(grade=Grade.NONE),
    }
    return Finding(**(known | fields))


def audit(*findings: Finding, strengths: tuple[Finding, ...] = (), **fields: Any) -> Audit:
    """Build the audit that made *findings*; its document holds the passages of their evidence."""
    read = fields.get("document")
    if read is None:
        passages = tuple(
            {item.passage.text: item.passage for each in (*findings, *strengths) for item in each.evidence}.values()
        )
        read = document(*(passages or ("We treat knees.",)))
    places = {item.text: item for item in read.passages}
    known: dict[str, Any] = {
        "page": page(),
        "document": read,
        "offer": Offer(intent="marketing", signs=("a form asks for a telephone number",)),
        "findings": tuple(_settle(item, places) for item in findings),
        "strengths": tuple(_settle(item, places) for item in strengths),
        "observations": (),
        "disclosed": (),
        "codebook": (),
        "score": 100 - 20 * len(findings) if len(findings) < 5 else 0,
        "grade": "B",
        "meaning": "Several claims are made that the page does not support.",
        "score_parts": tuple(
            ScorePart(points=-20, reason=f"{each.rule.title} ({each.severity.name.lower()})", rule=each.rule.id)
            for each in findings
        ),
        "limits": ("Words in images were not read.",),
        "basis": {},
        "measured": {},
        "rules_digest": DIGEST,
        "rules_count": 48,
        "audited": MOMENT,
        "version": "0.1.0",
    }
    return Audit(**(known | {name: value for name, value in fields.items() if name != "document"}))


def unassessed_audit(kind: str = "challenge", reason: str = "The site answered with a challenge page.") -> Audit:
    """Build the audit of a page that could not be read."""
    read = document(obstacle=Obstacle(kind=kind, reason=reason))
    return audit(document=read, score=None, grade=None, meaning=reason)


def _settle(each: Finding, places: dict[str, Passage]) -> Finding:
    settled = tuple(replace(item, passage=places.get(item.passage.text, item.passage)) for item in each.evidence)
    return replace(each, evidence=settled)


# --- one audit with everything in it -----------------------------------------------------------

TRIALS = Basis(
    id="us.ftc.health-products-2022",
    title="FTC Health Products Compliance Guidance",
    jurisdiction="us",
    says="Claims about health need competent and reliable scientific evidence, as a rule randomised trials in people.",
    url="https://www.ftc.gov/business-guidance/resources/health-products-compliance-guidance",
    verified="T",
)
ANNEX = Basis(
    id="eu.ucpd.annex1-17",
    title="Directive 2005/29/EC, Annex I, point 17",
    jurisdiction="eu",
    says="Falsely stating that a product can cure illness, dysfunction or malformation is unfair in all circumstances.",
    url="https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:32005L0029",
    verified="S",
)


def rich_audit() -> Audit:
    """Build the audit of an invented clinic page on which nearly everything occurs."""
    sections = ("Lumora Institute", "Liver repair")
    named = Citation(
        kind="named_study", identifier="Hepatic Letters, 2018", text="as shown in Hepatic Letters, 2018", passage=1
    )
    mice = Citation(
        kind="doi", identifier="10.5555/lumora.77", text="doi:10.5555/lumora.77", passage=2, preclinical=True
    )
    trial = Citation(kind="trial", identifier="NCT01234567", text="NCT01234567", passage=9, start=10, end=21)
    trial_needed = SupportNeeded(answered_by=Grade.TRIAL, within="section")
    unsupported = Support(grade=Grade.NONE, needed=Grade.TRIAL)
    passages = (
        passage("Lumora Institute – the end of cirrhosis", role="title", landmark="head"),
        passage(
            "Founded by Prof. Ada Quill. Our stem cells reverse liver fibrosis and cure cirrhosis for good, "
            "as shown in Hepatic Letters, 2018. Results are felt within days.",
            section=sections,
        ),
        passage("The liver can be rebuilt: cells may cure cirrhosis even in late stages.", role="heading", section=sections[:1]),
        passage("100% safe, with no side effects", role="list_item", section=sections, hidden=True),
        passage("“I was dying, and Lumora cured me in two weeks.” – Mr T., Port Vell", role="quote", block="testimonial", section=("Stories",)),
        passage("Get your free quote on WhatsApp now", role="button", landmark="footer"),
        passage("Your diagnosis", role="label", landmark="aside", section=("Free assessment",)),
        passage("本院干细胞疗法可以彻底治愈肝硬化，无任何副作用。", role="paragraph", language="zh", section=("中文",)),
        passage("Only three places are left this month: reserve today!", landmark="header", section=()),
        passage("We take part in NCT01234567, which has not yet reported.", section=("Research",)),
        passage("Bleeding, infection and pain are possible; your physician will explain each risk before you decide.", section=("Risks",)),
    )  # fmt: skip
    read = document(
        *passages,
        url="https://lumora.example/en/liver?a=1&b=2#top",
        facts=Facts(
            title="Lumora Institute – the end of cirrhosis",
            description="Stem cells for every liver.",
            author="Lumora editorial team",
            publisher="Lumora Institute",
            published="2030-11-02",
            modified="2031-02-20",
            language="en",
            canonical="https://lumora.example/en/liver",
        ),
        links=(
            Link(url="https://wa.me/000", text="WhatsApp", kind="whatsapp", landmark="footer", passage=5),
            Link(url="tel:+000", text="Call", kind="telephone", landmark="header"),
            Link(url="https://lumora.example/en", text="Home", kind="page", landmark="nav"),
        ),
        forms=(
            Form(
                action="https://lumora.example/lead",
                method="post",
                fields=(
                    Field(name="tel", type="tel", label="Telephone", asks="telephone", required=True),
                    Field(name="dx", type="text", label="Your diagnosis", asks="condition"),
                    Field(name="mri", type="file", label="Upload your scan", asks="file"),
                ),
                text="Get my quote",
                landmark="aside",
                purpose="contact",
                passage=6,
            ),
        ),
        frames=(Frame(url="https://video.example/embed/77", title="Patient stories"),),
        trackers=(Tracker(name="Meta Pixel", url="https://connect.example/fbevents.js", identifier="0000"),),
        citations=(named, mice, trial),
        images=7,
    )
    kept = read.passages
    findings = (
        finding(
            _quoted(kept[1], "Our stem cells reverse liver fibrosis and cure cirrhosis for good, as shown in Hepatic Letters, 2018.", "cure cirrhosis", severity=Severity.CRITICAL, support=Support(grade=Grade.NAMED, where="passage", citation=named, needed=Grade.TRIAL)),
            _quoted(kept[7], kept[7].text, "彻底治愈肝硬化", severity=Severity.CRITICAL, support=unsupported),
            _quoted(kept[2], kept[2].text, "cure cirrhosis", severity=Severity.HIGH, contexts=("hedged",), support=Support(grade=Grade.PAPER, where="section", citation=mice, needed=Grade.TRIAL)),
            rule=rule("curative/cure-claimed", title="Says that a treatment cures a serious disease", severity=Severity.CRITICAL, basis=(TRIALS.id, ANNEX.id), support=trial_needed, codes=("B1", "B4")),
            note="A cure is stated in three places.",
        ),
        finding(
            _quoted(kept[1], "Our stem cells reverse liver fibrosis and cure cirrhosis for good, as shown in Hepatic Letters, 2018.", "reverse liver fibrosis", support=Support(grade=Grade.NAMED, where="passage", citation=named, needed=Grade.TRIAL)),
            rule=rule("reversal/fibrosis-reversed", title="Says that a treatment reverses fibrosis or scarring", why="Fibrosis is scar tissue. Some of it may go back when its cause ends; no cell treatment has been shown in controlled trials to undo it.", ask="Which controlled trial measured the scarring before and after, and by how much did it change?", basis=(TRIALS.id,), support=trial_needed),
            note="Reversal is stated once.",
        ),
        finding(
            _quoted(kept[3], kept[3].text, "no side effects", severity=Severity.HIGH),
            rule=rule("safety/no-risk", title="Says that a treatment has no risk", why="Every treatment that does something can also do harm.", ask="How many patients had complications, and which?", basis=(ANNEX.id,)),
            note="Freedom from risk is stated once.",
        ),
        finding(
            _quoted(kept[4], kept[4].text, "cured me in two weeks", severity=Severity.HIGH, voice="patient"),
            rule=rule("testimonial/cure-told", title="Lets a patient tell of a cure", why="One patient's story cannot show what a treatment does.", ask="What happened to the other patients?"),
            note="A patient tells of a cure.",
        ),
        finding(
            _quoted(kept[5], kept[5].text, "free quote on WhatsApp", severity=Severity.MEDIUM),
            _quoted(kept[6], kept[6].text, "Your diagnosis", severity=Severity.MEDIUM),
            rule=rule("funnel/quote-form", title="Asks for health data before it names a price", severity=Severity.MEDIUM, form="structure", structure={"asks": ("condition", "file")}, landmarks=("main", "aside"), why="A form that asks for a diagnosis before any information is given serves sales.", ask="Who reads what is entered, and where is it kept?"),
            note="A form asks for a telephone number, a condition and a file.",
        ),
        finding(
            _quoted(kept[8], kept[8].text, "Only three places are left", severity=Severity.LOW),
            rule=rule("pressure/few-places", title="Says that time or places are short", severity=Severity.LOW, why="Haste keeps a reader from asking for a second opinion.", ask="What happens if I decide next month?"),
            note="Scarcity is stated once.",
        ),
        finding(
            rule=rule("transparency/no-price", title="Names no price", severity=Severity.MEDIUM, form="absence", match={}, why="A reader who pays for a treatment needs its price before the first contact.", ask="What does the whole treatment cost, with travel and aftercare?"),
            note="No price is named on this page.",
        ),
    )  # fmt: skip
    strengths = (
        finding(
            _quoted(kept[10], kept[10].text, "Bleeding, infection and pain are possible", severity=Severity.LOW),
            rule=rule("strengths/risks-stated", title="States the risks of its treatment", severity=Severity.LOW, why="A reader who knows the risks can weigh them.", ask="How often does each of these happen?"),
            note="Risks are stated in one place.",
        ),
    )  # fmt: skip
    points = (-24, -14, -12, -8, -6, -2, -4)
    return audit(
        *findings,
        strengths=strengths,
        document=read,
        page=page(
            source="https://lumora.example/liver",
            url="https://lumora.example/en/liver?a=1&b=2#top",
            redirects=(Redirect(url="https://lumora.example/liver", status=301, location="/en/liver?a=1&b=2#top"),),
            address="203.0.113.7",
            headers=(("content-type", "text/html; charset=utf-8"),),
        ),
        offer=Offer(intent="marketing", signs=("a form that asks for contact: “Get my quote”", "links to whatsapp", "words that inform: “trial”")),
        score=34,
        grade="E",
        meaning="Grave claims stand without support that a reader could check.",
        score_parts=(
            *(ScorePart(points=cost, reason=f"{each.rule.title} ({each.severity.name.lower()})", rule=each.rule.id) for cost, each in zip(points, findings, strict=True)),
            ScorePart(points=4, reason="States the risks of its treatment", rule="strengths/risks-stated"),
        ),
        limits=(
            "7 images have no alternative text; words in them were not read.",
            "1 embedded page was not read.",
        ),
        basis={TRIALS.id: TRIALS, ANNEX.id: ANNEX},
        measured={"curative/cure-claimed": Measured(right=31, met=36, low=0.7134, high=0.9392, corpora=("invented",))},
        observations=(
            finding(
                _quoted(kept[1], "Our stem cells reverse liver fibrosis and cure cirrhosis for good, as shown in Hepatic Letters, 2018.", "stem cells", severity=Severity.LOW),
                rule=rule("observations/product-named", title="Names the product", severity=Severity.LOW, why="A reader who knows the product can look it up.", ask="What is in it?", codes=("O1",)),
                note="The product is named once.",
            ),
        ),
        codebook=(
            Coding(variable=Variable(id="O1", name="Names the product", unit="S", tier="A", polarity="neutral"), present=True, note="Found on this page.", rules=("observations/product-named",), quote="Our stem cells reverse liver fibrosis and cure cirrhosis for good, as shown in Hepatic Letters, 2018.", passage=1),
            Coding(variable=Variable(id="B2", name="Claims cure", unit="S", tier="B", polarity="red_flag", published=(Figure(says="of 68 sites", source=TRIALS.id, verified="T", percent=16.5), Figure(says="most sites", source=ANNEX.id, verified="S")), limit="Truth."), present=True, note="Found on this page.", rules=("curative/cure-claimed", "reversal/fibrosis-reversed"), quote="彻底治愈", passage=7),
            Coding(variable=Variable(id="T1", name="States a price", unit="W", tier="A", polarity="protective"), present=False, note="Not found on this page; other pages of the site were not read.", rules=()),
            Coding(variable=Variable(id="O9", name="Shows a diploma", unit="W", tier="C", polarity="red_flag"), present=None, note="Not looked for: no rule measures it.", rules=()),
        ),
    )  # fmt: skip


def _quoted(place: Passage, quote: str, words: str, **fields: Any) -> Evidence:
    first = place.text.index(quote)
    start = first + quote.index(words)
    prefix, suffix = place.text[:first].strip(), place.text[first + len(quote) :].strip()
    return evidence(
        quote,
        words,
        **({"prefix": prefix, "suffix": suffix, "passage": place, "start": start, "end": start + len(words)} | fields),
    )
