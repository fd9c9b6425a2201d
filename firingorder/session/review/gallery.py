"""Repetitions over each other: envelopes about the same moment, their median and quartiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from firingorder.report.wording import not_scored_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from firingorder.findings import RepetitionFinding, RepetitionVerdict
    from firingorder.samples import FloatArray
    from firingorder.session.review.tracks import Track

AlignedOn = Literal["lift_off", "first_glute"]
ALIGNED_WORDS: dict[AlignedOn, str] = {
    "lift_off": "aligned on the start of the movement",
    "first_glute": "aligned on the first onset of gluteus maximus: no start of a movement is known",
}
#: What is shown about the moment, and the spacing: that of the kept envelope.
_BEFORE_S, _AFTER_S, _STEP_S = 1.0, 3.0, 0.005


@dataclass(frozen=True, slots=True)
class GalleryTrace:
    """One repetition; ``envelope_uv`` is ``(n_times, n_channels)``, NaN where nothing is known.

    ``counted``: it is in the median. ``why_not`` says why it is not, in words.
    """

    repetition: int
    verdict: RepetitionVerdict
    zero_s: float
    envelope_uv: FloatArray
    counted: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class Gallery:
    """Repetitions of one exercise and side.

    Attributes
    ----------
    t_ms
        ``(n_times,)`` after the moment they are aligned on.
    median_uv, q1_uv, q3_uv
        ``(n_times, n_channels)`` over the ``n`` counted repetitions; NaN where fewer than two
        thirds of them are known.
    missing
        Repetitions that have no such moment, by number.
    """

    channels: tuple[str, ...]
    aligned_on: AlignedOn
    t_ms: FloatArray
    traces: tuple[GalleryTrace, ...]
    median_uv: FloatArray
    q1_uv: FloatArray
    q3_uv: FloatArray
    n: int
    missing: tuple[int, ...]

    @property
    def words(self) -> str:
        """What it is aligned on."""
        return ALIGNED_WORDS[self.aligned_on]


def gallery(
    repetitions: Sequence[RepetitionFinding],
    envelope: Track | None,
    channels: tuple[str, ...],
    excluded_because: Mapping[int, str] | None = None,
) -> Gallery:
    """Return repetitions aligned on lift-off; on the first glute onset where most have none.

    Two moments are never mixed: a repetition without the one that is used stands apart
    (``missing``).
    """
    lifts = sum(one.movement_onset_s is not None for one in repetitions)
    on: AlignedOn = "lift_off" if 2 * lifts > len(repetitions) else "first_glute"
    grid_s = np.arange(-_BEFORE_S, _AFTER_S + _STEP_S / 2, _STEP_S)
    traces: list[GalleryTrace] = []
    missing: list[int] = []
    for one in repetitions:
        zero_s = one.movement_onset_s if on == "lift_off" else _first_glute(one)
        if zero_s is None:
            missing.append(one.index)
            continue
        because = (excluded_because or {}).get(one.index, "")
        reasons = [reason for reason in one.reasons if reason != "excluded"]
        said = [not_scored_words(reasons)] if reasons else []
        why_not = "; ".join([*said, *([because] if because else [])])
        if not one.scored and not why_not:
            why_not = not_scored_words(one.reasons)
        values = _envelope(envelope, zero_s + grid_s, len(channels))
        traces.append(GalleryTrace(one.index, one.verdict, zero_s, values, one.scored, why_not))
    counted = [one.envelope_uv for one in traces if one.counted]
    q1, median, q3 = _quartiles(counted, (len(grid_s), len(channels)))
    return Gallery(
        channels, on, 1e3 * grid_s, tuple(traces), median, q1, q3, len(counted), tuple(missing)
    )


def _first_glute(one: RepetitionFinding) -> float | None:
    known = [
        onset.onset_s
        for name, onset in one.onsets.items()
        if onset is not None and name.startswith("gluteus_maximus")
    ]
    return min(known, default=None)


def _envelope(track: Track | None, at_s: FloatArray, n_channels: int) -> FloatArray:
    found = np.full((len(at_s), n_channels), np.nan)
    if track is None:
        return found
    t_s, values = track.samples(float(at_s[0]) - _STEP_S, float(at_s[-1]) + 2.0 * _STEP_S)
    if len(t_s) < 2:
        return found
    for k in range(n_channels):
        # NaN on either side of a time leaves it unknown: nothing is drawn over a gap.
        found[:, k] = np.interp(at_s, t_s, values[:, k], left=np.nan, right=np.nan)
    return found


def _quartiles(
    counted: list[FloatArray], shape: tuple[int, int]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    nothing = np.full(shape, np.nan)
    if not counted:
        return nothing, nothing, nothing
    stack = np.stack(counted)
    known = np.isfinite(stack).sum(axis=0)
    enough = 3 * known >= 2 * len(counted)
    filled = np.where(enough, stack, 0.0)  # quantiles of nothing would warn
    q1, median, q3 = np.nanquantile(filled, (0.25, 0.5, 0.75), axis=0)
    q1, median, q3 = (np.where(enough, one, np.nan) for one in (q1, median, q3))
    return q1, median, q3
