"""Templates: ours kept compiled in private, a user's own in a sandbox, with their mistakes told."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import auditor.reporting.html
import auditor.reporting.templating
from auditor.errors import TemplateError
from auditor.reporting.html import render_html, view_audit
from auditor.reporting.markdown import render_markdown
from auditor.reporting.record import to_record
from auditor.reporting.templating import TEMPLATES, fill_template
from tests.factories import audit, finding, rich_audit, rule
from tests.regenerate import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

RECORD = to_record(rich_audit())


def fill(folder: Path, text: str, name: str = "report.html") -> str:
    (folder / name).write_text(text, "utf-8")
    return render_html(RECORD, templates=folder)


def test_a_template_of_ones_own_is_used(tmp_path: Path) -> None:
    """It is given what ours is given, and escaped as ours is."""
    hostile = to_record(audit(finding("<b>We cure</b> knees.")))
    (tmp_path / "report.html").write_text(
        "{{ groups[0].findings[0].lead.pieces[0].text }}|{{ _('Severity') }}", "utf-8"
    )

    assert "&lt;b&gt;We |Schwere" == render_html(hostile, templates=tmp_path, locale="de")


def test_ours_can_be_extended(tmp_path: Path) -> None:
    """A template may keep our page and replace one block of it."""
    text = fill(
        tmp_path, '{% extends "auditor/report.html" %}{% block annex %}<p>Ours: {{ record.page.url }}</p>{% endblock %}'
    )

    assert "<p>Ours: https://lumora.example/en/liver?a=1&amp;b=2#top</p>" in text
    assert "What the page says and does" in text
    assert 'id="provenance"' not in text


def test_the_macros_and_the_style_can_be_replaced(tmp_path: Path) -> None:
    """What stands beside the user's templates is found before ours, and the policy names its digest."""
    (tmp_path / "report.css").write_text("p { color: red }", "utf-8")
    text = fill(tmp_path, '{% extends "auditor/report.html" %}')

    assert "<style>p { color: red }</style>" in text


def test_sentences_can_be_translated(tmp_path: Path) -> None:
    """The tag of Jinja's i18n extension is there for a user's own words."""
    assert "3 things" == fill(tmp_path, "{% trans number=3 %}{{ number }} things{% endtrans %}")


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("{{ nothing_like_it }}", 1, "'nothing_like_it' is undefined"),
        ("\n{{ title.nothing }}", 2, "'str object' has no attribute 'nothing'"),
        ("\n\n{% if %}", 3, "Expected an expression, got 'end of statement block'"),
        ("{% for x in groups %}", 1, "Unexpected end of template."),
        ("\n{{ 1 / 0 }}", 2, "ZeroDivisionError: division by zero"),
        ("{{ title + 1 }}", 1, "TypeError: can only concatenate str"),
        ("{{ ''.__class__.__mro__ }}", 1, "access to attribute '__class__' of 'str' object is unsafe."),
        ("{{ embed.args[0].template_class('x') }}", 1, "'function object' has no attribute 'args'"),
        ("{{ embed.__globals__ }}", 1, "access to attribute '__globals__' of 'function' object is unsafe."),
        ("{{ embed.__closure__ }}", 1, "access to attribute '__closure__' of 'function' object is unsafe."),
        ("{{ lipsum(10 ** 9) }}", 1, "'lipsum' is undefined"),
        ("{{ cycler() }}", 1, "RuntimeError: at least one item has to be provided"),
        ("{{ record.update(x=1) }}", 1, "access to attribute 'update' of 'dict' object is unsafe."),
        ("{% for i in range(10 ** 9) %}{% endfor %}", 1, "OverflowError: Range too big."),
        ("\n{% include 'gone.html' %}", 2, "there is no template gone.html"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", 1, "RecursionError"),
        ("{{ 9 ** 999999999 }}", 1, "what ** gives is too large"),
        ("{{ 'x' * 10 ** 11 }}", 1, "what * gives is too large"),
        ("\n{% include 'report.html' %}", 2, "RecursionError"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, line: int, problem: str, tmp_path: Path) -> None:
    """File, line and what is wrong, in one sentence; nothing unsafe is run."""
    with pytest.raises(TemplateError) as caught:
        fill(tmp_path, text)

    assert str(caught.value).startswith(f"{tmp_path / 'report.html'}:{line}: {problem}")


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in range(9999) %}\n{% for j in range(9999) %}{% endfor %}{% endfor %}",
        "{% for i in range(99) %}\n{%- for j in range(9999) if j %}{{ j }}{%- endfor %}{% endfor %}",
        "{% macro f(n) %}\n{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
        '{% extends "auditor/report.html" %}{% for i in range(99) %}\n{% for j in range(9999) %}{% endfor %}{% endfor %}',
        "{% for x in [[[[]]]] * 60000 recursive %}\n{{ loop(x) }}{% endfor %}",
        '{% import "twice.html" as twice %}\n{{ twice.f(60) }}',
    ],
    ids=["loops", "loops with a condition", "macros", "beside a block", "recursive loop", "imported macro"],
)
def test_what_never_ends_is_stopped(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However a template goes on and on, it is stopped after so many steps and said so."""
    monkeypatch.setattr(auditor.reporting.templating, "MOST_STEPS", 50_000)
    (tmp_path / "twice.html").write_text(
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}", "utf-8"
    )
    with pytest.raises(TemplateError, match=r": stopped after 50,000 rounds of its loops and calls of its macros$"):
        fill(tmp_path, text)


@pytest.mark.parametrize(
    ("limit", "told"), [("MOST_SECONDS", "stopped after 0 seconds"), ("MOST_CHARACTERS", "stopped after 0 characters")]
)
def test_what_takes_too_long_or_writes_too_much_is_stopped(
    limit: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few steps may still be long ones, or write without end."""
    monkeypatch.setattr(auditor.reporting.templating, limit, 0)
    with pytest.raises(TemplateError, match=told):
        fill(tmp_path, "{% for i in range(9) %}page{% endfor %}")


DOUBLING = "{% set ns = namespace(x='x' * 999, y=['y'], z=['y']) %}{% for i in range(60) %}"


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'x'|center(10 ** 9) }}",
        "{{ 'x'|indent(10 ** 9, first=true) }}",
        "{{ '%1000000000d'|format(1) }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '{:1000000000}'.format(1) }}",
        "{{ 'x'.ljust(10 ** 9) }}",
        "{{ [1]|batch(10 ** 9, 'x')|list }}",
        "{{ title|tojson(indent=10 ** 9) }}{{ record|tojson(indent=10 ** 9) }}",
        "{{ ('x' * 10 ** 6).replace('x', 'x' * 10 ** 6) }}",
        "{{ (range(99999)|list * 499)|unique|list|length }}",
        DOUBLING + "{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        DOUBLING + "{% set ns.x = ns.x + ns.x %}{% endfor %}",
        DOUBLING + "{% set x %}{{ ns.x|safe }}{{ ns.x|safe }}{% endset %}{% set ns.x = x %}{% endfor %}",
    ],
)
def test_what_would_fill_the_memory_is_stopped(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One filter, one sum or one word twice and twice again may be larger than the machine."""
    monkeypatch.setattr(auditor.reporting.templating, "MOST_MEMORY", 200_000_000)

    with pytest.raises(TemplateError) as caught:
        fill(tmp_path, text)

    assert f"{tmp_path / 'report.html'}:1: stopped, because it takes more memory than any page needs" == str(
        caught.value
    )


@pytest.mark.parametrize(
    "text",
    [
        "{{ 1.5|round(10 ** 9, 'ceil') }}",
        DOUBLING + "{% set ns.y = [ns.y, ns.y] %}{% set ns.z = [ns.z, ns.z] %}{% endfor %}{{ ns.y == ns.z }}",
    ],
    ids=["number", "lists of lists"],
)
def test_a_single_step_that_never_ends_is_stopped(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no step comes to be counted, the time ends it from outside."""
    monkeypatch.setattr(auditor.reporting.templating, "MOST_SECONDS", 0.5)

    with pytest.raises(TemplateError) as caught:
        fill(tmp_path, text)

    assert f"{tmp_path / 'report.html'}: stopped after 0.5 seconds" == str(caught.value)


def test_ours_stay_far_below_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest report that our own template writes needs a hundredth of the steps that are allowed."""
    monkeypatch.setattr(auditor.reporting.templating, "MOST_STEPS", auditor.reporting.templating.MOST_STEPS // 100)
    many = RECORD | {"findings": RECORD["findings"] * 400}

    (tmp_path / "report.js").write_text("", "utf-8")

    assert "№ 200" in render_html(many, templates=tmp_path)


@pytest.mark.parametrize("name", ["report.html", "parts.html", "report.css", "letters/complaint-uk-asa.md"])
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda path: path.mkdir(), id="folder"),
        pytest.param(os.mkfifo, id="pipe"),
        pytest.param(lambda path: path.symlink_to("gone"), id="dangling link"),
    ],
)
def test_what_is_no_file_is_no_template(make: Callable[[Path], None], name: str, tmp_path: Path) -> None:
    """A folder, a pipe or a link to nothing in a template's place is a mistake that is told, not passed over."""
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    make(path)

    with pytest.raises(TemplateError) as caught:
        render_html(RECORD, templates=tmp_path)

    assert f"{path}: a template has to be a file, and this is none" == str(caught.value)


def test_a_folder_without_templates_is_a_mistake(tmp_path: Path) -> None:
    """A name that is slightly wrong does not bring ours."""
    with pytest.raises(TemplateError, match=r"holds no template, such as report\.html"):
        fill(tmp_path, "mine", "reports.html")


def test_a_template_in_no_known_encoding_is_told(tmp_path: Path) -> None:
    """Templates are in UTF-8."""
    (tmp_path / "report.html").write_bytes(b"\xff\xfe")
    with pytest.raises(TemplateError, match="a template is not in UTF-8"):
        render_html(RECORD, templates=tmp_path)


def test_markdown_is_escaped_as_markdown(tmp_path: Path) -> None:
    """What a template for Markdown prints is shown and not acted on."""
    (tmp_path / "report.md").write_text("{{ summary }} & *ours*", "utf-8")
    hostile = to_record(audit(finding("We cure.", rule=rule("<b>*x*</b>/one"))))

    assert "of the kind “\\<b\\>\\*x\\*\\<”; 1 red flag, 1 high. & *ours*\n" in render_markdown(
        [hostile], templates=tmp_path
    )


def test_a_missing_variable_of_ours_is_no_users_mistake() -> None:
    """A defect of ours is not told as one of the user's."""
    with pytest.raises(Exception, match="undefined") as caught:
        fill_template("report.html", {})

    assert not isinstance(caught.value, TemplateError)


def test_what_a_template_is_given_is_documented() -> None:
    """Every variable of the report stands in the documentation, and none that is not given."""
    told = (ROOT / "reports" / "README.md").read_text("utf-8")
    part = told[told.index("## Templates of your own") :]
    named = set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE))

    assert set(view_audit(RECORD)) == named


def test_templates_have_the_suffixes_that_are_shipped() -> None:
    """Whatever stands among the templates is packed with the program."""
    kept = {path.suffix for path in TEMPLATES.rglob("*") if path.is_file()}

    assert {".html", ".css", ".js", ".md"} == kept
    assert "templates/letters/*" in (ROOT / "setup.cfg").read_text("utf-8")
    assert Path(auditor.reporting.html.__file__).parent in TEMPLATES.parents
