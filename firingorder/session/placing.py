"""Which muscles a device's channels are, and what the pipeline must know of its streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.errors import DeviceRefusedError
from firingorder.montage import Montage, select_columns
from firingorder.samples import EmgLayout, Gap, ImuChunk, ImuLayout
from firingorder.session.device import source_montage
from firingorder.session.joining import imu_layout

if TYPE_CHECKING:
    from firingorder.firmware_bridge.items import Item
    from firingorder.firmware_bridge.profile import CapabilityProfile


def of_imu(item: Item) -> bool:
    """Tell whether something decoded belongs to the motion stream."""
    return isinstance(item, ImuChunk) or (isinstance(item, Gap) and item.stream == "imu")


def place(
    profile: CapabilityProfile, montage: Montage | None, joined: ImuLayout | None
) -> tuple[tuple[str, ...], list[int], tuple[EmgLayout, ImuLayout | None]]:
    """Return the muscles, their columns among the device's channels, and the layouts."""
    if not profile.emg_channels:
        raise DeviceRefusedError("The device offers no EMG stream. Nothing can be timed.")
    labels = tuple(f"EMG{k + 1}" for k in range(profile.emg_channels))
    channels, columns = select_columns(montage or source_montage(profile), labels)
    emg = EmgLayout(
        profile.emg_rate_hz,
        channels,
        (profile.skew_us or 0.0) * 1e-6,
        timing_error_s=profile.timing_error_s,
        calibrated=profile.calibrated,
    )
    return channels, columns, (emg, joined or imu_layout(profile))
