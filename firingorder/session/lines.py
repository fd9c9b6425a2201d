"""Writing event lines and the summary that ends them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from firingorder.findings import (
    Event,
    OnsetFinding,
    QualityFinding,
    RepetitionFinding,
    VerdictFinding,
)
from firingorder.session.events import age_to_dict, event_to_dict, seconds
from firingorder.session.readings import age_of
from firingorder.session.tally import StreamTally

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.samples import StreamKind
    from firingorder.session.engine import Engine

#: Events whose latency is of interest: what was found, not what happened to the link.
_TIMED = (VerdictFinding, RepetitionFinding, OnsetFinding, QualityFinding)


class LineStream(Protocol):
    """What takes lines: a text file, or something else that hands them on."""

    def write(self, text: str, /) -> object:
        """Take one line with its end."""
        ...

    def flush(self) -> object:
        """Let go of what is held."""
        ...


class EventLines:
    """Writes events as JSON, one object a line, each complete and flushed.

    Parameters
    ----------
    stream
        Where they go.
    now_ns
        Reads the clock that stamped the reads; it only measures the latency of a line.
    tell
        With it, a stream that takes no more lines (its reader went away, the disk is full) is told
        once and forgotten: a session must not end for its listener. Without it, the error is
        raised.
    """

    def __init__(
        self,
        stream: LineStream,
        now_ns: Callable[[], int],
        *,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.failed = False
        """Lines are missing, and not because their reader had enough."""
        self._stream = stream
        self._now_ns = now_ns
        self._tell = tell
        self._deaf = False

    def write(self, events: list[Event], arrived_ns: int) -> None:
        """Write the lines of some events whose last needed byte arrived at ``arrived_ns``."""
        for event in events:
            line = event_to_dict(event)
            if line is None:
                continue
            if isinstance(event, _TIMED):
                line["latency_ms"] = round((self._now_ns() - arrived_ns) / 1e6, 3)
            self._put(line)

    def summary(self, engine: Engine) -> None:
        """Write the line that ends a session."""
        self._put(summary_line(engine))

    def _put(self, line: dict[str, Any]) -> None:
        if self._deaf:
            return
        try:
            self._stream.write(json.dumps(line, separators=(", ", ": ")) + "\n")
            self._stream.flush()
        except OSError as error:
            if self._tell is None:
                raise
            self._deaf = True
            self.failed = not isinstance(error, BrokenPipeError)
            why = error.strerror if self.failed else "their reader has gone"
            self._tell(f"Event lines are no longer written: {why}. The session goes on.")


def summary_line(engine: Engine) -> dict[str, Any]:
    """Return the summary of a session: samples received, lost, and away, and the link's faults."""
    stats = engine.receiver.stats
    # EMG is always there: of a device that never sent a sample, with nothing in it.
    nothing: dict[StreamKind, StreamTally] = {"emg": StreamTally("emg", rate_hz=1.0)}
    tallies = nothing | engine.tallies
    return {
        "event": "summary",
        "duration_s": seconds(engine.duration_s),
        "streams": {
            kind: {
                "samples": tally.samples,
                "lost_samples": tally.lost_samples,
                "outage_s": seconds(tally.outage_s),
            }
            for kind, tally in tallies.items()
        },
        "frames": stats.frames,
        "bad_crc": stats.bad_crc,
        "duplicates": stats.duplicates,
        "device_dropped_frames": stats.device_dropped_frames,
        "reconnects": engine.reconnects,
        "outage_s": seconds(tallies["emg"].outage_s),
        "reversals": engine.verdicts.to_dict(),
        "age_ms": age_to_dict(age_of(engine)),
    }
