"""What the pelvis did per phase (B14), and arching late in a lift (B15).

Angles are changes from the repetition's own start pose. Their error is that of the sensor and its
mounting, given from outside: it does not average out over samples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.metrics.amount import Amount, exponential, log_ratio, metric, refused
from firingorder.signal.metrics.windows import phase_windows

if TYPE_CHECKING:
    from firingorder.measures import Metric
    from firingorder.samples import FloatArray
    from firingorder.signal.metrics.level import Levels
    from firingorder.signal.metrics.record import MetricsParams, RepetitionData
    from firingorder.signal.metrics.windows import Window

AXES = ("tilt", "obliquity", "rotation")


def pelvis_change(
    angle_deg: FloatArray, error_deg: float | None, sign: float
) -> tuple[Amount, Amount]:
    """Return peak (largest away from the start pose, with its sign) and mean of a phase (B14).

    ``angle_deg`` is ``(m,)``; ``sign`` is +1 or -1, so that positive means the same on both sides.
    """
    if len(angle_deg) == 0 or not np.isfinite(angle_deg).all():
        none = refused("gap" if len(angle_deg) else "not_measured")
        return none, none
    if error_deg is None:
        return refused("low_trust"), refused("low_trust")
    signed = sign * angle_deg
    peak, mean = float(signed[np.argmax(np.abs(signed))]), float(np.mean(signed))
    n = len(signed)
    return (
        Amount(peak, peak - error_deg, peak + error_deg, n),
        Amount(mean, mean - error_deg, mean + error_deg, n),
    )


def late_arch(
    tilt_lift_deg: FloatArray, tilt_top_deg: float, lift_sign: int, error_deg: float | None
) -> Amount:
    """Return how far the pelvis turned back before the top, degrees, 0 or more (B15, first part).

    The farthest tilt of the lift against the tilt at the top, in the direction of the lift. In a
    bridge, where hips rise with negative tilt: tilt at top - most negative tilt.
    """
    if len(tilt_lift_deg) == 0 or not np.isfinite(tilt_lift_deg).all():
        return refused("not_measured")
    if error_deg is None:
        return refused("low_trust")
    progress = lift_sign * tilt_lift_deg
    back = max(0.0, float(np.max(progress)) - lift_sign * tilt_top_deg)
    return Amount(back, max(0.0, back - error_deg), back + error_deg, len(tilt_lift_deg))


def late_erector(levels: Levels, channel: str, lift: Window | None, late_share: float) -> Amount:
    """Return level of the late part of the lift over that of the early part (B15, second part)."""
    if lift is None:
        return refused("no_phase")
    turn_s = lift[0] + late_share * (lift[1] - lift[0])
    late, early = levels.uv(channel, (turn_s, lift[1])), levels.uv(channel, (lift[0], turn_s))
    return exponential(log_ratio(late, early))


def arched_late(
    arch: Amount, erectors: tuple[Amount, ...], *, least_deg: float, least_ratio: float
) -> bool | None:
    """Tell whether both parts of B15 pass with their whole intervals; None: cannot be told.

    One part clearly below its limit is enough for no.
    """
    if arch.gate is None and arch.high <= least_deg:
        return False
    known = [one for one in erectors if one.gate is None]
    if arch.gate is not None or not known:
        return None
    if arch.low > least_deg and any(one.low > least_ratio for one in known):
        return True
    return False if all(one.high <= least_ratio for one in known) else None


def pelvis_metrics(data: RepetitionData, levels: Levels, params: MetricsParams) -> list[Metric]:
    """Return B14 of each phase and axis, and B15 of a lift about the tilt axis.

    Obliquity and rotation are positive towards the working side, or to the left where both work.
    """
    found: list[Metric] = []
    windows = phase_windows(data.phases, data.task.template)
    if data.task.template == "IMPACT":
        windows = {"absorb": (data.phases.away_s, data.phases.end_s)}
    for name, window in windows.items():
        for axis, angle in enumerate(AXES):
            peak, mean = refused("no_phase"), refused("no_phase")
            if window is not None:
                error = None if data.angle_error_deg is None else data.angle_error_deg[axis]
                sign = 1.0 if axis == 0 else data.side_sign
                peak, mean = pelvis_change(_during(data, window)[:, axis], error, sign)
            found.append(metric("B14", f"{angle}_peak_{name}", "", "deg", peak))
            found.append(metric("B14", f"{angle}_mean_{name}", "", "deg", mean))
    if data.task.template == "PITCH_LIFT" and data.task.lift_axis == "tilt":
        found += _late_arch_metrics(data, levels, windows["lift"], params)
    return found


def _late_arch_metrics(
    data: RepetitionData, levels: Levels, lift: Window | None, params: MetricsParams
) -> list[Metric]:
    """Both parts; the angle alone says nothing, so it is refused without any erector."""
    erectors = {
        side: late_erector(levels, f"erector_spinae_{side}", lift, params.late_share)
        for side in data.sides
    }
    arch = refused("no_phase")
    if lift is not None:
        tilt = _during(data, lift)[:, 0]
        error = None if data.angle_error_deg is None else data.angle_error_deg[0]
        top = float(tilt[-1]) if len(tilt) else 0.0
        arch = late_arch(tilt, top, data.task.lift_sign, error)
    seen = [one for one in erectors.values() if one.gate is None]
    if arch.gate is None and not seen:
        arch = next(iter(erectors.values()))
    return [
        metric("B15", "late_arch", "", "deg", arch),
        *(metric("B15", "late_erector", side, "1", one) for side, one in erectors.items()),
    ]


def _during(data: RepetitionData, window: Window) -> FloatArray:
    first, last = np.searchsorted(data.angle_times_s, window).tolist()
    return data.angles_deg[first:last]
