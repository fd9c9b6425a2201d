"""A calibration profile: what one person in one montage measured, how, and with what result.

Schema ``firingorder.calibration/1``. The profile is stored in the recording; profile_json.py reads
and writes it, fit.py says whether it may be used again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from firingorder.signal.reference import ChannelReference, OwnBaseline, PersonalReference

if TYPE_CHECKING:
    from collections.abc import Container

    from firingorder.calibration.reference import Effort
    from firingorder.measures import Normalisation
    from firingorder.signal.reference import Quaternion, Vector

SCHEMA = "firingorder.calibration/1"
StepOutcome = Literal["accepted", "skipped", "failed"]
#: What of a profile can be left out, besides "reference:CHANNEL" of one channel. Without
#: "within_day" what is known across days counts.
Part = Literal["references", "rest", "mount", "bias", "baselines", "within_day"]


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """Which device it was, as the device gives it; empty where it does not say."""

    model: str = ""
    serial: str = ""
    firmware: str = ""


@dataclass(frozen=True, slots=True)
class ProfileIdentity:
    """Whose profile it is, and where it comes from.

    Attributes
    ----------
    profile_id
        Unique name of the profile.
    created_utc
        ISO 8601 with its offset, of the end of the calibration.
    software
        Version of the software.
    person
        A code, never a name; empty where none was given.
    device
        Which device.
    application
        Number of the time the electrodes were put on: the same while the pads stay on.
    """

    profile_id: str
    created_utc: str
    software: str = ""
    person: str = ""
    device: DeviceIdentity = field(default_factory=DeviceIdentity)
    application: int = 1


@dataclass(frozen=True, slots=True)
class Try:
    """One try of a reference contraction: RMS in microvolts, and why it does not count."""

    value_uv: float | None
    kept: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PositionReference:
    """One channel in one position. ``task`` names the position, ``cv`` is SD over mean."""

    task: str
    posture: str
    value_uv: float | None
    cv: float | None
    tries: tuple[Try, ...]


@dataclass(frozen=True, slots=True)
class ChannelCalibration:
    """One channel.

    Attributes
    ----------
    rest_uv, rest_sd_uv
        RMS lying still, and its SD between single seconds; None is unknown.
    ecg
        The heart is seen in it.
    tone_share
        Share of the rest's power that has the spectrum of the muscle, 0 to 1; None is unknown.
    reference_uv, task, posture
        What 100 % means and how it was made; None and empty without a reference.
    positions
        All positions, also those that were not kept.
    reason
        Why there is no reference, empty with one.
    """

    name: str
    rest_uv: float | None = None
    rest_sd_uv: float | None = None
    ecg: bool = False
    tone_share: float | None = None
    reference_uv: float | None = None
    task: str = ""
    posture: str = ""
    positions: tuple[PositionReference, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Mounting:
    """How the sensor sits: sensor axes into the pelvis frame, 95 % error, and how it was found.

    ``axis_error_deg``: the same error about x, y and z of the pelvis, None where it is not known.
    """

    quat_wxyz: Quaternion
    error_deg: float
    method: str
    axis_error_deg: Vector | None = None


@dataclass(frozen=True, slots=True)
class SensorCalibration:
    """The pelvis sensor; every part may be unknown.

    Attributes
    ----------
    gyro_bias_rad_s, vertical
        Mean rate at rest, and where up is when lying still, both in sensor axes.
    still_deg_s
        SD of the rate lying still.
    threshold_deg_s, range_deg, peak_deg_s
        Movement threshold; median range and peak rate of slow bridges.
    """

    gyro_bias_rad_s: Vector | None = None
    vertical: Vector | None = None
    still_deg_s: float | None = None
    threshold_deg_s: float | None = None
    range_deg: float | None = None
    peak_deg_s: float | None = None
    mounting: Mounting | None = None


@dataclass(frozen=True, slots=True)
class TapCalibration:
    """What taps say of a sensor with a clock of its own: add ``offset_s`` to its times."""

    offset_s: float
    uncertainty_s: float
    taps: int


@dataclass(frozen=True, slots=True)
class StepRecord:
    """How one step ended. ``reasons`` are sentences; ``at_s`` is device time."""

    key: str
    state: StepOutcome
    reasons: tuple[str, ...]
    attempts: int
    at_s: float


@dataclass(frozen=True, slots=True)
class CalibrationProfile:
    """Everything one calibration has found.

    Attributes
    ----------
    channels
        By column, as they are named after a repair.
    repairs
        (named before, named now) of each channel whose name was changed.
    ham_site
        lateral, medial or unknown.
    calibrated
        Amplitudes are microvolts; otherwise they are in the device's own unit.
    effort, normalisation
        How references were made, and what CEDE calls it; "none" without any.
    within_day, across_days
        Own variability by metric: of sets with the same pads, and with pads put on again.
    """

    identity: ProfileIdentity
    channels: tuple[ChannelCalibration, ...]
    ham_site: str
    calibrated: bool
    effort: Effort = "submaximal"
    normalisation: Normalisation = "none"
    repairs: tuple[tuple[str, str], ...] = ()
    sensor: SensorCalibration | None = None
    taps: TapCalibration | None = None
    within_day: dict[str, OwnBaseline] = field(default_factory=dict[str, OwnBaseline])
    across_days: dict[str, OwnBaseline] = field(default_factory=dict[str, OwnBaseline])
    steps: tuple[StepRecord, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Muscle names by column."""
        return tuple(one.name for one in self.channels)

    def channel(self, name: str) -> ChannelCalibration | None:
        """Return one channel, None where the profile has none of that name."""
        return next((one for one in self.channels if one.name == name), None)


def personal_reference(
    profile: CalibrationProfile, without: Container[str] = ()
) -> PersonalReference:
    """Return what the signal chain uses of a profile.

    ``without`` are parts that may not be used (fit.py): they come out as unknown, never as zero.
    """
    channels: dict[str, ChannelReference] = {}
    for one in profile.channels:
        dropped = "references" in without or f"reference:{one.name}" in without
        channels[one.name] = ChannelReference(
            rest_uv=None if "rest" in without else one.rest_uv,
            reference_uv=None if dropped else one.reference_uv,
            rest_sd_uv=None if "rest" in without else one.rest_sd_uv,
        )
    left = any(one.reference_uv is not None for one in channels.values())
    sensor = profile.sensor or SensorCalibration()
    mounting = None if "mount" in without else sensor.mounting
    baselines = profile.across_days if "within_day" in without else profile.within_day
    return PersonalReference(
        channels=channels,
        normalisation=profile.normalisation if left else "none",
        mount_wxyz=None if mounting is None else mounting.quat_wxyz,
        mount_error_deg=None if mounting is None else mounting.error_deg,
        mount_axis_error_deg=None if mounting is None else mounting.axis_error_deg,
        gyro_bias_rad_s=None if "bias" in without else sensor.gyro_bias_rad_s,
        still_deg_s=None if "bias" in without else sensor.still_deg_s,
        baselines={} if "baselines" in without else dict(baselines),
        across_days={} if "baselines" in without else dict(profile.across_days),
    )
