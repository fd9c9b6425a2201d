"""The host's state machine against devices that behave, misbehave and vanish; virtual time only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from firingorder.errors import DeviceRefusedError, FiringOrderError, LinkError, LinkLostError
from firingorder.firmware_bridge.actions import (
    Action,
    CloseLink,
    GaveUp,
    HostConfig,
    HostState,
    OpenLink,
    RanOut,
    Refused,
    Send,
    StateChange,
)
from firingorder.firmware_bridge.commands import (
    CommandPayload,
    HelloCommand,
    SetRateCommand,
    StartCommand,
    StopCommand,
    TimeRequest,
    parse_command,
)
from firingorder.firmware_bridge.decoder import FrameDecoder
from firingorder.firmware_bridge.frame import AckStatus, Command, FrameType
from firingorder.firmware_bridge.hello import Caps
from firingorder.firmware_bridge.host import HostMachine
from firingorder.firmware_bridge.payloads import (
    STATE_IDLE,
    STATE_INTERLOCK,
    STOP_AFE_FAULT,
    STOP_KEEP_ALIVE,
    STOP_VBUS,
    EventKind,
    SampleFormat,
    StreamDescriptor,
    StreamKindCode,
    TimeResponse,
)
from firingorder.firmware_bridge.receiver import Receiver
from tests.firmware_bridge.talker import EMG, IMU, Talker, as_packet, hello, raw_frame

STEP_NS = 8_000_000
BATCH_US = 8000
START_NS = 10_000_000_000

Answer = Callable[["FakeDevice", CommandPayload], bytes | None]


@dataclass
class FakeDevice:
    """A device by the book; ``answer`` may answer a command otherwise (None: by the book)."""

    talker: Talker = field(default_factory=Talker)
    answer: Answer = lambda _device, _command: None
    silent: bool = False
    there: bool = True
    streaming: bool = False
    chatter: bytes = b""
    received: list[CommandPayload] = field(default_factory=list)
    _decoder: FrameDecoder = field(default_factory=lambda: FrameDecoder("cobs"))
    _next: int = 0

    def reply(self, data: bytes, t_us: int) -> bytes:
        out = b""
        for frame in self._decoder.feed(data):
            command = parse_command(frame.type, frame.payload)
            self.received.append(command)
            own = self.answer(self, command)
            out += self.by_the_book(command, t_us) if own is None else own
        return b"" if self.silent else out

    def by_the_book(self, command: CommandPayload, t_us: int) -> bytes:
        talker = self.talker
        match command:
            case HelloCommand():
                return talker.say_hello(t_us) + talker.ack(command.token, command.code)
            case StartCommand():
                if self.streaming:
                    return talker.ack(command.token, command.code, AckStatus.BAD_STATE)
                self.streaming = True
                talker.epoch = (talker.epoch + 1) % 256
                talker.t0_us, self._next = t_us, 0
                return talker.ack(command.token, command.code, 0, talker.epoch)
            case TimeRequest(token, t1_ns):
                payload = TimeResponse(token, t1_ns, t_us, t_us).build()
                return talker.frame(FrameType.TIME_RSP, payload, t_us=t_us)
            case StopCommand():
                self.streaming = False
        return talker.ack(command.token, command.code)

    def speak(self, t_us: int) -> bytes:
        out = self.chatter
        while self.streaming and self.talker.t0_us + (self._next + 8) * 1000 <= t_us:
            out += self.talker.emg(self._next)
            self._next += 8
        return b"" if self.silent else out

    def commands(self, kind: type) -> list[CommandPayload]:
        return [command for command in self.received if isinstance(command, kind)]


class Bench:
    """Machine and receiver on one side, a device on the other, time in between."""

    def __init__(self, device: FakeDevice, config: HostConfig | None = None) -> None:
        self.device = device
        self.machine = HostMachine(config or HostConfig(name="Belt"))
        self.receiver = Receiver("cobs")
        self.now_ns = START_NS
        self.open = False
        self.open_at: int | None = None
        self.log: list[tuple[float, Action]] = []
        self.perform(self.machine.start(self.now_ns))

    def perform(self, actions: list[Action]) -> None:
        for action in actions:
            self.log.append((self.seconds, action))
            match action:
                case Send(data) if self.open:
                    self.receiver.sent(data, self.now_ns)
                    self.arrive(self.device.reply(data, self.device_us))
                case OpenLink(not_before_ns):
                    self.open_at = not_before_ns
                case CloseLink():
                    self.open = False
                case _:
                    pass

    def arrive(self, data: bytes) -> None:
        if data and self.open:
            t_ns = self.now_ns + 500_000
            self.perform(self.machine.items(self.receiver.feed(data, t_ns), t_ns))

    def run(self, seconds: float) -> Bench:
        end = self.now_ns + round(seconds * 1e9)
        while self.now_ns < end:
            self.now_ns += STEP_NS
            if not self.open and self.open_at is not None and self.now_ns >= self.open_at:
                self.try_open()
            if self.open:
                self.arrive(self.device.speak(self.device_us))
            due = self.machine.next_deadline_ns
            if due is not None and self.now_ns >= due:
                self.perform(self.machine.tick(self.now_ns))
        return self

    def try_open(self) -> None:
        self.open_at = None
        if not self.device.there:
            self.perform(self.machine.open_failed(self.now_ns, LinkError("Not plugged in.")))
            return
        self.open = True
        self.receiver.opened(self.now_ns)
        self.perform(self.machine.opened(self.now_ns))

    def unplug(self) -> None:
        self.device.there = False
        self.open = False
        self.perform(self.machine.link_lost(self.now_ns))

    @property
    def seconds(self) -> float:
        return (self.now_ns - START_NS) * 1e-9

    @property
    def device_us(self) -> int:
        return self.now_ns // 1000

    @property
    def connections(self) -> list[str]:
        changes = [action for _, action in self.log if isinstance(action, StateChange)]
        return [change.connection for change in changes if change.connection is not None]

    @property
    def states(self) -> list[HostState]:
        return [action.state for _, action in self.log if isinstance(action, StateChange)]

    @property
    def error(self) -> FiringOrderError | None:
        ends = [action for _, action in self.log if isinstance(action, Refused | GaveUp)]
        assert len(ends) <= 1
        return ends[0].error if ends else None

    def when(self, kind: type) -> float:
        return next(t for t, action in self.log if isinstance(action, kind))


def test_a_device_by_the_book_streams_at_once() -> None:
    bench = Bench(FakeDevice()).run(1.0)
    assert bench.machine.state is HostState.STREAMING
    assert bench.connections == ["connecting", "streaming"]
    assert bench.receiver.stats.streams["emg"].samples > 900


def test_the_order_is_stop_hello_start_each_after_the_answer_to_the_last() -> None:
    device = FakeDevice()
    Bench(device).run(0.5)
    assert [command.code for command in device.received] == [
        Command.STOP,
        Command.HELLO,
        Command.START,
    ]
    tokens = [command.token for command in device.received]
    assert len(set(tokens)) == 3
    assert 0 not in tokens


def test_the_first_byte_after_opening_is_a_delimiter() -> None:
    bench = Bench(FakeDevice()).run(0.1)
    first = next(action for _, action in bench.log if isinstance(action, Send))
    assert first.data == b"\x00"


def test_start_asks_for_the_streams_that_can_be_used() -> None:
    quaternion = replace(
        EMG, id=2, kind=StreamKindCode.QUAT, channels=4, scale=(1.0,) * 4, gain=(0,) * 4
    )
    device = FakeDevice(Talker(hello=hello(replace(EMG, id=4), quaternion)))
    Bench(device).run(0.5)
    (start,) = device.commands(StartCommand)
    assert isinstance(start, StartCommand)
    assert start.stream_mask == 1 << 4


def test_a_device_that_is_still_streaming_is_stopped_first() -> None:
    device = FakeDevice(streaming=True)
    bench = Bench(device).run(1.0)
    assert bench.machine.state is HostState.STREAMING
    assert len(device.commands(StartCommand)) == 1


def test_time_is_asked_every_second_while_streaming() -> None:
    device = FakeDevice()
    bench = Bench(device).run(10.0)
    assert len(device.commands(TimeRequest)) == pytest.approx(10, abs=1)
    assert bench.receiver.stats.round_trip_ms == pytest.approx(0.5)


def test_configuration_is_sent_before_every_start() -> None:
    config = HostConfig(configure=(SetRateCommand(1, 0, SampleFormat.I24, 500_000),))
    device = FakeDevice()
    bench = Bench(device, config).run(1.0)
    bench.unplug()
    device.there, device.streaming = True, False
    bench.run(3.0)
    codes = [c.code for c in device.received if not isinstance(c, TimeRequest)]
    once = [Command.STOP, Command.HELLO, Command.SET_RATE, Command.START]
    assert codes == once * 2


@pytest.mark.parametrize("lost", [Command.STOP, Command.HELLO])
def test_an_unanswered_command_is_repeated_with_the_same_token(lost: Command) -> None:
    def answer(device: FakeDevice, command: CommandPayload) -> bytes | None:
        same = [c for c in device.received if c.code == lost]
        return b"" if command.code == lost and len(same) == 1 else None

    device = FakeDevice(answer=answer)
    bench = Bench(device).run(3.0)
    repeated = [command.token for command in device.received if command.code == lost]
    assert len(repeated) == 2
    assert len(set(repeated)) == 1
    assert bench.machine.state is HostState.STREAMING


def test_the_ack_of_hello_may_be_lost() -> None:
    def answer(device: FakeDevice, command: CommandPayload) -> bytes | None:
        return device.talker.say_hello() if isinstance(command, HelloCommand) else None

    bench = Bench(FakeDevice(answer=answer)).run(2.0)
    assert bench.machine.state is HostState.STREAMING


def test_the_hello_may_be_lost_although_its_ack_came() -> None:
    def answer(device: FakeDevice, command: CommandPayload) -> bytes | None:
        if isinstance(command, HelloCommand) and len(device.commands(HelloCommand)) == 1:
            return device.talker.ack(command.token, command.code)
        return None

    bench = Bench(FakeDevice(answer=answer)).run(3.0)
    assert bench.machine.state is HostState.STREAMING


def test_the_ack_of_start_may_be_lost_when_data_come() -> None:
    def answer(device: FakeDevice, command: CommandPayload) -> bytes | None:
        if isinstance(command, StartCommand):
            device.by_the_book(command, device.talker.t0_us)
            return b""
        return None

    device = FakeDevice(answer=answer)
    device.talker.t0_us = START_NS // 1000
    bench = Bench(device).run(1.0)
    assert bench.machine.state is HostState.STREAMING
    assert len(device.commands(StartCommand)) == 1


def test_a_boot_hello_before_any_command_is_welcome() -> None:
    device = FakeDevice()
    bench = Bench(device)
    bench.try_open()
    bench.arrive(device.talker.say_hello())
    bench.run(0.5)
    assert bench.machine.state is HostState.STREAMING


def test_a_newer_minor_is_used() -> None:
    bench = Bench(FakeDevice(Talker(hello=hello(proto_minor=9)))).run(0.5)
    assert bench.machine.state is HostState.STREAMING


def test_a_device_that_needs_a_newer_host_is_refused_with_what_to_do() -> None:
    bench = Bench(FakeDevice(Talker(hello=hello(proto_minor=3, min_host_minor=2)))).run(0.5)
    assert bench.machine.state is HostState.REFUSED
    assert isinstance(bench.error, DeviceRefusedError)
    assert "Update firingorder" in str(bench.error)
    assert bench.connections == ["connecting", "closed"]


def test_a_hello_of_another_major_is_refused() -> None:
    bench = Bench(FakeDevice(Talker(hello=replace(hello(), proto_major=2)))).run(0.5)
    assert isinstance(bench.error, DeviceRefusedError)
    assert "does not speak frame v1" in str(bench.error)


def test_frames_of_another_major_are_refused_at_once() -> None:
    device = FakeDevice(chatter=as_packet(raw_frame(2, b"", magic=0xE2)), silent=False)
    device.answer = lambda _device, _command: b""
    bench = Bench(device).run(0.5)
    assert isinstance(bench.error, DeviceRefusedError)
    assert "does not speak frame v1" in str(bench.error)


@pytest.mark.parametrize(
    "chatter", [b"\xa0\x01" + bytes(30) + b"\xc0", b"GNSS,12:00:01,ok\r\n", b"\x55\x53\x07\x00" * 3]
)
def test_another_protocol_is_refused_in_words_after_the_identify_window(chatter: bytes) -> None:
    device = FakeDevice(chatter=chatter, answer=lambda _device, _command: b"")
    bench = Bench(device).run(30.0)
    assert bench.machine.state is HostState.REFUSED
    assert isinstance(bench.error, DeviceRefusedError)
    assert "Belt does not speak frame v1" in str(bench.error)
    # STOP twice, HELLO five times, a second each.
    assert bench.when(Refused) == pytest.approx(7.0, abs=0.2)


def test_something_silent_is_given_up_after_a_minute() -> None:
    device = FakeDevice(silent=True)
    bench = Bench(device).run(120.0)
    assert bench.machine.state is HostState.CLOSED
    assert isinstance(bench.error, LinkError)
    assert "is there, but sent no samples" in str(bench.error)
    assert "does not answer" in str(bench.error)
    assert bench.when(GaveUp) == pytest.approx(60.0, abs=0.1)
    assert len(device.commands(HelloCommand)) >= 20


def test_a_device_that_was_never_there_is_given_up_after_a_minute() -> None:
    bench = Bench(FakeDevice(there=False), HostConfig(name="Belt", give_up_s=10.0)).run(20.0)
    assert isinstance(bench.error, LinkError)
    assert "Not plugged in." in str(bench.error)
    assert bench.when(GaveUp) == pytest.approx(10.0, abs=0.1)
    assert bench.connections == ["connecting", "closed"]


def test_a_device_without_a_usable_stream_is_refused() -> None:
    odd = StreamDescriptor(3, 200, 0, 1, 1, 1000, 0, (1.0,), (0,))
    bench = Bench(FakeDevice(Talker(hello=hello(odd)))).run(0.5)
    assert isinstance(bench.error, DeviceRefusedError)


def test_an_emg_only_device_streams() -> None:
    bench = Bench(FakeDevice(Talker(hello=hello(EMG)))).run(0.5)
    assert bench.machine.state is HostState.STREAMING


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (AckStatus.VBUS_INTERLOCK, "Unplug the charger"),
        (AckStatus.BATTERY, "battery"),
        (AckStatus.AFE_FAULT, "front end"),
        (AckStatus.VERSION, "frame v1"),
        (AckStatus.LINK_TOO_SMALL, "too small"),
        (AckStatus.BAD_PARAMETER, "bad parameter"),
        (77, "0x4D"),
    ],
)
def test_a_refused_start_says_why(status: int, word: str) -> None:
    def answer(device: FakeDevice, command: CommandPayload) -> bytes | None:
        if isinstance(command, StartCommand):
            return device.talker.ack(command.token, command.code, status)
        return None

    bench = Bench(FakeDevice(answer=answer)).run(1.0)
    assert bench.machine.state is HostState.REFUSED
    assert isinstance(bench.error, DeviceRefusedError)
    assert word in str(bench.error)


@pytest.mark.parametrize("status", [AckStatus.BAD_STATE, AckStatus.BUSY])
def test_a_busy_device_is_asked_again_a_second_later(status: int) -> None:
    def answer(device: FakeDevice, command: CommandPayload) -> bytes | None:
        if isinstance(command, StartCommand) and len(device.commands(StartCommand)) == 1:
            return device.talker.ack(command.token, command.code, status)
        return None

    bench = Bench(FakeDevice(answer=answer)).run(3.0)
    assert bench.machine.state is HostState.STREAMING
    assert 1.0 < _first_streaming(bench) < 1.3


def _first_streaming(bench: Bench) -> float:
    return next(
        t
        for t, action in bench.log
        if isinstance(action, StateChange) and action.state is HostState.STREAMING
    )


def test_start_without_data_goes_back_to_identify() -> None:
    def answer(device: FakeDevice, command: CommandPayload) -> bytes | None:
        if isinstance(command, StartCommand) and len(device.commands(StartCommand)) == 1:
            return device.talker.ack(command.token, command.code, 0, device.talker.epoch + 1)
        return None

    bench = Bench(FakeDevice(answer=answer)).run(4.0)
    assert bench.states.count(HostState.IDENTIFY) == 2
    assert bench.machine.state is HostState.STREAMING


def test_vbus_while_streaming_stops_for_good_with_a_safety_message() -> None:
    device = FakeDevice()
    bench = Bench(device).run(2.0)
    device.streaming = False
    bench.arrive(device.talker.event(EventKind.STOPPED, STOP_VBUS, bench.device_us))
    bench.run(10.0)
    assert isinstance(bench.error, DeviceRefusedError)
    assert "electrodes" in str(bench.error)
    assert len(device.commands(StartCommand)) == 1


@pytest.mark.parametrize("simulated", [True, False])
def test_only_a_simulated_device_may_run_out(simulated: bool) -> None:
    """What is a fault of a front end in a belt is the end of the body of one without electrodes."""
    talker = Talker(hello=replace(hello(), caps=int(Caps.SIMULATED) if simulated else 0))
    device = FakeDevice(talker)
    bench = Bench(device).run(2.0)
    device.streaming = False
    bench.arrive(device.talker.event(EventKind.STOPPED, STOP_AFE_FAULT, bench.device_us))
    bench.run(1.0)
    said = [action.text for _, action in bench.log if isinstance(action, RanOut)]
    assert bool(said) == simulated
    assert bench.machine.state is (HostState.CLOSED if simulated else HostState.REFUSED)
    assert ("front end" in str(bench.error)) != simulated


def test_a_keep_alive_stop_is_started_again() -> None:
    device = FakeDevice()
    bench = Bench(device).run(2.0)
    device.streaming = False
    bench.arrive(device.talker.event(EventKind.STOPPED, STOP_KEEP_ALIVE, bench.device_us))
    bench.run(1.0)
    assert bench.machine.state is HostState.STREAMING
    assert bench.connections == ["connecting", "streaming", "connecting", "recovered"]


def test_late_frames_wait_then_stall_then_the_link_is_opened_anew() -> None:
    device = FakeDevice()
    bench = Bench(device).run(2.0)
    bench.log.clear()
    device.silent = True
    bench.run(9.0)
    marks = {a.state: t - 2.0 for t, a in bench.log if isinstance(a, StateChange)}
    assert marks[HostState.WAITING] == pytest.approx(0.5, abs=0.05)
    assert marks[HostState.STALLED] == pytest.approx(2.0, abs=0.05)
    assert marks[HostState.BACKOFF] == pytest.approx(7.0, abs=0.05)
    opened_s = next(t for t, a in bench.log if a == StateChange(HostState.IDENTIFY, "connecting"))
    assert opened_s == pytest.approx(9.5, abs=0.05)
    assert bench.connections[0] == "lost"
    device.silent = False
    device.streaming = False
    bench.run(8.0)
    assert bench.machine.state is HostState.STREAMING
    assert bench.connections[-1] == "recovered"


def test_a_short_silence_only_waits() -> None:
    device = FakeDevice()
    bench = Bench(device).run(2.0)
    device.silent = True
    bench.run(1.0)
    assert bench.machine.state is HostState.WAITING
    device.silent = False
    bench.run(0.2)
    assert bench.machine.state is HostState.STREAMING
    assert bench.connections == ["connecting", "streaming"]


@pytest.mark.parametrize(("state", "ends"), [(STATE_IDLE, False), (STATE_INTERLOCK, True)])
def test_a_device_that_says_it_is_not_streaming_is_believed(state: int, ends: bool) -> None:
    device = FakeDevice()
    bench = Bench(device).run(2.0)
    device.streaming = False
    bench.run(0.6)
    bench.arrive(device.talker.status(t_us=bench.device_us, state=state))
    bench.run(1.0)
    assert (bench.error is not None) == ends
    assert (bench.machine.state is HostState.STREAMING) != ends


def test_unplugged_and_back_within_three_seconds() -> None:
    device = FakeDevice()
    bench = Bench(device).run(2.0)
    bench.unplug()
    bench.run(5.0)
    tries = [t for t, a in bench.log if isinstance(a, OpenLink)]
    assert tries[1] == pytest.approx(2.0, abs=0.05)
    # Opened 0.5 s after the loss, then once a second.
    failed = [t for t, a in bench.log if isinstance(a, OpenLink)][2:]
    assert failed[0] == pytest.approx(2.5, abs=0.05)
    assert failed[1] == pytest.approx(3.5, abs=0.05)
    back_s = bench.seconds
    device.there = True
    bench.run(3.0)
    assert bench.machine.state is HostState.STREAMING
    assert bench.connections == ["connecting", "streaming", "lost", "connecting", "recovered"]
    streaming = [
        t for t, a in bench.log if isinstance(a, StateChange) and a.connection == "recovered"
    ]
    assert streaming[0] - back_s < 1.2


def test_a_device_that_does_not_come_back_is_given_up() -> None:
    bench = Bench(FakeDevice()).run(2.0)
    bench.unplug()
    bench.run(100.0)
    assert isinstance(bench.error, LinkLostError)
    assert "did not come back within 60 s" in str(bench.error)
    assert bench.when(GaveUp) == pytest.approx(62.0, abs=0.1)


def test_garbage_after_a_reconnect_does_not_refuse_a_device_that_was_known() -> None:
    device = FakeDevice()
    bench = Bench(device).run(2.0)
    bench.unplug()
    device.there, device.streaming = True, False
    device.chatter, device.answer = b"\x17" * 40 + b"\x00", lambda _device, _command: b""
    bench.run(15.0)
    assert bench.error is None
    device.chatter, device.answer = b"", lambda _device, _command: None
    bench.run(10.0)
    assert bench.machine.state is HostState.STREAMING


@pytest.mark.parametrize("boot_hello", [True, False])
def test_a_reboot_is_identified_and_started_again(boot_hello: bool) -> None:
    device = FakeDevice()
    bench = Bench(device).run(2.0)
    device.streaming = False
    device.talker.reboot(boot_id=0x9999, epoch=180)
    talker = device.talker
    news = talker.say_hello(t_us=1000) if boot_hello else talker.status(t_us=1000)
    bench.arrive(news)
    bench.run(0.3)
    assert bench.machine.state is HostState.STREAMING
    assert bench.receiver.stats.restarts >= 1
    assert bench.connections == ["connecting", "streaming", "connecting", "recovered"]


def test_a_broken_descriptor_makes_the_host_ask_for_hello() -> None:
    device = FakeDevice()
    bench = Bench(device).run(1.0)
    bench.arrive(device.talker.frame(FrameType.DATA, bytes(23), count=1, t_us=bench.device_us))
    bench.run(0.5)
    assert len(device.commands(HelloCommand)) == 2
    assert bench.machine.state is HostState.STREAMING


def test_stop_waits_for_the_answer_and_closes() -> None:
    device = FakeDevice()
    bench = Bench(device).run(1.0)
    bench.perform(bench.machine.stop(bench.now_ns))
    assert bench.machine.state is HostState.CLOSED
    assert device.received[-1].code == Command.STOP
    assert bench.connections[-1] == "closed"
    assert bench.machine.next_deadline_ns is None


def test_stop_does_not_wait_for_ever() -> None:
    device = FakeDevice()
    bench = Bench(device).run(1.0)
    device.silent = True
    bench.perform(bench.machine.stop(bench.now_ns))
    assert bench.machine.state is HostState.STOPPING
    bench.run(2.1)
    assert bench.machine.state is HostState.CLOSED
    assert bench.error is None


def test_stop_while_there_is_no_link_closes_at_once() -> None:
    bench = Bench(FakeDevice(there=False)).run(2.0)
    bench.perform(bench.machine.stop(bench.now_ns))
    assert bench.machine.state is HostState.CLOSED


def test_every_waiting_state_has_a_deadline() -> None:
    """Whatever is silent, something is due: the machine cannot hang."""
    device = FakeDevice(silent=True)
    bench = Bench(device)
    for _ in range(4000):
        bench.run(0.02)
        if bench.machine.state in (HostState.CLOSED, HostState.REFUSED):
            return
        due = bench.machine.next_deadline_ns
        assert due is not None
        assert due <= bench.now_ns + 60_000_000_000
    pytest.fail("the machine neither connected nor gave up")


def test_on_a_packet_link_hello_comes_first_and_nothing_is_stuffed() -> None:
    machine = HostMachine(HostConfig(framing="packet"))
    machine.start(0)
    sends = [a.data for a in machine.opened(1) if isinstance(a, Send)]
    assert len(sends) == 1
    assert sends[0][:2] == bytes([0xE1, Command.HELLO])


def test_imu_and_emg_are_both_started() -> None:
    device = FakeDevice(Talker(hello=hello(EMG, IMU)))
    Bench(device).run(0.5)
    (start,) = device.commands(StartCommand)
    assert isinstance(start, StartCommand)
    assert start.stream_mask == 0b11
