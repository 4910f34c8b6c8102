"""Measuring services, by what a page loads."""

from __future__ import annotations

import pytest

from auditor.models import Tracker
from auditor.reading.trackers import find_trackers


@pytest.mark.parametrize(
    ("addresses", "scripts", "expected"),
    [
        (["https://www.googletagmanager.com/gtag/js?id=G-AAA111"], [], [("Google Analytics", "G-AAA111")]),
        (["https://connect.facebook.net/en_US/fbevents.js"], [], [("Meta Pixel", None)]),
        ([], ["fbq('init', '123456789');"], [("Meta Pixel", "123456789")]),
        (["https://connect.facebook.net/en_US/fbevents.js"], ["fbq('init', '123456789');"], [("Meta Pixel", "123456789")]),
        ([], ["ym(12345678, 'init')", "s.src='https://mc.yandex.ru/tag.js'; ym(12345678,'init')"], [("Yandex Metrica", "12345678")]),
        (["https://hm.baidu.com/hm.js?0123456789abcdef0123456789abcdef"], [], [("Baidu Tongji", "0123456789abcdef0123456789abcdef")]),
        (["https://knees.example/app.js", "https://knees.example/p.gif"], ["var x = 1;"], []),
    ],
)  # fmt: skip
def test_a_service_is_named_once(
    addresses: list[str], scripts: list[str], expected: list[tuple[str, str | None]]
) -> None:
    """Addresses and code name the service and its account; own scripts name none."""
    assert expected == [(tracker.name, tracker.identifier) for tracker in find_trackers(addresses, scripts)]


def test_a_tracker_keeps_its_address() -> None:
    """The report can show what was loaded."""
    url = "https://static.hotjar.com/c/hotjar.js"

    assert (Tracker(name="Hotjar", url=url, identifier=None),) == find_trackers([url, url], [])
