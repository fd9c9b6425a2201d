"""When a recorded input is due: paced by the recorded times, pausable, stoppable."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Pacer:
    """Holds a replay back until its inputs are due. Recorded times themselves never change.

    ``pause``, ``resume``, ``set_speed`` and ``stop`` may be called from any thread and from a
    signal handler.

    Parameters
    ----------
    speed
        How much faster than life; 0 is as fast as the machine can.
    now_ns
        The clock by which it is paced.
    """

    def __init__(self, speed: float, *, now_ns: Callable[[], int] = time.perf_counter_ns) -> None:
        self.fed_ns = 0
        """When the newest input was let go: the start of its latency."""
        self._speed = speed
        self._now_ns = now_ns
        self._wake = threading.Condition(threading.RLock())
        self._origin_ns: int | None = None
        self._paused_at_ns: int | None = None
        self._stopping = False

    @property
    def paused(self) -> bool:
        """Whether the replay is held."""
        return self._paused_at_ns is not None

    @property
    def stopping(self) -> bool:
        """Whether the replay was asked to end."""
        return self._stopping

    def pause(self) -> None:
        """Hold the replay."""
        with self._wake:
            if self._paused_at_ns is None:
                self._paused_at_ns = self._now_ns()
            self._wake.notify_all()

    def resume(self) -> None:
        """Go on where it was held: nothing is caught up."""
        with self._wake:
            if self._paused_at_ns is not None and self._origin_ns is not None:
                self._origin_ns += self._now_ns() - self._paused_at_ns
            self._paused_at_ns = None
            self._wake.notify_all()

    @property
    def speed(self) -> float:
        """How much faster than life."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Go on from here at another speed: nothing is caught up, nothing skipped."""
        with self._wake:
            now_ns = self._now_ns() if self._paused_at_ns is None else self._paused_at_ns
            if self._origin_ns is not None and self._speed > 0 and speed > 0:
                played_ns = (now_ns - self._origin_ns) * self._speed
                self._origin_ns = now_ns - round(played_ns / speed)
            elif speed > 0:
                self._origin_ns = None  # it was not paced: it is from its next input on
            self._speed = speed
            self._wake.notify_all()

    def stop(self) -> None:
        """End the replay, also a held one."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()

    def wait_until(self, t_ns: int) -> bool:
        """Wait until a recorded time is due; False once the replay is to end."""
        with self._wake:
            while not self._stopping:
                now_ns = self._now_ns()
                due_ns = round(t_ns / self._speed) if self._speed > 0 else 0
                if self._paused_at_ns is not None:
                    self._wake.wait()
                    continue
                if self._origin_ns is None:
                    self._origin_ns = now_ns - due_ns
                left_ns = self._origin_ns + due_ns - now_ns
                if self._speed == 0 or left_ns <= 0:
                    break
                self._wake.wait(left_ns / 1e9)
            self.fed_ns = self._now_ns()
            return not self._stopping
