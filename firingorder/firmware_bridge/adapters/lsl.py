"""Streams of Lab Streaming Layer: any program that sends EMG over the lab's network.

Reads are those of :mod:`.array_record`: the stream's description, then arrays with the sender's
time stamps, brought to this computer's clock by the library (``proc_clocksync`` alone). Facts:
liblsl ``src/time_receiver.cpp``, ``src/time_postprocessor.cpp``.

Nothing numbers the samples. TCP loses none of them, so they are counted as they come; what the
sender itself left out shows in its time stamps only. These stand for arrivals in the clock model:
the least delayed ones carry the clock, however irregularly a sender stamps.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from firingorder.errors import DeviceRefusedError
from firingorder.firmware_bridge.adapters.array_record import DESCRIPTION, ArrayRecord, unpack
from firingorder.firmware_bridge.adapters.base import (
    Adapter,
    Answer,
    Conversation,
    EmgBlock,
    Piece,
    Rejected,
    Step,
    Torn,
)
from firingorder.firmware_bridge.profile import CapabilityProfile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from firingorder.samples import FloatArray

#: Microvolts of a unit; names as the metadata pages of the XDF project have them, and as found.
UNITS_UV = {
    "microvolts": 1.0,
    "microvolt": 1.0,
    "uv": 1.0,
    "µv": 1.0,
    "μv": 1.0,
    "millivolts": 1e3,
    "millivolt": 1e3,
    "mv": 1e3,
    "volts": 1e6,
    "volt": 1e6,
    "v": 1e6,
    "nanovolts": 1e-3,
    "nanovolt": 1e-3,
    "nv": 1e-3,
}
#: Kinds of channels of a biosignal amplifier, where none is called EMG.
AMPLIFIED = ("", "exg", "eeg", "bip", "bipolar", "ecg", "aux", "signal")
_BITS = {"float32": 24, "double64": 53, "int8": 8, "int16": 16, "int32": 32, "int64": 64}
#: A stamp further off than this was not made with the clock of Lab Streaming Layer; in front of it
#: because senders that know their delay take it off.
OLDEST_STAMP_S, NEWEST_STAMP_S = 60.0, 1.0
#: No clock that counts seconds says more, not even since 1970; and no sample of a session is a day
#: older or newer than its arrival.
FARTHEST_STAMP_S, FARTHEST_AGE_S = 1e10, 86_400.0
#: A step between stamps that is so much larger than all of the last ``SPREAD_S`` is a hole.
TEAR_RATIO, SPREAD_S = 3.0, 2.0
#: It is one in any case beyond this (the arrival of a radio's notification is known to 0.1 s).
SURE_TEAR_S = 0.1
#: And never below this part of a sample period.
LEAST_TEAR = 0.75
MOST_CHANNELS = 1024
#: A read that holds much was cut by the library; the clock wants to see more than its last stamp.
BLOCK_S = 0.05


@dataclass(frozen=True, slots=True)
class LslStream:
    """What a stream says of itself, as far as it is used.

    Attributes
    ----------
    columns, labels
        Of the EMG among its channels.
    factors_uv
        Microvolts of their units; None where one of them has no unit of voltage.
    """

    name: str
    source_id: str
    rate_hz: float
    value: str
    channels: int
    columns: tuple[int, ...]
    labels: tuple[str, ...]
    factors_uv: tuple[float, ...] | None


def read_description(fields: Mapping[str, Any]) -> LslStream:
    """Return a stream by its description.

    Raises
    ------
    DeviceRefusedError
        It has no EMG, no rate, or no numbers; the message says what it has.
    """
    name = str(fields.get("name", ""))
    rate_hz = fields.get("rate_hz")
    value = str(fields.get("value", ""))
    channels = _channels(fields.get("channels"))
    if value not in _BITS:
        raise DeviceRefusedError(
            f"The stream {name} carries {value or 'no numbers'}, not EMG. Name another one."
        )
    if not isinstance(rate_hz, int | float) or not isfinite(rate_hz) or not 1 <= rate_hz <= 1e5:
        raise DeviceRefusedError(
            f"The stream {name} has no regular rate, so its samples have no times. Set the rate in "
            "the program that sends it."
        )
    columns = _emg_columns(name, str(fields.get("type", "")), channels)
    units = [UNITS_UV.get(channels[k]["unit"].strip().lower()) for k in columns]
    known = [unit for unit in units if unit is not None]
    return LslStream(
        name,
        str(fields.get("source_id", "")),
        float(rate_hz),
        value,
        len(channels),
        columns,
        tuple(channels[k]["label"] for k in columns),
        tuple(known) if len(known) == len(columns) else None,
    )


class LslDecoder:
    """Reads to blocks; a read of unknown make is rejected."""

    def __init__(self) -> None:
        self.profile: CapabilityProfile | None = None
        self._stream: LslStream | None = None
        self._foreign_clock: bool | None = None
        self._last_stamp_s: float | None = None
        self._spread: deque[tuple[float, float]] = deque()

    def feed(self, data: bytes) -> list[Piece]:
        """Return what a read holds."""
        found = unpack(data)
        if isinstance(found, dict):
            return self._described(found, len(data))
        stream = self._stream
        if found is None or stream is None or found.values.shape[1] != stream.channels:
            return [Rejected(len(data))]
        return self._blocks(found, stream)

    def sent(self, data: bytes) -> None:
        """Note what the host wrote: nothing is ever said to a stream."""

    def reset(self) -> None:
        """Note that the stream was opened anew, perhaps from another sender."""
        self._foreign_clock = None
        self._last_stamp_s = None
        self._spread.clear()

    def _described(self, fields: dict[str, Any], n_bytes: int) -> list[Piece]:
        try:
            self._stream = read_description(fields)
        except DeviceRefusedError:
            return [Rejected(n_bytes)]
        self._tell()
        return [Answer(DESCRIPTION)]

    def _tell(self) -> None:
        assert self._stream is not None
        self.profile = profile_of(self._stream, foreign_clock=bool(self._foreign_clock))

    def _blocks(self, record: ArrayRecord, stream: LslStream) -> list[Piece]:
        emg = record.values[:, stream.columns].astype(np.float64)
        if stream.factors_uv is not None:
            emg *= stream.factors_uv
        emg[~np.isfinite(emg)] = np.nan
        stamps = record.stamps_s
        if stamps is None or not len(stamps) or not _sound(stamps, record.clock_s):
            return _cut(emg, [0], [], None)
        age_s = record.clock_s - float(stamps[-1])
        if self._foreign_clock is None:
            self._foreign_clock = not -NEWEST_STAMP_S <= age_s <= OLDEST_STAMP_S
            self._tell()
        edges = list(range(0, len(stamps), max(1, round(BLOCK_S * stream.rate_hz))))
        tears = self._tears(stamps, edges, 1.0 / stream.rate_hz)
        if self._foreign_clock or np.abs(stamps - record.clock_s).max() > FARTHEST_AGE_S:
            return _cut(emg, edges, tears, None)
        stamps_ns = record.taken_ns + np.rint((stamps - record.clock_s) * 1e9)
        return _cut(emg, edges, tears, stamps_ns)

    def _tears(self, stamps: FloatArray, edges: list[int], period_s: float) -> list[int]:
        """Return in front of which samples something may be missing."""
        before = stamps[0] - period_s if self._last_stamp_s is None else self._last_stamp_s
        beyond = np.diff(stamps, prepend=before) - period_s
        tears: list[int] = []
        for begin, end in pairwise([*edges, len(stamps)]):
            steps = beyond[begin:end]
            tolerance_s = self._tolerance_s(period_s)
            tears += [begin + int(k) for k in np.flatnonzero(steps > tolerance_s)]
            newest = self._last_stamp_s = float(stamps[end - 1])
            self._spread.append((newest, float(np.abs(steps).max())))
            while not newest - SPREAD_S <= self._spread[0][0] <= newest:
                self._spread.popleft()
        return tears

    def _tolerance_s(self, period_s: float) -> float:
        seen = self._spread
        if not seen or seen[-1][0] - seen[0][0] < 0.5 * SPREAD_S:
            return SURE_TEAR_S
        usual_s = max(beyond for _, beyond in seen)
        return max(LEAST_TEAR * period_s, min(SURE_TEAR_S, TEAR_RATIO * usual_s))


def profile_of(stream: LslStream, *, foreign_clock: bool = False) -> CapabilityProfile:
    """Return what may be expected of a stream: bandwidth, skew and losses are never known."""
    remark = ""
    if foreign_clock:
        remark = "Its time stamps are not of the lab network's clock; arrivals are used instead."
    return CapabilityProfile(
        adapter="lsl",
        model=stream.name,
        serial=stream.source_id,
        emg_channels=len(stream.columns),
        emg_rate_hz=stream.rate_hz,
        bits=_BITS[stream.value],
        uv_per_count=None if stream.factors_uv is None else stream.factors_uv[0],
        time_source="vendor",
        integrity="transport",
        remark=remark,
        labels=stream.labels,
    )


def _sound(stamps_s: FloatArray, clock_s: float) -> bool:
    """Return whether stamps can be those of any clock that counts seconds."""
    largest = FARTHEST_STAMP_S
    return bool(np.isfinite(stamps_s).all() and np.abs(stamps_s).max() < largest > abs(clock_s))


def _cut(
    emg: FloatArray, edges: Iterable[int], tears: list[int], stamps_ns: FloatArray | None
) -> list[Piece]:
    """Return the blocks between edges and tears, each with the stamp of its last sample."""
    out: list[Piece] = []
    for begin, end in pairwise(sorted({*edges, *tears, len(emg)})):
        if begin in tears:
            out.append(Torn())
        if end > begin:
            stamp_ns = None if stamps_ns is None else int(stamps_ns[end - 1])
            saturated = np.zeros((end - begin, emg.shape[1]), dtype=np.bool_)
            out.append(EmgBlock(0, emg[begin:end], saturated, stamp_ns=stamp_ns))
    return out


def _channels(found: object) -> list[dict[str, str]]:
    if not isinstance(found, list):
        return []
    each = cast("list[object]", found)[:MOST_CHANNELS]
    fields = [cast("dict[str, object]", one) if isinstance(one, dict) else {} for one in each]
    return [{key: str(one.get(key) or "") for key in ("label", "type", "unit")} for one in fields]


def _emg_columns(name: str, kind: str, channels: list[dict[str, str]]) -> tuple[int, ...]:
    kinds = [(one["type"] or kind).strip().lower() for one in channels]
    emg = tuple(k for k, one in enumerate(kinds) if one == "emg")
    if emg:
        return emg
    amplified = tuple(k for k, one in enumerate(kinds) if one in AMPLIFIED)
    if not amplified:
        has = ", ".join(sorted({one or "?" for one in kinds})) or "nothing"
        raise DeviceRefusedError(f"The stream {name} carries {has}, no EMG. Name another stream.")
    return amplified


def _conversation(_options: Mapping[str, str]) -> Conversation:
    return Conversation(
        opening=(
            Step(
                b"",  # the link reads the description by itself while it opens
                expect=lambda answer: answer == DESCRIPTION,
                tries=1,
                silent="It does not describe itself.",
            ),
        ),
        start=(),
        stop=(),
    )


ADAPTER = Adapter(
    name="lsl",
    label="a stream of the lab network",
    framing="packet",
    make_decoder=lambda _options: LslDecoder(),
    make_conversation=_conversation,
    declared=CapabilityProfile(adapter="lsl", time_source="vendor", integrity="transport"),
)
