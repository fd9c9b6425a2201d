"""The tables of simulated people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.movement.faults import FaultCount
from benchmarks.movement.plan import IDLE, WRONG
from benchmarks.movement.rates import NOTHING, error_text, rate_text, share_text, table, wilson
from benchmarks.movement.scoring import Score
from benchmarks.movement.truths import PHASES
from firingorder.signal.metrics.pelvis import AXES
from firingorder.training.exercises import load_task
from firingorder.training.words import tested_on_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.movement.block_cost import BlockCost
    from benchmarks.movement.sessions import Outcome

PACED = ("usual", "slow", "fast")


def repetitions(outcomes: Sequence[Outcome]) -> str:
    """Return how many good repetitions were found."""
    rows: list[tuple[str, ...]] = []
    total: dict[str, list[int]] = {}
    for one in outcomes:
        task = load_task(one.exercise)
        cells: list[str] = []
        for kind in (*PACED, "alone", "uncued"):
            score = one.scores.get(kind, Score())
            cells.append(share_text(score.found, score.good))
            counts = total.setdefault(kind, [0, 0])
            counts[0] += score.found
            counts[1] += score.good
        tested = tested_on_words(task.tested_on)
        rows.append((f"`{one.exercise}`", task.template, *cells, tested))
    sums = [share_text(found, of) for found, of in total.values()]
    rows.append(("all", "", *sums, ""))
    return table(("exercise", "template", *PACED, "EMG alone", "without cues", "tested on"), rows)


def aside(outcomes: Sequence[Outcome]) -> str:
    """Return why good repetitions were not scored."""
    rows: list[tuple[str, ...]] = []
    for one in outcomes:
        good = sum(score.good for score in one.scores.values())
        reasons: Counter[str] = Counter()
        for score in one.scores.values():
            reasons.update(score.aside_reasons)
        if reasons:
            told = ", ".join(f"`{name}` {count}" for name, count in reasons.most_common())
            rows.append((f"`{one.exercise}`", str(good), told))
    return table(("exercise", "good", "set aside"), rows) if rows else "None.\n"


def false(outcomes: Sequence[Outcome]) -> str:
    """Return what was made of attempts that are none, and of nothing."""
    rows: list[tuple[str, ...]] = []
    every: dict[str, Score] = {}
    for one in outcomes:
        active = pooled(one, (*PACED, "uncued"))
        cells = [_partial(active)]
        for kind, score in (
            ("session", active),
            *((k, one.scores.get(k)) for k in (*IDLE, "wrong")),
        ):
            known = score or Score()
            every.setdefault(kind, Score()).add(known)
            cells.append(rate_text(known.false_scored, known.seconds))
        rows.append((f"`{one.exercise}`", *cells, f"`{WRONG[one.exercise]}`"))
    sums = [rate_text(score.false_scored, score.seconds) for score in every.values()]
    rows.append(("all", _partial(every.get("session", Score())), *sums, ""))
    head = ("exercise", "right / unseen / scored", "in sessions", *IDLE, "wrong exercise", "which")
    return table(head, rows)


def _partial(score: Score) -> str:
    if not score.partial:
        return NOTHING
    counts = (score.partial_aside, score.partial_unnoticed, score.partial_scored)
    return " / ".join(str(sum(count.values())) for count in counts)


def phases(outcomes: Sequence[Outcome]) -> str:
    """Return the errors of the refined phases."""
    rows = [
        (
            f"`{one.exercise}`",
            *(error_text(pooled(one, PACED).errors_ms.get(name, [])) for name in PHASES),
        )
        for one in outcomes
    ]
    return table(("exercise", *(name.replace("_", " ") for name in PHASES)), rows)


def live(outcomes: Sequence[Outcome]) -> str:
    """Return errors by pace, and those of the screen."""
    rows: list[tuple[str, ...]] = []
    for one in outcomes:
        cells: list[str] = []
        for pace in PACED:
            errors = one.scores.get(pace, Score()).errors_ms
            first = errors.get("onset") or errors.get("away", [])
            cells.append(f"{_middle(first)} / {_middle(errors.get('end', []))}")
        usual = one.scores.get("usual", Score())
        cells += [error_text(usual.live_ms.get(k, [])) for k in ("away", "far_from", "back", "end")]
        late = usual.live_late_ms.get("away", [])
        cells.append(f"{np.median(late):.0f}" if late else NOTHING)
        rows.append((f"`{one.exercise}`", *cells))
    screen = ("live away", "far from", "back", "end", "told after")
    return table(("exercise", *(f"{pace}: start / end" for pace in PACED), *screen), rows)


def _middle(errors: Sequence[float]) -> str:
    return f"{np.median(np.abs(errors)):.0f}" if len(errors) else NOTHING


def angles(outcomes: Sequence[Outcome]) -> str:
    """Return the errors of the angles and the coverage of what was stated."""
    rows: list[tuple[str, ...]] = []
    for one in outcomes:
        known, worn = one.angles, one.uncalibrated
        if not known.ranges and not worn.ranges:
            continue
        inside = [known.inside.get(axis, []) for axis in AXES]
        shares = [f"{100 * float(np.mean(held)):.0f}" if held else NOTHING for held in inside]
        rows.append(
            (
                f"`{one.exercise}`",
                "; ".join(_two(known.ranges.get(axis, [])) for axis in AXES),
                "; ".join(_two(known.peaks.get(axis, [])) for axis in AXES),
                " / ".join(shares) + f" ({len(inside[0])})",
                "; ".join(_far(worn.ranges.get(axis, [])) for axis in AXES),
            )
        )
    return table(("exercise", "range", "largest", "inside %", "as worn"), rows)


def _two(errors: Sequence[float]) -> str:
    if len(errors) == 0:
        return NOTHING
    middle, far = np.percentile(np.abs(errors), (50, 95))
    return f"{middle:.1f} / {far:.1f}"


def _far(errors: Sequence[float]) -> str:
    return f"{np.percentile(np.abs(errors), 95):.1f}" if len(errors) else NOTHING


def faults(outcomes: Sequence[Outcome]) -> str:
    """Return what was told of each fault of each exercise that asks for it."""
    rows: list[tuple[str, ...]] = []
    every: dict[str, tuple[FaultCount, FaultCount]] = {}
    for one in outcomes:
        for code in load_task(one.exercise).faults:
            count = one.faults.codes.get(code)
            without = one.without.codes.get(code)
            if count is None and without is None:
                continue
            rows.append((f"`{one.exercise}`", f"`{code}`", *_fault(count), _unmeasured(without)))
            for total, part in zip(
                every.setdefault(code, (FaultCount(), FaultCount())), (count, without), strict=True
            ):
                total.add(part or FaultCount())
    for code, (count, without) in sorted(every.items()):
        rows.append(("all", f"`{code}`", *_fault(count), _unmeasured(without)))
    head = ("exercise", "fault", "above, told %", "below, told", "alarms for 100",
            "not measured %", "uncalibrated")  # fmt: skip
    return table(head, rows)


def _fault(count: FaultCount | None) -> tuple[str, str, str, str]:
    if count is None:
        return NOTHING, NOTHING, NOTHING, NOTHING
    alarms = NOTHING
    if count.clean:
        low, high = wilson(count.clean_told, count.clean)
        alarms = f"{100 * count.clean_told / count.clean:.0f} ({100 * low:.0f}-{100 * high:.0f})"
    below = f"{count.below_told} of {count.below}" if count.below else NOTHING
    return share_text(count.above_told, count.above), below, alarms, _unmeasured(count)


def _unmeasured(count: FaultCount | None) -> str:
    if count is None or not count.asked:
        return NOTHING
    return f"{100 * count.unmeasured / count.asked:.0f}"


def costs(known: Sequence[BlockCost]) -> str:
    """Return the CPU of a block."""
    rows = [
        (one.template, f"{one.mean_ms:.3f}", f"{one.p99_ms:.2f}", f"{one.longest_ms:.1f}")
        for one in known
    ]
    return table(("template", "mean", "99 %", "longest (a repetition is measured)"), rows)


def pooled(one: Outcome, kinds: Sequence[str]) -> Score:
    """Return several kinds of sessions as one."""
    out = Score()
    for kind in kinds:
        if kind in one.scores:
            out.add(one.scores[kind])
    return out
