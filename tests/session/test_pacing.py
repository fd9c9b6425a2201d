"""A replay keeps the recorded times, holds when told to, and ends when told to."""

from __future__ import annotations

import threading

from firingorder.session.pacing import Pacer

SECOND_NS = 1_000_000_000
#: Long enough for a thread to get as far as it can; nothing is hoped to happen within it.
LOOK_S = 0.1


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now_ns = 5 * SECOND_NS

    def __call__(self) -> int:
        return self.now_ns


def in_thread(pacer: Pacer, t_ns: int) -> tuple[threading.Thread, list[bool]]:
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(pacer.wait_until(t_ns)), daemon=True)
    thread.start()
    return thread, answers


def test_an_input_is_due_by_its_recorded_time_and_the_speed() -> None:
    clock = Clock()
    pacer = Pacer(2.0, now_ns=clock)
    assert pacer.wait_until(100 * SECOND_NS)  # the first one is due at once
    clock.now_ns += SECOND_NS
    assert pacer.wait_until(102 * SECOND_NS)
    assert pacer.fed_ns == clock.now_ns
    thread, answers = in_thread(pacer, 104 * SECOND_NS)
    thread.join(LOOK_S)
    assert thread.is_alive()
    pacer.stop()
    thread.join(30.0)
    assert answers == [False]


def test_another_speed_goes_on_from_where_it_is() -> None:
    clock = Clock()
    pacer = Pacer(1.0, now_ns=clock)
    assert pacer.wait_until(0)
    clock.now_ns += 10 * SECOND_NS
    pacer.set_speed(4.0)
    clock.now_ns += 5 * SECOND_NS
    assert pacer.wait_until(30 * SECOND_NS)  # 10 s, then 5 s four times as fast
    thread, answers = in_thread(pacer, 31 * SECOND_NS)
    thread.join(LOOK_S)
    assert thread.is_alive()
    pacer.pause()
    clock.now_ns += 60 * SECOND_NS
    pacer.set_speed(0.25)
    pacer.resume()
    clock.now_ns += 4 * SECOND_NS
    assert pacer.wait_until(31 * SECOND_NS)
    pacer.stop()
    thread.join(30.0)
    assert len(answers) == 1


def test_at_once_means_at_once() -> None:
    pacer = Pacer(0.0, now_ns=Clock())
    assert all(pacer.wait_until(t_s * SECOND_NS) for t_s in (0, 1000, 5))


def test_a_pause_holds_and_nothing_is_caught_up_after_it() -> None:
    clock = Clock()
    pacer = Pacer(1.0, now_ns=clock)
    assert pacer.wait_until(0)
    pacer.pause()
    assert pacer.paused
    clock.now_ns += 60 * SECOND_NS
    thread, answers = in_thread(pacer, SECOND_NS)
    thread.join(LOOK_S)
    assert thread.is_alive()
    pacer.resume()  # one second is still to wait: the minute of the pause does not count
    thread.join(LOOK_S)
    assert thread.is_alive()
    clock.now_ns += SECOND_NS
    pacer.resume()  # wakes it to look at the clock again
    thread.join(30.0)
    assert answers == [True]


def test_a_stop_ends_a_held_replay() -> None:
    pacer = Pacer(0.0, now_ns=Clock())
    pacer.pause()
    thread, answers = in_thread(pacer, 0)
    pacer.stop()
    thread.join(30.0)
    assert answers == [False]
