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

#: Two events are never closer than this; absorbs rounding of the clock.
_ROUNDING_S = 1e-9

Pdu = hci.HCI_AclDataPacket | ll.ControlPdu


class Lane:
    """One connection: two queues, emptied at the connection events.

    A PDU arrives at the instant of its event; its time on the air (at most 2.1 ms at 1 Mbit/s) is
    left out.
    """

    def __init__(self, air: Air, central: RadioController, peripheral: RadioController) -> None:
        self._air = air
        self._ends = (central, peripheral)
        self._queues: tuple[deque[Pdu], deque[Pdu]] = (deque(), deque())
        self._addresses = (hci.Address.ANY, hci.Address.ANY)
        self._present = [True, True]
        self._loop = asyncio.get_running_loop()
        self._interval_s = air.settings.interval_ms / 1e3
        self._anchor_s = self._loop.time()
        self._event: asyncio.TimerHandle | None = None
        self._expiry: asyncio.TimerHandle | None = None

    def name(self, central: hci.Address, peripheral: hci.Address) -> None:
        """Take the addresses that both ends use on this connection."""
        self._addresses = (central, peripheral)

    def joins(self, controller: Controller, peer: hci.Address) -> bool:
        """Return whether this is the connection of a controller with that peer."""
        return any(self._ends[k] is controller and self._addresses[1 - k] == peer for k in (0, 1))

    def has(self, controller: Controller) -> bool:
        """Return whether the controller is one of the ends."""
        return controller in self._ends

    def put(self, sender: Controller, pdu: Pdu) -> None:
        """Queue a PDU."""
        self._queues[self._ends.index(sender)].append(pdu)  # pyright: ignore[reportArgumentType]
        self.plan()

    def leave(self, controller: Controller) -> None:
        """Let one end vanish without a word; the other notices by its supervision timeout."""
        self._present[self._ends.index(controller)] = False  # pyright: ignore[reportArgumentType]
        self.plan()

    def plan(self) -> None:
        """Set the timers that the state of the air asks for."""
        now_s = self._loop.time()
        heard = self._air.up and all(self._present)
        if heard:
            if self._expiry is not None:
                self._expiry.cancel()
                self._expiry = None
            if self._event is None and self._air.flowing and any(self._queues):
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
        """Cancel the timers."""
        for timer in (self._event, self._expiry):
            if timer is not None:
                timer.cancel()
        self._air.lanes.discard(self)

    def _next_event_s(self, now_s: float) -> float:
        passed = math.floor((now_s - self._anchor_s + _ROUNDING_S) / self._interval_s)
        return self._anchor_s + (passed + 1) * self._interval_s

    def _meet(self) -> None:
        """Hold one connection event."""
        self._event = None
        if not self._air.flowing:
            return
        for k in (0, 1):
            queue = self._queues[k]
            for _ in range(min(len(queue), self._air.settings.pdus_per_event)):
                if self._air.fails():
                    break
                pdu = queue.popleft()
                self._deliver(k, pdu)
                if isinstance(pdu, ll.TerminateInd):
                    self.end()
                    return
        self.plan()

    def _deliver(self, k: int, pdu: Pdu) -> None:
        sender, receiver = self._ends[k], self._ends[1 - k]
        if isinstance(pdu, hci.HCI_AclDataPacket):
            sender.completed(self._addresses[1 - k])
            receiver.on_air_data(self._addresses[k], pdu)
        else:
            receiver.on_ll_control_pdu(self._addresses[k], pdu)

    def _expire(self) -> None:
        self.end()
        for k in (0, 1):
            if self._present[k]:
                self._ends[k].lose(
                    self._addresses[1 - k], hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR
                )


class Air(LocalLink):
    """What lies between the controllers.

    Attributes
    ----------
    up
        Whether both sides hear each other; without it links time out.
    flowing
        Whether data pass; without it links live on, but nothing arrives.
    retransmissions
        PDUs that had to wait for a later event.
    """

    def __init__(self, settings: AirSettings, seed: int) -> None:
        super().__init__()
        self.settings = settings
        self.up = True
        self.flowing = True
        self.retransmissions = 0
        self.lanes: set[Lane] = set()
        self._rng = generator(seed, "air")

    def cut(self) -> None:
        """Carry the device out of range."""
        self.up = False
        self._plan()

    def restore(self) -> None:
        """Bring it back."""
        self.up = True
        self._plan()

    def stall(self) -> None:
        """Let nothing pass on links that live on."""
        self.flowing = False

    def flow(self) -> None:
        """Let what waits pass."""
        self.flowing = True
        self._plan()

    def fails(self) -> bool:
        """Return whether the PDU that is sent now must be sent again."""
        if not self.settings.error_rate:
            return False
        failed = bool(self._rng.random() < self.settings.error_rate)
        self.retransmissions += failed
        return failed

    def vanish(self, controller: RadioController) -> None:
        """Switch one radio off in the middle of everything."""
        for lane in [each for each in self.lanes if each.has(controller)]:
            lane.leave(controller)
        controller.lose_all()

    def send_advertising_pdu(
        self, sender_controller: Controller, packet: ll.AdvertisingPdu
    ) -> None:
        """Carry an advertisement or a request to connect."""
        if self.up:
            super().send_advertising_pdu(sender_controller, packet)

    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        """Queue a control PDU behind the data of its sender."""
        for controller in self.controllers:
            lane = self.lane_of(controller, receiver_address)
            if lane is not None and lane.joins(controller, receiver_address):
                own = controller.le_connections.get(receiver_address)
                if own is None or own.self_address == sender_address:
                    lane.put(controller, packet)
                    return

    def lane_of(self, controller: Controller, peer: hci.Address) -> Lane | None:
        """Return the connection of a controller with a peer."""
        return next((lane for lane in self.lanes if lane.joins(controller, peer)), None)

    def _plan(self) -> None:
        for lane in list(self.lanes):
            lane.plan()
