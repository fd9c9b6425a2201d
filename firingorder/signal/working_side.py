"""Whether the side that was asked for is the one that works: by the levels of its prime glutes.

A task of one side is judged, measured and signed by that side. If the person used the other leg,
or left and right are changed at the plugs, every number of it belongs to somebody else's question.
"""

from __future__ import annotations

import math
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.measures import Metric
    from firingorder.signal.task import TaskSpec

_OTHER = {"left": "right", "right": "left"}
#: Where a prime muscle works most, by template; steps change sides by themselves.
_LEVELS = {
    "PITCH_LIFT": "rms_top",
    "STILL_LIMB": "rms_top",
    "CUED_HOLD": "rms_hold",
    "HINGE": "rms_up",
    "BALANCE": "rms_steady",
}
#: The other side is this many times as loud. Simulated people who use the side that is asked have
#: 0.06 to 0.75, those who use the other one 1.5 to 12 (4 to 8 repetitions of ten tasks).
#: Amplitudes of two sides also differ by their skin: hence a question, no judgement.
LOUDER = 1.5
LEAST = 2


class WorkingSide:
    """Takes the metrics of each repetition that counts; ``warnings`` asks about the side."""

    def __init__(self, task: TaskSpec) -> None:
        self._task = task
        self._name = _LEVELS.get(task.template)
        self._pairs = [
            (f"{bare}_{task.working_side}", f"{bare}_{_OTHER[task.working_side]}")
            for muscle in task.prime
            if task.working_side != "both"
            and (bare := muscle.removesuffix("_w")) != muscle
            and bare.startswith("gluteus")
        ]
        self._ratios: list[float] = []

    def step(self, metrics: Sequence[Metric]) -> None:
        """Take a repetition; nothing is known of it without both sides of a muscle."""
        if not self._pairs or self._name is None:
            return
        level = {one.subject: one.value for one in metrics if one.name == self._name}
        known = [(level.get(own), level.get(other)) for own, other in self._pairs]
        logs = [math.log(other / own) for own, other in known if own and other]
        if logs:
            self._ratios.append(math.exp(sum(logs) / len(logs)))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to ask, if the other side was louder in most repetitions."""
        if len(self._ratios) < LEAST or median(self._ratios) <= LOUDER:
            return ()
        side = self._task.working_side
        return (
            f"{self._task.name} was asked for the {side} side, but the glutes of the "
            f"{_OTHER[side]} side were {median(self._ratios):.1f} times as loud: check which side "
            "was used (--side), and whether left and right are changed at the plugs. Until then "
            "do not rely on what is told of a side.",
        )
