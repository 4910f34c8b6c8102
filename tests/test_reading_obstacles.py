"""Obstacles: pages that a visitor would not have seen like this, and pages that only speak of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.models import Rendering
from auditor.reading import read_page
from auditor.reading.obstacles import judge_length
from tests.factories import page

ARTICLE = "<h1>Knees</h1>" + "<p>Our clinic treats knees with care and tells its patients what to expect.</p>" * 12


def find_kind(markup: str, **fields: object) -> str | None:
    """Return the kind of obstacle that a page with this markup is."""
    obstacle = read_page(page(markup, **fields)).obstacle
    return obstacle.kind if obstacle else None


@pytest.mark.parametrize(
    ("markup", "status", "expected"),
    [
        ("<title>Just a moment...</title><p>Checking your browser before you enter.", 403, "challenge"),
        ("<title>Just a moment...</title><noscript>Enable JavaScript and cookies to continue</noscript>", 200, "challenge"),
        ("<p>Please verify you are human. Complete the captcha.", 200, "challenge"),
        ("<h1>Access denied</h1><p>You have been blocked.", 403, "challenge"),
        ("<script src=/_Incapsula_Resource?x=1></script>", 200, "challenge"),
        ("<h1>Members</h1><p>Please log in to continue.<form><input name=u><input type=password name=p></form>", 200, "login"),
        ("<h2>We use cookies</h2><p>We use cookies to make this page better for you and others.<button>Accept all</button><button>Manage</button>", 200, "consent"),
        ("<h1>Page not found</h1><p>The page you requested could not be found.", 200, "error"),
        ("<title>404</title><p>Die Seite wurde nicht gefunden", 404, "error"),
        ("<h1>Internal Server Error</h1>", 500, "error"),
        ("<h1>503 Service Unavailable</h1>", 200, "error"),
        (ARTICLE, 500, "error"),
        ("", 200, "empty"),
        ("<title>Knees</title><p> &nbsp; </p>", 200, "empty"),
        ("<div id=root></div><noscript>You need to enable JavaScript to run this app.</noscript><script src=a.js></script>", 200, "script"),
        ("<title>Knees</title><div id=app></div><script src=a.js></script><script src=b.js></script>", 200, "script"),
        ("<h1>Knees</h1><p>We treat knees.", 200, "short"),
    ],
)  # fmt: skip
def test_an_obstacle_is_told_by_status_and_words(markup: str, status: int, expected: str) -> None:
    """What stands between visitor and page has its kind."""
    assert expected == find_kind(markup, status=status)


@pytest.mark.parametrize(
    "extra",
    [
        "<p>This form is protected by a captcha. Access denied to robots.</p>",
        "<div class=cookie><p>We use cookies.</p><button>Accept all</button></div>",
        "<p>Patients can log in to see their results.</p><form><input type=password name=p></form>",
        "<noscript>Please enable JavaScript to use the map.</noscript>",
        "<p>In 404 cases the cause was not found.</p>",
        "<script src='https://challenges.cloudflare.com/turnstile/v0/api.js'></script>",
        "<div id=root></div><script src=a.js></script>",
        "<p>Page under construction: our new wing.</p>",
    ],
)
def test_a_real_page_that_mentions_an_obstacle_is_none(extra: str) -> None:
    """Captchas, cookies, logins and scripts on a page with content do not stop the audit."""
    assert find_kind(ARTICLE + extra, status=200) is None


@pytest.mark.parametrize("way", ["style='visibility:hidden'", "hidden", "style='position:absolute;left:-9999px'"])
def test_a_page_that_is_all_hidden_at_first_is_read(way: str) -> None:
    """What a style sheet or a script shows in the end is not taken for an empty page."""
    assert find_kind(f"<div {way}>{ARTICLE}</div>") is None


FOLDED = "<h1>Questions</h1><details><summary>What do you treat?</summary>{}</details>"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (FOLDED.format(ARTICLE), None),
        (FOLDED.format(ARTICLE).replace("<details>", "<DETAILS class=faq\n>"), None),
        (FOLDED.format(FOLDED.format(ARTICLE)), None),
        (FOLDED.format(ARTICLE) + "<p>We use cookies.<button>Accept all</button>", None),
        (FOLDED.format("Knees."), "short"),
        (FOLDED.format(f"<div hidden>{ARTICLE}</div>"), "short"),
        (FOLDED.format(f"<template>{ARTICLE}</template>"), "short"),
        (f"<div style='display:none'>{FOLDED.format(ARTICLE)}</div><p>We treat knees.", "short"),
        (f"<h1>Questions</h1><p>What do you treat?<div hidden>{ARTICLE}</div>", "short"),
        (f"<h1>Questions</h1><details-list hidden>{ARTICLE}</details-list>", "short"),
    ],
    ids=[
        "folded", "written otherwise", "folded twice", "with a banner", "little", "hidden in it", "template in it",
        "in what is hidden", "hidden", "another element",
    ],
)  # fmt: skip
def test_what_a_click_unfolds_is_counted(markup: str, expected: str | None) -> None:
    """Answers in closed ``details`` make a page long enough to score; what no click shows does not."""
    assert expected == find_kind(markup)


def test_an_error_in_folded_words_is_an_error() -> None:
    """However much is folded on it, a page that the server calls an error is one."""
    assert "error" == find_kind(FOLDED.format(ARTICLE), status=500)


def test_what_a_browser_ran_is_said_to_have_run() -> None:
    """A page that stays empty in a browser is not said to need one."""
    made = page("<div id=root></div><script src=a.js></script>")
    rendering = Rendering(browser="Chromium 1", received_sha256="0" * 64, received_bytes=9, width=1280)
    obstacle = read_page(replace(made, rendering=rendering)).obstacle

    assert obstacle is not None
    assert "which showed almost no text in the browser that ran it." in obstacle.reason


def test_the_reason_is_a_sentence() -> None:
    """Readers of the report learn why in words."""
    obstacle = read_page(page("<p>Gone", status=410)).obstacle

    assert obstacle is not None
    assert "The server answered with status 410, an error and not the page asked for." == obstacle.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "empty"),
        ("Knees are fine.", "short"),
        ("We treat knees with care. " * 13, None),
        ("膝を丁寧に治療します。" * 5, "short"),
        ("膝を丁寧に治療します。" * 15, None),
    ],
)
def test_a_text_may_be_too_short_to_score(text: str, expected: str | None) -> None:
    """Chinese and Japanese say more in fewer characters."""
    obstacle = judge_length(text)

    assert expected == (obstacle.kind if obstacle else None)
