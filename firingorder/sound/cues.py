"""The cues, synthesised: they differ in contour and rhythm, not only in pitch.

So they are told apart at low volume, through small loudspeakers, and by people who hear no
intervals. Pitches are those of equal temperament with a' = 440 Hz. Lengths and pitches are design
choices; the contours of the three orders are rising, level and falling, as the orders are read
from top to bottom on the screen. An order that cannot be told has no cue.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
CueName = Literal[
    "glutes_first",
    "together",
    "back_first",
    "get_ready",
    "go",
    "rest",
    "accepted",
    "rejected",
    "tick",
    "step_done",
    "warning",
    "lift",
    "hold",
    "lower",
    "hit",
    "set_done",
    "takeover",
    "stop",
    "reconnected",
]
CUES: tuple[CueName, ...] = get_args(CueName)

#: Peak of a cue alone, of full scale: below the knee of the limiter, so it is heard as it is.
PEAK = 0.34
#: Fades that keep a tone from clicking; knocks begin three times as fast.
FADE_S = 0.008
#: Harmonics of every tone and their share: a pure tone is hard to hear on small loudspeakers.
HARMONICS = ((1, 1.0), (2, 0.25), (3, 0.12))
#: Time in which a knock falls to a third.
KNOCK_DECAY_S = 0.025


@dataclass(frozen=True, slots=True)
class Note:
    """One sound within a cue: pitch from ``from_hz`` to ``to_hz`` (a glide), or a knock."""

    at_s: float
    length_s: float
    from_hz: float
    to_hz: float | None = None
    knock: bool = False
    gain: float = 1.0


C4, G4, A4, C5, E5, G5, C6 = 261.63, 392.00, 440.00, 523.25, 659.26, 783.99, 1046.50
TICK_HZ = 1200.0

NOTES: dict[CueName, tuple[Note, ...]] = {
    "glutes_first": (Note(0.0, 0.12, C5), Note(0.13, 0.20, G5)),
    "together": (Note(0.0, 0.09, C5, knock=True), Note(0.16, 0.09, C5, knock=True)),
    "back_first": (Note(0.0, 0.36, G4, C4),),
    "get_ready": tuple(Note(0.4 * k, 0.05, TICK_HZ, knock=True, gain=0.8) for k in range(3)),
    "go": (Note(0.0, 0.30, C6),),
    "rest": (Note(0.0, 0.55, C4, gain=0.9),),
    "accepted": (Note(0.0, 0.07, C5), Note(0.08, 0.07, E5), Note(0.16, 0.16, G5)),
    "rejected": (Note(0.0, 0.16, C4), Note(0.24, 0.16, C4)),
    "tick": (Note(0.0, 0.05, TICK_HZ, knock=True, gain=0.6),),
    "step_done": (
        Note(0.0, 0.10, G4),
        Note(0.11, 0.10, C5),
        Note(0.22, 0.10, G4),
        Note(0.33, 0.25, C6),
    ),
    "warning": tuple(Note(0.18 * k, 0.14, A4 if k % 2 else E5) for k in range(6)),
    # The metronome of a repetition: up, a short roll, down.
    "lift": (Note(0.0, 0.12, C5, G5, gain=0.6),),
    "hold": tuple(Note(0.08 * k, 0.05, G5, knock=True, gain=0.6) for k in range(3)),
    "lower": (Note(0.0, 0.12, G5, C5, gain=0.6),),
    # Short, short, long and higher: what was asked for was met.
    "hit": (
        Note(0.0, 0.06, G5, knock=True),
        Note(0.10, 0.06, G5, knock=True),
        Note(0.20, 0.22, C6),
    ),
    "set_done": (
        Note(0.0, 0.22, C5),
        Note(0.26, 0.08, G4),
        Note(0.36, 0.08, G4),
        Note(0.46, 0.34, C5),
    ),
    # Down and up again: leave off, and begin anew.
    "takeover": (Note(0.0, 0.26, E5, A4), Note(0.26, 0.26, A4, E5)),
    # Down in three steps, the last one long.
    "stop": (Note(0.0, 0.14, C5), Note(0.16, 0.14, G4), Note(0.32, 0.40, C4)),
    "reconnected": (Note(0.0, 0.15, C5, G5), Note(0.20, 0.15, C5, G5)),
}


def render(name: CueName, rate_hz: float) -> Samples:
    """Return the samples of a cue, ``(n_samples,)`` float32, peak :data:`PEAK` of full scale."""
    notes = NOTES[name]
    end_s = max(note.at_s + note.length_s for note in notes)
    out = np.zeros(math.ceil(end_s * rate_hz))
    for note in notes:
        begin = round(note.at_s * rate_hz)
        sound = _note(note, rate_hz)[: len(out) - begin]
        out[begin : begin + len(sound)] += sound
    return (out * (PEAK * max(note.gain for note in notes) / np.max(np.abs(out)))).astype(
        np.float32
    )


def render_all(rate_hz: float) -> dict[CueName, Samples]:
    """Return every cue; some 3 s of sound together."""
    return {name: render(name, rate_hz) for name in CUES}


def _note(note: Note, rate_hz: float) -> NDArray[np.float64]:
    n = round(note.length_s * rate_hz)
    t = np.arange(n) / rate_hz
    to_hz = note.from_hz if note.to_hz is None else note.to_hz
    # A glide is even in semitones: the logarithm of the pitch changes at one speed.
    bend = math.log(to_hz / note.from_hz)
    speed = bend / note.length_s
    turns = note.from_hz * (t if bend == 0.0 else np.expm1(speed * t) / speed)
    out = np.zeros(n)
    for k, share in HARMONICS:
        out += share * np.sin(2.0 * np.pi * k * turns)
    if note.knock:
        return out * np.exp(-t / KNOCK_DECAY_S) * np.minimum(3.0 * t / FADE_S, 1.0) * _end(t, note)
    return out * np.minimum(t / FADE_S, 1.0) * _end(t, note)


def _end(t: NDArray[np.float64], note: Note) -> NDArray[np.float64]:
    return np.clip((note.length_s - t) / FADE_S, 0.0, 1.0)
