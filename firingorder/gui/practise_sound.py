"""A round by ear: the slow replay of the product, and the same at the speed of life."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firingorder.sound.out import NullSound
from firingorder.sound.replay import slow_start

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.session.practising import Round
    from firingorder.sound.cues import Samples
    from firingorder.sound.out import SoundOut
    from firingorder.sound.replay import Onset

SLOW, PLAIN = 8.0, 1.0
#: What is heard slowly, seconds about the start of the movement: six seconds of sound.
SLOW_WINDOW_S = (-0.30, 0.45)
NO_OUTPUT = "Sound is off: this window was opened without it. Everything else works."
NO_START = "The product found no start that it could play."


class RoundPlayer:
    """Plays rounds. The output is opened when it is first needed, and given back afterwards."""

    def __init__(self, open_out: Callable[[], SoundOut] | None) -> None:
        self._open_out = open_out
        self._out: SoundOut | None = None

    def play(self, one: Round, factor: float) -> str:
        """Play a round; return a sentence where nothing can be heard, else nothing."""
        if self._open_out is None:
            return NO_OUTPUT
        if self._out is None:
            self._out = self._open_out()
        elif not self._out.working and not isinstance(self._out, NullSound):
            self._out.reopen()
        problem = self._out.take_problem()
        if not self._out.working:
            return problem or NO_OUTPUT
        samples = round_sound(one, factor, self._out.rate_hz)
        if samples is None:
            return NO_START
        self._out.stop()
        self._out.play_samples(samples)
        return ""

    def stop(self) -> None:
        """Silence what is playing."""
        if self._out is not None:
            self._out.stop()

    def close(self) -> None:
        """Give the device back."""
        if self._out is not None:
            self._out.close()
            self._out = None


def round_sound(one: Round, factor: float, rate_hz: float) -> Samples | None:
    """Return a round as sound, float32; None where the product found no start to play.

    Each voice is the earlier side of its muscle, and rises over the product's own interval: what
    it cannot tell apart is heard rising together.
    """
    low_s, high_s = SLOW_WINDOW_S if factor > PLAIN else (one.t_s[0], one.t_s[-1])
    shown = (one.t_s >= low_s) & (one.t_s <= high_s)
    half = len(one.deciding) // 2
    voices = [_voice(one, names, shown) for names in (one.deciding[:half], one.deciding[half:])]
    (glute, glute_on), (back, back_on) = voices
    if glute_on is None and back_on is None:
        return None
    return slow_start(
        glute,
        back,
        one.rate_hz,
        glute=glute_on,
        back=back_on,
        factor=factor,
        out_rate_hz=rate_hz,
    )


def _voice(
    one: Round, names: tuple[str, ...], shown: np.ndarray
) -> tuple[np.ndarray, Onset | None]:
    found = [(onset, name) for name in names if (onset := one.found_s.get(name)) is not None]
    first = min(found, key=lambda pair: pair[0].onset_s, default=None)
    name = names[0] if first is None else first[1]
    envelope = np.nan_to_num(one.envelope_uv[shown, one.channels.index(name)])
    if first is None:
        return envelope, None
    t0_s, most_s = float(one.t_s[shown][0]), len(envelope) / one.rate_hz
    low, at, high = (
        min(max(edge - t0_s, 0.0), most_s)
        for edge in (first[0].low_s, first[0].onset_s, first[0].high_s)
    )
    return envelope, (at, low, high)
