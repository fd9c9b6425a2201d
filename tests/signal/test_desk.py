"""The desk: early and final verdicts, and the rule that a changed verdict is told first."""

from __future__ import annotations

import numpy as np

from firingorder.findings import RepetitionFinding, VerdictFinding
from firingorder.samples import EmgLayout
from firingorder.signal.conditioning import Conditioner, ConditioningParams, RawBlock
from firingorder.signal.desk import Desk
from firingorder.signal.desk_params import DeskParams
from firingorder.signal.history import AnalysisClock, History, TimeAxis
from firingorder.signal.order import OrderParams
from firingorder.signal.prior import PriorParams
from firingorder.signal.refine import OnsetParams
from firingorder.signal.repetitions import RepetitionEnd, RepetitionStart
from firingorder.training.exercises import load_task
from tests.signal.planted import tissue

RATE = 1000.0
NAMES = ("gluteus_maximus_left", "erector_spinae_left")
ONSETS_S = (5.0, 5.12)
STOP_S = 7.0


def desk(seconds: float = 9.0) -> Desk:
    """A desk before a history with one burst of each muscle, glutes 120 ms first."""
    rng = np.random.default_rng(17)
    t = np.arange(round(seconds * RATE)) / RATE
    rise = [np.clip((t - on) / 0.05, 0, 1) * np.clip((STOP_S - t) / 0.1, 0, 1) for on in ONSETS_S]
    x = (2.0 + 60.0 * np.stack(rise, axis=1)) * tissue(rng, len(t), 2)
    conditioner = Conditioner(ConditioningParams(), RATE, 2)
    history = History(30_000, 2)
    for k in range(0, len(x), 20):
        raw = RawBlock(k, x[k : k + 20], np.zeros((20, 2), dtype=np.bool_))
        history.append(conditioner.step(raw), np.zeros(2, dtype=np.bool_))
    axis = TimeAxis(RATE)
    axis.observe(0, 0.0)
    return Desk(
        load_task("bridge"),
        EmgLayout(RATE, NAMES),
        history,
        AnalysisClock(axis, 1.0),
        desk=DeskParams(),
        onset=OnsetParams(),
        order=OrderParams(),
        prior=PriorParams(),
        rate_hz=RATE,
    )


def end(reference_s: float, reasons: tuple[str, ...] = ()) -> RepetitionEnd:
    return RepetitionEnd(1, reference_s, reference_s, reference_s, 6.0, STOP_S, reasons, None, 7.2)


def work(one: Desk) -> list[object]:
    findings: list[object] = []
    for _ in range(10):
        findings += one.work()
    return findings


def test_the_early_verdict_stands_and_the_final_line_follows() -> None:
    table = desk()
    table.started(RepetitionStart(1, 5.06, 5.06, 5.5), 1)
    (early,) = work(table)
    assert isinstance(early, VerdictFinding)
    assert (early.verdict, early.revises, early.sides) == ("glutes_first", False, "left")
    assert early.decided_at_s == 5.61  # 5.06 + 0.40 + 0.15
    table.ended(end(5.07), 1, ())
    (final,) = work(table)
    assert isinstance(final, RepetitionFinding)
    assert (final.verdict, final.scored, final.reasons) == ("glutes_first", True, ())
    assert final.lead_ms is not None
    assert abs(final.lead_ms - 120.0) < 15.0
    assert final.start_s < final.movement_onset_s  # type: ignore[operator]
    for burst in final.bursts:
        assert burst.offset_s is not None
        assert abs(burst.offset_s - STOP_S) < 0.1


def test_a_changed_verdict_is_told_before_the_final_line() -> None:
    """The start is fitted anew at the top of the lift; here the new window misses the onsets."""
    table = desk()
    table.started(RepetitionStart(1, 5.06, 5.06, 5.5), 1)
    work(table)
    table.ended(end(3.5), 1, ())
    revised, final = work(table)
    assert isinstance(revised, VerdictFinding)
    assert isinstance(final, RepetitionFinding)
    assert revised.revises
    assert revised.verdict == final.verdict == "unclear"
    assert revised.onsets == final.onsets


def test_a_repetition_that_was_over_before_its_verdict_gets_one_first() -> None:
    table = desk()
    table.ended(end(5.06, ("too_short",)), 1, ())
    verdict, final = work(table)
    assert isinstance(verdict, VerdictFinding)
    assert isinstance(final, RepetitionFinding)
    assert not verdict.revises
    assert (final.scored, final.reasons) == (False, ("too_short",))
    assert final.verdict == "glutes_first"  # unscored, not unclear


def test_work_waits_for_the_samples_it_needs() -> None:
    table = desk(5.6)
    table.started(RepetitionStart(1, 5.06, 5.06, 5.5), 1)
    assert work(table) == []
    assert len(table.work(everything=True)) == 1


def test_final_work_takes_a_channel_at_a_time() -> None:
    table = desk()
    table.started(RepetitionStart(1, 5.06, 5.06, 5.5), 1)
    table.ended(end(5.06), 1, ())
    assert [len(table.work()) for _ in range(4)] == [1, 0, 1, 0]


def test_a_repetition_longer_than_the_history_keeps_its_early_onsets() -> None:
    table = desk()
    table.started(RepetitionStart(1, 5.06, 5.06, 5.5), 1)
    (early,) = work(table)
    assert isinstance(early, VerdictFinding)
    quiet = Conditioner(ConditioningParams(), RATE, 2)
    for k in range(9000, 44_000, 20):
        raw = RawBlock(k, np.zeros((20, 2)), np.zeros((20, 2), dtype=np.bool_))
        table._history.append(quiet.step(raw), np.zeros(2, dtype=np.bool_))
    late = RepetitionEnd(1, 5.06, 5.06, 5.06, 6.0, 43.0, (), None, 43.2)
    table.ended(late, 1, ())
    final = work(table)[-1]
    assert isinstance(final, RepetitionFinding)
    assert final.onsets == early.onsets
