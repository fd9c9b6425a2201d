"""All sheets of a report in their order, each as a function that draws it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from firingorder.report.content.model import Section
from firingorder.report.paper.flow import place
from firingorder.report.paper.front import Fit, draw_foot, draw_front, draw_tag, fit_of
from firingorder.report.paper.patient import draw_patient

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPainter

    from firingorder.report.content.model import ReportContent, TaskPage
    from firingorder.report.paper.flow import Placed

    Sheet = Callable[[QPainter], None]


def sheets_of(content: ReportContent) -> list[Sheet]:
    """Return the sheets: one for each exercise, the page in plain words, the annex."""
    drawn: list[Sheet] = []
    annex = content.annex
    for k, page in enumerate(content.pages):
        fit = fit_of(content, page, first=k == 0)
        if k == 0 and content.note and not fit.note:
            annex = (Section(content.note_title, tuple(content.note.splitlines())), *annex)
        drawn.append(partial(_front, content=content, page=page, first=k == 0, fit=fit))
    if content.patient is not None:
        drawn.append(partial(draw_patient, page=content.patient, content=content))
    drawn += [partial(_annex, placed=one, content=content) for one in place(annex)]
    return [partial(_with_foot, sheet, content, k, len(drawn)) for k, sheet in enumerate(drawn, 1)]


def _with_foot(sheet: Sheet, content: ReportContent, number: int, of: int, p: QPainter) -> None:
    sheet(p)
    draw_foot(p, content, number, of)


def _front(p: QPainter, *, content: ReportContent, page: TaskPage, first: bool, fit: Fit) -> None:
    draw_front(p, content, page, first=first, fit=fit)


def _annex(p: QPainter, *, placed: Placed, content: ReportContent) -> None:
    if content.tag:
        draw_tag(p, content.tag)
    placed.draw(p, content)
