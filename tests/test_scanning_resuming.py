"""A scan that is killed, stopped or out of room goes on where it was, and comes to what an unbroken one comes to."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from fastwarc.warc import ArchiveIterator

from auditor.errors import ExitCode
from auditor.scanning.folders import hold_run
from auditor.scanning.store import open_store
from tests.archives import Record, write_warc
from tests.runs import dump_run, hash_files
from tests.web import Site, Web, answer, in_turn, page, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOSTS = tuple(f"127.0.0.{number}" for number in range(2, 5))
KILLS = 30


def make_sites() -> dict[str, Site]:
    links = [f"/treatments/{number}" for number in range(4)]
    texts = {
        link: page(f"Treatment {link}", f"Our cells cure disease {link}.", ["/", "/about", *links]) for link in links
    }
    return {host: {"/": page(host, "We heal arthritis.", links), "/about": page("About"), **texts} for host in HOSTS}


def write_list(folder: Path, web: Web) -> Path:
    path = folder / "list.txt"
    path.write_text("".join(f"{web.url(host)}\n" for host in HOSTS), encoding="utf-8")
    return path


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    """Start a scan in a group of its own, so that the test is not hit with it."""
    command = [sys.executable, "-m", "auditor", "scan", *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)


def crawl(listed: Path, run: Path) -> subprocess.Popen[str]:
    return start(listed, "-o", run, "--allow-private", "--delay", "0", "--jobs", "1")


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, told = process.communicate(timeout=60)
    return process.returncode, told


def list_captured(run: Path) -> Counter[str]:
    """Return how often each address was answered in the archives of *run*; every record must be whole."""
    found: Counter[str] = Counter()
    for path in (run / "captures").iterdir():
        for record in ArchiveIterator(str(path), parse_http=False, fsspec_args=False):
            assert record.verify_block_digest() or record.record_type == 2
            if record.record_type == 4:
                found[record.headers["WARC-Target-URI"]] += 1
    return found


def test_thirty_kills_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    """Killed at random moments and started again with the same command, a scan comes to the same result."""
    chance = random.Random(7)
    kills = 0
    with serve(make_sites()) as web:
        listed = write_list(tmp_path, web)
        assert finish(crawl(listed, tmp_path / "unbroken"))[0] == ExitCode.DONE
        expected = dump_run(tmp_path / "unbroken"), list_captured(tmp_path / "unbroken")
        while kills < KILLS:
            run = tmp_path / f"run-{kills}"
            for patience in itertools.count(1):
                asked = len(web.asked)
                process = crawl(listed, run)
                while process.poll() is None and len(web.asked) == asked:
                    time.sleep(0.005)
                # Longer each time, so that even on a slow machine something gets done in between.
                time.sleep(chance.uniform(0, 0.2 * patience))
                process.kill()
                code, told = finish(process)
                if code == ExitCode.DONE:
                    break
                assert code == -signal.SIGKILL, told
                kills += 1
            assert expected == (dump_run(run), list_captured(run))


def test_saved_pages_are_taken_up_again(tmp_path: Path) -> None:
    """A scan of archives that is killed judges each page once all the same, whatever the number of processes."""
    records = [
        Record(f"https://clinic-{number % 7}.example/{number}", page(f"Page {number}").encode())
        for number in range(400)
    ]
    archive = write_warc(tmp_path / "saved.warc.gz", records)
    assert finish(start(archive, "-o", tmp_path / "unbroken", "--jobs", "1"))[0] == ExitCode.DONE

    run = tmp_path / "run"
    process = start(archive, "-o", run, "--jobs", "2")
    while process.poll() is None and not (run / "run.sqlite-wal").exists():
        time.sleep(0.005)
    time.sleep(0.4)
    process.kill()
    finish(process)

    assert finish(start(archive, "-o", run, "--jobs", "2"))[0] == ExitCode.DONE
    assert dump_run(tmp_path / "unbroken") == dump_run(run)


def count_archived(run: Path) -> int:
    """Return of how many sites the store of *run* knows captures."""
    with closing(open_store(run, reading=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM tasks WHERE archived > 0").fetchone()[0])


def flip_byte(path: Path, place: int) -> None:
    """Change the byte of *path* at *place*."""
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [os.truncate, flip_byte], ids=["cut", "changed"])
def test_an_archive_that_lost_what_the_store_knows_is_begun_again(
    damage: Callable[[Path, int], None], tmp_path: Path
) -> None:
    """When captures are damaged before they are sealed, as by a power failure, the site is crawled anew, and that is said."""
    sites = make_sites()
    last = page("About")
    # The second scan waits for this page until it is killed.
    sites[HOSTS[0]]["/about"] = in_turn(last, answer(body=last, pause=60), last)
    with serve(sites) as web:
        listed = write_list(tmp_path, web)
        finish(crawl(listed, tmp_path / "unbroken"))
        process = crawl(listed, tmp_path / "run")
        while process.poll() is None and web.paths(HOSTS[0]).count("/about") < 2:
            time.sleep(0.005)
        while process.poll() is None and not count_archived(tmp_path / "run"):
            time.sleep(0.005)
        process.kill()
        finish(process)
        for path in (tmp_path / "run" / "captures").iterdir():
            damage(path, 100)

        code, told = finish(crawl(listed, tmp_path / "run"))

    assert (ExitCode.DONE, True) == (
        code,
        "captures were damaged or gone, and" in told,
    )

    assert dump_run(tmp_path / "unbroken") == dump_run(tmp_path / "run")
    assert list_captured(tmp_path / "unbroken") == list_captured(tmp_path / "run")


def test_ctrl_c_finishes_the_page_in_hand_and_says_how_to_go_on(tmp_path: Path) -> None:
    """Stopped from the keyboard a scan ends cleanly, keeps what was done and tells so."""
    with serve(make_sites()) as web:
        listed = write_list(tmp_path, web)
        process = crawl(listed, tmp_path / "run")
        while process.poll() is None and len(web.asked) < 12:
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        code, told = finish(process)

        assert code == ExitCode.INTERRUPTED
        assert "give the same command to go on" in told
        assert "Traceback" not in told
        assert finish(crawl(listed, tmp_path / "run"))[0] == ExitCode.DONE
        finish(crawl(listed, tmp_path / "unbroken"))

    assert dump_run(tmp_path / "unbroken") == dump_run(tmp_path / "run")


def test_two_scans_do_not_share_a_folder(tmp_path: Path) -> None:
    """While one scan is at work in a folder, another is refused in one sentence, and the first goes on."""
    with serve(make_sites()) as web, hold_run(tmp_path / "run"):
        code, told = finish(crawl(write_list(tmp_path, web), tmp_path / "run"))

    assert (ExitCode.USAGE, 1) == (code, len(told.splitlines()))
    assert "another scan is at work in" in told


def test_a_complete_run_is_left_as_it_is(tmp_path: Path) -> None:
    """The same command once more does nothing, not even to a byte."""
    finish(start("samples", "-o", tmp_path / "run", "-q"))
    before = hash_files(tmp_path / "run")

    code, told = finish(start("samples", "-o", tmp_path / "run"))

    assert (ExitCode.DONE, before) == (code, hash_files(tmp_path / "run"))
    assert "Run complete already" in told


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """Mount a disk of *size* at *place*, as only root may."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_one_clear_sentence_and_resumable(tmp_path: Path) -> None:
    """Out of room a scan stops with what it has, and goes on when there is room."""
    with serve(make_sites()) as web, small_disk(tmp_path / "disk", "1200k") as disk:
        listed = write_list(tmp_path, web)
        finish(crawl(listed, tmp_path / "unbroken"))
        filler = disk / "filler"
        filler.write_bytes(b"x" * 600_000)

        code, told = finish(crawl(listed, disk / "run"))

        assert ExitCode.USAGE == code, told
        problems = [line for line in told.splitlines() if not line.startswith("[")]
        assert len(problems) == 1, told
        assert "nothing more can be kept in" in problems[0]
        filler.unlink()
        subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
        assert finish(crawl(listed, disk / "run"))[0] == ExitCode.DONE
        assert dump_run(tmp_path / "unbroken") == dump_run(disk / "run")
        shutil.rmtree(disk / "run")
