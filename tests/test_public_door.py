"""The public door: what ``import auditor`` offers, and that it costs nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

import auditor
from auditor import errors, models

TEXT = "Our cells cure arthritis for good. There is no known cure for lupus."


def clock() -> datetime:
    """Return a moment that never passes."""
    return datetime(2031, 3, 14, 9, 26, 53, tzinfo=timezone.utc)


def test_all_is_what_can_be_imported() -> None:
    """Every name in ``__all__`` can be had, and nothing else is shown."""
    assert auditor.__all__ == [name for name in auditor.__all__ if getattr(auditor, name) is not None]
    assert sorted(auditor.__all__) == sorted(dir(auditor))


def test_type_checkers_see_what_can_be_imported() -> None:
    """What the module imports and defines for type checkers is ``__all__``, no more and no less."""
    tree = ast.parse(Path(auditor.__file__).read_bytes())
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    imports = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in {"auditor.errors", "auditor.judging", "auditor.models"}
        for alias in node.names
    }

    assert set(auditor.__all__) == functions | imports | {"__version__"}


@pytest.mark.parametrize("name", ["Audit", "Finding", "Severity", "Grade", "Failure"])
def test_types_are_the_nouns(name: str) -> None:
    """A type at the door is the very one that the rooms use."""
    assert getattr(models, name) is getattr(auditor, name)


def test_errors_share_one_base() -> None:
    """Whoever catches `AuditorError` catches all that is raised on purpose."""
    assert errors.AuditorError is auditor.AuditorError
    assert issubclass(auditor.SourceError, auditor.AuditorError)
    assert issubclass(auditor.RuleError, auditor.AuditorError)


def test_an_unknown_name_is_refused() -> None:
    """A name that is not at the door raises AttributeError, as for any module."""
    with pytest.raises(AttributeError, match="no attribute 'verdict'"):
        auditor.verdict  # type: ignore[attr-defined]  # noqa: B018


def test_importing_the_package_imports_nothing_else() -> None:
    """``import auditor`` loads one module: what it costs is paid by whoever uses it."""
    code = "import sys; known = set(sys.modules); import auditor; print(*set(sys.modules) - known)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert {"auditor"} == set(run.stdout.split()) - {"__future__"}


def test_a_file_is_audited(tmp_path: Path) -> None:
    """`audit` takes a path, as text or as `Path`, and gives the same audit."""
    path = tmp_path / "page.html"
    path.write_text(f"<title>Lumora Clinic</title><p>{TEXT}", encoding="utf-8")

    audit = auditor.audit(path, now=clock)

    assert audit == auditor.audit(str(path), now=clock)
    assert "2031-03-14T09:26:53Z" == audit.audited
    assert "Lumora Clinic" == audit.document.facts.title


def test_text_is_audited() -> None:
    """`audit_text` finds what is claimed, also where the text is too short for a score."""
    audit = auditor.audit_text(TEXT, url="https://lumora.example/cells", now=clock)

    assert "https://lumora.example/cells" == audit.document.url
    assert "curative" in {finding.rule.category for finding in audit.findings}
    assert audit.score is None


def test_text_may_hold_anything() -> None:
    """Half a surrogate pair, as broken decoders leave it, does not end an audit."""
    audit = auditor.audit_text("Our cells cure arthritis \ud83d for good.", now=clock)

    assert auditor.__version__ == audit.version


def test_own_rules_are_used() -> None:
    """The digest in an audit is that of the rules it was given."""
    rules = auditor.load_rules()

    assert rules.digest == auditor.audit_text(TEXT, rules=rules, now=clock).rules_digest


def test_contexts_are_told() -> None:
    """`contexts` says how the words of a sentence are meant."""
    sentence = "This treatment does not cure arthritis."
    start = sentence.index("cure")

    assert "negated" in auditor.contexts(sentence, start, start + len("cure"))


def test_a_missing_file_is_one_clear_sentence() -> None:
    """A source that gives no page raises `SourceError` with source and reason."""
    with pytest.raises(auditor.SourceError) as caught:
        auditor.audit("no-such-page.html")

    assert "no-such-page.html" == caught.value.source
    assert "there is no such file" in caught.value.reason
