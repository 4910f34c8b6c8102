"""The seal of a run: every file with its SHA-256, and every change told by the name of its file."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from auditor.errors import AuditorError
from auditor.scanning.manifest import (
    ManifestError,
    describe_changes,
    describe_file,
    find_changes,
    is_put_aside,
    list_files,
    put_aside,
    read_manifest,
    write_manifest,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WORDS = b"Lumora cures."
SHA256 = hashlib.sha256(WORDS).hexdigest()


@pytest.fixture(name="run")
def _run(tmp_path: Path) -> Path:
    """Return the folder of a run that was sealed: a report and a capture."""
    run = tmp_path / "run"
    (run / "captures").mkdir(parents=True)
    (run / "index.html").write_bytes(WORDS)
    (run / "captures" / "a.warc.gz").write_bytes(b"WARC")
    write_manifest(run, about={"created": "2031-03-14"}, inputs={})
    return run


def test_a_manifest_holds_every_file(run: Path) -> None:
    """Each stands in it by its name in the folder with length and SHA-256, beside what the run says of itself."""
    manifest = read_manifest(run)

    assert ["captures/a.warc.gz", "index.html"] == list(manifest["files"])
    assert {"bytes": len(WORDS), "sha256": SHA256} == manifest["files"]["index.html"]
    assert ("2031-03-14", {}) == (manifest["created"], manifest["inputs"])


def test_a_pipe_is_not_sealed(run: Path) -> None:
    """To read it would have no end; it is named instead, with what to do."""
    os.mkfifo(run / "captures" / "pipe")

    with pytest.raises(AuditorError) as caught:
        write_manifest(run, about={}, inputs={})

    assert str(caught.value) == (
        f"{run / 'captures' / 'pipe'} is a pipe or a device and no file: take it away, then give the same command again"
    )


def test_files_are_listed_in_order_and_without_their_seal(run: Path) -> None:
    """Hidden files and manifests of earlier visits are sealed, the manifest and its time stamp are not."""
    (run / ".hidden").touch()
    (run / "manifest.json.tsr").touch()
    (run / "manifests").mkdir()
    (run / "manifests" / "1-manifest.json").touch()

    assert [".hidden", "captures/a.warc.gz", "index.html", "manifests/1-manifest.json"] == list_files(run)


def test_a_link_is_described_by_where_it_leads(run: Path) -> None:
    """What lies behind it is no part of the run."""
    (run / "link.html").symlink_to("index.html")

    assert {"link": "index.html"} == describe_file(run / "link.html")
    assert {"bytes": len(WORDS), "sha256": SHA256} == describe_file(run / "index.html")


@pytest.mark.parametrize("target", ["nowhere", "index.html"])
def test_a_link_is_sealed_by_where_it_leads(run: Path, target: str) -> None:
    """A run with a link to a file, or to nothing, is whole until the link leads elsewhere."""
    (run / "link").symlink_to(target)
    write_manifest(run, about={}, inputs={})

    assert [] == list(find_changes(run))
    (run / "link").unlink()
    (run / "link").symlink_to("elsewhere")
    assert [("link", "was changed: it has another SHA-256 or length")] == [tuple(each) for each in find_changes(run)]


def test_a_link_to_a_folder_is_not_sealed(run: Path) -> None:
    """What the folder holds would not stand in the manifest; once the folder itself is there, it does."""
    (run / "captures").rename(run.parent / "moved")
    (run / "captures").symlink_to(run.parent / "moved")

    assert ("captures", "was added after the run was sealed") in [tuple(each) for each in find_changes(run)]
    with pytest.raises(AuditorError) as caught:
        write_manifest(run, about={}, inputs={})

    assert str(caught.value) == (
        f"{run / 'captures'} is a link to a folder, and what that holds would not be sealed: "
        "put the folder itself there, then give the same command again"
    )
    (run / "captures").unlink()
    (run.parent / "moved").rename(run / "captures")
    write_manifest(run, about={}, inputs={})
    assert "captures/a.warc.gz" in read_manifest(run)["files"]


def replace_by_pipe(run: Path) -> None:
    (run / "index.html").unlink()
    os.mkfifo(run / "index.html")


def replace_by_link(run: Path) -> None:
    (run / "index.html").rename(run.parent / "elsewhere.html")
    (run / "index.html").symlink_to(run.parent / "elsewhere.html")


@pytest.mark.parametrize(
    ("touch", "changes"),
    [
        (lambda _run: None, []),
        (lambda run: (run / "index.html").write_bytes(WORDS), []),
        (
            lambda run: (run / "index.html").write_bytes(WORDS.upper()),
            [("index.html", "was changed: it has another SHA-256 or length")],
        ),
        (lambda run: (run / "index.html").unlink(), [("index.html", "is missing")]),
        (lambda run: (run / "a.txt").touch(), [("a.txt", "was added after the run was sealed")]),
        (lambda run: os.mkfifo(run / "pipe"), [("pipe", "was added after the run was sealed")]),
        (replace_by_pipe, [("index.html", "is no longer a file")]),
        (replace_by_link, [("index.html", "was changed: it has another SHA-256 or length")]),
        (
            lambda run: (run / "index.html").rename(run / "captures" / "index.html"),
            [("captures/index.html", "was added after the run was sealed"), ("index.html", "is missing")],
        ),
    ],
    ids=["nothing", "written again", "changed", "missing", "added", "added pipe", "pipe", "link", "moved"],
)
def test_changes_are_named(run: Path, touch: Callable[[Path], object], changes: list[tuple[str, str]]) -> None:
    """What was changed, is missing or was added is told by the name of the file, in their order."""
    touch(run)

    assert changes == [tuple(change) for change in find_changes(run)]


@pytest.mark.parametrize(("content", "changed"), [(b"WARC", False), (b"warc", True), (None, False)])
def test_inputs_are_looked_at_where_they_are_found(
    run: Path, tmp_path: Path, content: bytes | None, changed: bool
) -> None:
    """An archive outside of the run that was changed is told; one that lies here no more is not."""
    archive = tmp_path / "in.warc.gz"
    archive.write_bytes(b"WARC")
    write_manifest(run, about={}, inputs={str(archive): hashlib.sha256(b"WARC").hexdigest()})
    archive.unlink()
    if content is not None:
        archive.write_bytes(content)

    assert ([str(archive)] if changed else []) == [change.file for change in find_changes(run)]
    assert [] == list(find_changes(run, inputs=False))


def test_changes_are_told_in_one_sentence(run: Path) -> None:
    """The first is named and the others counted; of a run that is whole, or was never sealed, there is nothing to tell."""
    assert "" == describe_changes(run)
    (run / "index.html").unlink()
    assert f"{run} is not as it was sealed: index.html is missing (auditor verify names all)" == describe_changes(run)
    (run / "a.txt").touch()
    told = "a.txt was added after the run was sealed, and 1 more (auditor verify names all)"
    assert f"{run} is not as it was sealed: {told}" == describe_changes(run)
    (run / "manifest.json").write_bytes(b"[]")
    told = "manifest.json is not the manifest of a run, or was changed"
    assert f"{run} is not as it was sealed: {told}" == describe_changes(run)
    (run / "manifest.json").unlink()
    assert "" == describe_changes(run)


def test_a_folder_without_a_manifest_is_no_complete_run(run: Path) -> None:
    """Without a store there is nothing that says a manifest was taken away."""
    (run / "manifest.json").unlink()

    with pytest.raises(AuditorError, match="holds no manifest") as caught:
        read_manifest(run)

    assert not isinstance(caught.value, ManifestError)


def test_a_manifest_is_put_aside_with_its_stamp(run: Path) -> None:
    """The run can grow, and the next manifest seals the earlier one."""
    before = (run / "manifest.json").read_bytes()
    (run / "manifest.json.tsr").write_bytes(b"stamp")

    put_aside(run, 1)

    assert (True, False) == (is_put_aside(run, 1), is_put_aside(run, 2))
    assert (before, b"stamp") == tuple(
        (run / "manifests" / name).read_bytes() for name in ("1-manifest.json", "1-manifest.json.tsr")
    )
    write_manifest(run, about={}, inputs={})
    assert {"manifests/1-manifest.json", "manifests/1-manifest.json.tsr"} <= read_manifest(run)["files"].keys()


def test_a_stamp_does_not_outlive_its_manifest(run: Path) -> None:
    """A time stamp holds for the manifest that it was given for, and for no other."""
    (run / "manifest.json.tsr").write_bytes(b"stamp")

    write_manifest(run, about={}, inputs={})

    assert not (run / "manifest.json.tsr").exists()
