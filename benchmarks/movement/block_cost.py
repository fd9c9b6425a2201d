"""CPU of orientation, segmentation and metrics for each 20 ms, template by template.

Measured inside the whole pipeline, by a clock about these parts, so that they work on what they
really get. Process CPU, so that a busy machine changes it little.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np

from benchmarks.movement.people import cues_of
from benchmarks.movement.plan import side_for, task_for
from firingorder.samples import EmgChunk, EmgLayout, ImuChunk, ImuLayout
from firingorder.signal.measuring import Measuring
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.segmentation import Segmentation
from firingorder.signal.settings import Settings
from firingorder.simulation.exercises.body import ExerciseBody
from firingorder.simulation.exercises.catalogue import EXERCISES
from firingorder.simulation.exercises.options import Options
from firingorder.simulation.person import ALL_EIGHT

if TYPE_CHECKING:
    from collections.abc import Callable

BLOCK_S = 0.020
#: Orientation, segmentation and metrics together.
BAR_MS = 0.5
SEED = 41
#: One exercise of each template, with eight channels.
EXAMPLES = {
    "PITCH_LIFT": "bridge",
    "HINGE": "squat",
    "STILL_LIMB": "clam",
    "CUED_HOLD": "iso_sit",
    "STEP": "gait",
    "IMPACT": "land_absorb",
    "BALANCE": "one_leg_stand",
}


@dataclass(frozen=True, slots=True)
class BlockCost:
    """Milliseconds of CPU for 20 ms: mean, 99 %, longest."""

    template: str
    mean_ms: float
    p99_ms: float
    longest_ms: float


class _Clock:
    """Adds up the CPU that the watched functions take; calls within each other count once."""

    def __init__(self) -> None:
        self.spent_s = 0.0
        self._depth = 0

    def watch(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **options: Any) -> Any:
            self._depth += 1
            begin = time.process_time()
            try:
                return function(*args, **options)
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self.spent_s += time.process_time() - begin

        return timed


def block_cost(template: str, seconds: float = 30.0) -> BlockCost:
    """Return what a session of one exercise of the template costs."""
    exercise_id = EXAMPLES[template]
    side = side_for(exercise_id, 0)
    body = ExerciseBody(
        EXERCISES[exercise_id],
        Options(pace="usual", side=side, person="clean"),
        seed=SEED,
        emg_rate_hz=1000.0,
        imu_rate_hz=100.0,
        channels=ALL_EIGHT,
        repetitions=8,
    )
    clock = _Clock()
    with ExitStack() as stack:
        for owner, name in (
            (Segmentation, "imu"),
            (Segmentation, "block"),
            (Measuring, "ended"),
            (Measuring, "measured"),
        ):
            stack.enter_context(patch.object(owner, name, clock.watch(getattr(owner, name))))
        spent_ms = _played(body, exercise_id, side, seconds, clock)
    return BlockCost(
        template,
        float(np.mean(spent_ms)),
        float(np.percentile(spent_ms, 99)),
        float(np.max(spent_ms)),
    )


def _played(
    body: ExerciseBody, exercise_id: str, side: Any, seconds: float, clock: _Clock
) -> list[float]:
    mount = body.nominal_mount_wxyz
    assert mount is not None
    pipeline = Pipeline(
        Settings(),
        task_for(exercise_id, side),
        EmgLayout(1000.0, ALL_EIGHT),
        ImuLayout(100.0, mount),
    )
    cues = cues_of(body.true_repetitions)
    blocks = round(seconds / BLOCK_S)
    emg = body.emg_uv(0, blocks * 20)
    acc, gyr = body.imu(0, blocks * 2)
    quiet = np.zeros((20, len(ALL_EIGHT)), dtype=np.bool_)
    out: list[float] = []
    for k in range(blocks):
        at_s, before = k * BLOCK_S, clock.spent_s
        while cues and cues[0].at_s <= at_s:
            pipeline.cue(cues.pop(0))
        pipeline.step(EmgChunk(20 * k, at_s, 1000.0, emg[20 * k : 20 * k + 20], quiet))
        both = slice(2 * k, 2 * k + 2)
        pipeline.step(ImuChunk(2 * k, at_s, 100.0, acc[both], gyr[both]))
        pipeline.take_display()
        out.append(1e3 * (clock.spent_s - before))
    return out
