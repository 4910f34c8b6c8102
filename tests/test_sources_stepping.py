"""The steps of a walk are taken alone or beside others, and what comes of each goes back into the walk."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from auditor.errors import NoPageError
from auditor.sources.deadlines import Deadline
from auditor.sources.stepping import Close, Lookup, Pull, Send, take_steps, take_steps_async
from tests.fetches import HTML, PUBLIC, URL, answer_public

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from auditor.sources.stepping import Step

REQUEST = httpx.Request("GET", URL)


def walk(came: list[Any]) -> Generator[Step, Any, None]:
    """Take every kind of step once, and note in *came* what comes of it."""
    came.append((yield Lookup("knees.example")))
    response = yield Send(REQUEST, "knees.example")
    came.append(response.status_code)
    chunks = iter(response.stream)
    while chunk := (yield Pull(chunks)):
        came.append(chunk)
    came.append((yield Close(response)))


def stumble(came: list[Any]) -> Iterator[Step]:
    """Go on from a host that nobody knows."""
    try:
        yield Lookup("knees.example")
    except (OSError, NoPageError) as error:
        came.append(type(error))


def take(walk: Any, resolve: Callable[[str], tuple[str, ...]] = answer_public) -> None:
    """Take the steps of *walk* one after the other."""
    take_steps(walk, httpx.MockTransport(lambda _: httpx.Response(200, content=HTML)), resolve)


def take_beside(walk: Any, resolve: Callable[[str], tuple[str, ...]] = answer_public) -> list[str]:
    """Take the steps of *walk* as one of many fetches, and return the hosts for which a turn was waited for."""
    paced: list[str] = []

    async def look_up(host: str) -> tuple[str, ...]:
        return resolve(host)

    async def pace(host: str) -> None:
        paced.append(host)

    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=HTML))
    asyncio.run(take_steps_async(walk, Deadline(60), lambda _: transport, look_up, pace))
    return paced


@pytest.mark.parametrize("take_all", [take, take_beside])
def test_what_comes_of_a_step_goes_back_into_the_walk(take_all: Callable[[Any], object]) -> None:
    """Alone or beside others, a walk is told the same."""
    came: list[Any] = []

    take_all(walk(came))

    assert [(PUBLIC,), 200, HTML, None] == came


def test_a_turn_is_waited_for_before_a_request() -> None:
    """Only sending a request asks for a turn of its host."""
    assert ["knees.example"] == take_beside(walk([]))


@pytest.mark.parametrize("take_all", [take, take_beside])
def test_a_walk_goes_on_from_a_step_that_fails(take_all: Callable[..., object]) -> None:
    """What a step raises is raised where the walk took it."""
    came: list[Any] = []

    def resolve(_host: str) -> tuple[str, ...]:
        raise ConnectionError

    take_all(stumble(came), resolve)

    assert [ConnectionError] == came


def test_a_step_that_takes_too_long_ends_the_time() -> None:
    """The walk is told that no page came, and the deadline is over whatever the clock says."""
    came: list[Any] = []
    deadline = Deadline(60)

    async def never(_host: str) -> Any:
        raise asyncio.TimeoutError

    transport = httpx.MockTransport(lambda _: httpx.Response(200))
    asyncio.run(take_steps_async(stumble(came), deadline, lambda _: transport, never, never))  # type: ignore[arg-type]

    assert ([NoPageError], True) == (came, deadline.is_over)
