"""The floor view while the coach leads: what is told, the phase, the bars, the history."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Literal

from firingorder.gui.view_models.floor import (
    BandView,
    FloorLadderView,
    HistoryItem,
    HistoryView,
    PhaseView,
    empty_ladder,
    ladder_view,
)
from firingorder.gui.view_models.floor import phase_card as free_phase
from firingorder.gui.view_models.telling import judged_tone

if TYPE_CHECKING:
    from firingorder.gui.view_models.live_model import LiveModel
    from firingorder.report.wording import Shape, Tone
    from firingorder.training.coaching.view import CoachView, WorkPhase
    from firingorder.training.goals.records import Judged, Meter, Outcome
    from firingorder.training.programmes.records import PlannedSet

_WORDS: dict[WorkPhase, str] = {
    "wait": "READY",
    "lift": "LIFT",
    "hold": "HOLD",
    "lower": "LOWER",
    "squeeze": "SQUEEZE",
    "let_go": "LET GO",
    "quiet": "QUIET",
    "follow": "FOLLOW",
    "task": "GO ON",
}
#: Bars that can be read from the floor at once.
MOST_METERS = 3
_KINDS_WITH_ORDER = ("work", "screen", "transfer", "return_bend")
#: Results that are held up until the next repetition is under way.
_UNDER_WAY = ("lift", "hold")
ESTIMATE = "←  glutes   ↓  together   →  back"


@dataclass(frozen=True, slots=True)
class MeterBar:
    """One bar: shares of its whole length, 0 to 1; the band is what is aimed at."""

    title: str
    value: str
    fill: float | None
    low: float | None
    high: float | None
    inside: bool
    coloured: bool


@dataclass(frozen=True, slots=True)
class MetersView:
    """Bars, or the line to follow with what was done so far (shares of the chart, 0 to 1)."""

    bars: tuple[MeterBar, ...]
    curve: tuple[tuple[float, float], ...]
    trace: tuple[tuple[float, float], ...]
    spoken: str


def asks_order(planned: PlannedSet | None) -> bool:
    """Return whether the rows of the firing order say something about this set."""
    if planned is None:
        return True
    return planned.mode == "sequence" and planned.kind in _KINDS_WITH_ORDER


def may_colour(planned: PlannedSet | None) -> bool:
    """Return whether a hue may be used: against a target of the therapist, in no test."""
    if planned is None or planned.target is None or planned.target.set_by != "therapist":
        return False
    rewarded = planned.mode in ("activate", "sequence") and planned.kind in ("work", "ramp")
    return rewarded and not planned.retention


def told_now(view: CoachView, model: LiveModel) -> Judged | None:
    """Return the result that stands: until the next repetition has begun."""
    told, phase = view.told, model.phase
    if told is None or view.estimate:
        return None
    next_began = phase is not None and phase.phase in _UNDER_WAY and phase.index > told.index > 0
    return None if next_began else told


def coach_band(view: CoachView, model: LiveModel) -> BandView:
    """Return the band: the newest result that may be told, else what to do."""
    told = told_now(view, model)
    if view.estimate:
        return _band(view, None, "neutral", "What did you feel?", ESTIMATE)
    if told is not None:
        said = view.message if told.outcome != "not_scored" and view.message else told.line
        said = told.why or said
        rep = model.reps.get(told.index)
        return _band(view, _shape(told, model), judged_tone(told, rep), told.headline, said)
    if view.can_tell:
        return _band(view, None, "neutral", f"Rep {view.done}", "T, Enter or pedal: tell me")
    title = f"Rep {min(view.done + 1, view.asked)}" if view.done else view.title
    said = view.message or view.withheld or view.instruction
    return _band(view, None, "neutral", title, said)


def _band(
    view: CoachView, shape: Shape | None, tone: Tone, headline: str, sentence: str
) -> BandView:
    spoken = f"{headline}. {sentence}" if sentence else headline
    return BandView(shape, tone, headline, sentence, view.done, view.asked, spoken)


def _shape(told: Judged, model: LiveModel) -> Shape | None:
    rep = model.reps.get(told.index)
    if told.measure == "lead_ms" and rep is not None and told.outcome != "not_scored":
        short = told.outcome == "miss" and rep.verdict == "glutes_first"  # first, and not enough
        return "miss" if short else rep.verdict
    shapes: dict[Outcome, Shape] = {
        "hit": "hit",
        "miss": "miss",
        "no_claim": "unclear",
        "shown": "done",
    }
    return shapes.get(told.outcome)


def coach_ladder(view: CoachView, model: LiveModel) -> FloorLadderView:
    """Return the rows of the repetition that is told; empty ones while none is."""
    told = told_now(view, model)
    rep = None if told is None or told.outcome == "not_scored" else model.reps.get(told.index)
    if told is None or rep is None:
        return empty_ladder(model)
    return ladder_view(rep, model, judged_tone(told, rep))


def coach_phase(view: CoachView, model: LiveModel) -> PhaseView:
    """Return the phase card. Where the person sets the pace the movement itself tells it."""
    planned = view.set
    moves = asks_order(planned) and (planned is None or planned.hold_s is None)
    hips = free_phase(model) if moves else None
    if view.state != "work":
        return PhaseView("READY", "", "", None, 0.0, None, "Ready")
    own_pace = view.phase_left_s is None and view.phase in ("wait", "lift", "hold", "lower")
    if own_pace and hips is not None:
        return hips
    word = _WORDS[view.phase]
    arrow: Literal["", "up", "down"] = "" if view.phase not in ("lift", "lower") else "up"
    if view.phase == "lower":
        arrow = "down"
    left = "" if view.phase_left_s is None else str(max(0, ceil(view.phase_left_s)))
    number = "" if arrow and not left else left
    if number:
        arrow = ""
    text = f"{word.capitalize()} {number}".strip()
    if hips is None:
        return PhaseView(word, arrow, number, None, 0.0, None, text)
    return PhaseView(word, arrow, number, hips.hips, hips.fill, hips.mark, text)


def coach_history(view: CoachView, model: LiveModel) -> HistoryView:
    """Return the set as shapes; what is not told is a plain disc."""
    items: list[HistoryItem] = []
    scored = 0
    for one in view.history:
        if one.outcome == "not_scored":
            items.append(HistoryItem(None, "neutral", "not_scored"))
            continue
        scored += 1
        rep = model.reps.get(one.index)
        if model.telling.hides(one):
            items.append(HistoryItem("done", "neutral", "done"))
        else:
            items.append(HistoryItem(_shape(one, model), judged_tone(one, rep), "done"))
    if scored < view.asked:
        items.append(HistoryItem(None, "neutral", "next"))
        items += [HistoryItem(None, "neutral", "ahead")] * (view.asked - scored - 1)
    planned = view.set
    title = "Set" if planned is None else f"Set {planned.set_number} of {planned.sets}"
    spoken = f"{title}: {scored} of {view.asked} repetitions"
    return HistoryView(title, tuple(items), spoken)


def coach_meters(view: CoachView) -> MetersView | None:
    """Return bars or the line to follow; None where the set has neither."""
    if not view.meters and not view.curve:
        return None
    coloured = may_colour(view.set)
    bars = tuple(_bar(one, coloured) for one in view.meters[:MOST_METERS])
    end_s = max((at for at, _ in view.curve), default=0.0)
    top = max((level for _, level in (*view.curve, *view.trace)), default=0.0)
    words = (f"{bar.title} {bar.value}{', inside' if bar.inside else ''}" for bar in bars)
    spoken = ". ".join(words) or "Follow the line"
    if end_s <= 0.0 or top <= 0.0:
        return MetersView(bars, (), (), spoken)
    full = 1.15 * top

    def scaled(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        return tuple((min(1.0, at / end_s), min(1.0, level / full)) for at, level in points)

    return MetersView(bars, scaled(view.curve), scaled(view.trace), spoken)


def _bar(one: Meter, coloured: bool) -> MeterBar:
    def share(value: float | None) -> float | None:
        return None if value is None or one.full <= 0.0 else min(1.0, max(0.0, value / one.full))

    figure = "–" if one.value is None else f"{one.value:.0f} {one.unit}".strip()
    fill = share(one.value)
    # To the hundredth, so that nothing is painted that nobody sees.
    shown = None if fill is None else round(fill, 2)
    return MeterBar(one.name, figure, shown, share(one.low), share(one.high), one.inside, coloured)
