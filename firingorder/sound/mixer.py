"""Mixes cues, speech and the voices of the muscles into blocks of any size; it changes no sample.

Everybody else only leaves commands; ``fill`` runs in the callback of the sound card and takes them
at its beginning. All that has to be smooth moves in whole steps counted in samples, so sums do not
depend on the cutting. What is mixed goes through a limiter without memory: -6 dBFS is never
reached, whatever is played at once. No lock is held: commands are single assignments, or
queues that take and give in one step.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from firingorder.sound.cues import render_all
from firingorder.sound.ramp import Ramp, Work
from firingorder.sound.speech import Line, Speech
from firingorder.sound.tones import FLOOR, RAMP_S, Tone

if TYPE_CHECKING:
    from firingorder.sound.cues import CueName, Samples

Part = Literal["glute", "back", "speech", "cues"]
"""What is muted by itself."""
PARTS: tuple[Part, ...] = get_args(Part)

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
#: Under a word, tones sink by 12 dB and cues by 6: a lost word cannot be guessed, a cue has its
#: contour. Proposals.
TONES_UNDER_WORDS, CUES_UNDER_WORDS = 0.25, 0.5


@dataclass(slots=True)
class _Playing:
    samples: Samples
    always: bool = False
    at: int = 0


@dataclass(frozen=True, slots=True)
class _Levels:
    glute: float | None = None
    back: float | None = None
    floor: float = FLOOR


class Mixer:
    """Cues, speech, muscle voices, volume, mutes and stop of one output.

    Commands may come from any thread; ``fill`` from one only.
    """

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self.dropped = 0
        """Cues that found the queue full."""
        self._cues = render_all(rate_hz)
        self._waiting: deque[_Playing] = deque()
        self._volume, self._muted, self._off = 1.0, False, frozenset[Part]()
        self._levels = _Levels()
        self._stops = 0
        self._speech = Speech(rate_hz)
        # What follows belongs to the callback.
        self._stopped = 0
        self._playing: list[_Playing] = []
        ramp, short = max(1, round(RAMP_S * rate_hz)), max(1, round(STOP_S * rate_hz))
        self._gain, self._gate = Ramp.resting(ramp, 1.0), Ramp.resting(short, 1.0)
        self._cue_gain, self._word_gain = Ramp.resting(ramp, 1.0), Ramp.resting(ramp, 1.0)
        self._tone_duck, self._cue_duck = Ramp.resting(ramp, 1.0), Ramp.resting(ramp, 1.0)
        self._tones = (Tone("glute", rate_hz), Tone("back", rate_hz))
        self._counted: Work = np.arange(1.0, PIECE + 1.0)
        self._mix, self._bus, self._a, self._b, self._phases = (np.zeros(PIECE) for _ in range(5))

    # Commands

    def play(self, name: CueName) -> bool:
        """Queue a cue for the next block; False where the queue is full."""
        return self._queue(_Playing(self._cues[name], always=name == "stop"))

    def play_samples(self, samples: Samples) -> bool:
        """Queue ``(n_samples,)`` at the mixer's rate for the next block; False where it is full."""
        return self._queue(_Playing(samples))

    def say(self, samples: Samples, *, urgent: bool = False, within_s: float | None = None) -> None:
        """Say an utterance after what is being said; ``urgent``: instead of it.

        ``within_s``: it is dropped if it could only begin later.
        """
        self._speech.put(Line(samples, urgent, within_s))

    def levels(
        self, glute: float | None, back: float | None, *, quiet_is_reward: bool = False
    ) -> None:
        """Let the voices of the muscles follow 0 to 1; None, or what is no number, ends one.

        More activity is louder and higher. ``quiet_is_reward``: at 0 there is silence; else the
        voice can be heard there.
        """
        floor = 0.0 if quiet_is_reward else FLOOR
        self._levels = _Levels(_checked(glute), _checked(back), floor)

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

    def set_off(self, parts: frozenset[Part]) -> None:
        """Silence these parts and no others. The cue of STOP is heard even where cues are off."""
        self._off = parts

    def stop(self) -> None:
        """End every voice, every word, and what is waiting. What is played after it is heard."""
        self._levels = _Levels()
        self._waiting.clear()
        self._speech.forget()
        self._stops += 1

    def take_over(self, other: Mixer) -> None:
        """Set volume and mutes as another mixer has them."""
        self._volume, self._muted, self._off = other._volume, other._muted, other._off

    @property
    def silent(self) -> bool:
        """Whether nothing is playing or waiting."""
        levels = self._levels
        tones = levels.glute is not None or levels.back is not None
        tones = tones or not all(tone.silent for tone in self._tones)
        return not (self._playing or self._waiting or tones) and self._speech.silent

    @property
    def speaking(self) -> bool:
        """Whether something is being said or waits for it."""
        return not self._speech.silent

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
            self._duck()
            n = min(PIECE, len(out) - begin, self._speech.until_change())
            if closing:  # end the piece where the gate is shut, to open it at that sample
                n = min(n, max(1, self._gate.left))
            out[begin : begin + n] = self._piece(n)[:, None]
            begin += n
            if closing and not self._gate.left:
                self._end_all()

    def _queue(self, one: _Playing) -> bool:
        if len(self._waiting) >= WAITING:
            self.dropped += 1
            return False
        self._waiting.append(one)
        return True

    def _begin_waiting(self) -> None:
        while self._waiting:
            try:
                one = self._waiting.popleft()
            except IndexError:  # another thread cleared it in between
                break
            if len(self._playing) >= VOICES:
                self._playing.pop(0)  # the newest matters most
            self._playing.append(one)
        self._speech.take()
        levels, off = self._levels, self._off
        for tone, level, part in zip(
            self._tones, (levels.glute, levels.back), ("glute", "back"), strict=True
        ):
            tone.follow(None if part in off else level, levels.floor)
        self._cue_gain.to(0.0 if "cues" in off else 1.0)
        self._word_gain.to(0.0 if "speech" in off else 1.0)

    def _duck(self) -> None:
        heard = self._speech.speaking and self._word_gain.target > 0.0
        self._tone_duck.to(TONES_UNDER_WORDS if heard else 1.0)
        self._cue_duck.to(CUES_UNDER_WORDS if heard else 1.0)

    def _end_all(self) -> None:
        self._playing.clear()
        self._speech.clear()
        for tone in self._tones:
            tone.cut()
        for ramp in (self._tone_duck, self._cue_duck):
            ramp.to(1.0)
        self._gate = Ramp.resting(self._gate.steps, 1.0)

    def _piece(self, n: int) -> Work:
        mix, bus, a = self._mix[:n], self._bus[:n], self._a[:n]
        mix.fill(0.0)
        if any(not tone.silent for tone in self._tones):
            for tone in self._tones:
                tone.add(mix, (self._a, self._b), self._phases, self._counted)
        self._tone_duck.scale(mix, a, self._counted)
        bus.fill(0.0)
        self._add_playing(bus, always=False)
        self._cue_duck.scale(bus, a, self._counted)
        self._cue_gain.scale(bus, a, self._counted)
        mix += bus
        self._add_playing(mix, always=True)
        self._playing[:] = [one for one in self._playing if one.at < len(one.samples)]
        bus.fill(0.0)
        self._speech.add(bus)
        self._word_gain.scale(bus, a, self._counted)
        mix += bus
        self._gain.scale(mix, a, self._counted)
        self._gate.scale(mix, a, self._counted)
        _limit(mix, a)
        return mix

    def _add_playing(self, bus: Work, *, always: bool) -> None:
        for one in self._playing:
            if one.always == always:
                part = one.samples[one.at : one.at + len(bus)]
                bus[: len(part)] += part
                one.at += len(part)


def _checked(level: float | None) -> float | None:
    if level is None or not np.isfinite(level):
        return None
    return min(max(float(level), 0.0), 1.0)


def _limit(mix: Work, work: Work) -> None:
    """Bend what is above the knee so that the ceiling is never reached, sample by sample."""
    np.abs(mix, out=work)
    if float(work.max(initial=0.0)) <= KNEE:
        return
    room = CEILING - KNEE
    over = np.maximum(work - KNEE, 0.0)
    bent = np.minimum(work, KNEE) + room * (over / (over + room))
    np.copysign(bent, mix, out=mix)
