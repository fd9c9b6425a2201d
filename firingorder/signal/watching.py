"""What templates have in common that only look at the pelvis sensor."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firingorder.findings import PelvisRange, PhaseFinding
from firingorder.measures import PhaseTimes
from firingorder.signal.repetitions import RepetitionCounter, RepetitionEnd

if TYPE_CHECKING:
    from firingorder.findings import Side
    from firingorder.samples import BoolArray
    from firingorder.signal.conditioning import ConditionedBlock
    from firingorder.signal.orientation import Quaternion
    from firingorder.signal.repetitions import Cue, RepetitionEvent
    from firingorder.signal.task import TaskSpec

#: Repetitions whose side can be asked for: more than are under way or being judged at a time.
REMEMBERED = 64


class Watching:
    """A segmenter to which EMG and cues say nothing, and whose start poses are not compared."""

    def __init__(
        self,
        task: TaskSpec,
        rate_hz: float,
        counter: RepetitionCounter | None,
        remembered: int = REMEMBERED,
    ) -> None:
        self._position = task.position
        self._counter = counter or RepetitionCounter()
        self._dt = 1.0 / rate_hz
        self._sides: deque[tuple[int, Side]] = deque(maxlen=remembered)

    def side_of(self, index: int) -> Side | None:
        """Return the side that bore, led or began a repetition, None when it is long ago."""
        return next((side for known, side in self._sides if known == index), None)

    def block(
        self, t0_s: float, block: ConditionedBlock, attached: BoolArray
    ) -> list[RepetitionEvent]:
        """EMG says nothing here."""
        del t0_s, block, attached
        return []

    def cue(self, cue: Cue) -> list[RepetitionEvent]:
        """Nobody is told when to start here."""
        del cue
        return []

    def new_set(self) -> None:
        """Nothing is compared within a set only."""


@dataclass(slots=True)
class Spans:
    """How far the pelvis went about each axis, from the start pose on: degrees."""

    lowest: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    highest: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])

    def add(self, angles: tuple[float, float, float]) -> None:
        """Take tilt, obliquity and rotation of one sample."""
        for k, angle in enumerate(angles):
            self.lowest[k] = min(self.lowest[k], angle)
            self.highest[k] = max(self.highest[k], angle)

    def range(self) -> PelvisRange:
        """Return the whole way about each axis."""
        tilt, obliquity, rotation = (
            high - low for low, high in zip(self.lowest, self.highest, strict=True)
        )
        return PelvisRange(tilt, obliquity, rotation)


def closed(
    index: int,
    phases: PhaseTimes,
    reasons: tuple[str, ...],
    *,
    start_s: float,
    top_s: float,
    decided_s: float,
    spans: Spans,
    pose: Quaternion | None,
) -> list[RepetitionEvent]:
    """Return the end of a repetition whose movement begins where the pelvis leaves its pose."""
    return [
        PhaseFinding("rest", phases.end_s, index),
        RepetitionEnd(
            index=index,
            reference_s=phases.away_s,
            start_s=start_s,
            movement_onset_s=phases.away_s,
            top_s=top_s,
            end_s=phases.end_s,
            reasons=reasons,
            pelvis=spans.range(),
            decided_at_s=decided_s,
            phases=phases,
            start_pose=pose,
        ),
    ]


def seen_phases(
    away_s: float, far_from_s: float, back_s: float, end_s: float, error_s: float | None
) -> PhaseTimes:
    """Return the phases of a movement of the pelvis; its far window ends with the way back."""
    return PhaseTimes(
        away_s=away_s,
        movement_onset_s=away_s,
        far_from_s=far_from_s,
        far_to_s=back_s,
        back_s=back_s,
        end_s=end_s,
        trust="ok",
        error_s=error_s,
    )
