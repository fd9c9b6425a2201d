"""Samples that were imported from a file of another program, as a recording keeps them.

Pure, like every receiver: reads in, items out, no bytes whatever raise an error. There are three
kinds of reads, all numbers little-endian:

* a description, first: ``J``, then a JSON object (``array_record``) with ``schema``, the host time
  of the first EMG sample (``origin_ns``), ``emg`` (rate, labels, whether values are microvolts) and
  ``imu`` (rate, instant of its first sample) or null;
* samples: ``S``, stream (u8, 0 EMG, 1 IMU), two zero bytes, length of a mask in bytes (u32), the
  index of the first sample on the stream's grid (u64), the mask, then an array of ``array_record``:
  microvolts, or m/s2 and rad/s in six columns. The mask has a bit for every value, row by row, that
  lay at the limit of its converter; without one no value did;
* samples of no rows, which only say where the grid ends.

An index that jumps is a gap. Time is the index over the rate: what clock the file had is said in
the description of the recording, and nothing is fitted here.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from firingorder.firmware_bridge.adapters.array_record import (
    ArrayRecord,
    describe,
    pack_array,
    unpack,
)
from firingorder.firmware_bridge.items import (
    Item,
    ProfileItem,
    ReceiverStats,
    StreamStats,
    TrafficItem,
)
from firingorder.firmware_bridge.profile import CapabilityProfile
from firingorder.samples import EmgChunk, Gap, ImuChunk

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray, StreamKind

SCHEMA = "firingorder.import/1"
EMG, IMU = 0, 1
_HEAD = struct.Struct("<cBHIQ")
_SAMPLES = b"S"
_KINDS: tuple[StreamKind, StreamKind] = ("emg", "imu")
_MOST_CHANNELS = 1024
_MOST_RATE_HZ = 1e6
#: A longer hole makes two recordings of one file.
_MOST_GAP_S = 86_400.0
_IMU_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class ImportedStreams:
    """What a description says.

    Attributes
    ----------
    origin_ns
        Host time of the first EMG sample; all other times follow from index and rate.
    rate_hz, labels, microvolts
        Of the EMG.
    imu_rate_hz, imu_t0_s
        Of the motion sensor; a rate of 0 is none. ``imu_t0_s`` is the instant of its first sample.
    model
        What kind of file it was.
    remark
        What its clock is worth, in a sentence.
    """

    origin_ns: int
    rate_hz: float
    labels: tuple[str, ...]
    microvolts: bool
    imu_rate_hz: float = 0.0
    imu_t0_s: float = 0.0
    model: str = ""
    remark: str = ""

    def to_bytes(self) -> bytes:
        """Return the read that describes the streams."""
        imu = None
        if self.imu_rate_hz:
            imu = {"rate_hz": self.imu_rate_hz, "t0_s": self.imu_t0_s}
        return describe(
            {
                "schema": SCHEMA,
                "origin_ns": self.origin_ns,
                "emg": {
                    "rate_hz": self.rate_hz,
                    "labels": list(self.labels),
                    "microvolts": self.microvolts,
                },
                "imu": imu,
                "model": self.model,
                "remark": self.remark,
            }
        )

    @property
    def profile(self) -> CapabilityProfile:
        """What a session may expect of the samples: nothing is known of skews and filters."""
        return CapabilityProfile(
            adapter="imported",
            model=self.model,
            emg_channels=len(self.labels),
            emg_rate_hz=self.rate_hz,
            skew_us=0.0,
            uv_per_count=1.0 if self.microvolts else None,
            time_source="counter",
            counter_modulus=1 << 32,
            integrity="transport",
            imu="6axis" if self.imu_rate_hz else "none",
            imu_rate_hz=self.imu_rate_hz,
            remark=self.remark,
            labels=self.labels,
        )


def pack_samples(
    stream: int, index0: int, values: FloatArray, saturated: BoolArray | None = None
) -> bytes:
    """Return the read of samples that follow one another; values keep every bit they have."""
    narrow = values.astype(np.float32)
    exact = np.array_equal(narrow.astype(np.float64), values, equal_nan=True)
    mask = b""
    if saturated is not None and saturated.any():
        mask = np.packbits(saturated).tobytes()
    head = _HEAD.pack(_SAMPLES, stream, 0, len(mask), index0)
    return head + mask + pack_array(ArrayRecord(narrow if exact else values, 0))


@dataclass(slots=True)
class _Stream:
    kind: StreamKind
    rate_hz: float
    t0_s: float
    columns: int
    next_index: int = 0
    samples: int = 0
    lost: int = 0


class ImportReceiver:
    """Everything that an imported recording holds, on its grid."""

    def __init__(self) -> None:
        self._streams: list[_Stream] = []
        self._said: ImportedStreams | None = None
        self._reads = self._rejected = 0

    def opened(self, t_ns: int) -> None:
        """Note that the link was opened: nothing follows from it."""

    def lost(self, t_ns: int) -> None:
        """Note that the link seems lost: a file cannot be."""

    def suspended(self, t_ns: int, slept_ns: int) -> None:
        """Note that the host slept: a file does not mind."""

    def sent(self, data: bytes, t_ns: int) -> None:
        """Note bytes that the host wrote: nothing is said to a file."""

    def feed(self, data: bytes, t_ns: int) -> list[Item]:
        """Return what a read holds; a :class:`TrafficItem` ends it."""
        items: list[Item] = []
        if data[:1] == _SAMPLES:
            found = self._samples(data)
        else:
            found = self._described(data)
        if found is None:
            self._rejected += 1
        else:
            self._reads += 1
            items += found
        n = int(found is not None and data[:1] == _SAMPLES)
        items.append(TrafficItem(len(data), n, n, int(found is None), 0, 0))
        return items

    def now_s(self, t_ns: float) -> float | None:
        """Return the time of the file at a host instant; None before its description."""
        return None if self._said is None else (t_ns - self._said.origin_ns) * 1e-9

    def host_ns(self, at_s: float) -> float | None:
        """Return the host instant of a time of the file; None before its description."""
        return None if self._said is None else self._said.origin_ns + at_s * 1e9

    @property
    def stats(self) -> ReceiverStats:
        """The accounting so far."""
        return ReceiverStats(
            frames=self._reads,
            rejected=self._rejected,
            streams={
                one.kind: StreamStats(
                    one.kind, one.rate_hz, one.rate_hz, one.samples, one.lost, 0, 0, 0
                )
                for one in self._streams
            },
        )

    def _described(self, data: bytes) -> list[Item] | None:
        fields = unpack(data)
        said = _read_description(fields) if isinstance(fields, dict) else None
        if said is None or (self._said is not None and said != self._said):
            return None
        if self._said is None:
            self._said = said
            self._streams = [_Stream("emg", said.rate_hz, 0.0, len(said.labels))]
            if said.imu_rate_hz:
                self._streams.append(_Stream("imu", said.imu_rate_hz, said.imu_t0_s, _IMU_COLUMNS))
        return [ProfileItem(said.profile)]

    def _samples(self, data: bytes) -> list[Item] | None:
        if len(data) < _HEAD.size:
            return None
        _, number, _, mask_bytes, index0 = cast(
            "tuple[bytes, int, int, int, int]", _HEAD.unpack_from(data)
        )
        if number >= len(self._streams):
            return None
        stream = self._streams[number]
        body = data[_HEAD.size :]
        found = _unpack(body[mask_bytes:], body[:mask_bytes], stream.columns)
        missing = index0 - stream.next_index
        if found is None or not 0 <= missing <= _MOST_GAP_S * stream.rate_hz:
            return None
        values, saturated = found
        items: list[Item] = []
        if missing:
            start, end = (self._at_s(stream, k) for k in (stream.next_index, index0))
            items.append(Gap(stream.kind, "loss", stream.next_index, missing, start, end))
            stream.lost += missing
        if len(values):
            at_s = self._at_s(stream, index0)
            if number == EMG:
                items.append(EmgChunk(index0, at_s, stream.rate_hz, values, saturated))
            else:
                acc, gyr = values[:, :3], values[:, 3:]
                items.append(ImuChunk(index0, at_s, stream.rate_hz, acc, gyr))
        stream.samples += len(values)
        stream.next_index = index0 + len(values)
        return items

    @staticmethod
    def _at_s(stream: _Stream, index: int) -> float:
        return stream.t0_s + index / stream.rate_hz


def _unpack(data: bytes, mask: bytes, columns: int) -> tuple[FloatArray, BoolArray] | None:
    """Return values and which of them lay at a limit; None where they do not fit."""
    record = unpack(data)
    if not isinstance(record, ArrayRecord) or record.values.shape[1] != columns:
        return None
    values: FloatArray = record.values.astype(np.float64)
    if np.isinf(values).any():
        return None
    saturated = np.zeros(values.shape, dtype=np.bool_)
    if mask:
        if len(mask) != -(-values.size // 8):
            return None
        bits = np.unpackbits(np.frombuffer(mask, np.uint8), count=values.size)
        saturated = bits.astype(np.bool_).reshape(values.shape)
    return values, saturated


def _read_description(fields: dict[str, Any]) -> ImportedStreams | None:
    emg: object = fields.get("emg")
    imu: object = fields.get("imu")
    origin_ns = fields.get("origin_ns")
    if fields.get("schema") != SCHEMA or not isinstance(emg, dict) or not _is_whole(origin_ns):
        return None
    about = cast("dict[str, Any]", emg)
    labels, rate_hz = about.get("labels"), about.get("rate_hz")
    if not isinstance(labels, list) or not 0 < len(cast("list[object]", labels)) <= _MOST_CHANNELS:
        return None
    if not _is_rate(rate_hz):
        return None
    imu_rate_hz = imu_t0_s = 0.0
    if imu is not None:
        further = cast("dict[str, Any]", imu) if isinstance(imu, dict) else {}
        t0_s = further.get("t0_s")
        if not _is_rate(further.get("rate_hz")) or not isinstance(t0_s, int | float):
            return None
        if not abs(t0_s) < _MOST_GAP_S:
            return None
        imu_rate_hz, imu_t0_s = float(further["rate_hz"]), float(t0_s)
    return ImportedStreams(
        cast("int", origin_ns),
        float(cast("float", rate_hz)),
        tuple(str(one) for one in cast("list[object]", labels)),
        about.get("microvolts") is True,
        imu_rate_hz,
        imu_t0_s,
        str(fields.get("model", "")),
        str(fields.get("remark", "")),
    )


def _is_rate(value: object) -> bool:
    return isinstance(value, int | float) and isfinite(value) and 0 < value <= _MOST_RATE_HZ


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63
