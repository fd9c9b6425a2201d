"""What a repetition was judged with, kept for those who ask why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from firingorder.signal.account import repetition_account
from firingorder.signal.cleaning import CleanExcerpt
from firingorder.signal.posterior import OnsetPosterior
from firingorder.signal.prior import PriorWeights
from firingorder.signal.refine import OnsetResult

N = 100
FLAT = OnsetPosterior(5.0, 0.001, np.full(10, 0.1), first_event=0.3)
FOUND = OnsetResult(FLAT, None, 20.0, 2.0, 20.0, (), (5.0, 6.0))
NOTHING = OnsetResult(None, None, None, None, None, ("no_onset",), None)
CLEAN = CleanExcerpt(
    emg_uv=np.zeros((N, 2)),
    ignored=np.zeros((N, 2), dtype=np.bool_),
    pops=np.zeros((N, 2), dtype=np.bool_),
    beats=0,
    motion=np.array([0.5, 9.0]),
    corner_hz=30.0,
    filled=False,
)
PRIORS = {"a": PriorWeights(np.ones(3) / 3.0, 9), "b": None}


def account(cleaned: CleanExcerpt):
    results = {"b": NOTHING, "a": FOUND}
    return repetition_account(results, cleaned, PRIORS, margin_ms=30.0, usual_hz=30.0)


def test_each_channel_has_its_own_column_prior_and_posterior() -> None:
    a, b = (account(CLEAN).channels[name] for name in ("a", "b"))
    assert (a.learnt, a.first_event, a.motion, a.pops) == (9, 0.3, 0.5, False)
    assert (b.learnt, b.first_event, b.motion, b.pops) == (0, None, 9.0, False)


def test_an_untouched_repetition_says_so() -> None:
    plain = account(CLEAN)
    assert plain.corner_hz is None
    assert not plain.beats_masked
    assert account(replace(CLEAN, corner_hz=50.0)).corner_hz == 50.0


def test_a_pop_is_not_taken_for_masked_beats() -> None:
    pops = np.zeros((N, 2), dtype=np.bool_)
    pops[40:50, 1] = True
    popped = account(replace(CLEAN, pops=pops, ignored=pops))
    assert popped.channels["b"].pops
    assert not popped.channels["a"].pops
    assert not popped.beats_masked
    masked = pops.copy()
    masked[70:80] = True
    assert account(replace(CLEAN, pops=pops, ignored=masked)).beats_masked
