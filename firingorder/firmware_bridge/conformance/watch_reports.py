"""STATUS, EVENT, LOG (wire_protocol.md section 5)."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.conformance.known import Watcher
from firingorder.firmware_bridge.frame import Flag, FrameType
from firingorder.firmware_bridge.payloads import (
    STATE_FAULT,
    STATE_IDLE,
    STATE_IMPEDANCE,
    STATE_INTERLOCK,
    STATE_STREAMING,
    DeviceEvent,
    EventKind,
    Status,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firingorder.firmware_bridge.conformance.known import Known, Written
    from firingorder.firmware_bridge.conformance.wire import Packet
    from firingorder.firmware_bridge.frame import Frame

STATUS_BYTES = 32
EVENT_BYTES = 16
#: "1 Hz" (section 5) on the mean of this many periods or more. A single one may be late: firmware
#: that runs as a process on a busy computer was seen to leave 0.88 to 1.12 s between two.
STATUS_MEAN_S = (0.95, 1.05)
LEAST_PERIODS = 5
STATUS_PERIOD_S = (0.6, 1.4)
#: Without STATUS for this long, while other frames came: it is not sent. Two periods and a half.
STATUS_SILENCE_NS = 2_500_000_000
_LAST_PHY = 3
_MOST_LOGS = 5
_SECOND_US = 1_000_000


class StatusWatch(Watcher):
    """STATUS: that it comes, and what it says."""

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self._asked_ns: int | None = None
        self._last_ns: int | None = None
        self._last: tuple[int, Status] | None = None
        self._periods: list[float] = []
        self._run: list[float] = []
        self._states: set[int] = set()

    def opened(self, t_ns: int) -> None:
        """Wait for the first valid frame of the host."""
        self._judge_mean()
        self._asked_ns = self._last_ns = None
        self._last = None

    def rebooted(self) -> None:
        """Wait for the next valid frame of the host; counters begin anew."""
        self.opened(0)

    def wrote(self, written: Written) -> None:
        """STATUS is due from the first valid frame on."""
        if written.valid and self._asked_ns is None:
            self._asked_ns = written.t_ns

    def heard(self, packet: Packet, frame: Frame) -> None:
        """Judge STATUS, and its absence."""
        if frame.type != FrameType.STATUS:
            since = self._since_ns()
            if since is not None and packet.t_ns - since > STATUS_SILENCE_NS:
                silence_s = (packet.t_ns - since) * 1e-9
                self.ledger.bad("status.rate", f"no STATUS for {silence_s:.1f} s")
                self._last_ns = packet.t_ns
            return
        size = len(frame.payload)
        minor = 0 if self.known.hello is None else self.known.hello.proto_minor
        if size < STATUS_BYTES or (size > STATUS_BYTES and minor == 0):
            words = f"STATUS has {size} bytes of payload, not {STATUS_BYTES}"
            self.ledger.bad("status.fields", words, packet.wire)
            return
        status = Status.parse(frame.payload)
        self._rhythm(packet, frame)
        self._fields(packet, frame, status)
        self._last_ns = packet.t_ns
        self._last = (frame.t_us, status)

    def _since_ns(self) -> int | None:
        """Return from when on STATUS is missed; None while the device may not have heard us."""
        if not self.known.answered:
            return None
        return self._asked_ns if self._last_ns is None else self._last_ns

    def _rhythm(self, packet: Packet, frame: Frame) -> None:
        if self._last is None:
            return
        period_s = (frame.t_us - self._last[0]) * 1e-6
        self._periods.append(period_s)
        self._run.append(period_s)
        low, high = STATUS_PERIOD_S
        self.ledger.judge(
            "status.rate",
            ok=low <= period_s <= high,
            words=f"{period_s:.3f} s after the last STATUS, by its own clock",
            data=packet.wire,
        )

    def _judge_mean(self) -> None:
        """Judge the rate over one boot and connection."""
        run, self._run = self._run, []
        if len(run) < LEAST_PERIODS:
            return
        mean_s = sum(run) / len(run)
        low, high = STATUS_MEAN_S
        self.ledger.judge(
            "status.rate",
            ok=low <= mean_s <= high,
            words=f"{mean_s:.3f} s from one STATUS to the next, the mean of {len(run)}",
        )

    def _fields(self, packet: Packet, frame: Frame, status: Status) -> None:
        ledger, wire = self.ledger, packet.wire
        faults = list(self._range_faults(status))
        ledger.judge("status.fields", ok=not faults, words="; ".join(faults), data=wire)
        off = status.leadoff_p | status.leadoff_n
        flag = bool(frame.flags & Flag.LEAD_OFF)
        emg = self.known.emg
        beyond = emg is not None and off >> emg.channels
        ledger.judge(
            "status.leads",
            ok=not beyond and flag == bool(off),
            words=f"lead-off bits {status.leadoff_p:04X} and {status.leadoff_n:04X}, and flag b1 is"
            f" {int(flag)}",
            data=wire,
        )
        uptime_s = frame.t_us // _SECOND_US
        ledger.judge(
            "status.uptime",
            ok=abs(status.uptime_s - uptime_s) <= 1,
            words=f"uptime {status.uptime_s} s at a device time of {frame.t_us * 1e-6:.3f} s",
            data=wire,
        )
        self._state(packet, status)
        if self._last is not None:
            before = self._last[1]
            falls = [
                name
                for name in ("samples_missed", "frames_dropped", "rx_bad")
                if getattr(status, name) < getattr(before, name)
            ]
            words = f"{' and '.join(falls)} fell within one boot"
            ledger.judge("status.counters", ok=not falls, words=words, data=wire)

    def _range_faults(self, status: Status) -> Iterator[str]:
        if status.state > STATE_IMPEDANCE:
            yield f"state {status.state}, known are 0 to {STATE_IMPEDANCE}"
        if status.phy > _LAST_PHY:
            yield f"phy {status.phy}, known are 0 to {_LAST_PHY}"
        if self.known.framing == "cobs" and (status.phy or status.connection_interval):
            yield f"phy {status.phy} and interval {status.connection_interval} on a byte stream"
        if status.tx_high_water_percent > 100:
            yield f"tx_hwm {status.tx_high_water_percent} %"
        emg = self.known.emg
        if emg is not None and status.saturated >> emg.channels:
            yield f"sat {status.saturated:04X} with {emg.channels} channels"

    def _state(self, packet: Packet, status: Status) -> None:
        streaming = self.known.streaming
        if streaming is None:
            return
        quiet = {STATE_IDLE, STATE_INTERLOCK, STATE_FAULT, STATE_IMPEDANCE}
        allowed = {STATE_STREAMING} if streaming else quiet
        doing = "streaming" if streaming else "not streaming"
        self._states.add(status.state)
        self.ledger.judge(
            "status.state",
            ok=status.state in allowed,
            words=f"state {status.state} while {doing}",
            data=packet.wire,
        )

    def finish(self, t_ns: int) -> None:
        """Say how often STATUS came."""
        self._judge_mean()
        if self._periods:
            span = f"{min(self._periods):.3f} to {max(self._periods):.3f} s"
            states = ", ".join(str(one) for one in sorted(self._states))
            self.ledger.measure("status.rate", f"every {span}, in states {states}")
        since = self._since_ns()
        if since is not None and t_ns - since > STATUS_SILENCE_NS:
            self.ledger.bad("status.rate", f"no STATUS in the last {(t_ns - since) * 1e-9:.1f} s")


class EventWatch(Watcher):
    """EVENT and LOG."""

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self._logs_us: deque[int] = deque(maxlen=_MOST_LOGS + 1)

    def heard(self, packet: Packet, frame: Frame) -> None:
        """Judge an EVENT or a LOG."""
        if frame.type == FrameType.EVENT:
            faults = list(self._event_faults(frame))
            words = "; ".join(faults)
            self.ledger.judge("event.layout", ok=not faults, words=words, data=packet.wire)
        elif frame.type == FrameType.LOG:
            self._log(packet, frame)

    def _event_faults(self, frame: Frame) -> Iterator[str]:
        if len(frame.payload) < EVENT_BYTES:
            yield f"EVENT has {len(frame.payload)} bytes of payload, not {EVENT_BYTES}"
            return
        event = DeviceEvent.parse(frame.payload)
        if not EventKind.SYNC_IN <= event.kind <= EventKind.STOPPED:
            yield f"kind {event.kind}, known are 1 to {EventKind.STOPPED}"
        if event.flags & ~1 or frame.payload[2:4] != b"\x00\x00":
            yield "flags other than b0, or the reserved field, are not 0"
        if event.t_us > frame.t_us:
            yield f"it happened at {event.t_us}, after its frame was built at {frame.t_us}"

    def _log(self, packet: Packet, frame: Frame) -> None:
        try:
            frame.payload.decode()
        except UnicodeDecodeError:
            self.ledger.bad("log.rate", "the text is no UTF-8", packet.wire)
            return
        self._logs_us.append(frame.t_us)
        crowded = (
            len(self._logs_us) > _MOST_LOGS and self._logs_us[-1] - self._logs_us[0] < _SECOND_US
        )
        words = f"more than {_MOST_LOGS} within a second"
        self.ledger.judge("log.rate", ok=not crowded, words=words, data=packet.wire)

    def rebooted(self) -> None:
        """Count anew."""
        self._logs_us.clear()
