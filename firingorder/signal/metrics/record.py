"""One repetition as its metrics see it, and the numbers of docs/reference/metrics.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.reference import PersonalReference

if TYPE_CHECKING:
    from firingorder.findings import OnsetEstimate, PairFinding
    from firingorder.measures import MetricGate, PhaseTimes
    from firingorder.samples import FloatArray
    from firingorder.signal.task import TaskSpec


@dataclass(frozen=True, slots=True)
class MetricsParams:
    """Limits of docs/reference/metrics.md; proposals unless a source is named."""

    block_s: float = 0.050
    """RMS window: of the display, of the way to quiet, and the unit of a changing level."""
    lag_s: float = 0.020
    """Neighbouring samples of EMG behind the high-pass are alike over less than this: 99 % of the
    sum of squared correlations of the slowest simulated muscle (computed from its spectrum)."""
    shape_s: float = 1.0
    """Signal that tells how much neighbouring samples have in common."""
    least_window_s: float = 0.1
    """Shorter windows have no level: some twenty independent samples."""
    least_valid: float = 0.95
    """Share of the samples of a window that must be there."""
    rest_guard_s: float = 0.1
    least_rest_s: float = 0.3
    dead_share: float = 0.25
    """Of the power at rest: a channel that is 6 dB quieter than at rest has lost its contact."""
    flat_uv: float = 0.02
    """As the quality states of channels (quality.py)."""
    reference_over_rest: float = 2.0
    """A reference contraction below twice the rest is none: the noise is in it."""
    reaction_s: float = 2.0
    """Success of a reaction."""
    quiet_sd: float = 3.0
    quiet_s: float = 0.5
    quiet_cap_s: float = 10.0
    still_deg: float = 5.0
    """A hold in which the pelvis turns by more is not isometric: what sensors mistake (exercise
    bridge.yaml, twist)."""
    fatigue_s: float = 8.0
    late_share: float = 0.6
    """The late part of a lift is what follows this share of it."""
    bottom_s: float = 2.0
    impact_before_s: float = 0.150
    impact_after_s: float = 0.250


@dataclass(frozen=True, slots=True, eq=False)
class RepetitionData:
    """One repetition: conditioned EMG, phases, onsets, angles, and what is known of the person.

    Attributes
    ----------
    times_s
        ``(n,)`` device time of the analysis grid, from rest before the repetition to half a second
        or more after it.
    emg_uv
        ``(n, n_channels)`` microvolts behind the high-pass; NaN where the sample is missing,
        settling or saturated.
    channels
        Muscle names, ``(n_channels,)``.
    onsets, offsets
        By channel, None or absent where there is none.
    pairs
        Leads of this repetition.
    angle_times_s, angles_deg, angle_error_deg
        ``(m,)``, ``(m, 3)`` tilt, obliquity, rotation from the start pose, and the 95 % error of
        each; None: not known.
    gates
        Channels that may not be used for levels, and why.
    cue_latency_s
        Measured delay of the cue and the half-width of its 95 % interval; None: not measured.
    """

    times_s: FloatArray
    emg_uv: FloatArray
    channels: tuple[str, ...]
    rate_hz: float
    phases: PhaseTimes
    task: TaskSpec
    onsets: dict[str, OnsetEstimate | None] = field(
        default_factory=dict[str, "OnsetEstimate | None"]
    )
    offsets: dict[str, OnsetEstimate | None] = field(
        default_factory=dict[str, "OnsetEstimate | None"]
    )
    pairs: tuple[PairFinding, ...] = ()
    p_glutes_first: float | None = None
    angle_times_s: FloatArray = field(default_factory=lambda: np.empty(0))
    angles_deg: FloatArray = field(default_factory=lambda: np.empty((0, 3)))
    angle_error_deg: tuple[float, float, float] | None = None
    reference: PersonalReference = field(default_factory=PersonalReference)
    gates: dict[str, MetricGate] = field(default_factory=dict[str, "MetricGate"])
    cue_latency_s: tuple[float, float] | None = None
    rest_power: dict[str, tuple[float, float, float]] = field(
        default_factory=dict[str, "tuple[float, float, float]"]
    )
    """Of an earlier rest of the same set, with its bounds, uV^2: for who does not rest between."""

    def __post_init__(self) -> None:
        """Refuse arrays that do not belong together."""
        n, k = self.emg_uv.shape
        if len(self.times_s) != n or len(self.channels) != k:
            raise ValueError(
                f"EMG of {n} samples and {k} channels came with {len(self.times_s)} times and "
                f"{len(self.channels)} names. Pass one time per sample and one name per channel."
            )
        if self.angles_deg.shape != (len(self.angle_times_s), 3):
            raise ValueError(
                f"Angles of shape {self.angles_deg.shape} came with {len(self.angle_times_s)} "
                "times. Pass tilt, obliquity and rotation for each time."
            )
        if not self.rate_hz > 0.0:
            raise ValueError(f"A rate of {self.rate_hz} Hz cannot be. Pass the analysis rate.")

    @property
    def sides(self) -> tuple[str, ...]:
        """Sides that work in this task."""
        side = self.task.working_side
        return ("left", "right") if side == "both" else (side,)

    @property
    def side_sign(self) -> float:
        """+1 where the left side works or both do, -1 where the right does."""
        return -1.0 if self.task.working_side == "right" else 1.0

    @property
    def rest_before_s(self) -> tuple[float, float] | None:
        """Rest before the repetition: up to the first onset or movement; None without samples."""
        if len(self.times_s) == 0:
            return None
        first = [self.phases.away_s]
        first += [one.low_s for one in self.onsets.values() if one is not None]
        if self.phases.cue_s is not None:
            first.append(self.phases.cue_s)
        return float(self.times_s[0]), min(first)
