"""The shared vocabulary of what is measured in a repetition besides onsets, and of the signal.

Times are seconds of device time. Intervals are 95 %. Angles are degrees relative to the pose the
repetition started from, never an absolute norm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

MoveTrust = Literal["ok", "low"]
Light = Literal["good", "warn", "bad", "unknown"]
Normalisation = Literal[
    "task_matched_mvc",
    "standard_isometric_mvc",
    "submaximal_reference",
    "task_peak_or_mean",
    "none",
    "m_max",
]
MetricGate = Literal[
    "not_measured",
    "not_normalised",
    "low_snr",
    "poor_contact",
    "gap",
    "no_onset",
    "no_phase",
    "no_cue",
    "low_trust",
    "too_few",
    "too_short",
    "at_noise_floor",
    "not_isometric",
    "no_baseline",
    "bad_reference",
    "no_latency",
    "no_target",
    "beyond_cap",
    "within_mdc",
    "saturated",
    "crosstalk",
]


@dataclass(frozen=True, slots=True)
class PhaseTimes:
    """When the phases of one repetition began, refined after its end.

    Attributes
    ----------
    away_s
        The pelvis (or, where it keeps still, the first muscle) leaves the start pose.
    movement_onset_s
        The movement that the order question belongs to: the way out of a lift, the way back up of
        a hinge. None where no movement is measured.
    far_from_s, far_to_s
        The far window: top of a lift, bottom of a hinge, the hold of a hold.
    back_s
        The way back begins.
    end_s
        The repetition is over.
    trust
        Of ``movement_onset_s``: "low" where the pelvis is not what moves.
    error_s
        Half-width of the 95 % interval of ``movement_onset_s``, where it is known.
    cue_s, release_s
        When the person was told to start and to let go, where somebody told them.
    """

    away_s: float
    end_s: float
    movement_onset_s: float | None = None
    far_from_s: float | None = None
    far_to_s: float | None = None
    back_s: float | None = None
    trust: MoveTrust = "low"
    error_s: float | None = None
    cue_s: float | None = None
    release_s: float | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure of one repetition, set or channel, with its error or the reason it has none.

    Attributes
    ----------
    code
        "B10" and so on (docs/reference/metrics.md).
    name
        What it is of, in lower case: "level_lift", "hamstring_share".
    subject
        Channel, muscle, side or pair ("a>b") it belongs to; empty for the whole body.
    value, low, high
        With its 95 % interval; None where it is refused. A bound that is itself measured stays:
        ``high`` with ``at_noise_floor`` (no more than), ``low`` with ``beyond_cap`` (more than).
    unit
        "ms", "s", "uV", "%", "deg", "1", "bit", "dB", "Hz", "%/s".
    n
        Repetitions, windows or samples behind it.
    gate
        None where the value may be used, else why not.
    """

    code: str
    name: str
    subject: str
    value: float | None
    unit: str
    low: float | None = None
    high: float | None = None
    n: int = 1
    gate: MetricGate | None = None


@dataclass(frozen=True, slots=True)
class Compensation:
    """One fault of the fault dictionary that was seen in a repetition.

    ``limit`` is what ``value`` had to pass, in the same unit. ``note``: shown, never an error.
    """

    code: str
    value: float
    limit: float
    unit: str
    at_s: float
    note: bool = False


@dataclass(frozen=True, slots=True)
class ChannelCheck:
    """How one channel stands right now: two lights, one cause each, one instruction.

    Attributes
    ----------
    contact, contact_cause
        Does the electrode touch the skin. Cause: "" or "lead_off", "loose", "dead", "unknown".
    signal, signal_cause
        Is what it measures usable. Cause: "" or "saturated", "mains", "ecg", "motion",
        "crosstalk", "flat", "noise", "swapped", "lost", "waiting".
    instruction
        One thing to do, in plain words; empty when both lights are good.
    noise_uv, mains_uv, level_uv, impedance_ohm, snr_db
        Numbers for the expert; None where they are not known.
    """

    channel: str
    contact: Light
    contact_cause: str
    signal: Light
    signal_cause: str
    instruction: str
    noise_uv: float | None = None
    mains_uv: float | None = None
    level_uv: float | None = None
    impedance_ohm: float | None = None
    snr_db: float | None = None
    ecg_uv: float | None = None
    copied_from: str | None = None


@dataclass(frozen=True, slots=True)
class SensorCheck:
    """How the pelvis sensor stands: its light, the cause, one instruction.

    Causes: "" or "absent", "upside_down", "turned", "loose", "saturated", "rate", "bias", "moving".
    """

    light: Light
    cause: str
    instruction: str
    rate_hz: float | None = None
    bias_deg_s: float | None = None


@dataclass(frozen=True, slots=True)
class SignalCheck:
    """All channels and the pelvis sensor at one instant."""

    at_s: float
    channels: tuple[ChannelCheck, ...]
    sensor: SensorCheck | None


@dataclass(frozen=True, slots=True)
class CalibrationFinding:
    """A step of a calibration was accepted, or not and why (plain sentences)."""

    step: str
    state: Literal["accepted", "rejected", "skipped", "finished"]
    reasons: tuple[str, ...]
    at_s: float


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """The lights of the signal check changed."""

    check: SignalCheck


@dataclass(frozen=True, slots=True)
class TrainingFinding:
    """Something of a training session: a set begun or done, an answer, STOP, a new threshold.

    ``values`` are plain (text, numbers, lists of them) and belong to the ``kind``; ``at_s`` is
    None before the first sample.
    """

    kind: str
    values: dict[str, Any]
    at_s: float | None
