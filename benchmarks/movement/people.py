"""Simulated people for the campaign: the same person twice, many faults, nothing at all.

And what a calibration would know of them, made from what was planted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

from firingorder.signal.reference import ChannelReference, OwnBaseline, PersonalReference
from firingorder.signal.repetitions import Cue
from firingorder.simulation.exercises.activities import Activity, ActivityBody
from firingorder.simulation.exercises.body import ExerciseBody
from firingorder.simulation.exercises.catalogue import EXERCISES
from firingorder.simulation.exercises.compensations import Asked
from firingorder.simulation.exercises.options import Options
from firingorder.simulation.exercises.session import SessionPlanner
from firingorder.simulation.noise import generator
from firingorder.simulation.person import ALL_EIGHT

if TYPE_CHECKING:
    from firingorder.simulation.exercises.athlete import Athlete
    from firingorder.simulation.exercises.catalogue import Exercise
    from firingorder.simulation.exercises.draft import Draft
    from firingorder.simulation.exercises.options import Pace, Side
    from firingorder.simulation.exercises.truth import Kind, TrueRepetition

#: Of five attempts two deviate above the limit, one below, two do not deviate.
PATTERN = (True, None, True, False, None)
#: A mounting found by a calibration is off by less than this in 95 of 100 people
#: (docs/movement_angles.md, planted mountings: standing and supine).
MOUNT_ERROR_DEG = 5.0
#: Of rest RMS over seconds of one person; SD over the mean (assumed, as Rest-high needs one).
REST_SPREAD = 0.05
RESTLESS_EVERY_S = 9.0


class Again(ExerciseBody):
    """A body that does an exercise as one person, in a session of another seed.

    With ``faults`` given, attempts deviate by :data:`PATTERN`, each code in turn.
    """

    def __init__(
        self,
        exercise: Exercise,
        options: Options,
        *,
        person: int,
        seed: int,
        attempts: int,
        faults: tuple[str, ...] = (),
        channels: tuple[str, ...] = ALL_EIGHT,
    ) -> None:
        self._person_seed = person
        self._faults = faults
        super().__init__(
            exercise,
            options,
            seed=seed,
            emg_rate_hz=1000.0,
            imu_rate_hz=100.0,
            channels=channels,
            repetitions=attempts,
        )
        if faults:
            planner = _Deviating(exercise, self.athlete, options, seed, faults=faults)
            planner.plan(attempts)
            self._session = planner.truth
            posture = exercise.start_posture(planner.side)
            self._play(planner.score, posture, arm=posture in ("supine", "bench"))

    def _draw_athlete(self) -> Athlete:
        own, self.seed = self.seed, self._person_seed
        try:
            return super()._draw_athlete()
        finally:
            self.seed = own


@dataclass
class _Deviating(SessionPlanner):
    """Plans attempts that deviate more often than people do."""

    faults: tuple[str, ...] = ()
    _count: int = 0

    def _draft(self, t_s: float, rng: np.random.Generator, kind: Kind, scale: float) -> Draft:
        draft = super()._draft(t_s, rng, kind, scale)
        attempt, self._count = self._count, self._count + 1
        above = PATTERN[attempt % len(PATTERN)]
        if above is not None:
            # Each turn of the pattern begins with the next code.
            turn, place = divmod(attempt, len(PATTERN))
            code = self.faults[(turn + place) % len(self.faults)]
            draft.asked = Asked(code, above)
        return draft


def person_of(
    exercise_id: str,
    options: Options,
    *,
    person: int,
    seed: int,
    attempts: int,
    faults: tuple[str, ...] = (),
    per_set: int | None = None,
) -> Again:
    """Return a body that does an exercise of the catalogue."""
    exercise = EXERCISES[exercise_id]
    if per_set is not None:
        exercise = replace(exercise, per_set=per_set)
    return Again(exercise, options, person=person, seed=seed, attempts=attempts, faults=faults)


def attempts_in(exercise_id: str, seconds: float, pace: Pace) -> int:
    """Return how many attempts fill so many seconds, and one more."""
    slow = {"slow": 1.4, "fast": 0.8}.get(pace, 1.0)
    return int(seconds / (EXERCISES[exercise_id].about_s * slow)) + 3


def idle(
    exercise_id: str, kind: str, side: Side, *, seed: int, seconds: float, channels: tuple[str, ...]
) -> ActivityBody:
    """Return a body in the start pose of an exercise that rests, talks or fidgets."""
    plan: list[Activity] = []
    if kind != "rest":
        at_s = RESTLESS_EVERY_S
        while at_s < seconds - 6.0:
            plan.append(Activity("talk" if kind == "talk" else "fidget", at_s))
            at_s += RESTLESS_EVERY_S
    return ActivityBody(
        tuple(plan),
        Options(person="clean"),
        seed=seed,
        channels=channels,
        posture=EXERCISES[exercise_id].start_posture(side),
        name=f"idle {exercise_id}",
    )


def cues_of(truths: tuple[TrueRepetition, ...]) -> list[Cue]:
    """Return what the coach said."""
    out: list[Cue] = []
    for one in truths:
        if one.cue_s is not None:
            out.append(Cue("go", one.cue_s, one.side))
        if one.release_s is not None:
            out.append(Cue("release", one.release_s, one.side))
    return out


def new_sets_s(body: ExerciseBody) -> list[float]:
    """Return when sets begin: where the posture is changed."""
    return [one.at_s for one in body.true_events if one.kind == "change_posture"]


def reference_of(
    body: ExerciseBody, baselines: dict[str, OwnBaseline] | None = None
) -> PersonalReference:
    """Return what a good calibration would know of this body, from what was planted in it."""
    rest_uv = {one.name: one.rest_uv for one in body.person.muscles if one.name in body.channels}
    channels = {
        name: ChannelReference(
            rest, rest * 10.0 ** (body.athlete.maximum_db[name] / 20.0), REST_SPREAD * rest
        )
        for name, rest in rest_uv.items()
    }
    return PersonalReference(
        channels=channels,
        normalisation="task_matched_mvc",
        mount_wxyz=_mount_found(body),
        mount_error_deg=MOUNT_ERROR_DEG,
        still_deg_s=_still_deg_s(body),
        baselines=dict(baselines or {}),
    )


def _mount_found(body: ExerciseBody) -> tuple[float, float, float, float] | None:
    """Return the true mounting, off as a calibration leaves it."""
    if body.mount_wxyz is None:
        return None
    rng = generator(body.seed, "calibration of the mounting")
    axis = rng.standard_normal(3)
    angle = np.radians(MOUNT_ERROR_DEG / 1.96) * abs(rng.standard_normal())
    w, x, y, z = body.mount_wxyz
    true = Rotation.from_quat([x, y, z, w])
    found = Rotation.from_rotvec(angle * axis / np.linalg.norm(axis)) * true
    x, y, z, w = found.as_quat().tolist()
    return (w, x, y, z)


def _still_deg_s(body: ExerciseBody) -> float:
    """Return the largest SD of the rate over the axes while everybody keeps still at first."""
    _, gyr = body.imu(round(1.0 * 100), round(4.0 * 100))
    return float(np.degrees(np.std(gyr, axis=0).max()))
