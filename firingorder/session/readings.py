"""What is read of a running engine: battery, delay, age, outage, whether there is a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.firmware_bridge.source import FRAME_V1, IMPORTED

if TYPE_CHECKING:
    from firingorder.session.engine import Engine

#: Terminal voltages of one lithium-ion cell: end of charge, and empty for practical purposes.
#: A straight line between them is an estimate for a person, good to some ten percent.
FULL_MV, EMPTY_MV = 4200.0, 3400.0


def wired_of(engine: Engine) -> bool:
    """Tell whether the belt was found on a cable; other makers' dongles are radios."""
    source = engine.setup.sources[0]
    return source.protocol == FRAME_V1 and source.framing == "cobs"


def battery_of(engine: Engine) -> float | None:
    """Return how full the battery is, percent; None: the belt does not say."""
    if engine.status is None or engine.status.status.vbat_mv == 0:
        return None
    share = (engine.status.status.vbat_mv - EMPTY_MV) / (FULL_MV - EMPTY_MV)
    return 100.0 * min(1.0, max(0.0, share))


def delay_of(engine: Engine, now_ns: int) -> float | None:
    """Return how old the newest sample is, ms."""
    now_s = engine.receiver.now_s(now_ns)
    if now_s is None or engine.newest_s is None:
        return None
    return max(0.0, 1000.0 * (now_s - engine.newest_s))


def outage_of(engine: Engine, now_ns: int) -> float:
    """Return for how long nothing came, seconds."""
    now_s = engine.receiver.now_s(now_ns)
    if now_s is None or engine.newest_s is None:
        return 0.0
    return max(0.0, now_s - engine.newest_s)


def age_of(engine: Engine) -> tuple[float, float] | None:
    """Return how old the newest EMG sample was on arrival, ms: median and 95th percentile.

    Of the whole session so far; None without samples, and of a file that was imported: nothing of
    it ever arrived.
    """
    imported = engine.setup.sources[0].protocol == IMPORTED
    return None if imported else engine.ages.percentiles_ms
