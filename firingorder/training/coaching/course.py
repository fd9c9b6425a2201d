"""What all states of the coach share: the sets, the clock, what is known, what is to be done.

The coach's time is device time without what passed while the belt was away, so a phase of a set
goes on where it was left. Rest uses device time: who waits for the belt rests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from firingorder.training.coaching.deeds import Note, Say, Score, Silence, Sound
from firingorder.training.safety.pain import as_pain

if TYPE_CHECKING:
    from firingorder.signal.reference import PersonalReference
    from firingorder.training.coaching.deeds import Deed
    from firingorder.training.coaching.plan import CoachPlan
    from firingorder.training.coaching.set_run import SetRun
    from firingorder.training.exercises.records import Exercise
    from firingorder.training.programmes.records import PlannedSet
    from firingorder.training.safety.records import Answer, Blocked, Hat

#: More than this between two blocks is an outage; blocks come every 20 ms, slow devices' every
#: few hundred. A proposal.
OUTAGE_S = 1.5


@dataclass(slots=True)
class Course:
    """The session so far.

    Attributes
    ----------
    index, run
        The set under way or next; what is known of it while it is under way.
    now_s, time_s
        Device time of the newest samples, and the coach's own.
    message
        One sentence about what just happened.
    done
        What came out of each set that ended, as lines for the summary.
    ended
        Exercises that are over for today, and why.
    locked
        Exercises whose progression is locked today.
    introduced, last, last_run, trained
        The item that was introduced; the set that ended last, what is known of it, and whether
        there is any.
    answers, overridden, block
        What was answered before; what a therapist set aside; what ends the training.
    pain_now
        The newest number of pain; None: not told.
    kept
        What the first block without feedback measured, by exercise and side.
    thresholds
        Where the adaptive threshold of an item stands, by item and side.
    """

    plan: CoachPlan
    channels: tuple[str, ...]
    reference: PersonalReference
    hat: Hat
    index: int = 0
    run: SetRun | None = None
    now_s: float = 0.0
    time_s: float = 0.0
    started: bool = False
    lost: bool = False
    message: str = ""
    introduced: int = -1
    last: PlannedSet | None = None
    last_run: SetRun | None = None
    trained: bool = False
    scoring: bool | None = None
    pain_now: int | None = None
    kept: dict[tuple[str, str], tuple[float, ...]] = field(
        default_factory=dict[tuple[str, str], tuple[float, ...]]
    )
    answers: dict[str, Answer] = field(default_factory=dict[str, "Answer"])
    overridden: set[str] = field(default_factory=set[str])
    block: Blocked | None = None
    set_end_s: float = 0.0
    set_lines: tuple[str, ...] = ()
    repetitions: int = 0
    done: list[str] = field(default_factory=list[str])
    ended: dict[str, str] = field(default_factory=dict[str, str])
    locked: set[str] = field(default_factory=set[str])
    smaller: set[str] = field(default_factory=set[str])
    thresholds: dict[tuple[int, str], float] = field(default_factory=dict[tuple[int, str], float])
    deeds: list[Deed] = field(default_factory=list["Deed"])

    @property
    def planned(self) -> PlannedSet | None:
        """The set under way or next; None after the last one."""
        sets = self.plan.planned
        return sets[self.index] if self.index < len(sets) else None

    @property
    def exercise(self) -> Exercise | None:
        """Its exercise."""
        planned = self.planned
        return None if planned is None else self.plan.exercises[planned.exercise]

    @property
    def pain_before(self) -> int | None:
        """Pain at the start of the session; None: not asked."""
        return as_pain(self.answers.get("pain_before"))

    def tick(self, now_s: float) -> bool:
        """Take the device time; True where the belt was away before it."""
        passed_s = now_s - self.now_s if self.started else 0.0
        self.started, self.now_s = True, now_s
        if not 0.0 <= passed_s <= OUTAGE_S:
            return True
        if not self.lost:
            self.time_s += passed_s
        return False

    def say(self, *keys: str, urgent: bool = False) -> None:
        """Say something."""
        if keys:
            self.deeds.append(Say(keys, urgent))

    def sound(self, cue: str) -> None:
        """Play a cue."""
        self.deeds.append(Sound(cue))

    def silence(self) -> None:
        """End every voice and tone."""
        self.deeds.append(Silence())

    def score(self, *, on: bool) -> None:
        """Let repetitions count from now on, or not; said only where it changes."""
        if on != self.scoring:
            self.scoring = on
            self.deeds.append(Score(on))

    def note(self, kind: str, /, **values: Any) -> None:
        """Keep something in the recording."""
        self.deeds.append(Note(kind, values))

    def refuse(self, action: str, sentence: str) -> None:
        """Say why something is not done."""
        self.message = sentence
        self.note("refused", action=action, why=sentence)
        self.say("not_now")
