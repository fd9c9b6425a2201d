"""``firingorder replay``: a recording again, in the window or as event lines."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.cli.common import naming, on_interrupt, progress, say, text_output
from firingorder.errors import UsageError
from firingorder.session.files import require_recording
from firingorder.session.lines import EventLines
from firingorder.session.pacing import Pacer
from firingorder.session.parts import damage_words, parts
from firingorder.session.replaying import DigestCheck, replay_engine, run_replay

if TYPE_CHECKING:
    import argparse

    from firingorder.errors import DeviceRefusedError
    from firingorder.findings import Event
    from firingorder.recording.reader import Recording
    from firingorder.session.inputs import Input


def run(args: argparse.Namespace) -> int:
    """Play a recording; headless it needs no Qt."""
    path = Path(args.file)
    if args.headless and args.screenshot is not None:
        raise UsageError("--screenshot needs the window: leave --headless out.")
    if not args.headless:
        from firingorder.cli.live import run_replay_window

        return run_replay_window(args, path)
    check_speed(args.speed)
    recording = require_recording(path)
    engine = replay_engine(recording)
    pacer = Pacer(args.speed)
    target = args.events or "-"
    with (
        text_output(target) as stream,
        progress(None, "replaying") as bar,
        on_interrupt(pacer.stop),
    ):
        assert stream is not None
        lines = EventLines(stream, time.perf_counter_ns)

        def on_events(events: list[Event], item: Input | None) -> None:
            del item
            engine.take_display()  # nobody looks: let it go
            with naming(target):
                lines.write(events, pacer.fed_ns)
            bar.update(round(engine.duration_s, 1) - bar.n)

        check = run_replay(recording, engine, on_events, wait_until=pacer.wait_until)
        with naming(target):
            lines.summary(engine)
    return say_outcome(recording, check, engine.refused)


def check_speed(speed: float) -> None:
    """Refuse what is no speed.

    Raises
    ------
    UsageError
        It is negative or no number.
    """
    if not speed >= 0:
        raise UsageError(f"The speed {speed:g} is negative or no number; 0: as fast as possible.")


def say_outcome(
    recording: Recording, check: DigestCheck, refused: DeviceRefusedError | None
) -> int:
    """Say what a replay showed of the recording; return the exit status."""
    damage = damage_words(recording)
    if damage:
        say(damage)
    for one in (gap for part in parts(recording) for gap in part.lost):
        say(f"Missing in the file: {one.seconds:.2f} s ({one.messages} messages).")
    if refused is not None:
        say(f"The session ended like this: {refused}")
    if check.first_difference_s is not None:
        say(
            f"The findings differ from those that were live, first within the ten seconds before "
            f"{check.first_difference_s:.0f} s. Another version or another machine recorded them?"
        )
        return 1
    if check.compared:
        say(f"Findings identical to those that were live ({check.compared} digests compared).")
    return 0
