"""The doctor's checks on the way to a device, on trees of files as Linux shows its devices."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from firingorder.cli import link_checks
from firingorder.firmware_bridge.links.ports import PortInfo

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.cli.checks import Check

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="checks of Linux")

ARDUINO = PortInfo("/dev/ttyACM0", "Uno", "Arduino", 0x2341, 0x0043, "8573")
BOARD = PortInfo("/dev/ttyS0")


def write(place: Path, text: str = "") -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    return place


def running(root: Path, *names: str) -> Path:
    for number, name in enumerate(names, start=100):
        write(root / "proc" / str(number) / "comm", name + "\n")
    return root


def bluetooth(root: Path, said: str | None = None) -> Check:
    return link_checks.check_bluetooth(root, lambda: said)


def radio(root: Path) -> Path:
    write(root / "sys/class/bluetooth/hci0/rfkill0/soft", "0\n")
    write(root / "sys/class/bluetooth/hci0/rfkill0/hard", "0\n")
    write(root / "run/dbus/system_bus_socket")
    write(root / "usr/libexec/bluetooth/bluetoothd")
    return running(root, "systemd", "bluetoothd")


def test_bluetooth_that_works_is_said(tmp_path: Path) -> None:
    found = bluetooth(radio(tmp_path))
    assert (found.state, found.advice) == ("ok", None)
    assert "hci0" in found.detail


@pytest.mark.parametrize(
    ("fault", "detail", "advice"),
    [
        ("no adapter", "no Bluetooth adapter", "by USB"),
        ("soft", "blocked by software", "rfkill unblock"),
        ("hard", "switched off", "flight mode"),
        ("no bus", "no D-Bus", "start dbus"),
        ("daemon ended", "bluetoothd does not run", "systemctl enable"),
        ("no bluez", "not installed", "apt-get install bluez"),
    ],
)
def test_each_fault_of_bluetooth_has_its_cure(
    tmp_path: Path, fault: str, detail: str, advice: str
) -> None:
    root = radio(tmp_path)
    switches = root / "sys/class/bluetooth/hci0/rfkill0"
    match fault:
        case "no adapter":
            switches.parent.rename(root / "sys/class/bluetooth/hci0:64")  # a connection
        case "soft" | "hard":
            write(switches / fault, "1\n")
        case "no bus":
            (root / "run/dbus/system_bus_socket").unlink()
        case _:
            (root / "proc/101/comm").write_text("something else\n")
            if fault == "no bluez":
                (root / "usr/libexec/bluetooth/bluetoothd").unlink()
    found = bluetooth(root)
    assert found.state == "warning"
    assert detail in found.detail
    assert advice in str(found.advice)


def test_what_the_bluetooth_stack_says_is_passed_on(tmp_path: Path) -> None:
    found = bluetooth(radio(tmp_path), "The radio is off. Switch it on, then try again.")
    assert (found.detail, found.advice) == ("The radio is off", "Switch it on, then try again.")
    assert bluetooth(tmp_path, "It refuses.").advice


def test_modem_manager_is_no_fault_where_it_asks_nobody(tmp_path: Path) -> None:
    check = link_checks.check_modem_manager
    assert check([ARDUINO], tmp_path).state == "ok"
    root = running(tmp_path, "ModemManager")
    assert check([], root).state == "ok"
    assert check([BOARD], root).state == "ok"


@pytest.mark.parametrize("tag", ["DEVICE", "PORT"])
def test_modem_manager_beside_a_device_is_told_with_the_rule_until_it_is_there(
    tmp_path: Path, tag: str
) -> None:
    root = running(tmp_path, "ModemManager")
    found = link_checks.check_modem_manager([BOARD, ARDUINO], root)
    assert found.state == "warning"
    assert "/dev/ttyACM0" in found.detail
    assert 'ATTRS{idVendor}=="2341", ATTRS{idProduct}=="0043"' in str(found.advice)
    write(root / "sys/class/tty/ttyACM0/dev", "166:0\n")
    write(root / "run/udev/data/c166:0", f"E:ID_BUS=usb\nE:ID_MM_{tag}_IGNORE=1\n")
    assert link_checks.check_modem_manager([BOARD, ARDUINO], root).state == "ok"


def test_brltty_is_told_only_where_it_runs(tmp_path: Path) -> None:
    assert link_checks.check_braille(tmp_path).state == "ok"
    found = link_checks.check_braille(running(tmp_path, "brltty"))
    assert found.state == "warning"
    assert "Braille" in str(found.advice)


def test_latency_timers_are_named(tmp_path: Path) -> None:
    port = PortInfo("/dev/ttyUSB0", "FT231X", "FTDI", 0x0403, 0x6015)
    assert "no FTDI" in link_checks.check_latency([port, BOARD], tmp_path).detail
    write(tmp_path / "class/tty/ttyUSB0/device/latency_timer", "16\n")
    found = link_checks.check_latency([port, BOARD], tmp_path)
    assert "ttyUSB0: 16 ms" in found.detail


def test_ports_that_may_be_opened_and_those_that_may_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = write(tmp_path / "ttyACM0")
    write(tmp_path / "rfcomm0")
    found = link_checks.check_serial(tmp_path)
    assert found.state == "ok"
    assert "ttyACM0" in found.detail
    assert "rfcomm0" in found.detail
    port.chmod(0)
    if os.geteuid() == 0:  # the administrator may open anything
        monkeypatch.setattr(link_checks, "may_open", lambda place: "ACM" not in place)
    closed = link_checks.check_serial(tmp_path)
    assert closed.state == "fault"
    assert "uaccess" in str(closed.advice)
    assert "rfcomm0" not in closed.detail


def test_a_program_that_has_a_port_is_named(tmp_path: Path) -> None:
    place = write(tmp_path / "ttyUSB0")
    with place.open():
        assert "in use by this program" in link_checks.check_serial(tmp_path).detail


def test_extras_name_what_is_missing_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        link_checks, "EXTRAS", (("pytest", "tests", "test"), ("no-such", "nothing", "none"))
    )
    found = link_checks.check_extras()
    assert found.state == "ok"
    assert f"pytest {pytest.__version__}" in found.detail
    assert "firingorder[none]" in found.detail


def test_this_computer_is_checked_through() -> None:
    names = [check.name for check in link_checks.link_checks()]
    assert names[:2] == ["bluetooth", "serial rights"]
    assert "extras" in names
