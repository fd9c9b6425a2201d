"""How well movement is followed, exercise by exercise: ``make bench-movement``.

Writes docs/movement.md and out/movement.json. With ``--quick`` or ``--exercise`` the page goes to
the folder out/ instead. Real recordings are found as the tests find them: ``FIRINGORDER_DATA``,
else ``../shared/data``; what is not there is named on the page. Exit status 0, or 2 for wrong use.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, cast

os.environ.setdefault("OMP_NUM_THREADS", "1")

from benchmarks.movement.block_cost import EXAMPLES, block_cost
from benchmarks.movement.campaign import WORKERS, run
from benchmarks.movement.goals import missed
from benchmarks.movement.page import Results, page
from benchmarks.movement.plan import QUICK, TUNE_SEED, Plan
from benchmarks.movement.recorded import recorded
from firingorder.simulation.exercises.catalogue import EXERCISES

ROOT = Path(__file__).resolve().parents[2]


def main(argv: list[str]) -> int:
    """Run the campaign and write the page."""
    args = _parser().parse_args(argv)
    unknown = [name for name in args.exercise if name not in EXERCISES]
    if unknown:
        print(
            f"There is no exercise {', '.join(unknown)}. Known: {', '.join(EXERCISES)}.",
            file=sys.stderr,
        )
        return 2
    begin = time.perf_counter()
    plan = QUICK if args.quick else Plan()
    if args.tune:
        plan = replace(plan, seed=TUNE_SEED)
    partly = bool(args.quick or args.exercise or args.tune)
    results = Results(commit=_commit(), command="make bench-movement")
    # The clock is read before anything else runs on this machine.
    results.costs = [block_cost(name, 4.0 if args.quick else 30.0) for name in EXAMPLES]
    names = args.exercise or list(EXERCISES)
    results.outcomes, results.cpu_s = run(names, plan, workers=args.workers)
    results.real = recorded(_data())
    results.seconds = time.perf_counter() - begin
    out = ROOT / "out"
    out.mkdir(exist_ok=True)
    target = args.out or (out if partly else ROOT / "docs") / "movement.md"
    target.write_text(page(results), encoding="utf-8")
    (out / "movement.json").write_text(json.dumps(_json(results, plan), indent=1) + "\n")
    for name, one in results.outcomes.items():
        for miss in missed(one):
            print(f"MISSED: {name}: {miss.what}")
    print(f"written to {target} and out/movement.json in {results.seconds:.0f} s")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.movement", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short sessions: proves that it runs")
    parser.add_argument("--exercise", action="append", default=[], metavar="ID",
                        help="only this one; may be given again")  # fmt: skip
    parser.add_argument("--tune", action="store_true", help="other people than those reported")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the page")
    parser.add_argument("--workers", type=int, default=WORKERS, help="processes (%(default)s)")
    return parser


def _data() -> Path:
    return Path(os.environ.get("FIRINGORDER_DATA") or ROOT.parent / "shared" / "data")


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.strip() or "unknown"


def plain(value: Any) -> Any:
    """Return dataclasses, counters and tuples as what JSON has."""
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, dict):
        known = cast("dict[str, Any]", value)
        return {key: plain(item) for key, item in known.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in cast("list[Any]", value)]
    return round(value, 3) if isinstance(value, float) else value


def _json(results: Results, plan: Plan) -> dict[str, object]:
    return {
        "simulated": {name: plain(one) for name, one in results.outcomes.items()},
        "real": plain(results.real),
        "block_ms": plain(results.costs),
        "plan": plain(plan),
        "commit": results.commit,
        "seconds": round(results.seconds, 1),
        "cpu_s": round(results.cpu_s, 1),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
