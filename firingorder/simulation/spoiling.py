"""Loss, bit errors and copies of single packets, by the rates of a fault plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.simulation.noise import generator

if TYPE_CHECKING:
    from firingorder.simulation.faults import FaultPlan


class Spoiler:
    """Spoils packets one by one; the draws depend on their order alone.

    Attributes
    ----------
    dropped_frames, duplicated_frames, damaged_frames, flipped_bits
        What was done so far.
    """

    def __init__(self, plan: FaultPlan, seed: int) -> None:
        self.dropped_frames = 0
        self.duplicated_frames = 0
        self.damaged_frames = 0
        self.flipped_bits = 0
        self._plan = plan
        self._rng = generator(seed, "line")

    @property
    def idle(self) -> bool:
        """Whether the plan spoils nothing."""
        plan = self._plan
        return not (plan.drop or plan.duplicate or plan.flip)

    def spoil(self, packet: bytes) -> list[bytes]:
        """Return what arrives of a packet: nothing, itself, or two; with or without bit errors."""
        if self.idle:
            return [packet]
        lost, doubled = self._rng.random(2)
        copies = 1
        if lost < self._plan.drop:
            self.dropped_frames += 1
            copies = 0
        elif doubled < self._plan.duplicate:
            self.duplicated_frames += 1
            copies = 2
        return [self._flip(packet) for _ in range(copies)]

    def _flip(self, packet: bytes) -> bytes:
        if not self._plan.flip:
            return packet
        bits = 8 * len(packet)
        count = int(self._rng.binomial(bits, self._plan.flip))
        if not count:
            return packet
        out = bytearray(packet)
        for bit in self._rng.choice(bits, count, replace=False):
            out[int(bit) // 8] ^= 1 << (int(bit) % 8)
        self.damaged_frames += 1
        self.flipped_bits += count
        return bytes(out)
