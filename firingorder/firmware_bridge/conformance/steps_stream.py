"""Steps with a stream: start and stop, the measurement, self-tests.

Source: wire_protocol.md sections 4 to 7.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from firingorder.firmware_bridge.conformance.bench import Ask, frames_of
from firingorder.firmware_bridge.conformance.samples import raw_samples
from firingorder.firmware_bridge.conformance.square import judge_square
from firingorder.firmware_bridge.conformance.steps_commands import start_args
from firingorder.firmware_bridge.conformance.watch_data import FIRST_DATA_NS
from firingorder.firmware_bridge.frame import AckStatus, Command, Flag, FrameType
from firingorder.firmware_bridge.hello import Caps, Unit
from firingorder.firmware_bridge.links.gatt import LEAST_MTU_BYTES
from firingorder.firmware_bridge.payloads import (
    STATE_INTERLOCK,
    STOP_KEEP_ALIVE,
    DeviceEvent,
    EventKind,
)

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from firingorder.firmware_bridge.conformance.bench import Answer, Bench, Heard, Steps
    from firingorder.firmware_bridge.hello import StreamDescriptor

NORMAL, SHORTED, SQUARE, PATTERN = range(4)
TEST_CAPS = {
    SHORTED: Caps.SHORTED_INPUT,
    SQUARE: Caps.SQUARE_WAVE,
    PATTERN: Caps.DIGITAL_PATTERN,
}
#: Section 6, self-test acceptance.
SHORTED_LIMIT_UV = 3.0
#: Streams for the short questions, and for each self-test; the slowest wave of an ADS1298 has a
#: period of 1.05 s (SBAS459, CONFIG2), and three edges are wanted.
SHORT_S = 0.7
SHORTED_S = 2.0
SQUARE_S = 3.5
_PULSE_US = 1000
#: Runs with as many ends: a device that keeps its partial batch back may end on a full one.
_SHORT_RUNS = 4
KEEP_ALIVE_S = 10.0
_KEEP_ALIVE_SLACK_S = 1.5
_AFTER_STOP_S = 0.3


def select(bench: Bench, mode: int) -> Generator[Ask, Heard, bool]:
    """Set SELFTEST; return whether the device did."""
    cap = TEST_CAPS.get(mode)
    if cap is not None and not bench.known.caps & cap:
        return False
    if not bench.known.caps & sum(TEST_CAPS.values()):
        return mode == NORMAL
    answer = yield from bench.ask(Command.SELFTEST, bytes((mode, 0)))
    return answer.ack is not None and answer.ack.status == AckStatus.OK


def start(bench: Bench, mask: int, *, token: int | None = None) -> Generator[Ask, Heard, Answer]:
    """Send START and judge its epoch."""
    epoch = bench.known.epoch
    answer = yield from bench.ask(Command.START, start_args(mask), token=token)
    ack = answer.ack
    if ack is not None and ack.status == AckStatus.OK and epoch is not None:
        bench.ledger.judge(
            "start.epoch",
            ok=ack.detail == (epoch + 1) & 0xFF,
            words=f"START gave epoch {ack.detail:02X}, it was {epoch:02X}",
            data=answer.wire,
        )
    return answer


def run(bench: Bench, mask: int, duration_s: float) -> Generator[Ask, Heard, Heard | None]:
    """Stream for a while and stop; None when START was refused."""
    answer = yield from start(bench, mask)
    if answer.ack is None or answer.ack.status != AckStatus.OK:
        return None
    heard = yield from bench.listen(duration_s)
    stopped = yield from bench.ask(Command.STOP)
    return heard + stopped.heard


def measurement(bench: Bench) -> Steps:
    """Stream all there is, for the rate, the drift and the loss; ask things meanwhile."""
    known, ledger = bench.known, bench.ledger
    tests = known.caps & Caps.DIGITAL_PATTERN
    mode = PATTERN if (yield from select(bench, PATTERN)) else NORMAL
    if not tests:
        ledger.skip("selftest.pattern", "caps do not claim the digital pattern")
    token = bench.token()
    answer = yield from start(bench, known.mask, token=token)
    if answer.ack is None or answer.ack.status != AckStatus.OK:
        yield from _refused(bench, answer)
        return
    at_ns = bench.now_ns
    first = yield Ask((), 1e-9 * FIRST_DATA_NS, _is_data)
    came = bool(frames_of(answer.heard + first, FrameType.DATA))
    words = f"no DATA within {1e-9 * FIRST_DATA_NS:g} s of START"
    ledger.judge("start.first", ok=came, words=words, data=answer.wire)
    if came:
        ledger.measure("start.first", f"{1e-6 * (bench.now_ns - at_ns):.0f} ms")
    again = yield from bench.ask(Command.START, start_args(known.mask), token=token)
    ledger.judge(
        "command.token",
        ok=again.ack == answer.ack,
        words=f"the same START again gave {again.ack}, first {answer.ack}",
        data=again.wire,
    )
    yield from _busy(bench, mode)
    if known.caps & Caps.SYNC_OUT:
        yield from _sync(bench)
    else:
        ledger.skip("command.sync_out", "caps do not claim sync out")
    yield from bench.listen(bench.duration_s)
    yield from bench.ask(Command.STOP)
    yield Ask((), _AFTER_STOP_S)
    if bench.duration_s < 11.0:
        ledger.skip("clock.drift", "the stream was too short: give --duration 12 or more")


def _refused(bench: Bench, answer: Answer) -> Steps:
    status = None if answer.ack is None else answer.ack.status
    words = f"START was refused with status {status}"
    if status == AckStatus.LINK_TOO_SMALL and 0 < bench.known.mtu < LEAST_MTU_BYTES:
        bench.ledger.good("ble.small_mtu")
        return
    bench.ledger.bad("start.first", words, answer.wire)
    yield Ask()


def _is_data(one: object) -> bool:
    frame = getattr(one, "frame", None)
    return frame is not None and frame.type == FrameType.DATA


def _busy(bench: Bench, mode: int) -> Steps:
    """Ask for what needs idle."""
    caps = bench.known.caps
    asked = [(Command.START, start_args(bench.known.mask), "START")]
    if caps & sum(TEST_CAPS.values()):
        asked.append((Command.SELFTEST, bytes((mode, 0)), "SELFTEST"))
    if caps & Caps.LEAD_OFF:
        asked.append((Command.LEADOFF, b"\x01\x00", "LEADOFF"))
    if caps & Caps.SET_RATE and bench.known.emg is not None:
        asked.append((Command.SET_RATE, bytes((bench.known.emg.id, 0xFF)) + bytes(4), "SET_RATE"))
    if caps & Caps.SET_GAIN and bench.known.emg is not None:
        gain = bytes((bench.known.emg.gain[0], 0)) + b"\x01\x00\x00\x00"
        asked.append((Command.SET_GAIN, gain, "SET_GAIN"))
    for code, args, said in asked:
        answer = yield from bench.ask(code, args)
        bench.expect("command.state", answer, AckStatus.BAD_STATE, f"{said} while streaming")


def _sync(bench: Bench) -> Steps:
    """Give a pulse and look for its event and for the flag on the samples around it."""
    args = b"\x00\x00" + _PULSE_US.to_bytes(4, "little")
    answer = yield from bench.ask(Command.SYNC_OUT, args)
    if not bench.expect("command.sync_out", answer, AckStatus.OK, "SYNC_OUT of 1000 us"):
        return
    heard = answer.heard + (yield from bench.listen(1.0))
    events = [
        (one, DeviceEvent.parse(frame.payload))
        for one, frame in frames_of(heard, FrameType.EVENT)
        if len(frame.payload) >= 16
    ]
    edges = [event for _, event in events if event.kind == EventKind.SYNC_OUT]
    right = len(edges) == 1 and edges[0].value == _PULSE_US
    words = f"{len(edges)} events of kind 2 with values {[event.value for event in edges]}"
    bench.ledger.judge("command.sync_out", ok=right, words=words, data=answer.wire)
    emg = bench.known.emg
    if not right or emg is None:
        return
    period_us = 1e9 / emg.rate_mhz
    edge_us = edges[0].t_us + emg.group_delay_us
    flagged = [
        frame
        for _, frame in frames_of(heard, FrameType.DATA)
        if frame.stream == emg.id and frame.flags & Flag.SYNC_EDGE
    ]
    near = [
        frame.t_us - period_us <= edge_us <= frame.t_us + (frame.count + 1) * period_us
        for frame in flagged
    ]
    bench.ledger.judge(
        "command.sync_out",
        ok=near == [True],
        words=f"the edge at {edges[0].t_us} us belongs to the sample stamped {edge_us}, and flag b5"
        f" stands on the EMG frames of {[frame.t_us for frame in flagged]}",
        data=answer.wire,
    )


def short_runs(bench: Bench) -> Steps:
    """Start each stream alone, and stop at odd moments."""
    known, ledger = bench.known, bench.ledger
    if known.hello is None:
        return
    streams = known.hello.streams
    if len(streams) < 2:
        ledger.skip("start.mask", "there is one stream only")
    masks = [1 << one.id for one in streams] if len(streams) > 1 else []
    for k, mask in enumerate(masks + [known.mask] * (_SHORT_RUNS - len(masks))):
        yield from select(bench, PATTERN)
        heard = yield from run(bench, mask, SHORT_S + 0.0137 * k)
        if heard is None:
            return
        seen = {frame.stream for _, frame in frames_of(heard, FrameType.DATA)}
        expected = {one.id for one in streams if mask >> one.id & 1}
        ledger.judge(
            "start.mask",
            ok=seen == expected,
            words=f"mask {mask:02X} gave streams {sorted(seen)}, not {sorted(expected)}",
        )
        yield Ask((), _AFTER_STOP_S)


def self_tests(bench: Bench) -> Steps:
    """Measure shorted inputs and the square wave, then go back to the body."""
    emg = bench.known.emg
    if emg is None or emg.unit != Unit.MICROVOLT:
        for clause in ("selftest.shorted", "selftest.square"):
            bench.ledger.skip(clause, "the EMG stream is not in microvolts")
        return
    mask = 1 << emg.id
    if (yield from select(bench, SHORTED)):
        heard = yield from run(bench, mask, SHORTED_S)
        if (uv := _microvolts(heard, emg)) is not None:
            _judge_shorted(bench, uv)
    else:
        bench.ledger.skip("selftest.shorted", "caps do not claim it")
    if (yield from select(bench, SQUARE)):
        heard = yield from run(bench, mask, SQUARE_S)
        uv = _microvolts(heard, emg)
        if uv is not None and _is_whole(heard, emg):
            judge_square(bench.ledger, uv, emg.rate_hz)
        else:
            bench.ledger.skip("selftest.square", "samples are missing in the wave")
    else:
        bench.ledger.skip("selftest.square", "caps do not claim it")
    if (yield from select(bench, NORMAL)):
        yield from _body(bench, mask)


def _body(bench: Bench, mask: int) -> Steps:
    """Stream what the electrodes give, which VBUS forbids."""
    answer = yield from start(bench, mask)
    vbus = any(one.frame is not None and one.frame.flags & Flag.VBUS for one in answer.heard)
    if not vbus:
        said = "no supply is plugged in; plug it in, without a person, and check again"
        bench.ledger.skip("vbus.interlock", said)
        yield from bench.listen(SHORT_S)
        yield from bench.ask(Command.STOP)
        return
    bench.expect("vbus.interlock", answer, AckStatus.VBUS_INTERLOCK, "START with VBUS")
    status = yield from bench.ask_status()
    if status is not None:
        words = f"state {status.state} with VBUS, not {STATE_INTERLOCK}"
        bench.ledger.judge("vbus.interlock", ok=status.state == STATE_INTERLOCK, words=words)
    yield from bench.ask(Command.STOP)


def _microvolts(heard: Heard | None, emg: StreamDescriptor) -> NDArray[np.float64] | None:
    """Return the samples in order, without regard to gaps."""
    parts = [
        values
        for _, frame in frames_of(heard or [], FrameType.DATA)
        if frame.stream == emg.id and (values := raw_samples(frame, emg)) is not None
    ]
    return np.concatenate(parts) * np.array(emg.scale) if parts else None


def _is_whole(heard: Heard | None, emg: StreamDescriptor) -> bool:
    """Return whether the samples follow each other without a gap."""
    frames = [one for _, one in frames_of(heard or [], FrameType.DATA) if one.stream == emg.id]
    return all(b.index == a.index + a.count for a, b in pairwise(frames))


def _judge_shorted(bench: Bench, uv: NDArray[np.float64]) -> None:
    rms_uv = [float(value) for value in uv.std(axis=0)]
    bench.ledger.measure("selftest.shorted", f"{min(rms_uv):.2f} to {max(rms_uv):.2f} uV")
    for channel, value in enumerate(rms_uv):
        bench.ledger.judge(
            "selftest.shorted",
            ok=value < SHORTED_LIMIT_UV,
            words=f"channel {channel} has {value:.2f} uV RMS about its mean, below"
            f" {SHORTED_LIMIT_UV:g} is right",
        )


def keep_alive(bench: Bench) -> Steps:
    """Say nothing for ten seconds."""
    if bench.known.framing == "packet":
        bench.ledger.skip("keepalive.stop", "on BLE streaming stops at disconnect instead")
        return
    if not bench.slow:
        bench.ledger.skip("keepalive.stop", "it takes 12 s: give --slow")
        return
    yield from select(bench, PATTERN)
    answer = yield from start(bench, bench.known.mask)
    if answer.ack is None or answer.ack.status != AckStatus.OK:
        return
    begin_ns = bench.now_ns
    heard = yield Ask((), KEEP_ALIVE_S + _KEEP_ALIVE_SLACK_S, _is_stopped)
    last = heard[-1] if heard and _is_stopped(heard[-1]) else None
    waited_s = (bench.now_ns - begin_ns) * 1e-9
    value = None
    if last is not None and last.frame is not None:
        value = DeviceEvent.parse(last.frame.payload).value
    bench.ledger.judge(
        "keepalive.stop",
        ok=value == STOP_KEEP_ALIVE and waited_s > KEEP_ALIVE_S - _KEEP_ALIVE_SLACK_S,
        words="no EVENT 7 came within 11.5 s of silence"
        if value is None
        else f"EVENT 7 with reason {value} after {waited_s:.1f} s of silence",
        data=b"" if last is None else last.wire,
    )
    bench.ledger.measure("keepalive.stop", f"after {waited_s:.1f} s")
    later = yield Ask((), _AFTER_STOP_S)
    if value is not None:
        words = "DATA went on after EVENT 7"
        still = bool(frames_of(later, FrameType.DATA))
        bench.ledger.judge("keepalive.stop", ok=not still, words=words)
    yield from bench.ask(Command.STOP)


def _is_stopped(one: object) -> bool:
    frame = getattr(one, "frame", None)
    return (
        frame is not None
        and frame.type == FrameType.EVENT
        and len(frame.payload) >= 16
        and frame.payload[0] == EventKind.STOPPED
    )
