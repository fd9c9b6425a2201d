"""What is told of a repetition, when, and how: sounds while it is done, words after it.

Nothing is spoken during the lift; a sound is. What cannot be told has no sound, and neither has a
miss. The schedule of the goal decides whether a result is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.training.coaching.words import number, why
from firingorder.training.goals.schedule import BLOCK

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding, VerdictFinding
    from firingorder.training.coaching.course import Course
    from firingorder.training.coaching.set_run import SetRun
    from firingorder.training.goals.records import Judged

#: Lying face down, or told to close the eyes, nobody sees a screen.
UNSEEN = ("prone", "hands_and_knees")
_VERDICT_CUES = ("glutes_first", "together", "back_first")


#: Steps follow each other too fast for a word each.
EVERY_STEP = 5


def counts_aloud(template: str, done: int) -> bool:
    """Tell whether this repetition is counted aloud."""
    return template != "STEP" or done % EVERY_STEP == 0


class Feedback:
    """What was judged in one set, and what of it may be shown.

    Attributes
    ----------
    history
        All that was judged.
    told, withheld
        The newest result that may be shown; else why it is not.
    pending
        A result that waits for the key, or for the estimate.
    estimating
        The question before the result is open.
    """

    def __init__(self, course: Course, run: SetRun) -> None:
        self._course, self._run = course, run
        position = run.exercise.position
        self._by_ear = course.plan.by_ear or position in UNSEEN
        self.history: list[Judged] = []
        self.told: Judged | None = None
        self.withheld = ""
        self.pending: Judged | None = None
        self.estimating = False
        self._cued_index = 0
        self._moved: tuple[str, ...] = ()

    def early(self, verdict: VerdictFinding) -> None:
        """Take a verdict while the repetition is still done: a sound at most."""
        run = self._run
        judged = run.goal.early(verdict)
        if judged is None or run.planned.estimate_first:
            return
        shown, _ = run.goal.tell(judged)
        if not shown:
            return
        self.told, self.withheld = judged, ""
        self._cued_index = verdict.index
        if run.planned.mode == "sequence" and verdict.verdict in _VERDICT_CUES:
            self._course.sound(verdict.verdict)
        elif judged.outcome == "hit":
            self._course.sound("hit")

    def judged(
        self, judged: Judged, rep: RepetitionFinding | None, moved: tuple[str, ...] = ()
    ) -> None:
        """Take what was judged after the repetition, and what is said of a threshold that moved."""
        course, run = self._course, self._run
        course.message = ""
        self.keep(judged)
        self.pending, self.estimating, self._moved = None, False, moved
        if judged.outcome == "not_scored":
            self.told, self.withheld = judged, ""
            course.message = judged.why or judged.line
            reasons = ("missed",) if rep is None else rep.reasons
            course.say("not_counted", *(() if run.moving else (why(reasons),)))
            return
        count = number(run.done) if counts_aloud(run.task.template, run.done) else ()
        if run.planned.reps - run.done == 1:
            count = (*count, "last_one")
        if run.planned.estimate_first and not run.moving and run.goal.tell(judged)[0]:
            self.pending, self.estimating = judged, True
            self.told, self.withheld = None, ""
            course.say(*count, "estimate")
            return
        self._tell(judged, count)

    def keep(self, judged: Judged) -> None:
        """Keep what was judged, without a word."""
        self.history.append(judged)
        self._course.note(
            "judged",
            index=judged.index,
            number=judged.number,
            outcome=judged.outcome,
            measure=judged.measure,
            value=judged.value,
            low=judged.low,
            high=judged.high,
            unit=judged.unit,
            why=judged.why,
        )

    def estimate(self, said: str) -> None:
        """Take what the person felt; then the result is told."""
        if not self.estimating or self.pending is None:
            return
        judged = self.pending
        self.pending, self.estimating = None, False
        self._course.message = self._run.goal.estimate(said)
        self._course.note("estimate", index=judged.index, said=said)
        self._tell(judged, ())

    def next_began(self) -> None:
        """Close the question: the next repetition has begun, and nothing is spoken in it."""
        if self.estimating and self.pending is not None:
            self._course.note("estimate", index=self.pending.index, said="")
            self.told, self.pending, self.estimating = self.pending, None, False

    def request(self) -> bool:
        """Tell the result that waits for the key; False: none does."""
        judged = self.pending
        if judged is None or self.estimating:
            return False
        shown, self.withheld = self._run.goal.tell(judged, requested=True)
        self._course.note("requested", index=judged.index, told=shown)
        if shown:
            self.pending, self.told = None, judged
            self._speak(judged, ())
        return shown

    def _tell(self, judged: Judged, count: tuple[str, ...]) -> None:
        shown, why_not = self._run.goal.tell(judged)
        if not shown:
            self.told, self.withheld = None, why_not
            if self._run.planned.schedule == "on_request" and not self._untold:
                self.pending = judged
            self._course.say(*count)
            if self._run.planned.schedule == "summary" and not self._untold:
                self._sum_up()
            return
        self.told, self.withheld = judged, ""
        self._speak(judged, count)

    @property
    def _untold(self) -> bool:
        return self._run.planned.retention != ""

    def _sum_up(self) -> None:
        """Say how many of the last repetitions reached the target, where that is due."""
        scored = [one for one in self.history if one.outcome != "not_scored"]
        if not scored or len(scored) % BLOCK:
            return
        self._course.message = self.withheld
        last = [one.outcome for one in scored[-BLOCK:]]
        if "hit" in last or "miss" in last:
            self._course.say(*number(last.count("hit")), "of", *number(BLOCK), "reached")

    def _speak(self, judged: Judged, count: tuple[str, ...]) -> None:
        course = self._course
        course.note("told", index=judged.index, outcome=judged.outcome)
        if judged.outcome == "hit" and self._cued_index != judged.index:
            course.sound("hit")
        result: tuple[str, ...] = ()
        if not self._run.moving:
            result = judged.spoken
            if judged.outcome == "no_claim":
                result = (judged.spoken or ("unclear",)) if self._by_ear else ()
            result = (*result, *self._moved)
        course.say(*count, *result, manner="result", short=count)
