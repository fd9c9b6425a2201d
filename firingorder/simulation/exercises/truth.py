"""What was planted in a session of an exercise, as objects and as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from firingorder.simulation.bursts import Burst
    from firingorder.simulation.exercises.options import Side

Kind = Literal["full", "half", "false_start"]
EventKind = Literal["fidget", "talk", "scratch", "change_posture", "tap", "belt_tap"]


@dataclass(frozen=True, slots=True)
class PlantedCompensation:
    """A deviation that was planted in a repetition, with its size and the limit it is meant for.

    Attributes
    ----------
    code
        As in the fault dictionary, lower case.
    size, unit
        Degrees, a ratio, seconds or a share.
    above
        Whether it is well above the limit people are told about; else well below.
    """

    code: str
    size: float
    unit: str
    above: bool


@dataclass(frozen=True, slots=True)
class Range:
    """Smallest and largest planned angle of a repetition against its start pose, degrees."""

    tilt_deg: tuple[float, float]
    obliquity_deg: tuple[float, float]
    rotation_deg: tuple[float, float]


@dataclass(frozen=True, slots=True)
class TrueRepetition:
    """One attempt as planted; phases as in ``PhaseTimes``, None where a task has no such phase.

    Attributes
    ----------
    index
        From 1 on, all attempts counted.
    kind
        A full repetition, one that stops half-way, or a start that is given up.
    side
        Working, stance or asked side.
    set_index
        From 1 on; the posture changed in between.
    away_s, movement_onset_s, far_from_s, far_to_s, back_s, end_s
        Phases.
    seat_off_s, impact_s, onset_s
        Further instants of tasks that have them; ``onset_s`` is the first onset of the prime set.
    return_from_s, return_to_s
        The way back to the start (sitting down, stepping down) where it is no part of the phases.
    cue_s, release_s, quiet_s
        When the coach said go and let go, and when all is quiet.
    bursts
        One burst a channel: the one that the order question is about.
    more_bursts
        The others.
    compensations
        What was planted.
    slow
        Duration of the movement over what was asked for.
    """

    index: int
    kind: Kind
    side: Side
    set_index: int
    away_s: float
    end_s: float
    movement_onset_s: float | None = None
    far_from_s: float | None = None
    far_to_s: float | None = None
    back_s: float | None = None
    onset_s: float | None = None
    seat_off_s: float | None = None
    impact_s: float | None = None
    return_from_s: float | None = None
    return_to_s: float | None = None
    cue_s: float | None = None
    release_s: float | None = None
    quiet_s: float | None = None
    hesitates: bool = False
    slow: float = 1.0
    missed: bool = False
    wrong_side: bool = False
    range: Range | None = None
    bursts: tuple[Burst, ...] = ()
    more_bursts: tuple[Burst, ...] = ()
    compensations: tuple[PlantedCompensation, ...] = ()

    @property
    def good(self) -> bool:
        """Whether it is a complete repetition of what was asked for."""
        return self.kind == "full" and not self.missed and not self.wrong_side

    @property
    def over_s(self) -> float:
        """When the body is back where it began."""
        return self.end_s if self.return_to_s is None else max(self.end_s, self.return_to_s)

    def to_truth(self) -> dict[str, Any]:
        """Return the phases as an entry of ``firingorder.truth/1``, without the channels."""
        phases: dict[str, Any] = {
            name: getattr(self, name)
            for name in (
                "index", "kind", "good", "side", "set_index", "away_s", "movement_onset_s",
                "far_from_s", "far_to_s", "back_s", "end_s", "onset_s", "seat_off_s", "impact_s",
                "return_from_s", "return_to_s", "cue_s", "release_s", "quiet_s", "hesitates",
                "slow", "missed", "wrong_side",
            )
        }  # fmt: skip
        ranges: dict[str, Any] = {}
        if self.range is not None:
            ranges = {
                "tilt_deg": list(self.range.tilt_deg),
                "obliquity_deg": list(self.range.obliquity_deg),
                "rotation_deg": list(self.range.rotation_deg),
            }
        return {
            **phases,
            # The names that bridges have; a top is the beginning of the far window.
            "top_s": self.far_from_s,
            "lower_s": self.back_s,
            "range": ranges or None,
            "compensations": [
                {"code": c.code, "size": c.size, "unit": c.unit, "above": c.above}
                for c in self.compensations
            ],
        }


@dataclass(frozen=True, slots=True)
class TrueEvent:
    """Something else that the body does: talking, fidgeting, a change of posture."""

    kind: EventKind
    at_s: float
    until_s: float
    detail: str = ""

    def to_truth(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "kind": self.kind, "at_s": self.at_s, "until_s": self.until_s, "detail": self.detail,
        }  # fmt: skip


@dataclass(slots=True)
class TrueSession:
    """All that was planted, in the order of time."""

    repetitions: list[TrueRepetition] = field(default_factory=list["TrueRepetition"])
    events: list[TrueEvent] = field(default_factory=list["TrueEvent"])
