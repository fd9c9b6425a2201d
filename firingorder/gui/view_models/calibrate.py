"""The calibration page in words: before it begins, each instant of it, and what it came to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Literal

from firingorder.gui.view_models.desk import strip_order
from firingorder.report.wording import muscle_title, side_letter, split_channel

if TYPE_CHECKING:
    from firingorder.calibration.view import ChannelRow, StepState, WizardView
    from firingorder.gui.view_models.calibration_story import CalibrationStory
    from firingorder.measures import Light
    from firingorder.session.feed import LiveStatus

Tone = Literal["neutral", "go", "good", "look"]
Sign = Literal["", "play", "tick", "again", "swap"]
DotState = Literal["done", "now", "ahead"]
#: Steps in which nobody has to reach anything: lying still, and taps.
NOTHING_TO_REACH = ("rest", "taps")
_TONES: dict[StepState, Tone] = {"go": "go", "review": "good", "rejected": "look"}
#: The pelvis moves the bar of this step.
PELVIS_STEP = "bridges"


@dataclass(frozen=True, slots=True)
class WordsView:
    """What is read from the floor: one instruction. ``more`` are further sentences, smaller."""

    step: str
    title: str
    kicker: str
    instruction: str
    more: tuple[str, ...]
    tone: Tone
    light: Light | None

    @property
    def spoken(self) -> str:
        """The words as one text for a screen reader."""
        return ". ".join(
            part.rstrip(".") for part in (self.step, self.kicker, self.instruction, *self.more)
            if part
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RingView:
    """The countdown. ``share`` of the phase that is left; no number where it waits for a person."""

    share: float
    number: str
    word: str
    tone: Tone
    sign: Sign = ""

    @property
    def spoken(self) -> str:
        """The ring as text."""
        return " ".join(part for part in (self.word, self.number) if part)


@dataclass(frozen=True, slots=True)
class BarRow:
    """One channel that the step is about, with its own small bar."""

    muscle: str
    letter: str
    title: str
    level: float | None
    value: str


@dataclass(frozen=True, slots=True)
class BarView:
    """The live bar with its target, the dots of the tries, the channels of the step."""

    title: str
    level: float | None
    target: float | None
    target_word: str
    dots: tuple[DotState, ...]
    rows: tuple[BarRow, ...]

    @property
    def spoken(self) -> str:
        """The tries as text; a level that moves all the time is not read out."""
        now = sum(dot == "done" for dot in self.dots) + any(dot == "now" for dot in self.dots)
        return f"{self.title}, try {now} of {len(self.dots)}" if self.dots else self.title


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a person can do now, by the names of the wizard's commands."""

    enter: str
    enter_label: str
    pause: bool
    redo: bool
    skip: bool
    back: bool
    swap: bool


def words(view: WizardView, story: CalibrationStory) -> WordsView:
    """Return what is read from the floor."""
    step = f"Step {view.number} of {view.total}"
    said, reasons = view.voice_text, distinct(view.reasons)
    more: tuple[str, ...] = ()
    tone: Tone = "neutral"
    light: Light | None = None
    match view.state:
        case "waiting":
            paused = view.voice_key == "paused"
            kicker = "Paused" if paused else "When you are ready"
            text = "Enter begins this step again." if paused else view.instruction
        case "get_ready":
            kicker = "Get ready"
            text = said if view.step == "montage" and said else view.instruction
        case "go":
            kicker, tone = "Now", "go"
            text = story.asked if view.step == "montage" and story.asked else said
        case "rest":
            kicker, text = "Rest", said or "Rest."
        case "review":
            kicker, tone, light = "Good", "good", "good"
            text = reasons[0] if reasons else "Rest."
            more = reasons[1:]
        case "rejected":
            kicker, tone, light = "Once more", "look", "warn"
            if view.remaining_s is None:
                kicker = "Exchange them?" if view.can_swap else "How to go on?"
            text = reasons[0] if reasons else "This try does not count."
            more = reasons[1:]
        case "done":
            kicker, text = "Done", view.instruction
    return WordsView(step, view.title, kicker, text or view.instruction, more, tone, light)


def distinct(reasons: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sentences, each once: those that differ in a number only say the same."""
    told: dict[str, str] = {}
    for one in reasons:
        told.setdefault(re.sub(r"\d+", "0", one), one)
    return tuple(told.values())


def ring(view: WizardView) -> RingView:
    """Return the countdown."""
    tone = _TONES.get(view.state, "neutral")
    if view.remaining_s is None:
        sign = _sign(view)
        return RingView(1.0 if sign else 0.0, "", "", tone, sign)
    share = 0.0 if view.total_s <= 0.0 else view.remaining_s / view.total_s
    share = round(min(1.0, max(0.0, share)) * 240) / 240  # finer than the eye, coarser than a frame
    if view.state == "review":
        return RingView(share, "", "", tone, "tick")
    label = {"get_ready": "get ready", "go": "go", "rest": "rest", "rejected": "again in"}
    number = str(max(1, ceil(view.remaining_s - 1e-6)))
    return RingView(share, number, label.get(view.state, ""), tone)


def _sign(view: WizardView) -> Sign:
    """Return what waits for a person: a start, an exchange, another try."""
    if view.can_start:
        return "play"
    if view.state != "rejected":
        return ""
    return "swap" if view.can_swap else "again"


def bar(view: WizardView, status: LiveStatus) -> BarView:
    """Return the live bar and the channels of the step."""
    shown = [row for row in view.rows if row.asked]
    order = {status.channels[c]: k for k, c in enumerate(strip_order(status.channels))}
    shown.sort(key=lambda row: order.get(row.name, len(order)))
    reach = view.step not in NOTHING_TO_REACH
    if view.step == PELVIS_STEP:
        title, shown = "Hips", []
    elif view.step in NOTHING_TO_REACH:
        title = "Nothing to reach: lie still" if view.step == "rest" else "Nothing to reach"
    else:
        title = "Your effort"
    target = view.target if reach else None
    return BarView(
        title=title,
        level=_percent(view.level) if reach else None,
        target=None if target is None else min(1.0, _percent(target)),
        target_word="" if target is None else "as before",
        dots=_dots(view),
        rows=tuple(_row(row, status, moves=reach) for row in shown),
    )


def allowed(view: WizardView) -> Allowed:
    """Return what can be done now; Enter always does what is nearest."""
    enter, label = "", "Keep"
    if view.can_start:
        enter, label = "start", "Go on" if view.voice_key == "paused" else "Start"
    elif view.can_swap:
        enter, label = "swap", "Exchange"
    elif view.can_keep:
        enter, label = "keep", "Keep"
    elif view.state == "rejected" and view.can_redo:
        enter, label = "redo", "Redo now"
    running = view.state in ("get_ready", "go", "rest", "review", "rejected")
    return Allowed(enter, label, running, view.can_redo, view.can_skip, view.can_back,
                   view.can_swap)  # fmt: skip


def _percent(level: float) -> float:
    return round(level, 2)


def _dots(view: WizardView) -> tuple[DotState, ...]:
    if view.trials < 2:
        return ()
    if view.state in ("review", "done"):
        return ("done",) * view.trials
    if view.state in ("waiting", "rejected"):
        return ("ahead",) * view.trials
    over = view.state == "rest"
    return tuple(
        "done" if k < view.trial or (over and k == view.trial)
        else "now" if k == max(1, view.trial) else "ahead"
        for k in range(1, view.trials + 1)
    )  # fmt: skip


def _row(row: ChannelRow, status: LiveStatus, *, moves: bool) -> BarRow:
    muscle, side = split_channel(row.name)
    value = ""
    if row.state == "refused":
        value = "no value"
    elif row.value_uv is not None:
        value = amplitude(row.value_uv, status)
    level = _percent(row.level) if moves else None
    return BarRow(muscle, side_letter(side), muscle_title(muscle), level, value)


def amplitude(value_uv: float, status: LiveStatus) -> str:
    """Return an amplitude with its unit; without a known gain there are no microvolts."""
    unit = "µV" if status.calibrated else "a.u."
    digits = 1 if value_uv < 9.95 else 0
    return f"{value_uv:.{digits}f} {unit}" if status.calibrated else f"{value_uv:.3g} {unit}"
