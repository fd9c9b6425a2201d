"""The product on one trial: the only module that knows how it is put together.

Conditioning, masks, refined onsets and crosstalk run as the desk runs them. Change this module
when the chain gains a step; nothing else of the benchmark needs to know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.cleaning import clean, with_pops
from firingorder.signal.conditioning import Conditioner, Resampler
from firingorder.signal.history import Excerpt
from firingorder.signal.judging import with_crosstalk
from firingorder.signal.live import LiveDetector
from firingorder.signal.refine import refine
from firingorder.signal.rise_memory import RiseMemory
from firingorder.signal.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.accuracy.trials import Trial
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.cleaning import CleanExcerpt
    from firingorder.signal.live import LiveOnset
    from firingorder.signal.refine import OnsetResult

SETTINGS = Settings()
#: A glute and an erector of one side: a pair that the product asks about.
NAMES = ("gluteus_maximus_left", "erector_spinae_left")
#: Onset window about the start of the movement: the bridge's.
WINDOW_S = (-0.600, 0.400)
RATE_HZ = 1000.0


@dataclass(frozen=True, slots=True)
class Conditioned:
    """Conditioned channels on the analysis grid, ``(n, channels)``, from time 0."""

    emg_uv: FloatArray
    low_uv: FloatArray
    valid: BoolArray
    missing: BoolArray
    saturated: BoolArray


def condition(raw_uv: FloatArray) -> Conditioned:
    """Return all channels as the refined onset and the live detector get them."""
    params = SETTINGS.conditioning
    n_channels = raw_uv.shape[1]
    resampler = Resampler(params, RATE_HZ, n_channels)
    conditioner = Conditioner(params, RATE_HZ, n_channels)
    raw = resampler.step(0, raw_uv, np.zeros(raw_uv.shape, dtype=np.bool_))
    blocks = [conditioner.step(block) for block in raw + resampler.flush()]
    return Conditioned(
        np.concatenate([b.emg_uv for b in blocks]),
        np.concatenate([b.low_uv for b in blocks]),
        np.concatenate([b.valid for b in blocks]),
        np.concatenate([b.missing for b in blocks]),
        np.concatenate([b.saturated for b in blocks]),
    )


def onsets_of(
    trial: Trial,
    signals: Conditioned,
    memory: RiseMemory | None = None,
    *,
    find_offset: bool = False,
) -> tuple[OnsetResult, OnsetResult]:
    """Return what both channels say; ``memory`` holds the person's earlier repetitions."""
    desk = SETTINGS.desk
    window_s = (trial.movement_s + WINDOW_S[0], trial.movement_s + WINDOW_S[1])
    end_s = max(trial.offsets_s) + desk.after_end_s if find_offset else 0.0
    stop_s = max(window_s[1] + desk.after_window_s, end_s)
    first = max(0, round((window_s[0] - desk.before_window_s) * RATE_HZ))
    stop = min(len(signals.emg_uv), round(stop_s * RATE_HZ) + 1)
    cleaned = _clean(signals, first, stop, window_s)
    results = {
        name: with_pops(
            refine(
                cleaned.emg_uv[:, k],
                signals.valid[first:stop, k],
                RATE_HZ,
                first / RATE_HZ,
                window_s,
                SETTINGS.onset,
                None if memory is None else memory.prior(name),
                saturated=signals.saturated[first:stop, k],
                ignored=cleaned.ignored[:, k],
                find_offset=find_offset,
            ),
            cleaned.pops[:, k],
            first / RATE_HZ,
            RATE_HZ,
            cleaning=desk.cleaning,
        )
        for k, name in enumerate(NAMES)
    }
    known = np.where(signals.valid[first:stop] & ~cleaned.ignored, cleaned.emg_uv, np.nan)
    columns = {name: known[:, k] for k, name in enumerate(NAMES)}
    results = with_crosstalk(results, columns, first / RATE_HZ, RATE_HZ, desk.crosstalk)
    return results[NAMES[0]], results[NAMES[1]]


def _clean(
    signals: Conditioned, first: int, stop: int, window_s: tuple[float, float]
) -> CleanExcerpt:
    """Return the samples judged without beats, motion and pops; beats are learnt from before."""
    cleaning = SETTINGS.desk.cleaning
    begin = max(0, first - round(cleaning.beats.look_back_s * RATE_HZ))
    part = slice(begin, stop)
    wide = Excerpt(
        index0=begin,
        emg_uv=signals.emg_uv[part],
        low_uv=signals.low_uv[part],
        valid=signals.valid[part],
        missing=signals.missing[part],
        saturated=signals.saturated[part],
        lead_off=np.zeros(signals.valid[part].shape, dtype=np.bool_),
    )
    low, high = (round(t * RATE_HZ) - first for t in window_s)
    return clean(wide, first - begin, (low, high), RATE_HZ, cleaning, SETTINGS.conditioning)


def person_memory(earlier: Sequence[tuple[OnsetResult, OnsetResult]]) -> RiseMemory:
    """Return what the product knows of a person after these repetitions."""
    edge = SETTINGS.onset.edge
    memory = RiseMemory(NAMES, SETTINGS.desk.own_repetitions, SETTINGS.prior, edge)
    for pair in earlier:
        memory.learn(dict(zip(NAMES, pair, strict=True)))
    return memory


@dataclass(frozen=True, slots=True)
class LiveHeard:
    """What the live detector said: onsets told, and channel and time of every alarm raised."""

    told: list[LiveOnset]
    raised: list[tuple[int, float]]


def live_onsets(signals: Conditioned) -> LiveHeard:
    """Return what the live detector says of a session, in blocks of 20 ms."""
    detector = LiveDetector(SETTINGS.live, RATE_HZ, signals.emg_uv.shape[1])
    out = LiveHeard([], [])
    for k in range(0, len(signals.emg_uv), 20):
        out.told.extend(detector.step(signals.emg_uv[k : k + 20], signals.valid[k : k + 20], k))
        out.raised.extend(detector.raised)
    return out
