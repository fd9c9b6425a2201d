"""The shared vocabulary of findings: onsets, pairs, repetitions, sets, and what happened around.

Field names are those of the result schema ``firingorder.analysis/1``. Leads are in ms and positive
when ``a`` (the glutes) started first. Intervals are 95 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.measures import CalibrationFinding, CheckFinding, TrainingFinding

if TYPE_CHECKING:
    from firingorder.measures import Compensation, Metric, PhaseTimes
    from firingorder.samples import Gap

Side = Literal["left", "right"]
SequenceScope = Literal["all", "left", "right", "pooled"]
SequenceRelation = Literal["single", "together", "open"]
VerdictStage = Literal["live", "early", "final"]
PairVerdict = Literal["a_first", "together", "b_first", "unclear"]
RepetitionVerdict = Literal["glutes_first", "together", "back_first", "unclear"]
SetReason = Literal["no_lead", "too_few_repetitions", "interval_too_wide", "lead_too_small"]
ForecastState = Literal["too_early", "expected", "open", "unlikely", "claimed"]
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
    "not_asked",
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
class SequenceGroup:
    """Muscles between which no order is shown.

    ``relation``: "single" for one muscle, "together" when each two are claimed to have started
    within the margin, else "open": their order is not resolved.
    """

    names: tuple[str, ...]
    relation: SequenceRelation


@dataclass(frozen=True, slots=True)
class SequenceRank:
    """Where one muscle stands: ``p_rank[k]`` is the probability that k others started before."""

    name: str
    p_rank: tuple[float, ...]
    p_first: float
    expected_rank: float


@dataclass(frozen=True, slots=True)
class SequenceFinding:
    """The order of several muscles of one repetition.

    Attributes
    ----------
    scope
        Every usable channel, those of one side, or "pooled": the first onset of left and right of
        each muscle, named without side.
    groups
        From first to last. Every muscle of a group started before every one of the groups after
        it; within a group see its relation.
    p_order
        Probability that all groups followed each other as shown; 1 for a single group.
    ranks
        One entry for each muscle, in the order of the names within the groups.
    before
        Each two muscles whose order is claimed by the interval of their lead, also within an open
        group.
    left_out
        Muscles without an onset to trust, and why.
    """

    scope: SequenceScope
    groups: tuple[SequenceGroup, ...]
    p_order: float
    ranks: tuple[SequenceRank, ...]
    before: tuple[tuple[str, str], ...]
    left_out: dict[str, UnclearReason]


@dataclass(frozen=True, slots=True)
class OnsetFinding:
    """A live onset. ``decided_at_s`` is the time of the newest sample used."""

    channel: str
    onset_s: float
    decided_at_s: float


@dataclass(frozen=True, slots=True)
class VerdictFinding:
    """The order of one repetition, as soon as it can be decided.

    Attributes
    ----------
    stage
        "live" while muscles begin, of a claim only; "early" from full windows; "final" after the
        end, told only where it differs from the one before.
    revises
        Another verdict than the one told before.
    reverses
        The opposite order of the one told before; ``revises`` then holds too.
    lead_ms, low_ms, high_ms
        Of a live verdict ``lead_ms`` is None while one group is silent; the bound nearer to zero
        is then given where it is at least 50 ms.
    """

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
    p_glutes_first: float | None = None
    stage: VerdictStage = "early"
    reverses: bool = False


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
class SetForecast:
    """How many more good repetitions (scored, with a lead) the claim of a set will probably need.

    Attributes
    ----------
    state
        "too_early" to tell, "claimed" already, "expected" with a number (likely today), "open"
        (about as likely as not), or "unlikely" today.
    claim
        What the set claims or will most probably claim; None where nothing is expected.
    more, more_low, more_high
        Median and 80 % range of the further repetitions; ``more_high`` is None when the far end
        lies beyond what one day can have.
    p_today
        Probability that the set will claim something today; None while too early.
    """

    state: ForecastState
    claim: RepetitionVerdict | None = None
    more: int | None = None
    more_low: int | None = None
    more_high: int | None = None
    p_today: float | None = None


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
    p_glutes_first: float | None = None
    sequence: tuple[SequenceFinding, ...] = ()
    forecast: SetForecast | None = None
    """Of its set, as it stood after this repetition; None where it is not scored."""
    phases: PhaseTimes | None = None
    metrics: tuple[Metric, ...] = ()
    faults: tuple[Compensation, ...] = ()
    """What stands behind ``compensations``, with the value and the limit it passed."""
    not_measured: tuple[str, ...] = ()
    """Faults of the task that these sensors cannot see."""
    task: str = ""
    """Id of the exercise; a session may have several."""
    side: Sides = "both"
    """Its working side."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval, and of how many."""

    share: float
    low: float
    high: float
    of: int


@dataclass(frozen=True, slots=True)
class SideLead:
    """The median lead of one side over a set, with its 95 % interval, ms."""

    side: Side
    leads: int
    lead_ms: float
    low_ms: float
    high_ms: float


@dataclass(frozen=True, slots=True)
class SetFinding:
    """Summary of one set over its scored repetitions.

    Attributes
    ----------
    lead_ms, low_ms, high_ms
        Median lead and the 95 % interval of the typical lead: a description, for looking once.
    leads
        Good repetitions: scored and with a lead.
    verdict, reason
        What the set claims, by the always-valid interval; why not, where it is unclear.
    claim_low_ms, claim_high_ms
        The 95 % interval that stays valid when looked at after each repetition; None while it has
        no end on that side.
    spread_ms, spread_low_ms, spread_high_ms
        SD between repetitions beyond their own uncertainty, with its 95 % interval.
    glutes_first_share
        Of the scored repetitions, those that claimed glutes first.
    per_side
        The lead of each side by itself.
    """

    index: int
    scored: int
    glutes_first: int
    together: int
    back_first: int
    unclear: int
    lead_ms: float | None
    low_ms: float | None
    high_ms: float | None
    leads: int = 0
    verdict: RepetitionVerdict = "unclear"
    reason: SetReason | None = None
    claim_low_ms: float | None = None
    claim_high_ms: float | None = None
    spread_ms: float | None = None
    spread_low_ms: float | None = None
    spread_high_ms: float | None = None
    glutes_first_share: Share | None = None
    per_side: tuple[SideLead, ...] = ()
    forecast: SetForecast | None = None
    metrics: tuple[Metric, ...] = ()
    compensations: tuple[str, ...] = ()
    """Faults that only a whole set can show."""
    task: str = ""
    side: Sides = "both"
    """Exercise and working side, as in its repetitions."""


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
    """A channel over the whole recording.

    ``mains_uv`` is what the electrode sees, ``mains_removed_uv`` the RMS of the hum that was
    predicted and subtracted before onsets were sought.
    """

    name: str
    noise_uv: float | None
    mains_uv: float | None
    ecg: bool
    snr_db: float | None
    usable: bool
    reasons: tuple[str, ...]
    mains_removed_uv: float | None = None


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


Finding = (
    OnsetFinding | VerdictFinding | RepetitionFinding | PhaseFinding | QualityFinding | CheckFinding
)
Event = Finding | ConnectionEvent | GapEvent | MarkerEvent | CalibrationFinding | TrainingFinding
