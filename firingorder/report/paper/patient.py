"""The page in plain words as a sheet: large, with room, one picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from firingorder.report.painter import CENTRE, draw_ladder, draw_round, draw_text
from firingorder.report.paper.canvas import FOOT_Y, INNER, LEFT_X, Style, text_height, write
from firingorder.report.paper.canvas import THEME as T
from firingorder.report.paper.figures import draw_mark
from firingorder.report.paper.front import draw_head

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from firingorder.report.content.model import PatientPage, ReportContent

_TITLE = Style(26, 600, T.text2, 36, display=True)
_BIG = Style(54, 700, T.text, 66, display=True)
_SAID = Style(25, 400, T.text, 38)
_LABEL = Style(18, 600, T.text2, 26)
_BOX = Style(22, 500, T.text, 32)
_CLOSING = Style(18, 400, T.text2, 27)
#: The ladder is drawn in pixels of the screen, so much larger on paper.
_ZOOM = 1.5


def draw_patient(p: QPainter, *, page: PatientPage, content: ReportContent) -> None:
    """Draw the page for the person who trained."""
    y = draw_head(p, content) + 34
    y = write(p, LEFT_X, y, INNER, page.title, _TITLE) + 6
    y = write(p, LEFT_X, y, INNER, page.big, _BIG) + 18
    for sentence in page.sentences:
        y = write(p, LEFT_X, y, INNER, sentence, _SAID) + 10
    y = _marks(p, page, y)
    if page.ladder is not None:
        y = write(p, LEFT_X, y + 14, INNER, page.ladder_title, _LABEL) + 4
        height = 62.0 * len(page.ladder.rows) * _ZOOM * 0.8 + 46.0 * _ZOOM
        box = QRectF(LEFT_X, y, INNER, height + 30)
        draw_round(p, box, 14, T.surface, T.line)
        p.save()
        p.translate(QPointF(LEFT_X + 20, y + 15))
        p.scale(_ZOOM, _ZOOM)
        ink = T.tone(page.ladder_tone)[0]
        inner = QRectF(0, 0, (INNER - 40) / _ZOOM, height / _ZOOM)
        draw_ladder(p, inner, page.ladder, T, ink)
        p.restore()
        y = box.bottom() + 24
    for label, text in page.boxes:
        height = text_height(text, _BOX, INNER - 52) + 58
        if y + height > FOOT_Y - 70:
            break
        box = QRectF(LEFT_X, y, INNER, height)
        draw_round(p, box, 14, T.surface2)
        write(p, LEFT_X + 26, y + 12, INNER - 52, label, _LABEL)
        write(p, LEFT_X + 26, y + 40, INNER - 52, text, _BOX)
        y += height + 18
    write(p, LEFT_X, FOOT_Y - 60, INNER, page.closing, _CLOSING)


def _marks(p: QPainter, page: PatientPage, y: float) -> float:
    """Draw a shape for each repetition, and below what the shapes mean."""
    if not page.marks:
        return y
    step = min(72.0, INNER / min(len(page.marks), 24))
    row = max(1, int(INNER // step))
    size = min(44.0, step * 0.66)
    y += 16
    for k, (number, mark) in enumerate(page.marks):
        x = LEFT_X + (k % row + 0.5) * step
        middle = y + (k // row) * (size + 42) + size / 2
        draw_mark(p, QPointF(x, middle), size, mark)
        spot = QRectF(x - step / 2, middle + size / 2 + 4, step, 24)
        draw_text(p, spot, number, _LABEL.font, _LABEL.colour, CENTRE)
    y += (1 + (len(page.marks) - 1) // row) * (size + 42) + 8
    x = LEFT_X
    for mark in {mark.word: mark for _, mark in page.marks}.values():
        draw_mark(p, QPointF(x + 12, y + 14), 24, mark)
        write(p, x + 34, y, 240, mark.word, _LABEL)
        x += 34 + _LABEL.width(mark.word) + 40
    return y + 34
