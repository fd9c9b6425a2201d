"""Ports asked for and found again: by name, by hardware, among twins; from given lists."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from firingorder.errors import LinkError, UsageError
from firingorder.firmware_bridge.links import ports as ports_module
from firingorder.firmware_bridge.links.port_query import PortQuery, identity_address
from firingorder.firmware_bridge.links.port_search import (
    choose_port,
    find_again,
    find_first,
    twins_of,
)
from firingorder.firmware_bridge.links.ports import PortInfo, list_ports, port_named

if TYPE_CHECKING:
    from pathlib import Path

USB_A = PortInfo("/dev/ttyACM0", "Belt", "maker", 0x1209, 0x0001, "A1", "1-1")
USB_B = PortInfo("/dev/ttyUSB0", "Adapter", "FTDI", 0x0403, 0x6001, "B2", "1-2")
BOARD = PortInfo("/dev/ttyS0", "mainboard")
NONE: frozenset[str] = frozenset()


def test_the_only_usb_port_is_chosen() -> None:
    assert choose_port([BOARD, USB_A]) == USB_A


def test_no_usb_port_says_what_to_do() -> None:
    with pytest.raises(LinkError, match="Plug the belt in"):
        choose_port([BOARD])


def test_several_usb_ports_are_listed_and_none_is_guessed() -> None:
    with pytest.raises(LinkError, match=r"ttyACM0.*ttyUSB0"):
        choose_port([USB_A, USB_B])


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("auto", PortQuery()),
        ("/dev/ttyACM0", PortQuery("/dev/ttyACM0")),
        ("COM3", PortQuery("COM3")),
        (r"\\.\COM12", PortQuery(r"\\.\COM12")),
        (
            "/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0",
            PortQuery("/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0"),
        ),
        ("2341:0043", PortQuery(vid=0x2341, pid=0x0043)),
        ("0403:6001:A9014k4b", PortQuery(vid=0x0403, pid=0x6001, serial_number="A9014k4b")),
        ("1209:0001:A%2B1:%3F", PortQuery(vid=0x1209, pid=1, serial_number="A+1:?")),
        ("sn=A1", PortQuery(serial_number="A1")),
    ],
)
def test_what_stands_after_serial_is_read(text: str, query: PortQuery) -> None:
    assert PortQuery.parse(text) == query


@pytest.mark.parametrize("text", ["", "sn=", "2341:", "2341:43", "xyzw:0043", ":0043", "COM3:"])
def test_what_names_no_port_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(UsageError, match=r"VID:PID:SERIALNUMBER"):
        PortQuery.parse(text)


@pytest.mark.parametrize("number", ["A1", "with space", "a+b?c=%41", "x:y", "Größe/2"])
def test_the_address_of_hardware_finds_it_and_nothing_else(number: str) -> None:
    port = replace(USB_A, serial_number=number)
    address = identity_address(port)
    assert address is not None
    assert not set("?+ ") & set(address)
    query = PortQuery.parse(address.removeprefix("serial:"))
    assert [one for one in (USB_A, USB_B, BOARD, port) if query.matches(one)] == [port] * (
        2 if port == USB_A else 1
    )


def test_ports_that_are_not_usb_are_found_by_name_only() -> None:
    assert identity_address(BOARD) is None
    assert PortQuery.parse("/dev/ttyS0").matches(BOARD)
    assert not PortQuery.parse("auto").matches(BOARD)
    assert not PortQuery.parse("sn=A1").matches(BOARD)


def test_hardware_is_looked_for_among_what_is_there() -> None:
    ports = [BOARD, USB_A, USB_B]
    assert find_first(PortQuery.parse("sn=a1"), ports) == "/dev/ttyACM0"
    assert find_first(PortQuery.parse("0403:6001"), ports) == "/dev/ttyUSB0"
    assert find_first(PortQuery.parse("/dev/ttyS9"), ports) == "/dev/ttyS9"
    with pytest.raises(LinkError, match="Not plugged in: the USB device 1209:0002"):
        find_first(PortQuery.parse("1209:0002"), ports)
    second = replace(USB_A, device="/dev/ttyACM1", serial_number="A2")
    with pytest.raises(LinkError, match=r"ttyACM0.*A1.*ttyACM1.*A2"):
        find_first(PortQuery.parse("1209:0001"), [*ports, second])


def test_the_same_hardware_is_found_under_another_name() -> None:
    moved = replace(USB_A, device="/dev/ttyACM1", location="3-4")
    assert find_again(USB_A, NONE, [USB_B, moved]) == "/dev/ttyACM1"
    assert find_again(USB_A, NONE, [USB_B, USB_A]) == "/dev/ttyACM0"
    pty = PortInfo("/dev/pts/3")
    assert find_again(pty, NONE, [moved]) == "/dev/pts/3"


def test_hardware_that_is_not_back_is_named() -> None:
    with pytest.raises(LinkError, match=r"maker Belt \(1209:0001, serial number A1\)"):
        find_again(USB_A, NONE, [USB_B])


def test_another_device_under_the_old_name_is_noticed() -> None:
    other = replace(USB_A, serial_number="A9")
    with pytest.raises(LinkError, match=r"another device now: .*A9.*, not .*A1.*1209:0001:A9"):
        find_again(USB_A, NONE, [other])


def test_twins_without_serial_number_are_told_apart_by_where_they_were() -> None:
    ours = PortInfo("/dev/ttyUSB0", "UART", "", 0x1A86, 0x7523, "", "1-1")
    twin = replace(ours, device="/dev/ttyUSB1", location="1-2")
    twins = twins_of(ours, [ours, twin, USB_A])
    assert find_again(ours, twins, [ours, twin]) == "/dev/ttyUSB0"
    with pytest.raises(LinkError, match="not plugged in"):
        find_again(ours, twins, [twin])
    # The twin took the name after both were pulled: it is still where it was.
    with pytest.raises(LinkError, match="another device now"):
        find_again(ours, twins, [replace(twin, device="/dev/ttyUSB0")])
    back = replace(ours, device="/dev/ttyUSB7", location="1-3")
    assert find_again(ours, twins, [twin, back]) == "/dev/ttyUSB7"


def test_what_cannot_be_told_apart_is_not_guessed() -> None:
    ours = PortInfo("/dev/ttyUSB0", "UART", "", 0x1A86, 0x7523, "", "1-1")
    some = replace(ours, device="/dev/ttyUSB1", location="1-2")
    more = replace(ours, device="/dev/ttyUSB2", location="1-3")
    with pytest.raises(LinkError, match="look the same"):
        find_again(ours, NONE, [some, more])


def test_the_interface_of_a_device_with_several_is_kept() -> None:
    first = replace(USB_A, location="1-1:1.0")
    second = replace(USB_A, device="/dev/ttyACM1", location="1-1:1.2")
    moved = [
        replace(first, device="/dev/ttyACM4", location="2-3:1.0"),
        replace(second, device="/dev/ttyACM5", location="2-3:1.2"),
    ]
    assert find_again(first, twins_of(first, [first, second]), moved) == "/dev/ttyACM4"
    assert find_again(second, twins_of(second, [first, second]), moved) == "/dev/ttyACM5"


def test_a_link_to_a_port_is_that_port(tmp_path: Path) -> None:
    there = tmp_path / "ttyACM0"
    there.touch()
    link = tmp_path / "usb-maker_Belt_A1-if00"
    link.symlink_to(there)
    port = replace(USB_A, device=str(there.resolve()))
    assert port_named(str(link), [USB_B, port]) == port
    assert port_named(str(tmp_path / "ttyACM9"), [port]) is None


def test_ports_of_this_computer_can_be_listed() -> None:
    found = list_ports()
    assert list(found) == sorted(found, key=lambda port: port.device)


def test_a_device_pulled_while_ports_are_listed_does_no_harm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """pyserial reads None where a number was and fails (its issue 550); the next look is whole."""
    looks = 0
    whole = ports_module.pyserial_ports.comports

    def torn() -> list[object]:
        nonlocal looks
        looks += 1
        if looks < 3:
            raise TypeError("int() can't convert non-string with explicit base")
        return list(whole())

    monkeypatch.setattr(ports_module.pyserial_ports, "comports", torn)
    list_ports()
    assert looks == 3
    looks = -9
    with pytest.raises(LinkError, match="cannot be listed"):
        list_ports()
