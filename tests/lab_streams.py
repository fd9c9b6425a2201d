"""Senders of Lab Streaming Layer for tests, kept inside this machine and apart from each other.

liblsl reads its settings once, on first use, so they are set before anything can use it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from firingorder.samples import FloatArray

#: One laboratory for each process: tests in other processes do not see these streams.
LAB = f"firingorder-tests-{os.getpid()}"
#: Seconds by which stamps may be off here. The library finds the offset of two clocks by round
#: trips over a socket: half of what a busy machine delays one way only is error, and one run had
#: 1.14 ms. A wrong unit, sign or origin errs far more.
OFFSET_ERROR_S = 5e-3
#: So many samples a sender is ahead of its receiver, and so long it waits for one that has stopped.
FEED_AHEAD, FEED_LIMIT_S = 5000, 60.0
_SETTINGS = f"""[ports]
IPv6 = disable
[multicast]
ResolveScope = machine
MachineAddresses = {{127.0.0.1}}
AddressesOverride = {{127.0.0.1}}
ListenAddress = 127.0.0.1
[lab]
KnownPeers = {{127.0.0.1}}
SessionID = {LAB}
[log]
level = -3
"""


def _load() -> Any:
    if "pylsl" not in sys.modules:
        folder = Path(tempfile.mkdtemp(prefix="lab-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        (folder / "lsl_api.cfg").write_text(_SETTINGS, encoding="utf-8")
        os.environ["LSLAPICFG"] = str(folder / "lsl_api.cfg")
    module = pytest.importorskip("pylsl", reason="pylsl is not installed (extra lsl)")
    probe = module.StreamOutlet(module.StreamInfo("probe", "", 1, 0, "float32", ""))
    assert probe.get_info().session_id() == LAB, "pylsl was used before it was kept inside"
    return module


pylsl = _load()


class Sender:
    """An outlet that sends what it is told, with the time stamps it is told.

    ``behind_s``: how far before now its first sample lies, so that minutes can be sent in seconds.
    """

    def __init__(
        self,
        name: str,
        labels: Sequence[str] = tuple(f"EMG{k + 1}" for k in range(8)),
        *,
        rate_hz: float = 1000.0,
        kind: str = "EMG",
        kinds: Sequence[str] = (),
        unit: str = "microvolts",
        value: str = "float32",
        source_id: str = "",
        behind_s: float = 40.0,
    ) -> None:
        info = pylsl.StreamInfo(
            name, kind, len(labels), rate_hz, value, source_id or f"{name}-{LAB}"
        )
        channels = info.desc().append_child("channels")
        for k, label in enumerate(labels):
            channel = channels.append_child("channel")
            channel.append_child_value("label", label)
            channel.append_child_value("unit", unit)
            if kinds:
                channel.append_child_value("type", kinds[k])
        self.rate_hz = rate_hz
        self.t0_s = pylsl.local_clock() - behind_s
        self.sent = 0
        self.outlet: Any = pylsl.StreamOutlet(info)

    def wait(self) -> None:
        """Wait until somebody listens: what is sent before is lost."""
        assert self.outlet.wait_for_consumers(10.0)

    def send(self, values: FloatArray, *, jitter_s: FloatArray | None = None) -> None:
        """Send samples, each with its own stamp."""
        stamps = self.t0_s + (self.sent + np.arange(len(values))) / self.rate_hz
        if jitter_s is not None:
            stamps = stamps + jitter_s
        self.sent += len(values)
        self.outlet.push_chunk(values.astype("float32"), list(stamps))

    def feed(self, values: FloatArray, arrived: Callable[[], int]) -> None:
        """Send samples as fast as they are taken: the library drops what is not taken in time.

        ``arrived``: how many samples of the stream the receiver has.
        """
        end_s = time.monotonic() + FEED_LIMIT_S
        for k in range(0, len(values), 50):
            while self.sent - arrived() > FEED_AHEAD:
                if time.monotonic() > end_s:
                    return  # nobody takes them any more; what is missing is told by the test
                time.sleep(0.002)
            self.send(values[k : k + 50])

    def skip(self, samples: int) -> None:
        """Lose samples."""
        self.sent += samples

    def end(self) -> None:
        """End the stream, as when its program is closed."""
        self.outlet = None
