"""A power cut costs at most a second and a half, and nothing wrong is read afterwards.

The disk is a model: what was synced stays; of the rest each sector is kept, zeros or torn, in any
order, or the file ends before it.
"""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError
from firingorder.recording import keeper as rule
from firingorder.recording.keeper import Keeper
from firingorder.recording.reader import open_recording
from tests.recording.disks import (
    ANCHOR,
    READ_NS,
    PowerDisk,
    drive,
    numbers,
    read_time,
    wrong_reads,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

#: The bar for a power cut.
BAR_S = 1.5
SEED = 5
#: A thousand in the long run (`make test-long`).
CUTS = 1000 if os.environ.get("LONG_TESTS") else 400
FAR_NS = 10**18


def _cuts(tmp_path: Path, cuts: int, *, sync_works: bool = True) -> tuple[int, float, int]:
    """Cut the power at random; return cuts with wrong reads, the worst loss, files not opened."""
    rng = random.Random(SEED)
    path = tmp_path / "a.mcap"
    wrong, worst_s, unreadable = 0, 0.0, 0
    disk, keeper, k = PowerDisk(), Keeper(path, anchor=ANCHOR, preamble={}), 0
    for cut in range(cuts):
        if cut % 20 == 0:  # a new session now and then, so that cuts come early and late
            disk, k = PowerDisk(sync_works=sync_works), 0
            keeper = Keeper(path, anchor=ANCHOR, preamble={}, opener=disk.open)
            keeper.open()
        next_k = k + rng.randint(1, 90)
        drive(keeper, k, next_k)
        k = next_k
        found = disk.after_power_cut(rng)
        kept: list[int] = []
        if found is None:
            unreadable += 1
        else:
            path.write_bytes(found)
            try:
                entries = list(open_recording(path).entries())
            except FiringOrderError:
                unreadable += 1
                entries = []
            wrong += bool(wrong_reads(entries))
            kept = numbers(entries)
            if cut % 5 == 0 and sync_works:
                path.write_bytes(disk.data[: disk.safe_bytes])
                synced = numbers(open_recording(path).entries())
                assert set(synced) <= set(kept), "what was synced is there"
        # Chunks after the first torn one may survive: the loss is what is not there at all.
        worst_s = max(worst_s, (k - len(kept)) * READ_NS / 1e9)
    return wrong, worst_s, unreadable


def test_hundreds_of_cuts(tmp_path: Path) -> None:
    wrong, worst_s, unreadable = _cuts(tmp_path, CUTS)
    assert wrong == 0
    assert unreadable == 0
    assert worst_s <= BAR_S


def test_control_a_disk_that_does_not_sync_fails_the_bar(tmp_path: Path) -> None:
    _, worst_s, unreadable = _cuts(tmp_path, 60, sync_works=False)
    assert unreadable > 0
    assert worst_s > BAR_S


def test_control_without_the_sync_rule_the_bar_is_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule, "SYNC_NS", FAR_NS)
    wrong, worst_s, _ = _cuts(tmp_path, 60)
    assert wrong == 0, "even then nothing wrong is read"
    assert worst_s > BAR_S


def test_a_file_that_exists_is_synced_with_its_description(tmp_path: Path) -> None:
    disk = PowerDisk()
    keeper = Keeper(tmp_path / "a.mcap", anchor=ANCHOR, preamble={}, opener=disk.open)
    keeper.open()
    assert disk.in_folder
    assert disk.safe_bytes == len(disk.data)
    drive(keeper, 0, 5)
    keeper.finish(read_time(5))
    assert disk.safe_bytes == len(disk.data), "a finished file is synced whole"
