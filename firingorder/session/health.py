"""How the link fares: rate, drift, loss, and how old the newest sample is when it arrives."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firingorder.session.engine import Engine

#: Ages are told of this long: bursts of a radio come several times a second, and a person who
#: moves an aerial wants to see what it did.
WINDOW_S = 10.0
#: A person reads no faster.
LOOK_NS = 500_000_000
#: Reads of the window that are kept: 300 notifications a second is the fastest link.
MOST_READS = 3000


@dataclass(frozen=True, slots=True)
class LinkHealth:
    """One look at the link; None is not known (yet).

    Attributes
    ----------
    rate_hz, rate_measured_hz
        Nominal EMG rate, and the one by the device's own time stamps or counters.
    drift_ppm
        The device's clock against this computer's.
    loss_percent, lost_samples
        Of the EMG, outages not counted.
    age_p50_ms, age_p95_ms
        Age of the newest sample of a read on arrival, over the last ten seconds: the delay of the
        front end is in it, the least delay of the link is not.
    least_delay_ms
        That least delay is at most so long: half the best round trip.
    clock_uncertainty_ms
        Of the map between the two clocks, 95 %.
    timing_error_ms
        What may lie between two channels of a sample, half-width.
    reconnects, rejected_frames, device_dropped_frames
        Since the session began.
    claim, why_not_full
        What may be claimed from this device, and why not more.
    connection
        What is known of the connection, in words.
    """

    rate_hz: float | None = None
    rate_measured_hz: float | None = None
    drift_ppm: float | None = None
    loss_percent: float = 0.0
    lost_samples: int = 0
    age_p50_ms: float | None = None
    age_p95_ms: float | None = None
    least_delay_ms: float | None = None
    clock_uncertainty_ms: float | None = None
    timing_error_ms: float | None = None
    reconnects: int = 0
    rejected_frames: int = 0
    device_dropped_frames: int = 0
    claim: str = ""
    why_not_full: str | None = None
    connection: str = ""


class LinkMeter:
    """Collects the ages of reads; pure, so a replay shows what was live."""

    def __init__(self) -> None:
        self._ages: deque[tuple[int, float]] = deque(maxlen=MOST_READS)
        self._health = LinkHealth()
        self._looked_ns: int | None = None

    def arrived(self, engine: Engine, t_ns: int) -> None:
        """Note a read at host time ``t_ns`` that the engine has just taken."""
        now_s = engine.receiver.now_s(t_ns)
        if now_s is None or engine.newest_s is None:
            return
        self._ages.append((t_ns, 1e3 * max(0.0, now_s - engine.newest_s)))
        oldest_ns = t_ns - round(1e9 * WINDOW_S)
        while self._ages[0][0] < oldest_ns:
            self._ages.popleft()

    def look(self, engine: Engine, t_ns: int, connection: str = "") -> LinkHealth:
        """Return how things stand, looked at anew twice a second."""
        looked_ns = self._looked_ns
        if looked_ns is None or not 0 <= t_ns - looked_ns < LOOK_NS:
            self._looked_ns = t_ns
            self._health = self._look(engine, connection)
        return self._health

    def _look(self, engine: Engine, connection: str) -> LinkHealth:
        stats, profile = engine.receiver.stats, engine.profile
        tally, stream = engine.tallies.get("emg"), stats.streams.get("emg")
        p50_ms, p95_ms = self._age_ms()
        locked = stats.clock_locked
        return LinkHealth(
            rate_hz=None if stream is None else stream.rate_hz,
            rate_measured_hz=None if stream is None or not locked else stream.rate_measured_hz,
            drift_ppm=stats.clock_slope_ppm if locked else None,
            loss_percent=0.0 if tally is None else tally.loss_percent,
            lost_samples=0 if tally is None else tally.lost_samples,
            age_p50_ms=p50_ms,
            age_p95_ms=p95_ms,
            least_delay_ms=None if stats.round_trip_ms is None else 0.5 * stats.round_trip_ms,
            clock_uncertainty_ms=stats.clock_uncertainty_ms,
            timing_error_ms=None if profile is None else 1e3 * profile.timing_error_s,
            reconnects=engine.reconnects,
            rejected_frames=stats.rejected,
            device_dropped_frames=stats.device_dropped_frames,
            claim="" if profile is None else profile.claim,
            why_not_full=None if profile is None else profile.why_not_full,
            connection=connection,
        )

    def _age_ms(self) -> tuple[float | None, float | None]:
        if not self._ages:
            return None, None
        p50_ms, p95_ms = np.percentile([age_ms for _, age_ms in self._ages], (50, 95))
        return float(p50_ms), float(p95_ms)
