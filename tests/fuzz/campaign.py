"""Fuzz every target for its share of the time: ``make fuzz``, or this module with ``--minutes``.

Each target runs in a process of its own under atheris (coverage-guided, libFuzzer). The corpus
grows in ``out/fuzz``, so that the next campaign begins where this one ended. A finding leaves the
input beside it and ends the campaign with status 1.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, cast

OUT = Path("out/fuzz")
#: Every decoder is small; one that needs more than this keeps what it should let go.
MEMORY_LIMIT_MB = 2048
#: An input of half a minute's bytes is long enough to wrap every counter but the largest.
LONGEST_INPUT_BYTES = 4096


def main() -> int:
    """Run the campaign, or one target of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="for all targets together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", help=argparse.SUPPRESS)
    args, further = parser.parse_known_args()
    if args.target:
        return _one(args.target, further)
    from tests.fuzz.targets import all_targets

    names = sorted(all_targets())
    seconds = max(1, round(60 * args.minutes / len(names)))
    lines = [f"{len(names)} targets, {seconds} s each, seed {args.seed}"]
    print(lines[0], flush=True)
    failed = False
    for name in names:
        line, ok = _run(name, seconds, args.seed)
        failed |= not ok
        lines.append(line)
        print(line, flush=True)
    (OUT / "report.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return int(failed)


def _run(name: str, seconds: int, seed: int) -> tuple[str, bool]:
    """Fuzz one target in a process of its own; return a line about it and whether it held."""
    corpus = OUT / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    _plant(name, corpus)
    command = [
        *(sys.executable, "-m", "tests.fuzz.campaign", "--target", name),
        str(corpus),
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST_INPUT_BYTES}",
        f"-rss_limit_mb={MEMORY_LIMIT_MB}",
        f"-seed={seed}",
        f"-artifact_prefix={OUT}/{name}-",
        "-print_final_stats=1",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    log = OUT / f"{name}.log"
    log.write_text(done.stdout + done.stderr, encoding="utf-8")
    runs = re.search(r"stat::number_of_executed_units:\s*(\d+)", log.read_text(encoding="utf-8"))
    covered = re.findall(r"cov: (\d+)", log.read_text(encoding="utf-8"))
    told = f"{runs.group(1) if runs else '?'} inputs, {covered[-1] if covered else '?'} edges"
    verdict = "held" if done.returncode == 0 else f"FAILED, see {log}"
    return f"{name:<24} {told:<36} {verdict}", done.returncode == 0


def _plant(name: str, corpus: Path) -> None:
    """Give the fuzzer sound inputs to begin with."""
    from tests.fuzz.seeds import all_seeds

    for key, data in all_seeds(name).items():
        (corpus / key).write_bytes(data)


def _one(name: str, further: list[str]) -> int:
    atheris = cast("Any", import_module("atheris"))  # only there where a campaign runs
    with atheris.instrument_imports(include=["firingorder"]):
        from tests.fuzz.targets import all_targets
    atheris.Setup([sys.argv[0], *further], all_targets()[name])
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
