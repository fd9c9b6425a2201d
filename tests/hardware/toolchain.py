"""Builds the firmware with what is installed, or says what is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FIRMWARE = Path(__file__).resolve().parents[2] / "hardware" / "firmware"
BUILD = FIRMWARE / "build"
_BUILD_LIMIT_S = 300.0


def need(*programs: str) -> None:
    """Skip the calling test, with the reason, when a program is missing."""
    if sys.platform == "win32":
        pytest.skip("the firmware is built and run on Linux and macOS only")
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}: `make firmware-test` installs or names them")


def need_arm() -> None:
    """Skip the calling test when the cross compiler, its library or QEMU is missing."""
    need("make", "arm-none-eabi-gcc", "qemu-system-arm")
    asked = ["arm-none-eabi-gcc", "-print-file-name=nano.specs"]
    found = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    if not Path(found).is_file():
        pytest.skip("needs newlib for arm-none-eabi-gcc: `make firmware-test` installs or names it")


def make(*targets: str) -> str:
    """Run the firmware's Makefile and return what it said.

    Two test workers share one build folder, so they wait for each other.
    """
    import fcntl

    BUILD.mkdir(exist_ok=True)
    with (BUILD / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run = subprocess.run(
            ["make", "-C", str(FIRMWARE), *targets],
            capture_output=True,
            text=True,
            timeout=_BUILD_LIMIT_S,
            check=False,
        )
    assert run.returncode == 0, f"make {' '.join(targets)}:\n{run.stdout}\n{run.stderr}"
    return run.stdout


def posix_firmware() -> Path:
    """Return the firmware as a program of this computer."""
    need("make", "cc")
    make("posix")
    return BUILD / "firmware-posix"


def arm_firmware(board: str) -> Path:
    """Return the firmware for an emulated Cortex-M4: ``mps2`` or ``f405``."""
    need_arm()
    make(board)
    return BUILD / f"firmware-{board}.elf"


def codec_library() -> Path:
    """Return the codec of the firmware as a shared library."""
    need("make", "cc")
    make("codec-library")
    return BUILD / "libcodec.so"
