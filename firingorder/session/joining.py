"""A pelvis sensor on a clock of its own, brought to the time of the EMG.

Both clocks are followed against the host's, each by its own lower envelope, so a sample of one is
an instant of the other: -2 to 0 ms constant plus 0.2 to 0.6 ms (wire_protocol.md section 14,
simulation). The constant part is taken out by a common event, taps on the belt.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.samples import EmgChunk, Gap, ImuChunk, ImuLayout

if TYPE_CHECKING:
    from firingorder.firmware_bridge.profile import CapabilityProfile
    from firingorder.firmware_bridge.source import SourceReceiver


def imu_layout(profile: CapabilityProfile) -> ImuLayout | None:
    """Return the layout of a source's motion sensor; None if it has none."""
    if profile.imu == "none":
        return None
    if profile.imu_mount_wxyz is None:
        return ImuLayout(profile.imu_rate_hz)
    return ImuLayout(profile.imu_rate_hz, profile.imu_mount_wxyz)


class ImuJoin:
    """Moves what comes from the sensor onto the time axis of the EMG source.

    ``offset_s`` is added to sensor times; the tap test gives it.
    """

    def __init__(
        self, emg: SourceReceiver, imu: SourceReceiver, declared: CapabilityProfile
    ) -> None:
        self.layout = imu_layout(declared)
        self.offset_s = 0.0
        self.dropped = 0
        self._emg = emg
        self._imu = imu

    def place(self, item: EmgChunk | ImuChunk | Gap) -> ImuChunk | Gap | None:
        """Return the item in session time; None before both clocks are known."""
        match item:
            case ImuChunk():
                t0_s = self._session_s(item.t0_s)
                if t0_s is not None:
                    return replace(item, t0_s=t0_s)
            case Gap():
                start_s, end_s = self._session_s(item.start_s), self._session_s(item.end_s)
                if start_s is not None and end_s is not None:
                    return replace(item, start_s=start_s, end_s=end_s)
            case _:
                pass
        self.dropped += 1
        return None

    def _session_s(self, at_s: float) -> float | None:
        host_ns = self._imu.host_ns(at_s)
        if host_ns is None:
            return None
        session_s = self._emg.now_s(host_ns)
        return None if session_s is None else session_s + self.offset_s
