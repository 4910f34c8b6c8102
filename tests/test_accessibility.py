"""Every page that the program writes, as people meet it: by keyboard, enlarged, narrow, in the dark, in their own colours."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from auditor.evidence import annotate_audit
from auditor.reporting.html import render_html
from auditor.reporting.letters import render_letter, select_findings
from auditor.reporting.record import to_record
from tests.browsers import find_axe, needs_browser, open_chromium, require_browser
from tests.factories import audit, passage, rich_audit, unassessed_audit
from tests.regenerate import CLINIC, make_record, render_change
from tests.runs import show_run
from tests.test_samples import audit_sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = needs_browser


def report_sample(name: str) -> str:
    """Return the report on a sample, with a link to its annotated page."""
    return render_html(to_record(audit_sample(name)), annotated="page.annotated.html")


def annotate_sample(name: str) -> str:
    """Return the annotated page of a sample."""
    made = audit_sample(name)
    return annotate_audit(made.page, to_record(made), report="page.html")


def report_text() -> str:
    """Return the report on a text that came from nowhere."""
    made = rich_audit()
    page = replace(made.page, source="-", url=None, status=None, media_type="text/plain", redirects=(), headers=())
    document = replace(
        made.document, url=None, passages=(passage("Our cells cure arthritis."), *made.document.passages[1:])
    )
    return render_html(to_record(replace(made, page=page, document=document)))


def write_letter() -> str:
    """Return the draft of a complaint as a page."""
    record, kind, to = make_record(CLINIC), "complaint", "uk-asa"
    return render_letter(record, select_findings(record, [], kind, to), kind=kind, to=to, form="html")


PAGES: dict[str, Callable[[], str]] = {
    "report, scored": lambda: report_sample("regenerative-clinic.html"),
    "report, everything": lambda: render_html(to_record(rich_audit())),
    "report, nothing found": lambda: render_html(to_record(audit())),
    "report, not assessed": lambda: render_html(to_record(unassessed_audit())),
    "report, Chinese": lambda: report_sample("chinese-clinic.html"),
    "report, honest": lambda: report_sample("transplant-hospital.html"),
    "report, text": report_text,
    "report, German": lambda: render_html(to_record(rich_audit()), locale="de"),
    "comparison": render_change,
    "letter": write_letter,
    "annotated page": lambda: annotate_sample("regenerative-clinic.html"),
    "annotated page, Chinese": lambda: annotate_sample("chinese-clinic.html"),
    "annotated page, nothing marked": lambda: annotate_sample("empty.html"),
    "annotated text": lambda: annotate_sample("hard-wrapped.txt"),
    "run": lambda: show_run()["index"],
    "run, site": lambda: show_run()["lumora"],
    "run, site not assessed": lambda: show_run()["empty"],
}
every_page = pytest.mark.parametrize("name", PAGES)
every_report = pytest.mark.parametrize("name", [name for name in PAGES if not name.startswith("annotated")])
every_annotated = pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("annotated")])

_READY = "() => Object.keys(window).includes('axe')"
_AXE = """async context => {
  const found = await axe.run(context, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']});
  return found.violations.map(one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')).join(' | ')}`);
}"""
_FOCUSED = """() => {
  const now = document.activeElement;
  if (!now || now === document.body) return null;
  const box = now.getBoundingClientRect();
  const style = getComputedStyle(now);
  return {place: [...document.querySelectorAll('*')].indexOf(now), text: now.textContent.trim().slice(0, 60), width: box.width, height: box.height,
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth, outline: parseFloat(style.outlineWidth) || 0};
}"""
_FOCUSABLE = """() => [...document.querySelectorAll('a[href], summary, button, input, select, [tabindex="0"]')]
  .filter(one => one.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true}) && !one.closest('details:not([open]) > :not(summary)')).length"""


@cache
def render(name: str) -> str:
    """Return the page called *name*, made once."""
    return PAGES[name]()


@pytest.fixture(scope="module", name="chromium")
def start_chromium() -> Iterator[Any]:
    """Start one Chromium for all tests here."""
    with open_chromium() as chromium:
        yield chromium


@pytest.fixture(scope="module", name="show")
def make_show(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Return a function that loads a page anew in the window for such options, and returns the window."""
    folder = tmp_path_factory.mktemp("pages")

    @cache
    def open_window(width: int, height: int, **options: str) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)
        return context.new_page()

    def show(name: str, width: int = 1280, height: int = 900, **options: str) -> Any:
        path = folder / f"{list(PAGES).index(name)}.html"
        path.write_text(render(name), "utf-8")
        window = open_window(width, height, **options)
        window.goto(path.as_uri())
        return window

    return show


@every_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(name: str, scheme: str, show: Callable[..., Any]) -> None:
    """Whatever axe-core can test of WCAG 2.2 AA and of good practice is met, in light and dark.

    Of the annotated page only what is ours is tested: the rest is as the clinic made it.
    """
    axe = find_axe()
    window = show(name, color_scheme=scheme)
    window.evaluate(f"() => {{ {axe} }}")
    ours = {"include": [[".auditor-own"], [".auditor-number"], [".auditor-mark"]]}
    present = [one for one in ours["include"] if window.query_selector(one[0])]

    assert window.evaluate(_READY)
    assert [] == window.evaluate(
        _AXE, {"include": present} if name.startswith("annotated") else {"include": [["html"]]}
    )


@every_page
def test_everything_is_reached_by_keyboard(name: str, show: Callable[..., Any]) -> None:
    """The first stop is a link that skips ahead; then every link and control comes in its order, seen and outlined."""
    window = show(name)
    stops = []
    for _ in range(window.evaluate(_FOCUSABLE)):
        window.keyboard.press("Tab")
        stops.append(window.evaluate(_FOCUSED))
        assert stops[-1] is not None, f"after {stops[-2:-1]} nothing has the focus"

    assert stops[0]["text"].startswith(("Skip to", "Zu "))
    places = [stop["place"] for stop in stops]
    assert sorted(set(places)) == places
    assert [] == [stop for stop in stops if not (stop["inside"] and stop["width"] and stop["outline"] >= 1)]


@every_page
def test_the_skip_link_skips(name: str, show: Callable[..., Any]) -> None:
    """It leads to a place that takes the focus and lies beyond what is skipped."""
    window = show(name)
    window.keyboard.press("Tab")
    target = window.evaluate("() => document.activeElement.getAttribute('href').slice(1)")
    window.keyboard.press("Enter")

    assert target == window.evaluate("() => document.activeElement.id")


def test_what_is_folded_opens_by_keyboard(show: Callable[..., Any]) -> None:
    """Every summary opens what it stands for with the keyboard alone."""
    window = show("report, scored")
    for summary in window.query_selector_all("summary"):
        if summary.is_visible():
            before = summary.evaluate("one => one.parentElement.open")
            summary.focus()
            window.keyboard.press("Enter")
            assert before is not summary.evaluate("one => one.parentElement.open")


@every_page
@pytest.mark.parametrize(("width", "enlarged"), [(320, 100), (390, 100), (640, 100), (1280, 200)])
def test_nothing_is_cut_off_when_narrow_or_enlarged(
    name: str, width: int, enlarged: int, show: Callable[..., Any]
) -> None:
    """At 320 pixels, at 200% zoom and with letters twice as large nobody has to scroll sideways."""
    window = show(name, width=width, height=800)
    window.evaluate("size => { document.documentElement.style.fontSize = size }", f"{enlarged}%")

    wide = window.evaluate(
        "() => [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1"
        " && !one.closest('.scroll') && getComputedStyle(one).position !== 'absolute').map(one => one.outerHTML.slice(0, 120)).slice(0, 3)"
    )
    assert window.evaluate("() => document.documentElement.scrollWidth") <= width, wide


@every_page
def test_marks_show_in_forced_colours(name: str, show: Callable[..., Any]) -> None:
    """Where a reader forces colours, marks still stand out and their words can be read."""
    window = show(name, forced_colors="active")
    looks = window.evaluate(
        "() => [...document.querySelectorAll('mark, .auditor-number')].map(one => { const look = getComputedStyle(one);"
        " return [look.backgroundColor, look.color, getComputedStyle(document.body).backgroundColor]; })"
    )

    assert [] == [look for look in looks if look[0] in {look[1], look[2], "rgba(0, 0, 0, 0)"}]


@every_page
def test_severity_is_never_colour_alone(name: str, show: Callable[..., Any]) -> None:
    """Beside each coloured sign of severity stands its word."""
    signs = show(name).evaluate(
        "() => [...document.querySelectorAll('.severity, .auditor-severity')].map(one => [one.innerText.trim(), one.querySelectorAll('svg').length])"
    )

    assert [] == [sign for sign in signs if not sign[0] or not sign[1]]


@every_annotated
def test_every_mark_shows(name: str, show: Callable[..., Any]) -> None:
    """Each number on the page is to be seen, and leads to its note and back."""
    window = show(name)
    for number in window.query_selector_all(".auditor-number"):
        mark = number.get_attribute("id")
        assert number.is_visible(), mark
        number.click()
        note = window.evaluate("() => document.querySelector(':target')?.id")
        assert note == mark.replace("mark", "note")
        window.query_selector(f"#{note} .auditor-to").click()
        assert mark == window.evaluate("() => document.querySelector(':target')?.id")


def test_axe_sees_what_is_wrong(chromium: Any) -> None:
    """The measure itself works: a page with a fault is found out."""
    require_browser()
    window = chromium.new_page()
    window.set_content("<html lang=en><title>x</title><main><h1>x</h1><img src=x.png></main>")
    window.evaluate(f"() => {{ {find_axe()} }}")

    assert [found.partition(":")[0] for found in window.evaluate(_AXE, {"include": [["html"]]})] == ["image-alt"]
    window.close()
