"""Whether a profile fits the session that wants to use it: another person, montage, device, day.

What does not fit is left out of what the signal chain gets (profile.personal_reference), so that a
percent of the wrong reference cannot come about. The order of the muscles needs no profile.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from firingorder.calibration.profile import DeviceIdentity
from firingorder.signal.orientation import angle_between_deg
from firingorder.signal.quality import site

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firingorder.calibration.profile import CalibrationProfile, Part
    from firingorder.signal.reference import Vector

Severity = Literal["warning", "refusal"]
_ORDER = "The order of the muscles works without."
_ALL: tuple[Part, ...] = ("references", "rest", "mount", "bias", "baselines")


@dataclass(frozen=True, slots=True)
class FitParams:
    """When a profile is too old or has changed too much. Proposals.

    Attributes
    ----------
    most_age_h
        Pads stay on for a day at most: gel dries and skin sweats. Hours, so that midnight is no
        border.
    clock_h
        A profile from so far in the future says that a clock is wrong.
    rest_ratio
        Noise at rest may change by this factor before a pad is suspected.
    squeeze_ratio
        A single comfortable squeeze against the mean of three, each with the largest spread that
        a reference may have (reference.py): exp(1.96 x 0.25 x sqrt(1 + 1/3)) = 1.76.
    tilt_deg
        Where up is in the sensor, lying still: start poses of a set lie within 10 degrees
        (exercise_bridge.md section 2).
    """

    most_age_h: float = 12.0
    clock_h: float = 0.25
    rest_ratio: float = 2.0
    squeeze_ratio: float = 1.76
    tilt_deg: float = 10.0


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """The session that wants to use a profile.

    Attributes
    ----------
    person, device, channels, ham_site, calibrated
        As in the profile.
    now_utc
        ISO 8601 with its offset.
    application
        Number of the time the electrodes were put on, None where nobody said.
    imu
        A pelvis sensor is worn.
    """

    channels: tuple[str, ...]
    now_utc: str
    person: str = ""
    device: DeviceIdentity = field(default_factory=DeviceIdentity)
    ham_site: str = "unknown"
    calibrated: bool = True
    application: int | None = None
    imu: bool = True


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing that does not fit: a sentence, and the parts of the profile that are left out."""

    code: str
    severity: Severity
    sentence: str
    without: tuple[str, ...] = ()


def fit(
    profile: CalibrationProfile, session: SessionFacts, params: FitParams | None = None
) -> tuple[Misfit, ...]:
    """Return everything that does not fit, worst first; empty: use all of it."""
    p = params or FitParams()
    found = [
        *_person(profile, session),
        *_device(profile, session),
        *_units(profile, session),
        *_age(profile, session, p),
        *_channels(profile, session),
        *_ham_site(profile, session),
    ]
    return tuple(sorted(found, key=lambda one: one.severity != "refusal"))


def left_out(misfits: Iterable[Misfit]) -> frozenset[str]:
    """Return the parts that may not be used, for ``personal_reference``."""
    return frozenset(part for one in misfits for part in one.without)


def recheck(
    profile: CalibrationProfile, fresh: CalibrationProfile, params: FitParams | None = None
) -> tuple[Misfit, ...]:
    """Hold a profile against lying still and a short squeeze of now (the plan "recheck").

    ``fresh`` is the profile that plan has made.
    """
    p = params or FitParams()
    found: list[Misfit] = []
    for now in fresh.channels:
        then = profile.channel(now.name)
        if then is None:
            continue
        where = site(now.name)
        if then.rest_uv and now.rest_uv:
            ratio = now.rest_uv / then.rest_uv
            if max(ratio, 1.0 / ratio) > p.rest_ratio:
                found.append(_pad(now.name, "rest_changed",
                    f"The {where} has {_level(profile, now.rest_uv)} of noise at rest and had "
                    f"{_level(profile, then.rest_uv)}: press its pads down"))  # fmt: skip
        for task, value in ((one.task, one.value_uv) for one in now.positions):
            before = next((one.value_uv for one in then.positions if one.task == task), None)
            if value is None or before is None:
                continue
            if max(value / before, before / value) > p.squeeze_ratio:
                found.append(_pad(now.name, "squeeze_changed",
                    f"The same squeeze gives {_level(profile, value)} at the {where} and gave "
                    f"{_level(profile, before)}: the pads may have been moved"))  # fmt: skip
    return (*found, *_turned(profile, fresh, p))


def _pad(name: str, code: str, what: str) -> Misfit:
    return Misfit(
        code,
        "warning",
        f"{what}; its percent values are left out until it is calibrated again.",
        (f"reference:{name}",),
    )


def _level(profile: CalibrationProfile, value: float) -> str:
    return f"{value:.1f} µV" if profile.calibrated else f"{value:.3g} units"


def _turned(
    profile: CalibrationProfile, fresh: CalibrationProfile, p: FitParams
) -> tuple[Misfit, ...]:
    """Return that the sensor sits otherwise than before, as gravity tells it lying still."""
    then = None if profile.sensor is None else profile.sensor.vertical
    now = None if fresh.sensor is None else fresh.sensor.vertical
    return () if then is None or now is None else recheck_mounting(then, now, p)


def recheck_mounting(
    then: Vector, now: Vector, params: FitParams | None = None
) -> tuple[Misfit, ...]:
    """Return whether the sensor has turned, from where up is in it lying still, then and now."""
    p = params or FitParams()
    angle = angle_between_deg(then, now)
    if angle <= p.tilt_deg:
        return ()
    return (
        Misfit(
            "sensor_turned",
            "warning",
            f"The pelvis sensor sits {angle:.0f} degrees otherwise than in the calibration: "
            "its mounting is left out; do the three slow bridges again.",
            ("mount",),
        ),
    )


def _person(profile: CalibrationProfile, session: SessionFacts) -> list[Misfit]:
    then, now = profile.identity.person, session.person
    if then and now and then != now:
        text = f"This calibration is of another person ({then}, not {now}): none of it is used; "
        return [Misfit("person", "refusal", f"{text}calibrate this person. {_ORDER}", _ALL)]
    if then != now:
        return [
            Misfit(
                "person_unknown",
                "warning",
                f"Whether this calibration is of the same person is not known ({then or 'nobody'} "
                f"then, {now or 'nobody'} now): give the person's code.",
            )
        ]
    return []


def _device(profile: CalibrationProfile, session: SessionFacts) -> list[Misfit]:
    then, now = profile.identity.device, session.device
    parts = ("references", "rest", "mount", "bias")
    if (then.model, then.serial) != (now.model, now.serial):
        return [
            Misfit(
                "device",
                "refusal",
                f"This calibration was made with another device ({_called(then)}, not "
                f"{_called(now)}): amplitudes and the sensor's mounting are left out; calibrate "
                f"this one. {_ORDER}",
                parts,
            )
        ]
    if then.firmware != now.firmware:
        return [
            Misfit(
                "firmware",
                "warning",
                f"The firmware of the device has changed since the calibration ({then.firmware} "
                f"then, {now.firmware} now): calibrate again if numbers look odd.",
            )
        ]
    return []


def _called(device: DeviceIdentity) -> str:
    return " ".join(one for one in (device.model, device.serial) if one) or "unnamed"


def _units(profile: CalibrationProfile, session: SessionFacts) -> list[Misfit]:
    if profile.calibrated == session.calibrated:
        return []
    words = {True: "microvolts", False: "the device's own units"}
    return [
        Misfit(
            "units",
            "refusal",
            f"This calibration is in {words[profile.calibrated]} and the session in "
            f"{words[session.calibrated]}: percent values are left out; calibrate again. {_ORDER}",
            ("references", "rest"),
        )
    ]


def _age(profile: CalibrationProfile, session: SessionFacts, p: FitParams) -> list[Misfit]:
    then, now = profile.identity, session.application
    age = datetime.fromisoformat(session.now_utc) - _instant(then.created_utc)
    hours = age.total_seconds() / 3600.0
    parts = ("references", "rest", "mount", "within_day")
    if hours < -p.clock_h:
        text = f"This calibration is from {-hours:.1f} hours in the future: a clock was wrong, so "
        text += f"its percent values are left out; calibrate again. {_ORDER}"
        return [Misfit("clock", "refusal", text, parts)]
    if now is not None and now != then.application:
        text = "The electrodes were put on again since this calibration: percent values and the "
        text += f"sensor's mounting are left out; calibrate again. {_ORDER}"
        return [Misfit("reapplied", "refusal", text, parts)]
    if hours > p.most_age_h:
        text = f"This calibration is {_ago(hours)} old, and pads do not stay the same for so long: "
        text += f"percent values are left out; calibrate again. {_ORDER}"
        return [Misfit("age", "refusal", text, parts)]
    if now is None:
        text = "Nobody said whether the same electrodes are still on: do the short re-check."
        return [Misfit("application_unknown", "warning", text)]
    return []


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)


def _ago(hours: float) -> str:
    days = math.floor(hours / 24.0)
    return f"{hours:.0f} hours" if days < 2 else f"{days} days"


def _channels(profile: CalibrationProfile, session: SessionFacts) -> list[Misfit]:
    found: list[Misfit] = []
    missing = [name for name in profile.names if name not in session.channels]
    extra = [name for name in session.channels if name not in profile.names]
    if not set(profile.names) & set(session.channels):
        text = "No muscle of this calibration is worn now: none of it is used; calibrate again. "
        return [Misfit("montage", "refusal", text + _ORDER, ("references", "rest"))]
    if missing:
        text = f"Calibrated but not worn now: {_sites(missing)}; measures that need it have no "
        found.append(Misfit("channel_missing", "warning", f"{text}value."))
    if extra:
        text = f"Worn now but not calibrated: {_sites(extra)}; it has no percent values until it "
        found.append(Misfit("channel_extra", "warning", f"{text}is calibrated."))
    return found


def _sites(names: list[str]) -> str:
    return ", ".join(site(name) for name in names)


def _ham_site(profile: CalibrationProfile, session: SessionFacts) -> list[Misfit]:
    names = [one for one in profile.names if one.startswith("hamstring_")]
    names = [one for one in names if one in session.channels]
    then, now = profile.ham_site, session.ham_site
    if not names or (then == now and then != "unknown"):
        return []
    if then == now:
        text = "Whether the hamstring pads lie on the lateral or the medial muscle was never said, "
        text += "and the two start at different times: give ham_site in the montage."
        return [Misfit("ham_site_unknown", "warning", text)]
    parts = tuple(f"reference:{one}" for one in names)
    text = f"The hamstring pads were {then} in the calibration and are {now} now: their percent "
    text += f"values and the baselines are left out; calibrate again. {_ORDER}"
    return [Misfit("ham_site", "refusal", text, (*parts, "baselines"))]
