"""Hold the pelvis angles against optics and planted mountings; write docs/movement_angles.md.

``python -m benchmarks.movement.angles`` with the Python of ``.venv-bench`` (h5py reads BROAD).
Recordings are found as the tests find them: ``FIRINGORDER_DATA``, else ``../shared/data``.
``--out FILE`` writes elsewhere, ``--quick`` uses few simulated people. Exit status: 0 done, 1 an
angle missed its bar, 2 something needed is not there.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from benchmarks.movement.angles_filters import product
from benchmarks.movement.angles_page import Findings, page
from benchmarks.movement.angles_planted import PLANS, TURNS, bridges, mountings, stated_angles
from benchmarks.movement.angles_real import compare, coverage, load_broad, lower_back, xsens
from benchmarks.movement.angles_speed import block_ms

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("broad", "mobgap", "xsens_txt")


def main(argv: list[str]) -> int:
    """Run everything and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.movement.angles")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "movement_angles.md")
    parser.add_argument("--quick", action="store_true", help="few simulated people")
    args = parser.parse_args(argv)
    data = Path(os.environ.get("FIRINGORDER_DATA") or ROOT.parent / "shared" / "data")
    missing = [name for name in FOLDERS if not (data / name).is_dir()]
    if missing:
        print(
            f"The recordings {', '.join(missing)} are not in {data}: set FIRINGORDER_DATA to the "
            "folder that holds them.",
            file=sys.stderr,
        )
        return 2
    if importlib.util.find_spec("h5py") is None:
        print(
            "h5py, which reads the BROAD recordings, is not installed here: run this with the "
            "Python of .venv-bench (requirements/bench.txt).",
            file=sys.stderr,
        )
        return 2
    begin = time.perf_counter()
    found = collect(data, quick=args.quick)
    args.out.write_text(page(found), encoding="utf-8")
    print(f"written to {args.out} in {time.perf_counter() - begin:.0f} s")
    for line in found.missed():
        print(f"MISSED: {line}")
    return 1 if found.missed() else 0


def collect(data: Path, *, quick: bool) -> Findings:
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
