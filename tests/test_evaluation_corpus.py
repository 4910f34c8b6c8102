"""A corpus is read line by line, and a mistake in it is told with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auditor.errors import SourceError
from auditor.evaluation.corpus import read_corpus
from tests.corpora import RULES, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{", "is not JSON"),
        ("[]", "a case is an object"),
        ({"text": "x", "label": "ok"}, "a case is an object with keys among"),
        ({"id": "a"}, "needs either 'text' or 'path'"),
        ({"text": "x", "path": "y"}, "needs either 'text' or 'path'"),
        ({"text": 1}, "'text' must be text"),
        ({"text": "x"}, "the case has no label"),
        ({"text": "x", "ok": False}, "the case has no label"),
        ({"text": "x", "ok": "yes"}, "'ok' must be true or false"),
        ({"text": "x", "ok": True, "categories": {"hype": True}}, "'categories' that hype does"),
        ({"text": "x", "rules": {"curative/cure-claims": True}}, "did you mean curative/cure-claimed?"),
        ({"text": "x", "rules": {"zzz": True}}, "there is no rule zzz; auditor rules list names them all"),
        ({"text": "x", "categories": {"curative": "yes"}}, "maps names to true or false"),
        ({"text": "x", "categories": {"curativ": True}}, "'curativ' is no category"),
    ],
)
def test_a_line_that_is_no_case_is_named(row: object, problem: str, tmp_path: Path) -> None:
    """File, line and what to write instead."""
    path = write(tmp_path / "corpus.jsonl", {"text": "x", "ok": True}, row)

    with pytest.raises(SourceError) as caught:
        read_corpus(path, RULES)

    assert f"{path}:2: " in str(caught.value)
    assert problem in str(caught.value)


@pytest.mark.parametrize(("content", "problem"), [(b"", "holds no case"), (b"\xff\xfe", "not UTF-8")])
def test_a_file_that_is_no_corpus_is_refused(content: bytes, problem: str, tmp_path: Path) -> None:
    """An empty or unreadable file is said to be one."""
    path = tmp_path / "corpus.jsonl"
    path.write_bytes(content)

    with pytest.raises(SourceError, match=problem):
        read_corpus(path, RULES)


def test_ids_must_differ(tmp_path: Path) -> None:
    """Runs are compared by id."""
    rows = [{"id": "a", "text": text, "ok": True} for text in "xy"]

    with pytest.raises(SourceError, match="stands there 2 times"):
        read_corpus(write(tmp_path / "corpus.jsonl", *rows), RULES)
