"""One repetition as it is judged: everything its judgement depends on, and what it comes to.

A case is complete: :func:`decision` needs nothing else, so that it can be made now, later, a
channel at a time, or by another process, and is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.account import repetition_account
from firingorder.signal.cleaning import clean, with_pops
from firingorder.signal.judging import (
    judge,
    shifted,
    with_contact,
    with_crosstalk,
    with_timing_error,
)
from firingorder.signal.refine import OnsetResult, refine

if TYPE_CHECKING:
    from firingorder.signal.account import RepetitionAccount
    from firingorder.signal.cleaning import CleanExcerpt
    from firingorder.signal.conditioning import ConditioningParams
    from firingorder.signal.desk_params import DeskParams
    from firingorder.signal.history import Excerpt
    from firingorder.signal.judging import Judgement
    from firingorder.signal.order import OrderParams
    from firingorder.signal.prior import PriorWeights
    from firingorder.signal.refine import OnsetParams
    from firingorder.signal.task import TaskSpec
    from firingorder.signal.timing_error import TimingError


@dataclass(frozen=True, slots=True)
class CaseRules:
    """What all cases of a stream are judged by.

    Attributes
    ----------
    skew_s
        Channel k was sampled this many seconds times k later than the first.
    least_rest_uv
        A channel that is quieter at rest is not connected; 0 asks nothing.
    """

    channels: tuple[str, ...]
    rate_hz: float
    skew_s: float
    rate_too_low: bool
    least_rest_uv: float
    timing_error: TimingError
    desk: DeskParams
    onset: OnsetParams
    order: OrderParams
    conditioning: ConditioningParams


@dataclass(frozen=True, slots=True)
class Case:
    """The samples of a repetition, and what was known of the person when it was judged.

    Attributes
    ----------
    wide
        The samples to be judged, and ``skip`` before them in which heart beats are learnt.
    origin_s
        Time of the first sample to be judged, by the clock as it runs in the window.
    window_s, window
        Search window of the onsets: device time, and samples from the first to be judged.
    priors, levels_uv
        Rises learnt, and usual plateau, of each channel; None where too little is known.
    early
        What was found while the window was still in the history, where it no longer is.
    complete
        Whether the repetition has ended: only then are there offsets and the order of all.
    """

    rules: CaseRules
    task: TaskSpec
    wide: Excerpt
    skip: int
    origin_s: float
    window_s: tuple[float, float]
    window: tuple[int, int]
    priors: dict[str, PriorWeights | None]
    levels_uv: dict[str, float | None]
    early: dict[str, OnsetResult] | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What a case came to: each channel, what they say together, and what it was made from."""

    results: dict[str, OnsetResult]
    judgement: Judgement
    account: RepetitionAccount


#: Takes a case along and returns who will know the decision: asked once, it waits for it.
Beside = Callable[[Case], Callable[[], Decision]]


def decide(case: Case) -> Decision:
    """Judge a case at one go."""
    cleaned = cleaned_case(case)
    names = case.rules.channels
    return decision(case, cleaned, {name: refined_channel(case, cleaned, name) for name in names})


def cleaned_case(case: Case) -> CleanExcerpt:
    """Return the samples to be judged without beats and motion."""
    rules = case.rules
    return clean(
        case.wide, case.skip, case.window, rules.rate_hz, rules.desk.cleaning, rules.conditioning
    )


def refined_channel(case: Case, cleaned: CleanExcerpt, name: str) -> OnsetResult:
    """Return onset, offset and failed gates of one channel."""
    if case.early is not None:
        return case.early[name]
    rules, wide, skip = case.rules, case.wide, case.skip
    k = rules.channels.index(name)
    lead_off = wide.lead_off[skip:, k]
    result = refine(
        cleaned.emg_uv[:, k],
        wide.valid[skip:, k] & ~lead_off,
        rules.rate_hz,
        case.origin_s,
        case.window_s,
        rules.onset,
        case.priors[name],
        known_level_uv=case.levels_uv[name],
        saturated=wide.saturated[skip:, k],
        poor_contact=lead_off,
        ignored=cleaned.ignored[:, k],
        find_offset=case.complete,
    )
    result = with_pops(
        with_contact(result, rules.least_rest_uv),
        cleaned.pops[:, k],
        case.origin_s,
        rules.rate_hz,
        cleaning=rules.desk.cleaning,
    )
    return with_timing_error(shifted(result, k * rules.skew_s), rules.timing_error)


def decision(case: Case, cleaned: CleanExcerpt, results: dict[str, OnsetResult]) -> Decision:
    """Return what the channels say together."""
    rules, skip = case.rules, case.skip
    known = case.wide.valid[skip:] & ~case.wide.lead_off[skip:] & ~cleaned.ignored
    clean_uv = np.where(known, cleaned.emg_uv, np.nan)
    signals = {name: clean_uv[:, k] for k, name in enumerate(rules.channels)}
    results = with_crosstalk(results, signals, case.origin_s, rules.rate_hz, rules.desk.crosstalk)
    judgement = judge(
        results,
        case.task,
        rules.order,
        rate_too_low=rules.rate_too_low,
        with_sequence=case.complete,
    )
    account = repetition_account(
        results,
        cleaned,
        case.priors,
        margin_ms=case.task.together_margin_ms,
        usual_hz=rules.conditioning.highpass_hz,
        rate_too_low=rules.rate_too_low,
    )
    return Decision(results, judgement, account)
