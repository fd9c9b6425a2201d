"""The check over the simulated radio: its own clauses, and a link that is too narrow to stream."""

from __future__ import annotations

import pytest

pytest.importorskip("bumble", reason="the radio is simulated with bumble (extra: ble-sim)")

from firingorder.session.checking import Checked, CheckPlan, run_check
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.radio import AirSettings, sim_ble_link
from tests.firmware_bridge import wrong_devices as wrong
from tests.firmware_bridge.virtual_time import run_virtual, virtual_ns
from tests.firmware_bridge.wrong_devices import device, failed


class StreamsOn(VirtualDevice):
    """Does not notice that its central went away."""

    def discard(self) -> None:
        pass


def check(belt: VirtualDevice, *, mtu: int = 247, duration_s: float = 1.0) -> Checked:
    async def run() -> Checked:
        air = AirSettings(mtu=mtu)
        link = sim_ble_link(belt, seed=3, settings=air, clock_ns=virtual_ns)
        return await run_check(link, CheckPlan(duration_s))

    return run_virtual(run())


def verdict(checked: Checked, clause: str) -> str:
    return next(one.verdict for one in checked.results if one.clause.id == clause)


def test_the_simulated_belt_passes_on_the_radio() -> None:
    checked = check(device(), duration_s=25.0)
    assert failed(checked.results) == set(), [one for one in checked.results if one.failures]
    assert checked.ended is None
    for name in ("profile", "info", "name", "notification", "disconnect"):
        assert verdict(checked, f"ble.{name}") == "passed", name
    assert verdict(checked, "keepalive.stop") == "not_testable"
    assert verdict(checked, "boot.hello") == "passed"
    assert "MTU 247" in checked.about
    # The bound of the delay is half of the best round trip, which takes two connection events.
    age = checked.check.age
    assert age is not None
    assert 0.0 < age.bound_ms < 15.0
    assert age.newest_p95_ms < 30.0


def test_a_belt_that_goes_on_streaming_when_its_central_is_gone_fails() -> None:
    assert failed(check(device(StreamsOn)).results) == {"ble.disconnect"}


def test_below_the_least_mtu_start_must_be_refused_and_hello_is_read() -> None:
    checked = check(device(), mtu=60)
    assert failed(checked.results) == set(), [one for one in checked.results if one.failures]
    assert verdict(checked, "ble.small_mtu") == "passed"
    assert verdict(checked, "ble.info") == "passed"
    assert verdict(checked, "data.index") == "not_testable"


def test_a_wrong_belt_fails_by_the_same_clause_as_on_a_cable() -> None:
    assert failed(check(device(wrong.ConstantEpoch)).results) == {"start.epoch"}
