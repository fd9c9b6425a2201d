"""The host's side of a connection as a pure state machine (wire_protocol.md section 11).

Events and the time go in, actions come out. Every state but the last ones has a deadline, so the
machine never waits for a side that does not answer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.firmware_bridge import refusals
from firingorder.firmware_bridge.actions import (
    Action,
    HostState,
    OpenLink,
    RanOut,
    ReadInfo,
    Send,
    Tell,
)
from firingorder.firmware_bridge.attempts import seconds_ns
from firingorder.firmware_bridge.commands import HelloCommand, StartCommand, StopCommand
from firingorder.firmware_bridge.convert import used_streams
from firingorder.firmware_bridge.frame import DELIMITER, AckStatus
from firingorder.firmware_bridge.host_base import ENDED, RUNNING, WITHOUT_LINK, HostBase
from firingorder.firmware_bridge.items import (
    AckItem,
    DeviceEventItem,
    HelloItem,
    Item,
    RestartItem,
    StatusItem,
    TrafficItem,
)
from firingorder.firmware_bridge.payloads import (
    STATE_FAULT,
    STATE_IDLE,
    STATE_INTERLOCK,
    STOP_AFE_FAULT,
    STOP_VBUS,
    Ack,
    EventKind,
    Hello,
    Status,
)
from firingorder.firmware_bridge.relief import said_of_end, said_of_step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firingorder.errors import FiringOrderError
    from firingorder.firmware_bridge.links.base import Framing

_LATE = (HostState.WAITING, HostState.STALLED)
#: Where a frame has its number (section 4).
_SEQ = slice(2, 4)


class HostMachine(HostBase):
    """Open, identify, configure, start, keep alive, notice loss, come back, or say why not.

    Call :meth:`start` once, then report what happens and carry out the actions in their order.
    :meth:`tick` is due at ``next_deadline_ns``; calling it earlier does nothing.
    """

    def start(self, t_ns: int) -> list[Action]:
        """Begin to connect."""
        self._attempts.begin(t_ns)
        self._enter(HostState.OPENING, "connecting")
        self._deadline_ns = t_ns + seconds_ns(self.config.opening_limit_s)
        self._actions.append(OpenLink(t_ns))
        return self._take()

    def opened(self, t_ns: int, framing: Framing | None = None) -> list[Action]:
        """Note that the link is open, and how it keeps frames apart if that may change."""
        self._attempts.reached = True
        if framing is not None and framing != self.config.framing:
            self._set_up(replace(self.config, framing=framing))
        if self.state in (HostState.OPENING, HostState.BACKOFF):
            # A delimiter ends whatever half a packet the device may have of an earlier host.
            if self.config.framing == "cobs":
                self._actions.append(Send(DELIMITER))
            self._link_is_fresh = True
            self._identify(t_ns)
        return self._take()

    def open_failed(self, t_ns: int, error: FiringOrderError) -> list[Action]:
        """Note that the link could not be opened."""
        self._attempts.reached = False
        if self.state in (HostState.OPENING, HostState.BACKOFF):
            self._back_off(t_ns, str(error))
        return self._take()

    def link_lost(self, t_ns: int) -> list[Action]:
        """Note that the link is gone."""
        if self.state is HostState.STOPPING:
            self._finish()
        elif self.state not in WITHOUT_LINK:
            self._back_off(t_ns, "The connection was lost.")
        return self._take()

    def stop(self, t_ns: int) -> list[Action]:
        """End the session: have the device stop, then close."""
        if self.state in (*ENDED, HostState.STOPPING):
            return []
        if self.state in WITHOUT_LINK:
            self._finish()
        else:
            self._enter(HostState.STOPPING)
            self._command(StopCommand, t_ns, tries=self.config.stop_tries)
        return self._take()

    def items(self, items: Iterable[Item], t_ns: int) -> list[Action]:
        """Take what the receiver made of a read."""
        for item in items:
            if self.state in WITHOUT_LINK:
                break
            match item:
                case TrafficItem():
                    self._traffic(item, t_ns)
                case HelloItem(hello, raw):
                    self._hello(hello, raw, t_ns)
                case AckItem(ack):
                    self._ack(ack, t_ns)
                case StatusItem(status):
                    self._device_state(status.state, t_ns)
                    self._relieve(status, t_ns)
                case DeviceEventItem(event) if event.kind == EventKind.STOPPED:
                    self._stopped_itself(event.value, t_ns)
                case RestartItem():
                    self._restarted(t_ns)
                case _:
                    pass
        return self._take()

    def tick(self, t_ns: int) -> list[Action]:
        """Do what is due."""
        if self.state in ENDED:
            return []
        give_up_ns = self._give_up_ns()
        if give_up_ns is not None and t_ns >= give_up_ns:
            self._give_up()
            return self._take()
        if self._requests.due_ns is not None and t_ns >= self._requests.due_ns:
            self._command_due(t_ns)
        if self._keep_alive_ns is not None and t_ns >= self._keep_alive_ns:
            self._keep_alive_ns = t_ns + seconds_ns(self.config.keep_alive_s)
            self._actions.append(self._requests.time_request(t_ns))
        if self._deadline_ns is not None and t_ns >= self._deadline_ns:
            self._state_due(t_ns)
        return self._take()

    def _identify(self, t_ns: int) -> None:
        self._enter(HostState.IDENTIFY, "connecting")
        self._actions.append(self._identification.begin(t_ns, fresh_link=self._link_is_fresh))
        self._link_is_fresh = False

    def _identification_step(self, send: Send | ReadInfo | None, t_ns: int) -> None:
        """Go on with the exchange, or act on its outcome."""
        outcome = self._identification.outcome
        self._deadline_ns = self._identification.deadline_ns
        if send is not None:
            self._actions.append(send)
        elif outcome == "identified":
            self._enter(HostState.READY)
            self._configuration.begin(self._relief.commands)
            self._configure_next(t_ns)
        elif outcome == "silent":
            self._back_off(t_ns, self._identification.why)
        elif outcome is not None:
            self._refuse(outcome)

    def _hello(self, hello: Hello, raw: bytes, t_ns: int) -> None:
        # Read from INFO it has the number 0 (section 11).
        has_number = self.config.framing == "cobs" or any(raw[_SEQ])
        self._identification.introduced(hello, has_number=has_number)
        self._configuration.described()
        refusal = refusals.of_hello(self.config.name, hello)
        if self.state is HostState.IDENTIFY:
            self._identification_step(None, t_ns)
        elif refusal is not None:
            self._refuse(refusal)
        elif self._configuration.awaits_info and self.state is HostState.READY:
            self._configure_next(t_ns)

    def _configure_next(self, t_ns: int) -> None:
        """Send the next remembered command, then START."""
        self._deadline_ns = None
        command = self._configuration.next()
        if command is not None:
            self._command(lambda token: replace(command, token=token), t_ns)
            return
        self._enter(HostState.STARTING)
        assert self.hello is not None
        mask = sum(1 << stream.id for stream in used_streams(self.hello).values())
        self._command(lambda token: StartCommand(token, mask), t_ns)

    def _data(self, t_ns: int) -> None:
        """Note that DATA of the running stream arrived."""
        self._data_ns = t_ns
        came_back = "recovered" if self._attempts.streamed else "streaming"
        self._attempts.alive(t_ns)
        if self.state in (HostState.STARTING, *_LATE):
            late = self.state is HostState.WAITING
            if self.state is HostState.STARTING:
                self._requests.cancel()  # DATA say more than the ACK, which may be lost
                self._keep_alive_ns = t_ns + seconds_ns(self.config.keep_alive_s)
            self._enter(HostState.STREAMING, None if late else came_back)
        if self.state is HostState.STREAMING:
            self._deadline_ns = t_ns + seconds_ns(self.config.waiting_s)

    def _traffic(self, item: TrafficItem, t_ns: int) -> None:
        if self.state is HostState.IDENTIFY:
            self._identification.heard(item)
            self._identification_step(None, t_ns)
        if item.data_frames:
            self._data(t_ns)
            self._relief.arrived(t_ns)
        if item.descriptor_faults and self.state in RUNNING and self._requests.code is None:
            self._command(HelloCommand, t_ns, tries=1)

    def _ack(self, ack: Ack, t_ns: int) -> None:
        if not self._requests.answered_by(ack):
            return
        if self.state is HostState.STOPPING:
            self._finish()
        elif self.state is HostState.IDENTIFY:
            self._identification_step(self._identification.acknowledged(ack, t_ns), t_ns)
        elif self.state is HostState.READY:
            self._configured(ack, t_ns)
        elif self.state is HostState.STARTING:
            self._start_ack(ack, t_ns)

    def _configured(self, ack: Ack, t_ns: int) -> None:
        """Go on once the device did as it was told, and has said what it is now."""
        less = self._configuration.relieving
        if ack.status == AckStatus.OK and less is not None:
            self._tell(said_of_step(self.config.name))
        if ack.status != AckStatus.OK and less is not None:
            self._relief.refused(less)  # then the stream stays as it was
            self._tell(said_of_end(self.config.name))
            self._configure_next(t_ns)
        elif ack.status != AckStatus.OK:
            self._refuse(refusals.of_ack(self.config.name, ack))
        elif self._configuration.needs_info(ack):
            self._deadline_ns = t_ns + seconds_ns(self.config.command_timeout_s)
            self._actions.append(ReadInfo())
        else:
            self._configure_next(t_ns)

    def _start_ack(self, ack: Ack, t_ns: int) -> None:
        match ack.status:
            case AckStatus.OK:
                self._deadline_ns = t_ns + seconds_ns(self.config.first_data_s)
            case AckStatus.AFE_FAULT if self._is_simulated:
                self._ran_out()
            case AckStatus.BAD_STATE | AckStatus.BUSY:
                # It streams although it was told to stop, or is not ready yet: ask again, but
                # not so fast that a busy device drowns.
                self._attempts.why = "It was busy."
                self._enter(HostState.READY)
                self._deadline_ns = t_ns + seconds_ns(self.config.command_timeout_s)
            case _:
                self._refuse(refusals.of_ack(self.config.name, ack))

    def _device_state(self, state: int, t_ns: int) -> None:
        """Believe the device's word about itself when its DATA are late."""
        if self.state not in _LATE:
            return
        if state == STATE_IDLE:
            self._identify(t_ns)
        elif state == STATE_INTERLOCK:
            self._stopped_itself(STOP_VBUS, t_ns)
        elif state == STATE_FAULT:
            self._stopped_itself(STOP_AFE_FAULT, t_ns)

    def _relieve(self, status: Status, t_ns: int) -> None:
        """Have the device send less when the link cannot carry it, and never silently."""
        if self.state is not HostState.STREAMING or not self._relief.is_due(status, t_ns):
            return
        assert self.hello is not None
        if self._relief.next_step(self.hello) is not None:
            self._identify(t_ns)  # STOP, HELLO, what is remembered, START
        else:
            self._tell(said_of_end(self.config.name))

    def _tell(self, text: str) -> None:
        if self._relief.is_news(text):
            self._actions.append(Tell(text))

    def _stopped_itself(self, reason: int, t_ns: int) -> None:
        """Take the device's reason for stopping; in other states the word is an old one."""
        if self.state not in (HostState.STARTING, *RUNNING):
            return
        error = refusals.of_stop(self.config.name, reason)
        if reason == STOP_AFE_FAULT and self._is_simulated:
            self._ran_out()
        elif error is not None:
            self._refuse(error)
        elif self.state is not HostState.STARTING:
            self._identify(t_ns)

    @property
    def _is_simulated(self) -> bool:
        return self.hello is not None and self.hello.simulated

    def _ran_out(self) -> None:
        """End well: a device without electrodes says so when its body has no more samples."""
        if self._attempts.streamed:
            self._actions.append(RanOut(refusals.ran_out(self.config.name)))
            self._finish()
        else:
            self._refuse(refusals.of_played_out(self.config.name))

    def _restarted(self, t_ns: int) -> None:
        if self.state in (HostState.READY, HostState.STARTING, *RUNNING):
            self._identify(t_ns)

    def _command_due(self, t_ns: int) -> None:
        """Send the command under way again, or go on without its answer."""
        if self.state is HostState.IDENTIFY:
            self._identification_step(self._identification.command_due(t_ns), t_ns)
            return
        send = self._requests.again(t_ns)
        if send is not None:
            self._actions.append(send)
        elif self.state is HostState.STOPPING:
            self._finish()
        elif self.state in (HostState.READY, HostState.STARTING):
            self._attempts.why = "It does not answer commands."
            self._identify(t_ns)

    def _state_due(self, t_ns: int) -> None:
        match self.state:
            case HostState.OPENING:
                self._back_off(t_ns, "Opening it took too long.")
            case HostState.BACKOFF:
                self._enter(HostState.OPENING)
                self._deadline_ns = t_ns + seconds_ns(self.config.opening_limit_s)
            case HostState.IDENTIFY:
                self._identification_step(self._identification.due(t_ns), t_ns)
            case HostState.READY:
                self._identify(t_ns)
            case HostState.STARTING:
                self._attempts.why = "It was started but sent no samples."
                self._identify(t_ns)
            case HostState.STREAMING:
                self._enter(HostState.WAITING)
                self._deadline_ns = self._data_ns + seconds_ns(self.config.stalled_s)
            case HostState.WAITING:
                self._enter(HostState.STALLED, "lost")
                self._deadline_ns = t_ns + seconds_ns(self.config.stalled_limit_s)
            case HostState.STALLED:
                self._back_off(t_ns, "It sent no samples any more.")
            case _:
                self._deadline_ns = None
