"""The card of an import: signals with their muscles, the beginning of each drawn, fields."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from firingorder.gui.canvas import Canvas
from firingorder.gui.keys_above import asked_above
from firingorder.gui.library_plot import SignalsView, draw_signal_row, draw_signals, signals_view
from firingorder.gui.programme_editor import FieldEditor
from firingorder.gui.programme_inputs import plain
from firingorder.gui.programme_list import RowList
from firingorder.gui.shortcuts import bind_keys
from firingorder.gui.veiled_card import VeiledCard
from firingorder.gui.view_models.library_import import ImportDesk, SignalRow
from firingorder.report.theme import SMALL_PX, font

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from firingorder.findings import Sides
    from firingorder.gui.library_jobs import LibraryJobs
    from firingorder.report.theme import Theme
    from firingorder.session.exchange.importing import Imported
    from firingorder.session.exchange.importing_preview import Preview
    from firingorder.training.exercises.copies import Exercises

_MARGIN_PX, _ROW_PX = 20, 50
_FORM_PX, _LOW_FORM_PX, _LOW_PX = 236, 120, 600
_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Delete, Qt.Key.Key_Escape)


class ImportCard(VeiledCard):
    """Shows a file and asks what is in it. ``imported`` gives the recording that was made."""

    imported = Signal(str)

    def __init__(self, theme: Theme, over: QWidget, jobs: LibraryJobs) -> None:
        super().__init__(theme, over, "Import", "Import", "Ctrl+Enter")
        self._jobs = jobs
        self.desk = ImportDesk((), "", own=False)
        self._path: Path | None = None
        self._folder: Path | None = None
        self._shown: Preview | None = None
        self.rows: RowList[SignalRow] = RowList(
            "Signals of the file", theme, draw_signal_row, lambda row: row.spoken, _ROW_PX
        )
        self.plot: Canvas[SignalsView] = Canvas(
            "Beginning of the file", theme, draw_signals, lambda view: view.spoken
        )
        self.fields = FieldEditor(theme, "About the file")
        self._lay_out()
        self.rows.chosen.connect(self._choose)
        self.fields.committed.connect(self._changed)
        self.fields.escaped.connect(lambda: self.rows.setFocus())
        self.ok.clicked.connect(self.accept)
        bind_keys(self, {"Ctrl+Return": self.accept, "Ctrl+Enter": self.accept})

    def ask(
        self, path: Path, folder: Path, person: str, exercises: Exercises, *, own: bool = False
    ) -> None:
        """Show what is in a file; a recording of it goes into ``folder``.

        ``own``: the person is the one who is at the screen, and stays it.
        """
        named = sorted(((one, exercises(one).task.name) for one in exercises.ids),
                       key=lambda pair: pair[1].casefold())  # fmt: skip
        self.desk = ImportDesk(named, person, own=own)
        self._path, self._folder, self._shown = path, folder, None
        self.tell("")
        self.rise()
        self._read()
        self.rows.setFocus()

    def accept(self) -> None:
        """Make a recording of the file."""
        self.setFocus()  # what is still being typed is taken
        said = self.desk.wrong()
        if said or self._path is None or self._folder is None:
            self.tell(said)
            self.rows.setFocus()
            return
        desk, path = self.desk, self._path
        out = self._folder / f"imported-{uuid.uuid4().hex[:12]}.mcap"
        montage, rate, side = desk.montage(), desk.rate_hz, cast("Sides", desk.side)
        person, task = desk.person, desk.task

        def work(tell: Callable[[float], None]) -> Imported:
            from firingorder.session.exchange.importing import import_file

            return import_file(path, out, montage, rate, person=person, task=task, side=side,
                               progress=tell)  # fmt: skip

        self.ok.setEnabled(False)
        self.tell("")
        self._jobs.ask("import", work, self._done, self._failed, f"Importing {path.name}")

    def place(self) -> None:
        """Lie over the whole parent; the fields are lower where there is little room."""
        super().place()
        self.fields.setFixedHeight(_FORM_PX if self.height() > _LOW_PX else _LOW_FORM_PX)

    def box_rect(self) -> QRect:
        """Return where the box lies."""
        inset = 14 if self.width() < 1200 else 40
        return self.rect().adjusted(inset, 12, -inset, -12)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that choose a muscle."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() in _KEYS and plain(event):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a muscle for the signal that is chosen; Esc leaves."""
        if asked_above(self):
            event.ignore()
            return
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self.tell(self.desk.turn(1 if event.key() == Qt.Key.Key_Right else -1))
                self._show()
            case Qt.Key.Key_Delete:
                self.desk.drop()
                self._show()
            case Qt.Key.Key_Escape:
                self.close_card()
            case _:
                event.ignore()

    def _lay_out(self) -> None:
        hint = QLabel("Up and Down: a signal. Left and Right: its muscle. Del: none. Tab: fields.")
        hint.setFont(font(SMALL_PX, 500))
        hint.setStyleSheet(f"color: {self._theme.text2.name()};")
        hint.setWordWrap(True)
        middle = QHBoxLayout()
        middle.setSpacing(14)
        right = QVBoxLayout()
        right.addWidget(self.plot, 1)
        right.addWidget(self.fields)
        middle.addWidget(self.rows, 46)
        middle.addLayout(right, 54)
        self.buttons.addSpacing(10)
        self.buttons.addWidget(self.error, 1)
        self.buttons.addStretch(0)
        column = QVBoxLayout(self._box)
        column.setContentsMargins(_MARGIN_PX, 16, _MARGIN_PX, 16)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(hint)
        column.addLayout(middle, 1)
        column.addWidget(self.remark)
        column.addLayout(self.buttons)

    def _read(self) -> None:
        path, rate = self._path, self.desk.rate_hz
        assert path is not None
        self.title.setText(f"Reading {path.name} …")

        def work(_tell: object) -> Preview:
            from firingorder.session.exchange.importing_preview import preview_file

            return preview_file(path, rate)

        self._jobs.ask("preview", work, self._previewed, self._unread)
        self._show()

    def _previewed(self, preview: Preview) -> None:
        self.desk.show(preview)
        self.tell("")
        self._show()

    def _unread(self, said: str) -> None:
        self.desk.preview = None
        self.tell(said)
        self._show()

    def _show(self) -> None:
        desk = self.desk
        preview, rows = desk.preview, desk.rows()
        if self._path is not None and (preview is not None or self.error.text()):
            kind = f"  ·  {preview.format}" if preview else "  ·  cannot be read so"
            self.title.setText(f"Import {self._path.name}{kind}")
        self.rows.show_rows(rows, desk.chosen if rows else -1)
        self.plot.show_model(signals_view(preview, rows, desk.chosen))
        self.fields.show_fields(desk.fields(), str(self._path))
        self.remark.setText("  ".join(desk.warnings[:3]))
        self.remark.setVisible(bool(desk.warnings))
        self.ok.setEnabled(preview is not None)

    def _choose(self, row: int) -> None:
        self.desk.chosen = row
        self._show()

    def _changed(self, key: str, text: str) -> None:
        before = self.desk.rate
        said = self.desk.change(key, text)
        self._show()
        self.fields.show_error(key, said)
        if self.desk.rate != before:
            self._read()

    def _done(self, made: Imported) -> None:
        self.close_card()
        self.imported.emit(str(made.path))

    def _failed(self, said: str) -> None:
        self.ok.setEnabled(True)
        if not self.open:
            self.show()
        self.tell(said)
