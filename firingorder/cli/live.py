"""``firingorder live`` and ``replay`` with a window."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.cli.asked import warn_of_name
from firingorder.cli.common import say, text_output, write_text
from firingorder.cli.home import choose, home_of
from firingorder.cli.live_sessions import LiveSessions, keeper_of
from firingorder.cli.opening import require_display, start_window
from firingorder.cli.replay import check_speed, say_outcome
from firingorder.cli.training import open_office
from firingorder.errors import FiringOrderError, UsageError
from firingorder.session.addresses import Address, parse_address
from firingorder.session.files import engine_analysis, require_recording
from firingorder.session.interrupts import Interrupts
from firingorder.session.lines import EventLines
from firingorder.session.live import STOP_TIMEOUT_S, LiveSession
from firingorder.session.replaying import ReplaySession

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from firingorder.session.office import Office


def run(args: argparse.Namespace) -> int:
    """Open the live window on a device, on the simulated belt, or on a recording."""
    require_display()
    address = None if args.device is None else parse_address(args.device)
    if address is not None and address.scheme == "replay":
        return _run_replay_address(args, address)
    warn_of_name(args.person)
    home = home_of(args, address)
    office = open_office(args.person, args.programme, args.hat)
    if home is not None:
        choose(office, home)
    keeper, unrecorded = keeper_of(args)
    with text_output(args.events) as events:
        sessions = LiveSessions(args, address, office, events)
        sessions.first(keeper, unrecorded)
        status = _show(
            args,
            sessions.made,
            sessions.demo if args.device is None else None,
            sessions.again,
            office=office,
        )
    sessions.keep()
    if args.result is not None:
        _write_result(args.result, sessions.made[-1])
    sessions.raise_failure()
    return max(status, *(int(session.lines_failed) for session in sessions.made))


def _write_result(target: str, session: LiveSession) -> None:
    keeper = session.plan.keeper
    result = engine_analysis(
        session.engine,
        file="" if keeper is None else keeper.path.name,
        identity="" if keeper is None else keeper.recording_id,
    )
    write_text(target, json.dumps(result.to_dict(), indent=1))
    say(f"Result: {target}")


def _run_replay_address(args: argparse.Namespace, address: Address) -> int:
    """Play a recording; what it was made with cannot be changed here."""
    fixed = {
        "--side": args.side, "--montage": args.montage, "--settings": args.settings,
        "--record": args.record, "--person": args.person, "--result": args.result,
        "--lsl": args.lsl, "--calibration": args.calibration, "--programme": args.programme,
        "--hat": args.hat, "--websocket": args.websocket,
    }  # fmt: skip
    given = [name for name, value in fixed.items() if value is not None]
    if given:
        raise UsageError(
            f"{', '.join(given)}: a replay shows a session as it was. "
            "`firingorder analyse` takes another montage and other settings."
        )
    args.speed = address.number("speed", 1.0)
    return run_replay_window(args, Path(address.target))


def run_replay_window(args: argparse.Namespace, path: Path) -> int:
    """Play a recording in the live window."""
    require_display()
    check_speed(args.speed)
    recording = require_recording(path)
    with text_output(args.events) as stream:
        # A replay in a window measures no latency.
        lines = None if stream is None else EventLines(stream, lambda: 0, tell=say)
        session = ReplaySession(
            recording,
            speed=args.speed,
            on_events=lambda events: None if lines is None else lines.write(events, 0),
        )
        status = _show(args, [session])
        if lines is not None:
            lines.summary(session.engine)
            status = max(status, int(lines.failed))
    if session.error is not None:
        raise session.error
    if session.check is not None:
        status = max(status, say_outcome(recording, session.check, session.engine.refused))
    return status


def _show(
    args: argparse.Namespace,
    shown: Sequence[LiveSession | ReplaySession],
    offer_demo: Callable[[], LiveSession] | None = None,
    reopen: Callable[[str], Callable[[], LiveSession]] | None = None,
    *,
    office: Office | None = None,
) -> int:
    """Show the first session until the window is closed, then see all of them to their ends."""
    start_window()
    from firingorder.gui.app import run_live

    screenshot = None if args.screenshot is None else Path(args.screenshot)
    try:
        with Interrupts() as interrupts:
            shown[0].start()
            status = run_live(
                shown[0],
                floor=args.floor,
                page=getattr(args, "page", "live"),
                theme=args.theme,
                screenshot=screenshot,
                duration_s=getattr(args, "duration", None),
                offer_demo=offer_demo,
                reopen=reopen,
                office=office,
                second=getattr(args, "second_screen", False),
                interrupts=interrupts,
                sound=not getattr(args, "no_sound", False),
            )
    finally:
        ended = [session.stop(STOP_TIMEOUT_S) for session in shown]
    if not all(ended):
        raise FiringOrderError("The session did not end in time; its recording may miss its end.")
    if screenshot is not None:
        say(f"Screenshot: {screenshot}")
    return status
