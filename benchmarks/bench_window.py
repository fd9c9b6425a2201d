"""The window in real time: from the arrival of a packet to its picture, and from start to window.

Wall time, because a person waits for wall time; run it on a machine that does nothing else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from firingorder.firmware_bridge.links.base import Read
    from firingorder.session.feed import FeedUpdate

SECONDS = 12.0
WARM_UP_S = 4.0
STARTS = 3

_LATENCY = "latency"
_START = (
    "import time, sys; from pathlib import Path\n"
    "from firingorder.cli.parser import build_parser\n"
    "import firingorder.gui.app as app\n"
    "import firingorder.cli.live as live\n"
    "from firingorder.gui.window import LiveWindow\n"
    "LiveWindow.showEvent_ = LiveWindow.showEvent\n"
    "def shown(self, event):\n"
    "    self.showEvent_(event); print('shown', time.time()); sys.stdout.flush()\n"
    "    self.ticked.connect(self.close)\n"
    "LiveWindow.showEvent = shown\n"
    "args = build_parser().parse_args("
    "['live', '--no-record', '--device', 'sim:rest?seed=1'])\n"
    "live.run(args)\n"
)


def run() -> list[dict[str, Any]]:
    """Measure latency in a process of its own, then the start of the window."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "benchmarks.bench_window", _LATENCY]
    output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    p50_ms, p95_ms = (float(word) for word in output.stdout.split()[-2:])
    return [
        {
            "name": "packet arrived -> painted, median",
            "value": round(p50_ms, 1),
            "unit": "ms",
            "bar": None,
        },
        {
            "name": "packet arrived -> painted, p95",
            "value": round(p95_ms, 1),
            "unit": "ms",
            "bar": "<= 60",
        },
        {
            "name": "start -> window visible, warm",
            "value": round(min(_start_s(environment) for _ in range(STARTS)), 2),
            "unit": "s",
            "bar": "<= 2.5",
        },
    ]


def _start_s(environment: dict[str, str]) -> float:
    begin = time.time()
    output = subprocess.run(
        [sys.executable, "-c", _START], env=environment, capture_output=True, text=True, check=True
    )
    shown = next(line for line in output.stdout.splitlines() if line.startswith("shown"))
    return float(shown.split()[1]) - begin


def measure_latency() -> tuple[float, float]:
    """Return median and p95, in ms, from a packet's arrival to the end of its paint."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from firingorder.gui.strip_panel import StripPanel
    from firingorder.gui.window import LiveWindow
    from firingorder.session.addresses import parse_address
    from firingorder.session.live import STOP_TIMEOUT_S, LivePlan, LiveSession
    from firingorder.session.setup import SessionSetup
    from firingorder.session.sources import open_link
    from firingorder.training.exercises import load_task

    arrivals_s: list[float] = []
    fed_s: list[float] = []
    polled_s: list[float] = []
    painted_s: list[float] = []

    class Timed(LiveSession):
        """Notes when what bytes meant was in the feed, and when the window took it."""

        def _on_turn(self) -> None:
            super()._on_turn()
            if len(arrivals_s) > len(fed_s):
                fed_s.append(time.perf_counter())

        def poll(self) -> FeedUpdate:
            polled_s.append(time.perf_counter())
            return super().poll()

    paint = StripPanel.paintEvent

    def timed_paint(self: StripPanel, event: Any) -> None:
        paint(self, event)
        painted_s.append(time.perf_counter())

    StripPanel.paintEvent = timed_paint  # type: ignore[method-assign]
    app = QApplication([])
    link = open_link(parse_address("sim:bridge?seed=1"))
    read = link.read

    async def timed_read(timeout_s: float) -> Read | None:
        found = await read(timeout_s)
        if found is not None:
            arrivals_s.append(time.perf_counter())
        return found

    link.read = timed_read  # type: ignore[method-assign]
    session = Timed(LivePlan(link, SessionSetup(task=load_task("bridge")), source="simulated"))
    session.start()
    window = LiveWindow(session)
    window.resize(1280, 800)
    window.show()
    QTimer.singleShot(int(SECONDS * 1000), window.close)
    window.closed.connect(app.quit)
    app.exec()
    session.stop(STOP_TIMEOUT_S)
    first_s = arrivals_s[0] + WARM_UP_S
    delays_ms: list[float] = []
    for arrived, fed in zip(arrivals_s, fed_s, strict=False):  # the last may not have been fed
        took = bisect_right(polled_s, fed)
        if arrived < first_s or took == len(polled_s):
            continue
        at = bisect_right(painted_s, polled_s[took])
        if at < len(painted_s):
            delays_ms.append(1e3 * (painted_s[at] - arrived))
    delays_ms.sort()
    return delays_ms[len(delays_ms) // 2], delays_ms[int(0.95 * len(delays_ms))]


if __name__ == "__main__" and sys.argv[1:] == [_LATENCY]:
    print(*measure_latency())
