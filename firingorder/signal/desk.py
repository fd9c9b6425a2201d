"""The desk where repetitions are judged: early, as soon as the windows are full, and finally.

A job waits for the sample index it needs, never for a clock, and uses samples up to that index
only, so its result does not depend on when it is done.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import RepetitionFinding, VerdictFinding
from firingorder.signal.account import RepetitionAccount, repetition_account
from firingorder.signal.cleaning import clean, with_pops
from firingorder.signal.conditioning import ConditioningParams
from firingorder.signal.judging import (
    judge,
    shifted,
    with_contact,
    with_crosstalk,
    with_timing_error,
)
from firingorder.signal.learnt import Learnt
from firingorder.signal.refine import OnsetResult, refine
from firingorder.signal.repetitions import RepetitionStart
from firingorder.signal.timing_error import timing_error

if TYPE_CHECKING:
    from firingorder.findings import Finding, RepetitionVerdict
    from firingorder.samples import EmgLayout
    from firingorder.signal.cleaning import CleanExcerpt
    from firingorder.signal.desk_params import DeskParams
    from firingorder.signal.history import AnalysisClock, Excerpt, History
    from firingorder.signal.judging import Judgement
    from firingorder.signal.order import OrderParams
    from firingorder.signal.posterior import OnsetPosterior
    from firingorder.signal.prior import PriorParams, PriorWeights
    from firingorder.signal.refine import OnsetParams
    from firingorder.signal.repetitions import RepetitionEnd
    from firingorder.signal.task import TaskSpec


_OPPOSITE: dict[RepetitionVerdict | None, RepetitionVerdict] = {
    "glutes_first": "back_first",
    "back_first": "glutes_first",
}
#: A start is looked at this long before it would leave the history: more than any block.
_SPARE_S = 1.0


@dataclass(slots=True)
class _Job:
    """One judgement that waits for samples or is being done, a channel at a time."""

    start: RepetitionStart
    end: RepetitionEnd | None
    set_index: int
    extra_reasons: tuple[str, ...]
    needed: int
    excerpt: Excerpt | None = None
    cleaned: CleanExcerpt | None = None
    results: dict[str, OnsetResult] = field(default_factory=dict[str, OnsetResult])


class Desk:
    """Queues the repetitions of a task and turns them into findings, in their order.

    ``before`` is the desk of the task before it: accounts, posteriors and lessons go on. A channel
    in microvolts that is quieter at rest than ``least_rest_uv`` is not connected.
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
        before: Desk | None = None,
    ) -> None:
        self._task = task
        self._layout = layout
        self._history = history
        self._clock = clock
        self._params = desk
        self._onset = onset
        self._order = order
        self._timing_error = timing_error(layout, order.timing)
        self._least_rest_uv = least_rest_uv if layout.calibrated else 0.0
        self._conditioning = conditioning or ConditioningParams()
        self._rate_hz = rate_hz
        self._rate_too_low = layout.rate_hz < self._conditioning.lowest_rate_hz
        self._early_verdicts = early_verdicts
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

    def work(self, *, everything: bool = False) -> list[Finding]:
        """Go on with the first job whose samples are there; ``everything``: finish all jobs.

        An early verdict is done at once, because somebody waits for it; a final one takes a
        channel at a time, so that no block of samples has to wait for all of them.
        """
        findings: list[Finding] = []
        if self._put_off:
            self._save_starts(everything=everything)
        while self._jobs and (everything or self._jobs[0].needed <= self._history.stop):
            job = self._jobs[0]
            at_once = everything or job.end is None or not self._early_verdicts
            self._advance(job, len(self._layout.channels) if at_once else 1)
            if len(job.results) < len(self._layout.channels):
                break
            self._jobs.popleft()
            findings += self._early(job) if job.end is None else self._final(job, job.end)
            if not everything:
                break
        return findings

    def _save_starts(self, *, everything: bool) -> None:
        """Without early verdicts, look early at those starts only that leave the history."""
        for job in list(self._put_off):
            if not everything and job.needed > self._history.stop:
                return
            start_s = self._window_s(job)[0]
            look_back_s = self._params.before_window_s + self._params.cleaning.beats.look_back_s
            leaves = self._history.stop - self._history.capacity + round(_SPARE_S * self._rate_hz)
            lost = self._history.start > self._clock.index(start_s)
            if lost or leaves > self._clock.index(start_s - look_back_s):
                self._put_off.remove(job)
                self._advance(job, len(self._layout.channels))
                self._early_results[job.start.index] = job.results

    def _advance(self, job: _Job, channels: int) -> None:
        if job.excerpt is None:
            job.excerpt = self._excerpt(job)
            job.cleaned = self._clean(job, job.excerpt)
        todo = [name for name in self._layout.channels if name not in job.results]
        for name in todo[:channels]:
            job.results[name] = self._refine(job, job.excerpt, name)

    def _window_s(self, job: _Job) -> tuple[float, float]:
        low, high = self._task.window_s
        return job.start.reference_s + low, job.start.reference_s + high

    def _origin_s(self, job: _Job) -> float:
        """Return the time of a job's first sample, by the clock as it runs in its window."""
        assert job.excerpt is not None
        at = self._clock.index(job.start.reference_s)
        return self._clock.time_s(at) - (at - job.excerpt.index0) / self._rate_hz

    def _excerpt(self, job: _Job) -> Excerpt:
        p = self._params
        first = self._clock.index(self._window_s(job)[0] - p.before_window_s)
        longest = first + round(p.longest_s * self._rate_hz)
        return self._history.excerpt(first, min(job.needed, longest))

    def _clean(self, job: _Job, excerpt: Excerpt) -> CleanExcerpt:
        """Return the excerpt without beats and motion, which samples before it help to know."""
        cleaning = self._params.cleaning
        stop = excerpt.index0 + len(excerpt.emg_uv)
        look_back = round(cleaning.beats.look_back_s * self._rate_hz)
        wide = self._history.excerpt(excerpt.index0 - look_back, stop)
        window = [self._clock.index(t_s) - excerpt.index0 for t_s in self._window_s(job)]
        return clean(
            wide,
            excerpt.index0 - wide.index0,
            (window[0], window[1]),
            self._rate_hz,
            cleaning,
            self._conditioning,
        )

    def _refine(self, job: _Job, excerpt: Excerpt, name: str) -> OnsetResult:
        window_s = self._window_s(job)
        early = self._early_results.get(job.start.index)
        if early is not None and excerpt.index0 > self._clock.index(window_s[0]):
            # The start of so long a repetition is no longer in the history.
            return early[name]
        k = self._layout.channels.index(name)
        assert job.cleaned is not None
        lead_off = excerpt.lead_off[:, k]
        result = refine(
            job.cleaned.emg_uv[:, k],
            excerpt.valid[:, k] & ~lead_off,
            self._rate_hz,
            self._origin_s(job),
            window_s,
            self._onset,
            self._prior(name),
            known_level_uv=self._learnt.level_uv(name),
            saturated=excerpt.saturated[:, k],
            poor_contact=lead_off,
            ignored=job.cleaned.ignored[:, k],
            find_offset=job.end is not None,
        )
        result = with_pops(
            with_contact(result, self._least_rest_uv),
            job.cleaned.pops[:, k],
            self._origin_s(job),
            self._rate_hz,
            cleaning=self._params.cleaning,
        )
        return with_timing_error(shifted(result, k * self._layout.skew_s), self._timing_error)

    def _prior(self, name: str) -> PriorWeights | None:
        return self._learnt.prior(name) if self._params.learn_rises else None

    def _judge(self, job: _Job) -> Judgement:
        assert job.excerpt is not None
        assert job.cleaned is not None
        excerpt = job.excerpt
        known = excerpt.valid & ~excerpt.lead_off & ~job.cleaned.ignored
        clean_uv = np.where(known, job.cleaned.emg_uv, np.nan)
        signals = {name: clean_uv[:, k] for k, name in enumerate(self._layout.channels)}
        results = with_crosstalk(
            job.results,
            signals,
            self._origin_s(job),
            self._rate_hz,
            self._params.crosstalk,
        )
        job.results = results
        return judge(
            results,
            self._task,
            self._order,
            rate_too_low=self._rate_too_low,
            with_sequence=job.end is not None,
        )

    def told_live(self, verdicts: list[VerdictFinding]) -> None:
        """Take note of orders that were told before the early verdict of their repetition."""
        for one in verdicts:
            self._told[one.index] = one
            self._order_told[one.index] = one.verdict

    def _verdict(
        self, job: _Job, judgement: Judgement, told: VerdictFinding | None
    ) -> VerdictFinding:
        assert job.excerpt is not None
        newest = self._clock.time_s(job.excerpt.index0 + len(job.excerpt.emg_uv) - 1)
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

    def _early(self, job: _Job) -> list[Finding]:
        index = job.start.index
        verdict = self._verdict(job, self._judge(job), self._told.get(index))
        self._told[index] = verdict
        if verdict.verdict in _OPPOSITE:
            self._order_told[index] = verdict.verdict
        self._early_results[job.start.index] = job.results
        return [verdict]

    def _final(self, job: _Job, end: RepetitionEnd) -> list[Finding]:
        judgement = self._judge(job)
        told = self._told.pop(end.index, None)
        self._early_results.pop(end.index, None)
        while self._put_off and self._put_off[0].start.index <= end.index:
            self._put_off.popleft()
        changed = told is None or told.verdict != judgement.order.verdict
        verdict = self._verdict(job, judgement, told)
        self._order_told.pop(end.index, None)
        reasons = end.reasons + job.extra_reasons
        assert job.cleaned is not None
        self.accounts[end.index] = repetition_account(
            job.results,
            job.cleaned,
            {name: self._prior(name) for name in self._layout.channels},
            margin_ms=self._task.together_margin_ms,
            usual_hz=self._conditioning.highpass_hz,
            rate_too_low=self._rate_too_low,
        )
        if not reasons:
            self._remember(job.results)
        if self.posteriors is not None:
            self.posteriors[end.index] = {
                name: one.posterior
                for name, one in job.results.items()
                if one.posterior is not None
            }
        final = RepetitionFinding(
            index=end.index,
            set_index=job.set_index,
            start_s=self._start_s(end, job.results),
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
        rise=onset.edge.rise,
    )
