"""Sessions of one exercise: each is one job that plays people through the product and is scored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from statistics import stdev
from typing import TYPE_CHECKING

from benchmarks.movement import plan as plans
from benchmarks.movement.faults import OF_SETS, FaultScore, score_faults, score_sets
from benchmarks.movement.pelvis_angles import AngleScore, score_angles
from benchmarks.movement.people import (
    Again,
    attempts_in,
    cues_of,
    idle,
    new_sets_s,
    person_of,
    reference_of,
)
from benchmarks.movement.playing import Played, play
from benchmarks.movement.scoring import CUT_OFF, Score, score
from benchmarks.movement.truths import attempts
from firingorder.calibration.own_variability import own_set, own_variability
from firingorder.signal.pose_segmenter import EMG_CAN_REPLACE, POSE_TEMPLATES
from firingorder.simulation.exercises.catalogue import EXERCISES
from firingorder.simulation.exercises.options import Options
from firingorder.simulation.person import ALL_EIGHT

if TYPE_CHECKING:
    from benchmarks.movement.plan import Plan
    from firingorder.signal.reference import OwnBaseline, PersonalReference
    from firingorder.signal.task import TaskSpec
    from firingorder.simulation.exercises.options import Pace, Side

#: Repetitions of a baseline set; calibration asks for ten, and needs five that have the value.
BASELINE_SET = 8
#: Depths of a set differ or do not by their SD; between the two it is left open
#: (docs/reference/exercises.md: 5 degrees).
DEEP_ABOVE_DEG, DEEP_BELOW_DEG = 6.0, 4.0


@dataclass(slots=True)
class Outcome:
    """Everything that was counted of one exercise; ``scores`` by kind of session."""

    exercise: str
    scores: dict[str, Score] = field(default_factory=dict[str, "Score"])
    faults: FaultScore = field(default_factory=FaultScore)
    without: FaultScore = field(default_factory=FaultScore)
    angles: AngleScore = field(default_factory=AngleScore)
    uncalibrated: AngleScore = field(default_factory=AngleScore)

    def add(self, other: Outcome) -> None:
        """Add another job of the same exercise."""
        for kind, one in other.scores.items():
            self.scores.setdefault(kind, Score()).add(one)
        self.faults.add(other.faults)
        self.without.add(other.without)
        self.angles.add(other.angles)
        self.uncalibrated.add(other.uncalibrated)


def can_do_alone(task: TaskSpec) -> bool:
    """Tell whether the template finds repetitions without a pelvis sensor."""
    return task.template not in POSE_TEMPLATES or task.template in EMG_CAN_REPLACE


def paced(exercise_id: str, pace: Pace, number: int, plan: Plan) -> Outcome:
    """Return how an ordinary person is followed at a pace; nothing is known of them."""
    seconds = plan.usual_s if pace == "usual" else plan.paced_s
    body, task = _ordinary(exercise_id, pace, number, seconds, plan)
    cues = cues_of(body.true_repetitions)
    played = play(body, task, seconds, cues=cues, new_sets_s=new_sets_s(body))
    out = Outcome(exercise_id)
    planted = attempts(body.true_repetitions, task, seconds - 2.0)
    out.scores[pace] = score(planted, played.repetitions, seconds, played.live)
    if pace == "usual":
        out.uncalibrated = score_angles(planted, played.repetitions, body.pelvis, task)  # type: ignore[arg-type]
    return out


def unseen(exercise_id: str, kind: str, plan: Plan) -> Outcome:
    """Return the same without the sensor ("alone") or without cues ("uncued")."""
    seconds = plan.alone_s if kind == "alone" else plan.uncued_s
    body, task = _ordinary(exercise_id, "usual", 50, seconds, plan)
    cues = cues_of(body.true_repetitions) if kind == "alone" else []
    played = play(
        body,
        task,
        seconds,
        with_imu=kind != "alone",
        cues=cues,
        new_sets_s=new_sets_s(body),
    )
    out = Outcome(exercise_id)
    planted = attempts(body.true_repetitions, task, seconds - 2.0)
    out.scores[kind] = score(planted, played.repetitions, seconds, played.live)
    if kind == "alone" and task.template in POSE_TEMPLATES:
        # Muscles know when they began and ended, not where the pelvis was meanwhile.
        for errors in (out.scores[kind].errors_ms, out.scores[kind].live_ms):
            for phase in ("onset", "far_from", "far_to", "back"):
                errors.pop(phase, None)
    return out


def _ordinary(
    exercise_id: str, pace: Pace, number: int, seconds: float, plan: Plan
) -> tuple[Again, TaskSpec]:
    side = plans.side_for(exercise_id, number)
    seed = plans.seed_of(plan, exercise_id, pace, number)
    body = person_of(
        exercise_id,
        Options(pace=pace, side=side),
        person=seed,
        seed=seed,
        attempts=attempts_in(exercise_id, seconds, pace),
    )
    return body, plans.task_for(exercise_id, side)


def faulty(exercise_id: str, number: int, plan: Plan) -> Outcome:
    """Return which planted faults are told, by one person who was calibrated."""
    task, side = _fault_task(exercise_id, number)
    codes = tuple(code for code in EXERCISES[exercise_id].codes if code not in OF_SETS)
    seed = plans.seed_of(plan, exercise_id, "faults", number)
    out = Outcome(exercise_id)
    if not codes:
        return out
    count = max(plan.fault_least, attempts_in(exercise_id, plan.fault_s, "usual") - 2)
    options = Options(pace="usual", side=side, person="clean")
    body = person_of(exercise_id, options, person=seed, seed=seed, attempts=count + 1, faults=codes)
    own: dict[str, OwnBaseline] = {}
    if set(task.faults) & set(plans.OWN):
        own = _baselines(exercise_id, options, task, seed, plan)
    reference = reference_of(body, own)
    last_s = max(one.over_s for one in body.true_repetitions[:-1])
    seconds = min(last_s + 3.0, plan.fault_s + 60.0)
    played = _with(body, task, seconds, reference)
    planted = attempts(body.true_repetitions, task, seconds - 2.0)
    out.faults = score_faults(task.faults, planted, played.repetitions)
    out.angles = score_angles(planted, played.repetitions, body.pelvis, task)  # type: ignore[arg-type]
    return out


def uncalibrated(exercise_id: str, plan: Plan) -> Outcome:
    """Return what of the faults is said to be seen where nothing is known of the person."""
    task, side = _fault_task(exercise_id, 0)
    seed = plans.seed_of(plan, exercise_id, "without", 0)
    options = Options(pace="usual", side=side, person="clean")
    count = attempts_in(exercise_id, plan.without_s, "usual")
    body = person_of(exercise_id, options, person=seed, seed=seed, attempts=count)
    played = _with(body, task, plan.without_s, None)
    planted = attempts(body.true_repetitions, task, plan.without_s - 2.0)
    out = Outcome(exercise_id)
    out.without = score_faults(task.faults, planted, played.repetitions)
    return out


def set_fault(exercise_id: str, code: str, plan: Plan) -> Outcome:
    """Return whether a fault that only a set can show is told of the sets that have it."""
    task, side = _fault_task(exercise_id, 0)
    seed = plans.seed_of(plan, exercise_id, f"set {code}", 0)
    exercise = replace(EXERCISES[exercise_id], codes=(code,))
    # The neighbours take over in every third set only: these sessions begin just before it.
    takes_over = code == "takeover"
    options = Options(
        pace="usual", side=side, person="clean", compensations="some" if takes_over else "none"
    )
    count = (
        3 * exercise.per_set if takes_over else attempts_in(exercise_id, plan.set_code_s, "usual")
    )
    body = Again(
        exercise, options, person=seed, seed=seed, attempts=count,
        faults=() if takes_over else (code,),
    )  # fmt: skip
    start_s = new_sets_s(body)[1] if takes_over else 0.0
    over_s = max(one.over_s for one in body.true_repetitions)
    seconds = min(plan.set_code_s, over_s + 3.0 - start_s)
    played = _with(body, task, seconds, reference_of(body), start_s=start_s)
    first = 2 if takes_over else 1
    truth = _set_truth(body, code, first, start_s + seconds)
    out = Outcome(exercise_id)
    out.faults = score_sets(code, truth, played.sets, least=3)
    return out


def _set_truth(body: Again, code: str, first: int, until_s: float) -> dict[int, bool | None]:
    """Return what was planted in each set, by the number that the product gives it."""
    out: dict[int, bool | None] = {}
    sets = sorted({one.set_index for one in body.true_repetitions})
    for index in sets:
        reps = [one for one in body.true_repetitions if one.set_index == index]
        if any(one.over_s > until_s for one in reps):
            continue
        found = [c.above for one in reps for c in one.compensations if c.code == code]
        number = index if first == 1 else index - 1
        out[number] = any(found) if found else None
        if code == "inconsist" and len(reps) >= 3:
            depths = [one.range.tilt_deg[1] - one.range.tilt_deg[0] for one in reps if one.range]
            deviates = stdev(depths)
            out[number] = deviates > DEEP_ABOVE_DEG
            if DEEP_BELOW_DEG < deviates <= DEEP_ABOVE_DEG:
                del out[number]
    return out


def _with(
    body: Again,
    task: TaskSpec,
    seconds: float,
    reference: PersonalReference | None,
    start_s: float = 0.0,
) -> Played:
    return play(
        body,
        task,
        seconds,
        start_s=start_s,
        reference=reference,
        cues=cues_of(body.true_repetitions),
        new_sets_s=new_sets_s(body),
    )


def _fault_task(exercise_id: str, number: int) -> tuple[TaskSpec, Side | None]:
    """Return the task as a programme asks for it, on one side where a fault is only seen then."""
    side = plans.side_for(exercise_id, number)
    if "cross" in EXERCISES[exercise_id].codes:
        side = ("left", "right")[number % 2]
    task = plans.task_for(exercise_id, side)
    return replace(task, asked_hold_s=task.hold_s, asked_tempo_s=plans.TEMPO.get(exercise_id)), side


def _baselines(
    exercise_id: str, options: Options, task: TaskSpec, person: int, plan: Plan
) -> dict[str, OwnBaseline]:
    """Return what two sets of the same person say, on another day of the generator."""
    del plan
    exercise = EXERCISES[exercise_id]
    bouts = exercise.per_set == 1
    per_set = 1 if bouts else BASELINE_SET
    body = person_of(
        exercise_id, options, person=person, seed=person + 5, attempts=2 * per_set, per_set=per_set
    )
    over_s = max(one.over_s for one in body.true_repetitions)
    played = _with(body, task, over_s + 3.0, reference_of(body))
    sets = [
        own_set([one for one in played.repetitions if one.set_index == index], 1)
        for index in (1, 2)
    ]
    return dict(own_variability(sets).within_day)


def negative(exercise_id: str, kind: str, plan: Plan) -> Outcome:
    """Return what is found where nobody does this exercise: at rest, talking, fidgeting."""
    side = plans.side_for(exercise_id, 0)
    task = plans.task_for(exercise_id, side)
    seed = plans.seed_of(plan, exercise_id, kind, 0)
    working = "left" if side is None and "both" not in task.sides else (side or "both")
    # Muscles that no repetition is found in are left out: it saves half of the time.
    channels = task.prime_channels(ALL_EIGHT)
    body = idle(exercise_id, kind, working, seed=seed, seconds=plan.idle_s, channels=channels)
    played = play(body, task, plan.idle_s)
    return _false(exercise_id, kind, played)


def wrong(exercise_id: str, plan: Plan) -> Outcome:
    """Return what is found while another exercise is done."""
    other = plans.WRONG[exercise_id]
    side = plans.side_for(exercise_id, 0)
    task = plans.task_for(exercise_id, side)
    seed = plans.seed_of(plan, exercise_id, f"wrong {other}", 0)
    body = person_of(
        other,
        Options(pace="usual", side=plans.side_for(other, 0), person="clean"),
        person=seed,
        seed=seed,
        attempts=attempts_in(other, plan.wrong_s, "usual"),
    )
    played = play(body, task, plan.wrong_s)
    return _false(exercise_id, "wrong", played)


def _false(exercise_id: str, kind: str, played: Played) -> Outcome:
    out = Outcome(exercise_id)
    kept = [one for one in played.repetitions if CUT_OFF not in one.reasons]
    out.scores[kind] = Score(
        seconds=played.seconds,
        false_scored=sum(one.scored for one in kept),
        false_aside=sum(not one.scored for one in kept),
    )
    return out
