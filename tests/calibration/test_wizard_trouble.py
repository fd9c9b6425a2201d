"""People who do something else, pads that fail, samples that are lost: one sentence each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.calibration.plan import WizardParams
from firingorder.calibration.profile import ProfileIdentity, personal_reference
from tests.calibration.acting import EIGHT, FOUR, Doing, Person, Stage

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

WHO = ProfileIdentity("p1", "2026-03-04T10:00:00+00:00")
SQUEEZE = ("rest", "squeeze_glutes")
LEFT, RIGHT = EIGHT[0], EIGHT[1]


#: The same steps with less time to read in between.
QUICK = WizardParams(
    ready_s=0.6, ready_again_s=0.6, pause_s=1.0, review_s=0.2, reserved_s=0.2, rejected_s=0.2
)


def squeezed(person: Person, params: WizardParams = QUICK) -> Stage:
    """Lie still and squeeze; ends at the latest when a person must decide."""
    stage = Stage(person, params, steps=SQUEEZE)
    stage.start()
    stage.run(200.0, lambda w: w.done or stuck(stage))
    return stage


def stuck(stage: Stage) -> bool:
    view = stage.wizard.view
    return view.state == "rejected" and view.remaining_s is None


def reasons(stage: Stage, step: str) -> list[str]:
    """Every sentence that was told about a step."""
    return [text for one in stage.wizard.take_findings() if one.step == step
            for text in one.reasons]  # fmt: skip


def test_nobody_who_moves_is_taken_for_lying_still() -> None:
    def act(step: str, trial: int, state: str, right: Doing, now_s: float) -> Doing:
        wobble = 12.0 if int(now_s / 2.0) % 2 else 0.0
        return ({}, wobble) if step == "rest" else right

    stage = Stage(Person(channels=FOUR, act=act), QUICK, steps=SQUEEZE)
    stage.start()
    stage.run(100.0, lambda w: stuck(stage))
    view = stage.wizard.view
    assert view.state == "rejected"
    assert view.reasons == ("You moved: let everything lie heavy, breathe calmly and lie still.",)
    assert not view.can_keep
    assert view.can_redo
    assert view.can_skip
    assert view.voice_text == view.reasons[0]
    told = [one.state for one in stage.wizard.take_findings()]
    assert told == ["rejected"] * 3, "it begins again by itself, three times in all"
    assert stage.command("skip")
    assert stage.wizard.done, "without rest there is nothing to compare a squeeze with"
    record = stage.wizard.profile(WHO).steps[-1]
    assert record.state == "failed"
    assert "nothing to compare" in record.reasons[0]


def test_muscles_that_stay_tense_are_noticed_without_a_sensor() -> None:
    def act(step: str, trial: int, state: str, right: Doing, now_s: float) -> Doing:
        busy = dict.fromkeys(FOUR, 0.5) if int(now_s) % 2 else {}
        return (busy, 0.0) if step == "rest" else right

    stage = squeezed(Person(channels=FOUR, imu=False, act=act))
    assert stage.wizard.view.step == "rest"
    assert any("did not come to rest" in one for one in stage.wizard.view.reasons)


def test_one_twitch_does_not_spoil_lying_still() -> None:
    def act(step: str, trial: int, state: str, right: Doing, now_s: float) -> Doing:
        twitch = step == "rest" and 6.0 <= now_s < 6.3
        return (dict.fromkeys(FOUR, 0.5), 0.0) if twitch else right

    still, twitched = (squeezed(Person(channels=FOUR, imu=False, act=a)) for a in (None, act))
    rests = [
        [one.rest_uv or 0.0 for one in s.wizard.profile(WHO).channels] for s in (still, twitched)
    ]
    assert reasons(twitched, "rest") == []
    assert np.allclose(rests[0], rests[1], rtol=0.04)


def test_who_does_not_squeeze_is_asked_again_and_gets_no_reference() -> None:
    def act(step: str, trial: int, state: str, right: Doing, now_s: float) -> Doing:
        return {name: 0.02 * v for name, v in right[0].items()}, 0.0

    stage = squeezed(Person(channels=FOUR, imu=False, act=act))
    view = stage.wizard.view
    assert view.state == "rejected"
    assert "little difference to rest at the left glute" in view.reasons[0]
    assert "as far as it is comfortable" in view.reasons[0]
    assert stage.command("skip")
    profile = stage.wizard.profile(WHO)
    assert [one.reference_uv for one in profile.channels] == [None] * 4
    assert personal_reference(profile).reference_uv(LEFT) is None


def test_a_maximal_squeeze_of_nothing_is_no_reference_of_zero() -> None:
    def act(step: str, trial: int, state: str, right: Doing, now_s: float) -> Doing:
        return {}, 0.0

    stage = squeezed(Person(channels=FOUR, imu=False, act=act), replace(QUICK, effort="maximal"))
    assert stage.wizard.view.state == "rejected"
    profile = stage.wizard.profile(WHO)
    assert [one.reference_uv for one in profile.channels] == [None] * 4
    assert profile.normalisation == "none"


def test_who_lifts_instead_of_squeezing_is_told_to_stay() -> None:
    def act(step: str, trial: int, state: str, right: Doing, now_s: float) -> Doing:
        return (right[0], 20.0 if state == "go" and step != "rest" else 0.0)

    stage = squeezed(Person(channels=FOUR, act=act))
    assert stage.wizard.view.step == "squeeze_glutes"
    assert "keep it where it is and only press" in stage.wizard.view.reasons[0]


def test_tries_that_differ_are_repeated_until_three_are_alike() -> None:
    def act(step: str, trial: int, state: str, right: Doing, now_s: float) -> Doing:
        share = {1: 0.3}.get(trial, 1.0)
        return {name: share * v for name, v in right[0].items()}, 0.0

    stage = squeezed(Person(channels=FOUR, imu=False, act=act))
    assert stage.wizard.done
    one = stage.wizard.profile(WHO).channels[0].positions[0]
    assert [t.kept for t in one.tries] == [False, True, True, True]
    assert "differed" in one.tries[0].reason
    assert one.cv is not None
    assert one.cv < 0.1


def test_tries_that_never_agree_make_no_reference() -> None:
    def act(step: str, trial: int, state: str, right: Doing, now_s: float) -> Doing:
        share = {1: 0.2, 2: 0.4, 3: 0.8, 4: 1.6, 5: 3.2}.get(trial, 1.0)
        return {name: share * v for name, v in right[0].items()}, 0.0

    stage = squeezed(Person(channels=FOUR, imu=False, act=act))
    view = stage.wizard.view
    assert view.step == "squeeze_glutes"
    assert "as firmly each time" in view.reasons[0]
    assert view.trials == 5


def dead(column: int, from_s: float = 0.0) -> object:
    def spoil(now_s: float, raw: FloatArray) -> None:
        if now_s >= from_s:
            raw[:, column] = 0.0

    return spoil


def test_a_dead_channel_costs_one_repetition_and_only_itself() -> None:
    stage = squeezed(Person(channels=FOUR, imu=False, spoil=dead(1)))  # type: ignore[arg-type]
    assert stage.wizard.done
    told = [(one.step, one.state) for one in stage.wizard.take_findings()]
    assert told[:2] == [("rest", "rejected"), ("rest", "accepted")]
    assert told[2][1] == "accepted", "what is known to be dead holds nobody up again"
    left, right = stage.wizard.profile(WHO).channels[:2]
    assert left.reference_uv is not None
    assert right.reference_uv is None
    assert right.rest_uv is None
    assert right.reason == "The right glute gives no signal at all: check its cable and pads."


def test_a_channel_that_dies_after_rest_gets_no_reference_and_others_keep_theirs() -> None:
    def spoil(now_s: float, raw: FloatArray) -> None:
        if now_s > 12.5:
            raw[:, 1] = 2.0 * np.sin(np.arange(len(raw)) * 0.9 + now_s)

    stage = squeezed(Person(channels=FOUR, imu=False, spoil=spoil))
    assert stage.wizard.done
    left, right = stage.wizard.profile(WHO).channels[:2]
    assert left.reference_uv is not None
    assert right.reference_uv is None
    assert "did not change while the other side did" in right.reason
    last = stage.wizard.take_findings()[-2]
    assert last.state == "accepted"
    assert len(last.reasons) == 1


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        ("loose", "A pad on the right glute came loose"),
        ("hum", "mains hum of"),
        ("saturated", "too strong"),
        ("gap", "Samples were lost"),
    ],
)
def test_signals_that_cannot_be_believed_are_refused_with_their_cause(
    spoil: str, says: str
) -> None:
    def act(now_s: float, raw: FloatArray) -> None:
        t = now_s + np.arange(len(raw)) / 1000.0
        if spoil == "hum":
            raw[:, 1] += 30.0 * np.sin(2.0 * np.pi * 50.0 * t)
        elif spoil == "saturated":
            raw[::7, 1] = 4000.0
        elif spoil == "gap" and now_s > 3.0 and int(now_s * 2.0) % 2:
            raw[:] = np.nan

    stage = Stage(Person(channels=FOUR, imu=False, spoil=act), QUICK, steps=SQUEEZE)
    if spoil == "loose":
        stage.contact(False, True, False, False)
    stage.start()
    stage.run(30.0, lambda w: w.view.state in ("rejected", "review"))
    view = stage.wizard.view
    assert view.state == "rejected"
    assert any(says in one for one in view.reasons)
    assert view.can_keep is (spoil != "gap"), "others can be kept, without that channel"


def test_good_signals_are_refused_for_none_of_these() -> None:
    stage = squeezed(Person(channels=FOUR, imu=False))
    assert stage.wizard.done
    assert all(one.reasons == () for one in stage.wizard.take_findings())


def test_an_outage_ends_the_step_and_it_begins_again() -> None:
    stage = Stage(Person(channels=FOUR, imu=False), QUICK, steps=SQUEEZE)
    stage.start()
    stage.run(3.0)
    stage.k += 100  # two seconds are missing, of eleven
    stage.run(0.1)
    assert stage.wizard.view.state == "rejected"
    assert "Samples were lost" in stage.wizard.view.reasons[0]
    stage.run(60.0, lambda w: w.done)
    assert stage.wizard.done


def test_a_sensor_that_is_silent_is_said_and_stops_nothing() -> None:
    stage = Stage(Person(channels=FOUR), QUICK, steps=("rest", "bridges"))
    stage.silent_imu = True
    stage.start()
    stage.run(200.0, lambda w: w.done or stuck(stage))
    assert stage.wizard.view.step == "bridges"
    assert "The pelvis sensor sent nothing" in stage.wizard.view.reasons[0]
    assert stage.command("skip")
    sensor = stage.wizard.profile(WHO).sensor
    assert sensor is not None
    assert sensor.mounting is None


def test_bridges_that_are_not_done_are_noticed() -> None:
    def act(step: str, trial: int, state: str, right: Doing, now_s: float) -> Doing:
        return {}, 0.0

    stage = Stage(Person(channels=FOUR, act=act), QUICK, steps=("rest", "bridges"))
    stage.start()
    stage.run(60.0, lambda w: w.view.state == "rejected")
    assert "The pelvis did not move" in stage.wizard.view.reasons[0]


def test_hips_that_go_the_wrong_way_or_a_sensor_upside_down_are_said() -> None:
    """The two look alike to the sensor, so the sentence names both."""

    def act(step: str, trial: int, state: str, right: Doing, now_s: float) -> Doing:
        return right[0], -right[1]

    stage = Stage(Person(channels=FOUR, act=act), QUICK, steps=("rest", "bridges"))
    stage.start()
    stage.run(60.0, lambda w: w.view.step == "bridges" and w.view.state == "review")
    print(stage.wizard.view.reasons)
    assert "sits turned by 1" in stage.wizard.view.reasons[0]


def test_arbitrary_units_are_calibrated_without_a_limit_in_microvolts() -> None:
    person = Person(channels=FOUR, imu=False, rest_uv=500.0, full_uv=dict.fromkeys(FOUR, 15000.0))
    for calibrated in (True, False):
        stage = Stage(person, QUICK, steps=("rest",), calibrated=calibrated)
        stage.conditioner = Stage(person).conditioner
        stage.start()
        stage.run(60.0, lambda w: w.view.state in ("rejected", "review"))
        loud = any("loud at rest" in one for one in stage.wizard.view.reasons)
        assert loud is calibrated


def montage(person: Person) -> Stage:
    stage = Stage(person, QUICK, steps=("rest", "montage"))
    stage.start()
    stage.run(100.0, lambda w: w.done or stuck(stage))
    return stage


def test_pads_as_they_should_be_pass_the_montage_check() -> None:
    stage = montage(Person(imu=False))
    assert stage.wizard.done
    assert stage.wizard.names == EIGHT


@pytest.mark.parametrize(
    "pair",
    [
        (LEFT, RIGHT),
        ("hamstring_left", "hamstring_right"),
        (LEFT, "hamstring_left"),
        ("gluteus_medius_right", "erector_spinae_right"),
    ],
)
def test_two_pads_that_are_swapped_are_named_and_repaired_by_a_key(pair: tuple[str, str]) -> None:
    a, b = pair
    stage = montage(Person(imu=False, wired={a: b, b: a}))
    view = stage.wizard.view
    assert view.state == "rejected"
    assert view.can_swap
    assert len(view.reasons) == 1
    assert "seem to be swapped" in view.reasons[0]
    assert stage.command("swap")
    names: dict[str, str] = dict(zip(EIGHT, stage.wizard.names, strict=True))
    assert names[a] == b
    assert names[b] == a
    assert all(names[one] == one for one in EIGHT if one not in pair)
    assert stage.wizard.view.state == "review"
    assert set(stage.wizard.profile(WHO).repairs) == {(a, b), (b, a)}


def test_after_a_repair_references_belong_to_the_muscles_they_were_measured_on() -> None:
    full = {LEFT: 80.0, RIGHT: 30.0}
    wired = {LEFT: RIGHT, RIGHT: LEFT}
    person = Person(channels=FOUR, imu=False, wired=wired, full_uv=full)
    stage = Stage(person, QUICK, steps=("rest", "montage", "squeeze_glutes"))
    stage.start()
    stage.run(100.0, lambda w: stuck(stage))
    assert stage.command("swap")
    stage.run(100.0, lambda w: w.done)
    profile = stage.wizard.profile(WHO)
    assert profile.names[:2] == (RIGHT, LEFT)
    left, right = profile.channel(LEFT), profile.channel(RIGHT)
    assert left is not None
    assert right is not None
    assert left.reference_uv is not None
    assert right.reference_uv is not None
    assert left.reference_uv / right.reference_uv == pytest.approx(80.0 / 30.0, rel=0.1)


def test_who_squeezes_the_same_side_twice_is_not_repaired() -> None:
    def act(step: str, trial: int, state: str, right: Doing, now_s: float) -> Doing:
        return ({RIGHT: 1.0, LEFT: 0.3}, 0.0) if right[0] and trial <= 2 else right

    stage = montage(Person(channels=FOUR, imu=False, act=act))
    view = stage.wizard.view
    print(view.reasons)
    assert not view.can_swap
    told = [text for one in stage.wizard.take_findings() for text in one.reasons]
    assert any("left glute" in one for one in told)


def test_nothing_that_moves_is_asked_again_and_then_said() -> None:
    def act(step: str, trial: int, state: str, right: Doing, now_s: float) -> Doing:
        return {}, 0.0

    stage = montage(Person(channels=FOUR, imu=False, act=act))
    assert stage.wizard.view.state == "rejected"
    assert "Nothing changed when" in stage.wizard.view.reasons[0]
