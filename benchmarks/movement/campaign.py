"""The whole campaign on two processes: every exercise, every kind of session."""

from __future__ import annotations

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

from benchmarks.movement import plan as plans
from benchmarks.movement.faults import OF_SETS
from benchmarks.movement.sessions import (
    Outcome,
    can_do_alone,
    faulty,
    negative,
    paced,
    set_fault,
    uncalibrated,
    unseen,
    wrong,
)
from firingorder.simulation.exercises.catalogue import EXERCISES
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.movement.plan import Plan

    Job = tuple[Callable[..., Outcome], tuple[object, ...]]

WORKERS = 2


def jobs(exercise_id: str, plan: Plan) -> list[Job]:
    """Return every session of an exercise as a function with its arguments."""
    task, simulated = load_task(exercise_id), EXERCISES[exercise_id]
    plan = plans.of_exercise(plan, exercise_id)
    out: list[Job] = [(paced, (exercise_id, "usual", k, plan)) for k in range(plan.usual_people)]
    if plan.paced_s:
        out += [(paced, (exercise_id, pace, 20, plan)) for pace in ("slow", "fast")]
    if plan.alone_s and can_do_alone(task):
        out.append((unseen, (exercise_id, "alone", plan)))
    if plan.uncued_s and simulated.cued:
        out.append((unseen, (exercise_id, "uncued", plan)))
    out += [(faulty, (exercise_id, k, plan)) for k in range(plan.fault_people)]
    if plan.set_code_s:
        codes = [one for one in OF_SETS if one in simulated.codes and one in task.faults]
        out += [(set_fault, (exercise_id, code, plan)) for code in codes]
    if plan.without_s and task.faults:
        out.append((uncalibrated, (exercise_id, plan)))
    out += [(negative, (exercise_id, kind, plan)) for kind in plans.IDLE]
    if plan.wrong_s:
        out.append((wrong, (exercise_id, plan)))
    return out


def run(
    exercises: Sequence[str], plan: Plan, *, workers: int = WORKERS
) -> tuple[dict[str, Outcome], float]:
    """Return the outcome of each exercise, and the CPU seconds that all jobs took."""
    every = [job for name in exercises for job in jobs(name, plan)]
    out = {name: Outcome(name) for name in exercises}
    cpu_s = 0.0
    if workers == 1:
        for k, (job, arguments) in enumerate(every):
            done, took_s = timed(job, arguments)
            cpu_s += took_s
            out[done.exercise].add(done)
            _tell(k + 1, len(every))
        return out, cpu_s
    # Spawned, not forked: a child gets no threads of numerical libraries with it.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        futures = [pool.submit(timed, job, arguments) for job, arguments in every]
        for k, future in enumerate(futures):
            done, took_s = future.result()
            cpu_s += took_s
            out[done.exercise].add(done)
            _tell(k + 1, len(every))
    return out, cpu_s


def timed(job: Callable[..., Outcome], arguments: tuple[object, ...]) -> tuple[Outcome, float]:
    """Return the outcome of a job, and its CPU seconds."""
    begin = time.process_time()
    return job(*arguments), time.process_time() - begin


def _tell(done: int, of: int) -> None:
    print(f"\rsessions: {done} of {of}   ", end="", file=sys.stderr, flush=True)
    if done == of:
        print(file=sys.stderr)
