"""Sections and tables that flow over as many sheets as they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from firingorder.report.painter import CENTRE, LEFT, RIGHT
from firingorder.report.paper.canvas import CELL, CELL_HEAD, INNER, LEFT_X, RIGHT_X, wrap, write
from firingorder.report.paper.canvas import THEME as T
from firingorder.report.paper.figures import draw_mark
from firingorder.report.theme import blend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.report.content.model import Mark, Table

_ALIGN = {"left": LEFT, "right": RIGHT, "centre": CENTRE}
_PAD, _MARK = 14.0, 26.0


def column_edges(table: Table) -> list[float]:
    """Return where the columns begin, and where the last one ends."""
    indent = _MARK if any(table.marks) else 0.0
    total = sum(column.weight for column in table.columns)
    edges = [LEFT_X + indent]
    for column in table.columns:
        edges.append(edges[-1] + (INNER - indent) * column.weight / total)
    return edges


def row_height(table: Table, row: Sequence[str], *, head: bool = False) -> float:
    """Return the height of a row whose cells wrap."""
    edges = column_edges(table)
    style = CELL_HEAD if head else CELL
    most = 1
    for k, text in enumerate(row):
        most = max(most, len(wrap(text, style, edges[k + 1] - edges[k] - _PAD)))
    return most * style.line + 8


def draw_head_row(p: QPainter, table: Table, y: float) -> float:
    """Draw the titles of the columns; return where they end."""
    titles = [column.title for column in table.columns]
    end = _cells(p, table, titles, y, head=True)
    p.setPen(QPen(T.strong_line, 1.2))
    p.drawLine(QPointF(LEFT_X, end), QPointF(RIGHT_X, end))
    return end


def draw_row(
    p: QPainter, table: Table, row: Sequence[str], mark: Mark | None, y: float, *, shaded: bool
) -> float:
    """Draw one row; return where it ends."""
    height = row_height(table, row)
    if shaded:
        p.fillRect(QRectF(LEFT_X, y, INNER, height), blend(T.surface2, T.surface, 0.6))
    if mark is not None:
        draw_mark(p, QPointF(LEFT_X + 11, y + 4 + CELL.line / 2), 16, mark)
    return _cells(p, table, row, y, head=False)


def draw_rows(p: QPainter, table: Table, y: float, rows: Sequence[tuple[str, ...]]) -> float:
    """Draw a table that fits where it is; return where it ends."""
    y = draw_head_row(p, table, y)
    for k, row in enumerate(rows):
        mark = table.marks[k] if table.marks else None
        y = draw_row(p, table, row, mark, y, shaded=k % 2 == 1)
    return y


def _cells(p: QPainter, table: Table, row: Sequence[str], y: float, *, head: bool) -> float:
    edges = column_edges(table)
    style = CELL_HEAD if head else CELL
    for k, (text, column) in enumerate(zip(row, table.columns, strict=True)):
        write(p, edges[k], y + 4, edges[k + 1] - edges[k] - _PAD, text, style,
              _ALIGN[column.align])  # fmt: skip
    return y + row_height(table, row, head=head)
