"""A profile of somebody or something else is refused in a sentence, and its percents with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firingorder.calibration.fit import (
    FitParams,
    SessionFacts,
    fit,
    left_out,
    recheck,
    recheck_mounting,
)
from firingorder.calibration.profile import (
    CalibrationProfile,
    ChannelCalibration,
    DeviceIdentity,
    SensorCalibration,
    personal_reference,
)
from tests.calibration.test_profile import BACK, GLUTE, HAM, PROFILE, SQUEEZE

SAME = SessionFacts(
    channels=PROFILE.names,
    now_utc="2026-03-04T10:40:00+00:00",
    person="K7",
    device=DeviceIdentity("belt", "17", "1.2"),
    ham_site="lateral",
    application=3,
)
WITHOUT_REFERENCES = "The order of the muscles works without."


def test_the_same_day_person_pads_and_device_fit() -> None:
    assert fit(PROFILE, SAME) == ()
    assert fit(PROFILE, replace(SAME, now_utc="2026-03-04T12:40:00+02:00")) == ()
    assert personal_reference(PROFILE, left_out(())) == personal_reference(PROFILE)


@pytest.mark.parametrize(
    ("session", "code", "severity", "says"),
    [
        (replace(SAME, person="B2"), "person", "refusal", "another person (K7, not B2)"),
        (replace(SAME, person=""), "person_unknown", "warning", "give the person's code"),
        (
            replace(SAME, device=DeviceIdentity("belt", "18", "1.2")),
            "device",
            "refusal",
            "another device (belt 17, not belt 18)",
        ),
        (
            replace(SAME, device=DeviceIdentity("belt", "17", "1.3")),
            "firmware",
            "warning",
            "1.2 then, 1.3 now",
        ),
        (replace(SAME, calibrated=False), "units", "refusal", "own units"),
        (
            replace(SAME, now_utc="2026-03-05T09:00:00+00:00"),
            "age",
            "refusal",
            "23 hours old",
        ),
        (replace(SAME, now_utc="2026-03-09T09:00:00+00:00"), "age", "refusal", "4 days old"),
        (replace(SAME, now_utc="2026-03-04T08:00:00+00:00"), "clock", "refusal", "in the future"),
        (replace(SAME, application=4), "reapplied", "refusal", "put on again"),
        (replace(SAME, application=None), "application_unknown", "warning", "short re-check"),
        (
            replace(SAME, channels=(GLUTE, HAM)),
            "channel_missing",
            "warning",
            "not worn now: left lower back",
        ),
        (
            replace(SAME, channels=(*PROFILE.names, "gluteus_medius_left")),
            "channel_extra",
            "warning",
            "not calibrated: left side of the hip",
        ),
        (
            replace(SAME, channels=("gluteus_medius_left",)),
            "montage",
            "refusal",
            "No muscle of this calibration",
        ),
        (replace(SAME, ham_site="medial"), "ham_site", "refusal", "were lateral"),
        (replace(SAME, ham_site="unknown"), "ham_site", "refusal", "are unknown now"),
    ],
)
def test_each_misfit_is_one_sentence(
    session: SessionFacts, code: str, severity: str, says: str
) -> None:
    (found,) = fit(PROFILE, session)
    assert (found.code, found.severity) == (code, severity)
    assert says in found.sentence
    assert "\n" not in found.sentence
    assert (severity == "refusal") == bool(found.without)
    if severity == "refusal":
        assert found.sentence.endswith(WITHOUT_REFERENCES)
        known = personal_reference(PROFILE, left_out((found,)))
        wanted = [one for one in known.channels if known.reference_uv(one) is not None]
        assert wanted == ([GLUTE] if code == "ham_site" else [])


def test_refusals_come_first_and_all_are_told() -> None:
    other = replace(SAME, person="B2", calibrated=False, channels=(GLUTE,), application=9)
    found = fit(PROFILE, other)
    assert [one.code for one in found] == ["person", "units", "reapplied", "channel_missing"]
    known = personal_reference(PROFILE, left_out(found))
    assert known.baselines == {}
    assert known.mount_wxyz is None


def test_new_pads_leave_what_is_known_across_days() -> None:
    found = fit(PROFILE, replace(SAME, application=4))
    known = personal_reference(PROFILE, left_out(found))
    assert known.baselines == PROFILE.across_days
    assert known.gyro_bias_rad_s is not None


def test_an_unsaid_hamstring_site_is_warned_about_only_where_one_is_worn() -> None:
    profile = replace(PROFILE, ham_site="unknown")
    session = replace(SAME, ham_site="unknown")
    assert [one.code for one in fit(profile, session)] == ["ham_site_unknown"]
    without = replace(profile, channels=(profile.channels[0], profile.channels[2]))
    assert fit(without, replace(session, channels=(GLUTE, BACK))) == ()


def fresh(rest: float, squeeze: float) -> CalibrationProfile:
    position = replace(SQUEEZE, value_uv=squeeze)
    channel = ChannelCalibration(GLUTE, rest, reference_uv=squeeze, positions=(position,))
    return replace(PROFILE, channels=(channel,))


def test_pads_that_stayed_as_they_were_pass_the_recheck() -> None:
    for rest, squeeze in ((2.1, 61.25), (1.2, 40.0), (4.0, 100.0)):
        assert recheck(PROFILE, fresh(rest, squeeze)) == ()


@pytest.mark.parametrize(
    ("rest", "squeeze", "code", "numbers"),
    [
        (6.3, 61.0, "rest_changed", ("6.3 µV", "2.1 µV")),
        (0.9, 61.0, "rest_changed", ("0.9 µV", "2.1 µV")),
        (2.0, 20.0, "squeeze_changed", ("20.0 µV", "61.2 µV")),
        (2.0, 130.0, "squeeze_changed", ("130.0 µV", "61.2 µV")),
    ],
)
def test_a_pad_that_has_changed_is_named_with_numbers(
    rest: float, squeeze: float, code: str, numbers: tuple[str, str]
) -> None:
    (found,) = recheck(PROFILE, fresh(rest, squeeze))
    assert found.code == code
    assert all(one in found.sentence for one in numbers)
    assert "left glute" in found.sentence
    known = personal_reference(PROFILE, left_out((found,)))
    assert known.reference_uv(GLUTE) is None
    assert known.reference_uv(HAM) == 30.0


def test_a_sensor_that_has_slipped_is_told_in_degrees() -> None:
    straight = (0.0, 0.0, -1.0)
    assert recheck_mounting(straight, (0.10, 0.0, -0.995)) == ()
    (found,) = recheck_mounting(straight, (0.5, 0.0, -0.866))
    assert "30 degrees" in found.sentence
    assert found.without == ("mount",)
    turned = replace(PROFILE, sensor=SensorCalibration(vertical=(0.5, 0.0, -0.866)))
    assert [one.code for one in recheck(PROFILE, turned)] == ["sensor_turned"]


def test_the_squeeze_limit_is_what_its_own_spread_gives() -> None:
    import math

    assert FitParams().squeeze_ratio == pytest.approx(
        math.exp(1.96 * 0.25 * math.sqrt(4.0 / 3.0)), abs=0.005
    )
