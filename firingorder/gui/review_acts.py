"""What the keys and buttons of the review do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.corrections import REASONS
from firingorder.errors import FiringOrderError
from firingorder.gui.programme_card import Pick
from firingorder.gui.review_files import ask_recording
from firingorder.gui.review_making import Making
from firingorder.gui.review_panels import ReviewPanels
from firingorder.gui.review_player import ReviewTransport
from firingorder.gui.view_models.review_desk import ReviewDesk
from firingorder.gui.view_models.review_facts import facts_view
from firingorder.gui.view_models.review_rows import list_note
from firingorder.gui.view_models.review_scrub import ScrubView, icons
from firingorder.gui.view_models.review_window import clock_label, fine_clock
from firingorder.gui.view_models.review_words import channel_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from firingorder.gui.commands import Commands
    from firingorder.gui.review_page import ReviewPage
    from firingorder.gui.view_models.review_scrub import Line
    from firingorder.report.theme import Theme
    from firingorder.session.archive import Archive
    from firingorder.session.office import Office
    from firingorder.session.review import Review
    from firingorder.sound.out import SoundOut

#: So often it is looked whether somebody else changes the same recording.
LOOK_S = 5.0
MOVE_FIRST = "Move a start first: , and . by 1 ms, with Shift by 10."
OWN_REASON = "Another reason, typed"


class ReviewActs:
    """Joins the desk to the widgets of the page.

    ``said`` is the last sentence, ``bad`` whether it refuses something.
    """

    def __init__(
        self,
        page: ReviewPage,
        theme: Theme,
        commands: Commands,
        office: Office,
        clock: Callable[[], float],
        open_sound: Callable[[], SoundOut] | None,
    ) -> None:
        self._page, self._theme = page, theme
        self._commands, self.office, self._clock = commands, office, clock
        self.desk: ReviewDesk | None = None
        self.playing = ReviewTransport(page, self, commands, clock, open_sound)
        self.said, self.bad = "", False
        self.open_path: Callable[[QWidget], str] = ask_recording
        self._overview: Line | None = None
        self.making = Making(page.card, page, self.archive, self.tell)
        self.panels = ReviewPanels(page, self, theme)
        self._looked_s = 0.0
        self._drawn_for: tuple[int, bool] | None = None
        self._keys = self.keys()
        self._connect()

    @property
    def panel(self) -> str:
        """Which panel stands in place of the lanes."""
        return self._page.main.panel

    def keys(self) -> dict[str, Callable[[], object]]:
        """Return what each key does while a recording is shown."""
        move = self._desk_act
        made: dict[str, Callable[[], object]] = {
            "Left": move(lambda d: d.step(-1)), "Right": move(lambda d: d.step(1)),
            "Up": move(lambda d: d.step_lane(-1)), "Down": move(lambda d: d.step_lane(1)),
            "E": move(lambda d: d.next_unsure()),
            "F": move(lambda d: d.toggle_kind()),
            "+": move(lambda d: d.zoom(-1)), "=": move(lambda d: d.zoom(-1)),
            "-": move(lambda d: d.zoom(1)),
            "1": move(lambda d: d.show("onset")), "2": move(lambda d: d.show("rep")),
            "3": move(lambda d: d.show("set")),
            "Return": move(lambda d: d.keep()), "Enter": move(lambda d: d.keep()),
            "Shift+Return": self.keep_why, "Shift+Enter": self.keep_why,
            "R": self.reset, "X": self.exclude, "T": self.note, "Del": self.no_onset,
            "Ctrl+Z": self.undo, "Ctrl+Y": self.redo, "Ctrl+Shift+Z": self.redo,
            "Space": self.playing.play, "Shift+Space": self.playing.play_loop,
            "S": lambda: self.playing.set_player(self.playing.player.faster(1)),
            "Shift+S": lambda: self.playing.set_player(self.playing.player.faster(-1)),
            "O": self._page.show_start, "W": lambda: self.panels.toggle("why"),
            "G": lambda: self.panels.toggle("gallery"), "A": lambda: self.panels.toggle("again"),
            "B": self.panels.marks.ask, "L": self.playing.replay,
            "Ctrl+P": self.report, "Ctrl+S": self.export,
        }  # fmt: skip
        for names, by in ((",", -1), (".", 1), ("<;", -10), (">:", 10)):
            for name in names:
                made[name] = move(lambda d, by=by: d.nudge(by))
        return made

    def key(self, name: str) -> Callable[[], object] | None:
        """Return what a key does now: the panel that is shown has the first word."""
        of_panel = self.panels.keys()
        if name in of_panel or self.panels.marks_blind:
            return of_panel.get(name)
        return self._keys.get(name)

    def show_review(self, review: Review) -> None:
        """Show a recording that was opened."""
        if self.desk is not None:
            self.desk.review.close()
        self.desk = ReviewDesk(review)
        self._looked_s = self._clock()
        self.playing.begin()
        self._overview = None
        self.panels.forget()
        self.tell(" ".join(review.remarks), bad=bool(review.remarks))
        self.refresh()

    def forget(self) -> None:
        """Close what is shown; nothing that is being moved is kept."""
        if self.desk is not None:
            self.desk.drop()
            self.playing.stop()
            self.desk.review.close()
        self.desk = None
        self.panels.forget()
        self.tell("")

    def leave(self) -> None:
        """Keep what is being moved: another recording comes."""
        self.rest()

    def settle(self) -> None:
        """Have every change on a disk: the window may go."""
        if self.desk is not None:
            self.desk.review.settle()

    def rest(self) -> None:
        """Keep what is being moved, stop what is playing."""
        if self.desk is not None and self.desk.pending is not None:
            self.tell(self.desk.keep())
            self.refresh()
        self.playing.stop()

    def close_one(self) -> bool:
        """Drop a drag, or close a panel."""
        dropped = self._page.main.signals.drop_drag()
        if self.desk is not None and (self.desk.drop() or dropped):
            self.said = "As it was."
            self.refresh()
            return True
        if self.panels.marks.leave():
            self.refresh()
            return True
        if self.panel:
            self._page.main.show_panel("")
            self.refresh()
            return True
        return False

    def ask_file(self) -> None:
        """Ask for a file and open it."""
        from pathlib import Path

        chosen = self.open_path(self._page)
        if chosen:
            self._page.open_path(Path(chosen))

    def follow(self, now: float) -> None:
        """Move what is playing."""
        self.making.follow()
        self.panels.follow()
        self.playing.follow(now)
        desk = self.desk
        if desk is None or self._page.starting:
            return
        if self._drawn_for != self._room:
            self.refresh()
        self._look(desk, now)

    @property
    def _room(self) -> tuple[int, bool]:
        """What the picture depends on beside the desk: columns of the plot, and the header."""
        return self._page.main.signals.columns, self._page.headed

    def _look(self, desk: ReviewDesk, now: float) -> None:
        """Look from time to time whether somebody else has changed something."""
        if desk.pending is not None:
            return
        if now - self._looked_s >= LOOK_S:
            self._looked_s = now
            desk.review.look()
        said = desk.look()
        if said:
            self.tell(said)
            self.refresh()

    def tell(self, said: str, *, bad: bool = False) -> None:
        """Say a sentence beside the buttons."""
        self.said, self.bad = said, bad

    def refresh(self) -> None:
        """Show the desk as it is."""
        desk, main = self.desk, self._page.main
        if desk is None:
            return
        self._drawn_for = self._room
        view = desk.signals()
        main.signals.show_view(view, desk.traces(main.signals.columns))
        rows = desk.rows()
        main.list.show_reps(rows, desk.place(), list_note(desk.target))
        main.card.show_view(desk.card(), desk.lines())
        main.facts.show_model(facts_view(desk.review, headed=self._page.headed))
        self.panels.show(desk)
        if self._overview is None:
            self._overview = desk.overview(1200)
        self._show_line(desk)
        self._show_time(desk)
        self._show_buttons(desk)

    def report(self) -> None:
        """Ask for a report of the recording as it stands."""
        if self.desk is not None:
            self.rest()
            self.making.ask_report(self.desk.review, self.desk.target)

    def export(self) -> None:
        """Ask for an export of the recording."""
        if self.desk is not None:
            self.rest()
            self.making.ask_export(self.desk.review)

    # --- changes ---------------------------------------------------------------------------

    def reset(self) -> None:
        """Take back every change of the chosen channel, or of the repetition."""
        self.do(lambda d: d.reset())

    def keep_why(self) -> None:
        """Ask why a start was moved, then keep it with the reason."""
        desk = self.desk
        if desk is None or desk.pending is None:
            self.tell(MOVE_FIRST)
            return
        self._ask_reason(
            f"Why is {channel_words(desk.pending.channel)} moved in rep {desk.current}?",
            "The reason stands beside the new value, on the screen and in the report.",
            lambda why: self.do(lambda d: d.keep(why)),
        )

    def no_onset(self) -> None:
        """Say that the chosen channel has no start."""
        self.do(lambda d: d.no_onset())

    def undo(self) -> None:
        """Take back the last change."""
        self.do(lambda d: d.undo())

    def redo(self) -> None:
        """Make it again."""
        self.do(lambda d: d.redo())

    def exclude(self) -> None:
        """Ask why, then leave the repetition out; one that is left out counts again."""
        desk = self.desk
        if desk is None or desk.rep is None:
            return
        if desk.current in desk.standing.excluded:
            self.do(lambda d: d.include())
            return
        self._ask_reason(
            f"Exclude rep {desk.current}",
            "It stays in the list with the reason, and the set is summed up without it.",
            lambda why: self.do(lambda d: d.exclude(why)),
        )

    def note(self) -> None:
        """Ask for a note."""
        desk = self.desk
        if desk is None or desk.rep is None:
            return
        self._page.card.ask_name(
            f"Note on rep {desk.current}", "", "", lambda text: self.do(lambda d: d.note(text))
        )

    def _ask_reason(self, title: str, hint: str, take: Callable[[str], str]) -> None:
        """Ask for one of the reasons that are offered, or for words of one's own."""
        card = self._page.card

        def chosen(reason: str) -> str:
            if reason != OWN_REASON:
                return take(reason)
            card.ask_name(title, "Why?", "", take)
            return ""

        picks = [*(Pick(reason, reason) for reason in REASONS), Pick(OWN_REASON, OWN_REASON)]
        card.ask_pick(title, hint, picks, chosen)

    # --- inside ---

    def archive(self) -> Archive | None:
        """Return the library of this computer, None where it cannot be opened."""
        try:
            return self.office.archive
        except FiringOrderError as error:
            self.tell(str(error), bad=True)
            return None

    def _desk_act(self, act: Callable[[ReviewDesk], str]) -> Callable[[], object]:
        return lambda: self.do(act)

    def do(self, act: Callable[[ReviewDesk], str]) -> str:
        """Do something on the desk, say what came of it, show it; "" for the card that asked."""
        if self.desk is None:
            return ""
        try:
            self.tell(act(self.desk))
        except FiringOrderError as error:
            self.tell(str(error), bad=True)
        self.refresh()
        return ""

    def show_place(self) -> None:
        """Show where it plays, or the repetition."""
        if self.desk is not None:
            self._show_time(self.desk)
            self._show_line(self.desk)

    def _show_line(self, desk: ReviewDesk) -> None:
        rows = desk.rows()
        starts = [one.start_s for one in desk.reps]
        cursor = self.playing.at_s
        first, last = desk.span
        view = ScrubView(first, last, icons(rows, starts), desk.current, desk.window, cursor)
        self._page.main.scrubber.show_view(view, self._overview)

    def _show_time(self, desk: ReviewDesk) -> None:
        playing = self.playing.at_s
        at = desk.zero_s if playing is None else playing
        first, last = desk.span
        self._page.transport.show_time(fine_clock(at - first), f"/ {clock_label(last - first)}")
        if playing is not None:
            self._page.main.signals.show_cursor(at)
            self._show_line(desk)

    def _show_buttons(self, desk: ReviewDesk) -> None:
        card = self._page.main.card
        out = desk.current in desk.standing.excluded
        card.show_excluded(out=out)
        for button in (card.reset, card.exclude, card.note):
            button.setEnabled(desk.rep is not None)

    def _connect(self) -> None:
        main, bar = self._page.main, self._page.transport
        signals = main.signals
        signals.moved.connect(self._moved)
        signals.let_go.connect(self._let_go)
        signals.chosen.connect(lambda lane: self.do(lambda d: d.choose_lane(lane)))
        signals.preset_chosen.connect(lambda name: self.do(lambda d: d.show(name)))
        signals.zoomed.connect(lambda f, at: self.do(lambda d: d.zoom_by(f, at)))
        signals.panned.connect(lambda by: self.do(lambda d: d.pan(by)))
        main.scrubber.dragged.connect(lambda at: self.do(lambda d: d.seek(at)))
        main.scrubber.chosen.connect(lambda rep: self.do(lambda d: d.choose(rep)))
        main.list.rows.chosen.connect(self._row_chosen)
        main.card.reset.clicked.connect(self.reset)
        main.card.exclude.clicked.connect(self.exclude)
        main.card.note.clicked.connect(self.note)
        bar.previous.clicked.connect(self._desk_act(lambda d: d.step(-1)))
        bar.next.clicked.connect(self._desk_act(lambda d: d.step(1)))
        bar.play.clicked.connect(self.playing.play)
        bar.export.clicked.connect(self.export)
        bar.report.clicked.connect(self.report)
        bar.undo.clicked.connect(self.undo)
        bar.speed_chosen.connect(self.playing.at_speed)

    def _row_chosen(self, row: int) -> None:
        desk = self.desk
        if desk is not None and 0 <= row < len(desk.reps):
            self.do(lambda d: d.choose(d.reps[row].index))

    def _moved(self, lane: int, at_s: float) -> None:
        view = self._page.main.signals.view
        if view is not None:
            self.do(lambda d: d.drag(view.lanes[lane].channel, at_s))

    def _let_go(self, lane: int, at_s: float) -> None:
        self._moved(lane, at_s)
        self.do(lambda d: d.keep())
