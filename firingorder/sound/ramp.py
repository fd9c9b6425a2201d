"""A value that moves in whole steps counted in samples: no click, however blocks are cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Work = NDArray[np.float64]


@dataclass(slots=True)
class Ramp:
    """A value that moves to its target in a fixed number of samples."""

    steps: int
    begin: float
    target: float
    at: int

    @classmethod
    def resting(cls, steps: int, value: float) -> Ramp:
        """Return one that has arrived."""
        return cls(steps, value, value, steps)

    @property
    def value(self) -> float:
        """Where it is."""
        return self.begin + (self.target - self.begin) * (self.at / self.steps)

    @property
    def left(self) -> int:
        """Samples until it arrives."""
        return self.steps - self.at

    def rests_at(self, value: float) -> bool:
        """Return whether it has arrived there and stays."""
        return self.at >= self.steps and self.target == value

    def to(self, target: float) -> None:
        """Begin to move from where it is."""
        if target != self.target:
            self.begin, self.target, self.at = self.value, target, 0

    def fill(self, out: Work, counted: Work) -> None:
        """Write the next ``len(out)`` values; ``counted`` is 1, 2, 3 ..."""
        if self.at >= self.steps:
            out.fill(self.target)
            return
        np.add(counted[: len(out)], self.at, out=out)
        np.minimum(out, self.steps, out=out)
        out /= self.steps
        out *= self.target - self.begin
        out += self.begin
        if self.left <= len(out):
            out[self.left - 1 :] = self.target  # not what rounding makes of it
        self.at = min(self.at + len(out), self.steps)

    def scale(self, mix: Work, room: Work, counted: Work) -> None:
        """Multiply ``mix`` by the next values; ``room`` is overwritten."""
        if not self.rests_at(1.0):
            self.fill(room[: len(mix)], counted)
            mix *= room[: len(mix)]
