"""What of the rows of the setup page stands still between two checks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from firingorder.gui.body_map import draw_light, light_ink
from firingorder.report.painter import CENTRE, RIGHT, draw_round, draw_text
from firingorder.report.theme import AXIS_PX, BODY_PX, SMALL_PX, TITLE_PX, Theme, blend, font

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QColor

    from firingorder.gui.view_models.setup import LightView, SetupRow, SetupView

HEADER_PX = 54
#: A row is not much higher than the picture of one; from a window of 720 px on it is at least as
#: high as a finger needs, below that all of them being seen comes first.
MOST_ROW_PX = 104
WIDE_PX, NARROW_PX = 1000, 740
#: Room for the light of the pelvis sensor with its longest word.
_SENSOR_LIGHT_PX = 112
#: Below this height a row has one line.
ONE_LINE_PX = 44


def columns_of(width: int) -> dict[str, tuple[int, int]]:
    """Return left and width of each column of a panel of this width."""
    if width >= WIDE_PX:
        left, gap, name, noise, contact, signal, words = 24, 18, 156, 92, 112, 132, 236
    elif width >= NARROW_PX:
        left, gap, name, noise, contact, signal, words = 16, 12, 132, 60, 86, 108, 164
    else:
        left, gap, name, noise, contact, signal, words = 16, 8, 118, 56, 74, 106, 170
    fixed = left + name + noise + contact + signal + words + 5 * gap + 8
    trace = max(30, width - fixed)
    out: dict[str, tuple[int, int]] = {}
    for key, size in (("name", name), ("trace", trace), ("noise", noise), ("contact", contact),
                      ("signal", signal), ("words", words)):  # fmt: skip
        out[key] = (left, size)
        left += size + gap
    return out


def sensor_columns(columns: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Return the columns of a sensor that wants something: light and words begin at its contact.

    It has none, and its sentences need more than the two lines there are in a small window.
    """
    left = columns["contact"][0]
    words, end = left + _SENSOR_LIGHT_PX + 8, columns["words"][0] + columns["words"][1]
    return {
        **columns,
        "signal": (left, _SENSOR_LIGHT_PX),
        "words": (words, end - words - 8),
    }


def row_rects(panel: QRect, count: int) -> list[QRect]:
    """Return the rows, as high as the panel allows."""
    if not count:
        return []
    room = panel.height() - HEADER_PX - 10
    height = min(MOST_ROW_PX, room / count)
    return [
        QRect(panel.left() + 8, round(HEADER_PX + k * height), panel.width() - 16,
              round(HEADER_PX + (k + 1) * height) - round(HEADER_PX + k * height))
        for k in range(count)
    ]  # fmt: skip


def draw_rows(
    p: QPainter,
    rect: QRectF,
    view: SetupView | None,
    rects: Sequence[QRect],
    theme: Theme,
    scales: Mapping[int, float | None],
    lit: frozenset[int],
) -> None:
    """Draw panel, headings and every row but its trace."""
    p.fillRect(rect, theme.background)
    draw_round(p, rect, 12, theme.surface, theme.line)
    columns = columns_of(round(rect.width()))
    _draw_headings(p, rect, columns, theme)
    if view is None:
        return
    for k, (row, spot) in enumerate(zip(view.rows, rects, strict=True)):
        ground = _draw_ground(p, QRectF(spot), row, theme, first=k == 0)
        mine, tight = columns, rect.width() < NARROW_PX or spot.height() < ONE_LINE_PX
        if row.column is None and row.instruction and tight:  # what is to be done comes first
            mine, row = sensor_columns(columns), replace(row, detail="")
        _draw_name(p, QRectF(spot), row, mine, theme, scales, lit=row.column in lit)
        _draw_words(p, QRectF(spot), row, mine, theme, ground)


def _draw_headings(
    p: QPainter,
    rect: QRectF,
    columns: Mapping[str, tuple[int, int]],
    theme: Theme,
) -> None:
    head = QRectF(columns["name"][0], 0, rect.width(), HEADER_PX)
    draw_text(p, head, "Signal check", font(TITLE_PX, 600), theme.text)
    small = font(SMALL_PX, 500)
    noise = columns["noise"]
    title = "Noise at rest" if noise[1] >= 86 else "Noise"
    draw_text(p, QRectF(noise[0] - 20, 0, noise[1] + 20, HEADER_PX), title, small,
              theme.text2, RIGHT)  # fmt: skip
    for key, word in (("contact", "Contact"), ("signal", "Signal"), ("words", "What to do")):
        spot = QRectF(columns[key][0], 0, columns[key][1], HEADER_PX)
        draw_text(p, spot, word, small, theme.text2)


def _draw_ground(p: QPainter, spot: QRectF, row: SetupRow, theme: Theme, *, first: bool) -> QColor:
    ground = {"bad": theme.back_on, "warn": theme.close_on}.get(row.tone, theme.surface)
    if not first:
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.setPen(theme.line)
        p.drawLine(QPointF(spot.left() + 8, spot.top()), QPointF(spot.right() - 8, spot.top()))
    box = spot.adjusted(1, 3, -1, -3)
    if row.tone in ("bad", "warn"):
        draw_round(p, box, 10, ground)
    if row.selected:
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        p.setPen(QPen(theme.accent, 2.0))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRoundedRect(box, 10, 10)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.accent)
        p.drawRoundedRect(QRectF(box.left(), box.center().y() - 14, 4, 28), 2, 2)
        p.setBrush(Qt.BrushStyle.NoBrush)
    return ground


def _draw_name(
    p: QPainter,
    spot: QRectF,
    row: SetupRow,
    columns: Mapping[str, tuple[int, int]],
    theme: Theme,
    scales: Mapping[int, float | None],
    *,
    lit: bool,
) -> None:
    left, width = columns["name"]
    middle = spot.center().y()
    ink = theme.muscle(row.muscle) if row.column is not None else theme.pelvis
    box = QRectF(left, middle - 12, 24, 24)
    if row.letter:
        draw_round(p, box, 6, ink if lit else blend(ink, theme.surface, 0.22))
        letter = theme.surface if lit else blend(ink, theme.text, 0.6)
        draw_text(p, box, row.letter, font(SMALL_PX, 700), letter, CENTRE)
    else:
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        p.setPen(QPen(ink, 2.0))
        p.drawRoundedRect(box.adjusted(1, 4, -1, -4), 4, 4)
    name_left = left + 34
    scale = scales.get(row.column) if row.column is not None else None
    small = "moves" if lit else "" if scale is None else f"±{scale:.4g}"
    if spot.height() < ONE_LINE_PX:
        small = ""
    words = QRectF(name_left, middle - (20 if small else 11), width - 30, 22)
    title = font(BODY_PX, 700 if lit else 600)
    if row.column is None:  # it has no trace: there is room for a longer name and what is known
        detail = QRectF(columns["trace"][0], spot.top(), 0, spot.height())
        words.setWidth(QFontMetricsF(title).horizontalAdvance(row.title) + 2)
        detail.setLeft(max(detail.left(), words.right() + 12))
        detail.setRight(columns["signal"][0] - 12)
        _draw_wrapped(p, detail, row.detail, theme.text2, 500, (SMALL_PX, AXIS_PX))
    draw_text(p, words, row.title, title, theme.text)
    line = QRectF(name_left, middle + 2, width - 34, 18)
    lit_font = font(AXIS_PX, 700 if lit else 500)
    draw_text(p, line, small, lit_font, theme.text if lit else theme.text3)


def _draw_words(
    p: QPainter,
    spot: QRectF,
    row: SetupRow,
    columns: Mapping[str, tuple[int, int]],
    theme: Theme,
    ground: QColor,
) -> None:
    left, width = columns["noise"]
    cell = QRectF(left, spot.top(), width, spot.height())
    draw_text(p, cell, row.noise, font(BODY_PX, 600), theme.text, RIGHT)
    if row.contact is not None:
        _draw_light(p, spot, columns["contact"], row.contact, theme, ground)
    _draw_light(p, spot, columns["signal"], row.signal, theme, ground)
    ink = light_ink(row.tone, theme) if row.tone in ("bad", "warn") else theme.text2
    _draw_wrapped(p, QRectF(columns["words"][0], spot.top(), columns["words"][1], spot.height()),
                  row.instruction, ink)  # fmt: skip


def _draw_light(
    p: QPainter,
    spot: QRectF,
    column: tuple[int, int],
    view: LightView,
    theme: Theme,
    ground: QColor,
) -> None:
    left, width = column
    draw_light(p, QPointF(left + 11, spot.center().y()), 21, view.light, theme, ground)
    words = QRectF(left + 28, spot.top(), width - 24, spot.height())
    calm = view.light in ("good", "unknown")
    ink = theme.text2 if calm else light_ink(view.light, theme)
    draw_text(p, words, view.word, font(BODY_PX if width > 118 else SMALL_PX, 600), ink)


def _draw_wrapped(
    p: QPainter,
    cell: QRectF,
    text: str,
    ink: QColor,
    weight: int = 600,
    sizes: Sequence[int] = (BODY_PX, SMALL_PX, AXIS_PX),
) -> None:
    """Draw a sentence: one line if it fits, else two or three smaller ones."""
    flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)
    page = QRectF(0, 0, cell.width(), 10_000)
    fonts = [font(px, weight) for px in sizes]
    heights = [QFontMetricsF(one).boundingRect(page, flags, text).height() for one in fonts]
    pairs = zip(fonts, heights, strict=True)
    p.setFont(next((one for one, px in pairs if px <= cell.height() - 8), fonts[-1]))
    p.setPen(ink)
    p.drawText(cell, flags, text)
