"""The threshold that follows the person, between repetitions only, and its log."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

from firingorder.training.goals.own import baseline_of
from firingorder.training.goals.records import Change
from firingorder.training.goals.staircase import Staircase
from firingorder.training.programmes.records import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.training.goals.aim import Aim
    from firingorder.training.goals.records import Judged

#: Repetitions whose median a threshold starts from, where nobody gave one.
FIRST = 3
#: These have no easier and harder: a band about a share, and a difference of two levels.
_FIXED = ("symmetry_percent", "absorb_percent")
FIXED = "This measure has no easier and harder: its target stays as it is."


class Adapting:
    """Moves the target of a set within the therapist's bounds; nothing moves in a test.

    Attributes
    ----------
    aim
        The question with the target that holds now.
    changes
        How the threshold moved.
    note
        Why it does not move although it was asked for; empty otherwise.
    """

    def __init__(self, aim: Aim, threshold: float | None) -> None:
        self.aim = aim
        self.changes: tuple[Change, ...] = ()
        self.note = ""
        self._stairs: Staircase | None = None
        planned = aim.planned
        asked = planned.adaptive is not None
        self._moves = asked and not planned.retention and planned.kind == "work"
        if self._moves and aim.measure in _FIXED:
            self._moves, self.note = False, FIXED
        start = self._start(threshold)
        if self._moves and start is not None:
            self._begin(start)

    @property
    def value(self) -> float | None:
        """Where the threshold stands for the next repetition; None: there is none yet."""
        return None if self._stairs is None else self._stairs.value

    def step(self, judged: Judged, values: Sequence[float]) -> None:
        """Take a repetition that counts; ``values`` are those of the set so far, this one included.

        A lead that cannot be told moves nothing. Anything else that has a value either reached the
        threshold or did not.
        """
        if self._stairs is None:
            if self._moves and len(values) >= FIRST:
                self._begin(median(values[:FIRST]))
            return
        told = judged.outcome in ("hit", "miss")
        near = judged.outcome == "no_claim" and judged.measure != "lead_ms"
        if not told and not (near and judged.value is not None):
            return
        reached = judged.outcome == "hit"
        before = self._stairs.value
        bounded = self._stairs.step(reached)
        after = self._stairs.value
        if after == before:
            return
        self.changes += (
            Change(judged.at_s, judged.number, self.aim.measure, before, after, reached, bounded),
        )
        self._retarget()

    def _start(self, threshold: float | None) -> float | None:
        target, own = self.aim.target, baseline_of(self.aim)
        if threshold is not None:
            return threshold
        if target is not None:
            side = target.high if self.aim.less else target.low
            if side is not None:
                return side
        return None if own is None else own.median

    def _begin(self, start: float) -> None:
        bounds = self.aim.planned.adaptive
        assert bounds is not None
        self._stairs = Staircase(bounds, start, rising=not self.aim.less)
        self._retarget()

    def _retarget(self) -> None:
        """Hold the next repetition against the threshold."""
        assert self._stairs is not None
        value, old = self._stairs.value, self.aim.target
        if old is None:
            old = Target(self.aim.measure, None, None, "own_baseline")
        target = replace(old, high=value) if self.aim.less else replace(old, low=value)
        self.aim = self.aim.with_target(target)
