"""Work of the review that takes longer than a frame: done in a thread, looked at by the page."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

from firingorder.errors import FiringOrderError

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)
Result = TypeVar("Result")


class CancelledError(Exception):
    """The work is not wanted any more."""


class Job(Generic[Result]):
    """One piece of work in a thread of its own.

    ``work`` gets a function that it tells its progress, 0 to 1; that raises where the work is not
    wanted any more. ``name`` says what it is about.
    """

    def __init__(self, name: str, work: Callable[[Callable[[float], None]], Result]) -> None:
        self.name = name
        self.share = 0.0
        self.result: Result | None = None
        self.problem = ""
        self.done = False
        self._work, self._stop = work, threading.Event()
        self.thread = threading.Thread(target=self._run, name=f"review {name}", daemon=True)
        self.thread.start()

    def cancel(self) -> None:
        """Have it end at its next word; nobody waits for it."""
        self._stop.set()

    def _tell(self, share: float) -> None:
        if self._stop.is_set():
            raise CancelledError
        self.share = share

    def _run(self) -> None:
        try:
            self.result = self._work(self._tell)
        except CancelledError:
            self.problem = "Cancelled."
        except FiringOrderError as error:
            self.problem = str(error)
        except Exception as error:  # an exception of a thread would be lost
            log.exception("%s", self.name)
            self.problem = f"{self.name}: this did not work ({type(error).__name__}: {error})."
        finally:
            self.done = True
