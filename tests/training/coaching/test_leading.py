"""Sessions in virtual time, from the first question to the summary."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from firingorder.findings import ConnectionEvent, PhaseFinding
from firingorder.signal.reference import OwnBaseline, PersonalReference
from firingorder.training.coaching.deeds import Ask, BeginSet, Say, Score, Silence, Sound
from firingorder.training.coaching.words import exercise_utterances, utterances
from firingorder.training.exercises.loader import load_exercise, task_ids
from firingorder.training.goals.words import SPOKEN
from firingorder.training.programmes.records import Item, Target
from firingorder.training.programmes.templates import single
from firingorder.training.safety.facts import SafetyFacts
from firingorder.training.safety.texts import load_texts
from firingorder.training.safety.texts import utterances as safety_utterances
from tests.training.coaching.scripted import KNOWN, TODAY, Floor, audible, plan_of, repetition

BRIDGE = Item("bridge", reps=(4, 3), rest_s=40.0)


def test_a_session_goes_from_the_questions_to_the_summary_and_counts_right() -> None:
    """Two repetitions are not counted, so they are done again; everything is asked in its place."""
    bad = {2: ("half_range",), 6: ("start_pose",)}
    floor = Floor(plan_of(BRIDGE), reasons=lambda k: bad.get(k, ()))
    assert floor.lead(pain=1)
    visited = [state for _, state in floor.states]
    work = ["get_ready", "work", "pain"]
    assert visited == ["questions", "ready", *work, "rest", *work, "after", "summary"]
    ended = floor.notes("set_ended")
    assert [(one["done"], one["asked"], one["tries"]) for one in ended] == [(4, 4, 5), (3, 3, 4)]
    assert [one["outcome"] for one in floor.notes("judged")].count("not_scored") == 2
    assert [one["when"] for one in floor.notes("pain")] == ["set", "set", "after"]
    counted = [
        d.keys[0]
        for _, state, d in floor.heard
        if state in ("work", "pain") and isinstance(d, Say) and d.keys[0].isdigit()
    ]
    assert counted == ["1", "2", "3", "4", "1", "2", "3"]
    said = floor.says()
    assert said[said.index("not_counted") + 1] == "why.half_range"
    assert said.count("last_one") == 2
    assert floor.notes("session_ended")[0]["repetitions"] == 7
    assert floor.coach.view.lines


def test_scoring_is_on_in_the_set_alone_and_the_chain_is_told_first() -> None:
    floor = Floor(plan_of(BRIDGE))
    assert floor.lead()
    on: bool | None = None
    begun = 0
    for _, state, deed in floor.heard:
        if isinstance(deed, BeginSet):
            assert on is False
            begun += 1
        if isinstance(deed, Score):
            on = deed.on
            assert not on or state in ("get_ready", "work"), state
    assert (begun, on) == (2, False)


def test_the_words_of_a_rest_come_at_half_and_ten_seconds_and_the_count_once() -> None:
    floor = Floor(plan_of(BRIDGE))
    assert floor.run(0.05)
    while floor.state != "rest":
        floor.lead(most_s=floor.block_s)
    began_s = floor.now_s
    # The next set is announced at the tenth second.
    left = {"halfway": 20.0, "next_set": 10.0}
    floor.run(60.0, until="work")
    end_s = floor.now_s
    said = [(t, d.keys) for t, _, d in floor.heard if isinstance(d, Say) and t >= began_s]
    total_s = end_s - began_s
    # The rest counts from the end of the set; the answer about pain took a moment of it.
    assert total_s == pytest.approx(40.0, abs=1.0)
    for word, left_s in left.items():
        at_s = next(t for t, keys in said if keys[0] == word)
        assert end_s - at_s == pytest.approx(left_s, abs=1.0), word
    count = [t for t, keys in said if keys in (("3",), ("2",), ("1",))]
    assert [round(end_s - t) for t in count] == [3, 2, 1]


@pytest.mark.parametrize("rest_s", [12.0, 24.0, 28.0, 31.0, 44.0, 60.0])
def test_what_is_said_of_a_rest_is_what_is_left_of_it(rest_s: float) -> None:
    """Nobody answers how much it hurt, and 20 s of the rest are over when it is announced."""
    items = (Item("iso_supine", reps=(1,), hold_s=2.0, rest_s=rest_s), Item("bridge", reps=(1,)))
    floor = Floor(plan_of(*items))
    while floor.state != "pain":
        floor.lead(most_s=floor.block_s, pain=1 if floor.state == "questions" else None)
    ended_s = floor.now_s
    assert floor.run(90.0, until="ready")
    said = [(t, d.keys) for t, _, d in floor.heard if isinstance(d, Say) and t > ended_s]
    told = [(t, one) for t, one in said if one[-1] in ("seconds", "seconds_left")]
    print(rest_s, told)
    for at_s, keys in told:
        named_s = next(int(one) for one in keys if one.isdigit())
        assert named_s == pytest.approx(ended_s + rest_s - at_s, abs=1.5), keys
    assert len(told) <= (1 if rest_s < 32.0 else 3)


@pytest.mark.parametrize("name", task_ids())
def test_every_exercise_is_led_to_its_end_by_ear(name: str) -> None:
    """Each state change is heard, and everything said has a text of its own."""
    exercise = load_exercise(name)
    items = single(exercise).items
    short = [replace(one, reps=tuple(min(k, 3) for k in one.reps), rest_s=8.0) for one in items]
    floor = Floor(plan_of(*short, questions=False), block_s=0.1)
    assert floor.lead(), floor.states[-1]
    assert [one["reason"] for one in floor.notes("set_ended")] == ["done"] * len(floor.plan.planned)
    told = {*utterances(), *safety_utterances(), *SPOKEN, *exercise_utterances(exercise)}
    told |= {one.note for one in items}
    assert set(floor.says()) <= told
    for at_s, state in floor.states:
        near = [d for t, _, d in floor.heard if abs(t - at_s) <= 0.11]
        assert audible(near), (at_s, state)


def test_a_cued_hold_is_counted_aloud_and_let_go_on_time() -> None:
    item = Item("iso_supine", reps=(3,), hold_s=5.0, pause_s=10.0)
    floor = Floor(plan_of(item, questions=False))
    assert floor.lead()
    asks = floor.asks()
    assert [one.kind for _, one in asks] == ["go", "release"] * 3
    times = [t for t, _ in asks]
    assert [b - a for a, b in zip(times[::2], times[1::2], strict=True)] == pytest.approx([5.0] * 3)
    assert all(b - a >= 10.0 - 1e-6 for a, b in zip(times[1::2], times[2::2], strict=False))
    counted = [d.keys[0] for t, _, d in floor.heard
               if isinstance(d, Say) and times[0] < t < times[1]]  # fmt: skip
    assert counted == ["1", "2", "3", "4"]


def test_who_hears_nothing_is_not_led_for_ever() -> None:
    floor = Floor(plan_of(Item("iso_supine", reps=(2,), hold_s=3.0), questions=False), deaf=True)
    assert floor.lead()
    ended = floor.notes("set_ended")[0]
    assert (ended["reason"], ended["done"], ended["tries"]) == ("tries", 0, 4)
    assert floor.says().count("why.missed") == 4


def test_find_it_mixes_sides_and_waits_so_that_nobody_foresees_them() -> None:
    def asked(seed: int) -> list[tuple[str, float]]:
        plan = plan_of(Item("sit_hands", kind="find_it", reps=(6,)), questions=False, seed=seed)
        floor = Floor(plan)
        assert floor.lead()
        releases = [0.0, *(t for t, one in floor.asks() if one.kind == "release")]
        goes = [(one.side, t) for t, one in floor.asks() if one.kind == "go"]
        return [(side, round(t - r, 2)) for (side, t), r in zip(goes, releases, strict=False)]

    first, again, other = asked(3), asked(3), asked(4)
    assert first == again
    assert first != other
    for block in (first[:3], first[3:], other[:3]):
        assert sorted(side for side, _ in block) == ["both", "left", "right"]
    plan = plan_of(Item("sit_hands", kind="find_it", reps=(3,), side="left"), questions=False)
    left = Floor(plan)
    assert left.lead()
    assert {one.side for _, one in left.asks()} == {"left"}
    waits = [wait for _, wait in first[1:]]
    assert len(set(waits)) > 2
    assert min(waits) >= 3.0


@pytest.mark.parametrize("told", [True, False])
def test_the_belt_away_in_a_hold_freezes_it_and_the_set_goes_on(*, told: bool) -> None:
    """Whether the link says so, or only the samples are missing."""
    item = Item("sit_hands", kind="find_it", reps=(3,), hold_s=10.0)
    floor = Floor(plan_of(item, questions=False))
    floor.run(1.0)
    floor.key("next")
    while not floor.asks():
        floor.run(0.05)
    floor.run(4.0)
    left_s = floor.coach.view.phase_left_s
    assert left_s is not None
    if told:
        floor.call("hear", ConnectionEvent("lost", floor.now_s))
        assert "belt_lost" in floor.says(floor.now_s)
        assert floor.coach.view.instruction.startswith("Rest where you are")
        floor.run(2.0)  # what was still on its way
    floor.now_s += 40.0  # no block comes meanwhile
    floor.call("tick", floor.now_s)
    assert floor.coach.view.phase_left_s == left_s
    assert floor.state == "work"
    if told:
        floor.call("hear", ConnectionEvent("recovered", floor.now_s))
        back_s = floor.now_s
        assert "belt_back" in floor.says(back_s)
        floor.run(20.0)
        goes = [t for t, one in floor.asks() if one.kind == "go" and t > back_s]
        assert 3.5 <= goes[0] - back_s <= 9.0
    assert floor.lead()
    assert floor.notes("set_ended")[0]["done"] == 3
    sides = [one.side for _, one in floor.asks() if one.kind == "go"]
    # The attempt that was cut off is done again: its side is the same, and none is left out.
    assert sides[:1] * told + sorted(sides[told:]) == sides[:1] * told + ["both", "left", "right"]
    assert sides[0] == sides[told]


def test_rest_goes_on_while_the_belt_is_away() -> None:
    floor = Floor(plan_of(BRIDGE))
    while floor.state != "rest":
        floor.lead(most_s=floor.block_s)
    floor.now_s += 300.0
    floor.call("tick", floor.now_s)
    assert floor.state == "get_ready"
    assert floor.lead()


def test_neighbours_taking_over_once_rests_and_twice_ends_the_set() -> None:
    floor = Floor(plan_of(Item("bridge", reps=(12,)), questions=False),
                  faults=lambda k: ("takeover",) if k in (5, 9) else ())  # fmt: skip
    assert floor.lead()
    trips = floor.notes("takeover")
    assert [one["trip"] for one in trips] == [1, 2]
    assert floor.sounds().count("takeover") == 2
    at = [t for t, state in floor.states if state == "takeover"]
    back = next(t for t, state in floor.states if state == "work" and t > at[0])
    assert back - at[0] >= 30.0
    assert "smaller" in floor.says(at[0])
    ended = floor.notes("set_ended")[0]
    assert (ended["reason"], ended["done"], ended["takeovers"]) == ("takeover", 9, 2)


def test_the_rest_after_a_takeover_cannot_be_cut_short() -> None:
    floor = Floor(plan_of(Item("bridge", reps=(12,)), questions=False),
                  faults=lambda k: ("takeover",) if k == 4 else ())  # fmt: skip
    while floor.state != "takeover":
        floor.lead(most_s=floor.block_s)
    floor.run(5.0)
    floor.key("next")
    assert floor.state == "takeover"
    assert floor.notes("refused")[0]["action"] == "next"
    assert floor.coach.view.message


def test_sides_alternate_with_a_spoken_change_and_a_new_position_waits_for_a_key() -> None:
    floor = Floor(plan_of(Item("clam", reps=(2,), side="left_then_right", rest_s=10.0),
                          questions=False))  # fmt: skip
    floor.run(0.5)
    floor.key("next")
    assert floor.run(120.0, until="rest")
    assert floor.run(30.0, until="ready")
    assert not floor.run(60.0, until="work")
    said = floor.says()
    assert said[said.index("change_sides") + 1] == "right_side"
    seat = Item(
        "sit_hands", kind="isolation", reps=(2,), hold_s=3.0, side="left_then_right", rest_s=10.0
    )
    sitting = Floor(plan_of(seat, questions=False))
    sitting.run(0.5)
    sitting.key("next")
    assert sitting.run(20.0, until="work")
    assert sitting.run(120.0, until="get_ready")
    assert sitting.run(30.0, until="work")
    assert "change_sides" in sitting.says()
    assert [d.task.working_side for _, _, d in sitting.heard if isinstance(d, BeginSet)] == [
        "left", "right"]  # fmt: skip


def test_no_answer_about_pain_is_waited_for_and_then_counts_as_not_answered() -> None:
    floor = Floor(plan_of(BRIDGE))
    while floor.state != "pain":
        floor.lead(most_s=floor.block_s, pain=1 if floor.state == "questions" else None)
    assert floor.run(19.0) or floor.state == "pain"
    assert floor.run(3.0, until="rest")
    assert floor.notes("pain")[-1]["pain"] is None
    assert "not_answered" in floor.says()


@pytest.mark.parametrize(
    ("pain", "policy", "sets", "state"),
    [
        (2, "strict", 3, "summary"),
        (3, "strict", 3, "summary"),
        (4, "strict", 1, "summary"),
        (4, "traffic_light", 3, "summary"),
        (7, "strict", 1, "blocked"),
        (6, "traffic_light", 1, "blocked"),
    ],
)
def test_pain_after_a_set_by_both_policies(pain: int, policy: str, sets: int, state: str) -> None:
    """Pain 2 at the start: one more holds, two more end the exercise, 7 ends the training."""
    floor = Floor(plan_of(Item("bridge", reps=(2, 2, 2), rest_s=10.0), pain_policy=policy))
    floor.run(0.2)
    floor.key("answer", "2")
    for _ in range(400):
        floor.lead(most_s=1.0, pain=pain)
        if floor.state == state:
            break
    assert floor.state == state
    assert len(floor.notes("set_ended")) == sets
    if pain > 2:
        assert any(key.startswith("safety.pain") for key in floor.says())
    if state == "blocked":
        floor.key("next")
        assert floor.state == "after"


def test_high_pain_blocks_the_person_and_a_therapist_may_go_on_with_a_reason() -> None:
    for hat, texts, state in (
        ("person", ("because",), "blocked"),
        ("therapist", ("",), "blocked"),
        ("therapist", ("agreed by phone",), "ready"),
    ):
        floor = Floor(plan_of(BRIDGE, hat=hat))
        floor.run(0.2)
        floor.key("answer", "8")
        assert floor.state == "blocked"
        assert floor.coach.view.blocked is not None
        for one in texts:
            floor.key("override", one)
        assert floor.state == state, hat
        assert len(floor.notes("override")) == (state == "ready")
        if state == "blocked":
            assert floor.notes("refused")
            assert floor.coach.view.message
            floor.key("next")
            assert floor.state == "summary"


def test_a_red_flag_cannot_be_set_aside_and_what_is_for_therapists_is_not_begun() -> None:
    new = SafetyFacts(TODAY)
    floor = Floor(plan_of(BRIDGE, facts=new))
    while floor.coach.view.prompt is not None:
        prompt = floor.coach.view.prompt
        yes = prompt.key.startswith("red_flag.r1")
        floor.key("answer", {"choice": "ok", "scale": "1"}.get(prompt.kind, "yes" if yes else "no"))
    assert floor.state == "blocked"
    blocked = floor.coach.view.blocked
    assert blocked is not None
    assert blocked.urgent
    floor.key("override", "it is fine")
    assert floor.state == "blocked"
    alone = replace(KNOWN, therapist=False)
    refused = Floor(plan_of(Item("prone_raise", side="left"), hat="person", facts=alone))
    refused.run(0.2)
    refused.key("answer", "1")
    assert refused.state == "blocked"
    assert "bridge" in str(refused.coach.view.blocked)


def test_an_own_task_is_marked_by_the_person_and_not_judged() -> None:
    floor = Floor(plan_of(Item("own_task", kind="screen", reps=(3,)), questions=False))
    floor.run(0.2)
    floor.key("next")
    assert floor.run(20.0, until="work")
    for _ in range(3):
        floor.run(2.0)
        floor.key("next")
    floor.run(0.2)
    assert floor.notes("set_ended")[0]["done"] == 3
    assert all(one["outcome"] == "shown" for one in floor.notes("judged"))


def test_one_press_in_a_set_warns_and_two_end_it() -> None:
    floor = Floor(plan_of(BRIDGE), deaf=True)
    while floor.state != "work":
        floor.lead(most_s=floor.block_s)
    floor.key("next")
    assert floor.state == "work"
    assert "again_to_end" in floor.says()
    floor.run(2.0)
    floor.key("next")
    assert floor.notes("set_ended")[0]["reason"] == "skipped"
    assert floor.state in ("ready", "rest", "get_ready")


def test_who_lies_still_is_told_that_nothing_was_seen() -> None:
    floor = Floor(plan_of(Item("clam", reps=(2,), side="left")), deaf=True)
    while floor.state != "work":
        floor.lead(most_s=floor.block_s)
    floor.run(65.0)
    assert floor.says().count("none_seen") == 2


def test_a_hold_at_the_own_pace_is_counted_when_it_is_reached() -> None:
    item = Item("prone_raise", reps=(2,), side="left", hold_s=3.0)
    floor = Floor(plan_of(item, questions=False), pace_s=12.0)
    assert floor.lead()
    said = floor.says()
    at = said.index("hold")
    assert said[at : at + 3] == ["hold", "1", "2"]


def _sequence(**how: Any) -> Item:
    target = Target("lead_ms", 20.0, None)
    return Item("bridge", **({"mode": "sequence", "target": target, "reps": (10,),
                              "schedule": "concurrent"} | how))  # fmt: skip


LEADS = {k: 80.0 if k % 2 else -80.0 for k in range(1, 30)} | {3: 5.0}


def test_a_verdict_is_heard_as_a_cue_at_once_and_never_spoken_in_the_lift() -> None:
    floor = Floor(plan_of(_sequence(), questions=False), leads=LEADS.__getitem__)
    assert floor.lead()
    cues = [one for one in floor.sounds() if one in ("glutes_first", "together", "back_first")]
    # Of ten the third cannot be told: it has no sound.
    assert cues == ["glutes_first", *["back_first"] * 2, *["glutes_first", "back_first"] * 3]
    assert "rejected" not in floor.sounds()
    for _, state, deed in floor.heard:
        if isinstance(deed, Say) and state == "work":
            spoken = set(deed.keys) & {"glutes_first", "back_first"}
            assert not spoken or deed.keys[0].isdigit()


def test_by_ear_what_cannot_be_told_is_said_so_and_else_it_is_silent() -> None:
    for by_ear in (False, True):
        plan = plan_of(_sequence(reps=(3,)), questions=False, by_ear=by_ear)
        floor = Floor(plan, leads=LEADS.__getitem__)
        assert floor.lead()
        assert ("unclear" in floor.says()) == by_ear


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"schedule": "concurrent"}, 10),
        ({"schedule": "faded", "reps": (4, 4, 4)}, 4 + 2 + 1),
        ({"schedule": "none"}, 0),
        ({"schedule": "on_request"}, 0),
        ({"schedule": "summary"}, 0),
        ({"kind": "screen", "schedule": "none", "target": None}, 0),
    ],
)
def test_results_are_told_by_the_schedule(how: dict[str, Any], told: int) -> None:
    floor = Floor(plan_of(_sequence(rest_s=8.0, **how), questions=False),
                  leads=lambda k: 80.0, patience_s=30.0)  # fmt: skip
    assert floor.lead()
    assert len(floor.notes("told")) == told
    assert floor.says().count("glutes_first") == told
    assert floor.sounds().count("glutes_first") == told
    if how["schedule"] == "none":
        assert floor.says().count("without_feedback") == 1
    if how["schedule"] == "summary":
        assert floor.says().count("reached") == 2


def test_on_request_the_key_tells_once_and_requests_are_counted() -> None:
    floor = Floor(plan_of(_sequence(schedule="on_request", reps=(3,)), questions=False),
                  leads=lambda k: 80.0)  # fmt: skip
    floor.run(0.2)
    floor.key("next")
    while not floor.coach.view.can_tell:
        floor.run(0.05)
    assert floor.coach.view.told is None
    assert floor.coach.view.withheld
    deeds = floor.key("tell")
    assert any(isinstance(d, Say) and "glutes_first" in d.keys for d in deeds)
    assert floor.coach.view.told is not None
    floor.key("tell")
    assert len(floor.notes("told")) == 1
    assert floor.lead()
    assert floor.notes("set_ended")[0]["requests"] == 1


def test_the_estimate_comes_before_the_result_and_is_closed_by_the_next_lift() -> None:
    floor = Floor(plan_of(_sequence(estimate_first=True, reps=(3,)), questions=False),
                  leads=lambda k: 80.0)  # fmt: skip
    floor.run(0.2)
    floor.key("next")
    while not floor.coach.view.estimate:
        floor.run(0.05)
    assert not set(floor.sounds()) & {"glutes_first", "back_first"}
    assert floor.coach.view.told is None
    floor.key("estimate", "glutes")
    assert floor.notes("estimate")[0]["said"] == "glutes"
    assert floor.notes("told")
    assert floor.coach.view.message
    floor.run(5.0)
    while not floor.coach.view.estimate:
        floor.run(0.05)
    said = len(floor.notes("told"))
    while floor.coach.view.estimate:
        floor.run(0.05)
    assert floor.coach.view.told is not None
    assert len(floor.notes("told")) == said


def test_ears_and_screen_agree_that_nothing_is_left_to_guess() -> None:
    """The sentence of every state names what to do; safety texts exist for all that is spoken."""
    floor = Floor(plan_of(BRIDGE, facts=SafetyFacts(TODAY, therapist=True)))
    seen: dict[str, str] = {}
    while floor.state != "summary":
        floor.lead(most_s=floor.block_s)
        seen[floor.state] = floor.coach.view.instruction
    assert all(text.endswith(".") for text in seen.values())
    assert {"safety.intro", "red_flag.r1", "question.pain_before"} <= set(floor.says())
    assert {k for k in floor.says() if k.startswith(("safety.", "red_flag."))} <= set(load_texts())
    assert not [d for _, _, d in floor.heard if isinstance(d, Ask)]
    assert [d for _, _, d in floor.heard if isinstance(d, Sound)]


def test_standing_for_a_time_is_a_time_whatever_is_found_in_it() -> None:
    floor = Floor(plan_of(Item("stand_shift", kind="screen", schedule="none", reps=(1,),
                               hold_s=40.0), questions=False))  # fmt: skip
    assert floor.lead()
    began, ended = (next(t for t, _, d in floor.heard if isinstance(d, Say) and d.keys == (key,))
                    for key in ("begin_task", "set_done"))  # fmt: skip
    assert 40.0 <= ended - began <= 46.0
    assert floor.notes("set_ended")[0]["done"] == 1
    assert len(floor.notes("judged")) > 3


def test_the_block_without_feedback_is_compared_with_the_one_at_the_end() -> None:
    plan = plan_of(_sequence(reps=(5,), rest_s=8.0), questions=False, retention_reps=5)
    floor = Floor(plan, leads=lambda k: 20.0 if k <= 5 else 90.0, patience_s=30.0)
    assert floor.lead()
    ended = floor.notes("set_ended")
    assert [one["retention"] for one in ended] == ["before", "", "after"]
    assert [one["value"] for one in ended] == [20.0, 90.0, 90.0]
    assert len(floor.notes("told")) == 5
    # One introduction: the position stays, and what is told of results is said each time.
    said = floor.says()
    assert said.count("Lie on your back, knees bent, feet flat.") == 1
    assert [k for k in said if k in ("without_feedback", "with_feedback")] == [
        "without_feedback", "with_feedback", "without_feedback"]  # fmt: skip
    lines = floor.coach.view.lines
    assert any("70 ms" in line for line in lines), lines


def test_a_therapist_lifts_what_pain_has_ended_and_the_log_knows() -> None:
    plan = plan_of(Item("bridge", reps=(2, 2), rest_s=30.0), Item("clam", side="left", reps=(2,)))
    floor = Floor(plan)
    floor.run(0.2)
    floor.key("answer", "1")
    while floor.state != "rest":
        floor.lead(most_s=floor.block_s, pain=4)
    assert floor.here == "clam"
    floor.call("wear", "person")
    floor.key("override", "it is fine")
    floor.call("wear", "therapist")
    floor.key("override", "")
    assert len(floor.notes("refused")) >= 2
    assert not floor.notes("override")
    floor.key("override", "felt the pad, not the back")
    told = floor.notes("override")[0]
    assert (told["key"], told["exercise"], told["hat"]) == ("lock", "bridge", "therapist")
    floor.key("back")
    assert floor.here == "bridge"


def test_a_set_is_logged_with_its_interval_and_against_the_own_baseline() -> None:
    floor = Floor(plan_of(_sequence(reps=(6,)), questions=False), leads=lambda k: 80.0 + k)
    own = OwnBaseline(median=60.0, sd=20.0, mdc=30.0, n=20, sets=2)
    floor.call("refer", PersonalReference(baselines={"lead_ms": own}))
    assert floor.lead()
    ended = floor.notes("set_ended")[0]
    assert (ended["measure"], ended["value"], ended["inside"]) == ("lead_ms", 83.5, True)
    assert 81.0 <= ended["low"] < 83.5 < ended["high"] <= 86.0
    later = Floor(plan_of(_sequence(reps=(6,)), questions=False), leads=lambda k: 20.0)
    later.call("refer", PersonalReference(baselines={"lead_ms": own}))
    assert later.lead()
    assert later.notes("set_ended")[0]["inside"] is False


def test_a_result_that_comes_late_is_not_spoken_into_the_next_lift() -> None:
    floor = Floor(plan_of(_sequence(), questions=False), deaf=True)
    floor.run(0.2)
    assert floor.key("next")[0] == Silence()  # a key that leads on ends what is being said
    assert floor.run(20.0, until="work")
    floor.run(3.0)
    now = floor.now_s
    for late in (False, True):
        if late:
            floor.run(4.0)
            floor.call("hear", PhaseFinding("lift", now, 2))
        deeds = floor.call("hear", repetition(1 + late, now - 4.0, now - 0.5, lead_ms=80.0))
        spoken = [d.keys for d in deeds if isinstance(d, Say)]
        assert spoken == [("2",) if late else ("1", "glutes_first")]
    floor.key("stop")
    floor.key("end")
    assert floor.notes("session_ended")[0]["locked"] == ["bridge"]


def test_the_last_result_is_neither_lost_nor_waited_for_too_long() -> None:
    for answer in (True, False):
        plan = plan_of(_sequence(estimate_first=True, reps=(1,)))
        floor = Floor(plan, leads=lambda k: 80.0)
        while not floor.coach.view.estimate:
            floor.lead(most_s=floor.block_s)
        floor.deaf = True
        floor.run(3.0)
        assert floor.state == "work"
        if answer:
            floor.key("estimate", "back")
            assert "glutes_first" in floor.says()
        assert floor.run(6.0, until="pain")
        assert floor.coach.view.told is not None
    asked = Floor(plan_of(_sequence(schedule="on_request", reps=(1,))), leads=lambda k: 80.0)
    while asked.state != "pain":
        asked.lead(most_s=asked.block_s, pain=1 if asked.state == "questions" else None)
        assert asked.state != "summary"
    assert asked.coach.view.can_tell
    asked.key("tell")
    assert asked.coach.view.told is not None
    assert "glutes_first" in asked.says()
