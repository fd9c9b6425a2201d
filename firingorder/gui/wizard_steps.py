"""The list of steps at the side of the calibration: each with the shape of what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from firingorder.gui.body_map import draw_light
from firingorder.report.painter import CENTRE, draw_round, draw_text, fit_font
from firingorder.report.theme import BODY_PX, SMALL_PX, TITLE_PX, Theme, font

if TYPE_CHECKING:
    from firingorder.gui.view_models.calibration_story import StepLine, StepMark

_MARK_WORDS: dict[StepMark, str] = {
    "ahead": "",
    "now": "now",
    "redo": "once more",
    "accepted": "done",
    "noted": "done, with a note",
    "skipped": "skipped",
    "open": "no result",
}
#: The mark of a step is 26 px high; what is said below the list must never stand upon it.
LEAST_ROW_PX, MOST_ROW_PX = 28.0, 66.0
_WRAP = int(Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap)


@dataclass(frozen=True, slots=True)
class StepsView:
    """The list with its foot."""

    steps: tuple[StepLine, ...]
    foot: tuple[str, ...]


def describe_steps(view: StepsView) -> str:
    """Return the list as text."""
    return ", ".join(f"{step.title} {_MARK_WORDS[step.mark]}".strip() for step in view.steps)


def draw_steps(p: QPainter, rect: QRectF, view: StepsView, theme: Theme) -> None:
    """Draw the list."""
    p.fillRect(rect, theme.background)
    panel = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    draw_round(p, panel, 12, theme.surface, theme.line)
    inner = panel.adjusted(16, 0, -14, 0)
    head = QRectF(inner.left(), inner.top() + 12, inner.width(), 28)
    draw_text(p, head, "Steps", font(TITLE_PX, 600), theme.text)
    foot_px = _foot_px(view, inner.width())
    room = panel.height() - 54 - foot_px
    height = min(MOST_ROW_PX, max(LEAST_ROW_PX, room / max(1, len(view.steps))))
    for k, step in enumerate(view.steps):
        _draw_step(p, QRectF(inner.left(), panel.top() + 50 + k * height, inner.width(), height),
                   k + 1, step, theme)  # fmt: skip
    foot = QRectF(inner.left(), panel.bottom() - foot_px, inner.width(), foot_px - 12)
    p.setFont(font(SMALL_PX, 500))
    p.setPen(theme.text2)
    p.drawText(foot, _WRAP, "\n".join(view.foot))


def _foot_px(view: StepsView, width: float) -> float:
    box = QRectF(0, 0, width, 10_000)
    metrics = QFontMetricsF(font(SMALL_PX, 500))
    return metrics.boundingRect(box, _WRAP, "\n".join(view.foot)).height() + 20


def _draw_step(p: QPainter, spot: QRectF, number: int, step: StepLine, theme: Theme) -> None:
    here = step.mark in ("now", "redo")
    if here:
        box = spot.adjusted(-8, 3, 8, -3)
        draw_round(p, box, 9, theme.surface2, theme.strong_line)
        draw_round(p, QRectF(box.left(), box.center().y() - 13, 4, 26), 2, theme.accent)
    draw_mark(p, QPointF(spot.left() + 15, spot.center().y()), number, step, theme)
    left = spot.left() + 38
    word = _MARK_WORDS[step.mark]
    name = QRectF(left, spot.top(), spot.right() - left, spot.height())
    if word and spot.height() >= 44:
        name.setBottom(spot.center().y() + 3)
        name.setTop(spot.center().y() - 20)
        line = QRectF(left, spot.center().y() + 2, name.width(), 18)
        draw_text(p, line, word, font(SMALL_PX, 500), theme.text2)
    ink = theme.text if step.mark != "ahead" else theme.text2
    words = fit_font(step.title, BODY_PX, 700 if here else 600, name.width(), display=False)
    draw_text(p, name, step.title, words, ink)


def draw_mark(p: QPainter, centre: QPointF, number: int, step: StepLine, theme: Theme) -> None:
    """Draw the shape of a step's state; a number while it is ahead."""
    size = 26.0
    match step.mark:
        case "accepted":
            draw_light(p, centre, size, "good", theme, theme.surface)
        case "noted" | "redo":
            draw_light(p, centre, size, "warn", theme, theme.surface)
        case "open":
            draw_light(p, centre, size, "unknown", theme, theme.surface)
        case _:
            p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            now = step.mark == "now"
            p.setPen(QPen(theme.accent if now else theme.strong_line, 2.2 if now else 1.6))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawEllipse(centre, size / 2 - 1, size / 2 - 1)
            box = QRectF(centre.x() - 14, centre.y() - 10, 28, 20)
            text = "–" if step.mark == "skipped" else str(number)
            draw_text(p, box, text, font(SMALL_PX, 700), theme.text2, CENTRE)
