"""Counting samples: received + lost + outage is the whole recording, to the sample."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.samples import EmgChunk, Gap, ImuChunk, StreamKind

if TYPE_CHECKING:
    from firingorder.findings import RepetitionVerdict, VerdictFinding

#: A measured rate from less than this span would mostly show the jitter of two time stamps.
MIN_RATE_SPAN_S = 1.0


@dataclass(slots=True)
class StreamTally:
    """What one stream delivered and what it did not."""

    kind: StreamKind
    rate_hz: float
    samples: int = 0
    lost_samples: int = 0
    outage_samples: int = 0
    gaps: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    _first: tuple[int, float] | None = None
    _last: tuple[int, float] | None = None

    def add_chunk(self, chunk: EmgChunk | ImuChunk) -> None:
        """Count the samples of a chunk."""
        n = len(chunk.emg_uv if isinstance(chunk, EmgChunk) else chunk.acc_m_s2)
        self.samples += n
        if self._first is None:
            self._first = (chunk.index0, chunk.t0_s)
        self._last = (chunk.index0, chunk.t0_s)

    def add_gap(self, gap: Gap) -> None:
        """Count the samples of a gap under its kind."""
        if gap.kind == "loss":
            self.lost_samples += gap.samples
        else:
            self.outage_samples += gap.samples
        self.gaps.append((gap.start_s, gap.end_s))

    @property
    def outage_s(self) -> float:
        """Time without a link, seconds."""
        return self.outage_samples / self.rate_hz

    @property
    def loss_percent(self) -> float:
        """Share of what was sent that got lost on the way; outages are not losses."""
        sent = self.samples + self.lost_samples
        return 100.0 * self.lost_samples / sent if sent else 0.0

    @property
    def duration_s(self) -> float:
        """Length of the stream with everything that is missing, seconds."""
        return (self.samples + self.lost_samples + self.outage_samples) / self.rate_hz

    @property
    def rate_measured_hz(self) -> float:
        """Samples per second of the device's time stamps; the nominal rate while too short."""
        if self._first is None or self._last is None:
            return self.rate_hz
        span = self._last[1] - self._first[1]
        if span < MIN_RATE_SPAN_S:
            return self.rate_hz
        return (self._last[0] - self._first[0]) / span


class AgeTally:
    """How old the newest EMG sample was when it came, over a whole session.

    The delay of the front end is in it, the least delay of the link is not: no clock tells that.
    Four bytes a read: 4 MB for an hour of the fastest link, 300 notifications a second.
    """

    def __init__(self) -> None:
        self._ages_ms = array("f")
        self._newest_s: float | None = None

    def add(self, now_s: float | None, newest_s: float | None) -> None:
        """Note a read that arrived at session time ``now_s`` by the clock model.

        ``newest_s`` is the time of the newest sample of the session; a read that brought none
        (an answer, a report) says nothing of their age and is left out.
        """
        if now_s is not None and newest_s is not None and newest_s != self._newest_s:
            self._newest_s = newest_s
            self._ages_ms.append(1e3 * max(0.0, now_s - newest_s))

    @property
    def percentiles_ms(self) -> tuple[float, float] | None:
        """Median and 95th percentile, milliseconds; None without samples."""
        if not self._ages_ms:
            return None
        p50_ms, p95_ms = np.percentile(np.asarray(self._ages_ms), (50, 95))
        return float(p50_ms), float(p95_ms)


@dataclass(slots=True)
class VerdictTally:
    """Repetitions whose order was told live, whose verdict was revised, whose order was reversed.

    A verdict that was told is never silently replaced: these counts end every session.
    """

    _live: set[int] = field(default_factory=set[int])
    _revised: set[int] = field(default_factory=set[int])
    _reversed: set[int] = field(default_factory=set[int])
    told: dict[int, RepetitionVerdict] = field(default_factory=dict[int, "RepetitionVerdict"])
    """By repetition: the first verdict that was told, before all of it was judged."""

    def add(self, verdict: VerdictFinding) -> None:
        """Count a verdict that was told."""
        if verdict.stage != "final":
            self.told.setdefault(verdict.index, verdict.verdict)
        if verdict.stage == "live":
            self._live.add(verdict.index)
        if verdict.revises:
            self._revised.add(verdict.index)
        if verdict.reverses:
            self._reversed.add(verdict.index)

    def to_dict(self) -> dict[str, int]:
        """Return the counts as the summary line has them."""
        return {
            "told_live": len(self._live),
            "revised": len(self._revised),
            "reversed": len(self._reversed),
        }
