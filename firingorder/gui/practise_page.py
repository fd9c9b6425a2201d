"""The page Practise: rounds on the simulator, debates, what is not known, how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from firingorder.errors import FiringOrderError
from firingorder.gui.key_button import KeyButton
from firingorder.gui.keys_above import asked_above
from firingorder.gui.page_around import PageAround
from firingorder.gui.practise_nav import PartsNav
from firingorder.gui.practise_quiz import Quiz
from firingorder.gui.practise_reading import Debates, Reading, make_page
from firingorder.gui.practise_sound import PLAIN, SLOW
from firingorder.gui.shortcuts import bind_keys
from firingorder.session.practice_keeping import keep_table
from firingorder.session.practice_rounds import LARGEST_SEED

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHideEvent, QPaintEvent, QShowEvent

    from firingorder.gui.commands import Commands
    from firingorder.gui.view_models.link_state import StateView
    from firingorder.report.theme import Theme
    from firingorder.session.feed import FeedUpdate
    from firingorder.sound.out import SoundOut

PARTS = {
    "practise": "Practise",
    "debates": "Debates, both sides",
    "not_known": "What is not known",
    "how_sure": "How sure is it?",
}


class PractisePage(PageAround):
    """Practice and reading for therapists; nothing here touches the session."""

    def __init__(
        self,
        theme: Theme,
        commands: Commands,
        clock: Callable[[], float],
        open_sound: Callable[[], SoundOut] | None = None,
    ) -> None:
        self._commands = commands
        self.part = "practise"
        # A series that nobody named: any number will do, and it is shown.
        self.quiz = Quiz(theme, int(clock() * 1000.0) % (LARGEST_SEED + 1), open_sound)
        self.debates = Debates(theme)
        self.pages = {name: make_page(theme, name) for name in ("not_known", "how_sure")}
        self.nav = PartsNav(theme, PARTS, self.quiz.score)
        self.nav.chosen.connect(self.show_part)
        self.go_on = KeyButton("Begin", "Enter", theme, primary=True)
        self.slow = KeyButton("Hear 8× slower", "8", theme)
        self.plain = KeyButton("Hear", "1", theme)
        self.plain.setAccessibleName("Hear it at its own speed")
        self.view = KeyButton("Only glute and back", "V", theme)
        self.save = KeyButton("Save table", "Ctrl+S", theme)
        self.anew = KeyButton("New series", "N", theme)
        self.back = KeyButton("Before", "←", theme)
        self.back.setAccessibleName("The debate before")
        self.ahead = KeyButton("Next", "→", theme)
        self.ahead.setAccessibleName("The next debate")
        body = _Body(theme)
        shown = (self.go_on, self.slow, self.plain, self.view, self.save, self.anew)
        super().__init__(theme, "Practise", body, (*shown, self.back, self.ahead))
        self._stack = QStackedLayout()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.nav)
        row.addLayout(self._stack, 1)
        for part in (self.quiz, self.debates, *self.pages.values()):
            self._stack.addWidget(part)
        self._connect()
        self.show_part("practise")

    def show_part(self, part: str) -> None:
        """Show one part of the page."""
        self.part = part
        shown: dict[str, QWidget] = {"practise": self.quiz, "debates": self.debates, **self.pages}
        self._stack.setCurrentWidget(shown[part])
        self.nav.show_part(part)
        self._refresh()

    def show_frame(self, update: FeedUpdate, state: StateView | None, now: float) -> None:
        """Look for the round under way; say what the session answers."""
        super().show_frame(update, state, now)
        if self.part == "practise":
            self.quiz.follow()
        note = self._commands.note() or (self.quiz.note if self.part == "practise" else "")
        self.buttons.say(note, self._theme.text2)

    def put_aside(self) -> None:
        """Stop making rounds and playing; give the loudspeaker back."""
        self.quiz.put_aside()

    def hideEvent(self, event: QHideEvent) -> None:
        """Do so also when the window closes."""
        if not event.spontaneous():
            self.put_aside()
            self.window().removeEventFilter(self)
        super().hideEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Hear of T before the window does, which has another meaning for it."""
        if not event.spontaneous():
            self.window().removeEventFilter(self)
            self.window().installEventFilter(self)
        super().showEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take T as an answer while one is asked for and nothing is being typed."""
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if event.type() not in kinds or not isinstance(event, QKeyEvent):
            return False
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.key() != Qt.Key.Key_T or not plain or not self._asks or asked_above(self):
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
            self.quiz.answer("together")
        return True

    @property
    def _asks(self) -> bool:
        return self.part == "practise" and self.quiz.state == "asking"

    def _connect(self) -> None:
        quiz = self.quiz
        quiz.changed.connect(self._refresh)
        self.go_on.clicked.connect(quiz.next)
        self.slow.clicked.connect(lambda: quiz.hear(SLOW))
        self.plain.clicked.connect(lambda: quiz.hear(PLAIN))
        self.view.clicked.connect(quiz.turn_view)
        self.save.clicked.connect(self._save)
        self.anew.clicked.connect(quiz.new_series)
        self.back.clicked.connect(lambda: self.debates.step(-1))
        self.ahead.clicked.connect(lambda: self.debates.step(1))
        self._keys = bind_keys(
            self,
            {
                Qt.Key.Key_Return: quiz.next,
                Qt.Key.Key_Enter: quiz.next,
                "8": lambda: quiz.hear(SLOW),
                Qt.Key.Key_Space: lambda: quiz.hear(SLOW),
                "1": lambda: quiz.hear(PLAIN),
                "G": lambda: quiz.answer("glutes_first"),
                "B": lambda: quiz.answer("back_first"),
                "U": lambda: quiz.answer("unclear"),
                "V": quiz.turn_view,
                "N": quiz.new_series,
                "Ctrl+S": self._save,
            },
        )
        self._reading_keys = bind_keys(
            self,
            {
                Qt.Key.Key_Left: lambda: self._turn_debate(-1),
                Qt.Key.Key_Right: lambda: self._turn_debate(1),
            },
        )
        bind_keys(
            self,
            {
                "Ctrl+PgDown": lambda: self._turn_part(1),
                "Ctrl+PgUp": lambda: self._turn_part(-1),
            },
        )
        self._scroll_keys = bind_keys(
            self,
            {
                Qt.Key.Key_Up: lambda: self._scroll(-1),
                Qt.Key.Key_Down: lambda: self._scroll(1),
                Qt.Key.Key_PageUp: lambda: self._scroll_page(-1),
                Qt.Key.Key_PageDown: lambda: self._scroll_page(1),
            },
        )
        for shortcut in self._scroll_keys.values():
            shortcut.setAutoRepeat(True)

    def _refresh(self) -> None:
        quiz, practises = self.quiz, self.part == "practise"
        works = practises and quiz.state in ("asking", "told")
        self.go_on.setVisible(practises)
        self.go_on.set_label("Begin" if quiz.state == "start" else "Next round")
        self.go_on.setEnabled(quiz.state in ("start", "told") or bool(quiz.note))
        for button in (self.slow, self.plain, self.view):
            button.setVisible(works)
        self.view.set_label("Only glute and back" if quiz.all_muscles else "All muscles")
        quiz.score.setVisible(practises)
        self.save.setVisible(practises and bool(quiz.answers))
        self.anew.setVisible(practises and quiz.state != "start")
        for button in (self.back, self.ahead):
            button.setVisible(self.part == "debates")
        for shortcut in self._keys.values():
            shortcut.setEnabled(practises)
        for shortcut in self._reading_keys.values():
            shortcut.setEnabled(self.part == "debates")
        for shortcut in self._scroll_keys.values():
            shortcut.setEnabled(not practises)
        self.buttons.say(quiz.note if practises else "", self._theme.text2)

    def _reading(self) -> Reading:
        return self.debates.reading if self.part == "debates" else self.pages[self.part]

    def _scroll(self, steps: float) -> None:
        self._reading().turn(steps)

    def _scroll_page(self, pages: int) -> None:
        self._reading().turn_page(pages)

    def _turn_debate(self, by: int) -> None:
        self.debates.step(by)

    def _turn_part(self, by: int) -> None:
        parts = list(PARTS)
        self.show_part(parts[(parts.index(self.part) + by) % len(parts)])

    def _save(self) -> None:
        quiz = self.quiz
        if not quiz.answers:
            return
        try:
            path = keep_table(quiz.table(), quiz.answers[0].round.plan.seed)
        except FiringOrderError as problem:
            quiz.note = str(problem)
        else:
            quiz.note = f"Saved: {path}"
        self._refresh()


class _Body(QWidget):
    """The ground of the page."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        p = QPainter(self)
        p.fillRect(event.rect(), self._theme.background)
        p.end()
