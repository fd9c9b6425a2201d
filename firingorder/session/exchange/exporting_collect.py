"""A recording as arrays on one device time axis, with what was found in it.

The engine runs over the recording as it does for a result, and what it decodes is kept on the way:
links that were joined, names that were exchanged, outages, restarts and further files are then
treated as everywhere else. Where the findings are known already, only the decoder runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from firingorder.errors import FileFormatError
from firingorder.findings import Event, MarkerEvent, TrainingFinding
from firingorder.firmware_bridge.hello import StreamKindCode, Unit
from firingorder.recording.writers import (
    ARBITRARY,
    IMU_NAMES,
    IMU_UNITS,
    ExportGap,
    ExportStream,
)
from firingorder.samples import EmgChunk, Gap, ImuChunk
from firingorder.session.engine import Engine
from firingorder.session.files import (
    FileOptions,
    engine_analysis,
    recorded_inputs,
    recording_setup,
)
from firingorder.session.inputs import Calibrate, Input, Rx, Train
from firingorder.session.parts import parts
from firingorder.signal.wanted import LED, RESULT_ONLY

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from firingorder.firmware_bridge.profile import CapabilityProfile
    from firingorder.recording.reader import Recording
    from firingorder.samples import FloatArray, StreamKind
    from firingorder.session.results import Analysis

#: Of a count: what 24 bits in floating point are beside a whole number is a thousandth of it.
_COUNT_ERROR = 1e-5
#: Reads between two reports of progress.
_REPORT_EVERY = 200


@dataclass(frozen=True, slots=True)
class Collected:
    """What a recording holds.

    Attributes
    ----------
    analysis
        None where only the decoder ran.
    start_utc_s
        The first EMG sample by the clock of the host.
    sensor_words
        How the clocks of two devices were joined; empty for one device.
    """

    emg: ExportStream
    imu: ExportStream | None
    events: tuple[Event, ...]
    analysis: Analysis | None
    profiles: tuple[CapabilityProfile | None, ...]
    simulated: bool
    start_utc_s: float
    sensor_words: str


@dataclass(slots=True)
class _Kept:
    """Pieces of one stream: place, time and values."""

    pieces: list[tuple[int, float, FloatArray]] = field(
        default_factory=list[tuple[int, float, "FloatArray"]]
    )
    gaps: list[Gap] = field(default_factory=list[Gap])
    rate_hz: float = 0.0


class _Collecting(Engine):
    """An engine that keeps the samples it is given, in session time.

    Without ``analyses`` nothing is looked for: the samples go no further.
    """

    analyses = True

    def keep_in(self, kept: dict[StreamKind, _Kept]) -> None:
        """Say where the samples go."""
        self._kept = kept

    def feed(self, item: Input) -> list[Event]:
        """Take the next input. What only reads bytes has nobody to lead and nothing to judge."""
        if self.analyses or not isinstance(item, Rx):
            return super().feed(item)
        self.count += 1
        self.reads += 1
        events: list[Event] = []
        if self.refused is None:
            self.items = tuple(self.receivers[item.link].feed(item.data, item.t_ns))
            for decoded in self.items:
                if self.refused is None:
                    events += self._decoded(decoded, item.link)
        return events

    def _samples(self, item: EmgChunk | ImuChunk | Gap) -> list[Event]:
        match item:
            case Gap():
                self._kept[item.stream].gaps.append(item)
            case EmgChunk():
                kept = self._kept["emg"]
                kept.rate_hz = item.rate_hz
                kept.pieces.append((item.index0, item.t0_s, item.emg_uv))
            case ImuChunk():
                kept = self._kept["imu"]
                kept.rate_hz = item.rate_hz
                six = np.concatenate([item.acc_m_s2, item.gyr_rad_s], axis=1)
                kept.pieces.append((item.index0, item.t0_s, six))
        if self.analyses:
            return super()._samples(item)
        if isinstance(item, EmgChunk) and self.taps is not None:
            mine = item.emg_uv[:, list(self.columns)]
            skew_s = self.layouts[0].skew_s
            self.taps.emg(_with(item, mine), skew_s)
        return []


def collect(
    recording: Recording,
    *,
    analyse: bool = True,
    progress: Callable[[float], None] | None = None,
) -> Collected:
    """Decode a recording with everything that continues it.

    Parameters
    ----------
    recording
        One of ours; it may be unfinished or damaged.
    analyse
        False where the findings come from elsewhere. The signal chain then runs only where names
        or events depend on it: with a calibration or a training.
    progress
        Called with the share that is done, 0 to 1.

    Raises
    ------
    FileFormatError
        It holds no EMG.
    """
    files = parts(recording)
    led = any(part.programme.get("training") is True for part in files)
    size = sum(part.path.stat().st_size for part in files)
    engine, kept, events = _run(recording, progress, size, analyse=analyse or led, led=led)
    if engine is None:
        engine, kept, events = _run(recording, progress, size, analyse=True, led=led)
    assert engine is not None
    if not kept["emg"].pieces:
        raise FileFormatError(f"{recording.path} holds no EMG samples; there is nothing to export.")
    return Collected(
        emg=_emg(kept["emg"], engine),
        imu=_imu(kept["imu"]),
        events=tuple(events),
        analysis=engine_analysis(engine, recording) if engine.analyses else None,
        profiles=tuple(engine.profiles),
        simulated=engine.simulated,
        start_utc_s=_start_utc_s(engine, recording),
        sensor_words="" if engine.taps is None else engine.taps.words,
    )


def _run(
    recording: Recording,
    progress: Callable[[float], None] | None,
    size: int,
    *,
    analyse: bool,
    led: bool,
) -> tuple[_Collecting | None, dict[StreamKind, _Kept], list[Event]]:
    """Run a recording through the engine; no engine comes back where it must look for things.

    Names and events depend on the signal chain as soon as somebody calibrates or trains.
    """
    wanted = LED if led else RESULT_ONLY
    engine = _Collecting(recording_setup(recording, FileOptions()), wanted=wanted)
    engine.analyses = analyse
    kept: dict[StreamKind, _Kept] = {"emg": _Kept(), "imu": _Kept()}
    engine.keep_in(kept)
    events: list[Event] = []
    read = 0
    for count, item in enumerate(recorded_inputs(recording)):
        if isinstance(item, Calibrate | Train) and not analyse:
            return None, kept, []
        if isinstance(item, Rx):
            read += len(item.data)
        if progress is not None and count % _REPORT_EVERY == 0:
            progress(min(1.0, read / max(1, size)))  # packed, reads are somewhat shorter
        events += _wanted(engine.feed(item))
    events += _wanted(engine.finish())
    return engine, kept, events


def _start_utc_s(engine: Engine, recording: Recording) -> float:
    """Return the instant of the first sample by the clock of the host."""
    host_ns = engine.receiver.host_ns(0.0)
    at_ns = recording.anchor.mono_ns if host_ns is None else round(host_ns)
    return 1e-9 * recording.anchor.log_time(at_ns)


def _wanted(events: list[Event]) -> list[Event]:
    return [one for one in events if isinstance(one, MarkerEvent | TrainingFinding)]


def _with(chunk: EmgChunk, emg_uv: FloatArray) -> EmgChunk:
    return EmgChunk(chunk.index0, chunk.t0_s, chunk.rate_hz, emg_uv, chunk.saturated)


def _emg(kept: _Kept, engine: Engine) -> ExportStream:
    samples, time_s = _grid(kept)
    columns = list(engine.columns)
    calibrated = engine.layouts[0].calibrated
    steps = _steps(engine, samples.shape[1])
    mine = np.ascontiguousarray(samples[:, columns])
    return ExportStream(
        kind="emg",
        names=engine.channels,
        units=("uV" if calibrated else ARBITRARY,) * len(columns),
        rate_hz=kept.rate_hz,
        samples=mine,
        time_s=time_s,
        steps=tuple(_whole(mine[:, k], steps[column]) for k, column in enumerate(columns)),
        gaps=_gaps(kept),
    )


def _imu(kept: _Kept) -> ExportStream | None:
    if not kept.pieces:
        return None
    samples, time_s = _grid(kept)
    return ExportStream(
        kind="imu",
        names=IMU_NAMES,
        units=IMU_UNITS,
        rate_hz=kept.rate_hz,
        samples=samples,
        time_s=time_s,
        steps=(None,) * len(IMU_NAMES),
        gaps=_gaps(kept),
    )


def _grid(kept: _Kept) -> tuple[FloatArray, FloatArray]:
    """Return samples and times on the stream's grid, from its first sample to its last one."""
    lengths = np.array([len(values) for _, _, values in kept.pieces], np.int64)
    begins = np.array([index for index, _, _ in kept.pieces], np.int64)
    first, length = int(begins.min()), int((begins + lengths).max() - begins.min())
    samples = np.full((length, kept.pieces[0][2].shape[1]), np.nan)
    time_s = np.full(length, np.nan)
    spans = [np.arange(index, index + len(values)) for index, _, values in kept.pieces]
    rows: NDArray[np.int64] = np.concatenate(spans) - first
    within = rows + first - np.repeat(begins, lengths)
    samples[rows] = np.concatenate([values for _, _, values in kept.pieces])
    t0_s = np.array([t0_s for _, t0_s, _ in kept.pieces])
    time_s[rows] = np.repeat(t0_s, lengths) + within / kept.rate_hz
    known = ~np.isnan(time_s)
    if not known.all():
        places = np.arange(length)
        time_s[~known] = np.interp(places[~known], places[known], time_s[known])
    return samples, time_s


def _gaps(kept: _Kept) -> tuple[ExportGap, ...]:
    return tuple(ExportGap(one.start_s, one.end_s, one.kind, one.uncertain) for one in kept.gaps)


def _steps(engine: Engine, channels: int) -> list[float | None]:
    """Return the value of one count of each channel of the device, where it says so."""
    hello = engine.hello
    if hello is not None:
        emg = hello.stream_of_kind(StreamKindCode.EMG)
        if emg is not None and emg.unit in (Unit.MICROVOLT, Unit.COUNTS):
            return [float(np.float64(np.float32(one))) for one in emg.scale]
    profile = engine.profile
    one = None if profile is None else profile.uv_per_count
    return [one] * channels


def _whole(values: FloatArray, step: float | None) -> float | None:
    """Return a step where all values are whole counts of it: a source may give fractions."""
    if step is None or step <= 0.0:
        return None
    counts = values[~np.isnan(values)] / step
    return step if np.all(np.abs(counts - np.rint(counts)) < _COUNT_ERROR) else None


def device_facts(profiles: tuple[CapabilityProfile | None, ...]) -> list[dict[str, Any]]:
    """Return what the devices said of themselves, without what names one of them."""
    names = (
        "adapter", "firmware", "bits", "bandwidth_hz", "skew_us", "group_delay_us",
        "uv_per_count", "time_source", "integrity", "emg_rate_hz", "imu_rate_hz",
    )  # fmt: skip
    return [
        {name: cast("object", getattr(one, name)) for name in names}
        for one in profiles
        if one is not None
    ]
