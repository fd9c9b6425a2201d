"""Efforts of known times: EMG of planted bursts, poses of a pelvis that rests, cut as asked.

Bursts are those of the simulator (``firingorder.simulation.bursts``), on noise of the band of
surface EMG. Every figure won with it is simulated.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import signal as sps

from firingorder.findings import PhaseFinding
from firingorder.signal.conditioning import (
    ConditionedBlock,
    Conditioner,
    ConditioningParams,
    Resampler,
    analysis_rate_hz,
)
from firingorder.signal.orientation import Pose
from firingorder.signal.repetitions import Cue, RepetitionEnd, RepetitionEvent, Segmenter
from firingorder.signal.task import TaskSpec
from firingorder.simulation.bursts import Burst, envelope

if TYPE_CHECKING:
    from collections.abc import Iterable

RATE_HZ = 1000.0
BLOCK_S = 0.020
BLOCK = 20
IMU_RATE_HZ = 100.0
#: Working left: both primes of a clam, and a muscle that is none.
CHANNELS = ("gluteus_maximus_left", "erector_spinae_left", "gluteus_medius_left")
CLAM = TaskSpec(
    id="clam",
    name="Clam",
    template="STILL_LIMB",
    lift_axis="rotation",
    lift_sign=1,
    onset_window_ms=(-600.0, 400.0),
    together_margin_ms=30.0,
    prime=("gluteus_maximus_w", "gluteus_medius_w"),
    order_pairs=(),
    primary_pair=None,
    sides=("left", "right"),
    min_good_reps=10,
    working_side="left",
)
GLUTES = ("gluteus_maximus_left", "gluteus_maximus_right")
SQUEEZE = replace(
    CLAM,
    id="sit_hands",
    name="Sitting on the hands",
    template="CUED_HOLD",
    prime=("gluteus_maximus",),
    sides=("both", "left", "right"),
    working_side="both",
)


@dataclass(frozen=True)
class Effort:
    """One burst of one channel: linear rise in amplitude, hold, half-cosine fall."""

    start_s: float
    rise_s: float
    hold_s: float
    fall_s: float = 0.2
    snr_db: float = 25.0
    level: float = 1.0

    @property
    def far_s(self) -> float:
        return self.start_s + self.rise_s

    @property
    def fall_from_s(self) -> float:
        return self.far_s + self.hold_s

    @property
    def end_s(self) -> float:
        return self.fall_from_s + self.fall_s

    @property
    def back_s(self) -> float:
        """Amplitude at 70 % of the plateau."""
        return self.fall_from_s + self.fall_s * float(np.arccos(2 * 0.7 - 1.0) / np.pi)

    def later(self, by_s: float) -> Effort:
        return replace(self, start_s=self.start_s + by_s)

    def burst(self) -> Burst:
        return Burst(
            "x",
            self.start_s,
            self.rise_s,
            "linear",
            self.end_s,
            self.fall_s,
            self.snr_db,
            self.level,
        )


def noise(n: int, rng: np.random.Generator, rate_hz: float = RATE_HZ) -> np.ndarray:
    """Noise of the band of surface EMG, RMS 1."""
    top = min(250.0, 0.4 * rate_hz)
    sos = sps.butter(2, (40.0, top), btype="bandpass", fs=rate_hz, output="sos")
    x = sps.sosfilt(sos, rng.standard_normal(n + 200))[200:]
    return x / np.sqrt(np.mean(x**2))


def emg(
    seconds: float,
    channels: Iterable[list[Effort]],
    seed: int,
    *,
    rest_uv: float = 3.0,
    rate_hz: float = RATE_HZ,
) -> np.ndarray:
    """``(n_samples, n_channels)`` microvolts."""
    n = round(seconds * rate_hz)
    t = np.arange(n) / rate_hz
    columns: list[np.ndarray] = []
    for c, efforts in enumerate(channels):
        rng = np.random.default_rng((seed, c))
        x = rest_uv * noise(n, rng, rate_hz)
        active = noise(n, rng, rate_hz)
        for one in efforts:
            k = slice(max(0, int(one.start_s * rate_hz) - 2), int(one.end_s * rate_hz) + 2)
            peak = rest_uv * 10.0 ** (one.snr_db / 20.0)
            x[k] += peak * envelope(one.burst(), t[k]) * active[k]
        columns.append(x)
    return np.stack(columns, axis=1)


def blocks_of(x: np.ndarray, valid: np.ndarray | None = None) -> list[ConditionedBlock]:
    """Conditioned blocks of samples that are on the analysis grid already."""
    there = np.ones(x.shape, dtype=np.bool_) if valid is None else valid
    out: list[ConditionedBlock] = []
    for k in range(0, len(x) - BLOCK + 1, BLOCK):
        part, known = x[k : k + BLOCK], there[k : k + BLOCK]
        whole = bool(known.all())
        out.append(
            ConditionedBlock(
                k,
                np.where(known, part, 0.0),
                known,
                ~known,
                np.zeros_like(known),
                part,
                part,
                np.zeros(part.shape[1]),
                np.mean(part * part, axis=0) if whole else None,
            )
        )
    return out


def conditioned(
    x: np.ndarray, rate_hz: float, cuts: list[int] | None = None
) -> tuple[list[ConditionedBlock], float]:
    """The blocks a stream of any rate and cutting comes to, and the rate of their grid."""
    params = ConditioningParams()
    grid_hz = analysis_rate_hz(rate_hz, params)
    resampler = Resampler(params, rate_hz, x.shape[1])
    conditioner = Conditioner(params, grid_hz, x.shape[1])
    out: list[ConditionedBlock] = []
    edges = [0, *(cuts or []), len(x)]
    for a, b in itertools.pairwise(edges):
        raw = resampler.step(a, x[a:b], np.zeros((b - a, x.shape[1]), dtype=np.bool_))
        out += conditioner.steps(raw)
    out += conditioner.steps(resampler.flush())
    return out, grid_hz


def poses(
    seconds: float,
    turns: list[tuple[float, float, float, int]],
    seed: int,
    *,
    sd_deg_s: float = 0.1,
    offset_deg: list[tuple[float, float]] | None = None,
) -> list[tuple[float, Pose]]:
    """Poses at 100 Hz. ``turns``: (from, to, degrees, axis), out in 0.3 s and back in 0.3 s.

    ``offset_deg``: from when on the pelvis lies otherwise by how much (about x).
    """
    n = round(seconds * IMU_RATE_HZ)
    t = np.arange(n) / IMU_RATE_HZ
    angle = np.zeros((n, 3))
    for start, stop, deg, axis in turns:
        u = np.clip((t - start) / 0.3, 0.0, 1.0)
        v = np.clip((stop - t) / 0.3, 0.0, 1.0)
        angle[:, axis] += deg * np.minimum(u**2 * (3 - 2 * u), v**2 * (3 - 2 * v))
    for start, deg in offset_deg or []:
        u = np.clip((t - start) / 0.5, 0.0, 1.0)
        angle[:, 0] += deg * u
    rate = np.diff(angle, axis=0, append=angle[-1:]) * IMU_RATE_HZ
    rate += sd_deg_s * np.random.default_rng(seed).standard_normal((n, 3))
    out: list[tuple[float, Pose]] = []
    for k in range(n):
        half = np.radians(angle[k]) / 2.0
        size = float(np.linalg.norm(half))
        axis = half / size if size > 0.0 else half
        w, (x, y, z) = float(np.cos(size)), (np.sin(size) * axis).tolist()
        r = rate[k].tolist()
        norm = float(np.linalg.norm(rate[k]))
        out.append((float(t[k]), Pose((w, x, y, z), (r[0], r[1], r[2]), norm, k == 0)))
    return out


def run(
    steps: Segmenter,
    blocks: list[ConditionedBlock],
    seen: list[tuple[float, Pose]] | None = None,
    cues: list[Cue] | None = None,
    *,
    rate_hz: float = RATE_HZ,
    pose_late_s: float = 0.0,
    attached: np.ndarray | None = None,
) -> list[RepetitionEvent]:
    """All events, streams merged by time; ``pose_late_s``: so much later poses come than EMG."""
    events: list[RepetitionEvent] = []
    left_poses, left_cues = list(seen or [])[::-1], list(cues or [])[::-1]
    on = np.ones(blocks[0].emg_uv.shape[1], dtype=np.bool_)
    for j, block in enumerate(blocks):
        t0_s = block.index0 / rate_hz
        while left_cues and left_cues[-1].at_s <= t0_s:
            events += steps.cue(left_cues.pop())
        events += steps.block(t0_s, block, on if attached is None else attached[j])
        while left_poses and left_poses[-1][0] + pose_late_s < t0_s + BLOCK_S:
            events += steps.pose(*left_poses.pop())[0]
    while left_poses:
        events += steps.pose(*left_poses.pop())[0]
    return events


def ends(events: list[RepetitionEvent]) -> list[RepetitionEnd]:
    return [one for one in events if isinstance(one, RepetitionEnd)]


def told(events: list[RepetitionEvent], index: int) -> dict[str, float]:
    """The first time each live phase of a repetition was told to begin."""
    first: dict[str, float] = {}
    for one in events:
        if isinstance(one, PhaseFinding) and one.index == index:
            first.setdefault(one.phase, one.at_s)
    return first


def summary(errors_ms: list[float]) -> str:
    """Bias and size of errors, in words for a log."""
    e = np.array(errors_ms)
    return (
        f"median {np.median(e):+.0f} ms, 95 % within {np.quantile(np.abs(e), 0.95):.0f} ms"
        f" (n={len(e)})"
    )
