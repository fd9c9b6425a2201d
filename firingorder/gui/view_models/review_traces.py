"""Samples of a window of the review, and what is wrong with them there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from firingorder.samples import FloatArray
    from firingorder.session.review import Columns, Flagged

Spans = tuple[tuple[float, float], ...]
#: Full scales, uV: few, so that one repetition looks like the next.
SCALES_UV = (5.0, 10.0, 20.0, 30.0, 50.0, 75.0, 100.0, 150.0, 200.0, 300.0, 500.0, 750.0, 1000.0,
             1500.0, 2000.0, 3000.0, 5000.0, 10_000.0)  # fmt: skip
LIFT_SCALES_DEG = (2.0, 5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0)
#: Up to so many samples for each pixel a line goes from one to the next; above there are columns.
LINE_PER_PX = 2
#: A lane shows this quantile of its samples whole; single spikes may leave it.
_SHOWN = 0.997


def _nothing() -> dict[str, Spans]:
    return {}


@dataclass(frozen=True, slots=True, eq=False)
class Traces:
    """What is drawn of a window.

    Attributes
    ----------
    samples, envelope
        Columns of raw or filtered samples, and of the envelope; None where it is not asked for.
    lift
        Of the pelvis, degrees; None without a pelvis sensor.
    gaps
        Stretches without samples on any channel, device time.
    clipped
        By channel, where the converter was at its limit.
    """

    samples: Columns
    envelope: Columns | None = None
    lift: Columns | None = None
    gaps: Spans = ()
    clipped: Mapping[str, Spans] = field(default_factory=_nothing)

    def column(self, channel: str) -> int | None:
        """Return the place of a channel among the columns."""
        names = self.samples.channels
        return names.index(channel) if channel in names else None


def columns_for(length_s: float, rate_hz: float, width_px: int) -> int:
    """Return how many columns to ask for: all samples where a line can join them, else one a px."""
    fine = LINE_PER_PX * width_px
    return fine if length_s * rate_hz <= fine else width_px


def spans(flags: Sequence[Flagged], channel: str) -> Spans:
    """Return where a channel was at the limit of the converter."""
    return tuple(
        (one.first_s, one.last_s)
        for one in flags
        if one.channel == channel and one.reason == "saturated"
    )


def lane_zero_uv(columns: Columns, channel: int) -> float:
    """Return what lies in the middle of a lane: raw samples stand on an offset."""
    middle = 0.5 * (columns.high[:, channel] + columns.low[:, channel])
    middle = middle[np.isfinite(middle)]
    return float(np.median(middle)) if middle.size else 0.0


def lane_scale_uv(columns: Columns, channel: int, rest_uv: float | None = None) -> float:
    """Return the full scale of a lane: the next round one above almost everything in the window.

    Rest alone is not blown up to the height of the lane: it takes at most a fifth of it.
    """
    both = np.concatenate((columns.high[:, channel], columns.low[:, channel]))
    high = np.abs(both - lane_zero_uv(columns, channel))
    high = high[np.isfinite(high)]
    need = float(np.quantile(high, _SHOWN)) if high.size else 0.0
    need = max(need, 5.0 * (rest_uv or 0.0))
    return next((one for one in SCALES_UV if one >= need), SCALES_UV[-1])


def lift_scale_deg(lift_deg: FloatArray) -> float:
    """Return the full scale of the lift."""
    known = lift_deg[np.isfinite(lift_deg)]
    need = float(known.max()) * 1.08 if known.size else 0.0
    return next((one for one in LIFT_SCALES_DEG if one >= need), LIFT_SCALES_DEG[-1])
