"""The editor of what is chosen: one row a field, with its unit, its origin, its error, its lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from firingorder.gui.programme_inputs import ChoiceEdit, LineEdit, TextEdit
from firingorder.gui.programme_stepper import Stepper
from firingorder.gui.programme_style import sheet
from firingorder.report.theme import BODY_PX, SMALL_PX, font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor, QResizeEvent

    from firingorder.gui.view_models.programme_fields import FieldView
    from firingorder.report.theme import Theme

_LABEL_PX = 118
#: Below this width, and above several lines, the label stands over the field.
_NARROW_PX = 380
#: The reason of a lock that stands above all fields and is not said again below each.
SEE_ABOVE = "See above."


class FieldRow(QWidget):
    """One field. ``committed`` (key, text), ``stepped`` (key, by), ``escaped``."""

    committed = Signal(str, str)
    stepped = Signal(str, int)
    escaped = Signal()

    def __init__(self, theme: Theme, view: FieldView) -> None:
        super().__init__()
        self._theme, self.view, self._error = theme, view, ""
        self._heading = _label(theme.text2, SMALL_PX, 600)
        self._label = _label(theme.text, BODY_PX, 500)
        self._indent = _LABEL_PX + 4
        self._unit = _label(theme.text2, BODY_PX, 500)
        self._note = _label(theme.text3, SMALL_PX, 500)
        self.input: LineEdit | TextEdit | ChoiceEdit
        if view.options:
            self.input = ChoiceEdit(theme)
        elif view.lines > 1:
            self.input = TextEdit(theme, view.lines)
        else:
            self.input = LineEdit(theme, steps=view.steps)
        inner = QHBoxLayout()
        inner.setSpacing(8)
        inner.addWidget(self.input, 1)
        inner.addWidget(self._unit)
        self.stepper = Stepper(theme) if view.steps and not view.options else None
        if self.stepper is not None:
            self.stepper.setAccessibleName(f"{view.label}: one step less, one step more")
            inner.addWidget(self.stepper)
        line = self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        line.setSpacing(4)
        line.addWidget(self._label)
        line.addLayout(inner, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 2, 12, 2)
        column.setSpacing(3)
        column.addWidget(self._heading)
        column.addLayout(line)
        column.addWidget(self._note)
        self._connect()
        self.show_view(view)

    @property
    def error(self) -> str:
        """The sentence beside the field."""
        return self._error

    def show_view(self, view: FieldView) -> None:
        """Show the field; what is being typed stays."""
        if view != self.view:
            self._error = ""
        self.view = view
        self._label.setText(view.label)
        self._heading.setText(view.group)
        self._heading.setContentsMargins(0, 10, 0, 2)
        self._heading.setVisible(bool(view.group))
        self._unit.setText(view.unit)
        self._unit.setVisible(bool(view.unit))
        self.input.show_text(view.shown, locked=bool(view.locked))
        if isinstance(self.input, LineEdit):
            self.input.setPlaceholderText(view.empty)
        if self.stepper is not None:
            self.stepper.setEnabled(not view.locked)
        self.input.setAccessibleName(view.label)
        self._describe()

    def show_error(self, text: str) -> None:
        """Show why what was typed cannot stand there."""
        self._error = text
        self.input.mark(wrong=bool(text))
        self._describe()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the label above where there is no room beside."""
        super().resizeEvent(event)
        narrow = self.width() < _NARROW_PX or self.view.lines > 1
        self._indent = 0 if narrow else _LABEL_PX + 4
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._line.direction() != way or self._label.maximumWidth() != self._label_px:
            self._line.setDirection(way)
            self._label.setFixedWidth(self._label_px)
            self._note.setContentsMargins(self._indent, 0, 0, 2)

    @property
    def _label_px(self) -> int:
        return _LABEL_PX if self._indent else max(_LABEL_PX, self.width() - 16)

    def _describe(self) -> None:
        view = self.view
        ink = self._theme.back if self._error else self._theme.text3
        locked = f"Locked. {view.locked}" if view.locked not in ("", SEE_ABOVE) else ""
        parts = (view.hint, view.source, locked)
        said = self._error or "\n".join(part for part in parts if part)
        self._note.setText(said)
        self._note.setStyleSheet(f"color: {ink.name()};")
        self._note.setContentsMargins(self._indent, 0, 0, 2)
        self._note.setVisible(bool(said))
        self.input.setAccessibleDescription(f"{self._error} {view.spoken}".strip())

    def _connect(self) -> None:
        one = self.input
        one.escaped.connect(self._escape)
        if not isinstance(one, ChoiceEdit):
            one.committed.connect(lambda text: self.committed.emit(self.view.key, text))
        if isinstance(one, LineEdit):
            one.stepped.connect(lambda by: self.stepped.emit(self.view.key, by) if by else None)
            if self.stepper is not None:
                self.stepper.stepped.connect(one.step)
        elif isinstance(one, ChoiceEdit):
            one.stepped.connect(self._turn)

    def _escape(self) -> None:
        self.show_error("")
        self.escaped.emit()

    def _turn(self, by: int) -> None:
        """Choose the next word; the last is followed by the first."""
        values = [value for value, _ in self.view.options]
        at = values.index(self.view.text) if self.view.text in values else 0
        self.committed.emit(self.view.key, values[(at + by) % len(values)])


class FieldEditor(QScrollArea):
    """All fields of what is chosen. ``committed``, ``stepped``, ``escaped`` as of a row."""

    committed = Signal(str, str)
    stepped = Signal(str, int)
    escaped = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.rows: dict[str, FieldRow] = {}
        self._of, self._shown = "", ()
        self.setAccessibleName(name)
        self.setStyleSheet(sheet(theme))
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        inside.setObjectName("fields")
        inside.setStyleSheet("#fields { background: transparent; }")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._banner = _label(theme.text2, SMALL_PX, 500)
        self._column.addWidget(self._banner)
        self._column.addStretch(1)
        self.setWidget(inside)
        self.viewport().setAutoFillBackground(False)
        self.verticalScrollBar().rangeChanged.connect(self._keep_in_sight)

    def show_fields(self, views: Sequence[FieldView], of: str, banner: str = "") -> None:
        """Show the fields of one thing, which has the identity ``of``; equal ones cost nothing."""
        shown = (tuple(views), banner)
        if of == self._of and shown == self._shown:
            return
        fresh = of != self._of
        self._of, self._shown = of, shown
        self._banner.setText(banner)
        self._banner.setVisible(bool(banner))
        wanted = [(one.key, bool(one.options), one.lines > 1) for one in views]
        present = [
            (key, bool(row.view.options), row.view.lines > 1) for key, row in self.rows.items()
        ]
        if wanted != present:
            self._arrange(views)
        for view in views:
            row = self.rows[view.key]
            if fresh:
                row.show_error("")
            row.show_view(view)
        if fresh:
            self.verticalScrollBar().setValue(0)

    def show_error(self, key: str, text: str) -> None:
        """Show a sentence beside a field."""
        if key in self.rows:
            self.rows[key].show_error(text)

    def focus_field(self, key: str = "") -> bool:
        """Give the keyboard to a field, the first one where there is none of that name."""
        row = self.rows.get(key) or next(iter(self.rows.values()), None)
        if row is None:
            return False
        row.input.setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(row)
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the fields as wide with the scroll bar as without it.

        Their height follows from their width: where a bar that comes made them narrower, so high
        that it goes again, they would change places for ever.
        """
        super().resizeEvent(event)
        bar = self.verticalScrollBar().sizeHint().width()
        inside = self.widget()
        assert inside is not None
        inside.setFixedWidth(max(1, self.width() - 2 * self.frameWidth() - bar))

    def _keep_in_sight(self) -> None:
        """Follow the field with the keyboard when others above it come, go, or find their size."""
        for row in self.rows.values():
            if row.input.hasFocus():
                self.ensureWidgetVisible(row)

    def _arrange(self, views: Sequence[FieldView]) -> None:
        """Make and order the rows; those that stay keep what is being typed."""
        kept: dict[str, FieldRow] = {}
        for view in views:
            row = self.rows.get(view.key)
            if row is not None and bool(row.view.options) == bool(view.options):
                kept[view.key] = row
                continue
            row = FieldRow(self._theme, view)
            row.committed.connect(self.committed)
            row.stepped.connect(self.stepped)
            row.escaped.connect(self.escaped)
            kept[view.key] = row
        for key, row in self.rows.items():
            if kept.get(key) is not row:
                self._column.removeWidget(row)
                row.hide()
                row.setParent(None)
                row.deleteLater()
        for k, row in enumerate(kept.values()):
            if self._column.indexOf(row) != k + 1:
                self._column.insertWidget(k + 1, row)
        before: QWidget | None = None
        for row in kept.values():
            if before is not None:
                QWidget.setTabOrder(before, row.input)
            before = row.input
        self.rows = kept


def _label(ink: QColor, px: int, weight: int) -> QLabel:
    made = QLabel()
    made.setFont(font(px, weight))
    made.setStyleSheet(f"color: {ink.name()};")
    made.setWordWrap(True)
    return made
