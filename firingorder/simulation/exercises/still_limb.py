"""A leg moves and the pelvis should not: lying on the side or the front, on all fours, standing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.simulation.exercises.draft import Draft, Muscle, finish
from firingorder.simulation.exercises.score import Push

if TYPE_CHECKING:
    from firingorder.simulation.exercises.options import Side
    from firingorder.simulation.exercises.truth import TrueRepetition

#: Where a fall along half a cosine passes 70 % of the plateau, as a share of the fall before its
#: end: arccos(1 - 2 * 0.7) / pi.
AT_70 = float(np.arccos(1.0 - 1.4) / np.pi)
#: The reaction to a leg of 16 % of the body that starts to move shakes the sacrum by some tenths of
#: a m/s^2 (segment masses: Winter, Biomechanics and Motor Control of Human Movement).
JOLT_M_S2 = (0.1, 0.5)
JOLT_S = 0.25


@dataclass(frozen=True, slots=True)
class Limb:
    """A raise of a leg.

    Attributes
    ----------
    efforts
        Shares of a maximal contraction on the working and on the other side.
    lags_s
        Onset of each muscle after the first; the back's is replaced where ``asks_order``.
    prime
        Muscles and sides ("w", "o") that the phases are about.
    raise_s, hold_s, lower_s
        Asked.
    gives_deg
        How far a pelvis gives way that keeps still: tilt, obliquity, rotation (largest).
    """

    efforts: dict[Muscle, tuple[float, float]]
    lags_s: dict[Muscle, float]
    prime: tuple[tuple[Muscle, str], ...]
    raise_s: float
    hold_s: float
    lower_s: float
    gives_deg: tuple[float, float, float]
    asks_order: bool = False


#: Amplitudes: Distefano 2009, J Orthop Sports Phys Ther 39:532 (10.2519/jospt.2009.2796) for lying
#: on the side; Ekstrom 2007, ibid. 37:754 for all fours; Lewis and Sahrmann 2009, Phys Ther 89:157
#: and Oh 2007 (10.2519/jospt.2007.2435) for the prone raise; rounded, the rest is in proportion.
CLAM = Limb(
    {
        "gluteus_medius": (0.40, 0.04),
        "gluteus_maximus": (0.36, 0.03),
        "hamstring": (0.05, 0.0),
        "erector_spinae": (0.05, 0.06),
    },
    {"gluteus_medius": 0.0, "gluteus_maximus": 0.03, "hamstring": 0.08, "erector_spinae": 0.12},
    (("gluteus_medius", "w"), ("gluteus_maximus", "w")),
    1.5, 0.7, 1.5, (0.6, 0.6, 1.8),
)  # fmt: skip
SIDE_RAISE = Limb(
    {
        "gluteus_medius": (0.70, 0.12),
        "gluteus_maximus": (0.32, 0.05),
        "hamstring": (0.12, 0.03),
        "erector_spinae": (0.14, 0.22),
    },
    {"gluteus_medius": 0.0, "gluteus_maximus": 0.05, "hamstring": 0.09, "erector_spinae": 0.12},
    (("gluteus_medius", "w"),),
    1.5, 0.7, 1.5, (0.8, 2.2, 0.8),
    asks_order=True,
)  # fmt: skip
QUAD_EXT = Limb(
    {
        "gluteus_maximus": (0.48, 0.10),
        "hamstring": (0.40, 0.06),
        "erector_spinae": (0.28, 0.33),
        "gluteus_medius": (0.35, 0.22),
    },
    {"gluteus_maximus": 0.0, "hamstring": 0.0, "erector_spinae": 0.06, "gluteus_medius": 0.05},
    (("gluteus_maximus", "w"), ("hamstring", "w"), ("erector_spinae", "w"),
     ("erector_spinae", "o")),
    1.5, 1.0, 1.5, (2.0, 1.2, 1.6),
    asks_order=True,
)  # fmt: skip
#: Hamstring first, glute last by a tenth of a second and more (Sakamoto 2009 and others; the order
#: differs from study to study).
PRONE_RAISE = Limb(
    {
        "hamstring": (0.45, 0.04),
        "gluteus_maximus": (0.28, 0.05),
        "erector_spinae": (0.40, 0.45),
        "gluteus_medius": (0.20, 0.05),
    },
    {"hamstring": 0.0, "erector_spinae": 0.05, "gluteus_maximus": 0.12, "gluteus_medius": 0.10},
    (("gluteus_maximus", "w"), ("hamstring", "w"), ("erector_spinae", "w"),
     ("erector_spinae", "o")),
    1.2, 4.0, 1.2, (2.2, 0.8, 1.5),
    asks_order=True,
)  # fmt: skip
KICKBACK = Limb(
    {
        "gluteus_maximus": (0.36, 0.14),
        "hamstring": (0.30, 0.08),
        "erector_spinae": (0.20, 0.22),
        "gluteus_medius": (0.14, 0.36),
    },
    {"gluteus_maximus": 0.05, "hamstring": 0.03, "erector_spinae": 0.05, "gluteus_medius": 0.0},
    (("gluteus_maximus", "w"), ("hamstring", "w"), ("erector_spinae", "w"),
     ("erector_spinae", "o")),
    1.2, 0.6, 1.3, (4.0, 1.6, 1.6),
    asks_order=True,
)  # fmt: skip
BIRD_DOG = Limb(
    {
        "gluteus_maximus": (0.52, 0.12),
        "erector_spinae": (0.28, 0.36),
        "hamstring": (0.39, 0.06),
        "gluteus_medius": (0.42, 0.25),
    },
    {"gluteus_maximus": 0.0, "erector_spinae": 0.03, "hamstring": 0.03, "gluteus_medius": 0.05},
    (("gluteus_maximus", "w"), ("erector_spinae", "o")),
    1.5, 3.0, 1.5, (2.0, 1.6, 2.0),
    asks_order=True,
)  # fmt: skip


def clam(d: Draft) -> list[TrueRepetition]:
    """Open the knees lying on the side."""
    return [_raise(d, CLAM)]


def side_raise(d: Draft) -> list[TrueRepetition]:
    """Raise the upper leg lying on the side."""
    return [_raise(d, SIDE_RAISE)]


def quad_ext(d: Draft) -> list[TrueRepetition]:
    """Push a heel to the ceiling on all fours."""
    return [_raise(d, QUAD_EXT)]


def prone_raise(d: Draft) -> list[TrueRepetition]:
    """Raise a leg lying on the front."""
    return [_raise(d, PRONE_RAISE)]


def kickback(d: Draft) -> list[TrueRepetition]:
    """Push a leg back standing."""
    return [_raise(d, KICKBACK)]


def bird_dog(d: Draft) -> list[TrueRepetition]:
    """Stretch a leg and the other arm on all fours."""
    return [_raise(d, BIRD_DOG)]


def _raise(d: Draft, task: Limb) -> TrueRepetition:
    onsets_s = _onsets(d, task)
    first_s = min(
        onsets_s[muscle, side]
        for muscle, side in onsets_s
        if (muscle, "w" if side in d.working else "o") in task.prime
    )
    moves_s = first_s + d.delay_s()
    raise_s = d.lasts(task.raise_s) * d.factor("tempo")
    lower_at_s = moves_s + raise_s + task.hold_s * d.spread(1.0) * (1.0 if d.scale == 1.0 else 0.2)
    down_s = lower_at_s + d.lasts(task.lower_s)
    fall_s = 0.6 * (down_s - lower_at_s)
    share = d.factor("ham_lead")
    offsets_s: list[float] = []
    back_s: list[float] = []
    for (muscle, side), onset_s in onsets_s.items():
        working = side in d.working
        effort = task.efforts[muscle][0 if working else 1] * (0.4 + 0.6 * d.scale)
        effort *= share if muscle == "hamstring" and working else 1.0
        effort *= 0.75 if share > 1.5 and muscle == "gluteus_maximus" else 1.0
        offset_s = down_s + d.uniform(-0.15, 0.15)
        rise_s = min(d.uniform(0.12, 0.40), 0.6 * raise_s)
        d.on(muscle, (side,), onset_s, offset_s, effort, rise_s=rise_s, fall_s=fall_s)
        if (muscle, "w" if working else "o") in task.prime:
            offsets_s.append(offset_s)
            back_s.append(offset_s - AT_70 * fall_s)
    _pelvis(d, task, moves_s, raise_s, lower_at_s, down_s)
    return finish(
        d,
        away_s=first_s,
        movement_onset_s=moves_s,
        far_from_s=min(first_s + raise_s, lower_at_s),
        far_to_s=lower_at_s,
        back_s=min(back_s),
        end_s=max(offsets_s),
        onset_s=first_s,
    )


def _onsets(d: Draft, task: Limb) -> dict[tuple[Muscle, Side], float]:
    """Return the onset of every muscle and side; the first one starts at ``start_s``."""
    lags_s: dict[Muscle, float] = {
        name: lag_s + d.uniform(-0.015, 0.015) for name, lag_s in task.lags_s.items()
    }
    if task.asks_order:
        lead_s = d.lead_s() + lags_s["erector_spinae"] - lags_s["gluteus_maximus"]
        lags_s["erector_spinae"] = lags_s["gluteus_maximus"] + lead_s
    first_s = min(lags_s.values())
    out: dict[tuple[Muscle, Side], float] = {}
    for muscle, lag_s in lags_s.items():
        for side in (*d.working, *d.other):
            late_s = 0.0 if side in d.working else d.uniform(0.0, 0.06)
            out[muscle, side] = d.start_s + lag_s - first_s + late_s
    return out


def _pelvis(
    d: Draft, task: Limb, moves_s: float, raise_s: float, lower_at_s: float, down_s: float
) -> None:
    tilt, obliquity, rotation = (d.uniform(0.2, 1.0) * most for most in task.gives_deg)
    away = {
        "tilt": tilt * d.scale,
        "obliquity": d.sign * obliquity * d.scale,
        "rotation": d.sign * rotation * d.scale,
    }
    d.go(moves_s, raise_s, away, pauses=True)
    d.go(lower_at_s, down_s - lower_at_s, {axis: -value for axis, value in away.items()})
    jolt = d.uniform(*JOLT_M_S2) * d.scale
    direction = d.rng.standard_normal(3)
    x, y, z = (float(v) for v in jolt * direction / np.linalg.norm(direction))
    d.score.shake(Push(moves_s, (x, y, z), JOLT_S))
    d.score.shake(Push(down_s - JOLT_S, (-x, -y, z), JOLT_S))
    from_s, to_s = moves_s + 0.2 * raise_s, lower_at_s + 0.5 * (down_s - lower_at_s)
    to_s = max(to_s, from_s + 0.8)
    d.aside("rotation", d.sign * d.plant("open"), from_s, to_s)
    d.aside("obliquity", d.sign * d.plant("hike"), from_s, to_s)
    # The side that is not held up drops: of all fours and of one leg that is the working one.
    d.aside("obliquity", -d.sign * d.plant("drop"), from_s, to_s)
    d.aside("tilt", d.plant("arch"), from_s, to_s)
    d.aside("tilt", d.plant("tilt") * (1.0 if d.uniform(0.0, 1.0) < 0.5 else -1.0), from_s, to_s)
