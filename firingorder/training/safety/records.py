"""Answers about pain and safety, and what follows from them. Docs: docs/reference/safety.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Hat = Literal["person", "therapist"]
PromptKind = Literal["yes_no", "scale", "choice", "text"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question on the screen, answered by keys alone.

    Attributes
    ----------
    key
        Identity, as it stands in the log: "pain_before", "red_flag.r1", "stop_why".
    kind, options
        "scale" is 0 to 10; ``options`` of a choice are (key, words).
    number, of
        Which question it is, of how many.
    spoken
        Keys of what is said.
    """

    key: str
    text: str
    kind: PromptKind
    options: tuple[tuple[str, str], ...] = ()
    number: int = 1
    of: int = 1
    help: str = ""
    spoken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocked:
    """Training is not begun, or not gone on with.

    ``next_step`` is what to do now; ``override`` whether a therapist may go on with a reason.
    """

    key: str
    text: str
    next_step: str
    urgent: bool = False
    override: bool = False


#: What a prompt is answered with: yes or no, 0 to 10, the key of an option, or words.
Answer = bool | int | str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that is not done in this hat, or not now: why, and what to do instead."""

    action: str
    text: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows from a number of pain, or from a stop.

    Attributes
    ----------
    kind
        ``go_on``; ``hold``: go on, without a step forward, smaller offered; ``reduce``: go on
        easier; ``end_exercise``: this exercise is over for today; ``end_session``: training is.
    key, text, next_step, spoken
        What is said, and what to do; empty texts where nothing is.
    lock
        No step forward in this exercise today.
    """

    kind: Literal["go_on", "hold", "reduce", "end_exercise", "end_session"]
    key: str = ""
    text: str = ""
    next_step: str = ""
    spoken: tuple[str, ...] = ()
    lock: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """One condition of a step forward: whether it is met, in words, with the numbers."""

    key: str
    met: bool
    text: str
    numbers: str
