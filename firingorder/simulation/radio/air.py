"""The paced air: connection events, retransmission as delay, lost and stalled links."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from typing import TYPE_CHECKING

from bumble import hci, ll
from bumble.link import LocalLink

from firingorder.simulation.noise import generator

if TYPE_CHECKING:
    from bumble.controller import Controller

    from firingorder.simulation.radio.controller import RadioController
    from firingorder.simulation.radio.settings import AirSettings

#: Rounding of the clock; far below the 1.25 ms in which intervals are counted.
_ROUNDING_S = 1e-9

Pdu = hci.HCI_AclDataPacket | ll.ControlPdu


class _End:
    """One side of a connection: who, under which address, what it has to send."""

    def __init__(self, radio: RadioController, address: hci.Address) -> None:
        self.radio = radio
        self.address = address
        self.queue: deque[Pdu] = deque()
        self.present = True


class Lane:
    """One connection: what both ends have to send, moved at the connection events.

    A PDU arrives at the instant of its event; its time on the air (at most 2.1 ms at 1 Mbit/s) is
    left out. An event that nobody has data for takes place unseen.
    """

    def __init__(
        self,
        air: Air,
        central: tuple[RadioController, hci.Address],
        peripheral: tuple[RadioController, hci.Address],
    ) -> None:
        self._air = air
        self._ends = (_End(*central), _End(*peripheral))
        self._loop = asyncio.get_running_loop()
        self._interval_s = air.settings.interval_ms / 1e3
        self._anchor_s = self._loop.time()
        self._event: asyncio.TimerHandle | None = None
        self._expiry: asyncio.TimerHandle | None = None

    def joins(self, radio: Controller, peer: hci.Address) -> bool:
        """Return whether this is the connection of a radio with that peer."""
        one, other = self._ends
        return (one.radio is radio and other.address == peer) or (
            other.radio is radio and one.address == peer
        )

    def has(self, radio: Controller) -> bool:
        """Return whether the radio is one of the ends."""
        return any(end.radio is radio for end in self._ends)

    def put(self, sender: Controller, pdu: Pdu) -> None:
        """Queue a PDU."""
        for end in self._ends:
            if end.radio is sender:
                end.queue.append(pdu)
        self.plan()

    def leave(self, radio: Controller) -> None:
        """Let one end vanish without a word; the other notices by its supervision timeout."""
        for end in self._ends:
            if end.radio is radio:
                end.present = False
        self.plan()

    def plan(self) -> None:
        """Set the timers that the state of the air asks for."""
        now_s = self._loop.time()
        if self._heard():
            self._cancel_expiry()
            if self._event is None and self._passes() and any(end.queue for end in self._ends):
                self._event = self._loop.call_at(self._next_event_s(now_s), self._meet)
            return
        if self._event is not None:
            self._event.cancel()
            self._event = None
        if self._expiry is None:
            last_s = self._next_event_s(now_s) - self._interval_s
            due_s = last_s + self._air.settings.supervision_s
            self._expiry = self._loop.call_at(due_s, self._expire)

    def end(self) -> None:
        """Be over."""
        if self._event is not None:
            self._event.cancel()
        self._cancel_expiry()
        if self in self._air.lanes:
            self._air.lanes.remove(self)

    def _cancel_expiry(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None

    def _heard(self) -> bool:
        return all(end.present and self._air.is_up(end.radio) for end in self._ends)

    def _passes(self) -> bool:
        return all(self._air.is_flowing(end.radio) for end in self._ends)

    def _next_event_s(self, now_s: float) -> float:
        passed = math.floor((now_s - self._anchor_s + _ROUNDING_S) / self._interval_s)
        return self._anchor_s + (passed + 1) * self._interval_s

    def _meet(self) -> None:
        """Hold one connection event: first the central sends, then the peripheral."""
        self._event = None
        if not self._passes():
            return
        central, peripheral = self._ends
        for sender, receiver in ((central, peripheral), (peripheral, central)):
            for _ in range(min(len(sender.queue), self._air.settings.pdus_per_event)):
                if self._air.fails():
                    break  # what follows waits behind it
                pdu = sender.queue.popleft()
                _deliver(sender, receiver, pdu)
                if isinstance(pdu, ll.TerminateInd):
                    self.end()
                    return
        self.plan()

    def _expire(self) -> None:
        self.end()
        one, other = self._ends
        for end, peer in ((one, other), (other, one)):
            if end.present:
                end.radio.lose(peer.address, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)


def _deliver(sender: _End, receiver: _End, pdu: Pdu) -> None:
    if isinstance(pdu, hci.HCI_AclDataPacket):
        sender.radio.completed(receiver.address)
        receiver.radio.on_air_data(sender.address, pdu)
    else:
        receiver.radio.on_ll_control_pdu(sender.address, pdu)


class Air(LocalLink):
    """What lies between the radios.

    Faults concern one radio, or all of them where none is named.

    Attributes
    ----------
    radios
        Everything that sends and listens.
    lanes
        The connections.
    retransmissions
        How often a PDU had to wait for a later event.
    """

    def __init__(self, settings: AirSettings, seed: int) -> None:
        super().__init__()
        self.settings = settings
        self.retransmissions = 0
        self.radios: list[RadioController] = []
        self.lanes: list[Lane] = []
        self._out: list[RadioController] = []
        self._stalled: list[RadioController] = []
        self._rng = generator(seed, "air")

    def is_up(self, radio: RadioController) -> bool:
        """Return whether a radio is in range."""
        return radio not in self._out

    def is_flowing(self, radio: RadioController) -> bool:
        """Return whether data of a radio pass."""
        return radio not in self._stalled

    def cut(self, radio: RadioController | None = None) -> None:
        """Carry a radio out of range: it is not heard, and its links time out."""
        self._out += self._meant(radio)
        self._plan()

    def restore(self, radio: RadioController | None = None) -> None:
        """Bring it back."""
        meant = self._meant(radio)
        self._out = [each for each in self._out if each not in meant]
        self._plan()

    def stall(self, radio: RadioController | None = None) -> None:
        """Let no data of it pass on links that live on."""
        self._stalled += self._meant(radio)

    def flow(self, radio: RadioController | None = None) -> None:
        """Let what waits pass."""
        meant = self._meant(radio)
        self._stalled = [each for each in self._stalled if each not in meant]
        self._plan()

    def vanish(self, radio: RadioController) -> None:
        """Switch a radio off in the middle of everything; its own host knows at once."""
        self.forget(radio)
        radio.lose_all()

    def forget(self, radio: RadioController) -> None:
        """Let a radio take part in its connections no more."""
        for lane in [each for each in self.lanes if each.has(radio)]:
            lane.leave(radio)

    def fails(self) -> bool:
        """Return whether the PDU that is sent now must be sent again."""
        if not self.settings.error_rate:
            return False
        failed = bool(self._rng.random() < self.settings.error_rate)
        self.retransmissions += failed
        return failed

    def lane_of(self, radio: Controller, peer: hci.Address) -> Lane | None:
        """Return the connection of a radio with a peer."""
        return next((lane for lane in self.lanes if lane.joins(radio, peer)), None)

    def connect(
        self,
        central: tuple[RadioController, hci.Address],
        peripheral: tuple[RadioController, hci.Address],
    ) -> None:
        """Begin a connection; what is left of an earlier one between the two is over."""
        old = self.lane_of(central[0], peripheral[1])
        if old is not None:
            old.end()
        self.lanes.append(Lane(self, central, peripheral))

    def send_advertising_pdu(
        self, sender_controller: Controller, packet: ll.AdvertisingPdu
    ) -> None:
        """Carry an advertisement or a request to connect to everybody in range."""
        if sender_controller in self._out:
            return
        for radio in self.radios:
            if radio is not sender_controller and self.is_up(radio):
                asyncio.get_running_loop().call_soon(radio.on_ll_advertising_pdu, packet)

    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        """Queue a control PDU behind the data of its sender."""
        for radio in self.radios:
            own = radio.le_connections.get(receiver_address)
            lane = self.lane_of(radio, receiver_address)
            if lane is not None and own is not None and own.self_address == sender_address:
                lane.put(radio, packet)
                return

    def _meant(self, radio: RadioController | None) -> list[RadioController]:
        return list(self.radios) if radio is None else [radio]

    def _plan(self) -> None:
        for lane in list(self.lanes):
            lane.plan()
