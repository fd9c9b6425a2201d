"""Every golden frame of the specification: bytes, stuffing, checksum and content."""

from __future__ import annotations

import random

import numpy as np
import pytest
from cobs import cobs as reference_cobs

from firingorder.firmware_bridge import cobs
from firingorder.firmware_bridge.commands import (
    HelloCommand,
    StartCommand,
    TimeRequest,
    encode_command,
    parse_command,
)
from firingorder.firmware_bridge.frame import (
    AckStatus,
    Command,
    Flag,
    Frame,
    FrameFault,
    FrameType,
    encode_frame,
    packet,
    parse_frame,
)
from firingorder.firmware_bridge.payloads import (
    Ack,
    Caps,
    DeviceEvent,
    EventKind,
    Hello,
    SampleFormat,
    Status,
    StreamDescriptor,
    StreamKindCode,
    TimeResponse,
    Unit,
)
from tests.firmware_bridge.golden_frames import COBS, RAW, SIZE_AND_CRC

NAMES = sorted(RAW)
SEED = 20261121


def crc32_bitwise(data: bytes) -> int:
    """CRC-32/ISO-HDLC bit by bit, the second method beside zlib."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xEDB88320 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def content(name: str) -> Frame:
    return parse_frame(RAW[name])


def test_bitwise_crc_has_the_published_check_value() -> None:
    assert crc32_bitwise(b"123456789") == 0xCBF43926


@pytest.mark.parametrize("name", NAMES)
def test_size_and_crc_of_the_printed_bytes(name: str) -> None:
    raw = RAW[name]
    size, crc = SIZE_AND_CRC[name]
    assert len(raw) == size
    assert crc32_bitwise(raw[:-4]) == crc
    assert raw[-4:] == crc.to_bytes(4, "little")


@pytest.mark.parametrize("name", NAMES)
def test_frame_survives_parsing_and_building(name: str) -> None:
    assert encode_frame(parse_frame(RAW[name])) == RAW[name]


@pytest.mark.parametrize("name", NAMES)
def test_stuffing_agrees_with_the_specification_and_with_the_reference_package(name: str) -> None:
    assert packet(RAW[name]) == COBS[name]
    assert cobs.decode(COBS[name][:-1]) == RAW[name]
    assert reference_cobs.encode(RAW[name]) + b"\x00" == COBS[name]


def test_a1_hello_command() -> None:
    frame = content("A1")
    assert (frame.type, frame.seq) == (Command.HELLO, 1)
    command = parse_command(frame.type, frame.payload)
    assert command == HelloCommand(0x1234, 0x0100, 0x0100)
    assert encode_command(command, 1) == RAW["A1"]


def test_a2_start_command() -> None:
    frame = content("A2")
    command = parse_command(frame.type, frame.payload)
    assert command == StartCommand(0x1235, stream_mask=3, mode=0)
    assert encode_command(command, 2) == RAW["A2"]


def test_a3_time_request() -> None:
    frame = content("A3")
    command = parse_command(frame.type, frame.payload)
    assert command == TimeRequest(0x1236, 1_234_567_890_123)
    assert encode_command(command, 3) == RAW["A3"]


def test_b1_hello() -> None:
    frame = content("B1")
    assert frame.type == FrameType.HELLO
    hello = Hello.parse(frame.payload)
    assert (hello.proto_major, hello.proto_minor, hello.min_host_minor) == (1, 0, 0)
    assert hello.boot_id == 0x9E3779B9
    assert hello.serial == bytes.fromhex("0011223344556677")
    assert hello.firmware == (0, 1, 0)
    assert (hello.model, hello.vendor, hello.max_frame_bytes) == (1, 1, 240)
    assert hello.caps == 0x4FFF
    assert hello.caps & Caps.VBUS
    assert not hello.simulated
    assert hello.build() == frame.payload


def test_b1_streams() -> None:
    emg, imu = Hello.parse(content("B1").payload).streams
    assert (emg.id, emg.kind, emg.fmt) == (0, StreamKindCode.EMG, SampleFormat.I24)
    assert (emg.channels, emg.batch, emg.unit) == (8, 8, Unit.MICROVOLT)
    assert (emg.rate_hz, emg.group_delay_us, emg.skew_ns) == (1000.0, 16250, 0)
    assert emg.scale == tuple([float(np.float32(2.4 / 6 / 8388607 * 1e6))] * 8)
    assert emg.gain == (6,) * 8
    assert emg.mount_wxyz is None
    assert (imu.id, imu.kind, imu.fmt) == (1, StreamKindCode.IMU6, SampleFormat.I16)
    assert (imu.channels, imu.batch, imu.unit) == (6, 5, Unit.G_DEG_S)
    assert (imu.rate_hz, imu.group_delay_us) == (100.0, 8000)
    assert imu.scale == (8 / 32768,) * 3 + (1000 / 32768,) * 3
    assert imu.mount_wxyz == (0.5, 0.5, -0.5, -0.5)
    assert StreamDescriptor.parse(imu.build()) == imu


def test_b2_ack() -> None:
    ack = Ack.parse(content("B2").payload)
    assert ack == Ack(0x1235, Command.START, AckStatus.OK, 0x5B)
    assert ack.build() == content("B2").payload


def test_b3_time_response() -> None:
    response = TimeResponse.parse(content("B3").payload)
    assert response == TimeResponse(0x1236, 1_234_567_890_123, 2_000_789, 2_000_899)
    assert response.build() == content("B3").payload


def test_b4_header() -> None:
    frame = content("B4")
    assert frame.type == FrameType.DATA
    assert frame.flags == Flag.LEAD_OFF | Flag.SATURATED
    assert (frame.stream, frame.count, frame.index) == (0, 2, 123456)
    assert (frame.t_us, frame.epoch) == (125_456_789, 0x5B)


def test_b4_with_one_flipped_bit_is_rejected_by_the_crc() -> None:
    raw = bytearray(RAW["B4"])
    raw[33] ^= 0x10
    with pytest.raises(FrameFault) as caught:
        parse_frame(bytes(raw))
    assert caught.value.kind == "bad_crc"


def test_b6_status() -> None:
    status = Status.parse(content("B6").payload)
    assert status == Status(
        uptime_s=126,
        vbat_mv=3910,
        temperature_centi_deg=2215,
        leadoff_p=0,
        leadoff_n=4,
        saturated=0x18,
        tx_high_water_percent=12,
        rssi_dbm=-61,
        phy=2,
        state=1,
        connection_interval=6,
        samples_missed=0,
        frames_dropped=30,
        rx_bad=1,
    )
    assert status.build() == content("B6").payload


def test_b7_event() -> None:
    event = DeviceEvent.parse(content("B7").payload)
    assert event == DeviceEvent(EventKind.SYNC_IN, 1, 125_451_234, flags=1)
    assert event.rising
    assert event.build() == content("B7").payload


def test_b8_is_the_digital_pattern_at_the_largest_size() -> None:
    frame = content("B8")
    assert (frame.seq, frame.epoch, frame.flags) == (0xFFFF, 0xFF, Flag.TEST_SIGNAL)
    expected = [
        ((k * 2654435761 % 2**32) >> 16) % 20000 - 10000 + c for k in range(9) for c in range(8)
    ]
    assert expected[::8] == [-10000, -9497, 5470, 5974, 941, -4091, -3588, -8620, -8117]
    assert frame.payload == b"".join(v.to_bytes(3, "little", signed=True) for v in expected)


def test_further_stuffing_vectors() -> None:
    counting = bytes(range(1, 241))
    assert cobs.encode(counting) == b"\xf1" + counting
    assert cobs.encode(bytes(240)) == b"\x01" * 241


@pytest.mark.parametrize("seed", [SEED])
def test_random_sweep_of_stuffing_against_the_reference_package(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(5000):
        # Sparse alphabets make zeros and 0xFF frequent; up to 600 bytes crosses the long blocks.
        alphabet = rng.choice([bytes(range(256)), b"\x00\x01", b"\xff\x00", b"\x07"])
        data = bytes(rng.choices(alphabet, k=rng.choice([rng.randint(1, 240), 254, 255, 600])))
        encoded = cobs.encode(data)
        assert encoded == reference_cobs.encode(data)
        assert cobs.decode(encoded) == data


@pytest.mark.parametrize("seed", [SEED + 1])
def test_unstuffing_of_garbage_agrees_with_the_reference_package(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(5000):
        data = rng.randbytes(rng.randint(0, 40))
        if rng.random() < 0.5:
            data = bytes(b % 6 for b in data)
        try:
            expected: bytes | None = reference_cobs.decode(data) if data else None
        except reference_cobs.DecodeError:
            expected = None
        try:
            got: bytes | None = cobs.decode(data)
        except ValueError:
            got = None
        assert got == expected
