"""What a repetition is judged by for faults, and the limits of the fault dictionary.

Rules, limits and words: docs/reference/exercises.md (fault dictionary). A limit on an angle is
never below what the sensor itself can be wrong by, nor below twice the person's own spread.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.reference import PersonalReference

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.measures import Metric, PhaseTimes
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.task import TaskSpec

TILT, OBLIQUITY, ROTATION = 0, 1, 2


@dataclass(frozen=True, slots=True)
class FaultParams:
    """Limits of the fault dictionary (docs/reference/exercises.md, fault dictionary)."""

    frontal_deg: float = 5.0
    """Obliquity and rotation: pelvis sensors differ from optical ones by 2.7 to 4.5 degrees."""
    sagittal_deg: float = 8.0
    """Tilt: the same comparison has 2.7 to 8.9 degrees."""
    reversal_deg: float = 5.0
    """Turning back within a repetition is seen more finely than an angle against the start."""
    baseline_sd: float = 2.0
    held_s: float = 0.2
    drop_held_s: float = 0.3
    late_share: float = 0.6
    """"Late" begins when this share of the lift is done."""
    late_ratio: float = 1.3
    loud_share: float = 0.2
    """Of the reference: a proposal, as are the next ones unless a source is named."""
    cross_share: float = 0.2
    still_sd: float = 3.0
    still_held_s: float = 0.3
    still_turns_s: float = 0.15
    """Who trembles turns round, and stands still for a moment each time: shorter lulls are none.
    Half of the swing of 3 Hz; a proposal."""
    still_floor_deg_s: float = 2.0
    """A sensor at rest shows less (method.md section 7)."""
    hold_share: float = 0.8
    track_percent: float = 15.0
    tempo_share: float = 0.3
    quiet_s: float = 3.0
    rest_sd: float = 3.0
    noise_spread: float = 0.05
    """RMS of one second of noise with 100 Hz of bandwidth varies by so much: 1 / (2 sqrt(B T))."""
    bottom_sd_deg: float = 5.0
    uneven_share: float = 0.2
    """Stances or bursts of the two sides differ by more than this share; a proposal, until an own
    band is known."""
    uneven_least: int = 5


@dataclass(frozen=True, slots=True)
class FaultData:
    """One repetition as the rules see it.

    Attributes
    ----------
    t_s, angles_deg, rate_deg_s
        ``(m,)`` times, ``(m, 3)`` tilt, obliquity and rotation from the start pose, ``(m,)`` norm
        of the angular rate; None without a pelvis sensor.
    angle_error_deg
        95 % error of the three angles.
    rest_rate_deg_s
        SD of the angular rate at rest, None where unknown.
    level_uv
        RMS of a channel between two times with the noise taken out, None where it is not usable.
    lead_ms
        Of gluteus maximus over erector spinae in this repetition, None where it is unclear.
    metrics
        Of this repetition.
    missed
        Nothing started after the cue.
    """

    task: TaskSpec
    phases: PhaseTimes
    channels: tuple[str, ...]
    level_uv: Callable[[str, float, float], float | None]
    t_s: FloatArray | None = None
    angles_deg: FloatArray | None = None
    rate_deg_s: FloatArray | None = None
    angle_error_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rest_rate_deg_s: float | None = None
    reference: PersonalReference = field(default_factory=PersonalReference)
    lead_ms: float | None = None
    metrics: tuple[Metric, ...] = ()
    missed: bool = False

    @property
    def side_sign(self) -> float:
        """+1 where the working or stance side is left, -1 right, 0 for both."""
        return {"left": 1.0, "right": -1.0}.get(self.task.working_side, 0.0)

    def during(self, first_s: float, last_s: float) -> BoolArray:
        """Return which samples of the pelvis lie between two times, ``(m,)``."""
        assert self.t_s is not None
        return (self.t_s >= first_s) & (self.t_s <= last_s)

    def metric(self, name: str, subject: str = "") -> Metric | None:
        """Return the metric of this name that has a value, None if there is none."""
        for one in self.named(name):
            if subject in ("", one.subject):
                return one
        return None

    def named(self, name: str) -> list[Metric]:
        """Return the metrics of this name that have a value, one for each subject."""
        return [m for m in self.metrics if m.name == name and m.value is not None and not m.gate]


@dataclass(frozen=True, slots=True)
class Held:
    """A condition that lasted: since when, and the largest value meanwhile."""

    at_s: float
    value: float


def held(
    t_s: FloatArray, value: FloatArray, limit: float, least_s: float, lull_s: float = 0.0
) -> Held | None:
    """Return the first stretch of at least ``least_s`` in which ``value`` passes ``limit``.

    ``t_s`` and ``value`` are ``(m,)``; the value returned is the largest of that stretch. Lulls
    shorter than ``lull_s`` within it do not count.
    """
    edges = np.diff(np.concatenate([[0], (value > limit).astype(np.int8), [0]]))
    starts, stops = np.flatnonzero(edges > 0), np.flatnonzero(edges < 0)
    if lull_s > 0.0 and len(starts) > 1:
        apart = t_s[starts[1:]] - t_s[stops[:-1] - 1] >= lull_s
        starts = starts[np.concatenate([[True], apart])]
        stops = stops[np.concatenate([apart, [True]])]
    for first, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        if t_s[stop - 1] - t_s[first] >= least_s:
            return Held(float(t_s[first]), float(np.max(value[first:stop])))
    return None


def angle_limit_deg(data: FaultData, axis: int, params: FaultParams) -> float:
    """Return the alarm limit of one angle: dictionary, own spread, error of the sensor."""
    least = params.sagittal_deg if axis == TILT else params.frontal_deg
    name = ("tilt_peak_deg", "obliquity_peak_deg", "rotation_peak_deg")[axis]
    own = data.reference.baselines.get(name)
    spread = 0.0 if own is None else params.baseline_sd * own.sd
    return max(least, spread, data.angle_error_deg[axis])
