"""The report as one HTML file: the same words and numbers, figures as inline SVG, no scripts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from firingorder.report.painter import draw_ladder
from firingorder.report.paper import figures
from firingorder.report.paper.canvas import INNER
from firingorder.report.paper.front import raster_title
from firingorder.report.paper.style import STYLE
from firingorder.report.paper.svg import svg_of
from firingorder.report.theme import LIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QPainter

    from firingorder.report.content.model import (
        Number,
        PatientPage,
        Raster,
        ReportContent,
        Section,
        Table,
        TaskPage,
        TrendChart,
    )

_SHAPES = {
    "glutes_first": "\N{BLACK CIRCLE}", "together": "\N{BLACK DIAMOND}",
    "back_first": "\N{BLACK UP-POINTING TRIANGLE}", "unclear": "\N{WHITE CIRCLE}",
}  # fmt: skip


def html_page(content: ReportContent) -> str:
    """Return the whole report. Everything typed by people is escaped."""
    body = [_tag(content), _head(content), "<main>"]
    body += [f'<p class="banner">{escape(text)}</p>' for text in content.banners]
    for k, page in enumerate(content.pages):
        body.append(_page(page))
        if k == 0:
            body += [_also(content), _note(content)]
    if content.patient is not None:
        body.append(_patient(content.patient))
    if content.annex:
        body.append('<div class="annex"><h2>Annex</h2>')
        body += [*map(_section, content.annex), "</div>"]
    body.append("</main>")
    body.append(f"<footer><p>{escape(content.method)}</p><p>{escape(content.footer)}</p></footer>")
    title = escape(content.document_title)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(part for part in body if part)
        + "\n</body>\n</html>\n"
    )


def _tag(content: ReportContent) -> str:
    return f'<div class="tag"><span>{escape(content.tag)}</span></div>' if content.tag else ""


def _head(content: ReportContent) -> str:
    return (
        f"<header><div><h1>{escape(content.title)}</h1><p>{escape(content.subtitle)}</p></div>"
        f'<div class="who"><strong>{escape(content.who)}</strong>'
        f"<p>{escape(content.who_below)}</p></div></header>"
    )


def _page(page: TaskPage) -> str:
    parts = [
        f"<section><h2>{escape(page.headline)}</h2>",
        f'<p class="line">{escape(page.line)}</p>',
    ]
    if page.remark:
        parts.append(f'<p class="remark">{escape(page.remark)}</p>')
    parts.append(_tiles(page.numbers))
    if page.raster is not None:
        parts += [_raster(page, page.raster), _raster_table(page.raster)]
    elif page.chart is not None:
        chart = page.chart
        svg = svg_of(INNER, 330, chart.alt, lambda p, rect: figures.draw_leads(p, rect, chart))
        parts.append(_figure(f"Lead of every rep ({len(chart.points)})", chart.note, svg))
        parts.append("" if page.sets is None else _table(page.sets))
    else:
        parts.append("<h3>Why there is no figure</h3>")
        parts += [f"<p>{escape(text)}</p>" for text in page.why_nothing]
    parts.append("" if page.signals is None else _table(page.signals))
    if page.trends or page.trend_note:
        parts.append("<h3>Across sessions</h3>")
        charts = "".join(_trend(chart) for chart in page.trends)
        parts.append(f'<div class="trends">{charts}</div>' if charts else "")
        parts.append(f"<p>{escape(page.trend_note)}</p>" if page.trend_note else "")
    return "\n".join([*parts, "</section>"])


def _tiles(numbers: Iterable[Number]) -> str:
    tiles = "".join(
        f"<div><dt>{escape(one.label)}</dt><dd>{escape(one.value)}</dd>"
        f'<dd class="note">{escape(one.note)}</dd></div>'
        for one in numbers
    )
    return f'<dl class="tiles">{tiles}</dl>'


def _raster(page: TaskPage, raster: Raster) -> str:
    height = figures.AXIS + 46.0 * len(raster.rows)

    def draw(p: QPainter, rect: QRectF) -> None:
        figures.draw_raster(p, QRectF(0, 0, rect.width(), height), raster)
        figures.draw_legend(p, QRectF(0, height + 8, rect.width(), 24), raster)

    svg = svg_of(INNER, height + 40, raster.alt, draw)
    return _figure(raster_title(page), raster.note, svg)


def _raster_table(raster: Raster) -> str:
    rows = "".join(
        f'<tr><th scope="row">{row.index}</th><td>{_SHAPES.get(row.mark.shape, "")} '
        f"{escape(row.mark.word)}</td><td>{escape(row.lead)}</td><td>{escape(row.why)}</td></tr>"
        for row in raster.rows
    )
    return (
        "<details><summary>The same as a table</summary><table><thead><tr>"
        '<th scope="col">Rep</th><th scope="col">Outcome</th><th scope="col">Lead, ms</th>'
        f'<th scope="col">Remark</th></tr></thead><tbody>{rows}</tbody></table></details>'
    )


def _trend(chart: TrendChart) -> str:
    svg = svg_of(510, 240, chart.alt, lambda p, rect: figures.draw_trend(p, rect, chart))
    return _figure("", chart.note, svg)


def _figure(title: str, note: str, svg: str) -> str:
    head = f"<h3>{escape(title)}</h3>" if title else ""
    return f"{head}<figure><figcaption>{escape(note)}</figcaption>{svg}</figure>"


def _also(content: ReportContent) -> str:
    if not content.also:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in content.also)
    return f"<section><h3>Also in this session</h3><ul>{items}</ul></section>"


def _note(content: ReportContent) -> str:
    if not content.note:
        return ""
    lines = "<br>".join(escape(line) for line in content.note.splitlines())
    return f"<aside><h3>{escape(content.note_title)}</h3><p>{lines}</p></aside>"


def _patient(page: PatientPage) -> str:
    parts = [f"<h2>{escape(page.title)}</h2><p><strong>{escape(page.big)}.</strong></p>"]
    parts += [f"<p>{escape(text)}</p>" for text in page.sentences]
    ladder = page.ladder
    if ladder is not None:
        ink = LIGHT.tone(page.ladder_tone)[0]
        svg = svg_of(640, 260, page.ladder_alt,
                     lambda p, rect: draw_ladder(p, rect, ladder, LIGHT, ink))  # fmt: skip
        parts.append(_figure("", page.ladder_title, svg))
    parts += [f"<aside><h3>{escape(a)}</h3><p>{escape(b)}</p></aside>" for a, b in page.boxes]
    parts.append(f'<p class="remark">{escape(page.closing)}</p>')
    return f'<section class="patient">{"".join(parts)}</section>'


def _section(section: Section) -> str:
    parts = [f"<section><h3>{escape(section.title)}</h3>"]
    parts += [f"<p>{escape(text)}</p>" for text in section.text]
    if section.points:
        parts.append("<ul>" + "".join(f"<li>{escape(x)}</li>" for x in section.points) + "</ul>")
    parts += [_table(table) for table in section.tables]
    return "\n".join([*parts, "</section>"])


def _table(table: Table) -> str:
    head = "".join(
        f'<th scope="col" class="{column.align}">{escape(column.title)}</th>'
        for column in table.columns
    )
    titled = any(column.title for column in table.columns)
    head = f"<thead><tr>{head}</tr></thead>" if titled else ""
    rows: list[str] = []
    for k, row in enumerate(table.rows):
        mark = table.marks[k] if table.marks else None
        shape = (
            ""
            if mark is None
            else f'<span aria-hidden="true">{_SHAPES.get(mark.shape, "")}</span> '
        )
        cells = [
            f'<td class="{column.align}">{shape if n == 0 else ""}{escape(text)}</td>'
            for n, (text, column) in enumerate(zip(row, table.columns, strict=True))
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    note = f"<p class='remark'>{escape(table.note)}</p>" if table.note else ""
    return (
        f'<div class="wide"><table>{caption}{head}'
        f"<tbody>{''.join(rows)}</tbody></table></div>{note}"
    )
