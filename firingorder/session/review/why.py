"""Why a repetition got its verdict: the facts, for the window, the command line and the report."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.session.review.reasons import change_words, rule_words
from firingorder.signal.corrections import Mark, hand_posterior
from firingorder.signal.order import SIDES, lead, minimum

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from firingorder.findings import (
        BurstFinding,
        OnsetEstimate,
        PairFinding,
        RepetitionFinding,
        UnclearReason,
    )
    from firingorder.samples import FloatArray
    from firingorder.session.results import Analysis
    from firingorder.session.review.facts import Edit
    from firingorder.signal.account import RepetitionAccount
    from firingorder.signal.posterior import OnsetPosterior
    from firingorder.signal.task import TaskSpec

Story = dict[str, Any]

SCHEMA = "firingorder.explain/1"


@dataclass(frozen=True, slots=True)
class OnsetFacts:
    """One channel of a repetition.

    Attributes
    ----------
    onset
        As it stands; None where there is none, or where ``gates`` refuse it.
    t_s, p
        ``(n,)`` its posterior: device time and probability of each cell; empty without one. There
        also where a gate refuses it: that is what was seen.
    gates
        Why it is not used.
    edit
        What a person set; None: as it was found.
    """

    channel: str
    onset: OnsetEstimate | None
    automatic: OnsetEstimate | None
    t_s: FloatArray
    p: FloatArray
    gates: tuple[UnclearReason, ...]
    snr_db: float | None
    noise_uv: float | None
    p_two_steps: float | None
    learnt_from: int
    edit: Edit | None = None


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """The posterior of the lead of the glutes over the back, that the verdict is read from.

    ``t_ms`` and ``p`` are ``(n,)``; positive: glutes first. ``channels`` are those it rests on.
    """

    t_ms: FloatArray
    p: FloatArray
    median_ms: float
    low_ms: float
    high_ms: float
    margin_ms: float
    p_glutes_first: float
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """Everything behind one verdict.

    Attributes
    ----------
    repetition, automatic
        As it stands, and as it was found.
    window_s
        Device time that shows all of it: the signals to draw.
    rule, would_change
        The rule that fired, and what would have made it another verdict; words.
    lead
        None where no side is complete, or the exercise asks for no order.
    story
        The same as JSON (:data:`SCHEMA`), as ``firingorder explain --json`` prints it.
    """

    repetition: RepetitionFinding
    automatic: RepetitionFinding
    window_s: tuple[float, float]
    margin_ms: float
    rule: str
    would_change: tuple[str, ...]
    onsets: tuple[OnsetFacts, ...]
    lead: LeadFacts | None
    edits: tuple[Edit, ...]
    excluded_because: str
    story: Story


#: About the onsets, what is shown beside them.
_BEFORE_S, _AFTER_S = 0.42, 0.78


def why(
    result: Analysis,
    automatic: RepetitionFinding,
    task: TaskSpec,
    *,
    corrected: RepetitionFinding | None = None,
    marks: Mapping[str, Mark] | None = None,
    edits: Sequence[Edit] = (),
    excluded_because: str = "",
) -> Why:
    """Return the facts behind a verdict.

    Parameters
    ----------
    result
        The automatic analysis, with posteriors where they were kept.
    corrected, marks, edits
        The repetition with its corrections, and these; nothing: as it was found.
    """
    rep = corrected or automatic
    account = result.accounts[rep.index]
    by_channel = {one.channel: one for one in edits}
    posteriors = _posteriors(result, automatic, marks or {})
    onsets = tuple(
        _onset_facts(result, automatic, rep, account, name, posteriors, by_channel.get(name))
        for name in rep.onsets
    )
    story = explained(result, rep, account)
    story["corrections"] = [_edit_story(one) for one in edits]
    story["excluded_because"] = excluded_because
    times = [one.onset_s for one in rep.onsets.values() if one is not None]
    middle_s = float(np.median(times)) if times else rep.movement_onset_s or rep.start_s
    return Why(
        repetition=rep,
        automatic=automatic,
        window_s=(middle_s - _BEFORE_S, middle_s + _AFTER_S),
        margin_ms=account.margin_ms,
        rule=str(story["rule"]),
        would_change=tuple(story["would_change"]),
        onsets=onsets,
        lead=_lead_facts(rep, task, posteriors, onsets, account.margin_ms),
        edits=tuple(edits),
        excluded_because=excluded_because,
        story=story,
    )


def explained(result: Analysis, rep: RepetitionFinding, account: RepetitionAccount) -> Story:
    """Return the reasons behind a verdict: onsets, pairs, order, rule, what would change it.

    ``account`` says what it was judged with.
    """
    margin_ms = account.margin_ms
    lead_ms = (rep.lead_ms, rep.low_ms, rep.high_ms)
    return {
        "schema": SCHEMA,
        "repetition": rep.index,
        "verdict": rep.verdict,
        "reason": rep.reason,
        "sides": rep.sides,
        "scored": rep.scored,
        "not_scored_because": list(rep.reasons),
        "lead_ms": rep.lead_ms,
        "low_ms": rep.low_ms,
        "high_ms": rep.high_ms,
        "margin_ms": margin_ms,
        "rule": rule_words(rep.verdict, rep.reason),
        "would_change": change_words(rep.verdict, rep.reason, lead_ms, margin_ms),
        "onsets": {name: _onset(result, rep, account, name) for name in rep.onsets},
        "further_bursts": [_burst(one) for one in _further(rep)],
        "cleaned": _cleaned(result, account),
        "pairs": [_pair(pair) for pair in rep.pairs],
        "sequence": [asdict(one) for one in rep.sequence],
        "set": _set(result, rep),
        "settings_hash": result.settings_hash,
    }


def _posteriors(
    result: Analysis, automatic: RepetitionFinding, marks: Mapping[str, Mark]
) -> dict[str, OnsetPosterior]:
    """Return the posteriors that stand: those of marked channels as the marks make them."""
    found = dict(result.posteriors.get(automatic.index, {}))
    for name, mark in marks.items():
        before = found.pop(name, None)
        if mark.onset_s is not None:
            own = [one for one in automatic.bursts if one.channel == name]
            found[name] = hand_posterior(mark, before, own)
    return found


def _onset_facts(
    result: Analysis,
    automatic: RepetitionFinding,
    rep: RepetitionFinding,
    account: RepetitionAccount,
    name: str,
    posteriors: Mapping[str, OnsetPosterior],
    edit: Edit | None,
) -> OnsetFacts:
    posterior, judged = posteriors.get(name), account.channels.get(name)
    p: FloatArray = np.zeros(0) if posterior is None else posterior.p
    t_s: FloatArray = np.zeros(0)
    if posterior is not None:
        t_s = posterior.t0_s + posterior.step_s * np.arange(len(p), dtype=np.float64)
    snr = next((one.snr_db for one in rep.bursts if one.channel == name), None)
    gates = () if judged is None or rep.onsets[name] is not None else judged.gates
    return OnsetFacts(
        channel=name,
        onset=rep.onsets[name],
        automatic=automatic.onsets.get(name),
        t_s=t_s,
        p=p,
        gates=gates,
        snr_db=judged.snr_db if snr is None and judged is not None else snr,
        noise_uv=next((one.noise_uv for one in result.channels if one.name == name), None),
        p_two_steps=None if judged is None else judged.first_event,
        learnt_from=0 if judged is None else judged.learnt,
        edit=edit,
    )


def _lead_facts(
    rep: RepetitionFinding,
    task: TaskSpec,
    posteriors: Mapping[str, OnsetPosterior],
    onsets: Sequence[OnsetFacts],
    margin_ms: float,
) -> LeadFacts | None:
    """Return the lead of the earliest glute over the earliest back, as the verdict takes them."""
    if rep.lead_ms is None or task.primary_pair is None:
        return None
    usable = {one.channel for one in onsets if one.onset is not None}
    sides = [side for side in SIDES if rep.sides in ("both", side)]
    names = [tuple(f"{muscle}_{side}" for side in sides) for muscle in task.primary_pair]
    earliest: list[OnsetPosterior] = []
    for group in names:
        there = [posteriors[name] for name in group if name in usable and name in posteriors]
        if not there:
            return None
        earliest.append(there[0] if len(there) == 1 else minimum(there[0], there[1]))
    found = lead(earliest[0], earliest[1])
    return LeadFacts(
        t_ms=found.grid_ms,
        p=found.p,
        median_ms=found.median_ms,
        low_ms=found.low_ms,
        high_ms=found.high_ms,
        margin_ms=margin_ms,
        p_glutes_first=found.p_a_first,
        channels=tuple(name for group in names for name in group),
    )


def _edit_story(one: Edit) -> Story:
    return {
        "channel": one.channel,
        "from_s": _round(one.automatic_s, 4),
        "to_s": _round(one.onset_s, 4),
        "who": one.who,
        "at": one.at,
        "why": one.why,
    }


def _onset(
    result: Analysis, rep: RepetitionFinding, account: RepetitionAccount, name: str
) -> Story | None:
    onset = rep.onsets[name]
    if onset is None:
        return None
    noise = {channel.name: channel.noise_uv for channel in result.channels}
    snr: dict[str, float] = {}
    for burst in rep.bursts:
        snr.setdefault(burst.channel, burst.snr_db)  # the burst that decides comes first
    judged = account.channels[name]
    return {
        "onset_s": round(onset.onset_s, 4),
        "earlier_ms": round(1e3 * (onset.onset_s - onset.low_s), 1),
        "later_ms": round(1e3 * (onset.high_s - onset.onset_s), 1),
        "snr_db": _round(snr.get(name)),
        "noise_uv": _round(noise.get(name)),
        "p_two_steps": _round(judged.first_event, 3),
        "learnt_from": judged.learnt,
    }


def _further(rep: RepetitionFinding) -> list[BurstFinding]:
    """Return the bursts of the search window beside the one that decides, in order of time."""
    decided: set[str] = set()
    further: list[BurstFinding] = []
    for burst in rep.bursts:
        if burst.channel in decided:
            further.append(burst)
        decided.add(burst.channel)
    return sorted(further, key=lambda burst: burst.onset_s)


def _burst(burst: BurstFinding) -> Story:
    return {
        "channel": burst.channel,
        "onset_s": round(burst.onset_s, 4),
        "earlier_ms": round(1e3 * (burst.onset_s - burst.onset_low_s), 1),
        "later_ms": round(1e3 * (burst.onset_high_s - burst.onset_s), 1),
        "snr_db": round(burst.snr_db, 1),
    }


def _cleaned(result: Analysis, account: RepetitionAccount) -> Story:
    """Return what was taken out of the samples; hum is told for the whole recording."""
    hum = {one.name: _round(one.mains_removed_uv) for one in result.channels}
    return {
        "hum_uv": {name: uv for name, uv in hum.items() if uv},
        "beats": account.beats,
        "beats_masked": account.beats_masked,
        "raised_to_hz": account.corner_hz,
        "motion_over_rest": {name: round(one.motion, 1) for name, one in account.channels.items()},
        "pops": [name for name, one in account.channels.items() if one.pops],
        "upper_band_filled": account.filled,
    }


def _set(result: Analysis, rep: RepetitionFinding) -> Story | None:
    """Return what the set claims in the end, and what was expected after this repetition."""
    whole = next((one for one in result.sets if one.index == rep.set_index), None)
    if whole is None:
        return None
    return {
        "index": whole.index,
        "verdict": whole.verdict,
        "reason": whole.reason,
        "claim_low_ms": _round(whole.claim_low_ms),
        "claim_high_ms": _round(whole.claim_high_ms),
        "forecast": None if whole.forecast is None else asdict(whole.forecast),
        "forecast_then": None if rep.forecast is None else asdict(rep.forecast),
    }


def _pair(pair: PairFinding) -> Story:
    return {
        "a": pair.a,
        "b": pair.b,
        "verdict": pair.verdict,
        "reason": pair.reason,
        "lead_ms": _round(pair.lead_ms),
        "low_ms": _round(pair.low_ms),
        "high_ms": _round(pair.high_ms),
        "p_a_first": _round(pair.p_a_first, 4),
        "rule": rule_words(pair.verdict, pair.reason),
    }


def _round(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits)
