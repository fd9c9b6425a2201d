"""Up to four numbers of the set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from firingorder.gui.canvas import Canvas
from firingorder.report.painter import draw_round, draw_text, text_width
from firingorder.report.theme import NUMBER_PX, SMALL_PX, Theme, font

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from firingorder.gui.view_models.desk import Reading


#: Sizes to try, until all numbers stand side by side.
SIZES_PX = (NUMBER_PX, 21, 19, 17)


def make_set_numbers(theme: Theme) -> Canvas[tuple[Reading, ...]]:
    """Return the card of the numbers."""
    return Canvas("Numbers of this set", theme, draw_set_numbers, _spoken)


def _spoken(readings: tuple[Reading, ...]) -> str:
    return ", ".join(f"{r.title} {r.value} {r.note}".strip() for r in readings)


def draw_set_numbers(
    p: QPainter, rect: QRectF, readings: tuple[Reading, ...], theme: Theme
) -> None:
    """Draw the numbers side by side, as wide as their text needs."""
    p.fillRect(rect, theme.background)
    draw_round(p, rect, 12, theme.surface, theme.line)
    room = rect.width() - 40
    px = next((px for px in SIZES_PX if sum(_widths(readings, px)) <= room), SIZES_PX[-1])
    while len(readings) > 1 and sum(_widths(readings, px)) > room:
        readings = readings[:-1]  # rather one number less than one cut through
    widths = _widths(readings, px)
    gap = max(0.0, room - sum(widths)) / max(1, len(readings) - 0.4)
    left, middle = rect.left() + 20, rect.center().y()
    for reading, width in zip(readings, widths, strict=True):
        title = QRectF(left, middle - 32, width, 20)
        draw_text(p, title, reading.title, font(SMALL_PX, 500), theme.text2)
        number = QRectF(left, middle - 12, width, 34)
        draw_text(p, number, reading.value, font(px, 700), theme.text)
        note = QRectF(left, middle + 20, width + gap, 18)
        draw_text(p, note, reading.note, font(SMALL_PX, 500), theme.text2)
        left += width + gap


def _widths(readings: tuple[Reading, ...], px: int) -> list[float]:
    return [
        max(
            text_width(r.title, font(SMALL_PX, 500)),
            text_width(r.value, font(px, 700)),
            text_width(r.note, font(SMALL_PX, 500)),
        )
        + 14.0
        for r in readings
    ]
