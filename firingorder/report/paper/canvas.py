"""The sheet: A4 in units of 1/150 inch, its fonts, and text that wraps.

Fonts come without the alternate glyphs (``tnum``, ``calt``, ``liga``): in a PDF those have no
Unicode, and signs and digits would be missing from what is copied or searched.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from firingorder.report.painter import LEFT, draw_text
from firingorder.report.theme import LIGHT, font

if TYPE_CHECKING:
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QColor

UNITS_PER_INCH = 150.0
WIDTH, HEIGHT = 1240.0, 1754.0
#: 15 mm.
MARGIN = 89.0
LEFT_X, RIGHT_X = MARGIN, WIDTH - MARGIN
INNER = RIGHT_X - LEFT_X
#: Where the footer begins.
FOOT_Y = 1640.0
THEME = LIGHT
#: Type sizes in units; 15 units are 7.2 points.
TINY, SMALL, BODY, HEADING, BIG, HUGE = 14, 15, 17, 20, 30, 40


def paper_font(units: int, weight: int = 500, *, display: bool = False) -> QFont:
    """Return a font for paper."""
    return font(units, weight, display=display, tabular=False)


@lru_cache(maxsize=64)
def _metrics(units: int, weight: int, display: bool) -> QFontMetricsF:
    return QFontMetricsF(paper_font(units, weight, display=display))


@lru_cache(maxsize=8192)
def _advance(text: str, units: int, weight: int, display: bool) -> float:
    return QFontMetricsF(paper_font(units, weight, display=display)).horizontalAdvance(text)


@dataclass(frozen=True, slots=True)
class Style:
    """Size in units, weight, colour and line height."""

    units: int
    weight: int
    colour: QColor
    line: float
    display: bool = False

    @property
    def font(self) -> QFont:
        """The font."""
        return paper_font(self.units, self.weight, display=self.display)

    def width(self, text: str) -> float:
        """Return the width of a line."""
        return _advance(text, self.units, self.weight, self.display)


TEXT = Style(BODY, 400, THEME.text, 25)
MUTED = Style(BODY, 400, THEME.text2, 25)
NOTE = Style(SMALL, 400, THEME.text2, 21)
FINE = Style(TINY, 400, THEME.text3, 19)
CELL = Style(TINY, 400, THEME.text, 19)
CELL_HEAD = Style(TINY, 600, THEME.text2, 19)
TITLE = Style(HEADING, 600, THEME.text, 28)


def wrap(text: str, style: Style, width: float) -> list[str]:
    """Break a text into lines that fit; a word that is too long is broken inside."""
    lines: list[str] = []
    space = style.width(" ")
    for paragraph in text.splitlines() or [""]:
        line, used = "", 0.0
        for word in paragraph.split(" "):
            long = style.width(word)
            if used + (space if line else 0.0) + long <= width:
                line = f"{line} {word}" if line else word
                used += long + (space if used else 0.0)
                continue
            if line:
                lines.append(line)
            while style.width(word) > width and len(word) > 1:
                cut = _fitting(word, style, width)
                lines.append(word[:cut])
                word = word[cut:]
            line, used = word, style.width(word)
        lines.append(line)
    return lines


def _fitting(word: str, style: Style, width: float) -> int:
    cut = len(word) - 1
    while cut > 1 and style.width(word[:cut]) > width:
        cut -= 1
    return cut


def text_height(text: str, style: Style, width: float) -> float:
    """Return the height of a wrapped text."""
    return style.line * len(wrap(text, style, width)) if text else 0.0


def write(
    p: QPainter,
    x: float,
    y: float,
    width: float,
    text: str,
    style: Style,
    align: Qt.AlignmentFlag = LEFT,
) -> float:
    """Write a wrapped text with its top at ``y``; return where it ends."""
    if not text:
        return y
    for line in wrap(text, style, width):
        draw_text(p, QRectF(x, y, width, style.line), line, style.font, style.colour, align)
        y += style.line
    return y
