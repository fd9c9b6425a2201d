"""``firingorder devices``: what is plugged in or in radio range, by the address to type for it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from firingorder.cli.common import on_interrupt, progress
from firingorder.errors import LinkError
from firingorder.firmware_bridge.links.ports import list_ports
from firingorder.session.device_search import SCAN_S, report

if TYPE_CHECKING:
    import argparse
    from collections.abc import Coroutine

    from firingorder.firmware_bridge.links.ble_scan import BleDevice

#: The bar of a terminal is drawn anew this often.
_STEP_S = 0.25
_STOPPED = "the search was stopped before its end"


def run(args: argparse.Namespace) -> int:
    """Print what was found; finding nothing is no failure."""
    missing: list[tuple[str, str]] = []
    try:
        ports = list_ports()
    except LinkError as error:
        ports = ()
        missing.append(("serial", str(error)))
    from firingorder.firmware_bridge.links.ble_scan import scan

    try:
        heard = asyncio.run(_watched(scan(SCAN_S), SCAN_S))
    except LinkError as error:
        heard = []
        missing.append(("ble", str(error)))
    except asyncio.CancelledError:
        heard = []
        missing.append(("ble", _STOPPED))
    found = report(ports, heard, missing)
    if args.json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        print(_as_text(found))
    return 0


async def _watched(
    search: Coroutine[Any, Any, list[BleDevice]], duration_s: float
) -> list[BleDevice]:
    """Show how a search goes on; Ctrl-C ends it, and what else was found is still printed."""
    loop = asyncio.get_running_loop()
    searching = asyncio.ensure_future(search)

    def stop() -> None:
        loop.call_soon_threadsafe(searching.cancel)

    with (
        on_interrupt(stop),
        progress(duration_s, "Bluetooth") as bar,
    ):
        start_s = loop.time()
        while not searching.done():
            await asyncio.wait({searching}, timeout=_STEP_S)
            bar.update(min(loop.time() - start_s, duration_s) - bar.n)
    return searching.result()


def _as_text(found: dict[str, Any]) -> str:
    lines: list[str] = []
    shown = [one for one in found["devices"] if one["kind"] == "serial" or one["recognised"]]
    for device in shown:
        lines.append(f"{device['address']:<28}{_about(device)}".rstrip())
        lines += [f"{'':28}{one['address']} if it is a {one['device']}" for one in device["may_be"]]
        if device["usb"]:
            lines.append(f"{'':28}{device['identity']} finds it under any name")
        if device["advice"]:
            lines.append(f"{'':28}-> {device['advice']}")
    if not any(one["kind"] == "serial" for one in shown):
        lines.append("No serial port was found. Plug the belt in and switch it on.")
    others = len(found["devices"]) - len(shown)
    if others:
        lines.append(f"Bluetooth devices of other kinds in range: {others} (--json lists them).")
    for one in found["not_searched"]:
        reason = one["reason"] if one["reason"].endswith(".") else f"{one['reason']}."
        lines.append(f"Not searched: {one['kind']}: {reason}")
    lines.append("Without a belt: firingorder live --device 'sim:bridge?seed=1'")
    return "\n".join(lines)


def _about(device: dict[str, Any]) -> str:
    parts = [device["description"], device["hardware"]]
    if device["usb"]:
        parts.append(f"USB {device['usb']}")
    if device["rssi_dbm"] is not None:
        parts.append(f"{device['rssi_dbm']} dBm")
    return ", ".join(part for part in parts if part)
