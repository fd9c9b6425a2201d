"""``firingorder record``: a session without a window."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.cli.asked import load_settings, recording_target, warn_of_name
from firingorder.cli.common import on_interrupt, progress, say, say_kept, text_output
from firingorder.cli.outages import Outages
from firingorder.cli.sessions import ABSENT_S, GIVE_UP_S, make_sending, session_setup
from firingorder.cli.training import Led, open_office
from firingorder.errors import FiringOrderError, UsageError
from firingorder.firmware_bridge.actions import HostConfig
from firingorder.session.acquisition import Acquisition
from firingorder.session.addresses import parse_address
from firingorder.session.archive.ending import keep_session
from firingorder.session.keeping import RecordingKeeper
from firingorder.session.lines import EventLines
from firingorder.session.profiles import read_profile, stamped
from firingorder.session.sources import open_source, simulated_montage
from firingorder.session.tapping import CLOCKS_SETTLE_S, KEPT_S
from firingorder.simulation.scenarios import LISTENING

if TYPE_CHECKING:
    import argparse

    from firingorder.findings import Event
    from firingorder.firmware_bridge.links.base import Link
    from firingorder.session.addresses import Address
    from firingorder.session.office import Office
    from firingorder.session.setup import SessionSetup
    from firingorder.session.sources import Source


def run(args: argparse.Namespace) -> int:
    """Record until the duration is over or Ctrl-C; the recording is whole in any case."""
    path = recording_target(args.out)
    address = parse_address(args.device)
    if address.scheme == "replay":
        raise UsageError("A recording cannot be recorded again; copy the file.")
    _check_tap_test(args.tap_test, joined=_joined(address))
    warn_of_name(args.person)
    office = _office(args, address)
    profile = None if args.calibration is None else read_profile(Path(args.calibration))
    source = open_source(address)
    link, *beside = source.links
    setup = _setup(args, address, source)
    keeper = RecordingKeeper(path, person=args.person, duration_s=args.duration, tell=say)
    faster_than_time = address.scheme == "sim" and address.number("speed", 1.0) == 0.0
    if faster_than_time and args.lsl is not None:
        raise UsageError("--lsl sends in real time: leave out speed=0.")
    sending = make_sending(args, link)
    with text_output(args.events) as stream, progress(args.duration, "recording") as bar:
        lines = None if stream is None else EventLines(stream, link.now_ns, tell=say)

        def on_events(events: list[Event], t_ns: int) -> None:
            outages.take(events, lambda: acquisition.message)
            if lines is not None:
                lines.write(events, t_ns)

        def on_turn() -> None:
            acquisition.engine.take_display()  # nobody looks: let it go
            bar.update(round(acquisition.engine.duration_s, 1) - bar.n)
            _ = keeper.alarm  # says what is wrong with the disk, once
            taps.look(acquisition)
            led.look(acquisition)

        taps, led = TapTest(args.tap_test), Led(link, office)
        host = _host(args, link)
        outages = Outages(say, host.name, host.give_up_s)
        acquisition = Acquisition(
            link,
            setup,
            beside=beside,
            host=host,
            duration_s=args.duration,
            open_recorder=keeper.opener,
            on_events=on_events,
            on_turn=on_turn,
            hold_back=lambda: faster_than_time and keeper.crowded,
            tell=say,
            sink=sending,
        )
        if profile is not None:
            acquisition.calibrate("load", stamped("load", json.dumps({"profile": profile})))
        led.begin(acquisition, args.task, args.side)
        try:
            with on_interrupt(acquisition.stop):
                asyncio.run(acquisition.run())
        finally:
            if sending is not None:
                sending.close()
            keeper.stop()
            if lines is not None:
                lines.summary(acquisition.engine)
            say_kept(keeper)
            keep_session(keeper, acquisition.engine, tell=say)
    if not keeper.files:
        say("Nothing was recorded: it ended before the device had said what it is.")
    if failed := keeper.failure or led.refused:
        raise FiringOrderError(failed)
    return 1 if lines is not None and lines.failed else 0


class TapTest:
    """Asks for the tap test once the session is old enough, and says what came of it."""

    def __init__(self, after_s: float | None) -> None:
        self._after_s = after_s
        self._asked = False
        self._told = False

    def look(self, acquisition: Acquisition) -> None:
        """Do what is due."""
        desk = acquisition.engine.taps
        if self._after_s is None or desk is None or self._told:
            return
        if not self._asked and acquisition.engine.duration_s >= self._after_s:
            self._asked = True
            acquisition.align(self._after_s)
        if desk.newest is not None:
            self._told = True
            say(desk.newest.sentence)


def _host(args: argparse.Namespace, link: Link) -> HostConfig:
    return HostConfig(
        name=link.description,
        give_up_s=GIVE_UP_S if args.give_up is None else args.give_up,
        absent_s=ABSENT_S if args.give_up is None else args.give_up,
    )


def _setup(args: argparse.Namespace, address: Address, source: Source) -> SessionSetup:
    return session_setup(
        args.task,
        args.montage,
        load_settings(args.settings),
        simulated_montage(address),
        source.specs,
        side=args.side,
        simulated=address.scheme in ("sim", "sim-ble"),
        person=args.person,
        belt_taps=args.programme is not None,
    )


def _office(args: argparse.Namespace, address: Address) -> Office | None:
    """Return where a training begins; None without one.

    Raises
    ------
    UsageError
        Nobody is there to press a key: a window has them, and so has the simulated listener.
    """
    if args.programme is None:
        return None
    if address.target != LISTENING:
        raise UsageError(
            "--programme needs somebody who answers and presses keys: use `firingorder live`, or "
            f"--device sim:{LISTENING}."
        )
    office = open_office(args.person, args.programme, None)
    if not office.preferences.pin:  # nobody is hurt on a simulated belt, and every set is wanted
        office.wear("therapist")
    while remark := office.take_remark():
        say(remark)
    return office


def _joined(address: Address) -> bool:
    return address.beside is not None or address.option("pelvis") is not None


def _check_tap_test(after_s: float | None, *, joined: bool) -> None:
    if after_s is None:
        return
    if not joined:
        raise UsageError(
            "--tap-test needs a pelvis sensor with a clock of its own: join one with +, as in "
            "cyton:PORT+dot-ble:NAME."
        )
    if not CLOCKS_SETTLE_S <= after_s <= KEPT_S:
        raise UsageError(
            f"--tap-test must be {CLOCKS_SETTLE_S:g} to {KEPT_S:g} seconds: before, the clocks of "
            "the devices are not known well enough, and taps that are older are forgotten."
        )
