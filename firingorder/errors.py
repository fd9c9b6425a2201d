"""Errors of the world, each with the facts and the way out.

A programmer's fault is an ``assert`` or a ``ValueError``. Corrupt bytes are events, not errors.
The message is one or two sentences: what happened, to which file, channel or device, what to do.
"""


class FiringOrderError(Exception):
    """The root of all errors that a person can do something about.

    ``exit_code`` is the exit status of the command line: 1 the work failed, 2 wrong use.
    """

    exit_code: int = 1


class UsageError(FiringOrderError):
    """The request itself is wrong: an unknown file, label, scenario, address or option."""

    exit_code = 2


class LinkError(FiringOrderError):
    """A port or socket could not be opened, or is not permitted."""


class LinkLostError(FiringOrderError):
    """The link was open and is gone: unplugged, closed by the other side, out of range."""


class DeviceRefusedError(FiringOrderError):
    """The device speaks another protocol or version, or its safety interlock forbids streaming."""


class RecordingError(FiringOrderError):
    """A recording cannot be written or read."""


class FileFormatError(FiringOrderError):
    """A file is damaged, or is not of the kind its name says."""


class LibraryError(FiringOrderError):
    """The library of people and sessions cannot be opened, read or written."""


class LibraryAwayError(LibraryError):
    """The library cannot be reached for now: busy, its server is away, or the disk is full."""


class MontageError(UsageError):
    """Channels and muscles cannot be matched. Nothing is guessed."""
