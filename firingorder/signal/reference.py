"""What is known of this person in this montage: the part of a calibration the signal chain uses.

Made by ``calibration`` from a profile; everything is optional, because any part of a calibration
can be missing or too old.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.measures import Normalisation

Quaternion = tuple[float, float, float, float]
Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class ChannelReference:
    """One channel: RMS lying still, and RMS in the reference contraction, microvolts.

    ``reference_uv`` is what 100 % means, noise taken out (power subtracted); ``rest_sd_uv`` is the
    SD between single seconds of rest. None is unknown.
    """

    rest_uv: float | None = None
    reference_uv: float | None = None
    rest_sd_uv: float | None = None


@dataclass(frozen=True, slots=True)
class OwnBaseline:
    """A metric of this person over baseline sets.

    ``mdc`` is the minimal detectable change; ``provisional`` while it rests on two sets.
    """

    median: float
    sd: float
    mdc: float
    n: int
    sets: int
    provisional: bool = True


@dataclass(frozen=True, slots=True)
class PersonalReference:
    """Rest, references, mounting and own variability of one person in one montage.

    Attributes
    ----------
    channels
        By muscle name.
    normalisation
        How the references were made, in CEDE's words.
    mount_wxyz, mount_error_deg
        Sensor axes into the pelvis frame, and the 95 % error of that; None: not calibrated.
    mount_axis_error_deg
        The same error about x, y and z of the pelvis, where it is known.
    gyro_bias_rad_s
        Mean rate at rest in sensor axes.
    still_deg_s
        SD of the angular rate lying still, for the movement threshold.
    baselines
        By metric name, within the day: "lead_ms", "hamstring_share", "tilt_peak_deg",
        "obliquity_peak_deg", "rotation_peak_deg", "range_deg"; those of one exercise with its id
        behind an "@" (calibration/own_variability.py).
    across_days
        The same with the electrodes put on again in between; what two sessions are compared by.
    """

    channels: dict[str, ChannelReference] = field(default_factory=dict[str, ChannelReference])
    normalisation: Normalisation = "none"
    mount_wxyz: Quaternion | None = None
    mount_error_deg: float | None = None
    mount_axis_error_deg: Vector | None = None
    gyro_bias_rad_s: Vector | None = None
    still_deg_s: float | None = None
    baselines: dict[str, OwnBaseline] = field(default_factory=dict[str, OwnBaseline])
    across_days: dict[str, OwnBaseline] = field(default_factory=dict[str, OwnBaseline])

    def reference_uv(self, channel: str) -> float | None:
        """Return what 100 % of a channel is, None where it was never measured or is zero."""
        known = self.channels.get(channel)
        value = None if known is None else known.reference_uv
        return value if value is not None and value > 0.0 else None
