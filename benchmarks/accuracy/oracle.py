"""The limit: exact Gaussian likelihood of clean signals, with the rise known (O1) or not (O2).

x is Gaussian with covariance e(t) R_muscle e(t') + R_noise, where e is known but for its start
(and, for O2, its rise). The factors of every hypothesis serve all trials at once, so the cost is
one Cholesky factorisation per start and rise. Both autocovariances are those of the simulator's
own filters, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cholesky, solve_triangular, toeplitz

from benchmarks.accuracy.answers import OnsetAnswer, answer
from benchmarks.accuracy.scenarios import BY_NAME
from benchmarks.accuracy.trials import (
    RATE_HZ,
    REPORT_SEED,
    REST_UV,
    bursts_of,
    make_trial,
)
from firingorder.signal.posterior import OnsetPosterior
from firingorder.simulation.bursts import Burst, envelope
from firingorder.simulation.noise import block_samples, shaping_filter
from firingorder.simulation.synth import muscle_power, noise_power

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.accuracy.scenarios import MuscleSpec
    from firingorder.samples import FloatArray

#: Rises that O2 first looks at, log-spaced (ms); equally likely per ratio.
COARSE_RISES_MS = tuple(float(rise) for rise in np.geomspace(12.0, 450.0, 16))
#: Rises within this of the best one of some trial (nats), and their neighbours, are looked at again
#: on a fine grid, finer the better the signal: at 30 dB a rise is known to a percent, and a coarse
#: grid would be no limit.
NEAR_NATS = 12.0
FINE_STEP_AT_0_DB = 0.5
LARGEST_FINE_STEP = 0.12
MOST_FINE_RISES = 28
#: Rest before the earliest start, and plateau after the latest, that the likelihood sees.
BEFORE_S = 0.050
AFTER_S = 0.080
#: Starts considered about the true one, which lies anywhere within a millisecond grid of its own:
#: fine near it and coarse far away, where the likelihood is smooth and small.
REACH_S = 0.200
JITTER = 1e-9


@dataclass(frozen=True, slots=True)
class Side:
    """What an oracle looks at: a muscle and a channel, forwards (onset) or backwards (offset)."""

    muscle: MuscleSpec
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class OracleRows:
    """Posteriors ``(columns, points)``; grid start about the truth and truth, seconds."""

    p: FloatArray
    zero_s: FloatArray
    truth_s: FloatArray
    step_s: float

    def answers(self) -> list[OnsetAnswer]:
        """Return every posterior against its truth."""
        return [
            answer(OnsetPosterior(truth + zero, self.step_s, p), truth)
            for p, zero, truth in zip(
                self.p, self.zero_s.tolist(), self.truth_s.tolist(), strict=True
            )
        ]


def start_grid_s(fine_s: float) -> FloatArray:
    """Return starts about zero whose spacing grows with the distance, ``fine_s`` at the centre."""
    out = [0.0]
    while out[-1] < REACH_S:
        out.append(out[-1] + max(fine_s, 0.09 * out[-1]))
    half = np.array(out)
    return np.concatenate([-half[:0:-1], half])


def oracle_posteriors(
    muscle: MuscleSpec,
    where: Sequence[tuple[str, int]],
    trials: int,
    *,
    rise_known: bool,
    backwards: bool = False,
) -> OracleRows:
    """Return the posteriors of a muscle in the clean twins of the report trials.

    ``where`` names scenarios and channels in which it is the muscle. ``backwards``: of its
    offsets, fall known.
    """
    side = Side(replace(muscle, tone_fluctuation=0.0, plateau_fluctuation=0.0), backwards)
    signals, fractions_s, truths_s = _windows(where, trials, side)
    fine_s = 0.001 if muscle.snr_db >= 15.0 or muscle.rise_ms < 60.0 else 0.002
    starts = start_grid_s(fine_s)
    if rise_known or backwards:
        total = _log_likelihood(signals, starts, side.muscle, side)
    else:
        total = np.full((len(starts), signals.shape[1]), -np.inf)
        for rise_ms in _rises_that_matter(signals, starts, side):
            blind = _blind(side.muscle, rise_ms)
            total = np.logaddexp(total, _log_likelihood(signals, starts, blind, side))
    posteriors: list[FloatArray] = []
    zeros: list[float] = []
    reach = int(starts[-1] * RATE_HZ)
    grid_s = np.arange(-reach, reach + 1) / RATE_HZ
    for k in range(signals.shape[1]):
        value = np.interp(grid_s, starts, total[:, k])
        p = np.exp(value - np.max(value))
        p /= np.sum(p)
        # Starts are relative to the sample nearest to the truth; backwards, time is mirrored.
        posteriors.append(p[::-1] if backwards else p)
        zeros.append(float(grid_s[0]) - fractions_s[k])
    return OracleRows(np.array(posteriors), np.array(zeros), np.array(truths_s), 1.0 / RATE_HZ)


def _blind(muscle: MuscleSpec, rise_ms: float) -> MuscleSpec:
    """Return the muscle as one who does not know its rise or ramp would think of it."""
    return replace(muscle, rise_ms=rise_ms, shape="linear")


def _rises_that_matter(signals: FloatArray, starts_s: FloatArray, side: Side) -> list[float]:
    """Return a fine log-spaced grid over the rises that any trial gives some weight."""
    best = np.array(
        [
            np.max(_log_likelihood(signals, starts_s[::3], _blind(side.muscle, rise_ms), side), 0)
            for rise_ms in COARSE_RISES_MS
        ]
    )
    near = np.flatnonzero(np.any(best > np.max(best, axis=0) - NEAR_NATS, axis=1))
    low = COARSE_RISES_MS[max(0, int(near[0]) - 1)]
    high = COARSE_RISES_MS[min(len(COARSE_RISES_MS) - 1, int(near[-1]) + 1)]
    step = min(LARGEST_FINE_STEP, FINE_STEP_AT_0_DB * 10.0 ** (-side.muscle.snr_db / 20.0))
    count = min(MOST_FINE_RISES, 1 + int(np.ceil(np.log(high / low) / np.log1p(step))))
    return [float(rise_ms) for rise_ms in np.geomspace(low, high, count)]


def _span(muscle: MuscleSpec, side: Side) -> tuple[int, int]:
    """Return the samples before and after the one nearest to the truth."""
    rise_s = (muscle.fall_ms if side.backwards else muscle.rise_ms) / 1e3 + muscle.main_after_s
    before = round((REACH_S + BEFORE_S) * RATE_HZ)
    return before, round((REACH_S + rise_s + AFTER_S) * RATE_HZ)


def _windows(
    where: Sequence[tuple[str, int]], trials: int, side: Side
) -> tuple[FloatArray, list[float], list[float]]:
    """Signals ``(n, columns)`` about the truths, and where the truths lie."""
    before, after = _span(side.muscle, side)
    columns: list[FloatArray] = []
    fractions: list[float] = []
    truths: list[float] = []
    for name, channel in where:
        for k in range(trials):
            trial = make_trial(BY_NAME[name], REPORT_SEED, k, clean=True)
            truth_s = (trial.offsets_s if side.backwards else trial.onsets_s)[channel]
            centre = round(truth_s * RATE_HZ)
            x = trial.raw_uv[:, channel]
            if side.backwards:
                part = x[centre - after + 1 : centre + before + 1][::-1]
            else:
                part = x[centre - before : centre + after]
            if len(part) < before + after:
                raise ValueError(f"{name}: too little rest about the burst")
            columns.append(part / REST_UV)
            fractions.append(truth_s - centre / RATE_HZ)
            truths.append(truth_s)
    return np.stack(columns, axis=1), fractions, truths


def _log_likelihood(
    signals: FloatArray, starts_s: FloatArray, muscle: MuscleSpec, side: Side
) -> FloatArray:
    """Exact log-likelihood of every start, ``(starts, trials)``."""
    n = len(signals)
    before, _ = _span(side.muscle, side)
    tissue = toeplitz(autocovariance(muscle, n, noise=False))
    noise = toeplitz(autocovariance(muscle, n, noise=True))
    noise *= 1.0 - muscle.tone
    t_s = (np.arange(n) - before) / RATE_HZ
    rest, top = np.sqrt(muscle.tone), 10.0 ** (muscle.snr_db / 20.0)
    out = np.empty((len(starts_s), signals.shape[1]))
    for row, start_s in enumerate(starts_s):
        e = rest + (top - rest) * _shape(muscle, t_s, float(start_s), side)
        covariance = tissue * (e[:, None] * e[None, :]) + noise
        covariance[np.diag_indices(n)] += JITTER * covariance[-1, -1]
        factor = cholesky(covariance, lower=True, overwrite_a=True, check_finite=False)
        z = solve_triangular(factor, signals, lower=True, check_finite=False)
        log_det = float(np.sum(np.log(np.diag(factor))))
        out[row] = -log_det - 0.5 * np.sum(z**2, axis=0)
    return out


def _shape(muscle: MuscleSpec, t_s: FloatArray, start_s: float, side: Side) -> FloatArray:
    if side.backwards:
        fall_s = muscle.fall_ms / 1e3
        return envelope(Burst("", start_s, fall_s, "cosine", 9.0, 0.1, 0.0), t_s)
    bursts = [replace(b, snr_db=0.0) for b in bursts_of(muscle, "", start_s)]
    return np.max([envelope(b, t_s) for b in bursts], axis=0)


def autocovariance(muscle: MuscleSpec, n: int, *, noise: bool) -> FloatArray:
    """Autocovariance, unit variance, of white noise behind the simulator's shaping filter."""
    power = noise_power if noise else muscle_power(muscle.low_hz, muscle.high_hz)
    taps = shaping_filter(power, RATE_HZ, block_samples(RATE_HZ) // 2)
    size = 1 << int(np.ceil(np.log2(2 * len(taps) + n)))
    r = np.fft.irfft(np.abs(np.fft.rfft(taps, size)) ** 2, size)
    return r[:n]
