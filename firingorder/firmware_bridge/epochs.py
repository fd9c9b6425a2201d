"""Which DATA belongs to the running stream: epochs, and what the host sent.

Rules of wire_protocol.md section 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.commands import CommandFault, StartCommand, parse_command
from firingorder.firmware_bridge.decoder import FrameDecoder
from firingorder.firmware_bridge.frame import AckStatus, Command, Frame

if TYPE_CHECKING:
    from firingorder.firmware_bridge.links.base import Framing
    from firingorder.firmware_bridge.payloads import Ack

_EPOCH_MODULUS = 256
#: The stream before a START and the one behind it may be under way at the same time, not more.
_REMEMBERED_EPOCHS = 2


@dataclass(frozen=True, slots=True)
class _Start:
    """A START under way: its token and the epoch that it will open, if known."""

    token: int
    epoch: int | None


class EpochGate:
    """Let DATA through between a START and the next loss of the link or restart of the device.

    The epoch of a new stream is known from the ACK, or is the announced one + 1; so DATA that
    overtake their ACK, or whose ACK is lost, are let through too.
    """

    def __init__(self, framing: Framing) -> None:
        self._host = FrameDecoder(framing)
        self._known: list[int] = []
        self._start: _Start | None = None
        self._opened_by_ack: int | None = None
        self._accepted: int | None = None

    def sent(self, data: bytes) -> None:
        """Note a START among bytes that the host wrote."""
        for frame in self._host.feed(data):
            if frame.type != Command.START:
                continue
            try:
                command = parse_command(frame.type, frame.payload)
            except CommandFault:
                continue
            resent = self._start is not None and self._start.token == command.token
            if isinstance(command, StartCommand) and not resent:
                announced = (self._known[-1] + 1) % _EPOCH_MODULUS if self._known else None
                self._start = _Start(command.token, announced)
                self._opened_by_ack = None

    def close(self) -> None:
        """Let nothing through until the next START; expect any epoch."""
        self._host.reset()
        self._known.clear()
        self._start = None
        self._opened_by_ack = None
        self._accepted = None

    def acknowledged(self, ack: Ack) -> None:
        """Take the epoch from the ACK to the START under way."""
        start = self._start
        if start is not None and ack.command == Command.START and ack.token == start.token:
            if ack.status == AckStatus.OK:
                self._opened_by_ack = ack.detail % _EPOCH_MODULUS
            else:
                self._start = None

    def is_foreign(self, frame: Frame) -> bool:
        """Return whether a frame carries an epoch that no START explains; remember it."""
        epoch = frame.epoch
        if epoch in self._known:
            return False
        explained = not self._known or epoch in self._expected()
        self._known = [*self._known, epoch][-_REMEMBERED_EPOCHS:]
        return not explained

    def opens(self, epoch: int) -> bool:
        """Return whether DATA of this epoch is the first of a new stream, and accept it then."""
        if epoch == self._accepted or epoch not in self._expected():
            return False
        self._accepted = epoch
        return True

    def accepts(self, epoch: int) -> bool:
        """Return whether DATA of this epoch belongs to the running stream."""
        return epoch == self._accepted

    def _expected(self) -> tuple[int, ...]:
        if self._start is None:
            return ()
        candidates = (self._opened_by_ack, self._start.epoch)
        return tuple(epoch for epoch in candidates if epoch is not None)
