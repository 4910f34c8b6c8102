"""A store that is grown for measuring holds as much more of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auditor.pipeline import load_default_rules
from auditor.scanning import store
from auditor.scanning.verdicts import judge_sites
from tests import stores
from tests.benchmarks.bench_report import grow_store

if TYPE_CHECKING:
    from pathlib import Path

TABLES = ("pages", "findings", "quotes", "quotations", "traits", "disclosures", "texts", "sites", "verdicts")


@pytest.mark.parametrize("times", [1, 3])
def test_a_grown_store_holds_all_so_many_times(tmp_path: Path, times: int) -> None:
    """Pages, what was found on them, and sites with their verdicts are copied under numbers and names of their own."""
    found = stores.result(
        "We cure knees.", site="clinic-1.example", traits=(("email", "a@b.example"),), disclosures=("r",)
    )
    with stores.open_new(tmp_path) as connection:
        store.add_results(connection, 1, 1, [found])
        judge_sites(connection, 1, load_default_rules())

        grow_store(connection, times)

        counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES]
        assert [times] * len(TABLES) == counts
        sites = connection.execute("SELECT site FROM pages ORDER BY page").fetchall()
        assert [f"{copy}.clinic-1.example" if copy else "clinic-1.example" for copy in range(times)] == [
            site for (site,) in sites
        ]
