"""The virtual device obeys the wire protocol, clause by clause."""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from firingorder.firmware_bridge.commands import (
    HelloCommand,
    LeadOffCommand,
    MarkCommand,
    RebootCommand,
    SelfTestCommand,
    SetGainCommand,
    SetNameCommand,
    SetRateCommand,
    StartCommand,
    StopCommand,
    SyncOutCommand,
    TimeRequest,
    encode_command,
)
from firingorder.firmware_bridge.frame import AckStatus, Command, Flag, Frame, FrameType, packet
from firingorder.firmware_bridge.payloads import (
    STATE_FAULT,
    STATE_IDLE,
    STATE_INTERLOCK,
    STATE_STREAMING,
    Caps,
    DeviceEvent,
    EventKind,
    Hello,
    SampleFormat,
    Status,
    TimeResponse,
)
from firingorder.simulation.body import RecordedBody, RecordedImu
from firingorder.simulation.faults import parse_faults
from firingorder.simulation.movement import STANDARD_GRAVITY_M_S2
from firingorder.simulation.sampler import emg_pattern
from firingorder.simulation.scenarios import make_body
from firingorder.simulation.settings import DeviceSettings

Desk = Callable[..., Any]

#: Payload of golden frame B8: digital pattern, samples 0..8 of eight channels, i24.
B8_PAYLOAD = bytes.fromhex(
    "f0d8fff1d8fff2d8fff3d8fff4d8fff5d8fff6d8fff7d8ffe7daffe8daffe9daffeadaffebdaffecdaffeddaff"
    "eedaff5e15005f15006015006115006215006315006415006515005617005717005817005917005a17005b1700"
    "5c17005d1700ad0300ae0300af0300b00300b10300b20300b30300b4030005f0ff06f0ff07f0ff08f0ff09f0ff"
    "0af0ff0bf0ff0cf0fffcf1fffdf1fffef1fffff1ff00f2ff01f2ff02f2ff03f2ff54deff55deff56deff57deff"
    "58deff59deff5adeff5bdeff4be0ff4ce0ff4de0ff4ee0ff4fe0ff50e0ff51e0ff52e0ff"
)
#: Golden frame A1: HELLO command as it goes over a byte stream.
A1_COBS = bytes.fromhex("04e1810101010101010101010101010101010101033412020106015218b12b00")


def _i24(payload: bytes, channels: int) -> np.ndarray:
    raw = np.frombuffer(payload, np.uint8).reshape(-1, channels, 3).astype(np.int32)
    value = raw[..., 0] | raw[..., 1] << 8 | raw[..., 2] << 16
    return np.where(value >= 1 << 23, value - (1 << 24), value)


def _i16(payload: bytes, channels: int) -> np.ndarray:
    return np.frombuffer(payload, "<i2").reshape(-1, channels)


def _statuses(frames: list[Frame]) -> list[Status]:
    return [Status.parse(f.payload) for f in frames if f.type == FrameType.STATUS]


def _events(frames: list[Frame], kind: int) -> list[DeviceEvent]:
    events = [DeviceEvent.parse(f.payload) for f in frames if f.type == FrameType.EVENT]
    return [event for event in events if event.kind == kind]


# Boot and HELLO --------------------------------------------------------------------------------


def test_boot_sends_one_zero_byte_and_hello(desk: Desk) -> None:
    d = desk()
    assert d.raw[0] == 0
    (frame,) = d.frames
    assert frame.type == FrameType.HELLO
    hello = Hello.parse(frame.payload)
    assert (hello.vendor, hello.model) == (1, 5)
    assert hello.simulated
    assert hello.caps & Caps.SIMULATED
    assert (hello.proto_major, hello.proto_minor) == (1, 0)
    assert hello.reset_reason == 1
    assert hello.max_frame_bytes == 240
    assert len(frame.payload) == 150


def test_every_frame_has_the_header_of_the_specification(desk: Desk) -> None:
    """Checked on the bytes with struct and zlib, not with the project's own codec."""
    d = desk()
    d.start()
    d.run(200_000)
    seqs = []
    for part in bytes(d.raw).split(b"\x00"):
        if not part:
            continue
        raw = bytearray()
        at = 0
        while at < len(part):  # COBS by the letter of Cheshire and Baker
            code = part[at]
            raw += part[at + 1 : at + code]
            at += code
            if at < len(part):
                raw.append(0)
        assert 24 <= len(raw) <= 240
        assert struct.unpack("<I", raw[-4:])[0] == zlib.crc32(raw[:-4])
        magic, kind, seq, _epoch, _flags, stream, count, _index, _t = struct.unpack(
            "<BBHBBBBIQ", raw[:20]
        )
        assert magic == 0xE1
        if kind == 2:
            assert len(raw) == 24 + count * (24 if stream == 0 else 12)
        else:
            assert (stream, count) == (0, 0)
        seqs.append(seq)
    assert seqs == list(range(len(seqs)))


def test_streams_are_described_as_in_golden_frame_b1(desk: Desk) -> None:
    emg, imu = desk().hello().streams
    b1 = bytes.fromhex(
        "3c0001000808070140420f007a3f0000000000000250433d0250433d0250433d0250433d0250433d0250433d"
        "0250433d0250433d0606060606060606"
        "3a01020106050302a0860100401f0000000000000000803900008039000080390000fa3c0000fa3c0000fa3c"
        "0000000000000020002000e000e0"
    )
    assert emg.build() + imu.build() == b1


def test_golden_command_is_answered_with_hello_then_ack(desk: Desk) -> None:
    d = desk()
    hello, ack = d.send_raw(A1_COBS)
    assert (hello.type, ack.type) == (FrameType.HELLO, FrameType.ACK)
    assert ack.payload == struct.pack("<HBBI", 0x1234, 0x81, 0, 0)


def test_device_gives_no_answer_of_version_2_and_refuses_start_then(desk: Desk) -> None:
    d = desk()
    assert d.ack(HelloCommand(d.token(), 0x0200, 0x0300)).status == AckStatus.VERSION
    assert d.start().status == AckStatus.VERSION
    assert d.ack(HelloCommand(d.token(), 0x0100, 0x0300)).status == AckStatus.OK
    assert d.start().status == AckStatus.OK


# Start, index, time ----------------------------------------------------------------------------


def test_start_raises_the_epoch_and_acknowledges_before_the_first_sample(desk: Desk) -> None:
    d = desk()
    before = d.frames[0].epoch
    ack = d.start()
    assert ack.detail == (before + 1) & 0xFF
    d.run(100_000)
    assert all(f.epoch == ack.detail for f in d.data(0) + d.data(1))
    kinds = [f.type for f in d.frames]
    assert kinds.index(FrameType.ACK) < kinds.index(FrameType.DATA)


@pytest.mark.parametrize("rate_hz", [500.0, 1000.0, 1259.0, 2148.0, 4000.0])
def test_time_of_sample_k_is_start_plus_k_periods_plus_group_delay(
    desk: Desk, rate_hz: float
) -> None:
    d = desk(make_body("rest", seed=2, emg_rate_hz=rate_hz))
    d.run(12_345)
    d.start()
    start_us = d.of(FrameType.ACK)[-1].t_us
    d.run(2_000_000)
    for stream, period_us, delay_us in ((0, 1e6 / rate_hz, 16_250), (1, 1e4, 8_000)):
        frames = d.data(stream)
        assert frames[0].index == 0
        for f in frames:
            assert abs(f.t_us - (start_us + f.index * period_us + delay_us)) <= 1.0
        assert all(b.index == a.index + a.count for a, b in itertools.pairwise(frames))
        n = frames[-1].index + frames[-1].count
        assert abs(n - (2_000_000 - delay_us) / period_us) <= frames[0].count + 1


def test_samples_are_those_of_the_body(desk: Desk) -> None:
    body = make_body("bridge", seed=5, repetitions=1)
    d = desk(body, seed=5)
    d.start()
    d.seconds(9.0)
    emg = np.concatenate([_i24(f.payload, 8) for f in d.data(0)])
    scale = np.array(d.hello().streams[0].scale)
    # Half a count, and the scale travels as f32.
    assert np.abs(emg * scale - body.emg_uv(0, len(emg))).max() <= 0.5 * scale.max() + 1e-4
    imu = np.concatenate([_i16(f.payload, 6) for f in d.data(1)])
    acc, gyr = body.imu(0, len(imu))
    assert np.abs(imu[:, :3] * 8.0 / 32768.0 * STANDARD_GRAVITY_M_S2 - acc).max() < 0.0013
    assert np.abs(np.deg2rad(imu[:, 3:] * 1000.0 / 32768.0) - gyr).max() < 0.00028


def test_only_the_streams_of_the_mask_run(desk: Desk) -> None:
    for mask, streams in ((1, {0}), (2, {1}), (3, {0, 1}), (0xFFFF_FFFF, {0, 1})):
        d = desk()
        assert d.start(mask).status == AckStatus.OK
        d.run(300_000)
        assert {f.stream for f in d.of(FrameType.DATA)} == streams


def test_stop_sends_the_partial_batch_then_ack(desk: Desk) -> None:
    d = desk()
    d.start()
    d.run(16_250 + 8_000 + 3_000)  # one full frame of 8 and samples 8, 9, 10, 11
    *data, ack = d.send(StopCommand(d.token()))
    assert ack.type == FrameType.ACK
    assert [(f.stream, f.index, f.count) for f in data] == [(0, 8, 4), (1, 0, 2)]
    assert d.run(1_000_000) == d.frames[-1:]  # nothing but STATUS
    assert d.frames[-1].type == FrameType.STATUS


def test_second_start_begins_at_index_zero_and_the_body_goes_on(desk: Desk) -> None:
    body = make_body("bridge", seed=5, repetitions=1)
    d = desk(body)
    first = d.start().detail
    d.run(1_000_000)
    d.send(StopCommand(d.token()))
    d.run(700_500)
    second = d.start().detail
    assert second == (first + 1) & 0xFF
    begun = len(d.data(0))
    d.run(500_000)
    frames = d.data(0)[begun:]
    assert frames[0].index == 0
    # Body time is where the clock is: 1.7005 s after the first START, on the same grid.
    emg = _i24(frames[0].payload, 8) * d.hello().streams[0].scale[0]
    assert np.abs(emg - body.emg_uv(1701, 8)).max() < 0.05
    first_us = d.data(0)[0].t_us
    assert frames[0].t_us == first_us + 1_701_000


# Commands --------------------------------------------------------------------------------------


def test_repeated_token_repeats_the_ack_and_does_nothing(desk: Desk) -> None:
    d = desk()
    token = d.token()
    first = d.ack(StartCommand(token, 3))
    again = d.ack(StartCommand(token, 3))
    assert again == first  # not "bad state", and no new epoch
    mark = d.token()
    d.send(MarkCommand(mark, 7))
    d.send(MarkCommand(mark, 7))
    assert len(_events(d.frames, EventKind.MARK)) == 1


def test_hello_and_time_always_execute_and_hello_clears_the_stored_token(desk: Desk) -> None:
    d = desk()
    token = d.token()
    d.send(MarkCommand(token, 1))
    d.send(TimeRequest(token, 5))
    assert len(d.of(FrameType.TIME_RSP)) == 1
    d.send(MarkCommand(token, 1))
    assert len(_events(d.frames, EventKind.MARK)) == 1
    assert len([f for f in d.send(HelloCommand(token)) if f.type == FrameType.HELLO]) == 1
    assert len([f for f in d.send(HelloCommand(token)) if f.type == FrameType.HELLO]) == 1
    d.send(MarkCommand(token, 1))
    assert len(_events(d.frames, EventKind.MARK)) == 2


@pytest.mark.parametrize(
    ("kind", "payload", "status", "detail"),
    [
        (0x8C, b"\x07\x00", AckStatus.UNKNOWN_COMMAND, 0),
        (0xFF, b"\x07\x00\x01\x02", AckStatus.UNKNOWN_COMMAND, 0),
        (0x82, b"\x07\x00\x00\x00", AckStatus.BAD_LENGTH, None),
        (0x8F, b"\x07\x00", AckStatus.BAD_LENGTH, None),
        (0x84, b"\x07\x00\x00\xff\x00", AckStatus.BAD_LENGTH, None),
        (0x83, b"\x07\x00" + bytes(60), AckStatus.BAD_LENGTH, None),
        (0x82, b"\x07\x00\x01\x00\x03\x00\x00\x00", AckStatus.BAD_PARAMETER, 2),
        (0x82, b"\x07\x00\x00\x00\x00\x00\x00\x00", AckStatus.BAD_PARAMETER, 4),
        (0x82, b"\x07\x00\x00\x00\x10\x00\x00\x00", AckStatus.BAD_PARAMETER, 4),
        (0x84, b"\x07\x00\x05\xff\x00\x00\x00\x00", AckStatus.BAD_PARAMETER, 2),
        (0x84, b"\x07\x00\x00\x02\x00\x00\x00\x00", AckStatus.BAD_PARAMETER, 3),
        (0x84, b"\x07\x00\x00\xff\x01\x00\x00\x00", AckStatus.BAD_PARAMETER, 4),
        (0x85, b"\x07\x00\x05\x00\xff\x00\x00\x00", AckStatus.BAD_PARAMETER, 2),
        (0x85, b"\x07\x00\x06\x00\x00\x00\x00\x00", AckStatus.BAD_PARAMETER, 4),
        (0x87, b"\x07\x00\x04\x00", AckStatus.BAD_PARAMETER, 2),
        (0x88, b"\x07\x00\x02\x00", AckStatus.BAD_PARAMETER, 2),
        (0x8A, b"\x07\x00\x00\x00\x00\x00\x00\x00", AckStatus.BAD_PARAMETER, 4),
        (0x8B, b"\x07\x00\x05abc", AckStatus.BAD_LENGTH, None),
        (0x8B, b"\x07\x00\x02\xff\xfe", AckStatus.BAD_PARAMETER, 3),
        (0x8F, b"\x07\x00\x01\x00", AckStatus.BAD_PARAMETER, 2),
        (0x83, b"\x00\x00", AckStatus.BAD_PARAMETER, 0),
    ],
)
def test_wrong_commands_get_exactly_one_ack_that_says_what_is_wrong(
    desk: Desk, kind: int, payload: bytes, status: AckStatus, detail: int | None
) -> None:
    d = desk()
    ack = d.only_ack(d.send_frame(kind, payload))
    assert (ack.command, ack.status) == (kind, status)
    assert ack.token == int.from_bytes(payload[:2], "little")
    if detail is not None:
        assert ack.detail == detail


def test_longer_commands_of_a_later_minor_are_obeyed(desk: Desk) -> None:
    d = desk()
    ack = d.only_ack(d.send_frame(Command.START, struct.pack("<HBBI", 3, 0, 0, 3) + b"new"))
    assert ack.status == AckStatus.OK


def test_settings_are_refused_while_streaming(desk: Desk) -> None:
    d = desk()
    d.start()
    for command in (
        StartCommand(d.token(), 3),
        SetRateCommand(d.token(), 0, rate_mhz=2_000_000),
        SetGainCommand(d.token(), 12, 0xFF),
        SelfTestCommand(d.token(), 3),
        LeadOffCommand(d.token(), 0),
        SetNameCommand(d.token(), "belt"),
    ):
        assert d.ack(command).status == AckStatus.BAD_STATE, command
    assert d.ack(MarkCommand(d.token(), 1)).status == AckStatus.OK
    assert d.ack(StopCommand(d.token())).status == AckStatus.OK
    assert d.ack(SetNameCommand(d.token(), "Gürtel")).status == AckStatus.OK
    assert d.device.name == "Gürtel"


def test_set_rate_sends_hello_then_ack_with_the_rate(desk: Desk) -> None:
    d = desk()
    hello, ack = d.send(SetRateCommand(d.token(), 0, SampleFormat.I16, 2_000_000))
    assert hello.type == FrameType.HELLO
    emg = Hello.parse(hello.payload).streams[0]
    assert (emg.rate_mhz, emg.fmt, emg.scale[0]) == (2_000_000, SampleFormat.I16, 0.25)
    assert emg.flags & 8  # high-pass on the device
    assert struct.unpack("<HBBI", ack.payload)[2:] == (0, 2_000_000)
    d.start()
    d.run(100_000)
    assert d.data(0)[1].t_us - d.data(0)[0].t_us == 4000
    assert all(len(f.payload) == 16 * f.count for f in d.data(0))
    d.send(StopCommand(d.token()))
    assert d.ack(SetRateCommand(d.token(), 1, rate_mhz=200_000)).detail == 200_000
    assert d.ack(SetRateCommand(d.token(), 1, SampleFormat.I24)).status == AckStatus.BAD_PARAMETER


def test_i16_carries_the_same_emg_without_the_electrode_offset(desk: Desk) -> None:
    body = make_body("bridge", seed=5, repetitions=1)
    d = desk(body, settings=DeviceSettings(emg_format=SampleFormat.I16))
    d.start()
    d.seconds(9.0)
    emg = np.concatenate([_i16(f.payload, 8) for f in d.data(0)]) * 0.25
    true = body.emg_uv(0, len(emg))
    assert np.abs(emg[4000:].mean(axis=0)).max() < 1.0
    for column in range(8):
        assert np.corrcoef(emg[6500:8500, column], true[6500:8500, column])[0, 1] > 0.99


def test_set_gain_changes_scale_and_full_scale_of_the_channels_named(desk: Desk) -> None:
    d = desk()
    hello, ack = d.send(SetGainCommand(d.token(), 12, 0b11))
    emg = Hello.parse(hello.payload).streams[0]
    assert emg.gain == (12, 12, 6, 6, 6, 6, 6, 6)
    assert emg.scale[0] == pytest.approx(2.4e6 / 12 / 8388607)
    assert emg.scale[2] == pytest.approx(2.4e6 / 6 / 8388607)
    assert ack.type == FrameType.ACK


def test_mark_and_sync_out_give_their_events_at_the_device_time_of_arrival(desk: Desk) -> None:
    d = desk()
    d.start()
    d.run(500_123)
    event, ack = d.send(MarkCommand(d.token(), 0xDEADBEEF))
    assert (event.type, ack.type) == (FrameType.EVENT, FrameType.ACK)
    mark = DeviceEvent.parse(event.payload)
    assert (mark.kind, mark.value, mark.t_us) == (6, 0xDEADBEEF, 2_000_000 + 500_123)
    d.send(SyncOutCommand(d.token(), 100))
    (sync,) = _events(d.frames, EventKind.SYNC_OUT)
    assert sync.value == 100
    d.run(200_000)
    flagged = [f for f in d.data(0) if f.flags & Flag.SYNC_EDGE]
    (frame,) = flagged
    first_instant = frame.t_us - 16_250
    assert first_instant <= sync.t_us < first_instant + 8000
    # The motion sensor's frame over the same instant bears it too.
    (imu,) = [f for f in d.data(1) if f.flags & Flag.SYNC_EDGE]
    imu_instant = imu.t_us - DeviceSettings().imu_group_delay_us
    assert imu_instant <= sync.t_us < imu_instant + imu.count * 10_000


def test_time_response_echoes_and_gives_device_time(desk: Desk) -> None:
    d = desk()
    d.run(1_234_567)
    (frame,) = d.send(TimeRequest(0x1236, 1_234_567_890_123))
    response = TimeResponse.parse(frame.payload)
    assert (response.token, response.t1_ns) == (0x1236, 1_234_567_890_123)
    assert response.t2_us == 2_000_000 + 1_234_567
    assert response.t3_us >= response.t2_us


# Self-test -------------------------------------------------------------------------------------


def test_digital_pattern_is_exact_to_the_byte(desk: Desk) -> None:
    d = desk(settings=DeviceSettings(emg_batch=9))
    d.send(SelfTestCommand(d.token(), 3))
    d.start()
    d.seconds(3.0)
    frames = d.data(0)
    assert frames[0].payload == B8_PAYLOAD
    assert len(frames[0].payload) == 216
    for f in frames:
        assert f.flags & Flag.TEST_SIGNAL
        for j, row in enumerate(_i24(f.payload, 8)):
            k = f.index + j
            base = ((k * 2654435761 % 2**32) >> 16) % 20000 - 10000
            assert list(row) == [base + c for c in range(8)]
    for f in d.data(1):
        expected = (f.index + np.arange(f.count)[:, None] + np.arange(6)) % 65536
        assert np.array_equal(_i16(f.payload, 6).astype(np.uint16), expected)


def test_pattern_is_right_where_32_bits_end() -> None:
    for k in (2**31, 2**32 - 1, 65_535, 65_536):
        expected = ((k * 2654435761 % 2**32) >> 16) % 20000 - 10000
        assert emg_pattern(k, 1, 2).tolist() == [[expected, expected + 1]]


def test_shorted_inputs_and_square_wave_pass_the_host_s_acceptance(desk: Desk) -> None:
    d = desk()
    scale = np.array(d.hello().streams[0].scale)
    d.send(SelfTestCommand(d.token(), 1))
    d.start()
    d.seconds(2.0)
    shorted = np.concatenate([_i24(f.payload, 8) for f in d.data(0)]) * scale
    assert np.sqrt((shorted**2).mean(axis=0)).max() < 3.0
    d.send(StopCommand(d.token()))
    begun = len(d.data(0))
    d.send(SelfTestCommand(d.token(), 2))
    d.start()
    d.seconds(4.0)
    square = np.concatenate([_i24(f.payload, 8) for f in d.data(0)[begun:]]) * scale
    assert np.abs(np.abs(square) - 1000.0).max() < 50.0
    edges = [np.flatnonzero(np.diff(np.sign(square[:, c])) > 0) for c in range(8)]
    assert np.diff(edges[0]) == pytest.approx([1024.0] * (len(edges[0]) - 1), abs=2.0)
    lags = [(edges[c][0] - edges[0][0]) % 1024 for c in range(8)]
    assert lags == pytest.approx([32.0 * c for c in range(8)], abs=2.0)


def test_selftest_holds_until_it_is_changed_or_the_device_resets(desk: Desk) -> None:
    d = desk()
    d.send(SelfTestCommand(d.token(), 3))
    for _ in range(2):
        d.start()
        d.run(100_000)
        d.send(StopCommand(d.token()))
    assert all(f.flags & Flag.TEST_SIGNAL for f in d.data(0))
    d.send(RebootCommand(d.token()))
    d.run(100_000)
    begun = len(d.data(0))
    d.start()
    d.run(100_000)
    assert not any(f.flags & Flag.TEST_SIGNAL for f in d.data(0)[begun:])


# Status, keep-alive, supply --------------------------------------------------------------------


def test_status_comes_at_1_hz_once_the_host_has_spoken(desk: Desk) -> None:
    d = desk()
    assert not _statuses(d.run(3_000_000))
    d.hello()
    statuses = _statuses(d.run(10_000_000))
    assert len(statuses) == 10
    assert {s.state for s in statuses} == {STATE_IDLE}
    assert [s.uptime_s for s in statuses] == list(
        range(statuses[0].uptime_s, 10 + statuses[0].uptime_s)
    )
    d.start()
    assert _statuses(d.run(1_000_000))[0].state == STATE_STREAMING


def test_keep_alive_stops_the_streams_after_10_s_of_silence(desk: Desk) -> None:
    d = desk()
    d.start()
    d.run(9_900_000)
    assert not _events(d.frames, EventKind.STOPPED)
    d.send(TimeRequest(d.token(), 0))
    d.run(9_999_000)
    assert not _events(d.frames, EventKind.STOPPED)
    frames = d.run(2_000)
    (event,) = _events(frames, EventKind.STOPPED)
    assert event.value == 1
    n = len(d.data(0))
    d.run(3_000_000)
    assert len(d.data(0)) == n
    assert d.start().status == AckStatus.OK


def test_garbage_is_no_sign_of_life_and_is_counted(desk: Desk) -> None:
    d = desk()
    d.start()
    rng = np.random.default_rng(3)
    for _ in range(11):
        d.send_raw(bytes(rng.integers(1, 256, 50, dtype=np.uint8)) + b"\x00")
        d.run(1_000_000)
    assert _events(d.frames, EventKind.STOPPED)
    assert _statuses(d.run(1_000_000))[-1].rx_bad == 11


def test_receiver_resynchronises_and_ignores_empty_packets(desk: Desk) -> None:
    d = desk()
    good = packet(encode_command(HelloCommand(5), 1))
    assert d.send_raw(bytes(10) + good + b"\x00\x00" + good)
    assert len(d.of(FrameType.ACK)) == 2
    d.send_raw(b"\x55" * 1000)  # 241 bytes without a delimiter: one error up to the next 0x00
    d.send_raw(b"\x55" * 1000 + b"\x00" + good)
    assert len(d.of(FrameType.ACK)) == 3
    damaged = bytearray(good)
    damaged[9] ^= 0x10
    assert not d.send_raw(bytes(damaged))
    for at in range(len(good)):  # byte by byte
        d.send_raw(good[at : at + 1])
    assert len(d.of(FrameType.ACK)) == 4
    assert _statuses(d.run(1_000_000))[-1].rx_bad == 2


def test_vbus_forbids_streaming_from_electrodes_but_not_self_tests(desk: Desk) -> None:
    d = desk(settings=DeviceSettings(vbus=True))
    assert d.start().status == AckStatus.VBUS_INTERLOCK
    assert d.frames[-1].flags & Flag.VBUS
    assert _statuses(d.run(1_000_000))[-1].state == STATE_INTERLOCK
    d.send(SelfTestCommand(d.token(), 3))
    assert d.start().status == AckStatus.OK


def test_vbus_while_streaming_stops_before_the_next_frame(desk: Desk) -> None:
    d = desk()
    d.start()
    d.run(500_000)
    n = len(d.data(0)) + len(d.data(1))
    d.device.set_vbus(True, d.now_us)
    frames = d.run(1_100_000)
    assert len(d.data(0)) + len(d.data(1)) == n
    (event,) = _events(frames, EventKind.STOPPED)
    assert event.value == 2
    assert all(f.flags & Flag.VBUS for f in frames)
    assert d.start().status == AckStatus.VBUS_INTERLOCK
    d.device.set_vbus(False, d.now_us)
    assert d.start().status == AckStatus.OK


def test_battery_declines_warns_stops_and_refuses(desk: Desk) -> None:
    d = desk(settings=DeviceSettings(battery_mv=3420, battery_mv_per_hour=36_000.0))
    d.start()
    d.seconds(30.0)
    levels = [s.vbat_mv for s in _statuses(d.frames)]
    assert levels == sorted(levels, reverse=True)
    (low,) = _events(d.frames, EventKind.LOW_BATTERY)
    assert 3380 < low.value < 3400
    (stopped,) = _events(d.frames, EventKind.STOPPED)
    assert stopped.value == 3
    assert d.start().status == AckStatus.BATTERY


def test_loose_pad_is_reported_in_flags_status_and_event(desk: Desk) -> None:
    body = make_body("bridge_loose_pad", seed=3, repetitions=5)
    (fault,) = body.truth()["faults"]
    d = desk(body)
    d.start()
    d.seconds(fault["until_s"] + 2.0)
    on, off = _events(d.frames, EventKind.LEAD_OFF)
    bit = 1 << body.channels.index(fault["channel"])
    assert (on.value, off.value) == (bit << 16, 0)
    start_us = d.data(0)[0].t_us - 16_250
    assert (on.t_us - start_us) / 1e6 == pytest.approx(fault["at_s"], abs=0.03)
    assert (off.t_us - start_us) / 1e6 == pytest.approx(fault["until_s"], abs=0.03)
    for f in d.data(0):
        t_s = (f.t_us - start_us) / 1e6
        if fault["at_s"] + 0.05 < t_s < fault["until_s"] - 0.05:
            assert f.flags & Flag.LEAD_OFF
        elif t_s < fault["at_s"] - 0.05:
            assert not f.flags & Flag.LEAD_OFF
    assert bit in {s.leadoff_n for s in _statuses(d.frames)}


def test_leadoff_sensing_can_be_switched_off(desk: Desk) -> None:
    d = desk(make_body("bridge_loose_pad", seed=3, repetitions=5))
    d.send(LeadOffCommand(d.token(), 0))
    d.start()
    d.seconds(40.0)
    assert not _events(d.frames, EventKind.LEAD_OFF)


# Reboot ----------------------------------------------------------------------------------------


def test_reboot_acknowledges_resets_and_says_hello(desk: Desk) -> None:
    d = desk()
    before = d.hello()
    d.send(SetRateCommand(d.token(), 0, rate_mhz=2_000_000))
    d.start()
    d.run(500_000)
    assert d.ack(RebootCommand(d.token())).status == AckStatus.OK
    assert not d.send(HelloCommand(d.token()))  # nobody listens during a reset
    frames = d.run(60_000)
    assert [f.type for f in frames] == [FrameType.HELLO]
    hello = Hello.parse(frames[0].payload)
    assert hello.boot_id != before.boot_id
    assert hello.serial == before.serial
    assert hello.reset_reason == 4
    assert hello.streams[0].rate_mhz == 1_000_000  # a reset forgets what was set
    assert frames[0].seq == 0
    assert 13_000 <= frames[0].t_us <= 38_000
    assert not d.run(3_000_000)  # no STATUS, no DATA before the host speaks


def test_body_goes_on_over_a_reboot(desk: Desk) -> None:
    body = make_body("bridge", seed=5, repetitions=1)
    d = desk(body, faults=parse_faults("reboot@2"))
    d.start()
    start_us = d.now_us
    d.run(3_000_000)
    assert d.frames[-1].type == FrameType.HELLO
    assert Hello.parse(d.frames[-1].payload).reset_reason == 3
    restart_us = d.now_us
    begun = len(d.data(0))
    d.start()
    d.run(100_000)
    frame = d.data(0)[begun]
    k = -(-(restart_us - start_us) // 1000)
    emg = _i24(frame.payload, 8) * d.hello().streams[0].scale[0]
    assert np.abs(emg - body.emg_uv(k, 8)).max() < 0.05
    assert frame.t_us < 2_000_000  # the device's clock began anew


def test_epochs_and_boot_ids_come_from_the_seed_and_differ(desk: Desk) -> None:
    boots = set()
    epochs = set()
    for seed in range(30):
        d = desk(seed=seed)
        boots.add(Hello.parse(d.frames[0].payload).boot_id)
        epochs.add(d.frames[0].epoch)
    assert len(boots) == 30
    assert len(epochs) > 15
    a, b = desk(seed=9), desk(seed=9)
    assert a.raw == b.raw


# Ring, drift, limits ---------------------------------------------------------------------------


def test_full_ring_drops_whole_newest_frames_and_counts_them(desk: Desk) -> None:
    d = desk()
    d.start()
    d.seconds(1.0)
    d.device.hold(d.now_us)
    d.now_us += 5_000_000
    assert d.run(0) == []
    d.device.release(d.now_us)
    begun = len(d.frames)
    d.run(0)
    d.seconds(2.0)
    assert d.bad == 0
    frames = d.frames[begun:]
    dropped = sum((b.seq - a.seq - 1) & 0xFFFF for a, b in itertools.pairwise(frames))
    assert dropped > 100
    status = _statuses(d.frames)[-1]
    assert status.frames_dropped == dropped
    assert any(s.tx_high_water_percent >= 99 for s in _statuses(frames))
    # A short frame may still fit where a long one did not, so there may be several gaps; the frame
    # after each of them says so, and no other.
    for before, after in itertools.pairwise(frames):
        gap = (after.seq - before.seq) & 0xFFFF != 1
        assert bool(after.flags & Flag.DROPPED) == gap
    emg = d.data(0)
    gaps = [b.index - a.index - a.count for a, b in itertools.pairwise(emg)]
    assert sorted(gaps)[-1] > 1000  # one gap, exact by the index
    assert sum(g != 0 for g in gaps) == 1


def test_ring_holds_at_least_two_seconds(desk: Desk) -> None:
    d = desk()
    d.start()
    d.seconds(1.0)
    d.device.hold(d.now_us)
    d.now_us += 2_000_000
    d.run(0)
    d.device.release(d.now_us)
    d.seconds(1.0)
    emg = d.data(0)
    assert all(b.index == a.index + a.count for a, b in itertools.pairwise(emg))


@pytest.mark.parametrize("ppm", [-50.0, 0.0, 40.0])
def test_device_clock_drifts_by_the_ppm_asked_for(desk: Desk, ppm: float) -> None:
    d = desk(make_body("rest", seed=1), faults=parse_faults(f"ppm={ppm}"))
    d.send(TimeRequest(1, 0))
    d.run(600_000_000)
    d.send(TimeRequest(2, 0))
    a, b = (TimeResponse.parse(f.payload).t2_us for f in d.of(FrameType.TIME_RSP))
    assert b - a == pytest.approx(600_000_000 * (1.0 + 1e-6 * ppm), abs=1.0)


def test_output_does_not_depend_on_how_often_it_is_asked_for(desk: Desk) -> None:
    outputs = []
    for step_us in (1_000, 37_777, 1_000_000):
        d = desk(make_body("bridge", seed=8, repetitions=1))
        d.send_raw(packet(encode_command(StartCommand(1, 3), 0)))
        while d.now_us < 3_000_000:
            d.run(min(step_us, 3_000_000 - d.now_us))
        outputs.append(bytes(d.raw))
    assert outputs[0] == outputs[1] == outputs[2]


def test_next_event_is_when_something_comes(desk: Desk) -> None:
    d = desk(faults=parse_faults("ppm=33"))
    d.start()
    for _ in range(500):
        due_us = d.device.next_event_us
        assert due_us > d.now_us
        assert d.run(due_us - 1 - d.now_us) == []
        d.run(1)
        assert d.device.next_event_us > d.now_us


@pytest.mark.parametrize(("channels", "batch"), [(1, 8), (2, 8), (8, 8), (12, 6), (16, 4)])
def test_one_to_sixteen_channels_fit_into_frames(desk: Desk, channels: int, batch: int) -> None:
    rng = np.random.default_rng(1)
    uv = rng.normal(0.0, 50.0, (1000, channels))
    labels = tuple(f"EMG{k + 1}" for k in range(channels))
    d = desk(RecordedBody(uv, 1000.0, labels))
    hello = d.hello()
    assert len(hello.build()) <= 216
    assert hello.streams[0].batch == batch
    d.start()
    d.run(500_000)
    emg = np.concatenate([_i24(f.payload, channels) for f in d.data(0)])
    assert np.abs(emg * hello.streams[0].scale[0] - uv[: len(emg)]).max() < 0.03
    assert all(len(f.payload) <= 216 for f in d.data(0))


# Recorded bodies -------------------------------------------------------------------------------


def test_recorded_body_plays_once_and_stops_with_an_event(desk: Desk) -> None:
    uv = np.arange(2503, dtype=float)[:, None] * [1.0, -1.0]
    imu = RecordedImu(np.zeros((251, 3)), np.zeros((251, 3)), 100.0)
    d = desk(RecordedBody(uv, 1000.0, ("a", "b"), imu))
    assert d.hello().streams[1].mount_wxyz is None
    d.start()
    d.seconds(4.0)
    emg = np.concatenate([_i24(f.payload, 2) for f in d.data(0)])
    assert len(emg) == 2503
    assert d.data(0)[-1].count == 2503 % 8
    assert sum(f.count for f in d.data(1)) == 251
    (event,) = _events(d.frames, EventKind.STOPPED)
    assert event.value == 4
    assert _statuses(d.run(1_000_000))[-1].state == STATE_FAULT
    assert d.start().status == AckStatus.AFE_FAULT


def test_missing_samples_of_a_recording_are_missed_conversions(desk: Desk) -> None:
    uv = np.ones((1000, 2))
    uv[403:430] = np.nan
    d = desk(RecordedBody(uv, 1000.0, ("a", "b")))
    d.start(1)
    d.seconds(1.5)
    emg = d.data(0)
    covered = np.zeros(1000, bool)
    for f in emg:
        covered[f.index : f.index + f.count] = True
        assert f.t_us == emg[0].t_us + 1000 * f.index
    assert np.array_equal(covered, ~np.isnan(uv[:, 0]))
    d.run(1_000_000)
    assert _statuses(d.frames)[-1].samples_missed == 27


def test_a_channel_without_value_rails_and_is_flagged(desk: Desk) -> None:
    uv = np.zeros((1000, 2))
    uv[500:600, 1] = np.nan
    d = desk(RecordedBody(uv, 1000.0, ("a", "b")))
    d.start(1)
    d.seconds(0.9)
    flagged = {f.index for f in d.data(0) if f.flags & Flag.SATURATED}
    assert flagged == {k for k in range(0, 1000, 8) if k + 8 > 500 and k < 600}
    d.run(1_000_000)
    assert 2 in {s.saturated for s in _statuses(d.frames)}
