"""Angles of the pelvis in whole sessions against the planted pose, with the stated errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.movement.scoring import match
from firingorder.signal.metrics.pelvis import AXES
from firingorder.signal.metrics.windows import phase_windows
from firingorder.signal.orientation import pelvis_angles_deg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.spatial.transform import Rotation

    from benchmarks.movement.truths import Attempt
    from firingorder.findings import RepetitionFinding
    from firingorder.signal.task import TaskSpec
    from firingorder.simulation.exercises.pelvis import ScorePelvis

GRID_S = 0.02
#: Where the largest angle is looked for, by the far window's name in the metrics.
FAR = ("top", "bottom", "stance", "steady", "hold", "absorb")


@dataclass(slots=True)
class AngleScore:
    """Errors in degrees by axis: ranges, peaks of the far window, and whether peaks were inside."""

    ranges: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    peaks: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    inside: dict[str, list[bool]] = field(default_factory=dict[str, list[bool]])

    def add(self, other: AngleScore) -> None:
        """Add another session."""
        for name in ("ranges", "peaks", "inside"):
            mine: dict[str, list[float]] = getattr(self, name)
            for axis, values in getattr(other, name).items():
                mine.setdefault(axis, []).extend(values)


def score_angles(
    planted: Sequence[Attempt],
    found: Sequence[RepetitionFinding],
    pelvis: ScorePelvis,
    task: TaskSpec,
) -> AngleScore:
    """Return the errors of the scored repetitions, relative to the pose at the found start."""
    out = AngleScore()
    sign = {"left": 1.0, "right": -1.0}.get(task.working_side, 1.0)
    for i, j in match(planted, found):
        attempt, one = planted[i], found[j]
        if attempt.kind != "good" or not one.scored or one.pelvis is None or one.phases is None:
            continue
        start_s, end_s = one.phases.away_s, one.phases.end_s
        true = _angles(pelvis, start_s, np.arange(start_s, end_s, GRID_S))
        ours = (
            one.pelvis.tilt_range_deg,
            one.pelvis.obliquity_range_deg,
            one.pelvis.rotation_range_deg,
        )
        for axis, name in enumerate(AXES):
            spread = float(np.ptp(true[:, axis]))
            out.ranges.setdefault(name, []).append(ours[axis] - spread)
        _peaks(out, one, pelvis, task, start_s, sign)
    return out


def _peaks(
    out: AngleScore,
    one: RepetitionFinding,
    pelvis: ScorePelvis,
    task: TaskSpec,
    start_s: float,
    sign: float,
) -> None:
    assert one.phases is not None
    windows = phase_windows(one.phases, task.template)
    if task.template == "IMPACT":
        windows = {"absorb": (one.phases.away_s, one.phases.end_s)}
    for window, span in windows.items():
        if window not in FAR or span is None:
            continue
        true = _angles(pelvis, start_s, np.arange(span[0], span[1] + 1e-9, GRID_S))
        for axis, name in enumerate(AXES):
            metric = next((m for m in one.metrics if m.name == f"{name}_peak_{window}"), None)
            if metric is None or metric.value is None or metric.low is None or metric.high is None:
                continue
            course = true[:, axis] * (1.0 if axis == 0 else sign)
            # Of two peaks of about the same size either may be the larger one: the nearer counts.
            peaks = (float(course.min()), float(course.max()))
            largest = max(abs(value) for value in peaks)
            near = [value for value in peaks if abs(value) > 0.7 * largest] or [peaks[0]]
            true_deg = min(near, key=lambda value: abs(value - metric.value))  # type: ignore[operator]
            out.peaks.setdefault(name, []).append(metric.value - true_deg)
            out.inside.setdefault(name, []).append(metric.low <= true_deg <= metric.high)


def _angles(pelvis: ScorePelvis, start_s: float, t_s: NDArray[np.float64]) -> NDArray[np.float64]:
    pose = pelvis.pose(np.concatenate([[start_s], t_s]))
    first = _wxyz(pose[0])
    return np.array([pelvis_angles_deg(first, _wxyz(pose[k])) for k in range(1, len(t_s) + 1)])


def _wxyz(pose: Rotation) -> tuple[float, float, float, float]:
    x, y, z, w = pose.as_quat().tolist()
    return (w, x, y, z)
