"""The montage check finds every swap it can tell, proposes it, and guesses nothing else."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from firingorder.calibration.montage_check import Answer, judge, requests
from firingorder.calibration.reasons import sentences
from firingorder.montage import DEFAULT_EIGHT, NAMES

ASKED = requests(DEFAULT_EIGHT)
#: Share of a muscle's own most that it does when another thing is asked for: planted.
HELP, NEIGHBOUR = 0.5, 0.3


def answers(lies_on: tuple[str, ...], seed: int) -> tuple[Answer, ...]:
    """What columns show that lie on these muscles; each is loud in a way of its own."""
    rng = np.random.default_rng(seed)
    loud = 10.0 ** rng.uniform(1.0, 2.0, len(lies_on))
    out: list[Answer] = []
    for request in ASKED:
        row = np.zeros(len(lies_on))
        for k, muscle in enumerate(lies_on):
            bare = muscle.rpartition("_")[0]
            share = 1.0 if muscle in request.muscles else NEIGHBOUR * rng.uniform()
            if any(bare == one.rpartition("_")[0] for one in request.muscles):
                share = max(share, HELP * rng.uniform(0.5, 1.0))
            row[k] = (share * loud[k]) ** 2
        out.append(Answer(row, ()))
    return tuple(out)


def test_every_muscle_is_asked_for_once() -> None:
    assert [one.key for one in ASKED] == [
        "squeeze_glute_left", "squeeze_glute_right", "bend_knee_left", "bend_knee_right",
        "push_knee_out_left", "push_knee_out_right", "lift_back",
    ]  # fmt: skip
    assert [name for one in ASKED for name in one.muscles] == [
        *DEFAULT_EIGHT[:2], *DEFAULT_EIGHT[4:6], *DEFAULT_EIGHT[2:4], *DEFAULT_EIGHT[6:]
    ]  # fmt: skip
    assert requests(("tensor_fasciae_latae_left",)) == ()
    assert len(requests(NAMES)) == 7


@pytest.mark.parametrize("seed", range(20))
def test_pads_in_their_places_are_left_alone(seed: int) -> None:
    found = judge(DEFAULT_EIGHT, ASKED, answers(DEFAULT_EIGHT, seed))
    assert found.repair is None
    assert found.reasons == ()
    assert found.confirmed == tuple(range(8))


def test_any_two_swapped_pads_are_found_but_the_two_sides_of_the_back() -> None:
    tried = found_right = 0
    for i in range(8):
        for j in range(i):
            lies_on = list(DEFAULT_EIGHT)
            lies_on[i], lies_on[j] = lies_on[j], lies_on[i]
            found = judge(DEFAULT_EIGHT, ASKED, answers(tuple(lies_on), i * 8 + j))
            if (i, j) == (7, 6):
                assert found.repair is None, "both sides of the back answer alike"
                continue
            tried += 1
            found_right += found.repair == tuple(lies_on)
            texts = sentences(found.reasons, DEFAULT_EIGHT)
            assert len(texts) == 1
            assert "seem to be swapped" in texts[0]
    print(f"{found_right} of {tried} swaps")
    assert found_right == tried == 27


def test_three_pads_that_changed_places_are_found() -> None:
    for order in permutations(range(3)):
        lies_on = [DEFAULT_EIGHT[k] for k in (order[0], order[1], order[2], 3, 4, 5, 6, 7)]
        found = judge(DEFAULT_EIGHT, ASKED, answers(tuple(lies_on), 3))
        assert found.repair == (None if order == (0, 1, 2) else tuple(lies_on))


def test_where_both_sides_of_the_back_changed_places_with_both_hamstrings_sides_are_kept() -> None:
    lies_on = (*DEFAULT_EIGHT[:4], *DEFAULT_EIGHT[6:], *DEFAULT_EIGHT[4:6])
    found = judge(DEFAULT_EIGHT, ASKED, answers(lies_on, 9))
    assert found.repair == lies_on


def test_a_silent_channel_is_named_and_nothing_is_renamed() -> None:
    given = answers(DEFAULT_EIGHT, 5)
    for one in given:
        one.net_uv2[0] = 0.0
    found = judge(DEFAULT_EIGHT, ASKED, given)
    assert found.repair is None
    assert sentences(found.reasons, DEFAULT_EIGHT) == (
        "Nothing changed when the left glute was asked for: try again, a little firmer.",
    )
    assert found.confirmed == tuple(range(1, 8))


def test_a_channel_that_could_not_be_measured_is_not_blamed() -> None:
    given = answers(DEFAULT_EIGHT, 6)
    for one in given:
        one.net_uv2[3] = np.nan
    found = judge(DEFAULT_EIGHT, ASKED, given)
    assert found.reasons == ()
    assert 3 not in found.confirmed


def test_a_channel_that_was_too_strong_when_it_was_asked_for_is_not_called_silent() -> None:
    found = answers(DEFAULT_EIGHT, 4)
    request = next(k for k, one in enumerate(ASKED) if "hamstring_left" in one.muscles)
    column = DEFAULT_EIGHT.index("hamstring_left")
    for k, one in enumerate(found):
        one.net_uv2[column] = np.nan if k == request else 0.0
    result = judge(DEFAULT_EIGHT, ASKED, found)
    assert result.reasons == ()
    assert column not in result.confirmed
    found[request].net_uv2[column] = 0.0  # and the same without an answer is
    assert [one.cause for one in judge(DEFAULT_EIGHT, ASKED, found).reasons] == ["nothing"]


def test_two_muscles_that_always_work_together_are_not_told_apart() -> None:
    given = answers(DEFAULT_EIGHT, 7)
    left, right = (k for k, one in enumerate(ASKED) if one.key.startswith("squeeze"))
    given[left].net_uv2[:2] = given[right].net_uv2[:2] = 900.0
    found = judge(DEFAULT_EIGHT, ASKED, given)
    assert found.repair is None
    assert {one.cause for one in found.reasons} == {"not_told_apart"}
    assert "left glute" in sentences(found.reasons, DEFAULT_EIGHT)[0]


def test_another_muscle_that_answers_is_named() -> None:
    """Asked for the left glute, the left hamstring works, in both requests: no permutation."""
    given = answers(DEFAULT_EIGHT, 8)
    squeeze, bend = 0, 2
    given[squeeze].net_uv2[0] = 0.0
    for one in given:
        one.net_uv2[0] = 0.0
    given[squeeze].net_uv2[4] = 4.0 * given[bend].net_uv2[4]
    found = judge(DEFAULT_EIGHT, ASKED, given)
    assert found.repair is None
    assert "The left glute was asked for, but the left back of the thigh answered" in " ".join(
        sentences(found.reasons, DEFAULT_EIGHT)
    )
