"""The same tasks on a Dask cluster: its workers read the files from the same paths."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Any

from firingorder import __version__
from firingorder.errors import FiringOrderError, UsageError
from firingorder.session.cohort.task import failure, run_task

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from firingorder.session.cohort.task import Task

#: How an address of a cluster begins on the command line.
PREFIX = "dask://"
#: A scheduler on the same network answers in milliseconds; workers may just be starting.
CONNECT_S = 10.0
WORKERS_S = 30.0


class Cluster:
    """A Dask cluster by the address of its scheduler.

    What a worker that goes away had under way is done by another one; a file at which three
    workers have gone (Dask's own limit) becomes a line.

    Parameters
    ----------
    address
        ``HOST:PORT`` of the scheduler.
    """

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise UsageError(f"--workers {PREFIX}{address}: an address is {PREFIX}HOST:PORT.")
        self.address, self._host, self._port = address, host, int(port)

    @property
    def notice(self) -> str:
        """What a person must know before it begins."""
        return (
            f"Files are read by the workers of {PREFIX}{self.address} from the same paths as here, "
            "and results come back unencrypted: use a network that you trust."
        )

    def run(self, tasks: Mapping[int, Task]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the outcome of every task, as they come.

        Raises
        ------
        FiringOrderError
            The package is missing, nobody answers, the versions differ, or the cluster has gone.
        """
        distributed = _distributed()
        with self._client(distributed) as client:
            self._check(client)
            futures = {
                client.submit(run_task, task, pure=False): number for number, task in tasks.items()
            }
            try:
                for future in distributed.as_completed(futures, loop=client.loop):
                    yield futures[future], self._outcome(tasks[futures[future]], future)
            finally:
                with contextlib.suppress(Exception):  # the cluster may be what has gone
                    client.cancel(list(futures), force=True)

    def _client(self, distributed: Any) -> Any:
        try:
            # Where nobody listens Dask would try again until its time is over.
            socket.create_connection((self._host, self._port), timeout=CONNECT_S).close()
            address = f"tcp://{self.address}"
            return distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
        except OSError as error:
            raise FiringOrderError(
                f"No scheduler of Dask answers at {self.address}. Start one there (dask "
                "scheduler), or check the address and the firewall."
            ) from error

    def _outcome(self, task: Task, future: Any) -> dict[str, Any]:
        if future.status == "cancelled":
            raise FiringOrderError(
                f"The cluster at {self.address} has gone. What was done is kept; start it again "
                "and run the same command."
            )
        error = future.exception()
        if error is None:
            return future.result()
        if type(error).__name__ == "KilledWorker":
            return failure(
                f"{task.path}: every worker that analysed it was ended, by the system or by "
                "somebody. If memory was short, run it alone."
            )
        return failure(f"{task.path}: {type(error).__name__}: {error}")

    def _check(self, client: Any) -> None:
        """Refuse a cluster without workers, or with another version than this one."""
        try:
            client.wait_for_workers(1, timeout=WORKERS_S)
        except TimeoutError as error:
            raise FiringOrderError(
                f"The cluster at {self.address} has no workers. Start some there: "
                f"dask worker {self.address} --nthreads 1."
            ) from error
        for worker, version in client.run(version_of_worker, on_error="return").items():
            if isinstance(version, Exception):
                raise FiringOrderError(
                    f"Worker {worker} cannot import firingorder ({version}). Install version "
                    f"{__version__} there."
                )
            if version != __version__:
                raise FiringOrderError(
                    f"Worker {worker} has firingorder {version}, this is {__version__}: their "
                    "results do not compare. Install the same version."
                )


def version_of_worker() -> str:
    """Return the version of this program where it runs."""
    return __version__


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise FiringOrderError(
            f"{PREFIX}HOST:PORT needs the package distributed: pip install 'firingorder[dask]'."
        ) from error
    return distributed
