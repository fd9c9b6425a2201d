"""What can stand in place of the lanes: why, gallery, other settings; and marking blind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.gui.programme_card import Pick
from firingorder.gui.review_again import AgainPanel
from firingorder.gui.review_blind import BlindPanel
from firingorder.gui.review_blind_marking import BlindMarking
from firingorder.gui.review_files import ask_settings
from firingorder.gui.review_gallery import GalleryPanel
from firingorder.gui.review_job import Job
from firingorder.gui.review_why import WhyPanel
from firingorder.gui.view_models.review_again import again_view
from firingorder.gui.view_models.review_gallery import gallery_view

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.gui.review_acts import ReviewActs
    from firingorder.gui.review_page import ReviewPage
    from firingorder.gui.view_models.review_blind import BlindDesk
    from firingorder.gui.view_models.review_desk import ReviewDesk
    from firingorder.report.theme import Theme
    from firingorder.session.review.again import Again
    from firingorder.session.review.gallery import Gallery

FILE, OWN, LEFT, RIGHT = "file", "own", "left", "right"
SETTINGS = (
    Pick(FILE, "A settings file", "TOML, of some settings; the others as they were"),
    Pick(OWN, "The settings of this version", "as a new recording would have them"),
    Pick(LEFT, "Left side only", "the working side is the left one"),
    Pick(RIGHT, "Right side only", "the working side is the right one"),
)


class ReviewPanels:
    """Makes the panels, fills the one that is shown, and takes their keys."""

    def __init__(self, page: ReviewPage, acts: ReviewActs, theme: Theme) -> None:
        self._page, self._acts = page, acts
        main = page.main
        self.why, self.gallery, self.again = WhyPanel(theme), GalleryPanel(theme), AgainPanel(theme)
        self.blind = BlindPanel(theme, main)
        for name, panel in (("why", self.why), ("gallery", self.gallery), ("again", self.again)):
            main.add_panel(name, panel)
        self.marks = BlindMarking(page, acts, self.blind)
        self.settings_path: Callable[..., str] = ask_settings
        self.job: Job[Again] | None = None
        self._again: Again | None = None
        self._gathering: Job[tuple[object, Gallery]] | None = None
        self._gathered: tuple[object, Gallery] | None = None
        self.gallery.chosen.connect(lambda rep: acts.do(lambda d: d.choose(rep)))
        self.blind.set_at.connect(lambda at: self.marks.do(lambda m: m.set(at)))
        self.again.other.clicked.connect(self.ask_again)
        self.again.back.clicked.connect(acts.close_one)

    @property
    def marking(self) -> BlindDesk | None:
        """The series that is being marked."""
        return self.marks.desk

    @property
    def marks_blind(self) -> bool:
        """Whether a series is being marked."""
        return self.marking is not None

    def keys(self) -> dict[str, Callable[[], object]]:
        """Return the keys of what is shown; while marking blind no other key does anything."""
        if self.marking is not None:
            return self.marks.keys()
        if self._page.main.panel == "gallery":
            back = self._acts.close_one
            return {"Return": back, "Enter": back}
        if self._page.main.panel == "again":
            return {"Up": lambda: self._row(-1), "Down": lambda: self._row(1),
                    "Return": self._go_to_row, "Enter": self._go_to_row}  # fmt: skip
        return {}

    def toggle(self, name: str) -> None:
        """Show a panel in place of the lanes, or the lanes again."""
        main = self._page.main
        if name == "again" and self._again is None:
            self.ask_again()
            return
        if name == "again" and main.panel == "again":
            self.ask_again()
            return
        main.show_panel("" if main.panel == name else name)
        self._acts.refresh()

    def show(self, desk: ReviewDesk) -> None:
        """Fill the panel that is shown."""
        panel = self._page.main.panel
        if panel == "why" and desk.rep is not None:
            self.why.show_view(desk.why(self._page.main.signals.columns))
        elif panel == "gallery" and desk.rep is not None:
            self._show_gallery(desk)
        elif panel == "again" and self._again is not None:
            self.again.show_view(again_view(self._again))
        if self.marking is not None:
            self.blind.show_view(self.marking.view(self.blind.columns))

    def _show_gallery(self, desk: ReviewDesk) -> None:
        """Show the gallery of what stands now; it is gathered in a thread."""
        rep = desk.rep
        assert rep is not None
        wanted = (len(desk.review.ledger.entries), rep.task, rep.side)
        if self._gathered is not None and self._gathered[0] == wanted:
            self.gallery.show_view(gallery_view(self._gathered[1], desk.current))
        elif self._gathering is None:
            review, number = desk.review, desk.current
            self._gathering = Job("Gallery", lambda _: (wanted, review.gallery(number)))

    def forget(self) -> None:
        """Another recording was opened."""
        self._again = None
        self._gathered = self._gathering = None
        if self.job is not None:
            self.job.cancel()
            self.job = None
        self.marks.leave()
        self._page.main.show_panel("")

    def follow(self) -> None:
        """Take what threads have finished."""
        job = self.job
        if job is not None and not job.done:
            self._acts.tell(f"{job.name} …  {job.share:.0%}")
        elif job is not None:
            self.job = None
            self._again = job.result or self._again
            self._acts.tell(job.problem, bad=bool(job.problem))
            if job.result is not None:
                self._page.main.show_panel("again")
                self._acts.refresh()
        gathering = self._gathering
        if gathering is not None and gathering.done:
            self._gathering, self._gathered = None, gathering.result
            if gathering.problem:
                self._acts.tell(gathering.problem, bad=True)
            else:
                self._acts.refresh()
        self.marks.follow()

    def ask_again(self) -> None:
        """Ask for other settings, then analyse with them in a thread."""
        if self.job is not None:
            self._acts.tell("It is being analysed already.", bad=True)
            return
        self._page.card.ask_pick(
            "Analyse with other settings",
            "What was found first, and every correction, stay as they are.",
            SETTINGS,
            self._analyse,
        )

    def _analyse(self, kind: str) -> str:
        desk = self._acts.desk
        if desk is None:
            return ""
        chosen = self.settings_path(self._page) if kind == FILE else ""
        if kind == FILE and not chosen:
            return ""
        review = desk.review

        def work(tell: Callable[[float], None]) -> Again:
            from firingorder.signal.settings import Settings

            if kind == FILE:
                return review.again(Path(chosen), progress=tell)
            if kind == OWN:
                return review.again(Settings(), progress=tell)
            return review.again(side="left" if kind == LEFT else "right", progress=tell)

        self.job = Job("Analysing", work)
        return ""

    def _row(self, by: int) -> None:
        rows = self.again.rows
        at = min(max(rows.currentRow() + by, 0), len(rows.rows) - 1)
        rows.show_rows(rows.rows, at)
        if at >= 0:
            rows.scrollToItem(rows.item(at))

    def _go_to_row(self) -> None:
        row = self.again.rows.currentRow()
        if 0 <= row < len(self.again.rows.rows):
            number = self.again.rows.rows[row].number
            self._page.main.show_panel("")
            if number.isdigit():
                self._acts.do(lambda d: d.choose(int(number)))
