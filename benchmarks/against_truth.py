"""Hold an analysis against a truth file: ``python -m benchmarks.against_truth a.json t.json``.

Prints every onset with its planted instant, then how far off they are and how many intervals hold.
Everything here is simulated.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

#: A found repetition belongs to the planted one that begins within this of it.
SAME_S = 1.0


def main(argv: list[str]) -> int:
    """Compare two files and print the table; 1 if a planted repetition was not found."""
    if len(argv) != 2:
        print("usage: python -m benchmarks.against_truth ANALYSIS.json TRUTH.json", file=sys.stderr)
        return 2
    found, truth = (json.loads(Path(name).read_text()) for name in argv)
    end_s = found["recording"]["duration_s"]
    planted = [rep for rep in truth["repetitions"] if rep["end_s"] <= end_s]
    missed, errors_ms, inside = 0, [0.0][:0], 0
    for rep in planted:
        same = _same(rep, found["repetitions"])
        if same is None:
            missed += 1
            print(
                f"planted repetition {rep['index']} at {rep['movement_onset_s']:.2f} s: not found"
            )
            continue
        print(f"repetition {same['index']}: {same['verdict']} {same['lead_ms']} ms")
        for name, onset in same["onsets"].items():
            true_s = rep["channels"][name]["onset_s"]
            if onset is None:
                print(f"  {name:<24} planted {true_s:9.4f} s, nothing claimed")
                continue
            error_ms = 1e3 * (onset["onset_s"] - true_s)
            held = onset["low_s"] <= true_s <= onset["high_s"]
            errors_ms.append(error_ms)
            inside += held
            print(f"  {name:<24} planted {true_s:9.4f} s, found {onset['onset_s']:9.4f} s, "
                  f"{error_ms:+6.1f} ms, interval {'holds' if held else 'MISSES'}")  # fmt: skip
    count = max(1, len(errors_ms))
    print(f"{len(planted) - missed} of {len(planted)} repetitions, {len(errors_ms)} onsets: "
          f"mean absolute error {sum(map(abs, errors_ms)) / count:.1f} ms, "
          f"{100 * inside / count:.0f} % of the 95 % intervals hold (simulated)")  # fmt: skip
    return 1 if missed else 0


def _same(rep: dict[str, Any], found: list[dict[str, Any]]) -> dict[str, Any] | None:
    near = [one for one in found if abs(one["start_s"] - rep["movement_onset_s"]) < SAME_S]
    return near[0] if near else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
