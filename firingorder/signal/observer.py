"""Somebody who is shown what the chain sees, in its order: a calibration under way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.conditioning import ConditionedBlock
    from firingorder.signal.orientation import Pose
    from firingorder.signal.quality import Look


class Observer(Protocol):
    """Is given every block, look and sample, and changes nothing."""

    def feed_emg(self, block: ConditionedBlock, t0_s: float) -> None:
        """Take one block of all channels; ``t0_s`` is the time of its first sample."""
        ...

    def feed_look(self, look: Look, t_s: float) -> None:
        """Take a look of a second at all channels; ``t_s`` is its end."""
        ...

    def feed_imu(self, t_s: float, acc: FloatArray, gyr: FloatArray, pose: Pose) -> None:
        """Take one sample of the pelvis sensor, ``(3,)`` each in sensor axes, and its pose."""
        ...

    def feed_contact(self, lead_off: BoolArray) -> None:
        """Take a report of the device, ``(n_channels,)``: which electrodes are off from now on."""
        ...
