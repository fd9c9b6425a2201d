"""Hand-set onsets: the same judgement, the width of the signal, gates that stay."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.corrections import Correction, CorrectionKind, renumbered, standing
from firingorder.findings import BurstFinding, RepetitionFinding, UnclearReason
from firingorder.signal.account import ChannelAccount, RepetitionAccount
from firingorder.signal.corrections import (
    HandParams,
    JudgedWith,
    Mark,
    hand_posterior,
    rejudged,
)
from firingorder.signal.judging import judge
from firingorder.signal.order import OrderParams
from firingorder.signal.posterior import OnsetPosterior
from firingorder.signal.refine import OnsetResult
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from collections.abc import Mapping

GLUTE, BACK = "gluteus_maximus_left", "erector_spinae_left"
TASK = load_task("bridge")
PARAMS = OrderParams()


def bell(at_s: float, sd_s: float, second: tuple[float, float] | None = None) -> OnsetPosterior:
    """A posterior at ``at_s``; ``second`` adds a mode (seconds later, share)."""
    t0 = at_s - 0.2
    t = t0 + 0.001 * np.arange(450)
    p = np.exp(-0.5 * ((t - at_s) / sd_s) ** 2)
    if second is not None:
        later, share = second
        p = (1.0 - share) * p / p.sum()
        other = np.exp(-0.5 * ((t - at_s - later) / sd_s) ** 2)
        p = p + share * other / other.sum()
    return OnsetPosterior(t0, 0.001, p / p.sum())


def found(
    posteriors: Mapping[str, OnsetPosterior | None],
    gates: dict[str, tuple[UnclearReason, ...]] | None = None,
) -> tuple[RepetitionFinding, JudgedWith]:
    """A repetition as the analysis makes one of these posteriors and gates."""
    results = {
        name: OnsetResult(one, None, 20.0, 1.0, 10.0, (gates or {}).get(name, ()), None)
        for name, one in posteriors.items()
    }
    made = judge(results, TASK, PARAMS, rate_too_low=False)
    rep = RepetitionFinding(
        index=1,
        set_index=1,
        start_s=5.0,
        movement_onset_s=5.1,
        top_s=None,
        end_s=9.0,
        scored=True,
        reasons=(),
        onsets=made.onsets,
        pairs=made.pairs,
        verdict=made.order.verdict,
        reason=made.order.reason,
        sides=made.order.sides,
        lead_ms=made.order.lead_ms,
        low_ms=made.order.low_ms,
        high_ms=made.order.high_ms,
        pelvis=None,
        compensations=(),
        bursts=made.bursts,
        decided_at_s=9.5,
        p_glutes_first=made.order.p_glutes_first,
        sequence=made.sequence,
        task="bridge",
    )
    channels = {
        name: ChannelAccount(0, 0.0, False, 0.0, (gates or {}).get(name, ()), 20.0, 1.0, 10.0)
        for name in posteriors
    }
    account = RepetitionAccount(30.0, 0, False, None, False, channels)
    kept = {name: one for name, one in posteriors.items() if one is not None}
    return rep, JudgedWith(kept, account, TASK, PARAMS)


CLEAR = {GLUTE: bell(5.0, 0.010), BACK: bell(5.08, 0.012)}


def test_nothing_changes_without_a_mark_and_with_one_where_the_onset_was() -> None:
    rep, known = found(CLEAR)
    assert rejudged(rep, known) == rep
    onset = rep.onsets[GLUTE]
    assert onset is not None
    same = rejudged(rep, known, [Mark(GLUTE, onset.onset_s)])
    assert replace(same, bursts=rep.bursts) == rep
    assert [one.edited for one in same.bursts] == [True, False]
    assert replace(same.bursts[0], edited=False) == rep.bursts[0]


def test_a_lead_moves_by_what_its_onset_is_moved_and_keeps_its_width() -> None:
    rep, known = found(CLEAR)
    onset = rep.onsets[GLUTE]
    assert onset is not None
    assert rep.lead_ms is not None
    assert rep.low_ms is not None
    later = rejudged(rep, known, [Mark(GLUTE, onset.onset_s + 0.1)])
    assert later.lead_ms == pytest.approx(rep.lead_ms - 100.0, abs=1e-6)
    assert later.low_ms == pytest.approx(rep.low_ms - 100.0, abs=1e-6)
    assert (rep.verdict, later.verdict) == ("glutes_first", "unclear")
    much = rejudged(rep, known, [Mark(GLUTE, onset.onset_s + 0.2)])
    assert much.verdict == "back_first"
    assert much.sequence[0].groups[0].names == (BACK,)


def test_exchanged_channels_mirror_every_number() -> None:
    """The glutes marked in one is the back marked in the other: the same, with another sign."""
    rep, known = found(CLEAR)
    swapped, with_ = found({GLUTE: CLEAR[BACK], BACK: CLEAR[GLUTE]})
    one = rejudged(rep, known, [Mark(GLUTE, 5.013)])
    other = rejudged(swapped, with_, [Mark(BACK, 5.013)])
    assert one.lead_ms is not None
    assert one.low_ms is not None
    assert one.high_ms is not None
    assert (other.lead_ms, other.low_ms, other.high_ms) == (-one.lead_ms, -one.high_ms, -one.low_ms)


@pytest.mark.parametrize("rater_ms", [5.0, 25.0])
def test_no_mark_is_sharper_than_signal_or_rater(rater_ms: float) -> None:
    made = hand_posterior(Mark(GLUTE, 4.9, rater_sd_s=1e-3 * rater_ms), CLEAR[GLUTE])
    half_s = 0.5 * (made.estimate.high_s - made.estimate.low_s)
    assert half_s == pytest.approx(1.96e-3 * max(10.0, rater_ms), rel=0.02)
    assert made.estimate.onset_s == pytest.approx(4.9, abs=1e-4)


def test_where_nothing_was_found_a_mark_is_as_wide_as_trained_eyes_err() -> None:
    rep, known = found({GLUTE: None, BACK: CLEAR[BACK]}, {GLUTE: ("no_onset",)})
    assert (rep.verdict, rep.reason) == ("unclear", "no_onset")
    channels = {**known.account.channels}
    channels[GLUTE] = replace(channels[GLUTE], snr_db=None)
    known = replace(known, account=replace(known.account, channels=channels))
    for snr_db, sd_ms in ((None, 80.0), (5.0, 80.0), (25.0, 55.0), (60.0, 30.0)):
        seen = rejudged(rep, known, [Mark(GLUTE, 4.5, snr_db=snr_db)])
        onset = seen.onsets[GLUTE]
        assert onset is not None
        assert 1e3 * (onset.high_s - onset.low_s) == pytest.approx(2 * 1.96 * sd_ms, rel=0.02)
        assert seen.verdict == "glutes_first"
    assert HandParams().sd_s(25.0) == pytest.approx(0.055)


def test_a_mark_says_which_of_two_events_was_meant_and_takes_its_width() -> None:
    two = bell(5.0, 0.008, second=(0.12, 0.4))
    rep, known = found({GLUTE: two, BACK: CLEAR[BACK]}, {GLUTE: ("several_bursts",)})
    assert rep.reason == "several_bursts"
    meant = rejudged(rep, known, [Mark(GLUTE, 5.125)])
    onset = meant.onsets[GLUTE]
    assert onset is not None
    assert onset.high_s - onset.low_s == pytest.approx(2 * 1.96 * 0.008, rel=0.1)
    assert meant.verdict == "back_first"


def test_another_burst_of_the_window_lends_its_interval() -> None:
    far = BurstFinding(GLUTE, 4.7, 4.66, 4.75, 4.8, 4.79, 4.81, 12.0)
    main = BurstFinding(GLUTE, 5.0, 4.98, 5.02, None, None, None, 20.0)
    made = hand_posterior(Mark(GLUTE, 4.71), CLEAR[GLUTE], [main, far]).estimate
    assert made.onset_s - made.low_s == pytest.approx(0.04, rel=0.1)
    assert made.high_s - made.onset_s == pytest.approx(0.05, rel=0.1)


def test_what_is_wrong_with_the_samples_stays_and_no_onset_is_a_reason() -> None:
    rep, known = found(CLEAR, {GLUTE: ("saturated", "edge")})
    moved = rejudged(rep, known, [Mark(GLUTE, 5.01)])
    assert (moved.verdict, moved.reason, moved.lead_ms) == ("unclear", "saturated", None)
    rep, known = found(CLEAR)
    into_a_gap = rejudged(rep, known, [Mark(GLUTE, 5.01, spoilt=("gap",))])
    assert into_a_gap.reason == "gap"
    none = rejudged(rep, known, [Mark(BACK, None)])
    assert (none.verdict, none.reason) == ("unclear", "no_onset")
    assert none.onsets[BACK] is None
    assert all(one.channel != BACK for one in none.bursts)
    out = rejudged(rep, known, excluded=True)
    assert (out.scored, out.reasons, out.verdict) == (False, ("excluded",), rep.verdict)


def entry(id_: str, kind: CorrectionKind, at: str, undoes: str = "") -> Correction:
    return Correction(id_, kind, 1, 5.0, "A", at, channel=GLUTE, onset_s=5.0, undoes=undoes)


def test_which_entries_hold_does_not_depend_on_clocks() -> None:
    """An undo that bears an earlier time than what it undoes still undoes it."""
    made = [
        entry("a", "onset", "3"),
        entry("b", "undo", "1", undoes="a"),
        entry("c", "undo", "2", undoes="b"),
        entry("d", "exclude", "4"),
        entry("e", "undo", "0", undoes="d"),
    ]
    for order in permutations(made):
        stands = standing(order)
        assert list(stands.onsets) == [(1, GLUTE)]
        assert stands.excluded == {}


def test_entries_find_their_repetition_again_by_time() -> None:
    made = [entry("a", "onset", "1"), entry("b", "undo", "2", undoes="a")]
    gone = replace(entry("c", "exclude", "3"), start_s=60.0)
    spans = [(1, 0.0, 3.0), (2, 4.7, 9.0), (3, 9.2, 12.0)]
    matched, unmatched = renumbered([*made, gone], spans)
    assert [(one.id, one.repetition) for one in matched] == [("a", 2), ("b", 2)]
    assert unmatched == [gone]
