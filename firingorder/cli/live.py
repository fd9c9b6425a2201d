"""``firingorder live`` and ``replay`` with a window."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from firingorder.cli.asked import load_settings, recording_target, warn_of_name
from firingorder.cli.common import say, say_kept, text_output, write_text
from firingorder.cli.home import choose, home_of
from firingorder.cli.opening import require_display, start_window
from firingorder.cli.replay import check_speed, say_outcome
from firingorder.cli.sessions import ABSENT_S, GIVE_UP_S, make_sending, session_setup
from firingorder.cli.training import open_office
from firingorder.errors import FiringOrderError, UsageError
from firingorder.session.addresses import Address, parse_address
from firingorder.session.archive.ending import keep_session
from firingorder.session.files import engine_analysis, require_recording
from firingorder.session.interrupts import Interrupts
from firingorder.session.keeping import RecordingKeeper
from firingorder.session.lines import EventLines
from firingorder.session.live import STOP_TIMEOUT_S, LivePlan, LiveSession
from firingorder.session.paths import data_folder, new_recording_path, private_folder, why_closed
from firingorder.session.profiles import read_profile, write_profile
from firingorder.session.replaying import ReplaySession
from firingorder.session.sources import any_belt, open_source, simulated_montage
from firingorder.sound.out import open_sound

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from firingorder.calibration.profile import CalibrationProfile
    from firingorder.session.office import Office

#: What `live` looks for when no device is named, and what it offers meanwhile.
DEMO = "sim:bridge?seed=1"
#: A person who has just started the program may look for the belt for as long as a day.
PATIENCE_S = 86_400.0


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
        shown = [
            _session(args, address, keeper=keeper, unrecorded=unrecorded, events=events, send=True)
        ]

        def demo() -> LiveSession:
            shown.append(_session(args, parse_address(DEMO)))
            shown[-1].start()
            return shown[-1]

        if args.programme is not None:
            simulated = address is not None and address.scheme in ("sim", "sim-ble")
            shown[0].train("begin", office.begin(args.task, args.side, simulated=simulated))
        status = _show(args, shown, demo if args.device is None else None, office)
    session = shown[-1]
    if keeper is not None:
        say_kept(keeper)
        keep_session(keeper, shown[0].engine, tell=say)
    if args.result is not None:
        _write_result(args.result, session)
    if session.error is not None:
        raise session.error
    if keeper is not None and keeper.failure is not None:
        raise FiringOrderError(keeper.failure)
    return max(status, int(shown[0].lines_failed))


def keeper_of(args: argparse.Namespace) -> tuple[RecordingKeeper | None, str]:
    """Return what keeps the recording, and why there is none although nobody wanted that.

    Raises
    ------
    UsageError
        The file that was named is there already, or its name is none of a recording.
    """
    if args.no_record:
        return None, ""
    closed = why_closed(data_folder() / "recordings")
    if closed and args.record is None:
        say(
            f"Nothing will be recorded or kept: {closed} All that was kept can be looked at. To "
            "record, allow writing there and begin anew, or begin with --record FILE."
        )
        return None, closed
    if closed and not why_closed(Path(args.record).absolute().parent):
        say(f"The recording goes to {args.record}, and nothing else is kept: {closed}")
    path = _recording_path(args)
    return RecordingKeeper(path, person=args.person, duration_s=args.duration, tell=say), ""


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


def _session(
    args: argparse.Namespace,
    address: Address | None,
    *,
    keeper: RecordingKeeper | None = None,
    unrecorded: str = "",
    events: TextIO | None = None,
    send: bool = False,
) -> LiveSession:
    source = any_belt() if address is None else open_source(address)
    simulated = address is not None and address.scheme in ("sim", "sim-ble")
    setup = session_setup(
        args.task,
        args.montage,
        load_settings(args.settings),
        None if address is None else simulated_montage(address),
        source.specs,
        side=args.side,
        simulated=simulated,
        person=args.person,
        belt_taps=True,
    )
    waits = args.device is None and args.duration is None and args.screenshot is None
    return LiveSession(
        LivePlan(
            link=source.links[0],
            setup=setup,
            beside=source.links[1:],
            source="simulated" if simulated else "device",
            keeper=keeper,
            unrecorded=unrecorded,
            events=events,
            give_up_s=PATIENCE_S if waits else GIVE_UP_S,
            absent_s=None if waits else ABSENT_S,
            searching=args.device is None,
            duration_s=args.duration,
            person=args.person,
            keep_profile=_keep_profile,
            calibration=None if args.calibration is None else read_profile(Path(args.calibration)),
            sending=make_sending(args, source.links[0]) if send else None,
            tell=say,
            sound=None if args.no_sound else open_sound,
        )
    )


def _keep_profile(profile: CalibrationProfile) -> None:
    """Write a profile that came into use; the recording has it in any case."""
    folder = data_folder() / "calibrations"
    if closed := why_closed(folder):
        say(f"The calibration is not kept as a file: {closed}")
        return
    try:
        say(f"Calibration: {write_profile(profile, private_folder(folder))}")
    except (FiringOrderError, OSError) as error:
        say(f"The calibration is not kept as a file: {error}")


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


def _recording_path(args: argparse.Namespace) -> Path:
    if args.record is None:
        return new_recording_path()
    return recording_target(args.record)
