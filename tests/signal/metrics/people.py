"""A person whose levels are known: repetitions with planted amplitudes for the tests of metrics."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import signal as sps

from firingorder.findings import OnsetEstimate, Sides
from firingorder.measures import PhaseTimes
from firingorder.signal.metrics import RepetitionData
from firingorder.signal.reference import ChannelReference, PersonalReference
from firingorder.signal.task import TaskSpec, Template
from tests.signal.planted import Muscle, emg_power, noise_power

RATE_HZ = 1000.0
CHANNELS = (
    "gluteus_maximus_left",
    "gluteus_maximus_right",
    "hamstring_left",
    "hamstring_right",
    "erector_spinae_left",
    "erector_spinae_right",
)
PHASES = PhaseTimes(
    away_s=1.5,
    end_s=5.0,
    movement_onset_s=1.5,
    far_from_s=2.5,
    far_to_s=3.5,
    back_s=3.6,
    trust="ok",
    error_s=0.040,
)
HIGH = sps.butter(4, 30.0, "high", fs=RATE_HZ, output="sos")


def task(template: Template = "PITCH_LIFT", side: Sides = "both", **more: Any) -> TaskSpec:
    return TaskSpec(
        id="own",
        name="Own",
        template=template,
        lift_axis="tilt",
        lift_sign=-1,
        onset_window_ms=(-600.0, 400.0),
        together_margin_ms=30.0,
        prime=("gluteus_maximus_w",),
        order_pairs=(("gluteus_maximus", "erector_spinae"),),
        primary_pair=("gluteus_maximus", "erector_spinae"),
        sides=("both", "left", "right"),
        min_good_reps=10,
        working_side=side,
        **more,
    )


def carrier(rng, n, muscle=None):
    """Muscle of unit variance behind the high-pass, ``(n,)``."""
    return _shaped(rng, n, muscle or Muscle())


def noise(rng, n):
    """Skin and amplifier of unit variance behind the high-pass, ``(n,)``."""
    return _shaped(rng, n, None)


def _shaped(rng, n, muscle):
    size, amplitude = _amplitude(n, muscle)
    spectrum = amplitude * (rng.standard_normal(len(amplitude)) * 1j)
    spectrum += amplitude * rng.standard_normal(len(amplitude))
    return np.fft.irfft(spectrum, size)[:n]


@lru_cache(maxsize=32)
def _amplitude(n, muscle):
    """Spectrum of one variance, scaled to an expected deviation of 1; circular beyond ``n``."""
    size = 1 << int(np.ceil(np.log2(n + 500)))
    f = np.maximum(np.fft.rfftfreq(size, 1.0 / RATE_HZ), 1e-3)
    power = noise_power(f) if muscle is None else emg_power(f, muscle)
    amplitude = np.sqrt(power) * np.abs(sps.sosfreqz(HIGH, f, fs=RATE_HZ)[1])
    amplitude[[0, -1]] = 0.0
    return size, amplitude * size / (2.0 * np.sqrt(np.sum(amplitude**2)))


def drive(n, level, phases=PHASES):
    """On from 1.4 s to the end, the same level throughout."""
    t = np.arange(n) / RATE_HZ
    return np.where((t >= phases.away_s - 0.1) & (t < phases.end_s), level, 0.0)


def emg(rng, levels_uv, noise_uv=1.0, seconds=6.0, phases=PHASES, muscle=None):
    """``levels_uv``: one number or ``(n,)`` drive a channel."""
    n = round(seconds * RATE_HZ)
    columns = []
    for level in levels_uv:
        shape = drive(n, level, phases) if np.isscalar(level) else level
        columns.append(shape * carrier(rng, n, muscle) + noise_uv * noise(rng, n))
    return np.stack(columns, axis=1)


def reference(
    references_uv: Any = (100.0,) * 6, rest_uv: float | None = 1.0, channels=CHANNELS, kind=None
):
    known = {
        name: ChannelReference(rest_uv, value)
        for name, value in zip(channels, references_uv, strict=True)
    }
    return PersonalReference(channels=known, normalisation=kind or "submaximal_reference")


def onset(at_s, half_s=0.020):
    return OnsetEstimate(at_s, at_s - half_s, at_s + half_s)


def repetition(x, **more) -> RepetitionData:
    n = len(x)
    angle_times = np.arange(0.0, n / RATE_HZ, 0.01)
    lift = np.clip((angle_times - 1.5) / 1.0, 0.0, 1.0) - np.clip((angle_times - 3.6) / 1.2, 0, 1)
    angles = np.stack([-25.0 * lift, 2.0 * lift, -3.0 * lift], axis=1)
    base = RepetitionData(
        times_s=np.arange(n) / RATE_HZ,
        emg_uv=x,
        channels=CHANNELS[: x.shape[1]],
        rate_hz=RATE_HZ,
        phases=PHASES,
        task=task(),
        onsets={name: onset(1.4) for name in CHANNELS[: x.shape[1]]},
        offsets={name: onset(4.9, 0.05) for name in CHANNELS[: x.shape[1]]},
        angle_times_s=angle_times,
        angles_deg=angles,
        angle_error_deg=(2.0, 1.5, 2.5),
        reference=reference(channels=CHANNELS[: x.shape[1]], references_uv=(100.0,) * x.shape[1]),
        cue_latency_s=(0.030, 0.010),
    )
    return replace(base, **more)


def find(metrics, name, subject="") -> Any:
    """The one metric of this name; untyped, because tests compare what may be None."""
    (one,) = [m for m in metrics if m.name == name and m.subject == subject]
    return one


def covers(one, truth):
    return one.low <= truth <= one.high
