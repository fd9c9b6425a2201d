"""Up to four numbers of the set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from firingorder.gui.canvas import Canvas
from firingorder.report.painter import draw_round, draw_text, fit_font
from firingorder.report.theme import NUMBER_PX, SMALL_PX, Theme, font

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from firingorder.gui.view_models.desk import Reading


def make_set_numbers(theme: Theme) -> Canvas[tuple[Reading, ...]]:
    """Return the card of the numbers."""
    return Canvas("Numbers of this set", theme, draw_set_numbers, _spoken)


def _spoken(readings: tuple[Reading, ...]) -> str:
    return ", ".join(f"{r.title} {r.value}" for r in readings)


def draw_set_numbers(
    p: QPainter, rect: QRectF, readings: tuple[Reading, ...], theme: Theme
) -> None:
    """Draw the numbers side by side, as wide as their text needs."""
    p.fillRect(rect, theme.background)
    draw_round(p, rect, 12, theme.surface, theme.line)
    weights = [1.35 if "/" in r.title else 1.0 for r in readings]
    unit = (rect.width() - 40) / sum(weights)
    left = rect.left() + 20
    middle = rect.center().y()
    for reading, weight in zip(readings, weights, strict=True):
        width = unit * weight
        title = QRectF(left, middle - 30, width - 8, 20)
        draw_text(p, title, reading.title, font(SMALL_PX, 500), theme.text2)
        number = QRectF(left, middle - 8, width - 8, 36)
        text_font = fit_font(reading.value, NUMBER_PX, 700, number.width(), display=False)
        draw_text(p, number, reading.value, text_font, theme.text)
        left += width
