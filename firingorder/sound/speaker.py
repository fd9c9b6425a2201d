"""The loudspeaker: plays through PortAudio, and says once why nothing is heard."""

from __future__ import annotations

import importlib
import logging
import time
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from firingorder.sound.commands import MixerCommands
from firingorder.sound.mixer import Mixer

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.sound.cues import Samples
    from firingorder.sound.voice import Voice

log = logging.getLogger(__name__)

#: Outputs of the stream: the same sound to both ears.
OUTPUTS = 2
#: Of a mixer that nobody hears.
UNHEARD_RATE_HZ = 48_000.0
#: A device that asks for no block for so long is gone, whatever it says: a block lasts some 10 ms.
STALL_S = 2.0

NO_PACKAGE = "Sound is off: install it with pip install sounddevice."
NO_LIBRARY = "Sound is off: install PortAudio (on Debian: apt install libportaudio2)."
NO_DEVICE = (
    "Sound is off: no loudspeaker or headphones were found. Plug some in and turn sound on again."
)
LOST = "Sound is off: the loudspeaker or headphones are gone. Plug them in and turn sound on again."


class Speaker(MixerCommands):
    """Plays through PortAudio. Without a device everything is taken and nothing is heard.

    ``load`` returns the library; it is loaded here and not before, because its import fails where
    PortAudio is missing. ``clock`` returns seconds.
    """

    def __init__(
        self,
        load: Callable[[], Any] | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        voice: Voice | None = None,
    ) -> None:
        super().__init__(Mixer(UNHEARD_RATE_HZ), voice)
        self._load, self._clock = load or _load, clock
        self._stream: Any = None
        self._number = 0
        self._lost = False
        self._asked_s = 0.0
        self._problem: str | None = None
        self.underflows = 0
        """Blocks that came too late for the device."""
        self._open(again=False)

    @property
    def working(self) -> bool:
        """Whether the device is there and asks for blocks."""
        if self._stream is None or self._lost:
            return False
        return self._clock() - self._asked_s < STALL_S

    @property
    def latency_s(self) -> float:
        """What PortAudio says of the time between a block and its sound; 0 without a device."""
        return 0.0 if self._stream is None else float(self._stream.latency)

    @property
    def cue_latency_s(self) -> tuple[float, float] | None:
        """How long after a command it is heard, and the half-width of 95 %; None: nothing is.

        What PortAudio says, and it may be wrong by all of it: the interval reaches from at once to
        twice as late (a proposal; `python -m benchmarks sound` lies inside). What a wireless
        loudspeaker adds to it the system does not know.
        """
        if not self.working or self.latency_s <= 0.0:
            return None
        return self.latency_s, self.latency_s

    def take_problem(self) -> str | None:
        """Return a sentence about why nothing is heard, once for each time."""
        if self._stream is not None and self.working:
            self._problem = LOST  # for the next time
            return None
        problem, self._problem = self._problem, None
        return problem

    def reopen(self) -> bool:
        """Look for a device anew, with volume and mutes as they were; return whether it plays.

        What was playing is not taken up again. May take some tenths of a second.
        """
        self.close()
        self._open(again=True)
        return self.working

    def close(self) -> None:
        """Stop at once and give the device back."""
        stream, self._stream = self._stream, None
        self._number += 1
        self._problem = None
        if stream is None:
            return
        try:
            stream.abort()
            stream.close()
        except Exception:  # noqa: BLE001 - a device that is gone cannot be closed properly
            log.info("the sound device was gone before it was closed")

    def _open(self, *, again: bool) -> None:
        try:
            library = self._load()
        except ImportError:
            self._problem = NO_PACKAGE
            return
        except OSError:
            self._problem = NO_LIBRARY
            return
        if again:
            _look_anew(library)
        if self._start(library) or (not again and _look_anew(library) and self._start(library)):
            self._problem = LOST  # when that happens
            return
        self._problem = NO_DEVICE

    def _start(self, library: Any) -> bool:
        error = cast("type[Exception]", library.PortAudioError)
        self._number += 1
        try:
            stream = library.OutputStream(
                channels=OUTPUTS,
                dtype="float32",
                latency="low",
                callback=self._callback,
                finished_callback=partial(self._finished, self._number),
            )
            mixer = Mixer(float(stream.samplerate))
            mixer.take_over(self._mixer)
            self._mixer = mixer
            self._lost, self._asked_s = False, self._clock()
            stream.start()
        except (error, OSError, ValueError) as problem:
            log.info("no sound device: %s", problem)
            return False
        self._stream = stream
        return True

    def _callback(self, out: Samples, frames: int, when: object, status: object) -> None:
        del frames, when
        self._asked_s = self._clock()
        self.underflows += bool(status)
        self._mixer.fill(out)

    def _finished(self, number: int) -> None:
        """Take note, in PortAudio's thread, that no block will be asked for any more."""
        self._lost = self._lost or number == self._number


def _look_anew(library: Any) -> bool:
    """Let PortAudio look for devices anew, which it does at its start only; False: it cannot."""
    end, begin = getattr(library, "_terminate", None), getattr(library, "_initialize", None)
    if end is None or begin is None:
        return False
    try:
        end()
        begin()
    except library.PortAudioError as problem:
        log.info("PortAudio did not start anew: %s", problem)
        return False
    return True


def _load() -> Any:
    return importlib.import_module("sounddevice")
