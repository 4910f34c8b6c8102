"""The audit as data: one JSON-ready record, which every other report is made from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any

from auditor.models import Audit, Evidence, Page
from auditor.reporting.fingerprints import mark_evidence, mark_finding

FORMAT = "clinic-auditor/audit"
FORMAT_VERSION = "1"

_PLAIN = frozenset({str, int, bool, float, type(None)})
# The bytes are kept beside the record, under the digest that it names.
_LEFT_OUT: dict[type, tuple[str, ...]] = {Page: ("body",)}

# JSON may hold these as they are, but a terminal or an editor would act on them.
_ACTING = "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
_SURROGATES = "[\ud800-\udfff]"


def to_record(audit: Audit, *, jurisdictions: Sequence[str] = ()) -> dict[str, Any]:
    """Return *audit* as plain data, in the order of its fields; the page's bytes are left out.

    Reports made from the record cite the law of *jurisdictions*, such as ``("us", "uk")``, and of all if there are none.
    """
    record = {"format": FORMAT, "format_version": FORMAT_VERSION, **_convert(audit)}
    for finding in (*record["findings"], *record["strengths"], *record["observations"]):
        finding["fingerprint"] = mark_finding(finding["rule"]["id"], audit.page.url)
        for evidence in finding["evidence"]:
            evidence["fingerprint"] = mark_evidence(finding["rule"]["id"], evidence["words"])
    record["jurisdictions"] = list(jurisdictions)
    return record


def render_json(audit: Audit | Mapping[str, Any]) -> str:
    """Return *audit*, or the record of one, as JSON that any reader of UTF-8 takes."""
    record = to_record(audit) if isinstance(audit, Audit) else audit
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    text = re.sub(_ACTING, lambda found: f"\\u{ord(found[0]):04x}", text)
    return re.sub(_SURROGATES, "\ufffd", text)


def _convert(value: Any) -> Any:
    noun: type = type(value)
    if noun in _PLAIN:
        return value
    if isinstance(value, tuple):
        return [_convert(item) for item in value]
    if is_dataclass(noun):
        values = [(name, getattr(value, name)) for name in _field_names(noun)]
        # Most values are plain: to call this for each would take twice as long.
        converted = {name: item if type(item) in _PLAIN else _convert(item) for name, item in values}
        if isinstance(value, Evidence):
            # The text stands once, under "document".
            del converted["passage"]["text"]
        return converted
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, Mapping):
        return {key: _convert(item) for key, item in value.items()}
    message = f"a record cannot hold {type(value).__name__}"
    raise TypeError(message)


@cache
def _field_names(noun: type) -> tuple[str, ...]:
    left_out = _LEFT_OUT.get(noun, ())
    return tuple(field.name for field in fields(noun) if field.name not in left_out)
