"""Jobs on a pool of processes, and results that are kept."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future, ProcessPoolExecutor

    from benchmarks.accuracy.cache import Cache


class Crew:
    """Submits jobs and hands their results on in the order of submission."""

    def __init__(self, pool: ProcessPoolExecutor, cache: Cache) -> None:
        self._pool = pool
        self._cache = cache
        self._open: list[tuple[Future[Any], Callable[[Any], None]]] = []

    def do(
        self, job: Callable[..., Any], *args: Any, then: Callable[[Any], None], **options: Any
    ) -> None:
        """Run ``job`` on the pool; ``then`` takes its result."""
        self._open.append((self._pool.submit(job, *args, **options), then))

    def kept(
        self,
        kind: str,
        asked: object,
        job: Callable[..., Any],
        *args: Any,
        then: Callable[[Any], None],
    ) -> None:
        """Like :meth:`do`, but a result that is in the cache is taken from there, at once."""
        found = self._cache.load(kind, asked)
        if found is not None:
            then(found)
            return

        def take(result: Any) -> None:
            self._cache.keep(kind, asked, result)
            then(result)

        self.do(job, *args, then=take)

    def finish(self, what: str) -> None:
        """Wait for all jobs; a failed one ends the run with its story."""
        for k, (future, then) in enumerate(self._open):
            then(future.result())
            print(f"\r{what}: {k + 1} of {len(self._open)}   ", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        self._open = []
