"""Show the real recording live: ``python -m tests.real.show`` (or ``make real-input``).

A virtual device plays it over a pseudo-terminal, ``firingorder live`` receives, shows and records
it, the recording is replayed and analysed, and every refined onset is held against the marks of
the eye. Everything goes to ``out/real``; nothing of it belongs into the repository.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "out" / "real"
DURATION_S = 49.0  # the recording has 49.54 s


def main() -> int:
    """Run the whole demonstration and print what came of it."""
    from firingorder.session.files import FileOptions, analyse_path
    from tests.conftest import data_root
    from tests.real.plots import plot_misses
    from tests.real.tang2022 import compare, write_body, write_montage

    root = data_root()
    folder = None if root is None else root / "semgdetection_tang2022"
    if folder is None or not folder.is_dir():
        print("needs the recordings (set FIRINGORDER_DATA or put them at ../shared/data)")
        return 1
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    body, montage = OUT / "body.mat", OUT / "montage.json"
    write_body(folder, body)
    write_montage(montage, device=True)
    live = _live(body, montage)
    recording = OUT / "session.mcap"
    replayed = _command("replay", str(recording), "--headless", "--speed", "0", "--events", "-")
    same = _without_latency(replayed) == _without_latency(live.read_text())
    print(f"replay: event lines {'identical' if same else 'DIFFER'}")
    result = analyse_path(recording, FileOptions())
    (OUT / "analysis.json").write_text(json.dumps(result.to_dict(), indent=1))
    compared = compare(result)
    for one in compared:
        found = (
            "none"
            if one.found_s is None
            else f"{one.found_s[1]:.3f} ({one.found_s[0]:.3f} to {one.found_s[2]:.3f})"
        )
        marked = f"{one.marked_s[0]:.3f} to {one.marked_s[1]:.3f}"
        print(f"{one.channel} lift {one.repetition:>2}: marked {marked}, found {found}"
              f"{'' if one.overlaps else '   <- no overlap'}")  # fmt: skip
    print(f"{len(result.repetitions)} lifts; {sum(one.overlaps for one in compared)} of "
          f"{len(compared)} intervals reach into the marked one")  # fmt: skip
    for path in plot_misses(compared, folder, result, OUT):
        print(f"plot: {path.relative_to(ROOT)}")
    return 0 if same else 1


def _live(body: Path, montage: Path) -> Path:
    """Run device and window; return the event lines."""
    events = OUT / "live.jsonl"
    simulator = subprocess.Popen(
        [sys.executable, "-m", "firingorder", "simulate", "--listen", "pty", "--body", str(body)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    try:
        assert simulator.stdout is not None
        address = simulator.stdout.readline().strip()
        print(f"device: {address}")
        text = _command(
            *("live", "--no-sound", "--device", address, "--montage", str(montage)),
            *("--duration", str(DURATION_S), "--record", str(OUT / "session.mcap")),
            *("--events", str(events), "--result", str(OUT / "live.json")),
            *("--screenshot", str(OUT / "live.png")),
            QT_QPA_PLATFORM="offscreen",
        )
        print(text, end="")
    finally:
        simulator.terminate()
        simulator.wait(10)
    return events


def _command(*args: str, **environment: str) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "firingorder", *args],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if run.returncode != 0:
        raise SystemExit(f"firingorder {args[0]} ended with {run.returncode}: {run.stderr}")
    return run.stdout


def _without_latency(lines: str) -> list[dict[str, Any]]:
    return [
        {k: v for k, v in json.loads(line).items() if k != "latency_ms"}
        for line in lines.splitlines()
    ]


if __name__ == "__main__":
    sys.exit(main())
