"""How a virtual device that is served comes to its end: it says so before it goes.

A host cannot tell a device that has no more to play from one whose cable was pulled, and waits for
the latter. So the end is told as that of a recorded body is, while somebody still listens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.firmware_bridge.payloads import STOP_AFE_FAULT, EventKind

if TYPE_CHECKING:
    from firingorder.simulation.device import VirtualDevice

#: A host that is slow to read the end is waited for at most this long.
LINGER_S = 2.0


def play_out(device: VirtualDevice, now_us: int) -> bool:
    """Bring a device to the end of what it plays at an instant of the host.

    What the frames under way hold is sent, then EVENT 7 with reason 4, as at the end of a recorded
    body.

    Returns
    -------
    bool
        Whether it was streaming, so that there is an end to be heard.
    """
    device.run_until(now_us)
    if not device.streams.running:
        return False
    device.stop()
    device.streams.ended = True
    device.event(EventKind.STOPPED, STOP_AFE_FAULT)
    return True
