"""Folders that can be read and not written, for tests."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def mounted_read_only(folder: Path) -> Iterator[None]:
    """Mount a folder over itself, read-only; skip where that is not allowed."""
    mount, let_go = shutil.which("mount"), shutil.which("umount")
    if sys.platform != "linux" or mount is None or let_go is None or os.geteuid() != 0:
        pytest.skip("mounting needs the superuser of a Linux system")
    made = subprocess.run([mount, "--bind", folder, folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"mounting is not allowed here: {made.stderr.decode().strip()}")
    try:
        subprocess.run([mount, "-o", "remount,ro,bind", folder], check=True)
        yield
    finally:
        subprocess.run([let_go, folder], check=True)


@contextmanager
def as_somebody_else(folder: Path) -> Iterator[None]:
    """Let a superuser, to whom modes mean nothing, be a user who can only reach a folder."""
    if os.geteuid() != 0:
        yield
        return
    above = [one for one in (folder, *folder.parents) if one.stat().st_uid == 0]
    modes = {one: stat.S_IMODE(one.stat().st_mode) for one in above}
    for one, mode in modes.items():
        one.chmod(mode | 0o055)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        for one, mode in modes.items():
            one.chmod(mode)


@contextmanager
def as_a_reader(folder: Path) -> Iterator[None]:
    """Let a folder be read and not written, also by the superuser."""
    modes = {one: stat.S_IMODE(one.stat().st_mode) for one in (folder, *folder.iterdir())}
    for one in modes:
        one.chmod(0o555 if one.is_dir() else 0o444)
    try:
        with as_somebody_else(folder):
            yield
    finally:
        for one, mode in modes.items():
            one.chmod(mode)
