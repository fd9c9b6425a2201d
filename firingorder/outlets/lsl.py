"""Two streams of Lab Streaming Layer: the samples of the muscles, and what was found in them.

liblsl hands both to whoever asks, on every network interface of this computer; it knows no
password. What is sent says nothing about the person: no code, no device number, no text that
somebody typed.

Nothing here waits for a reader: liblsl copies what is pushed and drops the oldest of it when a
reader does not keep up.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.errors import UsageError
from firingorder.firmware_bridge.links.lsl_library import load_pylsl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from firingorder.samples import FloatArray

#: Behind a reader that does not keep up so much is held for it, seconds.
HELD_S = 10
#: The two clocks are compared with every push; less than this is the time that comparing takes.
CLOCK_STEP_S = 1e-3
#: So often the clocks are looked at before a step is believed: a pause rarely comes three times.
LOOKS = 3
#: A mapping that steps back squeezes stamps to this part of their period: time never falls.
LEAST_STEP = 0.5


class LslOutlet:
    """The two streams; they appear with :meth:`open`.

    Parameters
    ----------
    name
        Of the stream of samples; the other one is called the same with ``events`` behind.
    now_ns
        The clock of the times that are given.

    Raises
    ------
    UsageError
        pylsl is not installed, or the name is empty.
    """

    def __init__(self, name: str, now_ns: Callable[[], int]) -> None:
        if not name.strip():
            raise UsageError("--lsl: a stream needs a name.")
        self.name = name
        self._lsl = load_pylsl()
        self._now_ns = now_ns
        self._samples: Any = None
        self._events: Any = None
        self._ahead_s: float | None = None
        self._last_s = -np.inf
        self._period_s = 0.0

    def open(
        self, channels: Sequence[str], rate_hz: float, *, unit: str, about: Mapping[str, str]
    ) -> None:
        """Let the streams appear.

        Parameters
        ----------
        channels
            Names of the muscles.
        unit
            ``microvolts``, or empty for arbitrary units.
        about
            What else the description says of the samples. They go out as they came in: every
            channel says that no filter of ours is in them.
        """
        lsl = self._lsl
        # A number of its own for every session: nobody can tell that it is the same device.
        source = f"firingorder-{uuid.uuid4().hex}"
        info = lsl.StreamInfo(self.name, "EMG", len(channels), rate_hz, "float32", source)
        node = info.desc().append_child("channels")
        for channel in channels:
            one = node.append_child("channel")
            muscle, _, side = channel.rpartition("_")
            if side not in ("left", "right"):
                muscle, side = channel, ""
            for key, value in (
                ("label", channel),
                ("type", "EMG"),
                ("unit", unit),
                ("muscle", muscle),
                ("side", side),
                ("filtering", "none"),
            ):
                one.append_child_value(key, value)
        for key, value in about.items():
            info.desc().append_child_value(key, value)
        marks = lsl.StreamInfo(
            f"{self.name} events", "Markers", 1, lsl.IRREGULAR_RATE, "string", f"{source}-events"
        )
        self._period_s = 1.0 / rate_hz
        self._samples = lsl.StreamOutlet(info, max_buffered=HELD_S)
        self._events = lsl.StreamOutlet(marks, max_buffered=HELD_S)

    @property
    def is_open(self) -> bool:
        """Whether the streams are there."""
        return self._samples is not None

    def samples(self, values: FloatArray, times_ns: FloatArray) -> None:
        """Send samples ``(n_samples, n_channels)`` and the instant of each on the host's clock."""
        if self._samples is None or not len(values):
            return
        stamps = times_ns * 1e-9 + self._ahead()
        steps = np.arange(1, len(stamps) + 1) * LEAST_STEP * self._period_s
        stamps = np.maximum(stamps, self._last_s + steps)
        self._last_s = float(stamps[-1])
        self._samples.push_chunk(np.ascontiguousarray(values, np.float32), stamps.tolist())

    def event(self, line: Mapping[str, Any], at_ns: float) -> None:
        """Send what was found as one line of JSON, at its instant on the host's clock."""
        if self._events is not None:
            self._events.push_sample([json.dumps(line)], at_ns * 1e-9 + self._ahead())

    def close(self) -> None:
        """Let the streams disappear. Closing twice is legal."""
        self._samples = self._events = None

    def _ahead(self) -> float:
        """Return how far the clock of the lab network is ahead of the host's.

        A pause of this process between two readings looks like a step of a clock by half of it, so
        of some looks the tightest is believed; one that is no step ends the looking.
        """
        tightest_ns: int | None = None
        ahead_s = 0.0
        for _ in range(LOOKS):
            before_ns = self._now_ns()
            lab_s = float(self._lsl.local_clock())
            after_ns = self._now_ns()
            if tightest_ns is None or after_ns - before_ns < tightest_ns:
                tightest_ns = after_ns - before_ns
                ahead_s = lab_s - 0.5e-9 * (before_ns + after_ns)
            if self._ahead_s is not None and abs(ahead_s - self._ahead_s) <= CLOCK_STEP_S:
                return self._ahead_s
        self._ahead_s = ahead_s
        return ahead_s
