"""When stalls and unplugging begin and end, by the clock of the host."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from firingorder.simulation.device import VirtualDevice


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happens to a link at an instant of the host."""

    at_us: int
    kind: Literal["stall", "flow", "unplug", "plug"]


def timetable(device: VirtualDevice) -> list[Change] | None:
    """Return the changes that a device's fault plan asks for, in order.

    None before the first START: the times count from there.
    """

    def host_us(at_s: float, later_s: float = 0.0) -> int:
        begin_us = device.host_of_body_us(at_s)
        assert begin_us is not None
        return math.ceil(begin_us + 1e6 * later_s)

    if device.host_of_body_us(0.0) is None:
        return None
    changes: list[Change] = []
    for outage in device.faults.stalls:
        changes.append(Change(host_us(outage.at_s), "stall"))
        changes.append(Change(host_us(outage.at_s, outage.duration_s), "flow"))
    for outage in device.faults.unplugs:
        changes.append(Change(host_us(outage.at_s), "unplug"))
        if math.isfinite(outage.duration_s):
            changes.append(Change(host_us(outage.at_s, outage.duration_s), "plug"))
    return sorted(changes, key=lambda change: change.at_us)
