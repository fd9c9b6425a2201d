"""Looks into a file of another program before it is imported: streams, names, plausibility."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.errors import UsageError
from firingorder.firmware_bridge.profile import FULL_CLAIM_HZ, ORDER_CLAIM_HZ
from firingorder.montage import Montage, muscle_of_label
from firingorder.recording.readers import FileData, FileStream, read_file
from firingorder.session.arrays import LEAST_RATE_HZ
from firingorder.session.exchange.importing_facts import CLOCK_WORDS
from firingorder.signal.saturation import clipped

if TYPE_CHECKING:
    from firingorder.recording.readers.filedata import ClockKind
    from firingorder.samples import BoolArray, FloatArray

#: So much of the beginning is shown.
FIRST_S = 5.0
#: Surface EMG has most of its power between 50 and 150 Hz and little beyond 500 Hz (De Luca CJ, J
#: Appl Biomech 1997;13:135, doi 10.1123/jab.13.2.135). Half of the power below or above these is
#: no muscle, or a rate that is wrong by a factor: design choices, far outside of that range.
LEAST_MEDIAN_HZ, MOST_MEDIAN_HZ = 20.0, 400.0
#: Drift of electrodes and movement lie below this and are no EMG.
_DRIFT_HZ = 5.0
#: The spectrum is taken over at most this much, from the middle of the file.
_SPECTRUM_S = 20.0
_SEGMENT_S = 0.5


@dataclass(frozen=True, slots=True)
class PreviewSignal:
    """One signal of a file.

    Attributes
    ----------
    label, unit
        As read; ``uV`` for every voltage.
    muscle
        What the label says it is; empty where it says nothing or another label says the same.
    rms, least, most
        In its unit, without its mean; NaN where there is no sample.
    missing, clipped
        Shares of its samples, 0 to 1.
    remarks
        What speaks against it, in sentences.
    """

    label: str
    unit: str
    muscle: str
    rms: float
    least: float
    most: float
    missing: float
    clipped: float
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreviewStream:
    """Signals of one rate, and their beginning: ``first`` is ``(n_samples, n_signals)``."""

    rate_hz: float
    duration_s: float
    t0_s: float
    signals: tuple[PreviewSignal, ...]
    first: FloatArray


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file holds, and how it would be imported.

    Attributes
    ----------
    montage
        By the labels alone; None where none of them names a muscle.
    unmatched
        Labels that name no muscle.
    doubled
        Labels that name a muscle which another label names, too: a person must choose.
    warnings
        Of the reader, and about clock and rate.
    """

    path: Path
    format: str
    sha256: str
    clock: ClockKind
    streams: tuple[PreviewStream, ...]
    markers: tuple[tuple[float, str], ...]
    montage: Montage | None
    unmatched: tuple[str, ...]
    doubled: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels of the file."""
        return tuple(one.label for stream in self.streams for one in stream.signals)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON for programs, without the samples."""
        return {
            "schema": "firingorder.preview/1",
            "file": self.path.name,
            "format": self.format,
            "sha256": self.sha256,
            "clock": self.clock,
            "streams": [_stream_dict(one) for one in self.streams],
            "markers": len(self.markers),
            "montage": None if self.montage is None else self.montage.to_dict(),
            "unmatched": list(self.unmatched),
            "doubled": list(self.doubled),
            "warnings": list(self.warnings),
        }


def preview_file(path: Path | str, rate_hz: float | None = None) -> Preview:
    """Read a file and say what is in it; nothing is written.

    Raises
    ------
    FiringOrderError
        The file cannot be read; the message says why and what to do.
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    data = read_file(path, rate_hz=rate_hz)
    named = {label: muscle_of_label(label) for s in data.streams for label in s.labels}
    muscles = [muscle for muscle in named.values() if muscle is not None]
    doubled = tuple(k for k, muscle in named.items() if muscle and muscles.count(muscle) > 1)
    sure = {k: m for k, m in named.items() if m is not None and k not in doubled}
    return Preview(
        path,
        data.format,
        data.sha256,
        data.clock,
        tuple(_stream(one, sure) for one in data.streams),
        data.markers,
        Montage(tuple(sure.items())) if sure else None,
        tuple(label for label, muscle in named.items() if muscle is None),
        doubled,
        (*data.warnings, *_about_time(data, sure)),
    )


def _about_time(data: FileData, sure: dict[str, str]) -> list[str]:
    told = [CLOCK_WORDS[data.clock]] if data.clock in ("nominal", "given") else []
    for stream in data.streams:
        volts = [
            label
            for label, unit in zip(stream.labels, stream.units, strict=True)
            if unit == "uV" or label in sure
        ]
        if not volts:
            continue
        first = volts[0] + (f" and {len(volts) - 1} more" if len(volts) > 1 else "")
        if stream.rate_hz < LEAST_RATE_HZ:
            told.append(f"{first}: {stream.rate_hz:g} samples a second are too few for EMG.")
        elif stream.rate_hz < ORDER_CLAIM_HZ:
            told.append(
                f"{first}: {stream.rate_hz:g} samples a second are too few to tell an order."
            )
        elif stream.rate_hz < FULL_CLAIM_HZ:
            told.append(f"{first}: at {stream.rate_hz:g} Hz onsets are less sure.")
    return told


def _stream(stream: FileStream, sure: dict[str, str]) -> PreviewStream:
    samples = stream.samples
    limits = clipped(samples) if len(samples) else np.zeros(samples.shape, dtype=np.bool_)
    signals = tuple(
        _signal(label, unit, sure.get(label, ""), samples[:, k], limits[:, k], stream.rate_hz)
        for k, (label, unit) in enumerate(zip(stream.labels, stream.units, strict=True))
    )
    return PreviewStream(
        stream.rate_hz,
        len(samples) / stream.rate_hz,
        stream.t0_s,
        signals,
        samples[: round(FIRST_S * stream.rate_hz)].copy(),
    )


def _signal(
    label: str, unit: str, muscle: str, x: FloatArray, at_limit: BoolArray, rate_hz: float
) -> PreviewSignal:
    present = x[~np.isnan(x)]
    if not present.size:
        return PreviewSignal(
            label, unit, muscle, np.nan, np.nan, np.nan, 1.0, 0.0, ("It holds no sample.",)
        )
    rms = float(np.std(present))
    remarks: list[str] = []
    if rms == 0:
        remarks.append("It holds one value all through: nothing was connected.")
    share = float(np.mean(at_limit))
    if share:
        remarks.append(f"{100 * share:.2g} % of its samples lie at the limit of the converter.")
    if unit in ("uV", "counts", "") or muscle:
        told = _spectrum_remark(x, rate_hz)
        remarks += [told] if told else []
    missing = 1.0 - present.size / x.size
    least, most = float(present.min()), float(present.max())
    return PreviewSignal(label, unit, muscle, rms, least, most, missing, share, tuple(remarks))


def _spectrum_remark(x: FloatArray, rate_hz: float) -> str | None:
    """Return what the spectrum says against muscle, or against the rate; None if nothing."""
    length = min(len(x), round(_SPECTRUM_S * rate_hz))
    begin = (len(x) - length) // 2
    part = x[begin : begin + length]
    part = np.where(np.isnan(part), np.nanmean(x), part)
    segment = round(_SEGMENT_S * rate_hz)
    if segment < 16 or len(part) < 2 * segment or np.ptp(part) == 0:
        return None
    pieces = part[: len(part) // segment * segment].reshape(-1, segment)
    pieces = (pieces - pieces.mean(axis=1, keepdims=True)) * np.hanning(segment)
    hz = np.fft.rfftfreq(segment, 1.0 / rate_hz)
    power = (np.abs(np.fft.rfft(pieces, axis=1)) ** 2).mean(axis=0)
    power[hz < _DRIFT_HZ] = 0.0
    total = float(power.sum())
    if total <= 0:
        return None
    median_hz = float(hz[np.searchsorted(np.cumsum(power), 0.5 * total)])
    if LEAST_MEDIAN_HZ <= median_hz <= MOST_MEDIAN_HZ:
        return None
    where = "below" if median_hz < LEAST_MEDIAN_HZ else "above"
    rate = "higher" if median_hz < LEAST_MEDIAN_HZ else "lower"
    return (
        f"Half of its power lies {where} {median_hz:.0f} Hz: this is no muscle, or the true rate "
        f"is several times {rate} than {rate_hz:g} Hz."
    )


def _stream_dict(stream: PreviewStream) -> dict[str, Any]:
    return {
        "rate_hz": stream.rate_hz,
        "duration_s": stream.duration_s,
        "t0_s": stream.t0_s,
        "signals": [
            {
                name: None if isinstance(value, float) and np.isnan(value) else value
                for name, value in ((name, getattr(one, name)) for name in PreviewSignal.__slots__)
            }
            for one in stream.signals
        ],
    }
