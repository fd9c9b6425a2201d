"""The offer of a kept calibration: what fits is said, what does not is not promised."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from firingorder.calibration.profile import (
    CalibrationProfile,
    ChannelCalibration,
    DeviceIdentity,
    ProfileIdentity,
)
from firingorder.calibration.profile_json import to_json
from firingorder.gui.view_models.calibrate_kept import kept_offer, load_command
from firingorder.session.feed import LiveStatus
from firingorder.session.kept_calibration import KeptCalibration, newest_kept
from firingorder.session.profiles import write_profile

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
NAMES = ("gluteus_maximus_left", "gluteus_maximus_right", "erector_spinae_left")
BELT = DeviceIdentity("belt", "0042", "1.0")
STATUS = LiveStatus(
    source="device", connection="streaming", channels=NAMES, person="P-0007", identity=BELT
)


def profile(hours: float = 1.0, person: str = "P-0007", number: str = "one") -> CalibrationProfile:
    made = (NOW - timedelta(hours=hours)).isoformat()
    return CalibrationProfile(
        ProfileIdentity(number, made, "0.7.0", person, BELT, application=3),
        tuple(ChannelCalibration(name, rest_uv=2.0, reference_uv=80.0) for name in NAMES),
        ham_site="unknown", calibrated=True, normalisation="submaximal_reference",
    )  # fmt: skip


def kept(hours: float = 1.0) -> KeptCalibration:
    one = profile(hours)
    return KeptCalibration(one, to_json(one))


def test_what_fits_is_offered_as_of_the_same_pads() -> None:
    offer = kept_offer(kept(), STATUS, NOW)
    assert offer is not None
    assert offer.percent
    assert "all 3 channels" in offer.words
    assert "same pads are still on" in offer.words
    asked = json.loads(load_command(kept()))
    assert asked["application"] == 3
    assert json.loads(asked["profile"])["profile_id"] == "one"


@pytest.mark.parametrize(
    ("hours", "changes", "said"),
    [
        (30.0, {}, "pads do not stay the same for so long"),
        (1.0, {"identity": DeviceIdentity("belt", "0043", "1.0")}, "another device"),
        (1.0, {"calibrated": False}, "the device's own units"),
        (1.0, {"channels": ("hamstring_left",)}, "No muscle of this calibration"),
    ],
)
def test_what_does_not_fit_promises_no_percent(hours, changes, said) -> None:
    offer = kept_offer(kept(hours), replace(STATUS, **changes), NOW)
    assert offer is not None
    assert not offer.percent
    assert said in offer.words
    assert "still on" not in offer.words
    assert "It fits" not in offer.words


def test_some_muscles_are_named(tmp_path) -> None:
    offer = kept_offer(kept(), replace(STATUS, channels=(*NAMES, "hamstring_left")), NOW)
    assert offer is not None
    assert "3 of 4 channels" in offer.words


@pytest.mark.parametrize(
    "changes",
    [
        {"calibration": "Calibrated today."},
        {"connection": "lost"},
        {"source": "replay"},
        {"channels": ()},
    ],
)
def test_nothing_is_offered_where_it_is_no_use(changes) -> None:
    assert kept_offer(kept(), replace(STATUS, **changes), NOW) is None
    assert kept_offer(None, STATUS, NOW) is None


def test_the_newest_whole_one_of_the_person_is_found(tmp_path) -> None:
    for hours, person, number in ((40, "P-0007", "old"), (2, "P-0007", "new"), (1, "P-1", "x")):
        write_profile(profile(hours, person, number), tmp_path)
    damaged = json.loads(to_json(profile(0.5)))
    damaged["channels"] = "none"
    (tmp_path / "calibration-z.json").write_text(json.dumps(damaged))
    found = newest_kept(tmp_path, "P-0007")
    assert found is not None
    assert found.profile.identity.profile_id == "new"
    assert newest_kept(tmp_path, "P-9") is None
    assert newest_kept(tmp_path, "") is None
    assert newest_kept(tmp_path / "nowhere", "P-0007") is None
