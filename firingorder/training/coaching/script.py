"""Steps of one attempt, and who plays them: what is said when, on the coach's time alone.

A step ends after its time, or when the movement reaches a phase. An attempt is over when its last
step is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.training.coaching.deeds import Ask, Say, Sound
from firingorder.training.coaching.words import duration, number

if TYPE_CHECKING:
    from firingorder.findings import Phase
    from firingorder.signal.repetitions import CueKind
    from firingorder.training.coaching.deeds import Deed
    from firingorder.training.coaching.view import WorkPhase

Sides = Literal["both", "left", "right"]
#: No more than this many seconds are counted one by one; of longer ones the tens and the last.
COUNTED_S = 20
LAST_COUNTED_S = 5
OWN_PACE_S = math.inf


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an attempt.

    Attributes
    ----------
    phase, seconds
        What is shown, and how long; :data:`OWN_PACE_S`: the person sets the pace.
    say, sound, ask, side
        Done when it begins.
    until
        Phases of the movement that end it early.
    counts
        Its seconds are counted aloud.
    """

    phase: WorkPhase
    seconds: float
    say: tuple[str, ...] = ()
    sound: str = ""
    ask: CueKind | None = None
    side: Sides = "both"
    until: tuple[Phase, ...] = ()
    counts: bool = False


class Player:
    """Plays the steps of one attempt after another."""

    def __init__(self) -> None:
        self._steps: tuple[Step, ...] = ()
        self._index = 0
        self._began_s = 0.0
        self._counted = 0
        self.deeds: list[Deed] = []

    @property
    def step(self) -> Step | None:
        """The step under way; None: the attempt is over."""
        return self._steps[self._index] if self._index < len(self._steps) else None

    def play(self, steps: tuple[Step, ...], time_s: float) -> None:
        """Begin an attempt."""
        self._steps, self._index = steps, 0
        self._enter(time_s)

    def clear(self) -> None:
        """Forget the attempt under way."""
        self._steps, self._index = (), 0

    def tick(self, time_s: float) -> None:
        """Do what is due."""
        while (step := self.step) is not None:
            ends_s = self._began_s + step.seconds
            if time_s < ends_s - 1e-6:
                self._count(step, time_s - self._began_s)
                return
            self._index += 1
            self._enter(ends_s)

    def reached(self, phase: Phase, time_s: float) -> None:
        """Take a phase of the movement; it ends the step that waits for it."""
        step = self.step
        if step is not None and phase in step.until:
            self._index += 1
            self._enter(time_s)

    def left_s(self, time_s: float) -> float | None:
        """Return what is left of the step, None at the person's own pace."""
        step = self.step
        if step is None or math.isinf(step.seconds):
            return None
        return max(0.0, self._began_s + step.seconds - time_s)

    def _enter(self, at_s: float) -> None:
        self._began_s, self._counted = at_s, 0
        step = self.step
        if step is None:
            return
        if step.ask is not None:
            self.deeds.append(Ask(step.ask, step.side))
        if step.sound:
            self.deeds.append(Sound(step.sound))
        if step.say:
            self.deeds.append(Say(step.say, urgent=True))

    def _count(self, step: Step, passed_s: float) -> None:
        whole = math.floor(passed_s + 1e-6)
        if not step.counts or whole <= self._counted or whole < 1:
            return
        self._counted = whole
        left = round(step.seconds - whole)
        if step.seconds <= COUNTED_S:
            self.deeds.append(Say(number(whole)))
        elif left <= LAST_COUNTED_S:
            self.deeds.append(Say(number(left)))
        elif whole % 10 == 0:
            self.deeds.append(Say(duration(whole)))
