"""Kinds of sets, through the signal chain on simulated people and with planted repetitions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firingorder.signal.reference import ChannelReference, PersonalReference
from firingorder.signal.repetitions import Cue
from firingorder.training.programmes.records import Target
from tests.training.goals.made import cued, goal_of, levels, metric, rep
from tests.training.goals.people import LOUDER, Person, person, planned_set, train

SEED = 7
SQUEEZES = ("sit_hands", 31, SEED)


def truth_of(who: Person) -> list[float]:
    return [one.away_s - one.cue_s for one in who.body.true_repetitions if one.cue_s is not None]


def lead_of(who: Person) -> float:
    """The planted lead of the first bridge, ms: first glute against first back."""
    onsets = {one.channel: one.onset_s for one in who.body.true_repetitions[0].bursts}
    first = [
        min(at_s for name, at_s in onsets.items() if name.startswith(muscle))
        for muscle in ("erector_spinae", "gluteus_maximus")
    ]
    return 1e3 * (first[0] - first[1])


def test_bridges_of_a_person_by_level_and_by_order() -> None:
    who = person("bridge", 26, SEED)
    _, shown = train(who, planned_set("bridge"))
    assert len(shown) >= 2
    for one in shown:
        assert one.outcome == "shown"
        assert one.value == pytest.approx(100.0 / LOUDER, abs=12.0)
    for low, outcome in ((30.0, "hit"), (80.0, "miss")):
        target = Target("level_percent", low, None)
        _, judged = train(who, planned_set("bridge", target=target))
        assert {one.outcome for one in judged} == {outcome}
    target = Target("lead_ms", 20.0, None)
    goal, judged = train(who, planned_set("bridge", mode="sequence", target=target))
    assert -200.0 < lead_of(who) < -60.0
    assert {one.outcome for one in judged} == {"miss"}
    assert {one.headline for one in judged} == {"Back first"}
    target = Target("lead_ms", -200.0, None)
    _, judged = train(who, planned_set("bridge", mode="sequence", target=target))
    assert {one.outcome for one in judged} == {"hit"}
    assert any("back first in" in one for one in goal.summary())


def test_finding_it_takes_as_long_as_it_was_planted() -> None:
    """The delay of the word is not known here: then the time from the word is an upper bound."""
    who = person(*SQUEEZES)
    goal, judged = train(who, planned_set("sit_hands", kind="find_it"))
    assert [one.outcome for one in judged] == ["hit"] * 2
    for one, took_s in zip(judged, truth_of(who), strict=False):
        assert one.value is None
        assert one.high is not None
        assert 1e3 * took_s - 20.0 <= one.high <= 1e3 * took_s + 100.0
    assert sum("found 1 of 1" in one for one in goal.summary()) == len(judged)


def test_squeezes_of_one_side_are_kept_apart() -> None:
    who = person(*SQUEEZES)
    _, judged = train(who, planned_set("sit_hands", kind="isolation"))
    assert [one.headline for one in judged[:2]] == ["Only left", "Only right"]
    assert [one.outcome for one in judged] == ["hit", "hit"]


@pytest.mark.parametrize(("other", "outcome"), [(4.0, "hit"), (35.0, "miss")])
def test_the_other_side_joining_is_seen(other: float, outcome: str) -> None:
    both = (
        metric("level_hold", "gluteus_maximus_left", 60.0, 2.0),
        metric("level_hold", "gluteus_maximus_right", other, 1.0),
    )
    headlines: list[str] = []
    target = Target("level_percent", 40.0, None)
    for goal in (
        goal_of("sit_hands", side="left", kind="isolation"),
        goal_of("sit_hands", side="left", target=target),
    ):
        goal.asked(Cue("go", 10.0, "left"))
        judged = goal.repetition(cued(10.0, 0.4, "left", metrics=both))
        assert judged.outcome == outcome
        assert judged.passed is (outcome == "hit")
        headlines.append(judged.headline)
    joined = ["Other side joined"] * 2
    assert headlines == (["Only left", "On target"] if outcome == "hit" else joined)


@pytest.mark.parametrize(("louder", "outcome"), [(1.0, "hit"), (2.0, "miss")])
def test_a_line_is_followed_to_the_top_or_half_way(louder: float, outcome: str) -> None:
    """The simulated ramp peaks at the plateau: at 100 % of one reference, at 50 % of another."""
    who = person("sit_hands_ramp", 24, SEED)
    half = {
        name: ChannelReference(one.rest_uv, (one.reference_uv or 0.0) * louder / LOUDER)
        for name, one in who.reference.channels.items()
    }
    given = tuple(
        (kind, (item[0], item[1] * LOUDER / louder) if kind == "levels" else item)
        for kind, item in who.given
    )
    own = PersonalReference(half, "submaximal_reference")
    side = who.body.true_repetitions[0].side
    planned = planned_set("sit_hands_ramp", kind="ramp", side=side, tempo_s=(8.0, 2.0, 4.0))
    goal, judged = train(replace(who, reference=own, given=given), planned)
    assert judged[0].outcome == outcome
    assert len(goal.trace) > 100


def test_letting_go_and_coming_to_rest() -> None:
    who = person("release_quiet", 29, SEED)
    _, judged = train(who, planned_set("release_quiet", kind="release", mode="yield"))
    planted = [
        one.quiet_s - one.release_s
        for one in who.body.true_repetitions
        if one.quiet_s is not None and one.release_s is not None
    ]
    assert len(judged) == 2
    for one, took_s in zip(judged, planted, strict=False):
        assert one.outcome == "hit"
        assert one.value == pytest.approx(took_s, abs=0.15)
        assert "At rest before it" in one.line
        assert not one.coloured


def test_a_rest_that_is_not_quiet_is_no_success_of_letting_go() -> None:
    quiet = tuple(
        metric("time_to_quiet", f"gluteus_maximus_{side}", 1.0, 0.1, "s")
        for side in ("left", "right")
    )
    goal = goal_of("release_quiet", kind="release", mode="yield")
    assert goal.repetition(cued(10.0, 0.3, "both", metrics=quiet)).outcome == "hit"
    tense = cued(30.0, 0.3, "both", metrics=quiet, compensations=("rest_high",))
    judged = goal.repetition(tense)
    assert (judged.outcome, judged.headline) == ("miss", "Not yet quiet")


def test_small_raises_of_a_person_and_what_is_not_seen_of_them() -> None:
    who = person("prone_raise", 15, SEED)
    for low, high, outcome in ((20.0, 90.0, "hit"), (20.0, 10.0, "miss"), (95.0, None, "miss")):
        planned = planned_set(
            "prone_raise", kind="smallest_range", side=who.task.working_side,
            target=Target("level_percent", low, high), range_name="tiny",
        )  # fmt: skip
        goal, judged = train(who, planned)
        assert {one.outcome for one in judged} == {outcome}
        assert dict(judged[0].parts)["no arching"]
        assert any("tiny" in one and "not measured" in one for one in goal.summary())
    open_ = rep(metrics=levels("top", 50.0, 1.0), compensations=("open",))
    assert goal.repetition(open_).outcome != "hit"


def test_clamshells_are_about_the_hip_and_ask_for_no_order() -> None:
    who = person("clam", 14, SEED)
    side = who.task.working_side
    _, judged = train(
        who, planned_set("clam", side=side, target=Target("level_percent", 30.0, None))
    )
    assert {one.outcome for one in judged} == {"hit"}
    assert "hip" in judged[0].line
    _, judged = train(who, planned_set("clam", side=side, mode="sequence"))
    assert {one.outcome for one in judged} == {"no_claim"}
    assert "asks for no order" in judged[0].why
    goal = goal_of("lunge", mode="sequence")
    assert any("choose another goal" in one for one in goal.notes)


def test_five_of_five_on_each_side_and_every_way_to_miss() -> None:
    goal = goal_of("sit_hands", kind="find_it", side="both")
    at_s, parts = 0.0, ()
    for side in ("left", "right", "both"):
        for k in range(5):
            at_s += 10.0
            goal.asked(Cue("go", at_s, side))
            took = metric("reaction", f"gluteus_maximus_{side}", 300.0 + 10.0 * k, 20.0, "ms")
            pair = tuple(replace(took, subject=f"gluteus_maximus_{s}") for s in ("left", "right"))
            parts = goal.repetition(cued(at_s, 0.4, side, metrics=pair)).parts
    assert parts == (("left", True), ("right", True), ("both", True))
    assert goal.values()["reaction_left_ms"] == 320.0
    assert sum("all of the last five" in one and "n = 5" in one for one in goal.summary()) == 3
    goal.asked(Cue("go", 200.0, "left"))
    missed = goal.missed(200.0)
    assert (missed.outcome, missed.number) == ("miss", 16)
    again = goal.repetition(cued(200.0, 0.0, "left", reasons=("missed",)))
    assert (again.outcome, again.number) == ("miss", 16)
    assert goal.values()["tries_left"] == 6
    goal.asked(Cue("go", 220.0, "left"))
    other = goal.repetition(cued(220.0, 0.4, "right", reasons=("other_side",)))
    assert (other.outcome, other.headline) == ("miss", "The other side")
    goal.asked(Cue("go", 240.0, "left"))
    tense = goal.repetition(cued(240.0, 0.4, "left", reasons=("no_rest",)))
    assert tense.outcome == "not_scored"
    assert goal.values()["tries_left"] == 7
    assert dict(tense.parts) == {}
    goal.asked(Cue("go", 260.0, "right"))
    late = metric("reaction", "gluteus_maximus_right", 2400.0, 50.0, "ms")
    slow = goal.repetition(cued(260.0, 2.4, "right", metrics=(late,)))
    assert slow.outcome == "miss"
    assert dict(slow.parts) == {"left": False, "right": False, "both": True}


def test_a_word_that_nobody_answers_is_no_repetition_elsewhere() -> None:
    goal = goal_of("iso_prone", target=Target("level_percent", 40.0, None))
    judged = goal.missed(5.0)
    assert (judged.outcome, judged.number, judged.headline) == ("not_scored", 0, "No start seen")
    assert goal.values()["not_scored"] == 1


def test_neighbours_taking_over_ask_for_a_rest_and_are_seen_again_only_after_it() -> None:
    goal = goal_of("bridge")
    seen = []
    for taken_over in (False, True, True, True, False, True):
        goal.repetition(rep(metrics=levels("top", 50.0, 1.0), taken_over=taken_over))
        seen.append(goal.takeover)
    # The repetition right after the rest is judged together with the one before it.
    assert seen == [False, True, False, True, False, True]
    assert goal.trips == 3


def test_returning_from_a_bend_has_names_of_its_own_and_tells_the_back_at_the_bottom() -> None:
    goal = goal_of("return_bend", kind="return_bend", mode="sequence")
    let_go = metric("flexion_relaxation", "left", 4.0, 1.0, "1")
    for verdict, value, headline in (
        ("glutes_first", 60.0, "Bottom-up"),
        ("back_first", -60.0, "Top-down"),
        ("together", 1.0, "Together"),
        ("unclear", None, "Can't tell"),
    ):
        low, high = (None, None) if value is None else (value - 20.0, value + 20.0)
        judged = goal.repetition(
            rep(verdict=verdict, lead_ms=value, low_ms=low, high_ms=high, metrics=(let_go,))
        )
        assert judged.headline == headline
        assert not judged.coloured
        assert "at the bottom, left: 4.00" in judged.line.replace("over the", "at the")
