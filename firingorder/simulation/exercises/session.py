"""A session of one exercise: sets of attempts with rests, and what happens in between."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firingorder.simulation.exercises.chatter import Chatterer, pick, pose_again
from firingorder.simulation.exercises.compensations import asked_of, takeover_factors
from firingorder.simulation.exercises.draft import Draft
from firingorder.simulation.exercises.postures import POSTURES
from firingorder.simulation.exercises.score import Score
from firingorder.simulation.exercises.truth import TrueSession
from firingorder.simulation.noise import generator

if TYPE_CHECKING:
    import numpy as np
    from scipy.spatial.transform import Rotation

    from firingorder.simulation.exercises.athlete import Athlete
    from firingorder.simulation.exercises.catalogue import Exercise
    from firingorder.simulation.exercises.options import Options, Side
    from firingorder.simulation.exercises.truth import Kind

#: Everybody keeps still for six seconds first, one more than asked for.
FIRST_START_S = 6.2
#: After a change of posture one lies, sits or stands still before going on.
SETTLE_S = (2.5, 4.0)
#: How often an ordinary person does what between two attempts, and in one.
RESTLESS, FALSE_START, HALF, HESITATES = 0.25, 0.07, 0.08, 0.15
STILL_AGAIN_S = (2.2, 3.5)
HALF_SHARE = (0.32, 0.55)
FALSE_START_SHARE = (0.10, 0.22)


@dataclass(slots=True)
class SessionPlanner:
    """Plans a session; attempt number k is the same however many are planned."""

    exercise: Exercise
    athlete: Athlete
    options: Options
    seed: int
    score: Score = field(init=False)
    truth: TrueSession = field(init=False)
    _home: Rotation = field(init=False)
    _chatterer: Chatterer = field(init=False)

    def __post_init__(self) -> None:
        """Begin in the start pose, as this person takes it up."""
        rng = generator(self.seed, self.exercise.id, "pose")
        self._home = POSTURES[self.exercise.start_posture(self.side)]
        self.score = Score(pose_again(self._home, rng))
        self.truth = TrueSession()
        self._chatterer = Chatterer(self.score, self.athlete)

    @property
    def side(self) -> Side:
        """Working side of the session (of cued tasks that ask for all in turn: the first one)."""
        return self.options.side or self.exercise.sides[0]

    def plan(self, attempts: int) -> None:
        """Plan so many attempts."""
        t_s = FIRST_START_S
        for attempt in range(attempts):
            rng = generator(self.seed, self.exercise.id, "attempt", attempt)
            set_index, place = divmod(attempt, self.exercise.per_set)
            if attempt:
                t_s = self._between(t_s, rng, new_set=place == 0)
            t_s = self._attempt(attempt, set_index + 1, place, t_s, rng)

    def _between(self, t_s: float, rng: np.random.Generator, *, new_set: bool) -> float:
        """Let time pass between two attempts; return when the next one begins."""
        mixed = self.options.person == "mixed"
        t_s += rng.uniform(*self.exercise.gap_s)
        if new_set:
            event, t_s = self._chatterer.change_posture(t_s, self._home, self.exercise.between, rng)
            self.truth.events.append(event)
            t_s += rng.uniform(*SETTLE_S)
        elif mixed and rng.uniform() < RESTLESS:
            event = self._chatterer.restless(pick(rng), t_s, rng)
            self.truth.events.append(event)
            t_s = event.until_s + rng.uniform(*STILL_AGAIN_S)
        if mixed and self.exercise.halves and rng.uniform() < FALSE_START:
            draft = self._draft(t_s, rng, "false_start", rng.uniform(*FALSE_START_SHARE))
            t_s = self._take(draft) + rng.uniform(1.2, 2.5)
        return t_s

    def _attempt(
        self, attempt: int, set_index: int, place: int, t_s: float, rng: np.random.Generator
    ) -> float:
        mixed = self.options.person == "mixed" and self.exercise.halves
        half = mixed and rng.uniform() < HALF
        hesitates = mixed and rng.uniform() < HESITATES
        scale = rng.uniform(*HALF_SHARE) if half and not self.exercise.cued else 1.0
        draft = self._draft(t_s, rng, "half" if half else "full", scale)
        draft.set_index = set_index
        draft.hesitates = hesitates
        draft.side = self._side_of(attempt)
        if self.options.compensations == "some" and not half:
            codes = self.exercise.codes
            draft.asked = asked_of(codes, self.seed, self.exercise.id, attempt)
            more, less = takeover_factors(codes, set_index, place)
            draft.neighbours, draft.glutes = more, less
            if more > 1.0:
                draft.write("takeover", more / less, above=more / less > 1.2)
        return self._take(draft)

    def _side_of(self, attempt: int) -> Side:
        if self.options.side is None and self.exercise.cued:
            return self.exercise.sides[attempt % len(self.exercise.sides)]
        return self.side

    def _draft(self, t_s: float, rng: np.random.Generator, kind: Kind, scale: float) -> Draft:
        done = self.truth.repetitions
        return Draft(
            score=self.score,
            athlete=self.athlete,
            rng=rng,
            start_s=t_s,
            index=len(done) + 1,
            set_index=done[-1].set_index if done else 1,
            kind=kind,
            side=self.side,
            scale=scale,
        )

    def _take(self, draft: Draft) -> float:
        planned = self.exercise.plan(draft)
        self.truth.repetitions.extend(planned)
        end_s = max(one.over_s for one in planned)
        # Muscles that do not let go are the deviation itself: the next attempt does not wait.
        quiet_s = max((b.offset_s for one in planned for b in one.bursts), default=end_s)
        return max(end_s, quiet_s)
