"""The calibration under way: steps at the side, ring and instruction, the live bar below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from firingorder.gui.canvas import Canvas
from firingorder.gui.view_models.calibrate import (
    BarView,
    RingView,
    WordsView,
    bar,
    ring,
    words,
)
from firingorder.gui.view_models.type_scale import ScreenSize, needed_px, pitch_mm, readable_m
from firingorder.gui.wizard_stage import draw_bar, draw_ring, draw_words, instruction_px
from firingorder.gui.wizard_steps import StepsView, describe_steps, draw_steps

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from firingorder.calibration.view import WizardView
    from firingorder.gui.view_models.calibration_story import CalibrationStory
    from firingorder.report.theme import Theme
    from firingorder.session.feed import LiveStatus

#: The person lies on the floor, the screen stands on a table.
DISTANCE_M = 3.0
GAP_PX = 20


class WizardPanel(QWidget):
    """Lays the four parts out; each is painted only when it changed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Calibration under way")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self.steps: Canvas[StepsView] = Canvas(
            "Steps of the calibration", theme, draw_steps, describe_steps
        )
        self.words: Canvas[WordsView] = Canvas(
            "Instruction", theme, self._draw_words, lambda view: view.spoken
        )
        self.ring: Canvas[RingView] = Canvas(
            "Countdown", theme, draw_ring, lambda view: view.spoken
        )
        self.bar: Canvas[BarView] = Canvas("Effort", theme, draw_bar, lambda view: view.spoken)
        for part in (self.steps, self.words, self.ring, self.bar):
            part.setParent(self)

    def show_wizard(
        self, view: WizardView, story: CalibrationStory, status: LiveStatus, foot: tuple[str, ...]
    ) -> None:
        """Show the wizard at this instant."""
        self.words.show_model(words(view, story))
        self.ring.show_model(ring(view))
        self.bar.show_model(bar(view, status))
        self.steps.show_model(StepsView(story.steps(), (*foot, self.reading_note())))

    def reading_note(self) -> str:
        """Return how far the instruction carries on this screen, in this window."""
        pitch, shown = self._pitch_mm(), self.words.model
        rect = QRectF(self.words.rect())
        if shown is None or rect.width() < 10:
            return ""
        px = instruction_px(rect, shown, self._wanted_px())
        return f"Letters carry {min(DISTANCE_M, readable_m(px, pitch)):.1f} m"

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out in proportion."""
        width, height = self.width(), self.height()
        side = round(min(320, max(216, width * 0.17)))
        foot = round(min(250, max(150, height * 0.27)))
        self.steps.setGeometry(GAP_PX, GAP_PX, side, height - 2 * GAP_PX)
        left = side + 2 * GAP_PX
        room = width - left - GAP_PX
        top_px = height - foot - 3 * GAP_PX
        ring = round(min(top_px, room * 0.31))
        self.ring.setGeometry(left, GAP_PX, ring, top_px)
        words_left = left + ring + 2 * GAP_PX
        self.words.setGeometry(words_left, GAP_PX, width - words_left - GAP_PX, top_px)
        self.bar.setGeometry(left, top_px + 2 * GAP_PX, room, foot)
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground between the parts."""
        p = QPainter(self)
        p.fillRect(event.rect(), self._theme.background)
        p.end()

    def _draw_words(self, p: QPainter, rect: QRectF, view: WordsView, theme: Theme) -> None:
        draw_words(p, rect, view, theme, self._wanted_px())

    def _wanted_px(self) -> int:
        return needed_px(DISTANCE_M, self._pitch_mm())

    def _pitch_mm(self) -> float:
        screen = self.screen()
        return pitch_mm(ScreenSize(screen.size().width(), screen.physicalSize().width()))
