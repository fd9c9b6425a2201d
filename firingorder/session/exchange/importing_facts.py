"""What a recording says of a file that it was imported from, without the name of the file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from firingorder.firmware_bridge.adapters.imported import SCHEMA, ImportedStreams
from firingorder.firmware_bridge.decoder import DECODER_VERSION
from firingorder.firmware_bridge.source import IMPORTED, SourceSpec
from firingorder.recording.description import describe_session
from firingorder.session.foreign import HAM_SITE_WARNING, Located

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.montage import Montage
    from firingorder.recording.readers import FileData
    from firingorder.recording.readers.filedata import ClockKind
    from firingorder.recording.topics import ClockAnchor
    from firingorder.signal.settings import Settings
    from firingorder.signal.task import TaskSpec

CLOCK_WORDS: dict[ClockKind, str] = {
    "stamps": "Its times are those of the file's own time stamps.",
    "counter": "Its times count samples at the rate that the file states; losses are known.",
    "nominal": "Its times are unverified: the file has no clock, only the rate that it states.",
    "given": "Its times are unverified: the file has no clock, and a person gave the rate.",
}


def kept_columns(placed: Located) -> list[int]:
    """Return the columns that are kept: the muscles, and other voltages that are not ignored."""
    stream = placed.stream
    left = set(placed.montage.ignore)
    imu = placed.montage.pelvis_imu
    left |= set() if imu is None else {*imu.acc, *imu.gyr}
    return [
        k
        for k, (label, unit) in enumerate(zip(stream.labels, stream.units, strict=True))
        if k in placed.columns or (unit == "uV" and label not in left)
    ]


def told_of(path: Path, placed: Located, data: FileData) -> tuple[str, ...]:
    """Return what to say of the file, without its name."""
    told = [one for one in placed.warnings if one != HAM_SITE_WARNING]
    if data.clock in ("nominal", "given"):
        told.append(CLOCK_WORDS[data.clock])
    before = sum(at_s < placed.stream.t0_s for at_s, _ in data.markers)
    if before:
        told.append(f"{before} marker(s) before the first EMG sample were put at its instant.")
    bare = path.stem
    if len(bare) < 3:
        return tuple(told)
    return tuple(one.replace(str(path), "the file").replace(bare, "FILE") for one in told)


def streams_of(
    data: FileData, placed: Located, kept: list[int], anchor: ClockAnchor
) -> ImportedStreams:
    """Return how the samples are described in front of them."""
    imu = placed.imu
    return ImportedStreams(
        origin_ns=anchor.mono_ns,
        rate_hz=placed.stream.rate_hz,
        labels=tuple(placed.stream.labels[k] for k in kept),
        microvolts=placed.calibrated,
        imu_rate_hz=0.0 if imu is None else imu.rate_hz,
        imu_t0_s=0.0 if imu is None else imu.t0_s,
        model=data.format,
        remark=CLOCK_WORDS[data.clock],
    )


def session_message(
    recording_id: str, person: str, task: TaskSpec, settings: Settings
) -> dict[str, Any]:
    """Return the message ``session``; nothing in it names the file."""
    return describe_session(
        recording_id=recording_id,
        decoder_version=str(DECODER_VERSION),
        person=person or None,
        task=task.id,
        imported=True,
        side=task.working_side,
        side_assumed=task.side_assumed,
        belt_taps=False,
        settings_hash=settings.hash(),
        links=[SourceSpec(IMPORTED, "packet").to_dict()],
    )


def programme_message(task: TaskSpec) -> dict[str, Any]:
    """Return the message ``programme``: what was to be done."""
    return {
        "task": task.id,
        "together_margin_ms": task.together_margin_ms,
        "reps_per_set": task.reps_per_set,
    }


def device_message(
    data: FileData,
    placed: Located,
    kept: list[int],
    streams: ImportedStreams,
    warnings: tuple[str, ...],
) -> dict[str, Any]:
    """Return the message ``device``: what the samples are, and what the file was."""
    stream = placed.stream
    left = [
        label
        for one in data.streams
        for k, label in enumerate(one.labels)
        if one is not stream or k not in kept
    ]
    imu = placed.montage.pelvis_imu
    if imu is not None:
        left = [label for label in left if label not in (*imu.acc, *imu.gyr)]
    return {
        "profiles": [streams.profile.to_dict()],
        "simulated": False,
        "import": {
            "schema": SCHEMA,
            "format": data.format,
            "sha256": data.sha256,
            "size_bytes": data.path.stat().st_size,
            "clock": data.clock,
            "verified": data.clock in ("stamps", "counter"),
            "emg": {
                "labels": list(streams.labels),
                "units": [stream.units[k] for k in kept],
                "rate_hz": stream.rate_hz,
                "shape": [len(stream.samples), len(kept)],
                "dtype": "float64, or float32 where that loses nothing; little-endian",
            },
            "imu": None
            if placed.imu is None or imu is None
            else {
                "labels": [*imu.acc, *imu.gyr],
                "units": ["m/s2"] * 3 + ["rad/s"] * 3,
                "rate_hz": placed.imu.rate_hz,
                "t0_s": placed.imu.t0_s,
                "shape": [len(placed.imu.acc_m_s2), 6],
            },
            "left_out": left,
            "warnings": list(warnings),
        },
    }


def montage_of(placed: Located, kept: list[int]) -> Montage:
    """Return the montage in the names that a recording gives channels: EMG1, EMG2 ..."""
    order = [kept.index(column) for column in placed.columns]
    pairs = tuple((f"EMG{k + 1}", name) for k, name in zip(order, placed.channels, strict=True))
    return replace(placed.montage, channels=pairs, pelvis_imu=None, ignore=())
