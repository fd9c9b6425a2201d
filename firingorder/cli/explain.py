"""``firingorder explain``: why a repetition got its verdict, and what would have changed it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firingorder.cli.common import load_settings
from firingorder.cli.explain_text import story_text
from firingorder.cli.table import REASONS
from firingorder.errors import UsageError
from firingorder.session.files import FileOptions, analyse_path

if TYPE_CHECKING:
    import argparse

    from firingorder.findings import BurstFinding, PairFinding, RepetitionFinding
    from firingorder.session.results import Analysis
    from firingorder.signal.account import RepetitionAccount

_RULES = {
    "a_first": "the whole 95 % interval of the lead is above 0",
    "b_first": "the whole 95 % interval of the lead is below 0",
    "together": "the whole 95 % interval of the lead lies within the margin",
}


def run(args: argparse.Namespace) -> int:
    """Explain one repetition of one file."""
    options = FileOptions(
        task=args.task,
        side=args.side,
        montage=None if args.montage is None else Path(args.montage),
        rate_hz=args.rate,
        settings=load_settings(args.settings),
    )
    result = analyse_path(Path(args.file), options)
    rep = next((one for one in result.repetitions if one.index == args.rep), None)
    if rep is None:
        count = len(result.repetitions)
        raise UsageError(
            f"{args.file} has no repetition {args.rep}; it has {count or 'none'}"
            + (f" (1 to {count})." if count else ".")
        )
    story = explain(result, rep, result.accounts[rep.index])
    print(json.dumps(story, indent=1) if args.json else story_text(story))
    return 0


def explain(result: Analysis, rep: RepetitionFinding, account: RepetitionAccount) -> dict[str, Any]:
    """Return the reasons behind a verdict: onsets, pairs, order, rule, what would change it.

    ``account`` says what it was judged with.
    """
    margin_ms = account.margin_ms
    return {
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
        "rule": _rule(rep.verdict, rep.reason),
        "would_change": would_change(rep, margin_ms),
        "onsets": {name: _onset(result, rep, account, name) for name in rep.onsets},
        "further_bursts": [_burst(one) for one in _further(rep)],
        "cleaned": _cleaned(result, account),
        "pairs": [_pair(pair) for pair in rep.pairs],
        "sequence": [asdict(one) for one in rep.sequence],
        "set": _set(result, rep),
        "settings_hash": result.settings_hash,
    }


def would_change(rep: RepetitionFinding, margin_ms: float) -> list[str]:
    """Return in words how far the repetition was from another verdict."""
    if rep.reason is not None and rep.reason != "interval_too_wide":
        return [f"Nothing is claimed while this holds: {REASONS[rep.reason]}."]
    lead, low, high = rep.lead_ms, rep.low_ms, rep.high_ms
    if lead is None or low is None or high is None:
        return []
    if rep.verdict in ("glutes_first", "back_first"):
        nearest = low if rep.verdict == "glutes_first" else -high
        return [
            f"An interval wider by {nearest:.0f} ms on the side of 0 would have been 'cannot tell'."
        ]
    if rep.verdict == "together":
        spare = min(low + margin_ms, margin_ms - high)
        return [f"An interval wider by {spare:.0f} ms would have been 'cannot tell'."]
    out: list[str] = []
    first = "glutes first" if lead > 0 else "back first"
    missing = -low if lead > 0 else high
    out.append(f"With the interval narrower by {missing:.0f} ms on the side of 0: {first}.")
    outside = max(0.0, -margin_ms - low, high - margin_ms)
    if abs(lead) < margin_ms:
        out.append(
            f"With the interval narrower by {outside:.0f} ms at its far end: together "
            f"(within {margin_ms:.0f} ms)."
        )
    return out


def _rule(verdict: str, reason: str | None) -> str:
    if verdict == "unclear":
        words = REASONS.get(reason or "", "")
        if reason == "interval_too_wide":
            return "the interval reaches over 0 and beyond the margin: nothing is claimed"
        return f"a gate failed: {words}"
    key = {"glutes_first": "a_first", "back_first": "b_first"}.get(verdict, verdict)
    return _RULES[key]


def _onset(
    result: Analysis, rep: RepetitionFinding, account: RepetitionAccount, name: str
) -> dict[str, Any] | None:
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


def _burst(burst: BurstFinding) -> dict[str, Any]:
    return {
        "channel": burst.channel,
        "onset_s": round(burst.onset_s, 4),
        "earlier_ms": round(1e3 * (burst.onset_s - burst.onset_low_s), 1),
        "later_ms": round(1e3 * (burst.onset_high_s - burst.onset_s), 1),
        "snr_db": round(burst.snr_db, 1),
    }


def _cleaned(result: Analysis, account: RepetitionAccount) -> dict[str, Any]:
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


def _set(result: Analysis, rep: RepetitionFinding) -> dict[str, Any] | None:
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


def _pair(pair: PairFinding) -> dict[str, Any]:
    return {
        "a": pair.a,
        "b": pair.b,
        "verdict": pair.verdict,
        "reason": pair.reason,
        "lead_ms": _round(pair.lead_ms),
        "low_ms": _round(pair.low_ms),
        "high_ms": _round(pair.high_ms),
        "p_a_first": _round(pair.p_a_first, 4),
        "rule": _rule(pair.verdict, pair.reason),
    }


def _round(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits)
