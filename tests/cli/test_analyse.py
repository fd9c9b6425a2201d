"""``analyse`` over several files."""

from __future__ import annotations

import signal

from firingorder.cli.analyse import worker_pool


def test_ctrl_c_ends_the_workers_too() -> None:
    with worker_pool(1) as pool:
        assert pool.submit(signal.getsignal, signal.SIGINT).result() is signal.SIG_DFL
