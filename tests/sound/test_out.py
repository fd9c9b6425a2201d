"""Outputs: what was asked for is kept, what cannot be heard is said once and in one sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from firingorder.sound.cues import render
from firingorder.sound.out import (
    LOST,
    NO_DEVICE,
    NO_LIBRARY,
    NO_PACKAGE,
    NullSound,
    Recorder,
    SoundOut,
    Speaker,
    open_sound,
)

if TYPE_CHECKING:
    from collections.abc import Callable


class PortAudioError(Exception):
    """As the library's own."""


@dataclass
class Stream:
    """A sound card by hand: it asks for blocks when it is told to."""

    channels: int
    dtype: str
    latency: str
    callback: Callable[..., None]
    finished_callback: Callable[[], None]
    samplerate: float = 44_100.0
    started: bool = False
    closed: bool = False

    def start(self) -> None:
        self.started = True

    def abort(self) -> None:
        self.finished_callback()

    def close(self) -> None:
        self.closed = True

    def pull(self, frames: int, status: object = 0) -> np.ndarray:
        out = np.zeros((frames, self.channels), dtype=np.float32)
        self.callback(out, frames, None, status)
        return out


@dataclass
class Library:
    """Stands in for the third-party library, which needs a sound card."""

    fails: bool = False
    streams: list[Stream] = field(default_factory=list[Stream])
    PortAudioError: type[Exception] = PortAudioError

    def OutputStream(self, **options: Any) -> Stream:  # noqa: N802 - the library's name
        if self.fails:
            raise PortAudioError("Error querying device -1")
        self.streams.append(Stream(**options))
        return self.streams[-1]


def absent(error: Exception) -> Callable[[], Any]:
    def load() -> Any:
        raise error

    return load


@pytest.mark.parametrize(
    ("load", "sentence"),
    [
        (absent(ModuleNotFoundError("No module named 'sounddevice'")), NO_PACKAGE),
        (absent(OSError("PortAudio library not found")), NO_LIBRARY),
        (lambda: Library(fails=True), NO_DEVICE),
    ],
)
def test_without_sound_there_is_a_silent_output_and_one_sentence(
    load: Callable[[], Any], sentence: str
) -> None:
    out = open_sound(load)
    assert isinstance(out, NullSound)
    assert not out.working
    assert (out.take_problem(), out.take_problem()) == (sentence, None)
    out.play("go")
    out.level(0.5)
    out.stop()
    out.close()


def test_the_speaker_plays_what_is_asked_at_the_rate_of_the_device() -> None:
    library = Library()
    out = open_sound(lambda: library)
    assert isinstance(out, Speaker)
    (stream,) = library.streams
    assert stream.started
    assert (stream.dtype, stream.latency) == ("float32", "low")
    out.play("glutes_first")
    cue = render("glutes_first", 44_100.0)
    assert np.allclose(stream.pull(len(cue))[:, 1], cue, atol=1e-7)
    stream.pull(64, status=1)
    assert out.underflows == 1
    out.close()
    assert stream.closed
    assert out.take_problem() is None, "closing is no loss"


def test_a_device_that_is_pulled_out_is_told_once_and_everything_goes_on() -> None:
    library = Library()
    out = open_sound(lambda: library)
    library.streams[0].finished_callback()
    assert not out.working
    assert (out.take_problem(), out.take_problem()) == (LOST, None)
    for _ in range(100):
        out.play("go")
    out.stop()
    out.close()


def test_the_recorder_keeps_times_and_samples() -> None:
    now = [10.0]
    out = Recorder(lambda: now[0])
    now[0] = 10.5
    out.play("together")
    now[0] = 12.0
    out.play("back_first")
    now[0] = 13.0
    assert out.played == [(10.5, "together"), (12.0, "back_first")]
    heard = out.samples
    assert len(heard) == 3 * 48_000
    for at_s, name in out.played:
        cue = render(name, 48_000.0)
        begin = round((at_s - 10.0) * 48_000)
        assert np.allclose(heard[begin : begin + len(cue)], cue, atol=1e-7)
    assert np.abs(heard[: 24_000 - 1]).max() == 0.0


def test_two_recorders_that_are_asked_at_other_times_hear_the_same() -> None:
    """Reading the samples between commands changes nothing."""
    heard: list[np.ndarray] = []
    for looks in (False, True):
        now = [0.0]
        out = Recorder(lambda now=now: now[0])
        for k in range(40):
            now[0] = k / 40.0
            if looks:
                assert len(out.samples) == round(now[0] * 48_000)
            if k == 4:
                out.play("warning")
                out.level(0.4)
            if k == 24:
                out.stop()
        now[0] = 1.5
        heard.append(out.samples)
    assert np.array_equal(heard[0], heard[1])


def test_every_output_speaks_the_same_language() -> None:
    library = Library()
    outs: tuple[SoundOut, ...] = (NullSound(), Recorder(lambda: 0.0), Speaker(library))
    for out in outs:
        out.set_volume(0.5)
        out.set_muted(True)
        out.play("tick")
        out.level(None)
        out.stop()
        out.close()
        assert out.take_problem() is None
