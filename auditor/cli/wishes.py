"""What the options of ``auditor audit`` ask for, and what cannot be asked for together."""

from __future__ import annotations

from pathlib import Path

from auditor.models import STANDARD_INPUT, Severity
from auditor.nouns import noun

REPORTS = Path("reports")
REPORT_SUFFIXES = frozenset({".html", ".htm"})
OTHER_SUFFIXES = frozenset({".json", ".jsonl", ".csv", ".md", ".sarif"})
OUTPUTS = ("output", "json_output", "csv_output", "markdown_output", "sarif_output", "annotated_output", "pdf")


@noun
class Wishes:
    """The command line of ``auditor audit``, read."""

    sources: tuple[str, ...]
    output: Path | None = None
    stdout_format: str = "terminal"
    json_output: Path | None = None
    csv_output: Path | None = None
    markdown_output: Path | None = None
    sarif_output: Path | None = None
    locale: str = "en"
    jurisdictions: tuple[str, ...] = ()
    annotated_output: Path | None = None
    pdf: Path | None = None
    paper: str = "a4"
    screenshot: bool = False
    browser: bool = False
    open_report: bool = False
    rule_folders: tuple[Path, ...] = ()
    severity: Severity = Severity.LOW
    excluded: tuple[str, ...] = ()
    fail_on: Severity | None = None
    min_score: int | None = None
    save_page: Path | None = None
    capture_only: bool = False
    media_type: str | None = None
    language: str | None = None
    facts: str = "quick"
    allow_private: bool = False
    timeout: float | None = None
    max_bytes: int | None = None
    user_agent: str | None = None
    quiet: bool = False
    no_color: bool = False


def find_contradiction(wishes: Wishes) -> str | None:
    """Return what makes *wishes* impossible, in one sentence."""
    if "" in wishes.sources:
        return "a source is empty; name a page, a file or a folder"
    if wishes.media_type and STANDARD_INPUT not in wishes.sources:
        return "--type tells what standard input holds, so - must be a source"
    if wishes.fail_on and wishes.fail_on < wishes.severity:
        unlisted = f"--severity {wishes.severity.name.lower()}"
        return f"--fail-on {wishes.fail_on.name.lower()} looks at what is listed, and {unlisted} lists less"
    if wishes.capture_only and _asks_for_audit(wishes):
        return "--capture-only makes no audit, so there is nothing to report or to fail on"
    if wishes.output and (str(wishes.output) == "-" or wishes.output.suffix.lower() in OTHER_SUFFIXES):
        return "--output takes the HTML report; use --format or --json-output for the record, and so for other forms"
    if wishes.browser and not any("://" in source for source in wishes.sources):
        return "--browser runs the scripts of pages that are fetched, so an address must be a source"
    return _find_clash(wishes)


def _find_clash(wishes: Wishes) -> str | None:
    """Return which files of *wishes* cannot be written beside each other."""
    named = [(name, path) for name in OUTPUTS if (path := getattr(wishes, name))]
    if not names_file(wishes.annotated_output):
        # Annotated pages may lie in one folder with their reports.
        named = [(name, path) for name, path in named if name != "annotated_output"]
    for place, (name, path) in enumerate(named):
        for other, same in named[:place]:
            if path.absolute() == same.absolute():
                return f"{_name_option(other)} and {_name_option(name)} name the same file"
    written = [path.absolute() for _, path in named]
    sources = [Path(source).absolute() for source in wishes.sources]
    if any(source in written and not _is_folder(source) for source in sources):
        return "a report cannot be written over its own source"
    if (wishes.output or REPORTS).absolute() in sources and not wishes.capture_only:
        return f"reports would be written among their sources in {wishes.output or REPORTS}; name another folder by --output"
    return None


def names_file(output: Path | None) -> bool:
    """Tell whether *output* is meant as one report file rather than as a folder of them."""
    return output is not None and output.suffix.lower() in REPORT_SUFFIXES and not _is_folder(output)


def _name_option(field: str) -> str:
    return f"--{field.replace('_', '-')}"


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _asks_for_audit(wishes: Wishes) -> bool:
    outputs = (getattr(wishes, name) for name in OUTPUTS)
    asked = (*outputs, wishes.fail_on, wishes.min_score, wishes.open_report or None, wishes.screenshot or None)
    return wishes.stdout_format != "terminal" or any(wish is not None for wish in asked)
