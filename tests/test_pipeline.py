"""The walk from sources to audits."""

from __future__ import annotations

import io
from datetime import datetime, timezone
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from auditor import pipeline
from auditor.errors import SourceError
from auditor.models import Audit, Failure, Page
from auditor.reporting.html import render_html
from auditor.reporting.record import to_record
from auditor.sources.captures import save_page
from tests.factories import page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLAIM = "<html lang=en><title>Lumora Clinic</title><body><p>Our cells cure arthritis for good."


def clock() -> datetime:
    """Return a moment that never passes."""
    return datetime(2031, 3, 14, 9, 26, 53, tzinfo=timezone.utc)


audit_source = partial(pipeline.audit_source, now=clock)
audit_sources = partial(pipeline.audit_sources, now=clock)


@pytest.fixture(name="clinic")
def _clinic(tmp_path: Path) -> Path:
    (tmp_path / "clinic.html").write_text(CLAIM, encoding="utf-8")
    return tmp_path / "clinic.html"


@pytest.fixture(name="server")
def _server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(CLAIM.encode())

        def log_message(self, *arguments: object) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/cells"
        server.shutdown()
        thread.join()


class TestOneSource:
    """One source, one audit, or one `SourceError`."""

    def test_a_file_becomes_an_audit(self, clinic: Path) -> None:
        """The audit holds the page, the document and what was found in it."""
        audit = audit_source(clinic)

        assert str(clinic) == audit.page.source
        assert "Lumora Clinic" == audit.document.facts.title
        assert "curative" in {finding.rule.category for finding in audit.findings}

    def test_auditing_twice_gives_equal_audits(self, clinic: Path) -> None:
        """Same page, same rules, same clock: the same audit."""
        assert audit_source(clinic) == audit_source(clinic)

    def test_an_address_is_fetched(self, server: str) -> None:
        """A source with a scheme is fetched, from private addresses only where that is asked for."""
        audit = audit_source(server, settings=pipeline.Settings(allow_private=True))

        assert server == audit.page.url
        with pytest.raises(SourceError, match="private"):
            audit_source(server)

    def test_standard_input_is_a_source(self) -> None:
        """A dash reads the page from standard input."""
        got = pipeline.collect_page("-", now=clock, stdin=io.BytesIO(CLAIM.encode()))

        assert ("-", "text/html", CLAIM.encode()) == (got.source, got.media_type, got.body)

    def test_settings_reach_the_rooms(self, clinic: Path) -> None:
        """What is excluded is not judged, and what is too long is cut."""
        whole = audit_source(clinic)
        fallbacks = {rule.id for rule in pipeline.load_default_rules().rules if rule.fallback}
        excluded = fallbacks.union(finding.rule.id for finding in whole.findings)
        settings = pipeline.Settings(exclude=frozenset(excluded), max_bytes=60)

        audit = audit_source(clinic, settings=settings)

        assert () == audit.findings
        assert (True, 60) == (audit.page.truncated, len(audit.page.body))

    @pytest.mark.parametrize(
        ("source", "sentence"),
        [
            ("lumora.example", "if you mean a web page, write https://lumora.example"),
            ("lumora.example/cells.html", "if you mean a web page, write https://lumora.example/cells.html"),
            ("ftp://lumora.example/", "only http:// and https:// pages can be fetched"),
            ("", "the source is empty"),
            ("missing.html", "there is no such file: check the path"),
            ("missing", "there is no such file: check the path"),
            ("x" * 5000, "the file cannot be read"),
            ("nul\0.html", "this is not a valid path"),
        ],
        ids=["host", "host and path", "other scheme", "nothing", "file", "word", "too long", "null"],
    )
    def test_what_is_no_source_is_said(self, source: str, sentence: str) -> None:
        """A source that cannot be one gives a sentence that says what to do."""
        with pytest.raises(SourceError) as caught:
            audit_source(source)

        assert sentence in caught.value.reason

    def test_a_file_named_like_a_host_is_read(self, tmp_path: Path) -> None:
        """A file that exists is a file, whatever its name looks like."""
        (tmp_path / "lumora.example").write_text(CLAIM, encoding="utf-8")

        assert "Lumora Clinic" == audit_source(tmp_path / "lumora.example").document.facts.title

    def test_the_language_can_be_told(self, clinic: Path) -> None:
        """A language that is given is believed."""
        audit = audit_source(clinic, settings=pipeline.Settings(language="nl"))

        assert {"nl"} == {passage.language for passage in audit.document.passages}

    @pytest.mark.parametrize("text", ["We cure gout.", "<p>We cure gout.", '<html lang="en"><p>We cure gout.'])
    def test_an_example_is_read_as_what_it_is(self, text: str) -> None:
        """An example of a rule is a sentence, a fragment of a page or a whole one."""
        assert ["We cure gout."] == [passage.text for passage in pipeline.read_example(text, "en").passages]

    def test_the_usual_rules_are_loaded_once(self) -> None:
        """One process reads its rules one time."""
        assert pipeline.load_default_rules() is pipeline.load_default_rules()


class TestManySources:
    """Many sources: none is lost, and none stops the rest."""

    @pytest.mark.usefixtures("clinic")
    def test_one_bad_source_does_not_stop_the_rest(self, tmp_path: Path) -> None:
        """What gives no page is yielded as a failure, in its place."""
        (tmp_path / "binary.html").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 40)
        (tmp_path / "empty").mkdir()
        names = ["binary.html", "clinic.html", "missing.html", "empty"]

        results = list(audit_sources([tmp_path / name for name in names]))

        assert [Failure, Audit, Failure, Failure] == [type(result) for result in results]
        assert [str(tmp_path / name) for name in ("binary.html", "missing.html", "empty")] == [
            result.source for result in results if isinstance(result, Failure)
        ]

    def test_folders_are_replaced_by_their_pages(self, clinic: Path, tmp_path: Path) -> None:
        """A folder stands for its pages in order, and no page is audited twice."""
        (tmp_path / "deep").mkdir()
        (tmp_path / "deep" / "b.txt").write_text("Words.", encoding="utf-8")
        (tmp_path / "a.md").write_text("Words.", encoding="utf-8")

        targets = pipeline.expand_sources([clinic, tmp_path, "https://lumora.example/"])

        paths = [str(clinic), *(str(tmp_path / name) for name in ("a.md", "deep/b.txt"))]
        assert (*paths, "https://lumora.example/") == targets

    def test_reports_are_set_aside(self, clinic: Path, tmp_path: Path) -> None:
        """A report of this program is known by its head; a page that says it were one is a page if it was captured."""
        report = render_html(to_record(audit_source(clinic)))
        (tmp_path / "report.html").write_text(report, encoding="utf-8")
        kept = save_page(page(report, url="https://lumora.example/"), tmp_path)
        aside: list[Path] = []

        targets = pipeline.expand_sources([tmp_path], set_aside=aside.append)

        assert (str(clinic), str(kept)) == targets
        assert [tmp_path / "report.html"] == aside

    def test_a_folder_of_reports_holds_no_page(self, tmp_path: Path) -> None:
        """Where nothing is left to audit, that is a failure that says why."""
        (tmp_path / "a.html").write_text(render_html(to_record(pipeline.audit_text("Words."))), encoding="utf-8")

        (failure,) = pipeline.expand_sources([tmp_path])

        assert isinstance(failure, Failure)
        assert "the folder holds nothing but reports of this program: add pages" == failure.reason

    def test_pages_are_asked_for_one_by_one(self, clinic: Path) -> None:
        """The second page is not touched before the first is done with: what was done is never lost."""
        started: list[str] = []

        def targets() -> Iterator[str]:
            for name in (str(clinic), "missing.html"):
                started.append(name)
                yield name

        results = pipeline.audit_pages(pipeline.collect_pages(targets(), now=clock), now=clock)
        next(results)

        assert [str(clinic)] == started

    def test_a_defect_of_ours_is_told_with_its_place(self) -> None:
        """A page on which the program itself fails is a failure that says so, not the end of the run."""
        odd = page("<p>We cure knees.", charset=7)
        results = list(pipeline.audit_pages([odd], now=clock))

        assert [Failure] == [type(result) for result in results]
        assert isinstance(results[0], Failure)
        assert "the program failed on it (AttributeError in documents.py, line" in results[0].reason


def test_every_page_of_the_walk_is_typed(clinic: Path) -> None:
    """The pages on the way are nouns that can be kept and audited later."""
    kept = list(pipeline.collect_pages([str(clinic)], now=clock))

    assert [Page] == [type(item) for item in kept]
    assert [audit_source(clinic)] == list(pipeline.audit_pages(kept, now=clock))
