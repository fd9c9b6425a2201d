"""The list of repetitions in the review: outcome, lead on a common axis, and who said so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.report.wording import (
    VERDICT_WORDS,
    not_scored_words,
    reason_words,
    side_note,
    signed_number,
    verdict_tone,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from firingorder.corrections import Standing
    from firingorder.findings import RepetitionFinding, RepetitionVerdict
    from firingorder.report.wording import Target, Tone

State = Literal["auto", "edited", "excluded", "not scored"]
#: Half widths of the common axis of leads, ms.
AXIS_MS = (150.0, 300.0, 600.0, 1200.0)
LEAD_NOTE = "lead, ms: glutes before back"


@dataclass(frozen=True, slots=True)
class RepRow:
    """One repetition. ``heading`` names its set where another set begins."""

    index: int
    number: int
    verdict: RepetitionVerdict
    tone: Tone
    word: str
    note: str
    lead_ms: float | None
    low_ms: float | None
    high_ms: float | None
    state: State
    end_ms: float
    heading: str = ""

    @property
    def lead(self) -> str:
        """The lead as it stands in the list."""
        return "" if self.lead_ms is None else signed_number(self.lead_ms)

    @property
    def spoken(self) -> str:
        """The row for a screen reader."""
        lead = "" if self.lead_ms is None else f"lead {self.lead} ms"
        state = {"auto": "as found", "edited": "edited"}.get(self.state, self.state)
        parts = (self.heading, f"Rep {self.number}", self.word, lead, state, self.note)
        return ", ".join(part for part in parts if part)


def rep_rows(
    reps: Sequence[RepetitionFinding],
    standing: Standing,
    targets: Mapping[str, Target],
    title: Callable[[RepetitionFinding], str],
) -> tuple[RepRow, ...]:
    """Return the rows, oldest first; excluded ones stay in their place, with the reason.

    ``targets`` by task: an outcome is coloured against the therapist's target alone. ``title``
    names the exercise of a repetition.
    """
    end_ms = axis_end_ms(reps)
    numbers: dict[int, int] = {}
    sets = {rep.set_index for rep in reps}
    several = len({(rep.task, rep.side) for rep in reps}) > 1
    rows: list[RepRow] = []
    for rep in reps:
        first = rep.set_index not in numbers
        numbers[rep.set_index] = numbers.get(rep.set_index, 0) + 1
        state, note = state_of(rep, standing)
        muted = state in ("excluded", "not scored")
        clear = rep.verdict != "unclear" or rep.reason == "interval_too_wide"
        rows.append(
            RepRow(
                index=rep.index,
                number=rep.index,
                verdict=rep.verdict,
                tone="muted"
                if muted
                else verdict_tone(rep.verdict, targets.get(rep.task), rep.low_ms, rep.high_ms),
                word=VERDICT_WORDS[rep.verdict],
                note=note,
                lead_ms=rep.lead_ms if clear else None,
                low_ms=rep.low_ms if clear else None,
                high_ms=rep.high_ms if clear else None,
                state=state,
                end_ms=end_ms,
                heading=f"Set {rep.set_index}{f'  ·  {title(rep)}' if several else ''}"
                if first and len(sets) > 1
                else "",
            )
        )
    return tuple(rows)


def state_of(rep: RepetitionFinding, standing: Standing) -> tuple[State, str]:
    """Return whether a repetition is as it was found, and what there is to say of it."""
    left_out = standing.excluded.get(rep.index)
    if left_out is not None:
        return "excluded", left_out.why or "no reason given"
    if not rep.scored:
        return "not scored", not_scored_words(rep.reasons)
    edited = any(number == rep.index for number, _ in standing.onsets)
    note = reason_words(rep.reason) if rep.verdict == "unclear" and rep.reason else ""
    return ("edited" if edited else "auto"), note or side_note(rep.sides)


def axis_end_ms(reps: Sequence[RepetitionFinding]) -> float:
    """Return the half width of the axis on which all leads lie, with their intervals."""
    ends = [
        abs(value)
        for rep in reps
        for value in (rep.lead_ms, rep.low_ms, rep.high_ms)
        if value is not None and (rep.verdict != "unclear" or rep.reason == "interval_too_wide")
    ]
    need = max(ends, default=0.0)
    return next((end for end in AXIS_MS if end >= need), AXIS_MS[-1])


def list_note(target: Target | None) -> str:
    """Return what the numbers are, and what the colours stand for, if anything."""
    if target is None:
        return LEAD_NOTE
    return f"colours: {VERDICT_WORDS[target.verdict].lower()} is the target  ·  {LEAD_NOTE}"
