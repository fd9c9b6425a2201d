"""A page that rests on recordings of others: its arguments, what it needs, and what is missed."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parents[2]


class HasMissed(Protocol):
    """What was found knows which of its bars are missed."""

    def missed(self) -> Sequence[str]:
        """Return a sentence for each."""
        ...


Found = TypeVar("Found", bound=HasMissed)


def make_page(
    argv: list[str],
    name: str,
    out: str,
    folders: Sequence[str],
    collect: Callable[[Path, bool], Found],
    page: Callable[[Found], str],
) -> int:
    """Run everything and write the page; return the exit status.

    ``name`` is the module, ``out`` the page in docs/; ``collect`` is given the folder of the
    recordings and whether it has to be quick.
    """
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.movement.{name}")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / out)
    parser.add_argument("--quick", action="store_true", help="few simulated people, few minutes")
    args = parser.parse_args(argv)
    data = Path(os.environ.get("FIRINGORDER_DATA") or ROOT.parent / "shared" / "data")
    missing = [one for one in folders if not (data / one).is_dir()]
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
    found = collect(data, args.quick)
    args.out.write_text(page(found), encoding="utf-8")
    print(f"written to {args.out} in {time.perf_counter() - begin:.0f} s")
    for line in found.missed():
        print(f"MISSED: {line}")
    return 1 if found.missed() else 0
