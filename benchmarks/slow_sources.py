"""Onsets from slow sources: ``python -m benchmarks.slow_sources``. Everything is simulated.

The trials of :mod:`benchmarks.accuracy` at 1000 samples a second and, thinned as a converter with
a sinc3 filter thins them, at 500: bias and SD of onsets, coverage and width of the intervals of
onsets and leads, without and with what :mod:`firingorder.signal.timing_error` adds. Not part of
``make bench``: this is about truth, not speed.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy import signal as sps

from benchmarks.accuracy import ours
from benchmarks.accuracy.scenarios import BY_NAME
from benchmarks.accuracy.trials import REPORT_SEED, make_trial
from firingorder.samples import EmgLayout, FloatArray
from firingorder.signal.order import lead
from firingorder.signal.timing_error import TimingError, timing_error

if TYPE_CHECKING:
    from firingorder.signal.posterior import OnsetPosterior

SCENARIOS = (
    *(f"X{k}" for k in range(1, 7)),
    *("G1_step20_20dB", "G4_100ms_20dB", "G9_300ms_30dB", "R1_all"),
)
#: Leads of channel a against channel b of this many trials.
PARTNERS = 5
FULL_HZ, SLOW_HZ = 1000.0, 500.0
#: The trials are put on this grid before a slow converter takes them.
_FINE_HZ = 4000.0


@dataclass(slots=True)
class Score:
    """Errors and intervals of one way of sampling, in ms."""

    errors_ms: list[float] = field(default_factory=list[float])
    onsets_inside: list[bool] = field(default_factory=list[bool])
    leads_inside: list[bool] = field(default_factory=list[bool])
    widths_ms: list[float] = field(default_factory=list[float])


def through_sinc3(raw_uv: FloatArray) -> FloatArray:
    """Return ``(n, channels)`` at 1000 Hz as a converter of 500 Hz gives it, its delay removed.

    Three moving means of one output period each. The middle of the filter falls between two
    samples of the fine grid, so the output is early by 0.125 ms, which is let be.
    """
    width = round(_FINE_HZ / SLOW_HZ)
    fine = sps.resample_poly(raw_uv, round(_FINE_HZ / FULL_HZ), 1, axis=0)
    box = np.ones(width) / width
    taps = np.convolve(np.convolve(box, box), box)
    smooth = sps.fftconvolve(fine, taps[:, None], axes=0)
    return smooth[(len(taps) - 1) // 2 :: width][: len(raw_uv) // 2]


def score(name: str, rate_hz: float, error: TimingError, trials: int, seed: int) -> Score:
    """Return what comes of one scenario; ``error`` is added to every onset."""
    scenario = BY_NAME[name]
    ours.RATE_HZ = rate_hz
    found: list[tuple[OnsetPosterior, OnsetPosterior]] = []
    truth: list[tuple[float, float]] = []
    out = Score()
    for k in range(trials):
        trial = make_trial(scenario, seed, k)
        raw_uv = trial.raw_uv if rate_hz == FULL_HZ else through_sinc3(trial.raw_uv)
        a, b = ours.onsets_of(trial, ours.condition(raw_uv))
        if a.posterior is None or b.posterior is None:
            out.onsets_inside += [False, False]
            out.leads_inside.append(False)
            continue
        found.append((error.widened(a.posterior), error.widened(b.posterior)))
        truth.append(trial.onsets_s)
    for pair, true_s in zip(found, truth, strict=True):
        for one, at_s in zip(pair, true_s, strict=True):
            onset = one.estimate
            out.errors_ms.append(1e3 * (onset.onset_s - at_s))
            out.onsets_inside.append(onset.low_s <= at_s <= onset.high_s)
    for i in range(len(found)):
        for j in range(i, i + (1 if scenario.real_lags else PARTNERS)):
            other = j % len(found)
            one = lead(found[i][0], found[other][1])
            true_ms = 1e3 * (truth[other][1] - truth[i][0])
            out.leads_inside.append(one.low_ms <= true_ms <= one.high_ms)
            out.widths_ms.append(one.high_ms - one.low_ms)
    return out


def main(argv: list[str]) -> int:
    """Print one row a scenario and way of sampling, then the means."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.slow_sources", description=__doc__)
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--seed", type=int, default=REPORT_SEED)
    args = parser.parse_args(argv)
    added = timing_error(EmgLayout(SLOW_HZ, ("a", "b")), ours.SETTINGS.order.timing)
    ways = (
        ("1000 Hz", FULL_HZ, TimingError()),
        ("500 Hz, as found", SLOW_HZ, TimingError()),
        ("500 Hz, as told", SLOW_HZ, added),
    )
    print(f"simulated; cold; {args.trials} trials a scenario, seed {args.seed}; ms and %")
    print(
        f"{'scenario':<16}{'sampled':<18}{'bias':>6}{'SD':>6}{'onset95':>9}{'lead95':>8}{'width':>7}"
    )
    rows: dict[str, list[list[float]]] = {way: [] for way, _, _ in ways}
    for name in SCENARIOS:
        for way, rate_hz, error in ways:
            rows[way].append(_figures(score(name, rate_hz, error, args.trials, args.seed)))
            _print(name, way, rows[way][-1])
    for way, _, _ in ways:
        _print("mean", way, np.mean(rows[way], axis=0).tolist())
    return 0


def _figures(one: Score) -> list[float]:
    return [
        float(np.mean(one.errors_ms)),
        float(np.std(one.errors_ms)),
        100.0 * float(np.mean(one.onsets_inside)),
        100.0 * float(np.mean(one.leads_inside)),
        float(np.median(one.widths_ms)),
    ]


def _print(name: str, way: str, row: list[float]) -> None:
    bias, sd, onset, lead95, width = row
    print(
        f"{name:<16}{way:<18}{bias:>+6.1f}{sd:>6.1f}{onset:>9.1f}{lead95:>8.1f}{width:>7.0f}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
