"""A simulated person who trains: lies down as asked, moves, squeezes, answers and presses keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.simulation.exercises.activities import Activity
from firingorder.simulation.exercises.catalogue import EXERCISES
from firingorder.training.coaching.deeds import Ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firingorder.session.engine import Engine
    from firingorder.simulation.exercises.activities import ActivityBody
    from firingorder.simulation.exercises.options import Side
    from firingorder.simulation.exercises.postures import Posture
    from firingorder.training.coaching.view import CoachView
    from firingorder.training.programmes.records import PlannedSet
    from firingorder.training.safety.records import Prompt

#: A key and its argument, as the session takes them.
Key = tuple[str, str]
#: Efforts in shares of the most: a firm squeeze, and one that is asked to be light (holds.py).
FIRM, LIGHT = 0.5, 0.22
#: Seconds: between repetitions at the own pace, to settle in a new posture, and the delay of
#: somebody who is too late for a cue (a start counts within 2 s).
BETWEEN_S, SETTLE_S, LATE_S = 3.0, 2.0, 3.0
#: A squeeze whose end is not told.
SQUEEZE_S = 5.0
_FIRST_PHASES = ("lift", "lower", "task")


class Trainee:
    """Does what the coach asks of ``body``; its options say how well.

    Everything follows from the engine's state in device time, so a seed gives one session.
    """

    def __init__(self, body: ActivityBody) -> None:
        self._body = body
        self._obeys = body.options.obeys
        self._posture: Posture = "supine"
        self._free_s = 0.0
        self._cues_seen = 0
        self._about: object = None
        self._pressed = False
        self._phase: tuple[object, str] | None = None

    def hear(self, engine: Engine) -> list[Key]:
        """Do what is asked for now; return the keys that are pressed."""
        view, now_s = engine.training.view, engine.newest_s
        if view is None:
            return []
        if now_s is not None:
            for ask in self._new_cues(engine):
                self._squeeze(view, ask, now_s)
            if view.state == "work" and view.set is not None:
                self._move(view, view.set, now_s)
        return self._keys(view, now_s)

    def _keys(self, view: CoachView, now_s: float | None) -> list[Key]:
        """Return what is pressed, each key once for what it answers."""
        key: Key | None = None
        about: object = view.state
        if view.prompt is not None:
            key, about = ("answer", self._answer(view.prompt)), (view.state, view.prompt.key)
        elif view.estimate:
            key, about = ("estimate", "glutes"), ("estimate", len(view.history))
        elif view.state == "ready" and view.set is not None and now_s is not None:
            about = ("ready", view.index)
            if self._in_place(view.set, now_s):
                key = ("next", "")
        elif view.state == "work" and view.can_next and not view.can_tell:
            # The own task is marked by the person, once it was done.
            about = ("mark", len(self._body.true_repetitions))
            if now_s is not None and 0.0 < self._free_s <= now_s + BETWEEN_S:
                key = ("next", "")
        elif view.state == "stopped":
            key = ("resume", "")
        elif view.state == "paused":
            key = ("go_on", "")
        if about != self._about:
            self._about, self._pressed = about, False
        if key is None or self._pressed:
            return []
        self._pressed = True
        return [key]

    def _answer(self, prompt: Prompt) -> str:
        match prompt.kind:
            case "scale":
                return str(self._body.options.pain)
            case "yes_no":
                return "no"
            case "choice":
                keys = [key for key, _ in prompt.options]
                return "pain" if self._body.options.pain and "pain" in keys else keys[-1]
            case _:
                return "nothing"

    def _in_place(self, planned: PlannedSet, now_s: float) -> bool:
        """Take up the position of the set; True once it is taken."""
        exercise = EXERCISES[_simulated(planned)]
        posture = exercise.start_posture(_one_side(planned.side))
        if posture != self._posture:
            self._posture = posture
            done = self._add(Activity("turn", now_s, posture=posture))
            self._free_s = done["until_s"] + SETTLE_S
        return now_s >= self._free_s

    def _new_cues(self, engine: Engine) -> Iterator[Ask]:
        """Return what was asked for since the last look."""
        first, self._cues_seen = self._cues_seen, engine.count
        done = engine.training.done
        for count in [count for count in reversed(done) if count > first][::-1]:
            for _, deed in done[count]:
                if isinstance(deed, Ask) and deed.kind == "go":
                    yield deed

    def _squeeze(self, view: CoachView, ask: Ask, now_s: float) -> None:
        if self._obeys == "not" or view.set is None:
            return
        at_s = now_s + (LATE_S if self._obeys == "late" else 0.0)
        lasts_s = view.phase_left_s or view.set.hold_s or SQUEEZE_S
        if view.set.kind == "ramp":
            what = Activity("exercise", at_s, lasts_s, side=ask.side, exercise="sit_hands_ramp")
        else:
            effort = LIGHT if view.set.kind == "release" else FIRM
            what = Activity("squeeze", at_s, lasts_s, side=ask.side, effort=effort, told=True)
        self._add(what)

    def _move(self, view: CoachView, planned: PlannedSet, now_s: float) -> None:
        """Begin the next repetition, at the own pace or where a word begins it."""
        exercise = EXERCISES[_simulated(planned)]
        if exercise.cued or self._obeys == "not":
            return
        phase = (len(view.history), view.phase)
        new, self._phase = phase != self._phase, phase
        led = planned.tempo_s is not None or planned.kind == "return_bend"
        timed = view.phase == "task"
        if (led or timed) and not (new and view.phase in _FIRST_PHASES):
            return
        if now_s < self._free_s or (not led and not timed and view.phase != "wait"):
            return
        usual_s = exercise.about_s - 0.5 * sum(exercise.gap_s)
        lasts_s = usual_s
        if planned.tempo_s is not None:
            lasts_s = sum(planned.tempo_s)
        elif timed and view.phase_left_s is not None:
            lasts_s = view.phase_left_s
        late_s = LATE_S if self._obeys == "late" else 0.0
        what = Activity(
            "exercise", now_s + late_s, lasts_s, side=planned.side, exercise=exercise.id, told=True
        )
        done = self._add(what)
        self._free_s = done["until_s"] + (0.0 if led else BETWEEN_S)

    def _add(self, what: Activity) -> dict[str, float]:
        """Do it as soon as the body can still be told."""
        at_s = max(what.at_s, self._body.earliest_s)
        return self._body.add(replace(what, at_s=at_s))


def _simulated(planned: PlannedSet) -> str:
    """Return the simulated exercise of a set; of a therapist's copy the one it resembles most."""
    return planned.exercise if planned.exercise in EXERCISES else "bridge"


def _one_side(side: Side) -> Side:
    return "left" if side == "both" else side
