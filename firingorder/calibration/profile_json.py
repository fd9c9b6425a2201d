"""Calibration profiles as JSON, every field checked: a damaged number is never used silently."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast, get_args

from firingorder.calibration.fields import Fields, ProfileError
from firingorder.calibration.profile import (
    SCHEMA,
    CalibrationProfile,
    ChannelCalibration,
    DeviceIdentity,
    Mounting,
    PositionReference,
    ProfileIdentity,
    SensorCalibration,
    StepOutcome,
    StepRecord,
    TapCalibration,
    Try,
)
from firingorder.calibration.reference import Effort
from firingorder.measures import Normalisation
from firingorder.montage import NAMES
from firingorder.signal.reference import OwnBaseline

if TYPE_CHECKING:
    from firingorder.signal.reference import Quaternion

#: A rotation is stored to nine digits; further off it is damaged.
_UNIT = 1e-3
HAM_SITES = ("lateral", "medial", "unknown")


def to_dict(profile: CalibrationProfile) -> dict[str, Any]:
    """Return the profile as the JSON object of its schema."""
    fields = asdict(profile)
    identity = fields.pop("identity")
    return {"schema": SCHEMA, **identity, **_plain(fields)}


def to_json(profile: CalibrationProfile) -> str:
    """Return the profile as JSON text."""
    return json.dumps(to_dict(profile), indent=1, allow_nan=False)


def from_json(text: str, origin: str = "The calibration profile") -> CalibrationProfile:
    """Read a profile from JSON text.

    Raises
    ------
    ProfileError
        In one sentence: what is wrong and what to do.
    """
    try:
        data: object = json.loads(text)
    except ValueError as error:
        raise ProfileError(f"{origin} is damaged ({error}): calibrate again.") from error
    return from_dict(data, origin)


def from_dict(data: object, origin: str = "The calibration profile") -> CalibrationProfile:
    """Read a profile from its decoded JSON object.

    Raises
    ------
    ProfileError
        In one sentence: what is wrong and what to do.
    """
    if not isinstance(data, dict):
        raise ProfileError(f"{origin} is no JSON object, so it is no profile: calibrate again.")
    fields = Fields(cast("dict[str, Any]", data), origin)
    _check_schema(fields.data.get("schema"), origin)
    channels = tuple(_channel(one) for one in fields.objects("channels"))
    names = [one.name for one in channels]
    if not channels or len(set(names)) < len(names):
        raise fields.wrong("channels", names, "each channel once, and at least one")
    calibrated = fields.flag("calibrated")
    normalisation = cast("Normalisation", fields.choice("normalisation", get_args(Normalisation)))
    if normalisation == "none" and any(one.reference_uv is not None for one in channels):
        raise fields.wrong("normalisation", "none", "the kind of its references")
    return CalibrationProfile(
        identity=_identity(fields),
        channels=channels,
        ham_site=fields.choice("ham_site", HAM_SITES),
        calibrated=calibrated,
        effort=cast("Effort", fields.choice("effort", get_args(Effort))),
        normalisation=normalisation,
        repairs=tuple(_pair(fields, one) for one in fields.list("repairs")),
        sensor=fields.optional("sensor", _sensor),
        taps=fields.optional("taps", _taps),
        within_day=_baselines(fields, "within_day"),
        across_days=_baselines(fields, "across_days"),
        steps=tuple(_step(one) for one in fields.objects("steps")),
    )


def _plain(value: Any) -> Any:
    """Return tuples as lists, as JSON has them."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in cast("list[Any]", value)]
    return value


def _check_schema(found: object, origin: str) -> None:
    family, _, version = SCHEMA.rpartition("/")
    name, _, other = found.rpartition("/") if isinstance(found, str) else ("", "", "")
    if name != family or not other.isdigit():
        raise ProfileError(
            f"{origin} has the schema {found!r}, which is no calibration profile ({SCHEMA}): "
            "choose another file, or calibrate again."
        )
    if int(other) > int(version):
        raise ProfileError(
            f"{origin} was made by a newer version of this program (schema {found}): "
            "update the program, or calibrate again."
        )
    if found != SCHEMA:
        raise ProfileError(f"{origin} has the unknown schema {found!r}: calibrate again.")


def _identity(fields: Fields) -> ProfileIdentity:
    device = fields.child("device", fields.take("device"))
    created = fields.text("created_utc")
    try:
        if datetime.fromisoformat(created).tzinfo is None:
            raise fields.wrong("created_utc", created, "an instant with its offset")
    except ValueError as error:
        raise fields.wrong("created_utc", created, "an instant") from error
    return ProfileIdentity(
        profile_id=fields.text("profile_id"),
        created_utc=created,
        software=fields.text("software"),
        person=fields.text("person"),
        device=DeviceIdentity(device.text("model"), device.text("serial"), device.text("firmware")),
        application=fields.count("application"),
    )


def _channel(fields: Fields) -> ChannelCalibration:
    name = fields.choice("name", NAMES)
    fields.origin = f"{fields.origin} {name}"
    return ChannelCalibration(
        name=name,
        rest_uv=fields.amount("rest_uv"),
        rest_sd_uv=fields.amount("rest_sd_uv"),
        ecg=fields.flag("ecg"),
        tone_share=fields.share("tone_share"),
        reference_uv=fields.positive("reference_uv"),
        task=fields.text("task"),
        posture=fields.text("posture"),
        positions=tuple(_position(one) for one in fields.objects("positions")),
        reason=fields.text("reason"),
    )


def _position(fields: Fields) -> PositionReference:
    return PositionReference(
        task=fields.text("task"),
        posture=fields.text("posture"),
        value_uv=fields.positive("value_uv"),
        cv=fields.amount("cv"),
        tries=tuple(
            Try(one.positive("value_uv"), one.flag("kept"), one.text("reason"))
            for one in fields.objects("tries")
        ),
    )


def _sensor(fields: Fields) -> SensorCalibration:
    return SensorCalibration(
        gyro_bias_rad_s=fields.optional_vector("gyro_bias_rad_s"),
        vertical=fields.optional_vector("vertical"),
        still_deg_s=fields.amount("still_deg_s"),
        threshold_deg_s=fields.positive("threshold_deg_s"),
        range_deg=fields.positive("range_deg"),
        peak_deg_s=fields.positive("peak_deg_s"),
        mounting=fields.optional("mounting", _mounting),
    )


def _mounting(fields: Fields) -> Mounting:
    quat = fields.vector("quat_wxyz", 4)
    if abs(math.hypot(*quat) - 1.0) > _UNIT:
        raise fields.wrong("quat_wxyz", list(quat), "a rotation")
    error = fields.number("error_deg")
    if not 0.0 <= error <= 180.0:
        raise fields.wrong("error_deg", error, "an angle from 0 to 180")
    axes = fields.optional_vector("axis_error_deg")
    return Mounting(cast("Quaternion", quat), error, fields.text("method"), axes)


def _taps(fields: Fields) -> TapCalibration:
    uncertainty = fields.amount("uncertainty_s")
    if uncertainty is None:
        raise fields.wrong("uncertainty_s", None, "a number from 0 on")
    return TapCalibration(fields.number("offset_s"), uncertainty, fields.count("taps"))


def _baselines(fields: Fields, name: str) -> dict[str, OwnBaseline]:
    group = fields.child(name, fields.take(name))
    return {metric: _baseline(group.child(metric, one)) for metric, one in group.data.items()}


def _baseline(fields: Fields) -> OwnBaseline:
    spread = {key: fields.amount(key) for key in ("sd", "mdc")}
    for key, value in spread.items():
        if value is None:
            raise fields.wrong(key, None, "a number from 0 on")
    return OwnBaseline(
        median=fields.number("median"),
        sd=spread["sd"] or 0.0,
        mdc=spread["mdc"] or 0.0,
        n=fields.count("n"),
        sets=fields.count("sets"),
        provisional=fields.flag("provisional"),
    )


def _step(fields: Fields) -> StepRecord:
    return StepRecord(
        key=fields.text("key"),
        state=cast("StepOutcome", fields.choice("state", get_args(StepOutcome))),
        reasons=fields.texts("reasons"),
        attempts=fields.count("attempts"),
        at_s=fields.number("at_s"),
    )


def _pair(fields: Fields, value: object) -> tuple[str, str]:
    if isinstance(value, list):
        pair = cast("list[Any]", value)
        if len(pair) == 2 and all(one in NAMES for one in pair):
            return str(pair[0]), str(pair[1])
    raise fields.wrong("repairs", cast("object", value), "two names of channels")
