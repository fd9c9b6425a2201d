"""The words around the samples of an EMG-BIDS dataset: what each file and column is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder import __version__
from firingorder.recording.writers.data import facts_to_dict, short_label
from firingorder.recording.writers.tables import Cell, Column, Table, events, repetitions

if TYPE_CHECKING:
    from firingorder.recording.writers.bdf import WrittenBdf
    from firingorder.recording.writers.data import ExportData, ExportStream
    from firingorder.recording.writers.even_grid import EvenGrid

DATASET: dict[str, Any] = {
    "Name": "Muscle onsets in exercises of hip and back",
    "BIDSVersion": "1.11.0",
    "DatasetType": "raw",
    "GeneratedBy": [{"Name": "firingorder", "Version": __version__}],
}
PARTICIPANTS: dict[str, Any] = {
    "participant_id": {"Description": "number of a person; who it is stands nowhere here"},
    "species": {"Description": "binomial name of the species"},
}
_PLACEMENT = (
    "Bipolar electrodes on the muscles named in channels.tsv, placed by the person who made the "
    "recording. Their positions were not measured."
)
_KINDS = {
    "repetition": "one repetition of the exercise, as it was found",
    "movement": "the movement begins to which the order of muscles belongs",
    "onset": "a muscle begins",
    "gap": "samples are missing; the file has 0 there",
    "marker": "somebody marked this instant",
    "device": "button or synchronisation input of the device",
    "pain": "answer about pain, 0 to 10, in value",
    "stop": "the person stopped the exercise",
    "set_started": "a set begins",
    "set_ended": "a set is over",
    "note": "words of a note",
    "correction": "words of a correction",
}
EVENTS: dict[str, Any] = {
    "trial_type": {"Description": "what happened", "Levels": _KINDS},
    "channel": {"Description": "of an onset: channel, as in channels.tsv"},
    "repetition": {"Description": "number of the repetition it belongs to, from 1"},
    "value": {
        "Description": "of pain: 0 to 10; of an onset: half-width of its 95 % interval in ms"
    },
    "text": {"Description": "verdict of a repetition, kind of a gap, words that go along"},
    "lead_ms": {
        "Description": "of a repetition: onset of the back less onset of the glutes",
        "Units": "ms",
    },
    "low_ms": {"Description": "95 % interval of lead_ms, from", "Units": "ms"},
    "high_ms": {"Description": "95 % interval of lead_ms, to", "Units": "ms"},
    "scored": {"Description": "of a repetition: 1 if it counts"},
    "edited": {"Description": "1 if a person changed an onset"},
}
_OF_REPETITION = ("lead_ms", "low_ms", "high_ms", "scored")
_COMPONENTS = ("x", "y", "z")


def readme() -> str:
    """Return the README of a dataset."""
    return (
        "# Muscle onsets in exercises of hip and back\n\n"
        "Surface EMG (BDF+) and a pelvis inertial sensor (motion), exported by firingorder. "
        "Measures of training; not a diagnosis.\n\n"
        "People are numbers. Each `*_emg.json` says under `FiringOrder` which software and which "
        "recording (by its hash) a file comes from, what the dates are, and what was left out.\n\n"
        "Onsets with their 95 % intervals, repetitions with their verdicts and leads, gaps and "
        "marks are in `*_events.tsv`. Samples that are missing are 0 in the BDF file, and "
        "annotated `BAD_gap` there.\n"
    )


def emg_fields(data: ExportData, written: WrittenBdf) -> dict[str, Any]:
    """Return ``*_emg.json``."""
    facts, emg = data.facts, data.emg
    sources: list[dict[str, Any]] = facts.device.get("sources") or []
    bandwidth_hz = sources[0].get("bandwidth_hz") if sources else None
    return {
        "TaskName": facts.task,
        "TaskDescription": f"Repetitions of {facts.task}, working side: {facts.side}.",
        "EMGPlacementScheme": "Other",
        "EMGPlacementSchemeDescription": _PLACEMENT,
        "EMGReference": "bipolar: each channel is the difference of two electrodes",
        "EMGGround": "n/a",
        "SamplingFrequency": written.rate_hz,
        "PowerLineFrequency": "n/a",
        "SoftwareFilters": "n/a",
        "HardwareFilters": "n/a"
        if bandwidth_hz is None
        else {"AntiAlias": {"HalfAmplitudeCutoffHz": bandwidth_hz}},
        "EMGChannelCount": len(emg.names),
        "RecordingType": "continuous",
        "RecordingDuration": round(len(emg.samples) / written.rate_hz, 6),
        "SoftwareVersions": f"firingorder {facts.software_version}",
        "DeviceSerialNumber": ", ".join(facts.device.get("serial_hashed") or []) or "n/a",
        "FiringOrder": {**facts_to_dict(facts), "format_notes": list(written.notes)},
    }


def channels_table(data: ExportData, written: WrittenBdf) -> Table:
    """Return ``*_channels.tsv``."""
    names = (
        "name", "type", "units", "reference", "target_muscle", "signal_electrode",
        "placement_scheme", "placement_description", "status", "status_description",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    missing = np.isnan(data.emg.samples).mean(axis=0)
    for label, muscle, unit, share in zip(
        written.labels, data.emg.names, data.emg.units, missing, strict=True
    ):
        status = "good" if share < 1.0 else "bad"
        said = f"{100 * share:.2f} % of the samples are missing"
        rows.append((label, "EMG", unit, "bipolar", muscle.replace("_", " "), label, "other",
                     "on the muscle, position not measured", status, said))  # fmt: skip
    return Table("channels", tuple(Column(one, "") for one in names), tuple(rows))


def coordinates() -> dict[str, Any]:
    """Return ``*_coordsystem.json``."""
    return {
        "EMGCoordinateSystem": "Other",
        "EMGCoordinateUnits": "mm",
        "EMGCoordinateSystemDescription": "No positions were measured: all coordinates are n/a.",
    }


def events_table(data: ExportData, grid: EvenGrid) -> Table:
    """Return ``*_events.tsv``: what has an instant, in the time of the BDF file."""
    found, reps = events(data), repetitions(data)
    at = {column.name: k for k, column in enumerate(found.columns)}
    of = {column.name: k for k, column in enumerate(reps.columns)}
    by_index = {row[0]: row for row in reps.rows}
    labels = dict(zip(data.emg.names, [short_label(one) for one in data.emg.names], strict=True))
    rows: list[tuple[Cell, ...]] = []
    for row in found.rows:
        onset_s, duration_s, kind = row[0], row[1], row[2]
        if not isinstance(onset_s, float):
            continue
        begin_s = grid.file_s(onset_s)
        length_s = 0.0
        if isinstance(duration_s, float) and duration_s:
            length_s = max(0.0, grid.file_s(onset_s + duration_s) - begin_s)
        channel, number = row[at["channel"]], row[at["repetition"]]
        rep = by_index[number] if kind == "repetition" else None
        leads: list[Cell] = [None] * len(_OF_REPETITION)
        if rep is not None:
            leads = [rep[of[name]] for name in _OF_REPETITION]
        edited: Cell = None if rep is None else rep[of["edited"]]
        if kind == "onset":
            edited = int((number, channel) in data.edited)
        rows.append((round(begin_s, 6), round(length_s, 6), kind, labels.get(str(channel)), number,
                     row[at["value"]], row[at["text"]], *leads, edited))  # fmt: skip
    names = ("onset", "duration", *EVENTS)
    return Table("events", tuple(Column(one, "") for one in names), tuple(rows))


def motion_fields(data: ExportData, imu: ExportStream, tracked: str) -> dict[str, Any]:
    """Return ``*_motion.json``."""
    missing = bool(np.isnan(imu.samples).any())
    span_s = float(imu.time_s[-1] - imu.time_s[0])
    effective = (len(imu.time_s) - 1) / span_s if span_s > 0.0 else imu.rate_hz
    return {
        "TaskName": data.facts.task,
        "TrackingSystemName": tracked,
        "SamplingFrequency": imu.rate_hz,
        "SamplingFrequencyEffective": round(effective, 6),
        "ACCELChannelCount": 3,
        "GYROChannelCount": 3,
        "LATENCYChannelCount": 1,
        "MotionChannelCount": 7,
        "TrackedPointsCount": 1,
        "MissingValues": "n/a" if missing else "none",
        "SpatialAxes": "n/a",
        "SoftwareVersions": f"firingorder {data.facts.software_version}",
    }


def motion_channels(imu: ExportStream) -> Table:
    """Return ``*_channels.tsv`` of the motion."""
    names = ("name", "component", "type", "tracked_point", "units", "sampling_frequency")
    rows: list[tuple[Cell, ...]] = [
        (name, _COMPONENTS[k % 3], "ACCEL" if k < 3 else "GYRO", "pelvis", unit, imu.rate_hz)
        for k, (name, unit) in enumerate(zip(imu.names, imu.units, strict=True))
    ]
    rows.append(("device_time", None, "LATENCY", None, "s", imu.rate_hz))
    return Table("channels", tuple(Column(one, "") for one in names), tuple(rows))
