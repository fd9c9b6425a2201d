"""Mixes cues and the level tone into blocks of any size; the size changes no sample.

Everybody else only leaves commands; ``fill`` runs in the callback of the sound card and takes them
at its beginning. All that has to be smooth moves in whole steps counted in samples, so sums do not
depend on the cutting. What is mixed goes through a limiter without memory: -6 dBFS is never
reached, whatever is played at once.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from firingorder.sound.cues import render_all

if TYPE_CHECKING:
    from firingorder.sound.cues import CueName, Samples

#: -6 dBFS: loud enough, and far from what hurts in headphones set for speech.
CEILING = 10.0 ** (-6.0 / 20.0)
#: Where the limiter begins to bend.
KNEE = 0.35
#: Cues at once: a verdict, a countdown and a warning overlap; more is noise.
VOICES = 6
#: Cues waiting for the next block (20 ms at most): more were not played by a person.
WAITING = 16
#: Largest piece mixed at once; larger blocks are mixed in pieces.
PIECE = 1024
#: Fade of stop and mute: too short to be waited for, too long to click.
STOP_S = 0.020
#: Ramp of the volume and of the level tone.
RAMP_S = 0.030
#: The level tone: one octave from 0 to 1.
TONE_LOW_HZ = 220.0
TONE_PEAK = 0.20
_TABLE = 4096
_TURN = 1 << 32

Work = NDArray[np.float64]


@dataclass(slots=True)
class _Ramp:
    """A value that moves to its target in a fixed number of samples."""

    steps: int
    begin: float
    target: float
    at: int

    @classmethod
    def resting(cls, steps: int, value: float) -> _Ramp:
        return cls(steps, value, value, steps)

    @property
    def value(self) -> float:
        return self.begin + (self.target - self.begin) * (self.at / self.steps)

    def to(self, target: float) -> None:
        if target != self.target:
            self.begin, self.target, self.at = self.value, target, 0

    def fill(self, out: Work, counted: Work) -> None:
        """Write the next ``len(out)`` values; ``counted`` is 1, 2, 3 ..."""
        if self.at >= self.steps:
            out.fill(self.target)
            return
        np.add(counted[: len(out)], self.at, out=out)
        np.minimum(out, self.steps, out=out)
        out /= self.steps
        out *= self.target - self.begin
        out += self.begin
        left = self.steps - self.at
        if left <= len(out):
            out[left - 1 :] = self.target  # not what rounding makes of it
        self.at = min(self.at + len(out), self.steps)


@dataclass(slots=True)
class _Voice:
    samples: Samples
    at: int = 0


class Mixer:
    """Cues, level tone, volume, mute and stop of one output.

    Commands may come from any thread; ``fill`` from one only.
    """

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self.dropped = 0
        """Cues that found the queue full."""
        self._cues = render_all(rate_hz)
        self._waiting: deque[CueName] = deque()
        self._volume, self._muted, self._level = 1.0, False, -1.0
        self._stops = 0
        # What follows belongs to the callback.
        self._stopped = 0
        self._voices: list[_Voice] = []
        ramp = max(1, round(RAMP_S * rate_hz))
        self._gain = _Ramp.resting(ramp, 1.0)
        self._gate = _Ramp.resting(max(1, round(STOP_S * rate_hz)), 1.0)
        self._pitch = _Ramp.resting(ramp, 0.0)
        self._loud = _Ramp.resting(ramp, 0.0)
        self._phase = 0
        turns = 2.0 * np.pi * np.arange(_TABLE) / _TABLE
        self._table = np.sin(turns) + 0.2 * np.sin(2.0 * turns)
        self._counted: Work = np.arange(1.0, PIECE + 1.0)
        self._mix, self._a, self._b = (np.zeros(PIECE) for _ in range(3))
        self._phases = np.zeros(PIECE, dtype=np.int64)

    # Commands

    def play(self, name: CueName) -> bool:
        """Queue a cue for the next block; False where the queue is full."""
        if len(self._waiting) >= WAITING:
            self.dropped += 1
            return False
        self._waiting.append(name)
        return True

    def level(self, value: float | None) -> None:
        """Let the level tone follow 0 to 1; None ends it. What is no number ends it, too."""
        known = value is not None and np.isfinite(value)
        self._level = min(max(float(value), 0.0), 1.0) if known and value is not None else -1.0

    def set_volume(self, volume: float) -> None:
        """Set the volume, 0 to 1.

        Raises
        ------
        ValueError
            The volume is outside.
        """
        if not 0.0 <= volume <= 1.0:
            raise ValueError(f"volume {volume!r} is not between 0 and 1")
        self._volume = volume

    def set_muted(self, muted: bool) -> None:
        """Silence the output, or let it be heard again; cues go on unheard meanwhile."""
        self._muted = muted

    def stop(self) -> None:
        """End every voice, the level tone and what is waiting."""
        self._level = -1.0
        self._waiting.clear()
        self._stops += 1

    @property
    def silent(self) -> bool:
        """Whether nothing is playing or waiting."""
        tone = self._level >= 0.0 or self._loud.value > 0.0
        return not (self._voices or self._waiting or tone)

    # The callback

    def fill(self, out: Samples) -> None:
        """Write the next samples into ``(n_samples, n_outputs)``, the same to every output."""
        if self._stops != self._stopped:
            self._stopped = self._stops
            self._gate.to(0.0)
        self._gain.to(0.0 if self._muted else self._volume)
        begin = 0
        while begin < len(out):
            closing = self._gate.target == 0.0
            if not closing:
                self._begin_waiting()
            n = min(PIECE, len(out) - begin)
            if closing:  # end the piece where the gate is shut, to open it at that sample
                n = min(n, max(1, self._gate.steps - self._gate.at))
            out[begin : begin + n] = self._piece(n)[:, None]
            begin += n
            if closing and self._gate.at >= self._gate.steps:
                self._voices.clear()
                self._loud = _Ramp.resting(self._loud.steps, 0.0)
                self._gate = _Ramp.resting(self._gate.steps, 1.0)

    def _begin_waiting(self) -> None:
        while self._waiting:
            if len(self._voices) >= VOICES:
                self._voices.pop(0)  # the newest matters most
            self._voices.append(_Voice(self._cues[self._waiting.popleft()]))
        level = self._level
        self._loud.to(TONE_PEAK * (0.3 + 0.7 * level) if level >= 0.0 else 0.0)
        if level >= 0.0:
            self._pitch.to(level)

    def _piece(self, n: int) -> Work:
        mix, gain = self._mix[:n], self._a[:n]
        mix.fill(0.0)
        for voice in self._voices:
            part = voice.samples[voice.at : voice.at + n]
            mix[: len(part)] += part
            voice.at += len(part)
        self._voices[:] = [one for one in self._voices if one.at < len(one.samples)]
        self._add_tone(mix)
        for ramp in (self._gain, self._gate):
            ramp.fill(gain, self._counted)
            mix *= gain
        _limit(mix, self._a[:n])
        return mix

    def _add_tone(self, mix: Work) -> None:
        loud = self._loud
        if loud.at >= loud.steps and loud.target == 0.0:
            return
        a, phases = self._a[: len(mix)], self._phases[: len(mix)]
        self._pitch.fill(a, self._counted)
        np.exp2(a, out=a)
        a *= TONE_LOW_HZ * _TURN / self.rate_hz
        # Whole steps of a 32-bit circle: their sum is the same however it is cut.
        np.rint(a, out=a)
        phases[:] = a
        phases[0] += self._phase
        np.cumsum(phases, out=phases)
        self._phase = int(phases[-1]) % _TURN
        phases %= _TURN
        phases //= _TURN // _TABLE
        b = self._b[: len(mix)]
        np.take(self._table, phases, out=b)
        loud.fill(a, self._counted)
        b *= a
        mix += b


def _limit(mix: Work, work: Work) -> None:
    """Bend what is above the knee so that the ceiling is never reached, sample by sample."""
    np.abs(mix, out=work)
    if float(work.max(initial=0.0)) <= KNEE:
        return
    room = CEILING - KNEE
    over = np.maximum(work - KNEE, 0.0)
    bent = np.minimum(work, KNEE) + room * (over / (over + room))
    np.copysign(bent, mix, out=mix)
