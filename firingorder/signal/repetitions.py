"""What every way of finding repetitions reports, whether it looks at the pelvis or at muscles."""

from __future__ import annotations

from dataclasses import dataclass

from firingorder.findings import PelvisRange, PhaseFinding


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
    compensations: tuple[str, ...] = ()


RepetitionEvent = PhaseFinding | RepetitionStart | RepetitionEnd


@dataclass(slots=True)
class RepetitionCounter:
    """Number of the newest repetition of a session, whatever found it."""

    count: int = 0

    def next(self) -> int:
        """Return the number of a repetition that begins."""
        self.count += 1
        return self.count
