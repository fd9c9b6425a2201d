"""Who may do what, and the PIN that keeps the hats apart."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from firingorder.errors import UsageError
from firingorder.training.exercises import task_ids
from firingorder.training.safety.clearing import attach, clear_flag, lift_lock, open_step
from firingorder.training.safety.facts import FlagState, Lock, SafetyFacts
from firingorder.training.safety.hats import (
    ACTIONS,
    ALONE,
    THERAPIST_ONLY,
    allowed_exercises,
    coloured,
    may,
    refused_set,
)
from firingorder.training.safety.pin import (
    PinTries,
    hash_pin,
    is_hash,
    pin_matches,
    tried,
    wait_s,
)

if TYPE_CHECKING:
    from firingorder.training.programmes.records import SetKind

TODAY = "2026-11-21"
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
ALONE_FACTS, LED = SafetyFacts(TODAY), SafetyFacts(TODAY, therapist=True)
#: What a person does without asking anybody, with or without a therapist.
FREE = {
    "train", "stop", "answer", "smaller", "skip", "end_session", "settings", "choose_template",
    "edit_own_programme", "practise", "export_own",
}  # fmt: skip


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_in_both_hats(action: str) -> None:
    assert may("therapist", action, ALONE_FACTS) is None  # type: ignore[arg-type]
    for facts in (ALONE_FACTS, LED):
        refused = may("person", action, facts)  # type: ignore[arg-type]
        screen = action == "start_screen" and facts.therapist
        assert (refused is None) == (action in FREE or screen)
        if refused is not None:
            assert refused.text.endswith(".")
            assert refused.text.count(".") == 1
            assert refused.next_step


def test_no_action_is_forgotten() -> None:
    assert FREE | set(THERAPIST_ONLY) | {"start_screen"} == set(ACTIONS)


def test_without_a_therapist_only_find_it_release_and_bridge() -> None:
    kinds: tuple[SetKind, ...] = (
        "work", "screen", "transfer", "find_it", "ramp", "isolation", "release", "return_bend",
        "smallest_range",
    )  # fmt: skip
    open_sets = {
        (exercise, kind)
        for exercise in task_ids()
        for kind in kinds
        if refused_set("person", exercise, kind, ALONE_FACTS) is None
    }
    assert open_sets == {(exercise, kind) for exercise, of in ALONE.items() for kind in of}
    assert {e for e, kind in open_sets if kind not in ("find_it",)} == {"bridge", "release_quiet"}
    assert allowed_exercises(ALONE_FACTS) == {exercise for exercise, _ in open_sets}
    assert allowed_exercises(LED) is None
    assert refused_set("person", "squat", "screen", LED) is None
    assert refused_set("therapist", "squat", "screen", ALONE_FACTS) is None
    assert not coloured(ALONE_FACTS)
    assert coloured(LED)


OPEN = SafetyFacts(
    TODAY,
    flags=(FlagState("r3", "2026-11-10", yes=True, open=True), FlagState("r4", "2026-11-10")),
    locks=(Lock("bridge", "The pain was 6 of 10 today.", whole=True),),
)


def test_a_therapist_clears_with_day_and_reason() -> None:
    made = clear_flag("therapist", OPEN, "r3", "2026-11-12", " X-ray fine ", NOW)
    assert made.kind == "clearance"
    assert dict(made.values) == {
        "flag": "r3", "day": "2026-11-12", "reason": "X-ray fine", "hat": "therapist",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("hat", "flag", "day", "reason", "says"),
    [
        ("person", "r3", "2026-11-12", "fine", "Only a therapist"),
        ("therapist", "r4", "2026-11-12", "fine", "nothing to clear"),
        ("therapist", "r1", "2026-11-12", "fine", "nothing to clear"),
        ("therapist", "r3", "12.11.2026", "fine", "no day"),
        ("therapist", "r3", "2026-11-09", "fine", "not between"),
        ("therapist", "r3", "2026-11-22", "fine", "not between"),
        ("therapist", "r3", "2026-11-12", "  ", "reason is needed"),
    ],
)
def test_a_clearance_that_is_none_is_refused(
    hat: str, flag: str, day: str, reason: str, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        clear_flag(hat, OPEN, flag, day, reason, NOW)  # type: ignore[arg-type]


def test_steps_locks_and_the_therapist_need_the_hat_too() -> None:
    step = "bridge>hip_thrust"
    assert open_step("therapist", OPEN, step, "seen today", NOW).values["key"] == step
    assert lift_lock("therapist", OPEN, "bridge", "checked", NOW).values["key"] == "lock"
    assert attach("therapist", OPEN, NOW).values["attached"] is True
    with pytest.raises(UsageError, match="Only a therapist"):
        open_step("person", OPEN, step, "please", NOW)
    with pytest.raises(UsageError, match="Only a therapist"):
        lift_lock("person", OPEN, "bridge", "please", NOW)
    with pytest.raises(UsageError, match="Only a therapist"):
        attach("person", OPEN, NOW)
    with pytest.raises(UsageError, match="There is no step"):
        open_step("therapist", OPEN, "squat>moon", "why not", NOW)
    with pytest.raises(UsageError, match="Nothing holds"):
        lift_lock("therapist", OPEN, "clam", "why not", NOW)


def test_the_pin_is_salted_and_never_kept() -> None:
    seed = 7
    print(f"seed {seed}")
    rng = random.Random(seed)
    salts = [rng.randbytes(16) for _ in range(2)]
    first, second = (hash_pin("4711", salt) for salt in salts)
    assert first != second
    assert "4711" not in first
    assert pin_matches(" 4711 ", first)
    assert pin_matches("\uff14\uff17\uff11\uff11", first)  # digits of a wide keyboard
    assert not pin_matches("4712", first)
    with pytest.raises(UsageError, match="4 to 64"):
        hash_pin("123", salts[0])
    with pytest.raises(ValueError, match="salt"):
        hash_pin("1234", b"salt")


@pytest.mark.parametrize(
    "stored",
    [
        "", "4711", "scrypt$16384$8$5$00$00", "scrypt$a$8$5$" + "00" * 16 + "$" + "00" * 32,
        "scrypt$1073741824$8$1$" + "00" * 16 + "$" + "00" * 32,
        "scrypt$16384$8$999999$" + "00" * 16 + "$" + "00" * 32,
        "md5$16384$8$5$" + "00" * 16 + "$" + "00" * 32,
    ],
)  # fmt: skip
def test_a_damaged_hash_lets_nobody_in_and_stalls_nothing(stored: str) -> None:
    assert not is_hash(stored)
    assert not pin_matches("4711", stored)


def test_wrong_tries_wait_longer_and_longer() -> None:
    tries, waits = PinTries(), list[float]()
    for _ in range(12):
        tries = tried(tries, right=False, now_s=1000.0)
        waits.append(wait_s(tries, 1000.0))
    assert waits == [0, 0, 5, 10, 20, 40, 80, 160, 300, 300, 300, 300]
    assert wait_s(tries, 1299.0) == pytest.approx(1.0)
    assert wait_s(tries, 1300.0) == 0.0
    assert wait_s(tries, 0.0) == 300.0  # a clock that was set back
    assert tried(tries, right=True, now_s=2000.0) == PinTries()
    assert wait_s(PinTries(10**9, 0.0), 0.0) == 300.0
