"""Drawing of the rows of programmes and exercises, of modes, and of what will happen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPen

from firingorder.gui.fitted_text import wrapped_px
from firingorder.gui.view_models.programme_words import SIDE_LETTERS, minutes_words
from firingorder.report.painter import (
    CENTRE,
    RIGHT,
    draw_badge,
    draw_round,
    draw_text,
    draw_verdict_icon,
    fit_font,
    text_width,
)
from firingorder.report.theme import AXIS_PX, BODY_PX, SMALL_PX, blend, font

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from firingorder.gui.view_models.programme_entry import Entry
    from firingorder.gui.view_models.programme_rows import Block, ItemRow, Plan
    from firingorder.report.theme import Theme

ENTRY_PX, ITEM_PX, PROBLEM_PX = 56, 68, 40
#: Width from which a row has columns of its own for what else stands in one line.
COLUMNS_PX = 620
_PROBLEM_LEFT_PX = 40
COMES = "comes with firingorder"


def draw_mode(p: QPainter, centre: QPointF, size: float, mode: str, ink: QColor) -> None:
    """Draw the shape of a mode, or an eye where a test only looks (an empty mode).

    Activate: a rising bar. Sequence: one, two, three. Yield: a line that sinks. Balance: a beam.
    """
    p.save()
    p.translate(centre)
    p.scale(size / 100.0, size / 100.0)
    pen = QPen(ink, 11.0, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
    p.setPen(pen)
    p.setBrush(Qt.BrushStyle.NoBrush)
    lines: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
        "activate": (((-28, 2), (0, -34), (28, 2)), ((0, -30), (0, 36))),
        "sequence": (((-40, -28), (4, -28)), ((-18, 0), (24, 0)), ((4, 28), (42, 28))),
        "yield": (((-40, -26), (-14, -26), (12, 24), (40, 24)),),
        "balance": (((-40, -10), (40, -10)), ((0, -10), (-16, 34), (16, 34), (0, -10)),
                    ((-40, -28), (-40, -10)), ((40, -28), (40, -10))),
    }  # fmt: skip
    if mode in lines:
        for points in lines[mode]:
            p.drawPolyline([QPointF(x, y) for x, y in points])
    else:
        p.drawEllipse(QPointF(0, 0), 44, 27)
        p.setBrush(ink)
        p.setPen(Qt.PenStyle.NoPen)
        p.drawEllipse(QPointF(0, 0), 13, 13)
    p.restore()


def draw_severity(p: QPainter, centre: QPointF, size: float, severity: str, theme: Theme) -> None:
    """Draw the sign of a problem: a triangle where it stops, a diamond where it warns."""
    if severity == "stop":
        draw_verdict_icon(p, centre, size, "back_first", theme.back, theme.surface)
    elif severity == "warn":
        draw_verdict_icon(p, centre, size, "together", theme.close, theme.surface)


def draw_entry(p: QPainter, rect: QRectF, entry: Entry, theme: Theme) -> None:
    """Draw one programme of the list."""
    left = rect.left() + 12
    broken = entry.kind == "broken"
    if broken:
        draw_severity(p, QPointF(left + 9, rect.center().y()), 20, "stop", theme)
        left += 28
    name = QRectF(left, rect.top() + 7, rect.right() - left - 10, 22)
    draw_text(p, name, entry.name, font(BODY_PX, 600), theme.text)
    note, small = QRectF(left, rect.top() + 28, rect.right() - left - 10, 20), font(SMALL_PX, 500)
    marks = [word for word, on in _marks(entry) if on]
    if marks:
        said, strong = "  ·  ".join(marks), font(SMALL_PX, 600)
        width = text_width(said, strong) + 4
        draw_text(p, QRectF(note.right() - width, note.top(), width, 20), said, strong,
                  theme.accent, RIGHT)  # fmt: skip
        note.setRight(note.right() - width - 8)
    said = COMES if entry.kind == "template" else entry.note or "your own"
    draw_text(p, note, said, small, theme.back if broken else theme.text2)


def spoken_entry(entry: Entry) -> str:
    """Return what a screen reader says of a programme of the list."""
    kind = {"own": "your own", "template": COMES, "broken": "cannot be read"}[entry.kind]
    if entry.kind == "own" and entry.note:
        kind = ""  # it says itself whose it is
    parts = (entry.name, kind, entry.note, *(word for word, on in _marks(entry) if on))
    return ", ".join(part for part in parts if part)


def _marks(entry: Entry) -> tuple[tuple[str, bool], ...]:
    return (("in use", entry.chosen), ("in use as it was", entry.older),
            ("not saved", entry.unsaved))  # fmt: skip


def draw_item(p: QPainter, rect: QRectF, row: ItemRow, theme: Theme) -> None:
    """Draw one exercise of a programme, or the line of the whole programme."""
    left, right = rect.left() + 12, rect.right() - 12
    if row.severity:
        draw_severity(p, QPointF(right - 10, rect.center().y()), 22, row.severity, theme)
        right -= 34
    if not row.number:
        draw_text(p, QRectF(left, rect.top() + 10, right - left, 24), row.name,
                  font(BODY_PX, 600), theme.text)  # fmt: skip
        small = fit_font(row.note, SMALL_PX, 500, right - left, display=False)
        draw_text(p, QRectF(left, rect.top() + 36, right - left, 20), row.note, small,
                  theme.text2)  # fmt: skip
        return
    draw_badge(p, QPointF(left + 13, rect.center().y()), 28, str(row.number), theme)
    draw_mode(p, QPointF(left + 47, rect.center().y()), 26, row.mode, theme.text2)
    left += 72
    wide = rect.width() >= COLUMNS_PX
    dose_font = font(BODY_PX, 700)
    dose_width = max(text_width(row.dose, dose_font) + 6, 150.0 if wide else 0.0)
    dose = QRectF(right - dose_width, rect.top() + 10, dose_width, 24)
    draw_text(p, dose, row.dose, dose_font, theme.text, RIGHT)
    draw_text(p, QRectF(left, dose.top(), dose.left() - left - 12, 24), row.name,
              font(BODY_PX, 600), theme.text)  # fmt: skip
    small = font(SMALL_PX, 500)
    after = f"{row.times}, {row.rest}"
    taken = min(text_width(after, small) + 4, (right - left) * (0.45 if wide else 0.6))
    spot = QRectF(right - taken, rect.top() + 36, taken, 20)
    draw_text(p, spot, after, small, theme.text2, RIGHT)
    parts = (row.goal, row.side, row.target or (row.told if wide else ""))
    said = "  ·  ".join(part for part in parts if part)
    room = QRectF(left, spot.top(), spot.left() - left - 12, 20)
    small = fit_font(said, SMALL_PX, 500, room.width(), display=False)
    draw_text(p, room, said, small, theme.text2)


def draw_plan(p: QPainter, rect: QRectF, plan: Plan, theme: Theme) -> None:
    """Draw what will happen: sets as blocks, those without feedback hatched, rests as gaps."""
    p.fillRect(rect, theme.surface)
    if not plan.blocks:
        draw_text(p, rect, plan.spoken, font(SMALL_PX, 500), theme.text2)
        return
    last = plan.blocks[-1]
    total_s = max(1.0, last.start_s + last.length_s)
    scale = rect.width() / total_s
    lane = QRectF(rect.left(), rect.top() + 20, rect.width(), rect.height() - 42)
    for one in plan.blocks:
        _draw_block(p, lane, one, scale, theme, chosen=one.item == plan.selected)
    taken: list[tuple[float, float]] = []
    for one in sorted(plan.blocks, key=lambda one: (one.item != plan.selected, one.retention)):
        x = lane.left() + one.start_s * scale
        width = text_width(one.label, font(AXIS_PX, 600)) + 10
        x = min(x, rect.right() - width)
        if one.label and all(x >= high or x + width <= low for low, high in taken):
            ink = theme.text if one.item == plan.selected else theme.text2
            draw_text(p, QRectF(x, rect.top(), width, 18), one.label, font(AXIS_PX, 600), ink)
            taken.append((x, x + width))
    _draw_axis(p, QRectF(rect.left(), lane.bottom() + 3, rect.width(), 18), total_s, theme)


def _draw_block(
    p: QPainter, lane: QRectF, one: Block, scale: float, theme: Theme, *, chosen: bool
) -> None:
    x, width = lane.left() + one.start_s * scale, max(2.0, one.length_s * scale - 1.0)
    box = QRectF(x, lane.top(), width, lane.height())
    ink = theme.accent if chosen else blend(theme.text2, theme.surface, 0.75)
    if one.silent:
        p.fillRect(box, theme.surface2)
        p.fillRect(box, QBrush(blend(ink, theme.surface2, 0.8), Qt.BrushStyle.BDiagPattern))
        p.setPen(QPen(ink, 1))
        p.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
    else:
        p.fillRect(box, blend(ink, theme.surface, 0.55 if chosen else 0.4))
        p.fillRect(QRectF(box.left(), box.top(), box.width(), 3), ink)
    letter = SIDE_LETTERS[one.side]
    if width >= 16:
        ground = (
            box if not one.silent else QRectF(box.center().x() - 8, box.center().y() - 9, 16, 18)
        )
        if one.silent:
            p.fillRect(ground, theme.surface2)
        draw_text(p, ground, letter, font(AXIS_PX, 600), theme.text, CENTRE)


def _draw_axis(p: QPainter, rect: QRectF, total_s: float, theme: Theme) -> None:
    step = next(s for s in (60, 120, 300, 600, 1200, 3600, 7200, 36000)
                if rect.width() * s / total_s >= 54 or s == 36000)  # fmt: skip
    ink = font(AXIS_PX, 500)
    for k in range(int(total_s // step) + 1):
        x = rect.left() + k * step * rect.width() / total_s
        text = f"{k * step // 60:d} min" if k else "0"
        if x + text_width(text, ink) <= rect.right():
            draw_text(p, QRectF(x, rect.top(), 60, rect.height()), text, ink, theme.text3)


def describe_plan(plan: Plan) -> str:
    """Return what a screen reader says of what will happen."""
    return plan.spoken


def draw_problem(p: QPainter, rect: QRectF, row: tuple[str, str], theme: Theme) -> None:
    """Draw one problem: its sign, and its sentence in as many lines as it needs."""
    severity, text = row
    draw_severity(p, QPointF(rect.left() + 20, rect.center().y()), 20, severity, theme)
    spot = rect.adjusted(_PROBLEM_LEFT_PX, 2, -8, -2)
    p.setFont(font(SMALL_PX, 500))
    p.setPen(theme.text)
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    p.drawText(spot, int(flags | Qt.TextFlag.TextWordWrap), text)


def problem_px(row: tuple[str, str], width: float) -> float:
    """Return how high a problem is at a width."""
    return wrapped_px(row[1], SMALL_PX, 500, width - _PROBLEM_LEFT_PX - 12) + 10


def spoken_problem(row: tuple[str, str]) -> str:
    """Return what a screen reader says of a problem."""
    return f"{'Stops' if row[0] == 'stop' else 'To know'}: {row[1]}"


def minutes(plan: Plan) -> str:
    """Return how long it takes, in words."""
    return minutes_words(plan.total_s) if plan.blocks else ""


def draw_lock(p: QPainter, centre: QPointF, ink: QColor, ground: QColor) -> None:
    """Draw a closed lock."""
    p.setPen(QPen(ink, 2))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawArc(QRectF(centre.x() - 4, centre.y() - 8, 8, 10), 0, 180 * 16)
    draw_round(p, QRectF(centre.x() - 6.5, centre.y() - 3, 13, 10), 2, ink)
    p.setPen(QPen(ground, 1.5))
    p.drawLine(QPointF(centre.x(), centre.y()), QPointF(centre.x(), centre.y() + 3))
