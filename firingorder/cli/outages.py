"""What `record` says of a device that goes away: why, how long it is waited for, its return.

Without it the command stood still for a minute, and a person could not know whether the cable, the
program or the belt was at fault.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.findings import ConnectionEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from firingorder.findings import Event

#: A loose plug comes and goes all the time: after so many outages the totals at the end have to do.
MOST_TOLD = 10


class Outages:
    """Tells of each outage when it begins and when it ends.

    Parameters
    ----------
    tell
        Told a sentence.
    device
        What the device is called.
    give_up_s
        A device that is away for so long, seconds of the host's clock, is given up.
    """

    def __init__(self, tell: Callable[[str], None], device: str, give_up_s: float) -> None:
        self._tell, self._device, self._give_up_s = tell, device, give_up_s
        self._count = 0
        self._away = False

    def take(self, events: Iterable[Event], why: Callable[[], str]) -> None:
        """Take what a session found; ``why`` returns its newest trouble in words, or nothing."""
        for event in events:
            if not isinstance(event, ConnectionEvent):
                continue
            if event.state == "lost":
                self._lost(why())
            elif event.state == "recovered":
                self._back()

    def _lost(self, why: str) -> None:
        if self._away:
            return
        self._away = True
        self._count += 1
        if self._count > MOST_TOLD:
            return
        more = "" if self._count < MOST_TOLD else " Further outages are counted and not told."
        gone = why.rstrip(".") or f"{self._device} sends nothing any more"
        self._tell(
            f"{gone}. It is waited for, {self._give_up_s:g} s at most; Ctrl-C ends the recording "
            f"whole.{more}"
        )

    def _back(self) -> None:
        if self._away and self._count <= MOST_TOLD:
            self._tell(f"{self._device} is back; the recording goes on.")
        self._away = False
