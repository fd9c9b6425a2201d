"""Outputs: what was asked for is kept, what cannot be heard is said once and in one sentence."""

from __future__ import annotations

import threading
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
from firingorder.sound.replay import slow_start
from firingorder.sound.voice import load_voice

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
    assert not out.working
    assert (out.take_problem(), out.take_problem()) == (sentence, None)
    assert not out.reopen()
    assert out.take_problem() == sentence
    out.say(("go",))
    out.levels(0.5, 0.5)
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
    stream.latency = "0.012"  # a number, once it is open
    assert out.cue_latency_s == (0.012, 0.012)
    stream.latency = "0"
    assert out.cue_latency_s is None  # a system that does not say
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
    outs: tuple[SoundOut, ...] = (NullSound(), Recorder(lambda: 0.0), Speaker(lambda: library))
    for out in outs:
        out.set_volume(0.5)
        out.set_muted(True)
        out.play("tick")
        out.level(None)
        out.levels(0.2, None, quiet_is_reward=True)
        out.say(("go",), urgent=True)
        out.play_samples(np.zeros(10, dtype=np.float32), 8000.0)
        out.set_off("back", "speech")
        assert out.take_unspoken() == ()
        out.stop()
        out.close()
        assert out.take_problem() is None


def test_a_device_that_comes_back_is_played_to_with_the_settings_as_they_were() -> None:
    library = Library()
    out = open_sound(lambda: library)
    out.set_volume(0.25)
    out.set_off("speech")
    first = library.streams[0]
    first.finished_callback()
    out.play("warning")
    assert out.take_problem() == LOST
    assert out.reopen()
    assert (out.working, out.take_problem(), first.closed) == (True, None, True)
    second = library.streams[1]
    second.pull(4410)
    out.play("go")
    out.say(("go",))
    heard = second.pull(44_100)[:, 0]
    cue = render("go", 44_100.0)
    assert np.allclose(heard[: len(cue)], 0.25 * cue, atol=1e-7), "the old cue is not made up for"
    assert np.abs(heard[len(cue) :]).max() == 0.0, "words are still off"
    first.finished_callback()
    assert out.working, "the end of the old device says nothing about the new one"
    second.finished_callback()
    assert (out.working, out.take_problem()) == (False, LOST)
    library.fails = True
    assert not out.reopen()
    assert out.take_problem() == NO_DEVICE


def test_a_device_that_asks_for_nothing_any_more_is_told_and_one_that_wakes_works() -> None:
    now, library = [0.0], Library()
    out = Speaker(lambda: library, clock=lambda: now[0])
    (stream,) = library.streams
    now[0] = 1.9
    stream.pull(64)
    now[0] = 3.0
    assert out.working
    now[0] = 4.0
    assert not out.working
    assert (out.take_problem(), out.take_problem()) == (LOST, None)
    stream.pull(64)
    assert (out.working, out.take_problem()) == (True, None)
    now[0] = 9.0
    assert out.take_problem() == LOST, "each loss is told"


def test_the_recorder_hears_a_whole_set_as_it_was_asked_for() -> None:
    """Cue, words with a number, slow replay: every sample is where it belongs."""
    now = [0.0]
    out = Recorder(lambda: now[0])
    voice = load_voice()
    replayed = slow_start(
        np.linspace(0.0, 1.0, 100), np.linspace(0.0, 1.0, 100), 500.0,
        glute=(0.05, 0.04, 0.06), back=(0.1, 0.09, 0.11), factor=2.0,
    )  # fmt: skip
    spoken = voice.utterance(("set", "2", "of", "3"), 48_000.0)
    assert spoken is not None
    script = (
        (0.5, lambda: out.play("go"), render("go", 48_000.0)),
        (1.25, lambda: out.say(("Set 2 of 3",)), spoken),
        (4.0, lambda: out.play_samples(replayed), replayed),
    )
    for at_s, do, _ in script:
        now[0] = at_s
        do()
    now[0] = 5.0
    want = np.zeros(5 * 48_000, dtype=np.float32)
    for at_s, _, samples in script:
        want[round(at_s * 48_000) :][: len(samples)] += samples
    print(f"largest difference {np.abs(out.samples - want).max():.1e}")
    assert np.allclose(out.samples, want, atol=1e-7)
    assert [(t, kind) for t, kind, _ in out.events] == [
        (0.5, "play"),
        (1.25, "say"),
        (4.0, "samples"),
    ]
    assert out.said == [(1.25, ("Set 2 of 3",))]
    assert not out.speaking


def test_what_has_no_clip_is_told_once_and_nothing_of_it_is_said() -> None:
    now = [0.0]
    out = Recorder(lambda: now[0])
    for _ in range(3):
        out.say(("hold", "A sentence that nobody recorded", "5"))
    assert out.take_unspoken() == ("A sentence that nobody recorded",)
    assert out.take_unspoken() == ()
    now[0] = 3.0
    assert np.abs(out.samples).max() == 0.0


def test_commands_from_many_threads_reach_the_callback() -> None:
    library = Library()
    out = open_sound(lambda: library)
    (stream,) = library.streams
    done = threading.Event()

    def command(k: int) -> None:
        for n in range(300):
            out.levels(n / 300.0, k / 8.0)
            out.play("tick")
            out.say(("5",), urgent=n % 7 == 0)
            if n % 50 == 0:
                out.stop()

    threads = [threading.Thread(target=command, args=(k,)) for k in range(4)]
    puller = threading.Thread(target=lambda: [stream.pull(64) for _ in iter(done.is_set, True)])
    for one in (*threads, puller):
        one.start()
    for one in threads:
        one.join(30.0)
    done.set()
    puller.join(30.0)
    out.stop()
    stream.pull(4410)
    out.play("go")
    cue = render("go", 44_100.0)
    assert np.allclose(stream.pull(len(cue))[:, 0], cue, atol=1e-7)
