"""The live sessions of one window, one after the other, each with a recording of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from firingorder.cli.asked import load_settings, recording_target
from firingorder.cli.common import say, say_kept
from firingorder.cli.sessions import ABSENT_S, GIVE_UP_S, make_sending, session_setup
from firingorder.errors import FiringOrderError
from firingorder.session.addresses import DEMO, Address, parse_address
from firingorder.session.archive.ending import keep_session
from firingorder.session.keeping import RecordingKeeper
from firingorder.session.live import LivePlan, LiveSession
from firingorder.session.paths import (
    data_folder,
    new_recording_path,
    private_folder,
    untaken,
    why_closed,
)
from firingorder.session.profiles import read_profile, write_profile
from firingorder.session.sources import any_belt, open_source, simulated_montage
from firingorder.sound.out import open_sound

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from firingorder.calibration.profile import CalibrationProfile
    from firingorder.session.office import Office
    from firingorder.session.sources import Source

#: A person who has just started the program may look for the belt for as long as a day.
PATIENCE_S = 86_400.0


class LiveSessions:
    """Makes sessions as the options say; ``made`` are those that were begun, oldest first.

    Parameters
    ----------
    address
        The device to begin with; None: whatever belt is there.
    """

    def __init__(
        self,
        args: argparse.Namespace,
        address: Address | None,
        office: Office,
        events: TextIO | None = None,
    ) -> None:
        self._args, self._address = args, address
        self._office, self._events = office, events
        self.made: list[LiveSession] = []

    def first(self, keeper: RecordingKeeper | None, unrecorded: str) -> LiveSession:
        """Return the session to begin with; it is not started yet."""
        session = self._kept(self._source(self._address), keeper, unrecorded)
        self._train(session)
        self.made.append(session)
        return session

    def demo(self) -> LiveSession:
        """Begin a session with the simulated belt, of which nothing is kept."""
        self._address = parse_address(DEMO)
        return self._start(self._session(self._source(self._address)))

    def again(self, text: str) -> Callable[[], LiveSession]:
        """Return what begins a session with a device; empty: with the one that was there before.

        Raises
        ------
        FiringOrderError
            The address is none, or there is no such simulated person.
        """
        address = parse_address(text) if text else self._address
        source = self._source(address)

        def begin() -> LiveSession:
            before = self.made[-1]
            if before.error is not None:
                say(str(before.error))
            self._address = address
            if address is not None and address.text == DEMO != self._args.device:
                return self._start(self._session(source))
            keeper, unrecorded = keeper_of(self._args, further=True)
            session = self._kept(source, keeper, unrecorded)
            if before.engine.duration_s == 0.0:  # else the person begins when the pads are checked
                self._train(session)
            return self._start(session)

        return begin

    def keep(self) -> None:
        """Say what was recorded, and take it into the library, once every session has ended."""
        for session in self.made:
            keeper = session.plan.keeper
            if keeper is not None:
                say_kept(keeper)
                keep_session(keeper, session.engine, tell=say)

    def raise_failure(self) -> None:
        """Raise what went wrong with the last session, or with the recording of any of them.

        Raises
        ------
        FiringOrderError
            What a person must know of it.
        """
        last = self.made[-1].error
        if last is not None:
            raise last
        for session in self.made:
            keeper = session.plan.keeper
            if keeper is not None and keeper.failure is not None:
                raise FiringOrderError(keeper.failure)

    def _start(self, session: LiveSession) -> LiveSession:
        """Start a session; those before it that left nothing behind are forgotten."""
        self.made[:] = [one for one in self.made if not _left_nothing(one)]
        self.made.append(session)
        session.start()
        return session

    def _train(self, session: LiveSession) -> None:
        """Begin the programme that was named."""
        args = self._args
        if args.programme is not None:
            simulated = _simulated(self._address)
            text = self._office.begin(args.task, args.side, simulated=simulated)
            session.train("begin", text)

    def _source(self, address: Address | None) -> Source:
        return any_belt() if address is None else open_source(address)

    def _kept(self, source: Source, keeper: RecordingKeeper | None, unrecorded: str) -> LiveSession:
        """Return a session that is recorded, and handed on where that was asked for."""
        return self._session(source, keeper=keeper, unrecorded=unrecorded, kept=True)

    def _session(
        self,
        source: Source,
        *,
        keeper: RecordingKeeper | None = None,
        unrecorded: str = "",
        kept: bool = False,
    ) -> LiveSession:
        args, address = self._args, self._address
        simulated = _simulated(address)
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
        calibration = None if args.calibration is None else read_profile(Path(args.calibration))
        waits = address is None and args.duration is None and args.screenshot is None
        return LiveSession(
            LivePlan(
                link=source.links[0],
                setup=setup,
                beside=source.links[1:],
                source="simulated" if simulated else "device",
                keeper=keeper,
                unrecorded=unrecorded,
                events=self._events if kept else None,
                give_up_s=PATIENCE_S if waits else GIVE_UP_S,
                absent_s=None if waits else ABSENT_S,
                searching=address is None,
                duration_s=args.duration,
                person=args.person,
                keep_profile=_keep_profile,
                calibration=calibration,
                sending=make_sending(args, source.links[0]) if kept else None,
                tell=say,
                sound=None if args.no_sound else open_sound,
            )
        )


def keeper_of(
    args: argparse.Namespace, *, further: bool = False
) -> tuple[RecordingKeeper | None, str]:
    """Return what keeps the recording, and why there is none although nobody wanted that.

    ``further``: a session after the first; beside a file that was named and is there already it
    gets one of its own.

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
    if args.record is None:
        path = new_recording_path()
    else:
        path = recording_target(str(untaken(Path(args.record))) if further else args.record)
    return RecordingKeeper(path, person=args.person, duration_s=args.duration, tell=say), ""


def _left_nothing(session: LiveSession) -> bool:
    keeper = session.plan.keeper
    recorded = keeper is not None and bool(keeper.files or keeper.failure)
    return session.finished and not recorded and not session.lines_failed


def _simulated(address: Address | None) -> bool:
    return address is not None and address.scheme in ("sim", "sim-ble")


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
