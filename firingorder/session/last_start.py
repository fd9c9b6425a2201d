"""The start of the last repetition, to be heard again eight times slower in two voices."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import RepetitionFinding
from firingorder.sound.replay import slow_start

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firingorder.findings import Event, OnsetEstimate
    from firingorder.samples import DisplayBlock, FloatArray
    from firingorder.sound.cues import Samples
    from firingorder.training.coaching.view import CoachView

#: Kept of what was shown: a slow repetition with the time in which its result comes.
KEPT_S = 30.0
#: Heard before the first start may be, and after the last one: the rise of a slow muscle.
BEFORE_S, AFTER_S = 0.15, 0.40
#: Movement during which nothing but counts is heard.
_MOVING = ("lift", "hold", "lower")

NOTHING = "There is no start to be heard yet."
MOVING = "Between repetitions only: the last start is heard when you are down again."
WITHHELD = "This repetition is without feedback: it is not played."
NO_START = "No start was found in the last repetition: there is nothing to be heard."
MISSING = "Samples are missing in the last start: it cannot be played."


class LastStart:
    """Keeps the last seconds of what is shown, and the newest repetition."""

    def __init__(self) -> None:
        self._blocks: deque[DisplayBlock] = deque()
        self._newest: RepetitionFinding | None = None
        self._moving = False

    def take(self, blocks: Iterable[DisplayBlock], events: Iterable[Event], *, moving: str) -> None:
        """Take what is new; ``moving`` is the phase of the movement."""
        self._blocks += blocks
        while self._blocks and self._blocks[-1].t0_s - self._blocks[0].t0_s > KEPT_S:
            self._blocks.popleft()
        for event in events:
            if isinstance(event, RepetitionFinding):
                self._newest = event
        self._moving = moving in _MOVING

    def render(
        self, channels: tuple[str, ...], view: CoachView | None, out_rate_hz: float
    ) -> Samples | str:
        """Return the start slowed down, or one sentence that says why there is none.

        ``channels`` are those of the blocks; ``view`` tells what the coach withholds.
        """
        rep = self._newest
        if self._moving:
            return MOVING
        if rep is None:
            return NOTHING
        if (
            view is not None
            and view.withheld
            and (view.told is None or view.told.index != rep.index)
        ):
            return WITHHELD
        glute, back = _first(rep, "gluteus_maximus"), _first(rep, "erector_spinae")
        starts = [one for _, one in (glute, back) if one is not None]
        if not starts:
            return NO_START
        from_s = min(one.low_s for one in starts) - BEFORE_S
        to_s = max(one.high_s for one in starts) + AFTER_S
        try:
            envelope, t0_s, rate_hz = self._envelope(from_s, to_s)
            return slow_start(
                envelope[:, _column(channels, glute[0])],
                envelope[:, _column(channels, back[0])],
                rate_hz,
                glute=_seconds(glute[1], t0_s),
                back=_seconds(back[1], t0_s),
                out_rate_hz=out_rate_hz,
            )
        except ValueError:
            return MISSING

    def _envelope(self, from_s: float, to_s: float) -> tuple[FloatArray, float, float]:
        """Return envelopes between two times, when the first sample was, and their rate."""
        near = [
            one
            for one in self._blocks
            if one.t0_s <= to_s and one.t0_s + len(one.envelope_uv) / one.rate_hz >= from_s
        ]
        if not near:
            raise ValueError("nothing of it is kept")
        rate_hz, t0_s = near[0].rate_hz, near[0].t0_s
        whole = np.concatenate([one.envelope_uv for one in near])
        if (
            abs(near[-1].t0_s + len(near[-1].envelope_uv) / rate_hz - t0_s - len(whole) / rate_hz)
            > 0.05
        ):
            raise ValueError("there is a gap in it")
        first = max(0, round((from_s - t0_s) * rate_hz))
        last = min(len(whole), round((to_s - t0_s) * rate_hz))
        return whole[first:last], t0_s + first / rate_hz, rate_hz


def _first(rep: RepetitionFinding, muscle: str) -> tuple[str, OnsetEstimate | None]:
    """Return the channel of a muscle that began first; a name alone where none was seen."""
    found = {
        name: onset
        for name, onset in rep.onsets.items()
        if name.startswith(muscle) and (rep.sides == "both" or name.endswith(rep.sides))
    }
    seen = {name: onset for name, onset in found.items() if onset is not None}
    if not seen:
        return next(iter(found), ""), None
    name = min(seen, key=lambda one: seen[one].onset_s)
    return name, seen[name]


def _column(channels: tuple[str, ...], name: str) -> int:
    return channels.index(name) if name in channels else 0


def _seconds(onset: OnsetEstimate | None, t0_s: float) -> tuple[float, float, float] | None:
    if onset is None:
        return None
    return onset.onset_s - t0_s, onset.low_s - t0_s, onset.high_s - t0_s
