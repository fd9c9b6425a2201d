"""A person on the floor in virtual time: does what the coach says, and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from firingorder.findings import PairFinding, PhaseFinding, RepetitionFinding, VerdictFinding
from firingorder.measures import Compensation, PhaseTimes
from firingorder.signal.reference import PersonalReference
from firingorder.training.coaching.coach import Coach
from firingorder.training.coaching.deeds import Ask, BeginSet, Note, Say, Score, Silence, Sound
from firingorder.training.coaching.plan import CoachPlan
from firingorder.training.exercises.copies import base_of
from firingorder.training.exercises.loader import load_exercise
from firingorder.training.programmes.expanding import expand
from firingorder.training.programmes.records import Item, Programme
from firingorder.training.safety.facts import FlagState, SafetyFacts
from firingorder.training.safety.flags import RED_FLAGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from firingorder.findings import Event, RepetitionVerdict
    from firingorder.training.coaching.deeds import Deed
    from firingorder.training.coaching.view import Command

MUSCLES = ("gluteus_maximus", "gluteus_medius", "hamstring", "erector_spinae")
CHANNELS = tuple(f"{one}_{side}" for one in MUSCLES for side in ("left", "right"))
TODAY = "2026-11-21"
#: A person who has answered everything lately, and has a therapist.
FLAGS = tuple(FlagState(flag.id, TODAY) for flag in RED_FLAGS)
KNOWN = SafetyFacts(TODAY, first_use=False, therapist=True, flags=FLAGS)
BLOCK_S = 0.1
#: No session in these tests is longer.
LONGEST_S = 5000.0
#: By then all is said that waited for its turn at the end.
SAYING_S = 25.0
#: From a word of the tempo to the movement.
REACTION_S = 0.3


def plan_of(*items: Item, **how: Any) -> CoachPlan:
    """Return the plan of a programme of these items."""
    retention = how.pop("retention_reps", 0)
    policy = how.pop("pain_policy", "strict")
    programme = Programme("test", "Test", items, retention_reps=retention, pain_policy=policy)
    exercises = {item.exercise: load_exercise(item.exercise) for item in items}
    how = {"hat": "therapist", "facts": KNOWN, "questions": True} | how
    return CoachPlan(programme, expand(programme, exercises.__getitem__), exercises, **how)


def verdict(index: int, lead_ms: float, at_s: float, *, wide_ms: float = 20.0) -> VerdictFinding:
    """Return an early verdict with this lead."""
    low, high = lead_ms - wide_ms, lead_ms + wide_ms
    said = _verdict(low, high)
    pair = _pair(lead_ms, low, high)
    return VerdictFinding(index, {}, (pair,), said, None, "both", lead_ms, low, high, at_s)


def repetition(
    index: int,
    start_s: float,
    end_s: float,
    *,
    lead_ms: float | None = None,
    reasons: tuple[str, ...] = (),
    faults: tuple[str, ...] = (),
    cue_s: float | None = None,
    release_s: float | None = None,
) -> RepetitionFinding:
    """Return a final repetition; ``reasons`` unscore it."""
    low = None if lead_ms is None else lead_ms - 20.0
    high = None if lead_ms is None else lead_ms + 20.0
    said: RepetitionVerdict = "unclear"
    pairs: tuple[PairFinding, ...] = ()
    if lead_ms is not None and low is not None and high is not None:
        said, pairs = _verdict(low, high), (_pair(lead_ms, low, high),)
    times = PhaseTimes(start_s, end_s, cue_s=cue_s, release_s=release_s)
    return RepetitionFinding(
        index, 1, start_s, start_s, None, end_s, not reasons, reasons, {}, pairs, said,
        None if lead_ms is not None else "not_asked", "both", lead_ms, low, high, None,
        faults, (), end_s + 0.3, phases=times,
        faults=tuple(Compensation(code, 1.0, 0.5, "1", end_s) for code in faults),
    )  # fmt: skip


def _verdict(low: float, high: float) -> RepetitionVerdict:
    return "glutes_first" if low > 0.0 else "back_first" if high < 0.0 else "unclear"


def _pair(lead_ms: float, low: float, high: float) -> PairFinding:
    said: Literal["a_first", "b_first", "unclear"] = (
        "a_first" if low > 0.0 else "b_first" if high < 0.0 else "unclear"
    )
    return PairFinding(
        "gluteus_maximus_left", "erector_spinae_left", lead_ms, low, high, None, said, None
    )


@dataclass
class Floor:
    """Coach, clock and everything that was wanted, with its time.

    Attributes
    ----------
    pace_s
        How long a repetition at the own pace takes.
    leads, reasons, faults
        Of each repetition in turn; none: no order, scored, clean.
    deaf
        Answers no cue and lifts nothing.
    patience_s
        How long introductions are listened to.
    gap_s
        From what is told of a repetition at the own pace to the next one.
    """

    plan: CoachPlan
    pace_s: float = 4.0
    leads: Callable[[int], float | None] = lambda index: None
    reasons: Callable[[int], tuple[str, ...]] = lambda index: ()
    faults: Callable[[int], tuple[str, ...]] = lambda index: ()
    deaf: bool = False
    block_s: float = BLOCK_S
    gap_s: float = 1.5
    patience_s: float = 0.0
    now_s: float = 0.0
    heard: list[tuple[float, str, Deed]] = field(default_factory=list)
    states: list[tuple[float, str]] = field(default_factory=list)
    calls: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    index: int = 0
    _events: list[tuple[float, Event]] = field(default_factory=list)
    _go_s: float | None = None
    _free_s: float = 0.0
    _cued: bool = False
    _over: int = 0

    def __post_init__(self) -> None:
        self.coach = Coach(self.plan, CHANNELS, PersonalReference())
        self._collect()

    def call(self, name: str, *args: Any) -> list[Deed]:
        """Call the coach, keep the call, return what it wants."""
        self.calls.append((name, args))
        getattr(self.coach, name)(*args)
        return self._collect()

    def key(self, name: Command, text: str = "") -> list[Deed]:
        """Press a key."""
        return self.call("command", name, text, self.now_s if self.now_s else None)

    def run(self, seconds: float, until: str = "") -> bool:
        """Let time pass until a state is entered; False: it was not."""
        end_s = self.now_s + seconds
        assert end_s < LONGEST_S, "what is waited for never comes"
        while self.now_s < end_s:
            self.now_s = round(self.now_s + self.block_s, 6)
            self._live()
            self.call("tick", self.now_s)
            if until and self.state == until:
                return True
        return not until

    def lead(self, most_s: float = 3000.0, pain: int | None = 1) -> bool:
        """Do as told until the summary: begin each set, answer each question."""
        self._over += self.state == "summary"
        assert self._over < 50, "the session is over: what is waited for never comes"
        end_s = self.now_s + most_s
        while self.now_s < end_s and self.state != "summary":
            self.run(self.block_s)
            view = self.coach.view
            if view.prompt is not None and pain is not None:
                answers = {"scale": str(pain), "yes_no": "no", "text": "walked"}
                options = view.prompt.options
                self.key("answer", answers.get(view.prompt.kind) or options[0][0])
            elif view.state == "ready":
                self.run(self.patience_s)
                self.key("next")
            elif view.state == "work" and self.marked:
                self.run(1.0)
                self.key("next")
        if self.state == "summary" and self._over == 0:
            self.run(SAYING_S)
        return self.state == "summary"

    @property
    def state(self) -> str:
        """State of the view."""
        return self.coach.view.state

    @property
    def here(self) -> str:
        """Exercise of the set under way."""
        planned = self.coach.view.set
        return "" if planned is None else planned.exercise

    @property
    def marked(self) -> bool:
        """Whether the person marks the repetitions of the set under way."""
        return bool(self.here) and base_of(self.plan.exercises[self.here]) == "own_task"

    def notes(self, kind: str) -> list[dict[str, Any]]:
        """Return the values of all notes of a kind."""
        return [d.values for _, _, d in self.heard if isinstance(d, Note) and d.kind == kind]

    def says(self, since_s: float = 0.0) -> list[str]:
        """Return every key that was said."""
        return [k for t, _, d in self.heard if isinstance(d, Say) and t >= since_s for k in d.keys]

    def sounds(self) -> list[str]:
        """Return every cue that was played."""
        return [d.cue for _, _, d in self.heard if isinstance(d, Sound)]

    def asks(self) -> list[tuple[float, Ask]]:
        """Return every cue to start or to let go, with its time."""
        return [(t, d) for t, _, d in self.heard if isinstance(d, Ask)]

    def _collect(self) -> list[Deed]:
        deeds = self.coach.take()
        state = self.state
        self.heard += [(self.now_s, state, one) for one in deeds]
        if not self.states or self.states[-1][1] != state:
            self.states.append((self.now_s, state))
        for deed in deeds:
            match deed:
                case BeginSet():
                    self._cued = deed.task.template == "CUED_HOLD"
                    self._free_s = 0.0
                case Say(keys=(("lift" | "down"),)) if self._tempo_s and not self.deaf:
                    self._events.clear()
                    self._lift(self.now_s + REACTION_S, self._tempo_s / 0.9)
                case Ask(kind="go") if not self.deaf:
                    self._go_s = self.now_s
                case Ask(kind="go"):
                    missed = self._next(self.now_s, self.now_s + 2.0, ("missed",), self.now_s)
                    self._events.append((self.now_s + 2.2, missed))
                case Ask(kind="release") if self._go_s is not None:
                    go_s, self._go_s = self._go_s, None
                    rep = self._next(go_s + 0.3, self.now_s + 0.5, (), go_s, self.now_s)
                    self._events.append((self.now_s + 1.2, rep))
                case _:
                    pass
        return deeds

    def _next(
        self, start_s: float, end_s: float, why: tuple[str, ...], cue_s: float | None = None,
        release_s: float | None = None,
    ) -> RepetitionFinding:  # fmt: skip
        self.index += 1
        k = self.index
        return repetition(
            k, start_s, end_s, lead_ms=self.leads(k), reasons=why or self.reasons(k),
            faults=self.faults(k), cue_s=cue_s, release_s=release_s,
        )  # fmt: skip

    def _live(self) -> None:
        """Lift where the own pace is asked for, and tell what is due."""
        if self.state == "work" and not self._cued and not self.deaf and not self.marked:
            if not self._events and self.now_s >= self._free_s and not self._tempo_s:
                self._lift(self.now_s, self.pace_s)
        elif self.state != "work":
            self._events.clear()
            self._go_s, self._free_s = None, self.now_s + 1.0
        due = [one for one in self._events if one[0] <= self.now_s]
        self._events = [one for one in self._events if one[0] > self.now_s]
        for _, event in due:
            self.call("hear", event)

    @property
    def _tempo_s(self) -> float:
        """How long a repetition on the tempo of the set takes; 0: it has none."""
        planned = self.coach.view.set
        return 0.0 if planned is None or planned.tempo_s is None else sum(planned.tempo_s)

    def _lift(self, begin_s: float, pace_s: float) -> None:
        k = self.index + 1
        lead_ms = self.leads(k)
        steps = (("lift", 0.0), ("hold", 0.4), ("lower", 0.6), ("rest", 0.9))
        for phase, share in steps:
            at_s = begin_s + share * pace_s
            self._events.append((at_s + 0.1, PhaseFinding(phase, at_s, k)))  # type: ignore[arg-type]
        if lead_ms is not None:
            self._events.append((begin_s + 0.45, verdict(k, lead_ms, begin_s + 0.4)))
        rep = self._next(begin_s, begin_s + 0.9 * pace_s, ())
        self._events.append((begin_s + pace_s, rep))
        self._events.sort(key=lambda one: one[0])
        self._free_s = begin_s + pace_s + self.gap_s


def audible(deeds: Iterable[Deed]) -> bool:
    """Tell whether anything of this is heard."""
    return any(isinstance(one, Say | Sound) for one in deeds)


__all__ = ["Floor", "Score", "Silence", "audible", "plan_of", "repetition", "verdict"]
