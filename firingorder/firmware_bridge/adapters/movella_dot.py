"""Movella DOT over Bluetooth LE: acceleration and angular rate with its own microseconds.

Facts: adamkewley/xdc ``xdc.py`` and the maker's description of the services that lies beside it.
Never tried on a device.

The payload is "rate quantities" (mode 21): time, specific force and angular rate. The angles that
other modes offer are the sensor's own; here one filter makes them of every sensor alike.
"""

from __future__ import annotations

import math
import struct
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.firmware_bridge.adapters.base import (
    Adapter,
    Answer,
    Answers,
    Conversation,
    ImuBlock,
    Piece,
    Rejected,
    Step,
    rate_option,
)
from firingorder.firmware_bridge.profile import CapabilityProfile

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_RATE_HZ = 60
#: What it offers while it streams; 120 is for recording inside the sensor, and less than 10 shows
#: no movement.
RATES_HZ = (10, 12, 15, 20, 30, 60)
#: Where a read comes from and where a message goes: places in the profile of links/gatt.py.
MEDIUM_PAYLOAD, BATTERY, DEVICE_CONTROL = 0, 1, 2
TO_DEVICE_CONTROL, TO_MEASUREMENT_CONTROL = b"\x00", b"\x01"
MODE_RATE_QUANTITIES = 21
#: Device control: 32 bytes, the first says which of them a write changes, the rate is at 24.
DEVICE_CONTROL_BYTES, RATE_AT, CHANGES_RATE = 32, 24, 0x10
_MEASURE, _ON, _OFF = 1, 1, 0
_PAYLOAD = struct.Struct("<I6f")
_STAMP_MODULUS = 1 << 32
#: Behind a new connection a clock that is further on than this is another life of the sensor: it
#: has booted meanwhile. Nobody is waited for that long (interfaces.md, ``--give-up``: 60 s).
_LONGEST_AWAY_US = 600_000_000
#: The sensor lies on the sacrum with its z axis away from the skin and its x axis toward the head;
#: pelvis x is forward, y left, z up: a quarter turn about y.
MOUNT_WXYZ = (math.sqrt(0.5), 0.0, -math.sqrt(0.5), 0.0)


class Stamps:
    """Unrolls a clock of 32 bits of microseconds (71.6 minutes).

    Time that falls stays fallen: the receiver takes it for a boot of the sensor.
    """

    def __init__(self) -> None:
        self._last: int | None = None
        self._unrolled_us = 0
        self._after_opening = True

    def opened(self) -> None:
        """Note that the link was opened anew."""
        self._after_opening = True

    def unroll(self, stamp_us: int) -> int:
        """Return the time of a stamp on an axis that does not wrap."""
        if self._last is None:
            self._unrolled_us = stamp_us
        else:
            step_us = (stamp_us - self._last) % _STAMP_MODULUS
            if step_us >= _STAMP_MODULUS // 2:
                step_us -= _STAMP_MODULUS
            if self._after_opening and step_us > _LONGEST_AWAY_US:
                step_us -= _STAMP_MODULUS
            self._unrolled_us += step_us
        self._last = stamp_us
        self._after_opening = False
        return self._unrolled_us


class MovellaDotDecoder:
    """Notifications to motion samples, one to each.

    Parameters
    ----------
    rate_hz
        The rate that the sensor is set to.
    """

    def __init__(self, rate_hz: int = DEFAULT_RATE_HZ) -> None:
        self._stamps = Stamps()
        self.profile: CapabilityProfile = replace(PROFILE, imu_rate_hz=float(rate_hz))

    def feed(self, data: bytes) -> list[Piece]:
        """Return what a notification, or the read of its settings, holds."""
        match data[:1]:
            case b"\x02":
                return [Answer(data)]
            case b"\x01":
                return []
            case _:
                return [self._sample(data)]

    def sent(self, data: bytes) -> None:
        """Note what the host wrote: nothing follows from it."""

    def reset(self) -> None:
        """Note that the link was opened anew."""
        self._stamps.opened()

    def _sample(self, data: bytes) -> Piece:
        if data[:1] != bytes((MEDIUM_PAYLOAD,)) or len(data) < 1 + _PAYLOAD.size:
            return Rejected(len(data))
        stamp_us, *values = _PAYLOAD.unpack_from(data, 1)
        motion = np.array(values, dtype=np.float64)
        if not np.isfinite(motion).all():
            return Rejected(len(data))
        return ImuBlock(
            counter=None,
            acc_m_s2=motion[None, :3],
            gyr_rad_s=np.deg2rad(motion[None, 3:]),
            device_us=self._stamps.unroll(int(stamp_us)),
        )


def set_rate(answers: Answers, rate_hz: int) -> bytes:
    """Return the settings as they were read, with another rate; nothing if it is right already."""
    kept = next(bytearray(one[1:]) for one in reversed(answers) if _is_device_control(one))
    if int.from_bytes(kept[RATE_AT : RATE_AT + 2], "little") == rate_hz:
        return b""
    kept[0] = CHANGES_RATE
    kept[RATE_AT : RATE_AT + 2] = rate_hz.to_bytes(2, "little")
    return TO_DEVICE_CONTROL + bytes(kept)


def _is_device_control(answer: bytes) -> bool:
    return answer[:1] == bytes((DEVICE_CONTROL,)) and len(answer) == 1 + DEVICE_CONTROL_BYTES


def _rate_hz(options: Mapping[str, str]) -> int:
    return rate_option("dot-ble", options, RATES_HZ, DEFAULT_RATE_HZ)


def _decoder(options: Mapping[str, str]) -> MovellaDotDecoder:
    return MovellaDotDecoder(_rate_hz(options))


def _conversation(options: Mapping[str, str]) -> Conversation:
    rate_hz = _rate_hz(options)

    def measure(action: int) -> Step:
        order = bytes((_MEASURE, action, MODE_RATE_QUANTITIES))
        return Step(TO_MEASUREMENT_CONTROL + order)

    return Conversation(
        opening=(
            Step(
                b"",  # the link reads the settings by itself while it opens
                expect=_is_device_control,
                tries=1,
                silent="It does not tell its settings as a Movella DOT does.",
            ),
            Step(lambda answers: set_rate(answers, rate_hz)),
        ),
        start=(measure(_ON),),
        stop=(measure(_OFF),),
    )


PROFILE = CapabilityProfile(
    adapter="dot-ble",
    model="Movella DOT",
    time_source="device_us",
    counter_modulus=_STAMP_MODULUS,
    integrity="transport",
    imu="6axis",
    imu_rate_hz=float(DEFAULT_RATE_HZ),
    imu_mount_wxyz=MOUNT_WXYZ,
    slope_limit=150e-6,
)

ADAPTER = Adapter(
    name="dot-ble",
    label="Movella DOT",
    framing="packet",
    make_decoder=_decoder,
    make_conversation=_conversation,
    declared=PROFILE,
)
