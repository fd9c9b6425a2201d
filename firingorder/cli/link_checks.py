"""The checks of ``doctor`` on the way to a device: serial rights, what grabs ports, Bluetooth."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.cli.checks import Check
from firingorder.errors import LinkError
from firingorder.firmware_bridge.links.latency import RULES_FILE, latency_notice, latency_timer_ms
from firingorder.firmware_bridge.links.port_access import (
    access_advice,
    join_command,
    may_open,
    owner_of,
)
from firingorder.firmware_bridge.links.port_holders import BRAILLE, MODEM_MANAGER, holders, runs
from firingorder.firmware_bridge.links.ports import list_ports

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from firingorder.firmware_bridge.links.ports import PortInfo

#: Optional packages: what each is for, and the extra that brings it.
EXTRAS = (
    ("bumble", "the simulated radio (sim-ble:)", "ble-sim"),
    ("brainflow", "boards that only BrainFlow reads (brainflow:)", "brainflow"),
    ("pylsl", "streams of the lab network (lsl:)", "lsl"),
)
#: Long enough for the Bluetooth stack to refuse, which it does at once.
_TRIAL_S = 0.1
_LINUX = sys.platform.startswith("linux")
_DEVICE_PATTERNS = ("ttyACM*", "ttyUSB*", "rfcomm*")
_BLUETOOTHD = ("usr/libexec/bluetooth/bluetoothd", "usr/lib/bluetooth/bluetoothd")
_BY_CABLE = "or connect the belt by USB"


def link_checks() -> list[Check]:
    """Return all checks on the way to a device."""
    try:
        ports = list_ports()
    except LinkError as error:
        return [Check("serial ports", "fault", str(error), "Run firingorder doctor again.")]
    checks = [check_bluetooth(), check_serial()]
    if _LINUX:
        checks.append(check_modem_manager(ports))
        checks.append(check_braille())
    checks.append(check_latency(ports))
    return [*checks, check_extras()]


def check_serial(dev: Path = Path("/dev")) -> Check:
    """Check that this user may open serial ports, by who owns those that are there."""
    name = "serial rights"
    if not _LINUX:
        return Check(name, "ok", "this system asks for no special rights")
    ports = sorted(str(p) for pattern in _DEVICE_PATTERNS for p in dev.glob(pattern))
    closed = [port for port in ports if not may_open(port)]
    if closed:
        said = f"{', '.join(closed)} may not be opened"
        return Check(name, "fault", said, access_advice(owner_of(closed[0])))
    if ports:
        held = {port: holders(port) for port in ports}
        used = "; ".join(f"{port} is in use by {', '.join(by)}" for port, by in held.items() if by)
        return Check(name, "ok", f"{', '.join(ports)} may be opened{used and f'; {used}'}")
    group = _serial_group()
    if os.geteuid() == 0 or group is None or _is_member(group):
        return Check(name, "ok", "no device is plugged in; this user may open one")
    return Check(
        name,
        "warning",
        f"no device is plugged in; this user is not in the group {group} that usually owns one",
        f"{join_command(group)}, then log out and in again",
    )


def check_modem_manager(ports: Sequence[PortInfo], root: Path = Path("/")) -> Check:
    """Check that ModemManager does not take devices for modems while they are wanted (Linux)."""
    name = "modem manager"
    if not runs(MODEM_MANAGER, root / "proc"):
        return Check(name, "ok", "ModemManager does not run")
    probed = [port for port in ports if port.vid is not None and not _is_ignored(port, root)]
    if not probed:
        return Check(name, "ok", "ModemManager runs and leaves alone what is plugged in")
    rules = " and ".join(
        dict.fromkeys(
            f'ATTRS{{idVendor}}=="{port.vid:04x}", ATTRS{{idProduct}}=="{port.pid or 0:04x}",'
            ' ENV{ID_MM_DEVICE_IGNORE}="1"'
            for port in probed
        )
    )
    names = ", ".join(port.device for port in probed)
    return Check(
        name,
        "warning",
        f"ModemManager runs and may ask {names} for half a minute after plugging in whether it is"
        " a modem",
        f"If a device is in use just then: put {rules} into {RULES_FILE}, and plug it in again.",
    )


def check_braille(root: Path = Path("/")) -> Check:
    """Check that brltty does not take USB serial chips for Braille displays (Linux)."""
    if not runs(BRAILLE, root / "proc"):
        return Check("brltty", "ok", "brltty does not run")
    return Check(
        "brltty",
        "warning",
        "brltty runs; before version 6.5 it takes CH340 and CP210x chips for Braille displays",
        "If a port vanishes right after plugging in, update brltty; remove it only if nobody here"
        " reads Braille.",
    )


def check_latency(ports: Sequence[PortInfo], sysfs: Path = Path("/sys")) -> Check:
    """Check how long FTDI chips hold bytes back."""
    if _LINUX:
        timers = {port.device: latency_timer_ms(port.device, sysfs) for port in ports}
        said = [f"{name}: {ms} ms" for name, ms in timers.items() if ms is not None]
        if not said:
            return Check("latency timer", "ok", "no FTDI chip is plugged in")
        # At rest it says nothing: opening a port sets the timer, and says so where it could not.
        return Check(
            "latency timer", "ok", f"{', '.join(said)} at rest; set to 1 ms when a port is opened"
        )
    notices = [text for port in ports if (text := latency_notice(port.device, port, sysfs))]
    if notices:
        first, _, cure = notices[0].partition(". ")
        return Check("latency timer", "warning", first, cure)
    return Check("latency timer", "ok", "no FTDI chip is plugged in that needs setting")


def check_bluetooth(
    root: Path = Path("/"), attempt: Callable[[], str | None] | None = None
) -> Check:
    """Check the radio and, on Linux, what stands between it and this program.

    Parameters
    ----------
    root
        Where the system describes itself (Linux).
    attempt
        Tries to scan and returns why that failed; asked only when nothing else is wrong.
    """
    name = "bluetooth"
    parts: list[str] = []
    if _LINUX:
        fault = _linux_fault(root)
        if fault is not None:
            return Check(name, "warning", *fault)
        parts = [f"adapter {', '.join(_adapters(root))}", "bluetoothd runs"]
    said = (attempt or _try_to_scan)()
    if said is not None:
        detail, _, advice = said.partition(". ")
        return Check(name, "warning", detail, advice or f"Switch Bluetooth on, {_BY_CABLE}.")
    return Check(name, "ok", ", ".join([*parts, "scanning works"]))


def check_extras() -> Check:
    """Say which optional packages are there, and how to get those that are not."""
    there: list[str] = []
    missing: list[str] = []
    for package, purpose, extra in EXTRAS:
        try:
            there.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            command = f"python -m pip install 'firingorder[{extra}]'"
            missing.append(f"{package} is not installed: {purpose}, {command}")
    return Check("extras", "ok" if there else "not_used", "; ".join([*there, *missing]))


def _linux_fault(root: Path) -> tuple[str, str] | None:
    """Return what is missing for Bluetooth and what to do, from the radio upwards."""
    adapters = _adapters(root)
    if not adapters:
        return "no Bluetooth adapter", f"Plug a Bluetooth adapter in, {_BY_CABLE}."
    for adapter in adapters:
        for switch in sorted((root / "sys/class/bluetooth" / adapter).glob("rfkill*")):
            if _first_line(switch / "hard") == "1":
                return (
                    f"the adapter {adapter} is switched off by a switch or key of this computer",
                    "Switch the radio on (flight mode off).",
                )
            if _first_line(switch / "soft") == "1":
                return f"the adapter {adapter} is blocked by software", "rfkill unblock bluetooth"
    if not (root / "run/dbus/system_bus_socket").exists():
        return "no D-Bus, by which BlueZ is reached", "sudo systemctl start dbus"
    if not runs("bluetoothd", root / "proc"):
        if any((root / place).exists() for place in _BLUETOOTHD):
            return "bluetoothd does not run", "sudo systemctl enable --now bluetooth"
        return "BlueZ is not installed", "Install it, on Debian: sudo apt-get install bluez"
    return None


def _adapters(root: Path) -> list[str]:
    with contextlib.suppress(OSError):
        # hci0:64 and the like are connections of hci0.
        return sorted(
            place.name
            for place in (root / "sys/class/bluetooth").iterdir()
            if ":" not in place.name
        )
    return []


def _try_to_scan() -> str | None:
    from firingorder.firmware_bridge.links.ble_scan import scan

    try:
        asyncio.run(scan(_TRIAL_S))
    except LinkError as error:
        return str(error)
    return None


def _is_ignored(port: PortInfo, root: Path) -> bool:
    """Return whether udev tells ModemManager to leave a port alone."""
    with contextlib.suppress(OSError):
        # Named by the numbers of the device: c188:0 (systemd's udev database).
        numbers = _first_line(root / "sys/class/tty" / Path(port.device).name / "dev")
        text = (root / "run/udev/data" / f"c{numbers}").read_text(errors="replace")
        return any(f"E:ID_MM_{what}_IGNORE=1" in text for what in ("DEVICE", "PORT"))
    return False


def _first_line(place: Path) -> str:
    with contextlib.suppress(OSError):
        return place.read_text(errors="replace").strip()
    return ""


def _serial_group() -> str | None:
    """Return the group that owns serial devices: dialout on Debian and Fedora, uucp on Arch."""
    import grp  # not on Windows

    for name in ("dialout", "uucp"):
        try:
            grp.getgrnam(name)
        except KeyError:
            continue
        return name
    return None


def _is_member(group: str) -> bool:
    import grp  # not on Windows

    return grp.getgrnam(group).gr_gid in os.getgroups()
