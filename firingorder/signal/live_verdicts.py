"""The order of a repetition while it begins: told as soon as one group can no longer be first.

Tied to the movement: nothing is judged before the segmenter says that a repetition is under way,
so what a muscle does at rest is never told. From then on, at most until the refined early verdict
is due, each block asks whether every muscle of one group has begun after the first of the other:
a muscle that was seen to start by the lead of the two posteriors, a silent one by its silence
(:mod:`firingorder.signal.live_order`). A muscle of which neither can be said stops the claim.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import VerdictFinding
from firingorder.signal.live_order import LiveOrderParams, early_lead, silent_evidence
from firingorder.signal.order import SIDES, lead, minimum
from firingorder.signal.repetitions import RepetitionEnd, RepetitionStart
from firingorder.signal.timing_error import timing_error

if TYPE_CHECKING:
    from firingorder.findings import OnsetEstimate, RepetitionVerdict, Side, Sides
    from firingorder.samples import EmgLayout
    from firingorder.signal.history import AnalysisClock
    from firingorder.signal.live import LiveDetector
    from firingorder.signal.live_params import LiveOnset
    from firingorder.signal.posterior import OnsetPosterior
    from firingorder.signal.repetitions import RepetitionEvent
    from firingorder.signal.settings import Settings
    from firingorder.signal.task import TaskSpec


@dataclass(frozen=True, slots=True)
class LiveVerdictParams:
    """Whether and when a repetition's order is told before its windows are full."""

    told: bool = True
    """Tell it; else the first word is the refined early verdict."""
    order: LiveOrderParams = field(default_factory=LiveOrderParams)
    least_shown_ms: float = 50.0
    """Lower bounds of a lead below this are not shown: they are optimistic there (simulated)."""
    least_rest_share: float = 0.05
    """Power over that of rest below which a channel is dead, not silent: 13 dB down; tone falls by
    9 dB (method.md section 3)."""


@dataclass(frozen=True, slots=True)
class _Movement:
    """A repetition under way; times in seconds of the analysis grid, ``told_s`` of the device."""

    index: int
    reference_s: float
    told_s: float


@dataclass(frozen=True, slots=True)
class _Claim:
    p_second_first: float
    lead_ms: float | None
    low_ms: float
    high_ms: float | None


#: Latest onsets kept of each channel: more than the search window can hold (300 ms to re-arm).
_MOST_ONSETS = 4


class LiveVerdicts:
    """Judges repetitions from what the live detector heard, block by block.

    Times of the detector are sample index over rate; ``clock`` makes device times of them.
    """

    def __init__(
        self,
        settings: Settings,
        task: TaskSpec,
        layout: EmgLayout,
        detector: LiveDetector,
        clock: AnalysisClock,
        rate_hz: float,
    ) -> None:
        self._params = settings.live_verdicts
        too_slow = layout.rate_hz < settings.conditioning.lowest_rate_hz
        self._told = self._params.told and not too_slow
        self._due_s = task.window_s[1] + settings.desk.after_window_s
        self._window_s = task.window_s
        self._layout = layout
        self._timing_error = timing_error(layout, settings.order.timing)
        self._detector = detector
        self._clock = clock
        self._rate_hz = rate_hz
        first, second = task.primary_pair or ("", "")
        names = layout.channels
        self._sides: list[Side] = [
            side
            for side in SIDES
            if task.primary_pair is not None
            and task.working_side in ("both", side)
            and f"{first}_{side}" in names
            and f"{second}_{side}" in names
        ]
        self._glutes = [names.index(f"{first}_{side}") for side in self._sides]
        self._back = [names.index(f"{second}_{side}") for side in self._sides]
        self._heard: list[deque[LiveOnset]] = [deque(maxlen=_MOST_ONSETS) for _ in names]
        self._movement: _Movement | None = None

    def follow(self, event: RepetitionEvent) -> None:
        """Take what the segmenter made known: a repetition opens, or is over."""
        match event:
            case RepetitionStart() if self._told and self._sides:
                reference_s = self._clock.index(event.reference_s) / self._rate_hz
                self._movement = _Movement(event.index, reference_s, event.decided_at_s)
            case RepetitionEnd():
                self._movement = None
            case _:
                pass

    def reset(self) -> None:
        """Forget all, as after an outage or a pause."""
        self._movement = None
        for heard in self._heard:
            heard.clear()

    def step(self, found: list[LiveOnset]) -> list[VerdictFinding]:
        """Take the onsets of a block; return the verdict of the open repetition if there is one.

        The second look of an alarm replaces its first.
        """
        for one in found:
            heard = self._heard[one.channel]
            if heard and heard[-1].alarm_s == one.alarm_s:
                heard.pop()
            heard.append(one)
        if self._movement is None:
            return []
        if self._newest_index() >= round(
            (self._movement.reference_s + self._due_s) * self._rate_hz
        ):
            self._movement = None  # the refined verdict is due
            return []
        verdict = self._judge(self._movement)
        if verdict is None:
            return []
        self._movement = None
        return [verdict]

    def _judge(self, movement: _Movement) -> VerdictFinding | None:
        started = self._started(movement)
        if started is None:
            return None
        glutes = {c: one for c, one in started.items() if c in self._glutes}
        back = {c: one for c, one in started.items() if c in self._back}
        claim = self._claim(glutes, self._back, back)
        if claim is not None:
            return self._finding(movement, claim, "glutes_first")
        claim = self._claim(back, self._glutes, glutes)
        return None if claim is None else self._finding(movement, claim, "back_first")

    def _newest_index(self) -> int:
        x, _, t0_s = self._detector.recent(self._glutes[0])
        return round(t0_s * self._rate_hz) + len(x) - 1

    def _started(self, movement: _Movement) -> dict[int, LiveOnset] | None:
        """Return the onset of each deciding channel in the window; None if one has several."""
        started: dict[int, LiveOnset] = {}
        for c in self._glutes + self._back:
            inside = self._inside(movement, c)
            if len(inside) > 1:
                return None
            if inside:
                started[c] = inside[0]
        return started

    def _inside(self, movement: _Movement, c: int) -> list[LiveOnset]:
        low, high = (movement.reference_s + edge for edge in self._window_s)
        return [one for one in self._heard[c] if low <= one.onset_s <= high]

    def _claim(
        self, first: dict[int, LiveOnset], others: list[int], second: dict[int, LiveOnset]
    ) -> _Claim | None:
        """Whether a muscle of ``first`` began before all of ``others``; None if that is not known.

        The probabilities that one of the others was first add up (union bound); a muscle of the
        first group that is not yet seen can only make it earlier.
        """
        told = first | second
        if not first or not all(self._whole(c, one.onset_s) for c, one in told.items()):
            return None
        a = self._earliest(first)
        final = all(one.final for one in first.values())
        shares: list[float] = []
        lows: list[float] = []
        for c in others:
            if c in second:
                if not (final and second[c].final):
                    return None
                b = lead(a, self._posterior(second[c]))
                shares.append(1.0 - b.p_a_first)
                lows.append(b.low_ms)
            else:
                silent = self._silent(c, a)
                if silent is None:
                    return None
                shares.append(silent[0])
                lows.append(silent[1])
            if sum(shares) >= self._params.order.level:
                return None
        if len(second) < len(others):
            return _Claim(sum(shares), None, min(lows), None)
        whole = lead(a, self._earliest(second))
        return _Claim(1.0 - whole.p_a_first, whole.median_ms, whole.low_ms, whole.high_ms)

    def _whole(self, c: int, onset_s: float) -> bool:
        """Whether no sample is missing or spoilt about an onset, as the refined verdict asks."""
        _, valid, t0_s = self._detector.recent(c)
        start = int((onset_s - self._params.order.reach_s - t0_s) * self._rate_hz)
        return bool(np.all(valid[max(start, 0) :]))

    def _silent(self, c: int, a: OnsetPosterior) -> tuple[float, float] | None:
        """P(the silent channel was first) and the lower bound of the lead; None if it is not known.

        A channel without rest or plateau, with a gap or without contact, and one that is as dead
        as no muscle can be, is not silent; nor is one that has not come within the largest lead
        considered: it may be weaker than usual and have begun unseen.
        """
        model = self._detector.known(c)
        if model is None:
            return None
        x, valid, t0_s = self._detector.recent(c)
        params = self._params.order
        onset_s = a.quantile(0.5)
        begin_s = onset_s - params.reach_s
        if t0_s + len(x) / self._rate_hz > onset_s + params.reach_s:
            return None
        order = len(model.r_rest) - 1
        start = max(order, int((begin_s - t0_s - self._skew_s(c)) * self._rate_hz))
        if start >= len(x) or not np.all(valid[start - order :]):
            return None
        if np.mean(x[start:] ** 2) < self._params.least_rest_share * model.r_rest[0]:
            return None
        evidence = silent_evidence(
            x,
            valid,
            model,
            start,
            t0_s=t0_s + self._skew_s(c),
            rate_hz=self._rate_hz,
            params=params,
        )
        if evidence is None:
            return None
        # What is unknown of the silent channel's time is unknown of the lead.
        found = early_lead(self._timing_error.widened(a), evidence, params)
        return found.p_b_first, found.low_ms

    def _earliest(self, onsets: dict[int, LiveOnset]) -> OnsetPosterior:
        posteriors = [self._posterior(one) for one in onsets.values()]
        return posteriors[0] if len(posteriors) == 1 else minimum(posteriors[0], posteriors[1])

    def _posterior(self, one: LiveOnset) -> OnsetPosterior:
        return self._timing_error.widened(one.posterior.shifted(self._skew_s(one.channel)))

    def _skew_s(self, c: int) -> float:
        return c * self._layout.skew_s

    def _finding(
        self, movement: _Movement, claim: _Claim, verdict: RepetitionVerdict
    ) -> VerdictFinding:
        sides: Sides = "both" if len(self._sides) == 2 else self._sides[0]
        glutes = verdict == "glutes_first"
        low_ms = claim.low_ms
        known = claim.lead_ms is not None or low_ms >= self._params.least_shown_ms
        low, high = (low_ms if known else None), claim.high_ms
        middle = claim.lead_ms
        if not glutes:
            low, high = _negative(high), _negative(low)
            middle = _negative(middle)
        deciding = self._glutes + self._back
        onsets: dict[str, OnsetEstimate | None] = {}
        for c, name in enumerate(self._layout.channels):
            inside = self._inside(movement, c)
            if inside or c in deciding:
                onsets[name] = self._estimate(inside[0]) if inside else None
        newest = self._clock.time_s(self._newest_index())
        return VerdictFinding(
            index=movement.index,
            onsets=onsets,
            pairs=(),
            verdict=verdict,
            reason=None,
            sides=sides,
            lead_ms=middle,
            low_ms=low,
            high_ms=high,
            decided_at_s=max(newest, movement.told_s),
            p_glutes_first=1.0 - claim.p_second_first if glutes else claim.p_second_first,
            stage="live",
        )

    def _estimate(self, one: LiveOnset) -> OnsetEstimate:
        """Return the interval of a live onset in device time."""
        at_s = one.onset_s * self._rate_hz
        dt_s = self._clock.time_s(at_s) - one.onset_s
        return self._posterior(one).shifted(dt_s).estimate


def _negative(value: float | None) -> float | None:
    return None if value is None else -value
