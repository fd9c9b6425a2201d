"""`firingorder check-device` holds each build of the firmware against the specification."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.hardware.bench import LONG, ROOT, PosixFirmware, QemuFirmware

BUILDS = ["posix", "mps2", "f405"]


@pytest.mark.skipif(not LONG, reason="half a minute each: make firmware-test runs it")
@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.timeout(300)
def test_no_clause_of_the_specification_fails(build: str) -> None:
    machine = PosixFirmware("--tcp", "0") if build == "posix" else QemuFirmware(build)
    with machine as firmware:
        run = subprocess.run(
            [
                sys.executable,
                "-m",
                "firingorder",
                "check-device",
                firmware.address,
                "--slow",
                "--json",
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
    report: dict[str, Any] = json.loads(run.stdout)
    print(json.dumps(report)[:2000])
    assert run.returncode == 0, run.stderr
