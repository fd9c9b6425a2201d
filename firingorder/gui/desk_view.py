"""The desk view: strips at the left, the newest repetition and its set at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from firingorder.gui.bottom_bar import HEIGHT_PX as BAR_PX
from firingorder.gui.bottom_bar import BottomBar
from firingorder.gui.coach_strip_view import HEIGHT_PX as STRIP_PX
from firingorder.gui.coach_strip_view import make_coach_strip
from firingorder.gui.lead_chart import make_lead_chart
from firingorder.gui.set_numbers import make_set_numbers
from firingorder.gui.state_panel import StatePanel
from firingorder.gui.strip_panel import StripPanel
from firingorder.gui.verdict_card import make_verdict_card
from firingorder.gui.view_models.begin_card import asks_first
from firingorder.gui.view_models.coach_strip import coach_strip
from firingorder.gui.view_models.desk import lead_chart, set_numbers, verdict_card

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from firingorder.gui.view_models.link_state import StateView
    from firingorder.gui.view_models.live_model import LiveModel
    from firingorder.report.theme import Theme

_SPLIT = (64, 36)
GAP_PX = 20
NUMBERS_PX = 92
#: Outcome and four rows of the ladder with both sides; chart with legible axis.
LEAST_VERDICT_PX, LEAST_CHART_PX = 270, 116


class DeskView(QWidget):
    """Puts the panels together and hands each its model."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._revision = theme, -1
        self.setAccessibleName("Desk view")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self.banner = StatePanel(theme, card=False)
        self.card = StatePanel(theme, card=True)
        self.strip = make_coach_strip(theme)
        self.strips = StripPanel(theme)
        self.verdict = make_verdict_card(theme).hint(500, 460)
        self.chart = make_lead_chart(theme).hint(500, 310)
        self.numbers = make_set_numbers(theme).hint(500, 92)
        self.bottom_bar = BottomBar(theme)
        self._body = QWidget()
        self._middle = QStackedLayout()
        self._lay_out()

    def show_frame(self, model: LiveModel, state: StateView | None) -> None:
        """Show the present state; only the strips are painted in every frame."""
        covered = state is not None and state.card
        self.card.show_state(state if covered else None)
        self.banner.show_state(state.beside if state is not None and covered else state)
        self._show_coach(model)
        self._fit()
        self._middle.setCurrentWidget(self.card if covered else self._body)
        running = model.status.connection not in ("closed", "refused")
        self.bottom_bar.set_useful(
            measuring=not covered,
            running=running,
            led=model.status.coach is not None and model.status.source != "replay",
            played=model.status.source == "replay",
            waits=asks_first(model.status, model.hat),
        )
        if covered:
            return
        if model.revision != self._revision:
            self._revision = model.revision
            self.verdict.show_model(verdict_card(model))
            self.chart.show_model(lead_chart(model))
            self.numbers.show_model(set_numbers(model))
        self.strips.show_frame(model)

    def above_px(self) -> int:
        """Return how much of the view the banner and the line of the training take."""
        parts = ((self.banner, self.banner.height()), (self.strip, STRIP_PX))
        return sum(px for part, px in parts if not part.isHidden())

    def _show_coach(self, model: LiveModel) -> None:
        status = model.status
        played = status.source == "replay"
        over = status.connection in ("closed", "refused") and not played
        coach = None if over else status.coach  # none of its keys does anything any more
        if coach is not None:
            self.strip.show_model(coach_strip(coach, model.hat, model.telling))
        if self.strip.isHidden() == (coach is not None):
            self.strip.setVisible(coach is not None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what no longer fits: first the chart, then the numbers, never the outcome."""
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        room = self.height() - BAR_PX - self.above_px() - 2 * GAP_PX
        room -= LEAST_VERDICT_PX
        with_numbers = room >= NUMBERS_PX + GAP_PX
        with_chart = room >= NUMBERS_PX + LEAST_CHART_PX + 2 * GAP_PX
        if self.numbers.isHidden() == with_numbers:
            self.numbers.setVisible(with_numbers)
        if self.chart.isHidden() == with_chart:
            self.chart.setVisible(with_chart)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground between the panels."""
        p = QPainter(self)
        p.fillRect(event.rect(), self._theme.background)
        p.end()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.strip)
        column.addLayout(self._middle, 1)
        self._middle.addWidget(self._body)
        self._middle.addWidget(self.card)
        column.addWidget(self.bottom_bar)
        body = QHBoxLayout(self._body)
        body.setContentsMargins(GAP_PX, GAP_PX, GAP_PX, GAP_PX)
        body.setSpacing(GAP_PX)
        body.addWidget(self.strips, _SPLIT[0])
        right = QVBoxLayout()
        right.setSpacing(GAP_PX)
        right.addWidget(self.verdict, 66)
        right.addWidget(self.chart, 34)
        right.addWidget(self.numbers)
        self.numbers.setFixedHeight(NUMBERS_PX)
        self.verdict.setMinimumSize(300, LEAST_VERDICT_PX)
        self.chart.setMinimumSize(300, LEAST_CHART_PX)
        body.addLayout(right, _SPLIT[1])
