"""Document and rules in, audit out: the walk over all rules of one page."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from auditor.judging.claims import Scene, build_finding, find_evidence, judge_claim
from auditor.judging.codebook import code_page, find_measures
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

    from auditor.judging.utterances import Heard
    from auditor.models import Document, Finding, Offer, Page, Rule, RuleSet

SCORING_STATUSES = ("test", "stable")
_ORDER = {"claim": 0, "structure": 1, "count": 2, "absence": 3}
_JUDGES = {"claim": judge_claim, "structure": judge_structure, "count": judge_count, "absence": judge_absence}
_BESIDE_CLAIMS = (*UNSCORED, "funnel", "pressure", "hype", "transparency")
"""Categories whose quotations leave open what the sentence says of the treatment."""
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
    offer, met, applied, disclosed, spared = _judge_rules(document, heard, known, exclude, whole=not page.truncated)
    readable = obstacle is None or obstacle.kind in ("short", "language")
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
        codebook=code_page(
            rules.codebook, known.measures, met, applied=applied, whole=not page.truncated, readable=readable
        ),
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


def _judge_rules(
    document: Document, heard: Heard, known: Known, exclude: frozenset[str], *, whole: bool
) -> tuple[Offer, list[Finding], frozenset[str], tuple[str, ...], tuple[bool, ...]]:
    """Return the offer, what was met, gravest first, and the ids of rules: those looked for, and absences that are none.

    Last comes, for every rule that was spared because the page informs, whether it would have been met.

    Absences are judged last, when the claims are known.
    """
    offer = judge_offer(document, heard.utterances, languages=known.rules.offer.get("marketing", {}))
    scene = Scene(document, heard.utterances)
    met: list[Finding] = []
    categories: frozenset[str] = frozenset()
    spoken = frozenset(itertools.chain.from_iterable(set(heard.languages)))
    applicable, applied = _choose_rules(known, offer, exclude, spoken)
    for rule in applicable:
        if rule.form == "absence" and not whole:
            continue
        if rule.when:
            categories = frozenset(finding.rule.category for finding in met)
            if not meets_conditions(rule, scene, categories):
                continue
        finding = _judge_rest(rule, scene, met) if rule.fallback else _JUDGES[rule.form](rule, scene)
        if finding:
            met.append(finding)
    met.sort(key=_rank_finding)
    disclosed = tuple(rule.id for rule in known.owed if rule.id not in exclude and is_disclosed(rule, scene))
    spared = [rule for rule in known.rules.rules if _is_spared(rule, offer, exclude)]
    return offer, met, applied, disclosed, tuple(_would_meet(rule, scene) for rule in spared)


def _choose_rules(
    known: Known, offer: Offer, exclude: frozenset[str], spoken: frozenset[str]
) -> tuple[Sequence[Rule], frozenset[str]]:
    """Return the rules that apply to a page with this *offer*, and the ids of those that its languages let be looked for."""
    key = offer.intent, exclude, spoken
    if key not in known.chosen:
        rules = [rule for rule in known.order if _applies(rule, offer, exclude)]
        applied = frozenset(rule.id for rule in rules if rule.structure or not spoken.isdisjoint(rule.match))
        known.chosen[key] = rules, applied
    return known.chosen[key]


def _is_spared(rule: Rule, offer: Offer, exclude: frozenset[str]) -> bool:
    """Tell whether *rule* was not applied only because the page informs."""
    informs = offer.intent == "information" and offer.intent not in rule.intents and "marketing" in rule.intents
    return informs and rule.status in SCORING_STATUSES and rule.id not in exclude


def _would_meet(rule: Rule, scene: Scene) -> bool:
    """Tell whether the page holds what *rule* looks for; what it lacks is not held against a page that informs."""
    return (
        rule.form != "absence" and not rule.when and not rule.fallback and _JUDGES[rule.form](rule, scene) is not None
    )


def _judge_rest(rule: Rule, scene: Scene, met: Sequence[Finding]) -> Finding | None:
    """Return the finding of a claim *rule* over the sentences that no claim among those *met* quotes."""
    if rule.id not in scene.places:
        return None
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


def _applies(rule: Rule, offer: Offer, exclude: frozenset[str]) -> bool:
    return rule.status in SCORING_STATUSES and rule.id not in exclude and offer.intent in rule.intents


class Known(NamedTuple):
    """What is worked out once for a rule set."""

    rules: RuleSet
    order: Sequence[Rule]
    """The rules in the order in which they are judged."""
    owed: Sequence[Rule]
    """The absences in use, by their ids."""
    measures: Mapping[str, Sequence[Rule]]
    sources: Iterable[str]
    """The bases of the figures in the codebook."""
    memory: Memory
    chosen: dict[tuple[str, frozenset[str], frozenset[str]], tuple[Sequence[Rule], frozenset[str]]]
    """Intent of a page, rules left out and languages to the rules that apply, as `_choose_rules` has found them."""


_known: list[Known] = []


def recall_rules(rules: RuleSet) -> Known:
    """Return what is known of *rules*, kept for the rule set last used."""
    if not _known or _known[0].rules is not rules:
        known = Known(
            rules,
            sorted(rules.rules, key=lambda rule: (bool(rule.when), _ORDER[rule.form], rule.fallback, rule.id)),
            sorted(
                (rule for rule in rules.rules if rule.form == "absence" and rule.status in SCORING_STATUSES),
                key=lambda rule: rule.id,
            ),
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
