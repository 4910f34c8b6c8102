"""The five real pages that the project began with; they are kept outside it, and so is their text.

The quotations to look for are read from ``expected.md`` beside the pages, so that no word of theirs stands here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import auditor
from auditor import Severity

if TYPE_CHECKING:
    from auditor import Audit

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed pages are not beside this checkout")

# Seed, categories of which one must hold the quotation, which of the row's quotations (by number), and at least how grave.
MUST_FIND = [
    ("000", {"reversal"}, 0, Severity.HIGH),
    ("000", {"efficacy"}, 1, Severity.LOW),
    ("000", {"efficacy"}, 2, Severity.LOW),
    ("000", {"efficacy"}, 3, Severity.LOW),
    ("000", {"efficacy"}, 4, Severity.LOW),
    ("000", {"distrust"}, 5, Severity.LOW),
    ("000", {"evidence"}, 6, Severity.LOW),
    ("000", {"authority"}, 7, Severity.LOW),
    ("000", {"hype", "reversal"}, 8, Severity.LOW),
    ("001", {"curative"}, 0, Severity.LOW),
    ("001", {"evidence"}, 1, Severity.LOW),
    ("001", {"hype"}, 2, Severity.LOW),
    ("002", {"authority"}, 0, Severity.LOW),
    ("002", {"authority"}, 1, Severity.LOW),
    ("002", {"evidence"}, 2, Severity.LOW),
    ("002", {"evidence"}, 3, Severity.LOW),
    ("002", {"evidence"}, 4, Severity.LOW),
    ("002", {"hype"}, 5, Severity.LOW),
    ("002", {"hype"}, 6, Severity.LOW),
    ("002", {"reversal", "efficacy"}, 7, Severity.LOW),
    ("002", {"funnel"}, 8, Severity.LOW),
    ("002", {"funnel"}, 9, Severity.LOW),
    ("003", {"hype"}, 0, Severity.LOW),
    ("003", {"hype"}, 1, Severity.LOW),
    ("003", {"curative"}, 2, Severity.LOW),
    ("003", {"distrust"}, 3, Severity.LOW),
    ("003", {"evidence"}, 4, Severity.LOW),
    ("004", {"funnel"}, 0, Severity.HIGH),
    ("004", {"funnel"}, 1, Severity.HIGH),
    ("004", {"reversal", "efficacy"}, 2, Severity.LOW),
    ("004", {"reversal", "efficacy"}, 3, Severity.LOW),
    ("004", {"evidence"}, 4, Severity.LOW),
    ("004", {"evidence"}, 5, Severity.LOW),
    ("004", {"hype"}, 6, Severity.LOW),
    ("004", {"hype"}, 7, Severity.LOW),
    ("004", {"hype"}, 8, Severity.LOW),
]
# Absences and structures, which no quotation shows.
MUST_SAY = [
    ("000", "evidence/no-trial-cited"),
    ("000", "safety/risks-not-stated"),
    ("001", "evidence/no-trial-cited"),
    ("003", "transparency/machine-translation"),
    ("004", "evidence/no-trial-cited"),
]
MUST_NOT = [
    ("000", "curative"),
    ("000", "funnel"),
    ("001", "funnel"),
    ("001", "testimonial"),
    ("001", "safety"),
    ("002", "curative"),
    ("004", "curative"),
]
STRENGTHS = [
    ("001", "strengths/risks-stated", 0),
    ("001", "strengths/limits-stated", 1),
    ("002", "strengths/date-given", None),
    ("002", "strengths/limits-stated", 1),
    ("002", "strengths/doctor-consulted", 2),
    ("003", "strengths/risks-stated", 0),
    ("004", "strengths/risks-stated", 0),
    ("004", "strengths/warns-of-unproven", None),
    ("004", "strengths/doctor-consulted", 1),
]


def read_row(seed: str) -> list[str]:
    """Return the cells of the row of *seed*: file, must find, must not, strengths."""
    table = (SEEDS / "expected.md").read_text("utf-8")
    row = next(line for line in table.splitlines() if line.startswith(f"| {seed}"))
    return [cell.strip() for cell in row.strip("|").split("|")]


def quoted(cell: str) -> list[str]:
    """Return what stands in quotation marks in *cell*."""
    return re.findall(r'"([^"]+)"', cell)


def squeeze(text: str) -> str:
    """Return *text* with single spaces and straight quotation marks."""
    return " ".join(text.replace("’", "'").split())


@pytest.fixture(scope="module")
def audits() -> dict[str, Audit]:
    """Return the audits of all five, by the first three characters of the file name."""
    return {path.name[:3]: auditor.audit(path) for path in sorted(SEEDS.glob("0*.txt"))}


@pytest.mark.parametrize(("seed", "categories", "number", "severity"), MUST_FIND)
def test_what_must_be_found_is_quoted(
    seed: str, categories: set[str], number: int, severity: Severity, audits: dict[str, Audit]
) -> None:
    """Each quotation of the row stands in the evidence of a finding of its category."""
    wanted = squeeze(quoted(read_row(seed)[1])[number])
    found = [
        (finding.rule.id, item.severity)
        for finding in audits[seed].findings
        if finding.rule.category in categories
        for item in finding.evidence
        if wanted in squeeze(item.quote)
    ]

    assert [id_ for id_, grave in found if grave >= severity], f"nothing in {sorted(categories)} quotes “{wanted}”"


@pytest.mark.parametrize(("seed", "rule"), MUST_SAY)
def test_what_is_missing_is_said(seed: str, rule: str, audits: dict[str, Audit]) -> None:
    """Absences and structures of the row are findings."""
    assert rule in {finding.rule.id for finding in audits[seed].findings}


@pytest.mark.parametrize(("seed", "category"), MUST_NOT)
def test_what_a_careless_auditor_would_say_is_not_said(seed: str, category: str, audits: dict[str, Audit]) -> None:
    """No finding with a quotation is made in a category that the row rules out."""
    found = [
        (finding.rule.id, item.quote)
        for finding in audits[seed].findings
        if finding.rule.category == category
        for item in finding.evidence
    ]

    assert [] == found


def test_plain_pharmacology_is_no_grave_claim(audits: dict[str, Audit]) -> None:
    """The sentences of seed 000 on established drugs make no high-severity finding."""
    drugs = re.compile(r"cyclophosphamide|pirfenidone|vasodilator|prostaglandin", re.IGNORECASE)
    found = [
        (finding.rule.id, item.quote)
        for finding in audits["000"].findings
        for item in finding.evidence
        if item.severity >= Severity.HIGH and drugs.search(item.quote)
    ]

    assert [] == found


@pytest.mark.parametrize("seed", ["003", "004"])
def test_a_warning_is_no_claim(seed: str, audits: dict[str, Audit]) -> None:
    """What the page warns of or denies is not held against it."""
    wanted = [squeeze(text) for text in quoted(read_row(seed)[2])]
    found = [
        (finding.rule.id, item.quote)
        for finding in audits[seed].findings
        if finding.rule.category in {"curative", "efficacy", "reversal", "safety"}
        for item in finding.evidence
        if any(text in squeeze(item.quote) for text in wanted)
    ]

    assert [] == found


def test_template_residue_makes_no_finding(audits: dict[str, Audit]) -> None:
    """Braces that a template left behind are read and mean nothing."""
    assert [] == [f.rule.id for f in audits["002"].findings for item in f.evidence if "{{" in item.words]


@pytest.mark.parametrize(("seed", "rule", "number"), STRENGTHS)
def test_strengths_are_seen(seed: str, rule: str, number: int | None, audits: dict[str, Audit]) -> None:
    """What the page does well is told, with its words."""
    met = {strength.rule.id: strength for strength in audits[seed].strengths}
    wanted = squeeze(quoted(read_row(seed)[3])[number]) if number is not None else ""

    assert rule in met
    assert not wanted or any(wanted in squeeze(item.quote) for item in met[rule].evidence)


def test_hard_line_breaks_do_not_cut_evidence(audits: dict[str, Audit]) -> None:
    """The quotations of seed 001 begin and end where sentences do."""
    for finding in audits["001"].findings:
        for item in finding.evidence:
            if item.passage.role == "paragraph":
                assert item.quote[0].isupper(), item.quote
                assert item.quote[-1] in ".!?:", item.quote


def test_english_and_chinese_are_read_by_their_own_rules(audits: dict[str, Audit]) -> None:
    """Within one half-translated page English words and Chinese words meet rules."""
    audit = audits["003"]
    words = [item.words for finding in (*audit.findings, *audit.strengths) for item in finding.evidence]

    assert [text for text in words if text.isascii()]
    assert [text for text in words if re.search("[\u4e00-\u9fff]", text)]


def test_the_order_of_scores_is_the_order_of_trust(audits: dict[str, Audit]) -> None:
    """Worst are 000 and 004, then 003 and 002, best is 001; all five are assessed."""
    scores = {seed: audit.score for seed, audit in audits.items()}
    known = {seed: score for seed, score in scores.items() if score is not None}

    assert set(scores) == set(known)
    assert max(known["000"], known["004"]) < min(known["003"], known["002"])
    assert max(known["003"], known["002"]) < known["001"]
