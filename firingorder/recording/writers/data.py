"""What leaves in an export: streams on their grids, what was found in them, and where from.

Nothing in it says who it is of: codes, dates and words were replaced before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from datetime import datetime

    from firingorder.findings import RepetitionFinding
    from firingorder.samples import FloatArray, StreamKind

#: Short forms of muscles for formats whose labels have 16 characters; the readers know them.
_SHORT = {
    "gluteus_maximus": "GMAX",
    "gluteus_medius": "GMED",
    "hamstring": "HAM",
    "erector_spinae": "ES",
    "tensor_fasciae_latae": "TFL",
}
#: Six channels of a motion sensor, in the order of its columns.
IMU_NAMES = tuple(
    f"pelvis_imu_{sensor}_{axis}" for sensor in ("acc", "gyr") for axis in ("x", "y", "z")
)
IMU_UNITS = ("m/s^2",) * 3 + ("rad/s",) * 3
#: Unit of samples that were never brought to microvolts.
ARBITRARY = "a.u."


@dataclass(frozen=True, slots=True)
class ExportGap:
    """Samples that are missing, seconds of device time; ``uncertain``: the length is estimated."""

    start_s: float
    end_s: float
    kind: str
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class ExportStream:
    """One stream on its grid.

    Attributes
    ----------
    names, units
        One of each per column: muscles, or ``pelvis_imu_acc_x`` and so on.
    rate_hz
        Nominal rate on the device's clock.
    samples
        ``(n_samples, n_channels)``, NaN where a sample is missing.
    time_s
        ``(n_samples,)`` device time of each row, also of those that are missing.
    steps
        Value of one count of the converter by column; None where it is not known, or where the
        samples are no whole counts.
    gaps
        What is missing, in order of time.
    """

    kind: StreamKind
    names: tuple[str, ...]
    units: tuple[str, ...]
    rate_hz: float
    samples: FloatArray
    time_s: FloatArray
    steps: tuple[float | None, ...]
    gaps: tuple[ExportGap, ...] = ()

    @property
    def start_s(self) -> float:
        """Device time of the first row."""
        return float(self.time_s[0])

    @property
    def unevenness_s(self) -> float:
        """Farthest that a sample lies from where an even grid from the first one would have it."""
        even_s = self.time_s[0] + np.arange(len(self.time_s)) / self.rate_hz
        return float(np.max(np.abs(self.time_s - even_s)))


@dataclass(frozen=True, slots=True)
class ExportEvent:
    """Something that happened: a mark, a device's button, pain, a stop, a set.

    ``at_s`` is device time, None before the first sample; ``value`` a number that belongs to it.
    """

    kind: str
    at_s: float | None
    text: str = ""
    value: float | None = None
    duration_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """Where an export comes from, and what is not in it.

    Attributes
    ----------
    subject
        ``sub-01``: who it is of in this export.
    task, side
        Id of the exercise and the working side.
    start
        When it was recorded, moved by the person's own shift unless the true date was asked for;
        None where no date leaves.
    dates
        "shifted", "true" or "left out".
    recording_sha256
        Of the recording's first file; ties an export to its source without saying whose it is.
    device
        Facts of the device by name, its serial number hashed.
    filters
        What the samples went through, sentences.
    corrected
        How many values a person changed.
    left_out
        What did not go along, sentences.
    notes
        What whoever reads the export must know, sentences.
    """

    subject: str
    task: str
    side: str
    start: datetime | None
    dates: str
    software_version: str
    settings_hash: str
    recording_sha256: str
    simulated: bool
    imported: bool
    calibrated: bool
    ham_site: str
    device: dict[str, Any] = field(default_factory=dict[str, Any])
    filters: tuple[str, ...] = ()
    corrected: int = 0
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportData:
    """Everything that an export is written from.

    ``edited`` are the (repetition, channel) whose onset a person set or took away.
    """

    emg: ExportStream
    imu: ExportStream | None
    repetitions: tuple[RepetitionFinding, ...]
    events: tuple[ExportEvent, ...]
    facts: ExportFacts
    edited: frozenset[tuple[int, str]] = frozenset()

    @property
    def streams(self) -> tuple[ExportStream, ...]:
        """The streams that there are, EMG first."""
        return (self.emg,) if self.imu is None else (self.emg, self.imu)


def short_label(name: str) -> str:
    """Return a channel's name in at most 16 characters: ``GMAX_L``, ``PELVIS_ACC_X``."""
    muscle, _, side = name.rpartition("_")
    if muscle in _SHORT:
        return f"{_SHORT[muscle]}_{side[:1].upper()}"
    return name.replace("_imu_", "_").upper()[:16]


def facts_to_dict(facts: ExportFacts) -> dict[str, Any]:
    """Return the facts as they stand in the JSON beside an export."""
    return {
        "schema": "firingorder.export/1",
        "subject": facts.subject,
        "task": facts.task,
        "side": facts.side,
        "start": None if facts.start is None else facts.start.isoformat(timespec="seconds"),
        "dates": facts.dates,
        "software": {"name": "firingorder", "version": facts.software_version},
        "settings_hash": facts.settings_hash,
        "recording_sha256": facts.recording_sha256,
        "simulated": facts.simulated,
        "imported": facts.imported,
        "calibrated": facts.calibrated,
        "ham_site": facts.ham_site,
        "device": facts.device,
        "filters": list(facts.filters),
        "corrected": facts.corrected,
        "left_out": list(facts.left_out),
        "notes": list(facts.notes),
    }
