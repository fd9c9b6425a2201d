"""The panel Why: samples with the posterior of each start, the lead's posterior, the rule."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from firingorder.gui.review_lanes import LaneInk, draw_letter, draw_line
from firingorder.gui.view_models.review_marks import Lane
from firingorder.gui.view_models.review_traces import Traces
from firingorder.gui.view_models.review_why import sentence
from firingorder.gui.view_models.review_window import axis_label, axis_step_ms
from firingorder.report.painter import CENTRE, RIGHT, draw_round, draw_text, text_width
from firingorder.report.theme import AXIS_PX, BODY_PX, SMALL_PX, TITLE_PX, blend, font

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor, QPaintEvent

    from firingorder.gui.view_models.review_why import WhyLane, WhyView
    from firingorder.report.theme import Theme
    from firingorder.samples import FloatArray

    Place = Callable[[FloatArray], FloatArray]

PAD_PX, NAMES_PX, RADIUS_PX, AXIS_ROW_PX = 20, 150, 12, 24
#: Share of the height of the lead's posterior, and its bounds.
LEAD_SHARE, LEAD_LEAST_PX, LEAD_MOST_PX = 0.27, 86.0, 190.0


class WhyPanel(QWidget):
    """Shows the facts behind a verdict in place of the lanes."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._ink = theme, LaneInk(theme)
        self._view: WhyView | None = None
        self.setAccessibleName("Why this verdict")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)

    def show_view(self, view: WhyView) -> None:
        """Show it; the same facts cost nothing."""
        if self._view is None or view.key != self._view.key:
            self._view = view
            self.setAccessibleDescription(view.spoken)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint words, lanes, and the lead."""
        theme, p, view = self._theme, QPainter(self), self._view
        rect = QRectF(self.rect())
        p.fillRect(rect, theme.background)
        draw_round(p, rect, RADIUS_PX, theme.surface, theme.line)
        if view is not None:
            top = self._words(p, rect.adjusted(PAD_PX, 10, -PAD_PX, 0), view)
            lead_px = min(LEAD_MOST_PX, max(LEAD_LEAST_PX, rect.height() * LEAD_SHARE))
            low = QRectF(PAD_PX, rect.bottom() - lead_px - 6, rect.width() - 2 * PAD_PX, lead_px)
            lanes = QRectF(PAD_PX, top + 6, rect.width() - 2 * PAD_PX, low.top() - top - 12)
            self._lanes(p, lanes, view)
            self._lead(p, low, view)
        p.end()

    def _words(self, p: QPainter, rect: QRectF, view: WhyView) -> float:
        theme = self._theme
        draw_text(p, QRectF(rect.left(), rect.top(), rect.width(), 28), view.title,
                  font(TITLE_PX, 600), theme.text)  # fmt: skip
        draw_text(p, QRectF(rect.left(), rect.top(), rect.width(), 28), "W or Esc: back",
                  font(SMALL_PX, 500), theme.text2, RIGHT)  # fmt: skip
        y = rect.top() + 32
        lines = [(sentence(view.rule), theme.text, BODY_PX)]
        lines += [(words, theme.text2, SMALL_PX) for words in (*view.changes, *view.more)]
        for text, ink, px in lines:
            words = font(px, 600 if px == BODY_PX else 500)
            room = QRectF(rect.left(), y, rect.width(), 200)
            flags = int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)
            used = QFontMetricsF(words).boundingRect(room, flags, text).height()
            p.setFont(words)
            p.setPen(ink)
            p.drawText(room, flags, text)
            y += used + 3
        return y

    def _lanes(self, p: QPainter, rect: QRectF, view: WhyView) -> None:
        theme, count = self._theme, max(1, len(view.lanes))
        plot = rect.adjusted(NAMES_PX, 0, 0, -AXIS_ROW_PX)
        first, last = view.window_s
        per_s = plot.width() / (last - first)
        height = plot.height() / count
        step = axis_step_ms((last - first) * 1e3, plot.width())
        k = ceil((first - view.zero_s) * 1e3 / step)
        while k * step <= (last - view.zero_s) * 1e3:
            x = plot.left() + (view.zero_s + k * step / 1e3 - first) * per_s
            draw_line(p, x, plot, QPen(theme.text3 if k == 0 else theme.line, 1.0))
            spot = QRectF(x - 40, plot.bottom() + 2, 80, 18)
            if plot.left() <= spot.center().x() <= plot.right() - 14:
                words = axis_label(k * step, step)
                draw_text(p, spot, words, font(AXIS_PX, 600), theme.text3, CENTRE)
            k += 1

        def place(at_s: FloatArray) -> FloatArray:
            return plot.left() + (at_s - first) * per_s

        traces = Traces(view.columns)
        for row, lane in enumerate(view.lanes):
            spot = QRectF(plot.left(), plot.top() + row * height, plot.width(), height)
            p.save()
            p.setClipRect(spot)
            shown = Lane(lane.onset.channel, lane.column, lane.muscle, lane.title, "", ())
            self._ink.samples(p, spot.adjusted(0, 2, 0, -2), shown, traces, place, faint=True)
            self._posterior(p, spot, lane, place)
            p.restore()
            self._name(p, QRectF(rect.left(), spot.top(), NAMES_PX, height), lane)
            if lane.note:
                told = QRectF(spot.left() + 8, spot.top() + 1, spot.width() * 0.34, min(18, height))
                draw_note(p, told, lane.note, SMALL_PX if height >= 20 else AXIS_PX, theme)
            p.setPen(theme.line)
            p.drawLine(QPointF(rect.left(), spot.top()), QPointF(rect.right(), spot.top()))

    def _name(self, p: QPainter, rect: QRectF, lane: WhyLane) -> None:
        theme = self._theme
        ink = theme.text if lane.decides else theme.text2
        weight = 700 if lane.decides else 500
        draw_text(p, rect.adjusted(2, 0, -40, 0), lane.title, font(SMALL_PX + 1, weight), ink)
        box = QRectF(0, 0, 20, min(20, rect.height() - 3))
        box.moveCenter(QPointF(rect.right() - 26, rect.center().y()))
        draw_letter(p, box, lane.letter, theme.muscle(lane.muscle), theme)

    def _posterior(self, p: QPainter, rect: QRectF, lane: WhyLane, place: Place) -> None:
        facts, theme = lane.onset, self._theme
        if not facts.p.size:
            return
        colour = theme.accent if facts.edit is not None else theme.muscle(lane.muscle)
        used = facts.onset is not None
        x = place(facts.t_s)
        keep = facts.p > facts.p.max() * 1e-3
        _hill(p, rect, x[keep], facts.p[keep], colour if used else theme.text3, theme, used=used)
        if facts.onset is not None:
            at = float(place(np.array([facts.onset.onset_s]))[0])
            draw_line(p, at, rect.adjusted(0, 2, 0, -2), QPen(theme.text, 2))

    def _lead(self, p: QPainter, rect: QRectF, view: WhyView) -> None:
        theme, lead = self._theme, view.lead
        p.setPen(theme.line)
        p.drawLine(QPointF(rect.left(), rect.top() - 2), QPointF(rect.right(), rect.top() - 2))
        words = QRectF(rect.left(), rect.top(), rect.width(), 20)
        draw_text(p, words, view.lead_words, font(SMALL_PX, 600), theme.text)
        if lead is None:
            return
        plot = rect.adjusted(NAMES_PX, 24, 0, -22)
        name = QRectF(rect.left() + 2, plot.top(), NAMES_PX - 12, plot.height())
        draw_text(p, name, "Lead, ms", font(SMALL_PX + 1, 600), theme.text)
        reach = 1.25 * max(abs(lead.low_ms), abs(lead.high_ms), 1.4 * lead.margin_ms)
        per_ms = plot.width() / (2 * reach)

        def x(at_ms: float) -> float:
            return plot.center().x() + at_ms * per_ms

        band = QRectF(x(-lead.margin_ms), plot.top(), 2 * lead.margin_ms * per_ms, plot.height())
        p.fillRect(band, blend(theme.text3, theme.surface, 0.2))
        step = axis_step_ms(2 * reach, plot.width())
        for k in range(ceil(-reach / step), floor(reach / step) + 1):
            draw_line(p, x(k * step), plot, QPen(theme.text3 if k == 0 else theme.line, 1.0))
            spot = QRectF(x(k * step) - 40, plot.bottom() + 2, 80, 18)
            label = "0" if k == 0 else axis_label(k * step, min(step, 999.0))
            draw_text(p, spot, label, font(AXIS_PX, 600), theme.text3, CENTRE)
        keep = (np.abs(lead.t_ms) <= reach) & (lead.p > lead.p.max() * 1e-4)
        px = plot.center().x() + lead.t_ms[keep] * per_ms
        _hill(p, plot, px, lead.p[keep], theme.text, theme, used=True)
        y = plot.bottom() - 5
        bar = QRectF(x(lead.low_ms), y - 3, (lead.high_ms - lead.low_ms) * per_ms, 6)
        draw_round(p, bar, 3, blend(theme.text, theme.surface, 0.6))
        p.setBrush(theme.text)
        p.drawEllipse(QPointF(x(lead.median_ms), y), 5, 5)
        p.setBrush(Qt.BrushStyle.NoBrush)
        small = font(AXIS_PX, 600)
        for at, text in ((plot.left() + 4, "back first"), (plot.right() - 84, "glutes first")):
            draw_text(p, QRectF(at, plot.top(), 80, 16), text, small, theme.text3)
        if band.width() > 60:
            draw_text(p, QRectF(band.left(), plot.top(), band.width(), 16), "together", small,
                      theme.text2, CENTRE)  # fmt: skip


def draw_note(p: QPainter, rect: QRectF, note: str, px: int, theme: Theme) -> None:
    """Draw what is said of a lane on a ground of its own: the samples run behind it."""
    words = font(px, 500)
    width = min(rect.width(), text_width(note, words))
    p.fillRect(QRectF(rect.left() - 4, rect.top() + 1, width + 8, rect.height() - 1), theme.surface)
    draw_text(p, rect, note, words, theme.text2)


def _hill(
    p: QPainter,
    rect: QRectF,
    x: FloatArray,
    density: FloatArray,
    colour: QColor,
    theme: Theme,
    *,
    used: bool,
) -> None:
    """Draw probabilities as a filled hill that reaches the top of the rectangle."""
    if x.size < 1:
        return
    if x.size == 1:
        x, density = np.array([x[0] - 1, x[0], x[0] + 1]), np.array([0.0, density[0], 0.0])
    base, height = rect.bottom() - 2, rect.height() - 6
    y = base - density / density.max() * height
    points = [QPointF(float(x[0]), base)]
    points += [QPointF(float(a), float(b)) for a, b in zip(x, y, strict=True)]
    points.append(QPointF(float(x[-1]), base))
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.setPen(QPen(colour, 1.0, Qt.PenStyle.SolidLine if used else Qt.PenStyle.DotLine))
    p.setBrush(blend(colour, theme.surface, 0.5) if used else Qt.BrushStyle.NoBrush)
    p.drawPolygon(QPolygonF(points))
    p.setBrush(Qt.BrushStyle.NoBrush)
