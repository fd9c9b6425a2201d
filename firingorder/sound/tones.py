"""The two voices of the muscles: a warm low tone for the glutes, a rough buzz for the back.

They lie apart in pitch, in timbre and in evenness, so that either is known at once and both are
heard together. The tone has three partials, all below 1 kHz. The buzz has partials above 1 kHz
only, spaced by some 70 Hz, at which their beating is heard as roughest (Fastl and Zwicker 2007,
Psychoacoustics, doi:10.1007/978-3-540-68888-4, chapter 11); small loudspeakers carry it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from firingorder.sound.ramp import Ramp, Work

ToneName = Literal["glute", "back"]

#: Together they stay below the knee of the limiter.
TONE_PEAK = 0.17
#: Loudness at level 0 where more activity is asked for: the person hears that the tone is there.
FLOOR = 0.3
#: Ramp of loudness and pitch.
RAMP_S = 0.030
_TABLE = 1 << 14
_TURN = 1 << 32


@dataclass(frozen=True, slots=True)
class Timbre:
    """Pitch at level 0, octaves up to level 1, and partials with their shares."""

    low_hz: float
    octaves: float
    partials: tuple[tuple[int, float], ...]


TIMBRES: dict[ToneName, Timbre] = {
    "glute": Timbre(165.0, 1.0, ((1, 1.0), (2, 0.4), (3, 0.1))),
    "back": Timbre(70.0, 0.5, tuple((k, 1.0) for k in range(15, 41))),
}
#: No partial of the tone lies above it, none of the buzz below.
BORDER_HZ = 1000.0


@cache
def wave(name: ToneName) -> Work:
    """Return one period of a voice, largest value 1."""
    turns = 2.0 * np.pi * np.arange(_TABLE) / _TABLE
    out = np.zeros(_TABLE)
    for k, share in TIMBRES[name].partials:
        out += share * np.sin(k * turns)
    return out / np.abs(out).max()


class Tone:
    """One voice that follows a level. All but ``follow`` belongs to the callback."""

    def __init__(self, name: ToneName, rate_hz: float) -> None:
        self._timbre, self._wave, self._rate_hz = TIMBRES[name], wave(name), rate_hz
        ramp = max(1, round(RAMP_S * rate_hz))
        self._pitch, self._loud = Ramp.resting(ramp, 0.0), Ramp.resting(ramp, 0.0)
        self._phase = 0

    @property
    def silent(self) -> bool:
        """Whether nothing is heard and nothing will be."""
        return self._loud.rests_at(0.0)

    def follow(self, level: float | None, floor: float) -> None:
        """Move to a level of 0 to 1; None is silence. ``floor`` is the loudness at level 0."""
        if level is None:
            self._loud.to(0.0)
            return
        self._loud.to(TONE_PEAK * (floor + (1.0 - floor) * level))
        self._pitch.to(level)

    def cut(self) -> None:
        """Be silent at once; the caller has faded."""
        self._loud = Ramp.resting(self._loud.steps, 0.0)

    def add(self, mix: Work, room: tuple[Work, Work], phases: Work, counted: Work) -> None:
        """Add the next samples to ``mix``; the others are overwritten."""
        if self.silent:
            return
        n = len(mix)
        a, b, turned = room[0][:n], room[1][:n], phases[:n]
        self._pitch.fill(a, counted)
        a *= self._timbre.octaves
        np.exp2(a, out=a)
        a *= self._timbre.low_hz * _TURN / self._rate_hz
        # Whole steps of a 32-bit circle: their sum is the same however it is cut.
        np.rint(a, out=turned)
        turned[0] += self._phase
        np.cumsum(turned, out=turned)
        np.remainder(turned, _TURN, out=turned)
        self._phase = int(turned[-1])
        turned *= _TABLE / _TURN
        np.take(self._wave, turned.astype(np.int64), out=b)
        self._loud.fill(a, counted)
        b *= a
        mix += b
