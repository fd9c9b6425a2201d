"""What a review tells, typed: recording, edits, bands of rest, unsure repetitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firingorder.findings import RepetitionFinding, Sides
    from firingorder.report.wording import Target
    from firingorder.samples import FloatArray
    from firingorder.session.review.tracks import Columns

SignalKind = Literal["raw", "filtered", "envelope"]
#: A bound of a lead's interval within this of a limit that decides: another look is worth it.
#: A proposal; a third of the margin of most exercises.
NEAR_MS = 10.0


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """What is told of a recording above its review.

    ``person`` is a code, empty for none. ``start_utc_s`` is None for files of other programs.
    ``filter_words`` says what the filtered signal is. ``session`` is counted within the person,
    None without a library. ``targets`` are what a therapist aimed at, by task.
    """

    id: str
    file: str
    person: str
    task: str
    side: Sides
    start_utc_s: float | None
    duration_s: float
    simulated: bool
    foreign: bool
    calibration: str
    channels: tuple[str, ...]
    rate_hz: float
    filter_words: str
    version: str
    settings_hash: str
    session: int | None = None
    targets: Mapping[str, Target] = field(default_factory=dict[str, "Target"])


@dataclass(frozen=True, slots=True)
class Edit:
    """An onset that a person set (``onset_s``) or took away (None), its automatic place kept."""

    id: str
    repetition: int
    channel: str
    onset_s: float | None
    automatic_s: float | None
    who: str
    at: str
    why: str


@dataclass(frozen=True, slots=True)
class Band:
    """Levels of one channel about one repetition, microvolts RMS; None where not known.

    ``counts_from_uv`` is the level from which a burst is loud enough to be ordered (the SNR gate),
    ``plateau_uv`` that of the burst.
    """

    rest_uv: float | None
    counts_from_uv: float | None
    plateau_uv: float | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole session: glutes up, back down, and what each repetition came to.

    ``glutes_uv`` and ``back_uv`` are ``(n_columns,)``, the greatest envelope of the muscle's
    channels in each column; NaN where there is none.
    """

    t_s: FloatArray
    glutes_uv: FloatArray
    back_uv: FloatArray
    lift_deg: FloatArray | None
    repetitions: tuple[RepetitionFinding, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Signals of a window with everything that lies over them; ``pelvis`` None without a sensor."""

    signals: Columns
    envelope: Columns
    pelvis: Columns | None


def decision_distance_ms(one: RepetitionFinding, margin_ms: float) -> float | None:
    """Return how far a bound of the lead's interval is from the limit at which the verdict changes.

    None without a lead. The limits are 0 and the margin (method.md section 1).
    """
    low, high = one.low_ms, one.high_ms
    if low is None or high is None:
        return None
    if one.verdict == "glutes_first":
        return low
    if one.verdict == "back_first":
        return -high
    if one.verdict == "together":
        return min(low + margin_ms, margin_ms - high)
    outside = max(-margin_ms - low, high - margin_ms)
    return max(0.0, min(-low if low <= 0.0 else 0.0, high if high >= 0.0 else 0.0, outside))


def unsure(one: RepetitionFinding, margin_ms: float) -> bool:
    """Tell whether a repetition deserves another look.

    It is unclear, though an order is asked for; or together; or a bound of its interval lies within
    :data:`NEAR_MS` of a limit.
    """
    if one.reason in ("not_asked", "channel_missing", "rate_too_low"):
        return False
    if one.verdict in ("unclear", "together"):
        return True
    away = decision_distance_ms(one, margin_ms)
    return away is not None and away < NEAR_MS
