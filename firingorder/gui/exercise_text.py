"""The long text about an exercise: sections as rich text in the theme's colours and our fonts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTextBrowser

from firingorder.gui.programme_inputs import plain
from firingorder.gui.programme_style import sheet
from firingorder.report.theme import BODY_PX, SMALL_PX, TITLE_PX, font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QResizeEvent

    from firingorder.gui.view_models.exercise_story import Line, Section
    from firingorder.report.theme import Theme

_KEYS = (
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home,
    Qt.Key.Key_End,
)  # fmt: skip
#: Lines longer than this are hard to read.
READ_PX = 880
_SIGNS = {"point": "–", "tick": "✓", "open": "○", "side": "▪"}


class StoryText(QTextBrowser):
    """Shows the sections; arrows and page keys scroll, text can be selected and copied."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._html = self._name = ""
        self.setAccessibleName("About the exercise")
        self.setStyleSheet(sheet(theme))
        self.setFont(font(BODY_PX, 500))
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(4)
        self.setLineWrapMode(QTextBrowser.LineWrapMode.FixedPixelWidth)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_story(self, name: str, note: str, sections: Sequence[Section]) -> None:
        """Show an exercise from its beginning; the same again costs nothing."""
        html = story_html(note, sections, self._theme)
        if html == self._html:
            return
        self._html = html
        at = self.verticalScrollBar().value() if name == self._name else 0
        self._name = name
        self.setHtml(html)
        self.verticalScrollBar().setValue(at)
        said = "; ".join(one.title for one in sections)
        self.setAccessibleDescription(f"{name}. {note}. Sections: {said}")

    def event(self, event: QEvent) -> bool:
        """Keep the keys that scroll."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() in _KEYS and plain(event):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll and copy; leave every other key to the page."""
        bar = self.verticalScrollBar()
        moves = {
            Qt.Key.Key_Up: -40, Qt.Key.Key_Down: 40, Qt.Key.Key_PageUp: -bar.pageStep(),
            Qt.Key.Key_PageDown: bar.pageStep(), Qt.Key.Key_Home: -bar.maximum(),
            Qt.Key.Key_End: bar.maximum(),
        }  # fmt: skip
        by = {int(key): value for key, value in moves.items()}.get(event.key())
        if by is not None and plain(event):
            bar.setValue(bar.value() + by)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() in (
            Qt.Key.Key_C, Qt.Key.Key_A,
        ):  # fmt: skip
            super().keyPressEvent(event)
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep lines short enough to be read."""
        super().resizeEvent(event)
        self.setLineWrapColumnOrWidth(min(READ_PX, self.viewport().width()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that it has the keyboard."""
        super().focusInEvent(event)
        self._ring()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that it has it no more."""
        super().focusOutEvent(event)
        self._ring()

    def _ring(self) -> None:
        ink = self._theme.accent if self.hasFocus() else self._theme.surface
        ring = f"QTextBrowser {{ border: 2px solid {ink.name()}; border-radius: 8px; }}"
        self.setStyleSheet(sheet(self._theme) + ring)


def story_html(note: str, sections: Sequence[Section], theme: Theme) -> str:
    """Return the rich text of an exercise; every word of the record is escaped."""
    parts = [
        f"<p style='{_style(BODY_PX, 500, theme.text2.name(), 0, 6)}'>{escape(note)}</p>",
    ]
    for one in sections:
        head = _style(TITLE_PX, 600, theme.text.name(), 18, 4)
        parts.append(f"<p style='{head}'>{escape(one.title)}</p>")
        parts += [_line(line, theme) for line in one.lines]
    return "".join(parts)


def _line(line: Line, theme: Theme) -> str:
    small = line.kind in ("note", "tick", "open")
    ink = theme.text2 if line.kind in ("note", "open") else theme.text
    weight = 600 if line.kind == "strong" else 400
    sign = _SIGNS.get(line.kind, "")
    style = _style(SMALL_PX if small else BODY_PX, weight, ink.name(), 2, 3)
    if sign:
        style += " margin-left: 18px; text-indent: -14px;"
    lead = f"<span style='font-weight: 600;'>{escape(line.lead)}</span> " if line.lead else ""
    front = f"<span style='color: {theme.text2.name()};'>{sign}</span> " if sign else ""
    return f"<p style='{style}'>{front}{lead}{escape(line.text)}</p>"


def _style(px: int, weight: int, ink: str, above: int, below: int) -> str:
    return (
        f"font-size: {px}px; font-weight: {weight}; color: {ink}; "
        f"margin-top: {above}px; margin-bottom: {below}px; line-height: 135%;"
    )
