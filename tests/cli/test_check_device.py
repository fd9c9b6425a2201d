"""``check-device``: report and exit status, bad requests, a real terminal, and Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
import threading
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from firingorder.cli import main
from firingorder.cli.check_device import as_text
from firingorder.errors import LinkError
from firingorder.firmware_bridge.conformance.clauses import CLAUSES
from firingorder.session.checking import CheckPlan, run_check
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.link import SimLink
from firingorder.simulation.scenarios import make_body
from firingorder.simulation.server import serve
from firingorder.simulation.twins import make_line, twin_address, twin_body
from tests.programs import Program

if TYPE_CHECKING:
    from collections.abc import Generator

    from firingorder.simulation.twins.line import TwinLine

SCHEMA = json.loads(
    (resources.files("firingorder") / "schemas" / "check-device-1.json").read_text(encoding="utf-8")
)
ROOT = Path(__file__).resolve().parents[2]
SPECIFICATION = ROOT / "docs" / "reference" / "wire_protocol.md"
LIMIT_S = 30.0
QUICK = "sim:rest?seed=3&speed=0"


class Noticing(VirtualDevice):
    """Tells when it streams."""

    def __init__(self) -> None:
        super().__init__(make_body("rest", seed=3), seed=3)
        self.streaming = threading.Event()

    def start(self, mask: int) -> None:
        super().start(mask)
        self.streaming.set()


@contextlib.contextmanager
def served(device: VirtualDevice | TwinLine) -> Generator[str]:
    ready, stop, address = threading.Event(), threading.Event(), list[str]()

    def on_ready(text: str) -> None:
        address.append(text)
        ready.set()

    thread = threading.Thread(
        target=serve, args=(device, "pty"), kwargs={"duration_s": None, "on_ready": on_ready,
                                                    "stop": stop}
    )  # fmt: skip
    thread.start()
    try:
        assert ready.wait(LIMIT_S)
        yield address[0]
    finally:
        stop.set()
        thread.join(LIMIT_S)


def report(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, Any]]:
    status = main(["check-device", *argv, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert list(Draft202012Validator(SCHEMA).iter_errors(found)) == []
    return status, found


def test_a_right_device_gives_a_report_by_the_schema_and_status_0(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, found = report(capsys, QUICK, "--duration", "1")
    assert status == 0
    assert found["summary"]["failed"] == 0
    assert [one["clause"] for one in found["clauses"]] == [one.id for one in CLAUSES]
    assert found["device"]["simulated"] is True
    delay = found["delay"]
    assert delay["newest_sample_ms"]["p50"] < delay["oldest_sample_ms"]["p50"]
    assert delay["processing_ms"]["analysed"] is True
    assert delay["filters_ms"] == 16.25
    assert any("display" in one for one in delay["not_measured"])


def test_a_device_that_fails_gives_status_1_the_bytes_and_what_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = f"{QUICK}&faults=ppm=500"
    status, found = report(capsys, url, "--only", "14", "--duration", "12")
    assert status == 1
    (one,) = found["clauses"]
    assert one["clause"] == "clock.drift"
    assert one["advice"]
    text = as_text(found)
    assert "FAIL 14" in text
    assert "+500" in text
    assert "crystal" in text
    assert "0 passed, 1 failed" in text


def test_damaged_bytes_are_shown_in_hexadecimal(capsys: pytest.CaptureFixture[str]) -> None:
    url = f"{QUICK}&faults=flip=2e-6"
    assert main(["check-device", url, "--only", "frame.crc", "--duration", "20"]) == 1
    text = capsys.readouterr().out
    assert "the last four bytes are" in text
    assert "bytes " in text


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["nonsense"], "is no device address"),
        (["replay:x.mcap"], "a recording cannot be asked anything"),
        (["bitalino:/dev/ttyUSB0", "--only", "7"], "are for devices of frame v1"),
        (["cyton:/dev/ttyUSB0+dot-ble:DOT"], "one device at a time"),
        ([QUICK, "--only", "telepathy"], "no clause, group or section"),
        ([QUICK, "--duration", "0.2"], "measure for 1 s or more"),
    ],
)
def test_a_wrong_request_is_refused_with_status_2(
    argv: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check-device", *argv]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.out == ""


def test_a_device_that_is_not_there_is_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-device", "serial:/dev/there-is-none"]) == 1
    assert "/dev/there-is-none" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_over_a_real_terminal_the_virtual_device_passes(capsys: pytest.CaptureFixture[str]) -> None:
    with served(Noticing()) as address:
        only = "data.index,data.length,data.time,time,command.parameter"
        status, found = report(capsys, address, "--duration", "1.5", "--only", only)
    assert status == 0, [one for one in found["clauses"] if one["failed"]]
    assert found["summary"]["passed"] == 6
    assert found["ended_early"] is None


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_another_maker_s_device_is_looked_at_by_the_same_schema(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = make_line("bitalino", twin_body("bitalino", "rest", seed=3), seed=3)
    with served(line) as address:
        url = twin_address("bitalino", address)
        status, found = report(capsys, url, "--duration", "1")
    assert status == 0, found
    assert found["protocol"] == "bitalino"
    assert found["profile"]["emg_rate_hz"] == 1000.0
    assert "another maker" in as_text(found)


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_ctrl_c_stops_the_device_and_judges_what_was_seen() -> None:
    device = Noticing()
    with served(device) as address:
        with Program("check-device", address, "--only", "data") as run:
            try:
                assert device.streaming.wait(LIMIT_S)
                run.send_signal(signal.SIGINT)
                out, err = run.communicate(timeout=LIMIT_S)
            finally:
                run.kill()
    assert run.returncode == 1
    assert "The check ended early: It was stopped." in out
    assert "Stopped; the device was told to stop, too." in err
    assert not device.streams.running


def test_ctrl_c_ends_a_search_at_once() -> None:
    class Searching(SimLink):
        async def open(self) -> None:
            stop.set()
            await asyncio.Event().wait()

    stop = asyncio.Event()
    link = Searching(Noticing(), speed=0.0)
    with pytest.raises(LinkError, match="Stopped before the link was open"):
        asyncio.run(run_check(link, CheckPlan(1.0), stop=stop))


def test_every_clause_cites_a_section_that_the_specification_has() -> None:
    headings = [
        line.removeprefix("## ").partition(".")[0]
        for line in SPECIFICATION.read_text(encoding="utf-8").splitlines()
        if line.startswith("## ")
    ]
    for clause in CLAUSES:
        for section in clause.section.split(", "):
            assert section.split(" rule ")[0] in headings, clause.id
