"""Streams of other makers' devices for tests: samples that carry their own number.

The packets are built here, by the tables of the protocols, apart from the package and its twins.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from firingorder.firmware_bridge.adapters.bitalino import BitalinoDecoder
from firingorder.firmware_bridge.adapters.chords import ChordsDecoder
from firingorder.firmware_bridge.adapters.cyton import CytonDecoder
from firingorder.firmware_bridge.adapters.receiver import AdapterReceiver
from firingorder.firmware_bridge.items import Item, ProfileItem
from firingorder.samples import EmgChunk, Gap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from firingorder.firmware_bridge.adapters.base import DeviceDecoder

START_NS = 5_000_000_000


@cache
def cyton_packet(k: int, counter: int | None = None) -> bytes:
    """Sample ``k``: all channels read ``k`` counts."""
    counter = k if counter is None else counter
    value = k.to_bytes(3, "big", signed=True)
    return bytes((0xA0, counter % 256)) + 8 * value + bytes(6) + b"\xc0"


@cache
def chords_packet(k: int, counter: int | None = None) -> bytes:
    """Sample ``k`` of an UNO R4: its low and high 14 bits in turn."""
    counter = k if counter is None else counter
    words = [k % 16384, k // 16384] * 3
    return (
        b"\xc7\x7c"
        + bytes((counter % 256,))
        + b"".join(w.to_bytes(2, "big") for w in words)
        + b"\x01"
    )


@cache
def bitalino_frame(k: int, counter: int | None = None) -> bytes:
    """Sample ``k``: ten bits in channels 1 and 3, the next ten in channels 2 and 4."""
    counter = k if counter is None else counter
    low, high = k % 1024, k // 1024 % 1024
    bits = f"0000{low:010b}{high:010b}{low:010b}{high:010b}0000"
    body = bytes(int(bits[at : at + 8], 2) for at in range(0, 48, 8))[::-1]
    frame = body + bytes((counter % 16 << 4,))
    rest = int.from_bytes(frame, "big")
    while rest.bit_length() > 4:
        rest ^= 0x13 << rest.bit_length() - 5
    return frame[:-1] + bytes((frame[-1] | rest,))


@dataclass(frozen=True)
class Wire:
    """A device's stream and the decoder that reads it, already started."""

    name: str
    rate_hz: float
    modulus: int
    packet: Callable[[int], bytes]
    numbers: Callable[[np.ndarray], np.ndarray]
    make: Callable[[], DeviceDecoder]
    before: tuple[tuple[bytes, bytes], ...]

    def decoder(self) -> DeviceDecoder:
        decoder = self.make()
        for sent, answered in self.before:
            decoder.sent(sent)
            decoder.feed(answered)
        return decoder

    def receiver(self) -> AdapterReceiver:
        receiver = AdapterReceiver(self.make())
        self.begin(receiver, START_NS)
        return receiver

    def begin(self, receiver: AdapterReceiver, t_ns: int) -> list[Item]:
        receiver.opened(t_ns)
        items: list[Item] = []
        for sent, answered in self.before:
            receiver.sent(sent, t_ns)
            if answered:
                items += receiver.feed(answered, t_ns)
        return items


CYTON_UV = 4.5 / 24 / (2**23 - 1) * 1e6
BITALINO_UV = 3.3 / 1009 * 1e6


def _bitalino_numbers(emg: np.ndarray) -> np.ndarray:
    counts = np.round((emg / BITALINO_UV + 0.5) * 1024).astype(int)
    return counts[:, 0] + 1024 * counts[:, 1]


WIRES = {
    "cyton": Wire(
        "cyton", 250.0, 256, cyton_packet,
        lambda emg: np.round(emg[:, 0] / CYTON_UV).astype(int),
        CytonDecoder, ((b"b", b""),),
    ),
    "chords": Wire(
        "chords", 500.0, 256, chords_packet,
        lambda emg: (emg[:, 0] + 8192 + 16384 * (emg[:, 1] + 8192)).astype(int),
        ChordsDecoder, ((b"WHORU\n", b"UNO-R4\r\n"), (b"START\n", b"")),
    ),
    "bitalino": Wire(
        "bitalino", 1000.0, 16, bitalino_frame, _bitalino_numbers,
        BitalinoDecoder, ((b"\x07", b"BITalino_v5.2\n"), (b"\x3d", b"")),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Arrival:
    """Bytes and the instant at which they arrived."""

    data: bytes
    t_ns: int


def arrivals(
    wire: Wire,
    samples: Iterable[int],
    *,
    burst_s: float = 0.004,
    delay_s: Callable[[float], float] = lambda _at_s: 0.0,
    ppm: float = 0.0,
    start_ns: int = START_NS,
) -> list[Arrival]:
    """Return the reads of a stream: what was sampled within each burst, at its end plus a delay."""
    out: list[Arrival] = []
    period_s = 1.0 / wire.rate_hz / (1.0 + 1e-6 * ppm)
    pending: dict[int, bytes] = {}
    for k in samples:
        slot = int(k * period_s / burst_s)
        pending[slot] = pending.get(slot, b"") + wire.packet(k)
    last_ns = 0
    for slot, data in sorted(pending.items()):
        at_s = (slot + 1) * burst_s
        last_ns = max(last_ns, start_ns + round(1e9 * (at_s + delay_s(at_s))))
        out.append(Arrival(data, last_ns))
    return out


def jitter(seed: int, mean_s: float) -> Callable[[float], float]:
    """Return delays with a one-sided tail."""
    rng = random.Random(seed)
    return lambda _at_s: rng.expovariate(1.0 / mean_s)


@dataclass
class Heard:
    """What a receiver made of a stream."""

    index: np.ndarray
    number: np.ndarray
    gaps: list[Gap]

    @property
    def shift(self) -> np.ndarray:
        """By how much the place of each sample differs from its own number."""
        return self.index - self.number


def heard(wire: Wire, items: Sequence[Item]) -> Heard:
    chunks = [item for item in items if isinstance(item, EmgChunk)]
    index = [chunk.index0 + np.arange(len(chunk.emg_uv)) for chunk in chunks]
    number = [wire.numbers(chunk.emg_uv) for chunk in chunks]
    for chunk in chunks:  # time is the grid's: no device here tells its own
        assert abs(chunk.t0_s - chunk.index0 / wire.rate_hz) < 1e-9
    none = np.empty(0, int)
    return Heard(
        np.concatenate([none, *index]),
        np.concatenate([none, *number]),
        [item for item in items if isinstance(item, Gap)],
    )


def feed(receiver: AdapterReceiver, reads: Iterable[Arrival]) -> list[Item]:
    items: list[Item] = []
    for read in reads:
        items += receiver.feed(read.data, read.t_ns)
    return items


def check_accounts(receiver: AdapterReceiver, items: Sequence[Item]) -> None:
    """Every place of the grid is a sample, lost, or an outage, in order and without overlap."""
    place = 0
    for item in items:
        if isinstance(item, Gap):
            assert item.samples > 0
            place += item.samples
            assert item.index0 == place
        elif isinstance(item, EmgChunk):
            assert item.index0 == place
            place += len(item.emg_uv)
    stream = receiver.stats.streams.get("emg")
    if stream is not None:
        assert stream.samples + stream.lost_samples + stream.outage_samples == place
    else:
        assert place == 0
        assert not any(isinstance(item, ProfileItem) for item in items)
