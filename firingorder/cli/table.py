"""A result as lines that people read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from firingorder.report.wording import forecast_words, not_scored_words, set_reason_words
from firingorder.session.review.reasons import REASONS
from firingorder.training.exercises import load_exercise
from firingorder.training.faults import load_faults
from firingorder.training.words import tested_on_words

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding, SetFinding
    from firingorder.session.results import Analysis, RecordingSummary

_VERDICTS = {
    "glutes_first": "glutes first",
    "together": "together",
    "back_first": "back first",
    "unclear": "cannot tell",
}


def text_table(result: Analysis) -> str:
    """Return a result as text: recording, channels, repetitions, sets, warnings."""
    recording = result.recording
    lines = [
        f"{recording.file or 'samples'}: {recording.duration_s:.1f} s, task {_task(recording)}"
        + (", simulated" if recording.simulated else "")
    ]
    lines += [
        f"  {stream.kind}: {stream.samples} samples at {stream.rate_hz:g} Hz, "
        f"{stream.lost_samples} lost, {stream.outage_s:.2f} s away"
        for stream in recording.streams
    ]
    for channel in result.channels:
        if not channel.usable:
            lines.append(f"  {channel.name}: not usable ({', '.join(channel.reasons)})")
    if result.repetitions:
        lines.append("  rep   start s   verdict        lead ms (95 % interval)")
        lines += [_repetition(rep) for rep in result.repetitions]
    else:
        lines.append("  No repetition was found.")
    ordered = load_exercise(recording.task).task.primary_pair is not None
    for one in result.sets:
        if one.scored:
            lines.append(_set(one) if ordered else f"  set {one.index}: {one.scored} scored")
            lines += _faults(one, result.repetitions)
    lines += [f"  note: {warning}" for warning in result.warnings]
    return "\n".join(lines)


def _task(recording: RecordingSummary) -> str:
    """Return the exercise, its side, and what the way it is found was tried on."""
    side = "" if recording.side == "both" else f", {recording.side} side"
    tested = tested_on_words(load_exercise(recording.task).task.tested_on)
    return f"{recording.task}{side} ({tested})"


def lead_words(lead_ms: float | None, low_ms: float | None, high_ms: float | None) -> str:
    """Return a lead with its interval, never without."""
    if lead_ms is None or low_ms is None or high_ms is None:
        return "-"
    return f"{lead_ms:+.0f} ({low_ms:+.0f} to {high_ms:+.0f})"


def _repetition(rep: RepetitionFinding) -> str:
    words = _VERDICTS[rep.verdict]
    if rep.reason == "not_asked":
        words = "no order asked"
    elif rep.reason is not None:
        words += f": {REASONS[rep.reason]}"
    side = "" if rep.sides == "both" else f", {rep.sides} only"
    counted = "" if rep.scored else f"  [not scored: {not_scored_words(rep.reasons)}]"
    lead = lead_words(rep.lead_ms, rep.low_ms, rep.high_ms)
    return f"  {rep.index:>3} {rep.start_s:>9.2f}   {words + side:<14} {lead}{counted}"


def _set(one: SetFinding) -> str:
    claim = _VERDICTS[one.verdict]
    if one.verdict == "unclear":
        claim += f", {set_reason_words(one.reason)}"
        if one.forecast is not None:
            claim += f"; {forecast_words(one.forecast)}"
    else:
        ends = claimed_words(one.claim_low_ms, one.claim_high_ms)
        claim += f" (lead {ends} ms, however often one looks)"
    return (
        f"  set {one.index}: {one.scored} scored, {one.glutes_first} glutes first, "
        f"{one.together} together, {one.back_first} back first, {one.unclear} cannot tell; "
        f"lead {lead_words(one.lead_ms, one.low_ms, one.high_ms)} ms\n"
        f"    the set as a whole: {claim}"
    )


def _faults(one: SetFinding, repetitions: tuple[RepetitionFinding, ...]) -> list[str]:
    """Return how often what was seen in a set, and what could not be looked for, a line each."""
    scored = [rep for rep in repetitions if rep.set_index == one.index and rep.scored]
    names = {code: dict(fault.name)["en"] for code, fault in load_faults().items()}
    n = len(scored)
    told: list[str] = []
    for codes, words in (
        ((code for rep in scored for code in rep.compensations), "{} in {} of {}"),
        ((f.code for rep in scored for f in rep.faults if f.note), "{} in {} of {} (a note)"),
    ):
        told += [words.format(names[code], k, n) for code, k in Counter(codes).most_common()]
    told += [f"{names[code]} over the set" for code in one.compensations]
    lines = [f"    seen: {'; '.join(told)}"] if told else []
    unseen = Counter(code for rep in scored for code in rep.not_measured)
    left = [names[code] + ("" if k == n else f" in {k} of {n}") for code, k in unseen.most_common()]
    return [*lines, f"    not measured: {'; '.join(left)}"] if left else lines


def claimed_words(low_ms: float | None, high_ms: float | None) -> str:
    """Return the interval of a set's claim; it may have no end yet."""
    return " to ".join("open" if end is None else f"{end:+.0f}" for end in (low_ms, high_ms))
