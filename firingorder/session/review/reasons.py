"""Why nothing is claimed, and which rule claims what: the words of explanations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.findings import PairVerdict, RepetitionVerdict, UnclearReason

REASONS: dict[UnclearReason, str] = {
    "no_onset": "no onset found",
    "low_snr": "signal too weak against the noise",
    "gap": "samples missing at the onset",
    "saturated": "signal over the range of the amplifier",
    "poor_contact": "poor contact of an electrode, or a moving cable",
    "no_rest": "no quiet rest before the burst",
    "several_bursts": "two candidate onsets",
    "edge": "onset at the edge of the search window",
    "crosstalk": "one muscle's signal may be the other's",
    "clock": "clocks of two devices not close enough",
    "interval_too_wide": "interval too wide",
    "sides_differ": "left and right say opposite orders",
    "rate_too_low": "sampling rate too low",
    "channel_missing": "a muscle of the pair is not measured",
    "not_asked": "this exercise asks for no order",
}
_RULES = {
    "a_first": "the whole 95 % interval of the lead is above 0",
    "b_first": "the whole 95 % interval of the lead is below 0",
    "together": "the whole 95 % interval of the lead lies within the margin",
}
_AS_PAIR = {"glutes_first": "a_first", "back_first": "b_first"}


def rule_words(verdict: RepetitionVerdict | PairVerdict, reason: UnclearReason | None) -> str:
    """Return the rule that decided (method.md section 1)."""
    if verdict == "unclear":
        if reason == "interval_too_wide":
            return "the interval reaches over 0 and beyond the margin: nothing is claimed"
        return f"a gate failed: {'' if reason is None else REASONS[reason]}"
    return _RULES[_AS_PAIR.get(verdict, verdict)]


def change_words(
    verdict: RepetitionVerdict,
    reason: UnclearReason | None,
    lead: tuple[float | None, float | None, float | None],
    margin_ms: float,
) -> list[str]:
    """Return how far a repetition was from another verdict; ``lead`` is (median, low, high), ms."""
    if reason is not None and reason != "interval_too_wide":
        return [f"Nothing is claimed while this holds: {REASONS[reason]}."]
    median, low, high = lead
    if median is None or low is None or high is None:
        return []
    if verdict in ("glutes_first", "back_first"):
        nearest = low if verdict == "glutes_first" else -high
        return [
            f"An interval wider by {nearest:.0f} ms on the side of 0 would have been 'cannot tell'."
        ]
    if verdict == "together":
        spare = min(low + margin_ms, margin_ms - high)
        return [f"An interval wider by {spare:.0f} ms would have been 'cannot tell'."]
    first = "glutes first" if median > 0 else "back first"
    missing = -low if median > 0 else high
    out = [f"With the interval narrower by {missing:.0f} ms on the side of 0: {first}."]
    outside = max(0.0, -margin_ms - low, high - margin_ms)
    if abs(median) < margin_ms:
        out.append(
            f"With the interval narrower by {outside:.0f} ms at its far end: together "
            f"(within {margin_ms:.0f} ms)."
        )
    return out
