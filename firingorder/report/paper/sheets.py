"""All sheets of a report in their order, each as a function that draws it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from firingorder.report.paper.front import draw_foot, draw_front

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPainter

    from firingorder.report.content.model import ReportContent

    Sheet = Callable[[QPainter], None]


def sheets_of(content: ReportContent) -> list[Sheet]:
    """Return the sheets: one for each exercise, the annex, the page in plain words."""
    drawn: list[Sheet] = [
        partial(draw_front, content=content, page=page, first=k == 0)
        for k, page in enumerate(content.pages)
    ]
    return [partial(_with_foot, sheet, content, k, len(drawn)) for k, sheet in enumerate(drawn, 1)]


def _with_foot(sheet: Sheet, content: ReportContent, number: int, of: int, p: QPainter) -> None:
    sheet(p)
    draw_foot(p, content, number, of)
