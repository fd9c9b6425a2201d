"""What all states of the coach share: the sets, the clock, what is known, what is to be done.

The coach's time is device time without what passed while the belt was away, so a phase of a set
goes on where it was left. Rest uses device time: who waits for the belt rests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from firingorder.training.coaching.deeds import Note, Say, Score, Silence, Sound
from firingorder.training.coaching.voice import Voice
from firingorder.training.exercises.copies import base_of
from firingorder.training.safety.pain import as_pain

if TYPE_CHECKING:
    from firingorder.signal.reference import PersonalReference
    from firingorder.training.coaching.deeds import Deed
    from firingorder.training.coaching.plan import CoachPlan
    from firingorder.training.coaching.set_run import SetRun
    from firingorder.training.coaching.voice import Manner
    from firingorder.training.exercises.records import Exercise
    from firingorder.training.programmes.records import PlannedSet, RangeName
    from firingorder.training.safety.facts import SafetyFacts
    from firingorder.training.safety.records import Answer, Blocked, Hat

#: More than this between two blocks is an outage; blocks come every 20 ms, slow devices' every
#: few hundred. A proposal.
OUTAGE_S = 1.5


@dataclass(slots=True)
class Course:
    """The session so far.

    Whatever safety remembers of an exercise is under the id of its record: a therapist's copy of
    it is the same movement.

    Attributes
    ----------
    facts
        What the person's log says, and what was answered and decided since.
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
    smaller, ranges
        Exercises to be done smaller, and what the range of an item is called then.
    carried
        What is yet to be said of the last session.
    shut, told_shut
        An exercise that is not open, which the person reads about now; those they have read about.
    introduced, last, last_run, trained
        The item that was introduced; the set that ended last, what is known of it, and whether
        there is any.
    answering
        A key was pressed and nothing said yet.
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
    facts: SafetyFacts
    voice: Voice = field(default_factory=Voice)
    index: int = 0
    run: SetRun | None = None
    now_s: float = 0.0
    time_s: float = 0.0
    started: bool = False
    lost: bool = False
    answering: bool = False
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
    ranges: dict[int, RangeName] = field(default_factory=dict[int, "RangeName"])
    carried: str = ""
    shut: str = ""
    told_shut: set[str] = field(default_factory=set[str])
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

    def base(self, exercise: str) -> str:
        """Return the id of the record that an exercise is, or is a copy of."""
        known = self.plan.exercises.get(exercise)
        return exercise if known is None else base_of(known)

    @property
    def here(self) -> str:
        """Id of the record of the set under way or next; empty after the last one."""
        planned = self.planned
        return "" if planned is None else self.base(planned.exercise)

    def named(self, base: str) -> str:
        """Return what people read for the record of that id."""
        for name, exercise in self.plan.exercises.items():
            if self.base(name) == base:
                return exercise.task.name
        return base.replace("_", " ")

    def say(
        self,
        *keys: str,
        urgent: bool = False,
        manner: Manner = "turn",
        short: tuple[str, ...] = (),
    ) -> None:
        """Say something when its turn comes; ``urgent``: instead of what is being said.

        While the belt is lost there is no clock to wait by, and it is said at once. What answers a
        key is urgent: who has pressed it waits for that.
        """
        if not keys:
            return
        urgent, self.answering = urgent or self.answering, False
        if self.lost and not urgent:
            self.deeds.append(Say(keys, urgent))
        else:
            self.deeds += self.voice.say(keys, "now" if urgent else manner, self.now_s, short)

    def go_on_speaking(self) -> None:
        """Say what waits for its turn, once that has come."""
        moving = self.run is not None and self.run.moving
        self.deeds += self.voice.release(self.now_s, moving=moving)

    def sound(self, cue: str) -> None:
        """Play a cue."""
        self.deeds.append(Sound(cue))

    def silence(self) -> None:
        """End every voice and tone."""
        self.voice.hush()
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
