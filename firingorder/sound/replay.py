"""The last start, slowed down until one can hear it: a tone for the glutes, a buzz for the back.

Slowed eightfold, 100 ms between two starts last 0.8 s. What is not known is not played: a voice
rises over the interval within which its muscle began, as slowly as that interval is wide, so two
starts whose order cannot be told rise into each other.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from firingorder.sound.tones import TIMBRES, TONE_PEAK, ToneName, wave

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.samples import FloatArray
    from firingorder.sound.cues import Samples
    from firingorder.sound.ramp import Work

Onset = tuple[float, float, float]
"""Start and its 95 % interval: (onset_s, low_s, high_s), from the first sample of the envelope."""

FACTOR = 8.0
OUT_RATE_HZ = 48_000.0
#: Loudness where a muscle has begun and has done little yet: a start is heard when it happens.
BEGUN = 0.4
#: Pitch of both voices, as of this level: it stays where it is, so that only loudness tells.
LEVEL = 0.5
#: No fade is shorter, in what is heard: a shorter one clicks.
FADE_S = 0.010


def slow_start(
    envelope_glute: FloatArray | Sequence[float],
    envelope_back: FloatArray | Sequence[float],
    rate_hz: float,
    *,
    glute: Onset | None,
    back: Onset | None,
    factor: float = FACTOR,
    out_rate_hz: float = OUT_RATE_HZ,
) -> Samples:
    """Return a start slowed down, float32 ``(n_samples / rate_hz * factor * out_rate_hz,)``.

    Parameters
    ----------
    envelope_glute, envelope_back
        Loudness of both muscles around the start, ``(n_samples,)`` each, any unit, at ``rate_hz``.
    glute, back
        When each began, in seconds from the first sample; None: no start was seen, not played.
    factor
        How many times slower.

    Raises
    ------
    ValueError
        The envelopes differ in length, are empty or have gaps; an interval does not hold its
        onset; a rate or the factor is not positive.
    """
    if not (rate_hz > 0.0 and out_rate_hz > 0.0 and factor > 0.0):
        raise ValueError("rates and the factor of a slow replay must be positive")
    both = [np.asarray(one, dtype=np.float64) for one in (envelope_glute, envelope_back)]
    if both[0].ndim != 1 or both[0].shape != both[1].shape or not len(both[0]):
        raise ValueError("the envelopes of glute and back must be of one length, and not empty")
    if not all(np.all(np.isfinite(one)) for one in both):
        raise ValueError("samples are missing in this start: it cannot be replayed")
    n = math.ceil(len(both[0]) / rate_hz * factor * out_rate_hz)
    t_s = np.arange(n) / (out_rate_hz * factor)
    out = np.zeros(n)
    voices: tuple[tuple[ToneName, Work, Onset | None], ...] = (
        ("glute", both[0], glute),
        ("back", both[1], back),
    )
    for name, envelope, onset in voices:
        if onset is not None:
            heard = np.interp(t_s, np.arange(len(envelope)) / rate_hz, envelope)
            out += _voice(name, out_rate_hz, n) * _loudness(heard, t_s, onset, FADE_S / factor)
    from_end = np.minimum(np.arange(n), n - 1 - np.arange(n))
    ends = np.minimum(1.0, from_end / (FADE_S * out_rate_hz))
    return (out * ends).astype(np.float32)


def _loudness(heard: Work, t_s: Work, onset: Onset, fade_s: float) -> Work:
    at_s, low_s, high_s = onset
    if not low_s <= at_s <= high_s:
        raise ValueError(f"an onset of {at_s!r} s is outside its interval {low_s!r} to {high_s!r}")
    share = np.clip((t_s - low_s) / max(high_s - low_s, fade_s), 0.0, 1.0)
    begun = share * share * (3.0 - 2.0 * share)
    most = float(heard.max())
    level = np.maximum(heard, 0.0) / most if most > 0.0 else np.zeros(len(heard))
    return TONE_PEAK * begun * (BEGUN + (1.0 - BEGUN) * level)


def _voice(name: ToneName, rate_hz: float, n: int) -> Work:
    timbre, table = TIMBRES[name], wave(name)
    hz = timbre.low_hz * 2.0 ** (timbre.octaves * LEVEL)
    turns = hz / rate_hz * np.arange(n)
    return table[(np.remainder(turns, 1.0) * len(table)).astype(np.int64)]
