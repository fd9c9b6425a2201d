"""``firingorder replay``: a recording again, in the window or as event lines."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.cli.common import on_interrupt, progress, say, text_output
from firingorder.errors import UsageError
from firingorder.session.files import require_recording
from firingorder.session.lines import EventLines
from firingorder.session.replaying import DigestCheck, replay_engine, run_replay

if TYPE_CHECKING:
    import argparse

    from firingorder.findings import Event
    from firingorder.session.inputs import Input


def run(args: argparse.Namespace) -> int:
    """Play a recording; headless it needs no Qt."""
    if args.speed < 0:
        raise UsageError(f"--speed {args.speed:g} is negative; 0 is as fast as possible.")
    path = Path(args.file)
    if not args.headless:
        from firingorder.cli.live import run_replay_window

        return run_replay_window(args, path)
    recording = require_recording(path)
    engine = replay_engine(recording)
    stopped = threading.Event()
    pace = _Pace(args.speed, stopped)
    target = args.events or "-"
    with (
        text_output(target) as stream,
        progress(None, "replaying") as bar,
        on_interrupt(stopped.set),
    ):
        assert stream is not None
        lines = EventLines(stream, time.perf_counter_ns)

        def on_events(events: list[Event], item: Input | None) -> None:
            del item
            engine.take_display()  # nobody looks: let it go
            lines.write(events, pace.fed_ns)
            bar.update(round(engine.duration_s, 1) - bar.n)

        check = run_replay(recording, engine, on_events, wait_until=pace.wait_until)
        lines.summary(engine)
    for one in recording.lost:
        say(f"The file is damaged: {one.seconds:.2f} s ({one.messages} messages) are missing.")
    return _tell(check)


class _Pace:
    """Feeds each input when it is due; remembers when that was, for the latency of a line."""

    def __init__(self, speed: float, stopped: threading.Event) -> None:
        self.fed_ns = 0
        self._speed = speed
        self._stopped = stopped
        self._offset_ns: int | None = None

    def wait_until(self, t_ns: int) -> bool:
        now_ns = time.perf_counter_ns()
        if self._speed > 0:
            due_ns = int(t_ns / self._speed)
            if self._offset_ns is None:
                self._offset_ns = now_ns - due_ns
            self._stopped.wait(max(0.0, (due_ns + self._offset_ns - now_ns) / 1e9))
        self.fed_ns = time.perf_counter_ns()
        return not self._stopped.is_set()


def _tell(check: DigestCheck) -> int:
    if check.first_difference_s is not None:
        say(
            f"The findings differ from those that were live, first within the ten seconds before "
            f"{check.first_difference_s:.0f} s. Another version or another machine recorded them?"
        )
        return 1
    if check.compared:
        say(f"Findings identical to those that were live ({check.compared} digests compared).")
    return 0
