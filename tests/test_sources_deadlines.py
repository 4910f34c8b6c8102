"""An end to fetches that take too long: known by whoever asks, and felt by whoever waits."""

from __future__ import annotations

import socket

import pytest

from auditor.errors import NoPageError
from auditor.sources.deadlines import Deadline


class Stream:
    """What httpcore tells of a connection that it opened."""

    def __init__(self, opened: socket.socket) -> None:
        """Take the socket."""
        self.opened = opened

    def get_extra_info(self, _name: str) -> socket.socket:
        """Return the socket."""
        return self.opened


def test_a_deadline_that_is_not_over_stops_nobody() -> None:
    """There is some time left, and no more than was given."""
    deadline = Deadline(60.0)

    deadline.check()

    assert not deadline.is_over
    assert 0 < deadline.remaining <= 60


def test_a_deadline_that_is_over_is_told() -> None:
    """A socket is still given a moment, for none would mean no limit."""
    deadline = Deadline(0.0)

    assert (True, 0.001) == (deadline.is_over, deadline.remaining)
    with pytest.raises(NoPageError):
        deadline.check()


def test_time_spent_waiting_for_a_turn_does_not_count() -> None:
    """Whoever keeps a delay has as long for the page as anybody."""
    deadline = Deadline(0.0)

    deadline.extend(60.0)

    assert not deadline.is_over
    assert 59 < deadline.remaining <= 60


def test_a_deadline_may_be_known_to_be_over() -> None:
    """Whatever the clock says: somebody who waited for it has seen it."""
    deadline = Deadline(60.0)

    deadline.expire()

    assert deadline.is_over


def test_whoever_reads_is_woken() -> None:
    """When the time is over the sockets are shut, those that are opened late at once."""
    ours, theirs = socket.socketpair()
    late, other = socket.socketpair()
    with ours, theirs, late, other:
        ours.settimeout(5)
        late.settimeout(5)
        deadline = Deadline(0.01)
        deadline.watch("connect.complete", {"return_value": Stream(ours)})
        deadline.watch("send.complete", {"return_value": None})
        with deadline:
            assert b"" == ours.recv(1)
            deadline.watch("connect.complete", {"return_value": Stream(late)})
            assert b"" == late.recv(1)


def test_a_fetch_that_ends_in_time_keeps_its_sockets() -> None:
    """The timer ends with it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        deadline = Deadline(60.0)
        with deadline:
            deadline.watch("connect.complete", {"return_value": Stream(ours)})
        theirs.sendall(b"x")

        assert (b"x", True) == (ours.recv(1), deadline._timer.finished.is_set())
