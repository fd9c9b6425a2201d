"""Analysis of samples that are already there: the same pipeline, fed from arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from numbers import Real
from typing import TYPE_CHECKING, cast

import numpy as np

from firingorder.errors import UsageError
from firingorder.findings import ChannelFinding, RepetitionFinding
from firingorder.montage import NAMES
from firingorder.recording.readers.made_up import mark_made_up
from firingorder.samples import (
    BoolArray,
    EmgChunk,
    EmgLayout,
    FloatArray,
    Gap,
    ImuChunk,
    ImuLayout,
    StreamKind,
)
from firingorder.session.remarks import remarks
from firingorder.session.results import (
    Analysis,
    RecordingSummary,
    StreamSummary,
    analysis,
)
from firingorder.session.shares import Share
from firingorder.session.tally import StreamTally
from firingorder.session.tasking import asked_task, task_warnings
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.saturation import clipped
from firingorder.signal.settings import Settings
from firingorder.signal.wanted import RESULT_ONLY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firingorder.findings import Finding, Sides
    from firingorder.session.shares import Progress
    from firingorder.signal.case import Beside
    from firingorder.signal.task import TaskSpec

#: Told after each piece of an analysis, and None at its end: who keeps what is only drawn.
OnPiece = Callable[[Pipeline, "EmgChunk | ImuChunk | Gap | None"], None]

#: Samples go through the pipeline in pieces of this length, so that an hour of recording needs
#: the memory of seconds. The cutting does not change the findings.
_PIECE_S = 1.0
#: Hum of 60 Hz is told from what lies between its harmonics, at 90 Hz: no filter works below this.
LEAST_RATE_HZ = 200.0
_IMPOSSIBLE_UV = 1e12


@dataclass(frozen=True, slots=True)
class ImuSamples:
    """A pelvis IMU beside the EMG: ``acc_m_s2`` and ``gyr_rad_s`` are ``(n_samples, 3)``.

    ``t0_s`` is the instant of its first sample relative to the first EMG sample; ``mount_wxyz``
    turns sensor axes into the pelvis frame (x forward, y left, z up).
    """

    acc_m_s2: FloatArray
    gyr_rad_s: FloatArray
    rate_hz: float
    t0_s: float = 0.0
    mount_wxyz: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)


def analyse(
    samples: FloatArray,
    rate_hz: float,
    channels: tuple[str, ...] | list[str],
    settings: Settings | None = None,
    imu: ImuSamples | None = None,
    *,
    task: str = "bridge",
    side: Sides | None = None,
) -> Analysis:
    """Find onsets and firing order in an array of EMG.

    Parameters
    ----------
    samples
        ``(n_samples, n_channels)`` microvolts; NaN marks missing samples.
    rate_hz
        Sampling rate.
    channels
        Muscle names, for example ``gluteus_maximus_left``, one for each column.
    settings
        Settings of the analysis; the defaults if None.
    imu
        Pelvis IMU, if there is one. Without it repetitions come from the EMG.
    task
        Identity of the exercise.
    side
        The side that works; None: both if the exercise can be done so, else its first side.

    Returns
    -------
    Analysis
        Typed and frozen; ``to_dict()`` gives the JSON of ``firingorder.analysis/1``.

    Raises
    ------
    UsageError
        Names, shapes or the rate make no sense; the message says which.
    """
    emg_uv, names = _numbers(samples), _names(channels)
    if emg_uv.ndim != 2 or emg_uv.shape[1] != len(names):
        raise UsageError(
            f"samples must be (n_samples, {len(names)}) for the {len(names)} channels named, "
            f"not {emg_uv.shape}."
        )
    unknown = [name for name in names if name not in NAMES]
    if unknown or len(set(names)) != len(names):
        raise UsageError(f"Channels must be different names of {', '.join(NAMES)}; got {names}.")
    hz = _rate(rate_hz)
    emg_uv, told = mark_made_up(emg_uv, hz, range(len(names)), names)
    return analyse_samples(
        emg_uv,
        hz,
        names,
        imu=imu,
        task=asked_task(task, side),
        settings=settings or Settings(),
        warnings=tuple(told),
    )


def _numbers(samples: object) -> FloatArray:
    try:
        return np.asarray(samples, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(f"samples must be an array of numbers: {error}.") from error


def _names(channels: object) -> tuple[str, ...]:
    if not isinstance(channels, Iterable):
        raise UsageError(f"Channels must be a list of names, not {channels!r}.")
    return tuple(str(one) for one in cast("Iterable[object]", channels))


def _rate(rate_hz: object) -> float:
    if not isinstance(rate_hz, Real):  # numbers of NumPy are, too
        raise UsageError(f"The rate must be a number of samples a second, not {rate_hz!r}.")
    rate = float(rate_hz)
    if not 0 < rate < np.inf:
        raise UsageError(f"The rate must be positive, not {rate} Hz.")
    return rate


def analyse_samples(
    emg_uv: FloatArray,
    rate_hz: float,
    channels: tuple[str, ...],
    *,
    task: TaskSpec,
    settings: Settings,
    imu: ImuSamples | None = None,
    source: tuple[str, str] = ("", ""),
    warnings: tuple[str, ...] = (),
    keep_posteriors: bool = False,
    calibrated: bool = True,
    on_piece: OnPiece | None = None,
    beside: Beside | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Analyse arrays whose channels carry muscle names; ``source`` is (id, file name).

    Without ``calibrated`` the samples are no microvolts: no limit in microvolts holds.
    ``on_piece`` may take what is to be drawn (``pipeline.take_display``); ``beside`` judges while
    this process goes on.
    """
    emg_uv = without_impossible(emg_uv)
    warnings = (*task_warnings(task), *warnings)
    if rate_hz < LEAST_RATE_HZ:
        return _too_slow(emg_uv, rate_hz, channels, task, settings, source, warnings)
    emg = EmgLayout(rate_hz, channels, calibrated=calibrated)
    imu_layout = None if imu is None else ImuLayout(imu.rate_hz, imu.mount_wxyz)
    wanted = replace(RESULT_ONLY, display=on_piece is not None, beside=beside)
    pipeline = Pipeline(settings, task, emg, imu_layout, wanted=wanted)
    if keep_posteriors:
        pipeline.keep_posteriors()
    tallies: dict[StreamKind, StreamTally] = {"emg": StreamTally("emg", rate_hz)}
    if imu is not None:
        tallies["imu"] = StreamTally("imu", imu.rate_hz)
    items = _counted(_in_time(emg_uv, rate_hz, imu), tallies, Share(progress, len(emg_uv)))
    repetitions = _run(pipeline, items, on_piece)
    found, tally = len(repetitions), tallies["emg"]
    known, said = remarks(
        pipeline, task, settings, repetitions=found, tally=tally, has_imu=imu is not None
    )
    return analysis(
        settings_hash=settings.hash(),
        recording=RecordingSummary(
            id=source[0],
            file=source[1],
            duration_s=tally.duration_s,
            task=task.id,
            simulated=False,
            side=task.working_side,
            streams=tuple(stream_summary(one) for one in tallies.values()),
        ),
        channels=known,
        repetitions=tuple(repetitions),
        sets=pipeline.sets(),
        warnings=(*warnings, *said),
        posteriors=pipeline.posteriors(),
        accounts=pipeline.accounts(),
    )


def _counted(
    items: Iterable[EmgChunk | ImuChunk | Gap], tallies: dict[StreamKind, StreamTally], share: Share
) -> Iterator[EmgChunk | ImuChunk | Gap]:
    """Pass the items on, counted."""
    for item in items:
        if isinstance(item, Gap):
            tallies[item.stream].add_gap(item)
        else:
            tallies["emg" if isinstance(item, EmgChunk) else "imu"].add_chunk(item)
        if isinstance(item, EmgChunk):
            share.add(len(item.emg_uv))
        yield item


def _run(
    pipeline: Pipeline, items: Iterable[EmgChunk | ImuChunk | Gap], on_piece: OnPiece | None
) -> list[RepetitionFinding]:
    """Return the repetitions of all items."""
    findings: list[Finding] = []
    for item in items:
        findings += pipeline.step(item)
        if on_piece is not None:
            on_piece(pipeline, item)
    findings += pipeline.finish()
    if on_piece is not None:
        on_piece(pipeline, None)
    return [one for one in findings if isinstance(one, RepetitionFinding)]


def without_impossible(emg_uv: FloatArray) -> FloatArray:
    """Return the samples with NaN for what no electrode gives: infinity, and beyond a megavolt."""
    largest = np.fmax.reduce(emg_uv, axis=None, initial=0.0)
    least = np.fmin.reduce(emg_uv, axis=None, initial=0.0)
    if max(largest, -least) < _IMPOSSIBLE_UV:
        return emg_uv
    return np.where(np.abs(emg_uv) < _IMPOSSIBLE_UV, emg_uv, np.nan)


def _too_slow(
    emg_uv: FloatArray,
    rate_hz: float,
    channels: tuple[str, ...],
    task: TaskSpec,
    settings: Settings,
    source: tuple[str, str],
    warnings: tuple[str, ...],
) -> Analysis:
    """Return the result of samples too slow to be filtered: every channel is unusable."""
    tally = StreamTally("emg", rate_hz)
    for item in _emg_pieces(emg_uv, rate_hz):
        if isinstance(item, Gap):
            tally.add_gap(item)
        else:
            tally.add_chunk(item)
    unusable = [
        ChannelFinding(name, None, None, False, None, False, ("rate_too_low",)) for name in channels
    ]
    lowest_hz = settings.conditioning.lowest_rate_hz
    told = (
        f"The rate is {rate_hz:g} Hz: EMG cannot be told from what is slower. Onsets need at least "
        f"{lowest_hz:g} Hz. If the rate is wrong, mend it in the file, where times without a unit "
        "are seconds; --rate is for files without times."
    )
    return analysis(
        settings_hash=settings.hash(),
        recording=RecordingSummary(
            id=source[0],
            file=source[1],
            duration_s=tally.duration_s,
            task=task.id,
            simulated=False,
            streams=(stream_summary(tally),),
            side=task.working_side,
        ),
        channels=tuple(unusable),
        repetitions=(),
        sets=(),
        warnings=(*warnings, told),
    )


def stream_summary(tally: StreamTally) -> StreamSummary:
    """Return the summary of a counted stream."""
    return StreamSummary(
        kind=tally.kind,
        rate_hz=tally.rate_hz,
        rate_measured_hz=tally.rate_measured_hz,
        samples=tally.samples,
        lost_samples=tally.lost_samples,
        outage_s=tally.outage_s,
        gaps=tuple(tally.gaps),
    )


def _in_time(
    emg_uv: FloatArray, rate_hz: float, imu: ImuSamples | None
) -> Iterator[EmgChunk | ImuChunk | Gap]:
    """Yield both streams as pieces in the order of time, as a device would send them."""
    pending = list(_imu_pieces(imu)) if imu is not None else []
    for piece in _emg_pieces(emg_uv, rate_hz):
        while pending and _start_s(pending[0]) <= _start_s(piece):
            yield pending.pop(0)
        yield piece
    yield from pending


def _start_s(piece: EmgChunk | ImuChunk | Gap) -> float:
    return piece.start_s if isinstance(piece, Gap) else piece.t0_s


def _emg_pieces(emg_uv: FloatArray, rate_hz: float) -> Iterator[EmgChunk | Gap]:
    missing: BoolArray = np.asarray(np.isnan(emg_uv).all(axis=1))
    saturated = clipped(emg_uv)
    piece = max(1, round(_PIECE_S * rate_hz))
    for start, stop in _runs(missing):
        if missing[start]:
            yield Gap("emg", "loss", start, stop - start, start / rate_hz, stop / rate_hz)
            continue
        for first in range(start, stop, piece):
            rows = slice(first, min(first + piece, stop))
            yield EmgChunk(first, first / rate_hz, rate_hz, emg_uv[rows], saturated[rows])


def _imu_pieces(imu: ImuSamples) -> Iterator[ImuChunk | Gap]:
    # A sample with one axis missing says nothing about the pose.
    six = np.concatenate([imu.acc_m_s2, imu.gyr_rad_s], axis=1)
    missing: BoolArray = np.asarray(np.isnan(six).any(axis=1))
    piece = max(1, round(_PIECE_S * imu.rate_hz))
    for start, stop in _runs(missing):
        start_s, stop_s = (imu.t0_s + index / imu.rate_hz for index in (start, stop))
        if missing[start]:
            yield Gap("imu", "loss", start, stop - start, start_s, stop_s)
            continue
        for first in range(start, stop, piece):
            last = min(first + piece, stop)
            yield ImuChunk(
                first,
                imu.t0_s + first / imu.rate_hz,
                imu.rate_hz,
                imu.acc_m_s2[first:last],
                imu.gyr_rad_s[first:last],
            )


def _runs(missing: BoolArray) -> Iterator[tuple[int, int]]:
    """Yield the runs of samples that are all there, or all missing."""
    edges = np.flatnonzero(np.diff(missing)) + 1
    bounds: list[int] = [0, *edges.tolist(), len(missing)]
    yield from ((start, stop) for start, stop in pairwise(bounds) if start < stop)
