"""What a repetition is called, by mode: planted values on both sides of a target."""

from __future__ import annotations

import numpy as np
import pytest

from firingorder.signal.reference import ChannelReference, PersonalReference
from firingorder.training.goals.trace import LevelTrace
from firingorder.training.programmes.records import Target
from tests.training.goals.made import (
    CHANNELS,
    USUAL,
    cued,
    early,
    goal_of,
    lead,
    level,
    levels,
    metric,
    rep,
    with_usual,
)

AT_LEAST = Target("lead_ms", 20.0, None)


@pytest.mark.parametrize(
    ("value", "half", "verdict", "outcome", "headline", "spoken"),
    [
        (62.0, 30.0, "glutes_first", "hit", "Glutes first", ("glutes_first",)),
        (40.0, 30.0, "glutes_first", "no_claim", "Glutes first", ("glutes_first",)),
        (2.0, 15.0, "together", "miss", "Together", ("together",)),
        (10.0, 18.0, "together", "no_claim", "Together", ("together",)),
        (-90.0, 30.0, "back_first", "miss", "Back first", ("back_first",)),
        (-20.0, 30.0, "unclear", "no_claim", "Can't tell", ("unclear",)),
        (None, 0.0, "unclear", "no_claim", "Can't tell", ("unclear",)),
    ],
)
def test_a_lead_is_reached_only_by_its_whole_interval(
    value: float | None, half: float, verdict: str, outcome: str, headline: str, spoken: object
) -> None:
    goal = goal_of("bridge", mode="sequence", target=AT_LEAST)
    judged = goal.repetition(lead(value, half, verdict))
    assert (judged.outcome, judged.headline, judged.spoken) == (outcome, headline, spoken)
    assert judged.coloured
    assert judged.why or outcome != "no_claim" or value is not None


def test_an_order_that_cannot_be_told_is_never_a_miss_and_may_reach_a_target_below_zero() -> None:
    goal = goal_of("bridge", mode="sequence", target=Target("lead_ms", -50.0, None))
    reached = goal.repetition(lead(-10.0, 30.0, "unclear"))
    assert (reached.outcome, reached.headline) == ("hit", "Target reached")
    surely_below = goal.repetition(lead(-90.0, 20.0, "unclear"))
    assert surely_below.outcome == "no_claim"


def test_a_first_answer_is_given_once_and_only_when_it_can_be() -> None:
    goal = goal_of("bridge", mode="sequence", target=AT_LEAST)
    assert goal.early(early(1, "live", "unclear", None, None, None)) is None
    assert goal.early(early(1, "live", "glutes_first", None, 15.0, None)) is None
    told = goal.early(early(1, "live", "glutes_first", None, 55.0, None))
    assert told is not None
    assert (told.outcome, told.number, told.value) == ("hit", 1, None)
    assert goal.early(early(1, "early", "glutes_first", 60.0, 40.0, 80.0)) is None
    unclear = goal.early(early(2, "early", "unclear", 10.0, -60.0, 80.0))
    assert unclear is not None
    assert unclear.outcome == "no_claim"
    assert goal.early(early(3, "final", "back_first", -60.0, -80.0, -40.0)) is None
    assert goal_of("bridge").early(early(1, "early", "glutes_first", 60.0, 40.0, 80.0)) is None


@pytest.mark.parametrize(
    ("value", "half", "outcome", "headline"),
    [
        (45.0, 8.0, "hit", "On target"),
        (38.0, 4.0, "no_claim", "Close"),
        (30.0, 4.0, "miss", "Below"),
        (70.0, 4.0, "miss", "Above"),
    ],
)
def test_a_level_in_its_band(value: float, half: float, outcome: str, headline: str) -> None:
    judged = goal_of("bridge", target=Target("level_percent", 40.0, 60.0)).repetition(
        level(value, half)
    )
    assert (judged.outcome, judged.headline) == (outcome, headline)
    # The mean of two sides is known better than either: by the root of two.
    assert judged.high == pytest.approx(value + half / 2.0**0.5)


def test_the_back_working_more_is_neither_reward_nor_loss_in_activate() -> None:
    loud = levels("top", 90.0, 1.0, "erector_spinae") + levels("top", 90.0, 1.0, "hamstring")
    target = Target("level_percent", 40.0, None)
    for value, outcome in ((45.0, "hit"), (20.0, "miss")):
        one = rep(metrics=levels("top", value, 1.0) + loud)
        assert goal_of("bridge", target=target).repetition(one).outcome == outcome


def test_one_side_left_out_is_named_and_none_at_all_is_not_a_number() -> None:
    left = metric("level_top", "gluteus_maximus_left", 50.0, 2.0)
    off = metric("level_top", "gluteus_maximus_right", None, gate="poor_contact")
    goal = goal_of("bridge", target=Target("level_percent", 40.0, None))
    judged = goal.repetition(rep(metrics=(left, off)))
    assert judged.outcome == "hit"
    assert "left glute" in judged.line
    both_off = metric("level_top", "gluteus_maximus_left", None, gate="poor_contact")
    judged = goal.repetition(rep(metrics=(both_off, off)))
    assert (judged.outcome, judged.value) == ("no_claim", None)
    assert "contact" in judged.why


@pytest.mark.parametrize(
    ("value", "half", "outcome", "headline"),
    [
        (15.0, 20.0, "hit", "Inside the band"),
        (34.0, 10.0, "no_claim", "Close"),
        (45.0, 10.0, "miss", "More right"),
        (-10.0, 30.0, "no_claim", "Close"),
        (-40.0, 10.0, "miss", "More left"),
    ],
)
def test_evenness_is_lost_only_by_the_whole_interval_and_the_target_need_not_be_even(
    value: float, half: float, outcome: str, headline: str
) -> None:
    """The therapist wants a little more on the right."""
    one = rep(metrics=(metric("symmetry_index", "gluteus_maximus", value, half),))
    goal = goal_of("bridge", mode="balance", target=Target("symmetry_percent", 0.0, 30.0))
    judged = goal.repetition(one)
    assert (judged.outcome, judged.headline) == (outcome, headline)
    assert not judged.coloured


def test_yield_rewards_quiet_and_no_squeeze() -> None:
    glutes = [f"gluteus_maximus_{side}" for side in ("left", "right")]
    for took, outcome in ((1.0, "hit"), (6.0, "miss")):
        quiet = tuple(metric("time_to_quiet", name, took, 0.2, "s") for name in glutes)
        one = cued(10.0, 0.3, "both", metrics=quiet + levels("hold", 99.0, 1.0))
        goal = goal_of("release_quiet", mode="yield", target=Target("time_to_quiet_s", None, 3.0))
        judged = goal.repetition(one)
        assert judged.outcome == outcome
        assert not judged.coloured
    never = tuple(
        metric("time_to_quiet", n, None, unit="s", gate="beyond_cap", low=10.0) for n in glutes
    )
    judged = goal.repetition(cued(20.0, 0.3, "both", metrics=never))
    assert (judged.outcome, judged.value, judged.low) == ("miss", None, 10.0)
    silent = tuple(
        metric("level_bottom", name, None, gate="at_noise_floor", high=2.0) for name in glutes
    )
    lean = goal_of("lengthen", mode="yield", target=Target("level_percent", None, 5.0))
    assert lean.repetition(rep(metrics=silent)).headline == "Quiet"
    assert lean.repetition(rep(metrics=levels("bottom", 9.0, 1.0))).headline == "Not yet quiet"


def test_a_muscle_whose_quiet_is_not_known_is_not_left_out_of_the_last_one() -> None:
    """Its neighbours were quiet at once, but it had not come to rest where the signal was cut."""
    quiet = (
        metric("time_to_quiet", "gluteus_maximus_left", None, unit="s", gate="too_short"),
        metric("time_to_quiet", "gluteus_maximus_right", 0.1, 0.1, "s"),
    )
    goal = goal_of("release_quiet", mode="yield", kind="release")
    judged = goal.repetition(cued(10.0, 0.3, "both", metrics=quiet))
    assert judged.value == pytest.approx(1.0)
    assert "left glute" in judged.line
    off = (metric("time_to_quiet", "gluteus_maximus_left", None, unit="s", gate="poor_contact"),)
    judged = goal.repetition(cued(20.0, 0.3, "both", metrics=(*quiet[1:], *off)))
    assert judged.outcome == "no_claim"


def test_without_a_target_nothing_is_judged_and_usual_is_told_beyond_the_error_only() -> None:
    goal = goal_of("bridge", with_usual(lead_ms=USUAL), mode="sequence")
    # One repetition: the larger of 25 ms and twice its own spread of 30.
    for value, words in (
        (55.0, "within what you vary by anyway"),
        (85.0, "earlier than your own usual, beyond the measuring error"),
        (-65.0, "later than your own usual, beyond the measuring error"),
    ):
        judged = goal.repetition(lead(value, 20.0, "glutes_first" if value > 0 else "back_first"))
        assert judged.outcome == "shown"
        assert not judged.coloured
        assert words in judged.line
    plain = goal_of("bridge", mode="sequence").repetition(lead(85.0, 20.0, "glutes_first"))
    assert "usual" not in plain.line


@pytest.mark.parametrize(
    ("planned", "coloured"),
    [
        ({}, True),
        ({"retention": "before"}, False),
        ({"kind": "screen"}, False),
        ({"kind": "transfer"}, False),
        ({"kind": "return_bend"}, False),
        ({"mode": "balance"}, False),
        ({"mode": "yield"}, False),
        ({"target": Target("lead_ms", 20.0, None, "own_baseline")}, False),
    ],
)
def test_colours_are_the_therapists_and_for_work_only(
    planned: dict[str, object], coloured: bool
) -> None:
    goal = goal_of("bridge", **{"mode": "sequence", "target": AT_LEAST, **planned})
    judged = goal.repetition(lead(62.0, 10.0, "glutes_first"))
    assert judged.coloured is coloured
    looked = planned.get("kind") in ("screen", "transfer")
    assert judged.outcome == ("shown" if looked else "hit")


def test_percent_of_a_reference_is_not_asked_of_who_has_none() -> None:
    nothing = tuple(
        metric("level_top", name, None, gate="not_normalised") for name in CHANNELS
    ) + tuple(metric("rms_top", name, 34.0, 1.0, "uV") for name in CHANNELS)
    none = PersonalReference()
    shown = goal_of("bridge", none).repetition(rep(metrics=nothing))
    assert (shown.outcome, shown.unit, shown.value) == ("shown", "uV", 34.0)
    asked = goal_of("bridge", none, target=Target("level_percent", 40.0, None))
    judged = asked.repetition(rep(metrics=nothing))
    assert judged.outcome == "no_claim"
    assert "calibrate" in judged.why
    share = goal_of("bridge", none, target=Target("hamstring_share", None, 0.5))
    gated = metric("hamstring_share", "left", None, unit="1", gate="not_normalised")
    judged = share.repetition(rep(metrics=(gated,)))
    assert judged.outcome == "no_claim"
    assert "reference" in judged.why


def test_a_hold_in_its_band_is_held_against_the_time_in_it() -> None:
    """Levels every 20 ms: so long at 50 % in a hold of 4.2 s, the rest at 20 %."""
    for inside_s, outcome in ((5.0, "hit"), (3.0, "no_claim"), (2.0, "miss")):
        goal = goal_of("iso_prone", target=Target("hold_share", 40.0, 60.0))
        one = cued(10.0, 0.3, "both")
        assert one.phases is not None
        assert one.phases.far_from_s is not None
        for k in range(600):
            t_s = 5.0 + 0.02 * k
            percent = 50.0 if t_s < one.phases.far_from_s + inside_s else 20.0
            goal.levels(t_s, np.full(len(CHANNELS), percent))
        judged = goal.repetition(one)
        assert judged.outcome == outcome
        assert judged.target == Target("hold_share", 0.8, None)


def test_an_order_that_cannot_be_told_claims_nothing_without_a_target_either() -> None:
    judged = goal_of("bridge", mode="sequence").repetition(lead(10.0, 60.0, "unclear"))
    assert (judged.outcome, judged.headline, judged.value) == ("no_claim", "Can't tell", 10.0)


def test_a_steady_hold_beside_its_band_is_not_in_it_and_rest_is_no_level() -> None:
    for low, share in ((40.0, 1.0), (60.0, 0.0)):
        goal = goal_of("iso_prone", target=Target("hold_share", low, low + 20.0))
        for k in range(300):
            goal.levels(10.0 + 0.02 * k, np.full(len(CHANNELS), 50.0))
        assert goal.repetition(cued(10.0, 0.3, "both")).value == share
    loud = ChannelReference(30.0, 100.0)
    trace = LevelTrace(CHANNELS, PersonalReference(dict.fromkeys(CHANNELS, loud)))
    for k in range(100):
        trace.add(0.02 * k, np.full(len(CHANNELS), 50.0))
    assert trace.blocks(CHANNELS[:2], 0.0, 1.0)[1] == pytest.approx([40.0] * 4)
    assert trace.level(CHANNELS[0], 0.0, 1.5).value == pytest.approx(40.0)


def test_a_silent_other_side_bounds_the_share_from_below() -> None:
    both = (
        metric("level_hold", "gluteus_maximus_left", 60.0, 2.0),
        metric("level_hold", "gluteus_maximus_right", None, gate="at_noise_floor", high=2.0),
    )
    goal = goal_of("sit_hands", side="left", kind="isolation")
    judged = goal.repetition(cued(10.0, 0.4, "left", metrics=both))
    assert (judged.outcome, judged.value, judged.high) == ("hit", None, None)
    assert judged.low == pytest.approx(58.0 / 60.0)
    assert "quieter than the device can measure" in judged.line
