"""The nouns: frozen, typed, without logic."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from auditor.nouns import noun

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

STANDARD_INPUT = "-"
"""The source that a pipe is called."""
ROLES = (
    "title", "meta", "heading", "paragraph", "list_item", "table_cell", "quote", "caption", "alt", "button",
    "label", "link", "structured",
)  # fmt: skip
LANDMARKS = ("head", "header", "nav", "main", "aside", "footer", "body")
VOICES = ("clinic", "patient", "third_party")
CONTEXTS = (
    "negated", "question", "hedged", "conditional", "warned", "reported", "historical", "preclinical", "hypothetical",
)  # fmt: skip
TONES = ("selling", "leaning", "plain", "informing", "reporting")
"""How a whole sentence speaks."""
INTENTS = ("marketing", "information", "unclear")
FORMS = ("claim", "structure", "absence", "count")
STATUSES = ("experimental", "test", "stable", "deprecated")
CATEGORIES = (
    "curative", "reversal", "efficacy", "evidence", "safety", "authority", "status", "funnel", "pressure",
    "testimonial", "hype", "breadth", "distrust", "transparency", "strengths", "observations",
)  # fmt: skip
UNSCORED = ("strengths", "observations")
"""Categories that are no red flags: signs of good practice, and what is only recorded."""
POLARITIES = ("red_flag", "protective", "neutral")
UNITS = ("S", "P", "W")
TIERS = ("A", "B", "C")
CITATION_KINDS = ("trial", "doi", "pmid", "pmcid", "paper", "journal", "named_study", "vague")
LINK_KINDS = ("page", "telephone", "email", "whatsapp", "line", "wechat", "telegram", "messenger", "booking", "social", "register", "literature")  # fmt: skip


class Severity(IntEnum):
    """How much a reviewer should care."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Grade(IntEnum):
    """How well a claim is backed by what the page gives."""

    NONE = 0
    VAGUE = 1
    """"Studies show"."""
    NAMED = 2
    """A named study that cannot be looked up."""
    PAPER = 3
    """A paper with an identifier, a link or a full reference."""
    TRIAL = 4
    """A registered trial."""


# --- what was received -------------------------------------------------------------------------


@noun
class Redirect:
    """One hop on the way to a page."""

    url: str
    status: int
    location: str


@noun
class Rendering:
    """How a browser made a page's body out of what was received."""

    browser: str
    """Name and version."""
    received_sha256: str
    """Hexadecimal digest of the bytes that were received."""
    received_bytes: int
    width: int
    """Of the window, in pixels."""
    refused: tuple[str, ...] = ()
    """Hosts in private networks that the page asked for."""


@noun
class Page:
    """What was received for a source: bytes, and how they came."""

    source: str
    """The source as the user named it."""
    body: bytes
    media_type: str
    """Sniffed: ``text/html``, ``application/pdf`` or ``text/plain``."""
    sha256: str
    """Hexadecimal digest of *body*."""
    retrieved: str
    """Moment of retrieval, ISO 8601 in UTC, to the second."""
    url: str | None = None
    """Final address, after redirects; ``None`` for a file of unknown origin."""
    charset: str | None = None
    """Encoding of *body*; ``None`` for PDF."""
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    redirects: tuple[Redirect, ...] = ()
    address: str | None = None
    """Network address actually connected to."""
    truncated: bool = False
    """Whether *body* was cut off at the size limit."""
    rendering: Rendering | None = None
    """Where *body* is what a browser made, scripts run; ``None`` for the bytes as received."""


# --- the page as read --------------------------------------------------------------------------


@noun
class Passage:
    """The text of one block as a visitor reads it."""

    index: int
    """Place in ``Document.passages``."""
    text: str
    """White space collapsed, invisible characters removed."""
    role: str
    """One of `ROLES`."""
    landmark: str
    """One of `LANDMARKS`."""
    section: tuple[str, ...] = ()
    """The headings above it, outermost first."""
    language: str = "en"
    """BCP 47 primary subtag, such as ``en`` or ``zh``."""
    hidden: bool = False
    """Held in the page but not shown at first: closed, hidden or ``noscript``."""
    block: str | None = None
    """What the markup around it says it is: ``testimonial``, ``quotation``, ``references``, ``disclaimer``, ``faq``."""


@noun
class Link:
    """A link with what it leads to."""

    url: str
    text: str
    kind: str
    """One of `LINK_KINDS`."""
    landmark: str
    passage: int | None = None
    """Index of the passage that holds its text."""


@noun
class Field:
    """One field of a form."""

    name: str
    type: str
    label: str
    asks: str
    """``name``, ``email``, ``telephone``, ``message``, ``condition``, ``date``, ``address``, ``search``, ``password``, ``file``, ``consent`` or ``other``."""
    required: bool = False


@noun
class Form:
    """A form: what it asks, and where it posts."""

    action: str
    method: str
    fields: tuple[Field, ...]
    text: str
    """Words on its submit button."""
    landmark: str
    purpose: str
    """``contact``, ``newsletter``, ``search``, ``login`` or ``other``."""
    passage: int | None = None
    """Index of the passage that holds its button, label or heading."""


@noun
class Frame:
    """An embedded page, whose content is not read."""

    url: str
    title: str


@noun
class Tracker:
    """A measuring or advertising service that the page loads."""

    name: str
    url: str
    identifier: str | None = None


@noun
class Citation:
    """A reference that the page gives, from a trial number down to "studies show"."""

    kind: str
    """One of `CITATION_KINDS`."""
    identifier: str
    """Normalised identifier or address; the words themselves where there is none."""
    text: str
    """The words or address by which the page gives it."""
    passage: int | None
    """Index of the passage; ``None`` if it is only in the page's structured data."""
    start: int = 0
    end: int = 0
    """Span in the passage's text."""
    preclinical: bool = False
    """Whether the words around it tell of animals or cell cultures."""


@noun
class Facts:
    """What the page says about itself."""

    title: str | None = None
    description: str | None = None
    author: str | None = None
    reviewer: str | None = None
    publisher: str | None = None
    published: str | None = None
    """ISO 8601 date where it could be read, else the words."""
    modified: str | None = None
    language: str = "en"
    canonical: str | None = None
    kind: str | None = None
    """``news`` or ``article`` where the page declares itself one to other machines."""


@noun
class Obstacle:
    """Why a page could not be read as a visitor would read it."""

    kind: str
    """``challenge``, ``login``, ``consent``, ``error``, ``empty``, ``script``, ``scan``, ``encrypted``, ``unreadable``, ``short`` or ``language``."""
    reason: str
    """One sentence for the reader of the report."""


@noun
class Document:
    """The page as read."""

    passages: tuple[Passage, ...]
    facts: Facts
    url: str | None = None
    links: tuple[Link, ...] = ()
    forms: tuple[Form, ...] = ()
    frames: tuple[Frame, ...] = ()
    trackers: tuple[Tracker, ...] = ()
    citations: tuple[Citation, ...] = ()
    images: int = 0
    """Number of images without alternative text: words in them were not read."""
    obstacle: Obstacle | None = None


# --- rules -------------------------------------------------------------------------------------


@noun
class Basis:
    """A law, code or published study that justifies a rule."""

    id: str
    title: str
    jurisdiction: str
    says: str
    """What it says, in our words."""
    url: str
    verified: str
    """``T``: text read; ``S``: confirmed in a secondary source."""


@noun
class SupportNeeded:
    """What would answer a claim, and how near it must stand."""

    answered_by: Grade
    within: str
    """``passage``, ``section`` or ``page``."""


@noun
class Rule:
    """One documented warning pattern, sign of good practice, or neutral fact that is only recorded."""

    id: str
    category: str
    title: str
    severity: Severity
    status: str
    form: str
    why: str
    ask: str
    basis: tuple[str, ...]
    codes: tuple[str, ...]
    match: Mapping[str, tuple[str, ...]]
    """Language to patterns, as written in the file."""
    unless: Mapping[str, tuple[str, ...]]
    """Language to patterns: a hit that lies inside one of theirs is no evidence."""
    beside: Mapping[str, tuple[str, ...]]
    """Language to patterns: one of them must hit in the same sentence, or in what *near* names."""
    near: str
    lead: int
    """Words of its sentence that may stand before a hit: who does it stands before; 0 for any number."""
    structure: Mapping[str, tuple[str, ...]]
    when: Mapping[str, tuple[str, ...]]
    at_least: int
    groups: int
    roles: tuple[str, ...]
    landmarks: tuple[str, ...]
    voice: tuple[str, ...]
    intents: tuple[str, ...]
    tones: tuple[str, ...]
    """How a sentence may speak that a hit stands in."""
    fallback: bool
    """Whether only sentences count that no other claim quotes."""
    excused_by: tuple[str, ...]
    softened_by: tuple[str, ...]
    support: SupportNeeded | None
    falsepositives: tuple[str, ...]
    flags: Mapping[str, tuple[str, ...]]
    passes: Mapping[str, tuple[str, ...]]
    path: str
    """File it came from, relative to the rule folder."""


@noun
class Trigger:
    """Words that put what stands near them into a context (ConText, doi 10.1016/j.jbi.2009.05.002)."""

    phrase: str
    """Lower-case words, one space between them; characters where words are not spaced."""
    context: str
    """One of `CONTEXTS` or `VOICES`, ``stop`` for what ends a reach, ``pseudo`` for what only looks like a trigger, or ``nest`` for what puts one negation under another."""
    direction: str
    """``forward``, ``backward``, ``both`` or ``sentence``."""
    reach: int
    """How many words away it still holds."""
    stops: tuple[str, ...] = ()
    """For a ``stop``: the contexts it ends, empty for all; for a ``pseudo``: those it cancels in its whole sentence."""


TriggerIndex: TypeAlias = "Mapping[str, Mapping[int, Mapping[tuple[str, ...], tuple[Trigger, ...]]]]"
"""First token of phrases to their lengths, longest first, to these, as tokens, each with what it triggers."""


class PreparedPattern(NamedTuple):
    """A pattern with its owner, ready to be gated and run."""

    owner: str
    """Rule id, ``offer/…`` or ``words/…``."""
    slot: str
    """``match``, ``unless`` or ``beside``."""
    source: str
    """As written in the file."""
    pattern: str
    """The same, for a count with one term in place of the list it names."""
    ways: tuple[tuple[tuple[int, ...], int], ...]
    """The ways it can hit: the gates that must be open, in order, and how many spaces a hit holds at most."""
    exact: int | None = None
    """Place in ``PreparedPatterns.exact`` of all that it can hit, if that is a list of words."""
    term: str = ""
    """For a count: what is counted."""
    group: str = ""
    """For a count: the group the term belongs to."""
    far: bool = False
    """For ``beside``: whether a hit in another passage serves."""


class PreparedList(NamedTuple):
    """The terms that a name in a pattern stands for.

    In two texts of lines, because a page needs a tenth of them: to make an object of every term takes the longest.
    """

    terms: str
    """A term a line."""
    pieces: str
    """For each term, in a line, pieces of words of which its hits hold one, a space between; none if nothing is sure."""


class PreparedLiteral(NamedTuple):
    """Characters by which a pattern may be told, as they stand in a text whose words have only spaces beside them."""

    text: str
    number: int
    calls: tuple[int, ...]
    """The gates that it opens and that call patterns."""


class PreparedPatterns(NamedTuple):
    """The patterns of one language with what opens their gates."""

    patterns: Sequence[PreparedPattern]
    exact: Sequence[frozenset[str]]
    lists: Mapping[str, PreparedList]
    """Name that patterns use to the terms it stands for."""
    literals: Mapping[str, tuple[PreparedLiteral, ...]]
    """A part of words to the literals that only a text with that part can hold."""
    gates: Sequence[Sequence[int]]
    """For each gate the literals of which one must occur."""
    callers: Sequence[Sequence[int]]
    """For each gate the patterns that are worth a look when it is open."""


@noun
class Scoring:
    """The weights behind the score, from ``scoring.yaml``."""

    penalty: Mapping[str, int]
    """Severity to points lost."""
    strength: int
    """Points that one strength gives back."""
    strength_cap: int
    """The most that all strengths give back."""
    strength_share: int
    """The most that they give back, in percent of what was lost."""
    grades: tuple[tuple[int, str, str], ...]
    """Lowest score, letter and meaning, best first."""


@noun
class Figure:
    """How often a published study found a variable."""

    says: str
    source: str
    """Id of a basis."""
    verified: str
    """``T``: read in the study; ``S``: known from an account of it."""
    percent: float | None = None
    """Where the study counted the same thing."""


@noun
class Variable:
    """One variable of the codebook, which published content analyses have coded."""

    id: str
    name: str
    unit: str
    """``S`` a sentence, ``P`` a page, ``W`` a whole site."""
    tier: str
    """How far wording alone decides: ``A`` by the words, ``B`` by words and context, ``C`` by judgement."""
    polarity: str
    """``red_flag``, ``protective`` or ``neutral``."""
    published: tuple[Figure, ...] = ()
    limit: str = ""
    """What rules cannot tell."""


@noun
class Measured:
    """How often a rule was right where people had labelled what it found."""

    right: int
    """Labelled cases in which it was met and belonged there."""
    met: int
    """Labelled cases in which it was met."""
    low: float
    high: float
    """The 95% interval of the share."""
    corpora: tuple[str, ...]
    """Names of the corpora."""


@noun
class ToneScale:
    """What makes a sentence sound like a seller, and what like one who informs."""

    start: int
    """Weight of a sentence without any sign."""
    selling: int
    """Weight from which on a sentence sells."""
    leaning: int
    """Weight from which on a sentence leans to selling."""
    informing: int
    """Weight down from which a sentence informs, as a leaflet does."""
    reporting: int
    """Weight down from which it reports, as a textbook or a study does."""
    weights: Mapping[str, int]
    """Sign to its weight: a word, a pair of words, the first word of the sentence, or its shape."""
    kinds: Mapping[str, str]
    """Word for a thing to the kind that counts in its stead, such as ``<condition>``."""
    verbs: frozenset[str]
    """Verbs of which a whole sentence holds one."""


@noun
class RuleSet:
    """Rules with all they refer to, and one digest over all of it."""

    rules: tuple[Rule, ...]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Language to name to terms."""
    basis: Mapping[str, Basis]
    codebook: Mapping[str, Variable]
    measured: Mapping[str, Measured]
    """Rule to its precision, where it was met in enough labelled cases."""
    triggers: Mapping[str, TriggerIndex]
    """Language to the words that put what stands near them into a context."""
    tones: Mapping[str, ToneScale]
    """Language to what its sentences sound like."""
    offer: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Sign of selling or informing to language to patterns."""
    scoring: Scoring
    patterns: Mapping[str, PreparedPatterns]
    """Language to its patterns, made ready for the matcher."""
    digest: str
    """SHA-256 over names and contents of all files."""


# --- what an audit says ------------------------------------------------------------------------


@noun
class Support:
    """What the page gives to back a claim."""

    grade: Grade
    where: str | None = None
    """``passage``, ``section`` or ``page``; ``None`` if nothing was found."""
    citation: Citation | None = None
    needed: Grade | None = None
    """What the rule asks for; ``None`` if no citation would answer it."""


@noun
class Evidence:
    """A verbatim quotation, with its place and how it is said."""

    quote: str
    """The whole sentence, or as much of a very long one as can be read."""
    words: str
    """The words in it that met the rule."""
    prefix: str
    """What stands before the quotation in its passage, shortened."""
    suffix: str
    passage: Passage
    start: int
    end: int
    """Span of *words* in the passage's text."""
    severity: Severity
    voice: str
    contexts: tuple[str, ...]
    support: Support


@noun
class Finding:
    """One rule met on one page, with all its evidence."""

    rule: Rule
    severity: Severity
    evidence: tuple[Evidence, ...]
    """Gravest first, then in page order; empty for an absence."""
    note: str
    """What was met, in one sentence: the count, the absence, the fields."""
    contexts: tuple[str, ...]
    support: Support


@noun
class Offer:
    """Whether the page sells, informs, or leaves it open, and the signs."""

    intent: str
    signs: tuple[str, ...]


@noun
class ScorePart:
    """One step between 100 and the score."""

    points: int
    """Negative for a finding, positive for a strength."""
    reason: str
    rule: str | None = None


@noun
class Coding:
    """How one variable of the codebook is coded for the page."""

    variable: Variable
    present: bool | None
    """``None`` where it was not looked for, or not everywhere."""
    note: str
    """What *present* rests on, in one sentence."""
    rules: tuple[str, ...]
    """Ids of the rules met that show it."""
    quote: str = ""
    """The first quotation that shows it."""
    passage: int | None = None
    """Index of the passage that holds the quotation."""


@noun
class Screenshot:
    """A picture of the page, or of the part of it around one piece of evidence."""

    path: str
    """Relative to the report."""
    sha256: str
    width: int
    height: int
    passage: int | None = None
    """Index of the passage that holds the evidence; ``None`` for the page."""
    start: int = 0
    end: int = 0
    """Span of the evidence's words in the passage's text."""


@noun
class Audit:
    """The complete, repeatable record for one page."""

    page: Page
    document: Document
    offer: Offer
    findings: tuple[Finding, ...]
    strengths: tuple[Finding, ...]
    observations: tuple[Finding, ...]
    """What is only recorded: neither red flag nor strength, and without weight in the score."""
    disclosed: tuple[str, ...]
    """Ids of the absence rules whose disclosure the page makes, whether it owes it or not."""
    codebook: tuple[Coding, ...]
    score: int | None
    grade: str | None
    meaning: str
    """What score and grade mean, in one sentence, or why there is none."""
    score_parts: tuple[ScorePart, ...]
    limits: tuple[str, ...]
    """What could not be checked."""
    basis: Mapping[str, Basis]
    """The bases of the rules met and of the figures in the codebook, by id."""
    measured: Mapping[str, Measured]
    """The precision of the rules met, by id, where it was measured on enough labelled cases."""
    rules_digest: str
    rules_count: int
    audited: str
    """Moment of judging, ISO 8601 in UTC."""
    version: str
    """Version of this program."""
    unlisted: int = 0
    """Number of findings below the severity that was asked for: counted in the score, not listed."""
    screenshots: tuple[Screenshot, ...] = ()
    """Of the page first, then of evidence in page order."""


@noun
class Failure:
    """A source that gave no page, with the reason in words."""

    source: str
    reason: str
