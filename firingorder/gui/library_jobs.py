"""Work on the library beside the window: one thread, results are taken when the page is drawn."""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from firingorder.errors import FiringOrderError

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)
Found = TypeVar("Found")
Progress = "Callable[[float], None]"
TROUBLE = "This could not be done ({why}). The library is as it was; try again."


@dataclass(slots=True)
class _Job:
    """One piece of work: ``then`` gets what it returned, ``fails`` the sentence it ended with."""

    key: str
    work: Callable[[Callable[[float], None]], Any]
    then: Callable[[Any], object]
    fails: Callable[[str], object]
    words: str = ""
    share: float = 0.0
    found: Any = None
    problem: str = ""


class LibraryJobs:
    """Does one thing after the other in a thread that ends when nothing is left to do.

    Whoever asks with the same key again before the work began replaces it; what is under way when
    somebody asks with its key again is finished, and its result dropped.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[_Job] = deque()
        self._done: deque[_Job] = deque()
        self._now: _Job | None = None
        self._dropped: set[int] = set()
        self._thread: threading.Thread | None = None

    @property
    def words(self) -> str:
        """What is being done that a person waits for, with its progress; empty for nothing."""
        with self._lock:
            told = [one for one in (self._now, *self._waiting) if one is not None and one.words]
        if not told:
            return ""
        one = told[0]
        return f"{one.words} {one.share:.0%}".replace("%", " %") if one.share else f"{one.words} …"

    @property
    def working(self) -> bool:
        """Whether anything is waiting, under way, or not taken yet."""
        with self._lock:
            return bool(self._waiting or self._now or self._done)

    def ask(
        self,
        key: str,
        work: Callable[[Callable[[float], None]], Found],
        then: Callable[[Found], object],
        fails: Callable[[str], object],
        words: str = "",
    ) -> None:
        """Have ``work(progress)`` done in the thread; ``words`` are told while a person waits."""
        job = _Job(key, work, then, fails, words)
        with self._lock:
            self._forget(key)
            self._waiting.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="library", daemon=True)
                self._thread.start()

    def deliver(self) -> bool:
        """Give what is done to who asked, in the thread of the window; return whether there was."""
        some = False
        while True:
            with self._lock:
                if not self._done:
                    return some
                job = self._done.popleft()
                dropped = id(job) in self._dropped
                self._dropped.discard(id(job))
            some = True
            if dropped:
                continue
            if job.problem:
                job.fails(job.problem)
            else:
                job.then(job.found)

    def settle(self) -> None:
        """Wait until nothing is left to do, and deliver it: for pictures and tests."""
        while self.working:
            thread = self._thread
            if thread is not None:
                thread.join()
            self.deliver()

    def _forget(self, key: str) -> None:
        for job in [one for one in self._waiting if one.key == key]:
            self._waiting.remove(job)
        for job in (self._now, *self._done):
            if job is not None and job.key == key:
                self._dropped.add(id(job))

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = self._now = None
                    return
                job = self._now = self._waiting.popleft()
            self._do(job)
            with self._lock:
                self._now = None
                self._done.append(job)

    def _do(self, job: _Job) -> None:
        def tell(share: float) -> None:
            job.share = share

        try:
            job.found = job.work(tell)
        except FiringOrderError as error:
            job.problem = str(error)
        except Exception as error:  # a thread's exception would be lost
            log.exception("work on the library: %s", job.key)
            job.problem = TROUBLE.format(why=f"{type(error).__name__}: {error}")
