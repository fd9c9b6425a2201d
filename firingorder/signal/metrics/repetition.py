"""All metrics of one repetition, by the template of its task."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.metrics.absorb import absorb_metrics
from firingorder.signal.metrics.amount import metric, refused
from firingorder.signal.metrics.fatigue import fatigue
from firingorder.signal.metrics.hinge import hinge_metrics
from firingorder.signal.metrics.level import Levels
from firingorder.signal.metrics.pelvis import pelvis_metrics
from firingorder.signal.metrics.ratios import ratio_metrics
from firingorder.signal.metrics.record import MetricsParams
from firingorder.signal.metrics.rest import snr_metrics
from firingorder.signal.metrics.takeover import takeover_metrics
from firingorder.signal.metrics.timing import rest_envelope, time_to_quiet, timing_metrics
from firingorder.signal.metrics.windows import phase_windows, work_window

if TYPE_CHECKING:
    from firingorder.measures import Metric
    from firingorder.signal.metrics.record import RepetitionData

#: Templates whose far position is held still.
_HELD = ("PITCH_LIFT", "STILL_LIMB", "CUED_HOLD", "BALANCE")


def repetition_metrics(
    data: RepetitionData, params: MetricsParams | None = None
) -> tuple[Metric, ...]:
    """Return the metrics of one repetition that its template has (docs/reference/metrics.md).

    A metric that cannot be told is there with its gate. Metrics that need the therapist's limits,
    a target line or several repetitions are functions of their own.
    """
    p = params or MetricsParams()
    levels = Levels(data, p)
    template = data.task.template
    window = work_window(data.phases, template, p)
    found = timing_metrics(data, p)
    found += level_metrics(data, levels)
    if template != "IMPACT":
        found += ratio_metrics(data, levels, window, p)
        found += takeover_metrics(data, levels, window, p)
    found += pelvis_metrics(data, levels, p)
    if template == "HINGE":
        found += hinge_metrics(data, levels, p)
    if template == "IMPACT":
        found += absorb_metrics(data, levels, p)
    if data.phases.release_s is not None:
        found += quiet_metrics(data, levels, p)
    if template in _HELD:
        found += fatigue_metrics(data, levels, p)
    found += snr_metrics(levels, data.channels, window, lambda name: _rest_uv(data, name))
    return tuple(found)


def level_metrics(data: RepetitionData, levels: Levels) -> list[Metric]:
    """Return B10: the level of each channel in each phase, percent and microvolts.

    More than 100 % is told as it is: a reference contraction need not be the most there is.
    """
    found: list[Metric] = []
    for name, window in phase_windows(data.phases, data.task.template).items():
        for channel in data.channels:
            percent, uv = levels.percent(channel, window), levels.uv(channel, window)
            found.append(metric("B10", f"level_{name}", channel, "%", percent))
            found.append(metric("B10", f"rms_{name}", channel, "uV", uv))
    return found


def quiet_metrics(data: RepetitionData, levels: Levels, params: MetricsParams) -> list[Metric]:
    """Return B8: the time from letting go until quiet, each channel."""
    release_s = data.phases.release_s
    window = data.rest_before_s
    assert release_s is not None
    assert window is not None
    first = int(np.searchsorted(data.times_s, release_s))
    stop = int(np.searchsorted(data.times_s, window[1] - params.rest_guard_s))
    found: list[Metric] = []
    for k, channel in enumerate(data.channels):
        gate = levels.gate(channel)
        took = refused(gate or "no_baseline")
        if gate is None:
            rest = rest_envelope(data.emg_uv[:stop, k] ** 2, data.rate_hz, params)
            took = rest
            if rest.gate is None:
                sd = rest.high - rest.value
                after = data.emg_uv[first:, k] ** 2
                took = time_to_quiet(after, (rest.value, sd), data.rate_hz, params)
        found.append(metric("B8", "time_to_quiet", channel, "s", took))
    return found


def fatigue_metrics(data: RepetitionData, levels: Levels, params: MetricsParams) -> list[Metric]:
    """Return B21 of each channel, only where the hold was long enough to ask."""
    first_s, last_s = data.phases.far_from_s, data.phases.far_to_s
    if first_s is None or last_s is None or last_s - first_s < params.fatigue_s:
        return []
    first, last = np.searchsorted(data.times_s, (first_s, last_s)).tolist()
    isometric = _kept_still(data, first_s, last_s, params)
    found: list[Metric] = []
    for k, channel in enumerate(data.channels):
        gate = levels.gate(channel)
        parts = (refused(gate or "no_baseline"),) * 3
        if gate is None:
            rest, known = levels.rest(channel), _rest_uv(data, channel)
            noise = math.sqrt(rest[0]) if rest is not None else known
            one = fatigue(data.emg_uv[first:last, k], noise, data.rate_hz, isometric=isometric)
            parts = (one.frequency_slope, one.rms_slope, one.start_hz)
        found.append(metric("B21", "median_frequency_slope", channel, "%/s", parts[0]))
        found.append(metric("B21", "rms_slope", channel, "%/s", parts[1]))
        found.append(metric("B21", "median_frequency", channel, "Hz", parts[2]))
    return found


def _kept_still(data: RepetitionData, first_s: float, last_s: float, params: MetricsParams) -> bool:
    """Tell whether the pelvis kept its pose; without a sensor the template's hold is believed."""
    first, last = np.searchsorted(data.angle_times_s, (first_s, last_s)).tolist()
    angles = data.angles_deg[first:last]
    return len(angles) == 0 or bool(np.ptp(angles, axis=0).max() <= params.still_deg)


def _rest_uv(data: RepetitionData, channel: str) -> float | None:
    known = data.reference.channels.get(channel)
    return None if known is None else known.rest_uv
