"""A list of rows that are drawn by hand: chosen by keys and mouse, moved by keys and mouse."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from firingorder.gui.keys_above import goes_above
from firingorder.gui.programme_style import sheet
from firingorder.report.painter import draw_round
from firingorder.report.theme import blend

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtGui import QFocusEvent, QMouseEvent, QPaintEvent, QResizeEvent

    from firingorder.report.theme import Theme

Row = TypeVar("Row")
_KEYS = (
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
)  # fmt: skip
_MODIFIERS = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class _Delegate(QStyledItemDelegate):
    def __init__(self, owner: RowList[Any]) -> None:
        super().__init__(owner)
        self._owner = owner

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the height of a row; its width is that of the list."""
        return QSize(80, self._owner.height_of(index.row()))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the ground of the row, the row, the ring of the keyboard."""
        owner, theme = self._owner, self._owner.theme
        rect = QRectF(option.rect).adjusted(1, 1, -1, -1)  # type: ignore[attr-defined]
        chosen = index.row() == owner.currentRow()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if chosen:
            draw_round(painter, rect, 8, blend(theme.accent, theme.surface, 0.16), theme.accent)
        elif index.row() == owner.hovered:
            draw_round(painter, rect, 8, theme.surface2)
        owner.draw(painter, rect, owner.rows[index.row()], theme)
        if chosen and owner.hasFocus():
            painter.setPen(QPen(theme.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 7, 7)
        painter.restore()


class RowList(QListWidget, Generic[Row]):
    """Shows frozen rows and repaints only when they change.

    ``chosen`` when a person chose a row; ``activated_row`` on a double click; ``moved`` (from, to)
    when a row was dragged. ``fixed`` rows at the top stay where they are. ``measure`` says how high
    a row is at a width, where not all are ``row_px``.
    """

    chosen = Signal(int)
    activated_row = Signal(int)
    moved = Signal(int, int)

    def __init__(
        self,
        name: str,
        theme: Theme,
        draw: Callable[[QPainter, QRectF, Row, Theme], None],
        spoken: Callable[[Row], str],
        row_px: int,
        *,
        movable: bool = False,
        fixed: int = 0,
        measure: Callable[[Row, float], float] | None = None,
    ) -> None:
        super().__init__()
        self._measure = measure
        self.theme, self.draw, self.row_px = theme, draw, row_px
        self.rows: tuple[Row, ...] = ()
        self.hovered = -1
        self._spoken, self._movable, self._fixed = spoken, movable, fixed
        self._pressed: QPoint | None = None
        self._from = self._gap = -1
        self.setAccessibleName(name)
        self.setStyleSheet(sheet(theme))
        self.setItemDelegate(_Delegate(self))
        self.setUniformItemSizes(measure is None)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(row_px // 2)
        self.currentRowChanged.connect(self._row_changed)
        self.itemDoubleClicked.connect(lambda item: self.activated_row.emit(self.row(item)))
        self._filling = False

    @property
    def dragging(self) -> bool:
        """Whether a row is being dragged."""
        return self._gap >= 0

    def height_of(self, row: int) -> int:
        """Return the height of a row, px."""
        if self._measure is None or not 0 <= row < len(self.rows):
            return self.row_px
        return max(self.row_px, ceil(self._measure(self.rows[row], self.viewport().width())))

    @property
    def all_px(self) -> int:
        """The height of all rows."""
        return sum(map(self.height_of, range(len(self.rows))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Measure the rows anew."""
        super().resizeEvent(event)
        if self._measure is not None:
            self.scheduleDelayedItemsLayout()

    def show_rows(self, rows: Sequence[Row], current: int) -> None:
        """Show rows and which of them is chosen; equal ones cost nothing."""
        rows = tuple(rows)
        if rows != self.rows:
            self._filling = True
            self.rows = rows
            while self.count() > len(rows):
                self.takeItem(self.count() - 1)
            while self.count() < len(rows):
                self.addItem(QListWidgetItem())
            for k, row in enumerate(rows):
                said = self._spoken(row)
                item = self.item(k)
                if item.data(Qt.ItemDataRole.AccessibleTextRole) != said:
                    item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
                    item.setToolTip("")
            self._filling = False
            if self._measure is not None:
                self.scheduleDelayedItemsLayout()
            self.viewport().update()
        if current != self.currentRow():
            self._filling = True
            self.setCurrentRow(current)
            self._filling = False
            self.viewport().update()
        said = self._spoken(rows[current]) if 0 <= current < len(rows) else "Empty."
        if said != self.accessibleDescription():
            self.setAccessibleDescription(said)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that move in the list."""
        if goes_above(self, event):
            return False
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() in _KEYS and event.modifiers() in _MODIFIERS:
                event.accept()
                return True
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move in the list; leave every other key to the window."""
        if event.key() in _KEYS and event.modifiers() in _MODIFIERS:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a row, which may become a drag."""
        super().mousePressEvent(event)
        row = self.indexAt(event.position().toPoint()).row()
        if self._movable and event.button() == Qt.MouseButton.LeftButton and row >= self._fixed:
            self._pressed, self._from = event.position().toPoint(), row

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag a row: a line shows where it would go."""
        spot = event.position().toPoint()
        hovered = self.indexAt(spot).row()
        if hovered != self.hovered:
            self.hovered = hovered
            self.viewport().update()
        if self._pressed is None:
            return
        if (spot - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self._gap = self._gap_at(spot)
            self._scroll_at_edge(spot)
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let a dragged row go where the line is."""
        super().mouseReleaseEvent(event)
        gap, start = self._gap, self._from
        self._drop_drag()
        if gap >= 0 and gap not in (start, start + 1):
            self.moved.emit(start, gap - 1 if gap > start else gap)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget which row the pointer was over."""
        super().leaveEvent(event)
        if self.hovered >= 0:
            self.hovered = -1
            self.viewport().update()

    def cancel_drag(self) -> bool:
        """Leave a dragged row where it was; return whether there was one."""
        was = self.dragging
        self._drop_drag()
        return was

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, and the line where a dragged one would go."""
        super().paintEvent(event)
        if self._gap < 0:
            return
        p = QPainter(self.viewport())
        last = self.visualItemRect(self.item(min(self._gap, self.count() - 1)))
        y = last.top() if self._gap < self.count() else last.bottom() + 1
        y = min(max(y, 2), self.viewport().height() - 3)
        p.setPen(QPen(self.theme.accent, 3))
        p.drawLine(4, y, self.viewport().width() - 4, y)
        p.end()

    def _gap_at(self, spot: QPoint) -> int:
        for k in range(self._fixed, self.count()):
            if spot.y() < self.visualItemRect(self.item(k)).center().y():
                return k
        return self.count()

    def _scroll_at_edge(self, spot: QPoint) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        if spot.y() < self.row_px // 3:
            bar.setValue(bar.value() - self.row_px // 3)
        elif spot.y() > height - self.row_px // 3:
            bar.setValue(bar.value() + self.row_px // 3)

    def _drop_drag(self) -> None:
        self._pressed, self._from, self._gap = None, -1, -1
        self.viewport().unsetCursor()
        self.viewport().update()

    def _row_changed(self, row: int) -> None:
        if not self._filling and row >= 0:
            self.chosen.emit(row)
