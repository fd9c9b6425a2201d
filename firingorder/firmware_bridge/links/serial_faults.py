"""What can go wrong with a serial port, in words that say what to do."""

from __future__ import annotations

import errno
import sys
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.links.port_access import access_advice, owner_of
from firingorder.firmware_bridge.links.port_holders import (
    BRAILLE,
    MODEM_MANAGER,
    PROC,
    holders,
    runs,
)

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    PORT_ERRORS: tuple[type[Exception], ...] = (OSError,)
else:
    import termios

    #: Pulling the plug shows as any of these, depending on which call notices it. pyserial's own
    #: SerialException is an OSError.
    PORT_ERRORS = (OSError, termios.error)

_FORBIDDEN = (errno.EACCES, errno.EPERM)
_IN_USE = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EBUSY)
#: EIO: the device was pulled between opening and setting the port up.
_NOT_THERE = (errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO)
#: An RFCOMM port connects when it is opened; the other side may be off or out of range.
_NO_ANSWER = (
    errno.EHOSTDOWN,
    errno.EHOSTUNREACH,
    errno.ECONNREFUSED,
    errno.ECONNRESET,
    errno.ETIMEDOUT,
)
#: pyserial gives the errors of Windows as text only.
_WINDOWS_TEXTS = (
    ("PermissionError", errno.EBUSY),  # Windows: access denied means that another program has it
    ("FileNotFoundError", errno.ENOENT),
)


def error_number(error: BaseException) -> int | None:
    """Return the number of the system error behind an exception, however it was wrapped."""
    seen: BaseException | None = error
    while seen is not None:
        number = getattr(seen, "errno", None)
        if number is None and isinstance(seen, PORT_ERRORS) and seen.args:
            number = seen.args[0]
        if isinstance(number, int):
            return number
        seen = seen.__cause__ or seen.__context__
    return next((number for text, number in _WINDOWS_TEXTS if text in str(error)), None)


def why_not_open(name: str, error: Exception, proc: Path = PROC) -> str:
    """Return in words why a port could not be opened, and what to do."""
    number = error_number(error)
    if number in _FORBIDDEN:
        return f"{name} may not be opened by this user. {access_advice(owner_of(name))}"
    if number in _IN_USE:
        return _in_use(name, proc)
    if number in _NOT_THERE:
        hint = ""
        if runs(BRAILLE, proc):
            # Versions before 6.5 take common USB serial chips for Braille displays.
            hint = (
                " If it vanishes right after plugging in, brltty takes it for a Braille display:"
                " update brltty, or remove it if nobody needs it."
            )
        return (
            f"{name} is not there. Plug the device in; `firingorder devices` lists the ports that"
            f" are.{hint}"
        )
    if number in _NO_ANSWER:
        return f"{name} does not answer. Switch the device on and bring it close."
    return f"{name} cannot be opened: {error}. `firingorder devices` lists the ports."


def _in_use(name: str, proc: Path) -> str:
    programs = holders(name, proc)
    if programs:
        return f"{name} is in use by {' and '.join(programs)}. Close it there."
    if runs(MODEM_MANAGER, proc):
        # It opens ports exclusively (TIOCEXCL in src/mm-port-serial.c) and takes 20 to 30 s over
        # one that does not answer (modemmanager-devel, message 04355).
        return (
            f"{name} is in use by another program. If it was just plugged in, ModemManager is"
            " asking it whether it is a modem: wait half a minute; `firingorder doctor` tells how"
            " to stop that. Else close the program that has it."
        )
    return f"{name} is in use by another program. Close that program."
