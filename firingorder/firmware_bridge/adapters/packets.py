"""Packets with fixed first and last bytes and a counter, but without a checksum.

Such a packet is believed by its neighbours: the next one must begin where it ends. A search goes
on one byte behind a place that does not fit, never a whole packet: a lost byte then costs one
packet and not two.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from firingorder.firmware_bridge.adapters.base import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Packets:
    """Whole packets that followed one another, ``(n, length)`` bytes, and their counters."""

    bytes_of: NDArray[np.uint8]
    counters: NDArray[np.int64]


class PacketScanner:
    """Finds packets in a stream.

    Parameters
    ----------
    head
        First bytes of every packet.
    length
        Bytes of a packet.
    tails
        What its last byte may be.
    counter_at
        Place of its counter, one byte.
    """

    def __init__(self, head: bytes, length: int, tails: Iterable[int], counter_at: int) -> None:
        self._head = head
        self._length = length
        self._tails = frozenset(tails)
        self._counter_at = counter_at
        self._buffer = bytearray()
        self._next: int | None = None

    def clear(self) -> None:
        """Forget what was not complete."""
        self._buffer.clear()
        self._next = None

    def feed(self, data: bytes) -> list[Packets | Rejected]:
        """Return what a read completes; packets are cut where their counters jump."""
        self._buffer += data
        out: list[Packets | Rejected] = []
        starts: list[int] = []
        at = bad = 0
        while (fits := self._fits(at)) is not None:
            if fits:
                if bad:
                    out += [*self._cut(starts), Rejected(bad)]
                    starts, bad = [], 0
                starts.append(at)
                self._next = (self._buffer[at + self._counter_at] + 1) % 256
                at += self._length
            else:
                self._next = None
                found = self._buffer.find(self._head[:1], at + 1)
                to = len(self._buffer) if found < 0 else found
                at, bad = to, bad + to - at
        out += self._cut(starts)
        if bad:
            out.append(Rejected(bad))
        del self._buffer[:at]
        return out

    def _fits(self, at: int) -> bool | None:
        """Return whether a packet begins here; None while there are too few bytes to tell.

        Where a packet was just read and the counter goes on, first and last byte are enough. Else
        the next packet must begin behind it, with the next counter: a wrong bit in a counter would
        be a gap and another one back.
        """
        buffer, length, head = self._buffer, self._length, self._head
        begins = bytes(buffer[at : at + len(head)])
        if begins != head[: len(begins)]:
            return False
        if at + length > len(buffer):
            return None
        if buffer[at + length - 1] not in self._tails:
            return False
        counter = buffer[at + self._counter_at]
        if counter == self._next:
            return True
        follower = at + length
        if bytes(buffer[follower : follower + len(head)]) != head[: len(buffer) - follower]:
            return False
        if follower + self._counter_at >= len(buffer):
            return None
        return buffer[follower + self._counter_at] == (counter + 1) % 256

    def _cut(self, starts: list[int]) -> list[Packets | Rejected]:
        if not starts:
            return []
        places = np.array(starts)[:, None] + np.arange(self._length)[None, :]
        found = np.frombuffer(bytes(self._buffer), np.uint8)[places]
        counters = found[:, self._counter_at].astype(np.int64)
        edges = [0, *(np.flatnonzero(np.diff(counters) % 256 != 1) + 1).tolist(), len(starts)]
        return [Packets(found[begin:end], counters[begin:end]) for begin, end in pairwise(edges)]
