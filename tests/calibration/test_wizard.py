"""A whole calibration of a simulated person: what was planted is found, in time, repeatably."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from scipy.spatial.transform import Rotation

from firingorder.calibration.fit import left_out, recheck
from firingorder.calibration.plan import (
    CalibrationFacts,
    WizardParams,
    make_plan,
    planned_s,
)
from firingorder.calibration.profile import ProfileIdentity, personal_reference
from firingorder.calibration.profile_json import from_json, to_dict, to_json
from firingorder.calibration.wizard import Wizard
from firingorder.montage import NAMES
from firingorder.simulation.taps import Taps
from tests.calibration.acting import FOUR, Person, Stage, feed, filter_gain

if TYPE_CHECKING:
    from firingorder.calibration.profile import CalibrationProfile
    from firingorder.findings import CalibrationFinding
    from firingorder.samples import FloatArray

WHO = ProfileIdentity("p1", "2026-03-04T10:00:00+00:00", "0.1", "K7")
MOST_S = 180.0


@dataclass(frozen=True)
class Whole:
    stage: Stage
    lasted_s: float
    profile: CalibrationProfile
    findings: list[CalibrationFinding]


@pytest.fixture(scope="module")
def whole() -> Whole:
    stage = Stage(Person(seed=11))
    stage.keep_items = True
    lasted = stage.finish()
    return Whole(stage, lasted, stage.wizard.profile(WHO), stage.wizard.take_findings())


def test_a_person_who_follows_is_calibrated_within_three_minutes(whole: Whole) -> None:
    print(f"seed 11: {whole.lasted_s:.1f} s of session time")
    assert whole.stage.wizard.done
    assert whole.lasted_s <= MOST_S
    planned = planned_s(whole.stage.plan, whole.stage.params)
    assert whole.lasted_s == pytest.approx(planned, abs=0.1)
    told = [(one.step, one.state) for one in whole.findings]
    keys = [step.key for step in whole.stage.plan]
    assert told == [(key, "accepted") for key in keys] + [("calibration", "finished")]
    assert [one.reasons for one in whole.findings] == [()] * len(told)
    assert [(one.key, one.state) for one in whole.profile.steps] == [(k, "accepted") for k in keys]


def test_every_montage_there_is_can_be_calibrated_within_three_minutes() -> None:
    params = WizardParams()
    for channels in (NAMES, NAMES[:8], FOUR, NAMES[:1], (NAMES[0], NAMES[6])):
        facts = CalibrationFacts(channels, 1000.0, 20)
        plan = make_plan(facts, params)
        assert planned_s(plan, params) <= MOST_S
        assert plan[0].key == "rest"
    with_taps = CalibrationFacts(NAMES[:8], 1000.0, 20, own_clock=True)
    assert planned_s(make_plan(with_taps, params), params) <= MOST_S
    assert make_plan(with_taps, params)[-1].key == "taps"


def test_rest_and_references_are_those_that_were_planted(whole: Whole) -> None:
    """A reference is the loudest second of a try: a few percent above the RMS that was planted."""
    quiet, loud = filter_gain("noise"), filter_gain("muscle")
    person = whole.stage.person
    for one in whole.profile.channels:
        assert one.rest_uv is not None
        assert one.reference_uv is not None
        rest = one.rest_uv / (quiet * person.rest_uv)
        reference = one.reference_uv / (loud * person.full(one.name))
        print(f"{one.name}: rest {100 * rest - 100:+.1f} %, reference {100 * reference - 100:+.1f}")
        assert 0.95 < rest < 1.03
        assert 0.97 < reference < 1.12
        assert one.reason == ""
        assert not one.ecg
        assert one.tone_share is not None
        assert one.tone_share < 0.2
    assert whole.profile.normalisation == "submaximal_reference"
    kept = {one.name: one.task for one in whole.profile.channels}
    assert kept["gluteus_maximus_left"] == "squeeze_glutes"
    assert kept["hamstring_right"] == "bend_knee"
    assert kept["erector_spinae_left"] == "lift_back"
    assert kept["gluteus_medius_right"] == "push_knees_out"
    assert {one.posture for one in whole.profile.channels} == {"supine_knees_bent"}


def test_the_sensor_is_found_as_it_was_put_on(whole: Whole) -> None:
    sensor = whole.profile.sensor
    assert sensor is not None
    assert sensor.mounting is not None
    assert sensor.gyro_bias_rad_s is not None
    assert np.allclose(sensor.gyro_bias_rad_s, whole.stage.bias, atol=math.radians(0.1))
    w, x, y, z = sensor.mounting.quat_wxyz
    apart = (Rotation.from_quat([x, y, z, w]) * whole.stage.mount.inv()).magnitude()
    print(f"mounting off by {math.degrees(apart):.2f}, said {sensor.mounting.error_deg:.1f} deg")
    assert math.degrees(apart) < min(4.0, sensor.mounting.error_deg)
    assert sensor.threshold_deg_s == 5.0  # three SD of lying still are below the least threshold
    assert sensor.range_deg == pytest.approx(22.0, abs=1.0)
    assert sensor.still_deg_s is not None
    assert 0.05 < sensor.still_deg_s < 0.3


def test_the_profile_survives_json_and_keeps_its_schema(whole: Whole) -> None:
    text = to_json(whole.profile)
    assert from_json(text) == whole.profile
    path = resources.files("firingorder") / "schemas" / "calibration-1.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(to_dict(whole.profile))) == []


def test_the_signal_chain_gets_what_it_uses(whole: Whole) -> None:
    known = personal_reference(whole.profile)
    assert known.normalisation == "submaximal_reference"
    assert known.mount_wxyz is not None
    for one in whole.profile.channels:
        assert known.reference_uv(one.name) == one.reference_uv


@pytest.mark.parametrize("late", [0, 7, 20])
def test_the_same_samples_give_the_same_views_and_profile_however_they_come(
    whole: Whole, late: int
) -> None:
    """The sensor's samples arrive up to 0.4 s before or after the EMG of the same time."""
    items = whole.stage.items
    wizard = Wizard(whole.stage.facts, whole.stage.params, whole.stage.plan)
    own = [one for one in items if one[0] != "imu"]
    sensor = [one for one in items if one[0] == "imu"]
    views = [wizard.view]
    fed = blocks = 0
    for kind, values in own:
        feed(wizard, kind, values)
        if kind == "emg":
            blocks += 1
            until_s = values[1] + (0.02 if late == 0 else -0.02 * late)
            while fed < len(sensor) and sensor[fed][1][0] < until_s:
                feed(wizard, *sensor[fed])
                fed += 1
        if wizard.view.state != views[-1].state or wizard.view.trial != views[-1].trial:
            views.append(wizard.view)
    assert to_json(wizard.profile(WHO)) == to_json(whole.profile)
    assert wizard.take_findings() == whole.findings
    assert wizard.view == whole.stage.wizard.view
    print(f"{blocks} blocks, {len(views)} changes of the view")
    assert views[-1].state == "done"


def test_the_view_counts_down_and_says_what_to_do() -> None:
    stage = Stage(Person(channels=FOUR, imu=False), steps=("rest", "squeeze_glutes"))
    assert stage.wizard.view.state == "waiting"
    assert not stage.command("start"), "nothing has been measured yet"
    stage.start()
    seen: list[tuple[str, str, int]] = []
    texts: list[str] = []
    last = math.inf
    while not stage.wizard.done:
        stage.run(0.1)
        view = stage.wizard.view
        key = (view.step, view.state, view.trial)
        if not seen or seen[-1] != key:
            seen.append(key)
            texts.append(view.voice_text)
            last = math.inf
        if view.remaining_s is not None:
            assert view.remaining_s <= last
            assert 0.0 <= view.remaining_s <= view.total_s + 1e-9
            last = view.remaining_s
    assert seen == [
        ("rest", "get_ready", 0), ("rest", "go", 0), ("rest", "rest", 0), ("rest", "review", 0),
        ("squeeze_glutes", "get_ready", 0),
        ("squeeze_glutes", "go", 1), ("squeeze_glutes", "rest", 1),
        ("squeeze_glutes", "go", 2), ("squeeze_glutes", "rest", 2),
        ("squeeze_glutes", "go", 3), ("squeeze_glutes", "rest", 3),
        ("squeeze_glutes", "review", 0), ("done", "done", 0),
    ]  # fmt: skip
    assert texts[0] == "Lie still now. Let everything lie heavy."
    assert texts[5:7] == ["Squeeze.", "Let go."]
    assert stage.wizard.view.effort == "% of calibration"


def test_the_bar_follows_the_muscle_and_shows_what_to_reach_again() -> None:
    stage = Stage(Person(channels=FOUR, imu=False), steps=("rest", "squeeze_glutes"))
    stage.start()
    stage.run(60.0, lambda w: w.view.step == "squeeze_glutes" and w.view.state == "go")
    assert stage.wizard.view.target is None
    assert stage.wizard.view.level < 0.2
    stage.run(1.5)
    assert stage.wizard.view.level > 0.7
    rows = {row.name: row for row in stage.wizard.view.rows}
    assert rows["gluteus_maximus_left"].asked
    assert not rows["erector_spinae_left"].asked
    assert rows["erector_spinae_left"].level < 0.2
    stage.run(10.0, lambda w: w.view.trial == 2 and w.view.state == "go")
    target = stage.wizard.view.target
    assert target is not None
    assert 0.7 < target <= 1.0


def test_commands_pause_repeat_go_back_and_skip() -> None:
    stage = Stage(Person(channels=FOUR, imu=False), steps=("rest", "squeeze_glutes"))
    stage.start()
    assert not stage.command("back"), "there is no step before the first"
    assert not stage.command("swap")
    assert not stage.command("sing")
    stage.run(5.0)
    assert stage.command("pause")
    assert stage.wizard.view.state == "waiting"
    assert not stage.wizard.view.can_redo
    stage.run(5.0)
    assert stage.wizard.view.state == "waiting"
    assert stage.command("start")
    stage.run(60.0, lambda w: w.view.state == "review")
    first = stage.wizard.view
    assert first.can_keep
    assert first.can_redo
    assert stage.command("redo")
    assert stage.wizard.view.state == "get_ready"
    stage.run(60.0, lambda w: w.view.state == "review")
    assert stage.command("keep")
    assert stage.wizard.view.step == "squeeze_glutes"
    assert stage.command("back")
    assert stage.wizard.view.step == "rest"
    stage.run(60.0, lambda w: w.view.step == "squeeze_glutes")
    assert stage.command("skip")
    assert stage.wizard.done
    assert [one.state for one in stage.wizard.profile(WHO).steps] == ["accepted", "skipped"]
    assert all(one.reference_uv is None for one in stage.wizard.profile(WHO).channels)
    assert stage.wizard.profile(WHO).normalisation == "none"


def test_a_hard_reference_is_named_so_and_keeps_the_best_try() -> None:
    def act(step: str, trial: int, state: str, right: object, now_s: float) -> object:
        efforts, tilt = right  # type: ignore[misc]
        share = {1: 0.7, 2: 1.0, 3: 0.8}.get(trial, 1.0)
        return {name: share * value for name, value in efforts.items()}, tilt

    params = WizardParams(effort="maximal")
    person = Person(channels=FOUR, imu=False, act=act)  # type: ignore[arg-type]
    stage = Stage(person, params, steps=("rest", "squeeze_glutes"))
    stage.finish()
    profile = stage.wizard.profile(WHO)
    one = profile.channels[0]
    assert profile.normalisation == "standard_isometric_mvc"
    assert stage.wizard.view.effort == "% MVC"
    assert [t.kept for t in one.positions[0].tries] == [False, True, False]
    assert one.reference_uv == pytest.approx(filter_gain("muscle") * 60.0, rel=0.12)


def test_taps_bring_a_sensor_with_a_clock_of_its_own_onto_the_emg() -> None:
    """Seed 5: the sensor's times are 30 ms late; four taps say so within their own uncertainty."""
    taps = Taps(4, 5, dict.fromkeys(FOUR, 2.0))
    instants = np.array([0.02 * (k + 0.5) / 8.0 for k in range(8)], dtype=np.float64)

    def shake(t_s: float) -> FloatArray:
        return taps.force_m_s2(t_s - instants).mean(axis=0)

    def swing(now_s: float, raw: FloatArray) -> None:
        raw += taps.artefact_uv(FOUR, now_s + np.arange(len(raw)) / 1000.0)

    person = Person(channels=FOUR, shake=shake, spoil=swing, imu_late_s=0.030)
    stage = Stage(person, steps=("taps",))
    stage.run(10.0)
    assert stage.command("start")
    stage.run(20.0, lambda w: w.done)
    found = stage.wizard.profile(WHO).taps
    assert found is not None
    print(f"{found}")
    assert found.taps == 4
    assert abs(found.offset_s + 0.030) <= found.uncertainty_s + 0.001
    assert found.uncertainty_s <= 0.010
    nobody = Stage(Person(channels=FOUR, shake=lambda t_s: np.zeros(3)), steps=("taps",))
    nobody.start()
    nobody.run(20.0, lambda w: w.view.state == "rejected")
    assert nobody.wizard.view.reasons[0].startswith("Not synchronised")
    assert nobody.wizard.profile(WHO).taps is None


@pytest.mark.parametrize(("gain", "fits"), [(1.0, True), (0.45, False)])
def test_the_short_recheck_tells_pads_that_stayed_from_pads_that_moved(
    whole: Whole, gain: float, fits: bool
) -> None:
    full = {name: gain * 60.0 for name in NAMES if "gluteus_maximus" in name}
    stage = Stage(Person(full_uv=full, seed=12, imu=False), plan="recheck")
    lasted = stage.finish()
    assert lasted < 25.0
    misfits = recheck(whole.profile, stage.wizard.profile(WHO))
    assert [one.code for one in misfits] == ([] if fits else ["squeeze_changed"] * 2)
    known = personal_reference(whole.profile, left_out(misfits))
    assert (known.reference_uv(FOUR[0]) is not None) is fits
    assert known.reference_uv(FOUR[2]) is not None
