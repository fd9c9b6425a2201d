"""Which files each format consists of, and where they go."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from firingorder.recording.writers.data import facts_to_dict
from firingorder.recording.writers.staging import write_json
from firingorder.recording.writers.tables import tables

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.recording.writers.data import ExportData

#: Formats of several files.
_FOLDERS = ("csv", "parquet")
#: Behind the name of a file that has no room for the facts and tables.
_FACTS = ".json"


@dataclass(frozen=True, slots=True)
class Written:
    """Files that are ready to be moved to their names.

    Attributes
    ----------
    moves
        From where to where; folders move whole.
    path
        What somebody is given: a file, or the folder of a dataset.
    stem
        Name of the recording in its folder.
    notes
        What the format could not say.
    replaces
        Files that are there already and become longer, as the list of a dataset's people.
    """

    moves: tuple[tuple[Path, Path], ...]
    path: Path
    stem: str
    notes: tuple[str, ...] = ()
    replaces: frozenset[Path] = frozenset()


def write(data: ExportData, to: str, beside: Path, out: Path) -> Written:
    """Write a format into ``beside``, to be moved into ``out``."""
    if to == "bids":
        from firingorder.recording.writers.bids import write_bids

        return write_bids(data, beside, out)
    stem = run_stem(data, to, out)
    if to in _FOLDERS:
        folder = beside / stem
        folder.mkdir()
        if to == "csv":
            from firingorder.recording.writers.delimited import write_csv

            write_csv(data, folder)
        else:
            from firingorder.recording.writers.parquet import write_parquet

            write_parquet(data, folder)
        target = out / _name(stem, to)
        return Written(((folder, target),), target, stem)
    name = _name(stem, to)
    notes = _single(data, to, beside / name)
    write_json(beside / f"{name}{_FACTS}", _sidecar(data, notes))
    moves = tuple((beside / one, out / one) for one in (name, f"{name}{_FACTS}"))
    return Written(moves, out / name, stem, notes)


def _sidecar(data: ExportData, notes: tuple[str, ...]) -> dict[str, Any]:
    fields: dict[str, Any] = {**facts_to_dict(data.facts), "format_notes": list(notes)}
    for table in tables(data):
        names = [column.name for column in table.columns]
        fields[table.name] = [dict(zip(names, row, strict=True)) for row in table.rows]
    return fields


def _single(data: ExportData, to: str, path: Path) -> tuple[str, ...]:
    match to:
        case "bdf":
            from firingorder.recording.writers.bdf import write_bdf

            written = write_bdf(data, path)
            return (
                *written.notes,
                f"Values of the EMG are exact to {written.resolution_uv:.1g} {data.emg.units[0]}.",
            )
        case "c3d":
            from firingorder.recording.writers.c3d_file import write_c3d

            return write_c3d(data, path)
        case "mat":
            from firingorder.recording.writers.matlab import write_mat

            return write_mat(data, path)
        case _:
            raise ValueError(f"no format {to!r}")


def run_stem(data: ExportData, to: str, out: Path) -> str:
    """Return the name of a recording in a folder: a run of its person and exercise.

    A recording that is there in another format keeps its number; else it is the next one.
    """
    begin = f"{data.facts.subject}_task-{task_label(data.facts.task)}_run-"
    runs: dict[int, bool] = {}
    for path in sorted(out.glob(f"{begin}*")):
        number = path.name[len(begin) :][:2]
        if number.isdigit():
            mine = runs.get(int(number), False) or _sha256_of(path) == data.facts.recording_sha256
            runs[int(number)] = mine
    for number, mine in runs.items():
        stem = f"{begin}{number:02d}"
        if mine and not (out / _name(stem, to)).exists():
            return stem
    return f"{begin}{max(runs, default=0) + 1:02d}"


def _name(stem: str, to: str) -> str:
    return f"{stem}_{to}" if to in _FOLDERS else f"{stem}.{to}"


def _sha256_of(path: Path) -> str:
    """Return which recording a file or folder of ours comes from, as the facts beside it say."""
    facts = path / "facts.json" if path.is_dir() else path
    if facts.suffix != ".json":
        return ""
    try:
        fields: Any = json.loads(facts.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    if not isinstance(fields, dict):
        return ""
    return str(cast("dict[str, Any]", fields).get("recording_sha256", ""))


def task_label(task: str) -> str:
    """Return an exercise as a label of letters and digits, as BIDS wants it."""
    words = re.findall(r"[A-Za-z0-9]+", task) or ["task"]
    return words[0] + "".join(word.capitalize() for word in words[1:])
