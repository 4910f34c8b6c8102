"""Only what lies on the open internet may be connected to."""

from __future__ import annotations

import pytest

from auditor.sources.addresses import is_public

CLOSED = (
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "2002:7f00:1::1", "2002:c0a8:101::", "3fff::1",
    "4000::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "localhost",
)  # fmt: skip
OPEN = (
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1",
    "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b::808:808", "2001:200::1", "2001:4860:4860::8888",
    "2002:808:808::1", "2606:4700::1111", "2a00:1450::1",
)  # fmt: skip


@pytest.mark.parametrize(("address", "expected"), [*((a, False) for a in CLOSED), *((a, True) for a in OPEN)])
def test_only_addresses_of_the_open_internet_are_public(address: str, expected: bool) -> None:
    """Private, local and reserved networks are closed, and so are addresses that stand for one in them."""
    assert expected == is_public(address)
