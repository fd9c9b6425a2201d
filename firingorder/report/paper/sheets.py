"""All sheets of a report in their order, each as a function that draws it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from firingorder.report.paper.flow import place
from firingorder.report.paper.front import draw_foot, draw_front, draw_tag
from firingorder.report.paper.patient import draw_patient

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPainter

    from firingorder.report.content.model import ReportContent
    from firingorder.report.paper.flow import Placed

    Sheet = Callable[[QPainter], None]


def sheets_of(content: ReportContent) -> list[Sheet]:
    """Return the sheets: one for each exercise, the page in plain words, the annex."""
    drawn: list[Sheet] = [
        partial(draw_front, content=content, page=page, first=k == 0)
        for k, page in enumerate(content.pages)
    ]
    if content.patient is not None:
        drawn.append(partial(draw_patient, page=content.patient, content=content))
    drawn += [partial(_annex, placed=one, content=content) for one in place(content.annex)]
    return [partial(_with_foot, sheet, content, k, len(drawn)) for k, sheet in enumerate(drawn, 1)]


def _with_foot(sheet: Sheet, content: ReportContent, number: int, of: int, p: QPainter) -> None:
    sheet(p)
    draw_foot(p, content, number, of)


def _annex(p: QPainter, *, placed: Placed, content: ReportContent) -> None:
    if content.tag:
        draw_tag(p, content.tag)
    placed.draw(p, content)
