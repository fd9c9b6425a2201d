"""The floor view while the coach leads a set: what is told, the phase, the bars, the history."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Literal

from firingorder.gui.view_models.floor import BandView, HistoryItem, HistoryView, PhaseView
from firingorder.gui.view_models.floor import phase_card as free_phase

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


def leads(view: CoachView | None) -> bool:
    """Return whether the coach leads what is shown on the floor."""
    return view is not None and view.state in ("work", "get_ready", "paused")


def asks_order(planned: PlannedSet | None) -> bool:
    """Return whether the rows of the firing order say something about this set."""
    if planned is None:
        return True
    return planned.mode == "sequence" and planned.kind in _KINDS_WITH_ORDER


def coach_band(view: CoachView, model: LiveModel) -> BandView:
    """Return the band: the newest result that may be told, else what to do."""
    told = view.told
    if view.estimate:
        said = "←  glutes   ↓  together   →  back"
        return _band(view, None, "neutral", "What did you feel?", said)
    if told is not None:
        said = told.why or told.line
        return _band(view, _shape(told, model), _tone(told), told.headline, said)
    title = f"Rep {view.done + 1}" if view.done else view.title
    if view.can_tell:
        return _band(view, None, "neutral", f"Rep {view.done}", "Enter or pedal: tell me")
    return _band(view, None, "neutral", title, view.withheld or view.instruction)


def _band(
    view: CoachView, shape: Shape | None, tone: Tone, headline: str, sentence: str
) -> BandView:
    spoken = f"{headline}. {sentence}" if sentence else headline
    return BandView(shape, tone, headline, sentence, view.done, view.asked, spoken)


def _shape(told: Judged, model: LiveModel) -> Shape | None:
    rep = model.reps.get(told.index)
    if told.measure == "lead_ms" and rep is not None and told.outcome != "not_scored":
        return rep.verdict
    shapes: dict[Outcome, Shape] = {
        "hit": "hit",
        "miss": "miss",
        "no_claim": "unclear",
        "shown": "done",
    }
    return shapes.get(told.outcome)


def _tone(told: Judged) -> Tone:
    if told.outcome in ("no_claim", "not_scored"):
        return "muted"
    if not told.coloured:
        return "neutral"
    return "ok" if told.outcome == "hit" else "back" if told.outcome == "miss" else "neutral"


def coach_phase(view: CoachView, model: LiveModel) -> PhaseView:
    """Return the phase card. Where the person sets the pace the movement itself tells it."""
    planned = view.set
    hips = free_phase(model) if planned is None or planned.hold_s is None else None
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
        hidden = _hidden(view, one)
        shape = "done" if hidden else _shape(one, model)
        items.append(HistoryItem(shape, "neutral" if hidden else _tone(one), "done"))
    if scored < view.asked:
        items.append(HistoryItem(None, "neutral", "next"))
        items += [HistoryItem(None, "neutral", "ahead")] * (view.asked - scored - 1)
    planned = view.set
    title = "Set" if planned is None else f"Set {planned.set_number} of {planned.sets}"
    spoken = f"{title}: {scored} of {view.asked} repetitions"
    return HistoryView(title, tuple(items), spoken)


def _hidden(view: CoachView, one: Judged) -> bool:
    planned = view.set
    if planned is None:
        return False
    if planned.kind in ("screen", "transfer") or planned.retention:
        return True
    if planned.schedule in ("none", "summary", "on_request"):
        return one.index != (view.told.index if view.told is not None else None)
    return 0 < one.number <= len(planned.feedback) and not planned.feedback[one.number - 1]


def coach_meters(view: CoachView) -> MetersView | None:
    """Return bars or the line to follow; None where the set has neither."""
    if not view.meters and not view.curve:
        return None
    target = None if view.set is None else view.set.target
    coloured = target is not None and target.set_by == "therapist"
    bars = tuple(_bar(one, coloured) for one in view.meters[:MOST_METERS])
    end_s = max((at for at, _ in view.curve), default=0.0)
    top = max((level for _, level in (*view.curve, *view.trace)), default=0.0)
    spoken = ". ".join(f"{bar.title} {bar.value}" for bar in bars) or "Follow the line"
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
