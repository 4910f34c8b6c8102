"""Document and rules in, audit out: the walk over all rules of one page."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from auditor.judging.claims import Scene, build_finding, find_evidence, judge_claim
from auditor.judging.codebook import code_page, code_unmet, find_measures
from auditor.judging.disclosures import (
    is_disclosed,
    judge_absence,
    judge_count,
    judge_structure,
    meets_conditions,
)
from auditor.judging.offer import judge_offer
from auditor.judging.scoring import grade_score, score_findings
from auditor.judging.utterances import Memory
from auditor.models import CATEGORIES, UNSCORED, Audit, Obstacle, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from auditor.models import Coding, Document, Finding, Page, Rule, RuleSet

SCORING_STATUSES = ("test", "stable")
_ORDER = {"claim": 0, "structure": 1, "count": 2, "absence": 3}
_JUDGES = {"claim": judge_claim, "structure": judge_structure, "count": judge_count, "absence": judge_absence}
_BESIDE_CLAIMS = (*UNSCORED, "funnel", "pressure", "hype", "transparency")
"""Categories whose quotations leave open what the sentence says of the treatment."""
_MOST_KINDS = 100
"""Kinds of pages for which it is kept what to look for: a page can pretend to any languages."""
_MOST_UNREAD = 0.5
"""Share of the text in languages without rules above which a page is not assessed."""


def judge_page(
    page: Page,
    document: Document,
    rules: RuleSet,
    *,
    now: Callable[[], datetime],
    version: str,
    severity: Severity = Severity.LOW,
    exclude: frozenset[str] = frozenset(),
) -> Audit:
    """Return the audit of *document*, read from *page*, by *rules*.

    Findings below *severity* are counted in the score and not listed; the rules in *exclude* are not applied. The score
    is None where the page could not be read as a visitor reads it; the findings are made all the same if only its text
    is short. Of a page that was cut off nothing is said to be missing.
    """
    known = recall_rules(rules)
    heard = known.memory.hear(document)
    unread = _count_unread(document, heard.languages, rules)
    obstacle = document.obstacle or _find_language_obstacle(document, unread, rules)
    readable = obstacle is None or obstacle.kind in ("short", "language")
    scene = Scene(document, heard.utterances)
    offer = judge_offer(scene, languages=rules.offer.get("marketing", {}))
    spoken = frozenset(itertools.chain.from_iterable(set(heard.languages)))
    chosen = _choose_rules(known, Kind(offer.intent, exclude, spoken, whole=not page.truncated, readable=readable))
    met = _judge_rules(chosen.rules, scene)
    disclosed = tuple(rule.id for rule in chosen.owed if is_disclosed(rule, scene))
    spared = tuple(_would_meet(rule, scene) for rule in chosen.spared)
    if not readable:
        met, disclosed, spared = [], (), ()
    findings = tuple(finding for finding in met if finding.rule.category not in UNSCORED)
    strengths = tuple(finding for finding in met if finding.rule.category == "strengths")
    observations = tuple(finding for finding in met if finding.rule.category == "observations")
    listed = tuple(finding for finding in findings if finding.severity >= severity)
    score, parts = score_findings(findings, strengths, rules.scoring)
    grade, meaning = grade_score(score, rules.scoring)
    if page.truncated:
        meaning += f" The page was cut off after {len(page.body):,} bytes; what follows was not read."
    shown = {id_ for finding in (*listed, *strengths, *observations) for id_ in finding.rule.basis}
    shown.update(known.sources)
    return Audit(
        page=page,
        document=document,
        offer=offer,
        findings=listed,
        strengths=strengths,
        observations=observations,
        disclosed=disclosed,
        codebook=code_page(chosen.unmet, known.measures, met),
        score=None if obstacle else score,
        grade=None if obstacle else grade,
        meaning=obstacle.reason if obstacle else meaning,
        score_parts=() if obstacle else parts,
        limits=_list_limits(page, document, unread, exclude, spared),
        basis={id_: rules.basis[id_] for id_ in sorted(shown)},
        measured={
            finding.rule.id: rules.measured[finding.rule.id]
            for finding in (*listed, *strengths, *observations)
            if finding.rule.id in rules.measured
        },
        rules_digest=rules.digest,
        rules_count=len(rules.rules),
        audited=now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        version=version,
        unlisted=len(findings) - len(listed),
    )


def _judge_rules(rules: Iterable[Rule], scene: Scene) -> list[Finding]:
    """Return what is met of *rules*, in the order in which they are to be judged; the gravest first."""
    met: list[Finding] = []
    for rule in rules:
        if rule.form == "claim" and rule.id not in scene.places:
            continue
        if rule.when and not meets_conditions(rule, scene, frozenset(finding.rule.category for finding in met)):
            continue
        finding = _judge_rest(rule, scene, met) if rule.fallback else _JUDGES[rule.form](rule, scene)
        if finding:
            met.append(finding)
    met.sort(key=_rank_finding)
    return met


def _choose_rules(known: Known, kind: Kind) -> Chosen:
    """Return what is to be looked for on a page of this *kind*."""
    if kind not in known.chosen:
        if len(known.chosen) >= _MOST_KINDS:
            known.chosen.clear()
        known.chosen[kind] = _choose_anew(known, kind)
    return known.chosen[kind]


def _choose_anew(known: Known, kind: Kind) -> Chosen:
    used = [rule for rule in known.order if rule.status in SCORING_STATUSES and rule.id not in kind.exclude]
    rules = [rule for rule in used if kind.intent in rule.intents]
    applied = frozenset(rule.id for rule in rules if rule.structure or not kind.spoken.isdisjoint(rule.match))
    return Chosen(
        rules=[rule for rule in rules if kind.whole or rule.form != "absence"],
        owed=sorted((rule for rule in used if rule.form == "absence"), key=lambda rule: rule.id),
        spared=[rule for rule in used if kind.intent == "information" and _is_spared(rule)],
        unmet=code_unmet(
            known.rules.codebook, known.measures, applied=applied, whole=kind.whole, readable=kind.readable
        ),
    )


def _is_spared(rule: Rule) -> bool:
    """Tell whether *rule* is not applied to a page only because that informs."""
    return "information" not in rule.intents and "marketing" in rule.intents


def _would_meet(rule: Rule, scene: Scene) -> bool:
    """Tell whether the page holds what *rule* looks for; what it lacks is not held against a page that informs."""
    return (
        rule.form != "absence" and not rule.when and not rule.fallback and _JUDGES[rule.form](rule, scene) is not None
    )


def _judge_rest(rule: Rule, scene: Scene, met: Sequence[Finding]) -> Finding | None:
    """Return the finding of a claim *rule* over the sentences that no claim among those *met* quotes."""
    quoted = {
        item.quote.casefold()
        for finding in met
        if finding.rule.form == "claim" and finding.rule.category not in _BESIDE_CLAIMS
        for item in finding.evidence
    }
    return build_finding(rule, find_evidence(rule, scene, beyond=quoted), "")


def _rank_finding(finding: Finding) -> tuple[int, bool, int, str]:
    """Return what puts the gravest findings first, and among equals those on what a treatment does."""
    return -finding.severity, not finding.evidence, CATEGORIES.index(finding.rule.category), finding.rule.id


class Kind(NamedTuple):
    """What decides which rules apply to a page."""

    intent: str
    exclude: frozenset[str]
    """Rules that are left out."""
    spoken: frozenset[str]
    """Languages that its passages may be written in."""
    whole: bool
    readable: bool


class Chosen(NamedTuple):
    """What is to be looked for on pages of one kind."""

    rules: Sequence[Rule]
    """In the order in which they are judged: absences last, when the claims are known."""
    owed: Sequence[Rule]
    """The absences in use."""
    spared: Sequence[Rule]
    """Rules that are not applied only because the page informs."""
    unmet: Mapping[str, Coding]
    """How the variables of the codebook are coded where nothing is met."""


class Known(NamedTuple):
    """What is worked out once for a rule set."""

    rules: RuleSet
    order: Sequence[Rule]
    """The rules in the order in which they are judged."""
    measures: Mapping[str, Sequence[Rule]]
    sources: Iterable[str]
    """The bases of the figures in the codebook."""
    memory: Memory
    chosen: dict[Kind, Chosen]
    """What `_choose_rules` has found for pages of a kind."""


_known: list[Known] = []


def recall_rules(rules: RuleSet) -> Known:
    """Return what is known of *rules*, kept for the rule set last used."""
    if not _known or _known[0].rules is not rules:
        known = Known(
            rules,
            sorted(rules.rules, key=lambda rule: (bool(rule.when), _ORDER[rule.form], rule.fallback, rule.id)),
            find_measures(rules.codebook, rules.rules),
            {figure.source for variable in rules.codebook.values() for figure in variable.published},
            Memory(rules),
            {},
        )
        _known[:] = [known]
    return _known[0]


def remember_texts(rules: RuleSet, most: int) -> None:
    """Let what up to *most* texts hold outlive their pages, for a process that judges many pages by *rules*.

    Pages of one site repeat their menus and footers, and sellers their phrases. Nothing that is found is changed by it.
    """
    recall_rules(rules).memory.keep(most)


def expect_documents(documents: Sequence[Document], rules: RuleSet) -> None:
    """Search *documents*, which are to be judged next by *rules*, together; nothing that is found is changed by it."""
    memory = recall_rules(rules).memory
    if memory.most:
        memory.expect(documents)


def _count_unread(document: Document, languages: Sequence[tuple[str, ...]], rules: RuleSet) -> dict[str, int]:
    """Return language to characters of the passages that no rules can read."""
    deaf = {spoken for spoken in set(languages) if rules.patterns.keys().isdisjoint(spoken)}
    unread: dict[str, int] = {}
    for passage, spoken in zip(document.passages, languages, strict=True) if deaf else ():
        if not passage.hidden and spoken in deaf:
            unread[passage.language] = unread.get(passage.language, 0) + len(passage.text)
    return unread


def _find_language_obstacle(document: Document, unread: dict[str, int], rules: RuleSet) -> Obstacle | None:
    """Return why a page in a language without rules is not assessed."""
    total = sum(len(passage.text) for passage in document.passages) if unread else 0
    if sum(unread.values()) <= _MOST_UNREAD * total:
        return None
    language = max(sorted(unread), key=lambda code: unread[code])
    known = ", ".join(sorted(rules.patterns))
    return Obstacle(
        kind="language",
        reason=f"Most of the page is in a language ({language}) for which there are no rules yet; there are rules for {known}.",
    )


def _list_limits(
    page: Page, document: Document, unread: dict[str, int], exclude: frozenset[str], spared: tuple[bool, ...]
) -> tuple[str, ...]:
    """Return what could not be checked on this page, each in a sentence."""
    limits = ["Only this page was read; what other pages of the site say was not."]
    limits.append(
        "Citations were not looked up in registers or databases: an identifier is taken as the page gives it."
    )
    if spared:
        limits.append(
            f"The page was taken to inform and not to sell: {len(spared)} rules for pages that sell were not applied, "
            f"and {sum(spared) or 'none'} of them would have been met."
        )
    if page.truncated:
        limits.append(f"The page was cut off after {len(page.body):,} bytes; what follows was not read.")
    if document.images == 1:
        limits.append("One image carries no alternative text; words and pictures in it were not read.")
    elif document.images:
        limits.append(f"{document.images} images carry no alternative text; words and pictures in them were not read.")
    if len(document.frames) == 1:
        limits.append("One embedded page, such as a video or a map, was not read.")
    elif document.frames:
        limits.append(f"{len(document.frames)} embedded pages, such as videos or maps, were not read.")
    if page.rendering:
        limits.append(
            "The page was read as a browser showed it once its scripts had run; to another visitor it may show other words."
        )
    elif page.media_type == "text/html":
        limits.append("Scripts were not run; what only they show was not read.")
    if unread:
        limits.append(f"Passages in languages without rules were not judged: {', '.join(sorted(unread))}.")
    if exclude:
        limits.append(f"Rules left out as asked: {', '.join(sorted(exclude))}.")
    return tuple(limits)
