"""Why a repetition got its verdict: what the panel shows of the facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.gui.view_models.desk import strip_order
from firingorder.report.wording import (
    VERDICT_WORDS,
    format_ms,
    muscle_title,
    reason_words,
    side_letter,
    split_channel,
)

if TYPE_CHECKING:
    from firingorder.session.review import Columns
    from firingorder.session.review.why import LeadFacts, OnsetFacts, Why

NO_LEAD = "No lead can be read: one of the two muscles has no start that can be used."
SNR = "{snr:.0f} dB over rest"


@dataclass(frozen=True, slots=True, eq=False)
class WhyLane:
    """One channel: its samples, its posterior, and why it is not used where it is not."""

    muscle: str
    title: str
    letter: str
    column: int
    onset: OnsetFacts
    note: str
    decides: bool


@dataclass(frozen=True, slots=True, eq=False)
class WhyView:
    """Everything the panel draws."""

    title: str
    rule: str
    changes: tuple[str, ...]
    lanes: tuple[WhyLane, ...]
    lead: LeadFacts | None
    lead_words: str
    window_s: tuple[float, float]
    zero_s: float
    columns: Columns
    more: tuple[str, ...]
    key: tuple[object, ...]

    @property
    def spoken(self) -> str:
        """The panel for a screen reader."""
        return " ".join((f"{self.title}.", sentence(self.rule), *self.changes, self.lead_words))


def why_view(facts: Why, columns: Columns, zero_s: float) -> WhyView:
    """Return the panel of one repetition; ``columns`` are its samples in ``facts.window_s``."""
    rep = facts.repetition
    names = [one.channel for one in facts.onsets]
    deciding = () if facts.lead is None else facts.lead.channels
    lanes = tuple(
        _lane(facts.onsets[k], columns, deciding) for k in strip_order(names)
    )  # fmt: skip
    more: list[str] = []
    if facts.excluded_because:
        more.append(f"Excluded: {facts.excluded_because}.")
    if facts.edits:
        many = len(facts.edits)
        more.append(f"{many} start{'s' if many > 1 else ''} set by hand: {_was(facts)}.")
    return WhyView(
        title=f"Why  ·  rep {rep.index}  ·  {VERDICT_WORDS[rep.verdict]}",
        rule=facts.rule,
        changes=tuple(facts.would_change),
        lanes=lanes,
        lead=facts.lead,
        lead_words=_lead_words(facts.lead),
        window_s=facts.window_s,
        zero_s=zero_s,
        columns=columns,
        more=tuple(more),
        key=(rep.index, rep, facts.edits, facts.excluded_because),
    )


def _was(facts: Why) -> str:
    was, now = facts.automatic.verdict, facts.repetition.verdict
    if was == now:
        return "the verdict is the same as it was found"
    return f"it was found as {VERDICT_WORDS[was].lower()}"


def _lane(one: OnsetFacts, columns: Columns, deciding: tuple[str, ...]) -> WhyLane:
    muscle, side = split_channel(one.channel)
    column = columns.channels.index(one.channel) if one.channel in columns.channels else -1
    parts: list[str] = []
    if one.snr_db is not None:
        parts.append(SNR.format(snr=one.snr_db))
    parts += [reason_words(gate, (one.channel,)) for gate in one.gates]
    if one.edit is not None:
        parts.append("set by hand")
    if one.onset is None and not one.gates:
        parts.append("no start found")
    return WhyLane(
        muscle, muscle_title(muscle), side_letter(side), column, one,
        "  ·  ".join(parts), one.channel in deciding,
    )  # fmt: skip


def _lead_words(lead: LeadFacts | None) -> str:
    if lead is None:
        return NO_LEAD
    return (
        f"Lead {format_ms(lead.median_ms)}, 95 %: {format_ms(lead.low_ms)} to "
        f"{format_ms(lead.high_ms)}. Probability that the glutes were first: "
        f"{probability_words(lead.p_glutes_first)}. Margin of together: {lead.margin_ms:.0f} ms."
    )


def probability_words(p: float) -> str:
    """Return a probability with three places; never 1 or 0, which no finite signal says."""
    return "above 0.999" if p > 0.999 else "below 0.001" if p < 0.001 else f"{p:.3f}"


def sentence(text: str) -> str:
    """Return words as a sentence."""
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
