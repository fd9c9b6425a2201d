"""Steps that change the device: rate, gain, lead-off, reset, another connection.

Source: wire_protocol.md sections 5, 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.firmware_bridge.commands import KEEP_FORMAT
from firingorder.firmware_bridge.conformance.bench import Ask, frames_of
from firingorder.firmware_bridge.conformance.steps_commands import VERSION_1, hello
from firingorder.firmware_bridge.conformance.steps_stream import (
    PATTERN,
    SHORT_S,
    run,
    select,
    start,
)
from firingorder.firmware_bridge.frame import AckStatus, Command, FrameType
from firingorder.firmware_bridge.hello import Caps, SampleFormat, StreamKindCode

if TYPE_CHECKING:
    from collections.abc import Generator

    from firingorder.firmware_bridge.conformance.bench import Answer, Bench, Heard, Steps
    from firingorder.firmware_bridge.conformance.known import Written
    from firingorder.firmware_bridge.hello import StreamDescriptor

#: Half the usual rate: section 9 has a host reduce to it.
_OTHER_RATE_MHZ = 500_000
#: Gains of common front ends (ADS1298: SBAS459, CHnSET); the first that differs is tried.
_GAINS = (12, 8, 4, 2, 1, 24)
#: f32 in HELLO.
_SCALE_ERROR = 1e-4
RESET_COMMAND = 4
#: HELLO after a reset: a bootloader may look for a host first (assumed).
_BOOT_S = 10.0
#: Boots whose epochs are compared: three equal ones come by chance once in 65536.
_BOOTS = 3
#: Device time of a boot that has just begun.
_YOUNG_US = 30_000_000


def rates(bench: Bench) -> Steps:
    """Set rate and format, and look at HELLO, ACK and the stream."""
    emg, ledger = bench.known.emg, bench.ledger
    if not bench.known.caps & Caps.SET_RATE or emg is None:
        ledger.skip("command.set_rate", "caps do not claim SET_RATE")
        ledger.skip("command.formats", "caps do not claim SET_RATE")
        return
    yield from _set_rate(bench, emg, KEEP_FORMAT, 0, emg.rate_mhz, emg.fmt)
    ok = yield from _set_rate(bench, emg, KEEP_FORMAT, _OTHER_RATE_MHZ, _OTHER_RATE_MHZ, emg.fmt)
    if ok:
        yield from select(bench, PATTERN)
        yield from run(bench, 1 << emg.id, SHORT_S)
        yield from _set_rate(bench, emg, KEEP_FORMAT, emg.rate_mhz, emg.rate_mhz, emg.fmt)
    if not bench.known.caps & Caps.I16_EMG:
        ledger.skip("command.formats", "caps do not claim the i16 format")
        return
    before = bench.known.ledger.result("data.length").failed
    yield from _set_rate(bench, emg, SampleFormat.I16, 0, emg.rate_mhz, SampleFormat.I16)
    yield from select(bench, PATTERN)
    heard = yield from run(bench, 1 << emg.id, SHORT_S)
    if heard is None:
        ledger.skip("command.formats", "START was refused")
    else:
        frames = frames_of(heard, FrameType.DATA)
        words = f"{len(frames)} frames of DATA in i16, or their length is wrong"
        fits = bench.known.ledger.result("data.length").failed == before
        ledger.judge("command.formats", ok=bool(frames) and fits, words=words)
    yield from _set_rate(bench, emg, emg.fmt, 0, emg.rate_mhz, emg.fmt)


def _set_rate(
    bench: Bench, emg: StreamDescriptor, fmt: int, rate_mhz: int, expected_mhz: int, then: int
) -> Generator[Ask, Heard, bool]:
    args = bytes((emg.id, fmt)) + rate_mhz.to_bytes(4, "little")
    answer = yield from bench.ask(Command.SET_RATE, args)
    status = None if answer.ack is None else answer.ack.status
    said = f"SET_RATE to format {fmt} and {rate_mhz} mHz"
    if status == AckStatus.BAD_PARAMETER and rate_mhz not in (0, emg.rate_mhz):
        return False  # a device need not have that rate
    if not bench.expect("command.set_rate", answer, AckStatus.OK, said):
        return False
    yield from _announced(bench, answer, "command.set_rate", said)
    now = bench.known.emg
    detail = 0 if answer.ack is None else answer.ack.detail
    told = (0, 0) if now is None else (now.rate_mhz, now.fmt)
    bench.ledger.judge(
        "command.set_rate",
        ok=told == (expected_mhz, then) and detail == expected_mhz,
        words=f"{said}: HELLO says {told[0]} mHz and format {told[1]}, the ACK {detail}",
        data=answer.wire,
    )
    return True


def _announced(bench: Bench, answer: Answer, clause: str, said: str) -> Steps:
    """HELLO comes before the ACK, unless a radio cannot carry it; then INFO has it."""
    known = bench.known
    if known.framing == "packet" and len(known.hello_wire) > known.mtu - 3:
        yield Ask((), 1.0, lambda one: one.info, read_info=True)
        return
    told = answer.count(FrameType.HELLO)
    words = f"{said}: {told} HELLO frames before the ACK, not 1"
    bench.ledger.judge(clause, ok=told == 1, words=words, data=answer.wire)


def gains(bench: Bench) -> Steps:
    """Set a gain, look at HELLO, and set it back."""
    emg, ledger = bench.known.emg, bench.ledger
    if not bench.known.caps & Caps.SET_GAIN or emg is None:
        ledger.skip("command.set_gain", "caps do not claim SET_GAIN")
        return
    yield from hello(bench)  # one may have been lost
    emg = bench.known.emg or emg
    mask = ((1 << emg.channels) - 1).to_bytes(4, "little")
    for gain in (one for one in _GAINS if one != emg.gain[0]):
        answer = yield from bench.ask(Command.SET_GAIN, bytes((gain, 0)) + mask)
        if answer.ack is not None and answer.ack.status == AckStatus.BAD_PARAMETER:
            continue
        if bench.expect("command.set_gain", answer, AckStatus.OK, f"SET_GAIN {gain}"):
            yield from _announced(bench, answer, "command.set_gain", f"SET_GAIN {gain}")
            _judge_gain(bench, emg, gain, answer)
        break
    else:
        ledger.skip("command.set_gain", f"none of the gains {_GAINS} is known to the device")
    first = emg.gain[0]
    answer = yield from bench.ask(Command.SET_GAIN, bytes((first, 0)) + mask)
    bench.expect("command.set_gain", answer, AckStatus.OK, f"SET_GAIN {first}, as it was")


def put_back(bench: Bench) -> list[Written]:
    """Return what stops a device and sets it as it was in the first HELLO of this boot."""
    sent, hello_before = set(bench.sent), bench.known.first_hello
    frames = [bench.build(Command.STOP)]
    if Command.SELFTEST in sent:
        frames.append(bench.build(Command.SELFTEST, b"\x00\x00"))
    was = None if hello_before is None else hello_before.stream_of_kind(StreamKindCode.EMG)
    if was is not None and Command.SET_RATE in sent:
        args = bytes((was.id, was.fmt)) + was.rate_mhz.to_bytes(4, "little")
        frames.append(bench.build(Command.SET_RATE, args))
    if was is not None and Command.SET_GAIN in sent:
        mask = ((1 << was.channels) - 1).to_bytes(4, "little")
        frames.append(bench.build(Command.SET_GAIN, bytes((was.gain[0], 0)) + mask))
    return frames


def _judge_gain(bench: Bench, before: StreamDescriptor, gain: int, answer: Answer) -> None:
    now = bench.known.emg
    if now is None:
        return
    ratio = before.scale[0] / now.scale[0] * before.gain[0] / gain
    bench.ledger.judge(
        "command.set_gain",
        ok=set(now.gain) == {gain} and abs(ratio - 1.0) < _SCALE_ERROR,
        words=f"after SET_GAIN {gain} HELLO has gains {sorted(set(now.gain))} and a scale of"
        f" {now.scale[0]:.6g}; with gain {before.gain[0]} it was {before.scale[0]:.6g}",
        data=answer.wire,
    )


def leads(bench: Bench) -> Steps:
    """Switch lead-off sensing off and on again."""
    if not bench.known.caps & Caps.LEAD_OFF:
        bench.ledger.skip("command.leadoff", "caps do not claim lead-off")
        return
    answer = yield from bench.ask(Command.LEADOFF, b"\x00\x00")
    if bench.expect("command.leadoff", answer, AckStatus.OK, "LEADOFF 0"):
        yield from bench.ask_status()
        status = yield from bench.ask_status()
        if status is not None:
            off = status.leadoff_p | status.leadoff_n
            words = f"lead-off bits {off:04X} with LEADOFF 0"
            bench.ledger.judge("command.leadoff", ok=not off, words=words)
    answer = yield from bench.ask(Command.LEADOFF, b"\x01\x00")
    bench.expect("command.leadoff", answer, AckStatus.OK, "LEADOFF 1")


def reconnect(bench: Bench) -> Steps:
    """Leave a streaming device on a radio and come back."""
    known = bench.known
    if known.framing != "packet":
        return
    yield from select(bench, PATTERN)
    answer = yield from start(bench, known.mask)
    if answer.ack is None or answer.ack.status != AckStatus.OK:
        return
    yield Ask((), SHORT_S)
    yield Ask(reopen=True)
    heard = yield Ask((), SHORT_S)
    data = frames_of(heard, FrameType.DATA)
    bench.ledger.judge(
        "ble.disconnect",
        ok=not data,
        words="DATA came after the connection had been closed and opened",
        data=data[0][0].wire if data else b"",
    )
    known.streaming = 0 if not data else None
    status = yield from bench.ask_status_after(Command.HELLO, VERSION_1)
    if status is not None:
        words = f"state {status.state} after the connection had been closed and opened"
        bench.ledger.judge("ble.disconnect", ok=status.state != 1, words=words)
    yield from bench.ask(Command.STOP)


def reboots(bench: Bench) -> Steps:
    """Reset the device some times."""
    epochs: list[int] = []
    bench.ledger.good("boot.stable")
    for _ in range(_BOOTS):
        epoch = yield from _reboot(bench)
        if epoch is None:
            return
        epochs.append(epoch)
        if len(set(epochs)) > 1:
            break
    bench.ledger.judge(
        "boot.epoch",
        ok=len(set(epochs)) > 1,
        words=f"{len(epochs)} boots began with epoch {epochs[0]:02X}",
    )
    bench.ledger.measure("boot.epoch", ", ".join(f"{one:02X}" for one in epochs))
    yield from hello(bench)


def _reboot(bench: Bench) -> Generator[Ask, Heard, int | None]:
    """Reset once; return the epoch of the new boot."""
    known, ledger = bench.known, bench.ledger
    before = known.boot_id
    known.expects_reboot = True
    answer = yield from bench.ask(Command.REBOOT, b"\x00\x00")
    if not bench.expect("boot.hello", answer, AckStatus.OK, "REBOOT 0"):
        known.expects_reboot = False
        return None
    begin_ns = bench.now_ns
    # On a radio the connection breaks and is opened again, which reads INFO.
    heard = yield Ask((), _BOOT_S, _is_hello)
    known.expects_reboot = False
    told = [(one, frame) for one, frame in frames_of(heard, FrameType.HELLO)]
    if not told or known.hello is None:
        ledger.bad("boot.hello", f"no HELLO came within {_BOOT_S:g} s of REBOOT", answer.wire)
        yield from hello(bench)
        return None
    one, frame = told[-1]
    reason = known.hello.reset_reason
    ledger.judge(
        "boot.hello",
        ok=known.boot_id != before and reason == RESET_COMMAND,
        words=f"boot_id {(known.boot_id or b'').hex()} after {(before or b'').hex()}, reset reason"
        f" {reason} (4 is a command)",
        data=one.wire,
    )
    ledger.measure("boot.hello", f"{(one.t_ns - begin_ns) * 1e-6:.0f} ms after the ACK")
    if known.framing == "cobs":
        words = "no 0x00 came between the last byte before the reset and HELLO"
        ledger.judge("stream.lead", ok=one.led or one.first, words=words, data=one.wire)
    yield from _look_clean(bench, frame.t_us)
    return frame.epoch


def _look_clean(bench: Bench, t_us: int) -> Steps:
    ledger = bench.ledger
    words = f"t_us is {t_us} in the first HELLO of a boot"
    ledger.judge("boot.clean", ok=t_us < _YOUNG_US, words=words)
    status = yield from bench.ask_status_after(Command.HELLO, VERSION_1)
    if status is None:
        return
    counts = (status.samples_missed, status.frames_dropped, status.rx_bad)
    ledger.judge(
        "boot.clean",
        ok=not any(counts) and status.state != 1,
        words=f"samples_missed {counts[0]}, frames_dropped {counts[1]}, rx_bad {counts[2]}, state"
        f" {status.state} after a boot",
    )


def _is_hello(one: object) -> bool:
    frame = getattr(one, "frame", None)
    return frame is not None and frame.type == FrameType.HELLO


def hands(bench: Bench) -> Steps:
    """Say what no program can look at, and judge what is known of the connection."""
    known, ledger = bench.known, bench.ledger
    ledger.skip("body.leads", "somebody has to unplug electrodes on a dummy body")
    ledger.skip("body.skew", "it needs a tap that motion and EMG both see")
    if not ledger.result("data.saturation").seen:
        ledger.skip("data.saturation", "no value came near full scale")
    if not known.caps & Caps.VBUS:
        said = "caps do not claim VBUS sensing: right only without a USB or charger connector"
        ledger.skip("vbus.sensing", said)
        ledger.skip("vbus.interlock", "caps do not claim VBUS sensing")
    else:
        ledger.good("vbus.sensing")
    if known.framing != "packet":
        for clause in ("profile", "info", "name", "notification", "small_mtu", "disconnect"):
            ledger.skip(f"ble.{clause}", "this is no radio")
        return
    for clause in ("stream.lead", "stream.cobs", "link.empty", "link.oversize"):
        ledger.skip(clause, "this is a radio, not a byte stream")
    ledger.good("ble.profile")  # the link subscribes and reads by these UUIDs, or does not open
    if known.mtu >= 100:
        ledger.skip("ble.small_mtu", f"the MTU is {known.mtu}")
    _judge_name(bench)
    yield Ask()


def _judge_name(bench: Bench) -> None:
    known = bench.known
    if known.hello is None or not known.name:
        bench.ledger.skip("ble.name", "the device was not found by name")
        return
    expected = f"FiringOrder-{known.hello.serial[-2:].hex().upper()}"
    words = f"the name is {known.name}, not {expected}"
    bench.ledger.judge("ble.name", ok=known.name.upper() == expected.upper(), words=words)
    bench.ledger.measure("ble.name", known.name)
