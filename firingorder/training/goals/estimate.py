"""What the person felt, before the result, against what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.training.goals import words

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding, RepetitionVerdict

_FELT: dict[str, RepetitionVerdict] = {
    "glutes": "glutes_first", "glute": "glutes_first", "glutes_first": "glutes_first",
    "together": "together", "back": "back_first", "back_first": "back_first",
}  # fmt: skip


def compared(said: str, rep: RepetitionFinding | None) -> tuple[str, bool | None]:
    """Return a sentence, and whether both agree; None where that cannot be told."""
    felt = _FELT.get(said.strip().lower())
    if felt is None:
        return f"{said!r} was not understood: say glutes, together or back.", None
    feeling = words.VERDICT_WORDS[felt].lower()
    if rep is None:
        return f"You felt {feeling}; there is no repetition to compare it with.", None
    if rep.verdict == "unclear":
        cause = "" if rep.reason is None else f": {words.UNCLEAR[rep.reason]}"
        return f"You felt {feeling}; which came first cannot be told here{cause}.", None
    lead = words.lead_words(rep.lead_ms, rep.low_ms, rep.high_ms)
    agrees = rep.verdict == felt
    found = words.VERDICT_WORDS[rep.verdict].lower()
    end = "the same" if agrees else "another than you felt"
    return (
        f"You felt {feeling}; measured was {found}, {lead}: {end}.",
        agrees,
    )
