"""The light of the pelvis sensor, when the orientation filter knows more than the signal check."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.measures import SensorCheck

if TYPE_CHECKING:
    from firingorder.measures import SignalCheck
    from firingorder.signal.sensor_state import SensorState

_SATURATED = "Let the next movements be slower: the pelvis sensor was at the end of its range."
_STUCK = "Bring the pelvis sensor nearer, or look at its cable: it sends old samples again."
_TIME = "Bring the pelvis sensor nearer to the computer: its samples come in jumps."
_LOOSE = "Tighten the belt: the pelvis sensor rattles."


def with_sensor_state(check: SignalCheck, state: SensorState | None) -> SignalCheck:
    """Return the check with what the filter noticed, where the sensor's light was good."""
    sensor = check.sensor
    if sensor is None or sensor.light != "good" or state is None:
        return check
    for seen, cause, words in (
        (state.saturated, "saturated", _SATURATED),
        (state.stuck, "rate", _STUCK),
        (state.rate_wrong or state.time_jumped, "rate", _TIME),
        (state.loose, "loose", _LOOSE),
    ):
        if seen:
            light = SensorCheck("warn", cause, words, sensor.rate_hz, sensor.bias_deg_s)
            return replace(check, sensor=light)
    return check
