"""What the tests of pages share: keys where the keyboard is, and what holds of every page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QLineEdit, QWidget

from firingorder.report import painter
from firingorder.session.office import Office
from tests.gui.library_pictures import open_page

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.training.safety.records import Hat

PLAIN = Qt.KeyboardModifier.NoModifier
NAMED = (QAbstractButton, QAbstractItemView, QLineEdit)
#: A finger meets nothing lower.
LOWEST_PX = 48


def focused() -> Any:
    """Return what has the keyboard."""
    return QApplication.focusWidget()


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
    """Press a key where the keyboard is."""
    QTest.keyClick(focused(), key, modifiers)


def type_in(text: str) -> None:
    """Type a text where the keyboard is."""
    QTest.keyClicks(focused(), text)


def give_keyboard(qtbot: Any, window: QWidget) -> None:
    """Let a window have the keyboard; what ends the test closes it."""
    qtbot.addWidget(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=20_000)


def office_in(folder: Path, settings: Path, person: str = "", hat: Hat = "therapist") -> Office:
    """Return an office in a folder of its own, on a morning in November."""
    made = Office(person, folder=folder, settings_file=settings,
                  now=lambda: datetime(2026, 11, 21, 9, 0, tzinfo=UTC))  # fmt: skip
    made.hat = hat
    return made


def open_kept(qtbot: Any, office: Office, page: str, **options: Any) -> tuple[Any, Any]:
    """Open a page that has read the library of its office; its window has the keyboard."""
    window, shown = open_page(office, page, **options)
    give_keyboard(qtbot, window)
    window.setFocus()
    window.tick()
    return window, shown


def cut_texts(monkeypatch: Any) -> list[str]:
    """Return a list in which every text appears that is drawn with an ellipsis from now on."""
    cut: list[str] = []

    class Metrics(QFontMetricsF):
        def elidedText(  # noqa: N802
            self, text: str, mode: Qt.TextElideMode, width: float, /, flags: int | None = 0
        ) -> str:
            cut.append(text)
            return super().elidedText(text, mode, width, flags)

    monkeypatch.setattr(painter, "QFontMetricsF", Metrics)
    return cut


class PaintSpy(QObject):
    """Counts who paints."""

    def __init__(self) -> None:
        super().__init__()
        self.painted: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Note a paint and let it happen."""
        if event.type() == QEvent.Type.Paint:
            self.painted.append(repr(watched))
        return False


def assert_named_and_idle(
    window: Any, shown: QWidget, size: tuple[int, int], *more: type[QWidget], parts: int
) -> None:
    """All that does something has a name and the height of a finger; nothing is painted idle.

    ``more`` kinds have names here, too; more than ``parts`` widgets are seen.
    """
    QApplication.processEvents()
    assert (window.width(), window.height()) == size
    for kind in (*NAMED, *more):
        for widget in shown.findChildren(kind):
            assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name), widget
            if widget.isVisibleTo(shown) and isinstance(widget, QAbstractButton):
                assert widget.height() >= LOWEST_PX, widget
    for _ in range(3):
        window.tick()
        QApplication.processEvents()
    spy = PaintSpy()
    watched = [one for one in (shown, *shown.findChildren(QWidget)) if one.isVisible()]
    for widget in watched:
        widget.installEventFilter(spy)
    for _ in range(10):
        window.held_clock["s"] += 0.033
        window.tick()
        QApplication.processEvents()
    for widget in watched:
        widget.removeEventFilter(spy)
    assert len(watched) > parts
    assert spy.painted == []
