"""The latency timer of FTDI chips: how long they hold bytes back before they send them."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.firmware_bridge.links.ports import PortInfo

SYSFS = Path("/sys")
FTDI_VID = 0x0403
#: What an FTDI chip holds bytes back for when it is told nothing (ftdichip.com, AN232B-04).
DEFAULT_TIMER_MS = 16
#: The least the chip can do, and what the Linux driver sets in low-latency mode
#: (drivers/usb/serial/ftdi_sio.c).
LEAST_TIMER_MS = 1
#: Makes it the least for every FTDI chip, from the next time it is plugged in.
UDEV_RULE = 'ACTION=="add", SUBSYSTEM=="usb-serial", DRIVER=="ftdi_sio", ATTR{latency_timer}="1"'
RULES_FILE = "/etc/udev/rules.d/70-firingorder.rules"


def latency_timer_ms(device: str, sysfs: Path = SYSFS) -> int | None:
    """Return the latency timer of a port in ms, None where its driver has none.

    The driver ftdi_sio shows it as ``/sys/class/tty/NAME/device/latency_timer``, and shows 1 while
    the port is in low-latency mode.
    """
    place = sysfs / "class" / "tty" / Path(device).resolve().name / "device" / "latency_timer"
    try:
        text = place.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return None
    return int(text) if re.fullmatch(r"\d{1,3}", text) else None


def latency_notice(
    device: str, port: PortInfo | None, sysfs: Path = SYSFS, platform: str = sys.platform
) -> str | None:
    """Return in words that a port delivers late and what cures it, None when it does not.

    To be asked after low-latency mode was: where that was granted nothing is wrong.
    """
    if platform == "win32":
        if port is None or port.vid != FTDI_VID:
            return None
        return (
            f"{device} is an FTDI chip, which holds bytes back for {DEFAULT_TIMER_MS} ms unless"
            " told otherwise. Set it in the Device Manager: Ports, the port, Port Settings,"
            f" Advanced, Latency Timer {LEAST_TIMER_MS} ms; then plug the device in again."
        )
    timer_ms = latency_timer_ms(device, sysfs)
    if timer_ms is None or timer_ms <= LEAST_TIMER_MS:
        return None
    return (
        f"{device} holds bytes back for up to {timer_ms} ms (FTDI latency timer). Put this line"
        f" into {RULES_FILE} and plug the device in again: {UDEV_RULE}"
    )
