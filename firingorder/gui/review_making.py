"""Report and export of the recording that is reviewed: asked for here, made in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.gui.programme_card import Pick
from firingorder.gui.review_files import ask_folder, ask_report
from firingorder.gui.review_job import Job

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from firingorder.corrections import Correction
    from firingorder.gui.programme_card import AskCard
    from firingorder.report.wording import Target
    from firingorder.session.archive import Archive
    from firingorder.session.results import Analysis
    from firingorder.session.review import Review

REPORTS = (
    Pick("pdf", "Report, PDF", "one page and the annex, for the file"),
    Pick("plain", "Report with a page in plain words, PDF", "to be given to the person"),
    Pick("html", "Report, HTML", "the same numbers, to be read on a screen"),
)
EXPORTS = (
    Pick("bids", "EMG-BIDS", "a folder with BDF+ and motion, as archives of data ask for"),
    Pick("bdf", "BDF+", "24 bit, with annotations: EDFbrowser, MNE, EEGLAB"),
    Pick("csv", "CSV", "tables for a spreadsheet"),
    Pick("c3d", "C3D", "for motion laboratories"),
    Pick("parquet", "Parquet", "for pandas, R and databases"),
    Pick("mat", "MAT", "for MATLAB and Octave"),
)
BUSY = "Something is being written already: wait until it is done."


@dataclass(frozen=True)
class Snapshot:
    """A review as it stands now: what is written does not change while it is written."""

    path: Path
    analysis: Analysis
    corrected: Analysis
    ledger: tuple[Correction, ...]

    @classmethod
    def of(cls, review: Review) -> Snapshot:
        """Take it."""
        return cls(review.opened.path, review.analysis, review.corrected, review.ledger.entries)


class Making:
    """Asks what and where, makes it, and tells the sentence of what came of it."""

    def __init__(
        self,
        card: AskCard,
        page: QWidget,
        archive: Callable[[], Archive | None],
        tell: Callable[..., None],
    ) -> None:
        self._card, self._page, self._archive, self._tell = card, page, archive, tell
        self.report_path: Callable[[QWidget, str], str] = ask_report
        self.export_folder: Callable[[QWidget], str] = ask_folder
        self.job: Job[str] | None = None

    def ask_report(self, review: Review, target: Target | None) -> None:
        """Ask for the kind of report, then for its place."""
        if self._busy():
            return
        taken, person = Snapshot.of(review), review.facts.person
        self._card.ask_pick(
            "Make a report",
            "Codes, not names; what people typed stays out of it.",
            REPORTS,
            lambda kind: self._report(taken, kind, target, person),
        )

    def ask_export(self, review: Review) -> None:
        """Ask for the format, then for the folder."""
        if self._busy():
            return
        path = review.opened.path
        self._card.ask_pick(
            "Export the recording",
            "Under a number instead of the code, dates moved, without what people typed.",
            EXPORTS,
            lambda kind: self._export(path, kind),
        )

    def follow(self) -> None:
        """Tell what came of it, once it is done."""
        job = self.job
        if job is None:
            return
        if not job.done:
            self._tell(f"{job.name} …  {job.share:.0%}" if job.share else f"{job.name} …")
            return
        self.job = None
        self._tell(job.result or job.problem, bad=job.result is None)

    def _busy(self) -> bool:
        if self.job is not None:
            self._tell(BUSY, bad=True)
        return self.job is not None

    def _report(self, taken: Snapshot, kind: str, target: Target | None, person: str) -> str:
        suffix = ".html" if kind == "html" else ".pdf"
        out = self.report_path(self._page, f"{taken.path.stem}{suffix}")
        if not out:
            return ""
        archive = self._archive()

        def work(tell: Callable[[float], None]) -> str:
            from firingorder.report.content.records import ReportOptions
            from firingorder.session.reporting import check_target, collect, make

            check_target(Path(out))
            options = ReportOptions(patient=kind == "plain", target=target)
            made = make(collect(taken, archive, options), Path(out))
            del tell
            if archive is not None and person:  # who is erased is told which copies there are
                archive.library.add_export(person, str(made.resolve()), "report", archive.who)
            return f"Report: {made}"

        self.job = Job("Writing the report", work)
        return ""

    def _export(self, path: Path, kind: str) -> str:
        folder = self.export_folder(self._page)
        if not folder:
            return ""
        archive = self._archive()

        def work(tell: Callable[[float], None]) -> str:
            from firingorder.session.exchange.exporting import export_recording

            done = export_recording(path, kind, Path(folder), archive=archive, progress=tell)
            return " ".join((f"Exported to {done.path}.", *done.notes))

        self.job = Job("Exporting", work)
        return ""
