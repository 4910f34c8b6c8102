"""What an audit of each invented page yields, held against what a careful reader expects of it."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import auditor
from auditor.reporting.html import render_html
from auditor.reporting.record import to_record
from auditor.reporting.terminal import render_summary

if TYPE_CHECKING:
    from auditor import Audit, Finding

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
OWN_SCRIPT = Path(auditor.__file__).parent / "reporting/templates/report.js"
DOCUMENTS = {"README.md", "expected.yaml"}
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((SAMPLES / "expected.yaml").read_text("utf-8"))
SCORED = sorted(name for name, page in EXPECTED.items() if page["obstacle"] == "none")
NEEDED = {"what", "obstacle", "findings", "strengths"}
KNOWN = NEEDED | {"intent", "score", "spared", "absent"}
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")

every_sample = pytest.mark.parametrize("name", sorted(EXPECTED))
every_scored_sample = pytest.mark.parametrize("name", SCORED)


def read_fixed_clock() -> datetime:
    """Return a moment that never passes."""
    return datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)


@cache
def audit_sample(name: str) -> Audit:
    """Return the audit of one sample, made once."""
    return auditor.audit(SAMPLES / name, now=read_fixed_clock)


def quote_by_rule(findings: tuple[Finding, ...]) -> dict[str, list[str]]:
    """Return what each rule quotes, sorted, by its id."""
    return {finding.rule.id: sorted(item.quote for item in finding.evidence) for finding in findings}


def keep_spelt_out(quotes: dict[str, list[str]], expected: dict[str, list[str] | None]) -> dict[str, list[str]]:
    """Return only what rules quote whose quotations are spelt out in *expected*."""
    return {rule: found for rule, found in quotes.items() if expected.get(rule)}


# --- the table ---------------------------------------------------------------------------------


def test_every_sample_has_expectations() -> None:
    """Pages and expectations are of the same names."""
    assert set(EXPECTED) == {path.name for path in SAMPLES.iterdir()} - DOCUMENTS


def test_every_sample_is_introduced() -> None:
    """The folder's README names every page."""
    readme = (SAMPLES / "README.md").read_text("utf-8")

    assert [] == [name for name in EXPECTED if f"({name})" not in readme]


@every_sample
def test_expectations_are_complete(name: str) -> None:
    """An entry has the keys that it needs and no others; a page without obstacle has intent and score too."""
    keys = set(EXPECTED[name])

    assert NEEDED | ({"intent", "score"} if name in SCORED else set()) == keys - {"spared", "absent"}
    assert keys <= KNOWN


def test_expected_rules_exist() -> None:
    """Expectations name rules by ids that are still theirs."""
    rules = {rule.id for rule in auditor.load_rules().rules}
    named = {rule for page in EXPECTED.values() for rule in (*page["findings"], *page["strengths"])}

    assert set() == named - rules


# --- what is expected --------------------------------------------------------------------------


@every_sample
def test_the_obstacle_is_told(name: str) -> None:
    """A page that cannot be assessed says why; another has no obstacle."""
    obstacle = audit_sample(name).document.obstacle

    assert EXPECTED[name]["obstacle"] == (obstacle.kind if obstacle else "none")


@every_scored_sample
def test_the_offer_is_understood(name: str) -> None:
    """A page that sells is told from one that informs."""
    assert EXPECTED[name]["intent"] == audit_sample(name).offer.intent


@every_sample
def test_the_score_is_fair(name: str) -> None:
    """The score lies where a careful reader would put it; a page with an obstacle has neither score nor grade."""
    audit = audit_sample(name)

    if name in SCORED:
        lowest, highest = map(int, EXPECTED[name]["score"].split("-"))
        assert audit.score in range(lowest, highest + 1)
    else:
        assert (None, None) == (audit.score, audit.grade)


@every_sample
def test_the_findings_are_exactly_these(name: str) -> None:
    """A page meets all the rules that it should, and no others."""
    assert sorted(EXPECTED[name]["findings"]) == sorted(quote_by_rule(audit_sample(name).findings))


@every_sample
def test_the_strengths_are_exactly_these(name: str) -> None:
    """A page is given credit for all that it does well, and for nothing else."""
    assert sorted(EXPECTED[name]["strengths"]) == sorted(quote_by_rule(audit_sample(name).strengths))


@every_sample
def test_the_quotations_are_exactly_these(name: str) -> None:
    """A finding quotes whole sentences, word for word: those that are spelt out and no others."""
    expected: dict[str, list[str] | None] = EXPECTED[name]["findings"]
    found = quote_by_rule(audit_sample(name).findings)
    spelt_out = {rule: sorted(quotes) for rule, quotes in expected.items() if quotes and rule in found}

    assert spelt_out == keep_spelt_out(found, expected)


@every_sample
def test_strengths_quote_what_they_should(name: str) -> None:
    """What is spelt out for a strength is among its quotations."""
    found = quote_by_rule(audit_sample(name).strengths)
    expected: dict[str, list[str] | None] = EXPECTED[name]["strengths"]
    missing = [
        (rule, quote)
        for rule, quotes in expected.items()
        if rule in found
        for quote in quotes or ()
        if quote not in found[rule]
    ]

    assert [] == missing


@every_sample
def test_what_is_to_be_spared_is_read_and_not_quoted(name: str) -> None:
    """Denials, questions, warnings and plain medicine stand in the text and in no finding."""
    audit = audit_sample(name)
    spared: list[str] = EXPECTED[name].get("spared", [])
    texts = [passage.text for passage in audit.document.passages]
    quoted = [
        (finding.rule.id, item.quote)
        for finding in audit.findings
        if finding.rule.form != "structure"
        for item in finding.evidence
        if any(words in item.quote for words in spared)
    ]

    assert [] == [words for words in spared if not any(words in text for text in texts)]
    assert [] == quoted


@every_sample
def test_what_no_visitor_can_read_is_not_read(name: str) -> None:
    """Comments, styles and scripts are in the file and in no passage."""
    audit = audit_sample(name)
    source = audit.page.body.decode("utf-8", errors="replace")
    absent: list[str] = EXPECTED[name].get("absent", [])

    assert [] == [words for words in absent if words not in source]
    assert [] == [words for words in absent for passage in audit.document.passages if words in passage.text]


# --- what holds for all ------------------------------------------------------------------------


@every_sample
def test_evidence_is_verbatim(name: str) -> None:
    """Every quotation stands in its passage as it is quoted, and the words that met the rule stand in it."""
    audit = audit_sample(name)
    evidence = [item for finding in (*audit.findings, *audit.strengths) for item in finding.evidence]

    assert [] == [item.quote for item in evidence if item.quote not in item.passage.text]
    assert [] == [item.words for item in evidence if item.words not in item.quote]


@every_sample
def test_auditing_twice_gives_the_same(name: str) -> None:
    """The same page, rules and clock give equal audits."""
    assert audit_sample(name) == auditor.audit(SAMPLES / name, now=read_fixed_clock)


@every_sample
def test_nothing_of_the_page_is_alive_in_its_report(name: str, tmp_path: Path) -> None:
    """No script, handler, foreign resource or acting character of a page reaches report or terminal."""
    record = to_record(audit_sample(name))
    report = _Report(render_html(record, cache=tmp_path))
    summary = render_summary(record, color=False, width=80)

    assert set() == report.tags & {"iframe", "object", "embed", "form", "input", "img", "base", "link"}
    assert [OWN_SCRIPT.read_text(encoding="utf-8").strip()] == [script.strip() for script in report.scripts]
    assert [] == [key for key, _ in report.attributes if key.startswith("on") or key in {"src", "srcdoc", "action"}]
    assert [] == [value for key, value in report.attributes if key == "href" and not re.match(r"https?://|#", value)]
    assert [] == ACTING.findall(report.source)
    assert [] == ACTING.findall(summary)


class _Report(HTMLParser):
    """The elements and attributes of a rendered report."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.scripts: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what begins."""
        self.tags.add(tag)
        self.attributes.extend((key, value or "") for key, value in attrs)
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        """Keep what a script holds."""
        if self.lasttag == "script" and not self.scripts[-1]:
            self.scripts[-1] = data
