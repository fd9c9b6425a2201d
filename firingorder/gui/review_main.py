"""A recording on the review page: lanes and line at the left, list and card at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from firingorder.gui.programme_style import GAP_PX
from firingorder.gui.review_card import RepCard
from firingorder.gui.review_facts import make_facts
from firingorder.gui.review_list import RepList
from firingorder.gui.review_scrubber import Scrubber
from firingorder.gui.review_signals import SignalPanel

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from firingorder.report.theme import Theme

#: Shares of the width; heights of the line, where there is little room.
LEFT, RIGHT = 64, 36
LINE_PX, LOW_LINE_PX, LOW_PX = 158, 84, 640
_NARROW_PX = 1150


class ReviewMain(QWidget):
    """Everything that is seen of a recording. Panels that explain stand in place of the lanes."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Recording")
        self.signals, self.scrubber = SignalPanel(theme), Scrubber(theme)
        self.list, self.card = RepList(theme), RepCard(theme)
        self.over = QStackedLayout()
        self.facts = make_facts(theme)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(GAP_PX, 4, GAP_PX, GAP_PX)
        whole.setSpacing(4)
        whole.addWidget(self.facts)
        self._row = QHBoxLayout()
        whole.addLayout(self._row, 1)
        self._row.setSpacing(GAP_PX)
        left = QVBoxLayout()
        left.setSpacing(GAP_PX)
        self._row.addLayout(left, LEFT)
        left.addLayout(self.over, 1)
        self.over.addWidget(self.signals)
        left.addWidget(self.scrubber)
        right = self._right = QVBoxLayout()
        right.setSpacing(GAP_PX)
        right.addWidget(self.list, 46)
        right.addWidget(self.card, 54)
        self._row.addLayout(right, RIGHT)
        self._extra: dict[str, QWidget] = {}

    @property
    def panel(self) -> str:
        """Which panel stands in place of the lanes; empty for none."""
        shown = self.over.currentWidget()
        return next((name for name, one in self._extra.items() if one is shown), "")

    def add_panel(self, name: str, panel: QWidget) -> None:
        """Add a panel that can stand in place of the lanes."""
        self._extra[name] = panel
        self.over.addWidget(panel)

    def show_panel(self, name: str) -> None:
        """Show a panel, or the lanes for an empty name."""
        self.over.setCurrentWidget(self._extra.get(name, self.signals))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the lanes what room there is."""
        super().resizeEvent(event)
        low = self.height() < LOW_PX
        self.scrubber.setFixedHeight(LOW_LINE_PX if low else LINE_PX)
        self._right.setStretch(0, 36 if low else 46)
        self._right.setStretch(1, 64 if low else 54)
        narrow = self.width() < _NARROW_PX
        self._row.setStretch(0, 58 if narrow else LEFT)
        self._row.setStretch(1, 42 if narrow else RIGHT)
