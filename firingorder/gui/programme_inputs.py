"""What is typed into and stepped through: a line, several lines, a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from firingorder.gui.key_button import HIT_PX
from firingorder.gui.keys_above import goes_above
from firingorder.gui.programme_drawing import draw_lock
from firingorder.gui.programme_style import sheet
from firingorder.report.painter import draw_round, draw_text
from firingorder.report.theme import BODY_PX, font

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from firingorder.report.theme import Theme

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_CONTROL = Qt.KeyboardModifier.ControlModifier
_STEPS: dict[int, int] = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
_TURNS: dict[int, int] = {
    Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1,
}  # fmt: skip


def plain(event: QKeyEvent) -> bool:
    """Tell whether a key came without modifiers."""
    return event.modifiers() in (
        Qt.KeyboardModifier.NoModifier,
        Qt.KeyboardModifier.KeypadModifier,
    )


def is_undo(event: QKeyEvent) -> bool:
    """Tell whether a key takes something back or does it again."""
    key = event.key() in (Qt.Key.Key_Z, Qt.Key.Key_Y)
    return key and bool(event.modifiers() & _CONTROL)


class LineEdit(QLineEdit):
    """One line. Enter and leaving it commit, Esc takes back what was typed, Up and Down step."""

    committed = Signal(str)
    stepped = Signal(int)
    escaped = Signal()

    def __init__(self, theme: Theme, *, steps: bool = False) -> None:
        super().__init__()
        self._steps = steps
        self._shown = ""
        self.setStyleSheet(sheet(theme))
        self.setFixedHeight(HIT_PX - 6)
        self.textEdited.connect(lambda _: self.mark(wrong=False))

    def show_text(self, text: str, *, locked: bool) -> None:
        """Show what stands there; what is being typed stays."""
        if locked != self.isReadOnly():
            self.setReadOnly(locked)
            _property(self, "locked", locked)
        if text != self._shown or (text != self.text() and not self.isModified()):
            self._shown = text
            self.setText(text)
            self.setCursorPosition(0)
            self.mark(wrong=False)

    def mark(self, *, wrong: bool) -> None:
        """Mark what was typed as something that cannot stand there."""
        _property(self, "wrong", wrong)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here; undo only while something is being typed."""
        if goes_above(self, event):
            return False
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if is_undo(event) and not self.isModified():
                event.ignore()
                return False
            mine = (*_ENTER, Qt.Key.Key_Escape, *_STEPS)
            if plain(event) and event.key() in mine:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Commit, take back, step; leave keys of the page to the page."""
        if event.key() in _ENTER and plain(event):
            self.commit()
        elif event.key() == Qt.Key.Key_Escape:
            self.setText(self._shown)
            self.mark(wrong=False)
            self.escaped.emit()
        elif event.key() in _STEPS and plain(event):
            self.step(_STEPS[event.key()])
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Commit what was typed."""
        super().focusOutEvent(event)
        self._commit_typed()

    def step(self, by: int) -> None:
        """Take what was typed, then go a step up or down."""
        self._commit_typed()
        self.stepped.emit(by if self._steps else 0)

    def commit(self) -> None:
        """Say what stands there."""
        self.setModified(False)
        self.committed.emit(self.text())

    def _commit_typed(self) -> None:
        if self.isModified() and self.text() != self._shown:
            self.commit()


class TextEdit(QPlainTextEdit):
    """Several lines. Leaving it and Ctrl+Enter commit, Esc takes back what was typed."""

    committed = Signal(str)
    escaped = Signal()

    def __init__(self, theme: Theme, lines: int) -> None:
        super().__init__()
        self._shown = ""
        self.setStyleSheet(sheet(theme))
        self.setTabChangesFocus(True)
        self.setFixedHeight(22 + 20 * max(2, lines))
        self.textChanged.connect(lambda: self.mark(wrong=False))

    def text(self) -> str:
        """Return what stands there."""
        return self.toPlainText()

    def show_text(self, text: str, *, locked: bool) -> None:
        """Show what stands there; what is being typed stays."""
        if locked != self.isReadOnly():
            self.setReadOnly(locked)
            _property(self, "locked", locked)
        if text != self._shown:
            self._shown = text
            self.setPlainText(text)
            self.document().setModified(False)

    def mark(self, *, wrong: bool) -> None:
        """Mark what was typed as something that cannot stand there."""
        _property(self, "wrong", wrong)

    def event(self, event: QEvent) -> bool:
        """Keep Enter, arrows and Esc; undo only while something is being typed."""
        if goes_above(self, event):
            return False
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if is_undo(event) and not self.document().isModified():
                event.ignore()
                return False
            if event.key() in (*_ENTER, Qt.Key.Key_Escape) or (
                event.key() in _TURNS and plain(event)
            ):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Commit on Ctrl+Enter, take back on Esc."""
        if event.key() in _ENTER and event.modifiers() & _CONTROL:
            self._commit_typed()
        elif event.key() == Qt.Key.Key_Escape:
            self.setPlainText(self._shown)
            self.document().setModified(False)
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Commit what was typed."""
        super().focusOutEvent(event)
        self._commit_typed()

    def _commit_typed(self) -> None:
        if self.document().isModified() and self.text() != self._shown:
            self.document().setModified(False)
            self.committed.emit(self.text())


class ChoiceEdit(QWidget):
    """One of a few words: arrows and clicks on them go to the one before or after."""

    stepped = Signal(int)
    escaped = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._text, self._locked = theme, "", False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(HIT_PX - 6)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def text(self) -> str:
        """Return the word that is shown."""
        return self._text

    def show_text(self, text: str, *, locked: bool) -> None:
        """Show the word that was chosen."""
        if (text, locked) != (self._text, self._locked):
            self._text, self._locked = text, locked
            self.update()

    def mark(self, *, wrong: bool) -> None:
        """Do nothing: what can be chosen can stand there, and the page tells what does not fit."""

    def sizeHint(self) -> QSize:
        """Return the size that most words need."""
        return QSize(150, HIT_PX - 6)

    def event(self, event: QEvent) -> bool:
        """Keep the arrows."""
        if goes_above(self, event):
            return False
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if plain(event) and event.key() in (*_TURNS, Qt.Key.Key_Escape):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to another word; leave every other key to the page."""
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif event.key() in _TURNS and plain(event):
            self.stepped.emit(_TURNS[event.key()])
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the word before on its left third, else to the one after."""
        self.stepped.emit(-1 if self._left(event.position().toPoint()) else 1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the word between two arrows, or with a lock."""
        theme, p = self._theme, QPainter(self)
        rect = QRectF(self.rect())
        p.fillRect(rect, theme.surface)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        ground = theme.surface if self._locked else theme.surface2
        draw_round(p, rect, 8, ground, theme.line)
        ink = theme.text2 if self._locked else theme.text
        if self._locked:
            draw_lock(p, QRectF(rect.right() - 26, 0, 20, rect.height()).center(), ink, ground)
        else:
            middle = rect.center().y()
            p.setPen(QPen(theme.text2, 1.6, c=Qt.PenCapStyle.RoundCap))
            for x, way in ((13.0, 1.0), (rect.right() - 13.0, -1.0)):
                points = ((x + 2.5 * way, -5.0), (x - 2.5 * way, 0.0), (x + 2.5 * way, 5.0))
                p.drawPolyline([QPointF(at, middle + dy) for at, dy in points])
        draw_text(p, rect.adjusted(26, 0, -26, 0), self._text, font(BODY_PX, 500), ink)
        if self.hasFocus():
            p.setPen(QPen(theme.accent, 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 7, 7)
        p.end()

    def _left(self, spot: QPoint) -> bool:
        return spot.x() < self.width() / 3


def _property(widget: QWidget, name: str, value: bool) -> None:
    if bool(widget.property(name)) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()
