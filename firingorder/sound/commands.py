"""What every output with a mixer is told, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firingorder.sound.mixer import PARTS, Mixer, Part
from firingorder.sound.voice import Voice, load_voice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.sound.cues import CueName, Samples


class MixerCommands:
    """The commands of an output, given to its mixer. From any thread; none blocks, none raises.

    A clip that was not said lately is decoded by the caller: some milliseconds.
    """

    def __init__(self, mixer: Mixer, voice: Voice | None) -> None:
        self._mixer = mixer
        self._voice = voice
        self._unspoken: list[str] = []
        self._told = frozenset[str]()

    @property
    def rate_hz(self) -> float:
        """Samples a second of what is heard."""
        return self._mixer.rate_hz

    @property
    def speaking(self) -> bool:
        """Whether something is being said or waits for it."""
        return self._mixer.speaking

    def play(self, name: CueName) -> None:
        """Play a cue with the next block."""
        self._note("play", name)
        self._mixer.play(name)

    def play_samples(self, samples: Samples, rate_hz: float | None = None) -> None:
        """Play ``(n_samples,)`` with the next block; at the output's own rate if none is given."""
        self._note("samples", len(samples))
        whole = round(self._mixer.rate_hz)
        if rate_hz is not None and round(rate_hz) != whole:
            from scipy.signal import resample_poly  # a second to load: `doctor` needs none of it

            samples = resample_poly(samples, whole, round(rate_hz))
        self._mixer.play_samples(np.asarray(samples, dtype=np.float32))

    def say(
        self, said: Sequence[str], *, urgent: bool = False, within_s: float | None = None
    ) -> None:
        """Say clips, texts and numbers one after the other, after what is being said.

        ``urgent`` cuts off what is being said and drops what waits. ``within_s``: dropped if it
        could only begin later. Where a part has no clip nothing of it is said: half a sentence
        may say the opposite; :meth:`take_unspoken` tells the part.
        """
        said = (said,) if isinstance(said, str) else tuple(said)
        self._note("say", said)
        voice = self._voice = self._voice or load_voice()
        samples = voice.utterance(said, self._mixer.rate_hz)
        if samples is not None:
            self._mixer.say(samples, urgent=urgent, within_s=within_s)
            return
        new = [part for part in voice.missing(said) if part not in self._told]
        self._told |= frozenset(new)
        self._unspoken += new

    def level(self, value: float | None) -> None:
        """Let the glutes' voice follow 0 to 1 alone; None ends it."""
        self.levels(value, None)

    def levels(
        self, glute: float | None, back: float | None, *, quiet_is_reward: bool = False
    ) -> None:
        """Let both voices follow 0 to 1; None ends one. ``quiet_is_reward``: 0 is silence."""
        self._note("levels", (glute, back, quiet_is_reward))
        self._mixer.levels(glute, back, quiet_is_reward=quiet_is_reward)

    def set_volume(self, volume: float) -> None:
        """Set the volume, 0 to 1; raises ValueError beyond."""
        self._note("volume", volume)
        self._mixer.set_volume(volume)

    def set_muted(self, muted: bool) -> None:
        """Silence the output, or let it be heard again."""
        self._note("muted", muted)
        self._mixer.set_muted(muted)

    def set_off(self, *parts: Part) -> None:
        """Silence these parts ("glute", "back", "speech", "cues") and no others.

        Raises
        ------
        ValueError
            There is no such part.
        """
        unknown = [part for part in parts if part not in PARTS]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no part of the sound: {', '.join(PARTS)}")
        self._note("off", parts)
        self._mixer.set_off(frozenset(parts))

    def stop(self) -> None:
        """Silence everything within a block and a fade of 20 ms; what is played next is heard."""
        self._note("stop", None)
        self._mixer.stop()

    def take_unspoken(self) -> tuple[str, ...]:
        """Return texts that could not be said since the last call, each once and never again."""
        texts, self._unspoken = self._unspoken, []
        return tuple(texts)

    def _note(self, kind: str, what: object) -> None:
        """Be told of a command before it is carried out."""
        del kind, what
