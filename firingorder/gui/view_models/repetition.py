"""One repetition in words: what it shows, what it withholds, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firingorder.findings import RepetitionFinding, VerdictFinding
from firingorder.report.ladder import Ladder, build_ladder
from firingorder.report.wording import (
    MUSCLE_ORDER,
    VERDICT_WORDS,
    WITHDRAWN,
    half_width,
    not_scored_words,
    reason_words,
    side_note,
    signed_number,
    split_channel,
    verdict_tone,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from firingorder.findings import (
        OnsetEstimate,
        PairFinding,
        RepetitionVerdict,
        SequenceFinding,
        SetForecast,
        Sides,
        UnclearReason,
        VerdictStage,
    )
    from firingorder.measures import Compensation
    from firingorder.report.wording import Shape, Target, Tone

#: Of a repetition whose outcome is not told yet.
KEPT, KEPT_WHY = "Done", "The result is told later."
_DECIDING = ("gluteus_maximus", "erector_spinae")


@dataclass(frozen=True, slots=True)
class RepView:
    """A repetition as the screen knows it: first by its verdict, then by its final finding.

    ``number`` counts within the set. ``scored`` is None until the repetition has ended.
    ``first_told`` is the first outcome other than unclear that was shown of it. ``kept``: its
    outcome is told later, and nothing of it stands here.
    """

    index: int
    number: int
    set_index: int
    verdict: RepetitionVerdict
    reason: UnclearReason | None
    blamed: tuple[str, ...]
    sides: Sides
    lead_ms: float | None
    low_ms: float | None
    high_ms: float | None
    onsets: tuple[tuple[str, OnsetEstimate | None], ...]
    pairs: tuple[PairFinding, ...]
    start_s: float | None = None
    movement_onset_s: float | None = None
    top_s: float | None = None
    end_s: float | None = None
    scored: bool | None = None
    reasons: tuple[str, ...] = ()
    decided_at_s: float = 0.0
    forecast: SetForecast | None = None
    sequence: tuple[SequenceFinding, ...] = ()
    stage: VerdictStage = "final"
    first_told: RepetitionVerdict | None = None
    faults: tuple[Compensation, ...] = ()
    kept: bool = False

    @property
    def shape(self) -> Shape:
        """The shape it is drawn with: a plain disc while its outcome is kept."""
        return "done" if self.kept else self.verdict

    @property
    def withdrawn(self) -> bool:
        """Whether another outcome was shown before this one."""
        return self.first_told is not None and self.first_told != self.verdict

    @property
    def first_onset_s(self) -> float | None:
        """The earliest onset of the repetition."""
        return min((o.onset_s for _, o in self.onsets if o is not None), default=None)


def rep_view(
    finding: VerdictFinding | RepetitionFinding,
    *,
    number: int,
    set_index: int,
    poor: Collection[str] = (),
    known: RepView | None = None,
) -> RepView:
    """Return the view of a finding.

    ``poor`` names the channels whose contact is poor now, ``known`` is what was shown before.
    """
    told = None if finding.verdict == "unclear" else finding.verdict
    common = RepView(
        index=finding.index,
        number=number,
        set_index=set_index,
        verdict=finding.verdict,
        reason=finding.reason,
        blamed=_blamed(finding, poor),
        sides=finding.sides,
        lead_ms=finding.lead_ms,
        low_ms=finding.low_ms,
        high_ms=finding.high_ms,
        onsets=tuple(finding.onsets.items()),
        pairs=finding.pairs,
        decided_at_s=finding.decided_at_s,
        first_told=told if known is None or known.first_told is None else known.first_told,
    )
    if isinstance(finding, VerdictFinding):
        return replace(common, stage=finding.stage)
    return _final(common, finding)


def _final(view: RepView, finding: RepetitionFinding) -> RepView:
    """Return the view with what is known only after the end of the repetition."""
    return replace(
        view,
        start_s=finding.start_s,
        movement_onset_s=finding.movement_onset_s,
        top_s=finding.top_s,
        end_s=finding.end_s,
        scored=finding.scored,
        reasons=finding.reasons,
        forecast=finding.forecast,
        sequence=finding.sequence,
        faults=finding.faults,
    )


def tone_of(rep: RepView, target: Target | None) -> Tone:
    """Return the tone of a repetition: grey where it does not count."""
    if rep.scored is False:
        return "muted"
    return verdict_tone(rep.verdict, target, rep.low_ms, rep.high_ms)


def headline(rep: RepView) -> str:
    """Return the outcome in two words."""
    return KEPT if rep.kept else VERDICT_WORDS[rep.verdict]


def cause(rep: RepView) -> str:
    """Return why nothing is claimed, in plain words; empty when something is."""
    if rep.kept:
        return KEPT_WHY
    return reason_words(rep.reason, rep.blamed) if rep.verdict == "unclear" else ""


def desk_sentence(rep: RepView) -> str:
    """Return the line under the outcome on the desk view, with the half width of the interval."""
    text = floor_sentence(rep, before=True)
    width = half_width(rep.low_ms, rep.high_ms)
    if rep.verdict != "unclear" and width:
        text += f"  {width}"
    return text


def floor_sentence(rep: RepView, *, before: bool = False) -> str:
    """Return the line under the outcome: the lead, or the cause when nothing is claimed."""
    if rep.verdict == "unclear":
        return _capital(cause(rep))
    note = side_note(rep.sides)
    note = f"  ·  {note}" if note else ""
    if rep.lead_ms is None and rep.stage == "live":
        return _first_words(rep, _least_lead(rep), before=before) + note
    if rep.lead_ms is None:
        return note.removeprefix("  ·  ").capitalize()
    lead = f"{abs(round(rep.lead_ms))} ms"
    if rep.verdict == "together":
        return f"Glutes and back {lead} apart{note}"
    return _first_words(rep, lead, before=before) + note


def _first_words(rep: RepView, lead: str, *, before: bool) -> str:
    """Return who was ahead of whom by ``lead``, which may be empty."""
    a, b = ("Glutes", "back") if rep.verdict == "glutes_first" else ("Back", "glutes")
    words = [a, lead, f"before the {b}"] if before else [lead, f"ahead of the {b}"]
    return _capital(" ".join(word for word in words if word))


def _least_lead(rep: RepView) -> str:
    """Return the bound of a lead that is not over yet; empty where none is known."""
    bound = rep.low_ms if rep.verdict == "glutes_first" else rep.high_ms
    return "" if bound is None else f"at least {abs(round(bound))} ms"


def withdrawn_words(rep: RepView) -> str:
    """Return that an outcome shown before holds no longer; empty where none was."""
    return WITHDRAWN if rep.withdrawn else ""


def interval_words(rep: RepView) -> str:
    """Return the 95 % interval of the lead in full; empty where nothing is claimed."""
    if rep.verdict == "unclear" or rep.low_ms is None or rep.high_ms is None:
        return ""
    return f"95 %: {signed_number(rep.low_ms)} to {signed_number(rep.high_ms)} ms"


def sides_words(rep: RepView) -> str:
    """Return both sides in words where they disagree; empty otherwise."""
    if rep.reason != "sides_differ":
        return ""
    said: list[str] = []
    for pair in rep.pairs:
        (a, side), (b, other) = split_channel(pair.a), split_channel(pair.b)
        if (a, b) != _DECIDING or side != other or pair.lead_ms is None:
            continue
        who = {"a_first": "glutes first", "b_first": "back first"}.get(pair.verdict, "undecided")
        said.append(f"{side} {who} ({signed_number(pair.lead_ms)} ms)")
    return _capital("  ·  ".join(said))


def spoken(rep: RepView) -> str:
    """Return the repetition as one sentence for a screen reader."""
    ending = f". {WITHDRAWN}" if rep.withdrawn else ""
    if rep.scored is False:
        ending = f", not scored: {not_scored_words(rep.reasons)}{ending}"
    if rep.kept:
        return f"Rep {rep.number} done. {KEPT_WHY}{ending}"
    if rep.verdict == "unclear":
        return f"Rep {rep.number}, can't tell: {cause(rep)}{ending}"
    words = {"glutes_first": "glutes first", "together": "together", "back_first": "back first"}
    text = f"Rep {rep.number}, {words[rep.verdict]}"
    if rep.lead_ms is not None and rep.verdict != "together":
        text += f" by {abs(round(rep.lead_ms))} ms"
    if rep.sides != "both":
        text += f", {rep.sides} side only"
    return text + ending


def ladder_of(rep: RepView, muscles: tuple[str, ...] = MUSCLE_ORDER) -> Ladder:
    """Return the firing ladder of the repetition, of all muscles or of those named."""
    return build_ladder(
        dict(rep.onsets),
        rep.pairs,
        rep.verdict,
        sides=rep.sides,
        lead_ms=rep.lead_ms,
        movement_onset_s=rep.movement_onset_s,
        muscles=muscles,
        sequence=rep.sequence,
    )


def _blamed(finding: VerdictFinding | RepetitionFinding, poor: Collection[str]) -> tuple[str, ...]:
    """Return the channels an unclear outcome lies with: those that decide, and that failed."""
    if finding.reason is None:
        return ()
    deciding = [c for c in finding.onsets if split_channel(c)[0] in _DECIDING]
    if finding.sides != "both":
        deciding = [c for c in deciding if split_channel(c)[1] == finding.sides]
    if finding.reason == "poor_contact" and any(c in poor for c in deciding):
        return tuple(c for c in deciding if c in poor)
    silent = tuple(c for c in deciding if finding.onsets[c] is None)
    if silent:
        return silent
    faulty = tuple(c for c in deciding if _all_pairs_fail(finding, c))
    return faulty if len(faulty) < len(deciding) else ()


def _all_pairs_fail(finding: VerdictFinding | RepetitionFinding, channel: str) -> bool:
    reasons = [pair.reason for pair in finding.pairs if channel in (pair.a, pair.b)]
    return bool(reasons) and all(reason == finding.reason for reason in reasons)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
