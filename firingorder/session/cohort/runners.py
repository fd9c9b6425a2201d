"""Who carries the tasks out: this process, or several beside it.

A runner yields each task's number and outcome as soon as it is there, in any order. It never
raises for a task: a worker that dies takes its file along once, and at the second time the file
becomes a line.
"""

from __future__ import annotations

import contextlib
import queue
import signal
from collections import deque
from typing import TYPE_CHECKING, Any, Protocol

from firingorder.errors import FiringOrderError
from firingorder.session.cohort.task import failure, run_task
from firingorder.threads import ONE_THREAD

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from firingorder.session.cohort.task import Task

Outcome = dict[str, Any]


class Runner(Protocol):
    """Carries out tasks."""

    def run(self, tasks: Mapping[int, Task]) -> Iterator[tuple[int, Outcome]]:
        """Yield the outcome of every task, as they come.

        Closing the iterator ends what is still under way.

        Raises
        ------
        FiringOrderError
            The runner itself has ended.
        """
        ...


class InProcess:
    """One file after the other, in this process."""

    def run(self, tasks: Mapping[int, Task]) -> Iterator[tuple[int, Outcome]]:
        """Yield the outcome of every task."""
        for number, task in tasks.items():
            yield number, run_task(task)


class Processes:
    """Worker processes of this computer, by the executor of joblib (loky).

    Parameters
    ----------
    workers
        How many; not more are started than there are files.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def run(self, tasks: Mapping[int, Task]) -> Iterator[tuple[int, Outcome]]:
        """Yield the outcome of every task; see :class:`Runner`."""
        waiting = deque(tasks)
        suspects: list[int] = []
        while waiting:
            lost = yield from self._until_broken(tasks, waiting)
            suspects += lost
        # A worker that died took its neighbours along. Each alone, none is blamed for another.
        for number in suspects:
            alone = deque([number])
            if (yield from self._until_broken(tasks, alone, workers=1)):
                yield (
                    number,
                    failure(
                        f"{tasks[number].path}: the process that analysed it was ended twice, by "
                        "the system or by somebody. If memory was short, run it alone."
                    ),
                )

    def _until_broken(
        self, tasks: Mapping[int, Task], waiting: deque[int], workers: int | None = None
    ) -> Generator[tuple[int, Outcome], None, list[int]]:
        """Work off what waits; return what was under way when a worker died, empty if none did.

        No more is handed out than there are workers: what a worker has not begun cannot be lost.
        """
        workers = min(workers or self._workers, len(waiting))
        under_way: dict[Any, int] = {}
        with _executor(workers) as (executor, wait, broken):
            while waiting or under_way:
                whole = _hand_out(executor, tasks, waiting, under_way, workers, broken)
                until = "FIRST_COMPLETED" if whole else "ALL_COMPLETED"
                done, _ = wait(under_way, return_when=until)
                lost: list[int] = []
                for future in done:
                    number, error = under_way.pop(future), future.exception()
                    if isinstance(error, broken):
                        lost.append(number)
                    elif error is None:
                        yield number, future.result()
                    else:
                        yield number, failure(f"{tasks[number].path}: {error}")
                if lost or not whole:
                    return lost + list(under_way.values())
        return []


def _hand_out(
    executor: Any,
    tasks: Mapping[int, Task],
    waiting: deque[int],
    under_way: dict[Any, int],
    workers: int,
    broken: type[BaseException],
) -> bool:
    """Give every worker that is free a file; return False if they are gone."""
    while waiting and len(under_way) < workers:
        try:
            future = executor.submit(run_task, tasks[waiting[0]])
        except broken:
            return False
        under_way[future] = waiting.popleft()
    return True


@contextlib.contextmanager
def _executor(workers: int) -> Generator[tuple[Any, Any, type[BaseException]]]:
    """Open processes that end with this block, whatever they are doing."""
    try:
        from joblib.externals import loky  # pyright: ignore[reportMissingTypeStubs]
    except ImportError as error:
        raise FiringOrderError(
            "More than one worker needs the package joblib: pip install joblib."
        ) from error
    room: Any = loky
    executor = room.ProcessPoolExecutor(workers, env=ONE_THREAD, initializer=_leave_ctrl_c)
    try:
        yield executor, room.wait, room.process_executor.BrokenProcessPool
    finally:
        # What was handed out and not yet passed on is taken back: its thread would stumble over it.
        # We may not even know of it, as Ctrl-C can come while a file is being handed out.
        taken: queue.Queue[int] = executor._work_ids  # noqa: SLF001 - nothing public takes it back
        with contextlib.suppress(queue.Empty):
            while True:
                taken.get_nowait()
        executor.shutdown(wait=True, kill_workers=True)


def _leave_ctrl_c() -> None:
    """Leave Ctrl-C to the process that started this one; it ends its workers itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
