"""``firingorder explain``: why a repetition got its verdict, and what would have changed it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firingorder.cli.common import load_settings
from firingorder.cli.table import REASONS, lead_words
from firingorder.errors import UsageError
from firingorder.session.files import FileOptions, analyse_path

if TYPE_CHECKING:
    import argparse

    from firingorder.findings import PairFinding, RepetitionFinding
    from firingorder.session.results import Analysis

_RULES = {
    "a_first": "the whole 95 % interval of the lead is above 0",
    "b_first": "the whole 95 % interval of the lead is below 0",
    "together": "the whole 95 % interval of the lead lies within the margin",
}


def run(args: argparse.Namespace) -> int:
    """Explain one repetition of one file."""
    options = FileOptions(
        task=args.task,
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
    story = explain(result, rep, result.accounts[rep.index].margin_ms)
    print(json.dumps(story, indent=1) if args.json else _text(story))
    return 0


def explain(result: Analysis, rep: RepetitionFinding, margin_ms: float) -> dict[str, Any]:
    """Return the reasons behind a verdict: onsets, pairs, the rule, what would change it.

    ``margin_ms`` is the equivalence margin it was judged with.
    """
    noise = {channel.name: channel.noise_uv for channel in result.channels}
    snr = {burst.channel: burst.snr_db for burst in rep.bursts}
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
        "onsets": {
            name: None
            if onset is None
            else {
                "onset_s": round(onset.onset_s, 4),
                "earlier_ms": round(1e3 * (onset.onset_s - onset.low_s), 1),
                "later_ms": round(1e3 * (onset.high_s - onset.onset_s), 1),
                "snr_db": _round(snr.get(name)),
                "noise_uv": _round(noise.get(name)),
            }
            for name, onset in rep.onsets.items()
        },
        "pairs": [_pair(pair) for pair in rep.pairs],
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


def _text(story: dict[str, Any]) -> str:
    verdict = str(story["verdict"]).replace("_", " ").replace("unclear", "cannot tell")
    lead = lead_words(story["lead_ms"], story["low_ms"], story["high_ms"])
    sides = "both sides" if story["sides"] == "both" else f"{story['sides']} side"
    lines = [
        f"Repetition {story['repetition']}: {verdict} ({sides})",
        f"  lead of the glutes over the back: {lead} ms; margin ±{story['margin_ms']:.0f} ms",
        f"  rule: {story['rule']}",
        *(f"  {words}" for words in story["would_change"]),
    ]
    if not story["scored"]:
        lines.append(f"  not scored: {', '.join(story['not_scored_because'])}")
    lines.append("  onsets")
    for name, onset in story["onsets"].items():
        lines.append(
            f"    {name:<24} none"
            if onset is None
            else f"    {name:<24} {onset['onset_s']:9.3f} s  -{onset['earlier_ms']:.0f} "
            f"+{onset['later_ms']:.0f} ms  SNR {onset['snr_db']} dB  rest {onset['noise_uv']} uV"
        )
    lines.append("  pairs (lead of the first over the second, P = probability that it was first)")
    for pair in story["pairs"]:
        p = "-" if pair["p_a_first"] is None else f"{pair['p_a_first']:.3f}"
        lead = lead_words(pair["lead_ms"], pair["low_ms"], pair["high_ms"])
        words = pair["verdict"] if pair["reason"] is None else f"unclear ({pair['reason']})"
        lines.append(f"    {pair['a']} / {pair['b']}: {words}, {lead} ms, P {p}")
    return "\n".join(lines)
