"""What the virtual device does on a command, and how it answers (wire_protocol.md section 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.firmware_bridge.commands import (
    KEEP_FORMAT,
    KEEP_RATE,
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
    parse_command,
)
from firingorder.firmware_bridge.frame import (
    MAX_COMMAND_FRAME_BYTES,
    MIN_FRAME_BYTES,
    PROTOCOL_MAJOR,
    AckStatus,
)
from firingorder.firmware_bridge.links.gatt import LEAST_MTU_BYTES
from firingorder.firmware_bridge.payloads import Ack, EventKind, SampleFormat
from firingorder.simulation.sampler import EMG_STREAM, SelfTest
from firingorder.simulation.settings import EMPTY_BATTERY_MV, GAINS

if TYPE_CHECKING:
    from firingorder.firmware_bridge.frame import Frame
    from firingorder.simulation.device import VirtualDevice

Answer = tuple[AckStatus, int]
OK: Answer = (AckStatus.OK, 0)
BAD_STATE: Answer = (AckStatus.BAD_STATE, 0)
#: Byte offsets of arguments in the payload: the detail of "bad parameter".
TOKEN, FIRST, SECOND, THIRD = 0, 2, 3, 4
LEADOFF_MODES = (0, 1)  # no impedance scan (capability b6 is not set)
APPLICATION = 0


class Orders:
    """Executes commands; repeats the stored ACK when the token of the last one comes again."""

    def __init__(self, device: VirtualDevice) -> None:
        self._device = device
        self._stored: Ack | None = None
        self._version_refused = False

    def obey(self, frame: Frame) -> None:
        """Execute the command in a frame and answer it."""
        token = int.from_bytes(frame.payload[:2], "little")
        size = len(frame.payload)
        try:
            if size + MIN_FRAME_BYTES > MAX_COMMAND_FRAME_BYTES:
                text = f"a command has at most {MAX_COMMAND_FRAME_BYTES} bytes"
                raise CommandFault(token, AckStatus.BAD_LENGTH, size, text)
            command = parse_command(frame.type, frame.payload)
        except CommandFault as fault:
            self._refuse(Ack(fault.token, frame.type, fault.status, fault.detail))
            return
        self._execute(command)

    def _refuse(self, ack: Ack) -> None:
        """Answer a frame that is no command this device can read."""
        if self._repeat(ack.token):
            return
        self._stored = ack
        self._device.ack(ack)

    def _execute(self, command: CommandPayload) -> None:
        """Execute a command once and answer it."""
        if command.token == 0:
            self._device.ack(Ack(0, command.code, AckStatus.BAD_PARAMETER, TOKEN))
            return
        if isinstance(command, TimeRequest):
            self._device.time(command.token, command.t1_ns)
            return
        if isinstance(command, HelloCommand):
            self._stored = None
            status, detail = self._hello(command)
            self._device.ack(Ack(command.token, command.code, status, detail))
            return
        if self._repeat(command.token):
            return
        status, detail = self._do(command)
        ack = Ack(command.token, command.code, status, detail)
        self._stored = ack
        self._device.ack(ack)
        if isinstance(command, RebootCommand) and status == AckStatus.OK:
            self._device.reboot_on_command()

    def _repeat(self, token: int) -> bool:
        if self._stored is None or token == 0 or token != self._stored.token:
            return False
        self._device.ack(self._stored)
        return True

    def _do(self, command: CommandPayload) -> Answer:
        device = self._device
        match command:
            case StartCommand():
                return self._start(command)
            case StopCommand():
                device.stop()
                return OK
            case SetRateCommand():
                return self._set_rate(command)
            case SetGainCommand():
                return self._set_gain(command)
            case SelfTestCommand():
                return self._selftest(command)
            case LeadOffCommand():
                return self._leadoff(command)
            case MarkCommand():
                device.event(EventKind.MARK, command.value)
                return OK
            case SyncOutCommand():
                if command.pulse_us == 0:
                    return AckStatus.BAD_PARAMETER, THIRD
                device.sync_pulse(command.pulse_us)
                return OK
            case SetNameCommand():
                if device.streams.running:
                    return BAD_STATE
                device.name = command.name
                return OK
            case RebootCommand():
                return OK if command.mode == APPLICATION else (AckStatus.BAD_PARAMETER, FIRST)
            case _:
                return AckStatus.UNKNOWN_COMMAND, 0

    def _hello(self, command: HelloCommand) -> Answer:
        low, high = command.proto_min >> 8, command.proto_max >> 8
        if command.proto_min > command.proto_max:
            return AckStatus.BAD_PARAMETER, FIRST
        self._version_refused = not low <= PROTOCOL_MAJOR <= high
        if self._version_refused:
            return AckStatus.VERSION, PROTOCOL_MAJOR
        self._device.hello()
        return OK

    def _start(self, command: StartCommand) -> Answer:
        device = self._device
        known = sum(1 << sampler.stream for sampler in device.streams.samplers)
        if command.mode != 0:
            return AckStatus.BAD_PARAMETER, FIRST
        if not command.stream_mask & known:
            return AckStatus.BAD_PARAMETER, THIRD
        if self._version_refused:
            return AckStatus.VERSION, PROTOCOL_MAJOR
        if device.streams.running:
            return BAD_STATE
        if device.mtu is not None and device.mtu < LEAST_MTU_BYTES:
            return AckStatus.LINK_TOO_SMALL, device.mtu
        if device.vbus and device.streams.selftest == SelfTest.BODY:
            return AckStatus.VBUS_INTERLOCK, 0
        if device.battery_mv() < EMPTY_BATTERY_MV:
            return AckStatus.BATTERY, device.battery_mv()
        if device.streams.ended:
            return AckStatus.AFE_FAULT, 0
        device.start(command.stream_mask)
        return AckStatus.OK, device.epoch

    def _set_rate(self, command: SetRateCommand) -> Answer:
        device = self._device
        if all(sampler.stream != command.stream for sampler in device.streams.samplers):
            return AckStatus.BAD_PARAMETER, FIRST
        emg = command.stream == EMG_STREAM
        formats = (SampleFormat.I24, SampleFormat.I16) if emg else (SampleFormat.I16,)
        if command.fmt not in (KEEP_FORMAT, *formats):
            return AckStatus.BAD_PARAMETER, SECOND
        rates = [device.streams.body.emg_rate_hz, device.streams.body.imu_rate_hz]
        if command.rate_mhz != KEEP_RATE:
            rates[command.stream] = command.rate_mhz / 1000.0
        assert rates[0] is not None
        body = device.streams.body.at_rates(rates[0], rates[1])
        if body is None:
            return AckStatus.BAD_PARAMETER, THIRD
        if device.streams.running:
            return BAD_STATE
        fmt = device.streams.emg.fmt if command.fmt == KEEP_FORMAT or not emg else command.fmt
        device.configure(body, SampleFormat(fmt))
        return AckStatus.OK, device.streams.samplers[command.stream].rate_mhz

    def _set_gain(self, command: SetGainCommand) -> Answer:
        device = self._device
        if command.gain not in GAINS:
            return AckStatus.BAD_PARAMETER, FIRST
        channels = [k for k in range(device.streams.emg.channels) if command.channel_mask >> k & 1]
        if not channels:
            return AckStatus.BAD_PARAMETER, THIRD
        if device.streams.running:
            return BAD_STATE
        for channel in channels:
            device.streams.emg.gains[channel] = command.gain
        device.hello()
        return OK

    def _selftest(self, command: SelfTestCommand) -> Answer:
        if command.mode not in list(SelfTest):
            return AckStatus.BAD_PARAMETER, FIRST
        if self._device.streams.running:
            return BAD_STATE
        self._device.streams.selftest = SelfTest(command.mode)
        return OK

    def _leadoff(self, command: LeadOffCommand) -> Answer:
        if command.mode not in LEADOFF_MODES:
            return AckStatus.BAD_PARAMETER, FIRST
        if self._device.streams.running:
            return BAD_STATE
        self._device.leadoff_sensing = bool(command.mode)
        return OK
