"""Shared drawing of screen and paper: text, icons of the outcomes, and the firing ladder."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QLinearGradient,
    QPaintEngine,
    QPainter,
    QPainterPath,
    QPen,
)

from firingorder.report.theme import AXIS_PX, BODY_PX, SMALL_PX, Theme, blend, font
from firingorder.report.wording import signed_number

if TYPE_CHECKING:
    from firingorder.report.ladder import Ladder, LadderMark, LadderRow
    from firingorder.report.wording import Shape

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
_PAPER = (
    QPaintEngine.Type.Pdf, QPaintEngine.Type.SVG, QPaintEngine.Type.Picture,
    QPaintEngine.Type.MacPrinter, QPaintEngine.Type.Windows,
)  # fmt: skip
#: Below this height the ladder leaves its footnote out, so that the rows keep their size.
NOTED_PX = 215
SEPARATOR = "  ·  "
#: Space between the lanes of the two sides.
LANE_GAP_PX = 4
#: Least width of the column of badges and names; least room for a label of the axis.
NAMES_PX, TICK_PX = 126.0, 44.0
#: Said where no onset is claimed, whatever the cause: a quiet muscle, a gap, a loose pad.
SILENT = "no start found"


def draw_text(
    p: QPainter,
    rect: QRectF,
    text: str,
    text_font: QFont,
    colour: QColor,
    align: Qt.AlignmentFlag = LEFT,
) -> None:
    """Draw one line of text in ``rect``; what does not fit ends in an ellipsis."""
    metrics = QFontMetricsF(text_font)
    if metrics.horizontalAdvance(text) > rect.width() + 1.0:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    p.setFont(_plain(text_font) if on_paper(p) else text_font)
    p.setPen(colour)
    p.drawText(rect, int(align | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip), text)


def on_paper(p: QPainter) -> bool:
    """Tell whether what is drawn becomes a PDF, a print or an SVG."""
    return p.paintEngine().type() in _PAPER


def _plain(text_font: QFont) -> QFont:
    """Return a font without alternate glyphs: those have no Unicode in the text of a PDF."""
    plain = QFont(text_font)
    for feature in ("tnum", "calt", "liga"):
        plain.setFeature(QFont.Tag(feature), 0)
    return plain


def text_width(text: str, text_font: QFont) -> float:
    """Return the width of a line of text in px."""
    return QFontMetricsF(text_font).horizontalAdvance(text)


def fit_font(text: str, px: int, weight: int, width: float, *, display: bool = True) -> QFont:
    """Return the largest font up to ``px`` in which the text fits into ``width``."""
    wanted = font(px, weight, display=display)
    needed = text_width(text, wanted)
    if needed <= width or needed <= 0.0:
        return wanted
    return font(max(8, int(px * width / needed)), weight, display=display)


def draw_round(
    p: QPainter, rect: QRectF, radius: float, fill: QColor, border: QColor | None = None
) -> None:
    """Draw a rounded rectangle, with a hairline border if one is given."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.setBrush(fill)
    if border is None:
        p.setPen(Qt.PenStyle.NoPen)
        p.drawRoundedRect(rect, radius, radius)
    else:
        p.setPen(QPen(border, 1.0))
        p.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    p.setBrush(Qt.BrushStyle.NoBrush)


def draw_verdict_icon(
    p: QPainter,
    centre: QPointF,
    size: float,
    verdict: Shape,
    ink: QColor,
    ground: QColor,
) -> None:
    """Draw the shape of an outcome: circle and tick, diamond and =, triangle and !, ring and ?.

    Against a goal that is no order: circle and tick, square and bar; a disc where nothing is said.
    """
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.translate(centre)
    p.scale(size / 100.0, size / 100.0)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(ink)
    sign = QPen(ground, 11.0, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
    if verdict == "done":
        p.drawEllipse(QPointF(0, 0), 26, 26)
    elif verdict == "miss":
        p.drawRoundedRect(QRectF(-42, -42, 84, 84), 16, 16)
        _stroke(p, sign, [(-20, 0), (20, 0)])
    elif verdict in ("glutes_first", "hit"):
        p.drawEllipse(QPointF(0, 0), 48, 48)
        _stroke(p, sign, [(-21, 2), (-6, 18), (22, -16)])
    elif verdict == "together":
        p.setPen(QPen(ink, 6.0, j=Qt.PenJoinStyle.RoundJoin))
        p.drawPath(_closed([(0, -50), (50, 0), (0, 50), (-50, 0)]))
        _stroke(p, sign, [(-18, -9), (18, -9)])
        _stroke(p, sign, [(-18, 9), (18, 9)])
    elif verdict == "back_first":
        p.setPen(QPen(ink, 12.0, j=Qt.PenJoinStyle.RoundJoin))
        p.drawPath(_closed([(0, -42), (48, 40), (-48, 40)]))
        _stroke(p, sign, [(0, -15), (0, 10)])
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(ground)
        p.drawEllipse(QPointF(0, 29), 6.5, 6.5)
    else:
        p.setPen(QPen(ink, 9.0))
        p.setBrush(ground)
        p.drawEllipse(QPointF(0, 0), 43.5, 43.5)
        hook = QPainterPath(QPointF(-13, -11))
        hook.cubicTo(-13, -31, 16, -31, 15, -10)
        hook.cubicTo(15, 2, 0, 0, 0, 13)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setPen(QPen(ink, 9.5, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        p.drawPath(hook)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(ink)
        p.drawEllipse(QPointF(0, 26), 5.8, 5.8)
    p.restore()


def draw_badge(p: QPainter, centre: QPointF, size: float, text: str, theme: Theme) -> None:
    """Draw the rank of a row in a disc."""
    disc = QRectF(centre.x() - size / 2, centre.y() - size / 2, size, size)
    draw_round(p, disc, size / 2, theme.surface2)
    px = round(size * (0.5 if len(text) < 3 else 0.4))  # a range of ranks
    draw_text(p, disc, text, font(px, 600), theme.text, CENTRE)


class LadderScale:
    """Where a time of the ladder lies between ``left`` and ``right``."""

    def __init__(self, ladder: Ladder, left: float, right: float) -> None:
        self._start, self._left, self._right = ladder.start_ms, left, right
        self._px_per_ms = (right - left) / (ladder.end_ms - ladder.start_ms)

    def x(self, at_ms: float) -> float:
        """Return the position of a time, held inside the window."""
        x = self._left + (at_ms - self._start) * self._px_per_ms
        return min(max(x, self._left), self._right)


def draw_ladder(p: QPainter, rect: QRectF, ladder: Ladder, theme: Theme, ink: QColor) -> None:
    """Draw the firing ladder: ranks, names, capsules (95 %), onsets, activation, lead, axis.

    ``ink`` is the colour of the lead; it carries the tone of the outcome.
    """
    if not ladder.rows:
        return
    p.save()
    p.setClipRect(rect)
    gutter = min(190.0, max(NAMES_PX, rect.width() * 0.32))
    scale = LadderScale(ladder, rect.left() + gutter, rect.right() - 22)
    noted = rect.height() >= NOTED_PX
    body = QRectF(rect.left(), rect.top(), rect.width(), rect.height() - (46 if noted else 24))
    row_height = body.height() / len(ladder.rows)
    _draw_grid(p, body, ladder, scale, theme)
    for k, row in enumerate(ladder.rows):
        top = body.top() + k * row_height
        if k:
            p.setPen(theme.line)
            p.drawLine(QPointF(body.left(), top), QPointF(body.right(), top))
        _draw_row(p, QRectF(body.left(), top, body.width(), row_height), row, scale, theme)
    _draw_lead(p, body, ladder, scale, theme, ink)
    if not noted:
        p.restore()
        return
    parts = ["ms after the earliest onset", "capsule = 95 % interval"]
    if ladder.movement_ms is not None:
        parts.append("tick = movement")
    while len(parts) > 1 and text_width(SEPARATOR.join(parts), font(SMALL_PX, 500)) > rect.width():
        parts.pop()
    note = SEPARATOR.join(parts)
    foot = QRectF(rect.left(), rect.bottom() - 20, rect.width(), 20)
    draw_text(p, foot, note, font(SMALL_PX, 500), theme.text3, RIGHT)
    p.restore()


def axis_ticks(ladder: Ladder) -> list[float]:
    """Return the labelled times of a ladder's axis."""
    step = 50.0 if ladder.end_ms <= 200 else 100.0 if ladder.end_ms <= 400 else 200.0
    first = -int(-ladder.start_ms // step)
    return [k * step for k in range(first, int(ladder.end_ms // step) + 1)]


def _draw_grid(p: QPainter, body: QRectF, ladder: Ladder, scale: LadderScale, theme: Theme) -> None:
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    ticks = axis_ticks(ladder)
    crowded = len(ticks) > 1 and scale.x(ticks[1]) - scale.x(ticks[0]) < TICK_PX
    for tick in ticks:
        x = round(scale.x(tick)) + 0.5
        p.setPen(theme.strong_line if tick == 0 else theme.line)
        p.drawLine(QPointF(x, body.top()), QPointF(x, body.bottom()))
        if crowded and tick % (2 * (ticks[1] - ticks[0])):
            continue
        label = "0" if tick == 0 else signed_number(tick)
        spot = QRectF(x - 40, body.bottom() + 4, 80, 18)
        draw_text(p, spot, label, font(AXIS_PX, 500), theme.text3, CENTRE)
    if ladder.movement_ms is not None and ladder.start_ms < ladder.movement_ms < ladder.end_ms:
        x = round(scale.x(ladder.movement_ms)) + 0.5
        p.setPen(theme.text3)
        for y in (body.top(), body.bottom() - 10):
            p.drawLine(QPointF(x, y), QPointF(x, y + 10))


def _draw_row(p: QPainter, rect: QRectF, row: LadderRow, scale: LadderScale, theme: Theme) -> None:
    middle = rect.center().y()
    draw_badge(p, QPointF(rect.left() + 14, middle), min(28.0, rect.height() - 3), row.badge, theme)
    name = QRectF(rect.left() + 40, rect.top(), scale.x(-inf) - rect.left() - 46, rect.height())
    draw_text(p, name, row.title, fit_font(row.title, BODY_PX, 600, name.width(), display=False),
              theme.text)  # fmt: skip
    if not row.marks:  # one line for both sides
        spot = QRectF(rect.left(), rect.top(), rect.width() - 24, rect.height())
        draw_text(p, spot, SILENT, font(SMALL_PX, 500), theme.text3, RIGHT)
        return
    top, height = _lanes(rect, row)
    colour = theme.muscle(row.muscle)
    for k, mark in enumerate(row.marks):
        lane = QRectF(0, top + k * (height + LANE_GAP_PX), rect.right() - 22, height)
        _draw_mark(p, lane, mark, scale, theme, colour)
    for k, letter in enumerate(row.silent, start=len(row.marks)):
        spot = QRectF(rect.left(), top + k * (height + LANE_GAP_PX), rect.width() - 24, height)
        text = f"{letter}  {SILENT}".strip()
        draw_text(p, spot, text, _lane_font(height, 500), theme.text3, RIGHT)


def _lanes(rect: QRectF, row: LadderRow) -> tuple[float, float]:
    """Return top and height of the first lane of a row."""
    lanes = len(row.marks) + len(row.silent)
    height = max(4.0, min(18.0, (rect.height() - 8) / max(1, lanes) - 3))
    return rect.center().y() - (lanes * height + (lanes - 1) * LANE_GAP_PX) / 2, height


def _arrow_y(body: QRectF, ladder: Ladder, row: LadderRow) -> float:
    """Return where the lead of a row goes: its middle, or its only mark if one side is silent."""
    height = body.height() / len(ladder.rows)
    top = body.top() + ladder.rows.index(row) * height
    lane_top, lane = _lanes(QRectF(0, top, 1, height), row)
    return lane_top + lane / 2 if row.silent else top + height / 2


def _draw_mark(
    p: QPainter,
    lane: QRectF,
    mark: LadderMark,
    scale: LadderScale,
    theme: Theme,
    colour: QColor,
) -> None:
    at, low, high = scale.x(mark.at_ms), scale.x(mark.low_ms), scale.x(mark.high_ms)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    fade = QLinearGradient(at, 0, lane.right(), 0)
    fade.setColorAt(0.0, blend(colour, theme.surface, 0.62))
    fade.setColorAt(1.0, blend(colour, theme.surface, 0.18))
    inset = lane.height() * 0.12
    p.fillRect(QRectF(at, lane.top() + inset, lane.right() - at, lane.height() - 2 * inset), fade)
    width = max(high - low, lane.height() * 0.6)
    capsule = QRectF((low + high - width) / 2, lane.top(), width, lane.height())
    p.setPen(QPen(colour, 1.4))
    p.setBrush(blend(colour, theme.surface, 0.32))
    radius = min(width, lane.height()) / 2
    p.drawRoundedRect(capsule, radius, radius)
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.fillRect(QRectF(at - 1.5, lane.top() + 1, 3, lane.height() - 2), theme.text)
    letter = QRectF(capsule.right() + 5, lane.top(), 20, lane.height())
    draw_text(p, letter, mark.letter, _lane_font(lane.height(), 600), theme.text)


def _lane_font(height: float, weight: int) -> QFont:
    """Return a font for a lane; letters may fill the gap between lanes too."""
    return font(max(8, min(SMALL_PX, int(height + LANE_GAP_PX))), weight)


def _draw_lead(
    p: QPainter, body: QRectF, ladder: Ladder, scale: LadderScale, theme: Theme, ink: QColor
) -> None:
    if ladder.glutes_ms is None or ladder.lead_ms is None:
        return
    from_x = scale.x(ladder.glutes_ms)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.setPen(QPen(theme.text2, 1.0, Qt.PenStyle.DashLine))
    x = round(from_x) + 0.5
    p.drawLine(QPointF(x, body.top()), QPointF(x, body.bottom()))
    backs = [row for row in ladder.rows if row.muscle == "erector_spinae" and row.marks]
    if not backs:
        return
    first = min(backs[0].marks, key=lambda mark: mark.at_ms)
    if ladder.lead_ms > 0:  # in the row of the back, where there is nothing before its capsule
        y = _arrow_y(body, ladder, backs[0])
        draw_lead_arrow(p, from_x, scale.x(first.low_ms), y, ladder.lead_ms, theme, ink)
    else:  # in the row of the glutes, for the same reason
        row = next(r for r in ladder.rows if r.muscle == "gluteus_maximus")
        from_x = min(scale.x(mark.low_ms) for mark in row.marks)
        to_x = scale.x(first.at_ms)
        y = _arrow_y(body, ladder, row)
        draw_lead_arrow(p, from_x, to_x, y, ladder.lead_ms, theme, ink)


def draw_lead_arrow(
    p: QPainter, from_x: float, to_x: float, y: float, lead_ms: float, theme: Theme, ink: QColor
) -> None:
    """Draw the lead as an arrow with its number, if there is room for both."""
    text = f"{abs(round(lead_ms))} ms"
    room = abs(to_x - from_x) - 30  # the tip, and a stroke on either side of the number
    fonts = (font(px, 700) for px in (BODY_PX, SMALL_PX))
    text_font = next((f for f in fonts if text_width(text, f) + 10 <= room), None)
    if text_font is None or (lead_ms > 0) != (to_x > from_x):
        return
    width = text_width(text, text_font) + 10
    way = 1.0 if to_x > from_x else -1.0
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.setPen(QPen(ink, 2.0, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
    tip = to_x - way * 4
    p.drawLine(QPointF(from_x + way * 6, y), QPointF(tip, y))
    p.drawPolyline([QPointF(tip - way * 6, y - 5), QPointF(tip, y), QPointF(tip - way * 6, y + 5)])
    middle = (from_x + tip) / 2
    box = QRectF(middle - width / 2, y - 10, width, 20)
    p.fillRect(box, theme.surface)
    draw_text(p, box, text, text_font, ink, CENTRE)


def _stroke(p: QPainter, pen: QPen, points: list[tuple[float, float]]) -> None:
    p.save()
    p.setPen(pen)
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawPolyline([QPointF(x, y) for x, y in points])
    p.restore()


def _closed(points: list[tuple[float, float]]) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for x, y in points[1:]:
        path.lineTo(x, y)
    path.closeSubpath()
    return path
