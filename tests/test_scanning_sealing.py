"""The seal of a run: every changed byte is found, and nothing is sealed anew over what was altered."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from auditor.cli.commands import run_command
from auditor.errors import AuditorError, ExitCode
from auditor.scanning import manifest
from auditor.scanning.manifest import AlteredError, ManifestError, find_changes, read_manifest
from auditor.scanning.orders import Order, restore_order
from auditor.scanning.running import scan
from auditor.scanning.store import close_store, find_visit, open_store, opening
from tests.archives import Record, write_warc
from tests.runs import hash_files, verify
from tests.test_scanning_crawling import CURES, A, crawl, now
from tests.web import page, serve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from auditor.scanning.session import Step


@pytest.fixture(name="run", scope="module")
def _run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run of one small site, which tests copy before they touch it."""
    run = tmp_path_factory.mktemp("sealed") / "run"
    with serve({A: {"/": page("Home", CURES, ["/a"]), "/a": page("A")}}) as web:
        crawl(web, run).close()
    return run


@pytest.fixture(name="copy")
def _copy(run: Path, tmp_path: Path) -> Path:
    return shutil.copytree(run, tmp_path / "run")


def test_a_whole_run_is_whole(copy: Path) -> None:
    """Nothing touched: exit 0, also in another place, also after the store was read."""
    files = len(read_manifest(copy)["files"])

    assert (ExitCode.DONE, f"RUN: whole, all {files} files are as they were sealed.\n") == verify(copy)


def change_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("touch", "told"),
    [
        (lambda run: change_byte(run / "run.sqlite"), "run.sqlite was changed"),
        (lambda run: change_byte(next(run.glob("captures/*"))), "captures/127.0.0.2"),
        (lambda run: (run / "run.sqlite").unlink(), "run.sqlite is missing"),
        (lambda run: (run / "note.txt").write_text("x", encoding="utf-8"), "note.txt was added"),
        (lambda run: (run / "captures" / ".hidden").touch(), "captures/.hidden was added"),
        (lambda run: (run / "elsewhere").symlink_to("/"), "elsewhere was added"),
        (
            lambda run: (run / "sites").rename(run.parent / "s") and (run / "sites").symlink_to(run.parent / "s"),
            "sites was added",
        ),
        (lambda run: (run / "index.html").unlink() or (run / "index.html").mkdir(), "index.html is no longer a file"),
        (lambda run: next(run.glob("captures/*")).write_bytes(b""), "was changed"),
    ],
    ids=["store", "capture", "missing", "added", "hidden", "link", "moved", "folder", "emptied"],
)
def test_every_change_is_found(copy: Path, touch: Callable[[Path], object], told: str) -> None:
    """One byte changed, a file gone or added: it is named, and the exit code is 5."""
    touch(copy)

    code, text = verify(copy)

    assert (ExitCode.ALTERED, True) == (code, told in text)


def test_a_file_that_cannot_be_read_is_told(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody may look into is not whole, and the others are looked at all the same."""

    def refuse(path: Path) -> str:
        if path.name in ("index.html", "run.sqlite"):
            raise PermissionError(13, "Permission denied")
        return hash_file(path)

    hash_file = manifest.hash_file
    monkeypatch.setattr(manifest, "hash_file", refuse)

    code, told = verify(copy)
    assert code == ExitCode.ALTERED
    assert "index.html cannot be read (Permission denied).\nrun.sqlite cannot be read (Permission denied).\n" in told


def test_when_a_file_was_touched_does_not_matter(copy: Path) -> None:
    """A copy to another disk changes times and permissions, and no byte."""
    os.utime(copy / "index.html", (0, 0))
    (copy / "run.sqlite").chmod(0o600)

    assert ExitCode.DONE == verify(copy)[0]


def test_a_program_that_looks_on_changes_nothing(tmp_path: Path) -> None:
    """The store may be open elsewhere while a scan ends and after: the run is whole then, and when that program ends."""
    run = tmp_path / "run"
    looking: list[sqlite3.Connection] = []

    def look(_step: Step) -> None:
        if not looking:
            looking.append(sqlite3.connect(run / "run.sqlite", isolation_level=None))
            looking[0].execute("BEGIN")
            looking[0].execute("SELECT count(*) FROM pages").fetchone()

    scan(Order(saved=("samples/regenerative-clinic.html",)), run, jobs=1, now=now, tell=look)

    sealed = verify(run)[0]
    count = looking[0].execute("SELECT count(*) FROM pages").fetchone()
    looking[0].close()
    assert (ExitCode.DONE, (1,)) == (sealed, tuple(count))
    assert ExitCode.DONE == verify(run)[0]
    assert [] == list(run.glob("run.sqlite?*"))
    with closing(open_store(run, reading=True)) as connection:
        assert find_visit(connection)["finished"]


def test_a_store_that_another_program_locks_is_not_said_to_be_damaged(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has it open is asked to close it."""
    monkeypatch.setattr(opening, "PATIENCE", 0.01)
    with closing(sqlite3.connect(copy / "run.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM pages").fetchone()

        with pytest.raises(AuditorError, match="is in use by another program: close that"):
            scan(None, copy, jobs=1, now=now)

    assert ExitCode.DONE == verify(copy)[0]


def test_what_a_killed_process_left_is_not_sealed(tmp_path: Path) -> None:
    """A file that was half written is no part of the run."""
    run = tmp_path / "run"
    order = Order(saved=("samples/regenerative-clinic.html",))
    scan(order, run, jobs=1, now=now)
    (run / "manifest.json").unlink()
    (run / ".0123456789abcdef.7.part").write_text("{", encoding="utf-8")

    scan(order, run, jobs=1, now=now)

    assert [] == [name for name in read_manifest(run)["files"] if "part" in name]
    assert ExitCode.DONE == verify(run)[0]


def test_an_input_that_was_changed_is_found(tmp_path: Path) -> None:
    """An archive outside of the run is part of what was judged."""
    archive = write_warc(tmp_path / "in.warc.gz", [Record("https://a.example/")])
    scan(Order(saved=(str(archive),)), tmp_path / "run", jobs=1, now=now)
    assert [] == list(find_changes(tmp_path / "run"))

    change_byte(archive)

    assert [str(archive)] == [change.file for change in find_changes(tmp_path / "run")]


@pytest.mark.parametrize("content", [None, b"", b"[]", b"[" * 100_000, b'{"format": "other"}', b"\xff"])
def test_a_manifest_that_is_none_is_told(copy: Path, content: bytes | None) -> None:
    """Without a manifest there is nothing to verify by, said in one sentence."""
    (copy / "manifest.json").unlink()
    if content is not None:
        (copy / "manifest.json").write_bytes(content)

    with pytest.raises(ManifestError, match=r"^manifest\.json"):
        list(find_changes(copy))
    assert ExitCode.ALTERED == run_command(["verify", str(copy)])


def test_the_manifest_says_how_the_run_was_made(run: Path) -> None:
    """Tool, rules, settings and times stand beside the digests."""
    manifest = read_manifest(run)

    (visit,) = manifest["visits"]
    assert {"visit", "started", "finished", "version", "rules_digest", "settings", "settings_digest"} == visit.keys()
    assert ("2031-03-14T09:26:53Z", True) == (visit["started"], visit["settings"]["crawl"]["allow_private"])


def empty_store(run: Path) -> None:
    (run / "run.sqlite").write_bytes(b"")


@pytest.mark.parametrize(
    ("touch", "told"),
    [
        (lambda run: change_byte(next(run.glob("captures/*"))), "captures/127.0.0.2"),
        (lambda run: next(run.glob("captures/*")).unlink(), "is missing"),
        (empty_store, "run.sqlite was changed"),
        (lambda run: (run / "manifest.json").write_bytes(b"[]"), "is not the manifest of a run"),
    ],
    ids=["capture changed", "capture gone", "store emptied", "manifest changed"],
)
def test_a_run_that_was_altered_is_not_gone_on_with(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], touch: Callable[[Path], object], told: str
) -> None:
    """The same command, an update and an export say in one sentence what was altered, and end with 5; nothing is sealed anew."""
    listed = tmp_path / "list.txt"
    listed.write_text("https://lumora.example/", encoding="utf-8")
    touch(copy)
    before = hash_files(copy)

    for command in (["scan", str(listed), "-o", str(copy)], ["scan", "--update", str(copy)]):
        assert ExitCode.ALTERED == run_command(command)
        (line,) = capsys.readouterr().err.splitlines()
        assert "is not as it was sealed" in line
        assert told in line
    assert ExitCode.ALTERED == run_command(["export", str(copy), "-o", str(tmp_path / "tables"), "-q"])
    assert told in capsys.readouterr().err.splitlines()[0]
    assert before == hash_files(copy)


def test_a_store_that_was_emptied_before_the_end_is_told(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that kept captures does not begin anew over them because its store holds nothing."""
    (copy / "manifest.json").unlink()
    empty_store(copy)
    before = hash_files(copy / "captures")

    assert ExitCode.ALTERED == run_command(["scan", "samples", "-o", str(copy)])

    assert "holds nothing, but" in capsys.readouterr().err
    assert before == hash_files(copy / "captures")


def test_pages_that_were_taken_out_of_the_store_are_missed(copy: Path) -> None:
    """A run without a page is not complete, whatever its queue says."""
    (copy / "manifest.json").unlink()
    connection = open_store(copy)
    order = restore_order(connection)
    connection.execute("DELETE FROM pages")
    connection.execute("UPDATE visits SET finished = NULL")
    close_store(connection)

    with pytest.raises(AlteredError, match="holds no page of what was scanned"):
        scan(order, copy, jobs=1, now=now)


# --- again -------------------------------------------------------------------------------------


def test_a_visit_more_keeps_what_was_there(tmp_path: Path) -> None:
    """After an update both visits stand in the store, the first captures are untouched, and the first manifest is kept."""
    run = tmp_path / "run"
    with serve({A: {"/": page("Home", CURES)}}) as web:
        crawl(web, run).close()
        before = hash_files(run)
        web.sites[A]["/"] = page("Home", "We listen to you.")

        scan(None, run, jobs=1, now=now)

    after = hash_files(run)
    (capture,) = (name for name in before if name.startswith("captures/"))
    assert before[capture] == after[capture]
    assert before["manifest.json"] == after["manifests/1-manifest.json"]
    assert [] == list(find_changes(run))
    connection = sqlite3.connect(run / "run.sqlite")
    rows = connection.execute(
        "SELECT visit, sum(rule = 'curative/cure-claimed') FROM findings JOIN pages USING (page) GROUP BY visit"
    ).fetchall()
    connection.close()
    assert [(1, 1), (2, 0)] == rows
