"""EMG-BIDS (BIDS 1.11.0): a dataset of EMG as BDF+ with the pelvis IMU as motion beside it.

A recording is added to a dataset as a new run; what is there is never changed but for
the lists that name it: participants.tsv, and the person's scans.tsv and electrodes.tsv.
"""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.errors import FileFormatError, UsageError
from firingorder.recording.writers.bdf import write_bdf
from firingorder.recording.writers.bids_sidecars import (
    DATASET,
    EVENTS,
    PARTICIPANTS,
    channels_table,
    coordinates,
    emg_fields,
    events_table,
    motion_channels,
    motion_fields,
    readme,
)
from firingorder.recording.writers.delimited import write_table
from firingorder.recording.writers.even_grid import EvenGrid
from firingorder.recording.writers.fixed_point import decimals_for, lines
from firingorder.recording.writers.formats import Written, task_label
from firingorder.recording.writers.staging import write_json

if TYPE_CHECKING:
    from firingorder.recording.writers.bdf import WrittenBdf
    from firingorder.recording.writers.data import ExportData, ExportStream
    from firingorder.recording.writers.tables import Table

#: Stands for a date that does not leave: before 1925, which marks it as not true (BIDS 1.11.0,
#: common principles, units).
_NO_DATE = datetime(1900, 1, 1)  # noqa: DTZ001 - times of a dataset have no zone
_TRACKED = "pelvisimu"
_TIME_DECIMALS = 6


def write_bids(data: ExportData, beside: Path, out: Path) -> Written:
    """Write one recording, to be added to the dataset ``out`` or to begin one.

    Raises
    ------
    UsageError
        ``out`` holds other things and is no dataset.
    FileFormatError
        One of its lists cannot be read.
    """
    begun = _begun(out)
    subject, task = data.facts.subject, task_label(data.facts.task)
    run = _free_run(out / subject, f"{subject}_task-{task}")
    stem = f"{subject}_task-{task}_run-{run:02d}"
    emg, motion = beside / subject / "emg", beside / subject / "motion"
    emg.mkdir(parents=True)
    written = write_bdf(data, emg / f"{stem}_emg.bdf", with_imu=False)
    grid = EvenGrid(data.emg, written.rate_hz)
    write_json(emg / f"{stem}_emg.json", emg_fields(data, written))
    _table(channels_table(data, written), emg / f"{stem}_channels.tsv")
    _table(events_table(data, grid), emg / f"{stem}_events.tsv")
    write_json(emg / f"{stem}_events.json", EVENTS)
    scans = [(f"emg/{stem}_emg.bdf", 0.0)]
    if data.imu is not None:
        motion.mkdir()
        tracked = f"{subject}_task-{task}_tracksys-{_TRACKED}_run-{run:02d}"
        _write_motion(data.imu, motion / f"{tracked}_motion.tsv")
        write_json(motion / f"{tracked}_motion.json", motion_fields(data, data.imu, _TRACKED))
        _table(motion_channels(data.imu), motion / f"{tracked}_channels.tsv")
        scans.append((f"motion/{tracked}_motion.tsv", data.imu.start_s))
    new = [path.relative_to(beside) for path in sorted(beside.rglob("*")) if path.is_file()]
    lists = [
        _electrodes(data, written, beside, out),
        _scans(data, scans, beside, out),
        _participants(data, beside, out),
    ]
    if not (out / subject / "emg" / f"{subject}_coordsystem.json").exists():
        write_json(emg / f"{subject}_coordsystem.json", coordinates())
        new.append((emg / f"{subject}_coordsystem.json").relative_to(beside))
    fresh = [] if begun else _dataset(beside)
    replaces = frozenset(out / one for one in lists if (out / one).exists())
    moves = tuple((beside / one, out / one) for one in (*fresh, *new, *lists))
    return Written(moves, out, stem, written.notes, replaces)


def _begun(out: Path) -> bool:
    """Tell whether there is a dataset already."""
    if (out / "dataset_description.json").is_file():
        return True
    there = out.iterdir() if out.is_dir() else ()
    others = [one.name for one in there if not one.name.startswith(".firingorder-")]
    if others:
        raise UsageError(
            f"{out} is no BIDS dataset and holds {sorted(others)[0]}. Choose an empty folder, or a "
            "dataset to add to."
        )
    return False


def _free_run(folder: Path, begin: str) -> int:
    number = 1
    while any(folder.glob(f"emg/{begin}_run-{number:02d}_*")):
        number += 1
    return number


def _dataset(beside: Path) -> list[Path]:
    write_json(beside / "dataset_description.json", DATASET)
    write_json(beside / "participants.json", PARTICIPANTS)
    (beside / "README.md").write_text(readme(), encoding="utf-8")
    return [Path(name) for name in ("dataset_description.json", "participants.json", "README.md")]


def _write_motion(imu: ExportStream, path: Path) -> None:
    """Write six axes and the device's time of each sample; missing ones are ``n/a``."""
    columns = [*imu.samples.T, imu.time_s - imu.start_s]
    decimals = [decimals_for(one, None) for one in columns[:-1]] + [_TIME_DECIMALS]
    with path.open("wb") as file:
        for piece in lines(columns, decimals, between=b"\t", missing=b"n/a"):
            file.write(piece)


def _scans(data: ExportData, scans: list[tuple[str, float]], beside: Path, out: Path) -> Path:
    """Add files with the instant of their first sample; the offset of the IMU follows from it."""
    start = data.facts.start or _NO_DATE
    rows = [
        {
            "filename": name,
            "acq_time": (start + timedelta(seconds=offset_s)).isoformat(timespec="microseconds"),
        }
        for name, offset_s in scans
    ]
    subject = data.facts.subject
    return _longer(f"{subject}/{subject}_scans.tsv", rows, "filename", beside, out)


def _electrodes(data: ExportData, written: WrittenBdf, beside: Path, out: Path) -> Path:
    """Add the sensors of this recording to those of the person; no position is known of any."""
    subject = data.facts.subject
    rows = [{"name": one, "x": "n/a", "y": "n/a", "z": "n/a"} for one in written.labels]
    return _longer(f"{subject}/emg/{subject}_electrodes.tsv", rows, "name", beside, out)


def _participants(data: ExportData, beside: Path, out: Path) -> Path:
    row = {"participant_id": data.facts.subject, "species": "homo sapiens"}
    return _longer("participants.tsv", [row], "participant_id", beside, out)


def _table(table: Table, path: Path) -> None:
    write_table(table, path, "\t", "n/a")


def _longer(name: str, rows: list[dict[str, str]], key: str, beside: Path, out: Path) -> Path:
    """Write a list with these rows added; those that are there stay as they are."""
    target, columns, listed = out / name, list(rows[0]), list[dict[str, str]]()
    if target.exists():
        try:
            with target.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file, delimiter="\t")
                listed = [{k: v or "n/a" for k, v in row.items() if k} for row in reader]
                columns = list(reader.fieldnames or columns)
        except (ValueError, csv.Error) as error:
            raise FileFormatError(
                f"{target} is no table of tabs and UTF-8, so nothing can be added to it: {error}."
            ) from error
        if key not in columns:
            raise FileFormatError(f"{target} has no column {key}; nothing can be added to it.")
    there = {row.get(key) for row in listed}
    listed += [row for row in rows if row[key] not in there]
    path = beside / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([[row.get(one, "n/a") for one in columns] for row in listed])
    return path.relative_to(beside)
