"""The stack of charts of a trend over one time line, which a key or a click walks along."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from firingorder.gui.trends_drawing import (
    GUTTER_PX,
    HEAD_PX,
    draw_lane,
    draw_pain,
    plot_of,
)
from firingorder.gui.trends_icons import draw_flag_icon
from firingorder.report.painter import CENTRE, draw_round, draw_text, text_width
from firingorder.report.theme import AXIS_PX, SMALL_PX, blend, font
from firingorder.session.trends import FLAG_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QMouseEvent, QPaintEvent

    from firingorder.gui.view_models.trends_view import TrendView
    from firingorder.report.theme import Theme

_LABELS_PX, _FLAGS_PX, _LEGEND_PX, _PAD_PX = 36, 22, 24, 10
#: Shares of the height: share of glutes first, the chosen measure, the sides; pain has px.
_SHARES = {"share": 0.8, "sides": 0.75}
_PAIN_PX, _LOW_PAIN_PX, _LOW_PX = 92, 74, 520
#: Below this height the sides have no chart of their own; the card tells them.
_NO_SIDES_PX = 430


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where everything stands, px."""

    lanes: tuple[QRectF, ...]
    pain: QRectF
    flags: QRectF
    labels: QRectF
    legend: QRectF
    xs: tuple[float, ...]


class TrendChart(QWidget):
    """Shows a :class:`TrendView`. ``chosen`` and ``opened`` give the place of a session."""

    chosen = Signal(int)
    opened = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: TrendView | None = None
        self._drawn: tuple[tuple[object, ...], QPixmap] | None = None
        self.setAccessibleName("Trend")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)

    @property
    def view(self) -> TrendView | None:
        """What is shown."""
        return self._view

    def show_view(self, view: TrendView) -> None:
        """Show it; an equal one costs nothing."""
        if view != self._view:
            self._view = view
            self.setAccessibleDescription(view.spoken)
            self.update()

    def place_at(self, x: float) -> int:
        """Return which session is nearest to a point; -1: there is none."""
        if self._view is None or not self._view.places:
            return -1
        xs = self._layout(self._view).xs
        return min(range(len(xs)), key=lambda k: abs(xs[k] - x))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the session under the pointer."""
        self.setFocus()
        place = self.place_at(event.position().x())
        if place >= 0:
            self.chosen.emit(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open it."""
        place = self.place_at(event.position().x())
        if place >= 0:
            self.opened.emit(place)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, columns of what is chosen, lanes, pain, flags, dates, legend."""
        theme, p = self._theme, QPainter(self)
        rect = QRectF(self.rect())
        p.fillRect(rect, theme.background)
        draw_round(p, rect, 10, theme.surface, theme.line)
        if self._view is not None and self._view.places:
            self._paint(p, self._view)
        if self.hasFocus():
            p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            p.setPen(QPen(theme.accent, 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 9, 9)
        p.end()

    def _paint(self, p: QPainter, view: TrendView) -> None:
        at = self._layout(view)
        p.drawPixmap(0, 0, self._still(view, at))
        self._columns(p, view, at)
        self._labels(p, view, at)

    def _still(self, view: TrendView, at: _Layout) -> QPixmap:
        """Return what does not depend on the chosen session; it is drawn once."""
        made_of = (view.lanes, view.places, view.spacing, self.size())
        if self._drawn is not None and all(
            one is two or one == two for one, two in zip(self._drawn[0], made_of, strict=True)
        ):
            return self._drawn[1]
        ratio = self.devicePixelRatioF()
        made = QPixmap(self.size() * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        theme, p = self._theme, QPainter(made)
        shown = view.lanes[: len(at.lanes)]
        for rect, lane in zip(at.lanes, shown, strict=True):
            draw_lane(p, rect, lane, view.places, at.xs, theme)
        if view.pain_asked:
            draw_pain(p, at.pain, view.places, at.xs, theme)
        else:
            draw_text(p, at.pain.adjusted(10, 0, -10, 0), "Pain: nobody was asked.",
                      font(SMALL_PX, 500), theme.text2)  # fmt: skip
        self._flags(p, view, at)
        self._baseline(p, view, at)
        if view.spacing == "number":
            self._gaps(p, view, at)
        self._legend(p, view, at.legend)
        p.end()
        self._drawn = (made_of, made)
        return made

    def _layout(self, view: TrendView) -> _Layout:
        inside = QRectF(self.rect()).adjusted(_PAD_PX, _PAD_PX - 2, -_PAD_PX, -_PAD_PX + 2)
        legend = QRectF(inside.left(), inside.bottom() - _LEGEND_PX, inside.width(), _LEGEND_PX)
        labels = QRectF(inside.left(), legend.top() - _LABELS_PX, inside.width(), _LABELS_PX)
        flags = QRectF(inside.left(), labels.top() - _FLAGS_PX, inside.width(), _FLAGS_PX)
        high = _PAIN_PX if inside.height() > _LOW_PX else _LOW_PAIN_PX
        pain_px = high if view.pain_asked else 26
        pain = QRectF(inside.left(), flags.top() - pain_px, inside.width(), pain_px)
        room = pain.top() - inside.top()
        keys = [lane.key for lane in view.lanes]
        if room + pain_px < _NO_SIDES_PX and "sides" in keys:
            keys.remove("sides")
        shares = [_SHARES.get(key, 1.25) for key in keys]
        lanes: list[QRectF] = []
        top = inside.top()
        for share in shares:
            height = room * share / sum(shares)
            lanes.append(QRectF(inside.left(), top, inside.width(), height))
            top += height
        plot = plot_of(inside).adjusted(10, 0, -10, 0)
        xs = tuple(plot.left() + one.x * plot.width() for one in view.places)
        return _Layout(tuple(lanes), pain, flags, labels, legend, xs)

    def _columns(self, p: QPainter, view: TrendView, at: _Layout) -> None:
        theme = self._theme
        top, bottom = at.lanes[0].top() + HEAD_PX, at.labels.bottom()
        half = min(23.0, max(5.0, _least(at.xs) * 0.45))
        for place, share in ((view.before, 0.0), (view.chosen, 0.14)):
            if not 0 <= place < len(at.xs):
                continue
            column = QRectF(at.xs[place] - half, top, 2 * half, bottom - top)
            if share:
                shade = QColor(theme.accent)
                shade.setAlphaF(share)
                draw_round(p, column, 6, shade)
            else:
                p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
                p.setPen(QPen(theme.accent, 1.5, Qt.PenStyle.DashLine))
                p.setBrush(Qt.BrushStyle.NoBrush)
                p.drawRoundedRect(column, 6, 6)

    def _flags(self, p: QPainter, view: TrendView, at: _Layout) -> None:
        """Draw the icons of each session; a dot where there is no room."""
        theme, room = self._theme, _least(at.xs)
        for x, place in zip(at.xs, view.places, strict=True):
            kinds = [*place.flags, *(["note"] if place.notes else [])]
            fit = int(room // 16)
            middle = at.flags.center().y()
            if kinds and (fit < 1 or (fit < len(kinds) and fit < 2)):
                if kinds == ["pads"]:  # as every day
                    continue
                p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
                p.setPen(Qt.PenStyle.NoPen)
                p.setBrush(theme.text2)
                p.drawEllipse(QPointF(x, middle), 2.5, 2.5)
                p.setBrush(Qt.BrushStyle.NoBrush)
                continue
            shown = kinds if len(kinds) <= fit else kinds[: max(0, fit - 1)]
            left = x - 8 * (len(shown) + (len(shown) < len(kinds)) - 1)
            for k, kind in enumerate(shown):
                draw_flag_icon(p, QPointF(left + 16 * k, middle), 13, kind, theme.text2)
            if len(shown) < len(kinds):
                spot = QRectF(left + 16 * len(shown) - 8, middle - 8, 18, 16)
                more = f"+{len(kinds) - len(shown)}"
                draw_text(p, spot, more, font(AXIS_PX, 600), theme.text2, CENTRE)

    def _labels(self, p: QPainter, view: TrendView, at: _Layout) -> None:
        """Write numbers and dates where they fit; the chosen one always, and long pauses."""
        theme, top = self._theme, at.labels.top()
        chosen = view.chosen
        wide = text_width(view.places[0].date, font(AXIS_PX, 600)) + 12
        order = [k for k in (chosen, *range(len(at.xs))) if 0 <= k < len(at.xs)]
        taken: list[float] = []
        for k in dict.fromkeys(order):
            x, place = at.xs[k], view.places[k]
            if any(abs(x - other) < wide for other in taken):
                continue
            taken.append(x)
            ink = theme.text if k == chosen else theme.text2
            weight = 700 if k == chosen else 500
            for text, y, px in ((place.number, top + 1, AXIS_PX), (place.date, top + 17, AXIS_PX)):
                spot = QRectF(x - 40, y, 80, 16)
                draw_text(p, spot, text, font(px, weight), ink, CENTRE)
        spot = QRectF(at.labels.left() + 4, top + 1, GUTTER_PX - 8, 16)
        draw_text(p, spot, "Session", font(AXIS_PX, 500), theme.text3)

    def _baseline(self, p: QPainter, view: TrendView, at: _Layout) -> None:
        """Underline the sessions that the own variation comes from."""
        xs = [x for x, one in zip(at.xs, view.places, strict=True) if one.baseline]
        if not xs:
            return
        y = at.labels.top() - 1.0
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.setPen(QPen(blend(self._theme.accent, self._theme.surface, 0.7), 2.0))
        half = min(14.0, max(3.0, _least(at.xs) * 0.4))
        for x in xs:
            p.drawLine(QPointF(x - half, y), QPointF(x + half, y))

    def _gaps(self, p: QPainter, view: TrendView, at: _Layout) -> None:
        """Break the axis where weeks or months lie between two sessions drawn side by side."""
        theme = self._theme
        for k, place in enumerate(view.places):
            if not place.gap or not k:
                continue
            x, y = (at.xs[k - 1] + at.xs[k]) / 2, at.labels.top()
            p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            p.setPen(QPen(theme.text2, 1.4))
            for shift in (-2.0, 3.0):
                p.drawLine(QPointF(x + shift - 3, y - 5), QPointF(x + shift + 3, y - 15))
            small = font(AXIS_PX, 500)
            free = at.xs[k] - at.xs[k - 1] - 34
            if text_width(place.gap, small) <= free:
                spot = QRectF(x - 40, y + 1, 80, 16)
                draw_text(p, spot, place.gap, small, theme.text3, CENTRE)

    def _legend(self, p: QPainter, view: TrendView, rect: QRectF) -> None:
        """Say in words what the icons mean that are to be seen."""
        theme, small = self._theme, font(AXIS_PX, 500)
        seen = {flag for one in view.places for flag in one.flags}
        words = [(flag, FLAG_WORDS[flag]) for flag in FLAG_WORDS if flag in seen]
        if any(one.notes for one in view.places):
            words.append(("note", "note"))
        left, middle = rect.left() + 12, rect.center().y() + 2
        for k, (kind, said) in enumerate(words):
            width = text_width(said, small) + 32
            last = k == len(words) - 1
            if left + width > rect.right() - (0 if last else 24):
                draw_text(p, QRectF(left, middle - 8, 20, 16), "…", small, theme.text2)
                return
            draw_flag_icon(p, QPointF(left + 6, middle), 12, kind, theme.text2)
            draw_text(p, QRectF(left + 18, middle - 8, width, 16), said, small, theme.text2)
            left += width


def _least(xs: Sequence[float]) -> float:
    return min((b - a for a, b in pairwise(xs)), default=120.0)
