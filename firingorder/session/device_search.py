"""What is plugged in or in radio range, by the address to open it with; searched in a thread."""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from firingorder.errors import LinkError, UsageError
from firingorder.firmware_bridge.links.device_kinds import guess_by_name, kind_of_port
from firingorder.firmware_bridge.links.gatt import PROFILES_BY_SCHEME
from firingorder.firmware_bridge.links.port_access import may_open
from firingorder.firmware_bridge.links.port_query import identity_address
from firingorder.firmware_bridge.links.ports import list_ports
from firingorder.session.addresses import BESIDE, parse_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.firmware_bridge.links.ble_scan import BleDevice
    from firingorder.firmware_bridge.links.ports import PortInfo

_log = logging.getLogger(__name__)

SCHEMA = "firingorder.devices/1"
#: A belt advertises several times a second (the interval is the firmware's); one that is not heard
#: within this time is out of range.
SCAN_S = 5.0


@dataclass(frozen=True, slots=True)
class Found:
    """Something that can be opened: its address, what it is, and what to know before."""

    address: str
    words: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search has found so far. ``missing``: what could not be searched, a sentence each.

    ``listed``: the ports are among it.
    """

    found: tuple[Found, ...] = ()
    missing: tuple[str, ...] = ()
    listed: bool = False
    over: bool = False


class DeviceSearch:
    """One search, in a thread of its own with its own asyncio loop.

    Serial ports are there at once, Bluetooth after :data:`SCAN_S`.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._findings = Findings()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._searching: asyncio.Task[list[BleDevice]] | None = None
        self._stopped = False

    def start(self) -> None:
        """Begin to search."""
        self._thread = threading.Thread(target=self._run, name="device search", daemon=True)
        self._thread.start()

    def look(self) -> Findings:
        """Return what was found so far."""
        with self._lock:
            return self._findings

    def stop(self, timeout_s: float = 0.0) -> bool:
        """Ask for the end and wait at most ``timeout_s``; True when the thread has ended."""
        with self._lock:
            self._stopped = True
            if self._loop is not None and self._searching is not None:
                self._loop.call_soon_threadsafe(self._searching.cancel)
        if self._thread is not None:
            self._thread.join(timeout_s)
        return self._thread is None or not self._thread.is_alive()

    def _run(self) -> None:
        missing: list[tuple[str, str]] = []
        ports: tuple[PortInfo, ...] = ()
        heard: list[BleDevice] = []
        try:
            try:
                ports = list_ports()
            except LinkError as error:
                missing.append(("serial", str(error)))
            self._tell(report(ports, (), missing), over=False)
            try:
                heard = asyncio.run(self._scan())
            except LinkError as error:
                missing.append(("ble", str(error)))
        except asyncio.CancelledError:
            _log.debug("the search was stopped")
        except Exception as error:  # noqa: BLE001 - a dead thread must show in the window
            _log.exception("the search for devices stopped")
            missing.append(("ble", f"The search stopped: {type(error).__name__}: {error}."))
        finally:
            self._tell(report(ports, heard, missing), over=True)

    async def _scan(self) -> list[BleDevice]:
        # Only here: every session would wait for bleak otherwise.
        from firingorder.firmware_bridge.links.ble_scan import scan

        with self._lock:
            self._loop = asyncio.get_running_loop()
            self._searching = asyncio.ensure_future(scan(SCAN_S))
            if self._stopped:
                self._searching.cancel()
        try:
            return await self._searching
        finally:
            with self._lock:
                self._loop = self._searching = None

    def _tell(self, told: dict[str, Any], *, over: bool) -> None:
        missing = tuple(one["reason"] for one in told["not_searched"])
        with self._lock:
            self._findings = Findings(openable(told), missing, True, over)


def openable(told: dict[str, Any]) -> tuple[Found, ...]:
    """Return what a session can be begun with, of a report: ports, and Bluetooth that is known.

    A port that may be a device of another maker stands there once more, by that maker's address. A
    pelvis sensor alone is none.
    """
    found: list[Found] = []
    for one in told["devices"]:
        worn = any(maybe["address"].partition(":")[0] in BESIDE for maybe in one["may_be"])
        if worn or (one["kind"] != "serial" and not one["recognised"]):
            continue
        parts = (one["description"] or one["hardware"], one["usb"] and f"USB {one['usb']}")
        about = ", ".join(part for part in parts if part)
        found.append(Found(one["address"], about, one["advice"] or ""))
        found += [
            Found(maybe["address"], f"if it is: {maybe['device']}", one["advice"] or "")
            for maybe in one["may_be"]
        ]
    return tuple(one for one in found if _opens(one.address))


def _opens(address: str) -> bool:
    """Return whether an address is one of EMG; a pelvis sensor stands beside another source."""
    try:
        parse_address(address)
    except UsageError:
        return False
    return True


def report(
    ports: Sequence[PortInfo],
    heard: Sequence[BleDevice] = (),
    missing: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Return the JSON object of schema ``firingorder.devices/1``.

    Parameters
    ----------
    ports
        Serial ports. USB stands first: a belt is one of them, and ``serial:auto`` takes no other.
    heard
        Bluetooth devices, in the order of the scan.
    missing
        What was not searched, and why.
    """
    ordered = sorted(ports, key=lambda port: (port.vid is None, port.device))
    return {
        "schema": SCHEMA,
        "devices": [*map(_port, ordered), *map(_radio, heard)],
        "not_searched": [{"kind": kind, "reason": reason} for kind, reason in missing],
    }


def _port(port: PortInfo) -> dict[str, Any]:
    usable = may_open(port.device)
    kind = kind_of_port(port)
    return {
        "address": f"serial:{port.device}",
        "kind": "serial",
        "description": " ".join(dict.fromkeys((port.manufacturer, port.description))).strip(),
        "usb": None if port.vid is None else f"{port.vid:04x}:{port.pid or 0:04x}",
        "usable": usable,
        "advice": None if usable else "This user may not open it; run firingorder doctor.",
        "hardware": kind.words,
        "recognised": bool(kind.guesses),
        "may_be": [
            {"device": guess.device, "address": f"{guess.scheme}:{port.device}"}
            for guess in kind.guesses
        ],
        "identity": identity_address(port),
        "rssi_dbm": None,
    }


def _radio(device: BleDevice) -> dict[str, Any]:
    guess = guess_by_name(device.name)
    known = bool(device.profile) or guess is not None
    sure = next((s for s, p in PROFILES_BY_SCHEME.items() if p.name == device.profile), None)
    scheme = sure or "ble"
    advice = None if known else "It says of itself nothing that firingorder knows."
    if scheme in BESIDE:
        advice = f"A pelvis sensor: join it to EMG, as in ble:auto+{scheme}:{device.address}"
    return {
        "address": f"{scheme}:{device.address}",
        "kind": "ble",
        "description": device.name,
        "usb": None,
        "usable": known,
        "advice": advice,
        "hardware": device.profile or "Bluetooth device",
        "recognised": known,
        "may_be": []
        if guess is None or sure is not None
        else [{"device": guess.device, "address": f"{guess.scheme}:{device.address}"}],
        "identity": f"{scheme}:{device.address}",
        "rssi_dbm": device.rssi_dbm,
    }
