"""What the screen and the voice show of a calibration: one frozen picture at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StepState = Literal["waiting", "get_ready", "go", "rest", "review", "rejected", "done"]
RowState = Literal["idle", "measured", "refused"]
Command = Literal["start", "keep", "redo", "skip", "back", "swap", "pause"]
COMMANDS: tuple[Command, ...] = ("start", "keep", "redo", "skip", "back", "swap", "pause")


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel in the step under way.

    Attributes
    ----------
    name
        Muscle name, after a repair the repaired one.
    asked
        The step is about this channel.
    level
        0 to 1, against the best so far.
    value_uv
        What the step has measured of it so far: rest or reference; None is nothing.
    state
        "refused": it gets no value, ``note`` says why.
    """

    name: str
    asked: bool
    level: float
    value_uv: float | None = None
    state: RowState = "idle"
    note: str = ""


@dataclass(frozen=True, slots=True)
class WizardView:
    """The wizard at one instant.

    Attributes
    ----------
    step, number, total
        Key of the step, which one it is, and of how many.
    state
        "waiting": for a person; "get_ready", "go", "rest": counting down; "review": it worked, goes
        on by itself; "rejected": it did not, ``reasons`` say why, starts again by itself unless
        ``remaining_s`` is None; "done".
    title, instruction
        What the step is called, and one sentence to do.
    voice_key, voice_text
        Changes with each thing to say; the text is what is said, empty for nothing.
    remaining_s, total_s
        Of the phase under way; None: waits for a person.
    trial, trials
        Which try of how many, 0 where there are none.
    level, target
        0 to 1 against the best so far; what to reach again, None where there is nothing yet.
    reasons
        Sentences of what went wrong, or of reservations.
    rows
        All channels, in the order of the device.
    effort
        How references are told: "% of calibration" or "% MVC".
    """

    step: str
    number: int
    total: int
    state: StepState
    title: str
    instruction: str
    voice_key: str
    voice_text: str
    remaining_s: float | None
    total_s: float
    trial: int
    trials: int
    level: float
    target: float | None
    reasons: tuple[str, ...]
    rows: tuple[ChannelRow, ...]
    can_start: bool
    can_keep: bool
    can_redo: bool
    can_skip: bool
    can_back: bool
    can_swap: bool
    effort: str
