"""``firingorder devices``: what is plugged in, by the address that ``--device`` takes."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from firingorder.firmware_bridge.links.ports import PortInfo, list_ports

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

SCHEMA = "firingorder.devices/1"
_NO_BLUETOOTH = "this version has no Bluetooth link"


def run(args: argparse.Namespace) -> int:
    """Print what was found; finding nothing is no failure."""
    found = report(list_ports())
    if args.json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        print(_as_text(found))
    return 0


def report(ports: Sequence[PortInfo]) -> dict[str, Any]:
    """Return the JSON object of schema ``firingorder.devices/1`` for these serial ports.

    USB ports stand first: a belt is one of them, and ``serial:auto`` takes no other.
    """
    ordered = sorted(ports, key=lambda port: (port.vid is None, port.device))
    return {
        "schema": SCHEMA,
        "devices": [_device(port) for port in ordered],
        "not_searched": [{"kind": "ble", "reason": _NO_BLUETOOTH}],
    }


def _device(port: PortInfo) -> dict[str, Any]:
    usable = may_open(port.device)
    return {
        "address": f"serial:{port.device}",
        "kind": "serial",
        "description": " ".join(dict.fromkeys((port.manufacturer, port.description))).strip(),
        "usb": None if port.vid is None else f"{port.vid:04x}:{port.pid or 0:04x}",
        "usable": usable,
        "advice": None if usable else "This user may not open it; run firingorder doctor.",
    }


def may_open(device: str) -> bool:
    """Whether this user may read and write a port; Windows decides only when it is opened."""
    return sys.platform == "win32" or os.access(device, os.R_OK | os.W_OK)


def _as_text(found: dict[str, Any]) -> str:
    lines: list[str] = []
    for device in found["devices"]:
        usb = f"USB {device['usb']}" if device["usb"] else "not USB"
        lines.append(f"{device['address']:<28}{usb:<15}{device['description']}".rstrip())
        if device["advice"]:
            lines.append(f"{'':28}-> {device['advice']}")
    if not lines:
        lines.append("No serial port was found. Plug the belt in and switch it on.")
    lines += [f"Not searched: {kind['kind']}, {kind['reason']}." for kind in found["not_searched"]]
    lines.append("Without a belt: firingorder live --device 'sim:bridge?seed=1'")
    return "\n".join(lines)
