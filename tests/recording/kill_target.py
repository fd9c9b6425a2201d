"""The program that is killed: records reads, and says on stdout which ones it has handed over.

Run as ``python kill_target.py FILE fast|true [noflush]``. ``fast`` drives the keeper as fast as the
machine can, its clock going with the data; ``true`` runs the recorder's thread at 100 reads/s.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from firingorder.recording import keeper as rule
from firingorder.recording.keeper import Keeper
from firingorder.recording.recorder import Recorder
from tests.recording.disks import ANCHOR, READ_NS, RX, drive, read_bytes, read_time


def _say(k: int) -> None:
    os.write(1, k.to_bytes(8, "little"))


def _fast(path: Path) -> None:
    keeper = Keeper(path, anchor=ANCHOR, preamble={})
    keeper.open()
    k = 0
    while True:
        _say(k)
        drive(keeper, k, k + 1)
        k += 1


def _true(path: Path) -> None:
    recorder = Recorder(path, anchor=ANCHOR, preamble={})
    recorder.start()
    cadence = threading.Event()
    start_ns = time.monotonic_ns()
    k = 0
    while True:
        due_ns = start_ns + k * READ_NS
        cadence.wait(max(0, due_ns - time.monotonic_ns()) / 1e9)
        _say(k)
        recorder.put(RX, read_bytes(k), read_time(k))
        k += 1


if __name__ == "__main__":
    if "noflush" in sys.argv:
        rule.FLUSH_NS = rule.SYNC_NS = 10**18
    {"fast": _fast, "true": _true}[sys.argv[2]](Path(sys.argv[1]))
