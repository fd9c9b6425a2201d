"""A power cut on a real file system: ext4 in an image, copied while the writer stands still."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firingorder.recording.reader import open_recording
from tests.recording.disks import READ_NS, numbers, wrong_reads

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = Path(__file__).with_name("kill_target.py")
BAR_S = 1.5
CUTS = 4
SEED = 23
IMAGE_BYTES = 24 << 20


@contextmanager
def _mounted(image: Path, folder: Path) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "loop", image, folder], check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True, capture_output=True)


def _new_image(path: Path) -> None:
    reason = None
    if sys.platform != "linux" or os.geteuid() != 0:
        reason = "mounting an image needs root on Linux"
    elif not (shutil.which("mkfs.ext4") and shutil.which("mount")):
        reason = "mkfs.ext4 or mount is missing"
    if reason is not None:
        pytest.skip(reason)
    with path.open("wb") as file:
        file.truncate(IMAGE_BYTES)
    subprocess.run(["mkfs.ext4", "-q", path], check=True, capture_output=True)
    try:
        with _mounted(path, path.with_suffix(".probe")):
            pass
    except subprocess.CalledProcessError as error:
        pytest.skip(f"this machine mounts no images: {error.stderr.decode().strip()}")


def _cut(tmp_path: Path, number: int, reads: int, *options: str) -> float:
    """Copy the disk as it is after so many reads; return the seconds that the copy misses."""
    image, copy = tmp_path / f"{number}.img", tmp_path / f"{number}-cut.img"
    _new_image(image)
    with _mounted(image, tmp_path / f"{number}.disk") as disk:
        command = [sys.executable, str(TARGET), str(disk / "a.mcap"), "true", *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            try:
                handed = len(process.stdout.read(8 * reads)) // 8
                process.send_signal(signal.SIGSTOP)
                shutil.copyfile(image, copy)
            finally:
                process.kill()
            handed += len(process.stdout.read()) // 8
    with _mounted(copy, tmp_path / f"{number}.cut") as disk:
        entries = list(open_recording(disk / "a.mcap").entries())
    assert wrong_reads(entries) == []
    kept = numbers(entries)
    assert kept == list(range(len(kept)))
    return (handed - len(kept)) * READ_NS / 1e9


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_cuts_of_a_real_file_system(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    rng = random.Random(SEED)
    lost_s = [_cut(tmp_path, k, rng.randint(30, 400)) for k in range(CUTS)]
    print(f"lost {lost_s} s")
    assert max(lost_s) <= BAR_S


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_control_without_flush_and_sync_a_real_cut_costs_more(tmp_path: Path) -> None:
    assert _cut(tmp_path, 0, 250, "noflush") > BAR_S
