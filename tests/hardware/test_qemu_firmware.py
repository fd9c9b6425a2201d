"""The C firmware on two emulated Cortex-M4 machines, recorded by the real command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from firingorder.firmware_bridge.commands import RebootCommand, StartCommand
from firingorder.firmware_bridge.frame import AckStatus, Flag, FrameType
from firingorder.firmware_bridge.payloads import Caps
from firingorder.recording.reader import open_recording
from tests.hardware.bench import DURATION_S, LONG, Peer, QemuFirmware, Recorder, record, select_test
from tests.hardware.recorded import account, assert_complete, wrong_samples_of_the_product

if TYPE_CHECKING:
    from pathlib import Path

MODELS = {"mps2": 3, "f405": 4}


@pytest.mark.parametrize("board", MODELS)
@pytest.mark.timeout(300)
def test_every_sample_of_the_digital_pattern_arrives(board: str, tmp_path: Path) -> None:
    out = tmp_path / "pattern.mcap"
    with QemuFirmware(board) as firmware:
        select_test(firmware.address, 3)
        record(firmware.address, out, DURATION_S)
    found = account(out, "pattern")
    assert_complete(found, DURATION_S)
    assert all(f.flags & Flag.TEST_SIGNAL for f in found.frames if f.type == FrameType.DATA)
    assert wrong_samples_of_the_product(out, "pattern") == (0, found.total("lost", 0))
    device = open_recording(out).device
    assert (device["model"], device["vendor"], device["simulated"]) == (MODELS[board], 1, True)


@pytest.mark.parametrize("board", MODELS if LONG else ["mps2"])
@pytest.mark.timeout(300)
def test_a_reset_in_the_stream_costs_an_outage_and_no_sample(board: str, tmp_path: Path) -> None:
    out = tmp_path / "reset.mcap"
    with QemuFirmware(board) as firmware:
        recorder = Recorder(firmware.address, out, 3.0)
        recorder.until_streaming()
        firmware.reset()
        status, err = recorder.finish()
    assert status == 0, err
    found = account(out, "bursts")
    assert found.total("wrong") == 0
    assert found.total("lost") == 0
    assert len({hello.boot_id for hello in found.hellos}) == 2
    assert "recovered" in [line["state"] for line in recorder.of("connection")]


@pytest.mark.parametrize("board", MODELS)
def test_garbage_is_passed_over_and_a_reboot_gives_another_boot(board: str) -> None:
    with QemuFirmware(board) as firmware, Peer(firmware.address) as peer:
        first = peer.hello()
        assert first.caps & Caps.SIMULATED
        # A first HELLO may have come before the emulated UART was switched on, and lost its head.
        bad = peer.status().rx_bad
        assert bad <= 1
        peer.write(b"\x05garbage\0" + b"\x55" * 1000 + b"\0")
        assert peer.ask(lambda token: StartCommand(token, 3)).status == AckStatus.OK
        peer.next(FrameType.DATA)
        before = peer.status()
        assert before.rx_bad == bad + 2
        assert peer.ask(RebootCommand).status == AckStatus.OK
        second = peer.hello()
        assert second.boot_id != first.boot_id
        assert (first.reset_reason, second.reset_reason) == (1, 4)
        after = peer.status()
        assert after.state == 0
        assert after.rx_bad <= 1  # a HELLO of ours that fell into the reset may have lost its head
    assert peer.arrived.bad == 0
    with QemuFirmware(board) as firmware, Peer(firmware.address) as peer:
        assert peer.hello().boot_id not in (first.boot_id, second.boot_id)
