"""Steps without a stream: identity, time, what is refused, tokens, garbage.

Source: wire_protocol.md sections 3, 6, 10.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from firingorder.firmware_bridge import cobs
from firingorder.firmware_bridge.commands import KEEP_FORMAT
from firingorder.firmware_bridge.conformance.bench import (
    ANSWER_S,
    STATUS_S,
    Ask,
    frames_of,
    status_of,
)
from firingorder.firmware_bridge.frame import AckStatus, Command, FrameType
from firingorder.firmware_bridge.hello import Caps
from firingorder.firmware_bridge.payloads import DeviceEvent, EventKind

if TYPE_CHECKING:
    from collections.abc import Generator

    from firingorder.firmware_bridge.conformance.bench import Answer, Bench, Heard, Steps

#: What came of itself before the host spoke: a boot HELLO, or a stream of an earlier host.
_LISTEN_FIRST_S = 0.3
_PINGS = 10
_UNUSED_CODE = 0x9F
#: Protocol 1.0 to 1.0, and a major that does not exist yet.
VERSION_1 = b"\x00\x01\x00\x01"
VERSION_2 = b"\x00\x02\x00\x02"
#: How long an EVENT may take beside its ACK.
_EVENT_S = 0.5
MARK_VALUE = 0x600D_CAFE
_LONGEST_PACKET = 241

_NEEDS_CAP = (
    (Command.SET_RATE, Caps.SET_RATE, b"\x00\xff\x00\x00\x00\x00"),
    (Command.SET_GAIN, Caps.SET_GAIN, b"\x06\x00\xff\x00\x00\x00"),
    (Command.MARK, Caps.MARK, b"\x00\x00\x01\x00\x00\x00"),
    (Command.SYNC_OUT, Caps.SYNC_OUT, b"\x00\x00\xe8\x03\x00\x00"),
    (Command.SET_NAME, Caps.SET_NAME, b"\x01A"),
)
_SELF_TESTS = Caps.SHORTED_INPUT | Caps.SQUARE_WAVE | Caps.DIGITAL_PATTERN


def start_args(mask: int, mode: int = 0) -> bytes:
    """Return the arguments of START."""
    return bytes((mode, 0)) + mask.to_bytes(4, "little")


def opening(bench: Bench) -> Steps:
    """Listen, then stop whatever an earlier host had started, and ask who this is."""
    heard = yield Ask((), _LISTEN_FIRST_S)
    known = bench.known
    if known.framing == "cobs":
        if heard and heard[0].led:
            bench.ledger.good("stream.lead")
        else:
            bench.ledger.skip("stream.lead", "the device had opened its port before")
    stop = yield from bench.ask(Command.STOP)
    bench.expect("stop.idle", stop, AckStatus.OK, "STOP")
    yield from hello(bench)


def hello(bench: Bench) -> Generator[Ask, Heard, Answer]:
    """Ask for HELLO and judge the order of its answers."""
    known, ledger = bench.known, bench.ledger
    answer = yield from bench.ask(Command.HELLO, VERSION_1)
    told = answer.count(FrameType.HELLO)
    if known.framing == "packet" and known.mtu:
        yield from _info(bench)
        size = len(known.hello_wire)
        if size > known.mtu - 3:
            ledger.judge(
                "ble.notification",
                ok=not told,
                words=f"HELLO of {size} bytes was notified over an MTU of {known.mtu}",
            )
            return answer
    if bench.expect("command.hello", answer, AckStatus.OK, "HELLO 1.0 to 1.0"):
        ledger.judge(
            "command.hello",
            ok=told == 1,
            words=f"{told} HELLO frames came before the ACK, not 1",
            data=answer.wire,
        )
    return answer


def _info(bench: Bench) -> Generator[Ask, Heard, None]:
    heard = yield Ask((), ANSWER_S, lambda one: one.info, read_info=True)
    info = [one for one in heard if one.info]
    words = "INFO gave no HELLO frame with sequence number 0"
    bench.ledger.judge("ble.info", ok=bool(info), words=words)


def times(bench: Bench) -> Steps:
    """Ask for the time some times, also with a token that was seen."""
    yield from bench.pings(_PINGS)
    token = bench.token()
    for _ in range(2):
        answer = yield from bench.ask(Command.TIME_REQ, bench.ping_args(), token=token)
        bench.ledger.judge(
            "command.time_req",
            ok=answer.ack is None,
            words="TIME_REQ was answered by an ACK",
            data=answer.wire,
        )


def refusals(bench: Bench) -> Steps:
    """Give commands that must be refused, each for its own reason."""
    answer = yield from bench.ask(_UNUSED_CODE)
    bench.expect("command.unknown", answer, AckStatus.UNKNOWN_COMMAND, "command 9F")
    caps = bench.known.caps
    for code, cap, args in _NEEDS_CAP:
        if not caps & cap:
            answer = yield from bench.ask(code, args)
            said = f"command {code:02X}, which caps do not claim"
            bench.expect("command.unknown", answer, AckStatus.UNKNOWN_COMMAND, said)
    answer = yield from bench.ask(Command.START, b"\x00")
    bench.expect("command.length", answer, AckStatus.BAD_LENGTH, "START with 3 bytes of payload")
    answer = yield from bench.ask(Command.STOP, b"\xaa\xbb\xcc\xdd")
    bench.expect("command.tail", answer, AckStatus.OK, "STOP with 4 more bytes")
    yield from _parameters(bench, caps)
    yield from _versions(bench)


def _parameters(bench: Bench, caps: int) -> Steps:
    bad = [
        (Command.START, start_args(bench.known.mask, mode=7), 2, "START mode 7"),
        (Command.REBOOT, b"\x63\x00", 2, "REBOOT mode 99"),
    ]
    if caps & _SELF_TESTS:
        bad.append((Command.SELFTEST, b"\x63\x00", 2, "SELFTEST mode 99"))
    if caps & (Caps.LEAD_OFF | Caps.IMPEDANCE):
        bad.append((Command.LEADOFF, b"\x63\x00", 2, "LEADOFF mode 99"))
    if caps & Caps.SET_RATE:
        keep = bytes((200, KEEP_FORMAT)) + bytes(4)
        bad.append((Command.SET_RATE, keep, 2, "SET_RATE of stream 200"))
        bad.append((Command.SET_RATE, b"\x00\x63" + bytes(4), 3, "SET_RATE format 99"))
    for code, args, offset, said in bad:
        answer = yield from bench.ask(code, args)
        if bench.expect("command.parameter", answer, AckStatus.BAD_PARAMETER, said):
            detail = 0 if answer.ack is None else answer.ack.detail
            bench.ledger.judge(
                "command.parameter",
                ok=detail == offset,
                words=f"{said}: detail {detail}, the parameter stands at byte {offset}",
                data=answer.wire,
            )
    if caps & Caps.SET_NAME:
        answer = yield from bench.ask(Command.SET_NAME, b"\x19" + b"x" * 25)
        bench.expect("command.set_name", answer, AckStatus.BAD_PARAMETER, "a name of 25 bytes")
        answer = yield from bench.ask(Command.SET_NAME, b"\x05ab")
        bench.expect("command.set_name", answer, AckStatus.BAD_LENGTH, "a name that is cut")
    else:
        bench.ledger.skip("command.set_name", "caps do not claim SET_NAME")


def _versions(bench: Bench) -> Steps:
    answer = yield from bench.ask(Command.HELLO, VERSION_2)
    bench.expect("command.version", answer, AckStatus.VERSION, "HELLO 2.0 to 2.0")
    bench.ledger.judge(
        "command.version",
        ok=not answer.count(FrameType.HELLO),
        words="HELLO was sent to a host of another major",
        data=answer.wire,
    )
    answer = yield from bench.ask(Command.START, start_args(bench.known.mask))
    bench.expect("command.version", answer, AckStatus.VERSION, "START after HELLO 2.0")
    yield from bench.ask(Command.STOP)
    yield from hello(bench)


def tokens(bench: Bench) -> Steps:
    """Send the same token again, before and after HELLO."""
    if not bench.known.caps & Caps.MARK:
        for clause in ("command.mark", "command.token_cleared"):
            bench.ledger.skip(clause, "caps do not claim MARK")
        return
    args = b"\x00\x00" + MARK_VALUE.to_bytes(4, "little")
    token = bench.token()
    first, marks = yield from _mark(bench, token, args)
    bench.ledger.judge(
        "command.mark",
        ok=marks == [MARK_VALUE],
        words=f"MARK {MARK_VALUE:08X} gave EVENT 6 with {[f'{value:08X}' for value in marks]}",
        data=first.wire,
    )
    again, marks = yield from _mark(bench, token, args)
    bench.ledger.judge(
        "command.token",
        ok=not marks and again.ack == first.ack,
        words=f"the same MARK again gave {len(marks)} more events and {again.ack}, first"
        f" {first.ack}",
        data=again.wire,
    )
    yield from hello(bench)
    anew, marks = yield from _mark(bench, token, args)
    bench.ledger.judge(
        "command.token_cleared",
        ok=len(marks) == 1,
        words=f"the token of before HELLO gave {len(marks)} events, not 1",
        data=anew.wire,
    )


def _mark(bench: Bench, token: int, args: bytes) -> Generator[Ask, Heard, tuple[Answer, list[int]]]:
    answer = yield from bench.ask(Command.MARK, args, token=token)
    later = yield Ask((), _EVENT_S)
    events = [
        DeviceEvent.parse(frame.payload)
        for _, frame in frames_of(answer.heard + later, FrameType.EVENT)
        if len(frame.payload) >= 16
    ]
    return answer, [event.value for event in events if event.kind == EventKind.MARK]


def garbage(bench: Bench) -> Steps:
    """Send what is no command, and look whether the next command is taken and what is counted."""
    before = yield from bench.ask_status()
    if before is None:
        for clause in ("link.empty", "link.oversize", "link.rx_bad"):
            bench.ledger.skip(clause, "no STATUS came, so rx_bad is not known")
    told = None if before is None else before.rx_bad
    cases = [("link.rx_bad", _broken(bench), 1, "a START with a wrong CRC")]
    if bench.known.framing == "cobs":
        noise = bytes(1 + 37 * k % 255 for k in range(100))
        cases = [
            ("link.empty", b"\x00\x00\x00", 0, "three empty packets"),
            ("link.rx_bad", noise + b"\x00", 1, "100 bytes of garbage"),
            ("link.oversize", b"\x01" * (2 * _LONGEST_PACKET) + b"\x00", 1, "482 bytes without 00"),
            *cases,
        ]
    for clause, data, count, said in cases:
        told = yield from _count_bad(bench, clause, data, count, said, told)
    yield from _foreign_major(bench)


def _count_bad(
    bench: Bench, clause: str, data: bytes, count: int, said: str, told: int | None
) -> Generator[Ask, Heard, int | None]:
    """Send bytes and a command behind them, and compare rx_bad."""
    written = bench.build(Command.TIME_REQ, bench.ping_args())
    answer = yield from bench.send(bench.garbage(data), written)
    bench.ledger.good("link.resync")
    strange = answer.count(FrameType.ACK)
    words = f"{said} got an ACK"
    bench.ledger.judge("link.rx_bad", ok=not strange, words=words, data=answer.wire)
    status = yield from bench.ask_status()
    if status is None or told is None:
        return None
    rise = status.rx_bad - told
    bench.ledger.judge(
        clause, ok=rise == count, words=f"{said}: rx_bad rose by {rise}, not {count}", data=data
    )
    return status.rx_bad


def _broken(bench: Bench) -> bytes:
    """Return a START whose CRC is wrong."""
    whole = bench.build(Command.START, start_args(bench.known.mask))
    raw = _raw(bench, whole.wire)
    return _on_wire(bench, raw[:-1] + bytes((raw[-1] ^ 0x55,)))


def _foreign_major(bench: Bench) -> Steps:
    whole = _raw(bench, bench.build(Command.START, start_args(bench.known.mask)).wire)
    body = b"\xe2" + whole[1:-4]
    wire = _on_wire(bench, body + zlib.crc32(body).to_bytes(4, "little"))
    ping = bench.build(Command.TIME_REQ, bench.ping_args())
    answer = yield from bench.send(bench.garbage(wire), ping)
    heard = yield Ask((), STATUS_S, lambda one: status_of(one) is not None)
    started = answer.count(FrameType.ACK) or frames_of(heard, FrameType.DATA)
    words = "START in a frame that begins with E2 was executed"
    bench.ledger.judge("command.foreign_major", ok=not started, words=words, data=wire)


def _raw(bench: Bench, wire: bytes) -> bytes:
    return wire if bench.known.framing == "packet" else cobs.decode(wire.strip(b"\x00"))


def _on_wire(bench: Bench, raw: bytes) -> bytes:
    return bench.wire(raw)
