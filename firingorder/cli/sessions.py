"""What the commands share that begin a session: its setup, and where it is sent meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.cli.common import say
from firingorder.session.files import read_montage
from firingorder.session.outgoing import Outgoing
from firingorder.session.sending import Sending
from firingorder.session.serving import Serving
from firingorder.session.setup import SessionSetup
from firingorder.session.tasking import asked_task, task_warnings
from firingorder.signal.settings import Settings

if TYPE_CHECKING:
    import argparse

    from firingorder.findings import Sides
    from firingorder.firmware_bridge.links.base import Link
    from firingorder.firmware_bridge.source import SourceSpec
    from firingorder.montage import Montage

#: A device that streamed is waited for this long; a belt is charged, found, plugged in again.
GIVE_UP_S = 60.0
#: One that was never there is probably a wrong name. A device that is being switched on boots and
#: answers within seconds.
ABSENT_S = 10.0


def session_setup(
    task: str,
    montage_path: str | None,
    settings: Settings | None,
    fallback: Montage | None,
    sources: tuple[SourceSpec, ...],
    *,
    side: Sides | None = None,
    simulated: bool = False,
    person: str | None = None,
    belt_taps: bool = False,
) -> SessionSetup:
    """Return the setup of a live session; say so where the side had to be assumed."""
    spec = asked_task(task, side)
    for warning in task_warnings(spec):
        say(warning)
    return SessionSetup(
        task=spec,
        montage=read_montage(montage_path) or fallback,
        settings=settings or Settings(),
        sources=sources,
        simulated=simulated,
        person=person or "",
        belt_taps=belt_taps,
    )


def make_sending(args: argparse.Namespace, link: Link) -> Outgoing | None:
    """Return what hands the session on while it runs, None unless it was asked for; say so.

    Raises
    ------
    UsageError
        A package is missing, the stream cannot have this name, or the port cannot be used.
    """
    if args.lsl is None and args.websocket is None:
        return None
    now_ns, person = link.now_ns, args.person
    network = None if args.lsl is None else Sending(args.lsl, now_ns, person=person, tell=say)
    here = None if args.websocket is None else Serving(args.websocket, now_ns, tell=say)
    sending = Outgoing(network, here)
    for notice in sending.notices:
        say(notice)
    return sending
