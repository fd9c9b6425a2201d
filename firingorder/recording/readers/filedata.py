"""What every reader of a foreign file returns, and how it brings voltages to microvolts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from firingorder.samples import FloatArray

#: What the times of a file rest on: its own time stamps, its sample counter, the rate it states, or
#: a rate that the person gave. Only the first two are a clock.
ClockKind = Literal["stamps", "counter", "nominal", "given"]

#: Surface EMG is at most about 10 mV peak to peak (De Luca CJ 2002, "Surface electromyography:
#: detection and recording", DelSys Inc.): a standard deviation of that is no voltage at the skin.
IMPLAUSIBLE_SD_UV = 10_000.0
#: The input noise of a good EMG amplifier alone is about this (ADS1299: some 0.4 uV RMS in 500 Hz);
#: a whole signal below it is no EMG in microvolts.
IMPLAUSIBLE_RMS_UV = 0.5

_MICROVOLTS = {
    "v": 1e6,
    "volt": 1e6,
    "volts": 1e6,
    "mv": 1e3,
    "millivolt": 1e3,
    "millivolts": 1e3,
    "uv": 1.0,
    "\u00b5v": 1.0,  # micro sign
    "\u03bcv": 1.0,  # Greek mu, which looks the same
    "microv": 1.0,
    "microvolt": 1.0,
    "microvolts": 1.0,
    "nv": 1e-3,
    "nanovolt": 1e-3,
    "nanovolts": 1e-3,
}


@dataclass(frozen=True, slots=True)
class FileStream:
    """Signals of one rate.

    Attributes
    ----------
    labels, units
        One of each per column, as the file says; a voltage is ``uV`` whatever the file had.
    rate_hz
        Samples per second.
    samples
        ``(n_samples, n_columns)``; microvolts where the unit is ``uV``; NaN is a missing sample.
    t0_s
        Instant of the first sample after the first sample of the file.
    """

    labels: tuple[str, ...]
    units: tuple[str, ...]
    rate_hz: float
    samples: FloatArray
    t0_s: float = 0.0


@dataclass(frozen=True, slots=True)
class FileData:
    """The content of a file of another program: streams, marks in seconds, what to know of it.

    Nothing in it names a person or a device: headers that do are dropped by the readers.
    """

    path: Path
    format: str
    sha256: str
    streams: tuple[FileStream, ...]
    markers: tuple[tuple[float, str], ...] = ()
    warnings: tuple[str, ...] = ()
    clock: ClockKind = "nominal"


def microvolts_per(unit: str) -> float | None:
    """Return the microvolts of one ``unit``, or None when it is not a voltage.

    ``MV`` is not taken for mV: a megavolt is nonsense, but so would be a silent factor of 1000.
    """
    text = unit.strip()
    return None if text.startswith("MV") else _MICROVOLTS.get(text.lower())


def assumed_microvolts_warning(labels: Sequence[str]) -> str:
    """Return the sentence that says which signals were taken for microvolts without being told."""
    return f"No unit is given for {_listed(labels)}: microvolts are assumed."


def implausible_warning(labels: Sequence[str], samples: FloatArray) -> str | None:
    """Return a warning for signals that can hardly be microvolts, None when all can be."""
    small = [
        label
        for label, column in zip(labels, samples.T, strict=True)
        if 0 < _spread(column) < IMPLAUSIBLE_RMS_UV
    ]
    if not small:
        return None
    return (
        f"As microvolts {_listed(small)} would be quieter than any amplifier: "
        f"probably volts or millivolts. State the unit in the file."
    )


def too_large_warning(labels: Sequence[str], samples: FloatArray) -> str | None:
    """Return a warning for voltages that no skin gives, None when all are possible."""
    large = [
        label
        for label, column in zip(labels, samples.T, strict=True)
        if _spread(column) > IMPLAUSIBLE_SD_UV
    ]
    if not large:
        return None
    named = _listed(large[:6]) + (f" and {len(large) - 6} more" if len(large) > 6 else "")
    return (
        f"{named}: more than 10 mV, which no muscle gives at the skin. The file holds the "
        f"output of an amplifier or counts of a converter under the name of a voltage."
    )


def counts_warning(labels: Sequence[str], why: str) -> str:
    """Return the sentence for signals that stay counts of a converter; ``why`` ends it."""
    return f"{_listed(labels)}: counts of the converter, no microvolts ({why})."


def column_units(units: Sequence[str]) -> tuple[tuple[str, ...], FloatArray]:
    """Return the units with ``uV`` for every voltage, and the factor of each column."""
    scales = [microvolts_per(unit) for unit in units]
    named = ("uV" if s is not None else u.strip() for u, s in zip(units, scales, strict=True))
    return tuple(named), np.array([1.0 if s is None else s for s in scales])


def unique_labels(labels: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the labels with ``#2``, ``#3`` behind repeated ones, and a warning for each."""
    count: dict[str, int] = {}
    out: list[str] = []
    for label in labels:
        count[label] = count.get(label, 0) + 1
        out.append(label if count[label] == 1 else f"{label}#{count[label]}")
    warnings = [
        f"The label {label!r} stands {n} times; the later ones are called {label}#2"
        f"{'' if n == 2 else ' and so on'}."
        for label, n in count.items()
        if n > 1
    ]
    return tuple(out), warnings


def _spread(column: FloatArray) -> float:
    present = column[~np.isnan(column)]
    return float(np.std(present)) if present.size else 0.0


def _listed(labels: Sequence[str]) -> str:
    return ", ".join(labels)
