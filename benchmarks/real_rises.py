"""How bursts of real recordings rise: by which ramp, and in which time.

Holds the chain's own likelihood, with all five ramps equally likely and rises of 12 ms to 1 s,
against bursts that begin from rest in recordings of others (looked for in ``$FIRINGORDER_DATA`` or
``../shared/data``; none is part of the project). Where an onset lies is not known there, and no
error is told. ``python -m benchmarks.real_rises``
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.accuracy.foreign import MARKS, conditioned, folder, looked_at, tang_signals
from firingorder.signal.refine import OnsetParams
from firingorder.signal.rises import Ramp, rises

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from firingorder.samples import BoolArray, FloatArray

RAMPS: tuple[Ramp, ...] = ("linear", "recruited", "cosine", "root", "exponential")
#: A burst of recordings without marks: this many times the quiet RMS, most of 0.2 s long, after
#: 0.6 s of quiet. Only says where to look.
OVER_QUIET, LASTS_S, QUIET_S = 8.0, 0.2, 0.6
#: Holds whose start is known to about 0.1 s by eye: test, channel of the working muscle, start.
HOLDS = (("ID08_TA", 2, 0.65), ("ID05_BF", 1, 0.55), ("ID22_TA", 2, 1.4), ("ID22_BF", 1, 0.5),
         ("ID23_BF", 1, 0.5))  # fmt: skip
BICEPS_AND_THUMB = ("emg_bursts", "emg_1000_hz_16_bits", "emg_1000_hz_8_16_bits", "emg_fatigue")


@dataclass(frozen=True, slots=True)
class Recording:
    """One channel at the analysis rate, ``(n,)``, and about when its bursts begin."""

    name: str
    emg: FloatArray
    valid: BoolArray
    starts_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What one burst says: ``(n_hypotheses,)`` log-likelihood of each rise, not tempered."""

    name: str
    snr_db: float
    log: FloatArray


def evenly_likely(params: OnsetParams) -> OnsetParams:
    """Return the numbers of the chain with every ramp and rise time equally likely."""
    rise = params.edge.rise
    even = replace(
        rise,
        rise_weight=(1.0,) * len(rise.rise_s),
        ramps=RAMPS,
        ramp_weight=(1.0,) * len(RAMPS),
        slow_smooth=1.0,
    )
    return replace(params, edge=replace(params.edge, rise=even))


def main() -> int:
    """Print the table and return the exit status."""
    base = folder()
    if base is None:
        print("The recordings are missing: set FIRINGORDER_DATA, or put them at ../shared/data.")
        return 2
    params = evenly_likely(OnsetParams())
    grid = rises(params.edge.rise)
    said = [one for recording in recordings(base) for one in spoken(recording, params)]
    print("recording                        bursts  SNR dB  share of each ramp: "
          f"{', '.join(RAMPS)}  rise time, ms: 10, 50, 90 %")  # fmt: skip
    for name in dict.fromkeys(one.name for one in said):
        _row(name, [one for one in said if one.name == name], grid.ramp, grid.rise_s)
    _row("all", said, grid.ramp, grid.rise_s)
    return 0


def _row(name: str, said: list[Said], ramp: np.ndarray, rise_s: FloatArray) -> None:
    weights = learnt_weights(np.stack([one.log for one in said]))
    shares = [float(np.sum(weights[ramp == k])) for k in range(len(RAMPS))]
    times = np.unique(rise_s)
    below = np.cumsum([np.sum(weights[rise_s == t]) for t in times])
    quantiles = [1e3 * times[np.searchsorted(below, q)] for q in (0.1, 0.5, 0.9)]
    snr = np.median([one.snr_db for one in said])
    print(f"{name:32s} {len(said):6d}  {snr:6.0f}  {'  '.join(f'{s:.2f}' for s in shares)}"
          f"  {' '.join(f'{q:5.0f}' for q in quantiles)}")  # fmt: skip


def learnt_weights(logs: FloatArray, steps: int = 200) -> FloatArray:
    """Return how often each rise occurs, ``(n_hypotheses,)``, by expectation-maximisation.

    ``logs`` are ``(n_bursts, n_hypotheses)``.
    """
    likelihood = np.exp(logs - np.max(logs, axis=1, keepdims=True))
    weights = np.full(logs.shape[1], 1.0 / logs.shape[1])
    for _ in range(steps):
        weights = weights * np.mean(likelihood / (likelihood @ weights)[:, None], axis=0)
    return weights


def spoken(recording: Recording, params: OnsetParams) -> Iterator[Said]:
    """Yield what each burst says that stands clear of rest."""
    for start_s in recording.starts_s:
        result = looked_at(recording.emg, recording.valid, start_s, params)
        if result.posterior is None or result.snr_db is None or "no_onset" in result.gates:
            continue
        log = result.posterior.log_evidence / params.edge.rise.beta
        yield Said(recording.name, result.snr_db, log)


def recordings(base: Path) -> Iterator[Recording]:
    """Yield what there is."""
    if (base / "semgdetection_tang2022").is_dir():
        marks: dict[str, list[list[float]]] = json.loads(MARKS.read_text())["channels"]
        for name, x in tang_signals(base / "semgdetection_tang2022", marks):
            emg, valid = conditioned(x, 2000.0)
            yield Recording(
                f"tang2022 {name}", emg, valid, tuple(0.5 * (a + b) for a, b in marks[name])
            )
    if (base / "bsnb").is_dir():
        yield from _bsnb(base / "bsnb")
    if (base / "elderly_emg_dyn").is_dir():
        for name, channel, start_s in HOLDS:
            x = np.load(base / "elderly_emg_dyn" / "tests" / f"{name}.npz")["emg_uv"][:, channel]
            emg, valid = conditioned(x - np.mean(x), 2000.0)
            yield Recording("elderly_emg_dyn, holds", emg, valid, (start_s,))


def _bsnb(path: Path) -> Iterator[Recording]:
    import h5py  # not needed for the other recordings

    for name in BICEPS_AND_THUMB:
        with h5py.File(path / f"{name}.h5") as file:
            devices: Any = file
            for device in devices.values():
                if device.attrs["sampling rate"] != 1000:
                    continue
                for channel in (c for c in device["raw"] if c.startswith("channel")):
                    x = np.asarray(device["raw"][channel][:], dtype=np.float64).ravel()
                    emg, valid = conditioned(x - np.mean(x), 1000.0)
                    yield Recording(f"bsnb {name} {channel[-1]}", emg, valid, starts_of(emg))


def starts_of(emg: FloatArray, rate_hz: float = 1000.0) -> tuple[float, ...]:
    """Return about when bursts begin after quiet, s."""
    width, lasts, quiet = 50, round(LASTS_S * rate_hz), round(QUIET_S * rate_hz)
    level = np.sqrt(np.convolve(emg**2, np.full(width, 1.0 / width), "same"))
    on = level > OVER_QUIET * np.median(np.sort(level)[: len(level) // 3])
    starts = np.flatnonzero(np.diff(on.astype(np.int8)) == 1)
    return tuple(
        float(k) / rate_hz
        for k in starts
        if k >= quiet
        and np.mean(on[k : k + lasts]) >= 0.7
        and np.mean(on[k - quiet : k - 20]) < 0.05
    )


if __name__ == "__main__":
    sys.exit(main())
