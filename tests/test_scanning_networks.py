"""Sites that share something: what ties them together, what does not, and in which order they stand."""

from __future__ import annotations

import pytest

from auditor.scanning.networks import Tie, find_alike, fold_trait, group_ties
from auditor.scanning.orders import Order
from auditor.scanning.running import scan
from auditor.scanning.store import open_store
from tests.test_scanning_exporting import now

COPY = (
    "We believe that every body can heal itself when it is given young and living cells, which is why families from "
    "forty countries travel to us when other doctors have given up."
)
REWORDED = COPY.replace("forty", "fifty")
COOKIES = (
    "This site uses cookies so that we can offer you the best visit; read more of them in our notice about your data."
)
OWN = "Our house stands in the old town of {}, three minutes on foot from the {} market, and has twelve quiet rooms."


@pytest.mark.parametrize(
    ("kind", "value", "folded"),
    [
        ("telephone", "tel:+1 (555) 010-0200", "15550100200"),
        ("telephone", "tel:0015550100200", "15550100200"),
        ("telephone", "tel:112", ""),
        ("telephone", "tel:+1 800 222 1222", ""),
        ("telephone", "tel:+1 (234) 567-8900", ""),
        ("address", "fishers 5600, 20857", ""),
        ("address", "marigold 5600, 20857", "marigold 5600, 20857"),
        ("telephone", "tel:(555) 010-0200", "15550100200"),
        ("telephone", "tel:+44 (0)20 7946 0000", "442079460000"),
        ("email", "mailto:Info@Lumora.test?subject=Hello", "info@lumora.test"),
        ("email", "mailto:info@example.com", ""),
        ("form", "https://leads.veridian.test/enquiry/", "leads.veridian.test/enquiry"),
        ("form", "https://www.lumora.test/contact", ""),
        ("form", "https://www.google.com/search", ""),
        ("form", "https://lumora.us1.list-manage.com/subscribe/post", ""),
        ("form", "https://webto.salesforce.com/servlet/servlet.WebToLead", ""),
        ("form", "https://app.acuityscheduling.com/schedule.php", ""),
        ("form", "https://www.aweber.com/scripts/addlead.pl", ""),
        ("form", "https://form.jotform.com/232045678901", "form.jotform.com/232045678901"),
        ("tracker", "Google Analytics G-ABCD1234EF", "Google Analytics G-ABCD1234EF"),
        ("tracker", "Google Analytics UA-XXXXXXX-1", ""),
    ],
)
def test_what_ties_sites_together(kind: str, value: str, folded: str) -> None:
    """A number is the same however it is written; what is the site's own, a service's or a placeholder's ties nothing."""
    assert folded == fold_trait(kind, value, "lumora.test")


def test_groups_hang_together() -> None:
    """Sites that share nothing themselves are in one group if a third shares with both; the largest group comes first."""
    ties = [
        Tie("telephone", "1", {"e": 1, "f": 2}),
        Tie("tracker", "2", {"a": 3, "c": 4}),
        Tie("form", "3", {"b": 5, "c": 4}),
    ]

    assert [[tie.value for tie in group] for group in group_ties(ties)] == [["3", "2"], ["1"]]
    assert group_ties(ties) == group_ties(ties[::-1])


def test_copy_is_known_again() -> None:
    """A passage in which a word was changed is the same copy; another passage is not."""
    others = [
        OWN.format("Arden", "fish"),
        "Something else entirely is told here, and nobody has written it before or since.",
    ]
    texts = [COPY, others[0], REWORDED, others[1]]

    assert find_alike(texts) == [[COPY, REWORDED], [others[0]], [others[1]]]


@pytest.fixture(name="shared", scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, str], dict[str, set[str]]]:
    """Return of a run, by number and kind, what each value is shared by."""
    folder = tmp_path_factory.mktemp("networks")
    pages = {
        "lumora": f"<p>{COPY}</p><a href='tel:+15550100200'>Call</a>",
        "veridian": f"<p>{REWORDED}</p>",
        "quillon": "<p>We cure knees.</p><a href='tel:+1-555-010-0200'>Call</a>",
        "arden": "<p>We treat hips.</p><form action='https://leads.test/one' method=post><input name=email></form>",
        "brisk": "<p>We treat backs.</p><form action='https://leads.test/one' method=post><input name=email></form>",
        "alone": "<p>We treat ears.</p>",
    }
    for place, (site, body) in enumerate(pages.items()):
        path = folder / "pages" / site / "index.html"
        path.parent.mkdir(parents=True)
        own = OWN.format(site, f"{site} {place}" * 5)
        path.write_text(f"<html lang=en><title>{site}</title><body><h1>{site}</h1>{body}<p>{own}</p><p>{COOKIES}</p>")
    scan(Order(saved=(str(folder / "pages"),)), folder / "run", jobs=1, now=now)
    connection = open_store(folder / "run", reading=True)
    found: dict[tuple[int, str], dict[str, set[str]]] = {}
    for row in connection.execute("SELECT network, kind, value, site FROM networks"):
        found.setdefault((row["network"], row["kind"]), {}).setdefault(row["value"], set()).add(row["site"])
    connection.close()
    return found


def test_networks_of_a_run(shared: dict[tuple[int, str], dict[str, set[str]]]) -> None:
    """Sites are grouped with what they share; a notice about cookies, which all have, is not it."""
    assert shared == {
        (1, "copy"): {COPY: {"lumora", "veridian"}},
        (1, "telephone"): {"15550100200": {"lumora", "quillon"}},
        (2, "form"): {"leads.test/one": {"arden", "brisk"}},
    }
