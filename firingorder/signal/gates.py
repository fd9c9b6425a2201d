"""When an onset must not be trusted: the closed set of reasons of method.md section 1.

A gate makes a verdict ``unclear`` with its reason; it never mends a number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.line_bursts import LineParams, line_share
from firingorder.signal.spectrum import SpectrumParams, middle_hz
from firingorder.signal.whitening import running_sum

if TYPE_CHECKING:
    from firingorder.findings import UnclearReason
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.bursts import RestStats
    from firingorder.signal.posterior import OnsetPosterior


@dataclass(frozen=True, slots=True)
class GateParams:
    """Limits of method.md section 1, table of reasons, unless another source is given."""

    min_log_bayes: float = 12.0
    """h, the same evidence that raises a live alarm (method.md section 2, step 12)."""
    min_level_share: float = 0.02
    """Least share of the muscle's known plateau power."""
    min_snr_db: float = 7.0
    """Below it onsets of fast rises come 20 ms early (simulated, 6 dB); at 8 dB the intervals still
    cover what they claim (scenario X2 of ``python -m benchmarks.accuracy``)."""
    before_s: float = 0.300
    after_s: float = 0.150
    min_rest_s: float = 0.5
    max_rest_drift_db: float = 4.5
    """Slow changes of the rest are followed (rest_path.py): at 30 % fluctuation of a tone of 0.9
    a limit of 3 dB refused a quarter of the bursts whose intervals all covered (simulated)."""
    event_share: float = 0.10
    event_gap_s: float = 0.030
    """The margin m of method.md section 1."""
    valley_share: float = 0.25
    """Two modes are two events when the posterior between them falls below this share of the
    lower mode: one wide bump is an uncertain event, not two. Proposal."""
    mode_smooth_s: float = 0.009
    """Smoothing before modes are counted: below the width of any real mode. Proposal."""
    edge_share: float = 0.025
    edge_s: float = 0.010
    spectrum: SpectrumParams = field(default_factory=SpectrumParams)
    """A burst without the spectrum of muscle is no onset."""
    lines: LineParams = field(default_factory=LineParams)
    """Hum that grew with the movement: a cable or an electrode that is not fast."""


@dataclass(frozen=True, slots=True)
class Flags:
    """Why samples are invalid, each ``(n_samples,)``; None where a cause cannot be known.

    ``missing`` are gaps and the settling after them, ``poor_contact`` an electrode reported off.
    """

    missing: BoolArray
    saturated: BoolArray | None = None
    poor_contact: BoolArray | None = None


def evidence_gates(
    posterior: OnsetPosterior,
    snr_db: float,
    level_uv: float,
    known_level_uv: float | None,
    params: GateParams,
) -> tuple[UnclearReason, ...]:
    """Return ``no_onset`` and ``low_snr`` where they apply."""
    reasons: list[UnclearReason] = []
    weak = known_level_uv is not None and level_uv**2 < params.min_level_share * known_level_uv**2
    if posterior.log_bayes < params.min_log_bayes or weak:
        reasons.append("no_onset")
    if snr_db < params.min_snr_db:
        reasons.append("low_snr")
    return tuple(reasons)


def spectrum_gates(
    activity: FloatArray, rate_hz: float, params: GateParams
) -> tuple[UnclearReason, ...]:
    """Return ``no_onset`` when the burst has not the spectrum of muscle.

    ``activity`` is the autocovariance of the plateau less that of the rest, ``(order + 1,)``.
    """
    if activity[0] <= 0.0:
        return ()
    found = float(middle_hz(activity[:1], activity[1:2], rate_hz)[0])
    return () if params.spectrum.is_muscle(found) else ("no_onset",)


def line_gates(
    x: FloatArray,
    valid: BoolArray,
    onset: float,
    rest_power: float,
    rate_hz: float,
    params: GateParams,
) -> tuple[UnclearReason, ...]:
    """Return ``poor_contact`` when the burst begins with mains hum; see ``line_share``."""
    share = line_share(x, valid, onset, rest_power, rate_hz, params.lines)
    return ("poor_contact",) if share >= params.lines.least_share else ()


def sample_gates(
    flags: Flags, onset: float, rate_hz: float, params: GateParams
) -> tuple[UnclearReason, ...]:
    """Return ``gap``, ``saturated``, ``poor_contact`` for flagged samples around an onset.

    ``onset`` is in samples of the flags' grid.
    """
    low = max(0, int(np.floor(onset - params.before_s * rate_hz)))
    high = max(0, int(np.ceil(onset + params.after_s * rate_hz)) + 1)
    named: tuple[tuple[UnclearReason, BoolArray | None], ...] = (
        ("gap", flags.missing),
        ("saturated", flags.saturated),
        ("poor_contact", flags.poor_contact),
    )
    return tuple(
        reason for reason, mask in named if mask is not None and bool(np.any(mask[low:high]))
    )


def rest_gates(
    rest: RestStats, floor_power: float, params: GateParams
) -> tuple[UnclearReason, ...]:
    """Return ``no_rest`` when there is too little rest or its level changed.

    ``floor_power`` is the noise added to the rest: what lies far below it does not matter.
    """
    short = rest.duration_s < params.min_rest_s
    drift = abs(rest.drift_db(floor_power))
    return ("no_rest",) if short or drift > params.max_rest_drift_db else ()


def shape_gates(
    posterior: OnsetPosterior, window_s: tuple[float, float], params: GateParams
) -> tuple[UnclearReason, ...]:
    """Return ``several_bursts`` and ``edge`` as the posterior's shape and place demand."""
    reasons: list[UnclearReason] = []
    if has_several_events(posterior, params):
        reasons.append("several_bursts")
    times = posterior.t0_s + posterior.step_s * np.arange(len(posterior.p))
    early = float(np.sum(posterior.p[times < window_s[0] + params.edge_s]))
    late = float(np.sum(posterior.p[times > window_s[1] - params.edge_s]))
    if max(early, late) > params.edge_share:
        reasons.append("edge")
    return tuple(reasons)


def has_several_events(posterior: OnsetPosterior, params: GateParams) -> bool:
    """Tell whether the posterior has two separate events of at least 10 %, > m apart."""
    return bool(valleys(posterior, params))


def valleys(posterior: OnsetPosterior, params: GateParams) -> tuple[int, ...]:
    """Return where separate events of a posterior part: indices of the least between them."""
    width = max(1, round(params.mode_smooth_s / posterior.step_s) | 1)
    p = np.convolve(posterior.p, np.ones(width) / width, mode="same")
    cumulative = running_sum(p) / float(np.sum(p))
    rising = np.maximum.accumulate(p)
    falling = np.maximum.accumulate(p[::-1])[::-1]
    low = np.nonzero(
        (p < params.valley_share * np.minimum(rising, falling))
        & (cumulative[:-1] >= params.event_share)
        & (1.0 - cumulative[:-1] >= params.event_share)
    )[0]
    found: list[int] = []
    for run in np.split(low, np.flatnonzero(np.diff(low) > 1) + 1) if len(low) else ():
        if any(_apart(p, int(k)) * posterior.step_s > params.event_gap_s for k in run):
            found.append(int(run[np.argmin(p[run])]))
    return tuple(found)


def _apart(p: FloatArray, k: int) -> int:
    """Return the steps between the highest points on both sides of a place."""
    return k + int(np.argmax(p[k:])) - int(np.argmax(p[: k + 1]))
