"""The graph of states, walked at random: nothing raises, nothing is a dead end, STOP is everywhere.

A walk is a list of calls. The same calls on a new coach give the same, so the way to each state
that any walk has found is walked again, and from there its ways out are tried.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pytest

from firingorder.findings import ConnectionEvent, PhaseFinding, QualityFinding
from firingorder.signal.reference import PersonalReference
from firingorder.training.coaching.coach import Coach
from firingorder.training.coaching.deeds import Note, Say, Score, Silence, Sound
from firingorder.training.coaching.view import CoachState, Command
from firingorder.training.programmes.records import Item, Target
from firingorder.training.safety.facts import SafetyFacts
from tests.training.coaching.scripted import (
    CHANNELS,
    KNOWN,
    TODAY,
    Floor,
    plan_of,
    repetition,
    verdict,
)  # fmt: skip

if TYPE_CHECKING:
    from firingorder.training.coaching.plan import CoachPlan

Calls = list[tuple[str, tuple[Any, ...]]]
SEEDS = range(24)
STATES: tuple[CoachState, ...] = get_args(CoachState)
TEXTS = ("", "0", "1", "3", "8", "10", "yes", "no", "ok", "skip", "pain", "tired", "unwell",
         "glutes", "back", "because", "11", "-1", "\N{SUPERSCRIPT TWO}")  # fmt: skip
TARGET = Target("lead_ms", 20.0, None)
ITEMS = (
    Item("bridge", mode="sequence", target=TARGET, reps=(3, 2), rest_s=20.0, estimate_first=True),
    Item("iso_supine", reps=(2,), hold_s=4.0, rest_s=0.0),
    Item("clam", reps=(2,), side="left_then_right", rest_s=12.0, schedule="on_request"),
    Item("sit_hands", kind="find_it", reps=(3,), rest_s=10.0),
    Item("one_leg_stand", kind="screen", schedule="none", reps=(1,), hold_s=8.0, side="left"),
    Item("own_task", kind="screen", schedule="none", reps=(2,)),
)


def test_walks_reach_every_state_and_never_get_lost() -> None:
    ways: dict[str, tuple[CoachPlan, Calls]] = {}
    for seed in SEEDS:
        print("seed", seed)
        rng = random.Random(seed)
        floor = Floor(
            plan_of(
                *rng.sample(ITEMS, 3),
                retention_reps=rng.choice((0, 2)),
                facts=rng.choice((KNOWN, KNOWN, KNOWN, SafetyFacts(TODAY))),
                hat=rng.choice(("person", "therapist", "therapist")),
                questions=rng.random() < 0.8,
                pain_policy=rng.choice(("strict", "traffic_light")),
                seed=seed,
            ),
            faults=lambda k: ("takeover",) if k % 5 == 0 else (),
            reasons=lambda k: ("half_range",) if k % 4 == 0 else (),
            leads=lambda k: (80.0, -70.0, 4.0)[k % 3],
            block_s=0.25,
        )
        for _ in range(110):
            _wander(floor, rng)
            _sound(floor)
            ways.setdefault(floor.state, (floor.plan, list(floor.calls)))
            if floor.state == "summary" and rng.random() < 0.5:
                break
        _comes_to_an_end(floor)
        assert _deeds(floor.plan, floor.calls) == [d for _, _, d in floor.heard]
    assert set(ways) == set(STATES)
    for state, (plan, calls) in ways.items():
        print("state", state)
        _stops(plan, calls)
        if state != "summary":  # the end: the session is closed from outside
            assert _leaves(plan, calls, state), state


def test_stop_works_before_the_first_sample_and_in_a_lost_link() -> None:
    floor = Floor(plan_of(*ITEMS[:1]))
    assert _is_stop(floor.key("stop"))
    floor.run(1.0)
    floor.call("hear", ConnectionEvent("lost", 1.0))
    assert _is_stop(floor.call("command", "stop", "", None))
    assert floor.state == "stopped"
    assert floor.key("answer", "2")


@pytest.mark.parametrize(
    ("answers", "state", "ended"),
    [
        (("2", "tired"), "get_ready", False),
        (("2", "equipment"), "get_ready", False),
        (("4", "tired"), "rest", True),
        (("1", "pain"), "rest", True),
        ((), "get_ready", False),
        (("1", "unwell"), "blocked", True),
        (("9", "pain"), "blocked", True),
    ],
)
def test_what_follows_a_stop_in_a_set(answers: tuple[str, ...], state: str, *, ended: bool) -> None:
    """Two questions and no more; no step forward today; only the deliberate key goes on."""
    floor = Floor(plan_of(Item("bridge", reps=(5, 5)), Item("clam", side="left", reps=(2,))))
    while floor.state != "work" or floor.coach.view.done < 2:
        floor.lead(most_s=floor.block_s, pain=1)
    assert _is_stop(floor.key("stop"))
    for one in answers:
        assert floor.coach.view.prompt is not None
        floor.key("answer", one)
    if not answers:
        floor.run(61.0)
        assert [one["answer"] for one in floor.notes("stop_answered")] == [None, None]
    assert floor.coach.view.prompt is None
    for name in ("next", "go_on", "answer", "skip"):
        floor.key(name)  # type: ignore[arg-type]
        assert floor.state == "stopped"
    floor.run(30.0)
    assert floor.state == "stopped"
    floor.key("resume")
    assert (floor.state if floor.state != "ready" else "rest") == state
    assert bool(floor.notes("set_ended")) == ended
    if state == "get_ready":
        assert floor.run(20.0, until="work")
        assert floor.coach.view.done == 2
        floor.lead(pain=1)
        assert floor.notes("set_ended")[0]["done"] == 5
    elif state == "rest":
        assert floor.here == "clam"
        floor.lead(pain=1)
    else:
        floor.key("end")
        floor.lead()
    assert "bridge" in floor.notes("session_ended")[0]["locked"]


def test_a_pause_keeps_the_set_and_the_words_of_one_clock() -> None:
    floor = Floor(plan_of(ITEMS[1], questions=False))
    floor.run(0.5)
    floor.key("next")
    while not floor.asks():
        floor.run(0.05)
    deeds = floor.key("pause")
    assert deeds[0] == Silence()
    assert Score(False) in deeds
    floor.run(100.0)
    assert floor.state == "paused"
    floor.key("go_on")
    assert floor.state == "get_ready"
    assert floor.lead()
    assert floor.notes("set_ended")[0]["done"] == 2


def test_the_picture_is_the_same_object_while_nothing_changes() -> None:
    floor = Floor(plan_of(ITEMS[0]))
    floor.run(0.5)
    before = floor.coach.view
    floor.run(0.5)
    assert floor.coach.view is before
    floor.key("answer", "1")
    assert floor.coach.view is not before


def _wander(floor: Floor, rng: random.Random) -> None:
    """Do one thing at random."""
    draw = rng.random()
    view = floor.coach.view
    if draw < 0.40:
        floor.run(rng.choice((0.25, 1.0, 5.0, 12.0)))
    elif draw < 0.58:
        answer = "" if view.prompt is None else view.prompt.kind
        good = {"scale": rng.choice("0123"), "yes_no": "no", "text": "walked"}
        fits = good.get(answer, rng.choice(view.prompt.options)[0] if view.prompt and
                        view.prompt.options else "")  # fmt: skip
        floor.key("answer" if view.prompt is not None else "next", fits)
    elif draw < 0.78:
        names: tuple[Command, ...] = get_args(Command)
        weights = [0.3 if one in ("end", "stop") else 1.0 for one in names]
        floor.key(rng.choices(names, weights)[0], rng.choice(TEXTS))
    elif draw < 0.82:
        floor.key("resume")
    else:
        _happen(floor, rng)


def _happen(floor: Floor, rng: random.Random) -> None:
    now = floor.now_s
    floor.index += 1
    match rng.randrange(9):
        case 0:
            floor.call("hear", ConnectionEvent("lost", now))
        case 1 | 2:
            floor.call("hear", ConnectionEvent("recovered", now))
        case 3:
            floor.now_s += rng.choice((3.0, 60.0))
        case 4:
            floor.call("hear", repetition(floor.index, now - 3.0, now - 0.4, lead_ms=50.0))
        case 5:
            floor.call("hear", verdict(floor.index, 60.0, now))
        case 6:
            phase = rng.choice(("rest", "lift", "hold", "lower"))
            floor.call("hear", PhaseFinding(phase, now, floor.index))  # type: ignore[arg-type]
        case 7:
            floor.call("levels", now, np.full(len(CHANNELS), rng.choice((12.0, np.nan))))
            floor.call("refer", PersonalReference())
        case _:
            floor.call("hear", QualityFinding(CHANNELS[0], "poor_contact", "Press it flat.", now))
            floor.call("wear", rng.choice(("person", "therapist")))


def _sound(floor: Floor) -> None:
    """Hold what is always true."""
    view = floor.coach.view
    assert view.instruction
    assert view.title
    assert floor.coach.view is view
    assert view.left_s is None or 0.0 <= view.left_s <= view.total_s + 1e-6
    assert view.phase_left_s is None or 0.0 <= view.phase_left_s <= view.phase_total_s + 1e-6
    assert (view.blocked is not None) == (view.state == "blocked")
    assert view.prompt is not None or view.state not in ("questions", "pain", "after")
    for _, _, deed in floor.heard[-30:]:
        if isinstance(deed, Say):
            assert deed.keys
            assert all(deed.keys)


def _comes_to_an_end(floor: Floor) -> None:
    floor.call("hear", ConnectionEvent("recovered", floor.now_s))
    floor.key("end")
    if floor.state == "after":
        floor.run(30.0)
    assert floor.state == "summary", floor.states[-3:]
    assert len(floor.notes("session_ended")) >= 1


def _again(plan: CoachPlan, calls: Calls) -> Coach:
    coach = Coach(plan, CHANNELS, PersonalReference())
    for name, args in calls:
        getattr(coach, name)(*args)
    return coach


def _deeds(plan: CoachPlan, calls: Calls) -> list[Any]:
    return _again(plan, calls).take()


def _now(calls: Calls) -> float:
    return max((args[0] for name, args in calls if name == "tick"), default=0.0)


def _is_stop(deeds: list[Any]) -> bool:
    """Tell whether the first deeds silence, sound, end the scoring and keep the instant."""
    at_once = deeds[:2] == [Silence(), Sound("stop")] and deeds[2] == Score(False)
    note = deeds[3]
    return at_once and isinstance(note, Note) and note.kind == "stop"


def _stops(plan: CoachPlan, calls: Calls) -> None:
    coach = _again(plan, calls)
    coach.take()
    inner = coach.view.state
    coach.command("stop", "", _now(calls))
    assert _is_stop(coach.take()), inner
    assert coach.view.state == "stopped"
    assert coach.view.prompt is not None
    coach.command("answer", "1", None)
    coach.command("answer", "tired", None)
    assert coach.view.prompt is None
    coach.command("resume", "", None)
    assert coach.view.state != "stopped", inner


def _leaves(plan: CoachPlan, calls: Calls, state: str) -> list[str]:
    """Return what leads out of a state: keys, or time."""
    found: list[str] = []
    tries: list[tuple[str, Calls]] = [
        (name, [("command", (name, text, None))])
        for name, text in (("next", ""), ("skip", ""), ("resume", ""), ("go_on", ""),
                           ("answer", "1"), ("end", ""))
    ]  # fmt: skip
    since = _now(calls)
    tries.append(("time", [("tick", (since + 0.25 * k,)) for k in range(400)]))
    for name, more in tries:
        if _again(plan, [*calls, *more]).view.state != state:
            found.append(name)
    return found
