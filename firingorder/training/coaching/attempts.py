"""What a person is led through in one attempt of a set, by the template and kind of the set.

Where nobody may foresee the word (find it: the side too; isolation: its set has one), sides and
waiting times come from the seed of the session: sides in blocks of left, right and both, each
block shuffled; waiting times of a least rest and an exponential rest of it. An exponential time has
the same chance to end at every instant, so having waited tells nothing. Times without a source
below are proposals.
"""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING

from firingorder.training.coaching.script import OWN_PACE_S, Step
from firingorder.training.exercises.copies import base_of

if TYPE_CHECKING:
    from firingorder.training.coaching.script import Sides
    from firingorder.training.coaching.view import WorkPhase
    from firingorder.training.exercises.records import Exercise
    from firingorder.training.programmes.records import PlannedSet

#: Rest before a cue of CUED_HOLD (signal/cued_effort.py looks for 3 s), and a little to settle.
REST_S = 3.5
WAIT_MEAN_S, WAIT_MOST_S = 1.5, 5.0
HOLD_S = 5.0
#: Of find it: within 2 s a start counts (signal/cued_effort.py); one more to feel it.
FIND_S = 3.0
LET_GO_S, QUIET_S = 1.0, 2.0
#: Of a release: how long letting go is watched (exercise record release_quiet, product dose).
RELEASE_QUIET_S = 10.0
RAMP_S = (8.0, 2.0, 4.0)
#: Between repetitions on a tempo: a lift is looked for after half a second of stillness.
BETWEEN_S = 2.0
BEND_MOST_S, PAUSE_S = 6.0, 2.5
COUNTED_FROM_S = 2.0
TASK_S, STAND_S = 60.0, 10.0
#: A cued effort is told at the latest when the wait for quiet ends (10 s after the release,
#: signal/cued_effort.py), and two seconds for judging it.
CUED_RESULT_S, RESULT_S = 12.0, 3.0
SIDES: tuple[Sides, ...] = ("left", "right", "both")
#: Tasks in which bending, the pause and coming up are led by words.
_RETURNING = ("return_bend",)


def is_cued(exercise: Exercise) -> bool:
    """Tell whether an effort is asked for by a cue each time."""
    return exercise.task.template == "CUED_HOLD"


def is_marked(exercise: Exercise) -> bool:
    """Tell whether the person marks the repetitions: the own task is not known to anybody."""
    return base_of(exercise) == "own_task"


def is_timed(planned: PlannedSet, exercise: Exercise) -> bool:
    """Tell whether the set is a time, not a count: planks, stands, walking for so long."""
    template = exercise.task.template
    return template == "BALANCE" or (template == "STEP" and planned.hold_s is not None)


def is_bend(planned: PlannedSet, exercise: Exercise) -> bool:
    """Tell whether bending, the pause and coming up are led by words."""
    return planned.kind in _RETURNING or base_of(exercise) in _RETURNING


def attempt(planned: PlannedSet, exercise: Exercise, number: int, seed: str) -> tuple[Step, ...]:
    """Return the steps of the attempt with this number, from 1.

    ``seed`` names session and set; the same seed gives the same steps.
    """
    if is_cued(exercise):
        if planned.kind == "ramp":
            return _ramp(planned, exercise)
        return _hold(planned, exercise, number, seed)
    if is_marked(exercise):
        return (Step("task", OWN_PACE_S),)
    if is_timed(planned, exercise):
        return _timed(planned, exercise)
    if is_bend(planned, exercise):
        return _bend(planned)
    return _paced(planned, exercise)


def is_led(planned: PlannedSet, exercise: Exercise) -> bool:
    """Tell whether words lead through each attempt, so none is begun without them."""
    paced = planned.tempo_s is not None or is_bend(planned, exercise)
    return is_cued(exercise) or is_timed(planned, exercise) or paced


def lead_in_s(planned: PlannedSet, exercise: Exercise) -> float:
    """Return how long an attempt is still before its first word, at least."""
    if is_cued(exercise) or is_timed(planned, exercise):
        return REST_S
    return BETWEEN_S


def result_s(planned: PlannedSet, exercise: Exercise) -> float:
    """Return how long after the last step what came of it is waited for."""
    if is_cued(exercise):
        return CUED_RESULT_S
    paced = planned.tempo_s is not None or is_timed(planned, exercise)
    return RESULT_S if paced or is_bend(planned, exercise) else 0.0


def side_of(planned: PlannedSet, number: int, seed: str) -> Sides:
    """Return the side that is asked for in an attempt."""
    if planned.kind != "find_it" or planned.side != "both":
        return planned.side
    block, place = divmod(number - 1, len(SIDES))
    rest = list(SIDES)
    chosen = rest[0]
    for k in range(place + 1):
        chosen = rest.pop(math.floor(_share(f"{seed}/side/{block}/{k}") * len(rest)))
    return chosen


def wait_s(planned: PlannedSet, number: int, seed: str) -> float:
    """Return the quiet before a cue."""
    if planned.kind not in ("find_it", "isolation"):
        return REST_S
    drawn = -math.log(1.0 - _share(f"{seed}/wait/{number}")) * WAIT_MEAN_S
    return REST_S + min(drawn, WAIT_MOST_S)


def _share(text: str) -> float:
    """Return a number in [0, 1) that depends on nothing but the text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big") / 2.0**56


def _hold(planned: PlannedSet, exercise: Exercise, number: int, seed: str) -> tuple[Step, ...]:
    side = side_of(planned, number, seed)
    named = (side,) if planned.kind in ("find_it", "isolation") or side != "both" else ()
    kind = planned.kind
    hold_s = planned.hold_s or exercise.task.hold_s or HOLD_S
    if kind == "find_it":
        hold_s = planned.hold_s or FIND_S
    pause_s = planned.pause_s
    if pause_s is None:
        pause_s = RELEASE_QUIET_S if kind == "release" else LET_GO_S + QUIET_S + REST_S
    word = "squeeze_lightly" if kind == "release" else "squeeze"
    return (
        Step("quiet", wait_s(planned, number, seed)),
        Step("squeeze", hold_s, say=(*named, word), ask="go", side=side, counts=kind != "find_it"),
        Step("let_go", LET_GO_S, say=("let_go",), ask="release", side=side),
        Step("quiet", max(0.0, pause_s - LET_GO_S - REST_S)),
    )


def _ramp(planned: PlannedSet, exercise: Exercise) -> tuple[Step, ...]:
    side = planned.side
    up_s, hold_s, down_s = planned.tempo_s or exercise.task.tempo_s or RAMP_S
    named = () if side == "both" else (side,)
    return (
        Step("quiet", REST_S),
        Step("follow", up_s, say=(*named, "slowly_up"), ask="go", side=side),
        Step("follow", hold_s, say=("hold",)),
        Step("follow", down_s, say=("slowly_down",)),
        Step("let_go", LET_GO_S, say=("let_go",), ask="release", side=side),
        Step("quiet", QUIET_S),
    )


def _bend(planned: PlannedSet) -> tuple[Step, ...]:
    down_s, pause_s, up_s = planned.tempo_s or (BEND_MOST_S, PAUSE_S, BEND_MOST_S)
    return (
        Step("wait", BETWEEN_S),
        Step("lower", down_s, say=("bend",), until=("hold",)),
        Step("hold", planned.hold_s or pause_s, say=("hang",)),
        Step("lift", up_s, say=("come_up",), until=("rest",)),
    )


def _timed(planned: PlannedSet, exercise: Exercise) -> tuple[Step, ...]:
    usual_s = STAND_S if exercise.task.template == "BALANCE" else TASK_S
    seconds = planned.hold_s or exercise.task.hold_s or usual_s
    return (
        Step("wait", REST_S),
        Step("task", seconds, say=("begin_task",), sound="go", counts=True),
        Step("let_go", LET_GO_S, say=("rest",)),
    )


def _paced(planned: PlannedSet, exercise: Exercise) -> tuple[Step, ...]:
    """Return a repetition at the own pace, or on the tempo or with the hold that is asked for."""
    out: WorkPhase = "lift"
    back: WorkPhase = "lower"
    words = ("lift", "lower")
    if exercise.task.template == "HINGE":
        out, back, words = back, out, ("down", "up")
    if planned.tempo_s is not None:
        out_s, far_s, back_s = planned.tempo_s
        far_s = planned.hold_s or far_s
        return (
            Step("wait", BETWEEN_S),
            Step(out, out_s, say=words[:1]),
            Step("hold", far_s, say=("hold",), counts=far_s >= COUNTED_FROM_S),
            Step(back, back_s, say=words[1:]),
        )
    if planned.hold_s is not None:
        return (
            Step("wait", OWN_PACE_S, until=("hold",)),
            Step("hold", planned.hold_s, say=("hold",), counts=True),
            Step(back, OWN_PACE_S, say=words[1:]),
        )
    return (Step("wait", OWN_PACE_S),)
