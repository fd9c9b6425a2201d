"""Sessions without a result, analysed beside the window in a thread of their own; A stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError
from firingorder.gui.library_door import open_archive
from firingorder.gui.library_jobs import LibraryJobs
from firingorder.gui.view_models.trends_words import counted
from firingorder.session.archive.analysing import Analysed, analyse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from firingorder.session.feed import LiveStatus
    from firingorder.session.office import Office

ALL_DONE = "Every session has its result."
RECORDING = (
    "Not analysed yet: a session is being recorded. End it first (hold Ctrl+E), then Trends, A."
)
_RECORDING = ("connecting", "streaming", "waiting", "lost", "recovered")


class _StoppedError(FiringOrderError):
    """A person stopped it."""


class Analysing:
    """Analyses one session after the other. ``said`` is told what came of it, and whether well.

    Other work on the library does not wait for it: it has its own thread.
    """

    def __init__(self, office: Office, said: Callable[[str, bool], object]) -> None:
        self._office, self._said = office, said
        self.jobs = LibraryJobs()
        self._stop = False

    @property
    def words(self) -> str:
        """What is being done, with its progress; empty for nothing."""
        told = self.jobs.words
        return f"{told}  A stops it." if told else ""

    def start(self, sessions: Sequence[int], status: LiveStatus | None = None) -> str:
        """Analyse sessions, or stop where that is under way; return why neither was done."""
        if self.jobs.words:
            self._stop = True
            return ""
        if not sessions:
            return ALL_DONE
        if status is not None and status.source != "replay" and status.connection in _RECORDING:
            return RECORDING
        self._stop = False
        count = len(sessions)

        def work(tell: Callable[[float], None]) -> Analysed:
            def progress(done: float, of: int, _name: str) -> None:
                tell(done / max(of, 1))
                if self._stop:
                    raise _StoppedError("Stopped. What was analysed before is kept.")

            return analyse(open_archive(self._office), sessions, progress)

        self.jobs.ask("analyse", work, self._done, lambda said: self._said(said, False),
                      f"Analysing {counted(count, 'session')}")  # fmt: skip
        return ""

    def _done(self, found: Analysed) -> None:
        said = f"{counted(found.done, 'session')} analysed."
        if found.failed:
            said += f" {len(found.failed)} could not be: {found.failed[0][1]}"
        self._said(said, not found.failed)
