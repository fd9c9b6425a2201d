"""Makes rounds of practice beside the window, so that it never waits; what is left is dropped."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from firingorder.session.practising import make_round

if TYPE_CHECKING:
    from firingorder.session.practice_rounds import RoundPlan
    from firingorder.session.practising import Round

log = logging.getLogger(__name__)
TROUBLE = "This round could not be made ({why}). Press Enter to try the next one."


class _Job:
    """One round under way in a thread of its own, which ends with it."""

    def __init__(self, plan: RoundPlan) -> None:
        self.plan = plan
        self.share = 0.0
        self.made: Round | None = None
        self.problem = ""
        self._stop = threading.Event()
        self.thread = threading.Thread(target=self._work, name="practise", daemon=True)
        self.thread.start()

    def cancel(self) -> None:
        """Have the thread end at the next second of the recording; nobody waits for it."""
        self._stop.set()

    @property
    def done(self) -> bool:
        """Whether there is a round, or a sentence why not."""
        return self.made is not None or bool(self.problem)

    def _work(self) -> None:
        try:
            self.made = make_round(self.plan, progress=self._tell, stopped=self._stop.is_set)
        except Exception as problem:  # a thread's exception would be lost
            log.exception("round %d of series %d", self.plan.number, self.plan.seed)
            self.problem = TROUBLE.format(why=f"{type(problem).__name__}: {problem}")

    def _tell(self, share: float) -> None:
        self.share = share


class RoundMaker:
    """Makes one round at a time; another plan, or nobody to look, drops the one under way."""

    def __init__(self) -> None:
        self._job: _Job | None = None

    @property
    def working(self) -> bool:
        """Whether a thread is at work that nobody has cancelled."""
        return self._job is not None and not self._job.done

    @property
    def share(self) -> float:
        """How much of the round is made, 0 to 1."""
        return 0.0 if self._job is None else self._job.share

    def want(self, plan: RoundPlan) -> None:
        """Make this round, unless it is being made or made already."""
        if self._job is None or self._job.plan != plan:
            self.cancel()
            self._job = _Job(plan)

    def take(self, plan: RoundPlan) -> Round | str | None:
        """Return the round, or a sentence why there is none, once; None while it is made."""
        job = self._job
        if job is None or job.plan != plan or not job.done:
            return None
        self._job = None
        return job.made or job.problem

    def cancel(self) -> None:
        """Drop what is being made. Returns at once."""
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
