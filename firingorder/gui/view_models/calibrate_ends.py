"""The two ends of a calibration: the page that explains it, and what it came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.calibration.words import unit
from firingorder.gui.view_models.calibrate import amplitude
from firingorder.gui.view_models.calibration_story import plan_s
from firingorder.gui.view_models.desk import strip_order
from firingorder.gui.view_models.pages import scored_words, task_words
from firingorder.report.wording import muscle_title, side_letter, split_channel

if TYPE_CHECKING:
    from firingorder.calibration.plan import PlanName
    from firingorder.calibration.reference import Effort
    from firingorder.gui.view_models.calibration_story import CalibrationStory, StepLine
    from firingorder.measures import Light
    from firingorder.session.feed import LiveStatus

_SENTENCES = {
    "full": (
        "You lie on your back with your knees bent and follow one instruction at a time.",
        "Your rest and {effort} of each muscle are measured, so that levels can be told as {unit}.",
        "It takes about {time}, nothing may hurt, and every step can be paused, repeated or "
        "skipped.",
    ),
    "recheck": (
        "You lie on your back with your knees bent and follow one instruction at a time.",
        "Your rest and one squeeze are held against the calibration in use, to see whether it "
        "still fits.",
        "It takes about {time}, nothing may hurt, and every step can be paused, repeated or "
        "skipped.",
    ),
}
_EFFORTS = {"submaximal": "a comfortable squeeze", "maximal": "the hardest squeeze without pain"}
NONE_YET = "No calibration yet. Times and orders do without; levels have no percent."
NO_RECHECK = "There is no calibration to check again yet."


@dataclass(frozen=True, slots=True)
class Choice:
    """One of two things to choose between."""

    name: str
    title: str
    note: str
    chosen: bool
    possible: bool = True


@dataclass(frozen=True, slots=True)
class StartView:
    """The page before a calibration. ``why_not`` is empty where it can begin."""

    title: str
    task: str
    sentences: tuple[str, ...]
    efforts: tuple[Choice, Choice]
    plans: tuple[Choice, Choice]
    in_use: str
    scored: str
    why_not: str

    @property
    def spoken(self) -> str:
        """The page as text for a screen reader."""
        chosen = [one.title for one in (*self.efforts, *self.plans) if one.chosen]
        return " ".join((*self.sentences, *chosen, self.why_not or self.in_use, self.scored))


@dataclass(frozen=True, slots=True)
class FinishChannel:
    """What one channel got, or why it got nothing."""

    muscle: str
    letter: str
    title: str
    value: str
    note: str
    light: Light


@dataclass(frozen=True, slots=True)
class FinishView:
    """What a calibration came to, before it is used."""

    title: str
    sentence: str
    channels: tuple[FinishChannel, ...]
    steps: tuple[StepLine, ...]
    unit: str
    can_apply: bool

    @property
    def spoken(self) -> str:
        """The page as text for a screen reader."""
        lines = [f"{one.letter} {one.title}: {one.value or one.note}" for one in self.channels]
        lines += [f"{step.title}: {' '.join(step.reasons)}" for step in self.steps if step.reasons]
        return " ".join((self.title + ".", self.sentence, *lines))


def start(status: LiveStatus, effort: Effort, plan: PlanName) -> StartView:
    """Return the page before a calibration."""
    known = bool(status.calibration)
    if plan == "recheck" and not known:
        plan = "full"
    told = [
        one.format(
            effort=_EFFORTS[effort], unit=_unit_words(effort), time=_time(plan_s(status, plan,
            effort))
        )
        for one in _SENTENCES[plan]
    ]  # fmt: skip
    full_s = plan_s(status, "full", effort)
    again_s = plan_s(status, "recheck", effort)
    return StartView(
        title="Calibration",
        task=task_words(status),
        sentences=tuple(told),
        efforts=(
            Choice("submaximal", "Comfortable", "firm, never painful; told as % of calibration",
                   effort == "submaximal"),
            Choice("maximal", "As hard as you can", "without pain; told as % MVC",
                   effort == "maximal"),
        ),
        plans=(
            Choice("full", "Everything", f"about {_time(full_s)}", plan == "full"),
            Choice("recheck", "Check again",
                   f"about {_time(again_s)}, pads still in place" if known else NO_RECHECK,
                   plan == "recheck", known),
        ),
        in_use=" ".join((status.calibration or NONE_YET, *status.calibration_notes)),
        scored=scored_words(status),
        why_not=_why_not(status),
    )  # fmt: skip


def finish(status: LiveStatus, story: CalibrationStory) -> FinishView:
    """Return what the calibration came to: channel by channel, and what is missing and why."""
    wizard = story.wizard
    effort = unit("submaximal") if wizard is None else wizard.effort
    found = story.references()
    channels: list[FinishChannel] = []
    # After a repair of the montage the names of the wizard are the right ones.
    names = status.channels if wizard is None else tuple(row.name for row in wizard.rows)
    for column in strip_order(names):
        name = names[column]
        muscle, side = split_channel(name)
        row = found.get(name)
        value, note, light = "", _no_reference(story, muscle), "unknown"
        if story.plan == "recheck" and name not in found:
            note = "as before: this check does not ask for it"
        if row is not None and row.value_uv is not None and row.state == "measured":
            value, note, light = f"100 % = {amplitude(row.value_uv, status)}", "", "good"
        elif row is not None and row.note:
            note, light = row.note, "warn"
        channels.append(
            FinishChannel(muscle, side_letter(side), muscle_title(muscle), value, note, light)
        )
    good = sum(one.light == "good" for one in channels)
    some = bool(story.accepted)
    if story.plan == "recheck":
        title, said = "Checked again", "Use it, and what no longer fits is left out and named."
    else:
        title = f"{good} of {len(channels)} channels have a reference"
        said = f"Levels of these are told as {effort}; the others stay without percent."
        if good == len(channels):
            title, said = "Every channel has a reference", f"Levels are told as {effort}."
    if not some:
        title, said = "Nothing was measured", "Leave, and begin again when it suits."
    return FinishView(title, said, tuple(channels), story.steps(), effort, some)


def _no_reference(story: CalibrationStory, muscle: str) -> str:
    wanted = {
        "gluteus_maximus": "squeeze_glutes",
        "hamstring": "bend_knee",
        "erector_spinae": "lift_back",
        "gluteus_medius": "push_knees_out",
        "tensor_fasciae_latae": "push_knees_out",
    }.get(muscle)
    line = next((one for one in story.steps() if one.key == wanted), None)
    if line is None:
        return "not asked for in this calibration"
    if line.mark == "skipped":
        return "the step was skipped"
    return line.reasons[0] if line.reasons else "no reference"


def _unit_words(effort: Effort) -> str:
    return f"{unit(effort)}, never as strength of the muscle"


def _time(seconds: float) -> str:
    if seconds < 50:
        return f"{round(seconds / 10) * 10 or 10} s"
    minutes = round(seconds / 30) / 2
    whole = f"{minutes:.0f}" if minutes == int(minutes) else f"{minutes:.1f}"
    return f"{whole} minute{'s' if minutes != 1 else ''}"


def _why_not(status: LiveStatus) -> str:
    if status.source == "replay":
        return "A recording cannot be calibrated: it keeps the calibration it was made with."
    if status.connection not in ("streaming", "recovered"):
        return "The belt does not stream. It begins when the belt is back."
    return "" if status.channels else "There are no channels yet."
