"""What of a session is sent while it runs, and what never is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firingorder.errors import UsageError
from firingorder.findings import (
    Event,
    GapEvent,
    OnsetFinding,
    QualityFinding,
    RepetitionFinding,
    VerdictFinding,
)
from firingorder.outlets.lsl import LslOutlet
from firingorder.samples import EmgChunk
from firingorder.session.events import event_to_dict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from firingorder.firmware_bridge.items import Item
    from firingorder.session.engine import Engine

#: The name of the stream if nobody gives it one.
DEFAULT_NAME = "firingorder"
#: A crystal is within 0.015 %; a step of 3 ms of the map is made up for within 0.3 s of samples.
FOLLOW = 0.01
_SENT = (OnsetFinding, VerdictFinding, RepetitionFinding, QualityFinding, GapEvent)


class Sending:
    """Sends the samples of the muscles as they arrived, and the findings; nothing of the person.

    Markers are not sent: somebody may have typed them. A fault ends the sending, not the session.

    Parameters
    ----------
    name
        Of the stream of samples.
    now_ns
        The clock of the link.
    person
        Code of the person; no stream may be called so.
    tell
        Told once if sending came to an end.

    Raises
    ------
    UsageError
        The package is missing, or the name is empty or the code of the person.
    """

    def __init__(
        self,
        name: str,
        now_ns: Callable[[], int],
        *,
        person: str | None = None,
        tell: Callable[[str], None],
    ) -> None:
        if person is not None and person.lower() in name.lower():
            raise UsageError("--lsl: a stream is never named after the person. Name it otherwise.")
        self._outlet = LslOutlet(name, now_ns)
        self._tell = tell
        self._failed = False
        self._next: tuple[int, float] | None = None

    @property
    def active(self) -> bool:
        """Whether data leave this program now, or will once the device is known."""
        return not self._failed

    @property
    def notice(self) -> str:
        """What a person must know before it begins."""
        name = self._outlet.name
        return (
            f"This session is sent as the LSL streams {name!r} and '{name} events', without a "
            "password, on every network interface of this computer: whoever is on the same network "
            "can read it. To keep it here, let the firewall refuse what comes from outside for "
            "this program (UDP and TCP, port 16571 and higher)."
        )

    def take(
        self, engine: Engine, items: Sequence[Item], events: list[Event], arrived_ns: int
    ) -> None:
        """Send what an input gave."""
        del arrived_ns  # samples and findings have instants of their own
        if self._failed:
            return
        try:
            self._send(engine, items, events)
        except Exception as error:  # noqa: BLE001 - whatever it is, the session must go on
            self._failed = True
            self._outlet.close()
            self._tell(f"LSL: sending has ended ({error}). The session goes on.")

    def close(self) -> None:
        """End the sending."""
        self._outlet.close()

    def _send(self, engine: Engine, items: Sequence[Item], events: list[Event]) -> None:
        if not self._outlet.is_open:
            if engine.profile is None or not engine.channels:
                return
            self._open(engine)
        for item in items:
            if isinstance(item, EmgChunk):
                self._samples(engine, item)
        for event in events:
            if isinstance(event, _SENT):
                self._event(engine, event)

    def _open(self, engine: Engine) -> None:
        profile = engine.profile
        assert profile is not None
        self._outlet.open(
            engine.channels,
            profile.emg_rate_hz,
            unit="microvolts" if profile.calibrated else "",
            about={
                "manufacturer": "firingorder",
                "simulated": "yes" if profile.simulated else "no",
                "claim": profile.claim,
            },
        )

    def _samples(self, engine: Engine, chunk: EmgChunk) -> None:
        n = len(chunk.emg_uv)
        period_s = 1.0 / chunk.rate_hz
        first_ns = engine.receiver.host_ns(chunk.t0_s)
        next_ns = engine.receiver.host_ns(chunk.t0_s + n * period_s)
        if first_ns is None or next_ns is None:
            return  # the clock is not known yet: these samples have no time that others know
        if self._next is not None and self._next[0] == chunk.index0:
            # The map of the clocks may step. A receiver would take a step for lost samples, so time
            # runs on from the last sample and follows by at most this share.
            first_ns = self._next[1]
            nominal_ns = 1e9 * n * period_s
            least_ns, most_ns = (1 - FOLLOW) * nominal_ns, (1 + FOLLOW) * nominal_ns
            next_ns = first_ns + min(max(next_ns - first_ns, least_ns), most_ns)
        self._next = (chunk.index0 + n, next_ns)
        stamps_ns = np.linspace(first_ns, next_ns, n, endpoint=False)
        self._outlet.samples(chunk.emg_uv[:, list(engine.columns)], stamps_ns)

    def _event(self, engine: Engine, event: Event) -> None:
        line = event_to_dict(event)
        at_s = _at_s(event)
        at_ns = None if at_s is None else engine.receiver.host_ns(at_s)
        if line is not None and at_ns is not None:
            self._outlet.event(line, at_ns)


def _at_s(event: Event) -> float | None:
    match event:
        case OnsetFinding():
            return event.onset_s
        case VerdictFinding() | RepetitionFinding():
            return event.decided_at_s
        case GapEvent(gap):
            return gap.start_s
        case QualityFinding():
            return event.at_s
        case _:
            return None
