"""The floor view on a second screen, full size, while the therapist keeps the desk view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from firingorder.gui.coach_card_view import CoachCardView
from firingorder.gui.floor_view import FloorView
from firingorder.gui.view_models.desk import source_tag

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent, QKeyEvent, QScreen

    from firingorder.gui.view_models.coach_card import CoachCard
    from firingorder.gui.view_models.link_state import StateView
    from firingorder.gui.view_models.live_model import LiveModel
    from firingorder.report.theme import Theme
    from firingorder.session.office import Office

NO_SECOND = "There is no second screen. F shows the floor view here."
LOST = "The second screen is gone; the training goes on. F shows the floor view here."


def second_screen(window: QWidget, wanted: str = "") -> QScreen | None:
    """Return a screen that the window is not on: the wanted one by its name, else the first."""
    others = [one for one in QGuiApplication.screens() if one is not window.screen()]
    named = [one for one in others if one.name() == wanted]
    return (named or others or [None])[0]


class FloorWindow(QWidget):
    """Fills a screen. Keys go to the window that steers. ``gone`` says why it was closed."""

    gone = Signal(str)

    def __init__(self, theme: Theme, main: QWidget, screen: QScreen) -> None:
        super().__init__()
        self._main, self._screen = main, screen
        self.setWindowTitle("firingorder, floor view")
        self.setAccessibleName("Floor view on a second screen")
        self.floor = FloorView(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.floor)
        self.card = CoachCardView(theme, self)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.screenRemoved.connect(self._screen_removed)
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.showFullScreen()

    def show_frame(self, model: LiveModel, state: StateView | None, card: CoachCard | None) -> None:
        """Show the present state, and the coach's card over it."""
        self.floor.show_frame(model, state)
        if self.card.geometry() != self.rect():
            self.card.setGeometry(self.rect())
        self.card.set_growth(self.floor.growth(self.size()))
        self.card.set_tag(source_tag(model))
        self.card.show_card(card)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand a key on to the window that steers."""
        if event.key() == Qt.Key.Key_F and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.close()
        else:
            QCoreApplication.sendEvent(self._main, event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Hand a key on to the window that steers."""
        QCoreApplication.sendEvent(self._main, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that it is closed."""
        super().closeEvent(event)
        self.gone.emit("")

    def _screen_removed(self, screen: QScreen) -> None:
        if screen is self._screen:
            self.blockSignals(True)
            self.close()
            self.blockSignals(False)
            self.gone.emit(LOST)


class SecondScreen(QObject):
    """Opens and closes the floor window of a main window; ``say`` tells what should be known.

    ``opened`` with the window, once it is there.
    """

    opened = Signal(QWidget)

    def __init__(
        self, main: QWidget, theme: Theme, office: Office, say: Callable[[str], None]
    ) -> None:
        super().__init__(main)
        self._distance_m = office.preferences.distance_m
        self._main, self._theme, self._office, self._say = main, theme, office, say
        self.window: FloorWindow | None = None

    def toggle(self) -> None:
        """Open it on the screen that was used last, if that is there; or close it."""
        if self.window is not None:
            self.close()
            return
        wanted = self._office.preferences.screen
        screen = second_screen(self._main, wanted)
        if screen is None:
            self._say(NO_SECOND)
            return
        self.window = FloorWindow(self._theme, self._main, screen)
        self.window.gone.connect(self._gone)
        if self._distance_m is not None:
            self.window.floor.set_distance(self._distance_m)
        self.opened.emit(self.window)
        self._main.activateWindow()
        if screen.name() != wanted:
            self._office.change(screen=screen.name())

    def show_frame(self, model: LiveModel, state: StateView | None, card: CoachCard | None) -> None:
        """Show the present state, where it is open."""
        if self.window is not None:
            self.window.show_frame(model, state, card)

    def set_distance(self, distance_m: float) -> None:
        """Set how far from the screen the person is."""
        self._distance_m = distance_m
        if self.window is not None:
            self.window.floor.set_distance(distance_m)

    def close(self) -> None:
        """Close it."""
        if self.window is not None:
            self.window.close()

    def _gone(self, why: str) -> None:
        if self.window is not None:
            self.window.deleteLater()
        self.window = None
        if why:
            self._say(why)
