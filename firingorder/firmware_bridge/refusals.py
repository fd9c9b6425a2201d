"""Why a device cannot be used, in words for people, with what to do about it."""

from __future__ import annotations

from firingorder.errors import DeviceRefusedError
from firingorder.firmware_bridge.convert import used_streams
from firingorder.firmware_bridge.frame import PROTOCOL_MAJOR, PROTOCOL_MINOR, AckStatus, Command
from firingorder.firmware_bridge.payloads import (
    STOP_AFE_FAULT,
    STOP_BATTERY,
    STOP_VBUS,
    Ack,
    Hello,
)

_SAFETY = (
    "{name} sees power on its USB connector and does not stream while electrodes may be on a body."
    " Unplug the charger or USB cable from the device, then start again."
)
_BATTERY = "{name} stopped because its battery is empty. Charge it off the body, then start again."
_AFE = "{name} reports a fault of its EMG front end. Switch it off and on; if it stays, repair it."

_RAN_OUT = "{name} has come to the end of what it plays"

_BY_STATUS: dict[int, str] = {
    AckStatus.VBUS_INTERLOCK: _SAFETY,
    AckStatus.BATTERY: _BATTERY,
    AckStatus.AFE_FAULT: _AFE,
    AckStatus.LINK_TOO_SMALL: (
        "{name} cannot send its frames over this link: the packets are too small."
        " Connect it by USB, or use another Bluetooth adapter."
    ),
    AckStatus.VERSION: (
        "{name} does not speak frame v" + str(PROTOCOL_MAJOR) + "."
        " Update its firmware, or firingorder."
    ),
}
_BY_STOP = {STOP_VBUS: _SAFETY, STOP_BATTERY: _BATTERY, STOP_AFE_FAULT: _AFE}


def of_hello(name: str, hello: Hello) -> DeviceRefusedError | None:
    """Return why a device that describes itself like this cannot be used, or None."""
    if hello.proto_major != PROTOCOL_MAJOR:
        return of_major(name, hello.proto_major)
    if hello.min_host_minor > PROTOCOL_MINOR:
        return DeviceRefusedError(
            f"{name} needs a host that speaks frame v{PROTOCOL_MAJOR}.{hello.min_host_minor};"
            f" this one speaks v{PROTOCOL_MAJOR}.{PROTOCOL_MINOR}. Update firingorder."
        )
    if not used_streams(hello):
        return DeviceRefusedError(
            f"{name} offers no EMG or IMU stream that firingorder can read."
            " Check its configuration or firmware."
        )
    return None


def of_major(name: str, major: int | None) -> DeviceRefusedError:
    """Return the refusal of a foreign major version."""
    spoken = "another version" if major is None else f"v{major}"
    return DeviceRefusedError(
        f"{name} does not speak frame v{PROTOCOL_MAJOR} but {spoken} of the protocol."
        " Update its firmware, or firingorder."
    )


def of_garbage(name: str, received_bytes: int) -> DeviceRefusedError:
    """Return the refusal of something that talks, but not in frames."""
    return DeviceRefusedError(
        f"{name} does not speak frame v{PROTOCOL_MAJOR}: {received_bytes} bytes came, none of them"
        " in a frame. Check that this is the right port and, on a serial line, the baud rate."
    )


def of_ack(name: str, ack: Ack) -> DeviceRefusedError:
    """Return why a command was refused."""
    status = _name(AckStatus, ack.status)
    text = _BY_STATUS.get(ack.status)
    if text is not None:
        return DeviceRefusedError(text.format(name=name))
    command = _name(Command, ack.command)
    return DeviceRefusedError(
        f"{name} refused {command}: {status}, detail {ack.detail}."
        " Its firmware does not do what it announces; update it."
    )


def of_stop(name: str, reason: int) -> DeviceRefusedError | None:
    """Return why a device that stopped by itself must not be started again, or None."""
    text = _BY_STOP.get(reason)
    return None if text is None else DeviceRefusedError(text.format(name=name))


def ran_out(name: str) -> str:
    """Return why a session ends with which nothing is wrong: a simulated device is at its end."""
    return _RAN_OUT.format(name=name) + ": the session ends here."


def of_played_out(name: str) -> DeviceRefusedError:
    """Return the refusal of a simulated device that was at its end before it was started."""
    return DeviceRefusedError(_RAN_OUT.format(name=name) + ". Start its simulation anew.")


def _name(kind: type[AckStatus] | type[Command], value: int) -> str:
    for member in kind:
        if member == value:
            return member.name.lower().replace("_", " ")
    return f"0x{value:02X}"
