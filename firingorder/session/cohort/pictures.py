"""The pictures of a cohort as files, and one page that holds them all and needs nothing else."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from firingorder import __version__
from firingorder.errors import FiringOrderError
from firingorder.session.cohort import svg
from firingorder.session.cohort.plots import forest, shares
from firingorder.session.cohort.quality import quality
from firingorder.session.own_files import write_whole
from firingorder.session.paths import private_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from firingorder.session.cohort.cohort import Cohort
    from firingorder.session.cohort.rows import Row

_STYLE = f"""
body {{ font: 15px/1.5 {svg.FONT}; color: {svg.TEXT}; background: #F3F6F9; margin: 0;
  font-variant-numeric: tabular-nums }}
main {{ max-width: 1040px; margin: 24px auto; padding: 0 20px }}
section {{ background: {svg.SURFACE}; border: 1px solid {svg.LINE}; border-radius: 10px;
  padding: 16px 20px; margin: 0 0 20px; overflow-x: auto }}
h1 {{ font-size: 24px; margin: 0 0 4px }} h2 {{ font-size: 17px; margin: 0 0 8px }}
p {{ color: {svg.TEXT2}; margin: 0 0 20px }} svg {{ max-width: 100%; height: auto }}
table {{ border-collapse: collapse; font-size: 13px; width: 100% }}
th, td {{ text-align: right; padding: 4px 8px; border-bottom: 1px solid {svg.LINE};
  vertical-align: top }}
th {{ color: {svg.TEXT2}; font-weight: 600 }} .words {{ text-align: left }}
"""
_COLUMNS = (
    ("recording", "Recording"), ("person", "Person"), ("task", "Exercise"), ("side", "Side"),
    ("duration_s", "Seconds"), ("repetitions", "Repetitions"), ("scored", "Scored"),
    ("lead_ms", "Lead ms"), ("low_ms", "low"), ("high_ms", "high"), ("leads", "n"),
    ("spread_ms", "Spread ms"), ("channels_usable", "Channels"),
)  # fmt: skip
_WORDS = ("recording", "person", "task", "side", "file")


def write_pictures(folder: Path, cohort: Cohort, *, file_names: bool = False) -> Path:
    """Write the pictures as SVG, and a page that holds them; return the page.

    Raises
    ------
    FiringOrderError
        The folder cannot be written to.
    """
    rows = [line.row(file_names=file_names) for line in cohort.lines]
    pictures = {
        "leads": ("Lead of each recording", forest(rows)),
        "verdicts": ("Verdicts of each recording", shares(rows)),
        "quality": ("What was refused, and why", quality(cohort.lines)),
    }
    page = folder / "index.html"
    try:
        private_folder(folder)
        for name, (_, picture) in pictures.items():
            write_whole(folder / f"{name}.svg", picture)
        write_whole(page, _page(pictures.values(), rows))
    except OSError as error:
        raise FiringOrderError(
            f"The pictures could not be written to {folder}: {error.strerror}."
        ) from error
    return page


def _page(pictures: Iterable[tuple[str, str]], rows: Sequence[Row]) -> str:
    failed = [row for row in rows if row["error"] is not None]
    simulated = sum(bool(row["simulated"]) for row in rows)
    people = len({row["person"] for row in rows if row["person"]})
    facts = f"{len(rows) - len(failed)} recordings of {people or 'an unknown number of'} people"
    if simulated:
        facts += f", {simulated} of them simulated"
    if failed:
        facts += f"; {len(failed)} files could not be analysed"
    sections = "".join(
        f"<section><h2>{escape(title)}</h2>{picture}</section>" for title, picture in pictures
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Recordings together</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>Recordings together</h1><p>{escape(facts)}. Values as found automatically by "
        f"firingorder {__version__}, without corrections by hand. For training and documentation, "
        f"not a diagnosis.</p>{sections}{_failures(failed)}{_table(rows)}</main></body></html>\n"
    )


def _failures(failed: Sequence[Row]) -> str:
    if not failed:
        return ""
    items = "".join(
        f"<li>{escape(' '.join(x for x in (row.get('file'), row['recording'], row['error']) if x))}"
        for row in failed
    )
    return f"<section><h2>Files that could not be analysed</h2><ul>{items}</ul></section>"


def _table(rows: Sequence[Row]) -> str:
    columns = _COLUMNS if not rows or "file" not in rows[0] else (("file", "File"), *_COLUMNS)
    head = "".join(_cell("th", name, title) for name, title in columns)
    body = "".join(
        "<tr>" + "".join(_cell("td", name, _shown(row, name)) for name, _ in columns) + "</tr>"
        for row in rows
        if row["error"] is None
    )
    return f"<section><h2>All recordings</h2><table><tr>{head}</tr>{body}</table></section>"


def _cell(kind: str, name: str, text: str) -> str:
    return f"<{kind}{' class=words' if name in _WORDS else ''}>{escape(text)}</{kind}>"


def _shown(row: Row, name: str) -> str:
    value = row[name]
    if value is None:
        return ""
    if name == "channels_usable":
        return f"{value} of {row['channels']}"
    return f"{value:.0f}" if isinstance(value, float) else str(value)
