"""The card of the repetition that is reviewed: outcome, ladder, what was changed, three buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from firingorder.gui.key_button import KeyButton
from firingorder.gui.verdict_card import RADIUS_PX, draw_verdict_card
from firingorder.gui.view_models.review_desk import NO_REP
from firingorder.report.painter import (
    RIGHT,
    draw_ladder,
    draw_round,
    draw_text,
    draw_verdict_icon,
    fit_font,
)
from firingorder.report.theme import AXIS_PX, BODY_PX, NUMBER_PX, SMALL_PX, font

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPaintEvent, QResizeEvent

    from firingorder.gui.view_models.desk import VerdictCardView
    from firingorder.report.theme import Theme

BUTTON_PX, LINE_PX = 48, 20
#: Below these the card has a low head, and short words on its buttons.
WHOLE_PX, NARROW_PX, LOW_HEAD_PX = 262, 520, 66
#: Least height of a ladder that can be read.
LADDER_PX = 62
_MOST_LINES = 3


class RepCard(QWidget):
    """Shows a repetition as it stands, also while a line is being dragged."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: VerdictCardView | None = None
        self._lines: tuple[str, ...] = ()
        self._out = False
        self.setAccessibleName("Outcome of the repetition")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self.reset = KeyButton("Reset to auto", "R", theme, height=BUTTON_PX)
        self.exclude = KeyButton("Exclude rep", "X", theme, height=BUTTON_PX)
        self.note = KeyButton("Add note", "T", theme, height=BUTTON_PX)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.reset, self.exclude, self.note):
            button.setMinimumWidth(64)
            row.addWidget(button, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 0, 16, 14)
        column.addStretch(1)
        column.addLayout(row)

    def show_excluded(self, *, out: bool) -> None:
        """Let the button in the middle leave the repetition out, or count it again."""
        self._out = out
        self._name()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the words where there is little room."""
        super().resizeEvent(event)
        self._name()

    def _name(self) -> None:
        """Name the buttons by the room there is; a screen reader hears all of it."""
        short = self.width() < NARROW_PX
        words = (
            (self.reset, "Reset", "Reset to auto"),
            (self.exclude, "Count", "Count again") if self._out
            else (self.exclude, "Exclude", "Exclude rep"),
            (self.note, "Note", "Add note"),
        )  # fmt: skip
        for button, brief, whole in words:
            button.set_label(brief if short else whole)
            button.setAccessibleName(whole)

    @property
    def lines(self) -> tuple[str, ...]:
        """What is said about the repetition."""
        return self._lines

    def show_view(self, view: VerdictCardView | None, lines: tuple[str, ...]) -> None:
        """Show an outcome, and who changed what."""
        if (view, lines) == (self._view, self._lines):
            return
        self._view, self._lines = view, lines
        said = NO_REP if view is None else view.spoken
        self.setAccessibleDescription(" ".join((said, *lines)).strip())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card as on the live page, then the lines above the buttons."""
        theme, p = self._theme, QPainter(self)
        rect = QRectF(self.rect())
        p.fillRect(rect, theme.background)
        shown = self._wrapped(rect.width() - 44)
        below = BUTTON_PX + 26 + (LINE_PX * len(shown) + 12 if shown else 0)
        if self._view is None:
            draw_round(p, rect, RADIUS_PX, theme.surface, theme.line)
            room = rect.adjusted(20, 20, -20, -BUTTON_PX - 30)
            p.setFont(font(BODY_PX, 500))
            p.setPen(theme.text2)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
            p.drawText(room, int(flags | Qt.TextFlag.TextWordWrap), NO_REP)
            p.end()
            return
        p.save()
        draw_round(p, rect, RADIUS_PX, theme.surface, theme.line)
        inner = QRectF(rect.left(), rect.top(), rect.width(), rect.height() - below)
        if inner.height() >= WHOLE_PX:
            draw_verdict_card(p, inner, self._view, theme)
        else:
            _draw_low(p, inner, self._view, theme)
        p.restore()
        self._join(p, rect, inner)
        y = inner.bottom() + 6
        for text, ink in shown:
            line = QRectF(20, y, rect.width() - 40, LINE_PX)
            draw_text(p, line, text, font(SMALL_PX, 500), ink)
            y += LINE_PX
        p.end()

    def _join(self, p: QPainter, rect: QRectF, inner: QRectF) -> None:
        """Take away the lower edge of the card inside: it goes on below."""
        theme = self._theme
        p.fillRect(
            QRectF(rect.left() + 1, inner.bottom() - RADIUS_PX, rect.width() - 2, RADIUS_PX + 2),
            theme.surface,
        )
        p.setPen(theme.line)
        for x in (rect.left(), rect.right() - 1):
            p.drawLine(int(x), int(inner.bottom() - RADIUS_PX), int(x), int(inner.bottom() + 2))
        p.drawLine(17, int(inner.bottom()), int(rect.right()) - 17, int(inner.bottom()))

    def _wrapped(self, width: float) -> list[tuple[str, QColor]]:
        theme, metrics = self._theme, QFontMetricsF(font(SMALL_PX, 500))
        shown: list[tuple[str, QColor]] = []
        for k, line in enumerate(self._lines):
            ink = theme.accent if k == 0 else theme.text2
            words, part = line.split(), ""
            for word in words:
                longer = f"{part} {word}".strip()
                if part and metrics.horizontalAdvance(longer) > width:
                    shown.append((part, ink))
                    part = word
                else:
                    part = longer
            shown.append((part, ink))
        if len(shown) > _MOST_LINES:
            shown = shown[:_MOST_LINES]
            text, ink = shown[-1]
            shown[-1] = (metrics.elidedText(f"{text} …", Qt.TextElideMode.ElideRight, width), ink)
        return shown


def _draw_low(p: QPainter, rect: QRectF, view: VerdictCardView, theme: Theme) -> None:
    """Draw the card where there is little height: one low band, the ladder below it."""
    ink, ground = theme.tone(view.tone)
    head = QRectF(rect.left() + 1, rect.top() + 1, rect.width() - 2, LOW_HEAD_PX)
    clip = QPainterPath()
    clip.addRoundedRect(rect.adjusted(1, 1, -1, 40), RADIUS_PX - 1, RADIUS_PX - 1)
    p.save()
    p.setClipPath(clip)
    p.fillRect(head, ground)
    p.restore()
    if view.verdict is not None:
        spot = QPointF(head.left() + 34, head.center().y())
        draw_verdict_icon(p, spot, 36, view.verdict, ink, ground)
    left = head.left() + 64
    words = QRectF(left, head.top() + 6, head.right() - left - 78, 32)
    draw_text(p, words, view.headline, fit_font(view.headline, NUMBER_PX, 700, words.width()), ink)
    rep = QRectF(head.right() - 84, head.top() + 8, 70, 24)
    draw_text(p, rep, view.rep, font(BODY_PX, 600), theme.text2, RIGHT)
    said = QRectF(left, head.top() + 37, head.right() - left - 14, 22)
    text = view.detail if view.tone == "muted" and view.detail else view.sentence
    fits = fit_font(text, SMALL_PX, 600, said.width(), display=False)
    least = font(AXIS_PX, 600)  # below this it is cut rather than smaller
    draw_text(p, said, text, fits if fits.pixelSize() >= AXIS_PX else least, theme.text)
    below = QRectF(rect.left() + 16, head.bottom() + 6, rect.width() - 32, 0)
    below.setBottom(rect.bottom() - RADIUS_PX - 2)
    if view.ladder is not None and below.height() >= LADDER_PX:
        draw_ladder(p, below, view.ladder, theme, ink)
