"""From what was measured to a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firingorder.calibration.profile import (
    CalibrationProfile,
    ChannelCalibration,
    Mounting,
    PositionReference,
    ProfileIdentity,
    SensorCalibration,
    StepRecord,
    TapCalibration,
    Try,
)
from firingorder.calibration.reasons import refused_columns, sentence
from firingorder.calibration.reference import normalisation
from firingorder.signal.tone import ToneParams, tone_share

if TYPE_CHECKING:
    from firingorder.calibration.evaluation import Measured
    from firingorder.calibration.plan import CalibrationFacts, WizardParams
    from firingorder.calibration.reference import Attempt

NOT_ASKED = "It was not measured in a reference contraction."
LITTLE = "There was little difference to rest."
STRAYED = "It differed from the tries that were kept."


def draft_profile(
    measured: Measured,
    facts: CalibrationFacts,
    params: WizardParams,
    *,
    names: tuple[str, ...],
    steps: tuple[StepRecord, ...],
    identity: ProfileIdentity,
) -> CalibrationProfile:
    """Return the profile of what is known by now; what was not measured is None in it."""
    channels = tuple(_channel(measured, facts, names, k) for k in range(len(names)))
    any_reference = any(one.reference_uv is not None for one in channels)
    return CalibrationProfile(
        identity=identity,
        channels=channels,
        ham_site=facts.ham_site,
        calibrated=facts.calibrated,
        effort=params.effort,
        normalisation=normalisation(params.effort) if any_reference else "none",
        repairs=tuple((a, b) for a, b in zip(facts.channels, names, strict=True) if a != b),
        sensor=_sensor(measured) if facts.imu else None,
        taps=_taps(measured),
        steps=steps,
    )


def _channel(
    measured: Measured, facts: CalibrationFacts, names: tuple[str, ...], column: int
) -> ChannelCalibration:
    positions = tuple(_positions(measured, names, column))
    with_value = [(one.value_uv, one) for one in positions if one.value_uv is not None]
    best = max(with_value, key=lambda one: one[0])[1] if with_value else None
    rest = measured.rest
    return ChannelCalibration(
        name=names[column],
        rest_uv=None if rest is None else rest.rest_uv[column],
        rest_sd_uv=None if rest is None else rest.rest_sd_uv[column],
        ecg=rest is not None and rest.ecg[column],
        tone_share=_tone(measured, facts, column, "" if best is None else best.task),
        reference_uv=None if best is None else best.value_uv,
        task="" if best is None else best.task,
        posture="" if best is None else best.posture,
        positions=positions,
        reason="" if best is not None else _why(measured, names, column),
    )


def _positions(measured: Measured, names: tuple[str, ...], column: int) -> list[PositionReference]:
    out: list[PositionReference] = []
    for position, attempts, result in measured.references.values():
        value = result.values_uv[column]
        kept = result.kept[column] if value is not None else ()
        tries = tuple(
            _try(attempt, names, column, kept=k in kept) for k, attempt in enumerate(attempts)
        )
        cv = result.cv[column]
        out.append(PositionReference(position.key, position.posture, value, cv, tries))
    return out


def _try(attempt: Attempt, names: tuple[str, ...], column: int, *, kept: bool) -> Try:
    """Return one try of one channel; where nothing refused it, why it was not kept."""
    value = attempt.values_uv[column]
    if kept:
        return Try(value, True)
    about = tuple(
        one
        for one in attempt.reasons
        if one.gravity == "step" or (one.gravity == "channel" and one.column == column)
    )
    if about:
        return Try(value, False, sentence(about[0], names))
    return Try(value, False, LITTLE if value is None else STRAYED)


def _why(measured: Measured, names: tuple[str, ...], column: int) -> str:
    """Return why a channel has no reference: what the position that is for it says."""
    for _, _, result in measured.references.values():
        reason = refused_columns(result.reasons).get(column)
        if reason is not None:
            return sentence(reason, names)
    if measured.rest is not None:
        reason = refused_columns(measured.rest.reasons).get(column)
        if reason is not None:
            return sentence(reason, names)
    return NOT_ASKED


def _tone(measured: Measured, facts: CalibrationFacts, column: int, task: str) -> float | None:
    """Return the share of the rest that has the spectrum of the muscle's own reference."""
    if measured.rest is None or measured.rest.rest_uv[column] is None or not task:
        return None
    _, attempts, result = measured.references[task]
    bursts = [attempts[k].autocovariance[column] for k in result.kept[column]]
    burst = np.mean(bursts, axis=0)
    return tone_share(measured.rest.autocovariance[column], burst, facts.rate_hz, ToneParams())


def _sensor(measured: Measured) -> SensorCalibration:
    rest, found, threshold = measured.rest, measured.mounting, measured.threshold
    mounting = None
    if found is not None and found.mount_wxyz is not None and found.error_deg is not None:
        mounting = Mounting(
            found.mount_wxyz,
            found.error_deg,
            "lying on the back, three bridges",
            found.axis_error_deg,
        )
    return SensorCalibration(
        gyro_bias_rad_s=None if rest is None else rest.gyro_bias_rad_s,
        vertical=None if rest is None else rest.vertical,
        still_deg_s=None if rest is None else rest.still_deg_s,
        threshold_deg_s=None if threshold is None else threshold.threshold_deg_s,
        range_deg=None if threshold is None else threshold.range_deg,
        peak_deg_s=None if threshold is None else threshold.peak_deg_s,
        mounting=mounting,
    )


def _taps(measured: Measured) -> TapCalibration | None:
    taps = measured.taps
    if taps is None or taps.offset_s is None or taps.uncertainty_s is None:
        return None
    return TapCalibration(taps.offset_s, taps.uncertainty_s, taps.taps)
