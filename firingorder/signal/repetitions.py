"""What every way of finding repetitions reports, whether it looks at the pelvis or at muscles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from firingorder.findings import PelvisRange, PhaseFinding

if TYPE_CHECKING:
    from firingorder.measures import PhaseTimes
    from firingorder.samples import BoolArray
    from firingorder.signal.conditioning import ConditionedBlock
    from firingorder.signal.orientation import Pose, Quaternion

CueKind = Literal["go", "release"]
#: Progress in the direction of the task, tilt, obliquity, rotation: degrees from the start pose.
Angles = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class RepetitionStart:
    """A repetition is under way. ``reference_s`` is what the onset windows are placed about.

    ``movement_onset_s`` is None where no movement is measured.
    """

    index: int
    reference_s: float
    movement_onset_s: float | None
    decided_at_s: float


@dataclass(frozen=True, slots=True)
class RepetitionEnd:
    """A repetition is over; ``reasons`` say why it is not a complete movement (empty: it is)."""

    index: int
    reference_s: float
    start_s: float
    movement_onset_s: float | None
    top_s: float | None
    end_s: float
    reasons: tuple[str, ...]
    pelvis: PelvisRange | None
    decided_at_s: float
    phases: PhaseTimes | None = None
    """Refined over the whole movement; ``start_s`` and the others above are the same instants."""
    start_pose: Quaternion | None = None
    """What the angles of this repetition are relative to."""


RepetitionEvent = PhaseFinding | RepetitionStart | RepetitionEnd


@dataclass(slots=True)
class RepetitionCounter:
    """Number of the newest repetition of a session, whatever found it."""

    count: int = 0

    def next(self) -> int:
        """Return the number of a repetition that begins."""
        self.count += 1
        return self.count


@dataclass(frozen=True, slots=True)
class Cue:
    """The person is told to start, or to let go. ``side`` is the one that is asked for.

    ``latency_s``: how much later it is heard, and the half-width of its 95 % interval; None where
    nobody knows.
    """

    kind: CueKind
    at_s: float
    side: Literal["both", "left", "right"] = "both"
    latency_s: tuple[float, float] | None = None


class Segmenter(Protocol):
    """One way of finding repetitions: from the pose of the pelvis, from EMG, from cues, causally.

    Which of ``pose`` and ``block`` a template needs is its own affair; each is called for every
    sample and block there is. ``pose`` returns the angles for the display too, NaN where there is
    no start pose yet.
    """

    @property
    def busy(self) -> bool:
        """Whether a repetition is under way."""
        ...

    def pose(self, t_s: float, pose: Pose) -> tuple[list[RepetitionEvent], Angles]:
        """Take one sample of the pelvis sensor."""
        ...

    def block(
        self, t0_s: float, block: ConditionedBlock, attached: BoolArray
    ) -> list[RepetitionEvent]:
        """Take one block of all channels; ``attached``, ``(n_channels,)``: electrode on."""
        ...

    def cue(self, cue: Cue) -> list[RepetitionEvent]:
        """Take a cue that was given to the person."""
        ...

    def abort(self, reason: str) -> list[RepetitionEvent]:
        """End what is under way as it is, and forget rest and start pose."""
        ...

    def new_set(self) -> None:
        """Begin a new set: start poses are compared within a set only."""
        ...
