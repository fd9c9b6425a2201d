"""The C core and the Python side, written apart from the same specification, must agree.

The codecs byte by byte over random frames, and the two devices command by command: the same
requests go to the firmware as a process and to the virtual device, and the answers are compared.
"""

from __future__ import annotations

import ctypes
import random
from typing import TYPE_CHECKING

import pytest

from firingorder.firmware_bridge import cobs
from firingorder.firmware_bridge.frame import (
    AckStatus,
    Command,
    Frame,
    FrameFault,
    FrameType,
    encode_frame,
    packet,
    parse_frame,
)
from firingorder.firmware_bridge.payloads import Ack, DeviceEvent, EventKind
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.scenarios import make_body
from tests.hardware.bench import LONG, Peer, PosixFirmware
from tests.hardware.toolchain import codec_library

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 20261121
FRAMES = 20_000 if LONG else 4_000
COMMANDS = 600
FAULTS = ["", "bad_length", "bad_crc", "bad_magic", "foreign_major"]


@pytest.fixture(scope="module")
def library() -> ctypes.CDLL:
    loaded = ctypes.CDLL(str(codec_library()))
    for name in ("fo_cobs_encode", "fo_cobs_decode", "codec_encode"):
        getattr(loaded, name).restype = ctypes.c_size_t
    loaded.fo_crc32.restype = ctypes.c_uint32
    return loaded


def random_frame(rng: random.Random) -> Frame:
    return Frame(
        type=rng.randrange(256),
        seq=rng.randrange(1 << 16),
        epoch=rng.randrange(256),
        flags=rng.randrange(256),
        stream=rng.randrange(256),
        count=rng.randrange(256),
        index=rng.randrange(1 << 32),
        t_us=rng.randrange(1 << 64),
        payload=bytes(rng.randrange(256) * (rng.random() < 0.7) for _ in range(rng.randrange(217))),
    )


def c_bytes(function: ctypes._NamedFuncPointer, *arguments: bytes | int) -> bytes:
    out = ctypes.create_string_buffer(300)
    sized = [
        ctypes.c_size_t(value) if isinstance(value, int) else ctypes.c_char_p(value)
        for value in arguments
    ]
    size = function(*sized, out)  # first: what is in the buffer is copied when it is asked for
    return out.raw[:size]


def test_the_codecs_agree_on_random_frames(library: ctypes.CDLL) -> None:
    print(f"seed {SEED}")
    rng = random.Random(SEED)
    for _ in range(FRAMES):
        frame = random_frame(rng)
        raw = encode_frame(frame)
        assert c_bytes(library.codec_encode, raw[:20], frame.payload, len(frame.payload)) == raw
        stuffed = c_bytes(library.fo_cobs_encode, raw, len(raw))
        assert stuffed + b"\0" == packet(raw)
        assert c_bytes(library.fo_cobs_decode, stuffed, len(stuffed)) == raw


def c_verdict(library: ctypes.CDLL, stuffed: bytes) -> str | bytes:
    raw = c_bytes(library.fo_cobs_decode, stuffed, len(stuffed))
    if not raw:
        return "spoilt"
    out, size = ctypes.create_string_buffer(300), ctypes.c_size_t()
    fault = library.codec_parse(raw, ctypes.c_size_t(len(raw)), out, ctypes.byref(size))
    return FAULTS[fault] or out.raw[: size.value]


def python_verdict(stuffed: bytes) -> str | bytes:
    try:
        raw = cobs.decode(stuffed)
    except ValueError:
        return "spoilt"
    try:
        return encode_frame(parse_frame(raw))
    except FrameFault as fault:
        return fault.kind


def test_the_codecs_agree_on_what_is_no_frame(library: ctypes.CDLL) -> None:
    """Packets with a flipped bit, a lost or doubled byte, another major, or of any bytes."""
    print(f"seed {SEED}")
    rng = random.Random(SEED)
    verdicts: dict[str, int] = {}
    for _ in range(FRAMES):
        raw = bytearray(encode_frame(random_frame(rng)))
        if rng.random() < 0.2:
            raw[0] = rng.randrange(256)
            raw[-4:] = library.fo_crc32(bytes(raw[:-4]), len(raw) - 4).to_bytes(4, "little")
        stuffed = bytearray(cobs.encode(bytes(raw)))
        at = rng.randrange(len(stuffed))
        match rng.randrange(4):
            case 0:
                stuffed[at] ^= 1 << rng.randrange(8)
            case 1:
                del stuffed[at]
            case 2:
                stuffed.insert(at, rng.randrange(256))
            case _:
                pass
        stuffed = stuffed[:241]
        verdict = python_verdict(bytes(stuffed))
        assert c_verdict(library, bytes(stuffed)) == verdict
        name = verdict if isinstance(verdict, str) else "good"
        verdicts[name] = verdicts.get(name, 0) + 1
    print(verdicts)
    assert set(verdicts) >= {"good", "spoilt", "bad_crc", "bad_magic", "foreign_major"}


class VirtualPeer:
    """The virtual device, spoken to as a peer: its clock goes on only between commands."""

    def __init__(self) -> None:
        self.device = VirtualDevice(make_body("rest", seed=SEED), seed=SEED)
        self.now_us = 2_000_000
        self.device.connect(self.now_us)
        self.device.advance(self.now_us + 100_000)

    def frames_after(self, raw: bytes) -> list[Frame]:
        self.now_us += 200_000
        self.device.advance(self.now_us)
        self.device.receive(packet(raw), self.now_us)
        data = self.device.advance(self.now_us)
        return [parse_frame(cobs.decode(part)) for part in data.split(b"\0") if part]


def answers(frames: Iterator[Frame] | list[Frame]) -> list[tuple[object, ...]]:
    """Return what a command brought, up to and with its answer; times and epochs set aside."""
    out: list[tuple[object, ...]] = []
    for frame in frames:
        match frame.type:
            case FrameType.HELLO:
                out.append(("hello",))
            case FrameType.EVENT:
                event = DeviceEvent.parse(frame.payload)
                if event.kind in (EventKind.MARK, EventKind.SYNC_OUT):
                    out.append(("event", event.kind, event.value))
            case FrameType.TIME_RSP:
                out.append(("time", frame.payload[:12]))
                break
            case FrameType.ACK:
                ack = Ack.parse(frame.payload)
                started = ack.command == Command.START and ack.status == AckStatus.OK
                out.append(
                    ("ack", ack.token, ack.command, ack.status, 0 if started else ack.detail)
                )
                break
            case _:
                pass
    return out


def random_command(rng: random.Random) -> Frame:
    """Return a command that a host, a newer host or a faulty host might send."""
    code = rng.choice([*Command, Command.START, Command.STOP, 0x8C, 0xF0])
    if code == Command.REBOOT:
        code = Command.STOP
    small = [rng.choice([0, 0, 0, 1, 2, 3, 6, 255]) for _ in range(10)]
    arguments = bytes(small)
    match code:
        case Command.HELLO:
            arguments = bytes(rng.choice([b"\0\1\0\1", b"\0\1\0\2", b"\0\2\0\3", b"\0\2\0\1"]))
        case Command.SET_RATE:
            rate = rng.choice([0, 500_000, 1_000_000, 2_000_000, 4_000_000, 1, 9_000_000])
            stream, fmt = rng.choice([0, 0, 1, 2]), rng.choice([0, 1, 2, 255])
            if stream == 1 and rate:
                rate = rng.choice([100_000, 1])
            arguments = bytes([stream, fmt]) + rate.to_bytes(4, "little")
        case Command.SET_NAME:
            name = rng.choice([b"Ann", "Zoë".encode(), b"\xff", b"\xc0\x80", b"x" * 25])
            arguments = bytes([len(name)]) + name
        case Command.TIME_REQ:
            arguments = b"\0\0" + rng.randbytes(8)
        case _:
            pass
    token = rng.choice([0, 1, 2, 3, rng.randrange(1, 65536), rng.randrange(1, 65536)])
    payload = token.to_bytes(2, "little") + arguments
    if rng.random() < 0.1:
        payload = payload[: rng.randrange(len(payload))]
    elif rng.random() < 0.1:
        payload += bytes(rng.randrange(60))
    return Frame(code, payload=payload)


def test_the_two_devices_answer_every_command_alike() -> None:
    print(f"seed {SEED}")
    rng = random.Random(SEED)
    virtual = VirtualPeer()
    statuses: set[object] = set()
    with (
        PosixFirmware("--tcp", "0", "--battery", "4000") as firmware,
        Peer(firmware.address) as peer,
    ):
        peer.hello()
        for _ in range(COMMANDS):
            command = random_command(rng)
            raw = encode_frame(command)
            peer.write(packet(raw))
            real = answers(peer.frames())
            assert real == answers(virtual.frames_after(raw)), command
            statuses.add(real[-1][3] if real[-1][0] == "ack" else "time")
    assert statuses >= {*range(5), AckStatus.VERSION, "time"}
