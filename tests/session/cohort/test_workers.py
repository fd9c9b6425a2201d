"""Whoever does the work, and whatever happens to them: the tables are equal to the last byte."""

from __future__ import annotations

import os
import select
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from distributed import LocalCluster

from firingorder.errors import FiringOrderError, UsageError
from firingorder.session.cohort.cluster import Cluster
from firingorder.session.cohort.cohort import Cohort, run_cohort
from firingorder.session.cohort.runners import Processes, _executor
from firingorder.session.cohort.tables import write_tables
from firingorder.session.cohort.task import Task
from firingorder.session.files import FileOptions
from tests.session.cohort.many import BROKEN, TWO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from firingorder.session.cohort.cohort import Line


def tables(folder: Path, cohort: Cohort) -> list[bytes]:
    folder.mkdir(exist_ok=True)
    return [path.read_bytes() for path in write_tables(folder / "t.csv", cohort)]


def results(cohort: Cohort) -> list[bytes]:
    return [line.target.read_bytes() for line in cohort.lines if line.target and not line.error]


def workers() -> list[psutil.Process]:
    """Return the processes of joblib that this one has started."""
    found: list[psutil.Process] = []
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # it may end while it is looked at
            if "popen_loky" in " ".join(one.cmdline()):
                found.append(one)
    return found


@pytest.mark.skipif(os.name == "nt", reason="a named pipe in the file system needs POSIX")
def test_a_worker_that_dies_costs_its_own_file_only_and_not_at_once(
    tmp_path: Path, recordings: list[Path], alone: Cohort
) -> None:
    """One file stops its worker at a pipe, where it is killed; a neighbour dies along with it.

    Of all others is found what one process finds.
    """
    pipe = tmp_path / "montage.json"
    os.mkfifo(pipe)
    deadly = Task(str(recordings[0]), FileOptions(montage=pipe))
    tasks = {k: Task(str(path), FileOptions()) for k, path in enumerate(recordings, start=1)}
    killed: list[int] = []

    def kill_at_the_pipe() -> None:
        for _ in range(2):
            with pipe.open("w") as end:  # opens as soon as the worker reads
                for one in workers():
                    killed.append(one.pid)
                    with suppress(psutil.NoSuchProcess):  # joblib ends the others
                        one.kill()
                gone = select.poll()
                gone.register(end, 0)
                gone.poll()  # comes back when nobody reads any more

    killer = threading.Thread(target=kill_at_the_pipe, daemon=True)
    killer.start()
    outcomes = dict(Processes(2).run({0: deadly} | tasks))
    killer.join()
    assert len(killed) == 3  # both of the first pair, and the one that tried again alone
    assert "ended twice" in outcomes[0]["error"]
    for number, line in enumerate(alone.lines, start=1):
        assert outcomes[number].get("error", "") == line.error
        if line.target is not None and not line.error:
            assert f"{outcomes[number]['text']}\n" == line.target.read_text(encoding="utf-8")
    assert workers() == []


@pytest.fixture
def cluster() -> Iterator[Any]:
    with LocalCluster(
        n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0",
        silence_logs=50,
    ) as made:  # fmt: skip
        yield made


def test_a_cluster_finds_the_same_although_a_worker_is_killed(
    tmp_path: Path, recordings: list[Path], alone: Cohort, cluster: Any
) -> None:
    killed: list[int] = []

    def on_line(line: Line, _size: int) -> None:
        del line
        if not killed:
            (pid, *_) = (nanny.pid for nanny in cluster.workers.values())
            os.kill(pid, signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
            killed.append(pid)

    runner = Cluster(cluster.scheduler_address.removeprefix("tcp://"))
    assert "from the same paths" in runner.notice
    there = run_cohort(recordings, FileOptions(), runner, out=tmp_path / "r", on_line=on_line)
    assert len(killed) == 1
    assert tables(tmp_path / "a", there) == tables(tmp_path / "b", alone)
    assert results(there) == results(alone)


def test_a_cluster_that_is_not_there_is_told(recordings: list[Path]) -> None:
    for wrong in ("nowhere", "host:", ":8786", "host:x", "host:99999"):
        with pytest.raises(UsageError, match="HOST:PORT"):
            Cluster(wrong)
    with pytest.raises(FiringOrderError, match=r"No scheduler of Dask answers at 127\.0\.0\.1:9"):
        list(Cluster("127.0.0.1:9").run({0: Task(str(recordings[0]), FileOptions())}))


def test_the_recordings_say_something(alone: Cohort) -> None:
    """Equal tables of nothing would be equal, too."""
    rows = [line.row(file_names=True) for line in alone.lines if not line.error]
    assert len(rows) == 5
    assert [line.path.name for line in alone.failed] == [BROKEN]
    assert sum(row["glutes_first"] for row in rows) >= 2
    assert all(row["channels"] == len(TWO) for row in rows)
    assert {row["verdict"] for line in alone.lines for row in line.block.get("repetitions", [])} > {
        "glutes_first"
    }


def test_ctrl_c_while_a_file_is_being_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread of the executor found a number without its file, and ended with a KeyError."""
    stumbled: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: stumbled.append(args.exc_value))

    def interrupted() -> None:
        with _executor(2) as (executor, _, _), monkeypatch.context() as patch:
            assert executor.submit(abs, -1).result() == 1  # the thread is there, and sleeps
            awake = executor._executor_manager_thread_wakeup
            wakeup = awake.wakeup

            def ctrl_c() -> None:
                """Come in the main thread, as Ctrl-C does; other threads may wake it, too."""
                if threading.current_thread() is threading.main_thread():
                    raise KeyboardInterrupt
                wakeup()

            patch.setattr(awake, "wakeup", ctrl_c)
            executor.submit(abs, -2)

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert stumbled == []
    assert workers() == []
