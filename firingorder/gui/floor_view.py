"""The floor view: verdict band, ladder, phase card, history of the set. No buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from firingorder.gui.canvas import Canvas
from firingorder.gui.cue_drawing import draw_cue
from firingorder.gui.fitted_text import draw_fitted
from firingorder.gui.floor_band import draw_band
from firingorder.gui.floor_history import draw_history
from firingorder.gui.floor_message import FloorMessage
from firingorder.gui.floor_meters import draw_meters
from firingorder.gui.floor_phase import draw_phase
from firingorder.gui.floor_rows import draw_rows
from firingorder.gui.top_bar import draw_tag, tag_width
from firingorder.gui.view_models.coach_floor import (
    MetersView,
    asks_order,
    coach_band,
    coach_history,
    coach_ladder,
    coach_meters,
    coach_phase,
)
from firingorder.gui.view_models.desk import source_tag
from firingorder.gui.view_models.floor import (
    BandView,
    FloorLadderView,
    HistoryView,
    PhaseView,
    band,
    contact,
    floor_ladder,
    history,
    phase_card,
)
from firingorder.gui.view_models.type_scale import (
    LEAST_PX,
    ROW_PX,
    SECOND_PX,
    ScreenSize,
    floor_growth,
    pitch_mm,
    readable_m,
)

if TYPE_CHECKING:
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from firingorder.gui.view_models.cue_line import CueLine
    from firingorder.gui.view_models.link_state import StateView
    from firingorder.gui.view_models.live_model import LiveModel
    from firingorder.report.theme import Theme
    from firingorder.training.coaching.view import CoachView

#: States that cover the floor view; the others do not keep anybody from lifting.
COVERING = ("refused", "searching", "connecting", "lost", "alarm")
FIRST_DISTANCE_M = 3
#: Height of the cue at 1920 x 1080: one line of second size.
CUE_PX = 116
#: The answer to a key, below the shapes.
NOTE_PX = 44


class FloorView(QWidget):
    """Lays the parts out in proportion to the window."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._distance_m = float(FIRST_DISTANCE_M)
        self._has_phase, self._tag, self._revision = True, "", -1
        self._has_cue, self._note = False, ""
        self.setAccessibleName("Floor view")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self.band: Canvas[BandView] = Canvas(
            "Outcome", theme, self._band_drawing, lambda view: view.spoken
        )
        self.rows: Canvas[FloorLadderView] = Canvas(
            "Firing order", theme, self._rows_drawing, lambda view: view.spoken
        )
        self.meters: Canvas[MetersView] = Canvas(
            "Bars", theme, self._meters_drawing, lambda view: view.spoken
        )
        self.cue: Canvas[CueLine] = Canvas(
            "What to do besides", theme, self._cue_drawing, lambda view: view.spoken
        )
        self.phase: Canvas[PhaseView] = Canvas(
            "Phase of the movement", theme, draw_phase, lambda view: view.spoken
        )
        self.history: Canvas[HistoryView] = Canvas(
            "History of the set", theme, draw_history, lambda view: view.spoken
        )
        parts = (self.band, self.rows, self.meters, self.cue, self.phase, self.history)
        for part in parts:
            part.setParent(self)
        self.meters.hide()
        self.message = FloorMessage(theme, self)

    @property
    def distance_m(self) -> float:
        """How far away the reader lies."""
        return self._distance_m

    def set_distance(self, distance_m: float) -> None:
        """Set how far away the reader lies; letters grow as far as they fit."""
        self._distance_m = distance_m
        for part in (self.band, self.rows):
            part.update()

    def reading_note(self) -> str:
        """Return for how far the letters are set, and how far they carry on this screen."""
        size = self.window().size()  # the view has its own size only once it is shown
        unit = min(size.width() / 1920, size.height() / 1080)
        reach = readable_m(ROW_PX * unit * self.growth(size), self.pitch_mm())
        return f"Floor view set for {self._distance_m:.0f} m. Its row names carry {reach:.1f} m."

    def growth(self, size: QSize) -> float:
        """Return how much larger than the reference letters of a view of this size must be."""
        unit = min(size.width() / 1920, size.height() / 1080)
        return floor_growth(self._distance_m, self.pitch_mm(), max(0.1, unit))

    def pitch_mm(self) -> float:
        """Return the pixel pitch of the screen the view is on."""
        screen = self.screen()
        size = ScreenSize(screen.size().width(), screen.physicalSize().width())
        return pitch_mm(size)

    def show_frame(self, model: LiveModel, state: StateView | None, note: str = "") -> None:
        """Show the present state; parts that did not change are not painted.

        ``note`` is the answer to the last key.
        """
        tag = source_tag(model)
        if (tag, note) != (self._tag, self._note):
            self._tag, self._note = tag, note
            self.setAccessibleDescription(note)
            self._lay_out()
            self.update()
        coach = model.status.coach
        if coach is not None:
            self._show_coach(coach, model)
        elif model.revision != self._revision:
            self._revision = model.revision
            outcome = band(model)
            self.band.show_model(outcome)
            self._show_cue(outcome.cue)
            self.rows.show_model(floor_ladder(model))
            self.history.show_model(history(model))
            self._show_meters(None)
        over = model.status.connection == "closed"
        phase = phase_card(model) if coach is None or over else coach_phase(coach, model)
        if (phase is not None) != self._has_phase:
            self._has_phase = phase is not None
            self.phase.setVisible(self._has_phase)
            self._lay_out()
        if phase is not None:
            self.phase.show_model(phase)
        covering = state if state is not None and state.kind in COVERING else None
        self.message.show_message(contact(model), covering)

    def _show_coach(self, coach: CoachView, model: LiveModel) -> None:
        """Show a set that the coach leads."""
        self._revision = -1
        outcome = coach_band(coach, model)
        self.band.show_model(outcome)
        self.history.show_model(coach_history(coach, model))
        if asks_order(coach.set) and not coach.curve:
            self._show_meters(None)
            self.rows.show_model(coach_ladder(coach, model))
        else:
            self._show_meters(coach_meters(coach))
        self._show_cue(None)

    def _show_meters(self, view: MetersView | None) -> None:
        if view is not None:
            self.meters.show_model(view)
        if self.meters.isHidden() == (view is not None):
            self.meters.setVisible(view is not None)
            self.rows.setVisible(view is None)

    def _show_cue(self, cue: CueLine | None) -> None:
        if cue is not None:
            self.cue.show_model(cue)
        if (cue is not None) != self._has_cue:
            self._has_cue = cue is not None
            self.cue.setVisible(self._has_cue)
            self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out in proportion."""
        self._lay_out()
        super().resizeEvent(event)

    def _lay_out(self) -> None:
        width, height = self.width(), self.height()
        unit = self._unit()
        top = round(292 * unit)
        self.band.setGeometry(0, 0, width, top)
        margin = round(64 * unit)
        foot = round(200 * unit)
        middle = height - top - foot - round(24 * unit)
        card = round(436 * unit)
        rows_width = width - 2 * margin
        if self._has_phase:
            rows_width -= card + round(66 * unit)
        rows_top = top + round(24 * unit)
        cue = round(CUE_PX * unit) if self._has_cue else 0
        self.cue.setGeometry(margin, rows_top, rows_width, cue)
        for part in (self.rows, self.meters):
            part.setGeometry(margin, rows_top + cue, rows_width, middle - cue)
        self.phase.setGeometry(width - margin - card, top + round(24 * unit), card, middle)
        tagged = round(88 * unit) if self._tag or self._note else 0  # both stand below the shapes
        self.history.setGeometry(margin, height - foot, width - 2 * margin, foot - tagged)
        self.message.setGeometry(0, 0, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground between the parts."""
        p = QPainter(self)
        p.fillRect(event.rect(), self._theme.background)
        if self._tag:
            unit = self._unit()
            px = round(LEAST_PX * unit)
            width = tag_width(self._tag, px)
            centre = QPointF(self.width() - 64 * unit - width / 2, self.height() - 46 * unit)
            draw_tag(p, centre, self._tag, self._theme, px)
        if self._note:
            self._paint_note(p)
        p.end()

    def _paint_note(self, p: QPainter) -> None:
        unit = self._unit()
        px = round(LEAST_PX * unit)
        right = 64 * unit + (tag_width(self._tag, px) + 40 * unit if self._tag else 0.0)
        line = QRectF(64 * unit, self.height() - 88 * unit, 0, 84 * unit)
        line.setRight(self.width() - right)
        draw_fitted(p, line, self._note, round(NOTE_PX * unit), 600, self._theme.text2)

    def _unit(self) -> float:
        return min(self.width() / 1920.0, self.height() / 1080.0)

    def _growth(self) -> float:
        return self.growth(self.size())

    def _band_drawing(self, p: QPainter, rect: QRectF, view: BandView, theme: Theme) -> None:
        draw_band(p, rect, view, theme, self._growth())

    def _cue_drawing(self, p: QPainter, rect: QRectF, view: CueLine, theme: Theme) -> None:
        p.fillRect(rect, theme.background)
        px = round(SECOND_PX * self._unit() * min(self._growth(), 1.1))
        top = 26 * self._unit()  # where the card of the phase begins
        draw_cue(p, rect.adjusted(0.5, top, -0.5, -0.5), view, theme, px)

    def _meters_drawing(self, p: QPainter, rect: QRectF, view: MetersView, theme: Theme) -> None:
        draw_meters(p, rect, view, theme, self._growth())

    def _rows_drawing(self, p: QPainter, rect: QRectF, view: FloorLadderView, theme: Theme) -> None:
        draw_rows(p, rect, view, theme, self._growth())
