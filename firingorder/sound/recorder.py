"""An output for tests and evidence: it keeps what was asked for, and what would have been heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from firingorder.sound.commands import MixerCommands
from firingorder.sound.mixer import Mixer

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.sound.cues import CueName, Samples
    from firingorder.sound.voice import Voice

#: What sound cards run at.
RECORD_RATE_HZ = 48_000.0


class Recorder(MixerCommands):
    """Renders by the clock it is given.

    ``clock`` returns seconds; it never goes back. Commands come from one thread at a time.

    Attributes
    ----------
    events
        (time_s, kind, what) of every command: "play" and the cue, "say" and the utterance,
        "samples" and their number, "levels" and (glute, back, quiet_is_reward), "volume", "muted",
        "off" and the parts, "stop" and None.
    """

    working = True
    cue_latency_s = (0.0, 0.0)
    """A record hears at once."""

    def __init__(
        self,
        clock: Callable[[], float],
        rate_hz: float = RECORD_RATE_HZ,
        voice: Voice | None = None,
    ) -> None:
        super().__init__(Mixer(rate_hz), voice)
        self.events: list[tuple[float, str, object]] = []
        self._clock = clock
        self._began_s = clock()
        self._blocks: list[Samples] = []
        self._count = 0

    @property
    def played(self) -> list[tuple[float, CueName]]:
        """(time_s, cue) of every cue."""
        return [(t, cast("CueName", what)) for t, kind, what in self.events if kind == "play"]

    @property
    def said(self) -> list[tuple[float, tuple[str, ...]]]:
        """(time_s, utterance) of all that was to be said."""
        return [
            (t, cast("tuple[str, ...]", what)) for t, kind, what in self.events if kind == "say"
        ]

    @property
    def samples(self) -> Samples:
        """What was heard until now, ``(n_samples,)``."""
        self._render()
        return np.concatenate([np.zeros(0, dtype=np.float32), *self._blocks])

    @property
    def speaking(self) -> bool:
        """Whether something is being said or waits for it."""
        self._render()
        return self._mixer.speaking

    def take_problem(self) -> str | None:
        """Return None: a record cannot fail."""
        return None

    def reopen(self) -> bool:
        """Return True: a record is never gone."""
        return True

    def close(self) -> None:
        """Do nothing; the record can still be read."""

    def _note(self, kind: str, what: object) -> None:
        self._render()
        self.events.append((self._clock(), kind, what))

    def _render(self) -> None:
        due = round((self._clock() - self._began_s) * self._mixer.rate_hz)
        n = due - self._count
        if n > 0:
            block = np.zeros((n, 1), dtype=np.float32)
            self._mixer.fill(block)
            self._blocks.append(block[:, 0])
            self._count = due
