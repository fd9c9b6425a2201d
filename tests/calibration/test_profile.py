"""A profile goes to JSON and back unchanged; what is damaged, foreign or newer is refused."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from firingorder.calibration.fields import ProfileError
from firingorder.calibration.profile import (
    CalibrationProfile,
    ChannelCalibration,
    DeviceIdentity,
    Mounting,
    PositionReference,
    ProfileIdentity,
    SensorCalibration,
    StepRecord,
    TapCalibration,
    Try,
    personal_reference,
)
from firingorder.calibration.profile_json import from_dict, from_json, to_dict, to_json
from firingorder.signal.reference import OwnBaseline

GLUTE, BACK, HAM = "gluteus_maximus_left", "erector_spinae_left", "hamstring_left"
SQUEEZE = PositionReference(
    "squeeze_glutes",
    "supine_knees_bent",
    61.25,
    0.083,
    (Try(60.0, True), Try(62.5, True), Try(None, False, "The pelvis moved by 14 degrees.")),
)
PROFILE = CalibrationProfile(
    identity=ProfileIdentity(
        "2f9c", "2026-03-04T10:00:00+00:00", "0.3.0", "K7", DeviceIdentity("belt", "17", "1.2"), 3
    ),
    channels=(
        ChannelCalibration(
            GLUTE, 2.1, 0.12, False, 0.04, 61.25, "squeeze_glutes", "supine_knees_bent", (SQUEEZE,)
        ),
        ChannelCalibration(HAM, 1.9, reference_uv=30.0, task="bend_knee", posture="supine"),
        ChannelCalibration(BACK, 2.4, None, True, None, reason="It gives no signal."),
    ),
    ham_site="lateral",
    calibrated=True,
    normalisation="submaximal_reference",
    repairs=((GLUTE, BACK), (BACK, GLUTE)),
    sensor=SensorCalibration(
        (0.001, -0.002, 0.0005), (0.05, 0.02, -0.998), 0.12, 5.0, 22.0, 20.7,
        Mounting((0.5, 0.5, -0.5, -0.5), 6.0, "lying on the back, three bridges"),
    ),
    taps=TapCalibration(-0.012, 0.004, 4),
    within_day={"lead_ms": OwnBaseline(85.0, 60.0, 41.0, 20, 2)},
    across_days={"lead_ms": OwnBaseline(80.0, 62.0, 55.0, 40, 4, provisional=False)},
    steps=(StepRecord("rest", "accepted", (), 1, 14.5), StepRecord("taps", "skipped", (), 1, 90.0)),
)  # fmt: skip


def schema() -> dict[str, Any]:
    path = resources.files("firingorder") / "schemas" / "calibration-1.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_profile_survives_json_to_the_last_bit() -> None:
    assert from_json(to_json(PROFILE)) == PROFILE
    assert to_json(from_json(to_json(PROFILE))) == to_json(PROFILE)
    least = CalibrationProfile(
        ProfileIdentity("x", "2026-03-04T10:00:00Z"), (ChannelCalibration(GLUTE),), "unknown", False
    )
    assert from_json(to_json(least)) == least


def test_what_is_written_keeps_the_schema_also_with_more_fields() -> None:
    value = to_dict(PROFILE)
    check = Draft202012Validator(schema())
    assert list(check.iter_errors(value)) == []
    assert list(check.iter_errors({**value, "added_later": 1})) == []
    assert from_dict({**value, "added_later": 1}) == PROFILE


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of everything a profile holds."""
    if isinstance(value, dict):
        return [path, *(p for k, v in value.items() for p in leaves(v, (*path, k)))]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [path, *leaves(value[0], (*path, 0))]
    return [path]


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    out = copy.deepcopy(to_dict(PROFILE))
    node: Any = out
    for key in path[:-1]:
        node = node[key]
    if value is KeyError:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return out


PATHS = [path for path in leaves(to_dict(PROFILE)) if path and not isinstance(path[-1], int)]
NAMED = ("within_day", "across_days")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(map(str, path)))
def test_every_field_is_checked(path: tuple[Any, ...]) -> None:
    """A missing field, and one of another kind, is one sentence that names it."""
    check = Draft202012Validator(schema())
    wrongs: list[Any] = [KeyError, {"a": [1]}, [{}], float("nan"), "?", -1.0]
    texts: dict[int, str] = {}
    for k, wrong in enumerate(wrongs):
        try:
            from_dict(changed(path, wrong))
        except ProfileError as error:
            texts[k] = str(error)
    a_baseline_less = path[:-1] in [(name,) for name in NAMED]
    assert (0 in texts) != a_baseline_less
    assert len(texts) >= 3
    for text in texts.values():
        assert text.endswith("calibrate again.")
        assert "\n" not in text
        assert str(path[-1]) in text
    assert list(check.iter_errors(changed(path, {"a": [1]}))) != []


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("schema",), "firingorder.montage/1", "is no calibration profile"),
        (("schema",), 7, "is no calibration profile"),
        (("schema",), "firingorder.calibration/2", "newer version"),
        (("channels", 0, "reference_uv"), 0.0, "above 0"),
        (("channels", 0, "reference_uv"), -3.0, "from 0 on"),
        (("channels", 0, "reference_uv"), float("nan"), "finite"),
        (("channels", 0, "reference_uv"), float("inf"), "finite"),
        (("channels", 0, "reference_uv"), True, "a finite number"),
        (("channels", 0, "name"), "biceps", "one of"),
        (("channels", 0, "name"), BACK, "each channel once"),
        (("channels",), [], "at least one"),
        (("sensor", "mounting", "quat_wxyz"), [1.0, 1.0, 0.0, 0.0], "a rotation"),
        (("created_utc",), "yesterday", "an instant"),
        (("created_utc",), "2026-03-04T10:00:00", "with its offset"),
        (("normalisation",), "none", "the kind of its references"),
        (("ham_site",), "outer", "one of lateral, medial, unknown"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(path: tuple[Any, ...], value: Any, says: str) -> None:
    with pytest.raises(ProfileError, match=says) as caught:
        from_dict(changed(path, value), "Profile x.json")
    text = str(caught.value)
    assert text.startswith("Profile x.json")
    assert "calibrate again" in text


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", '{"schema": '])
def test_a_file_that_is_no_profile_is_refused(text: str) -> None:
    with pytest.raises(ProfileError, match="calibrate again"):
        from_json(text)


def test_a_newer_version_asks_for_an_update() -> None:
    with pytest.raises(ProfileError, match="update the program"):
        from_dict(changed(("schema",), "firingorder.calibration/12"))


def test_the_signal_chain_gets_numbers_or_nothing() -> None:
    known = personal_reference(PROFILE)
    assert known.reference_uv(GLUTE) == 61.25
    assert known.reference_uv(BACK) is None
    assert known.channels[BACK].rest_uv == 2.4
    assert (known.channels[GLUTE].rest_sd_uv, known.channels[BACK].rest_sd_uv) == (0.12, None)
    assert known.normalisation == "submaximal_reference"
    assert known.mount_wxyz == (0.5, 0.5, -0.5, -0.5)
    assert known.baselines["lead_ms"].mdc == 41.0


def test_what_may_not_be_used_is_unknown_and_never_zero() -> None:
    without = {"references", "mount", "within_day"}
    known = personal_reference(PROFILE, without)
    assert known.reference_uv(GLUTE) is None
    assert known.channels[GLUTE].rest_uv == 2.1
    assert known.normalisation == "none"
    assert known.mount_wxyz is None
    assert known.mount_error_deg is None
    assert known.baselines["lead_ms"].mdc == 55.0
    one = personal_reference(PROFILE, {f"reference:{GLUTE}"})
    assert (one.reference_uv(GLUTE), one.reference_uv(HAM)) == (None, 30.0)
    assert one.normalisation == "submaximal_reference"
    nothing = personal_reference(replace(PROFILE, sensor=None), {"rest", "bias", "baselines"})
    assert nothing.channels[GLUTE].rest_uv is None
    assert nothing.channels[GLUTE].rest_sd_uv is None
    assert nothing.gyro_bias_rad_s is None
    assert nothing.baselines == {}
