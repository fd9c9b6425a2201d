"""Which steps forward the log opens and closes again. Docs: docs/reference/safety.md section 4."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from firingorder.training.safety.facts import StepBack
from firingorder.training.safety.ladder import load_ladder
from firingorder.training.safety.progression import conditions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.training.safety.facts import Lock, Practice
    from firingorder.training.safety.session_log import SessionLog

#: What happened, in the order of the log: a session began, a worse morning after one was told
#: (with its day and words), a therapist opened a step.
Happened: TypeAlias = "SessionLog | tuple[SessionLog, str, str] | str"


class StepLog:
    """The steps that are open after everything that happened.

    Attributes
    ----------
    opened
        Key of a step, and whether a therapist opened it.
    back
        The newest step back of each exercise.
    """

    def __init__(self) -> None:
        self.opened: dict[str, bool] = {}
        self.back: dict[str, StepBack] = {}
        self._counted: dict[str, list[Practice]] = {step.key: [] for step in load_ladder()}

    def follow(self, happened: Sequence[Happened], locks: Sequence[Lock], today: str) -> StepLog:
        """Take everything in order; ``locks`` hold what was done today. Returns itself."""
        for one in happened:
            if isinstance(one, str):
                if one in self._counted:
                    self.opened[one] = True
            elif isinstance(one, tuple):
                self._step_back(*one)
            elif one.trained:
                self._count(one, locks if one.day == today else ())
        return self

    def _count(self, session: SessionLog, locks: Sequence[Lock]) -> None:
        done = {one.exercise: one for one in session.practice()}
        for step in load_ladder():
            if step.source not in done:
                continue
            counted = [*self._counted[step.key], done[step.source]][-step.sessions :]
            self._counted[step.key] = counted
            if step.key not in self.opened and all(
                tick.met for tick in conditions(step, counted, locks)
            ):
                self.opened[step.key] = False

    def _step_back(self, session: SessionLog, day: str, why: str) -> None:
        """Close what was done, and count anew. Of a variant only its exercise is known."""
        for exercise in session.work:
            self.back[exercise] = StepBack(exercise, day, why)
        for step in load_ladder():
            if step.source in session.work or step.target in session.work:
                self._counted[step.key] = []
            if step.target in session.work:
                self.opened.pop(step.key, None)
