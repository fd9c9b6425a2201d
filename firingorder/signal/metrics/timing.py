"""Times of a repetition: onsets, leads, reaction, offset, duration, time to quiet (B1-B8).

Onsets, leads and verdicts are made elsewhere and only told here as metrics. Order needs no
normalisation: these are valid for people who cannot do a maximal contraction.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.metrics.amount import Amount, difference, metric, refused, wilson
from firingorder.signal.metrics.ratios import lead_amount

if TYPE_CHECKING:
    from firingorder.findings import OnsetEstimate, SetFinding
    from firingorder.measures import Metric
    from firingorder.samples import FloatArray
    from firingorder.signal.metrics.record import MetricsParams, RepetitionData


def instant(onset: OnsetEstimate | None) -> Amount:
    """Return an onset or offset as an amount, seconds."""
    if onset is None:
        return refused("no_onset")
    return Amount(onset.onset_s, onset.low_s, onset.high_s)


def lead_to_movement(data: RepetitionData, channel: str) -> Amount:
    """Return movement - onset, seconds, positive: before the movement (B5)."""
    phases = data.phases
    if phases.movement_onset_s is None:
        return refused("no_phase")
    if phases.trust != "ok" or phases.error_s is None:
        return refused("low_trust")
    move, error = phases.movement_onset_s, phases.error_s
    return difference(Amount(move, move - error, move + error), instant(data.onsets.get(channel)))


def reaction(data: RepetitionData, channel: str) -> Amount:
    """Return onset - cue - measured latency of the cue, seconds (B6)."""
    if data.phases.cue_s is None:
        return refused("no_cue")
    if data.cue_latency_s is None:
        return refused("no_latency")
    latency, error = data.cue_latency_s
    heard = data.phases.cue_s + latency
    return difference(
        instant(data.onsets.get(channel)), Amount(heard, heard - error, heard + error)
    )


def time_to_quiet(
    squares_uv2: FloatArray,
    rest: tuple[float, float],
    rate_hz: float,
    params: MetricsParams,
) -> Amount:
    """Return the time until a muscle is quiet, seconds from the first sample (B8).

    Quiet is a 50 ms RMS of at most the rest's mean + 3 SD for 0.5 s. The interval is that of the
    instant at which the level behind the RMS falls to that limit: early, where the RMS was last
    louder than chance makes it; late, the end of the first quiet window.

    Parameters
    ----------
    squares_uv2
        ``(n,)`` squared signal from the release on, NaN where missing.
    rest
        Mean and SD of the 50 ms RMS at rest, microvolts.
    """
    width = max(1, round(params.block_s * rate_hz))
    hop = max(1, width // 5)
    needed = math.ceil(params.quiet_s * rate_hz / hop)
    cap = round(params.quiet_cap_s * rate_hz)
    squares_uv2 = squares_uv2[: cap + width + needed * hop]
    if len(squares_uv2) < width + needed * hop:
        return refused("too_short")
    if np.isnan(squares_uv2).any():
        return refused("gap")
    sums = np.concatenate([[0.0], np.cumsum(squares_uv2)])
    starts = np.arange(0, len(squares_uv2) - width + 1, hop)
    rms = np.sqrt(np.maximum(sums[starts + width] - sums[starts], 0.0) / width)
    mean, sd = rest
    limit = mean + params.quiet_sd * sd
    found = _first_quiet(rms, limit, needed)
    if found is None or starts[found] > cap:
        if len(squares_uv2) < cap:
            return refused("too_short")
        return Amount(math.nan, params.quiet_cap_s, math.inf, gate="beyond_cap")
    # The loudest of the windows of half a second passes this by chance once in forty times.
    windows = max(1.0, params.quiet_s / params.block_s)
    loudest = NormalDist().inv_cdf(0.975 ** (1.0 / windows))
    chance = math.exp(loudest * sd / mean) if mean > 0.0 else 1.0
    early = _first_quiet(rms, limit * chance, needed)
    half_s = 0.5 * width / rate_hz
    at_s = float(starts[found]) / rate_hz
    early_s = at_s if early is None else min(at_s, float(starts[early]) / rate_hz)
    value = 0.0 if found == 0 else at_s + half_s
    return Amount(value, early_s, at_s + 2.0 * half_s)


def _first_quiet(rms: FloatArray, limit: float, needed: int) -> int | None:
    """Return the first block from which on ``needed`` blocks lie within the limit."""
    loud = np.flatnonzero(rms > limit)
    starts = np.concatenate([np.array([-1]), loud])
    ends = np.concatenate([loud, np.array([len(rms)])])
    long_enough = np.flatnonzero(ends - starts - 1 >= needed)
    return int(starts[long_enough[0]] + 1) if len(long_enough) else None


def rest_envelope(squares_uv2: FloatArray, rate_hz: float, params: MetricsParams) -> Amount:
    """Return the mean of the 50 ms RMS at rest; ``high - value`` is its SD, microvolts."""
    width = max(1, round(params.block_s * rate_hz))
    count = len(squares_uv2) // width
    if count < 5 or np.isnan(squares_uv2).any():
        return refused("no_baseline")
    blocks = squares_uv2[: count * width].reshape(count, width)
    rms: FloatArray = np.sqrt(np.mean(blocks, axis=1))
    mean, sd = float(np.mean(rms)), float(np.std(rms, ddof=1))
    return Amount(mean, mean - sd, mean + sd, count)


def timing_metrics(data: RepetitionData, params: MetricsParams) -> list[Metric]:
    """Return B1, B2, B3, B5, B6 and B7 of a repetition."""
    found: list[Metric] = []
    begins, phases = data.phases.away_s, data.phases
    for name in data.channels:
        onset = instant(data.onsets.get(name))
        found.append(metric("B1", "onset", name, "ms", onset.shifted(-begins).scaled(1e3)))
        found += _durations(data, name, onset)
        if phases.movement_onset_s is not None:
            before = lead_to_movement(data, name)
            found.append(metric("B5", "lead_to_movement", name, "ms", before.scaled(1e3)))
        if phases.cue_s is not None:
            found += reaction_metrics(data, name, params)
    for pair in data.pairs:
        found.append(metric("B2", "lead", f"{pair.a}>{pair.b}", "ms", lead_amount(pair)))
    if data.p_glutes_first is not None:
        p = data.p_glutes_first
        found.append(metric("B3", "p_glutes_first", "", "1", Amount(p, p, p)))
    return found


def reaction_metrics(data: RepetitionData, channel: str, params: MetricsParams) -> list[Metric]:
    """Return the reaction of a channel and its success, 1 or 0; 0 to 1 where it cannot be told."""
    amount = reaction(data, channel)
    found = [metric("B6", "reaction", channel, "ms", amount.scaled(1e3))]
    if amount.gate is None:
        limit = params.reaction_s
        sure, possible = float(amount.high <= limit), float(amount.low <= limit)
        amount = Amount(float(amount.value <= limit), sure, possible)
    return [*found, metric("B6", "reaction_success", channel, "1", amount)]


def set_order(summary: SetFinding) -> list[Metric]:
    """Return the lead a set claims with, and the share of each verdict (B4)."""
    lead = refused("too_few")
    if summary.lead_ms is not None:
        low = -math.inf if summary.claim_low_ms is None else summary.claim_low_ms
        high = math.inf if summary.claim_high_ms is None else summary.claim_high_ms
        lead = Amount(summary.lead_ms, low, high, summary.leads)
    found = [metric("B4", "set_lead", summary.verdict, "ms", lead)]
    for verdict in ("glutes_first", "together", "back_first", "unclear"):
        count = int(getattr(summary, verdict))
        found.append(metric("B4", "verdict_share", verdict, "1", wilson(count, summary.scored)))
    return found


def _durations(data: RepetitionData, name: str, onset: Amount) -> list[Metric]:
    """Offset after the repetition's start, duration, and duration in percent of it (B7)."""
    offset = instant(data.offsets.get(name))
    lasted = difference(offset, onset)
    whole_s = data.phases.end_s - data.phases.away_s
    share = lasted.scaled(100.0 / whole_s) if whole_s > 0.0 else refused("no_phase")
    start = offset.shifted(-data.phases.away_s)
    return [
        metric("B7", "offset", name, "ms", start.scaled(1e3)),
        metric("B7", "duration", name, "ms", lasted.scaled(1e3)),
        metric("B7", "duration_percent", name, "%", share),
    ]
