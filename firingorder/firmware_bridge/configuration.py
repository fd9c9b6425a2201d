"""What the user asked of the device: sent again before every START.

Rules of wire_protocol.md sections 8 and 11.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.frame import Command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.firmware_bridge.actions import HostConfig
    from firingorder.firmware_bridge.commands import CommandPayload, SetRateCommand
    from firingorder.firmware_bridge.payloads import Ack

#: Section 6: behind these HELLO says something else, and comes before the ACK.
_CHANGE_HELLO = (Command.SET_RATE, Command.SET_GAIN)


class Configuration:
    """The remembered commands, one after the other.

    Attributes
    ----------
    awaits_info
        The next command waits for what INFO says.
    relieving
        The command under way makes the stream smaller; None: it is the user's.
    """

    def __init__(self, config: HostConfig) -> None:
        self.awaits_info = False
        self.relieving: SetRateCommand | None = None
        self._config = config
        self._left: deque[CommandPayload] = deque()
        self._less: deque[SetRateCommand] = deque()
        self._described = False

    def begin(self, less: Sequence[SetRateCommand] = ()) -> None:
        """Begin with the first command; ``less`` comes last and makes the stream smaller."""
        self._left = deque(self._config.configure)
        self._less = deque(less)

    def next(self) -> CommandPayload | None:
        """Return the next command to send; None when all are done."""
        self.awaits_info = False
        self._described = False
        self.relieving = None
        if self._left:
            return self._left.popleft()
        self.relieving = self._less.popleft() if self._less else None
        return self.relieving

    def described(self) -> None:
        """Note that a HELLO came."""
        self._described = True

    def needs_info(self, ack: Ack) -> bool:
        """Return whether INFO must be read behind this ACK, because its HELLO did not come.

        A HELLO that is longer than the MTU allows is not notified (section 8). On a byte stream
        nothing can be read.
        """
        untold = ack.command in _CHANGE_HELLO and not self._described
        self.awaits_info = untold and self._config.framing == "packet"
        return self.awaits_info
