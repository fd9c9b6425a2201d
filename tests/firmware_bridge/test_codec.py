"""Payloads and commands beyond the golden frames: growth, limits, and what is refused."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from firingorder.firmware_bridge.commands import (
    CommandFault,
    CommandPayload,
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
    parse_command,
)
from firingorder.firmware_bridge.frame import (
    AckStatus,
    Frame,
    FrameFault,
    encode_frame,
    parse_frame,
)
from firingorder.firmware_bridge.payloads import Hello, StreamDescriptor
from tests.firmware_bridge.talker import EMG, IMU, hello

COMMANDS: list[CommandPayload] = [
    HelloCommand(1, 0x0100, 0x0203),
    StartCommand(2, 0x80000001, mode=0),
    StopCommand(3),
    SetRateCommand(4, 1, 0xFF, 2_000_000),
    SetGainCommand(5, 12, 0xFF),
    TimeRequest(6, 2**63),
    SelfTestCommand(7, 3),
    LeadOffCommand(8, 1),
    MarkCommand(9, 0xDEADBEEF),
    SyncOutCommand(10, 500),
    SetNameCommand(11, "Gürtel"),
    RebootCommand(65535, 1),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: type(c).__name__)
def test_commands_survive_building_and_parsing(command: CommandPayload) -> None:
    raw = encode_command(command, 3)
    assert len(raw) <= 64
    assert parse_command(command.code, command.build()) == command
    assert parse_command(command.code, command.build() + b"future") == command


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: type(c).__name__)
def test_short_commands_are_a_fault_with_the_status_of_the_ack(command: CommandPayload) -> None:
    for size in range(len(command.build())):
        with pytest.raises(CommandFault) as caught:
            parse_command(command.code, command.build()[:size])
        assert caught.value.status == AckStatus.BAD_LENGTH


def test_unknown_commands_and_bad_names_are_faults() -> None:
    with pytest.raises(CommandFault) as unknown:
        parse_command(0x8C, b"\x07\x00")
    assert (unknown.value.token, unknown.value.status) == (7, AckStatus.UNKNOWN_COMMAND)
    with pytest.raises(CommandFault) as text:
        parse_command(0x8B, b"\x07\x00\x02\xff\xfe")
    assert text.value.status == AckStatus.BAD_PARAMETER
    with pytest.raises(CommandFault) as long:
        parse_command(0x8B, b"\x07\x00" + bytes([30]) + b"x" * 30)
    assert long.value.status == AckStatus.BAD_PARAMETER
    with pytest.raises(ValueError, match="at most 24"):
        SetNameCommand(1, "x" * 25).build()


def test_hello_reads_over_a_grown_fixed_part_and_grown_descriptors() -> None:
    emg, imu = EMG.build(), IMU.build()
    fixed = bytearray(hello().build()[:32])
    fixed[0] = 36
    grown = bytes([emg[0] + 5]) + emg[1:] + b"extra"
    assert Hello.parse(bytes(fixed) + b"news" + grown + imu + b"tail") == hello()


def test_an_unknown_kind_of_stream_is_kept_apart_and_skipped() -> None:
    odd = struct.pack("<BBBBBBBBIII", 22, 9, 77, 9, 200, 1, 0, 9, 0, 0, 0) + b"??"
    payload = bytearray(hello().build())
    payload[25] = 3
    payload[32:32] = odd
    parsed = Hello.parse(bytes(payload))
    assert [stream.kind for stream in parsed.streams] == [77, 1, 2]
    assert parsed.streams[1:] == hello().streams


@pytest.mark.parametrize(
    "broken",
    [
        replace(EMG, channels=0, scale=(), gain=()),
        replace(EMG, channels=17, scale=(1.0,) * 17, gain=(0,) * 17),
        replace(EMG, rate_mhz=0),
        replace(EMG, scale=(float("nan"),) * 8),
        replace(EMG, scale=(0.0,) * 8),
    ],
)
def test_descriptors_without_sense_are_errors(broken: StreamDescriptor) -> None:
    with pytest.raises(ValueError, match="stream 0"):
        StreamDescriptor.parse(broken.build())


def test_truncated_hellos_are_errors_and_never_anything_else() -> None:
    whole = hello().build()
    for size in range(len(whole)):
        with pytest.raises(ValueError, match=r"cut short|needs"):
            Hello.parse(whole[:size])


def test_a_stream_may_not_be_described_twice_nor_too_many_announced() -> None:
    with pytest.raises(ValueError, match="twice"):
        Hello.parse(hello(EMG, EMG).build())
    payload = bytearray(hello().build())
    payload[25] = 9
    with pytest.raises(ValueError, match="at most 8"):
        Hello.parse(bytes(payload))


def test_an_unknown_mount_is_none() -> None:
    assert StreamDescriptor.parse(replace(IMU, mount_wxyz=None).build()).mount_wxyz is None


def test_frames_keep_their_limits() -> None:
    assert parse_frame(encode_frame(Frame(2, payload=bytes(216)))).payload == bytes(216)
    with pytest.raises(ValueError, match="at most 216"):
        encode_frame(Frame(2, payload=bytes(217)))
    for size in (0, 23, 241, 1000):
        with pytest.raises(FrameFault) as caught:
            parse_frame(bytes(size))
        assert caught.value.kind == "bad_length"
