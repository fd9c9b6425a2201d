"""What is plugged in is listed by address, with what to do where it cannot be opened."""

from __future__ import annotations

import argparse
import json
from importlib import resources
from typing import TYPE_CHECKING

from jsonschema import Draft202012Validator

from firingorder.cli import devices
from firingorder.firmware_bridge.links.ports import PortInfo
from firingorder.session.addresses import parse_address

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SCHEMA = json.loads(
    (resources.files("firingorder") / "schemas" / "devices-1.json").read_text(encoding="utf-8")
)


def test_this_computer_s_devices_keep_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert devices.run(argparse.Namespace(json=True)) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(Draft202012Validator(SCHEMA).iter_errors(found)) == []


def test_addresses_are_those_that_device_takes_and_usb_stands_first(tmp_path: Path) -> None:
    there = tmp_path / "ttyACM0"
    there.touch()
    gone = tmp_path / "ttyACM1"
    found = devices.report(
        [
            PortInfo("/dev/ttyS0"),
            PortInfo(str(gone), "Belt", "Maker", 0x1209, 0x0001),
            PortInfo(str(there), "Belt", "Belt", 0x1209, 0x0001),
        ]
    )
    assert list(Draft202012Validator(SCHEMA).iter_errors(found)) == []
    targets = [parse_address(one["address"]).target for one in found["devices"]]
    assert targets == [str(there), str(gone), "/dev/ttyS0"]
    first, second, _ = found["devices"]
    assert (first["usable"], first["advice"]) == (True, None)
    assert first["description"] == "Belt"
    assert second["usable"] is False
    assert "doctor" in second["advice"]
    assert second["usb"] == "1209:0001"


def test_finding_nothing_is_said_with_the_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    devices.run(argparse.Namespace(json=False))
    text = capsys.readouterr().out
    assert "ble" in text
    assert "sim:bridge" in text
