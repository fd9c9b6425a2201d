"""Run every ``benchmarks/bench_*.py``, print one table, write ``out/bench.json``.

Each of them has ``run() -> list[dict]`` with ``name``, ``value``, ``unit`` and ``bar``. A bar is
text such as ``"<= 0.3"`` or ``">= 50"``, a number (an upper limit), or None for a value that is
only reported. Names given as arguments choose some: ``python -m benchmarks start decoder``.
Exit status: 0 all bars kept, 1 one was missed or a benchmark failed.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import re
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from firingorder.threads import keep_to_one_thread

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "out" / "bench.json"
_BAR = re.compile(r"^\s*(<=|>=|<|>|=)?\s*([-+0-9.eE]+)")


def main(argv: list[str]) -> int:
    """Run the chosen benchmarks and return the exit status."""
    keep_to_one_thread()  # as the program does
    names = sorted(path.stem for path in HERE.glob("bench_*.py"))
    if argv:
        names = [name for name in names if name.removeprefix("bench_") in argv]
        if not names:
            print(f"No benchmark is called {' or '.join(argv)}.", file=sys.stderr)
            return 2
    rows: list[dict[str, Any]] = []
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        rows += run_one(name)
    print(as_table(rows))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(record(rows), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"written to {OUT.relative_to(HERE.parent)}")
    return 0 if all(row["passed"] is not False for row in rows) else 1


def run_one(name: str) -> list[dict[str, Any]]:
    """Run one benchmark; a failure is a row of its own and does not end the run."""
    begin = time.perf_counter()
    try:
        found: list[dict[str, Any]] = importlib.import_module(f"benchmarks.{name}").run()
    except Exception as error:  # noqa: BLE001 - the other benchmarks must still run
        traceback.print_exc()
        found = [{"name": f"{name}: {type(error).__name__}", "value": None, "unit": "", "bar": 0}]
    seconds = round(time.perf_counter() - begin, 2)
    return [
        {"benchmark": name, **row, "passed": judge(row["value"], row["bar"]), "took_s": seconds}
        for row in found
    ]


def judge(value: float | None, bar: str | float | None) -> bool | None:
    """Return whether a value keeps its bar; None where there is no bar."""
    if bar is None:
        return None
    if value is None:
        return False
    match = _BAR.match(str(bar))
    if match is None:
        raise ValueError(f"a bar is a number with <=, >=, <, > or = before it, not {bar!r}")
    limit = float(match[2])
    return {
        "<": value < limit,
        ">": value > limit,
        ">=": value >= limit,
        "=": value == limit,
    }.get(match[1], value <= limit)


def as_table(rows: list[dict[str, Any]]) -> str:
    """Return the rows as aligned text."""
    marks = {True: "pass", False: "FAIL", None: "-"}
    cells = [("what", "value", "unit", "bar", "")]
    for row in rows:
        bar = "" if row["bar"] is None else str(row["bar"])
        nothing = "failed" if bar else "-"
        value = nothing if row["value"] is None else f"{row['value']:.4g}"
        cells.append((row["name"], value, row["unit"], bar, marks[row["passed"]]))
    width = [max(len(cell[k]) for cell in cells) for k in range(5)]
    return "\n".join(
        f"{a:<{width[0]}}  {b:>{width[1]}} {c:<{width[2]}}  {d:>{width[3]}}  {e}".rstrip()
        for a, b, c, d, e in cells
    )


def record(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the run with the machine it was made on: figures of two machines do not compare."""
    return {
        "machine": {
            "platform": platform.platform(),
            "python": platform.python_version(),
            "processor": platform.processor() or platform.machine(),
            "cpus": os.cpu_count(),
            "load_1min": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        },
        "results": rows,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
