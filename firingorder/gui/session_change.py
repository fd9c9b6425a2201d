"""One session after the other in the same window: the next begins when the one before let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError
from firingorder.gui.device_panel import DevicePanel
from firingorder.gui.view_models.link_state import CHANGING, present_state
from firingorder.gui.view_models.live_model import LiveModel
from firingorder.session.feed import LiveStatus
from firingorder.session.live import STOP_TIMEOUT_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.gui.source import LiveSource, Reopen
    from firingorder.gui.view_models.link_state import StateView
    from firingorder.gui.window import LiveWindow
    from firingorder.report.theme import Theme

#: Stands for the address of the device that was there before.
SAME = ""


class SessionChange:
    """Ends the session of a window and begins another one, without keeping the window waiting.

    Parameters
    ----------
    offer_demo
        Returns a started session with the simulated belt; None where none is offered.
    reopen
        Prepares a session with a device; None where the window keeps its session.
    """

    def __init__(
        self,
        theme: Theme,
        window: LiveWindow,
        offer_demo: Callable[[], LiveSource] | None,
        reopen: Reopen | None,
        clock: Callable[[], float],
    ) -> None:
        self._window, self._clock = window, clock
        self._offer_demo, self._reopen = offer_demo, reopen
        self._begin: Callable[[], LiveSource] | None = None
        self._until_s = 0.0
        self._unheard = False
        self.panel = DevicePanel(theme, window, self.open, clock)

    def choose(self) -> None:
        """Open the card on which a device is chosen, or close it."""
        if self._reopen is not None:
            self.panel.toggle()

    @property
    def state(self) -> StateView | None:
        """What stands between the person and the measurement now."""
        if self._begin is not None or self._unheard:
            return CHANGING
        return present_state(
            self._window.model,
            demo_offered=self._offer_demo is not None,
            reopens=self._reopen is not None,
        )

    def act(self, action: str) -> None:
        """Do what a button of a state says."""
        if action == "demo" and self._offer_demo is not None:
            self._show(self._offer_demo())
        elif action == "again":
            self.open(SAME)
        elif action == "device":
            self.choose()
        elif action == "close":
            self._window.close()

    def entered(self) -> bool:
        """Do what Enter means where a session has failed; False where it means something else."""
        state = self.state
        if state is None or state.key != "Enter" or state.action_id is None:
            return False
        self.act(state.action_id)
        return True

    def open(self, address: str) -> str:
        """End the session and begin one with this device; return why that cannot be.

        What cannot be is found out before the session ends. The next one begins in
        :meth:`follow`, once device and recording of this one are let go.
        """
        if self._reopen is None or self._begin is not None:
            return ""
        try:
            self._begin = self._reopen(address)
        except FiringOrderError as error:
            return str(error)
        self._until_s = self._clock() + STOP_TIMEOUT_S
        self._window.commands.end()
        return ""

    def follow(self) -> None:
        """Begin the next session as soon as it may; one that hangs is not waited for for ever."""
        self.panel.follow()
        status = self._window.model.status
        self._unheard = self._unheard and status == LiveStatus()
        begin = self._begin
        if begin is None or not (status.over or self._clock() >= self._until_s):
            return
        self._begin = None
        try:
            self._show(begin())
        except FiringOrderError as error:
            self._window.commands.tell(str(error))

    def _show(self, session: LiveSource) -> None:
        """Show another session, with nothing left on the screen of the one before."""
        w = self._window
        if w.model.status.muted:
            session.mute(muted=True)
        w.commands.change(session)
        w.commands.set_volume(w.office)
        before, w.model = w.model, LiveModel(w.model.target)
        w.model.revision = before.revision + 1  # panels draw anew when it is not what it was
        w.pages.forget_session()
        self._unheard = True
