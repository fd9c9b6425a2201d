"""A card over the page with several fields, all by keyboard: Ctrl+Enter does it, Esc leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from firingorder.gui.key_button import KeyButton
from firingorder.gui.keys_above import asked_above
from firingorder.gui.programme_editor import FieldEditor
from firingorder.gui.programme_inputs import LineEdit
from firingorder.gui.shortcuts import bind_keys
from firingorder.report.painter import draw_round
from firingorder.report.theme import SMALL_PX, TITLE_PX, font

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent

    from firingorder.gui.view_models.programme_fields import FieldView
    from firingorder.report.theme import Theme

_WIDTH_PX, _MARGIN_PX, _MOST_PX = 600, 22, 640
#: What is typed here is not shown.
SECRET = "secret"


class Form(Protocol):
    """What a card asks for: its fields, and what a change of one does."""

    @property
    def title(self) -> str:
        """What it is about."""
        ...

    @property
    def hint(self) -> str:
        """What to know before."""
        ...

    @property
    def done_words(self) -> str:
        """What the button says."""
        ...

    def fields(self) -> Sequence[FieldView]:
        """Return the fields as they are."""
        ...

    def change(self, key: str, text: str) -> str:
        """Change a field; return why it cannot be, or nothing."""
        ...


class FormCard(QWidget):
    """Lies over its parent while it asks."""

    closed = Signal()

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(over)
        self._theme, self._over = theme, over
        self.form: Form | None = None
        self._take: Callable[[], str] | None = None
        self.setAccessibleName("Form")
        self.title, self.hint, self.error = QLabel(), QLabel(), QLabel()
        for label, px, ink in (
            (self.title, TITLE_PX, theme.text),
            (self.hint, SMALL_PX, theme.text2),
            (self.error, SMALL_PX, theme.back),
        ):
            label.setFont(font(px, 600 if px == TITLE_PX else 500))
            label.setStyleSheet(f"color: {ink.name()};")
            label.setWordWrap(True)
        self.fields = FieldEditor(theme, "Fields")
        self.ok = KeyButton("Do it", "Ctrl+Enter", theme, primary=True)
        self.leave = KeyButton("Leave", "Esc", theme)
        buttons = QHBoxLayout()
        buttons.addWidget(self.ok)
        buttons.addWidget(self.leave)
        buttons.addStretch(1)
        self._box = QWidget(self)
        column = QVBoxLayout(self._box)
        column.setContentsMargins(_MARGIN_PX, 18, _MARGIN_PX, 18)
        column.setSpacing(10)
        for widget in (self.title, self.hint):
            column.addWidget(widget)
        column.addWidget(self.fields, 1)
        column.addWidget(self.error)
        column.addLayout(buttons)
        self.fields.committed.connect(self._changed)
        self.fields.escaped.connect(self.close_card)
        self.ok.clicked.connect(self.accept)
        self.leave.clicked.connect(self.close_card)
        bind_keys(self, {"Ctrl+Return": self.accept, "Ctrl+Enter": self.accept})
        self.hide()

    @property
    def open(self) -> bool:
        """Whether it asks."""
        return not self.isHidden()

    def ask(self, form: Form, take: Callable[[], str]) -> None:
        """Ask; ``take`` does what was asked for, or returns why it cannot be."""
        self.form, self._take = form, take
        self.title.setText(form.title)
        self.hint.setText(form.hint)
        self.hint.setVisible(bool(form.hint))
        self.ok.set_label(form.done_words)
        self.setAccessibleDescription(f"{form.title}. {form.hint}")
        self._tell("")
        self._show(form)
        self.show()
        self.raise_()
        self.place()
        self.fields.focus_field()

    def close_card(self) -> bool:
        """Close it; return whether it was open."""
        was = self.open
        self._take = None
        self.hide()
        if was:
            self.closed.emit()
        return was

    def accept(self) -> None:
        """Do what was asked for."""
        self.setFocus()  # what is still being typed is taken
        if self._take is None:
            return
        said = self._take()
        if said:
            self._tell(said)
            self.fields.focus_field()
        else:
            self.close_card()

    def place(self) -> None:
        """Lie over the whole parent."""
        self.setGeometry(self._over.rect())
        width = min(_WIDTH_PX, self.width() - 32)
        height = min(_MOST_PX, self.height() - 24)
        self._box.setGeometry((self.width() - width) // 2, (self.height() - height) // 2,
                              width, height)  # fmt: skip

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the box in the middle."""
        super().resizeEvent(event)
        self.place()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave when the veil is pressed."""
        if not self._box.geometry().contains(event.position().toPoint()):
            self.close_card()

    def event(self, event: QEvent) -> bool:
        """Keep Esc."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Esc where no field has it."""
        if event.key() == Qt.Key.Key_Escape and not asked_above(self):
            self.close_card()
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the veil and the ground of the box."""
        p = QPainter(self)
        veil = QColor(self._theme.background)
        veil.setAlphaF(0.82)
        p.fillRect(self.rect(), veil)
        draw_round(p, QRectF(self._box.geometry()), 12, self._theme.surface,
                   self._theme.strong_line)  # fmt: skip
        p.end()

    def _changed(self, key: str, text: str) -> None:
        form = self.form
        if form is None:
            return
        said = form.change(key, text)
        self._show(form)
        self.fields.show_error(key, said)
        self._tell("")

    def _show(self, form: Form) -> None:
        self.fields.show_fields(form.fields(), form.title)
        row = self.fields.rows.get(SECRET)
        if row is not None and isinstance(row.input, LineEdit):
            row.input.setEchoMode(QLineEdit.EchoMode.Password)

    def _tell(self, text: str) -> None:
        self.error.setText(text)
        self.error.setVisible(bool(text))
