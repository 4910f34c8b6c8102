"""A scan under way: Ctrl-C asks for an end, and a second one makes it."""

from __future__ import annotations

import signal
import threading

import pytest

from auditor.scanning.session import catch_interrupt


def test_ctrl_c_asks_for_an_end() -> None:
    """The first Ctrl-C raises nothing: whoever works looks whether to stop."""
    with catch_interrupt() as stop:
        assert not stop.is_set()
        signal.raise_signal(signal.SIGINT)

        assert stop.is_set()


def test_a_second_ctrl_c_makes_an_end() -> None:
    """Who asks twice does not wait for the work in hand."""
    with catch_interrupt():
        signal.raise_signal(signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_ctrl_c_is_given_back() -> None:
    """After a scan Ctrl-C means what it meant before, also after one that failed."""
    before = signal.getsignal(signal.SIGINT)

    with catch_interrupt():
        within = signal.getsignal(signal.SIGINT)
    with pytest.raises(ZeroDivisionError), catch_interrupt():
        1 / 0  # noqa: B018

    assert before == signal.getsignal(signal.SIGINT) != within


def test_another_thread_leaves_ctrl_c_alone() -> None:
    """Only the main thread may take signals; a scan in another one can be stopped all the same."""
    seen = []

    def work() -> None:
        with catch_interrupt() as stop:
            seen.append((signal.getsignal(signal.SIGINT), stop.is_set()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert [(signal.getsignal(signal.SIGINT), False)] == seen
