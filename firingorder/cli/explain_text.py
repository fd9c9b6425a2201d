"""The explanation of a repetition as lines that people read."""

from __future__ import annotations

from typing import Any

from firingorder.cli.table import claimed_words, lead_words
from firingorder.findings import SequenceFinding, SequenceGroup, SetForecast
from firingorder.report.wording import (
    forecast_words,
    plain_channel,
    plain_channels,
    sequence_words,
    set_reason_words,
)
from firingorder.session.review.reasons import REASONS

#: Probability of a burst in two steps from which it is worth a word.
_WORTH_SAYING = 0.05
_SCOPES = {
    "pooled": "left and right as one",
    "all": "every channel",
    "left": "left side",
    "right": "right side",
}


def story_text(story: dict[str, Any]) -> str:
    """Return the story that :func:`firingorder.cli.explain.explain` tells, as text."""
    verdict = _verdict(story["verdict"])
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
    return "\n".join(
        [
            *lines,
            *_corrections(story),
            *_onsets(story),
            *_cleaned(story["cleaned"]),
            *_order(story["sequence"]),
            *_pairs(story["pairs"]),
            *_set(story["set"]),
        ]
    )


def _corrections(story: dict[str, Any]) -> list[str]:
    """Return what people changed, each with its place before."""
    lines: list[str] = []
    for one in story.get("corrections", []):
        was = "nowhere" if one["from_s"] is None else f"{one['from_s']:.3f} s"
        now = "no onset" if one["to_s"] is None else f"{one['to_s']:.3f} s"
        said = f"; {one['why']}" if one["why"] else ""
        when = one["at"][:16].replace("T", " ")
        lines.append(
            f"    {one['channel']}: moved by hand from {was} to {now} ({one['who']}, {when} UTC"
            f"{said})"
        )
    if story.get("excluded_because"):
        lines.append(f"    excluded: {story['excluded_because']}")
    return ["  corrections", *lines] if lines else []


def _verdict(verdict: str) -> str:
    return verdict.replace("_", " ").replace("unclear", "cannot tell")


def _onsets(story: dict[str, Any]) -> list[str]:
    onsets: dict[str, dict[str, Any] | None] = story["onsets"]
    lines = ["  onsets"]
    for name, onset in onsets.items():
        if onset is None:
            lines.append(f"    {name:<24} none")
            continue
        rest = "" if onset["noise_uv"] is None else f"  rest {onset['noise_uv']} uV"
        notes = f"SNR {onset['snr_db']} dB{rest}"
        if (onset["p_two_steps"] or 0.0) >= _WORTH_SAYING:
            notes += f"  begins in two steps: P {onset['p_two_steps']:.2f}"
        lines.append(f"    {name:<24} {_at(onset)}  {notes}")
    found = {name: one for name, one in onsets.items() if one is not None}
    learnt = [name for name, one in found.items() if one["learnt_from"]]
    if learnt:
        most = max(found[name]["learnt_from"] for name in learnt)
        who = "each muscle" if len(learnt) == len(found) else plain_channels(learnt)
        lines.append(f"    rises: learnt from up to {most} earlier repetitions of {who}")
    elif found:
        lines.append("    rises: nothing learnt yet, the usual weights for everybody")
    for burst in story["further_bursts"]:
        lines.append(
            f"    a further burst: {plain_channel(burst['channel'])}, {_at(burst).strip()}, "
            f"SNR {burst['snr_db']} dB"
        )
    return lines


def _at(onset: dict[str, Any]) -> str:
    return f"{onset['onset_s']:9.3f} s  -{onset['earlier_ms']:.0f} +{onset['later_ms']:.0f} ms"


def _cleaned(cleaned: dict[str, Any]) -> list[str]:
    done: list[str] = []
    if cleaned["hum_uv"]:
        told = [f"{plain_channel(name)} {uv:.1f} uV" for name, uv in cleaned["hum_uv"].items()]
        done.append(f"mains hum subtracted, over the recording: {', '.join(told)}")
    if cleaned["beats"]:
        kept = "; what still stood out was left out" if cleaned["beats_masked"] else ""
        done.append(f"{cleaned['beats']} heart beats subtracted{kept}")
    if cleaned["raised_to_hz"] is not None:
        motion: dict[str, float] = cleaned["motion_over_rest"]
        worst = max(motion, key=motion.__getitem__)
        done.append(
            f"high-pass raised to {cleaned['raised_to_hz']:.0f} Hz for all channels, because of "
            f"motion ({motion[worst]:.0f} times the rest in {plain_channel(worst)})"
        )
    if cleaned["pops"]:
        done.append(f"a pop of the electrode left out: {plain_channels(cleaned['pops'])}")
    if cleaned["upper_band_filled"]:
        done.append("empty upper band filled with weak noise")
    return ["  cleaned", *(f"    {one}" for one in done or ["nothing had to be taken out"])]


def _order(found: list[dict[str, Any]]) -> list[str]:
    if not found:
        return []
    lines = ["  order of all muscles (P = probability that all groups began one after the other)"]
    for raw in found:
        one = _sequence(raw)
        p = f", P {one.p_order:.3f}" if len(one.groups) > 1 else ""
        lines.append(f"    {_SCOPES[one.scope]}: {sequence_words(one)}{p}")
        for name, reason in one.left_out.items():
            lines.append(f"      without {plain_channel(name)}: {REASONS[reason]}")
    return lines


def _sequence(raw: dict[str, Any]) -> SequenceFinding:
    return SequenceFinding(
        scope=raw["scope"],
        groups=tuple(SequenceGroup(**group) for group in raw["groups"]),
        p_order=raw["p_order"],
        ranks=(),
        before=(),
        left_out=raw["left_out"],
    )


def _pairs(pairs: list[dict[str, Any]]) -> list[str]:
    lines = ["  pairs (lead of the first over the second, P = probability that it was first)"]
    for pair in pairs:
        p = "-" if pair["p_a_first"] is None else f"{pair['p_a_first']:.3f}"
        lead = lead_words(pair["lead_ms"], pair["low_ms"], pair["high_ms"])
        words = pair["verdict"] if pair["reason"] is None else f"unclear ({pair['reason']})"
        lines.append(f"    {pair['a']} / {pair['b']}: {words}, {lead} ms, P {p}")
    return lines


def _set(whole: dict[str, Any] | None) -> list[str]:
    if whole is None:
        return []
    lines = [f"  set {whole['index']}"]
    if whole["forecast_then"] is not None:
        then = forecast_words(SetForecast(**whole["forecast_then"]))
        lines.append(f"    after this repetition, until the set claims something: {then}")
    words = _verdict(whole["verdict"])
    if whole["verdict"] == "unclear":
        words += f", {set_reason_words(whole['reason'])}"
        if whole["forecast"] is not None:
            words += f"; {forecast_words(SetForecast(**whole['forecast']))}"
    else:
        ends = claimed_words(whole["claim_low_ms"], whole["claim_high_ms"])
        words += f" (lead {ends} ms, however often one looks)"
    lines.append(f"    in the end: {words}")
    return lines
