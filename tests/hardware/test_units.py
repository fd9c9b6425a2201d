"""The core's unit tests: on this computer under sanitizers, and on emulated Cortex-M4 machines."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from tests.hardware.toolchain import BUILD, make, need, need_arm

CLOSING = re.compile(r"(\d+) tests, (\d+) checks, 0 failures")


def test_on_this_computer_with_address_and_undefined_behaviour_sanitizers() -> None:
    need("make", "cc")
    found = CLOSING.search(make("test"))
    assert found is not None
    assert int(found[1]) >= 50


def test_on_two_emulated_cortex_m4_machines() -> None:
    need_arm()
    found = CLOSING.findall(make("test-qemu"))
    assert len(found) == 2
    assert found[0] == found[1]
    assert int(found[0][0]) >= 50


def test_a_failing_check_fails_the_run_on_the_emulated_machine_too() -> None:
    """Negative control: the image is changed so that one expectation is wrong."""
    need_arm()
    make("build/unit-tests-mps2.elf")
    image = (BUILD / "unit-tests-mps2.elf").read_bytes()
    # The CRC table's last entry: every frame is then refused.
    table = (0xBDBDF21C).to_bytes(4, "little")
    assert image.count(table) == 1
    spoilt = BUILD / "unit-tests-spoilt.elf"
    spoilt.write_bytes(image.replace(table, b"\0\0\0\0"))
    quiet = ["-display", "none", "-monitor", "none", "-serial", "none"]
    semihosting = ["-semihosting-config", "enable=on,target=native"]
    run = subprocess.run(
        ["qemu-system-arm", "-M", "mps2-an386", *quiet, *semihosting, "-kernel", spoilt],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "test_codec.c" in run.stdout


def test_a_second_compiler_has_no_warning_either() -> None:
    """Every build of these tests is with -Werror; mostly that is gcc."""
    need("make")
    if shutil.which("clang") is None:
        pytest.skip("clang is not installed")
    make("posix", "CC=clang", "BUILD=build/clang")
    shutil.rmtree(BUILD / "clang")
