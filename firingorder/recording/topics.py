"""Names, numbers and clock of what a recording holds: profile ``firingorder``, schema 1.

The numbers are fixed for ever. A reader that meets a file whose first chunk is damaged knows every
topic by its number alone.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

PROFILE = "firingorder"
SCHEMA = "firingorder.recording/1"

#: Topics that describe the session: written twice at the start, once at the end, and on change.
PREAMBLE = ("session", "device", "montage", "calibration", "settings", "programme")
#: Pairs of link topics; two devices make two pairs, eight leave room for a network of sensors.
LINKS = 8

TOPICS: tuple[str, ...] = (
    *PREAMBLE,
    "control",
    "events",
    "annotations",
    "digest",
    "state",
    *(f"link/{k}/{way}" for k in range(LINKS) for way in ("rx", "tx")),
)
#: MCAP numbers channels from 1 in the order of their registration.
CHANNEL_IDS: dict[str, int] = {topic: k + 1 for k, topic in enumerate(TOPICS)}
TOPIC_OF_ID: dict[int, str] = {number: topic for topic, number in CHANNEL_IDS.items()}


def rx_topic(link: int) -> str:
    """Return the topic of the bytes received on a link."""
    return _link_topic(link, "rx")


def tx_topic(link: int) -> str:
    """Return the topic of the bytes sent on a link."""
    return _link_topic(link, "tx")


def _link_topic(link: int, way: str) -> str:
    if not 0 <= link < LINKS:
        raise ValueError(f"link {link} is not in 0..{LINKS - 1}")
    return f"link/{link}/{way}"


@dataclass(frozen=True, slots=True)
class ClockAnchor:
    """One instant on two clocks: UTC and the host's monotonic clock, nanoseconds.

    Times in the file are UTC at the start plus monotonic time elapsed: they never step when the
    computer's clock is set, and the monotonic value comes back exactly.
    """

    utc_ns: int
    mono_ns: int

    @classmethod
    def now(cls) -> ClockAnchor:
        """Read both clocks."""
        return cls(time.time_ns(), time.monotonic_ns())

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> ClockAnchor:
        """Read the anchor from a session message; KeyError or ValueError if it is not there."""
        return cls(int(fields["utc_ns"]), int(fields["mono_ns"]))

    def to_dict(self) -> dict[str, int]:
        """Return the anchor as it stands in the session message."""
        return {"utc_ns": self.utc_ns, "mono_ns": self.mono_ns}

    def log_time(self, t_ns: int) -> int:
        """Return the UTC time of a monotonic instant."""
        return self.utc_ns + (t_ns - self.mono_ns)

    def monotonic(self, log_time_ns: int) -> int:
        """Return the monotonic instant of a time in the file."""
        return log_time_ns - self.utc_ns + self.mono_ns
