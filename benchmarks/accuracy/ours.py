"""The product on one trial: the only module that knows how it is put together.

Conditioning, masks, refined onsets and crosstalk run as the desk runs them. Change this module
when the chain gains a step; nothing else of the benchmark needs to know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.conditioning import Conditioner, Resampler
from firingorder.signal.judging import with_crosstalk
from firingorder.signal.live import LiveDetector
from firingorder.signal.refine import refine
from firingorder.signal.rise_memory import RiseMemory
from firingorder.signal.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.accuracy.trials import Trial
    from firingorder.samples import BoolArray, FloatArray
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
    valid: BoolArray
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
        np.concatenate([b.valid for b in blocks]),
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
    results = {
        name: refine(
            signals.emg_uv[first:stop, k],
            signals.valid[first:stop, k],
            RATE_HZ,
            first / RATE_HZ,
            window_s,
            SETTINGS.onset,
            None if memory is None else memory.prior(name),
            saturated=signals.saturated[first:stop, k],
            find_offset=find_offset,
        )
        for k, name in enumerate(NAMES)
    }
    columns = {name: signals.emg_uv[first:stop, k] for k, name in enumerate(NAMES)}
    results = with_crosstalk(results, columns, first / RATE_HZ, RATE_HZ, SETTINGS.onset.gates)
    return results[NAMES[0]], results[NAMES[1]]


def person_memory(earlier: Sequence[tuple[OnsetResult, OnsetResult]]) -> RiseMemory:
    """Return what the product knows of a person after these repetitions."""
    memory = RiseMemory(NAMES, SETTINGS.desk.own_repetitions, SETTINGS.prior)
    for pair in earlier:
        memory.learn(dict(zip(NAMES, pair, strict=True)))
    return memory


def live_onsets(signals: Conditioned) -> list[LiveOnset]:
    """Return what the live detector says of a session, in blocks of 20 ms."""
    detector = LiveDetector(SETTINGS.live, RATE_HZ, signals.emg_uv.shape[1])
    found: list[LiveOnset] = []
    for k in range(0, len(signals.emg_uv), 20):
        found += detector.step(signals.emg_uv[k : k + 20], signals.valid[k : k + 20], k)
    return found
