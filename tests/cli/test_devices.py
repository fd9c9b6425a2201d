"""What is plugged in or in range is listed by address, with what to do where it cannot be used."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from firingorder.cli import devices
from firingorder.firmware_bridge.links.ble_scan import BleDevice
from firingorder.firmware_bridge.links.device_kinds import guess_by_name, kind_of_port
from firingorder.firmware_bridge.links.port_query import PortQuery
from firingorder.firmware_bridge.links.ports import PortInfo
from firingorder.session.addresses import parse_address

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = json.loads(
    (resources.files("firingorder") / "schemas" / "devices-1.json").read_text(encoding="utf-8")
)
BELT = BleDevice("Belt 7", "AA:BB:CC:00:11:22", -48, "firingorder belt")
NPG = BleDevice("NPG-Lite-6CH:A1", "AA:BB:CC:00:11:33", -60)
PHONE = BleDevice("", "AA:BB:CC:00:11:44", -70)


def checked(found: dict[str, Any]) -> list[dict[str, Any]]:
    assert list(Draft202012Validator(SCHEMA).iter_errors(found)) == []
    return found["devices"]


def test_this_computer_s_devices_keep_the_schema(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "SCAN_S", 0.05)
    assert devices.run(argparse.Namespace(json=True)) == 0
    found = json.loads(capsys.readouterr().out)
    checked(found)
    for one in found["not_searched"]:
        assert len(one["reason"]) > 20


def test_addresses_are_those_that_device_takes_and_usb_stands_first(tmp_path: Path) -> None:
    there = tmp_path / "ttyACM0"
    there.touch()
    gone = tmp_path / "ttyACM1"
    found = checked(
        devices.report(
            [
                PortInfo("/dev/ttyS0"),
                PortInfo(str(gone), "Belt", "Maker", 0x1209, 0x0001, "7+1"),
                PortInfo(str(there), "Belt", "Belt", 0x1209, 0x0001),
            ]
        )
    )
    targets = [parse_address(one["address"]).target for one in found]
    assert targets == [str(there), str(gone), "/dev/ttyS0"]
    first, second, third = found
    assert (first["usable"], first["advice"]) == (True, None)
    assert first["description"] == "Belt"
    assert second["usable"] is False
    assert "doctor" in second["advice"]
    assert second["usb"] == "1209:0001"
    identity = parse_address(second["identity"])
    assert identity.scheme == "serial"
    assert PortQuery.parse(identity.target) == PortQuery(vid=0x1209, pid=1, serial_number="7+1")
    assert third["identity"] is None


@pytest.mark.parametrize(
    ("port", "words", "schemes"),
    [
        (PortInfo("COM3", "", "", 0x0403, 0x6015, "DM1"), "FT231X", ["cyton"]),
        (PortInfo("COM3", "", "", 0x0403, 0x6001, "A1"), "FTDI", ["cyton", "chords"]),
        (PortInfo("/dev/ttyACM0", "", "", 0x2341, 0x0043), "Arduino", ["chords"]),
        (PortInfo("/dev/ttyUSB0", "", "", 0x1A86, 0x7523), "CH340", ["chords"]),
        (PortInfo("/dev/ttyACM0", "", "", 0x0483, 0x5740), "STM32", ["chords"]),
        (PortInfo("/dev/ttyACM0", "", "", 0x0483, 0x374B), "unknown USB serial", []),
        (PortInfo("/dev/ttyACM0", "", "", 0x1209, 0x0001), "unknown USB serial", []),
        (PortInfo("/dev/rfcomm0"), "Bluetooth", ["bitalino"]),
        (PortInfo("COM5", "Standard Serial over Bluetooth link"), "Bluetooth", ["bitalino"]),
        (PortInfo("/dev/ttyS0"), "not USB", []),
    ],
)
def test_what_a_port_may_be_is_said_with_the_address_to_try(
    port: PortInfo, words: str, schemes: list[str]
) -> None:
    assert words in kind_of_port(port).words
    (found,) = checked(devices.report([port]))
    assert [one["address"] for one in found["may_be"]] == [f"{s}:{port.device}" for s in schemes]
    assert found["recognised"] is bool(schemes)


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("NPG-LITE", "npg-ble"),
        ("npg-lite-band-3CH:2", "npg-ble"),
        ("Xsens DOT", "dot-ble"),
        ("Movella DOT 4", "dot-ble"),
        ("WT901BLE67", "witmotion-ble"),
        ("sunpng", None),
        ("", None),
    ],
)
def test_bluetooth_devices_of_other_makers_are_known_by_name(name: str, scheme: str | None) -> None:
    guess = guess_by_name(name)
    assert (guess.scheme if guess else None) == scheme


def test_bluetooth_devices_stand_behind_the_ports_and_phones_are_only_counted() -> None:
    found = devices.report([PortInfo("/dev/ttyS0")], [BELT, NPG, PHONE])
    _, belt, npg, phone = checked(found)
    assert belt["address"] == "ble:AA:BB:CC:00:11:22"
    assert belt["usable"] is npg["usable"] is True
    assert npg["may_be"][0]["address"] == "npg-ble:AA:BB:CC:00:11:33"
    assert phone["usable"] is False
    text = devices._as_text(found)
    assert "Belt 7, firingorder belt, -48 dBm" in text
    assert "npg-ble:" in text
    assert PHONE.address not in text
    assert "other kinds in range: 1" in text


def test_finding_nothing_is_said_with_the_way_out() -> None:
    text = devices._as_text(devices.report([], [], [("ble", "the radio is off.")]))
    assert "No serial port was found" in text
    assert "Not searched: ble: the radio is off." in text
    assert "sim:bridge" in text


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals between processes")
def test_ctrl_c_ends_the_search_and_not_the_list() -> None:
    before = signal.getsignal(signal.SIGINT)

    async def endless() -> list[BleDevice]:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(3600)
        return []

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(devices._watched(endless(), 3600))
    assert signal.getsignal(signal.SIGINT) is before


def test_what_the_search_finds_is_handed_on() -> None:
    async def found() -> list[BleDevice]:
        return [BELT]

    assert asyncio.run(devices._watched(found(), 1.0)) == [BELT]


@pytest.mark.parametrize(
    ("name", "profile", "address", "joins"),
    [
        ("NPG-Lite-3CH:5A17", "NPG Lite", "npg-ble:AA:BB:CC:00:11:55", False),
        ("Xsens DOT", "Movella DOT", "dot-ble:AA:BB:CC:00:11:55", True),
        ("WT901BLE67", "WitMotion sensor", "witmotion-ble:AA:BB:CC:00:11:55", True),
    ],
)
def test_a_recognised_radio_is_listed_by_the_address_that_opens_it(
    name: str, profile: str, address: str, *, joins: bool
) -> None:
    found = devices.report((), [BleDevice(name, "AA:BB:CC:00:11:55", -50, profile)])
    (device,) = checked(found)
    assert device["address"] == address
    assert device["usable"]
    assert device["may_be"] == []
    assert (device["advice"] is not None) == joins
    if joins:
        parsed = parse_address(f"ble:auto+{address}")
        assert parsed.beside is not None
        assert parsed.beside.target == "AA:BB:CC:00:11:55"
