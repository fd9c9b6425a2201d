"""A set held against its goal: what the coach asks for one set. Docs: docs/reference/goals.md."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.training.goals import held, schedule, words
from firingorder.training.goals.adapting import Adapting
from firingorder.training.goals.aim import aim_of
from firingorder.training.goals.estimate import compared
from firingorder.training.goals.find_it import FindIt
from firingorder.training.goals.judging import Said, judge
from firingorder.training.goals.meters import Meters, Shown
from firingorder.training.goals.own import across_days, baseline_of, inside_of
from firingorder.training.goals.readings import lead_of
from firingorder.training.goals.saying import judged_of, nothing, say
from firingorder.training.goals.source import Source
from firingorder.training.goals.sum_up import Tally, sentences, values_of
from firingorder.training.goals.trace import LevelTrace

if TYPE_CHECKING:
    from firingorder.findings import OnsetFinding, RepetitionFinding, VerdictFinding
    from firingorder.samples import FloatArray
    from firingorder.signal.reference import OwnBaseline, PersonalReference
    from firingorder.signal.repetitions import Cue
    from firingorder.signal.task import TaskSpec
    from firingorder.training.goals.aim import Aim, Side
    from firingorder.training.goals.reading import Reading
    from firingorder.training.goals.records import Change, Judged, Meter
    from firingorder.training.programmes.records import Measure, PlannedSet, RangeName

#: Points of a trace that is drawn: ten a second.
_TRACE_S = 0.1
#: Neighbours taking over is judged from the last two repetitions: these must be new after a rest.
_AFTER_REST = 2
#: Cues remembered, to know which side a repetition was asked of.
_CUES = 16
_NO_ORDER = "This exercise asks for no order: choose another goal than who comes first."


class SetGoal:
    """One set. Pure: what it says follows from what it was given, in that order.

    Attributes
    ----------
    takeover
        Neighbours took over in the newest repetition: rest.
    trips
        How often that was so in this set; a second time ends it.
    notes
        What cannot be shown in this set and why, one sentence each.
    """

    def __init__(
        self,
        planned: PlannedSet,
        task: TaskSpec,
        channels: tuple[str, ...],
        reference: PersonalReference,
        threshold: float | None = None,
        *,
        display_latency_s: float | None = None,
        cue_latency_s: tuple[float, float] | None = None,
    ) -> None:
        self._planned = planned
        self._trace = LevelTrace(channels, reference)
        self._adapting = Adapting(aim_of(planned, task, channels, reference), threshold)
        self._meters = Meters(self._aim, self._trace)
        self._display_latency_s = display_latency_s
        self._cue_latency_s = cue_latency_s
        self._shown = Shown()
        self._line: list[tuple[float, float]] = []
        self._cues: list[Cue] = []
        self._rest_from_s: float | None = None
        self._tally = Tally()
        if planned.range_name is not None:
            self._tally.ranges.append(planned.range_name)
        self._found = FindIt()
        self._number = 0
        self._early: int | None = None
        self._missed: tuple[float, Judged] | None = None
        self._newest: RepetitionFinding | None = None
        self._since_trip = _AFTER_REST
        self.takeover = False
        self.trips = 0
        no_order = self._aim.measure == "lead_ms" and task.primary_pair is None
        notes = (*self._meters.notes, self._adapting.note, _NO_ORDER if no_order else "")
        self.notes = tuple(one for one in notes if one)

    @property
    def meters(self) -> tuple[Meter, ...]:
        """Bars for the screen; the first is the goal's. None while feedback is withheld."""
        return self._shown.meters

    @property
    def tone(self) -> tuple[float | None, float | None]:
        """How loud (glute, back) are, 0 to 1; None: silent."""
        return self._shown.tone

    @property
    def curve(self) -> tuple[tuple[float, float], ...]:
        """The line of a ramp: seconds from the cue, percent."""
        return held.line_of(self._aim) if self._ramp else ()

    @property
    def trace(self) -> tuple[tuple[float, float], ...]:
        """How it was followed: seconds from the cue, percent."""
        return tuple(self._line)

    @property
    def next_threshold(self) -> float | None:
        """Where the threshold stands for the next repetition; None: there is none."""
        return self._adapting.value

    @property
    def changes(self) -> tuple[Change, ...]:
        """How the threshold moved, one entry for each time."""
        return self._adapting.changes

    @property
    def measured(self) -> tuple[float, ...]:
        """Values of the repetitions that count, for retention blocks and for comparing sides."""
        return self._tally.values(self._aim.unit)

    @property
    def inside(self) -> bool | None:
        """Whether the set's median is where it should be, or better; None: there is no band.

        The own band, else the therapist's target (:mod:`firingorder.training.goals.own`).
        """
        if self._tally.relative:
            return None
        return inside_of(self._aim, self._planned.target, self.measured)

    @property
    def relative(self) -> bool:
        """Whether a level had no reference and is in percent of the set's first repetitions."""
        return self._tally.relative

    @property
    def own(self) -> OwnBaseline | None:
        """The own baseline of the measure in this exercise, within a day."""
        return baseline_of(self._aim)

    @property
    def own_across_days(self) -> OwnBaseline | None:
        """The same with the electrodes put on again in between."""
        return across_days(self._aim)

    @property
    def measure(self) -> Measure:
        """What the set is about."""
        return self._aim.measure

    def narrow(self, range_name: RangeName) -> None:
        """Take that the movement is made smaller from now on; the name is the therapist's."""
        self._tally.ranges.append(range_name)

    def asked(self, cue: Cue) -> None:
        """Take a cue that was given to the person."""
        if cue.kind == "go":
            self._cues = [*self._cues[1 - _CUES :], cue]
            self._line.clear()

    def levels(self, t_s: float, percent: FloatArray) -> None:
        """Take the levels of all channels now, ``(n_channels,)`` percent, NaN where unknown.

        ``t_s`` is the end of the 50 ms they are the RMS of.
        """
        self._trace.add(t_s, percent)
        if self._rest_from_s is None:
            self._rest_from_s = t_s
        line = self._follow(t_s, percent)
        if schedule.live(self._planned, self._number + 1):
            self._shown = self._meters.step(t_s, percent, self._aim, self._side, line)
        else:
            self._shown = Shown()

    def onset(self, finding: OnsetFinding) -> None:
        """Take a live onset; nothing is said before there is an order of two."""

    def early(self, verdict: VerdictFinding) -> Judged | None:
        """Return what can be said before the repetition is over, once for each.

        Only of an order: a claim at once, the rest when full windows have been looked at.
        """
        aim, live = self._aim, verdict.stage == "live"
        if aim.measure != "lead_ms" or verdict.index == self._early or verdict.stage == "final":
            return None
        if live and verdict.verdict == "unclear":
            return None
        reading = lead_of(verdict, aim)
        said = judge(reading, aim, verdict.verdict)
        if live and said.outcome == "no_claim":
            return None
        self._early = verdict.index
        number = self._number + 1
        return judged_of(aim, verdict.index, number, reading, said, verdict.decided_at_s)

    def repetition(self, rep: RepetitionFinding) -> Judged:
        """Return what is said of a repetition that is over."""
        cue_s = None if rep.phases is None else rep.phases.cue_s
        if "missed" in rep.reasons:
            return replace(self.missed(rep.start_s if cue_s is None else cue_s), index=rep.index)
        side = self._planned.side if cue_s is None else self._side_of(cue_s)
        if self._planned.kind == "find_it" and "other_side" in rep.reasons:
            return self._other_side(rep, side)
        if not rep.scored:
            return self._not_scored(rep)
        aim = self._aim
        source = Source(
            rep, aim, side, self._trace, self._rest_from_s, self._display_latency_s,
            self._cue_latency_s,
        )  # fmt: skip
        reading, said, parts = say(source, self.measured)
        self._number += 1
        judged = judged_of(aim, rep.index, self._number, reading, said, rep.end_s, parts)
        if self._planned.kind == "find_it":
            judged = self._tried(judged, side, reading)
        self._tally.add(judged, rep)
        self._tally.relative |= reading.relative
        self._adapting.step(judged, self.measured)
        self._watch(rep)
        self._newest, self._rest_from_s = rep, rep.end_s
        return judged

    def missed(self, at_s: float) -> Judged:
        """Return what is said where nothing started within 2 s of the cue given at ``at_s``."""
        if self._missed is not None and self._missed[0] == at_s:
            return self._missed[1]  # told already, by the clock or by the signal chain
        test = self._planned.kind == "find_it"
        self._number += test
        why = words.NOT_SCORED["missed"]
        said = Said("not_scored", "No start seen", why, (), why)
        if test:
            said = replace(said, outcome="miss", spoken=("again",))
            self._found.add(self._side_of(at_s), found=False, value_ms=None, most_ms=None)
        number, aim = self._number if test else 0, self._aim
        judged = judged_of(aim, 0, number, nothing(aim), said, at_s, self._found.parts)
        self._tally.add(judged, None)
        self._missed = at_s, judged
        return judged

    def tell(self, judged: Judged, requested: bool = False) -> tuple[bool, str]:
        """Tell whether this is told now, and else why not (one sentence)."""
        self._tally.requests += requested
        inside = schedule.inside(self._aim, judged, self.measured[:-1])
        return schedule.told(
            self._planned, judged, requested=requested, inside=inside, block=self._block()
        )

    def estimate(self, said: str) -> str:
        """Return a sentence that compares what the person felt with what was measured."""
        sentence, agrees = compared(said, self._newest)
        if agrees is not None:
            self._tally.estimates += 1
            self._tally.matched += agrees
        return sentence

    def summary(self) -> tuple[str, ...]:
        """Return what came out, one sentence each."""
        told = [*sentences(self._tally, self._aim, self.changes), *self._found.sentences()]
        if self.trips:
            told.append(f"Neighbours took over {words.plural(self.trips, 'time')}.")
        return (*told, *self.notes)

    def values(self) -> dict[str, float | int | str | None]:
        """Return what is kept in the log."""
        return {
            **values_of(self._tally, self._aim),
            "takeovers": self.trips,
            "threshold": self.next_threshold,
            **self._found.values(),
        }

    @property
    def _aim(self) -> Aim:
        return self._adapting.aim

    @property
    def _ramp(self) -> bool:
        return self._aim.measure == "ramp_error_percent"

    @property
    def _side(self) -> Side:
        return self._cues[-1].side if self._cues else self._planned.side

    def _side_of(self, at_s: float) -> Side:
        """Return which side was asked for at that time."""
        for cue in reversed(self._cues):
            if cue.at_s <= at_s + 1e-6:
                return cue.side
        return self._planned.side

    def _not_scored(self, rep: RepetitionFinding) -> Judged:
        why = words.not_scored_sentence(rep.reasons)
        said = Said("not_scored", "Not counted", why, (), why)
        judged = judged_of(self._aim, rep.index, 0, nothing(self._aim), said, rep.end_s)
        self._tally.add(judged, rep)
        self._rest_from_s = rep.end_s
        return judged

    def _tried(self, judged: Judged, side: Side, reading: Reading) -> Judged:
        """Count a try of find it; what could not be judged counts for neither."""
        if judged.outcome in ("hit", "miss"):
            found = judged.outcome == "hit"
            self._found.add(side, found=found, value_ms=reading.value, most_ms=reading.high)
        return replace(judged, parts=self._found.parts)

    def _other_side(self, rep: RepetitionFinding, side: Side) -> Judged:
        self._number += 1
        why = words.NOT_SCORED["other_side"]
        said = Said("miss", "The other side", why, ("other_side",), why)
        none = nothing(self._aim)
        judged = judged_of(self._aim, rep.index, self._number, none, said, rep.end_s)
        judged = self._tried(judged, side, none)
        self._tally.add(judged, rep)
        self._rest_from_s = rep.end_s
        return judged

    def _follow(self, t_s: float, percent: FloatArray) -> float | None:
        """Add a point of the trace; return where the line stands now."""
        if not self._ramp or not self._cues or schedule.untold(self._planned):
            return None
        points = held.line_of(self._aim)
        at_s = t_s - self._cues[-1].at_s
        if not 0.0 <= at_s <= points[-1][0]:
            return None
        if not self._line or at_s - self._line[-1][0] >= _TRACE_S - 1e-6:
            level = self._meters.trained(percent, self._side)
            if level is not None:
                self._line.append((at_s, level))
        return held.on_line(points, at_s)

    def _watch(self, rep: RepetitionFinding) -> None:
        """Notice that neighbours took over; after a rest only by repetitions that came after it."""
        self._since_trip += 1
        tripped = any(one.code == "takeover" for one in rep.faults)
        self.takeover = tripped and (self.trips == 0 or self._since_trip >= _AFTER_REST)
        if self.takeover:
            self.trips += 1
            self._since_trip = 0

    def _block(self) -> str:
        """Return what the last five came to, where five have just been done."""
        scored = self._tally.scored
        if not scored or len(scored) % schedule.BLOCK:
            return ""
        return schedule.block_words(scored[-schedule.BLOCK :], self._aim.unit)
