"""The C firmware as a process, recorded by the real command: every sample is held to its source."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from firingorder.firmware_bridge.commands import (
    LeadOffCommand,
    MarkCommand,
    RebootCommand,
    SelfTestCommand,
    StartCommand,
    StopCommand,
    SyncOutCommand,
    TimeRequest,
    encode_command,
)
from firingorder.firmware_bridge.frame import AckStatus, Flag, FrameType, packet
from firingorder.firmware_bridge.payloads import EventKind, TimeResponse
from firingorder.recording.reader import open_recording
from tests.hardware.bench import (
    DURATION_S,
    LONG,
    Peer,
    PosixFirmware,
    Recorder,
    record,
    select_test,
)
from tests.hardware.recorded import account, assert_complete, wrong_samples_of_the_product
from tests.hardware.toolchain import posix_firmware

if TYPE_CHECKING:
    from pathlib import Path

LINKS = [["--pty"], ["--tcp", "0"]]
SEED = 20261121


@pytest.mark.parametrize("link", LINKS, ids=["pty", "tcp"])
@pytest.mark.timeout(300)
def test_every_sample_of_the_digital_pattern_arrives(link: list[str], tmp_path: Path) -> None:
    out = tmp_path / "pattern.mcap"
    with PosixFirmware(*link) as firmware:
        select_test(firmware.address, 3)
        recorder = record(firmware.address, out, DURATION_S)
    found = account(out, "pattern")
    assert_complete(found, DURATION_S)
    assert all(f.flags & Flag.TEST_SIGNAL for f in found.frames if f.type == FrameType.DATA)
    assert wrong_samples_of_the_product(out, "pattern") == (0, found.total("lost", 0))
    emg = recorder.summary["streams"]["emg"]
    assert emg["lost_samples"] == found.total("lost", 0)
    assert emg["samples"] == found.total("samples", 0)
    device = open_recording(out).device
    assert (device["model"], device["vendor"], device["simulated"]) == (2, 1, True)


@pytest.mark.parametrize("body", ["bursts", "sine"] if LONG else ["sine"])
@pytest.mark.timeout(300)
def test_a_body_on_a_drifting_oscillator_arrives_whole(body: str, tmp_path: Path) -> None:
    out = tmp_path / "body.mcap"
    with PosixFirmware("--pty", "--ppm", "-35", "--signal", body) as firmware:
        record(firmware.address, out, DURATION_S)
    assert body in ("bursts", "sine")
    signal_name = "bursts" if body == "bursts" else "sine"
    assert_complete(account(out, signal_name), DURATION_S)
    assert wrong_samples_of_the_product(out, signal_name)[0] == 0
    # Negative control: held against the other body, every burst is wrong.
    other = "sine" if body == "bursts" else "bursts"
    assert account(out, other).total("wrong") > 0
    assert wrong_samples_of_the_product(out, other)[0] > 0


def test_what_a_stalled_link_loses_is_what_the_device_counts(tmp_path: Path) -> None:
    out = tmp_path / "stalled.mcap"
    with PosixFirmware("--tcp", "0", "--ring", "4096") as firmware:
        recorder = Recorder(firmware.address, out, 2.5)
        recorder.until_streaming()
        firmware.tell("late 0 5")
        firmware.tell("hold 30")
        assert recorder.finish()[0] == 0
    found = account(out, "bursts")
    last = found.statuses[-1]
    assert found.bad == 0
    assert found.total("wrong") == 0
    assert found.lost_by_then == last.frames_dropped >= 30
    assert last.samples_missed == 5
    emg, imu = (recorder.summary["streams"][name] for name in ("emg", "imu"))
    assert (emg["lost_samples"], imu["lost_samples"]) == (
        found.total("lost", 0),
        found.total("lost", 1),
    )
    assert recorder.summary["device_dropped_frames"] == found.lost_frames
    # Eight samples an EMG frame, five an inertial one; STATUS and TIME_RSP may be among the lost.
    assert emg["lost_samples"] - 5 + imu["lost_samples"] <= 8 * found.lost_frames
    # The flag stands on the frames behind a hole in the numbers, and on no others.
    holes = {b.seq for a, b in pairwise(found.frames) if b.seq != (a.seq + 1) % 65536}
    assert {f.seq for f in found.frames if f.flags & Flag.DROPPED} == holes
    assert holes


def test_a_host_that_never_stops_writing_takes_no_sample() -> None:
    with PosixFirmware("--tcp", "0") as firmware, Peer(firmware.address) as peer:
        peer.hello()
        assert peer.ask(lambda token: StartCommand(token, 3)).status == AckStatus.OK
        wanted = threading.Event()
        wanted.set()
        garbage = bytes(random.Random(SEED).randbytes(65536))

        def write() -> None:
            while wanted.is_set():
                peer.write(garbage)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(200):
                peer.next(FrameType.DATA)
        finally:
            wanted.clear()
            writer.join()
        peer.write(b"\0")
        assert peer.ask(StopCommand).status == AckStatus.OK
        status = peer.status()
        assert (status.state, status.samples_missed, status.frames_dropped) == (0, 0, 0)
        assert status.rx_bad > 0
    emg = [f for f in peer.arrived.frames if f.type == FrameType.DATA and f.stream == 0]
    assert all(b.index == a.index + a.count for a, b in pairwise(emg))


def test_a_process_that_was_stopped_does_not_take_its_front_end_for_dead() -> None:
    with (
        PosixFirmware("--tcp", "0") as firmware,
        Peer(firmware.address) as peer,
        PosixFirmware("--tcp", "0") as clock,
        Peer(clock.address) as other,
    ):
        peer.hello()
        assert peer.ask(lambda token: StartCommand(token, 3)).status == AckStatus.OK
        other.hello()
        os.kill(firmware.pid, signal.SIGSTOP)
        for _ in range(3):  # more than a second: the device's limit for data-ready
            other.status()
        firmware.ask_without_waiting("leads 1 0")  # it is there first when the process goes on
        os.kill(firmware.pid, signal.SIGCONT)
        while (status := peer.status()).leadoff_p != 1:  # those from before it was stopped
            assert status.state == 1
        assert status.state == 1
    assert not [f for f in peer.arrived.frames if f.type == FrameType.LOG]


def test_a_client_gets_no_status_that_was_meant_for_the_last_one() -> None:
    with (
        PosixFirmware("--tcp", "0") as firmware,
        PosixFirmware("--tcp", "0") as clock,
        Peer(clock.address) as other,
    ):
        other.hello()
        with Peer(firmware.address) as first:
            first.hello()
            first.status()
        for _ in range(3):
            other.status()
        with Peer(firmware.address) as second:
            second.hello()
            assert {f.type for f in second.arrived.frames} == {FrameType.HELLO, FrameType.ACK}
            second.status()


def reset_by_command(address: str) -> None:
    """Write REBOOT beside the recorder, as another program on the same port would."""
    port = os.open(address.removeprefix("serial:"), os.O_WRONLY | os.O_NOCTTY)
    os.write(port, b"\0" + packet(encode_command(RebootCommand(40_000), 1)))
    os.close(port)


@pytest.mark.parametrize(("link", "reason"), [(LINKS[0], 4), (LINKS[1], 3)], ids=["REBOOT", "dog"])
def test_a_reset_in_the_stream_costs_an_outage_and_no_sample(
    link: list[str], reason: int, tmp_path: Path
) -> None:
    out = tmp_path / "reset.mcap"
    with PosixFirmware(*link) as firmware:
        recorder = Recorder(firmware.address, out, 3.0)
        recorder.until_streaming()
        if reason == 4:
            reset_by_command(firmware.address)
        else:
            firmware.tell("watchdog")
        assert recorder.finish()[0] == 0
    found = account(out, "bursts")
    assert found.total("wrong") == 0
    assert found.total("lost") == 0
    first, last = found.hellos[0], found.hellos[-1]
    assert first.boot_id != last.boot_id
    assert last.reset_reason == reason
    assert "recovered" in [line["state"] for line in recorder.of("connection")]
    assert recorder.summary["streams"]["emg"]["lost_samples"] == 0
    assert recorder.summary["outage_s"] > 0


def test_a_lost_connection_is_taken_up_again(tmp_path: Path) -> None:
    out = tmp_path / "lost.mcap"
    with PosixFirmware("--tcp", "0") as firmware:
        recorder = Recorder(firmware.address, out, 3.0)
        recorder.until_streaming()
        with Peer(firmware.address) as peer:  # one client at a time: this one takes the link away
            assert peer.ask(StopCommand).status == AckStatus.OK
        assert recorder.finish()[0] == 0
    found = account(out, "bursts")
    assert found.total("wrong") == 0
    assert len({epoch for epoch, _ in found.streams}) == 2
    assert len({hello.boot_id for hello in found.hellos}) == 1
    assert "recovered" in [line["state"] for line in recorder.of("connection")]


def test_garbage_is_counted_and_the_next_command_is_answered() -> None:
    print(f"seed {SEED}")
    rng = random.Random(SEED)
    with PosixFirmware("--tcp", "0") as firmware, Peer(firmware.address) as peer:
        peer.hello()
        before = peer.status().rx_bad
        assert peer.ask(lambda token: StartCommand(token, 3)).status == AckStatus.OK
        spoilt = [
            bytes(rng.randrange(1, 256) for _ in range(rng.randrange(2, 90))) for _ in "x" * 50
        ]
        for raw in spoilt:
            peer.write(b"\0\0" + raw + b"\0")
        peer.write(bytes(rng.randrange(1, 256) for _ in range(5000)) + b"\0")  # one error, not many
        good = packet(encode_command(MarkCommand(50_000, 7), 9))
        flipped = bytearray(good)
        flipped[10] ^= 0x40
        peer.write(bytes(flipped) + good)
        assert peer.event(EventKind.MARK).value == 7
        assert peer.ask(StopCommand).status == AckStatus.OK
        peer.status()
        assert peer.status().rx_bad - before == len(spoilt) + 2
        frames, bad = peer.arrived.frames, peer.arrived.bad
    assert bad == 0
    assert [f.seq for f in frames] == [(frames[0].seq + k) % 65536 for k in range(len(frames))]


def test_usb_supply_stops_a_body_and_not_a_self_test(tmp_path: Path) -> None:
    out = tmp_path / "vbus.mcap"
    with PosixFirmware("--pty") as firmware:
        recorder = Recorder(firmware.address, out, 60.0)
        recorder.until_streaming()
        os.kill(firmware.pid, signal.SIGUSR1)
        status, err = recorder.finish()
        with Peer(firmware.address) as peer:
            peer.hello()
            refused = peer.ask(lambda token: StartCommand(token, 3))
            interlocked = peer.status()
            peer.ask(lambda token: SelfTestCommand(token, 3))
            allowed = peer.ask(lambda token: StartCommand(token, 3))
            peer.next(FrameType.DATA)
            peer.ask(StopCommand)
            peer.ask(lambda token: SelfTestCommand(token, 0))
            firmware.tell("vbus 0")
            again = peer.ask(lambda token: StartCommand(token, 3))
    assert status == 1
    assert "USB" in err
    assert "Traceback" not in err
    found = account(out, "bursts")
    assert found.total("wrong") == 0
    assert found.frames[-1].flags & Flag.VBUS
    assert (refused.status, interlocked.state) == (AckStatus.VBUS_INTERLOCK, 2)
    assert (allowed.status, again.status) == (AckStatus.OK, AckStatus.OK)


def test_events_of_the_board() -> None:
    with PosixFirmware("--tcp", "0") as firmware, Peer(firmware.address) as peer:
        peer.hello()
        peer.ask(lambda token: StartCommand(token, 1))
        firmware.tell("leads 1 4")
        off = peer.event(EventKind.LEAD_OFF)
        assert off.value == 1 | 4 << 16
        assert peer.next(FrameType.DATA).flags & Flag.LEAD_OFF
        firmware.tell("leads 0 0")
        assert peer.event(EventKind.LEAD_OFF).value == 0
        firmware.tell("sync 1")
        edge = peer.event(EventKind.SYNC_IN)
        assert (edge.value, edge.rising) == (1, True)
        marked = next(f for f in peer.frames() if f.flags & Flag.SYNC_EDGE)
        # Group delay at 1000 Hz, and the eight samples of the frame.
        assert 0 <= edge.t_us + 16_250 - marked.t_us < 8000
        assert peer.ask(lambda token: SyncOutCommand(token, 500)).status == AckStatus.OK
        firmware.tell("battery 3300")
        assert peer.event(EventKind.LOW_BATTERY).value == 3300
        firmware.tell("fault")
        assert peer.event(EventKind.STOPPED).value == 4
        assert peer.status().state == 3
        firmware.tell("battery 3100")
        empty = peer.ask(lambda token: StartCommand(token, 1))
        assert empty.status == AckStatus.BATTERY
        assert peer.ask(lambda token: LeadOffCommand(token, 2)).status == AckStatus.BAD_PARAMETER


def test_time_requests_are_answered_in_order() -> None:
    with PosixFirmware("--pty") as firmware, Peer(firmware.address) as peer:
        peer.hello()
        for k in range(1, 20):
            peer.send(TimeRequest(k, 1000 * k))
            answer = TimeResponse.parse(peer.next(FrameType.TIME_RSP).payload)
            assert (answer.token, answer.t1_ns) == (k, 1000 * k)
            assert answer.t2_us <= answer.t3_us


@pytest.mark.skipif(not LONG, reason="waits 10 s for the keep-alive: make firmware-test runs it")
def test_a_host_that_falls_silent_ends_the_stream() -> None:
    with PosixFirmware("--pty") as firmware, Peer(firmware.address) as peer:
        peer.hello()
        peer.ask(lambda token: StartCommand(token, 3))
        assert peer.event(EventKind.STOPPED).value == 1
        assert peer.status().state == 0
        # 10 s of samples and the last, short frame came before.
        assert sum(f.count for f in peer.arrived.frames if f.stream == 0) >= 9990


@pytest.mark.parametrize(
    "options",
    [[], ["--tcp"], ["--tcp", "x"], ["--pty", "--ppm", "fast"], ["--pty", "--ring", "1"], ["--no"]],
)
def test_wrong_use_is_told(options: list[str]) -> None:
    run = subprocess.run(
        [posix_firmware(), *options],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert run.returncode == 2
    assert "Usage" in run.stderr
