"""The floor view: one outcome, one sentence, three rows, one phase. Read lying down, from afar."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Literal

from firingorder.gui.view_models.cue_line import CueLine, cue_line
from firingorder.gui.view_models.repetition import (
    floor_sentence,
    headline,
    ladder_of,
    sides_words,
    spoken,
    tone_of,
    withdrawn_words,
)
from firingorder.report.wording import (
    NOTHING,
    format_deg,
    not_scored_words,
    plain_channel,
    split_channel,
)

if TYPE_CHECKING:
    from firingorder.gui.view_models.live_model import LiveModel
    from firingorder.gui.view_models.repetition import RepView
    from firingorder.report.ladder import Ladder
    from firingorder.report.wording import Shape, Tone

FLOOR_MUSCLES = ("gluteus_maximus", "hamstring", "erector_spinae")
#: End of the hip gauge before any repetition was seen, degrees: a full bridge lifts about 30-40.
FIRST_GAUGE_DEG = 40.0


@dataclass(frozen=True, slots=True)
class BandView:
    """The outcome across the top. ``verdict`` is None while a repetition is under way.

    ``cue`` stands below it, unless the sentence tells what to do already.
    """

    verdict: Shape | None
    tone: Tone
    headline: str
    sentence: str
    count: int
    total: int
    spoken: str
    cue: CueLine | None = None


@dataclass(frozen=True, slots=True)
class FloorLadderView:
    """Three rows; ``late_muscle`` is tinted, and only against a target."""

    ladder: Ladder | None
    titles: tuple[str, ...]
    tone: Tone
    tinted: str
    spoken: str


@dataclass(frozen=True, slots=True)
class PhaseView:
    """Where the movement is. ``number`` counts seconds in holds and rests, else there is an arrow.

    ``hips`` is None without an IMU. ``fill`` and ``mark`` are shares of the gauge.
    """

    word: str
    arrow: Literal["", "up", "down"]
    number: str
    hips: str | None
    fill: float
    mark: float | None
    spoken: str


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One repetition of the set as a shape."""

    verdict: Shape | None
    tone: Tone
    state: Literal["done", "not_scored", "next", "ahead"]


@dataclass(frozen=True, slots=True)
class HistoryView:
    """The set as a row of shapes."""

    title: str
    items: tuple[HistoryItem, ...]
    spoken: str


@dataclass(frozen=True, slots=True)
class ContactView:
    """Which pad is loose: every pad by name, in two rows, left above right."""

    title: str
    sentence: str
    pads: tuple[tuple[str, bool], ...]


def band(model: LiveModel) -> BandView:
    """Return the verdict band with its one instruction."""
    done = [rep for rep in model.set_reps if rep.scored is not False]
    rep, total = model.floor_rep, model.status.reps_per_set
    if rep is None:
        started = model.last_rep is not None
        title = f"Rep {len(model.set_reps) + 1}" if started else f"Set {model.status.set_index}"
        said = "Keep going" if started else "Lift when you are ready"
        return BandView(None, "neutral", title, said, len(done), total, f"{title}. {said}")
    cued = _order_cue(rep, model)
    cue = None if cued else cue_line(rep, model.target, model.status.working_side)
    return BandView(
        rep.verdict,
        tone_of(rep, model.target),
        headline(rep),
        "  ·  ".join(part for part in (withdrawn_words(rep), instruction(rep, model)) if part),
        len(done),
        total,
        ". ".join((spoken(rep), *((cue.spoken,) if cue else ()))),
        cue,
    )


def instruction(rep: RepView, model: LiveModel) -> str:
    """Return the line under the outcome: a cue only against a target, else what was measured."""
    if rep.scored is False:
        return f"Not counted: {not_scored_words(rep.reasons[:1])}"
    return _order_cue(rep, model) or sides_words(rep) or floor_sentence(rep)


def _order_cue(rep: RepView, model: LiveModel) -> str:
    """Return what to do about the order, against a target only; empty for nothing."""
    if rep.scored is False or model.target is None or model.target.verdict != "glutes_first":
        return ""
    return {"back_first": "Squeeze first, then lift", "together": "Squeeze a little earlier"}.get(
        rep.verdict, ""
    )


def floor_ladder(model: LiveModel) -> FloorLadderView:
    """Return the three rows: those of the muscles that are measured."""
    rep = model.floor_rep
    if rep is None:
        return empty_ladder(model)
    return ladder_view(rep, model, tone_of(rep, model.target))


def ladder_view(rep: RepView, model: LiveModel, tone: Tone) -> FloorLadderView:
    """Return the rows of a repetition."""
    muscles = _floor_muscles(model)
    tinted = "erector_spinae" if tone in ("back", "close") else ""
    return FloorLadderView(ladder_of(rep, muscles), muscles, tone, tinted, spoken(rep))


def empty_ladder(model: LiveModel) -> FloorLadderView:
    """Return the rows while no repetition is shown, or none may be."""
    return FloorLadderView(None, _floor_muscles(model), "neutral", "", "No repetition shown")


def _floor_muscles(model: LiveModel) -> tuple[str, ...]:
    present = {split_channel(c)[0] for c in model.status.channels}
    return tuple(m for m in FLOOR_MUSCLES if m in present)


def phase_card(model: LiveModel) -> PhaseView | None:
    """Return the phase of the movement with the hip gauge; None when nothing tells it."""
    phase = model.phase
    if model.status.connection == "closed":
        return PhaseView("ENDED", "", "", None, 0.0, None, "Session ended")
    if phase is None and not model.status.has_imu:
        return None
    word, arrow, number = "READY", "", ""
    if phase is not None:
        word = phase.phase.upper()
        seconds = str(int(max(0.0, model.now_s - phase.at_s)) + 1)
        arrow = {"lift": "up", "lower": "down"}.get(phase.phase, "")
        number = "" if arrow else seconds
    hips, fill, mark = _hips(model)
    text = " ".join(part for part in (word.capitalize(), number) if part)
    return PhaseView(
        word,
        "up" if arrow == "up" else "down" if arrow == "down" else "",
        number,
        hips,
        fill,
        mark,
        f"{text}, hips {hips}" if hips else text,
    )


def _hips(model: LiveModel) -> tuple[str | None, float, float | None]:
    if not model.status.has_imu:
        return None, 0.0, None
    usual = median(model.lift_tops_deg) if model.lift_tops_deg else None
    end = usual / 0.8 if usual else FIRST_GAUGE_DEG  # the mark stands at four fifths
    if model.lift_deg is None:
        return NOTHING, 0.0, None
    lift = max(0.0, model.lift_deg)
    return format_deg(lift), min(1.0, round(lift / end, 2)), 0.8 if usual else None


def history(model: LiveModel) -> HistoryView:
    """Return the set as shapes: done, the next one, and those ahead."""
    reps, total = model.set_reps, model.status.reps_per_set
    items: list[HistoryItem] = []
    for rep in reps:
        tone = tone_of(rep, model.target)
        state = "not_scored" if rep.scored is False else "done"
        items.append(HistoryItem(rep.verdict, tone, state))
    scored = sum(item.state == "done" for item in items)
    if scored < total:
        items.append(HistoryItem(None, "neutral", "next"))
        items += [HistoryItem(None, "neutral", "ahead")] * (total - scored - 1)
    title = f"Set {model.status.set_index}"
    return HistoryView(title, tuple(items), f"{title}: {scored} of {total} repetitions")


def _side_left(model: LiveModel) -> bool:
    """Return whether one side still has both of the muscles that decide an outcome."""
    good = set(model.status.channels) - set(model.poor_channels)
    pairs = ((f"gluteus_maximus_{s}", f"erector_spinae_{s}") for s in ("left", "right"))
    return any(set(pair) <= good for pair in pairs)


def contact(model: LiveModel) -> ContactView | None:
    """Return the loose pads, or None when all of them touch."""
    poor = model.poor_channels
    if not poor or model.status.connection in ("lost", "closed", "refused", "idle", "connecting"):
        return None
    names = [plain_channel(c) for c in poor]
    one = len(names) == 1
    title = f"{names[0].capitalize()} is loose" if one else f"{len(names)} pads are loose"
    meanwhile = "Lifts still count." if _side_left(model) else "We wait."
    said = f"Press the {'pad' if one else 'pads'} flat. {meanwhile}"
    ordered = sorted(model.status.channels, key=lambda c: split_channel(c)[1])
    return ContactView(title, said, tuple((plain_channel(c).capitalize(), c in poor)
                                          for c in ordered))  # fmt: skip
