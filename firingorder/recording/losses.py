"""Which messages a file misses, from the holes in the counters of its topics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class LostInterval:
    """Messages are missing between two monotonic instants, nanoseconds.

    ``start_ns`` is the last message before the hole and ``end_ns`` the first one after it.
    """

    start_ns: int
    end_ns: int
    messages: int

    @property
    def seconds(self) -> float:
        """Length of the interval in seconds."""
        return (self.end_ns - self.start_ns) / 1e9


class LossLedger:
    """Follows the counters of all topics through one pass over a file.

    A hole next to a place where the file is damaged is put there: a topic that speaks every ten
    seconds would otherwise make ten seconds of one lost chunk.
    """

    def __init__(self, start_ns: int, first_sequence: Mapping[str, int]) -> None:
        self._expected = dict(first_sequence)
        self._last_ns = start_ns
        self._start_ns = start_ns
        #: Per topic: time of its last message, and how many damaged places there were by then.
        self._seen: dict[str, tuple[int, int]] = {}
        self._received: dict[str, int] = {}
        self._damaged = False
        self._places: list[list[int]] = []  # start, end, missing
        self._holes: list[LostInterval] = []

    def damage(self) -> None:
        """Note that something unreadable lies before the next message."""
        self._damaged = True

    def message(self, topic: str, sequence: int, t_ns: int) -> None:
        """Note the next message of the file."""
        if self._damaged:
            self._places.append([self._last_ns, t_ns, 0])
            self._damaged = False
        missing = sequence - self._expected.get(topic, 0)
        last_ns, places_then = self._seen.get(topic, (self._start_ns, 0))
        if missing > 0:
            if places_then < len(self._places):
                self._places[places_then][2] += missing
            else:
                self._holes.append(LostInterval(last_ns, t_ns, missing))
        self._expected[topic] = sequence + 1
        self._received[topic] = self._received.get(topic, 0) + 1
        self._seen[topic] = (t_ns, len(self._places))
        self._last_ns = t_ns

    def close(self, counts: Mapping[str, int] | None, end_ns: int) -> tuple[LostInterval, ...]:
        """Return what is missing, in order of time.

        ``counts`` are the messages per topic that the index names; they alone show what is missing
        at the very end.
        """
        places = [LostInterval(a, b, n) for a, b, n in self._places if n > 0]
        if counts is not None and self._damaged:
            read = sum(self._received.values()) + sum(place.messages for place in places)
            missing = sum(counts.values()) - read
            if missing > 0:
                places.append(LostInterval(self._last_ns, max(end_ns, self._last_ns), missing))
        return tuple(sorted((*places, *self._holes), key=lambda hole: hole.start_ns))
