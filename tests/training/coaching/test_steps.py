"""What safety decides is done by the coach: steps forward and back, the charger, red flags."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firingorder.training.coaching.deeds import Say
from firingorder.training.exercises.copies import copy_of
from firingorder.training.exercises.loader import load_exercise
from firingorder.training.programmes.expanding import expand
from firingorder.training.programmes.records import Item, Target
from firingorder.training.safety.facts import Lock, Practice, SafetyFacts, SessionPain
from tests.training.coaching.scripted import KNOWN, TODAY, Floor, plan_of

YESTERDAY = "2026-11-20"
THRUST, CLAM = Item("hip_thrust", reps=(2, 2), rest_s=10.0), Item("clam", reps=(2,), side="left")
#: Two sessions of the bridge that meet every condition of rule D3.
MET = tuple(
    Practice("bridge", f"s{k}", f"2026-11-{k}", 0, 10, 10, (), inside=True) for k in (18, 20)
)
#: A session of yesterday whose morning after was not asked for yet.
SORE = replace(
    KNOWN,
    sessions=(SessionPain("s1", YESTERDAY, before=1, exercises=("bridge", "prone_raise")),),
    practice=MET,
)


def begun(floor: Floor, pain: str = "1") -> Floor:
    floor.run(0.2)
    floor.key("answer", pain)
    return floor


def test_a_step_that_is_not_open_is_told_with_its_conditions_and_passed_by_a_key() -> None:
    floor = begun(Floor(plan_of(THRUST, CLAM)))
    view = floor.coach.view
    assert (view.state, view.title) == ("blocked", "Hip thrust")
    assert view.blocked is not None
    assert "2 sessions of bridge (0 of 2)" in view.blocked.text
    assert "Train bridge" in view.blocked.next_step
    floor.run(3.0)
    assert "not_open" in floor.says()
    floor.key("next")
    assert (floor.state, floor.here) == ("ready", "clam")
    assert floor.lead()
    assert {one["exercise"] for one in floor.notes("set_ended")} == {"clam"}
    assert [one["action"] for one in floor.notes("refused")] == ["override_progression"]


def test_the_step_is_open_once_its_conditions_are_met() -> None:
    floor = begun(Floor(plan_of(THRUST, facts=replace(KNOWN, practice=MET))))
    assert (floor.state, floor.here) == ("ready", "hip_thrust")
    outside = replace(MET[1], inside=None)
    shut = begun(Floor(plan_of(THRUST, facts=replace(KNOWN, practice=(MET[0], outside)))))
    assert shut.state == "blocked"
    assert shut.coach.view.blocked is not None
    assert "no band yet" in shut.coach.view.blocked.text


def test_a_therapist_opens_a_step_early_with_a_reason_and_the_log_can_tell() -> None:
    floor = begun(Floor(plan_of(THRUST, CLAM)))
    floor.call("wear", "person")
    floor.key("override", "I want to")
    floor.call("wear", "therapist")
    floor.key("override", " ")
    assert floor.state == "blocked"
    assert not floor.notes("override")
    floor.key("override", "strong enough in the clinic")
    told = floor.notes("override")[0]
    assert (told["key"], told["exercise"]) == ("bridge>hip_thrust", "hip_thrust")
    assert floor.here == "hip_thrust"
    assert floor.lead()
    assert len(floor.notes("set_ended")) == 3


def test_what_holds_an_exercise_today_holds_its_copies_too_and_can_be_lifted() -> None:
    copy = copy_of(load_exercise("bridge"), "my_bridge", "My bridge")
    lock = Lock("bridge", "The pain was 4 of 10 today.", whole=True)
    plan = plan_of(CLAM)
    programme = replace(plan.programme, items=(Item("my_bridge", reps=(2,)), CLAM))
    exercises = {"my_bridge": copy, "clam": load_exercise("clam")}
    sets = expand(programme, exercises.__getitem__)
    plan = replace(plan, programme=programme, planned=sets, exercises=exercises,
                   facts=replace(KNOWN, locks=(lock,)))  # fmt: skip
    floor = begun(Floor(plan))
    assert floor.coach.view.blocked is not None
    assert "The pain was 4 of 10 today." in floor.coach.view.blocked.text
    floor.key("override", "felt the pad only")
    assert floor.notes("override")[0]["key"] == "lock"
    assert floor.lead()
    ended = floor.notes("set_ended")[0]
    assert (ended["exercise"], ended["copy"]) == ("bridge", "my_bridge")
    assert "bridge" in floor.notes("session_ended")[0]["locked"]


def test_a_stop_for_illness_ends_the_training_even_where_an_exercise_is_not_open() -> None:
    floor = begun(Floor(plan_of(THRUST, CLAM)))
    floor.key("stop")
    floor.key("answer", "1")
    floor.key("answer", "unwell")
    floor.key("resume")
    assert floor.state == "blocked"
    assert floor.coach.view.blocked is not None
    assert floor.coach.view.blocked.key == "safety.unwell"


def test_a_worse_morning_takes_one_step_back_spoken_and_shown() -> None:
    thrust = replace(THRUST, reps=(2,))
    small = Item("prone_raise", kind="smallest_range", side="left", reps=(2,), range_name="medium",
                 target=Target("level_percent", 30.0, 20.0))  # fmt: skip
    plan = plan_of(small, thrust, facts=replace(SORE, unlocked=("bridge>hip_thrust",)))
    fine = Floor(plan)
    fine.run(0.2)
    for one in ("1", "1"):
        fine.key("answer", one)
    assert "safety.back" not in fine.says()
    assert fine.coach.view.message == ""
    floor = Floor(plan)
    floor.run(0.2)
    assert floor.coach.view.prompt is not None
    assert floor.coach.view.prompt.key == "pain_morning"
    floor.key("answer", "4")
    floor.key("answer", "1")
    assert floor.state == "ready"
    assert "One step back today: a smaller movement" in floor.coach.view.message
    assert "do bridge" in floor.coach.view.message
    floor.run(30.0)
    assert floor.says().count("safety.back") == 2  # what was answered, and this exercise
    assert "small" in floor.says()
    assert "medium" not in floor.says()
    assert floor.notes("smaller")[0]["range"] == "small"
    floor.key("next")
    assert floor.run(60.0, until="pain")
    assert floor.notes("set_ended")[0]["range"] == "small"
    assert floor.lead(most_s=200.0) or floor.state == "ready"


def test_a_worse_morning_shuts_what_the_session_had_opened() -> None:
    facts = replace(SORE, sessions=(replace(SORE.sessions[0], exercises=("hip_thrust",)),),
                    unlocked=("bridge>hip_thrust",), practice=())  # fmt: skip
    for morning, state in (("1", "ready"), ("4", "blocked")):
        floor = Floor(plan_of(THRUST, facts=facts))
        floor.run(0.2)
        floor.key("answer", morning)
        floor.key("answer", "1")
        assert floor.state == state


def test_smaller_goes_from_name_to_name_and_ends_at_the_smallest() -> None:
    item = Item("prone_raise", kind="smallest_range", side="left", reps=(3,), range_name="medium",
                target=Target("level_percent", 30.0, 20.0))  # fmt: skip
    floor = begun(Floor(plan_of(item)))
    floor.key("next")
    assert floor.run(20.0, until="work")
    for name in ("small", "tiny", "tiny"):
        deeds = floor.key("smaller")
        assert [d.keys for d in deeds if isinstance(d, Say)] == [("smaller", name)]
    assert "smallest range there is" in floor.coach.view.message
    assert floor.lead()
    assert floor.notes("set_ended")[0]["range"] == "tiny"
    assert any("medium and then small and then tiny" in one for one in floor.coach.view.lines)


def test_the_charger_comes_first_where_a_wire_leads_to_the_body() -> None:
    for wired in (True, False):
        floor = Floor(plan_of(CLAM, wired=wired))
        floor.run(0.2)
        assert floor.coach.view.prompt is not None
        assert (floor.coach.view.prompt.key == "safety.power") == wired


@pytest.mark.parametrize(("answers", "back"), [(("yes", "yes"), False), (("no",) * 9, True)])
def test_a_red_flag_that_blocks_is_final_and_a_number_of_pain_is_not(
    answers: tuple[str, ...], *, back: bool
) -> None:
    floor = Floor(plan_of(CLAM, facts=SafetyFacts(TODAY, first_use=False, therapist=True)))
    floor.run(0.2)
    for one in (*answers, *(("8",) if back else ())):
        floor.key("answer", one)
    assert floor.state == "blocked"
    assert floor.coach.view.can_back == back
    floor.key("back")
    assert (floor.state == "questions") == back
