"""``firingorder live`` and ``replay`` with a window."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from firingorder.cli.common import load_settings, say, session_setup, text_output, write_text
from firingorder.errors import FiringOrderError, UsageError
from firingorder.session.addresses import Address, parse_address
from firingorder.session.files import engine_analysis, require_recording
from firingorder.session.keeping import RecordingKeeper
from firingorder.session.lines import EventLines
from firingorder.session.live import LivePlan, LiveSession
from firingorder.session.paths import new_recording_path
from firingorder.session.replaying import ReplaySession
from firingorder.session.sources import open_link, simulated_montage

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Generator

#: What `live` looks for when no device is named, and what it offers meanwhile.
ANY_BELT = "serial:auto"
DEMO = "sim:bridge?seed=1"
#: A device that was named and does not come is given up; a person who has just started the
#: program may look for the belt for as long as a day.
GIVE_UP_S, PATIENCE_S = 60.0, 86_400.0


def run(args: argparse.Namespace) -> int:
    """Open the live window on a device, on the simulated belt, or on a recording."""
    _require_display()
    address = parse_address(args.device or ANY_BELT)
    if address.scheme == "replay":
        args.speed = address.number("speed", 1.0)
        return run_replay_window(args, Path(address.target))
    keeper = None if args.no_record else RecordingKeeper(_recording_path(args), person=args.person)
    with text_output(args.events) as events:
        shown = [_session(args, address, keeper=keeper, events=events)]

        def demo() -> LiveSession:
            shown.append(_session(args, parse_address(DEMO)))
            shown[-1].start()
            return shown[-1]

        status = _show(args, shown[0], demo if args.device is None else None)
    session = shown[-1]
    if not session.stop():
        raise FiringOrderError("The session did not end in time; its recording may miss its end.")
    if keeper is not None and keeper.recorder is not None:
        for path in keeper.recorder.files:
            say(f"Recording: {path}")
    if args.result is not None:
        result = engine_analysis(
            session.engine,
            file="" if keeper is None else keeper.path.name,
            identity="" if keeper is None else keeper.recording_id,
        )
        write_text(args.result, json.dumps(result.to_dict(), indent=1))
        say(f"Result: {args.result}")
    if session.error is not None:
        raise session.error
    return status


def _session(
    args: argparse.Namespace,
    address: Address,
    *,
    keeper: RecordingKeeper | None = None,
    events: TextIO | None = None,
) -> LiveSession:
    setup = session_setup(
        args.task, args.montage, load_settings(args.settings), simulated_montage(address)
    )
    waits = args.device is None and args.duration is None and args.screenshot is None
    return LiveSession(
        LivePlan(
            link=open_link(address),
            setup=setup,
            source="simulated" if address.scheme == "sim" else "device",
            keeper=keeper,
            events=events,
            give_up_s=PATIENCE_S if waits else GIVE_UP_S,
            searching=args.device is None,
            person=args.person,
        )
    )


def run_replay_window(args: argparse.Namespace, path: Path) -> int:
    """Play a recording in the live window."""
    _require_display()
    recording = require_recording(path)
    with _lines(args.events) as lines:
        session = ReplaySession(
            recording,
            speed=args.speed,
            on_events=lambda events: None if lines is None else lines.write(events, 0),
        )
        status = _show(args, session)
        if lines is not None:
            lines.summary(session.engine)
    if session.error is not None:
        raise session.error
    return status


@contextlib.contextmanager
def _lines(target: str | None) -> Generator[EventLines | None]:
    with text_output(target) as stream:
        yield None if stream is None else _event_lines(stream)


def _event_lines(stream: TextIO) -> EventLines:
    return EventLines(stream, lambda: 0)  # a replay in a window measures no latency


def _show(
    args: argparse.Namespace,
    session: LiveSession | ReplaySession,
    offer_demo: Callable[[], LiveSession] | None = None,
) -> int:
    from firingorder.gui.app import run_live

    screenshot = None if args.screenshot is None else Path(args.screenshot)
    session.start()
    try:
        status = run_live(
            session,
            floor=args.floor,
            theme=args.theme,
            screenshot=screenshot,
            duration_s=getattr(args, "duration", None),
            offer_demo=offer_demo,
        )
    finally:
        session.stop()
    if screenshot is not None:
        say(f"Screenshot: {screenshot}")
    return status


def _recording_path(args: argparse.Namespace) -> Path:
    if args.record is None:
        return new_recording_path()
    path = Path(args.record)
    if path.exists():
        raise UsageError(f"{path} exists already. Recordings are never overwritten.")
    return path


def _require_display() -> None:
    """Refuse to open a window where there is no screen: Qt would abort without a word.

    Raises
    ------
    FiringOrderError
        With the command that works without a screen.
    """
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        raise FiringOrderError(
            "There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set). Use "
            "`firingorder record --device URL --out FILE.mcap`, or set QT_QPA_PLATFORM=offscreen."
        )
