"""Virtual belts behind a real pseudo-terminal or socket, and a real session in a real window."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from firingorder.cli.live_sessions import LiveSessions, keeper_of
from firingorder.cli.parser import build_parser
from firingorder.gui.window import LiveWindow
from firingorder.session.addresses import parse_address
from firingorder.session.live import STOP_TIMEOUT_S
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.scenarios import make_body
from firingorder.simulation.server import serve
from tests.gui.pictures import free_office

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Longer than anything here takes on a busy computer.
LIMIT_MS = 30_000


@contextmanager
def served(listen: str, seed: int = 5) -> Iterator[str]:
    """Serve a belt; gives its address."""
    print(f"seed {seed}")
    stop, ready, at = threading.Event(), threading.Event(), [""]

    def tell(address: str) -> None:
        at[0] = address
        ready.set()

    def run() -> None:
        device = VirtualDevice(make_body("bridge", seed=seed), seed=seed)
        serve(device, listen, duration_s=None, on_ready=tell, stop=stop)

    thread = threading.Thread(target=run, name="belt")
    thread.start()
    try:
        assert ready.wait(30.0)
        yield at[0]
    finally:
        stop.set()
        thread.join(30.0)
        assert not thread.is_alive()


class LiveDesk:
    """``firingorder live`` as it stands between its options and its end."""

    def __init__(self, qtbot, *options: str) -> None:
        args = build_parser().parse_args(["live", "--no-sound", *options])
        address = parse_address(args.device) if args.device else None
        office = free_office()
        self.qtbot, self.sessions = qtbot, LiveSessions(args, address, office)
        self.sessions.first(*keeper_of(args)).start()
        self.window = LiveWindow(
            self.sessions.made[0],
            office=office,
            offer_demo=None if args.device else self.sessions.demo,
            reopen=self.sessions.again,
        )
        self.window.resize(1280, 800)
        self.window.show()

    @property
    def link(self) -> str:
        return self.window.model.status.connection

    def until(self, condition) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=LIMIT_MS)

    def end(self) -> None:
        self.window.close()
        self.window.deleteLater()
        for session in self.sessions.made:
            assert session.stop(STOP_TIMEOUT_S)
