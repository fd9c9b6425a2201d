"""A card over the page with several fields, all by keyboard: Ctrl+Enter does it, Esc leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from firingorder.gui.keys_above import asked_above
from firingorder.gui.programme_editor import FieldEditor
from firingorder.gui.programme_inputs import LineEdit
from firingorder.gui.shortcuts import bind_keys
from firingorder.gui.veiled_card import VeiledCard

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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


class FormCard(VeiledCard):
    """Asks for several things. Ctrl+Enter does it, Esc leaves."""

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(theme, over, "Form", "Do it", "Ctrl+Enter")
        self.form: Form | None = None
        self._take: Callable[[], str] | None = None
        self.fields = FieldEditor(theme, "Fields")
        column = QVBoxLayout(self._box)
        column.setContentsMargins(_MARGIN_PX, 18, _MARGIN_PX, 18)
        column.setSpacing(10)
        for widget in (self.title, self.remark):
            column.addWidget(widget)
        column.addWidget(self.fields, 1)
        column.addWidget(self.error)
        self.buttons.addStretch(1)
        column.addLayout(self.buttons)
        self.fields.committed.connect(self._changed)
        self.fields.escaped.connect(self.close_card)
        self.ok.clicked.connect(self.accept)
        bind_keys(self, {"Ctrl+Return": self.accept, "Ctrl+Enter": self.accept})

    def ask(self, form: Form, take: Callable[[], str]) -> None:
        """Ask; ``take`` does what was asked for, or returns why it cannot be."""
        self.form, self._take = form, take
        self.title.setText(form.title)
        self.remark.setText(form.hint)
        self.remark.setVisible(bool(form.hint))
        self.ok.set_label(form.done_words)
        self.setAccessibleDescription(f"{form.title}. {form.hint}")
        self.tell("")
        self._show(form)
        self.rise()
        self.fields.focus_field()

    def close_card(self) -> bool:
        """Close it; return whether it was open."""
        self._take = None
        return super().close_card()

    def accept(self) -> None:
        """Do what was asked for."""
        self.setFocus()  # what is still being typed is taken
        if self._take is None:
            return
        said = self._take()
        if said:
            self.tell(said)
            self.fields.focus_field()
        else:
            self.close_card()

    def box_rect(self) -> QRect:
        """Return where the box lies."""
        return self.centred(min(_WIDTH_PX, self.width() - 32), min(_MOST_PX, self.height() - 24))

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

    def _changed(self, key: str, text: str) -> None:
        form = self.form
        if form is None:
            return
        said = form.change(key, text)
        self._show(form)
        self.fields.show_error(key, said)
        self.tell("")

    def _show(self, form: Form) -> None:
        self.fields.show_fields(form.fields(), form.title)
        row = self.fields.rows.get(SECRET)
        if row is not None and isinstance(row.input, LineEdit):
            row.input.setEchoMode(QLineEdit.EchoMode.Password)
