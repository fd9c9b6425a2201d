"""The chip drivers against their register models, the decimator, and the process on both.

The C tests do the register work; here they are built and run, the filter is held to its design, and
recordings of the modelled front end are held to the analogue input, sample by sample.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import shutil
import subprocess
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.firmware_bridge.commands import (
    LeadOffCommand,
    SelfTestCommand,
    SetGainCommand,
    SetRateCommand,
    StartCommand,
    StopCommand,
)
from firingorder.firmware_bridge.frame import AckStatus, Flag, Frame, FrameType
from firingorder.firmware_bridge.payloads import EventKind, Hello
from firingorder.recording.reader import open_recording
from firingorder.session.decoded import decode
from tests.hardware.bench import Peer, PosixFirmware, record
from tests.hardware.toolchain import BUILD, FIRMWARE, make, need

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

LONG = os.environ.get("FIRMWARE_LONG") == "1"
SEED = 20261122
MAKE = ("-f", "drivers/drivers.mk")
TONE_HZ = 16.0
TONE_UV = 1000.0
TOLERANCE_UV = 0.2
"""1 us of time stamp is 0.1 uV of the tone at its steepest, one count at gain 6 is 0.05 uV."""

DESIGN = runpy.run_path(str(FIRMWARE / "drivers" / "design_decimator.py"))
"""A script beside the C files, not part of the package."""
TAPS: NDArray[np.int64] = DESIGN["design"]()
SHIFT: int = DESIGN["SHIFT"]
sinc3_gain: Callable[[NDArray[np.float64]], NDArray[np.float64]] = DESIGN["sinc3_gain"]


class ModelledFirmware(PosixFirmware):
    """The firmware on the modelled front end."""

    def __init__(self, *options: str) -> None:
        need("make", "cc")
        make(*MAKE, "posix-afe")
        self._process = subprocess.Popen(
            [BUILD / "drivers" / "firmware-posix-afe", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.address = self._line()


def test_the_drivers_obey_the_data_sheets() -> None:
    need("make", "cc")
    assert ", 0 failed" in make(*MAKE, "drivers-test")


def test_the_drivers_obey_them_on_the_emulated_cortex_m4() -> None:
    need("make", "arm-none-eabi-gcc", "qemu-system-arm")
    assert ", 0 failed" in make(*MAKE, "drivers-test-qemu")


def test_the_image_for_the_board_links() -> None:
    """Nothing more can be said of it here: no nRF52840 is emulated."""
    need("make", "arm-none-eabi-gcc")
    make(*MAKE, "nrf52840")
    assert (BUILD / "drivers" / "firmware-nrf52840.elf").stat().st_size > 0


MUTANTS = [
    ("drivers/ads1298.c", "command(chip, ADS1298_CMD_SDATAC) || ", "false || "),
    ("drivers/ads1298.c", "ADS1298_ERR_SYNC;", "ADS1298_OK;"),
    ("drivers/ads1298.c", "raw[0] << 4 | raw[1] >> 4", "raw[1] << 4 | raw[0] >> 4"),
    ("drivers/decimator.c", "filter->filled = 0;", "filter->filled = DECIMATOR_LENGTH;"),
    ("drivers/icm42688.c", "{ICM42688_INT_CONFIG1, 0x00}", "{ICM42688_INT_CONFIG1, 0x10}"),
    ("hal/board/afe_sampling.c", "16250", "15500"),
    ("hal/board/afe_sampling.c", "lost > 0", "lost > 1000"),
    ("hal/nrf52840/board.c", "PIN_DRDY, NRF_GPIOTE_FALLING", "PIN_DRDY, NRF_GPIOTE_RISING"),
    ("hal/nrf52840/spim.c", "NRF_SPIM_CPHA : 0u", "NRF_SPIM_CPOL : 0u"),
]


@pytest.mark.parametrize(
    ("file", "right", "wrong"), MUTANTS if LONG else MUTANTS[:1], ids=lambda text: text[:24]
)
def test_the_tests_find_a_wrong_driver(file: str, right: str, wrong: str, tmp_path: Path) -> None:
    """Negative control: one mistake planted in a copy makes the C tests fail."""
    need("make", "cc")
    copy = tmp_path / "firmware"
    shutil.copytree(FIRMWARE, copy, ignore=shutil.ignore_patterns("build"))
    text = (copy / file).read_text(encoding="utf-8")
    assert right in text
    (copy / file).write_text(text.replace(right, wrong), encoding="utf-8")
    command = ["make", "-f", "drivers/drivers.mk", "drivers-test", "DRIVER_SANITIZERS="]
    run = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "FAILED" in run.stdout, run.stderr


def test_the_coefficients_are_those_of_the_design() -> None:
    header = FIRMWARE / "drivers" / "decimator_coefficients.h"
    assert header.read_text(encoding="utf-8") == DESIGN["header_text"](TAPS)


def response_db(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gain of sinc3 and FIR together at frequencies of the converter's rate."""
    turns = np.exp(-2j * np.pi * np.outer(frequency, np.arange(len(TAPS))))
    gain = np.abs(turns @ (TAPS / 2**SHIFT)) * sinc3_gain(frequency)
    return 20 * np.log10(np.maximum(gain, 1e-12))


def test_the_filter_is_flat_to_450_hz_and_keeps_aliases_out() -> None:
    passed = response_db(np.linspace(0, 450 / 2000, 2001))
    stopped = response_db(np.linspace(550 / 2000, 0.5, 2001))
    print(f"pass {passed.min():.4f} to {passed.max():.4f} dB, stop {stopped.max():.1f} dB")
    assert -0.04 < passed.min() <= passed.max() < 0.02
    assert stopped.max() < -47
    # Negative control: sinc3 alone is 2.2 dB down at 450 Hz, so it is the FIR that does it.
    assert 20 * np.log10(sinc3_gain(np.array([0.225])))[0] < -2


def test_the_delay_of_the_filter_is_exact() -> None:
    assert (TAPS == TAPS[::-1]).all()  # linear phase: (63 - 1) / 2 samples at every frequency
    assert len(TAPS) == 63
    assert TAPS.sum() == 2**SHIFT
    assert 31 / 2000 + 1.5 / 2000 == pytest.approx(16_250e-6)  # what HELLO announces at 1000 Hz


class _Decimator(ctypes.Structure):
    _fields_ = (
        ("history", ctypes.c_int32 * 63 * 8),
        ("newest", ctypes.c_uint8),
        ("filled", ctypes.c_uint8),
        ("phase", ctypes.c_uint8),
    )


def test_the_c_filter_is_the_whole_number_sum(tmp_path: Path) -> None:
    need("cc")
    library = tmp_path / "decimator.so"
    source = FIRMWARE / "drivers" / "decimator.c"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", source, "-o", library], check=True)
    push = ctypes.CDLL(str(library)).decimator_push
    push.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    print(f"seed {SEED}")
    rng = np.random.default_rng(SEED)
    raw = rng.integers(-(1 << 23), 1 << 23, (400, 8), dtype=np.int32)
    raw[200:] = np.where(rng.random((200, 8)) < 0.5, -(1 << 23), (1 << 23) - 1)  # makes it clip
    state, out = _Decimator(), np.zeros(8, np.int32)
    given = 0
    for k, row in enumerate(raw):
        values = np.ascontiguousarray(row)
        result = push(ctypes.byref(state), values.ctypes.data, out.ctypes.data)
        assert result == (0 if k % 2 == 0 else 2 if k >= 62 else 1)
        if result == 2:
            total = TAPS @ raw[k - 62 : k + 1].astype(np.int64)
            whole = (total + 2 ** (SHIFT - 1)) >> SHIFT
            assert (out == np.clip(whole, -(1 << 23), (1 << 23) - 1)).all()
            given += 1
    assert given == 169


def fir_gain(rate_hz: float) -> float:
    """Gain of the tone in a stream. The model leaves the sinc out that the FIR straightens."""
    if rate_hz > 1000:
        return 1.0  # not decimated
    at = np.array([TONE_HZ / (2 * rate_hz)])
    return float(10 ** (response_db(at) / 20)[0] / sinc3_gain(at)[0])


def tone_uv(at_us: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what lay at the inputs, shape ``(n, 8)``: hal/board/modelled.c says the same."""
    channel = np.arange(8)
    phase = TONE_HZ * at_us[:, None] * 1e-6 - channel / 8
    return TONE_UV * np.sin(2 * np.pi * phase)


def emg_uv(frame: Frame, scale: NDArray[np.float64]) -> NDArray[np.float64]:
    raw = np.frombuffer(frame.payload, "u1").reshape(frame.count, 8, 3)
    low = raw.astype(np.int64) @ np.array([1, 256, 65536])
    return np.where(low < 1 << 23, low, low - (1 << 24)) * scale


def worst_uv(frames: list[Frame], hello: Hello) -> float:
    """Return the largest error of EMG against the input, at the instants that HELLO gives."""
    stream = hello.streams[0]
    scale, worst = np.array(stream.scale, dtype=np.float64), 0.0
    gain = fir_gain(stream.rate_mhz / 1000)
    for frame in frames:
        at_us = frame.t_us + np.arange(frame.count) * 1e9 / stream.rate_mhz
        wanted = gain * tone_uv(at_us - stream.group_delay_us)
        worst = max(worst, float(np.abs(emg_uv(frame, scale) - wanted).max()))
    return worst


def collect(peer: Peer, samples: int) -> list[Frame]:
    """Return the EMG frames that bring so many samples."""
    found: list[Frame] = []
    for frame in peer.frames():
        if frame.type == FrameType.DATA and frame.stream == 0:
            found.append(frame)
            if sum(f.count for f in found) >= samples:
                break
    return found


@pytest.mark.parametrize("rate_hz", [500, 1000, 2000, 4000])
def test_every_sample_is_the_input_at_the_announced_instant(rate_hz: int) -> None:
    with ModelledFirmware("--tcp", "0") as firmware, Peer(firmware.address) as peer:
        peer.hello()
        answer = peer.ask(lambda token: SetRateCommand(token, 0, 0xFF, rate_hz * 1000))
        hello = peer.hello()
        assert (answer.status, hello.streams[0].rate_mhz) == (AckStatus.OK, rate_hz * 1000)
        assert peer.ask(lambda token: StartCommand(token, 3)).status == AckStatus.OK
        frames = collect(peer, rate_hz // 2)
        assert peer.ask(StopCommand).status == AckStatus.OK
    assert frames[0].index == 0
    steps = [b.index - a.index - a.count for a, b in pairwise(frames)]
    assert set(steps) == {0}
    assert worst_uv(frames, hello) < TOLERANCE_UV


def test_a_recording_of_the_modelled_front_end_is_the_tone(tmp_path: Path) -> None:
    out = tmp_path / "tone.mcap"
    with ModelledFirmware("--pty") as firmware:
        recorder = record(firmware.address, out, 2.0)
    recording = open_recording(out)
    hello = Hello.parse(bytes.fromhex(recording.device["hello_hex"]))
    assert hello.streams[0].group_delay_us == 16_250
    assert hello.streams[1].group_delay_us == 8_300
    assert recorder.summary["streams"]["emg"]["lost_samples"] == 0
    emg = decode(recording).emg_uv
    assert len(emg) >= 2000
    # Fitted freely: the same amplitude in all channels, an eighth of a period from one to the next.
    turns = np.exp(-2j * np.pi * TONE_HZ * np.arange(len(emg)) / 1000.0)
    periods = len(emg) // 125 * 125  # two periods of 16 Hz
    phasors = 2 * (turns[:periods] @ emg[:periods]) / periods
    assert np.abs(phasors) == pytest.approx(TONE_UV * fir_gain(1000), abs=0.05)
    assert np.angle(phasors[1:] / phasors[:-1]) == pytest.approx(-np.pi / 4, abs=1e-3)


def test_electrodes_self_tests_and_gain_reach_the_modelled_chip() -> None:
    with ModelledFirmware("--tcp", "0") as firmware, Peer(firmware.address) as peer:
        peer.hello()
        assert peer.ask(lambda token: StartCommand(token, 1)).status == AckStatus.OK
        firmware.tell("leads 4 128")
        assert peer.event(EventKind.LEAD_OFF).value == 4 | 128 << 16
        assert peer.next(FrameType.DATA).flags & Flag.LEAD_OFF
        firmware.tell("leads 0 0")
        assert peer.event(EventKind.LEAD_OFF).value == 0
        peer.ask(StopCommand)
        assert peer.ask(lambda token: LeadOffCommand(token, 2)).status != AckStatus.OK

        peer.ask(lambda token: SetGainCommand(token, 12, 0xFF))
        hello = peer.hello()
        scale = np.array(hello.streams[0].scale, dtype=np.float64)
        assert scale == pytest.approx(2.4e6 / 12 / 8388607, rel=1e-6)
        peer.ask(lambda token: StartCommand(token, 1))
        assert worst_uv(collect(peer, 300), hello) < TOLERANCE_UV
        peer.ask(StopCommand)

        for mode, low, high in ((1, 0.001, 3.0), (2, 950.0, 1050.0)):
            peer.ask(lambda token, mode=mode: SelfTestCommand(token, mode))
            assert peer.ask(lambda token: StartCommand(token, 1)).status == AckStatus.OK
            frames = collect(peer, 300)
            peer.ask(StopCommand)
            assert all(f.flags & Flag.TEST_SIGNAL for f in frames)
            values = np.vstack([emg_uv(f, scale) for f in frames])
            assert low < np.median(np.abs(values)) < high


def test_lost_conversions_are_counted_and_nothing_is_made_up() -> None:
    with ModelledFirmware("--tcp", "0") as firmware, Peer(firmware.address) as peer:
        hello = peer.hello()
        peer.ask(lambda token: StartCommand(token, 1))
        before = collect(peer, 200)
        firmware.tell("late 0 3")
        after = collect(peer, 400)
        peer.ask(StopCommand)
        peer.status()
        missed = peer.status().samples_missed
    frames = before + after
    steps = [b.index - a.index - a.count for a, b in pairwise(frames)]
    # The window of 63 conversions must fill again before a value is given.
    assert sum(steps) == missed
    assert 31 <= missed <= 34
    assert worst_uv(frames, hello) < TOLERANCE_UV
