"""Clock, round trip and age of the data as they arrive (wire_protocol.md section 14)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.firmware_bridge.clock import ClockModel, ClockParams
from firingorder.firmware_bridge.conformance.known import Watcher
from firingorder.firmware_bridge.frame import FrameType
from firingorder.firmware_bridge.payloads import TimeResponse

if TYPE_CHECKING:
    from firingorder.firmware_bridge.conformance.known import Known
    from firingorder.firmware_bridge.conformance.wire import Packet
    from firingorder.firmware_bridge.frame import Frame

#: Section 14, step 4: the limits of a crystal, and of what may be measured at all.
CRYSTAL_PPM = 150.0
_WIDEST = 5000e-6
#: A slope needs this span (section 14, step 4).
LEAST_SPAN_S = 10.0
#: The line may be off by the uncertainty at both ends of the span.
_ENDS = 2.0


@dataclass(frozen=True, slots=True)
class Age:
    """How old samples are when they arrive, in ms; ``bound_ms`` is how far all may be off.

    ``newest`` is the last sample of a frame, ``oldest`` its first one.
    """

    frames: int
    newest_p50_ms: float
    newest_p95_ms: float
    oldest_p50_ms: float
    oldest_p95_ms: float
    bound_ms: float


class ClockWatch(Watcher):
    """Pairs of device time and arrival, and the best round trip."""

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self._model = whole_stretch()
        self._pairs: list[tuple[float, float, int]] = []
        self._best: tuple[int, float, int] | None = None
        self._span: tuple[int, int] | None = None
        self._drift: tuple[float, float] | None = None
        self._age: Age | None = None

    @property
    def drift_ppm(self) -> tuple[float, float] | None:
        """How much faster the device's clock is than the host's, and how far that may be off."""
        return self._drift

    @property
    def age(self) -> Age | None:
        """Age of the data in the longest stretch; None without samples or round trips."""
        return self._age

    @property
    def round_trip_ms(self) -> float | None:
        """The best round trip, the time within the device taken off."""
        return None if self._best is None else self._best[0] * 1e-6

    def rebooted(self) -> None:
        """Begin anew with the new clock."""
        self._close()

    def opened(self, t_ns: int) -> None:
        """Begin anew: the route may be another."""
        self._close()

    def heard(self, packet: Packet, frame: Frame) -> None:
        """Take in DATA and TIME_RSP."""
        if frame.type == FrameType.DATA:
            self._data(packet, frame)
        elif frame.type == FrameType.TIME_RSP and len(frame.payload) >= 28:
            answer = TimeResponse.parse(frame.payload)
            trip_ns = packet.t_ns - answer.t1_ns - 1000 * (answer.t3_us - answer.t2_us)
            if trip_ns >= 0 and (self._best is None or trip_ns < self._best[0]):
                # Device minus host, in microseconds, within half the round trip.
                host_us = (answer.t1_ns + packet.t_ns) / 2000.0
                offset_us = (answer.t2_us + answer.t3_us) / 2.0 - host_us
                self._best = (trip_ns, offset_us, packet.t_ns)

    def _data(self, packet: Packet, frame: Frame) -> None:
        emg = self.known.emg
        if emg is None or frame.stream != emg.id or not frame.count:
            return
        last_us = frame.t_us + (frame.count - 1) * 1e9 / emg.rate_mhz
        self._model.add(round(last_us), packet.t_ns)
        self._pairs.append((frame.t_us, last_us, packet.t_ns))
        first = round(last_us) if self._span is None else self._span[0]
        self._span = (first, round(last_us))

    def _close(self) -> None:
        """Keep what the stretch until now showed, if it is longer than the one before."""
        span_s = 0.0 if self._span is None else (self._span[1] - self._span[0]) * 1e-6
        found = drift_of(self._model, span_s)
        if found is not None and (self._drift is None or found[1] < self._drift[1]):
            self._drift = found
        if self._best is not None and self._pairs:
            self._keep_age()
        self._model, self._best, self._span = whole_stretch(), None, None
        self._pairs.clear()

    def _keep_age(self) -> None:
        assert self._best is not None
        if self._age is not None and self._age.frames > len(self._pairs):
            return
        trip_ns, offset_us, at_ns = self._best
        pairs = np.array(self._pairs)
        # The two clocks part by the drift; the round trip was taken at one instant.
        drift = 0.0 if self._drift is None else 1e-6 * self._drift[0]
        arrived_us = pairs[:, 2] / 1000.0 + offset_us + drift * (pairs[:, 2] - at_ns) / 1000.0
        newest = (arrived_us - pairs[:, 1]) / 1000.0
        oldest = (arrived_us - pairs[:, 0]) / 1000.0
        middle, high = np.percentile(newest, [50, 95])
        old_middle, old_high = np.percentile(oldest, [50, 95])
        self._age = Age(
            len(self._pairs),
            float(middle),
            float(high),
            float(old_middle),
            float(old_high),
            trip_ns / 2e6,
        )

    def finish(self, t_ns: int) -> None:
        """Judge the drift."""
        self._close()
        if self._drift is None:
            return
        drift, error = self._drift
        text = f"{drift:+.1f} ppm, within {error:.1f}"
        self.ledger.measure("clock.drift", text)
        if abs(drift) + error > CRYSTAL_PPM >= abs(drift) - error:
            self.ledger.skip("clock.drift", f"{text}: too coarse, give a longer --duration")
            return
        self.ledger.judge(
            "clock.drift",
            ok=abs(drift) <= CRYSTAL_PPM,
            words=f"the device's clock is off by {text}; a crystal stays within {CRYSTAL_PPM:g}",
        )


def whole_stretch(slope_limit: float = _WIDEST) -> ClockModel:
    """Return a clock model over all there is: a check is short, and its drift is wanted once."""
    return ClockModel(
        ClockParams(
            window_s=3600.0,
            slope_limit=slope_limit,
            min_span_s=0.8 * LEAST_SPAN_S,
            acquire_s=0.0,
            jump_s=3600.0,
        )
    )


def drift_of(model: ClockModel, span_s: float) -> tuple[float, float] | None:
    """Return how fast the device's clock is and how far that may be off, ppm; None too early."""
    if model.uncertainty_s is None or span_s < LEAST_SPAN_S:
        return None
    # t_host = t_dev (1 + d): a device that is fast has a slope below zero.
    slope = model.slope
    return -1e6 * slope / (1.0 + slope), 1e6 * _ENDS * model.uncertainty_s / span_s
