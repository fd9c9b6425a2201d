"""Compares an EDF file with the BIDS sidecars beside it: contradictions are told, never settled."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any, cast

from firingorder.recording.readers.filedata import microvolts_per

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Lengths may differ by a data record, which writers fill up.
_DURATION_TOLERANCE = 0.01


def sidecar_warnings(path: Path, units: Mapping[str, str], duration_s: float) -> list[str]:
    """Return what the sidecars say otherwise than the file.

    ``units`` are those of the file's header by label (BIDS 1.11.0: ``*_channels.tsv`` has units,
    ``*_emg.json`` has RecordingDuration in seconds). Sidecars that cannot be read are passed over:
    the file itself is whole.
    """
    stem, _, kind = path.stem.rpartition("_")
    if not stem or kind not in ("emg", "eeg"):
        return []
    found = _unit_warning(path.with_name(f"{stem}_channels.tsv"), units)
    return found + _duration_warning(path.with_suffix(".json"), duration_s)


def _unit_warning(sidecar: Path, units: Mapping[str, str]) -> list[str]:
    try:
        with sidecar.open(encoding="utf-8-sig", newline="") as file:
            said = {row["name"]: row["units"] for row in csv.DictReader(file, delimiter="\t")}
    except (OSError, ValueError, KeyError, csv.Error):
        return []
    differ = [
        label
        for label, unit in units.items()
        if said.get(label) and microvolts_per(said[label]) != microvolts_per(unit)
    ]
    if not differ:
        return []
    first = differ[0]
    return [
        f"{sidecar.name} gives {said[first]} for {first}"
        f"{f' and {len(differ) - 1} more' if len(differ) > 1 else ''}, the file itself "
        f"{units[first] or 'no unit'}: the file's own unit is used."
    ]


def _duration_warning(sidecar: Path, duration_s: float) -> list[str]:
    try:
        fields: Any = json.loads(sidecar.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return []
    said = (
        cast("dict[str, Any]", fields).get("RecordingDuration") if isinstance(fields, dict) else 0
    )
    if not isinstance(said, int | float) or not said or not duration_s:
        return []
    if abs(said - duration_s) <= _DURATION_TOLERANCE * duration_s:
        return []
    return [f"{sidecar.name} says {said:g} s, the file holds {duration_s:g} s."]
