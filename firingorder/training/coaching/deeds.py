"""What the coach wants done. The session does it, in order; nothing here touches the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from firingorder.signal.repetitions import CueKind
    from firingorder.signal.task import TaskSpec


@dataclass(frozen=True, slots=True)
class Say:
    """Say something; ``keys`` are clips or texts. ``urgent`` cuts off what is being said."""

    keys: tuple[str, ...]
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Sound:
    """Play a cue by its name (sound/cues.py)."""

    cue: str


@dataclass(frozen=True, slots=True)
class Silence:
    """End every voice and tone at once."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Tell the person to start or to let go; counts as given now (signal/repetitions.py, Cue)."""

    kind: CueKind
    side: Literal["both", "left", "right"] = "both"


@dataclass(frozen=True, slots=True)
class BeginSet:
    """A set begins: from now on this task is looked for, on this side, in a set of its own."""

    task: TaskSpec


@dataclass(frozen=True, slots=True)
class Score:
    """Score from now on, or not: nobody trains while resting."""

    on: bool


@dataclass(frozen=True, slots=True)
class Note:
    """Something to be kept in the recording and told in event lines: kind and plain values."""

    kind: str
    values: dict[str, Any]


Deed = Say | Sound | Silence | Ask | BeginSet | Score | Note
