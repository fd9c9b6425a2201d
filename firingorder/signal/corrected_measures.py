"""Metrics of a repetition that follow from onsets, made anew after a person moved one (B1-B7)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import OnsetEstimate
from firingorder.signal.metrics.record import MetricsParams, RepetitionData
from firingorder.signal.metrics.timing import timing_metrics

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding
    from firingorder.measures import Metric
    from firingorder.signal.task import TaskSpec

_REACTION = "B6"


def timing_anew(
    before: RepetitionFinding,
    after: RepetitionFinding,
    task: TaskSpec,
    marked: frozenset[str],
) -> tuple[Metric, ...]:
    """Return the metrics of ``after``: those of ``before``, with times by the new onsets.

    How late the cue was heard is not kept with a repetition: a reaction moves with its onset, and
    is not told of an onset that was not there before.
    """
    if not marked or before.phases is None:
        return before.metrics
    made = {_key(one): one for one in timing_metrics(_data(after, task), MetricsParams())}
    return tuple(_anew(one, made, before, after, marked) for one in before.metrics)


def _anew(
    old: Metric,
    made: dict[tuple[str, str, str], Metric],
    before: RepetitionFinding,
    after: RepetitionFinding,
    marked: frozenset[str],
) -> Metric:
    if old.code == _REACTION:
        return _reaction(old, before, after) if old.subject in marked else old
    return made.get(_key(old), old)


def _reaction(old: Metric, before: RepetitionFinding, after: RepetitionFinding) -> Metric:
    was, now = before.onsets.get(old.subject), after.onsets.get(old.subject)
    if now is None:
        return replace(old, value=None, low=None, high=None, n=0, gate="no_onset")
    if was is None or old.gate is not None or old.value is None or old.unit != "ms":
        gate = old.gate if old.gate not in (None, "no_onset") else "no_latency"
        return replace(old, value=None, low=None, high=None, n=0, gate=gate)
    by_ms = 1e3 * (now.onset_s - was.onset_s)
    low = None if old.low is None else old.low + by_ms
    high = None if old.high is None else old.high + by_ms
    return replace(old, value=old.value + by_ms, low=low, high=high)


def _data(one: RepetitionFinding, task: TaskSpec) -> RepetitionData:
    assert one.phases is not None
    channels = tuple(one.onsets)
    offsets: dict[str, OnsetEstimate | None] = {
        burst.channel: OnsetEstimate(burst.offset_s, burst.offset_low_s, burst.offset_high_s)
        for burst in one.bursts
        if burst.offset_s is not None
        and burst.offset_low_s is not None
        and burst.offset_high_s is not None
    }
    return RepetitionData(
        times_s=np.empty(0),
        emg_uv=np.empty((0, len(channels))),
        channels=channels,
        rate_hz=1000.0,
        phases=one.phases,
        task=task,
        onsets=one.onsets,
        offsets=offsets,
        pairs=one.pairs,
        p_glutes_first=one.p_glutes_first,
    )


def _key(one: Metric) -> tuple[str, str, str]:
    return one.code, one.name, one.subject
