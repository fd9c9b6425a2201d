"""The page of an exercise as a sheet: head, headline, numbers, figure, sessions, note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QPainter, QPen, QPicture

from firingorder.report.painter import CENTRE, RIGHT, draw_round, draw_text
from firingorder.report.paper import figures
from firingorder.report.paper.canvas import (
    BIG,
    BODY,
    FINE,
    FOOT_Y,
    HUGE,
    INNER,
    LEFT_X,
    MUTED,
    NOTE,
    RIGHT_X,
    SMALL,
    TEXT,
    TINY,
    TITLE,
    WIDTH,
    Style,
    paper_font,
    text_height,
    write,
)
from firingorder.report.paper.canvas import THEME as T
from firingorder.report.paper.tables import draw_rows

if TYPE_CHECKING:
    from firingorder.report.content.model import ReportContent, Table, TaskPage


@dataclass(frozen=True, slots=True)
class Fit:
    """Heights of a page, and whether the note stands on it (else on the sheet after).

    ``row`` is as in the picture where there is room; between both the raster takes what is left.
    """

    row: float = 52.0
    least_row: float = 34.0
    chart: float = 330.0
    trend: float = 240.0
    note: bool = True


FITS = (
    Fit(),
    Fit(least_row=28.0, chart=240.0, trend=180.0),
    Fit(least_row=28.0, chart=240.0, trend=180.0, note=False),
    Fit(least_row=24.0, chart=200.0, trend=150.0, note=False),
)


def draw_front(
    p: QPainter, content: ReportContent, page: TaskPage, *, first: bool, fit: Fit
) -> float:
    """Draw the page of an exercise; banners, note and other exercises stand on the first.

    Returns where it ends; a page that ends below the footer wants a closer ``fit``.
    """
    y = draw_head(p, content)
    if first:
        y = _banners(p, content, y)
    y = write(p, LEFT_X, y + 22, INNER, page.headline, _headline_style(page.headline))
    y = write(p, LEFT_X, y + 4, INNER, page.line, MUTED)
    y = write(p, LEFT_X, y, INNER, page.remark, NOTE)
    figures.draw_tiles(p, QRectF(LEFT_X, y + 18, INNER, 110), page.numbers)
    y += 18 + 110 + 30
    below = _below_height(content, page, first=first, fit=fit)
    y = _figure(p, page, y, FOOT_Y - 14 - below - y, fit)
    y = _trends(p, page, y, fit)
    if first:
        y = _also(p, content, y)
        if fit.note:
            y = _note(p, content, y)
    return y


def fit_of(content: ReportContent, page: TaskPage, *, first: bool) -> Fit:
    """Return how a page fits its sheet: as in the picture, else closer, else without the note."""
    for fit in FITS:
        p = QPainter(picture := QPicture())
        end = draw_front(p, content, page, first=first, fit=fit)
        p.end()
        del picture
        if end <= FOOT_Y - 8:
            return fit
    return FITS[-1]


def _headline_style(text: str) -> Style:
    style = Style(HUGE, 700, T.text, 50, display=True)
    return style if style.width(text) <= INNER else Style(32, 700, T.text, 42, display=True)


def draw_head(p: QPainter, content: ReportContent) -> float:
    """Draw the head of a sheet; return where it ends."""
    if content.tag:
        draw_tag(p, content.tag)
    figures.draw_logo(p, LEFT_X + 2, 86)
    title = QRectF(LEFT_X + 56, 74, 640, 36)
    draw_text(p, title, content.title, paper_font(BIG, 700, display=True), T.text)
    subtitle = QRectF(LEFT_X + 56, 110, 640, 24)
    draw_text(p, subtitle, content.subtitle, paper_font(BODY, 400), T.text2)
    who = QRectF(RIGHT_X - 420, 76, 420, 32)
    draw_text(p, who, content.who, paper_font(23, 600, display=True), T.text, RIGHT)
    below = QRectF(RIGHT_X - 420, 108, 420, 24)
    draw_text(p, below, content.who_below, paper_font(SMALL, 400), T.text2, RIGHT)
    p.setPen(QPen(T.strong_line, 1.4))
    p.drawLine(QPointF(LEFT_X, 154), QPointF(RIGHT_X, 154))
    return 154.0


def draw_tag(p: QPainter, tag: str) -> None:
    """Draw a striped band at the top: such a sheet cannot be taken for that of a person."""
    band = QRectF(0, 0, WIDTH, 46)
    p.fillRect(band, T.surface2)
    p.save()
    p.setClipRect(band)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.setPen(QPen(QBrush(T.strong_line), 11))
    for k in range(-2, 60):
        x = k * 26.0
        p.drawLine(QPointF(x, 56), QPointF(x + 60, -10))
    p.restore()
    style = Style(19, 800, T.text, 26)
    width = style.width(tag) + 56
    box = QRectF((WIDTH - width) / 2, 7, width, 32)
    draw_round(p, box, 16, T.surface, T.text)
    draw_text(p, box, tag, style.font, T.text, CENTRE)


def draw_foot(p: QPainter, content: ReportContent, number: int, of: int) -> None:
    """Draw method, versions, what this is not, and the number of the sheet."""
    y = write(p, LEFT_X, FOOT_Y, INNER, content.method, FINE)
    rest = QRectF(LEFT_X, y, INNER, FINE.line)
    draw_text(p, rest, content.footer, FINE.font, FINE.colour)
    draw_text(p, rest, f"{number} / {of}", FINE.font, FINE.colour, RIGHT)


def _banners(p: QPainter, content: ReportContent, y: float) -> float:
    if not content.banners:
        return y
    text = "  ".join(content.banners)
    height = text_height(text, NOTE, INNER - 44) + 16
    box = QRectF(LEFT_X, y + 12, INNER, height)
    draw_round(p, box, 8, T.surface2)
    p.fillRect(QRectF(box.left(), box.top() + 6, 5, box.height() - 12), T.text2)
    write(p, LEFT_X + 22, y + 20, INNER - 44, text, NOTE)
    return box.bottom()


def _below_height(content: ReportContent, page: TaskPage, *, first: bool, fit: Fit) -> float:
    height = 0.0
    if page.trends:
        height += fit.trend + 70 + text_height(page.trend_note, NOTE, INNER)
    elif page.trend_note:
        height += 62 + text_height(page.trend_note, NOTE, INNER)
    if first:
        height += sum(text_height(line, TEXT, INNER) for line in content.also)
        height += 40 if content.also else 0
        height += note_height(content) + 20 if content.note and fit.note else 0
    return height


def _figure(p: QPainter, page: TaskPage, y: float, room: float, fit: Fit) -> float:
    if page.raster is not None:
        heading(p, y, raster_title(page), page.raster.note)
        y += 34
        rows = len(page.raster.rows)
        height = min(fit.row, max(fit.least_row, (room - 34 - 44 - figures.AXIS) / rows))
        rect = QRectF(LEFT_X, y, INNER, figures.AXIS + height * rows)
        figures.draw_raster(p, rect, page.raster)
        figures.draw_legend(p, QRectF(LEFT_X, rect.bottom() + 8, INNER, 24), page.raster)
        return _table(p, page.signals, rect.bottom() + 44)
    if page.chart is not None:
        heading(p, y, f"Lead of every rep ({len(page.chart.points)})", page.chart.note)
        figures.draw_leads(p, QRectF(LEFT_X, y + 34, INNER, fit.chart), page.chart)
        return _table(p, page.sets or page.signals, y + 34 + fit.chart + 14)
    heading(p, y, "Why there is no figure", "")
    y += 36
    for text in page.why_nothing:
        y = write(p, LEFT_X, y, INNER, text, TEXT) + 4
    return _table(p, page.signals, y + 20)


def raster_title(page: TaskPage) -> str:
    """Return what the raster shows: an order where one is asked for."""
    return "Firing order, every rep" if page.asks_order else "Starts of the muscles, every rep"


def heading(p: QPainter, y: float, title: str, note: str) -> None:
    """Draw a heading with a small remark at the right."""
    draw_text(p, QRectF(LEFT_X, y, INNER, 28), title, TITLE.font, TITLE.colour)
    draw_text(p, QRectF(LEFT_X, y + 3, INNER, 24), note, paper_font(TINY, 400), T.text3, RIGHT)


def _table(p: QPainter, table: Table | None, y: float) -> float:
    if table is None:
        return y
    y = write(p, LEFT_X, y, INNER, table.caption, NOTE)
    return draw_rows(p, table, y, table.rows[:10]) + 16


def _trends(p: QPainter, page: TaskPage, y: float, fit: Fit) -> float:
    if page.trends:
        heading(p, y, "Across sessions", "")
        gap = 36.0
        width = (INNER - gap * (len(page.trends) - 1)) / len(page.trends)
        for k, chart in enumerate(page.trends):
            x = LEFT_X + k * (width + gap)
            write(p, x, y + 30, width, chart.note, FINE)
            figures.draw_trend(p, QRectF(x, y + 50, width, fit.trend), chart)
        y += 50 + fit.trend + 6
    elif page.trend_note:
        heading(p, y, "Across sessions", "")
        y += 32
    return write(p, LEFT_X, y, INNER, page.trend_note, NOTE) + (14 if page.trend_note else 0)


def _also(p: QPainter, content: ReportContent, y: float) -> float:
    if not content.also:
        return y
    heading(p, y, "Also in this session", "")
    y += 32
    for line in content.also:
        y = write(p, LEFT_X, y, INNER, line, TEXT)
    return y + 8


def note_height(content: ReportContent) -> float:
    """Return the height of the box of the note."""
    return max(96.0, 56 + text_height(content.note, TEXT, INNER - 40))


def _note(p: QPainter, content: ReportContent, y: float) -> float:
    if not content.note:
        return y
    box = QRectF(LEFT_X, y + 6, INNER, note_height(content))
    draw_round(p, box, 12, T.surface, T.line)
    label = QRectF(box.left() + 20, box.top() + 12, INNER - 40, 24)
    draw_text(p, label, content.note_title, paper_font(SMALL, 600), T.text2)
    write(p, box.left() + 20, box.top() + 40, INNER - 40, content.note, TEXT)
    return box.bottom()
