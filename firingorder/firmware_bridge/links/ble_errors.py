"""Errors of the Bluetooth stacks in plain words, each with what to do about it."""

from __future__ import annotations

import sys

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)

_Reason = BleakBluetoothNotAvailableReason

#: The device wants an encrypted connection (Bluetooth Core, Vol 3 Part F, 3.4.1.1).
_WANTS_PAIRING = frozenset(
    {
        BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION,
        BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHORIZATION,
        BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION,
        BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION_KEY_SIZE,
    }
)
#: Words of the stacks that mean the same: BlueZ's errors, its words for a refused ATT request,
#: Windows' pairing results, and the reason code 0x06 of a bond that one side has forgotten.
_PAIRING_WORDS = (
    "authenticationfailed",
    "authenticationcanceled",
    "authenticationrejected",
    "authenticationtimeout",
    "authentication failed",
    "insufficient authentication",
    "insufficient encryption",
    "encryption is insufficient",
    "authentication is insufficient",
    "not paired",
    "could not pair",
    "failure trying to pair",
    "pin or key missing",
    "peer removed pairing information",
)

_PAIRING = {
    "linux": (
        "Pair it once: run `bluetoothctl`, then `agent on`, `scan le`, `pair {address}`,"
        " `trust {address}`, `quit`; if it was paired before, `remove {address}` first."
    ),
    "win32": (
        "Pair it once under Settings > Bluetooth & devices; if it is listed there already,"
        " remove it first."
    ),
    "darwin": (
        "macOS asks to pair at the first connection: accept it. If the belt is listed under"
        " System Settings > Bluetooth, forget it there first."
    ),
}
#: A belt that has lost its keys, or got new ones, ends the connection as soon as it is encrypted;
#: no stack says more than that.
AFTER_HANGING_UP = (
    "Bring it closer. If that does not help and it was ever paired with this computer, remove it"
    " from the list of Bluetooth devices and pair it again."
)
_OFF = {
    "linux": "Switch it on: `rfkill unblock bluetooth`, then `bluetoothctl power on`.",
    "win32": "Switch it on under Settings > Bluetooth & devices.",
    "darwin": "Switch it on under System Settings > Bluetooth.",
}
_DENIED = {
    "linux": (
        "The system does not let this user use Bluetooth. Add the user to the group `bluetooth`"
        " (`sudo usermod -aG bluetooth $USER`, then log in again), or ask who administers it."
    ),
    "win32": (
        "Windows does not let this program use Bluetooth. Allow it under Settings > Privacy &"
        " security > Radios, and for desktop apps under Bluetooth."
    ),
    "darwin": (
        "macOS does not let this program use Bluetooth. Allow the terminal it runs in under"
        " System Settings > Privacy & Security > Bluetooth, then start it again."
    ),
}
_NO_ADAPTER = (
    "This computer has no Bluetooth adapter that can be used. Plug one in (Bluetooth 5 or 4.2),"
    " or connect the belt by USB."
)
_NO_CENTRAL = (
    "The Bluetooth adapter of this computer cannot connect to Bluetooth Low Energy devices."
    " Use an adapter with Bluetooth 4.2 or newer, or connect the belt by USB."
)
_NO_DAEMON = (
    "The Bluetooth service of this computer does not run. Start it with"
    " `sudo systemctl start bluetooth` (package bluez), or connect the belt by USB."
)
_NO_BUS = (
    "Bluetooth cannot be reached: the D-Bus system bus of this computer does not run."
    " Install and start `dbus` and `bluez`, or connect the belt by USB."
)


def unavailable(error: Exception, system: str = sys.platform) -> str | None:
    """Return why Bluetooth as a whole cannot be used, or None when it is not that."""
    if isinstance(error, BleakBluetoothNotAvailableError):
        return _not_available(error.reason, str(error.args[0]), system)
    if isinstance(error, BleakDBusError):
        name = error.dbus_error
        if name.endswith((".ServiceUnknown", ".NameHasNoOwner", ".NoReply", ".Disconnected")):
            return _NO_DAEMON
        if name.endswith(".AccessDenied"):
            return _word(_DENIED, system)
        if name == "org.bluez.Error.NotReady":
            return f"Bluetooth is switched off. {_word(_OFF, system)}"
    if system == "linux":
        if isinstance(error, PermissionError):
            return _word(_DENIED, system)
        if isinstance(error, FileNotFoundError | ConnectionRefusedError):
            return _NO_BUS
        if isinstance(error, EOFError | ConnectionError):
            return _NO_DAEMON
    elif isinstance(error, PermissionError):
        return _word(_DENIED, system)
    return None


def wants_pairing(error: Exception) -> bool:
    """Return whether the device refuses because the connection is not paired or encrypted."""
    if isinstance(error, BleakGATTProtocolError):
        return error.code in _WANTS_PAIRING
    text = str(error).lower()
    return any(word in text for word in _PAIRING_WORDS)


def explain(
    error: Exception,
    device: str,
    doing: str,
    *,
    address: str = "ADDRESS",
    system: str = sys.platform,
) -> str:
    """Return one or two sentences about a failed call.

    Parameters
    ----------
    device
        What people call the device, with its name or address.
    doing
        What was tried: ``connect to it``.
    """
    whole = unavailable(error, system)
    if whole is not None:
        return whole
    if wants_pairing(error):
        how = _word(_PAIRING, system).format(address=address)
        return f"{device} wants to be paired with this computer. {how}"
    if isinstance(error, BleakDeviceNotFoundError):
        return f"{device} was seen and has gone again. Bring it closer, or charge it."
    if isinstance(error, TimeoutError):
        return (
            f"{device} does not answer: it took too long to {doing}. Bring it closer; if it stays"
            " like this, switch Bluetooth off and on."
        )
    reason = str(error) or type(error).__name__
    return (
        f"{device}: this computer failed to {doing} ({reason.rstrip('.')}). Bring it closer, and"
        " make sure that no other computer or phone is connected to it."
    )


def _not_available(reason: _Reason, text: str, system: str) -> str:
    match reason:
        case _Reason.NO_BLUETOOTH:
            return _NO_ADAPTER
        case _Reason.NO_BLE_CENTRAL_ROLE:
            return _NO_CENTRAL
        case _Reason.POWERED_OFF:
            return f"Bluetooth is switched off. {_word(_OFF, system)}"
        case _Reason.DENIED_BY_USER | _Reason.DENIED_BY_SYSTEM | _Reason.DENIED_BY_UNKNOWN:
            return _word(_DENIED, system)
        case _:
            return f"Bluetooth cannot be used ({text.rstrip('.')}). {_word(_OFF, system)}"


def _word(by_system: dict[str, str], system: str) -> str:
    return by_system.get(system, by_system["linux"])
