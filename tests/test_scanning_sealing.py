"""The seal of a run: every changed byte is found, stamps are for the manifest, packages replay."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from auditor.cli.commands import commands, run_command
from auditor.errors import AuditorError, ExitCode, SourceError
from auditor.scanning import manifest
from auditor.scanning.addresses import name_site
from auditor.scanning.manifest import AlteredError, ManifestError, find_changes, read_manifest
from auditor.scanning.models import Judgement, Politeness, Target
from auditor.scanning.orders import Order, restore_order
from auditor.scanning.packing import sort_address, write_wacz
from auditor.scanning.pagereports import write_page_reports
from auditor.scanning.running import scan
from auditor.scanning.session import REPORTING, Step, Stopped
from auditor.scanning.stamping import StampError, read_stamp, stamp_run
from auditor.scanning.store import close_store, find_visit, open_store, opening
from auditor.sources.warc import find_places, load_archived
from tests.archives import Record, write_warc
from tests.runs import hash_files
from tests.test_scanning_crawling import CURES, A, crawl, now
from tests.web import answer, page, serve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


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


def verify(run: Path) -> tuple[int, str]:
    """Return how ``auditor verify`` ends, and what it says, without the place of the run."""
    result = CliRunner().invoke(commands, ["verify", str(run)], standalone_mode=False)
    return result.return_value, result.output.replace(str(run), "RUN")


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
        (lambda run: (run / "index.html").unlink() or (run / "index.html").mkdir(), "index.html is missing"),
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


# --- stamps ------------------------------------------------------------------------------------


@pytest.fixture(name="authority", scope="module")
def _authority(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], bytes]:
    """Return a time-stamp authority of this machine."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    place = tmp_path_factory.mktemp("authority")
    (place / "serial").write_text("01\n", encoding="ascii")
    (place / "tsa.cnf").write_text(
        "[req]\ndistinguished_name=dn\nx509_extensions=ext\nprompt=no\n[dn]\nCN=Lumora Time\n[ext]\n"
        "extendedKeyUsage=critical,timeStamping\n[tsa]\ndefault_tsa=one\n[one]\n"
        f"serial={place}/serial\nsigner_cert={place}/tsa.pem\nsigner_key={place}/tsa.key\nsigner_digest=sha256\n"
        "default_policy=1.2.3.4\ndigests=sha256\n",
        encoding="ascii",
    )

    def call(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=place)

    call("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.pem", "-config", "tsa.cnf")

    def answer(request: bytes) -> bytes:
        (place / "in.tsq").write_bytes(request)
        call("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "in.tsq", "-out", "out.tsr")
        return (place / "out.tsr").read_bytes()

    return answer


def test_a_manifest_is_stamped(copy: Path, authority: Callable[[bytes], bytes]) -> None:
    """The stamp is for this manifest, lies beside it and is told when the run is verified."""
    stamp = stamp_run(copy, authority)

    assert stamp == read_stamp(copy)
    code, text = verify(copy)
    assert (ExitCode.DONE, True) == (code, f"Stamped at {stamp.moment}" in text)


def test_a_stamp_for_another_manifest_is_found(copy: Path, authority: Callable[[bytes], bytes]) -> None:
    """A manifest that was made again after the stamp is not the one that was stamped."""
    stamp_run(copy, authority)
    path = copy / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8"))), encoding="utf-8")

    code, text = verify(copy)

    assert (ExitCode.ALTERED, True) == (code, "the time stamp is for something else" in text)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"0\x03\x02\x01\x02"])
def test_an_answer_that_is_no_stamp_is_told(copy: Path, answer: bytes) -> None:
    """What is no stamp is not kept."""
    with pytest.raises(StampError):
        stamp_run(copy, lambda _request: answer)

    assert read_stamp(copy) is None


# --- reports on pages -------------------------------------------------------------------------


@pytest.mark.parametrize(("which", "reports"), [("worst", 1), ("all", 2), ("none", 0)])
def test_pages_have_reports_of_their_own(tmp_path: Path, which: str, reports: int) -> None:
    """Of the worst page, of all or of none; the page of the site leads there, they are sealed, and the same every time."""
    run = tmp_path / "run"
    with serve({A: {"/": page("Home", CURES, ["/a"]), "/a": page("A")}}) as web:
        target = Target(site=name_site(web.url(A)), url=web.url(A), line=1)
        order = Order(targets=(target,), politeness=Politeness(delay=0.0, allow_private=True))
        scan(order, run, jobs=1, now=now, page_reports=which)

    made = sorted((run / "pages").glob("*.html"))
    (site,) = (run / "sites").iterdir()
    text = site.read_text(encoding="utf-8")
    assert sorted(f"../pages/{path.name}" for path in made) == sorted(re.findall(r"\.\./pages/[^\"]+", text))
    assert [] == list(find_changes(run))
    assert reports == len(made)
    assert all("Our stem cells cure" in path.read_text(encoding="utf-8") for path in made[:1])
    before = hash_files(run)
    connection = open_store(run, reading=True)
    write_page_reports(connection, run, find_visit(connection), Judgement(), which=which, jobs=1)
    connection.close()
    assert before == hash_files(run)


def test_reports_on_pages_can_be_stopped_and_gone_on_with(tmp_path: Path) -> None:
    """Each is told of; Ctrl-C ends with the one in hand, and the next start comes to the same run."""
    order = Order(saved=("samples/regenerative-clinic.html", "samples/dental-clinic.html"))
    steps: list[Step] = []

    def interrupt(step: Step) -> None:
        steps.append(step)
        if step.what == REPORTING:
            signal.raise_signal(signal.SIGINT)

    for place in ("whole", "stopped"):
        run = tmp_path / place
        if place == "stopped":
            with pytest.raises(Stopped):
                scan(order, run, jobs=1, now=now, tell=interrupt, page_reports="all")
            assert not (run / "manifest.json").exists()
        scan(order, run, jobs=1, now=now, page_reports="all")

    assert [(1, 2)] == [(step.done, step.total) for step in steps if step.what == REPORTING]
    assert hash_files(tmp_path / "whole" / "pages") == hash_files(tmp_path / "stopped" / "pages")
    assert [] == list(find_changes(tmp_path / "stopped"))


# --- packages ----------------------------------------------------------------------------------


def test_a_package_holds_what_its_description_says(run: Path, tmp_path: Path) -> None:
    """Every file of a package stands in its description with length and SHA-256, and the description with its own."""
    path = write_wacz(run, tmp_path / "run.wacz")

    with zipfile.ZipFile(path) as package:
        described = json.loads(package.read("datapackage.json"))
        digest = json.loads(package.read("datapackage-digest.json"))
        assert f"sha256:{hashlib.sha256(package.read('datapackage.json')).hexdigest()}" == digest["hash"]
        for resource in described["resources"]:
            content = package.read(resource["path"])
            assert (resource["bytes"], resource["hash"]) == (
                len(content),
                f"sha256:{hashlib.sha256(content).hexdigest()}",
            )
        assert {info.compress_type for info in package.infolist()} == {zipfile.ZIP_STORED}
    assert "1.1.1" == described["wacz_version"]


def test_a_package_can_be_read_back(run: Path, tmp_path: Path) -> None:
    """The pages that were judged come out of the package, each found by its index."""
    path = write_wacz(run, tmp_path / "run.wacz")

    pages = [load_archived(place) for place in find_places(path)]

    assert ["", "a"] == [(each.url or "").rpartition("/")[2] for each in pages]
    with zipfile.ZipFile(path) as package:
        lines = package.read("indexes/index.cdx").decode().splitlines()
        assert lines == sorted(lines)
        for line in lines:
            fields = json.loads(line.split(" ", 2)[2])
            archive = package.read(f"archive/{fields['filename']}")
            start = int(fields["offset"])
            record = gzip.decompress(archive[start : start + int(fields["length"])])
            assert f"WARC-Target-URI: {fields['url']}".encode() in record


def test_an_answer_with_a_long_head_is_packed_too(tmp_path: Path) -> None:
    """No answer of one server keeps the captures of all others from being packed."""
    long = answer("404 Not Found", page("Gone"), {"X-Policy": "x" * 50_000})
    with serve({A: {"/": page("Home", CURES, ["/a", "/b"]), "/a": long, "/b": page("B")}}) as web:
        crawl(web, tmp_path / "run").close()

    with zipfile.ZipFile(write_wacz(tmp_path / "run", tmp_path / "run.wacz")) as package:
        lines = package.read("indexes/index.cdx").decode().splitlines()
    found = [json.loads(line.split(" ", 2)[2]) for line in lines]
    assert [("", "200"), ("a", "404"), ("b", "200")] == [
        (place, each["status"]) for each in found if (place := each["url"].rpartition("/")[2]) in ("", "a", "b")
    ]
    assert {"text/html"} == {each["mime"] for each in found}


def test_the_same_run_makes_the_same_package(run: Path, tmp_path: Path) -> None:
    """Packed twice a run gives the same bytes."""
    assert write_wacz(run, tmp_path / "a.wacz").read_bytes() == write_wacz(run, tmp_path / "b.wacz").read_bytes()


def test_saved_pages_are_packed_too(tmp_path: Path) -> None:
    """What was read from files and archives elsewhere is in the package, byte for byte, with the address it says or none."""
    saved = tmp_path / "saved" / "lumora" / "index.html"
    saved.parent.mkdir(parents=True)
    saved.write_text(page("Lumora", CURES), encoding="utf-8")
    archive = write_warc(tmp_path / "in.warc.gz", [Record("https://a.example/", page("A").encode())])
    scan(Order(saved=(str(saved.parents[1]), str(archive))), tmp_path / "run", jobs=1, now=now)

    path = write_wacz(tmp_path / "run", tmp_path / "run.wacz")

    pages = {each.url: each.body for each in map(load_archived, find_places(path))}
    assert {
        "http://saved.invalid/lumora/index.html": saved.read_bytes(),
        "https://a.example/": page("A").encode(),
    } == pages
    assert path.read_bytes() == write_wacz(tmp_path / "run", tmp_path / "again.wacz").read_bytes()
    saved.write_text("Another page", encoding="utf-8")
    with pytest.raises(SourceError, match="it is no longer what was judged"):
        write_wacz(tmp_path / "run", tmp_path / "run.wacz")


def test_a_scan_under_way_is_not_packed(tmp_path: Path, copy: Path) -> None:
    """A package is of a complete run."""
    connection = open_store(copy)
    connection.execute("UPDATE visits SET finished = NULL")
    close_store(connection)

    with pytest.raises(AuditorError, match="is not complete"):
        write_wacz(copy, tmp_path / "run.wacz")


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.Clinic.example/Cells?b=2&a=1", "example,clinic)/cells?a=1&b=2"),
        ("http://127.0.0.2:8080/", "2,0,0,127:8080)/"),
    ],
)
def test_addresses_are_sorted_by_their_hosts(url: str, key: str) -> None:
    """An index puts the pages of one host together."""
    assert key == sort_address(url)
