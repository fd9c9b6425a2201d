"""The reference firmware as a maker's device: ``check-device`` finds nothing against it."""

from __future__ import annotations

import json
import sys

import pytest

from firingorder.cli import main
from tests.hardware.bench import LONG, PosixFirmware

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")

#: All of it takes most of a minute; what a quick run leaves out is in `make firmware-test`.
OPTIONS = (
    ("--slow",)
    if LONG
    else (
        "--duration",
        "1",
        "--only",
        "data.index,data.time,selftest.pattern,time,command.parameter",
    )
)


@pytest.mark.timeout(300)
def test_the_firmware_passes_every_clause_that_can_be_tested(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with PosixFirmware("--pty", "--ppm", "-35") as firmware:
        status = main(["check-device", firmware.address, "--json", *OPTIONS])
    found = json.loads(capsys.readouterr().out)
    assert status == 0, [one for one in found["clauses"] if one["failed"]]
    assert found["summary"]["passed"] >= (70 if LONG else 6)
    assert found["device"]["model"] == 2
