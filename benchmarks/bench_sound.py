"""Sound: what the callback costs, and how soon a cue comes out of the sound server.

``python -m benchmarks sound``. The latency needs the extra ``sound``, PortAudio, and PulseAudio's
``pulseaudio`` and ``parec``: a server of its own with a sink that nobody hears is started, and the
first loud sample is looked for on its monitor. Without them it is not measured and the row says so.
The loudspeaker's own delay comes on top: some milliseconds by wire, much more by Bluetooth.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from firingorder.sound.mixer import Mixer
from firingorder.sound.out import open_sound
from firingorder.sound.voice import load_voice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RATE_HZ = 48_000.0
#: A usual block at low latency.
BLOCK = 512
#: A hundredth of the time a block lasts leaves the core to others.
CALLBACK_BAR_MS = 0.5
CUES = 30
#: A cue is heard within this of its decision, the loudspeaker's own delay apart.
LATENCY_BAR_MS = 30.0
#: What a caller waits for a word that was not said lately: half a block of 20 ms.
DECODE_BAR_MS = 10.0
SAID = ("go", "glutes_first", "stop", "105", "Lie on your back, knees bent, feet flat.")
LOUD = 1000
#: parec is asked for pieces of 2 ms, which is what it adds to what is measured at most.
PIECE_MS = 2
SETTLE_S = 1.0
BETWEEN_S = 0.6


def run() -> list[dict[str, Any]]:
    """Measure the callback, and the latency where that can be done."""
    rows = [
        _row("callback of 512 frames: cues, words, both tones; CPU p50", callback_ms(), "ms"),
        _row("word or sentence said for the first time, CPU, most of all", first_said_ms(), "ms"),
    ]
    rows[0]["bar"], rows[1]["bar"] = CALLBACK_BAR_MS, DECODE_BAR_MS
    found = latencies_ms()
    if isinstance(found, str):
        return [*rows, _row(f"trigger to sample: not measured ({found})", None, "ms")]
    for name, times_ms in found.items():
        low, middle, high = np.percentile(times_ms, (0, 50, 95)).tolist()
        rows += [
            _row(f"{name} asked for to first loud sample, p50 of {len(times_ms)}", middle, "ms"),
            _row("the same, least", low, "ms"),
            _row("the same, p95", high, "ms"),
        ]
        rows[-1]["bar"] = LATENCY_BAR_MS
    return rows


def callback_ms() -> float:
    """Return the median CPU time of a block while much is heard."""
    mixer, out = Mixer(RATE_HZ), np.zeros((BLOCK, 2), dtype=np.float32)
    took: list[float] = []
    for k in range(400):
        if k % 20 == 0:
            mixer.levels(0.5, 0.5)
            mixer.say(np.zeros(4 * BLOCK, dtype=np.float32))
            mixer.play("warning")
            mixer.play("rest")
            mixer.play("glutes_first")
        begin = time.process_time_ns()
        mixer.fill(out)
        took.append((time.process_time_ns() - begin) / 1e6)
    return float(np.median(took))


def first_said_ms() -> float:
    """Return the most CPU time that finding and decoding an utterance takes."""
    load_voice().utterance(("now",), RATE_HZ)  # tables that are made once
    took: list[float] = []
    for said in SAID:
        begin = time.process_time_ns()
        load_voice().utterance((said,), RATE_HZ)
        took.append((time.process_time_ns() - begin) / 1e6)
    return max(took)


def latencies_ms() -> dict[str, list[float]] | str:
    """Return the times from the command to the first loud sample, or why there are none."""
    missing = [tool for tool in ("pulseaudio", "parec") if shutil.which(tool) is None]
    if missing:
        return f"{' and '.join(missing)} not installed"
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)):
        out = open_sound()
        try:
            if not out.working:
                return out.take_problem() or "no sound"
            return {
                "cue": _measure(lambda: out.play("go")),
                "word": _measure(lambda: out.say(("up",), urgent=True)),
            }
        finally:
            out.close()


@contextmanager
def _server(folder: Path) -> Iterator[None]:
    """Run a sound server of our own; the programs of this process speak to it."""
    socket = folder / "native"
    command = [
        "pulseaudio",
        "-n",
        "--daemonize=no",
        "--exit-idle-time=-1",
        "--use-pid-file=no",
        f"--load=module-native-protocol-unix auth-anonymous=1 socket={socket}",
        "--load=module-null-sink sink_name=nobody",
    ]
    environment = {"PULSE_SERVER": f"unix:{socket}", "PULSE_RUNTIME_PATH": str(folder)}
    os.environ.update(environment)
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        while not socket.exists() and server.poll() is None:
            time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait(10.0)


def _measure(ask: Callable[[], None]) -> list[float]:
    listener = subprocess.Popen(
        [
            "parec",
            "-d",
            "nobody.monitor",
            f"--rate={RATE_HZ:g}",
            "--channels=1",
            "--format=s16le",
            f"--latency-msec={PIECE_MS}",
            "--raw",
        ],
        stdout=subprocess.PIPE,
    )
    assert listener.stdout is not None
    try:
        _listen(listener.stdout, SETTLE_S, None)
        found: list[float] = []
        for _ in range(CUES):
            asked_s = time.perf_counter()
            ask()
            heard_s = _listen(listener.stdout, BETWEEN_S, asked_s)
            if heard_s is not None:
                found.append(1000.0 * (heard_s - asked_s))
        return found
    finally:
        listener.terminate()
        listener.wait(10.0)


def _listen(stream: IO[bytes], seconds: float, after_s: float | None) -> float | None:
    """Read for some seconds; return when the first loud sample came, None if none did."""
    heard_s: float | None = None
    begin_s = time.perf_counter()
    while (now_s := time.perf_counter()) < begin_s + seconds:
        samples = np.frombuffer(os.read(stream.fileno(), 1 << 12), dtype="<i2")
        now_s = time.perf_counter()
        loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > LOUD)
        if len(loud) and heard_s is None and after_s is not None:
            heard_s = now_s - (len(samples) - int(loud[0])) / RATE_HZ
    return heard_s


def _row(name: str, value: float | None, unit: str) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "bar": None}
