"""What follows from a number of pain: every case of both rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from firingorder.training.safety.pain import (
    STAMP,
    Policy,
    after_set,
    after_stop,
    as_pain,
    is_worse_morning,
    stamp,
    stop_prompts,
)

if TYPE_CHECKING:
    from firingorder.training.safety.records import Answer


@pytest.mark.parametrize(
    ("policy", "start", "pain", "kind", "lock"),
    [
        ("strict", 2, 0, "go_on", False),
        ("strict", 2, 2, "go_on", False),
        ("strict", 2, 3, "hold", True),
        ("strict", 2, 4, "end_exercise", True),
        ("strict", 0, 0, "go_on", False),
        ("strict", 0, 1, "hold", True),
        ("strict", 5, 6, "hold", True),
        ("strict", 6, 7, "end_session", True),  # what would not be begun is not gone on with
        ("strict", 8, 8, "go_on", False),  # a therapist let it begin at 8
        ("strict", 8, 10, "end_exercise", True),
        ("strict", None, 0, "go_on", False),  # not asked counts as none
        ("strict", None, 1, "hold", True),
        ("strict", None, 2, "end_exercise", True),
        ("strict", None, 7, "end_session", True),
        ("traffic_light", 0, 3, "go_on", False),
        ("traffic_light", 3, 4, "reduce", True),
        ("traffic_light", 5, 5, "reduce", True),
        ("traffic_light", 5, 6, "end_session", True),
        ("traffic_light", 8, 8, "end_session", True),
    ],
)
def test_after_a_set(policy: Policy, start: int | None, pain: int, kind: str, lock: bool) -> None:
    found = after_set(policy, start, pain)
    assert (found.kind, found.lock) == (kind, lock)
    assert bool(found.text) == bool(found.next_step) == bool(found.spoken) == (kind != "go_on")


def test_more_pain_is_never_followed_by_less() -> None:
    order = ["go_on", "hold", "reduce", "end_exercise", "end_session"]
    policies: tuple[Policy, ...] = ("strict", "traffic_light")
    for policy in policies:
        for start in (None, *range(7)):
            ranks = [order.index(after_set(policy, start, pain).kind) for pain in range(11)]
            assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("pain", "why", "kind"),
    [
        (2, "equipment", "hold"),
        (2, "tired", "hold"),
        (2, "other", "hold"),
        (2, None, "hold"),
        (2, "pain", "end_exercise"),
        (None, "pain", "end_exercise"),
        (None, None, "hold"),
        (4, "equipment", "end_exercise"),
        (9, "equipment", "end_session"),
        (0, "unwell", "end_session"),
        (None, "unwell", "end_session"),
    ],
)
def test_after_stop_no_step_forward_today(pain: int | None, why: str | None, kind: str) -> None:
    answers: dict[str, Answer] = {}
    if pain is not None:
        answers["stop_pain"] = pain
    if why is not None:
        answers["stop_why"] = why
    found = after_stop("strict", 2, answers)
    assert found.kind == kind
    assert found.lock
    assert found.text


def test_stop_asks_two_things_and_pain_first() -> None:
    first, second = stop_prompts()
    assert (first.key, first.kind, second.key, second.kind) == (
        "stop_pain",
        "scale",
        "stop_why",
        "choice",
    )


@pytest.mark.parametrize(
    ("pain", "usual", "stamped"),
    [
        (3, None, False),
        (4, None, True),
        (3, 1.5, False),
        (3, 1.0, True),
        (2, 0.0, True),
        (4, 6.0, True),
        (None, 0.0, False),
    ],
)
def test_tests_in_pain_are_stamped(pain: int | None, usual: float | None, stamped: bool) -> None:
    assert stamp(pain, usual) == (STAMP if stamped else "")


def test_the_morning_after() -> None:
    worse = {(b, m) for b in range(11) for m in range(11) if is_worse_morning(b, m)}
    assert worse == {(b, m) for b in range(11) for m in range(11) if m >= b + 2}
    assert not is_worse_morning(None, 10)
    assert not is_worse_morning(0, None)


@pytest.mark.parametrize("answer", [True, False, -1, 11, 2.5, float("nan"), "3", None, [3]])
def test_what_is_no_number_of_pain(answer: object) -> None:
    assert as_pain(answer) is None
