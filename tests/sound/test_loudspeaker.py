"""The real PortAudio against a real sound server with a sink that nobody hears."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.sound.cues import render
from firingorder.sound.out import LOST, NO_LIBRARY, NO_PACKAGE, open_sound
from firingorder.sound.voice import load_voice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from firingorder.sound.out import SoundOut

#: What PortAudio says of the default device of ALSA; the sink has it, too, so nothing resamples.
RATE_HZ = 44_100
#: A busy computer drops blocks on the way; one sound that arrives whole is enough.
TRIES = 8
#: One step of 16 bits, and the server's own rounding.
TOLERANCE = 3.0 / 32768.0
SINK = ("module-null-sink", "sink_name=nobody", f"rate={RATE_HZ}", "channels=2")


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    tools = ("pulseaudio", "parec", "pactl")
    if missing := [tool for tool in tools if shutil.which(tool) is None]:
        pytest.skip(f"{' and '.join(missing)} not installed")
    socket = tmp_path / "native"
    monkeypatch.setenv("PULSE_SERVER", f"unix:{socket}")
    monkeypatch.setenv("PULSE_RUNTIME_PATH", str(tmp_path))
    running = subprocess.Popen(
        [
            "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
            f"--load=module-native-protocol-unix auth-anonymous=1 socket={socket}",
            f"--load={' '.join(SINK)}",
        ],
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(lambda: socket.exists() or running.poll() is not None)
        yield
    finally:
        running.terminate()
        running.wait(10.0)


def wait_for(met: Callable[[], bool], most_s: float = 10.0) -> bool:
    """Wait for something outside of this program."""
    end_s = time.monotonic() + most_s
    while not met():
        if time.monotonic() > end_s:
            return False
        threading.Event().wait(0.02)
    return True


class Listener:
    """What the sink was given."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [
                "parec", "-d", "nobody.monitor", f"--rate={RATE_HZ}", "--channels=1",
                "--format=s16le", "--latency-msec=10", "--raw",
            ],
            stdout=subprocess.PIPE,
        )  # fmt: skip
        self._parts: list[bytes] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def heard(self) -> np.ndarray:
        samples = b"".join(self._parts)
        return np.frombuffer(samples[: len(samples) // 2 * 2], "<i2") / 32768.0

    def forget(self) -> None:
        self._parts.clear()

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10.0)
        self._thread.join(10.0)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        while part := os.read(self.process.stdout.fileno(), 1 << 14):
            self._parts.append(part)


def found_at(heard: np.ndarray, want: np.ndarray) -> int | None:
    """Where all of a sound stands, sample for sample."""
    loud = int(np.argmax(np.abs(want) > 0.1))
    begins = np.flatnonzero(np.abs(heard - want[loud]) < TOLERANCE) - loud
    for begin in begins:
        part = heard[max(begin, 0) : begin + len(want)]
        if len(part) == len(want) and np.abs(part - want).max() < TOLERANCE:
            return int(begin)
    return None


def arrives(ask: Callable[[], None], want: np.ndarray, listener: Listener) -> None:
    """Ask for a sound until it arrives whole."""
    for asked in range(TRIES):
        listener.forget()
        ask()
        if wait_for(lambda: found_at(listener.heard, want) is not None, 1.5):
            print(f"arrived whole after request {asked + 1}")
            return
    pytest.fail(f"did not arrive in {TRIES} tries")


def play_and_find(out: SoundOut) -> None:
    """A cue and a word arrive at the sink as they were made, and not one sample is amiss."""
    cue = render("together", out.rate_hz)
    word = load_voice().utterance(("up",), out.rate_hz)
    assert word is not None
    listener = Listener()
    try:
        assert wait_for(lambda: len(listener.heard) > 4410), "the monitor gives samples"
        arrives(lambda: out.play("together"), cue, listener)
        arrives(lambda: out.say(("up",)), word, listener)
    finally:
        listener.close()


def test_what_is_played_arrives_and_a_sink_that_goes_is_told_and_found_again(
    server: None,
) -> None:
    out = open_sound()
    try:
        problem = out.take_problem()
        if problem in (NO_PACKAGE, NO_LIBRARY):
            pytest.skip(problem)
        assert (out.working, problem) == (True, None)
        if out.rate_hz != RATE_HZ:
            pytest.skip(f"the server plays at {out.rate_hz:g} Hz")
        play_and_find(out)
        out.levels(0.5, 0.5)
        subprocess.run(["pactl", "unload-module", SINK[0]], check=True)
        assert wait_for(lambda: not out.working), "a sink that is gone is noticed"
        assert (out.take_problem(), out.take_problem()) == (LOST, None)
        for _ in range(20):
            out.play("go")
        out.say(("go",))
        out.stop()
        subprocess.run(["pactl", "load-module", *SINK], check=True, stdout=subprocess.DEVNULL)
        assert out.reopen(), out.take_problem()
        assert out.take_problem() is None
        play_and_find(out)
    finally:
        out.close()
