"""Our BLE link through bleak's public client and scanner over the simulated radio, for tests.

Everything runs on a loop of virtual time: a real GATT server, real frames, the product's link, host
machine and receiver. Only the air is simulated.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.firmware_bridge.actions import HostConfig, HostState
from firingorder.firmware_bridge.clock import BLE_CLOCK, ClockParams
from firingorder.firmware_bridge.host import HostMachine
from firingorder.firmware_bridge.items import StatusItem
from firingorder.firmware_bridge.links.ble import BleLink
from firingorder.firmware_bridge.links.gatt import FRAME_V1
from firingorder.firmware_bridge.receiver import Receiver
from firingorder.samples import EmgChunk, Gap, ImuChunk
from firingorder.session.inputs import Input, LinkNote, Rx, Tx
from firingorder.session.runner import LinkRunner
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.radio import AirSettings, Radio
from firingorder.simulation.radio.belt import BeltTwin
from firingorder.simulation.scenarios import make_body
from firingorder.simulation.settings import DeviceSettings
from tests.firmware_bridge.virtual_time import virtual_ns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.firmware_bridge.items import Item
    from firingorder.firmware_bridge.links.base import Framing
    from firingorder.firmware_bridge.links.gatt import GattProfile
    from firingorder.firmware_bridge.payloads import Status
    from firingorder.simulation.body import Body
    from firingorder.simulation.faults import FaultPlan

#: Half a step of the i24 converter at gain 6, with room for the rounding of f32 scales.
HALF_STEP_UV = 0.6 * 2.4e6 / 6 / 8388607


def make_belt(
    seed: int, *, body: Body | None = None, faults: FaultPlan | None = None, **settings: Any
) -> BeltTwin:
    """Return a belt for a radio, worn by a body."""
    worn = make_body("bridge", seed=seed, repetitions=2) if body is None else body
    device = VirtualDevice(worn, seed=seed, faults=faults, settings=DeviceSettings(**settings))
    return BeltTwin(device)


@dataclass
class Rig:
    """One belt (or several twins), the radio, and our link to it."""

    seed: int = 1
    air: AirSettings = field(default_factory=AirSettings)
    target: str = "auto"
    profile: GattProfile = FRAME_V1
    twins: Sequence[Any] = ()
    config: HostConfig = field(default_factory=lambda: HostConfig(framing="packet"))
    options: dict[str, Any] = field(default_factory=dict[str, Any])

    async def __aenter__(self) -> Rig:
        print(f"seed {self.seed}, {self.air}")
        self.belts = list(self.twins) or [make_belt(self.seed)]
        self.radio = Radio(self.belts, seed=self.seed, settings=self.air)
        await self.radio.start()
        self.link = BleLink(
            self.target,
            profile=self.profile,
            client_backend=self.radio.client_backend,
            scanner_backend=self.radio.scanner_backend,
            clock_ns=virtual_ns,
            **self.options,
        )
        self.desk = Desk()
        self.machine = HostMachine(self.config)
        self.runner = LinkRunner(0, self.link, self.machine, self.desk)
        self._running: asyncio.Task[None] | None = None
        self._stopping = False
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._running is not None and not self._running.done():
            self._running.cancel()
            await asyncio.wait({self._running})
        await self.link.close()
        await asyncio.sleep(0.1)  # a belt that has just been left begins to advertise
        await self.radio.stop()

    @property
    def device(self) -> VirtualDevice:
        """The first belt's device."""
        return self.belts[0].device

    def run(self) -> None:
        """Let the host run in the background."""
        self._running = asyncio.ensure_future(self._turns())

    async def until(self, state: HostState, limit_s: float = 120.0) -> float:
        """Wait until the host is in a state; return the virtual time in seconds."""
        async with asyncio.timeout(limit_s):
            while self.machine.state is not state:
                assert self._running is not None
                if self._running.done():
                    self._running.result()
                    break
                await asyncio.sleep(0.005)
        assert self.machine.state is state, (self.machine.state, self.runner.message)
        return now_s()

    async def stop(self) -> None:
        """End the session as a person would, and wait for the end."""
        self._stopping = self.desk.stopping = True
        assert self._running is not None
        await asyncio.wait_for(self._running, 30.0)

    async def ended(self, limit_s: float = 120.0) -> None:
        """Wait until the host has given up."""
        assert self._running is not None
        await asyncio.wait_for(self._running, limit_s)

    async def _turns(self) -> None:
        await self.runner.start()
        while not self.runner.done:
            if self._stopping:
                self._stopping = self.desk.stopping = False
                await self.runner.stop()
            await self.runner.turn()


class Desk:
    """Keeps what a session keeps, and decodes it."""

    def __init__(self, framing: Framing = "packet", clock: ClockParams = BLE_CLOCK) -> None:
        self.inputs: list[Input] = []
        self.receiver = Receiver(framing, clock)
        self.chunks: list[EmgChunk] = []
        self.imu: list[ImuChunk] = []
        self.newest_s = 0.0
        self.gaps: list[Gap] = []
        self.states: list[tuple[str, float, str]] = []
        self.statuses: list[Status] = []
        self.notices: list[str] = []
        self.stopping = False

    def take(self, item: Input) -> tuple[Item, ...]:
        self.inputs.append(item)
        match item:
            case Rx(_, data, t_ns):
                items = self.receiver.feed(data, t_ns)
                self.chunks += [one for one in items if isinstance(one, EmgChunk)]
                self.imu += [one for one in items if isinstance(one, ImuChunk)]
                if self.chunks:
                    self.newest_s = self.chunks[-1].t0_s
                self.statuses += [one.status for one in items if isinstance(one, StatusItem)]
                self.gaps += [one for one in items if isinstance(one, Gap) and one.stream == "emg"]
                return tuple(items)
            case Tx(_, data, t_ns):
                self.receiver.sent(data, t_ns)
            case LinkNote(_, state, t_ns, reason):
                self.states.append((state, t_ns / 1e9, reason))
                if state == "opened":
                    self.receiver.opened(t_ns)
                elif state == "lost":
                    self.receiver.lost(t_ns)
            case _:
                raise AssertionError(item)
        return ()

    def notice(self, text: str) -> None:
        self.notices.append(text)

    def turned(self) -> None:
        pass

    def at(self, state: str) -> list[float]:
        """Return the instants of a state, seconds."""
        return [t_s for each, t_s, _ in self.states if each == state]


def verify(desk: Desk, body: Body, *, slack_samples: int = 0) -> int:
    """Compare every sample with the body, and the gaps with the holes; return the samples.

    ``slack_samples``: by how much the estimate of an outage in which the device's clock began anew
    may be wrong. Within a segment nothing may be wrong.
    """
    received = expected = shift = 0
    gaps = iter(desk.gaps)
    for chunk in desk.chunks:
        emg_uv = chunk.emg_uv
        while chunk.index0 > expected:
            gap = next(gaps)
            assert gap.index0 == expected, (gap, expected)
            expected += gap.samples
            if gap.kind == "outage":
                shift = _shift(body, chunk, slack_samples)
        assert chunk.index0 == expected
        truth = body.emg_uv(chunk.index0 + shift, len(emg_uv))
        assert np.abs(emg_uv - truth).max() <= HALF_STEP_UV, f"at index {chunk.index0}"
        received += len(emg_uv)
        expected += len(emg_uv)
    assert received
    assert next(gaps, None) is None
    return received


def _shift(body: Body, chunk: EmgChunk, slack_samples: int) -> int:
    """Return by how many samples a segment is misplaced."""
    for shift in sorted(range(-slack_samples, slack_samples + 1), key=abs):
        truth = body.emg_uv(chunk.index0 + shift, len(chunk.emg_uv))
        if np.abs(chunk.emg_uv - truth).max() <= HALF_STEP_UV:
            return shift
    raise AssertionError(f"the segment at {chunk.index0} lies more than {slack_samples} off")


def now_s() -> float:
    """Return the clock of the running loop."""
    return asyncio.get_running_loop().time()
