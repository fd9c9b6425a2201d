"""Faults that are seen in the pelvis alone, or in pelvis and back together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firingorder.measures import Compensation
from firingorder.signal.compensation.data import (
    OBLIQUITY,
    ROTATION,
    TILT,
    FaultData,
    FaultParams,
    angle_limit_deg,
    held,
)

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray

#: Answer of a rule: a fault, nothing wrong (None), or that it cannot be seen.
Answer = Compensation | None | str
NOT_MEASURED = "not_measured"
#: Shorter far windows are turning points: their mean is that of a few samples.
_LEAST_FAR_S = 0.2


def arch_late(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the pelvis turns back to arching late in the lift and the back gets louder.

    Both are needed: turning back alone may be a lift that was held loosely, a louder back alone
    may be a heavier hold.
    """
    phases = data.phases
    backs = [name for name in data.channels if name.startswith("erector_spinae")]
    if data.angles_deg is None or data.t_s is None or not backs or phases.back_s is None:
        return NOT_MEASURED
    inside = data.during(phases.away_s, phases.back_s)
    if np.count_nonzero(inside) < 3:
        return NOT_MEASURED
    t_s = data.t_s[inside]
    progress = data.task.lift_sign * data.angles_deg[inside, TILT]
    late_s = _share_reached_s(t_s, progress, params.late_share)
    levels = [
        (early, late)
        for name in backs
        if (early := data.level_uv(name, phases.away_s, late_s)) is not None
        and (late := data.level_uv(name, late_s, phases.back_s)) is not None
        and early > 0.0
    ]
    if not levels:
        return NOT_MEASURED
    ratio = max(late / early for early, late in levels)
    after = t_s >= late_s
    turned = np.maximum.accumulate(progress[after]) - progress[after]
    found = held(t_s[after], turned, params.reversal_deg, params.held_s)
    if found is None or ratio < params.late_ratio:
        return None
    return Compensation("arch_late", found.value, params.reversal_deg, "deg", found.at_s)


def _share_reached_s(t_s: FloatArray, progress: FloatArray, share: float) -> float:
    """Return when the lift has first come so far of its way to the top."""
    goal = share * float(np.max(progress))
    return float(t_s[int(np.argmax(progress >= goal))])


def arch(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the pelvis tilts forward against the start during the way out or the hold.

    A hinge tilts it forward by its nature: there it is coming up that may go beyond the start.
    """
    if data.task.template == "HINGE":
        return _turned(data, params, "arch", TILT, -float(data.task.lift_sign))
    return _turned(data, params, "arch", TILT, 1.0)


def tilt(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the pelvis tilts either way."""
    return _turned(data, params, "tilt", TILT, 0.0)


def open_(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the pelvis opens or rolls back towards the working side."""
    return _turned(data, params, "open", ROTATION, data.side_sign)


def hike(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the working side is pulled up, lying on the other side."""
    return _turned(data, params, "hike", OBLIQUITY, data.side_sign)


def twist(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the pelvis turns in a task of both legs."""
    if data.task.working_side != "both":
        return None
    return _turned(data, params, "twist", ROTATION, 0.0)


#: Tasks in which the leg that moves is the working one, and the other leg carries.
_OTHER_CARRIES = ("kickback", "bird_dog", "quad_ext")


def drop(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the side that carries no weight drops."""
    sign = data.side_sign * (-1.0 if data.task.id in _OTHER_CARRIES else 1.0)
    return _turned(data, params, "drop", OBLIQUITY, sign, least_s=params.drop_held_s)


def tuck(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the pelvis rolls under at the bottom, before the way up."""
    phases = data.phases
    if data.angles_deg is None or data.t_s is None:
        return NOT_MEASURED
    if phases.far_from_s is None or phases.far_to_s is None:
        return NOT_MEASURED
    inside = data.during(phases.away_s, phases.far_to_s)
    if np.count_nonzero(inside) < 3:
        return NOT_MEASURED
    bent = data.task.lift_sign * data.angles_deg[inside, TILT]
    back = np.maximum.accumulate(bent) - bent
    found = held(data.t_s[inside], back, params.reversal_deg, params.held_s)
    if found is None:
        return None
    return Compensation("tuck", found.value, params.reversal_deg, "deg", found.at_s)


def shift(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the mean obliquity under load lies off the person's own."""
    own = data.reference.baselines.get("obliquity_mean_deg")
    if data.angles_deg is None or data.t_s is None or own is None:
        return NOT_MEASURED
    inside = _loaded(data)
    if not np.any(inside):
        return NOT_MEASURED
    # Positive toward the working side, as the person's own is (metric B14).
    mean_deg = (data.side_sign or 1.0) * float(np.mean(data.angles_deg[inside, OBLIQUITY]))
    off = abs(mean_deg - own.median)
    limit = max(angle_limit_deg(data, OBLIQUITY, params), params.baseline_sd * own.sd)
    if off <= limit:
        return None
    return Compensation("shift", off, limit, "deg", data.phases.away_s)


def _loaded(data: FaultData) -> BoolArray:
    """Return the samples of the far position; without a pause there, those of the deeper half.

    Near the start pose every angle is zero by its definition: that would thin the mean.
    """
    assert data.t_s is not None
    assert data.angles_deg is not None
    phases = data.phases
    if phases.far_from_s is not None and phases.far_to_s is not None:
        far = data.during(phases.far_from_s, phases.far_to_s)
        if phases.far_to_s - phases.far_from_s >= _LEAST_FAR_S and np.any(far):
            return far
    inside = data.during(phases.away_s, phases.end_s)
    if not np.any(inside):
        return inside
    depth = np.abs(data.angles_deg[:, TILT])
    deeper: BoolArray = inside & (depth >= 0.5 * float(np.max(depth[inside])))
    return deeper


def not_still(data: FaultData, params: FaultParams) -> Answer:
    """Tell whether the pelvis moves in a hold in which only the muscle should."""
    phases = data.phases
    if data.rate_deg_s is None or data.t_s is None or data.rest_rate_deg_s is None:
        return NOT_MEASURED
    first_s, last_s = phases.away_s, phases.far_to_s or phases.end_s
    inside = data.during(first_s, last_s)
    limit = max(params.still_sd * data.rest_rate_deg_s, params.still_floor_deg_s)
    found = held(
        data.t_s[inside],
        data.rate_deg_s[inside],
        limit,
        params.still_held_s,
        params.still_turns_s,
    )
    if found is None:
        return None
    return Compensation("not_still", found.value, limit, "deg/s", found.at_s)


def _turned(
    data: FaultData,
    params: FaultParams,
    code: str,
    axis: int,
    sign: float,
    *,
    least_s: float | None = None,
) -> Answer:
    """Judge an angle on the way out and in the far position; a ``sign`` of zero means either.

    In a hinge the way back is the one that is loaded: there it is judged to the end.
    """
    if data.angles_deg is None or data.t_s is None:
        return NOT_MEASURED
    last_s = data.phases.back_s or data.phases.end_s
    if data.task.template == "HINGE":
        last_s = data.phases.end_s
    inside = data.during(data.phases.away_s, last_s)
    angle = data.angles_deg[inside, axis]
    value = np.abs(angle) if sign == 0.0 else sign * angle
    limit = angle_limit_deg(data, axis, params)
    found = held(data.t_s[inside], value, limit, params.held_s if least_s is None else least_s)
    return None if found is None else Compensation(code, found.value, limit, "deg", found.at_s)
