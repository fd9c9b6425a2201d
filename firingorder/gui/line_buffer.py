"""Lines that Qt draws straight from a numpy array.

A Python list of ``QLineF`` costs four times as much as one pointer into contiguous float64 memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import shiboken6
from PySide6.QtCore import QLineF

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter


class LineBuffer:
    """Room for ``capacity`` lines, rows ``x1, y1, x2, y2`` in px. The memory never moves."""

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"a line buffer needs room, not {capacity}")
        self.rows: NDArray[np.float64] = np.zeros((capacity, 4))
        self._first = cast("QLineF", shiboken6.wrapInstance(self.rows.ctypes.data, QLineF))

    def draw(self, p: QPainter, count: int) -> None:
        """Draw the first ``count`` lines."""
        if not 0 <= count <= len(self.rows):
            raise ValueError(f"{count} lines in a buffer of {len(self.rows)}")
        if count:
            p.drawLines(self._first, count)
