"""The exercises: posture, sides, what can go wrong, and who plans their repetitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.simulation.exercises import (
    balance,
    chairs,
    hinges,
    holds,
    impacts,
    lifts,
    steps,
    still_limb,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.simulation.exercises.draft import Draft
    from firingorder.simulation.exercises.options import Side
    from firingorder.simulation.exercises.postures import Posture
    from firingorder.simulation.exercises.truth import TrueRepetition

    Planner = Callable[[Draft], list[TrueRepetition]]

#: A session lasts about a quarter of an hour, whatever is done.
SESSION_S = 900.0


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise as it is simulated.

    Attributes
    ----------
    id
        As in the exercise record.
    plan
        Plans one attempt (one bout, of walking and stepping).
    posture
        Start pose; "side" is the side that lies on top or below by the working side.
    sides
        Ways to do it, the usual one first.
    cued
        A coach says when.
    per_set
        Attempts before the posture changes.
    gap_s
        Rest between attempts.
    about_s
        How long an attempt lasts, with its rest.
    codes
        Deviations that can be planted.
    between
        Posture between sets.
    halves
        Whether half repetitions and false starts make sense.
    """

    id: str
    plan: Planner
    posture: Posture | None
    sides: tuple[Side, ...]
    per_set: int
    gap_s: tuple[float, float]
    about_s: float
    codes: tuple[str, ...] = ()
    between: Posture = "standing"
    cued: bool = False
    halves: bool = True
    lower_side: bool = False

    def start_posture(self, side: Side) -> Posture:
        """Return where it begins for a working side."""
        if self.posture is not None:
            return self.posture
        on_top = side if not self.lower_side else ("left" if side == "right" else "right")
        return "right_side_up" if on_top == "right" else "left_side_up"

    @property
    def repetitions(self) -> int:
        """How many attempts make a session."""
        return max(1, round(SESSION_S / self.about_s))


_BOTH: tuple[Side, ...] = ("both",)
_ONE: tuple[Side, ...] = ("left", "right")
_ALL: tuple[Side, ...] = ("left", "right", "both")
_REST = (2.2, 4.0)
_BRIEF = (1.3, 3.0)
_COACH = (3.2, 6.0)
_ISO = ("missed", "hold", "not_still", "no_quiet")

_LIST = (
    Exercise("iso_sit", holds.iso, "sitting", _BOTH, 6, (7.0, 10.0), 20.0, _ISO, cued=True),
    Exercise("iso_stand", holds.iso, "standing", _BOTH, 6, (7.0, 10.0), 20.0, _ISO, "sitting",
             cued=True),
    Exercise("iso_prone", holds.iso, "prone", _BOTH, 6, (7.0, 10.0), 20.0, (*_ISO, "es_loud"),
             "hands_and_knees", cued=True),
    Exercise("iso_supine", holds.iso, "supine", _BOTH, 6, (7.0, 10.0), 20.0, _ISO, "sitting",
             cued=True),
    Exercise("sit_hands", holds.sit_hands, "sitting", _ALL, 6, _COACH, 13.0,
             ("cross", "missed", "hold", "not_still"), cued=True),
    Exercise("sit_hands_ramp", holds.sit_hands_ramp, "sitting", _ALL, 4, _COACH, 20.0,
             ("track", "cross", "not_still"), cued=True),
    Exercise("bridge", lifts.bridge, "supine", ("both", "left", "right"), 10, _REST, 8.5,
             ("arch_late", "ham_lead", "es_early", "twist", "tempo", "takeover"), "sitting"),
    Exercise("hip_thrust", lifts.hip_thrust, "bench", ("both", "left", "right"), 10, _REST, 8.5,
             ("arch_late", "ham_lead", "es_early", "twist", "tempo", "takeover"), "sitting"),
    Exercise("clam", still_limb.clam, None, _ONE, 10, _REST, 7.0, ("open", "tilt", "tempo"),
             "sitting"),
    Exercise("side_raise", still_limb.side_raise, None, _ONE, 10, _REST, 7.0,
             ("open", "hike", "es_early"), "sitting"),
    Exercise("quad_ext", still_limb.quad_ext, "hands_and_knees", _ONE, 10, _REST, 7.5,
             ("arch", "open", "es_early"), "sitting"),
    Exercise("prone_raise", still_limb.prone_raise, "prone", _ONE, 8, _REST, 10.0,
             ("arch", "open", "es_early", "ham_lead", "takeover"), "hands_and_knees"),
    Exercise("band_squat", hinges.band_squat, "standing", _BOTH, 10, _BRIEF, 6.5,
             ("inconsist", "tuck", "shift", "tempo"), "sitting"),
    Exercise("side_step", steps.side_step, "standing", _BOTH, 1, (6.0, 9.0), 40.0,
             ("uneven", "shift", "tilt"), "sitting", halves=False),
    Exercise("kickback", still_limb.kickback, "standing", _ONE, 10, _REST, 6.5,
             ("arch", "drop", "open"), "sitting"),
    Exercise("squat", hinges.squat, "standing", _BOTH, 8, _BRIEF, 6.5,
             ("inconsist", "tuck", "shift", "tempo"), "sitting"),
    Exercise("lunge", hinges.lunge, "standing", _ONE, 8, _BRIEF, 6.5,
             ("drop", "shift", "inconsist"), "sitting"),
    Exercise("hinge", hinges.hinge, "standing", _BOTH, 8, _BRIEF, 8.5,
             ("es_early", "arch", "shift"), "sitting"),
    Exercise("sit_to_stand", chairs.sit_to_stand, "sitting", _BOTH, 8, _BRIEF, 8.0,
             ("shift", "es_early")),
    Exercise("step_up", chairs.step_up, "standing", _ONE, 8, _BRIEF, 7.5,
             ("drop", "shift", "inconsist"), "sitting"),
    Exercise("return_bend", hinges.return_bend, "standing", _BOTH, 5, _BRIEF, 9.5,
             ("es_early", "arch", "shift"), "sitting"),
    Exercise("one_leg_stand", balance.one_leg_stand, "standing", _ONE, 3, (3.0, 5.0), 17.0,
             ("drop", "sway"), "sitting"),
    Exercise("bird_dog", still_limb.bird_dog, "hands_and_knees", _ONE, 6, _REST, 10.0,
             ("arch", "open", "drop"), "sitting"),
    Exercise("side_plank", balance.side_plank, None, _ONE, 3, (6.0, 9.0), 22.0,
             ("open", "hold"), "sitting", lower_side=True),
    Exercise("gait", steps.gait, "standing", _BOTH, 1, (5.0, 8.0), 45.0,
             ("drop", "sway", "uneven"), "sitting", halves=False),
    Exercise("stand_shift", steps.stand_shift, "standing", _BOTH, 6, (2.0, 4.0), 40.0,
             ("shift", "uneven"), "sitting", halves=False),
    Exercise("land_absorb", impacts.land_absorb, "standing", ("both", "left", "right"), 5,
             (2.0, 3.5), 10.0, ("late_absorb", "uneven", "no_quiet"), "sitting", halves=False),
    Exercise("release_quiet", holds.release_quiet, "supine", ("both", "left", "right"), 5,
             (9.5, 12.0), 17.0, ("rest_high", "no_quiet"), "sitting", cued=True),
    Exercise("lengthen", hinges.lengthen, "standing", _BOTH, 5, (2.5, 4.0), 21.0, ("rest_high",),
             "sitting"),
    Exercise("asym_stance", hinges.asym_stance, "standing", _ONE, 6, _BRIEF, 8.0,
             ("es_early", "arch", "shift"), "sitting"),
    Exercise("own_task", hinges.own_task, "standing", ("both", "left", "right"), 6, _BRIEF, 6.0,
             (), "sitting"),
)  # fmt: skip
EXERCISES: dict[str, Exercise] = {one.id: one for one in _LIST}
