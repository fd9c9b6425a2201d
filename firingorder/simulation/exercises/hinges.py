"""Down and up again standing: squats, hinges, bends, a lunge, and a slow stretch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firingorder.simulation.exercises.draft import SIDES, Draft, Muscle, finish

if TYPE_CHECKING:
    from firingorder.simulation.exercises.truth import TrueRepetition

#: While a load goes down a muscle does less than while it goes up (eccentric against concentric
#: about 0.6 to 0.8 of the amplitude; Komi 2000, J Biomech 33:1197).
DOWN_SHARE = (0.45, 0.70)
#: What stays on at the bottom of a squat, and of the glutes while the trunk hangs.
BOTTOM_SHARE = (0.30, 0.55)
HANGING_SHARE = (0.02, 0.06)
#: The back falls silent in the last part of the way down (Floyd and Silver 1955: at about 80 %).
SILENT_FROM = 0.8
#: Somebody who overshoots at the end stays there for so long.
OVERSHOOT_S = (0.7, 1.2)
#: A pelvis that is shifted aside carries the weight with it: metres a degree.
SHIFT_M_DEG = 0.005


@dataclass(frozen=True, slots=True)
class Hinge:
    """A way down and up.

    Attributes
    ----------
    tilt_deg
        Forward tilt of the pelvis at the bottom, range over people.
    down_s, pause_s, up_s
        Asked.
    up_m, forward_m
        How the sacrum has moved at the bottom.
    efforts
        On the way up; the first of working (or both), the second of the other side.
    hangs
        The trunk hangs at the bottom: most backs fall silent.
    rotation_deg
        How far the pelvis turns at the bottom.
    """

    tilt_deg: tuple[float, float]
    down_s: float
    pause_s: tuple[float, float]
    up_s: float
    up_m: float
    forward_m: float
    efforts: dict[Muscle, tuple[float, float]]
    hangs: bool = False
    rotation_deg: float = 0.0


#: Efforts of unloaded squats and lunges: Distefano 2009 (10.2519/jospt.2009.2796) and Caterisano
#: 2002, J Strength Cond Res 16:428, rounded. The pelvis sinks by about the length of a thigh
#: (0.4 m) in a squat to a chair's height; it tips by 20 to 45 degrees (order of magnitude).
SQUAT = Hinge(
    (26.0, 42.0), 2.0, (0.05, 0.5), 1.6, -0.38, -0.15,
    {
        "gluteus_maximus": (0.28, 0.28),
        "gluteus_medius": (0.16, 0.16),
        "hamstring": (0.16, 0.16),
        "erector_spinae": (0.34, 0.34),
    },
)  # fmt: skip
BAND_SQUAT = replace(
    SQUAT,
    tilt_deg=(22.0, 34.0),
    up_m=-0.28,
    efforts={**SQUAT.efforts, "gluteus_medius": (0.3, 0.3)},
)
LUNGE = Hinge(
    (9.0, 18.0), 1.8, (0.05, 0.5), 1.6, -0.33, 0.12,
    {
        "gluteus_maximus": (0.40, 0.16),
        "gluteus_medius": (0.42, 0.25),
        "hamstring": (0.20, 0.12),
        "erector_spinae": (0.18, 0.22),
    },
)  # fmt: skip
_HANGING: dict[Muscle, tuple[float, float]] = {
    "gluteus_maximus": (0.22, 0.22),
    "gluteus_medius": (0.08, 0.08),
    "hamstring": (0.28, 0.28),
    "erector_spinae": (0.38, 0.38),
}
#: Of a full forward bend the hips give about 50 to 60 degrees (Esola 1996, Spine 21:71).
HINGE = Hinge((42.0, 62.0), 2.0, (1.8, 2.5), 1.6, -0.10, -0.14, _HANGING, hangs=True)
RETURN_BEND = Hinge((44.0, 62.0), 2.2, (2.0, 3.0), 2.0, -0.05, -0.10, _HANGING, hangs=True)
ASYM_STANCE = Hinge(
    (34.0, 52.0), 2.0, (1.0, 2.0), 1.6, -0.08, -0.12,
    {
        "gluteus_maximus": (0.30, 0.14),
        "gluteus_medius": (0.20, 0.10),
        "hamstring": (0.32, 0.16),
        "erector_spinae": (0.34, 0.36),
    },
    hangs=True, rotation_deg=4.0,
)  # fmt: skip
#: Bending to something beside the foot, as an example of a task of one's own.
OWN_TASK = Hinge(
    (25.0, 40.0), 1.3, (0.2, 0.8), 1.4, -0.20, -0.10, _HANGING, rotation_deg=14.0
)  # fmt: skip
#: A slow lean on a support: little muscle, several breaths.
LENGTHEN = Hinge(
    (40.0, 58.0), 3.5, (8.0, 11.0), 3.0, -0.08, -0.15,
    {
        "gluteus_maximus": (0.05, 0.05),
        "gluteus_medius": (0.02, 0.02),
        "hamstring": (0.06, 0.06),
        "erector_spinae": (0.06, 0.06),
    },
    hangs=True,
)  # fmt: skip


def squat(d: Draft) -> list[TrueRepetition]:
    """Squat without load."""
    return [_hinge(d, SQUAT)]


def band_squat(d: Draft) -> list[TrueRepetition]:
    """Squat a little with a band about the knees."""
    return [_hinge(d, BAND_SQUAT)]


def lunge(d: Draft) -> list[TrueRepetition]:
    """Sink and rise in a split stance."""
    return [_hinge(d, LUNGE)]


def hinge(d: Draft) -> list[TrueRepetition]:
    """Bend at the hips and come up."""
    return [_hinge(d, HINGE)]


def return_bend(d: Draft) -> list[TrueRepetition]:
    """Bend forward, wait, come up."""
    return [_hinge(d, RETURN_BEND)]


def asym_stance(d: Draft) -> list[TrueRepetition]:
    """Hinge with one foot behind."""
    return [_hinge(d, ASYM_STANCE)]


def own_task(d: Draft) -> list[TrueRepetition]:
    """Bend to one side and pick something up."""
    return [_hinge(d, OWN_TASK)]


def lengthen(d: Draft) -> list[TrueRepetition]:
    """Lean forward slowly and let go."""
    return [_hinge(d, LENGTHEN)]


def _hinge(d: Draft, task: Hinge) -> TrueRepetition:
    slow = d.factor("tempo")
    uneven_deg = d.plant("inconsist") * (1.0 if d.uniform(0.0, 1.0) < 0.5 else -1.0)
    far_deg = d.wide(sum(task.tilt_deg) / 2.0) + uneven_deg
    way: dict[str, float] = {
        "tilt": far_deg,
        "up": task.up_m * d.scale,
        "forward": task.forward_m * d.scale,
        "rotation": d.sign * d.spread(task.rotation_deg, 0.2) * d.scale + d.uniform(-0.8, 0.8),
        "obliquity": d.uniform(-0.8, 0.8),
    }
    away_s = d.start_s
    far_s = d.go(away_s, d.lasts(task.down_s) * slow, way)
    pause_s = d.uniform(*task.pause_s) if d.kind == "full" else 0.05
    up_at_s = far_s + pause_s
    up_s = d.lasts(task.up_s) * slow
    overshoot_deg = d.plant("arch")
    back = {axis: -value for axis, value in way.items()}
    back["tilt"] -= overshoot_deg
    end_s = d.go(up_at_s, up_s, back, pauses=True)
    if overshoot_deg:
        stays_s = end_s + d.uniform(*OVERSHOOT_S)
        end_s = d.move(stays_s, 0.8 * d.athlete.slow, tilt=overshoot_deg)
    _aside(d, away_s, far_s, up_at_s, end_s)
    first_s = _muscles(d, task, away_s, far_s, up_at_s, end_s)
    return finish(
        d,
        away_s=away_s,
        movement_onset_s=up_at_s,
        far_from_s=far_s,
        far_to_s=up_at_s,
        back_s=up_at_s,
        end_s=end_s,
        onset_s=first_s,
    )


def _aside(d: Draft, away_s: float, far_s: float, up_at_s: float, end_s: float) -> None:
    """Plant what deviates while the legs are loaded."""
    from_s, to_s = away_s + 0.4 * (far_s - away_s), up_at_s + 0.6 * (end_s - up_at_s)
    shift_deg = d.plant("shift") * (1.0 if d.uniform(0.0, 1.0) < 0.5 else -1.0)
    d.aside("obliquity", shift_deg, from_s, to_s)
    d.aside("left", -SHIFT_M_DEG * shift_deg, from_s, to_s)
    d.aside("obliquity", d.sign * d.plant("drop"), from_s, to_s)
    tuck_deg = d.plant("tuck")
    if tuck_deg:
        d.aside("tilt", -tuck_deg, away_s + 0.7 * (far_s - away_s), up_at_s + 0.4)


def _muscles(
    d: Draft, task: Hinge, away_s: float, far_s: float, up_at_s: float, end_s: float
) -> float:
    """Let muscles brake, hold or let go, and lift; return the first onset of the lift."""
    lead_s = d.lead_s()
    first_s = up_at_s - d.delay_s()
    lags_s: dict[Muscle, float] = {
        "gluteus_maximus": max(0.0, -lead_s),
        "erector_spinae": max(0.0, lead_s),
        "hamstring": d.uniform(0.0, 0.05),
        "gluteus_medius": d.uniform(0.01, 0.09),
    }
    bottom = d.uniform(*BOTTOM_SHARE)
    loud = d.plant("rest_high")
    for muscle, (working, other) in task.efforts.items():
        for side in SIDES:
            effort = (working if side in d.working else other) * (0.5 + 0.5 * d.scale)
            onset_s = first_s + lags_s[muscle] + d.uniform(0.0, 0.01)
            d.on(muscle, (side,), onset_s, end_s + d.uniform(-0.25, 0.10), effort)
            _way_down(d, task, muscle, side, effort, bottom, (away_s, far_s, onset_s))
            if loud and muscle in ("gluteus_maximus", "erector_spinae"):
                d.on(muscle, (side,), away_s + 0.2, end_s, effort + loud, main=False)
    return first_s


def _way_down(
    d: Draft,
    task: Hinge,
    muscle: Muscle,
    side: str,
    effort: float,
    bottom: float,
    times_s: tuple[float, float, float],
) -> None:
    away_s, far_s, onset_s = times_s
    sides = ("left",) if side == "left" else ("right",)
    braking = effort * d.uniform(*DOWN_SHARE)
    late_s = away_s + d.uniform(0.02, 0.25)
    hangs = task.hangs and (muscle != "erector_spinae" or d.athlete.relaxes)
    if hangs:
        silent_s = away_s + (SILENT_FROM + d.uniform(0.0, 0.15)) * (far_s - away_s)
        d.on(muscle, sides, late_s, silent_s, braking, fall_s=0.35, main=False)
        if muscle != "erector_spinae":
            low = effort * d.uniform(*HANGING_SHARE)
            d.on(muscle, sides, silent_s - 0.2, onset_s + 0.1, low, main=False)
        return
    d.on(muscle, sides, late_s, far_s + 0.1, braking, fall_s=0.2, main=False)
    d.on(muscle, sides, far_s - 0.2, onset_s + 0.1, effort * bottom, main=False)
