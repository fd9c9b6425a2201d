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
        self._start_ns = start_ns
        self._last_ns = start_ns
        #: Per topic: time of its last message, and how many damaged places there were by then.
        self._seen: dict[str, tuple[int, int]] = {}
        #: Per topic: messages read, or known to be in a damaged place.
        self._accounted: dict[str, int] = {}
        self._damaged = False
        self._places: list[_Place] = []
        self._holes: list[LostInterval] = []

    def damage(self) -> None:
        """Note that something unreadable lies before the next message."""
        self._damaged = True

    def message(self, topic: str, sequence: int, t_ns: int) -> None:
        """Note the next message of the file."""
        self._end_damage(t_ns)
        missing = sequence - self._expected.get(topic, 0)
        last_ns, places_then = self._seen.get(topic, (self._start_ns, 0))
        accounted = 1
        if missing > 0 and places_then < len(self._places):
            self._places[places_then].missing += missing
            accounted += missing
        elif missing > 0:
            self._holes.append(LostInterval(last_ns, t_ns, missing))
        self._expected[topic] = sequence + 1
        self._accounted[topic] = self._accounted.get(topic, 0) + accounted
        self._seen[topic] = (t_ns, len(self._places))
        self._last_ns = t_ns

    def close(self, counts: Mapping[str, int] | None, end_ns: int) -> tuple[LostInterval, ...]:
        """Return what is missing, in order of time.

        ``counts`` are the messages per topic that the index names; they alone show what is missing
        after the last message of a topic.
        """
        self._end_damage(max(end_ns, self._last_ns))
        for topic, written in (counts or {}).items():
            missing = written - self._accounted.get(topic, 0)
            _, places_then = self._seen.get(topic, (self._start_ns, 0))
            if missing > 0 and places_then < len(self._places):
                self._places[places_then].missing += missing
        told = [LostInterval(p.start_ns, p.end_ns, p.missing) for p in self._places if p.missing]
        return tuple(sorted((*told, *self._holes), key=lambda hole: hole.start_ns))

    def _end_damage(self, t_ns: int) -> None:
        if self._damaged:
            self._places.append(_Place(self._last_ns, t_ns))
            self._damaged = False


@dataclass(slots=True)
class _Place:
    """A damaged place: the messages around it, and how many are known to have been in it."""

    start_ns: int
    end_ns: int
    missing: int = 0
