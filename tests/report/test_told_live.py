"""What was told live against what was analysed: counted, and kept with the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from firingorder.report.content.told import NOT_KEPT, NOTHING_ASKED, told_line, told_words
from tests.report.told import material, repetition

if TYPE_CHECKING:
    from firingorder.findings import RepetitionVerdict

G, T, B, U = "glutes_first", "together", "back_first", "unclear"


@pytest.mark.parametrize(
    ("told", "found", "said"),
    [
        ((G, B, T), (G, B, T), "3 of 3 the same; 0 reversed"),
        ((G, G, U), (G, B, G), '1 of 3 the same; 1 told as "can\'t tell", clear now; 1 reversed'),
        ((G, G), (U, T), '0 of 2 the same; 1 told as an answer, "can\'t tell" now; '
         "1 between together and an order; 0 reversed"),
        ((G, None), (G, B), "1 of 1 the same; 0 reversed; 1 not told live"),
        ((None,), (G,), "none was told"),
        ((), (), NOTHING_ASKED),
    ],
)  # fmt: skip
def test_each_way_in_which_an_answer_can_change_is_counted_apart(
    told: tuple[RepetitionVerdict | None, ...], found: tuple[RepetitionVerdict, ...], said: str
) -> None:
    lead_ms = {G: 80.0, T: 0.0, B: -80.0, U: None}
    reps = [repetition(k, lead_ms[one]) for k, one in enumerate(found, start=1)]
    assert [one.verdict for one in reps] == list(found)
    was: dict[int, RepetitionVerdict] = {
        k: one for k, one in enumerate(told, start=1) if one is not None
    }
    assert told_words(reps, was) == said


def test_what_was_not_kept_is_said_to_be_unknown() -> None:
    assert told_line(material()) == NOT_KEPT
