"""Commands for both sides: the host builds them, a device parses them (wire_protocol.md section 6).

A payload is a token and the arguments. Longer payloads than known are taken (growth rule), shorter
ones are a :class:`CommandFault` with the status that the ACK must carry.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import ClassVar

from firingorder.firmware_bridge.frame import (
    PROTOCOL_MAJOR,
    PROTOCOL_MINOR,
    AckStatus,
    Command,
    Frame,
    encode_frame,
)

#: Section 6, SET_NAME.
MAX_NAME_BYTES = 24
#: SET_RATE: leave format or rate as it is.
KEEP_FORMAT = 0xFF
KEEP_RATE = 0

_VERSION = PROTOCOL_MAJOR << 8 | PROTOCOL_MINOR


class CommandFault(ValueError):  # noqa: N818 - the device answers it, nothing went wrong here
    """A command that cannot be executed: token (0 if unreadable), status, detail for its ACK."""

    def __init__(self, token: int, status: AckStatus, detail: int, text: str) -> None:
        super().__init__(text)
        self.token = token
        self.status = status
        self.detail = detail


@dataclass(frozen=True, slots=True)
class HelloCommand:
    """Ask for HELLO; versions are ``major << 8 | minor``."""

    token: int
    proto_min: int = PROTOCOL_MAJOR << 8
    proto_max: int = _VERSION
    code: ClassVar = Command.HELLO
    layout: ClassVar = struct.Struct("<HHH")

    def build(self) -> bytes:
        """Write the payload."""
        return self.layout.pack(self.token, self.proto_min, self.proto_max)


@dataclass(frozen=True, slots=True)
class StartCommand:
    """Start the streams whose ids are set in ``stream_mask``."""

    token: int
    stream_mask: int
    mode: int = 0
    code: ClassVar = Command.START
    layout: ClassVar = struct.Struct("<HBxI")

    def build(self) -> bytes:
        """Write the payload."""
        return self.layout.pack(self.token, self.mode, self.stream_mask)


@dataclass(frozen=True, slots=True)
class StopCommand:
    """Stop all streams."""

    token: int
    code: ClassVar = Command.STOP
    layout: ClassVar = struct.Struct("<H")

    def build(self) -> bytes:
        """Write the payload."""
        return self.layout.pack(self.token)


@dataclass(frozen=True, slots=True)
class SetRateCommand:
    """Change rate and format of one stream."""

    token: int
    stream: int
    fmt: int = KEEP_FORMAT
    rate_mhz: int = KEEP_RATE
    code: ClassVar = Command.SET_RATE
    layout: ClassVar = struct.Struct("<HBBI")

    def build(self) -> bytes:
        """Write the payload."""
        return self.layout.pack(self.token, self.stream, self.fmt, self.rate_mhz)


@dataclass(frozen=True, slots=True)
class SetGainCommand:
    """Change the analogue gain of the EMG channels in ``channel_mask``."""

    token: int
    gain: int
    channel_mask: int
    code: ClassVar = Command.SET_GAIN
    layout: ClassVar = struct.Struct("<HBxI")

    def build(self) -> bytes:
        """Write the payload."""
        return self.layout.pack(self.token, self.gain, self.channel_mask)


@dataclass(frozen=True, slots=True)
class TimeRequest:
    """Ask for the device's time; any valid frame of the host also keeps streaming alive."""

    token: int
    t1_ns: int
    code: ClassVar = Command.TIME_REQ
    layout: ClassVar = struct.Struct("<HxxQ")

    def build(self) -> bytes:
        """Write the payload."""
        return self.layout.pack(self.token, self.t1_ns)


@dataclass(frozen=True, slots=True)
class SelfTestCommand:
    """0 normal, 1 shorted inputs, 2 square wave, 3 digital pattern."""

    token: int
    mode: int
    code: ClassVar = Command.SELFTEST
    layout: ClassVar = struct.Struct("<HBx")

    def build(self) -> bytes:
        """Write the payload."""
        return self.layout.pack(self.token, self.mode)


@dataclass(frozen=True, slots=True)
class LeadOffCommand:
    """0 off, 1 direct current, 2 impedance scan."""

    token: int
    mode: int
    code: ClassVar = Command.LEADOFF
    layout: ClassVar = struct.Struct("<HBx")

    def build(self) -> bytes:
        """Write the payload."""
        return self.layout.pack(self.token, self.mode)


@dataclass(frozen=True, slots=True)
class MarkCommand:
    """Have the device mark this instant on its own clock (EVENT kind 6)."""

    token: int
    value: int
    code: ClassVar = Command.MARK
    layout: ClassVar = struct.Struct("<HxxI")

    def build(self) -> bytes:
        """Write the payload."""
        return self.layout.pack(self.token, self.value)


@dataclass(frozen=True, slots=True)
class SyncOutCommand:
    """Give a pulse on the sync output (EVENT kind 2)."""

    token: int
    pulse_us: int
    code: ClassVar = Command.SYNC_OUT
    layout: ClassVar = struct.Struct("<HxxI")

    def build(self) -> bytes:
        """Write the payload."""
        return self.layout.pack(self.token, self.pulse_us)


@dataclass(frozen=True, slots=True)
class SetNameCommand:
    """Name the device, at most 24 bytes of UTF-8."""

    token: int
    name: str
    code: ClassVar = Command.SET_NAME
    layout: ClassVar = struct.Struct("<HB")

    def build(self) -> bytes:
        """Write the payload."""
        name = self.name.encode()
        if len(name) > MAX_NAME_BYTES:
            raise ValueError(f"name of {len(name)} bytes, at most {MAX_NAME_BYTES}")
        return self.layout.pack(self.token, len(name)) + name


@dataclass(frozen=True, slots=True)
class RebootCommand:
    """0 back into the application, 1 into the bootloader."""

    token: int
    mode: int = 0
    code: ClassVar = Command.REBOOT
    layout: ClassVar = struct.Struct("<HBx")

    def build(self) -> bytes:
        """Write the payload."""
        return self.layout.pack(self.token, self.mode)


CommandPayload = (
    HelloCommand
    | StartCommand
    | StopCommand
    | SetRateCommand
    | SetGainCommand
    | TimeRequest
    | SelfTestCommand
    | LeadOffCommand
    | MarkCommand
    | SyncOutCommand
    | SetNameCommand
    | RebootCommand
)


def encode_command(command: CommandPayload, seq: int) -> bytes:
    """Return the frame of a command (not yet a packet). Epoch, flags and time are 0 (section 4)."""
    return encode_frame(Frame(type=command.code, seq=seq & 0xFFFF, payload=command.build()))


def parse_command(code: int, payload: bytes) -> CommandPayload:
    """Read the command of a frame of type ``code``.

    Raises
    ------
    CommandFault
        Unknown command, payload too short, or a name that is no UTF-8 of at most 24 bytes.
    """
    token = int.from_bytes(payload[:2], "little")
    if len(payload) < 2:
        raise CommandFault(0, AckStatus.BAD_LENGTH, len(payload), "a command needs a token")
    if code == Command.SET_NAME:
        return _parse_name(token, payload)
    for kind in _PLAIN:
        if kind.code == code:
            if len(payload) < kind.layout.size:
                text = f"{kind.__name__} has {len(payload)} bytes, needs {kind.layout.size}"
                raise CommandFault(token, AckStatus.BAD_LENGTH, len(payload), text)
            return _from_fields(code, kind.layout.unpack_from(payload))
    raise CommandFault(token, AckStatus.UNKNOWN_COMMAND, 0, f"unknown command 0x{code:02X}")


_PLAIN = (
    HelloCommand,
    StartCommand,
    StopCommand,
    SetRateCommand,
    SetGainCommand,
    TimeRequest,
    SelfTestCommand,
    LeadOffCommand,
    MarkCommand,
    SyncOutCommand,
    RebootCommand,
)


def _from_fields(code: int, fields: tuple[int, ...]) -> CommandPayload:
    """Put unpacked fields into their class; only START has them in another order."""
    if code == Command.START:
        token, mode, mask = fields
        return StartCommand(token, mask, mode)
    kind = next(kind for kind in _PLAIN if kind.code == code)
    return kind(*fields)


def _parse_name(token: int, payload: bytes) -> SetNameCommand:
    if len(payload) < 3 or len(payload) < 3 + payload[2]:
        raise CommandFault(token, AckStatus.BAD_LENGTH, len(payload), "SET_NAME is cut short")
    if payload[2] > MAX_NAME_BYTES:
        raise CommandFault(token, AckStatus.BAD_PARAMETER, 2, f"name of {payload[2]} bytes")
    try:
        name = payload[3 : 3 + payload[2]].decode()
    except UnicodeDecodeError as error:
        raise CommandFault(token, AckStatus.BAD_PARAMETER, 3, "name is no UTF-8") from error
    return SetNameCommand(token, name)
