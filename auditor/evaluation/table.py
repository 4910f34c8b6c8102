"""An evaluation as a table for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.reporting.cleaning import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SHOWN_CASES = 8
_LEGEND = (
    "In brackets: the 95% interval. –: the labels do not tell.",
    "missed: cases where it belongs and was not found; false: cases where it was found and does not belong.",
)


def render_table(
    run: Mapping[str, Any], compared: tuple[list[tuple[str, str]], list[tuple[str, str]]] | None = None
) -> str:
    """Return *run* as a table for a terminal, with what was gained and lost if it was compared."""
    lines = []
    if run["categories"] or run["rules"]:
        lines.append(f"{'':40} {'cases':>6} {'precision':>22} {'recall':>22} {'kappa':>6}")
        lines.extend(_render_row("any red flag", run["overall"]))
        for part in ("categories", "rules"):
            if run[part]:
                lines.extend(["", part])
            for name, row in run[part].items():
                lines.extend(_render_row(name, row))
        lines.extend(["", *_LEGEND])
    if run["failed"]:
        lines.extend(["", "not audited, and not counted"])
        lines.extend(f"  {id_}: {reason}" for id_, reason in run["failed"].items())
    if compared is not None:
        lines.extend(_render_changes(*compared))
    return "\n".join(map(clean_text, lines)).lstrip("\n") + "\n"


def _render_changes(gained: Sequence[tuple[str, str]], lost: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield ""
    if not gained and not lost:
        yield "Nothing gained or lost."
        return
    yield "+: found now and not before; -: found before and not now"
    for sign, pairs in (("+", gained), ("-", lost)):
        yield from (f"{sign} {case}: {rule}" for case, rule in pairs)


def _render_row(name: str, row: Mapping[str, Any]) -> Iterator[str]:
    shares = []
    for key in ("precision", "recall"):
        share, interval = row[key], row[f"{key}_interval"]
        shares.append("–" if share is None else f"{share:.2f} ({interval[0]:.2f} to {interval[1]:.2f})")
    kappa = "–" if row["kappa"] is None else f"{round(row['kappa'], 2) + 0.0:.2f}"  # 0.0, for there is no -0.00
    yield f"  {name:38} {row['cases']:>6} {shares[0]:>22} {shares[1]:>22} {kappa:>6}"
    wrong = [f"{key}: {_name_few(row[key])}" for key in ("missed", "false") if row[key]]
    if wrong:
        yield f"      {'; '.join(wrong)}"


def _name_few(ids: Sequence[str]) -> str:
    more = len(ids) - SHOWN_CASES
    return ", ".join(ids[:SHOWN_CASES]) + (f" and {more} more" if more > 0 else "")
