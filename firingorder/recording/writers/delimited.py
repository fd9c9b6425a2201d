"""CSV: one file per stream with the device's time first, and the tables of what was found."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np

from firingorder.recording.writers.data import facts_to_dict
from firingorder.recording.writers.fixed_point import decimals_for, lines
from firingorder.recording.writers.staging import write_json
from firingorder.recording.writers.tables import Table, tables

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.recording.writers.data import ExportData, ExportStream

#: Device time is counted in microseconds.
_TIME_DECIMALS = 6


def write_csv(data: ExportData, folder: Path) -> None:
    """Write ``emg.csv``, ``imu.csv``, the tables, the facts and a README into a folder."""
    said: list[str] = []
    for stream in data.streams:
        decimals = _write_stream(stream, folder / f"{stream.kind}.csv")
        said += _stream_words(stream, decimals)
    found = tables(data)
    for table in found:
        write_table(table, folder / f"{table.name}.csv", ",")
    write_json(folder / "facts.json", facts_to_dict(data.facts))
    text = "\n".join([*_begin(data), *said, *_table_words(found), *_end(data)]) + "\n"
    (folder / "README.txt").write_text(text, encoding="utf-8")


def write_table(table: Table, path: Path, delimiter: str, missing: str = "") -> None:
    """Write a table with a header; a value that there is not is ``missing``."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow([column.name for column in table.columns])
        writer.writerows([[missing if one in (None, "") else one for one in row]
                          for row in table.rows])  # fmt: skip


def _write_stream(stream: ExportStream, path: Path) -> list[int]:
    """Write the rows that are there; a row of which nothing is there is left out."""
    there = ~np.isnan(stream.samples).all(axis=1)
    columns = [stream.time_s[there], *stream.samples[there].T]
    decimals = [_TIME_DECIMALS] + [
        decimals_for(values, step) for values, step in zip(columns[1:], stream.steps, strict=True)
    ]
    names = [f"{name} [{unit}]" for name, unit in zip(stream.names, stream.units, strict=True)]
    with path.open("wb") as file:
        file.write((",".join(["time_s", *names]) + "\n").encode())
        for piece in lines(columns, decimals):
            file.write(piece)
    return decimals[1:]


def _begin(data: ExportData) -> list[str]:
    facts = data.facts
    when = "none" if facts.start is None else f"{facts.start.isoformat()} ({facts.dates})"
    return [
        f"Recording of {facts.subject}, exported by firingorder {facts.software_version}.",
        f"Exercise: {facts.task}, side: {facts.side}. Date: {when}.",
        "Measures of training; not a diagnosis.",
        "Fields are separated by commas, decimals by points. Times are seconds of the device's",
        "clock from the first EMG sample. An empty cell is a missing value; where nothing of a",
        "stream is there, the row is missing.",
        "",
    ]


def _stream_words(stream: ExportStream, decimals: list[int]) -> list[str]:
    words = [
        f"{stream.kind}.csv: {stream.rate_hz:g} samples a second",
        "  time_s: device time",
    ]
    for name, unit, step, places in zip(
        stream.names, stream.units, stream.steps, decimals, strict=True
    ):
        count = "" if step is None else f", one count of the converter is {step:.6g}"
        words.append(f"  {name} [{unit}]: to {0.5 * 10.0**-places:g}{count}")
    return [*words, ""]


def _table_words(found: tuple[Table, ...]) -> list[str]:
    words: list[str] = []
    for table in found:
        words.append(f"{table.name}.csv")
        words += [f"  {column.name}: {column.description}" for column in table.columns]
        words.append("")
    return words


def _end(data: ExportData) -> list[str]:
    facts = data.facts
    words = ["facts.json: where this comes from", "", "Not in this export:"]
    words += [f"  {one}" for one in facts.left_out]
    if facts.notes:
        words += ["", "To know:", *(f"  {one}" for one in facts.notes)]
    return words
