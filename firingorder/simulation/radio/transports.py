"""Opening a bumble transport, with a clear sentence for whatever stands in the way."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from typing import TYPE_CHECKING, Any

from bumble import core
from bumble.transport import open_transport
from bumble.transport.common import TransportSpecError

from firingorder.errors import LinkError, UsageError

if TYPE_CHECKING:
    from bumble.transport.common import Transport

FORMS = (
    "usb:0, hci-socket:0, serial:PORT, tcp-client:HOST:PORT, tcp-server:HOST:PORT, "
    "or vhci, which offers an adapter to this machine's own Bluetooth service"
)
#: Transports that wait for the other side: nobody answers until it has come.
WAITING = ("tcp-server", "ws-server", "unix-server", "pty")
#: Transports at whose other end is a host that needs a controller, not a controller.
HOST_BEHIND = ("vhci",)

_RIGHTS = {
    "hci-socket": (
        "An HCI socket needs the right to manage networks: run it with sudo, and take the adapter "
        "from the Bluetooth service first (sudo btmgmt --index N power off)."
    ),
    "usb": (
        "Give yourself the right to the adapter by a udev rule, or run it with sudo; "
        "the Bluetooth service must not use it."
    ),
    "vhci": "Run it with sudo, or give yourself the right to /dev/vhci.",
    "serial": "Join the group that owns the port, on most systems dialout.",
}


async def open_hci(name: str) -> Transport:
    """Open a transport by its bumble name.

    Raises
    ------
    UsageError
        There is no such transport.
    LinkError
        It cannot be opened; the message says what to do.
    """
    kind = kind_of(name)
    if kind == "hci-socket" and not hasattr(socket, "AF_BLUETOOTH"):
        raise LinkError("This system has no HCI sockets; use usb:0 with a second adapter.")
    try:
        return await open_transport(name)
    except (TransportSpecError, AssertionError, ValueError, OverflowError) as error:
        if kind == "pyusb":  # its way to say that there is no libusb
            raise LinkError(f"Cannot open {name}: {error}. Use usb:0 in its place.") from error
        raise UsageError(f"ble:{name} is no transport of bumble. Use {FORMS}.") from error
    except ImportError as error:
        raise LinkError(
            f"The transport {kind} needs the package {error.name}, which is not installed."
        ) from error
    except core.BaseBumbleError as error:
        raise LinkError(
            f"Cannot open the Bluetooth controller {name}: {error}. Is it plugged in?"
        ) from error
    except PermissionError as error:
        advice = _RIGHTS.get(kind, "Run it with the rights that it needs.")
        raise LinkError(f"No permission to open {name}. {advice}") from error
    except FileNotFoundError as error:
        advice = "Load its driver: sudo modprobe hci_vhci." if kind == "vhci" else "Check the name."
        raise LinkError(f"{name} is not there. {advice}") from error
    except OSError as error:
        raise LinkError(_system_error(name, kind, error)) from error
    except _usb_errors() as error:
        raise LinkError(f"Cannot open {name}: {error}. {_RIGHTS['usb']}") from error


async def close_hci(transport: Transport) -> None:
    """Close a transport, and what bumble leaves open of one that waits for others."""
    await transport.close()
    untyped: Any = transport
    connection: Any = getattr(untyped.sink, "transport", None)
    for left in (connection, getattr(untyped, "server", None)):
        if left is not None:
            left.close()
    await asyncio.sleep(0)  # the loop closes a socket one turn later


def kind_of(name: str) -> str:
    """Return the kind of a transport."""
    return name.partition(":")[0]


def _system_error(name: str, kind: str, error: OSError) -> str:
    text = error.strerror or str(error)
    if error.errno == errno.EBUSY:
        return (
            f"{name} is in use. Take it from the Bluetooth service first: "
            "sudo btmgmt --index N power off."
        )
    if error.errno == errno.ECONNREFUSED:
        return f"Nothing listens at {name}. Start the controller there first."
    if error.errno in (errno.ENODEV, errno.EAFNOSUPPORT):
        return f"There is no adapter {name}, or this kernel has no Bluetooth: {text}."
    if error.errno == errno.EADDRINUSE:
        return f"The port of {name} is taken. Choose another one."
    return f"Cannot open {name} ({kind}): {text}."


def _usb_errors() -> tuple[type[Exception], ...]:
    """Return the errors of libusb's wrapper, which are none of the system's; if it is loaded."""
    error = getattr(sys.modules.get("usb1"), "USBError", None)
    return () if error is None else (error,)
