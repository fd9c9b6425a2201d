"""Two taps on the belt are STOP: in training, in a calibration, and when nobody leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.findings import MarkerEvent
from firingorder.session.inputs import Calibrate, Control, Train
from firingorder.signal.belt_taps import BeltTaps
from firingorder.signal.belt_taps_params import BeltTapParams

if TYPE_CHECKING:
    from firingorder.findings import Event
    from firingorder.samples import ImuChunk
    from firingorder.session.engine import Engine

TAPPED = "STOP: two taps on the belt"
#: Said once, where the sensor is too slow for a tap (signal/belt_taps_params.py).
DEAF = (
    "Two taps on the belt do not stop this session: its sensor sends {rate_hz:.0f} samples a "
    "second, and taps need {least_hz:.0f}. Stop with Space or the pedal."
)


class BeltWatch:
    """Looks for taps in the samples of the pelvis sensor, and stops what is under way."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._taps: BeltTaps | None = None
        self._tapped = False
        self._warning = ""

    def look(self, chunk: ImuChunk) -> None:
        """Take samples; what follows from taps waits for :meth:`take`."""
        if not self._engine.setup.belt_taps:
            return
        if self._taps is None:
            self._taps = BeltTaps(chunk.rate_hz)
            if not self._taps.usable:
                least_hz = BeltTapParams().lowest_rate_hz
                self._warning = DEAF.format(rate_hz=chunk.rate_hz, least_hz=least_hz)
        self._tapped |= bool(
            self._taps.step(chunk.acc_m_s2, chunk.gyr_rad_s, chunk.index0, chunk.t0_s)
        )

    def take(self, t_ns: int) -> list[Event]:
        """Stop once the input is done in which the taps were found; ``t_ns`` is its time."""
        engine, warning = self._engine, self._warning
        if warning:
            self._warning = ""
            return [MarkerEvent(warning, engine.receiver.now_s(t_ns))]
        if not self._tapped:
            return []
        self._tapped = False
        events: list[Event] = [MarkerEvent(TAPPED, engine.receiver.now_s(t_ns))]
        if engine.calibration.view is not None:
            return events + engine.calibration.command(Calibrate("pause", t_ns))
        if engine.training.coach is not None:
            return events + engine.training.command(Train("stop", t_ns))
        return events + engine.steering.take(Control("pause", t_ns))
