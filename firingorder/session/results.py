"""The result of an analysis: typed and frozen, and as JSON of schema ``firingorder.analysis/1``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder import __version__
from firingorder.session.events import (
    age_to_dict,
    burst_to_dict,
    forecast_to_dict,
    milliseconds,
    probability,
    repetition_to_dict,
    seconds,
)
from firingorder.session.measured import metric_to_dict
from firingorder.session.own_files import unwritten, whole_file
from firingorder.signal.account import RepetitionAccount
from firingorder.signal.posterior import OnsetPosterior

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.findings import (
        BurstFinding,
        ChannelFinding,
        RepetitionFinding,
        SetFinding,
        Sides,
    )
    from firingorder.samples import FloatArray
    from firingorder.session.training_result import Training

SCHEMA = "firingorder.analysis/1"


@dataclass(frozen=True, slots=True)
class StreamSummary:
    """What one stream of a recording holds. ``gaps`` are (start, end) in seconds."""

    kind: str
    rate_hz: float
    rate_measured_hz: float
    samples: int
    lost_samples: int
    outage_s: float
    gaps: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class RecordingSummary:
    """Where a result comes from.

    ``age_ms``: how old the newest EMG sample was when it came, median and 95th percentile; None
    where nothing arrived (a file). It is of the reads, so that cutting them otherwise changes it.
    """

    id: str
    file: str
    duration_s: float
    task: str
    simulated: bool
    streams: tuple[StreamSummary, ...]
    side: Sides = "both"
    age_ms: tuple[float, float] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that was found in one recording.

    A function of (recording, montage, calibration, settings, software version), nothing else.
    """

    version: str
    settings_hash: str
    recording: RecordingSummary
    channels: tuple[ChannelFinding, ...]
    bursts: tuple[BurstFinding, ...]
    repetitions: tuple[RepetitionFinding, ...]
    sets: tuple[SetFinding, ...]
    warnings: tuple[str, ...]
    training: Training | None = None
    """What a coach noted; None where nobody led."""
    posteriors: dict[int, dict[str, OnsetPosterior]] = field(
        default_factory=dict[int, dict[str, OnsetPosterior]], compare=False, repr=False
    )
    accounts: dict[int, RepetitionAccount] = field(
        default_factory=dict[int, RepetitionAccount], compare=False, repr=False
    )
    """What each repetition was judged with, for those who ask why."""

    def to_dict(self) -> dict[str, Any]:
        """Return the result as the JSON object of its schema."""
        return {
            "schema": SCHEMA,
            "software": {"version": self.version, "settings_hash": self.settings_hash},
            "recording": _recording(self.recording),
            "channels": [_channel(channel) for channel in self.channels],
            "bursts": [burst_to_dict(burst) for burst in self.bursts],
            "repetitions": [repetition_to_dict(rep) for rep in self.repetitions],
            "sets": [_set(one) for one in self.sets],
            "training": None if self.training is None else self.training.to_dict(),
            "warnings": list(self.warnings),
        }

    def save_posteriors(self, path: Path) -> None:
        """Write the kept posteriors: ``rep003/CHANNEL/t_s`` and ``rep003/CHANNEL/p`` in an npz.

        Raises
        ------
        FiringOrderError
            The file cannot be written.
        """
        arrays: dict[str, FloatArray] = {}
        for index, channels in self.posteriors.items():
            for name, one in channels.items():
                key = f"rep{index:03d}/{name}"
                arrays[f"{key}/t_s"] = np.linspace(
                    one.t0_s, one.t0_s + one.step_s * (len(one.p) - 1), len(one.p)
                )
                arrays[f"{key}/p"] = one.p
        try:
            with whole_file(path) as stream:
                np.savez_compressed(stream, allow_pickle=False, **arrays)
        except OSError as error:
            raise unwritten(path, error) from error


def analysis(
    *,
    settings_hash: str,
    recording: RecordingSummary,
    channels: tuple[ChannelFinding, ...],
    repetitions: tuple[RepetitionFinding, ...],
    sets: tuple[SetFinding, ...],
    warnings: tuple[str, ...],
    posteriors: dict[int, dict[str, OnsetPosterior]] | None = None,
    accounts: dict[int, RepetitionAccount] | None = None,
    training: Training | None = None,
) -> Analysis:
    """Put a result together; its bursts are those of its repetitions, in order of time."""
    bursts = sorted(
        (burst for rep in repetitions for burst in rep.bursts),
        key=lambda burst: (burst.onset_s, burst.channel),
    )
    return Analysis(
        version=__version__,
        settings_hash=settings_hash,
        recording=recording,
        channels=channels,
        bursts=tuple(bursts),
        repetitions=repetitions,
        sets=sets,
        warnings=warnings,
        training=training,
        posteriors=posteriors or {},
        accounts=accounts or {},
    )


def _recording(recording: RecordingSummary) -> dict[str, Any]:
    return {
        "id": recording.id,
        "file": recording.file,
        "duration_s": seconds(recording.duration_s),
        "task": recording.task,
        "side": recording.side,
        "simulated": recording.simulated,
        "streams": [
            {
                "kind": stream.kind,
                "rate_hz": stream.rate_hz,
                "rate_measured_hz": round(stream.rate_measured_hz, 4),
                "samples": stream.samples,
                "lost_samples": stream.lost_samples,
                "outage_s": seconds(stream.outage_s),
                "gaps": [[seconds(start), seconds(end)] for start, end in stream.gaps],
            }
            for stream in recording.streams
        ],
        "age_ms": age_to_dict(recording.age_ms),
    }


def _channel(channel: ChannelFinding) -> dict[str, Any]:
    return {
        "name": channel.name,
        "noise_uv": _rounded(channel.noise_uv, 3),
        "mains_uv": _rounded(channel.mains_uv, 3),
        "mains_removed_uv": _rounded(channel.mains_removed_uv, 3),
        "ecg": channel.ecg,
        "snr_db": _rounded(channel.snr_db, 2),
        "usable": channel.usable,
        "reasons": list(channel.reasons),
    }


def _set(one: SetFinding) -> dict[str, Any]:
    share = one.glutes_first_share
    return {
        "index": one.index,
        "task": one.task,
        "side": one.side,
        "scored": one.scored,
        "glutes_first": one.glutes_first,
        "together": one.together,
        "back_first": one.back_first,
        "unclear": one.unclear,
        "lead_ms": milliseconds(one.lead_ms),
        "low_ms": milliseconds(one.low_ms),
        "high_ms": milliseconds(one.high_ms),
        "leads": one.leads,
        "verdict": one.verdict,
        "reason": one.reason,
        "claim_low_ms": milliseconds(one.claim_low_ms),
        "claim_high_ms": milliseconds(one.claim_high_ms),
        "spread_ms": milliseconds(one.spread_ms),
        "spread_low_ms": milliseconds(one.spread_low_ms),
        "spread_high_ms": milliseconds(one.spread_high_ms),
        "glutes_first_share": None
        if share is None
        else {
            "share": probability(share.share),
            "low": probability(share.low),
            "high": probability(share.high),
            "of": share.of,
        },
        "per_side": [
            {
                "side": side.side,
                "leads": side.leads,
                "lead_ms": milliseconds(side.lead_ms),
                "low_ms": milliseconds(side.low_ms),
                "high_ms": milliseconds(side.high_ms),
            }
            for side in one.per_side
        ],
        "forecast": forecast_to_dict(one.forecast),
        "compensations": list(one.compensations),
        "metrics": [metric_to_dict(metric) for metric in one.metrics],
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
