"""What the orientation filter notices lights up, and nothing that was lit before goes out."""

from __future__ import annotations

import pytest

from firingorder.measures import SensorCheck, SignalCheck
from firingorder.signal.sensor_light import with_sensor_state
from firingorder.signal.sensor_state import SensorState

GOOD = SignalCheck(3.0, (), SensorCheck("good", "", "", 100.0, 0.2))


@pytest.mark.parametrize(
    ("state", "cause"),
    [
        (SensorState(), ""),
        (SensorState(saturated=True), "saturated"),
        (SensorState(stuck=True), "rate"),
        (SensorState(time_jumped=True), "rate"),
        (SensorState(loose=True, saturated=True), "saturated"),
        (SensorState(loose=True), "loose"),
    ],
)
def test_one_cause_with_one_instruction(state: SensorState, cause: str) -> None:
    sensor = with_sensor_state(GOOD, state).sensor
    assert sensor is not None
    assert (sensor.cause, bool(sensor.instruction)) == (cause, bool(cause))
    assert sensor.rate_hz == 100.0


def test_a_light_that_is_on_stays_as_it_is() -> None:
    bad = SignalCheck(3.0, (), SensorCheck("bad", "absent", "Switch it on"))
    assert with_sensor_state(bad, SensorState(saturated=True)) is bad
    assert with_sensor_state(GOOD, None) is GOOD
