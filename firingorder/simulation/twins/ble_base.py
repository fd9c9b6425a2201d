"""What the virtual twins on Bluetooth have in common: a clock, a sampler, a queue, faults."""

from __future__ import annotations

import asyncio
import math
from abc import ABC, abstractmethod
from collections import deque
from typing import TYPE_CHECKING

from firingorder.simulation.faults import FaultPlan
from firingorder.simulation.noise import generator
from firingorder.simulation.spoiling import Spoiler

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.simulation.device import VirtualDevice
    from firingorder.simulation.radio.table import GattTable, Notifier
    from firingorder.simulation.settings import RadioState

#: Notifications that a device holds while the radio is busy; what comes on top is not sent.
QUEUE = 8
#: A device is on for this long at most when somebody looks at it first, s.
LONGEST_ON_S = 1800.0


class BleDevice(ABC):
    """A device that samples by a clock of its own and notifies what it has.

    Parameters
    ----------
    rate_hz
        Samples a second by its own clock.
    seed
        Power-on time and everything random.
    faults
        ``drop``, ``flip`` and ``dup`` spoil notifications on their way to the controller;
        ``unplug`` takes the device out of range, ``stall`` lets nothing pass, ``reboot`` takes its
        power for a moment. Times count from the first start. ``ppm`` is its clock.
    latency_s
        From the instant of a sample to its notification: filters and firmware.
    on_sent
        Told of each notification of samples: the instant of its last sample on the host's clock,
        microseconds, and its bytes.
    """

    def __init__(
        self,
        *,
        rate_hz: float,
        seed: int,
        faults: FaultPlan | None = None,
        latency_s: float = 0.0,
        on_sent: Callable[[float, bytes], None] | None = None,
    ) -> None:
        self.faults = FaultPlan() if faults is None else faults
        self.seed = seed
        self.rate_hz = rate_hz
        self.streaming = False
        self.unsent = 0
        self.spoiler = Spoiler(self.faults, seed)
        self.rng = generator(seed, type(self).__name__)
        self._speed = 1.0 + 1e-6 * self.faults.ppm
        self._on_s = self.rng.uniform(5.0, LONGEST_ON_S)
        self._powered_us = 0.0
        self._latency_us = 1e6 * latency_s
        self._on_sent = on_sent
        self._taken_us = 0.0
        self._notifier: Notifier | None = None
        self._queue: deque[tuple[str, bytes]] = deque()
        self._timers: set[asyncio.TimerHandle] = set()
        self._sampler: asyncio.TimerHandle | None = None
        self._number = 0
        self._planned = False

    # What each kind of device does -----------------------------------------------------------

    @property
    @abstractmethod
    def table(self) -> GattTable:
        """What it offers."""

    @abstractmethod
    def sample(self, number: int, host_us: float) -> None:
        """Take a sample; :meth:`send` what is complete."""

    def rebooted(self) -> None:
        """Forget what is lost with the power."""

    def left(self) -> None:
        """Notice that nobody is connected any more."""

    # The radio's side ------------------------------------------------------------------------

    def attach(self, notifier: Notifier) -> None:
        """Take the way out; the device has been on for a while."""
        self._notifier = notifier
        self._powered_us = now_us() - 1e6 * self._on_s

    def connected(self, state: RadioState) -> None:
        """Take a new central."""

    def disconnected(self) -> None:
        """Stop sampling; what waits is lost."""
        self.stop()
        self._queue.clear()
        self.left()

    def room_made(self) -> None:
        """Send what waits."""
        self._flush()

    def close(self) -> None:
        """Stop every timer."""
        self.stop()
        for timer in self._timers:
            timer.cancel()
        self._notifier = None

    # For the devices -------------------------------------------------------------------------

    def clock_us(self, host_us: float) -> float:
        """Return the device's own microseconds since power-on at an instant of the host."""
        return (host_us - self._powered_us) * self._speed

    def start(self) -> None:
        """Sample from now on."""
        if self.streaming:
            return
        self.streaming = True
        self._number = math.ceil(self.clock_us(now_us()) * self.rate_hz * 1e-6)
        self._plan_sample()
        self._plan_faults()

    def stop(self) -> None:
        """Sample no more."""
        self.streaming = False
        if self._sampler is not None:
            self._sampler.cancel()
            self._sampler = None

    def send(self, uuid: str, data: bytes) -> None:
        """Notify samples, the last of which is the one that is being taken; wait for room."""
        if self._on_sent is not None:
            self._on_sent(self._taken_us, data)
        for arriving in self.spoiler.spoil(data):
            if len(self._queue) >= QUEUE:
                self.unsent += 1
            else:
                self._queue.append((uuid, arriving))
        self._flush()

    def answer(self, uuid: str, data: bytes) -> None:
        """Notify an answer to a command; nothing spoils it."""
        self._queue.append((uuid, data))
        self._flush()

    def reboot(self) -> None:
        """Lose the power for a moment: the clock begins anew and nobody is connected."""
        self.stop()
        self._queue.clear()
        self._powered_us = now_us()
        self.rebooted()
        if self._notifier is not None:
            self._notifier.drop_link()

    def _plan_sample(self) -> None:
        """Wait for the next sample: each is taken at its exact instant, and seen a little later."""
        exact_us = self._powered_us + self._number / self.rate_hz * 1e6 / self._speed

        def take() -> None:
            number = self._number
            self._number += 1
            self._plan_sample()
            self._taken_us = exact_us
            self.sample(number, exact_us)

        loop = asyncio.get_running_loop()
        self._sampler = loop.call_at((exact_us + self._latency_us) / 1e6, take)

    def _plan_faults(self) -> None:
        notifier = self._notifier
        if self._planned or notifier is None:
            return
        self._planned = True
        for outage in self.faults.unplugs:
            self._later(outage.at_s, notifier.cut)
            if math.isfinite(outage.duration_s):
                self._later(outage.at_s + outage.duration_s, notifier.restore)
        for stall in self.faults.stalls:
            self._later(stall.at_s, notifier.stall)
            self._later(stall.at_s + stall.duration_s, notifier.flow)
        for at_s in self.faults.reboots_s:
            self._later(at_s, self.reboot)

    def _later(self, at_s: float, do: Callable[[], None]) -> None:
        self._timers.add(asyncio.get_running_loop().call_later(at_s, do))

    def _flush(self) -> None:
        notifier = self._notifier
        while notifier is not None and self._queue and notifier.room:
            notifier.notify(*self._queue.popleft())


def body_time(belt: VirtualDevice) -> Callable[[float], float]:
    """Return the body's seconds by instants of the host, of a body that wears a belt.

    The body begins with the first sample of the belt, and lives by its clock; before it lies still.
    """

    def body_s(host_us: float) -> float:
        zero_us, one_us = belt.host_of_body_us(0.0), belt.host_of_body_us(1.0)
        if zero_us is None or one_us is None:
            return -1.0
        return (host_us - zero_us) / (one_us - zero_us)

    return body_s


def now_us() -> float:
    """Return the clock of the running loop, microseconds."""
    return asyncio.get_running_loop().time() * 1e6
