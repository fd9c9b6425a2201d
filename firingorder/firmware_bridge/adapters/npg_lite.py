"""NPG Lite over Bluetooth LE: three channels of 12 bits, several samples to a notification.

Facts: the makers' public sources (upsidedownlabs/Chords-Python ``chordspy/chords_ble.py``,
upsidedownlabs/NPG-Lite-IDF-Firmware ``main/main.c`` and ``main/src/gatt.c``). Never tried on a
device.

Two firmwares exist, at 250 and at 500 samples a second, and none says its rate. The size of its
notifications tells them apart: 25 samples are the one at 250, 1, 10 or 20 the one at 500. For any
other size the rate must stand in the address, since a rate that is merely measured would come too
late: the grid of the session is laid with the first sample.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from firingorder.errors import UsageError
from firingorder.firmware_bridge.adapters.base import (
    Adapter,
    Answer,
    Conversation,
    EmgBlock,
    Piece,
    Rejected,
    Step,
)
from firingorder.firmware_bridge.profile import CapabilityProfile

if TYPE_CHECKING:
    from collections.abc import Mapping

CHANNELS = 3
SAMPLE_BYTES = 1 + 2 * CHANNELS
COUNTER_MODULUS = 256
HIGHEST_COUNT = 4095
#: Where a read comes from: the place of the characteristic in the profile of links/gatt.py.
DATA, CONTROL = 0, 1
#: Samples per notification of the known firmwares, and their rate.
RATES_HZ = {25: 250.0, 1: 500.0, 10: 500.0, 20: 500.0}
#: The firmware at 250 Hz converts four inputs in turn with one converter, 1000 times a second;
#: how the other one takes turns is not known.
SKEW_US = {250.0: 1000.0}

_WHO = b"NPG"


class NpgLiteDecoder:
    """Notifications to samples.

    Parameters
    ----------
    rate_hz
        The rate, if a person has named it; None takes it from the size of the notifications.
    """

    def __init__(self, rate_hz: float | None = None) -> None:
        self._named_hz = rate_hz
        self._rate_hz: float | None = None

    @property
    def profile(self) -> CapabilityProfile | None:
        """What it can do; None before its first samples have told the firmware."""
        if self._rate_hz is None:
            return None
        return replace(PROFILE, emg_rate_hz=self._rate_hz, skew_us=SKEW_US.get(self._rate_hz))

    def feed(self, data: bytes) -> list[Piece]:
        """Return what a notification holds."""
        if data[:1] == bytes((CONTROL,)):
            return [Answer(data[1:])]
        body = data[1:]
        samples = len(body) // SAMPLE_BYTES
        if data[:1] != bytes((DATA,)) or not samples or len(body) % SAMPLE_BYTES:
            return [Rejected(len(data))]
        rows = np.frombuffer(body, dtype=np.uint8).reshape(samples, SAMPLE_BYTES)
        counts = rows[:, 1:].copy().view(">u2").astype(np.float64)
        if counts.max() > HIGHEST_COUNT:
            return [Rejected(len(data))]
        if self._rate_hz is None:
            self._rate_hz = self._named_hz or RATES_HZ.get(samples)
        if self._rate_hz is None:
            return [Rejected(len(data))]
        limit = (counts <= 0) | (counts >= HIGHEST_COUNT)
        counters = rows[:, 0].astype(np.int64)
        breaks = np.flatnonzero((np.diff(counters) - 1) % COUNTER_MODULUS) + 1
        edges: list[int] = [0, *breaks.tolist(), samples]
        return [
            EmgBlock(int(counters[begin]), counts[begin:end], limit[begin:end])
            for begin, end in pairwise(edges)
        ]

    def sent(self, data: bytes) -> None:
        """Note what the host wrote: nothing follows from it."""

    def reset(self) -> None:
        """Forget nothing: a notification is whole, and the firmware stays the same."""


def _named_hz(options: Mapping[str, str]) -> float | None:
    named = options.get("rate")
    if named is None:
        return None
    if named not in ("250", "500"):
        raise UsageError(f"npg-ble: rate must be 250 or 500, not {named!r}.")
    return float(named)


def _decoder(options: Mapping[str, str]) -> NpgLiteDecoder:
    return NpgLiteDecoder(_named_hz(options))


def _conversation(options: Mapping[str, str]) -> Conversation:
    _named_hz(options)
    return Conversation(
        opening=(Step(b"WHORU", expect=_is_one, silent="It does not say that it is an NPG Lite."),),
        start=(
            Step(b"START"),
            Step(
                b"",
                expect=lambda _answer: False,  # samples end this step, and nothing else
                within_s=3.0,
                tries=1,
                silent=(
                    "It was started, but sent no samples in packets of a known firmware. If the "
                    "firmware is a new one, name its rate: add ?rate=250 or ?rate=500."
                ),
            ),
        ),
        stop=(Step(b"STOP"),),
    )


def _is_one(answer: bytes) -> bool:
    return answer.upper().startswith(_WHO)


PROFILE = CapabilityProfile(
    adapter="npg-ble",
    model="NPG Lite",
    emg_channels=CHANNELS,
    bits=12,
    time_source="counter",
    counter_modulus=COUNTER_MODULUS,
    integrity="transport",
)

ADAPTER = Adapter(
    name="npg-ble",
    label="NPG Lite",
    framing="packet",
    make_decoder=_decoder,
    make_conversation=_conversation,
    declared=PROFILE,
)
