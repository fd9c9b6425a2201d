"""The movement threshold: how still the pelvis lies, and how fast it turns in slow bridges."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np

from firingorder.calibration.reasons import Reason
from firingorder.calibration.take import turn_deg
from firingorder.signal.orientation import Pose, conjugate, multiply, rotation_matrix
from firingorder.signal.pitch_lift import LiftParams, PitchLift
from firingorder.signal.repetitions import RepetitionEnd
from firingorder.signal.task import TaskSpec

if TYPE_CHECKING:
    from firingorder.calibration.take import ImuTrace
    from firingorder.signal.orientation import Quaternion, Vector

#: The lift that is asked for: any task whose hips rise by tilting backwards would do.
LIFT = TaskSpec(
    id="bridge",
    name="Slow bridges of the calibration",
    template="PITCH_LIFT",
    lift_axis="tilt",
    lift_sign=-1,
    onset_window_ms=(-600.0, 400.0),
    together_margin_ms=30.0,
    prime=("gluteus_maximus",),
    order_pairs=(),
    primary_pair=None,
    sides=("both",),
    min_good_reps=3,
)


@dataclass(frozen=True, slots=True)
class ThresholdParams:
    """When slow bridges set a threshold; proposals unless a source is named.

    Attributes
    ----------
    least_lifts
        Two of the three that are asked for give a range.
    moved_deg
        A turn of the pelvis beyond breathing and sway; exercise_bridge.md section 2.
    still_s
        Lying still between lifts lasts as long as a start pose (exercise_bridge.md section 2).
    least_over
        Peak rate of a slow lift over the threshold, so that a start is found early in it.
    lift
        Limits of the lifts, those of the sessions that will use the threshold.
    """

    least_lifts: int = 2
    moved_deg: float = 4.0
    still_s: float = 0.3
    least_over: float = 2.0
    lift: LiftParams = field(default_factory=LiftParams)


@dataclass(frozen=True, slots=True)
class ThresholdResult:
    """What the slow bridges came to; None where they came to nothing.

    Attributes
    ----------
    threshold_deg_s
        Rate in the direction of the lift above which a movement begins.
    range_deg, peak_deg_s, duration_s
        Median range, peak rate and duration of the lifts.
    lifts
        Complete ones.
    """

    threshold_deg_s: float | None
    range_deg: float | None
    peak_deg_s: float | None
    duration_s: float | None
    lifts: int
    reasons: tuple[Reason, ...]


def remounted(
    trace: ImuTrace, used: Quaternion, found: Quaternion, bias_rad_s: Vector | None
) -> list[tuple[float, Pose]]:
    """Return the poses as they are with another mounting (sensor axes to pelvis), with times.

    ``used`` is the mounting the orientation filter ran with. The vertical does not depend on it.
    """
    change = multiply(used, conjugate(found))
    matrix = rotation_matrix(found)
    bias = np.zeros(3) if bias_rad_s is None else np.array(bias_rad_s)
    rates = np.degrees((trace.gyr_rad_s - bias) @ matrix.T)
    forces = trace.acc_m_s2 @ matrix.T
    norms = np.linalg.norm(rates, axis=1)
    out: list[tuple[float, Pose]] = []
    for k, t_s in enumerate(trace.t_s.tolist()):
        quat = cast("Quaternion", tuple(trace.quat_wxyz[k].tolist()))
        rate = cast("Vector", tuple(rates[k].tolist()))
        acc = cast("Vector", tuple(forces[k].tolist()))
        turned = multiply(quat, change)
        out.append((t_s, Pose(turned, rate, float(norms[k]), k == 0, False, acc)))
    return out


def measure_bridges(
    trace: ImuTrace | None,
    *,
    used_mount: Quaternion,
    mount: Quaternion,
    bias_rad_s: Vector | None,
    still_deg_s: float | None,
    params: ThresholdParams | None = None,
) -> ThresholdResult:
    """Return the threshold that lying still and slow bridges make, or why there is none."""
    p = params or ThresholdParams()
    if trace is None:
        return _refused(Reason("sensor_missing", "step"))
    if len(trace.t_s) < 2:
        return _refused(Reason("sensor_silent", "step"))
    if float(turn_deg(trace).max()) < p.moved_deg:
        return _refused(Reason("no_movement", "step"))
    poses = remounted(trace, used_mount, mount, bias_rad_s)
    rate_hz = 1.0 / float(np.median(np.diff(trace.t_s)))
    if not _rests(poses, p):
        return _refused(Reason("never_still", "step"))
    good, wrong = _lifts(poses, rate_hz, p)
    if len(good) < p.least_lifts:
        backwards, _ = _lifts(_mirrored(poses), rate_hz, p)
        if len(backwards) >= p.least_lifts:
            return _refused(Reason("other_way", "step"))
        return _refused(Reason("few_lifts", "step", None, float(len(good) + wrong)), len(good))
    still = 0.0 if still_deg_s is None else still_deg_s
    threshold = max(p.lift.start_deg_s, p.lift.start_sd * still)
    peaks = [_peak_deg_s(poses, one) for one in good]
    peak = float(np.median(peaks))
    reasons: tuple[Reason, ...] = ()
    if peak < p.least_over * threshold:
        reasons = (Reason("too_slow", "note", None, peak),)
    ranges = [one.pelvis.tilt_range_deg for one in good if one.pelvis is not None]
    lasted = [one.end_s - one.start_s for one in good]
    return ThresholdResult(
        threshold, float(np.median(ranges)), peak, float(np.median(lasted)), len(good), reasons
    )


def _refused(reason: Reason, lifts: int = 0) -> ThresholdResult:
    return ThresholdResult(None, None, None, None, lifts, (reason,))


def _lifts(
    poses: list[tuple[float, Pose]], rate_hz: float, p: ThresholdParams
) -> tuple[list[RepetitionEnd], int]:
    """Return the complete lifts, and how many others there were."""
    finder = PitchLift(p.lift, LIFT, rate_hz)
    events = [event for t_s, pose in poses for event in finder.pose(t_s, pose)[0]]
    events += finder.abort("recording_ended")
    ends = [one for one in events if isinstance(one, RepetitionEnd)]
    good = [one for one in ends if not set(one.reasons) - {"start_pose"}]
    return good, len(ends) - len(good)


def _mirrored(poses: list[tuple[float, Pose]]) -> list[tuple[float, Pose]]:
    """Return what a lift in the other direction would look like: turned by half about z."""
    turn: Quaternion = (0.0, 0.0, 0.0, 1.0)
    out: list[tuple[float, Pose]] = []
    for t_s, one in poses:
        (x, y, z), (ax, ay, az) = one.rate_deg_s, one.acc_m_s2
        pose = Pose(
            multiply(one.quat_wxyz, turn),
            (-x, -y, z),
            one.rate_norm_deg_s,
            one.restarted,
            one.rested,
            (-ax, -ay, az),
        )
        out.append((t_s, pose))
    return out


def _rests(poses: list[tuple[float, Pose]], p: ThresholdParams) -> bool:
    """Return whether the pelvis lay still for as long as a start pose takes, at any time."""
    since_s: float | None = None
    for t_s, pose in poses:
        if pose.rate_norm_deg_s >= p.lift.still_deg_s:
            since_s = None
        elif since_s is None:
            since_s = t_s
        elif t_s - since_s >= p.still_s:
            return True
    return False


def _peak_deg_s(poses: list[tuple[float, Pose]], lift: RepetitionEnd) -> float:
    top_s = lift.end_s if lift.top_s is None else lift.top_s
    return max(abs(one.rate_deg_s[1]) for t_s, one in poses if lift.start_s <= t_s <= top_s)
