"""Noticing that a link cannot carry the stream, and what is sent less then.

Rules of wire_protocol.md section 9, host too slow. A stall also fills the ring of the device and
makes it drop frames, and nothing is gained by sending less after it. What tells the two apart is
when: on a link that is too narrow samples arrive all the time and the device drops all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.firmware_bridge.commands import SetRateCommand
from firingorder.firmware_bridge.convert import used_streams
from firingorder.firmware_bridge.hello import Caps
from firingorder.firmware_bridge.payloads import SampleFormat

if TYPE_CHECKING:
    from firingorder.firmware_bridge.payloads import Hello, Status

#: Section 9: the ring counts as full above this.
FULL_PERCENT = 80
#: The device drops for this long, and says so in so many reports in a row, on a link over which
#: samples arrive all the time. One stall gives one such report: the one it ended in. What was
#: queued while it lasted comes out of the ring in a rush, and is no evidence.
LOSING_S = 5
LEAST_REPORTS = 3
#: A ring that stays full without dropping for this long only keeps everything late. After a stall
#: a ring of 64 kB falls from full to 80 % within it if the link has 3 % to spare: 12.8 kB of room
#: in 15 s are 0.85 kB/s of 29 kB/s. (14.5 kB take less than a quarter of that.)
LATE_S = 15
#: Section 11: a link that is silent for longer stalls.
SILENT_NS = 500_000_000
#: Reports that come this much faster than they were made come out of a backlog.
RUSH = 0.5


class Relief:
    """Watches the reports of a device while it streams; pure.

    Attributes
    ----------
    commands
        What makes the stream smaller, to be repeated before every START.
    """

    def __init__(self) -> None:
        self.commands: list[SetRateCommand] = []
        self._told: set[str] = set()
        self._refused: list[SetRateCommand] = []
        self._before: tuple[Status, int] | None = None
        self._data_ns: int | None = None
        self._silent_ns = 0
        self._losing_s = self._late_s = self._reports = 0

    def begin(self) -> None:
        """Forget the evidence: the stream begins anew, or was interrupted."""
        self._before = self._data_ns = None
        self._silent_ns = 0
        self._clear()

    def arrived(self, t_ns: int) -> None:
        """Note that samples arrived."""
        if self._data_ns is not None:
            self._silent_ns = max(self._silent_ns, t_ns - self._data_ns)
        self._data_ns = t_ns

    def is_due(self, status: Status, t_ns: int) -> bool:
        """Take a report; return whether it is certain now that the link is too narrow."""
        before, self._before = self._before, (status, t_ns)
        data_ns = t_ns if self._data_ns is None else self._data_ns
        silent_ns, self._silent_ns = max(self._silent_ns, t_ns - data_ns), 0
        if before is None:
            return False
        passed_s = status.uptime_s - before[0].uptime_s
        dropped = status.frames_dropped - before[0].frames_dropped
        in_a_rush = t_ns - before[1] < RUSH * passed_s * 1e9
        if passed_s <= 0 or dropped < 0 or silent_ns > SILENT_NS or in_a_rush:
            self._clear()
            return False
        self._losing_s = self._losing_s + passed_s if dropped else 0
        full = status.tx_high_water_percent > FULL_PERCENT
        self._late_s = self._late_s + passed_s if full else 0
        self._reports = self._reports + 1 if full or dropped else 0
        losing = self._losing_s >= LOSING_S and self._reports >= LEAST_REPORTS
        return losing or self._late_s >= LATE_S

    def next_step(self, hello: Hello) -> SetRateCommand | None:
        """Return the command that makes the stream smaller in a running session, and keep it.

        None: nothing is left. A slower motion sensor would end the session as a slower EMG would,
        for 1.7 kB/s of 30; the smaller EMG format keeps it and saves 9.2 kB/s (section 13).
        """
        self.begin()
        emg = used_streams(hello).get("emg")
        needed = Caps.SET_RATE | Caps.I16_EMG
        if emg is None or emg.fmt != SampleFormat.I24 or hello.caps & needed != needed:
            return None
        step = SetRateCommand(0, emg.id, SampleFormat.I16)
        if step in self._refused or step in self.commands:
            return None
        self.commands.append(step)
        return step

    def is_news(self, text: str) -> bool:
        """Return whether a sentence was not said before, and remember it."""
        news = text not in self._told
        self._told.add(text)
        return news

    def refused(self, command: SetRateCommand) -> None:
        """Note that the device does not do this after all."""
        self.commands.remove(command)
        self._refused.append(command)

    def _clear(self) -> None:
        self._losing_s = self._late_s = self._reports = 0


def said_of_step(name: str) -> str:
    """Return what a person is told when the stream was made smaller."""
    return (
        f"{name} sends more than its connection can carry. From now on it sends its EMG in 16"
        " instead of 24 bits, which is enough for timing. Move closer, or use a cable, for the full"
        " resolution in the next session."
    )


def said_of_end(name: str) -> str:
    """Return what a person is told when nothing can be made smaller in this session."""
    return (
        f"{name} sends more than its connection can carry: samples are lost or come late. Move"
        " closer or use a cable; else end this session and set the device to 500 samples a second."
    )
