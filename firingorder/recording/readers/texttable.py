"""The table of numbers in a text file of a vendor: lines of facts first, then rows of numbers.

Where the numbers begin is found by themselves: the first of three rows of equal width that hold
numbers. What stands above is kept as cells for the reader of the format.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

import numpy as np

from firingorder.errors import FileFormatError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from firingorder.samples import FloatArray

#: No vendor writes more facts than this above its numbers (EMGworks: some 800 lines with 200
#: signals); a file without numbers by then is no recording.
MOST_HEAD_LINES = 4000
#: A line longer than this is no row of channels but all samples of one (see headerless.py).
MOST_LINE_CHARS = 1 << 20
_BLOCK_LINES = 50_000
_PROBE_ROWS = 200
_DELIMITERS = ("\t", ";", ",")
_DECIMAL_COMMA = re.compile(r"^[-+]?\d+,\d+([eE][-+]?\d+)?$")


@dataclass(slots=True)
class TextTable:
    """A table that was found, and where.

    Attributes
    ----------
    head
        The lines above the numbers as cells, without empty lines.
    first_line
        Line of the first row of numbers, from 1.
    width
        Cells of that row.
    comma
        Numbers have decimal commas.
    """

    path: Path
    encoding: str
    delimiter: str
    head: tuple[tuple[str, ...], ...]
    first_line: int
    width: int
    comma: bool = False
    warnings: list[str] = field(default_factory=list[str])


def encoding_of(path: Path) -> str:
    """Return UTF-16 where the file begins so, UTF-8 where it is, else Latin-1, always readable."""
    with path.open("rb") as raw:
        mark = raw.read(2)
    if mark in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        with path.open(encoding="utf-8-sig") as file:
            while file.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8-sig"


def head_lines(path: Path, count: int, encoding: str | None = None) -> list[str]:
    """Return the first lines of a text file, each cut to a sane length."""
    with path.open(encoding=encoding or encoding_of(path), errors="replace", newline="") as file:
        lines = (file.readline(MOST_LINE_CHARS) for _ in range(count))
        return [line.rstrip("\r\n") for line in lines if line]


def cells_of(line: str, delimiter: str) -> tuple[str, ...]:
    """Return the cells of a line, without the blanks around them."""
    try:
        row = next(csv.reader([line], delimiter=delimiter))
    except (csv.Error, StopIteration):
        row = line.split(delimiter)
    return tuple(cell.strip() for cell in row)


def open_table(path: Path, delimiter: str | None = None) -> TextTable:
    """Find the table of numbers.

    Raises
    ------
    FileFormatError
        There is none.
    """
    encoding = encoding_of(path)
    lines = head_lines(path, MOST_HEAD_LINES, encoding)
    for number, line in enumerate(lines):
        if "\x00" in line:
            raise FileFormatError(f"{path}, line {number + 1}: this is not text.")
        chosen = delimiter or _delimiter(line)
        width = len(_row(line, chosen))
        rows = [one for one in lines[number : number + 6] if one.strip()][:3]
        if not _is_numbers(line, chosen) or width == 0:
            continue
        if all(_is_numbers(row, chosen) and len(_row(row, chosen)) == width for row in rows):
            head = tuple(cells_of(one, chosen) for one in lines[:number] if one.strip())
            comma = chosen != "," and any(_DECIMAL_COMMA.match(c) for c in _row(line, chosen))
            return TextTable(path, encoding, chosen, head, number + 1, width, comma)
    raise FileFormatError(f"{path} holds no table of numbers.")


def table_values(table: TextTable, columns: list[int]) -> FloatArray:
    """Return ``(n_rows, len(columns))``; empty cells are NaN, text in a number is refused.

    Raises
    ------
    FileFormatError
        A row does not fit; names the line.
    """
    blocks: list[FloatArray] = []
    for first, lines in _blocks(table):
        try:
            blocks.append(_fast(table, lines, columns))
        except ValueError:
            blocks.append(_careful(table, first, lines, columns))
    values = np.concatenate(blocks) if blocks else np.empty((0, len(columns)))
    values[~np.isfinite(values)] = np.nan
    return values


def text_columns(table: TextTable) -> tuple[int, ...]:
    """Return the columns that hold text, by the first rows of the table."""
    with _from_first_row(table) as file:
        lines = [line for _, line in zip(range(_PROBE_ROWS), file, strict=False) if line.strip()]
    rows = [cells_of(line.rstrip("\r\n"), table.delimiter) for line in lines]
    return tuple(
        k
        for k in range(table.width)
        if any(_number(row[k], comma=table.comma) is None for row in rows if k < len(row))
    )


def column_text(table: TextTable, column: int) -> list[str]:
    """Return a column as it stands in the file, row by row."""
    out: list[str] = []
    with _from_first_row(table) as file:
        for line in file:
            cells = line.rstrip("\r\n").split(table.delimiter)
            if line.strip():
                out.append(cells[column].strip() if column < len(cells) else "")
    return out


def _row(line: str, delimiter: str) -> tuple[str, ...]:
    """Return the cells of a row of numbers; a delimiter at its end makes no cell."""
    cells = cells_of(line, delimiter)
    return cells[:-1] if len(cells) > 1 and not cells[-1] else cells


def _delimiter(line: str) -> str:
    for one in _DELIMITERS:
        if one in line:
            return one
    return ","


def _is_numbers(line: str, delimiter: str) -> bool:
    """Tell whether a line is a row of numbers: a clock or a remark may stand in it, no more."""
    cells = [cell for cell in _row(line, delimiter) if cell]
    if not cells:
        return False
    numbers = sum(_number(cell, comma=delimiter != ",") is not None for cell in cells)
    return _number(cells[0], comma=delimiter != ",") is not None and 2 * numbers > len(cells)


def _number(text: str, *, comma: bool) -> float | None:
    """Return the number of a cell, NaN for an empty one, None for text."""
    text = text.strip()
    if not text:
        return np.nan
    try:
        return float(text.replace(",", ".") if comma and "." not in text else text)
    except ValueError:
        return None


def _from_first_row(table: TextTable) -> TextIO:
    file = table.path.open(encoding=table.encoding, errors="replace", newline="")
    for _ in range(table.first_line - 1):
        file.readline()
    return file


def _blocks(table: TextTable) -> Iterator[tuple[int, list[str]]]:
    first = table.first_line
    with _from_first_row(table) as file:
        while lines := [line for _, line in zip(range(_BLOCK_LINES), file, strict=False)]:
            yield first, lines
            first += len(lines)


def _fast(table: TextTable, lines: list[str], columns: list[int]) -> FloatArray:
    if table.comma or table.delimiter * 2 in lines[0]:
        raise ValueError("empty cells")
    return np.loadtxt(lines, delimiter=table.delimiter, usecols=columns, ndmin=2, comments=None)


def _careful(table: TextTable, first: int, lines: list[str], columns: list[int]) -> FloatArray:
    out = np.full((len(lines), len(columns)), np.nan)
    row = 0
    last = len(lines) < _BLOCK_LINES
    for number, line in enumerate(lines):
        if not line.strip(" \t\r\n,;"):
            continue
        cells = line.rstrip("\r\n").split(table.delimiter)
        found = [
            _number(cells[k].strip('" '), comma=table.comma) if k < len(cells) else None
            for k in columns
        ]
        if any(one is None for one in found):
            cut = last and number == len(lines) - 1
            short = len(cells) <= max(columns)
            if cut and (short or not line.endswith("\n")):
                table.warnings.append(f"The last line ({first + number}) is incomplete, left out.")
                break
            if short and not any(_number(cell, comma=table.comma) is None for cell in cells):
                found = [np.nan if one is None else one for one in found]  # channels that ended
            else:
                raise FileFormatError(
                    f"{table.path}, line {first + number}: not the {table.width} numbers of the "
                    "rows above it."
                )
        out[row] = [np.nan if one is None else one for one in found]
        row += 1
    return out[:row]
