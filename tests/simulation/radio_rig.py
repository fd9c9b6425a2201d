"""A host with a pencil on the simulated radio: bleak's own client and scanner, and a notebook."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bleak import BleakClient, BleakScanner

from firingorder.firmware_bridge.commands import (
    CommandPayload,
    HelloCommand,
    SelfTestCommand,
    StartCommand,
    StopCommand,
    encode_command,
)
from firingorder.firmware_bridge.frame import Frame, FrameType, parse_frame
from firingorder.firmware_bridge.payloads import Ack, Hello, Status
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.radio import AirSettings, Radio
from firingorder.simulation.radio.belt import CMD, DATA, INFO, BeltTwin
from firingorder.simulation.scenarios import make_body
from firingorder.simulation.settings import DeviceSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bleak.backends.device import BLEDevice

    from firingorder.simulation.faults import FaultPlan

PATTERN = 3


@dataclass
class RadioRig:
    """One belt (or other twins), the air, and one client of bleak."""

    seed: int = 1
    settings: AirSettings = field(default_factory=AirSettings)
    faults: FaultPlan | None = None
    device_settings: DeviceSettings = field(default_factory=DeviceSettings)
    twins: Sequence[Any] = ()

    async def __aenter__(self) -> RadioRig:
        print(f"seed {self.seed}, {self.settings}")
        body = make_body("bridge", seed=self.seed, repetitions=2)
        self.device = VirtualDevice(
            body, seed=self.seed, faults=self.faults, settings=self.device_settings
        )
        self.belt = BeltTwin(self.device)
        self.radio = Radio(list(self.twins) or [self.belt], seed=self.seed, settings=self.settings)
        await self.radio.start()
        self.arrived: list[tuple[float, bytes]] = []
        self.lost_at_s: list[float] = []
        self._seq = 0
        self._token = 0
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.radio.stop()

    async def find(self, timeout_s: float = 5.0) -> BLEDevice:
        """Return the first device that is heard."""
        found = await BleakScanner.find_device_by_filter(
            lambda *_: True, timeout=timeout_s, backend=self.radio.scanner_backend
        )
        assert found is not None
        return found

    async def connect(self, *, listen: bool = True, **options: Any) -> BleakClient:
        """Find the device, connect with a client of its own, and listen to DATA."""
        self.client = BleakClient(
            await self.find(),
            lambda _: self.lost_at_s.append(now_s()),
            backend=self.radio.client_backend,
            **options,
        )
        await self.client.connect()
        if listen:
            await self.client.start_notify(
                DATA, lambda _, data: self.arrived.append((now_s(), bytes(data)))
            )
        return self.client

    async def send(self, make: type[CommandPayload], *args: Any) -> Ack:
        """Write a command, wait for its ACK, return it."""
        self._token += 1
        self._seq += 1
        command = make(self._token, *args)
        looked_at = len(self.arrived)
        await self.client.write_gatt_char(CMD, encode_command(command, self._seq), response=True)
        async with asyncio.timeout(5.0):
            while True:
                for _, data in self.arrived[looked_at:]:
                    looked_at += 1
                    frame = parse_frame(data)
                    if frame.type == FrameType.ACK:
                        ack = Ack.parse(frame.payload)
                        if ack.token == self._token:
                            return ack
                await asyncio.sleep(0.001)

    async def start(self, *, pattern: bool = False) -> None:
        """Start both streams; with the digital pattern every value is predictable."""
        if pattern:
            assert (await self.send(SelfTestCommand, PATTERN)).status == 0
        assert (await self.send(StartCommand, 3)).status == 0

    async def stop_and_drain(self) -> Status:
        """Stop, wait until all that waited has come, and return the device's own account."""
        await self.send(StopCommand)
        await asyncio.sleep(1.5)  # on the loop's own clock: one STATUS at least
        return Status.parse(self.frames(FrameType.STATUS)[-1].payload)

    async def hello(self) -> Hello:
        """Send HELLO and return what INFO says then."""
        await self.send(HelloCommand)
        return Hello.parse(parse_frame(bytes(await self.client.read_gatt_char(INFO))).payload)

    def frames(self, kind: FrameType | None = None) -> list[Frame]:
        """Return the frames that arrived, of one kind or all."""
        parsed = [parse_frame(data) for _, data in self.arrived]
        return [frame for frame in parsed if kind is None or frame.type == kind]

    def missing_frames(self) -> int:
        """Return how many sequence numbers are missing between the first and the last."""
        numbers = [frame.seq for frame in self.frames()]
        steps = [(b - a) & 0xFFFF for a, b in pairwise(numbers)]
        assert all(0 < step < 0x8000 for step in steps), "order kept, nothing twice"
        return sum(step - 1 for step in steps)


def now_s() -> float:
    """Return the clock of the running loop."""
    return asyncio.get_running_loop().time()
