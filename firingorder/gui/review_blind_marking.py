"""A series of blind marks on the page: begun or gone on with, kept, compared, saved for others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError
from firingorder.gui.review_files import ask_labels, ask_marks
from firingorder.gui.review_job import Job
from firingorder.gui.view_models.review_blind import (
    BlindDesk,
    between_lines,
    rater_code,
    report_lines,
)
from firingorder.session.review.clerk import Clerk

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.gui.review_acts import ReviewActs
    from firingorder.gui.review_blind import BlindPanel
    from firingorder.gui.review_page import ReviewPage
    from firingorder.session.archive import Archive
    from firingorder.session.review.blind import BlindSeries

HINT = "A code, no name. What was found is hidden; a tenth of the signals comes back."
NOT_KEPT = "These marks are not kept between openings: save the labelled set before you leave."
#: So long the mark that was just set is waited for where a series is gone on with.
_LAST_MARK_S = 2.0
FIRST_ALL = "Mark all signals first: seen before, another rater's marks would lead yours."


class BlindMarking:
    """Joins a :class:`BlindDesk` to its panel, to the recording's cache and to files of others."""

    def __init__(self, page: ReviewPage, acts: ReviewActs, panel: BlindPanel) -> None:
        self._page, self._acts, self._panel = page, acts, panel
        self.desk: BlindDesk | None = None
        self.labels_path: Callable[..., str] = ask_labels
        self.marks_path: Callable[..., str] = ask_marks
        self._clerk = Clerk("marks")
        self._problem = ""
        self._archive: Archive | None = None
        self._sha256 = ""
        self._comparing: Job[tuple[str, ...]] | None = None

    def ask(self) -> None:
        """Ask who marks, then begin or go on."""
        if self._acts.desk is not None:
            code = rater_code(self._acts.office.who)
            self._page.card.ask_name("Mark blind", HINT, code, self._begin)

    def leave(self) -> bool:
        """Leave the series; its marks stay. Return whether there was one."""
        was = self.desk is not None
        self.desk = self._comparing = None
        self._page.transport.setEnabled(True)
        self._panel.hide()
        return was

    def do(self, act: Callable[[BlindDesk], str]) -> None:
        """Do something with the series."""
        if self.desk is not None:
            said = act(self.desk)
            self._acts.tell(said, bad=bool(said))
            self._compare()
            self._acts.refresh()

    def follow(self) -> None:
        """Take what threads have finished."""
        problem, self._problem = self._problem, ""
        if problem:
            self._acts.tell(problem, bad=True)
        job = self._comparing
        if job is None or not job.done:
            return
        self._comparing = None
        if self.desk is not None:
            if job.result is None:
                self._acts.tell(job.problem, bad=True)
            self.desk.told = job.result or self.desk.told
            self._acts.refresh()

    def keys(self) -> dict[str, Callable[[], object]]:
        """Return the keys of the series: no other one does anything meanwhile."""
        made: dict[str, Callable[[], object]] = {
            "Return": lambda: self.do(lambda m: m.accept()),
            "Enter": lambda: self.do(lambda m: m.accept()),
            "N": lambda: self.do(lambda m: m.say_none()),
            "Backspace": lambda: self.do(lambda m: m.back()),
            "F": lambda: self.do(lambda m: m.toggle_kind()),
            "Ctrl+S": self._save,
            "C": self._compare_with,
        }
        steps = ((",", -0.001), (".", 0.001), ("<;", -0.01), (">:", 0.01))
        for names, by in steps:
            for name in names:
                made[name] = lambda by=by: self.do(lambda m: m.nudge(by))
        for name, by in (("Left", -0.05), ("Right", 0.05)):
            made[name] = lambda by=by: self.do(lambda m: m.nudge(by))
        return made

    def _begin(self, rater: str) -> str:
        desk = self._acts.desk
        if desk is None:
            return ""
        from firingorder.session.review.agreement import SEED
        from firingorder.session.review.blind import BlindSeries
        from firingorder.session.review.raters import resume_series

        review, kept, folder = desk.review, None, None
        self._archive, self._sha256 = self._acts.archive(), ""
        self._clerk.wait(_LAST_MARK_S)
        try:
            if self._archive is not None and not review.facts.foreign:
                folder = self._archive.cache_folder(review.facts.id)
                row = self._archive.library.session_of(review.facts.id)
                self._sha256 = "" if row is None else row.recording.sha256
                kept = resume_series(review, folder, rater.strip(), SEED)
            series = kept or BlindSeries.begin(review, rater)
        except FiringOrderError as error:
            return str(error)
        self.desk = BlindDesk(series, lambda one: self._keep(one, folder))
        self._acts.tell(NOT_KEPT if folder is None else "", bad=folder is None)
        self._page.transport.setEnabled(False)  # undo, sound, report: none of them is blind
        self._panel.place()
        self._panel.show()
        self._compare()
        self._acts.refresh()
        return ""

    def _keep(self, series: BlindSeries, folder: Path | None) -> None:
        """Keep the series as it is, beside the window."""
        if folder is None:
            return
        from firingorder.session.review.raters import keep_series

        sha256, taken = self._sha256, series.snapshot()

        def write() -> None:
            try:
                keep_series(taken, folder, sha256)
            except FiringOrderError as error:
                self._problem = str(error)

        self._clerk.hand(write, "series")

    def _compare(self) -> None:
        """Compare in a thread once all is marked: a bootstrap takes longer than a frame."""
        desk = self.desk
        if desk is None or not desk.done or self._comparing is not None or desk.compared:
            return
        desk.compared = True
        series, who = desk.series.snapshot(), self._acts.office.who
        folder = None if self._archive is None else self._archive.folder

        def work(_: Callable[[float], None]) -> tuple[str, ...]:
            from firingorder.session.review.raters import keep_rater

            report = series.report()
            kept = False
            if folder is not None:
                keep_rater(folder, series.rater, report.within)
                if who and series.rater == rater_code(who):
                    kept = keep_rater(folder, who, report.within)
            return report_lines(report, kept_for=who if kept else "")

        self._comparing = Job("Comparing", work)

    def _compare_with(self) -> None:
        """Compare with a file of another rater; only after everything is marked."""
        desk = self.desk
        if desk is None or self._comparing is not None:
            return
        if not desk.done:
            self._acts.tell(FIRST_ALL, bad=True)
            return
        chosen = self.marks_path(self._page)
        if not chosen:
            return
        series, sha256, told = desk.series.snapshot(), self._sha256, desk.told

        def work(_: Callable[[float], None]) -> tuple[str, ...]:
            from firingorder.session.review.labels import compare, mark_set, read_marks

            other = read_marks(Path(chosen))
            found = compare(other, mark_set(series, sha256))
            return (*told, *between_lines(found, series.rater, other.rater))

        self._comparing = Job("Comparing", work)

    def _save(self) -> None:
        """Write the labelled set where it is asked for."""
        marking, desk = self.desk, self._acts.desk
        if marking is None or desk is None:
            return
        from firingorder.session.review.labels import mark_set, write_marks

        out = self.labels_path(self._page, f"marks_{marking.series.rater}.json")
        if not out:
            return
        try:
            paths = write_marks(mark_set(marking.series, self._sha256), Path(out))
        except FiringOrderError as error:
            self._acts.tell(str(error), bad=True)
            return
        self._acts.tell(f"Labelled set: {paths[0]} and {paths[1].name}")
