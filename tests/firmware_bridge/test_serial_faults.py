"""Faults of serial ports in words: the group that owns the port, the program that has it, FTDI."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

import pytest

from firingorder.firmware_bridge.links import latency
from firingorder.firmware_bridge.links.port_access import PortOwner, access_advice, owner_of
from firingorder.firmware_bridge.links.port_holders import holders, runs
from firingorder.firmware_bridge.links.ports import PortInfo
from firingorder.firmware_bridge.links.serial_faults import error_number, why_not_open

if TYPE_CHECKING:
    from pathlib import Path

POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="needs owners and links of files")
FTDI = PortInfo("/dev/ttyUSB0", "FT231X", "FTDI", 0x0403, 0x6015, "DM1")


def process(proc: Path, number: int, name: str, *opened: str, cmdline: bytes = b"") -> None:
    """Write what Linux shows of a process."""
    place = proc / str(number)
    (place / "fd").mkdir(parents=True)
    (place / "comm").write_text(name + "\n")
    (place / "cmdline").write_bytes(cmdline)
    for descriptor, target in enumerate(opened):
        (place / "fd" / str(descriptor)).symlink_to(target)


def busy(name: str, proc: Path) -> str:
    return why_not_open(name, OSError(errno.EBUSY, "busy"), proc)


@POSIX_ONLY
def test_the_program_that_has_the_port_is_named(tmp_path: Path) -> None:
    port, proc = str(tmp_path / "ttyACM0"), tmp_path / "proc"
    process(proc, 10, "bash", "/dev/null", "/dev/tty")
    process(proc, 20, "minicom", "/dev/null", port)
    process(proc, 30, "python3", port, cmdline=b"python3\0-m\0firingorder\0live")
    (proc / "self").mkdir()
    assert sorted(holders(port, proc)) == [
        "another firingorder (process 30)",
        "minicom (process 20)",
    ]
    assert "minicom (process 20)" in busy(port, proc)
    assert "bash" not in busy(port, proc)


@POSIX_ONLY
def test_modem_manager_is_suspected_only_where_it_runs(tmp_path: Path) -> None:
    proc = tmp_path / "proc"
    process(proc, 10, "bash")
    assert "ModemManager" not in busy("/dev/ttyACM0", proc)
    process(proc, 11, "ModemManager")
    assert runs("ModemManager", proc)
    assert "half a minute" in busy("/dev/ttyACM0", proc)


@POSIX_ONLY
def test_brltty_is_suspected_only_where_it_runs(tmp_path: Path) -> None:
    proc = tmp_path / "proc"
    process(proc, 10, "bash")
    gone = FileNotFoundError(errno.ENOENT, "No such file or directory")
    assert "brltty" not in why_not_open("/dev/ttyUSB0", gone, proc)
    process(proc, 11, "brltty")
    text = why_not_open("/dev/ttyUSB0", gone, proc)
    assert "brltty" in text
    assert "firingorder devices" in text


def test_a_system_without_proc_names_nobody(tmp_path: Path) -> None:
    assert holders("COM3", tmp_path / "none") == ()
    assert "in use by another program" in busy("COM3", tmp_path / "none")


def test_the_group_that_really_owns_the_port_is_named() -> None:
    for group in ("dialout", "uucp", "plugdev"):
        text = access_advice(PortOwner(group, group_may=True, is_member=False, is_active=False))
        assert f"usermod -aG {group} " in text


def test_who_is_in_the_group_already_is_told_to_log_in_again() -> None:
    text = access_advice(PortOwner("dialout", group_may=True, is_member=True, is_active=False))
    assert "log out" in text
    assert "usermod" not in text


@pytest.mark.parametrize(("group", "group_may"), [("root", True), ("dialout", False)])
def test_nobody_is_sent_into_a_group_that_does_not_help(group: str, group_may: bool) -> None:
    text = access_advice(PortOwner(group, group_may=group_may, is_member=False, is_active=False))
    assert "usermod" not in text
    assert 'TAG+="uaccess"' in text


def test_rights_that_suffice_point_to_the_sandbox() -> None:
    text = access_advice(PortOwner("dialout", group_may=True, is_member=True, is_active=True))
    assert "container" in text


@POSIX_ONLY
def test_the_owner_of_a_file_is_read(tmp_path: Path) -> None:
    place = tmp_path / "ttyACM0"
    assert owner_of(str(place)) is None
    place.touch()
    place.chmod(0o660)
    os.chown(place, -1, os.getegid())
    import grp

    found = owner_of(str(place))
    assert found is not None
    assert found.group == grp.getgrgid(os.getegid()).gr_name
    assert (found.group_may, found.is_active) == (True, True)
    place.chmod(0o640)
    closed = owner_of(str(place))
    assert closed is not None
    assert not closed.group_may


def test_numbers_of_errors_are_found_however_they_are_wrapped() -> None:
    inner = OSError(errno.EACCES, "Permission denied")
    outer = ValueError("wrapped")
    outer.__cause__ = inner
    assert error_number(outer) == errno.EACCES
    denied = OSError(
        "could not open port 'COM3': PermissionError(13, 'Access is denied.', None, 5)"
    )
    assert error_number(denied) == errno.EBUSY
    missing = OSError("could not open port 'COM3': FileNotFoundError(2, 'no file', None, 2)")
    assert error_number(missing) == errno.ENOENT
    assert error_number(OSError("something else")) is None


@pytest.mark.skipif(sys.platform == "win32", reason="needs termios")
def test_errors_of_termios_have_a_number() -> None:
    import termios

    assert error_number(termios.error(errno.EIO, "Input/output error")) == errno.EIO
    gone = why_not_open("/dev/ttyUSB0", termios.error(errno.EIO, "Input/output error"))
    assert "not there" in gone


def test_a_bluetooth_port_that_does_not_answer_says_so() -> None:
    text = why_not_open("/dev/rfcomm0", OSError(errno.EHOSTDOWN, "Host is down"))
    assert "Switch the device on" in text


def sysfs_with(root: Path, name: str, text: str) -> Path:
    place = root / "class" / "tty" / name / "device"
    place.mkdir(parents=True)
    (place / "latency_timer").write_text(text)
    return root


def test_a_latency_timer_of_16_ms_is_noticed_with_its_cure(tmp_path: Path) -> None:
    sysfs = sysfs_with(tmp_path, "ttyUSB0", "16\n")
    assert latency.latency_timer_ms("/dev/ttyUSB0", sysfs) == 16
    text = latency.latency_notice("/dev/ttyUSB0", FTDI, sysfs, "linux")
    assert text is not None
    assert "16 ms" in text
    assert latency.UDEV_RULE in text


@pytest.mark.parametrize("text", ["1\n", "", "fast\n", "-3\n", "99999\n"])
def test_a_latency_timer_that_is_low_or_unreadable_is_no_notice(tmp_path: Path, text: str) -> None:
    sysfs = sysfs_with(tmp_path, "ttyUSB0", text)
    assert latency.latency_notice("/dev/ttyUSB0", FTDI, sysfs, "linux") is None


def test_ports_of_other_drivers_have_no_latency_timer(tmp_path: Path) -> None:
    sysfs = sysfs_with(tmp_path, "ttyUSB0", "16\n")
    assert latency.latency_timer_ms("/dev/ttyACM0", sysfs) is None


def test_windows_is_told_where_the_timer_is_set_for_ftdi_only() -> None:
    text = latency.latency_notice("COM3", FTDI, platform="win32")
    assert text is not None
    assert "Device Manager" in text
    belt = PortInfo("COM4", "Belt", "maker", 0x1209, 0x0001, "A1")
    assert latency.latency_notice("COM4", belt, platform="win32") is None
    assert latency.latency_notice("COM1", None, platform="win32") is None
