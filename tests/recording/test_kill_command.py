"""``kill -9`` of ``firingorder record`` itself, with the virtual belt at true speed."""

from __future__ import annotations

import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from firingorder.recording.reader import open_recording
from tests.programs import Program
from tests.recording.disks import RX

if TYPE_CHECKING:
    from pathlib import Path

#: The bar for a killed program.
BAR_S = 1.0
#: Twenty in the long run (`make test-long`); each takes about four seconds.
KILLS = 20 if os.environ.get("LONG_TESTS") else 3
SEED = 41
#: Starting Python and the session takes a second or two; no healthy machine takes this long.
START_LIMIT_S = 60.0


def _kill(path: Path, after_s: float) -> tuple[float, int]:
    """Kill the recorder so long after its file appeared; return seconds lost and reads kept.

    Times in the file are UTC at its start plus time elapsed, and the belt runs at true speed: what
    is missing between the last read and the instant of the kill is what was lost.
    """
    pause = threading.Event()
    with Program(
        *("record", "--out", str(path)),
        *("--device", "sim:bridge?seed=1&speed=1", "--duration", "60"),
    ) as process:
        limit_s = time.monotonic() + START_LIMIT_S
        while not path.exists():
            assert process.poll() is None, "the recorder ended before it made its file"
            assert time.monotonic() < limit_s, "no file appeared"
            pause.wait(0.01)
        pause.wait(after_s)
        process.kill()
        killed_ns = time.time_ns()
    recording = open_recording(path)
    assert not recording.finished
    assert recording.lost == ()
    times_ns = [e.t_ns for e in recording.entries() if e.topic == RX]
    last_ns = times_ns[-1] if times_ns else recording.anchor.mono_ns
    return (killed_ns - recording.anchor.log_time(last_ns)) / 1e9, len(times_ns)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_kills_of_the_command(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    rng = random.Random(SEED)
    each = [(tmp_path / f"{k}.mcap", rng.uniform(1.0, 4.0)) for k in range(KILLS)]
    with ThreadPoolExecutor(3) as pool:  # at true speed a program mostly waits
        found = list(pool.map(lambda one: _kill(*one), each))
    assert max(lost_s for lost_s, _ in found) <= BAR_S
    assert all(reads > 0 for _, reads in found)
