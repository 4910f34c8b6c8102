"""Measure audits as ratios within one run: ``python -m tests.benchmarks.bench_audit [FOLDER]``.

Whole processes are measured as a user has them: the project is installed by a plain ``pip install`` into a fresh virtual
environment in a temporary folder, with byte code (an editable installation would double the bare start by its import
hook). What counts is the processor time of the children, the least of each command, which take turns: so what else the
machine does tells little. The rules are in the cache, as they are from the second start on; a start without them is
measured beside it. What is measured in process is processor time, too.

FOLDER holds HTML pages for the comparison with the conventional stack; without it invented ones are used, or those of
the development corpus where that lies beside the project.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

from auditor import pipeline
from auditor.judging.patterns import expand_names
from tests.benchmarks.pages import HOSTILE, make_hostile, make_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from auditor.models import Page, RuleSet

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "corpus" / "pages" / "html"
PACKAGED = ("auditor", "rules", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
"""What an installation is made from."""
SAVED_PAGE = 65_000
HOSTILE_SIZE = 5_000_000
MOST_STARTS, MOST_VERSION, LEAST_FASTER, MOST_HOSTILE = 22, 7, 12, 40
_UNSPACED = ("zh", "ja", "th")


def main() -> None:
    """Print all ratios with what is asked of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=CORPUS if CORPUS.is_dir() else None)
    parser.add_argument("--runs", type=int, default=15, help="how often processes are started (default 15)")
    parser.add_argument("--skip-hostile", action="store_true", help="leave out the hostile pages, which take a minute")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        measure_processes(Path(place), options.runs)
        measure_conventional(load_pages(options.folder, Path(place)))
        if not options.skip_hostile:
            measure_hostile()


def measure_processes(place: Path, runs: int) -> None:
    """Compare whole processes with a bare start of the interpreter."""
    page = place / "saved.html"
    page.write_text(make_page(SAVED_PAGE), encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environ["XDG_CACHE_HOME"] = str(place / "cache")
    python = install_project(place, environ)
    audit = [python, "-m", "auditor", "audit", str(page), "-o", str(place / "reports")]
    first = time_command(audit, place, environ)
    commands = [[python, "-c", ""], [python, "-m", "auditor", "--version"], audit]
    bare, version, whole = time_commands(commands, runs, place, environ)
    print(f"bare interpreter start{1000 * bare:41.1f} ms")
    show("auditor --version", version, version / bare, "times a bare start", most=MOST_VERSION)
    show("auditor audit, saved page of 65 kB, report", whole, whole / bare, "times a bare start", most=MOST_STARTS)
    print(f"the same with rules that are in no cache{1000 * first:23.1f} ms")


def install_project(place: Path, environ: Mapping[str, str]) -> str:
    """Return the interpreter of a fresh environment in *place* with a copy of the project in it."""
    copy, home = place / "project", place / "environment"
    copy.mkdir()
    for name in PACKAGED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy)
    subprocess.run([sys.executable, "-m", "venv", home], check=True, env=environ)
    python = str(home / ("Scripts" if os.name == "nt" else "bin") / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", str(copy)], check=True, env=environ)
    return python


def time_commands(commands: Sequence[Sequence[str]], runs: int, place: Path, environ: Mapping[str, str]) -> list[float]:
    """Return the least processor time of each command, in seconds; they take turns."""
    times: list[list[float]] = [[] for _ in commands]
    for _ in range(runs + 1):
        for command, taken in zip(commands, times, strict=True):
            taken.append(time_command(command, place, environ))
    return [min(taken[1:]) for taken in times]


def time_command(command: Sequence[str], place: Path, environ: Mapping[str, str]) -> float:
    """Return the processor time that *command* takes in the folder *place*, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=place, env=environ)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def load_pages(folder: Path | None, place: Path) -> list[Page]:
    """Return the HTML pages in *folder*, or invented ones."""
    if folder is None:
        folder = place / "invented"
        folder.mkdir()
        for number in range(20):
            (folder / f"{number}.html").write_text(make_page(40_000 + 4_000 * number, number), encoding="utf-8")
    collected = [pipeline.collect_page(path) for path in sorted(folder.rglob("*.htm*"))]
    return [page for page in collected if page.media_type == "text/html"]


def measure_conventional(pages: Sequence[Page]) -> None:
    """Compare audits within this process with what one would build from the usual libraries."""
    rules = pipeline.load_default_rules()
    read = build_conventional(rules)
    for page in pages[:2]:
        read(page)
        pipeline.audit_page(page, rules=rules)
    usual = [time_call(partial(read, page)) for page in pages]
    ours = [time_call(partial(pipeline.audit_page, page, rules=rules)) for page in pages]
    print(f"{len(pages)} pages, mean of the conventional stack{1000 * sum(usual) / len(pages):26.1f} ms")
    show("audit in process, mean", sum(ours) / len(pages), sum(usual) / sum(ours), "times as fast", least=LEAST_FASTER)


def build_conventional(rules: RuleSet) -> Callable[[Page], int]:
    """Return a function that parses with bs4, extracts with trafilatura, metadata too, and loops over patterns with re."""
    import trafilatura
    from bs4 import BeautifulSoup

    patterns = compile_patterns(rules)

    def read(page: Page) -> int:
        text = page.body.decode(page.charset or "utf-8", errors="replace")
        soup = BeautifulSoup(text, "html.parser")
        shown = soup.get_text(" ", strip=True)
        trafilatura.extract(text, with_metadata=True, include_comments=False)
        return sum(1 for pattern in patterns for _ in pattern.finditer(shown))

    return read


def compile_patterns(rules: RuleSet) -> list[re.Pattern[str]]:
    """Return the patterns of all rules as Python's own engine takes them."""
    found: dict[str, None] = {}
    for rule in rules.rules:
        for slot in (rule.match, rule.unless, rule.beside):
            for language, sources in slot.items():
                for source in sources:
                    plain = expand_names(source, rules.words.get(language, {}))
                    found[plain if language in _UNSPACED else rf"(?<!\w)(?:{plain})(?!\w)"] = None
    return [re.compile(pattern, re.IGNORECASE) for pattern in found]


def measure_hostile() -> None:
    """Compare hostile pages with a plain one of the same size, per byte."""
    rules = pipeline.load_default_rules()
    plain = time_page(make_page(HOSTILE_SIZE), rules)
    print(f"plain page of 5 MB{1000 * plain:45.1f} ms")
    for kind in HOSTILE:
        taken = time_page(make_hostile(kind, HOSTILE_SIZE), rules)
        show(f"hostile page of 5 MB: {kind}", taken, taken / plain, "times a plain page", most=MOST_HOSTILE)


def time_page(text: str, rules: RuleSet) -> float:
    """Return the time to audit *text* as a page, per byte of 5 MB."""
    body = text.encode()
    with tempfile.NamedTemporaryFile(suffix=".html") as file:
        file.write(body)
        file.flush()
        page = pipeline.collect_page(file.name)
    return time_call(partial(pipeline.audit_page, page, rules=rules)) * HOSTILE_SIZE / len(body)


def time_call(call: Callable[[], Any]) -> float:
    """Return how much processor time *call* takes, in seconds."""
    start = process_time()
    call()
    return process_time() - start


def show(
    what: str, seconds: float, ratio: float, of: str, *, most: float | None = None, least: float | None = None
) -> None:
    """Print one line: what was measured, the ratio, and whether that is what is asked."""
    good = ratio <= most if most is not None else ratio >= (least or 0)
    asked = f"at most {most}" if most is not None else f"at least {least}"
    print(f"{what:<52}{1000 * seconds:11.1f} ms  {ratio:7.2f} {of} ({asked}{'' if good else ', MISSED'})", flush=True)


if __name__ == "__main__":
    main()
