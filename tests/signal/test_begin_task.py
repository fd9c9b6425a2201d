"""A session with several exercises: one chain, and every repetition belongs to its own task."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.samples import EmgChunk, EmgLayout, ImuChunk, ImuLayout
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.reference import ChannelReference, PersonalReference
from firingorder.signal.repetitions import Cue
from firingorder.signal.settings import Settings
from firingorder.simulation.exercises.activities import Activity, ActivityBody
from firingorder.simulation.exercises.options import Options
from firingorder.training.exercises import load_task
from tests.signal.streams import Item, body_items, recut, repetitions

if TYPE_CHECKING:
    from firingorder.findings import Finding, RepetitionFinding
    from firingorder.signal.task import TaskSpec

BRIDGE, SQUEEZE = load_task("bridge"), load_task("iso_supine")
SEED, SECONDS = 5, 40.0
FOUR = (
    "gluteus_maximus_left", "erector_spinae_left", "gluteus_maximus_right", "erector_spinae_right",
)  # fmt: skip
#: Told to start and to let go: a squeeze of four seconds.
CUES = ((19.0, 23.0),)


@dataclass(frozen=True)
class Begin:
    """A set begins here."""

    task: TaskSpec


Step = Item | Begin | Cue


@cache
def body() -> ActivityBody:
    print(f"seed {SEED}")
    plan = [Activity("exercise", at_s, 6.0, exercise="bridge") for at_s in (5.0,)]
    plan += [Activity("squeeze", go, let - go, told=True) for go, let in CUES]
    plan += [Activity("exercise", at_s, 6.0, exercise="bridge") for at_s in (31.0,)]
    return ActivityBody(tuple(plan), Options(), seed=SEED, channels=FOUR)


@cache
def steps() -> tuple[Step, ...]:
    """Samples, with a second set of squeezes from 14 s on and bridges again from 27 s on."""
    due: list[tuple[float, Step]] = [(14.0, Begin(SQUEEZE)), (27.0, Begin(BRIDGE))]
    for go, let in CUES:
        due += [(go, Cue("go", go)), (let, Cue("release", let))]
    due.sort(key=lambda one: one[0])
    out: list[Step] = []
    for item in body_items(body(), SECONDS):
        while due and isinstance(item, EmgChunk) and item.t0_s >= due[0][0]:
            out.append(due.pop(0)[1])
        out.append(item)
    return tuple(out)


def fresh(reference: PersonalReference | None = None) -> Pipeline:
    one = body()
    assert one.imu_rate_hz is not None
    assert one.nominal_mount_wxyz is not None
    layout = EmgLayout(one.emg_rate_hz, one.channels)
    imu = ImuLayout(one.imu_rate_hz, one.nominal_mount_wxyz)
    return Pipeline(Settings(), BRIDGE, layout, imu, reference)


def play(pipeline: Pipeline, what: list[Step]) -> list[Finding]:
    findings: list[Finding] = []
    for one in what:
        match one:
            case Begin(task):
                findings += pipeline.begin_task(task)
            case Cue():
                findings += pipeline.cue(one)
            case _:
                findings += pipeline.step(one)
    return findings + pipeline.finish()


@cache
def whole() -> tuple[Pipeline, tuple[Finding, ...]]:
    pipeline = fresh()
    return pipeline, tuple(play(pipeline, list(steps())))


def reps() -> list[RepetitionFinding]:
    return repetitions(list(whole()[1]))


def test_every_repetition_belongs_to_the_task_and_set_it_was_done_in() -> None:
    found = reps()
    print([(one.index, one.set_index, one.task, one.scored, one.reasons) for one in found])
    assert [one.index for one in found] == [1, 2, 3]
    assert [one.set_index for one in found] == [1, 2, 3]
    assert [one.task for one in found] == ["bridge", "iso_supine", "bridge"]
    assert all(one.scored for one in found)
    squeeze = found[1]
    assert squeeze.phases is not None
    assert squeeze.phases.cue_s == pytest.approx(CUES[0][0])
    sets = whole()[0].sets()
    assert [(one.index, one.task, one.scored) for one in sets] == [
        (1, "bridge", 1), (2, "iso_supine", 1), (3, "bridge", 1),
    ]  # fmt: skip
    assert set(whole()[0].accounts()) == {1, 2, 3}


def test_a_task_in_between_moves_no_onset_of_the_one_it_came_between() -> None:
    alone = play(fresh(), [one for one in steps() if not isinstance(one, Begin | Cue)])
    bridges = [one for one in repetitions(alone) if one.scored]
    assert len(bridges) == 2
    for one, same in zip((reps()[0], reps()[2]), bridges, strict=True):
        for name, onset in one.onsets.items():
            other = same.onsets[name]
            assert (onset is None) == (other is None)
            if onset is not None and other is not None:
                assert onset.onset_s == pytest.approx(other.onset_s, abs=1e-4)
                assert onset.high_s - onset.low_s == pytest.approx(
                    other.high_s - other.low_s, abs=1e-3
                )


def test_any_cutting_gives_bit_equal_findings() -> None:
    rng = np.random.default_rng(SEED)
    again: list[Step] = []
    for one in steps():
        again += [one] if isinstance(one, Begin | Cue) else recut([one], rng)
    assert repr(play(fresh(), again)) == repr(list(whole()[1]))


def test_what_a_task_taught_is_no_prior_of_another_and_is_there_when_it_comes_back() -> None:
    lessons = whole()[0]._work.desk.lessons
    assert set(lessons) == {("bridge", "both"), ("iso_supine", "both")}
    levels = {
        task: lessons[task, "both"]._levels["gluteus_maximus_left"]
        for task in ("bridge", "iso_supine")
    }
    assert [len(levels[task]) for task in ("bridge", "iso_supine")] == [2, 1]


def test_a_repetition_under_way_ends_with_its_set_and_does_not_count() -> None:
    early = [one for one in steps() if not _after(one, 8.0)]
    early.append(Begin(replace(BRIDGE, asked_tempo_s=(2.0, 1.0, 2.0))))
    (found,) = repetitions(play(fresh(), early))
    assert found.reasons == ("set_ended",)
    assert (found.set_index, found.scored) == (1, False)


def test_two_may_silence_the_scoring_and_both_must_let_go() -> None:
    pipeline = fresh()
    half = [one for one in steps() if not isinstance(one, Begin | Cue) and not _after(one, 14.0)]
    findings: list[Finding] = []
    for one in half:
        assert not isinstance(one, Begin | Cue)
        if _between(one, 2.0):
            findings += pipeline.score("coach", on=False)
            findings += pipeline.control("pause")
        if _between(one, 4.0):
            findings += pipeline.score("coach", on=True)  # the person's own pause stands
        if _between(one, 13.0):
            findings += pipeline.control("resume")
        findings += pipeline.step(one)
    found = repetitions(findings + pipeline.finish())
    assert found == []


def test_levels_are_in_percent_of_the_reference_and_unknown_without() -> None:
    """Power adds up: a level with its rest taken out is the level of the muscle alone."""
    known = {"gluteus_maximus_left": ChannelReference(3.0, 100.0, 0.3)}
    reference = PersonalReference(known, "submaximal_reference")
    pipeline = fresh(reference)
    tap = pipeline.tap_levels()
    for one in steps():
        if _after(one, 10.0):
            break
        if not isinstance(one, Begin | Cue):
            pipeline.step(one)
    taken = tap.take()
    assert tap.take() == []
    assert np.allclose(np.diff([one.t_s for one in taken]), pipeline.block_n / pipeline.rate_hz)
    column = FOUR.index("gluteus_maximus_left")
    for one in taken:
        uv = one.uv[column]
        expected = np.sqrt(max(uv**2 - 9.0, 0.0))
        assert np.isnan(uv) or one.percent[column] == pytest.approx(expected)
        assert np.isnan(np.delete(one.percent, column)).all()
    assert max(one.uv[column] for one in taken[100:]) > 10.0


def _after(one: Step, at_s: float) -> bool:
    return isinstance(one, EmgChunk | ImuChunk) and one.t0_s >= at_s


def _between(one: Step, at_s: float) -> bool:
    return isinstance(one, EmgChunk) and one.t0_s <= at_s < one.t0_s + 0.02
