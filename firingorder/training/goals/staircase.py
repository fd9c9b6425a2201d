"""The adaptive threshold: a weighted staircase within the therapist's bounds.

After each repetition that reached it the threshold becomes harder by a small step, after each
other one easier by a large one. It stands still on average where
``p * harder = (1 - p) * easier``, so the ratio of the steps sets the share ``p`` that is reached
(weighted up-down method, Kaernbach 1991, 10.3758/BF03214307). That share needs no model of the
person: while no bound stops it, the steps of n repetitions add up to how far the threshold went, so
the share differs from ``p`` by no more than that way over ``n * (harder + easier)``
(docs/reference/goals.md section 6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.training.programmes.records import Bounds


class Staircase:
    """One threshold. ``rising``: harder is higher (a level to reach); else lower (quiet)."""

    def __init__(self, bounds: Bounds, start: float, *, rising: bool) -> None:
        share = 0.5 * (bounds.aim[0] + bounds.aim[1])
        if not (bounds.low < bounds.high and bounds.step_percent > 0.0 and 0.0 < share < 1.0):
            raise ValueError(
                f"An adaptive threshold from {bounds.low:g} to {bounds.high:g} with steps of "
                f"{bounds.step_percent:g} % and a share of {share:g} cannot be: give a lower and a "
                "higher bound, a step above 0 and a share between 0 and 1."
            )
        self._bounds = bounds
        self._sign = 1.0 if rising else -1.0
        self.easier = bounds.step_percent / 100.0 * (bounds.high - bounds.low)
        self.harder = self.easier * (1.0 - share) / share
        self.value = self._clipped(start)

    def step(self, reached: bool) -> bool:
        """Take a repetition; return whether a bound kept the threshold from moving as it would."""
        by = self._sign * (self.harder if reached else -self.easier)
        wanted = self.value + by
        self.value = self._clipped(wanted)
        return self.value != wanted

    def _clipped(self, value: float) -> float:
        return min(max(value, self._bounds.low), self._bounds.high)
