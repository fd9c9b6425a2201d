"""One thread of linear algebra for each process of ours."""

from __future__ import annotations

import os

#: The matrices are small: with two threads an analysis takes as long by the clock and keeps both
#: cores busy (``OPENBLAS_NUM_THREADS=2 python -m benchmarks hour`` shows it), and two processes
#: wait for each other. Read by OpenBLAS, MKL, Accelerate and BLIS when they are loaded.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "BLIS_NUM_THREADS": "1",
}


def keep_to_one_thread() -> None:
    """Ask for one thread, unless the user asks for more; works only before numpy is imported."""
    for name, value in ONE_THREAD.items():
        os.environ.setdefault(name, value)
