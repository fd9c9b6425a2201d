"""Ctrl-C closes the window, whether it comes before there is one or while it is shown."""

import signal

import pytest

from firingorder.session.interrupts import Interrupts

pytestmark = pytest.mark.skipif(not hasattr(signal, "raise_signal"), reason="needs raise_signal")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_is_taken_before_and_while_there_is_a_window(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    closed: list[int] = []
    with Interrupts() as interrupts:
        assert not interrupts.came
        signal.raise_signal(number)  # raises nothing: Qt would swallow it
        assert interrupts.closes(lambda: closed.append(1))
        assert closed == []  # whoever asks closes by itself
        signal.raise_signal(number)
        assert closed == [1]
    assert signal.getsignal(number) is before
