"""What screen and voice show of a training session: one frozen picture at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from firingorder.training.goals.records import Judged, Meter
    from firingorder.training.programmes.records import PlannedSet
    from firingorder.training.safety.records import Blocked, Prompt

#: ``questions``: before the session; ``blocked``: not today, ``blocked`` says why; ``ready``: the
#: exercise is introduced and waits; ``get_ready``: counts down; ``work``: the set is under way;
#: ``pain``: asked after a set; ``rest``; ``takeover``: a rest because neighbours took over;
#: ``after``: questions at the end; ``summary``: what came out; ``paused``; ``stopped``: STOP, then
#: its two questions.
CoachState = Literal[
    "questions", "blocked", "ready", "get_ready", "work", "pain", "rest", "takeover", "after",
    "summary", "paused", "stopped",
]  # fmt: skip
WorkPhase = Literal["wait", "lift", "hold", "lower", "squeeze", "let_go", "quiet", "follow", "task"]
Command = Literal[
    "next", "back", "stop", "resume", "pause", "go_on", "answer", "tell", "estimate", "skip",
    "smaller", "override", "end",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class CoachView:
    """The session at one instant.

    Attributes
    ----------
    state
        See :data:`CoachState`.
    planned, index
        All sets of the session in order, and which one is under way or next.
    title, instruction
        What is done now, and one sentence to do.
    phase, phase_left_s, phase_total_s
        Of a set under way; seconds None where the person sets the pace.
    left_s, total_s
        Of the state (rest, countdown); None: waits for a person.
    done, asked
        Scored repetitions of this set, and how many are asked for.
    history
        What was judged in this set.
    told
        The newest result that may be shown now; None: none yet, or withheld by the schedule.
    withheld
        Why the newest result is not shown: "This set is without feedback". Empty: it is shown.
    can_tell
        "on_request": a result waits for the key.
    estimate
        The question before the result is open.
    meters
        Bars for the screen; the first is the goal's.
    curve, trace
        Of a ramp: seconds from the cue and percent, asked for and done.
    tone
        (glute, back) of the continuous tone, 0 to 1, None: silent.
    prompt, blocked
        A question; why there is no training.
    threshold
        Where the adaptive threshold stands, with its unit: "42 %". Empty: none.
    lines
        Sentences: of the introduction, of the set that ended, of the summary.
    message
        What just happened, one sentence: why a repetition was not counted, what was refused, how
        the estimate compares. Empty: nothing to be told.
    """

    state: CoachState
    planned: tuple[PlannedSet, ...] = ()
    index: int = 0
    title: str = ""
    instruction: str = ""
    phase: WorkPhase = "wait"
    phase_left_s: float | None = None
    phase_total_s: float = 0.0
    left_s: float | None = None
    total_s: float = 0.0
    done: int = 0
    asked: int = 0
    history: tuple[Judged, ...] = ()
    told: Judged | None = None
    withheld: str = ""
    can_tell: bool = False
    estimate: bool = False
    meters: tuple[Meter, ...] = ()
    curve: tuple[tuple[float, float], ...] = ()
    trace: tuple[tuple[float, float], ...] = ()
    tone: tuple[float | None, float | None] = (None, None)
    prompt: Prompt | None = None
    blocked: Blocked | None = None
    threshold: str = ""
    lines: tuple[str, ...] = ()
    message: str = ""
    can_next: bool = False
    can_back: bool = False
    can_skip: bool = False

    @property
    def set(self) -> PlannedSet | None:
        """The set under way or next."""
        return self.planned[self.index] if self.index < len(self.planned) else None
