"""WitMotion sensors over Bluetooth LE (WT901BLE, BWT901BLE5): motion without time or counter.

Packets: LiDline/witmotion_WT901BLECL_py ``func/for_bluetooth.py``, ``func/general_operations.py``.
Unlocking and reading a register: the maker's protocol as several public programs speak it, not
verified. Never tried on a device.

Sample time is the number of packets over the nominal rate, so the sensor must really have that
rate: it is written, read back, and before it was read back no packet counts. A packet that the
system loses shifts time by one sample; nothing on the wire can tell, and the profile says so.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.firmware_bridge.adapters.base import (
    Adapter,
    Answer,
    Conversation,
    ImuBlock,
    Piece,
    Rejected,
    Step,
    rate_option,
)
from firingorder.firmware_bridge.profile import CapabilityProfile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEFAULT_RATE_HZ = 50
#: Codes of the return rate; slower ones show no movement.
RATE_CODES = {10: 0x06, 20: 0x07, 50: 0x08}
HEAD, MOTION, REGISTER = 0x55, 0x61, 0x71
PACKET_BYTES = 20
_RATE_REGISTER = 0x03
UNLOCK = bytes.fromhex("ff aa 69 88 b5")
READ_RATE = bytes.fromhex("ff aa 27 03 00")
_FULL_SCALE = 32768.0
_ACC_M_S2 = 16.0 * 9.80665 / _FULL_SCALE
_GYR_RAD_S = math.radians(2000.0) / _FULL_SCALE
#: Between two commands: other programs leave as much.
PAUSE_S = 0.1
#: As for the other sensor: z axis away from the skin, x axis toward the head.
MOUNT_WXYZ = (math.sqrt(0.5), 0.0, -math.sqrt(0.5), 0.0)


class WitMotionDecoder:
    """Notifications to motion samples; none before the sensor has said that its rate is right.

    Parameters
    ----------
    rate_hz
        The rate that the sensor is set to.
    """

    def __init__(self, rate_hz: int = DEFAULT_RATE_HZ) -> None:
        self._rate_is_set = _rate_is(rate_hz)
        self._sure = False
        self.profile: CapabilityProfile = replace(PROFILE, imu_rate_hz=float(rate_hz))

    def feed(self, data: bytes) -> list[Piece]:
        """Return what a notification holds: whole packets, one as a rule."""
        out: list[Piece] = []
        at = odd = 0
        while at < len(data):
            packet = data[at : at + PACKET_BYTES]
            if (
                len(packet) < PACKET_BYTES
                or packet[0] != HEAD
                or packet[1]
                not in (
                    MOTION,
                    REGISTER,
                )
            ):
                at += 1
                odd += 1
                continue
            at += PACKET_BYTES
            if packet[1] == REGISTER:
                self._sure = self._sure or self._rate_is_set(packet)
                out.append(Answer(packet))
            elif self._sure:
                out.append(_sample(packet))
        if odd:
            out.append(Rejected(odd))
        return out

    def sent(self, data: bytes) -> None:
        """Note what the host wrote: nothing follows from it."""

    def reset(self) -> None:
        """Note that the link was opened anew: the sensor may have lost its settings."""
        self._sure = False


def _sample(packet: bytes) -> ImuBlock:
    words = np.frombuffer(packet, dtype="<i2", count=6, offset=2).astype(np.float64)
    return ImuBlock(
        counter=None,
        acc_m_s2=_ACC_M_S2 * words[None, :3],
        gyr_rad_s=_GYR_RAD_S * words[None, 3:],
    )


def _rate_is(rate_hz: int) -> Callable[[bytes], bool]:
    """Return whether an answer says that the sensor has this rate."""
    head = bytes((HEAD, REGISTER, _RATE_REGISTER, 0x00, RATE_CODES[rate_hz]))
    return lambda packet: packet.startswith(head)


def _rate_hz(options: Mapping[str, str]) -> int:
    return rate_option("witmotion-ble", options, RATE_CODES, DEFAULT_RATE_HZ)


def _decoder(options: Mapping[str, str]) -> WitMotionDecoder:
    return WitMotionDecoder(_rate_hz(options))


def _conversation(options: Mapping[str, str]) -> Conversation:
    rate_hz = _rate_hz(options)
    return Conversation(
        opening=(
            Step(UNLOCK, pause_s=PAUSE_S),
            Step(bytes((0xFF, 0xAA, _RATE_REGISTER, RATE_CODES[rate_hz], 0)), pause_s=PAUSE_S),
            Step(
                READ_RATE,
                expect=_rate_is(rate_hz),
                within_s=1.5,
                silent=(
                    f"It does not confirm {rate_hz} samples a second, and without that its "
                    "samples have no time. Set the rate with the maker's program, or try another "
                    "with ?rate=10, 20 or 50."
                ),
            ),
        ),
        start=(),  # it sends all the time
        stop=(),
    )


PROFILE = CapabilityProfile(
    adapter="witmotion-ble",
    model="WitMotion",
    time_source="notification_count",
    integrity="transport",
    imu="6axis",
    imu_rate_hz=float(DEFAULT_RATE_HZ),
    imu_mount_wxyz=MOUNT_WXYZ,
)

ADAPTER = Adapter(
    name="witmotion-ble",
    label="WitMotion sensor",
    framing="packet",
    make_decoder=_decoder,
    make_conversation=_conversation,
    declared=PROFILE,
)
