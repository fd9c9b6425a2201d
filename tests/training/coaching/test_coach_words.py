"""What the coach says: short, each key used, and no word about what a person is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from firingorder.training.coaching import attempts, script
from firingorder.training.coaching.instructions import _SENTENCES
from firingorder.training.coaching.script import Player
from firingorder.training.coaching.words import WORDS, duration, number, said, utterances, why
from firingorder.training.exercises.loader import load_exercise
from firingorder.training.programmes.records import Item
from tests.training.coaching.scripted import plan_of

FOLDER = Path(script.__file__).parent
FORBIDDEN = re.compile(
    r"weak|lazy|not firing|amnesia|dormant|inhibit|dysfunction|abnormal|normal|diagnos|imbalance"
)


def test_every_key_has_a_short_text_that_judges_nobody() -> None:
    assert len(set(utterances())) == len(utterances())
    for key in utterances():
        assert said(key)
        assert len(said(key).split()) <= 12, key
    source = "".join(one.read_text(encoding="utf-8") for one in sorted(FOLDER.glob("*.py")))
    assert not FORBIDDEN.search(source.lower().replace("normalis", ""))


def test_no_key_is_left_over() -> None:
    source = "".join(
        one.read_text(encoding="utf-8")
        for one in sorted(FOLDER.glob("*.py"))
        if one.name != "words.py"
    )
    unused = [key for key in WORDS if f'"{key}"' not in source and not key.startswith("why.")]
    # The names of ranges come from the programme, numbers and times are put together in words.py.
    composed = {"hundred", "and", "seconds", "minute", "minutes"}
    assert set(unused) <= {"tiny", "small", "medium"} | composed


def test_numbers_and_reasons_have_keys() -> None:
    keys = set(utterances())
    for value in range(100):
        assert set(number(value)) <= keys
    assert number(61.2) == ("60", "1")
    assert number(70) == ("70",)
    assert number(120) == ("1", "hundred", "and", "20")
    assert number(200) == ("2", "hundred")
    assert {key for value in range(1000) for key in number(value)} <= keys
    assert duration(99) == ("90", "9", "seconds")
    assert duration(100) == ("1", "minute", "40", "seconds")
    assert duration(3600) == ("60", "minutes")
    assert why(("nobody knows", "start_pose")) == "why.start_pose"
    assert why(()) == "why.other"


@pytest.mark.parametrize(
    ("seconds", "counted"), [(4.0, 3), (20.0, 19), (45.0, 3 + 5), (130.0, 12 + 5)]
)
def test_long_holds_are_counted_in_tens_and_at_the_end(seconds: float, counted: int) -> None:
    player = Player()
    player.play((script.Step("hold", seconds, counts=True), script.Step("quiet", 5.0)), 0.0)
    for k in range(1, round(seconds * 50) + 1):
        player.tick(k / 50.0)
    assert len(player.deeds) == counted
    assert player.step is not None
    assert player.step.phase == "quiet"


def test_waiting_times_of_find_it_hold_no_hint() -> None:
    """Having waited tells nothing: of those not called yet, as many are called in each second."""
    plan = plan_of(Item("sit_hands", kind="find_it", reps=(5,)))
    planned = plan.planned[0]
    waits = [
        attempts.wait_s(planned, k, f"{seed}/0") - attempts.REST_S
        for seed in range(400)
        for k in range(1, 6)
    ]
    shares = [
        sum(t < w <= t + 1.0 for w in waits) / sum(w > t for w in waits) for t in (0.0, 1.0, 2.0)
    ]
    # 1 - exp(-1 / 1.5) = 0.487; 2000 waits, 470 of them left after 2 s: SD at most 0.023.
    assert shares == pytest.approx([0.487] * 3, abs=0.07)
    sides = [attempts.side_of(planned, k, f"{seed}/0") for seed in range(300) for k in (1, 2, 3)]
    firsts = sides[::3]
    assert all(70 <= firsts.count(side) <= 130 for side in attempts.SIDES)
    exercise = load_exercise("sit_hands")
    assert attempts.attempt(planned, exercise, 2, "7/0") == attempts.attempt(
        planned, exercise, 2, "7/0"
    )


def test_what_is_written_also_holds_where_nothing_is_heard() -> None:
    """The card said "until you hear go" beside that sound is off."""
    assert not [said for said in _SENTENCES.values() if " hear " in said]
