"""Reads tables of motion in a BIDS data set: numbers alone, names and rate in files beside."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import FileFormatError
from firingorder.recording.readers.headerless import read_headerless

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.recording.readers.filedata import FileData

_END = "_motion.tsv"


def is_motion_table(path: Path) -> bool:
    """Tell whether a file is called as such a table is."""
    return path.name.endswith(_END)


def read_motion(path: Path) -> FileData:
    """Read a table with the ``_channels.tsv`` and ``_motion.json`` beside it.

    Raises
    ------
    FileFormatError
        One of them is missing or does not fit.
    """
    stem = path.name.removesuffix(_END)
    channels = path.with_name(f"{stem}_channels.tsv")
    sidecar = path.with_name(f"{stem}_motion.json")
    try:
        with channels.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        fields: Any = json.loads(sidecar.read_text(encoding="utf-8-sig"))
        labels = tuple(str(row["name"]) for row in rows)
        units = tuple(str(row.get("units") or "") for row in rows)
        rate_hz = float(cast("dict[str, Any]", fields)["SamplingFrequency"])
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise FileFormatError(
            f"{path} has no names and no rate of its own, and {channels.name} and {sidecar.name} "
            "beside it do not give them."
        ) from error
    if not 0 < rate_hz < 1e6:
        raise FileFormatError(f"{sidecar}: a rate of {rate_hz:g} Hz is not possible.")
    data = read_headerless(path, rate_hz=rate_hz, labels=labels, units=units)
    return replace(data, format="BIDS motion")
