"""The card of the repetition that is reviewed: outcome, interval, and why it does not count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.gui.view_models.desk import VerdictCardView
from firingorder.gui.view_models.repetition import (
    cause,
    desk_sentence,
    headline,
    interval_words,
    ladder_of,
    rep_view,
    sides_words,
    spoken,
)
from firingorder.gui.view_models.review_rows import state_of
from firingorder.report.wording import held_words, not_scored_words, verdict_tone

if TYPE_CHECKING:
    from firingorder.corrections import Standing
    from firingorder.findings import RepetitionFinding
    from firingorder.report.wording import Target


def rep_card(rep: RepetitionFinding, standing: Standing, target: Target | None) -> VerdictCardView:
    """Return the card of a repetition, with why it does not count where it does not."""
    view = rep_view(rep, number=rep.index, set_index=rep.set_index)
    state, note = state_of(rep, standing)
    counts = state in ("auto", "edited")
    out = f"Excluded: {note}" if state == "excluded" else ""
    if state == "not scored":
        out = f"Not scored: {not_scored_words(rep.reasons)}"
    held = (rep.verdict, target, rep.low_ms, rep.high_ms)
    parts = (out, sides_words(view) or interval_words(view), held_words(*held) if counts else "")
    detail = "  ·  ".join(part for part in parts if part)
    said = spoken(view)
    sentence = desk_sentence(view) if view.verdict != "unclear" else _capital(cause(view))
    return VerdictCardView(
        rep.verdict,
        verdict_tone(*held) if counts else "muted",
        headline(view),
        sentence,
        detail,
        f"Rep {rep.index}",
        ladder_of(view),
        f"{said}. {state}",
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
