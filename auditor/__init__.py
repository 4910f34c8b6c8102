"""Audit clinic marketing pages: every finding an exact quotation, its context, its support and its reason."""

from __future__ import annotations

__version__ = "0.1.0"

TYPE_CHECKING = False  # as in typing, whose import would cost more than this whole module
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from auditor.errors import AuditorError, ExitCode, RuleError, SourceError
    from auditor.judging import load_rules
    from auditor.models import (
        Audit,
        Basis,
        Citation,
        Document,
        Evidence,
        Facts,
        Failure,
        Field,
        Finding,
        Form,
        Frame,
        Grade,
        Link,
        Obstacle,
        Offer,
        Page,
        Passage,
        Redirect,
        Rule,
        RuleSet,
        ScorePart,
        Severity,
        Support,
        SupportNeeded,
        Tracker,
    )

__all__ = [
    "Audit",
    "AuditorError",
    "Basis",
    "Citation",
    "Document",
    "Evidence",
    "ExitCode",
    "Facts",
    "Failure",
    "Field",
    "Finding",
    "Form",
    "Frame",
    "Grade",
    "Link",
    "Obstacle",
    "Offer",
    "Page",
    "Passage",
    "Redirect",
    "Rule",
    "RuleError",
    "RuleSet",
    "ScorePart",
    "Severity",
    "SourceError",
    "Support",
    "SupportNeeded",
    "Tracker",
    "__version__",
    "audit",
    "audit_text",
    "contexts",
    "load_rules",
]


def audit(
    source: str | Path,
    *,
    rules: RuleSet | None = None,
    facts: str = "quick",
    now: Callable[[], datetime] | None = None,
    allow_private: bool = False,
) -> Audit:
    """Audit the page that *source* names. Raises SourceError with what to do where it gives no page.

    Args:
        source: an address, or the path of a file or of a saved capture.
        rules: what `load_rules` gives; the rules that come with the program if left out.
        facts: ``full`` also runs the slow search for author and date where the page does not state them.
        now: the clock, for audits that can be repeated to the byte.
        allow_private: whether addresses of the own network may be fetched.

    """
    from auditor import pipeline

    settings = pipeline.Settings(facts=facts, allow_private=allow_private)
    return pipeline.audit_source(source, rules=rules, settings=settings, now=now or pipeline.read_clock)


def audit_text(
    text: str,
    *,
    url: str | None = None,
    language: str | None = None,
    rules: RuleSet | None = None,
    now: Callable[[], datetime] | None = None,
) -> Audit:
    """Audit plain *text*, as the words of the page at *url* if that is given."""
    from auditor import pipeline

    settings = pipeline.Settings(language=language)
    return pipeline.audit_text(text, url=url, rules=rules, settings=settings, now=now or pipeline.read_clock)


def contexts(sentence: str, start: int, end: int, language: str = "en") -> frozenset[str]:
    """Return how the words between *start* and *end* of *sentence* are said, such as ``{"negated"}``."""
    from auditor import judging, pipeline

    return judging.contexts(sentence, start, end, language, rules=pipeline.load_default_rules())


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import what the door shows when it is first asked for (PEP 562)."""
        if name not in __all__:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        from auditor import errors, judging, models

        room = next(room for room in (models, errors, judging) if hasattr(room, name))
        value = globals()[name] = getattr(room, name)
        return value

    def __dir__() -> list[str]:
        return __all__
