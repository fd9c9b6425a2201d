"""How long this computer has slept, as far as its clocks tell.

The clock that stamps reads (``time.perf_counter_ns``) stands still while Linux and macOS sleep;
another clock of the same system goes on, and the difference between the two grows by the sleep. On
Windows the performance counter itself goes on (Microsoft, Acquiring high-resolution time stamps):
device and host stay in step there, and nothing has to be corrected.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from firingorder.session.inputs import LinkNote

if TYPE_CHECKING:
    from collections.abc import Callable

#: Less than this is no sleep: suspending and waking alone take longer, and the two clocks are read
#: one after the other.
LEAST_SLEEP_NS = 100_000_000


def slept_clock() -> Callable[[], int] | None:
    """Return a function that tells how long this computer has slept since it started, in ns.

    None where its clocks do not tell.
    """
    if sys.platform == "linux":
        return lambda: time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.monotonic_ns()
    if sys.platform == "darwin":
        awake = time.CLOCK_UPTIME_RAW
        return lambda: (
            time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW) - time.clock_gettime_ns(awake)
        )
    return None


class SleepWatch:
    """Compares how long the computer has slept with what was known before."""

    def __init__(self, slept_ns: Callable[[], int] | None) -> None:
        self._slept_ns = slept_ns
        self._known_ns = 0 if slept_ns is None else slept_ns()

    def new_ns(self) -> int:
        """Return for how long the computer slept since the last call; 0 if it did not."""
        if self._slept_ns is None:
            return 0
        now_ns = self._slept_ns()
        new_ns = now_ns - self._known_ns
        if new_ns <= LEAST_SLEEP_NS:
            return 0
        self._known_ns = now_ns
        return new_ns


def note_of_sleep(link: int, t_ns: int, slept_ns: int) -> LinkNote:
    """Return what a session keeps of a sleep."""
    said = f"This computer slept for {slept_ns / 1e9:.1f} s; what the device sent is missing."
    return LinkNote(link, "suspended", t_ns, said, slept_ns=slept_ns)
