"""Digests of what a session found so far: a replay with the same digests found the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.findings import Event

#: A digest of the findings so far is kept this often.
DIGEST_PERIOD_S = 10.0


@dataclass(frozen=True, slots=True)
class Digest:
    """SHA-256 of all events up to ``at_s``; a replay with the same digests found the same."""

    at_s: float
    reads: int
    sha256: str

    def to_dict(self) -> dict[str, float | int | str]:
        """Return the digest as the JSON object of a recording."""
        return {"at_s": self.at_s, "reads": self.reads, "sha256": self.sha256}


class Digests:
    """Hashes events in their order, and keeps a digest every ten seconds of device time."""

    def __init__(self) -> None:
        self._due: list[Digest] = []
        self._next_s = DIGEST_PERIOD_S
        self._hash = hashlib.sha256()

    def add(self, events: list[Event], *, duration_s: float, reads: int) -> None:
        """Take the events of one input."""
        for event in events:
            self._hash.update(repr(event).encode())
        while duration_s >= self._next_s:
            self._due.append(Digest(self._next_s, reads, self._hash.hexdigest()))
            self._next_s += DIGEST_PERIOD_S

    def take(self) -> list[Digest]:
        """Return the digests that became due since the last call."""
        due, self._due = self._due, []
        return due
