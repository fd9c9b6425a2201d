"""The table of failures (wire_protocol.md section 9), row by row, through whole sessions.

Every run here also plays its recording again and must find the same events; every sample that
arrived is compared with the body's at its index, and all others are lost or an outage, exactly.

Rows, and where each is held. *wire* is a byte stream, *air* the simulated radio.

=====================  ==============================================================
lost frames            here (wire, air)
duplicate, reordered   here (wire, air); indices alone: test_receiver
corrupt byte           here (wire, air); bit errors and lost bytes: test_decoder
mid-stream connect     here (wire; on the air every notification is a whole frame)
garbage to the device  here (wire); on the air: simulation/test_radio_gatt
garbage from it        here (wire); any bytes: test_receiver, test_decoder
device reboot          here (wire); on the air: test_ble_faults
boot HELLO lost        here (wire); on the air the link drops and HELLO is read anew
ACK lost               here (wire); every command: test_host
data-ready missed      here (wire)
radio, host stall      here (wire, air)
host too slow          test_relief (air)
drift                  here (wire)
host suspend           session/test_suspend (wire, and devices of other makers)
lead-off, saturation   here (wire); the verdicts: session/test_live and the signal chain
VBUS appears           here (wire)
descriptor mismatch    here (wire)
major mismatch         here (wire); frames of another major: test_host
unknown type, tail     here (wire)
=====================  ==============================================================
"""

from __future__ import annotations

import asyncio
import os
import random
import struct
import zlib
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from cobs import cobs

from firingorder.errors import DeviceRefusedError
from firingorder.findings import GapEvent
from firingorder.firmware_bridge.clock import ClockParams
from firingorder.firmware_bridge.commands import StartCommand, encode_command
from firingorder.firmware_bridge.frame import Command, FrameType, encode_frame, packet, parse_frame
from firingorder.firmware_bridge.host import HostMachine
from firingorder.firmware_bridge.items import (
    AckItem,
    DeviceEventItem,
    HelloItem,
    RestartItem,
    StatusItem,
)
from firingorder.firmware_bridge.payloads import EventKind, Hello
from firingorder.montage import Montage
from firingorder.samples import ContactReport, EmgChunk
from firingorder.session.runner import LinkRunner
from firingorder.simulation.body import RecordedBody
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.faults import parse_faults
from firingorder.simulation.line import FaultyLine
from firingorder.simulation.link import VIRTUAL_START_NS, SimLink
from firingorder.simulation.radio import AirSettings
from firingorder.simulation.scenarios import make_body
from firingorder.simulation.settings import DeviceSettings
from tests.firmware_bridge.ble_rig import Desk, Rig, make_belt, verify
from tests.firmware_bridge.fault_rig import HALF_STEP_M_S2, Run, Tampered, on_air, on_wire
from tests.firmware_bridge.virtual_time import run_virtual

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.firmware_bridge.frame import Frame
    from firingorder.samples import FloatArray
    from firingorder.simulation.spoiling import Spoiler

SECONDS = 3.5
#: What happens one after the other takes longer.
LONGER_S = 5.0
#: Ten minutes of drift in the long run (`make test-long`).
DRIFT_S = 600.0 if os.environ.get("LONG_TESTS") else 240.0


def device(seed: int, faults: str = "", body: Any = None, **settings: Any) -> VirtualDevice:
    worn = make_body("rest", seed=seed) if body is None else body
    return VirtualDevice(
        worn, seed=seed, faults=parse_faults(faults), settings=DeviceSettings(**settings)
    )


def session_on_air(seed: int, faults: str, seconds: float, **settings: Any) -> tuple[Run, Spoiler]:
    """Run a session over the radio; return it and what was done to single notifications."""

    async def run() -> tuple[Run, Spoiler]:
        body = make_body("rest", seed=seed)
        belt = make_belt(seed, body=body, faults=parse_faults(faults), **settings)
        async with Rig(seed=seed, air=AirSettings(error_rate=0.02), twins=[belt]) as rig:
            return await on_air(rig, seconds), belt.spoiler

    return run_virtual(run())


@dataclass
class Editor:
    """Takes the byte stream of a device apart into frames, and lets a test change each."""

    edit: Callable[[Frame], list[bytes]]
    rest: bytes = b""
    seen: int = 0

    def __call__(self, data: bytes) -> bytes:
        *packets, self.rest = (self.rest + data).split(b"\x00")
        out = b""
        for each in packets:
            if not each:
                out += b"\x00"
                continue
            self.seen += 1
            out += b"".join(self.edit(parse_frame(cobs.decode(each))))
        return out

    @staticmethod
    def same(frame: Frame) -> list[bytes]:
        return [packet(encode_frame(frame))]


def edited(edit: Callable[[Frame], list[bytes]]) -> Callable[[SimLink], Tampered]:
    return lambda link: Tampered(link, arriving=Editor(edit))


# Lost, doubled, damaged ---------------------------------------------------------------------


def test_lost_frames_are_gaps_of_exactly_their_samples() -> None:
    run = on_wire(device(101, "drop=0.03"), SECONDS)
    run.verify()
    spoiler = _spoiler(run)
    print(f"{spoiler.dropped_frames} frames lost")
    assert spoiler.dropped_frames > 8
    assert run.stats.seq_gaps == spoiler.dropped_frames
    assert all(gap.kind == "loss" and not gap.uncertain for gap in run.gaps())
    told = [one.gap for one in run.events if isinstance(one, GapEvent)]
    assert [gap for gap in told if gap.stream == "emg"] == run.gaps()


def test_lost_notifications_are_gaps_of_exactly_their_samples() -> None:
    run, spoiler = session_on_air(102, "drop=0.03", SECONDS)
    run.verify()
    assert spoiler.dropped_frames > 8
    # One that is lost behind the last frame that came shows in no number.
    assert 0 <= spoiler.dropped_frames - run.stats.seq_gaps <= 2
    assert all(gap.kind == "loss" and not gap.uncertain for gap in run.gaps())


def test_doubled_frames_are_counted_and_used_once() -> None:
    run = on_wire(device(103, "dup=0.05"), SECONDS)
    run.verify()
    assert run.stats.duplicates == _spoiler(run).duplicated_frames > 15
    assert run.gaps() == run.gaps("imu") == []


def test_doubled_notifications_are_counted_and_used_once() -> None:
    run, spoiler = session_on_air(104, "dup=0.05", SECONDS)
    run.verify()
    assert run.stats.duplicates == spoiler.duplicated_frames > 15
    assert run.gaps() == run.gaps("imu") == []


def test_reordered_frames_are_dropped_and_counted() -> None:
    held: list[bytes] = []

    def late(frame: Frame) -> list[bytes]:
        """Let every fiftieth EMG frame come behind the next one."""
        if frame.type == FrameType.DATA and frame.stream == 0 and frame.index % 400 == 392:
            held.append(packet(encode_frame(frame)))
            return []
        kept, held[:] = list(held), []
        return [*Editor.same(frame), *kept]

    run = on_wire(device(105), SECONDS, tampered=edited(late))
    run.verify()
    late_frames = round(SECONDS * 1000 / 400)
    assert abs(run.stats.duplicates - late_frames) <= 2
    assert {gap.samples for gap in run.gaps()} == {8}
    assert abs(len(run.gaps()) - late_frames) <= 2


@pytest.mark.parametrize("seed", [106, 107])
def test_bit_errors_cost_frames_and_let_no_wrong_sample_through(seed: int) -> None:
    run = on_wire(device(seed, "flip=1.25e-4"), SECONDS)
    run.verify()
    damaged = _spoiler(run).damaged_frames
    print(f"{damaged} frames damaged, {run.stats.rejected} rejected")
    assert damaged > 60
    # A delimiter that is hit joins two frames, one that appears makes two of one.
    assert 0.8 * damaged < run.stats.rejected < 1.2 * damaged
    assert run.stats.streams["emg"].lost_samples > 0


def test_notifications_with_bit_errors_are_rejected_one_by_one() -> None:
    run, spoiler = session_on_air(108, "flip=1e-4", SECONDS)
    run.verify()
    assert run.stats.rejected == spoiler.damaged_frames > 30


# Connecting and garbage ---------------------------------------------------------------------


def test_a_device_in_the_middle_of_a_stream_is_stopped_and_started_anew() -> None:
    belt = device(109)
    begin_us = VIRTUAL_START_NS // 1000 - 900_000
    belt.connect(begin_us)
    belt.receive(packet(encode_command(StartCommand(77, 3), 0)), begin_us)
    belt.advance(begin_us + 500_000)  # an earlier host, which was cut off

    cut = [11]  # the first read begins within a packet

    def mid_packet(data: bytes) -> bytes:
        return data[cut.pop() :] if cut else data

    run = on_wire(belt, 4.0, tampered=lambda link: Tampered(link, arriving=mid_packet))
    assert run.error is None
    assert run.stats.rejected <= 1
    assert run.stats.stale_frames > 0  # what the earlier host had asked for
    assert run.gaps() == []
    first = next(one for one in run.items if isinstance(one, EmgChunk))
    assert first.index0 == 0
    # The body began with the earlier host; from there on every sample is in its place.
    body, chunks = belt.streams.body, [one for one in run.items if isinstance(one, EmgChunk)]
    emg_uv = np.concatenate([one.emg_uv for one in chunks])
    began = min(range(600, 1400), key=lambda k: np.abs(body.emg_uv(k, 8) - emg_uv[:8]).max())
    assert np.abs(body.emg_uv(began, len(emg_uv)) - emg_uv).max() < 0.05


def test_garbage_on_the_line_costs_the_frames_it_touches() -> None:
    rng = random.Random(110)
    noisy = 0

    def noise(data: bytes) -> bytes:
        nonlocal noisy
        if rng.random() > 0.03:
            return data
        noisy += 1
        at = rng.randrange(len(data) + 1)
        return data[:at] + rng.randbytes(rng.randrange(1, 400)) + data[at:]

    run = on_wire(device(110), SECONDS, tampered=lambda link: Tampered(link, arriving=noise))
    run.verify()
    print(f"{noisy} bursts of noise, {run.stats.seq_gaps} frames lost")
    assert noisy > 10
    # A burst lies in one frame or between two, and joins with what follows up to the delimiter.
    assert run.stats.seq_gaps <= 2 * noisy
    assert run.stats.rejected > 0


def test_garbage_to_the_device_is_ignored_and_counted() -> None:
    rng = random.Random(111)

    def noise(data: bytes) -> bytes:
        return rng.randbytes(30).replace(b"\x00", b"\x01") + b"\x00" + data

    run = on_wire(device(111), SECONDS, tampered=lambda link: Tampered(link, leaving=noise))
    run.verify()
    assert run.error is None
    assert run.gaps() == []
    bad = [one.status.rx_bad for one in run.items if isinstance(one, StatusItem)]
    print(f"rx_bad {bad}")
    assert bad[-1] >= 3
    assert bad == sorted(bad)


# Reboots and lost answers -------------------------------------------------------------------


@pytest.mark.parametrize("hello_comes", [True, False])
def test_a_reboot_is_noticed_and_the_session_goes_on(*, hello_comes: bool) -> None:
    boots: set[int] = set()
    swallowed: list[int] = []

    def without_boot_hello(frame: Frame) -> list[bytes]:
        if frame.type == FrameType.HELLO:
            boot_id = Hello.parse(frame.payload).boot_id
            if boots and boot_id not in boots and not hello_comes:
                boots.add(boot_id)
                swallowed.append(boot_id)
                return []
            boots.add(boot_id)
        return Editor.same(frame)

    run = on_wire(device(112, "reboot@2"), 6.0, tampered=edited(without_boot_hello), config=None)
    assert run.error is None
    run.verify(uncertain_samples=20)
    assert bool(swallowed) != hello_comes
    reasons = [one.reason for one in run.items if isinstance(one, RestartItem)]
    print(f"restarts {reasons}, {run.gaps()}")
    assert reasons
    assert run.stats.restarts == 1
    (outage,) = run.gaps()
    assert outage.kind == "outage"
    assert outage.uncertain
    assert {gap.uncertain for gap in run.gaps("imu")} == {True}
    ids = [one.hello.boot_id for one in run.items if isinstance(one, HelloItem)]
    assert len(set(ids)) == 2
    starts = [frame for frame in _commands(run) if frame.type == Command.START]
    assert len(starts) == 2


def test_lost_acks_are_asked_for_again_with_the_same_token() -> None:
    lost: dict[int, int] = {}

    def forgetful(frame: Frame) -> list[bytes]:
        """Lose the first ACK to every command."""
        if frame.type == FrameType.ACK:
            (_, command) = struct.unpack_from("<HB", frame.payload)
            lost[command] = lost.get(command, 0) + 1
            if lost[command] == 1:
                return []
        return Editor.same(frame)

    run = on_wire(device(113), SECONDS, tampered=edited(forgetful))
    run.verify()
    assert run.error is None
    assert set(lost) >= {Command.STOP, Command.HELLO, Command.START}
    tokens = [
        (frame.type, frame.payload[:2])
        for frame in _commands(run)
        if frame.type in (Command.STOP, Command.HELLO)
    ]
    assert len(set(tokens)) < len(tokens)
    # DATA say that the START was obeyed: it is not repeated, and nothing is lost.
    assert sum(frame.type == Command.START for frame in _commands(run)) == 1
    assert run.gaps() == []
    acks = [one.ack for one in run.items if isinstance(one, AckItem)]
    assert all(ack.command != Command.START for ack in acks)


# Missing conversions, stalls, drift ---------------------------------------------------------


def test_missed_conversions_advance_the_index() -> None:
    rng = np.random.default_rng(114)
    emg_uv = rng.normal(0.0, 20.0, (6000, 8))
    holes = [(1001, 3), (2000, 1), (3555, 20)]
    for first, n in holes:
        emg_uv[first : first + n] = np.nan
    body = RecordedBody(emg_uv, 1000.0, tuple(f"EMG{k + 1}" for k in range(8)))
    run = on_wire(device(114, body=body), LONGER_S)
    run.verify()
    assert [(gap.index0, gap.samples) for gap in run.gaps()] == holes
    assert run.stats.samples_missed == sum(n for _, n in holes)
    assert run.stats.seq_gaps == 0


@pytest.mark.parametrize(("ring_bytes", "stall_s"), [(65_536, 4.0), (14_500, 1.0), (65_536, 1.5)])
def test_a_stall_drops_whole_newest_frames_and_both_sides_count_the_same(
    ring_bytes: int, stall_s: float
) -> None:
    belt = device(115, f"stall={stall_s}@1", ring_bytes=ring_bytes)
    run = on_wire(belt, stall_s + 4.0)
    run.verify()
    dropped = belt.outbox.frames_dropped
    print(f"ring {ring_bytes}, stall {stall_s} s: {dropped} dropped")
    assert run.stats.seq_gaps == run.stats.device_dropped_frames == dropped
    assert bool(dropped) == (stall_s * 29_000 > ring_bytes)
    assert all(gap.kind == "loss" for gap in run.gaps())


def test_a_stall_of_the_radio_is_counted_the_same_by_both_sides() -> None:
    run, _ = session_on_air(116, "stall=2@1.5", 6.0, ring_bytes=14_500)
    run.verify()
    dropped = run.device.outbox.frames_dropped
    print(f"{dropped} dropped")
    assert run.stats.seq_gaps == run.stats.device_dropped_frames == dropped > 100
    assert all(gap.kind == "loss" for gap in run.gaps())


def test_drift_moves_no_sample_and_is_measured() -> None:
    """50 ppm for four minutes are 12 ms: neither stream moves against the body or the other.

    Without the analysis, which has no part in it and would take most of the time.
    """
    seconds, seed = DRIFT_S, 117
    print(f"seed {seed}")
    body = make_body("rest", seed=seed, channels=("gluteus_maximus_left",))
    belt = device(seed, "ppm=50", body, emg_batch=64, imu_batch=10)  # fewer frames to make
    link, desk = SimLink(belt, speed=0), Desk("cobs", ClockParams())
    runner = LinkRunner(0, link, HostMachine(), desk)

    async def run() -> None:
        await runner.start()
        while not runner.done:
            if desk.newest_s >= seconds:
                await runner.stop()
            await runner.turn()

    asyncio.run(run())
    verify(desk, body)
    assert desk.gaps == []
    emg_s = [one.t0_s - one.index0 / 1000.0 for one in desk.chunks]
    imu_s = [one.t0_s - one.index0 / 100.0 for one in desk.imu]
    for one in desk.imu[::50]:
        acc, _ = body.imu(one.index0, len(one.acc_m_s2))
        assert np.abs(one.acc_m_s2 - acc).max() < HALF_STEP_M_S2
    assert desk.imu[-1].index0 >= 100.0 * seconds - 100
    apart_ms = 1e3 * (np.abs(emg_s).max() + np.abs(imu_s).max())
    host_ns, true_us = desk.receiver.host_ns(seconds), belt.host_of_body_us(seconds)
    assert host_ns is not None
    assert true_us is not None
    slope_ppm = desk.receiver.stats.clock_slope_ppm
    error_ms = host_ns / 1e6 - true_us / 1e3
    print(f"EMG and IMU {apart_ms:.4f} ms apart, slope {slope_ppm:.1f} ppm, host {error_ms:.2f} ms")
    assert apart_ms < 1.0
    assert slope_ppm == pytest.approx(-50.0, abs=5.0)
    # The whole drift would be 12 ms.
    assert abs(error_ms) < 2.0


# Electrodes ---------------------------------------------------------------------------------


@dataclass
class Troubled:
    """A body at rest whose second pair comes off, and whose fourth rails, in turn."""

    off_s: tuple[float, float] = (1.0, 2.0)
    rails_s: tuple[float, float] = (3.0, 3.5)
    inner: Any = field(default_factory=lambda: make_body("rest", seed=118))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def emg_uv(self, k0: int, n: int) -> FloatArray:
        out = self.inner.emg_uv(k0, n)
        t_s = (k0 + np.arange(n)) / self.inner.emg_rate_hz
        out[(t_s >= self.rails_s[0]) & (t_s < self.rails_s[1]), 3] = 2.4e6 / 6
        return out

    def lead_off(self, t_s: float) -> tuple[bool, ...]:
        off = self.off_s[0] <= t_s < self.off_s[1]
        return tuple(off and k == 1 for k in range(8))


def test_lead_off_and_saturation_are_told_for_their_channel_and_time() -> None:
    body = Troubled()
    montage = Montage((("EMG2", "gluteus_maximus_right"), ("EMG4", "gluteus_medius_right")))
    run = on_wire(device(118, body=body), LONGER_S, montage=montage)
    run.verify()
    assert run.gaps() == []
    contact = [one for one in run.items if isinstance(one, ContactReport)]
    told = [(one.at_s, one.lead_off[1]) for one in contact if one.at_s is not None]
    changes = [now for before, now in pairwise([(0.0, False), *told]) if before[1] != now[1]]
    assert [off for _, off in changes] == [True, False]
    assert [at_s for at_s, _ in changes] == pytest.approx(body.off_s, abs=0.05)
    assert not any(off for one in contact for k, off in enumerate(one.lead_off) if k != 1)

    chunks = [one for one in run.items if isinstance(one, EmgChunk)]
    flags = np.concatenate([one.saturated for one in chunks])
    assert (np.flatnonzero(flags[:, 3]) == np.arange(3000, 3500)).all()
    assert not np.delete(flags, 3, axis=1).any()
    assert any(one.status.saturated == 1 << 3 for one in run.items if isinstance(one, StatusItem))


def test_a_supply_that_appears_ends_the_session_with_a_safety_message() -> None:
    belt = device(119)

    def plug() -> None:
        origin_us = belt.host_of_body_us(2.0)
        if origin_us is not None and not belt.vbus and link[0].inner.now_ns() / 1e3 >= origin_us:
            belt.set_vbus(True, link[0].inner.now_ns() // 1000)

    link: list[Tampered] = []

    def tampered(inner: SimLink) -> Tampered:
        link.append(Tampered(inner))
        return link[0]

    run = on_wire(belt, 20.0, tampered=tampered, on_turn=plug)
    run.verify()
    assert isinstance(run.error, DeviceRefusedError)
    assert "Unplug the charger" in str(run.error)
    events = [one.event.kind for one in run.items if isinstance(one, DeviceEventItem)]
    assert events.count(EventKind.STOPPED) == 1
    # No automatic restart, and everything until then is there.
    assert sum(frame.type == Command.START for frame in _commands(run)) == 1
    assert 1900 <= run.stats.streams["emg"].samples <= 2060


# Other devices than described ----------------------------------------------------------------


def test_data_that_do_not_fit_their_description_are_dropped_and_hello_is_asked_for() -> None:
    spoilt = 0

    def shorter(frame: Frame) -> list[bytes]:
        """Say one sample less than there is, in a few EMG frames."""
        nonlocal spoilt
        if frame.type == FrameType.DATA and frame.stream == 0 and frame.index in (2000, 2400):
            spoilt += 1
            return Editor.same(replace(frame, count=frame.count - 1))
        return Editor.same(frame)

    run = on_wire(device(120), SECONDS, tampered=edited(shorter))
    run.verify()
    assert run.error is None
    assert run.stats.descriptor_faults == spoilt == 2
    assert [(gap.index0, gap.samples) for gap in run.gaps()] == [(2000, 8), (2400, 8)]
    asked = [frame for frame in _commands(run) if frame.type == Command.HELLO]
    assert len(asked) == 1 + spoilt


def test_a_device_of_another_major_is_refused_in_words() -> None:
    def newer(frame: Frame) -> list[bytes]:
        if frame.type == FrameType.HELLO:
            payload = bytes((frame.payload[0], 2)) + frame.payload[2:]
            return Editor.same(replace(frame, payload=payload))
        return Editor.same(frame)

    stub = device(121)
    print(f"seed {stub.seed}")
    run = on_wire(stub, SECONDS, tampered=edited(newer))
    assert isinstance(run.error, DeviceRefusedError)
    assert "v2" in str(run.error)
    assert "Update" in str(run.error)
    assert not any(frame.type == Command.START for frame in _commands(run))


def test_unknown_types_and_longer_payloads_are_skipped_and_counted() -> None:
    strangers = 0

    def later_minor(frame: Frame) -> list[bytes]:
        nonlocal strangers
        out = frame
        if frame.type in (FrameType.STATUS, FrameType.ACK, FrameType.EVENT):
            out = replace(frame, payload=frame.payload + b"tail")
        if frame.type != FrameType.STATUS:
            return Editor.same(out)
        strangers += 1
        # A type that this host does not know, in place of the number of the next frame: doubled.
        raw = bytearray(encode_frame(replace(frame, payload=b"what is this")))
        raw[1] = 0x2A
        raw[-4:] = zlib.crc32(raw[:-4]).to_bytes(4, "little")
        return [*Editor.same(out), packet(bytes(raw))]

    run = on_wire(device(122), LONGER_S, tampered=edited(later_minor))
    run.verify()
    assert run.error is None
    assert run.gaps() == []
    assert run.stats.unknown_type + run.stats.duplicates >= strangers > 3
    assert run.stats.payload_faults == 0
    assert sum(isinstance(one, StatusItem) for one in run.items) == strangers


def _spoiler(run: Run) -> Spoiler:
    link = run.acquisition.link
    assert isinstance(link, Tampered)
    line = link.inner.line
    assert isinstance(line, FaultyLine)
    return line.spoiler


def _commands(run: Run) -> list[Frame]:
    """Return the frames that the host wrote."""
    packets = [one for one in run.written().split(b"\x00") if one]
    return [parse_frame(cobs.decode(one)) for one in packets]
