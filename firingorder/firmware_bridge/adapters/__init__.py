"""Devices of other makers: each a pure decoder and a conversation. And both halves of a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.firmware_bridge.adapters import (
    bitalino,
    brainflow,
    chords,
    cyton,
    lsl,
    movella_dot,
    npg_lite,
    witmotion,
)
from firingorder.firmware_bridge.adapters.host import AdapterHost
from firingorder.firmware_bridge.adapters.imported import ImportReceiver
from firingorder.firmware_bridge.adapters.receiver import AdapterReceiver
from firingorder.firmware_bridge.clock import BLE_CLOCK, ClockParams
from firingorder.firmware_bridge.host import HostMachine
from firingorder.firmware_bridge.receiver import Receiver
from firingorder.firmware_bridge.source import FRAME_V1, IMPORTED

if TYPE_CHECKING:
    from firingorder.firmware_bridge.actions import HostConfig
    from firingorder.firmware_bridge.adapters.base import Adapter
    from firingorder.firmware_bridge.profile import CapabilityProfile
    from firingorder.firmware_bridge.source import SourceHost, SourceReceiver, SourceSpec

#: Every adapter by the scheme of its address.
ADAPTERS: dict[str, Adapter] = {
    one.name: one
    for one in (
        bitalino.ADAPTER,
        chords.ADAPTER,
        cyton.ADAPTER,
        npg_lite.ADAPTER,
        movella_dot.ADAPTER,
        witmotion.ADAPTER,
        brainflow.ADAPTER,
        lsl.ADAPTER,
    )
}


def make_receiver(spec: SourceSpec) -> SourceReceiver:
    """Return a fresh receiver for the bytes of a source.

    Raises
    ------
    KeyError
        The protocol is unknown to this version.
    """
    clock = BLE_CLOCK if spec.framing == "packet" else ClockParams()
    if spec.protocol == FRAME_V1:
        return Receiver(spec.framing, clock)
    if spec.protocol == IMPORTED:
        return ImportReceiver()
    return AdapterReceiver(ADAPTERS[spec.protocol].make_decoder(dict(spec.options)), clock)


def declared_profile(spec: SourceSpec) -> CapabilityProfile:
    """Return what a source can do as far as it is known before it was asked."""
    adapter = ADAPTERS[spec.protocol]
    return adapter.make_decoder(dict(spec.options)).profile or adapter.declared


def make_host(spec: SourceSpec, config: HostConfig) -> SourceHost:
    """Return the host's side for a source."""
    if spec.protocol == FRAME_V1:
        return HostMachine(config)
    adapter = ADAPTERS[spec.protocol]
    return AdapterHost(adapter.make_conversation(dict(spec.options)), config, label=adapter.label)
