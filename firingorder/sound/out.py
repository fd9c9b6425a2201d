"""Where sound goes to: loudspeakers, nowhere, or a record of what was asked for."""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np

from firingorder.sound.mixer import Mixer

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.sound.cues import CueName, Samples

log = logging.getLogger(__name__)

#: Outputs of the stream: the same sound to both ears.
OUTPUTS = 2
#: Of a record of what was played; 48 kHz is what sound cards run at.
RECORD_RATE_HZ = 48_000.0

NO_PACKAGE = "Sound is off: install it with pip install 'firingorder[sound]'."
NO_LIBRARY = "Sound is off: install PortAudio (on Debian: apt install libportaudio2)."
NO_DEVICE = "Sound is off: no loudspeaker or headphones were found. Plug some in and start anew."
LOST = "Sound is off: the loudspeaker or headphones are gone. Plug them in and turn sound on again."


class SoundOut(Protocol):
    """One output. Every command returns at once and never raises for what the output does."""

    @property
    def working(self) -> bool:
        """Whether anything can be heard."""
        ...

    def play(self, name: CueName) -> None:
        """Play a cue as soon as possible."""
        ...

    def level(self, value: float | None) -> None:
        """Let the level tone follow 0 to 1; None ends it."""
        ...

    def set_volume(self, volume: float) -> None:
        """Set the volume, 0 to 1."""
        ...

    def set_muted(self, muted: bool) -> None:
        """Silence the output, or let it be heard again."""
        ...

    def stop(self) -> None:
        """Silence everything that is playing or waiting within a tenth of a second."""
        ...

    def take_problem(self) -> str | None:
        """Return a sentence about why nothing is heard, once."""
        ...

    def close(self) -> None:
        """Give the device back; nothing is played any more."""
        ...


class NullSound:
    """Plays nothing; ``problem`` says why, where somebody expected sound."""

    working = False

    def __init__(self, problem: str | None = None) -> None:
        self._problem = problem

    def play(self, name: CueName) -> None:
        """Do nothing."""

    def level(self, value: float | None) -> None:
        """Do nothing."""

    def set_volume(self, volume: float) -> None:
        """Do nothing."""

    def set_muted(self, muted: bool) -> None:
        """Do nothing."""

    def stop(self) -> None:
        """Do nothing."""

    def take_problem(self) -> str | None:
        """Return why nothing is heard, once."""
        problem, self._problem = self._problem, None
        return problem

    def close(self) -> None:
        """Do nothing."""


class Recorder:
    """Keeps what was asked for, and renders what would have been heard, by the clock it is given.

    ``clock`` returns seconds; it never goes back.
    """

    working = True

    def __init__(self, clock: Callable[[], float], rate_hz: float = RECORD_RATE_HZ) -> None:
        self.played: list[tuple[float, CueName]] = []
        self._clock = clock
        self._mixer = Mixer(rate_hz)
        self._began_s = clock()
        self._blocks: list[Samples] = []
        self._count = 0

    @property
    def samples(self) -> Samples:
        """What was heard until now, ``(n_samples,)``."""
        self._render()
        return np.concatenate([np.zeros(0, dtype=np.float32), *self._blocks])

    def play(self, name: CueName) -> None:
        """Take note of a cue and mix it in."""
        self._render()
        self.played.append((self._clock(), name))
        self._mixer.play(name)

    def level(self, value: float | None) -> None:
        """Let the level tone follow 0 to 1; None ends it."""
        self._render()
        self._mixer.level(value)

    def set_volume(self, volume: float) -> None:
        """Set the volume, 0 to 1."""
        self._render()
        self._mixer.set_volume(volume)

    def set_muted(self, muted: bool) -> None:
        """Silence what is rendered."""
        self._render()
        self._mixer.set_muted(muted)

    def stop(self) -> None:
        """Silence everything."""
        self._render()
        self._mixer.stop()

    def take_problem(self) -> str | None:
        """Return None: a record cannot fail."""
        return None

    def close(self) -> None:
        """Do nothing; the record can still be read."""

    def _render(self) -> None:
        due = round((self._clock() - self._began_s) * self._mixer.rate_hz)
        n = due - self._count
        if n > 0:
            block = np.zeros((n, 1), dtype=np.float32)
            self._mixer.fill(block)
            self._blocks.append(block[:, 0])
            self._count = due


class Speaker:
    """Plays through PortAudio; when the device goes, it plays nothing and says so once."""

    def __init__(self, library: Any) -> None:
        self._lost = False
        self._told = False
        self._closing = False
        self.underflows = 0
        """Blocks that came too late for the device."""
        self._stream: Any = library.OutputStream(
            channels=OUTPUTS,
            dtype="float32",
            latency="low",
            callback=self._callback,
            finished_callback=self._finished,
        )
        self._mixer = Mixer(float(self._stream.samplerate))
        self._stream.start()

    @property
    def working(self) -> bool:
        """Whether the device is still there."""
        return not self._lost

    @property
    def latency_s(self) -> float:
        """What PortAudio says of the time between a block and its sound."""
        return float(self._stream.latency)

    def play(self, name: CueName) -> None:
        """Play a cue with the next block."""
        if not self._lost:
            self._mixer.play(name)

    def level(self, value: float | None) -> None:
        """Let the level tone follow 0 to 1; None ends it."""
        self._mixer.level(value)

    def set_volume(self, volume: float) -> None:
        """Set the volume, 0 to 1."""
        self._mixer.set_volume(volume)

    def set_muted(self, muted: bool) -> None:
        """Silence the output, or let it be heard again."""
        self._mixer.set_muted(muted)

    def stop(self) -> None:
        """Silence everything within a block and a fade of 20 ms."""
        self._mixer.stop()

    def take_problem(self) -> str | None:
        """Return a sentence when the device is gone, once."""
        if not self._lost or self._told:
            return None
        self._told = True
        return LOST

    def close(self) -> None:
        """Stop at once and give the device back."""
        self._closing = True
        try:
            self._stream.abort()
            self._stream.close()
        except Exception:  # noqa: BLE001 - a device that is gone cannot be closed properly
            log.info("the sound device was gone before it was closed")

    def _callback(self, out: Samples, frames: int, when: object, status: object) -> None:
        del frames, when
        self.underflows += bool(status)
        self._mixer.fill(out)

    def _finished(self) -> None:
        """Take note, in PortAudio's thread, that no block will be asked for any more."""
        self._lost = self._lost or not self._closing


def open_sound(load: Callable[[], Any] | None = None) -> SoundOut:
    """Return the loudspeaker, or a silent output that says why there is none.

    ``load`` returns the library; it is loaded here and not before, because its import fails where
    PortAudio is missing.
    """
    try:
        library = (load or _load)()
    except ImportError:
        return NullSound(NO_PACKAGE)
    except OSError:
        return NullSound(NO_LIBRARY)
    error = cast("type[Exception]", library.PortAudioError)
    try:
        return Speaker(library)
    except (error, OSError, ValueError) as problem:
        log.info("no sound device: %s", problem)
        return NullSound(NO_DEVICE)


def _load() -> Any:
    return importlib.import_module("sounddevice")
