"""Web addresses: one form for one page, the site it belongs to, and whether it leads anywhere worth going."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes, urlsplit, urlunsplit

LONGEST_ADDRESS = 2000
_PORTS = {"http": 80, "https": 443}
_SESSION = re.compile(r"(?i)(?:^|&)(?:phpsessid|jsessionid|aspsessionid\w*|sessionid|sid)=[^&]*")
_PATH_SESSION = re.compile(r"(?i);jsessionid=[^/?#]*")
_QUERY = "%!$&'()*+,;=:@/?"
"""What stands as it is in a query, beside letters, digits and ``-._~``: RFC 3986, section 3.4."""
_HOST = re.compile(
    r"(?=.{1,253}\Z)(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))+\.?|localhost|\[[0-9a-f:.]+\]"
)


@lru_cache(maxsize=10_000)
def normalize_address(url: str) -> str | None:
    """Return the one form in which the page at *url* is known, without trackers, sessions and fragment; None for no page."""
    from courlan import normalize_url

    if len(url) > LONGEST_ADDRESS:
        return None
    try:
        parts = urlsplit(url.strip())
        host = encode_host(parts.hostname or "")
        port = parts.port
        if parts.scheme.lower() not in _PORTS or host is None or parts.username is not None:
            return None
        scheme = parts.scheme.lower()
        place = host if port in (None, _PORTS[scheme]) else f"{host}:{port}"
        path = _PATH_SESSION.sub("", _fold_dots(parts.path)) or "/"
        query = _SESSION.sub("", parts.query).strip("&")
        kept = "" if _is_unicode(query) else quote(query, safe=_QUERY)  # what is cleaned is taken to be UTF-8
        cleaned = urlsplit(normalize_url(urlunsplit((scheme, "x.example", path, "" if kept else query, ""))))
    except ValueError:
        return None
    return urlunsplit((scheme, place, cleaned.path or "/", kept or cleaned.query, ""))


def encode_host(host: str) -> str | None:
    """Return *host* in lower case and in the ASCII form of international names, or None if it cannot be a host."""
    name = host.lower().rstrip(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    if ":" in name:
        name = f"[{name}]"
    return name if _HOST.fullmatch(name) else None


def name_site(url: str) -> str:
    """Return the key of the site that *url* belongs to: its host without ``www.``, with a port that is not the usual one."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    port = parts.port
    return host if port in (None, _PORTS.get(parts.scheme)) else f"{host}:{port}"


def find_domain(url: str) -> str:
    """Return the registered domain of *url*, under which one owner names all hosts; the host itself where there is none."""
    from courlan import extract_domain

    host = urlsplit(url).hostname or ""
    if re.fullmatch(r"[0-9.]+|.*:.*|[^.]+", host):
        return name_site(url)
    return extract_domain(url, fast=True) or host


def read_folder(url: str) -> str:
    """Return the folder part of the path of *url*, such as ``/en/`` of ``/en/home.html``."""
    path = urlsplit(url).path
    return path[: path.rfind("/") + 1] or "/"


def _is_unicode(query: str) -> bool:
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return False
    return True


def _fold_dots(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            kept = kept[:-1] if len(kept) > 1 else kept
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept) + ("/" if path.endswith(("/.", "/..")) else "")
