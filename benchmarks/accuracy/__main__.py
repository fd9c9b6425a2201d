"""``python -m benchmarks.accuracy [--quick] [--only NAME] [--ours-only] [--out DIR] [--fresh]``."""

from __future__ import annotations

import argparse
import os
import sys

# Two processes share two cores: a second thread in each would only be in the way.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from benchmarks.accuracy.fast import fast
from benchmarks.accuracy.scenarios import chosen
from benchmarks.accuracy.trials import TUNE_SEED


def main(argv: list[str]) -> int:
    """Run what was asked for and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few trials: proves that it runs")
    parser.add_argument("--only", action="append", default=[], metavar="NAME",
                        help="scenarios whose name begins so; may be given again")  # fmt: skip
    parser.add_argument("--ours-only", action="store_true", help="fast table of ours, no files")
    parser.add_argument("--trials", type=int, help="trials a scenario")
    parser.add_argument("--seed", type=int, default=TUNE_SEED,
                        help="with --ours-only: tuning seed, 1 to 4999 (%(default)s)")  # fmt: skip
    args = parser.parse_args(argv)
    if args.ours_only:
        trials = args.trials or (60 if args.only else 12)
        fast(chosen(args.only), trials, args.seed)
        return 0
    raise SystemExit("The full run is not written yet; use --ours-only.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
