"""Time stamps: for this manifest and no other, kept beside it only if they are."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from auditor.errors import AuditorError, ExitCode
from auditor.scanning.manifest import write_manifest
from auditor.scanning.stamping import StampError, read_stamp, stamp_run
from tests.runs import verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REFUSED = bytes.fromhex("30053003020102")
"""An answer with status 2, rejection, and no stamp (RFC 3161, 2.4.2)."""


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


@pytest.fixture(name="run")
def _run(tmp_path: Path) -> Path:
    """Return the folder of a run that holds nothing but its manifest."""
    write_manifest(tmp_path, about={}, inputs={})
    return tmp_path


def test_a_stamp_lies_beside_its_manifest(run: Path, authority: Callable[[bytes], bytes]) -> None:
    """It says when and under which number, which is told when the run is verified; nothing else is left behind."""
    stamp = stamp_run(run, authority)

    assert stamp == read_stamp(run)
    code, text = verify(run)
    assert (ExitCode.DONE, True) == (code, f"Stamped at {stamp.moment}" in text)
    assert ["manifest.json", "manifest.json.tsr"] == sorted(path.name for path in run.iterdir())


def test_the_answer_to_another_request_is_no_stamp(run: Path, authority: Callable[[bytes], bytes]) -> None:
    """An old answer for the same manifest, sent again, says nothing of now."""
    answers: list[bytes] = []

    def keep(request: bytes) -> bytes:
        answers.append(authority(request))
        return answers[0]

    stamp_run(run, keep)
    (run / "manifest.json.tsr").unlink()

    with pytest.raises(StampError, match="answered another request than ours"):
        stamp_run(run, keep)
    assert read_stamp(run) is None


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"", "is no time stamp"),
        (b"<html>", "is no time stamp"),
        (b"0\x03\x02\x01\x02", "is no time stamp"),
        (REFUSED, "refused the request"),
    ],
)
def test_an_answer_that_is_no_stamp_is_told(run: Path, answer: bytes, told: str) -> None:
    """What is no stamp is not kept."""
    with pytest.raises(StampError, match=told):
        stamp_run(run, lambda _request: answer)

    assert read_stamp(run) is None


def test_a_stamp_for_another_manifest_is_told(run: Path, authority: Callable[[bytes], bytes]) -> None:
    """A manifest that was made again after the stamp is not the one that was stamped."""
    stamp_run(run, authority)
    path = run / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8"))), encoding="utf-8")

    with pytest.raises(StampError, match="is for something else than this manifest"):
        read_stamp(run)
    code, text = verify(run)
    assert (ExitCode.ALTERED, True) == (code, "the time stamp is for something else" in text)


def test_a_missing_library_names_the_extra(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library nothing is asked of an authority, and the error says what to install."""
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)

    with pytest.raises(AuditorError, match=r"time stamps need the extra \[scan\]"):
        stamp_run(run, lambda _request: pytest.fail("the authority was asked"))
