"""The part of the strips that stands still: drawn once, kept as a pixmap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from firingorder.report.painter import CENTRE, RIGHT, draw_round, draw_text
from firingorder.report.theme import AXIS_PX, BODY_PX, SMALL_PX, TITLE_PX, Theme, blend, font
from firingorder.report.wording import MINUS, muscle_title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from firingorder.gui.strip_layout import StripLayout
    from firingorder.gui.view_models.desk import StripRow

RADIUS_PX = 12.0


def draw_static(
    size: QSize,
    layout: StripLayout,
    rows: Sequence[StripRow],
    scales_uv: Mapping[str, float],
    theme: Theme,
    bin_s: float,
    unit: str,
    reference_unit: str = "",
) -> QPixmap:
    """Return the static layer: ground, names, letters, grid, time axis.

    ``reference_unit`` says in what the numbers beside the strips are, where it is not ``unit``.
    """
    pixmap = QPixmap(size)
    pixmap.fill(theme.background)
    p = QPainter(pixmap)
    panel = QRectF(layout.panel)
    draw_round(p, panel, RADIUS_PX, theme.surface, theme.line)
    head = panel.adjusted(20, 0, -20, 0)
    head.setHeight(52)
    draw_text(p, head, "Muscle activity", font(TITLE_PX, 600), theme.text)
    note = f"last 10 s  ·  {unit}, envelope 50 ms"
    if reference_unit:
        note += f"  ·  now in {reference_unit}"
    draw_text(p, head, note, font(SMALL_PX, 500), theme.text2, RIGHT)
    _draw_time_axis(p, layout, bin_s, theme)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for muscle, group in layout.groups:
        _draw_group(p, group, muscle, (scales_uv.get(muscle), unit), theme)
    for row, strip in zip(rows, layout.strips, strict=True):
        _draw_letter(p, layout, row, strip, theme)
    _draw_lanes(p, layout, theme)
    p.end()
    return pixmap


def _draw_time_axis(p: QPainter, layout: StripLayout, bin_s: float, theme: Theme) -> None:
    plot = layout.plot
    grid = blend(theme.line, theme.surface, 0.55)
    for seconds in range(0, 11, 2):
        x = plot.right() - seconds / bin_s
        if x < plot.left() - 1:
            continue
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.setPen(theme.text2 if seconds == 0 else grid)
        line_x = plot.right() + 1 if seconds == 0 else round(x)
        p.drawLine(line_x, plot.top(), line_x, plot.bottom())
        text = "now" if seconds == 0 else f"{MINUS}{seconds} s"
        spot = QRectF(x - 40, plot.bottom() + 5, 80, 18)
        draw_text(p, spot, text, font(AXIS_PX, 500), theme.text3, CENTRE)


def _draw_group(
    p: QPainter, group: QRect, muscle: str, scale: tuple[float | None, str], theme: Theme
) -> None:
    p.setPen(theme.line)
    p.drawLine(group.left() + 14, group.top(), group.right() - 14, group.top())
    middle = group.center().y()
    name = QRectF(group.left() + 20, middle - 20, 92, 20)
    draw_text(p, name, muscle_title(muscle), font(BODY_PX, 600), theme.text)
    height, unit = scale
    if height is not None:
        spot = QRectF(group.left() + 20, middle + 1, 92, 18)
        draw_text(p, spot, f"±{height:.4g} {unit}", font(AXIS_PX, 500), theme.text3)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _draw_letter(
    p: QPainter, layout: StripLayout, row: StripRow, strip: QRect, theme: Theme
) -> None:
    middle = strip.center().y()
    right = layout.plot.left()
    colour = theme.muscle(row.muscle)
    if row.letter:
        box = QRectF(right - 44, middle - 10, 20, 20)
        draw_round(p, box, 5, blend(colour, theme.surface, 0.22))
        ink = blend(colour, theme.text, 0.6)
        draw_text(p, box, row.letter, font(SMALL_PX, 700), ink, CENTRE)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    spot = QPointF(right - 13, middle + 0.5)
    if row.quality == "good":  # a filled disc, or a ring: told without colour
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.text3)
        p.drawEllipse(spot, 3.5, 3.5)
    else:
        p.setPen(QPen(theme.close, 2.0))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawEllipse(spot, 4.0, 4.0)
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.setPen(blend(theme.line, theme.surface, 0.6))
    p.drawLine(strip.left(), middle, strip.right(), middle)


def _draw_lanes(p: QPainter, layout: StripLayout, theme: Theme) -> None:
    badges, panel = layout.badges, layout.panel
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.setPen(theme.line)
    p.drawLine(panel.left() + 14, badges.top(), panel.right() - 14, badges.top())
    lane, title = (badges, "Repetitions")
    if layout.lift is not None:
        lane, title = layout.lift.adjusted(0, -10, 0, 0), "Pelvis lift"
        base = layout.lift.bottom() - 8
        p.setPen(theme.line)
        p.drawLine(layout.lift.left(), base, layout.lift.right(), base)
    name = QRectF(panel.left() + 20, lane.top(), 120, lane.height())
    draw_text(p, name, title, font(BODY_PX, 600), theme.text)
