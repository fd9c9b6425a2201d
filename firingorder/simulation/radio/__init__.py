"""The simulated radio: virtual devices behind Bluetooth LE, without any radio.

``table`` says what a peripheral offers, ``peripheral`` serves it on any bumble controller,
``belt`` is this project's device, ``plain`` any other. ``air`` and ``controller`` are the paced
air, ``central``, ``backend`` and ``scanner`` the host's adapter behind bleak's public client and
scanner, ``radio`` all of it in one process, ``sim_link`` the product's own link over that.
``serving`` and ``transports`` put a device on a controller elsewhere.
"""

from __future__ import annotations

import logging
from importlib.util import find_spec

from firingorder.errors import UsageError

if find_spec("bumble") is None:
    raise UsageError(
        "The simulated radio needs the package bumble. "
        "Install it with: python -m pip install 'firingorder[ble-sim]'"
    )

# It calls an error what radios do all the time: a packet for a connection that has just ended.
if not logging.getLogger().isEnabledFor(logging.DEBUG):
    logging.getLogger("bumble").setLevel(logging.CRITICAL)

from firingorder.simulation.radio.radio import Radio
from firingorder.simulation.radio.settings import AirSettings
from firingorder.simulation.radio.sim_link import SimBleLink, sim_ble_link

__all__ = ["AirSettings", "Radio", "SimBleLink", "sim_ble_link"]
