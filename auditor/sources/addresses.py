"""Which network addresses may be connected to: those of the open internet, however they are written.

A page's author chooses where its redirects and its host name lead, so whoever connects asks here just before.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from auditor.errors import NoPageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Resolve = Callable[[str], Sequence[str]]

_MAX_ADDRESSES = 4

# https://www.iana.org/assignments/iana-ipv4-special-registry and the IPv6 one; the module ipaddress knows them too, but
# answers differently from one Python to the next.
_CLOSED_IPV4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_OPEN_IPV6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_IPV6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
# Networks whose addresses stand for an IPv4 address, and by how many bits that is shifted: 6to4, NAT64, mapped.
_EMBEDDED_IPV4 = (
    (ipaddress.IPv6Network("2002::/16"), 80),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
)


def resolve_host(host: str) -> tuple[str, ...]:
    """Return the network addresses of *host*, in the order in which the system prefers them."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def is_public(address: str) -> bool:
    """Tell whether *address* is one of the open internet: not private, local, multicast, reserved or a disguise of such."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in network for network in _CLOSED_IPV4)
    for network, shift in _EMBEDDED_IPV4:
        if parsed in network:
            return is_public(str(ipaddress.IPv4Address(int(parsed) >> shift & 0xFFFFFFFF)))
    return parsed in _OPEN_IPV6 and not any(parsed in network for network in _CLOSED_IPV6)


def find_addresses(host: str, *, resolve: Resolve, allow_private: bool) -> tuple[str, ...]:
    """Return the network addresses of *host* that may be connected to. Raises NoPageError if all are private."""
    literal = read_literal(host)
    try:
        found = (literal,) if literal else tuple(resolve(host))
    except (OSError, UnicodeError) as error:
        raise NoPageError(f"no address is known for {host}: check its spelling and your connection") from error
    return choose_allowed(host, found, allow_private=allow_private)


def choose_allowed(host: str, found: Sequence[str], *, allow_private: bool) -> tuple[str, ...]:
    """Return those of the addresses *found* for *host* that may be connected to. Raises NoPageError if all are private."""
    allowed = tuple(address for address in found if allow_private or is_public(address))
    if found and not allowed:
        where = "lies" if host == found[0] else f"leads to {found[0]},"
        raise NoPageError(
            f"{host} {where} inside a private or reserved network, which is only fetched with --allow-private"
        )
    return allowed[:_MAX_ADDRESSES]


def read_literal(host: str) -> str | None:
    """Return the address that *host* itself is, also in the short, octal, decimal and hexadecimal ways to write one."""
    with suppress(ValueError):
        return str(ipaddress.ip_address(host))
    if re.fullmatch(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}\.?", host, re.IGNORECASE):
        with suppress(OSError):
            return socket.inet_ntoa(socket.inet_aton(host.removesuffix(".")))
    return None
