"""The shared vocabulary of findings: onsets, pairs, repetitions, sets, and what happened around.

Field names are those of the result schema ``firingorder.analysis/1``. Leads are in ms and positive
when ``a`` (the glutes) started first. Intervals are 95 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from firingorder.samples import Gap

PairVerdict = Literal["a_first", "together", "b_first", "unclear"]
RepetitionVerdict = Literal["glutes_first", "together", "back_first", "unclear"]
Sides = Literal["both", "left", "right"]
Phase = Literal["rest", "lift", "hold", "lower"]
QualityState = Literal["good", "poor_contact", "saturated", "mains", "noise"]
ConnectionState = Literal["connecting", "streaming", "lost", "recovered", "closed"]
UnclearReason = Literal[
    "no_onset",
    "low_snr",
    "gap",
    "saturated",
    "poor_contact",
    "no_rest",
    "several_bursts",
    "edge",
    "crosstalk",
    "clock",
    "interval_too_wide",
    "sides_differ",
    "rate_too_low",
    "channel_missing",
]


@dataclass(frozen=True, slots=True)
class OnsetEstimate:
    """One onset with its 95 % interval, seconds of device time."""

    onset_s: float
    low_s: float
    high_s: float


@dataclass(frozen=True, slots=True)
class PairFinding:
    """Which of two muscles started first. ``lead_ms`` is onset(b) - onset(a)."""

    a: str
    b: str
    lead_ms: float | None
    low_ms: float | None
    high_ms: float | None
    p_a_first: float | None
    verdict: PairVerdict
    reason: UnclearReason | None


@dataclass(frozen=True, slots=True)
class OnsetFinding:
    """A live onset. ``decided_at_s`` is the time of the newest sample used."""

    channel: str
    onset_s: float
    decided_at_s: float


@dataclass(frozen=True, slots=True)
class VerdictFinding:
    """The order of one repetition, as soon as it can be decided; ``revises`` an earlier one."""

    index: int
    onsets: dict[str, OnsetEstimate | None]
    pairs: tuple[PairFinding, ...]
    verdict: RepetitionVerdict
    reason: UnclearReason | None
    sides: Sides
    lead_ms: float | None
    low_ms: float | None
    high_ms: float | None
    decided_at_s: float
    revises: bool = False


@dataclass(frozen=True, slots=True)
class PelvisRange:
    """Range of the pelvis angles within one repetition, degrees."""

    tilt_range_deg: float
    obliquity_range_deg: float
    rotation_range_deg: float


@dataclass(frozen=True, slots=True)
class BurstFinding:
    """One burst of one muscle with intervals for its start and end."""

    channel: str
    onset_s: float
    onset_low_s: float
    onset_high_s: float
    offset_s: float | None
    offset_low_s: float | None
    offset_high_s: float | None
    snr_db: float
    edited: bool = False


@dataclass(frozen=True, slots=True)
class RepetitionFinding:
    """One repetition, final: phases, onsets, pairs, verdict. ``scored`` counts it into its set."""

    index: int
    set_index: int
    start_s: float
    movement_onset_s: float | None
    top_s: float | None
    end_s: float
    scored: bool
    reasons: tuple[str, ...]
    onsets: dict[str, OnsetEstimate | None]
    pairs: tuple[PairFinding, ...]
    verdict: RepetitionVerdict
    reason: UnclearReason | None
    sides: Sides
    lead_ms: float | None
    low_ms: float | None
    high_ms: float | None
    pelvis: PelvisRange | None
    compensations: tuple[str, ...]
    bursts: tuple[BurstFinding, ...]
    decided_at_s: float


@dataclass(frozen=True, slots=True)
class SetFinding:
    """Summary of one set over its scored repetitions."""

    index: int
    scored: int
    glutes_first: int
    together: int
    back_first: int
    unclear: int
    lead_ms: float | None
    low_ms: float | None
    high_ms: float | None


@dataclass(frozen=True, slots=True)
class PhaseFinding:
    """The movement entered a phase (live, causal; for the screen, not a result)."""

    phase: Phase
    at_s: float
    index: int


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """The quality of a channel changed. ``advice`` is one instruction in plain words."""

    channel: str
    state: QualityState
    advice: str
    at_s: float


@dataclass(frozen=True, slots=True)
class ChannelFinding:
    """A channel over the whole recording."""

    name: str
    noise_uv: float | None
    mains_uv: float | None
    ecg: bool
    snr_db: float | None
    usable: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConnectionEvent:
    """The link changed its state. ``at_s`` is None before the first sample."""

    state: ConnectionState
    at_s: float | None


@dataclass(frozen=True, slots=True)
class GapEvent:
    """Samples are missing."""

    gap: Gap


@dataclass(frozen=True, slots=True)
class MarkerEvent:
    """Somebody or something marked this instant."""

    text: str
    at_s: float | None


Finding = OnsetFinding | VerdictFinding | RepetitionFinding | PhaseFinding | QualityFinding
Event = Finding | ConnectionEvent | GapEvent | MarkerEvent
