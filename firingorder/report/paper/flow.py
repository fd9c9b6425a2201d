"""Lets sections flow over sheets: what does not fit goes on, with the heads of tables repeated.

First everything is placed, so that the number of sheets is known before the first is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from firingorder.report.painter import RIGHT, draw_text
from firingorder.report.paper import tables
from firingorder.report.paper.canvas import (
    CELL,
    FOOT_Y,
    INNER,
    LEFT_X,
    NOTE,
    SMALL,
    TITLE,
    Style,
    paper_font,
    text_height,
    wrap,
    write,
)
from firingorder.report.paper.canvas import THEME as T

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtGui import QPainter

    from firingorder.report.content.model import Mark, ReportContent, Section, Table

#: Where an annex begins below its small head, and where it ends.
TOP_Y, BOTTOM_Y = 118.0, FOOT_Y - 16.0
_CAPTION = Style(SMALL, 600, T.text, 22)
_BULLET = 18.0


@dataclass(frozen=True, slots=True)
class Block:
    """Something that stays together: its height, and how it is drawn with its top at ``y``.

    ``keep`` is room that must follow on the same sheet; ``table`` the head to repeat before it.
    """

    height: float
    draw: Callable[[QPainter, float], object]
    keep: float = 0.0
    table: Table | None = None


@dataclass(slots=True)
class Placed:
    """One sheet: blocks with their tops."""

    blocks: list[tuple[float, Block]] = field(default_factory=list[tuple[float, Block]])

    def draw(self, p: QPainter, content: ReportContent) -> None:
        """Draw the sheet with its small head."""
        head = QRectF(LEFT_X, 64, INNER, 26)
        draw_text(p, head, f"{content.title}: annex", paper_font(SMALL, 600), T.text2)
        draw_text(p, head, f"{content.who}   {content.subtitle}", NOTE.font, T.text2, RIGHT)
        for y, block in self.blocks:
            block.draw(p, y)


def place(sections: tuple[Section, ...]) -> list[Placed]:
    """Return the sheets of an annex."""
    sheets: list[Placed] = []
    y = BOTTOM_Y + 1.0
    for block in (one for section in sections for one in _blocks(section)):
        if y + block.height + block.keep > BOTTOM_Y:
            sheets.append(Placed())
            y = TOP_Y
            if block.table is not None and any(c.title for c in block.table.columns):
                head = _head(block.table)
                sheets[-1].blocks.append((y, head))
                y += head.height
        sheets[-1].blocks.append((y, block))
        y += block.height
    return sheets


def _blocks(section: Section) -> Iterator[Block]:
    yield Block(16.0 + TITLE.line + 6.0, partial(_title, text=section.title), keep=90.0)
    for text in section.text:
        yield from _paragraph(text)
    for text in section.points:
        height = text_height(text, CELL, INNER - _BULLET) + 5.0
        yield Block(height, partial(_point, text=text))
    for table in section.tables:
        yield from _table(table)


def _title(p: QPainter, y: float, *, text: str) -> None:
    write(p, LEFT_X, y + 16.0, INNER, text, TITLE)


def _paragraph(text: str) -> Iterator[Block]:
    """Yield the lines of a paragraph one by one, so that it may be divided."""
    lines = wrap(text, CELL, INNER)
    for line in lines:
        yield Block(CELL.line, partial(_text, text=line))
    yield Block(6.0, _nothing)


def _text(p: QPainter, y: float, *, text: str) -> None:
    write(p, LEFT_X, y, INNER, text, CELL)


def _point(p: QPainter, y: float, *, text: str) -> None:
    write(p, LEFT_X + 2, y, _BULLET, "\N{BULLET}", CELL)
    write(p, LEFT_X + _BULLET, y, INNER - _BULLET, text, CELL)


def _table(table: Table) -> Iterator[Block]:
    if table.caption:
        draw = partial(_caption, text=table.caption)
        yield Block(_CAPTION.line + 8.0, draw, keep=80.0)
    if any(column.title for column in table.columns):
        yield _head(table)
    for k, row in enumerate(table.rows):
        mark = table.marks[k] if table.marks else None
        draw = partial(_row, table=table, row=row, mark=mark, shaded=k % 2 == 1)
        yield Block(tables.row_height(table, row), draw, table=table)
    if table.note:
        yield Block(text_height(table.note, NOTE, INNER) + 14.0, partial(_note, text=table.note))
    else:
        yield Block(12.0, _nothing)


def _head(table: Table) -> Block:
    titles = [column.title for column in table.columns]
    height = tables.row_height(table, titles, head=True)
    return Block(height, partial(_head_row, table=table), keep=60.0)


def _caption(p: QPainter, y: float, *, text: str) -> None:
    write(p, LEFT_X, y + 6.0, INNER, text, _CAPTION)


def _head_row(p: QPainter, y: float, *, table: Table) -> None:
    tables.draw_head_row(p, table, y)


def _row(
    p: QPainter, y: float, *, table: Table, row: tuple[str, ...], mark: Mark | None, shaded: bool
) -> None:
    tables.draw_row(p, table, row, mark, y, shaded=shaded)


def _note(p: QPainter, y: float, *, text: str) -> None:
    write(p, LEFT_X, y + 4.0, INNER, text, NOTE)


def _nothing(_p: QPainter, _y: float) -> None:
    return
