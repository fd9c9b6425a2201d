"""Drawing of the two ends of a calibration: what it will be, and what it came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from firingorder.gui.body_map import draw_light
from firingorder.gui.fitted_text import draw_fitted, draw_wrapped, wrapped_px
from firingorder.gui.wizard_steps import draw_mark
from firingorder.report.painter import CENTRE, RIGHT, draw_round, draw_text, fit_font
from firingorder.report.theme import (
    BODY_PX,
    HEADLINE_PX,
    SMALL_PX,
    TITLE_PX,
    Theme,
    blend,
    font,
)

if TYPE_CHECKING:
    from firingorder.gui.view_models.calibrate_ends import (
        Choice,
        FinishChannel,
        FinishView,
        StartView,
    )
    from firingorder.gui.view_models.calibration_story import StepLine

MOST_PX = 1320.0
#: Rows of the steps: title, one line below it, the least and the most of a whole row.
TITLE_ROW_PX, NOTE_LINE_PX, LEAST_STEP_PX, MOST_STEP_PX = 22.0, 16.0, 28.0, 82.0


def _panel(p: QPainter, rect: QRectF, theme: Theme) -> QRectF:
    p.fillRect(rect, theme.background)
    box = QRectF(0, rect.top() + 20, min(MOST_PX, rect.width() - 40), rect.height() - 40)
    box.moveLeft(rect.left() + (rect.width() - box.width()) / 2)
    draw_round(p, box, 16, theme.surface, theme.line)
    return box


def _start_box(rect: QRectF) -> tuple[QRectF, QRectF, float]:
    """Return the panel of the start page, its inside, and its unit."""
    box = QRectF(0, rect.top() + 20, min(MOST_PX, rect.width() - 40), rect.height() - 40)
    box.moveLeft(rect.left() + (rect.width() - box.width()) / 2)
    unit = min(1.0, box.height() / 800)
    return box, box.adjusted(56 * unit, 34 * unit, -56 * unit, -26 * unit), unit


def choice_columns(rect: QRectF) -> tuple[QRectF, QRectF]:
    """Return where the two pairs of choices stand, each below its heading."""
    _, inner, unit = _start_box(rect)
    top = inner.top() + (50 + 12 + 3 * 92 + 30) * unit
    half = (inner.width() - 40 * unit) / 2
    height = inner.bottom() - 76 * unit - top
    left = QRectF(inner.left(), top, half, height)
    return left, left.translated(half + 40 * unit, 0)


def choice_rects(rect: QRectF) -> tuple[QRectF, ...]:
    """Return the four cards: efforts, then plans."""
    _, _, unit = _start_box(rect)
    cards: list[QRectF] = []
    for column in choice_columns(rect):
        height = min(104 * unit, (column.height() - 34 * unit - 12) / 2)
        top = column.top() + 34 * unit
        cards += [QRectF(column.left(), top + k * (height + 10), column.width(), height)
                  for k in range(2)]  # fmt: skip
    return tuple(cards)


def draw_start(p: QPainter, rect: QRectF, view: StartView, theme: Theme) -> None:
    """Draw the page before a calibration."""
    _panel(p, rect, theme)
    _, inner, unit = _start_box(rect)
    head = QRectF(inner.left(), inner.top(), inner.width(), 50 * unit)
    draw_text(p, head, view.title, font(round(HEADLINE_PX * max(unit, 0.8)), 700, display=True),
              theme.text)  # fmt: skip
    draw_text(p, head, view.task, font(BODY_PX, 500), theme.text2, RIGHT)
    top = head.bottom() + 12 * unit
    step = 92 * unit
    for k, sentence in enumerate(view.sentences):
        disc = QRectF(inner.left(), top + (step - 44 * unit) / 2, 44 * unit, 44 * unit)
        draw_round(p, disc, 22 * unit, theme.surface2)
        draw_text(p, disc, str(k + 1), font(round(21 * unit), 700), theme.text, CENTRE)
        line = QRectF(disc.right() + 24 * unit, top, inner.width() - 68 * unit, step)
        draw_fitted(p, line, sentence, round(30 * unit), 500, theme.text)
        top += step
    for title, column in zip(("How hard", "How much"), choice_columns(rect), strict=True):
        spot = QRectF(column.left(), column.top(), column.width(), 34 * unit)
        draw_text(p, spot, title, font(TITLE_PX, 600), theme.text2)
    foot = QRectF(inner.left(), inner.bottom() - 30 * unit, inner.width(), 30 * unit)
    draw_text(p, foot, view.scored, font(SMALL_PX, 500), theme.text2)
    cards = choice_rects(rect)
    foot.setTop(cards[-1].bottom() + 6)
    foot.setBottom(inner.bottom() - 30 * unit)
    ink = theme.close if view.why_not else theme.text
    draw_fitted(p, foot, view.why_not or view.in_use, TITLE_PX, 600, ink)


def draw_choice(p: QPainter, box: QRectF, choice: Choice, key: str, theme: Theme) -> None:
    """Draw one choice: a ring, filled where it is chosen, and a thicker frame."""
    draw_round(p, box, 12, theme.surface2 if choice.chosen else theme.surface, theme.line)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.setBrush(Qt.BrushStyle.NoBrush)
    ink = theme.text if choice.possible else theme.text3
    if choice.chosen:
        p.setPen(QPen(theme.accent, 2.4))
        p.drawRoundedRect(box.adjusted(1, 1, -1, -1), 11, 11)
    spot = QPointF(box.left() + 32, box.center().y())
    p.setPen(QPen(theme.accent if choice.chosen else theme.strong_line, 2.4))
    p.drawEllipse(spot, 11, 11)
    if choice.chosen:
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.accent)
        p.drawEllipse(spot, 5.5, 5.5)
        p.setBrush(Qt.BrushStyle.NoBrush)
    left, middle = box.left() + 62, box.center().y()
    if key:
        cap = QRectF(box.right() - 46, middle - 13, 28, 26)
        draw_round(p, cap, 6, blend(theme.text2, theme.surface, 0.18))
        draw_text(p, cap, key, font(SMALL_PX, 600), theme.text2, CENTRE)
    width = box.right() - left - 62
    draw_text(p, QRectF(left, middle - 28, width, 28), choice.title, font(TITLE_PX, 700), ink)
    note = QRectF(left, middle, width, 24)
    words = fit_font(choice.note, BODY_PX, 500, width, display=False)
    draw_text(p, note, choice.note, words, theme.text2)


def draw_finish(p: QPainter, rect: QRectF, view: FinishView, theme: Theme) -> None:
    """Draw what a calibration came to."""
    box = _panel(p, rect, theme)
    inner = box.adjusted(40, 22, -40, -18)
    head = QRectF(inner.left(), inner.top(), inner.width(), 46)
    draw_text(p, head, view.title, fit_font(view.title, HEADLINE_PX, 700, head.width()), theme.text)
    said = QRectF(inner.left(), head.bottom(), inner.width(), 30)
    draw_text(p, said, view.sentence, font(TITLE_PX, 500), theme.text2)
    top = said.bottom() + 16
    share = 0.6
    left = QRectF(inner.left(), top, inner.width() * share - 20, inner.bottom() - top)
    right = QRectF(inner.left() + inner.width() * share + 10, top, 0, inner.bottom() - top)
    right.setRight(inner.right())
    _draw_results(p, left, view.channels, theme)
    _draw_outcomes(p, right, view.steps, theme)


def _draw_results(
    p: QPainter, rect: QRectF, channels: tuple[FinishChannel, ...], theme: Theme
) -> None:
    title = QRectF(rect.left(), rect.top(), rect.width(), 28)
    draw_text(p, title, "Channels", font(TITLE_PX, 600), theme.text2)
    height = min(66.0, (rect.height() - 34) / max(1, len(channels)))
    for k, one in enumerate(channels):
        spot = QRectF(rect.left(), rect.top() + 34 + k * height, rect.width(), height)
        p.setPen(theme.line)
        p.drawLine(spot.topLeft(), spot.topRight())
        draw_light(p, QPointF(spot.left() + 14, spot.center().y()), 24, one.light, theme,
                   theme.surface)  # fmt: skip
        colour = theme.muscle(one.muscle)
        chip = QRectF(spot.left() + 42, spot.center().y() - 12, 24, 24)
        if one.letter:
            draw_round(p, chip, 6, blend(colour, theme.surface, 0.22))
            ink = blend(colour, theme.text, 0.6)
            draw_text(p, chip, one.letter, font(SMALL_PX, 700), ink, CENTRE)
        name = QRectF(chip.right() + 12, spot.top(), 110, height)
        draw_text(p, name, one.title, font(BODY_PX, 600), theme.text)
        words = QRectF(name.right() + 6, spot.top(), spot.right() - name.right() - 6, height)
        if one.value:
            draw_text(p, words, one.value, font(TITLE_PX, 700), theme.text)
        else:
            _draw_note(p, words, one.note, theme)


def _draw_outcomes(p: QPainter, rect: QRectF, steps: tuple[StepLine, ...], theme: Theme) -> None:
    title = QRectF(rect.left(), rect.top(), rect.width(), 28)
    draw_text(p, title, "Steps", font(TITLE_PX, 600), theme.text2)
    notes = [_step_note(step) for step in steps]
    heights = _row_heights(notes, rect.width() - 42, rect.height() - 34)
    top = rect.top() + 34
    for k, (step, note, height) in enumerate(zip(steps, notes, heights, strict=True)):
        spot = QRectF(rect.left(), top, rect.width(), height)
        top += height
        p.setPen(theme.line)
        p.drawLine(spot.topLeft(), spot.topRight())
        draw_mark(p, QPointF(spot.left() + 15, spot.center().y()), k + 1, step, theme)
        words = QRectF(spot.left() + 42, spot.top(), spot.width() - 42, height)
        room = height - TITLE_ROW_PX - 6
        if not note or room < NOTE_LINE_PX:
            draw_text(p, words, step.title, font(BODY_PX, 600), theme.text)
            continue
        tall = TITLE_ROW_PX + min(room, wrapped_px(note, SMALL_PX, 500, words.width()))
        line = QRectF(words.left(), words.center().y() - tall / 2, words.width(), TITLE_ROW_PX)
        draw_text(p, line, step.title, font(BODY_PX, 600), theme.text)
        rest = QRectF(words.left(), line.bottom(), words.width(), tall - TITLE_ROW_PX)
        draw_wrapped(p, rest, note, SMALL_PX, 500, theme.text2)


def _step_note(step: StepLine) -> str:
    """Return why a step has no whole result; empty where it has."""
    if step.reasons:
        return step.reasons[0]
    return "skipped" if step.mark == "skipped" else ""


def _row_heights(notes: list[str], width: float, room: float) -> list[float]:
    """Return a height for each step: what its note needs, then the rest evenly.

    Where there is too little room the longest notes lose most.
    """
    count = max(1, len(notes))
    least = min(LEAST_STEP_PX, room / count)
    needs = [TITLE_ROW_PX + 8 + wrapped_px(note, SMALL_PX, 500, width) if note else 0.0
             for note in notes]  # fmt: skip
    wanted = [max(0.0, need - least) for need in needs]
    left = room - least * len(notes)
    share = min(1.0, left / max(1.0, sum(wanted)))
    spare = (left - share * sum(wanted)) / count
    even = [least + share * one + spare for one in wanted]
    return [min(one, max(MOST_STEP_PX, need)) for one, need in zip(even, needs, strict=True)]


def _draw_note(p: QPainter, rect: QRectF, text: str, theme: Theme) -> None:
    """Draw a sentence, in two lines where it needs them, as large as they allow."""
    fits = wrapped_px(text, BODY_PX, 500, rect.width()) <= rect.height()
    draw_wrapped(p, rect, text, BODY_PX if fits else SMALL_PX, 500, theme.text2)
