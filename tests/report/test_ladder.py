"""Rows, ranks and ties of the firing ladder."""

import math
from dataclasses import replace

import pytest

from firingorder.findings import (
    OnsetEstimate,
    PairFinding,
    SequenceFinding,
    SequenceGroup,
    SequenceScope,
)
from firingorder.report.ladder import build_ladder, lead_interval, order_of_muscles

GMAX, GMED, HAM, BACK = "gluteus_maximus", "gluteus_medius", "hamstring", "erector_spinae"


def at(seconds: float, half: float = 0.010) -> OnsetEstimate:
    return OnsetEstimate(seconds, seconds - half, seconds + half)


def both(muscle: str, left: float | None, right: float | None, half: float = 0.010) -> dict:
    return {
        f"{muscle}_left": None if left is None else at(left, half),
        f"{muscle}_right": None if right is None else at(right, half),
    }


def full(gmax: float, gmed: float, ham: float, back: float) -> dict:
    return {
        **both(BACK, back, back + 0.003),
        **both(HAM, ham, ham + 0.002),
        **both(GMAX, gmax, gmax + 0.004),
        **both(GMED, gmed, gmed + 0.001),
    }


def badges(ladder) -> dict[str, str]:
    return {row.muscle: row.badge for row in ladder.rows}


def test_rows_keep_the_order_of_muscles_whatever_fired_first() -> None:
    ladder = build_ladder(full(5.2, 5.1, 5.3, 5.0), (), "back_first", lead_ms=-200.0)
    assert [row.muscle for row in ladder.rows] == [GMAX, GMED, HAM, BACK]
    assert badges(ladder) == {GMAX: "3", GMED: "2", HAM: "4", BACK: "1"}


def test_zero_is_the_earliest_onset_shown() -> None:
    ladder = build_ladder(full(5.0, 5.1, 5.2, 5.3), (), "glutes_first", lead_ms=300.0)
    marks = [mark for row in ladder.rows for mark in row.marks]
    assert min(mark.at_ms for mark in marks) == pytest.approx(0.0)
    only_back = build_ladder(full(5.0, 5.1, 5.2, 5.3), (), "glutes_first", muscles=(HAM, BACK))
    first = only_back.rows[0].first
    assert first is not None
    assert first.at_ms == pytest.approx(0.0)


def test_left_stands_above_right_whatever_the_order_of_channels() -> None:
    onsets = {f"{GMAX}_right": at(5.0), f"{GMAX}_left": at(5.1), f"{BACK}_left": at(5.2)}
    row = build_ladder(onsets, (), "glutes_first").rows[0]
    assert [mark.letter for mark in row.marks] == ["L", "R"]
    assert row.first is row.marks[1]


def test_together_ties_glutes_and_back_and_leaves_the_third_its_rank() -> None:
    ladder = build_ladder(full(5.0, 5.3, 5.5, 5.004), (), "together", lead_ms=4.0)
    assert badges(ladder) == {GMAX: "=", GMED: "3", HAM: "4", BACK: "="}


def test_unclear_gives_no_rank_to_glutes_and_back_and_no_lead() -> None:
    ladder = build_ladder(full(5.0, 5.3, 5.5, 5.2), (), "unclear", lead_ms=200.0)
    assert badges(ladder)[GMAX] == badges(ladder)[BACK] == "?"
    assert ladder.lead_ms is None
    assert ladder.glutes_ms is None


def test_the_verdict_decides_the_pair_even_where_intervals_overlap() -> None:
    onsets = {**both(GMAX, 5.0, None, 0.030), **both(BACK, 5.05, None, 0.030)}
    ladder = build_ladder(onsets, (), "glutes_first", lead_ms=50.0)
    assert badges(ladder) == {GMAX: "1", BACK: "2"}


def test_a_listed_pair_decides_over_the_two_intervals() -> None:
    onsets = {**both(GMAX, 5.0, None), **both(HAM, 5.1, None), **both(BACK, 5.5, None)}
    gated = PairFinding(f"{GMAX}_left", f"{HAM}_left", 100.0, 80.0, 120.0, 0.99, "unclear", "gap")
    free = build_ladder(onsets, (), "glutes_first", lead_ms=500.0)
    held = build_ladder(onsets, (gated,), "glutes_first", lead_ms=500.0)
    assert badges(free) == {GMAX: "1", HAM: "2", BACK: "3"}
    assert badges(held) == {GMAX: "=", HAM: "=", BACK: "3"}


def test_the_interval_of_a_lead_adds_half_widths_as_squares() -> None:
    low, high = lead_interval(at(5.0, 0.03), at(5.1, 0.04))
    assert (low, high) == pytest.approx((50.0, 150.0))
    a = OnsetEstimate(5.0, 4.98, 5.06)
    low, high = lead_interval(a, at(5.1, 0.0))
    assert low == pytest.approx(100.0 - 60.0)  # the right flank of a shortens the lead
    assert high == pytest.approx(100.0 + 20.0)


def test_overlapping_intervals_can_still_be_separable() -> None:
    """Two intervals of half width 10 ms that are 15 ms apart overlap, and can be told apart."""
    onsets = {**both(GMED, 5.0, None), **both(HAM, 5.015, None)}
    assert badges(build_ladder(onsets, (), "unclear")) == {GMED: "1", HAM: "2"}
    onsets = {**both(GMED, 5.0, None), **both(HAM, 5.014, None)}
    assert badges(build_ladder(onsets, (), "unclear")) == {GMED: "=", HAM: "="}


def test_a_muscle_without_onset_has_a_dash_and_says_which_side_is_silent() -> None:
    onsets = {**both(GMAX, 5.0, None), **both(BACK, None, None)}
    rows = build_ladder(onsets, (), "unclear").rows
    assert (rows[0].silent, rows[1].silent) == (("R",), ("L", "R"))
    assert rows[1].badge == "\N{EN DASH}"
    assert rows[1].first is None


def test_no_rank_is_claimed_while_the_back_is_unknown() -> None:
    onsets = {**both(GMAX, 5.0, 5.0), **both(HAM, 5.2, 5.2), **both(BACK, None, None)}
    got = badges(build_ladder(onsets, (), "unclear"))
    assert (got[GMAX], got[HAM], got[BACK]) == ("?", "?", "\N{EN DASH}")


def test_absent_muscles_have_no_row() -> None:
    onsets = {f"{GMAX}_left": at(5.0), f"{BACK}_left": at(5.1)}
    assert [r.muscle for r in build_ladder(onsets, (), "glutes_first").rows] == [GMAX, BACK]


def test_nothing_at_all_is_an_empty_ladder() -> None:
    ladder = build_ladder({}, (), "unclear")
    assert ladder.rows == ()
    assert math.isfinite(ladder.start_ms)
    assert ladder.end_ms > 0.0


def test_the_reference_line_is_that_of_the_side_that_decided() -> None:
    onsets = {**both(GMAX, 5.0, 5.02), **both(BACK, 5.2, 5.1)}
    right = build_ladder(onsets, (), "glutes_first", sides="right", lead_ms=80.0)
    assert right.glutes_ms == pytest.approx(20.0)
    two_sided = build_ladder(onsets, (), "glutes_first", lead_ms=100.0)
    assert two_sided.glutes_ms == pytest.approx(0.0)


@pytest.mark.parametrize("lead", [0.0, 0.1, 0.3, 0.7, 1.5, 3.0])
def test_the_window_holds_every_mark(lead: float) -> None:
    onsets = {**both(GMAX, 5.0, 5.0 + lead, 0.08), **both(BACK, 5.0 + lead, 5.0, 0.08)}
    ladder = build_ladder(onsets, (), "unclear")
    marks = [mark for row in ladder.rows for mark in row.marks]
    assert ladder.start_ms <= min(mark.low_ms for mark in marks)
    assert ladder.end_ms > max(mark.high_ms for mark in marks)


def test_movement_is_on_the_scale_of_the_ladder() -> None:
    onsets = full(5.0, 5.1, 5.2, 5.3)
    ladder = build_ladder(onsets, (), "glutes_first", lead_ms=300.0, movement_onset_s=5.15)
    assert ladder.movement_ms == pytest.approx(150.0)


def ordered(scope: SequenceScope, *groups: tuple[str, ...]) -> SequenceFinding:
    named = [SequenceGroup(g, "single" if len(g) == 1 else "open") for g in groups]
    return SequenceFinding(scope, tuple(named), 0.97, (), (), {})


def test_ranks_are_those_of_the_order_of_all_muscles() -> None:
    """By their intervals all four would have a number; all at once they have not."""
    onsets = full(5.0, 5.05, 5.07, 5.3)
    pooled = ordered("pooled", (GMAX,), (GMED, HAM), (BACK,))
    free = build_ladder(onsets, (), "glutes_first", lead_ms=300.0)
    held = build_ladder(onsets, (), "glutes_first", lead_ms=300.0, sequence=(pooled,))
    assert badges(free) == {GMAX: "1", GMED: "2", HAM: "3", BACK: "4"}
    assert badges(held) == {GMAX: "1", GMED: "=", HAM: "=", BACK: "4"}


def test_glutes_and_back_alone_in_a_group_follow_the_verdict() -> None:
    pooled = ordered("pooled", (HAM,), (BACK, GMAX))
    onsets = full(5.1, 5.4, 5.0, 5.13)
    ladder = build_ladder(onsets, (), "glutes_first", lead_ms=30.0, sequence=(pooled,))
    assert badges(ladder) == {GMAX: "2", GMED: "?", HAM: "1", BACK: "3"}
    ladder = build_ladder(onsets, (), "back_first", lead_ms=-30.0, sequence=(pooled,))
    assert badges(ladder) == {GMAX: "3", GMED: "?", HAM: "1", BACK: "2"}
    ladder = build_ladder(onsets, (), "together", lead_ms=3.0, sequence=(pooled,))
    assert badges(ladder) == {GMAX: "=", GMED: "?", HAM: "1", BACK: "="}
    ladder = build_ladder(onsets, (), "unclear", sequence=(pooled,))
    assert badges(ladder) == {GMAX: "?", GMED: "?", HAM: "1", BACK: "?"}


def test_a_verdict_inside_a_joined_group_leaves_ranges_and_no_tie_between_the_two() -> None:
    pooled = ordered("pooled", (GMAX, GMED, HAM, BACK))
    onsets = full(5.1, 5.11, 5.12, 5.0)
    ladder = build_ladder(onsets, (), "back_first", lead_ms=-100.0, sequence=(pooled,))
    assert badges(ladder) == {GMAX: "2–4", GMED: "=", HAM: "=", BACK: "1–3"}
    claimed = replace(pooled, before=((BACK, GMED), (BACK, HAM), (GMAX, HAM)))
    ladder = build_ladder(onsets, (), "back_first", lead_ms=-100.0, sequence=(claimed,))
    assert badges(ladder) == {GMAX: "2–3", GMED: "2–4", HAM: "3–4", BACK: "1"}


def test_only_the_muscles_shown_are_counted() -> None:
    pooled = ordered("pooled", (GMED,), (GMAX,), (HAM,), (BACK,))
    onsets = full(5.1, 5.0, 5.2, 5.3)
    ladder = build_ladder(
        onsets, (), "glutes_first", lead_ms=200.0, muscles=(GMAX, HAM, BACK), sequence=(pooled,)
    )
    assert badges(ladder) == {GMAX: "1", HAM: "2", BACK: "3"}


def test_the_order_is_that_of_the_sides_that_decided() -> None:
    pooled = ordered("pooled", (GMAX,), (BACK,))
    left = ordered("left", (f"{BACK}_left",), (f"{GMAX}_left",))
    every = ordered("all", (f"{BACK}_left",), (f"{GMAX}_left", f"{GMAX}_right"))
    assert order_of_muscles((every, left, pooled), "both") == ((GMAX,), (BACK,))
    assert order_of_muscles((every, left, pooled), "left") == ((BACK,), (GMAX,))
    # A muscle has no single place among the channels of both sides.
    assert order_of_muscles((every,), "both") is None
    one_sided = ordered("all", (f"{GMAX}_left",), (f"{BACK}_left",))
    assert order_of_muscles((one_sided,), "left") == ((GMAX,), (BACK,))
    assert order_of_muscles((), "both") is None
