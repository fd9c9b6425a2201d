"""Own baselines of what goals measure: planted in two sets, found again for their exercise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from firingorder.calibration.own_variability import (
    OwnSet,
    own_set,
    own_variability,
    with_baselines,
)
from firingorder.calibration.profile import personal_reference
from firingorder.calibration.profile_json import from_json, to_json
from firingorder.signal.repetitions import Cue
from firingorder.training.programmes.records import Target
from tests.calibration.test_profile import PROFILE
from tests.training.goals.made import CHANNELS, REFERENCE, cued, goal_of, lead, level, metric, rep

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding
    from firingorder.signal.reference import PersonalReference
    from firingorder.training.goals.records import Meter

LEVEL, INDEX, SHARE, RATIO = 40.0, -8.0, 0.3, 1.5


def bridges(seed: int, n: int = 10, shift: float = 0.0) -> list[RepetitionFinding]:
    """Return the repetitions of a set that scatters by 2 % of the reference."""
    rng = np.random.default_rng(seed)
    made: list[RepetitionFinding] = []
    for k in range(1, n + 1):
        right, left = LEVEL + shift + 2.0 * rng.standard_normal(2)
        metrics = (
            metric("level_top", "gluteus_maximus_left", left),
            metric("level_top", "gluteus_maximus_right", right),
            metric("symmetry_index", "gluteus_maximus", INDEX + 2.0 * rng.standard_normal()),
            metric("hamstring_share", "left", SHARE - 0.1, unit="1"),
            metric("hamstring_share", "right", SHARE + 0.01 * rng.standard_normal(), unit="1"),
            metric("glute_erector_ratio", "left", RATIO + 0.1 * rng.standard_normal(), unit="1"),
        )
        made.append(rep(index=k, metrics=metrics, task="bridge", side="both"))
    return made


def known(*sets: OwnSet) -> PersonalReference:
    """Return the reference of a profile with these baselines, written and read again."""
    own = own_variability(sets)
    assert own.accepted, own.reasons
    profile = from_json(to_json(with_baselines(PROFILE, own)))
    found = personal_reference(profile)
    return replace(REFERENCE, baselines=found.baselines, across_days=found.across_days)


OWN = known(own_set(bridges(1), 1), own_set(bridges(2), 1))


@pytest.mark.parametrize(
    ("mode", "target", "planted", "much"),
    [
        ("activate", None, LEVEL, 20.0),
        ("balance", None, INDEX, 40.0),
    ],
)
def test_own_usual_is_found_again_and_only_what_lies_beyond_it_is_told(
    mode: str, target: Target | None, planted: float, much: float
) -> None:
    for shift, inside in ((0.0, True), (-much, False)):
        goal = goal_of("bridge", OWN, mode=mode, target=target, reps=8)
        for one in bridges(3, 8):
            goal.repetition(_shifted(one, shift))
        assert goal.inside is inside
        assert goal.own is not None
        assert goal.own.median == pytest.approx(planted, abs=2.0)
        assert goal.own.n == 20
        lines = " ".join(goal.summary())
        assert "Your own usual" in lines
        assert ("beyond the measuring error" in lines) == (not inside), lines
        assert goal.own_across_days is None


def test_a_level_of_another_exercise_or_of_another_side_is_no_usual() -> None:
    for exercise, how in (("hip_thrust", {}), ("prone_raise", {"side": "left"})):
        goal = goal_of(exercise, OWN, reps=6, **how)
        for k in range(1, 7):
            goal.repetition(level(10.0, index=k))
        assert (goal.own, goal.inside) == (None, None)
        assert "Your own usual" not in " ".join(goal.summary())


def test_who_does_more_in_a_set_of_training_is_inside_and_who_is_less_even_is_not() -> None:
    goal = goal_of("bridge", OWN, mode="activate", reps=8)
    for one in bridges(4, 8):
        goal.repetition(_shifted(one, 20.0))
    assert goal.inside is True
    even = goal_of("bridge", OWN, mode="balance", reps=8)
    for one in bridges(4, 8):
        even.repetition(_shifted(one, 40.0))
    assert even.inside is False


def test_the_share_of_the_hamstrings_is_held_against_the_larger_side() -> None:
    goal = goal_of("bridge", OWN, target=Target("hamstring_share", None, 0.9), reps=8)
    for one in bridges(5, 8):
        goal.repetition(one)
    assert goal.own is not None
    assert goal.own.median == pytest.approx(SHARE, abs=0.01)
    assert goal.inside is True


def test_the_bar_of_glute_to_back_has_the_band_of_this_exercise() -> None:
    def ratio(exercise: str) -> Meter:
        goal = goal_of(exercise, OWN, mode="sequence", reps=6, schedule="concurrent", feedback=())
        goal.levels(1.0, np.full(len(CHANNELS), 30.0))
        return next(one for one in goal.meters if one.name == "glute_to_back_left")

    assert ratio("bridge").low == pytest.approx(RATIO, abs=0.3)
    assert ratio("hip_thrust").low is None


def test_without_an_own_band_the_therapists_target_decides_and_without_both_nobody() -> None:
    for target, inside in (
        (Target("level_percent", 30.0, 50.0), True),
        (Target("level_percent", 45.0, None), False),
        (Target("level_percent", 30.0, 50.0, "own_baseline"), None),
        (None, None),
    ):
        goal = goal_of("bridge", target=target, reps=6)
        for k in range(1, 7):
            goal.repetition(level(40.0, index=k))
        assert goal.inside is inside
    few = goal_of("bridge", target=Target("level_percent", 30.0, 50.0), reps=6)
    for k in range(1, 4):
        few.repetition(level(40.0, index=k))
    assert few.inside is None
    order = goal_of("bridge", mode="sequence", target=Target("lead_ms", 20.0, None), reps=6)
    for k in range(1, 7):
        order.repetition(lead(60.0, 10.0, "glutes_first", index=k))
    assert order.inside is True


def test_two_exercises_are_no_baseline_and_an_old_profile_still_works() -> None:
    other = own_set([replace(one, task="clam", side="left") for one in bridges(2)], 1)
    told = own_variability([own_set(bridges(1), 1), other])
    assert not told.accepted
    assert "bridge and clam" in told.reasons[0]
    old = own_variability([OwnSet({"lead_ms": (60.0, 62.0, 58.0, 61.0, 59.0)}, 1)] * 2)
    reference = replace(REFERENCE, baselines=old.within_day)
    goal = goal_of("hip_thrust", reference, mode="sequence", reps=6)
    assert goal.own is not None
    assert goal.own.median == 60.0


def test_a_word_whose_delay_was_measured_gives_a_reaction_with_its_error() -> None:
    """Planted: 0.40 s; the word is heard 0.10 s late, known to 0.01 s: 300 ms."""
    told: dict[Any, Any] = {}
    for latency in (None, (0.10, 0.01)):
        goal = goal_of("sit_hands", kind="find_it", reps=5, cue_latency_s=latency)
        for k in range(5):
            at_s = 10.0 * (k + 1)
            goal.asked(Cue("go", at_s, "left"))
            told[latency] = goal.repetition(cued(at_s, 0.40, "left", index=k + 1))
        values = goal.values()
        assert "reaction_left_ms" in values
        assert (values["reaction_left_ms"] is None) == (latency is None)
        assert ("median time to the start" in " ".join(goal.summary())) == (latency is not None)
    assert told[None].value is None
    assert told[None].high is not None
    measured = told[0.10, 0.01]
    assert measured.value == pytest.approx(300.0, abs=1.0)
    assert measured.low < 290.5
    assert measured.high > 309.5


def _shifted(one: RepetitionFinding, by: float) -> RepetitionFinding:
    names = ("level_top", "symmetry_index")
    metrics = tuple(
        replace(m, value=m.value + by, low=None if m.low is None else m.low + by,
                high=None if m.high is None else m.high + by)
        if m.name in names and m.value is not None else m
        for m in one.metrics
    )  # fmt: skip
    return replace(one, metrics=metrics)
