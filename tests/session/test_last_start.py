"""The last start, heard slowly: the right muscles at the right times, or a sentence why not."""

from __future__ import annotations

import numpy as np
import pytest

from firingorder.findings import OnsetEstimate, RepetitionFinding
from firingorder.samples import DisplayBlock
from firingorder.session.last_start import (
    AFTER_S,
    BEFORE_S,
    MISSING,
    MOVING,
    NO_START,
    NOTHING,
    WITHHELD,
    LastStart,
)
from firingorder.sound.replay import FACTOR
from firingorder.training.coaching.view import CoachView

RATE_HZ, OUT_HZ, BLOCK = 1000.0, 8000.0, 20
CHANNELS = ("gluteus_maximus_left", "hamstring_left", "erector_spinae_left")
GLUTE, BACK = OnsetEstimate(5.0, 4.99, 5.01), OnsetEstimate(5.1, 5.09, 5.11)


def blocks(first_s: float = 0.0, last_s: float = 8.0) -> list[DisplayBlock]:
    """Return eight seconds in which the glute begins at 5.0 s and the back at 5.1 s."""
    made: list[DisplayBlock] = []
    for index in range(round(first_s * RATE_HZ), round(last_s * RATE_HZ), BLOCK):
        t_s = (index + np.arange(BLOCK)) / RATE_HZ
        envelope = np.column_stack([np.where(t_s >= at, 80.0, 2.0) for at in (5.0, 4.0, 5.1)])
        made.append(
            DisplayBlock(index, index / RATE_HZ, RATE_HZ, envelope, envelope, envelope > 1e9)
        )
    return made


def repetition(glute: OnsetEstimate | None, back: OnsetEstimate | None) -> RepetitionFinding:
    onsets = {CHANNELS[0]: glute, CHANNELS[1]: OnsetEstimate(4.0, 3.9, 4.1), CHANNELS[2]: back}
    return RepetitionFinding(
        1, 1, 4.9, 5.0, 6.0, 7.0, True, (), onsets, (), "glutes_first", None, "left",
        100.0, 80.0, 120.0, None, (), (), 7.2,
    )  # fmt: skip


def filled(*reps: RepetitionFinding, moving: str = "rest") -> LastStart:
    start = LastStart()
    start.take(blocks(), reps, moving=moving)
    return start


def test_it_is_eight_times_as_long_and_silent_before_the_first_may_have_begun() -> None:
    heard = filled(repetition(GLUTE, BACK)).render(CHANNELS, None, OUT_HZ)
    assert not isinstance(heard, str)
    whole_s = BACK.high_s + AFTER_S - (GLUTE.low_s - BEFORE_S)
    assert len(heard) / OUT_HZ == pytest.approx(FACTOR * whole_s, abs=0.05)
    silent = heard[: round(FACTOR * BEFORE_S * OUT_HZ) - 10]
    assert np.abs(silent).max() < 1e-6
    # 100 ms of lead last 0.8 s: from the first voice to both, the loudness rises a second time.
    at = [round((FACTOR * (BEFORE_S + t)) * OUT_HZ) for t in (0.06, 0.2)]
    one, both = (float(np.sqrt(np.mean(heard[k : k + 400] ** 2))) for k in at)
    assert 0.0 < one < both


def test_a_muscle_without_a_start_is_not_played() -> None:
    start = filled(repetition(GLUTE, None))
    heard = start.render(CHANNELS, None, OUT_HZ)
    assert not isinstance(heard, str)
    assert len(heard) / OUT_HZ < FACTOR * (GLUTE.high_s + AFTER_S - GLUTE.low_s + BEFORE_S) + 0.05


@pytest.mark.parametrize(
    ("start", "view", "said"),
    [
        (filled(), None, NOTHING),
        (filled(repetition(GLUTE, BACK), moving="lift"), None, MOVING),
        (filled(repetition(None, None)), None, NO_START),
        (filled(repetition(GLUTE, BACK)), CoachView("work", withheld="Not now."), WITHHELD),
    ],
)
def test_why_not_is_one_sentence(start: LastStart, view: CoachView | None, said: str) -> None:
    assert start.render(CHANNELS, view, OUT_HZ) == said


def test_a_gap_in_it_and_what_is_no_longer_kept_are_told() -> None:
    start = LastStart()
    start.take([*blocks(0.0, 4.96), *blocks(5.04, 8.0)], [repetition(GLUTE, BACK)], moving="rest")
    assert start.render(CHANNELS, None, OUT_HZ) == MISSING
    start.take(blocks(100.0, 108.0), (), moving="rest")
    assert start.render(CHANNELS, None, OUT_HZ) == MISSING
