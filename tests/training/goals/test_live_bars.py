"""Bars and tones: thresholds without flutter, dropouts, polarity, and when they are shown."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from firingorder.signal.reference import PersonalReference
from firingorder.signal.repetitions import Cue
from firingorder.training.goals.meters import Switch
from firingorder.training.programmes.records import Target
from tests.training.goals.made import CHANNELS, goal_of, level, row

LEVEL = Target("level_percent", 40.0, None)
NEVER = {"retention": "after"}, {"kind": "screen"}, {"schedule": "none"}, {"kind": "find_it"}
LATER = {"schedule": "summary"}, {"schedule": "on_request"}, {"schedule": "bandwidth", "band": 5.0}


def test_a_switch_goes_on_at_the_threshold_off_at_four_fifths_and_never_flutters() -> None:
    switch = Switch()
    assert not switch.step(0.0, 39.0, 40.0, None)
    assert switch.step(0.02, 40.0, 40.0, None)
    assert switch.step(0.04, 10.0, 40.0, None)  # the state has to last
    assert not switch.step(0.18, 10.0, 40.0, None)
    assert switch.step(0.40, 41.0, 40.0, None)
    assert switch.step(0.90, 33.0, 40.0, None)
    assert not switch.step(0.92, 31.9, 40.0, None)
    rng = np.random.default_rng(3)
    fast = Switch()
    states = [
        fast.step(0.02 * k, 40.0 + 15.0 * rng.standard_normal(), 40.0, None) for k in range(3000)
    ]
    changes = np.flatnonzero(np.diff(states))
    print("seed 3, changes", len(changes))
    assert len(changes) > 20
    assert 0.02 * np.min(np.diff(changes)) >= 0.15 - 1e-9


def test_where_quiet_is_rewarded_the_same_holds_upside_down() -> None:
    switch = Switch()
    assert switch.step(0.0, 4.9, None, 5.0)
    assert switch.step(1.0, 6.2, None, 5.0)
    assert not switch.step(2.0, 6.3, None, 5.0)


def test_a_dropout_is_no_value_and_never_zero() -> None:
    goal = goal_of("bridge", target=LEVEL)
    goal.levels(1.0, row(gluteus_maximus=50.0, erector_spinae=20.0))
    assert goal.meters[0].value == 50.0
    assert goal.meters[0].inside
    assert goal.tone == (1.0, pytest.approx(0.2))
    goal.levels(1.02, row(erector_spinae=20.0))
    assert goal.meters[0].value is None
    assert not goal.meters[0].inside
    assert goal.tone == (None, pytest.approx(0.2))
    goal.levels(1.04, row(gluteus_maximus_left=30.0, gluteus_maximus_right=math.nan))
    assert goal.meters[0].value == 30.0


def test_the_tone_of_yield_fades_to_silence_and_is_not_silenced_by_a_dropout() -> None:
    goal = goal_of("lengthen", mode="yield", target=Target("level_percent", None, 5.0))
    louder = []
    for percent in (60.0, 20.0, 4.0):
        goal.levels(percent, row(gluteus_maximus=percent, erector_spinae=2.0))
        louder.append(goal.tone[0])
        goal.levels(percent + 0.01, row(gluteus_maximus=percent, erector_spinae=2.0))
    assert louder == sorted(louder, reverse=True)
    assert goal.meters[0].better == "quieter"


@pytest.mark.parametrize("planned", [*NEVER, *LATER])
def test_a_bar_is_feedback_and_withheld_with_it(planned: dict[str, Any]) -> None:
    goal = goal_of("bridge", target=LEVEL, **planned)
    goal.levels(1.0, row(gluteus_maximus=50.0, erector_spinae=20.0))
    assert (goal.meters, goal.tone) == ((), (None, None))


def test_faded_bars_follow_the_plan_of_each_repetition() -> None:
    goal = goal_of("bridge", target=LEVEL, schedule="faded", feedback=(True, False), reps=2)
    goal.levels(1.0, row(gluteus_maximus=50.0))
    assert goal.meters
    goal.repetition(level(50.0))
    goal.levels(20.0, row(gluteus_maximus=50.0))
    assert not goal.meters


def test_ratio_and_share_need_references_and_say_so() -> None:
    goal = goal_of("bridge")
    goal.levels(1.0, row(gluteus_maximus=60.0, erector_spinae=20.0, hamstring=20.0))
    bars = {one.name: one.value for one in goal.meters}
    rest_out = math.sqrt(60.0**2 - 1.0) / math.sqrt(20.0**2 - 1.0)
    assert bars["glute_to_back_left"] == pytest.approx(rest_out)
    assert bars["hamstring_share"] == pytest.approx(0.25, abs=0.01)
    goal.levels(2.0, row(gluteus_maximus=1.5, erector_spinae=1.5, hamstring=1.5))
    assert {one.name: one.value for one in goal.meters}["glute_to_back_left"] is None
    none = goal_of("bridge", PersonalReference())
    none.levels(1.0, row(gluteus_maximus=60.0, erector_spinae=20.0, hamstring=20.0))
    assert [one.name for one in none.meters] == ["gluteus_maximus"]
    assert len(none.notes) == 2
    assert all("Calibrate first" in one for one in none.notes)


def test_the_back_seat_meter_is_refused_where_it_is_the_goal() -> None:
    target = Target("hamstring_share", None, 0.5)
    goal = goal_of("bridge", target=target)
    goal.levels(1.0, row(gluteus_maximus=60.0, hamstring=20.0))
    assert (goal.meters[0].name, goal.meters[0].inside) == ("hamstring_share", True)
    none = goal_of("bridge", PersonalReference(), target=target)
    none.levels(1.0, row(gluteus_maximus=60.0, hamstring=20.0))
    assert none.meters[0].value is None
    assert any("reference" in one for one in none.notes)


def test_a_line_is_followed_from_the_cue_on() -> None:
    goal = goal_of("sit_hands_ramp", kind="ramp", side="left", tempo_s=(8.0, 2.0, 4.0))
    assert goal.curve == ((0.0, 0.0), (8.0, 100.0), (10.0, 100.0), (14.0, 0.0))
    goal.asked(Cue("go", 10.0, "left"))
    for k in range(300):
        goal.levels(10.02 + 0.02 * k, row(gluteus_maximus_left=30.0, gluteus_maximus_right=2.0))
    times = [at_s for at_s, _ in goal.trace]
    assert len(times) == pytest.approx(60, abs=1)
    assert {value for _, value in goal.trace} == {30.0}
    bar = goal.meters[0]
    assert bar.low == pytest.approx(60.0, abs=1.0)
    assert not bar.inside
    goal.asked(Cue("go", 30.0, "left"))
    assert goal.trace == ()


def test_levels_of_an_hour_are_not_kept() -> None:
    goal = goal_of("bridge")
    values = np.full(len(CHANNELS), 20.0)
    for k in range(7000):
        goal.levels(0.02 * k, values)
    assert len(goal._trace._rows) == 6000  # pyright: ignore[reportPrivateUsage]
