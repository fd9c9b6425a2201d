"""Hold the pelvis angles against optics and planted mountings; write docs/movement_angles.md.

``python -m benchmarks.movement.angles`` with the Python of ``.venv-bench`` (h5py reads BROAD).
Recordings are found as the tests find them: ``FIRINGORDER_DATA``, else ``../shared/data``.
``--out FILE`` writes elsewhere, ``--quick`` uses few simulated people. Exit status: 0 done, 1 an
angle missed its bar, 2 something needed is not there.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

os.environ.setdefault("OMP_NUM_THREADS", "1")

from benchmarks.movement.angles_filters import product
from benchmarks.movement.angles_page import Findings, page
from benchmarks.movement.angles_planted import PLANS, TURNS, bridges, mountings, stated_angles
from benchmarks.movement.angles_real import compare, coverage, load_broad, lower_back, xsens
from benchmarks.movement.angles_speed import block_ms
from benchmarks.movement.making import make_page

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = ("broad", "mobgap", "xsens_txt")


def main(argv: list[str]) -> int:
    """Run everything and write the page."""
    return make_page(argv, "angles", "movement_angles.md", FOLDERS, collect, page)


def collect(data: Path, quick: bool) -> Findings:
    """Run everything; tens of seconds."""
    trials = load_broad(data / "broad")
    people, many = (range(20), range(2)) if quick else (range(200), range(12))
    return Findings(
        real={
            (t.name, bias): compare(t, bias=bias)
            for t in trials
            for bias in ("none", "always", "later")
        },
        motions={t.name: t.motion for t in trials},
        coverage={t.name: coverage(t, product(t.acc, t.gyr, t.rate_hz)) for t in trials},
        back=lower_back(data / "mobgap"),
        xsens=xsens(data / "xsens_txt"),
        turned={name: bridges(name, many) for name in TURNS},
        mounts={plan: mountings(plan, people) for plan in PLANS},
        stated={plan: stated_angles(plan, people) for plan in PLANS},
        block_ms={rate: block_ms(rate) for rate in (100, 200)},
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
