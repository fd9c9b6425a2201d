"""A simulated belt that has played all it has ends the session well, whatever else happens then."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.errors import LinkError
from firingorder.simulation.body import RecordedBody
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.faults import parse_faults
from firingorder.simulation.radio.settings import AirSettings
from firingorder.simulation.scenarios import make_body
from tests.firmware_bridge.ble_rig import Rig, make_belt
from tests.firmware_bridge.fault_rig import Run, Tampered, on_air, on_wire
from tests.firmware_bridge.virtual_time import run_virtual

if TYPE_CHECKING:
    from firingorder.firmware_bridge.links.base import Read
    from firingorder.simulation.link import SimLink

#: Nobody asked for an end of the session.
FOR_EVER_S = 1000.0


def belt(faults: str = "") -> VirtualDevice:
    emg_uv = np.random.default_rng(7).normal(0.0, 10.0, (3003, 8))
    body = RecordedBody(emg_uv, 1000.0, tuple(f"EMG{k + 1}" for k in range(8)))
    return VirtualDevice(body, seed=7, faults=parse_faults(faults))


def assert_ended_well(run: Run, samples: int) -> None:
    assert run.error is None
    assert run.told == ["The device has come to the end of what it plays: the session ends here."]
    assert run.stats.streams["emg"].samples == samples
    (closed,) = run.notes("closed")
    assert closed.reason == run.told[0]
    run.verify()


class Busy(Tampered):
    """A host that does something else around the end, and writes before it reads again."""

    busy_from_s = 2.6
    """Seconds since the body started; the host is busy until a second later."""

    async def read(self, timeout_s: float) -> Read | None:
        read = await super().read(timeout_s)
        assert isinstance(self.inner.device, VirtualDevice)
        begin_us = self.inner.device.host_of_body_us(self.busy_from_s)
        if begin_us is not None and 0 <= self.inner.now_ns() / 1000 - begin_us < 1e5:
            await self.inner.sleep(1.0)
        return read


@pytest.mark.parametrize(
    ("faults", "host", "samples"),
    [
        ("", Tampered, 3003),
        ("unplug=inf@3.1", Tampered, 3003),  # the end comes, then the link goes
        ("unplug=inf@3.1", Busy, 3003),  # the host finds the loss first, by writing
        # The end comes while the link is away. A frame leaves when its samples have passed the
        # filter of 16 ms, so the last four did not.
        ("unplug=1@2.999", Tampered, 2976),
        ("stall=5@2.5", Tampered, 3003),  # all is late
    ],
)
def test_the_end_is_heard(faults: str, host: type[Tampered], samples: int) -> None:
    assert_ended_well(on_wire(belt(faults), FOR_EVER_S, tampered=host), samples)


def test_the_end_is_heard_over_a_radio() -> None:
    """A belt that is served comes to its end when its time is over, in the middle of a body."""

    async def run() -> tuple[Run, bool]:
        twin = make_belt(7, body=make_body("rest", seed=7))
        said: list[bool] = []
        async with Rig(seed=7, air=AirSettings(error_rate=0.02), twins=[twin]) as rig:
            asyncio.get_running_loop().call_later(4.0, lambda: said.append(twin.play_out()))
            return await on_air(rig, FOR_EVER_S), said[0]

    ended, said = run_virtual(run())
    assert ended.error is None
    assert said
    assert ended.told == ["The device has come to the end of what it plays: the session ends here."]
    ended.verify()


def test_a_belt_that_was_played_before_says_what_to_do() -> None:
    device = belt()
    on_wire(device, FOR_EVER_S)
    again = on_wire(device, FOR_EVER_S)
    assert "has come to the end of what it plays. Start its simulation anew." in str(again.error)


class Slow(Tampered):
    """A link that looks for a lost device for longer than anybody waits for it."""

    opened = 0

    async def open(self) -> None:
        self.opened += 1
        if self.opened > 1:
            await self.inner.sleep(30.0)
            raise LinkError("It is not in range.")
        await self.inner.open()


def test_the_end_of_the_duration_comes_before_giving_up() -> None:
    """Both have passed while the link was being opened: the session was to end, and ends."""
    links: list[Slow] = []

    def slow(link: SimLink) -> Tampered:
        links.append(Slow(link))
        return links[0]

    run = on_wire(belt("unplug=inf@2"), 12.0, tampered=slow)
    assert run.error is None
    assert links[0].opened == 2
    given_up = on_wire(belt("unplug=inf@2"), FOR_EVER_S, tampered=Slow)
    assert "did not come back within 20 s. It is not in range." in str(given_up.error)
