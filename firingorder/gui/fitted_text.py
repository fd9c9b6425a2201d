"""A text as large as its space allows, in as many lines as it needs."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from firingorder.report.theme import font

#: Steps in which a size is tried; finer ones are not seen.
_STEP = 0.94
_LEAST_PX = 13
#: From this size on the letters of headlines are used, which stand closer together.
DISPLAY_PX = 24
_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)


@lru_cache(maxsize=256)
def fitted_px(text: str, px: int, weight: int, width: int, height: int) -> int:
    """Return the largest type size up to ``px`` in which the wrapped text fits the space."""
    flags = int(Qt.TextFlag.TextWordWrap)
    while px > _LEAST_PX:
        metrics = QFontMetricsF(font(px, weight, display=px >= DISPLAY_PX))
        box = metrics.boundingRect(QRectF(0, 0, width, 100_000), flags, text)
        if box.height() <= height and box.width() <= width:
            return px
        px = int(px * _STEP)
    return px


def draw_fitted(
    p: QPainter,
    rect: QRectF,
    text: str,
    px: int,
    weight: int,
    ink: QColor,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
) -> int:
    """Draw the text as large as it fits, up to ``px``; return the size."""
    size = fitted_px(text, px, weight, int(rect.width()), int(rect.height()))
    p.setFont(font(size, weight, display=size >= DISPLAY_PX))
    p.setPen(ink)
    p.drawText(rect, int(align | Qt.TextFlag.TextWordWrap), text)
    return size


@lru_cache(maxsize=256)
def _wrapped_px(text: str, px: int, weight: int, width: int) -> float:
    metrics = QFontMetricsF(font(px, weight))
    return metrics.boundingRect(QRectF(0, 0, width, 100_000), _WRAP, text).height()


def wrapped_px(text: str, px: int, weight: int, width: float) -> float:
    """Return how high a text of this type size is where it is wrapped at the width."""
    return _wrapped_px(text, px, weight, int(width)) if text else 0.0


def draw_wrapped(p: QPainter, rect: QRectF, text: str, px: int, weight: int, ink: QColor) -> None:
    """Draw the text in one size, wrapped; lines that have no room are left out, never cut.

    The last line there is room for then ends in an ellipsis.
    """
    text_font = font(px, weight)
    metrics = QFontMetricsF(text_font)
    width = int(rect.width())
    while text and wrapped_px(text, px, weight, width) > max(rect.height(), metrics.height()):
        text = f"{text.removesuffix('…').rpartition(' ')[0].rstrip(' ,;:.')}…".lstrip("…")
    p.setFont(text_font)
    p.setPen(ink)
    p.drawText(rect, _WRAP | int(Qt.AlignmentFlag.AlignVCenter), text)
