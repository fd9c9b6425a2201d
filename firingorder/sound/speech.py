"""The one channel that speaks: utterances wait their turn, few of them, and an urgent one cuts in.

All but :meth:`Speech.put` belongs to the callback.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.sound.cues import Samples
    from firingorder.sound.ramp import Work

#: Utterances that wait; of more the oldest is dropped, for it is furthest from what happens now.
QUEUE = 3
#: Silence between two utterances.
BETWEEN_S = 0.150
#: Fade of what is cut off.
CUT_S = 0.020
#: Without a limit a late word is better than none.
_NEVER = 1 << 62


@dataclass(frozen=True, slots=True)
class Line:
    """An utterance. ``within_s``: it is dropped where it could only begin later; None: never."""

    samples: Samples
    urgent: bool = False
    within_s: float | None = None


class Speech:
    """What is spoken, one utterance after the other."""

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._put: deque[Line] = deque(maxlen=QUEUE + 1)  # a full one drops its oldest, in one step
        self._queue: list[tuple[Line, int]] = []
        self._now: Samples | None = None
        self._at = 0
        self._pause = 0
        self._cutting = False
        self._clock = 0
        self.dropped = 0
        """Utterances that were overtaken or came too late to be said."""

    @property
    def speaking(self) -> bool:
        """Whether a word is being said, pauses between utterances apart."""
        return self._now is not None

    @property
    def silent(self) -> bool:
        """Whether nothing is said or waiting."""
        return self._now is None and not self._queue and not self._put

    def put(self, line: Line) -> None:
        """Say it when its turn comes; from any thread."""
        self._put.append(line)

    def forget(self) -> None:
        """Drop what was put and not taken yet; from any thread."""
        self._put.clear()

    def clear(self) -> None:
        """Drop what is said and what waits."""
        self._queue.clear()
        self._now, self._at, self._pause, self._cutting = None, 0, 0, False

    def take(self) -> None:
        """Take what was put, and begin to say what is due."""
        while self._put:
            try:
                line = self._put.popleft()
            except IndexError:  # another thread cleared it in between
                break
            if line.urgent:
                self.dropped += len(self._queue)
                self._queue.clear()
                self._cut()
            within_s = line.within_s
            latest = _NEVER if within_s is None else self._clock + round(within_s * self._rate_hz)
            self._queue.append((line, latest))
            if len(self._queue) > QUEUE:
                del self._queue[0]
                self.dropped += 1
        while self._now is None and not self._pause and self._queue:
            line, latest = self._queue.pop(0)
            if self._clock > latest:
                self.dropped += 1
            elif len(line.samples):
                self._now, self._at = line.samples, 0

    def until_change(self) -> int:
        """Return after how many samples a word or a pause ends; a piece must not pass it."""
        if self._now is not None:
            return len(self._now) - self._at
        return self._pause or _NEVER

    def add(self, mix: Work) -> None:
        """Add the next samples to ``mix``, no more than :meth:`until_change`."""
        n = len(mix)
        self._clock += n
        if self._now is None:
            self._pause = max(0, self._pause - n)
            return
        mix += self._now[self._at : self._at + n]
        self._at += n
        if self._at >= len(self._now):
            self._now = None
            self._pause = 0 if self._cutting else round(BETWEEN_S * self._rate_hz)
            self._cutting = False

    def _cut(self) -> None:
        """Let what is being said fade away; the next utterance begins after that."""
        self._pause = 0
        if self._now is None:
            return
        tail = self._now[self._at : self._at + round(CUT_S * self._rate_hz)]
        fade = np.linspace(1.0, 0.0, len(tail) + 1, dtype=np.float32)[1:]
        self._now, self._at, self._cutting = tail * fade, 0, True
