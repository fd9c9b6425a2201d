"""``kill -9`` of a recording program costs at most a second, and the file opens by itself."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from firingorder.recording.reader import open_recording
from tests.recording.disks import READ_NS, numbers, wrong_reads

TARGET = Path(__file__).with_name("kill_target.py")
#: The bar for a killed program.
BAR_S = 1.0
SEED = 11

#: Twenty in the long run (`make test-long`).
KILLS = 20 if os.environ.get("LONG_TESTS") else 5


def _kill_after(path: Path, reads: int, mode: str, *options: str) -> float:
    """Kill the program after it handed over so many reads; return the seconds of data lost."""
    with subprocess.Popen(
        [sys.executable, str(TARGET), str(path), mode, *options], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        handed = len(process.stdout.read(8 * reads)) // 8
        process.kill()
        handed += len(process.stdout.read()) // 8
    assert handed >= reads, "the program ended by itself"
    recording = open_recording(path)
    entries = list(recording.entries())
    assert wrong_reads(entries) == []
    assert not recording.finished
    assert recording.lost == ()
    kept = numbers(entries)
    assert kept == list(range(len(kept)))
    return (handed - len(kept)) * READ_NS / 1e9


def _kills(tmp_path: Path, count: int, mode: str, longest: int) -> float:
    rng = random.Random(SEED)
    each = [(tmp_path / f"{k}.mcap", rng.randint(1, longest)) for k in range(count)]
    # At true speed a program mostly waits: all of them do so at once.
    with ThreadPoolExecutor(count if mode == "true" else 1) as pool:
        return max(pool.map(lambda one: _kill_after(*one, mode), each))


def test_control_without_flush_a_kill_costs_more(tmp_path: Path) -> None:
    assert _kill_after(tmp_path / "a.mcap", 1500, "fast", "noflush") > BAR_S


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_kills_at_full_speed(tmp_path: Path) -> None:
    assert _kills(tmp_path, KILLS, "fast", 20000) <= BAR_S


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_kills_of_the_thread_at_true_speed(tmp_path: Path) -> None:
    assert _kills(tmp_path, KILLS, "true", 400) <= BAR_S
