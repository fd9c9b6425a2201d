"""Accuracy on simulated signals: ours, tuned peers and the limits, in one run.

Writes docs/accuracy.md, docs/accuracy/*.svg and out/accuracy.json. The fast loop for work on the
estimator is --ours-only, on tuning seeds, without files.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from dataclasses import replace
from pathlib import Path

# Two processes share two cores: a second thread in each would only be in the way. Children inherit.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from benchmarks.accuracy.about import ROOT
from benchmarks.accuracy.fast import fast
from benchmarks.accuracy.peers import HOW_TO_GET, missing_packages
from benchmarks.accuracy.results import QUICK, Plan
from benchmarks.accuracy.scenarios import chosen
from benchmarks.accuracy.trials import TUNE_SEED


def main(argv: list[str]) -> int:
    """Run what was asked for and return the exit status."""
    args = _parser().parse_args(argv)
    scenarios = chosen(args.only)
    if args.ours_only:
        fast(scenarios, args.trials or (60 if args.only else 12), args.seed)
        return 0
    missing = missing_packages()
    if missing:
        print(f"Missing: {', '.join(missing)}. {HOW_TO_GET}", file=sys.stderr)
        return 2
    return _whole(args, scenarios)


def _whole(args: argparse.Namespace, scenarios: tuple) -> int:  # type: ignore[type-arg]
    # Imported here: the fast loop needs neither matplotlib nor the peers.
    from benchmarks.accuracy.figures import compute
    from benchmarks.accuracy.foreign import foreign
    from benchmarks.accuracy.report import write
    from benchmarks.accuracy.run import campaign

    warnings.filterwarnings("ignore", category=RuntimeWarning)
    plan = QUICK if args.quick else Plan()
    if args.trials:
        plan = replace(plan, trials=args.trials, goal_trials=args.trials)
    results = campaign(scenarios, plan, ROOT / "out", fresh=args.fresh, workers=args.workers)
    figures = compute(results)
    partly = bool(args.only)
    docs = args.out or (ROOT / "out" / "accuracy" if partly else ROOT / "docs")
    docs.mkdir(parents=True, exist_ok=True)
    record = docs / "accuracy.json" if args.out or partly else ROOT / "out" / "accuracy.json"
    write(results, figures, foreign(), docs / "accuracy.md", record)
    print(f"written to {docs / 'accuracy.md'} and {record}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few trials: proves that it runs")
    parser.add_argument("--only", action="append", default=[], metavar="NAME",
                        help="scenarios whose name begins so; may be given again; the page then "
                             "goes to out/accuracy")  # fmt: skip
    parser.add_argument("--ours-only", action="store_true", help="fast table of ours, no files")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of page, plots and JSON")
    parser.add_argument("--fresh", action="store_true", help="compute peers and limits anew")
    parser.add_argument("--trials", type=int, help="trials a scenario")
    parser.add_argument("--workers", type=int, default=2, help="processes (%(default)s)")
    parser.add_argument("--seed", type=int, default=TUNE_SEED,
                        help="with --ours-only: tuning seed, 1 to 4999 (%(default)s)")  # fmt: skip
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
