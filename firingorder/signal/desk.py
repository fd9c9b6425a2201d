"""The desk where repetitions are judged: early, as soon as the windows are full, and finally.

A job waits for the sample index it needs, never for a clock, and uses samples up to that index
only, so its result does not depend on when it is done. Where nobody watches it may be done beside
this process, while the next samples are conditioned here; its turn, and all that follows from it,
is the same.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from firingorder.findings import RepetitionFinding, VerdictFinding
from firingorder.signal.case import Case, CaseRules, cleaned_case, decision, refined_channel
from firingorder.signal.conditioning import ConditioningParams
from firingorder.signal.learnt import Learnt
from firingorder.signal.refine import OnsetResult
from firingorder.signal.repetitions import RepetitionStart
from firingorder.signal.timing_error import timing_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.findings import Finding, RepetitionVerdict
    from firingorder.samples import EmgLayout
    from firingorder.signal.account import RepetitionAccount
    from firingorder.signal.case import Beside, Decision
    from firingorder.signal.cleaning import CleanExcerpt
    from firingorder.signal.desk_params import DeskParams
    from firingorder.signal.history import AnalysisClock, History
    from firingorder.signal.judging import Judgement
    from firingorder.signal.order import OrderParams
    from firingorder.signal.posterior import OnsetPosterior
    from firingorder.signal.prior import PriorParams
    from firingorder.signal.refine import OnsetParams
    from firingorder.signal.repetitions import RepetitionEnd
    from firingorder.signal.task import TaskSpec


_OPPOSITE: dict[RepetitionVerdict | None, RepetitionVerdict] = {
    "glutes_first": "back_first",
    "back_first": "glutes_first",
}
#: A start is looked at this long before it would leave the history: more than any block.
_SPARE_S = 1.0


@dataclass(slots=True, eq=False)
class _Job:
    """One judgement that waits for samples or is being done, a channel at a time."""

    start: RepetitionStart
    end: RepetitionEnd | None
    set_index: int
    extra_reasons: tuple[str, ...]
    needed: int
    case: Case | None = None
    cleaned: CleanExcerpt | None = None
    results: dict[str, OnsetResult] = field(default_factory=dict[str, OnsetResult])


class Desk:
    """Queues the repetitions of a task and turns them into findings, in their order.

    ``before`` is the desk of the task before it: accounts, posteriors and lessons go on. A channel
    in microvolts that is quieter at rest than ``least_rest_uv`` is not connected. ``beside`` judges
    finished repetitions elsewhere; it serves only where no early verdicts are wanted.
    """

    def __init__(
        self,
        task: TaskSpec,
        layout: EmgLayout,
        history: History,
        clock: AnalysisClock,
        *,
        desk: DeskParams,
        onset: OnsetParams,
        order: OrderParams,
        prior: PriorParams,
        conditioning: ConditioningParams | None = None,
        rate_hz: float,
        least_rest_uv: float = 0.0,
        early_verdicts: bool = True,
        beside: Beside | None = None,
        before: Desk | None = None,
    ) -> None:
        self._task = task
        self._layout = layout
        self._history = history
        self._clock = clock
        self._params = desk
        conditioning = conditioning or ConditioningParams()
        self._rules = CaseRules(
            channels=layout.channels,
            rate_hz=rate_hz,
            skew_s=layout.skew_s,
            rate_too_low=layout.rate_hz < conditioning.lowest_rate_hz,
            least_rest_uv=least_rest_uv if layout.calibrated else 0.0,
            timing_error=timing_error(layout, order.timing),
            desk=desk,
            onset=onset,
            order=order,
            conditioning=conditioning,
        )
        self._rate_hz = rate_hz
        self._early_verdicts = early_verdicts
        self._beside = None if early_verdicts else beside
        self._handed: tuple[_Job, Callable[[], Decision]] | None = None
        self._put_off: deque[_Job] = deque()
        self._jobs: deque[_Job] = deque()
        self._told: dict[int, VerdictFinding] = {}
        self._order_told: dict[int, RepetitionVerdict] = {}
        self._early_results: dict[int, dict[str, OnsetResult]] = {}
        self._lessons: dict[tuple[str, str], Learnt] = {} if before is None else before.lessons
        self._learnt = self._lessons.setdefault(
            (task.id, task.working_side), _nothing_learnt(layout, desk, prior, onset)
        )
        self.newest_results: dict[str, OnsetResult] = {}
        self.accounts: dict[int, RepetitionAccount] = {} if before is None else before.accounts
        """What each repetition was judged with in the end."""
        self.posteriors: dict[int, dict[str, OnsetPosterior]] | None = (
            None if before is None else before.posteriors
        )
        """Onset posteriors by repetition and channel; kept only once it is a dictionary."""

    @property
    def lessons(self) -> dict[tuple[str, str], Learnt]:
        """What each task of the session has taught so far, by its id and working side."""
        return self._lessons

    @property
    def margin_ms(self) -> float:
        """The equivalence margin in force."""
        return self._task.together_margin_ms

    def set_margin(self, margin_ms: float) -> None:
        """Judge with another equivalence margin from now on."""
        self._task = replace(self._task, together_margin_ms=margin_ms)

    def started(self, start: RepetitionStart, set_index: int) -> None:
        """Queue the early verdict of a repetition."""
        window_end_s = start.reference_s + self._task.window_s[1]
        needed = self._clock.index(window_end_s + self._params.after_window_s) + 1
        queue = self._jobs if self._early_verdicts else self._put_off
        queue.append(_Job(start, None, set_index, (), needed))

    def ended(self, end: RepetitionEnd, set_index: int, extra_reasons: tuple[str, ...]) -> None:
        """Queue the final verdict of a repetition."""
        p = self._params
        window_end_s = end.reference_s + self._task.window_s[1] + p.after_window_s
        needed = self._clock.index(max(window_end_s, end.end_s + p.after_end_s)) + 1
        start = RepetitionStart(end.index, end.reference_s, end.movement_onset_s, end.decided_at_s)
        self._jobs.append(_Job(start, end, set_index, extra_reasons, needed))

    @property
    def busy(self) -> bool:
        """Whether a repetition is being judged elsewhere."""
        return self._handed is not None

    def settle(self) -> list[Finding]:
        """Take what is judged elsewhere, as if it had been judged here when its turn came."""
        if self._handed is None:
            return []
        job, wait = self._handed
        self._handed = None
        assert job.end is not None
        return self._final(job, job.end, wait())

    def work(self, *, everything: bool = False) -> list[Finding]:
        """Go on with the first job whose samples are there; ``everything``: finish all jobs.

        An early verdict is done at once, because somebody waits for it; a final one takes a
        channel at a time, so that no block of samples has to wait for all of them.
        """
        leaving = self._leaving_starts(everything=everything) if self._put_off else []
        ready = bool(self._jobs) and self._is_ready(self._jobs[0], everything)
        findings = self.settle() if everything or ready or leaving else self._settle_in_time()
        self._save_starts(leaving)
        while self._jobs and self._is_ready(self._jobs[0], everything):
            findings += self._go_on(self._jobs[0], everything=everything)
            if not everything:
                break
        return findings

    def _go_on(self, job: _Job, *, everything: bool) -> list[Finding]:
        """Go on with the first job; return what it came to, once it is done."""
        if self._beside is not None and job.end is not None:
            self._jobs.popleft()
            self._handed = job, self._beside(self._case(job))
            return self.settle() if everything else self._settle_in_time()
        at_once = everything or job.end is None or not self._early_verdicts
        self._advance(job, len(self._layout.channels) if at_once else 1)
        if len(job.results) < len(self._layout.channels):
            return []
        self._jobs.popleft()
        assert job.case is not None
        assert job.cleaned is not None
        made = decision(job.case, job.cleaned, job.results)
        return self._early(job, made) if job.end is None else self._final(job, job.end, made)

    def _is_ready(self, job: _Job, everything: bool) -> bool:
        return everything or job.needed <= self._history.stop

    def _leaves_at(self) -> int:
        """Return the sample that the history is about to lose."""
        return self._history.stop - self._history.capacity + round(_SPARE_S * self._rate_hz)

    def _settle_in_time(self) -> list[Finding]:
        """Settle before what the repetition is measured in leaves the history."""
        if self._handed is None:
            return []
        case = self._handed[0].case
        assert case is not None
        return self.settle() if self._leaves_at() > case.wide.index0 + case.skip else []

    def _leaving_starts(self, *, everything: bool) -> list[_Job]:
        """Return the starts put off whose samples leave the history; without early verdicts."""
        found: list[_Job] = []
        for job in self._put_off:
            if not self._is_ready(job, everything):
                break
            start_s = self._window_s(job)[0]
            look_back_s = self._params.before_window_s + self._params.cleaning.beats.look_back_s
            lost = self._history.start > self._clock.index(start_s)
            if lost or self._leaves_at() > self._clock.index(start_s - look_back_s):
                found.append(job)
        return found

    def _save_starts(self, leaving: list[_Job]) -> None:
        """Look early at those starts only that leave the history."""
        for job in leaving:
            if job in self._put_off:
                self._put_off.remove(job)
                self._advance(job, len(self._layout.channels))
                self._early_results[job.start.index] = job.results

    def _advance(self, job: _Job, channels: int) -> None:
        if job.case is None:
            job.case = self._case(job)
            job.cleaned = cleaned_case(job.case)
        assert job.cleaned is not None
        todo = [name for name in self._layout.channels if name not in job.results]
        for name in todo[:channels]:
            job.results[name] = refined_channel(job.case, job.cleaned, name)

    def _window_s(self, job: _Job) -> tuple[float, float]:
        low, high = self._task.window_s
        return job.start.reference_s + low, job.start.reference_s + high

    def _case(self, job: _Job) -> Case:
        """Return all that a job is judged by, the samples with those before that tell of beats."""
        p, clock = self._params, self._clock
        window_s = self._window_s(job)
        first = clock.index(window_s[0] - p.before_window_s)
        stop = min(job.needed, first + round(p.longest_s * self._rate_hz))
        first, stop = self._history.span(first, stop)
        look_back = round(p.cleaning.beats.look_back_s * self._rate_hz)
        wide = self._history.excerpt(first - look_back, stop)
        at = clock.index(job.start.reference_s)
        early = self._early_results.get(job.start.index)
        # The start of so long a repetition may no longer be in the history.
        gone = early is not None and first > clock.index(window_s[0])
        job.case = Case(
            rules=self._rules,
            task=self._task,
            wide=wide,
            skip=first - wide.index0,
            origin_s=clock.time_s(at) - (at - first) / self._rate_hz,
            window_s=window_s,
            window=(clock.index(window_s[0]) - first, clock.index(window_s[1]) - first),
            priors={
                name: self._learnt.prior(name) if p.learn_rises else None
                for name in self._layout.channels
            },
            levels_uv={name: self._learnt.level_uv(name) for name in self._layout.channels},
            early=early if gone else None,
            complete=job.end is not None,
        )
        return job.case

    def told_live(self, verdicts: list[VerdictFinding]) -> None:
        """Take note of orders that were told before the early verdict of their repetition."""
        for one in verdicts:
            self._told[one.index] = one
            self._order_told[one.index] = one.verdict

    def _verdict(
        self, job: _Job, judgement: Judgement, told: VerdictFinding | None
    ) -> VerdictFinding:
        assert job.case is not None
        newest = self._clock.time_s(job.case.wide.index0 + len(job.case.wide.emg_uv) - 1)
        order = judgement.order
        return VerdictFinding(
            index=job.start.index,
            onsets=judgement.onsets,
            pairs=judgement.pairs,
            verdict=order.verdict,
            reason=order.reason,
            sides=order.sides,
            lead_ms=order.lead_ms,
            low_ms=order.low_ms,
            high_ms=order.high_ms,
            decided_at_s=max(newest, job.start.decided_at_s),
            revises=told is not None and told.verdict != order.verdict,
            p_glutes_first=order.p_glutes_first,
            stage="early" if job.end is None else "final",
            reverses=order.verdict == _OPPOSITE.get(self._order_told.get(job.start.index)),
        )

    def _early(self, job: _Job, made: Decision) -> list[Finding]:
        index = job.start.index
        verdict = self._verdict(job, made.judgement, self._told.get(index))
        self._told[index] = verdict
        if verdict.verdict in _OPPOSITE:
            self._order_told[index] = verdict.verdict
        self._early_results[index] = made.results
        return [verdict]

    def _final(self, job: _Job, end: RepetitionEnd, made: Decision) -> list[Finding]:
        judgement, results = made.judgement, made.results
        told = self._told.pop(end.index, None)
        self._early_results.pop(end.index, None)
        while self._put_off and self._put_off[0].start.index <= end.index:
            self._put_off.popleft()
        changed = told is None or told.verdict != judgement.order.verdict
        verdict = self._verdict(job, judgement, told)
        self._order_told.pop(end.index, None)
        reasons = end.reasons + job.extra_reasons
        self.accounts[end.index] = made.account
        if not reasons:
            self._remember(results)
        if self.posteriors is not None:
            self.posteriors[end.index] = {
                name: one.posterior for name, one in results.items() if one.posterior is not None
            }
        final = RepetitionFinding(
            index=end.index,
            set_index=job.set_index,
            start_s=self._start_s(end, results),
            movement_onset_s=end.movement_onset_s,
            top_s=end.top_s,
            end_s=end.end_s,
            scored=not reasons,
            reasons=reasons,
            onsets=judgement.onsets,
            pairs=judgement.pairs,
            verdict=verdict.verdict,
            reason=verdict.reason,
            sides=verdict.sides,
            lead_ms=verdict.lead_ms,
            low_ms=verdict.low_ms,
            high_ms=verdict.high_ms,
            pelvis=end.pelvis,
            compensations=(),
            bursts=judgement.bursts,
            decided_at_s=verdict.decided_at_s,
            p_glutes_first=verdict.p_glutes_first,
            sequence=judgement.sequence,
            task=self._task.id,
            side=self._task.working_side,
        )
        return [verdict, final] if changed else [final]

    def _start_s(self, end: RepetitionEnd, results: dict[str, OnsetResult]) -> float:
        """Return when the repetition began: its first onset, or the movement if none is known."""
        known = [one.estimate.onset_s for one in results.values() if one.estimate is not None]
        return min([*known, end.start_s])

    def _remember(self, results: dict[str, OnsetResult]) -> None:
        self.newest_results = results
        self._learnt.learn(results)


def _nothing_learnt(
    layout: EmgLayout, params: DeskParams, prior: PriorParams, onset: OnsetParams
) -> Learnt:
    return Learnt(
        layout.channels,
        own_repetitions=params.own_repetitions,
        known_levels=params.known_levels,
        prior=prior,
        edge=onset.edge,
    )
