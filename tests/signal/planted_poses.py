"""Paths of a pelvis with known phases, and the poses that a perfect orientation filter gives.

None of the courses is one that the segmenters fit: skewed, two-stage, trapezoid, cosine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from firingorder.signal.orientation import Pose
from firingorder.signal.repetitions import (
    RepetitionEnd,
    RepetitionEvent,
    RepetitionStart,
    Segmenter,
)
from firingorder.signal.task import PelvisAxis, TaskSpec, Template

if TYPE_CHECKING:
    from collections.abc import Callable

Array = NDArray[np.float64]
AXES = ("obliquity", "tilt", "rotation", "forward", "left", "up")
FINE_HZ = 1000.0


def minimum_jerk(u: Array) -> Array:
    v = np.clip(u, 0.0, 1.0)
    return v**3 * (10.0 - 15.0 * v + 6.0 * v**2)


def trapezoid(u: Array) -> Array:
    v, ramp = np.clip(u, 0.0, 1.0), 0.2
    top = 1.0 / (1.0 - ramp)
    ends = np.where(v < ramp, top * v**2 / (2 * ramp), 1.0 - top * (1 - v) ** 2 / (2 * ramp))
    return np.where((v >= ramp) & (v <= 1 - ramp), top * (v - ramp / 2), ends)


COURSES: dict[str, Callable[[Array], Array]] = {
    "smooth": minimum_jerk,
    "early": lambda u: minimum_jerk(np.clip(u, 0.0, 1.0) ** 0.75),
    "late": lambda u: minimum_jerk(np.clip(u, 0.0, 1.0) ** 1.35),
    "trapezoid": trapezoid,
    "cosine": lambda u: 0.5 - 0.5 * np.cos(np.pi * np.clip(u, 0.0, 1.0)),
    "two_stage": lambda u: 0.45 * minimum_jerk(u / 0.5) + 0.55 * minimum_jerk((u - 0.45) / 0.55),
}

SUPINE = Rotation.from_matrix(np.array([[0.0, 0.0, 1.0], [0.0, -1.0, 0.0], [1.0, 0.0, 0.0]]))
UPRIGHT = Rotation.identity()
SIDE = Rotation.from_matrix(np.array([[0.0, -1.0, 0.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0]]).T)


@dataclass
class Path:
    """Six axes over time: strokes that change one axis for good. Degrees and metres."""

    base: Rotation = field(default_factory=lambda: UPRIGHT)
    now_s: float = 2.5
    strokes: list[tuple[str, float, float, float, str]] = field(default_factory=list)
    pushes: list[tuple[float, float, Array]] = field(default_factory=list)

    def wait(self, seconds: float) -> Path:
        self.now_s += seconds
        return self

    def move(self, seconds: float, course: str = "smooth", **changes: float) -> Path:
        """Change axes over ``seconds``; the time goes on."""
        for axis, change in changes.items():
            self.strokes.append((axis, self.now_s, seconds, change, course))
        return self.wait(seconds)

    def together(self, at_s: float, seconds: float, course: str, **changes: float) -> Path:
        """Change axes at a time of its own."""
        for axis, change in changes.items():
            self.strokes.append((axis, at_s, seconds, change, course))
        return self

    def at(self, t_s: Array) -> Array:
        out = np.zeros((len(t_s), 6))
        for axis, start_s, seconds, change, course in self.strokes:
            out[:, AXES.index(axis)] += change * COURSES[course]((t_s - start_s) / seconds)
        return out

    def poses(
        self,
        rng: np.random.Generator,
        *,
        rate_hz: float = 100.0,
        sway_deg: float = 0.2,
        sway_m: float = 0.002,
        after_s: float = 2.0,
    ) -> list[tuple[float, Pose]]:
        """Return (time, pose) of every sample, with sway, breathing and noise of the sensor."""
        t_s = np.arange(0.0, self.now_s + after_s, 1.0 / rate_hz)
        return poses_of(self.at, self.base, t_s, rng, sway_deg=sway_deg, sway_m=sway_m)


class Sway:
    """Slow motion of a body that keeps still, 0.05 to 0.6 Hz."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._omega = 2 * np.pi * rng.uniform(0.05, 0.6, (6, 6))
        self._phase = rng.uniform(0, 2 * np.pi, (6, 6))

    def at(self, t_s: Array, deg: float, metres: float) -> Array:
        waves = np.cos(t_s[:, None, None] * self._omega + self._phase).sum(axis=2) / np.sqrt(3.0)
        size = np.array([deg, deg, deg, metres, metres, 0.0])
        return waves * size


def poses_of(
    axes: Callable[[Array], Array],
    base: Rotation,
    t_s: Array,
    rng: np.random.Generator,
    *,
    sway_deg: float = 0.2,
    sway_m: float = 0.002,
    extra_m_s2: Callable[[Array], Array] | None = None,
) -> list[tuple[float, Pose]]:
    """Return the poses of a path; ``extra_m_s2`` adds accelerations of the level world."""
    sway, step = Sway(rng), 1e-3

    def at(t: Array) -> Array:
        return axes(t) + sway.at(t, sway_deg, sway_m)

    before, now, after = at(t_s - step), at(t_s), at(t_s + step)
    turned = [base * _twisted(one[:, :3]) for one in (before, now, after)]
    rate = np.degrees((turned[0].inv() * turned[2]).as_rotvec()) / (2 * step)
    acc = (after[:, 3:] - 2 * now[:, 3:] + before[:, 3:]) / step**2
    if extra_m_s2 is not None:
        acc = acc + extra_m_s2(t_s)
    acc[:, 2] += 9.80665
    force = turned[1].inv().apply(acc)
    rate += 0.07 * rng.standard_normal(rate.shape)
    force += 0.01 * rng.standard_normal(force.shape)
    quats = turned[1].as_quat()[:, [3, 0, 1, 2]]
    return [
        (
            float(t),
            Pose(
                quat_wxyz=tuple(q.tolist()),  # type: ignore[arg-type]
                rate_deg_s=tuple(r.tolist()),  # type: ignore[arg-type]
                rate_norm_deg_s=float(np.linalg.norm(r)),
                restarted=False,
                acc_m_s2=tuple(f.tolist()),  # type: ignore[arg-type]
            ),
        )
        for t, q, r, f in zip(t_s, quats, rate, force, strict=True)
    ]


def _twisted(angles_deg: Array) -> Rotation:
    vector = np.tan(0.5 * np.deg2rad(angles_deg))
    return Rotation.from_quat(np.concatenate([vector, np.ones((len(vector), 1))], axis=1))


def task(
    name: str,
    template: Template,
    position: str = "standing",
    *,
    sign: int = 1,
    side: Literal["both", "left", "right"] = "both",
    axis: PelvisAxis = "tilt",
) -> TaskSpec:
    return TaskSpec(
        id=name,
        name=name.capitalize(),
        template=template,
        lift_axis=axis,
        lift_sign=sign,
        onset_window_ms=(-600.0, 400.0),
        together_margin_ms=30.0,
        prime=("gluteus_maximus",),
        order_pairs=(),
        primary_pair=None,
        sides=("both", "left", "right"),
        min_good_reps=3,
        working_side=side,
        position=position,
    )


def find(segmenter: Segmenter, samples: list[tuple[float, Pose]]) -> list[RepetitionEvent]:
    events: list[RepetitionEvent] = []
    for t_s, pose in samples:
        events += segmenter.pose(t_s, pose)[0]
    return events


def ends(events: list[RepetitionEvent]) -> list[RepetitionEnd]:
    return [one for one in events if isinstance(one, RepetitionEnd)]


def starts(events: list[RepetitionEvent]) -> list[RepetitionStart]:
    return [one for one in events if isinstance(one, RepetitionStart)]


def told(name: str, errors_s: list[float]) -> float:
    """Print median and 95 % of errors in ms; return the 95 % in seconds."""
    size = np.abs(errors_s)
    middle, far = np.median(size), np.quantile(size, 0.95)
    print(
        f"  {name:9s} n={len(errors_s):3d} median {1e3 * np.median(errors_s):6.0f} ms"
        f"  abs median {1e3 * middle:5.0f} ms  95 % {1e3 * far:5.0f} ms"
    )
    return float(far)
