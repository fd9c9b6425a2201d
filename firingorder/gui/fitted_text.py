"""A text as large as its space allows, in as many lines as it needs."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from firingorder.report.theme import font

#: Steps in which a size is tried; finer ones are not seen.
_STEP = 0.94
_LEAST_PX = 14


@lru_cache(maxsize=256)
def fitted_px(text: str, px: int, weight: int, width: int, height: int) -> int:
    """Return the largest type size up to ``px`` in which the wrapped text fits the space."""
    flags = int(Qt.TextFlag.TextWordWrap)
    while px > _LEAST_PX:
        metrics = QFontMetricsF(font(px, weight, display=True))
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
    p.setFont(font(size, weight, display=True))
    p.setPen(ink)
    p.drawText(rect, int(align | Qt.TextFlag.TextWordWrap), text)
    return size
