"""A person trains on several days: what one session tells is what the next one begins with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from firingorder.session.person_log import PersonLog, entries_from
from firingorder.training.coaching.deeds import Note
from firingorder.training.programmes.records import Item
from firingorder.training.safety.digest import digest
from firingorder.training.safety.ladder import load_ladder
from firingorder.training.safety.progression import ticks
from tests.training.coaching.scripted import Floor, plan_of

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.training.safety.facts import SafetyFacts

STEP = next(step for step in load_ladder() if step.key == "bridge>hip_thrust")
BRIDGE = Item("bridge", reps=(3,), rest_s=10.0)


def facts_of(log: PersonLog, day: int) -> SafetyFacts:
    return digest(log.read().entries, f"2026-11-{day:02d}")


def train(log: PersonLog, day: int, *, pain: int, faults: tuple[str, ...] = ()) -> Floor:
    """Lead a session of the day by the real coach and keep what it tells."""
    floor = Floor(plan_of(BRIDGE, facts=facts_of(log, day), hat="person"), faults=lambda _: faults)
    floor.lead(most_s=400.0, pain=pain)
    told = [deed for _, _, deed in floor.heard if isinstance(deed, Note)]
    log.add(entries_from(told, now=datetime(2026, 11, day, 9, tzinfo=UTC), session=f"d{day}"))
    return floor


def test_from_the_first_use_to_a_blocked_start(tmp_path: Path) -> None:
    log = PersonLog("p1", tmp_path)
    first = train(log, 1, pain=1)
    assert first.state == "summary"
    asked = [note["key"] for note in first.notes("question_answered")]
    assert asked[:2] == ["safety.intro", "safety.body"]
    assert len([key for key in asked if key.startswith("red_flag.")]) == 9

    second = train(log, 2, pain=1, faults=("arch_late",))
    assert [note["key"] for note in second.notes("question_answered")] == [
        "pain_morning", "pain_before",
    ]  # fmt: skip
    found = facts_of(log, 3)
    assert [(one.day, one.before, one.after) for one in found.sessions] == [
        ("2026-11-01", 1, 1),
        ("2026-11-02", 1, 1),
    ]
    assert found.sessions[0].morning == 1
    met = {tick.key: tick.met for tick in ticks(STEP, found)}
    assert met["sessions"]
    assert met["pain"]
    assert met["good"]
    assert met["free"]
    assert not met["form"]

    third = train(log, 3, pain=3)  # two more than at the last start
    assert third.state == "blocked"
    assert facts_of(log, 3).sessions == (
        *found.sessions[:1],
        replace(found.sessions[1], morning=3, morning_asked=True),
    )
    back = facts_of(log, 4)
    assert [one.exercise for one in back.stepped_back] == ["bridge"]
    assert not {tick.key: tick.met for tick in ticks(STEP, back)}["sessions"]
    assert train(log, 4, pain=3).state == "blocked"  # a day later with the same pain
    assert train(log, 5, pain=2).state == "summary"
