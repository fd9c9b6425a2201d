"""Rest tone and gap time (B9), signal to noise (B25)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.metrics.amount import (
    Z95,
    Amount,
    log_ratio,
    metric,
    refused,
    wilson,
)
from firingorder.signal.metrics.level import (
    effective_dof,
    likeness,
    power_bounds,
    reference_gate,
)
from firingorder.signal.metrics.record import MetricsParams

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.measures import Metric
    from firingorder.samples import FloatArray
    from firingorder.signal.metrics.level import Levels
    from firingorder.signal.metrics.windows import Window
    from firingorder.signal.reference import PersonalReference


@dataclass(frozen=True, slots=True)
class RestParams:
    """Limits of B9; proposals."""

    tone_s: float = 10.0
    """Lying still, after a minute of it: the caller waits for that."""
    over_noise: float = 2.0
    gap_level: float = 0.01
    """Of the reference; and how long it must last to be a gap."""
    gap_s: float = 0.2
    piece_s: float = 1.0
    """Gap time is counted in pieces that are told from each other: its error."""


def rest_tone(
    x_uv: FloatArray, system_noise_uv: float | None, rate_hz: float, params: RestParams
) -> Amount:
    """Return the RMS of one channel lying still, microvolts (B9).

    Below twice the noise of the system itself it has the gate ``at_noise_floor`` and that limit
    as its bound: no more than this.

    Parameters
    ----------
    x_uv
        ``(n,)`` conditioned signal, NaN where missing.
    system_noise_uv
        RMS of the amplifier with its inputs joined, in the same band; None: not known.
    """
    if len(x_uv) < params.tone_s * rate_hz - 1:
        return refused("too_short")
    if np.isnan(x_uv).any():
        return refused("gap")
    own = MetricsParams()
    size = round(own.block_s * rate_hz)
    count = len(x_uv) // size
    blocks = np.mean(x_uv[: count * size].reshape(count, size) ** 2, axis=1)[:, None]
    alike = likeness(x_uv[:, None][: round(2.0 * rate_hz)], rate_hz, own)
    mean = np.mean(x_uv**2, keepdims=True)
    dof = effective_dof(blocks, size / alike, np.array([float(count)]))
    low, high = power_bounds(mean, dof)
    value, bottom, top = (math.sqrt(float(one[0])) for one in (mean, low, high))
    if value <= own.flat_uv:
        return refused("poor_contact")
    if system_noise_uv is not None and value < params.over_noise * system_noise_uv:
        return Amount(
            value, 0.0, max(top, params.over_noise * system_noise_uv), 1, "at_noise_floor"
        )
    return Amount(value, bottom, top, round(float(dof[0])))


def gap_time(
    x_uv: FloatArray,
    noise_uv: float | None,
    reference_uv: float | None,
    rate_hz: float,
    params: RestParams,
) -> Amount:
    """Return the share of time below 1 % of the reference for more than 0.2 s, 0 to 1 (B9).

    Refused where 1 % of the reference drowns in the chance of the noise itself. The error counts
    seconds as one trial each (Wilson): gaps come and go at that scale, a proposal.
    """
    if reference_uv is None or noise_uv is None:
        return refused("not_normalised")
    if len(x_uv) < params.tone_s * rate_hz - 1:
        return refused("too_short")
    if np.isnan(x_uv).any():
        return refused("gap")
    own = MetricsParams()
    size = round(own.block_s * rate_hz)
    count = len(x_uv) // size
    power = np.mean(x_uv[: count * size].reshape(count, size) ** 2, axis=1)
    alike = float(likeness(x_uv[:, None][: round(2.0 * rate_hz)], rate_hz, own)[0])
    below_uv2 = (params.gap_level * reference_uv) ** 2
    if below_uv2 < 2.0 * Z95 * noise_uv**2 * math.sqrt(2.0 * alike / size):
        return refused("at_noise_floor")
    low = np.concatenate([[False], power < noise_uv**2 + below_uv2, [False]])
    edges = np.flatnonzero(low[1:] != low[:-1])
    lengths = edges[1::2] - edges[::2]
    inside = int(np.sum(lengths[lengths * size > params.gap_s * rate_hz]))
    share = inside / count
    pieces = max(1, round(len(x_uv) / rate_hz / params.piece_s))
    around = wilson(round(share * pieces), pieces)
    return Amount(share, min(around.low, share), max(around.high, share), pieces)


def rest_metrics(
    x_uv: FloatArray,
    channels: tuple[str, ...],
    reference: PersonalReference,
    rate_hz: float,
    *,
    system_noise_uv: dict[str, float] | None = None,
    params: RestParams | None = None,
) -> tuple[Metric, ...]:
    """Return B9 of each channel over a stretch of lying still, ``x_uv`` ``(n, n_channels)``."""
    p, own = params or RestParams(), MetricsParams()
    found: list[Metric] = []
    for k, name in enumerate(channels):
        noise = (system_noise_uv or {}).get(name)
        tone = rest_tone(x_uv[:, k], noise, rate_hz, p)
        found.append(metric("B9", "rest_tone", name, "uV", tone))
        gate = reference_gate(reference, name, own)
        percent, gaps = refused(gate or "not_normalised"), refused(gate or "not_normalised")
        reference_uv = reference.reference_uv(name)
        if gate is None and reference_uv is not None:
            percent = tone.scaled(100.0 / reference_uv)
            gaps = gap_time(x_uv[:, k], noise, reference_uv, rate_hz, p).scaled(100.0)
        found.append(metric("B9", "rest_tone_percent", name, "%", percent))
        found.append(metric("B9", "gap_time", name, "%", gaps))
    return tuple(found)


def snr_db(burst: Amount, rest: Amount) -> Amount:
    """Return 20 log10 of burst over rest RMS, noise and all, dB (B25)."""
    return log_ratio(burst, rest).scaled(20.0 / math.log(10.0))


def snr_metrics(
    levels: Levels,
    channels: tuple[str, ...],
    window: Window | None,
    rest_uv: Callable[[str], float | None],
) -> list[Metric]:
    """Return B25 of each channel: the work window against the rest before the repetition.

    ``rest_uv`` gives the calibrated rest of a channel, for when no rest came before.
    """
    found: list[Metric] = []
    for k, name in enumerate(channels):
        gate = levels.gate(name)
        rest, known = levels.rest(name), rest_uv(name)
        if gate is None and window is None:
            gate = "no_phase"
        if gate is None and rest is None and known is None:
            gate = "no_baseline"
        amount = refused(gate or "not_measured")
        if gate is None and window is not None:
            power = levels.power(*window)
            burst = _root(float(power.mean[k]), float(power.low[k]), float(power.high[k]))
            quiet = Amount(known or 0.0, known or 0.0, known or 0.0)
            if rest is not None:
                quiet = _root(*rest)
            whole = power.valid[k] >= MetricsParams().least_valid
            amount = snr_db(burst, quiet) if whole else refused("gap")
            if amount.gate == "at_noise_floor":  # a power of zero is a dead channel
                amount = refused("poor_contact")
        found.append(metric("B25", "snr", name, "dB", amount))
    return found


def _root(power: float, low: float, high: float) -> Amount:
    return Amount(math.sqrt(power), math.sqrt(low), math.sqrt(high))
