"""A pelvis sensor on a clock of its own, brought to the time of the EMG.

Both clocks are followed against the host's, each by its own lower envelope, so a sample of one is
an instant of the other: -2 to 0 ms constant plus 0.2 to 0.6 ms (wire_protocol.md section 14,
simulation). The constant part is taken out by a common event, taps of the heel or on the belt.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.samples import EmgChunk, Gap, ImuChunk, ImuLayout

if TYPE_CHECKING:
    from firingorder.firmware_bridge.profile import CapabilityProfile
    from firingorder.firmware_bridge.source import SourceReceiver

#: A mapping that steps back (in its first ten seconds, or when taps have moved it) squeezes samples
#: together, at most to this share of their period, until it is caught up with: time never falls.
LEAST_STEP = 0.5


def imu_layout(profile: CapabilityProfile) -> ImuLayout | None:
    """Return the layout of a source's motion sensor; None if it has none."""
    if profile.imu == "none":
        return None
    if profile.imu_mount_wxyz is None:
        return ImuLayout(profile.imu_rate_hz)
    return ImuLayout(profile.imu_rate_hz, profile.imu_mount_wxyz)


class ImuJoin:
    """Moves what comes from the sensor onto the time axis of the EMG source.

    Attributes
    ----------
    layout
        Of the sensor.
    offset_s
        Added to sensor times; the taps give it.
    dropped
        Chunks and gaps from before the first EMG sample, or before both clocks were known.
    """

    def __init__(
        self, emg: SourceReceiver, imu: SourceReceiver, declared: CapabilityProfile
    ) -> None:
        self.layout = imu_layout(declared)
        self.offset_s = 0.0
        self.dropped = 0
        self._emg = emg
        self._imu = imu
        self._newest_s: float | None = None

    def place(self, item: EmgChunk | ImuChunk | Gap) -> ImuChunk | Gap | None:
        """Return the item in session time; None before that is known or begins."""
        match item:
            case ImuChunk():
                t0_s = self._placed_s(item.t0_s, LEAST_STEP / item.rate_hz)
                if t0_s is not None and t0_s >= 0.0:
                    self._newest_s = t0_s + (len(item.acc_m_s2) - 1) / item.rate_hz
                    return replace(item, t0_s=t0_s)
            case Gap():
                start_s, end_s = self._placed_s(item.start_s), self._placed_s(item.end_s)
                if self._newest_s is not None and start_s is not None and end_s is not None:
                    return replace(item, start_s=start_s, end_s=max(start_s, end_s))
            case _:
                pass
        self.dropped += 1
        return None

    def session_s(self, at_s: float) -> float | None:
        """Return session time of sensor time by both clocks alone, as they are known now."""
        host_ns = self._imu.host_ns(at_s)
        return None if host_ns is None else self._emg.now_s(host_ns)

    def _placed_s(self, at_s: float, least_step_s: float = 0.0) -> float | None:
        session_s = self.session_s(at_s)
        if session_s is None:
            return None
        placed_s = session_s + self.offset_s
        return placed_s if self._newest_s is None else max(placed_s, self._newest_s + least_step_s)
