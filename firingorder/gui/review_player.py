"""Playing on the review page: the window with its sound, the whole session in the live screens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.gui.review_job import Job
from firingorder.gui.review_playing import ReviewSound, open_replay
from firingorder.gui.view_models.review_player import Player

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.gui.commands import Commands
    from firingorder.gui.review_acts import ReviewActs
    from firingorder.gui.review_page import ReviewPage
    from firingorder.session.replaying import ReplaySession
    from firingorder.sound.out import SoundOut

FOREIGN = "A file of another program has no session to be played: import it first."
RUNNING = "A session is running: end it (Ctrl+E) before another one is played."


class ReviewTransport:
    """Plays and stops; ``player`` says where it is."""

    def __init__(
        self,
        page: ReviewPage,
        acts: ReviewActs,
        commands: Commands,
        clock: Callable[[], float],
        open_sound: Callable[[], SoundOut] | None,
    ) -> None:
        self._page, self._acts, self._commands, self._clock = page, acts, commands, clock
        self.player = Player()
        self.sound = ReviewSound(open_sound)
        self._replaying: Job[ReplaySession] | None = None
        self._laps = 0

    @property
    def at_s(self) -> float | None:
        """Where it is, recording time; None while it stands."""
        return self.player.at(self._clock()) if self.player.playing else None

    def begin(self) -> None:
        """Another recording is shown; the speed stays."""
        self.player = Player(speed=self.player.speed)

    def follow(self, now: float) -> None:
        """Move what plays, and let be heard what was made."""
        self.sound.follow()
        self._follow_replay()
        desk = self._acts.desk
        if desk is None or self._page.starting:
            return
        if self.player.ended(now):
            self.stop()
        if self.player.playing:
            self._acts.show_place()
            if self.player.laps(now) > self._laps:
                self._laps = self.player.laps(now)
                self.sound.play(desk, desk.window.first_s, self.player.speed)

    def play(self) -> None:
        """Play the window, or stop."""
        if self.player.playing:
            self.stop()
            return
        desk = self._acts.desk
        if desk is None:
            return
        self.player = self.player.play(desk.window, desk.window.first_s, self._clock())
        self._laps = 0
        self._page.transport.show_playing(playing=True)
        self._acts.tell(self.sound.play(desk, self.player.from_s, self.player.speed))

    def play_loop(self) -> None:
        """Play the window again and again."""
        self.stop()
        self.player = replace(self.player, loop=True)
        self.play()

    def stop(self) -> None:
        """Stand still."""
        self.player = replace(self.player.stop(), loop=False)
        self.sound.stop()
        self._page.transport.show_playing(playing=False)
        self._page.main.signals.show_cursor(None)
        if self._acts.desk is not None:
            self._acts.show_place()

    def replay(self) -> None:
        """Play the whole session again in the live screens, at the speed that is chosen."""
        desk, status = self._acts.desk, self._page.status
        if desk is None or self._replaying is not None:
            return
        if desk.review.facts.foreign:
            self._acts.tell(FOREIGN, bad=True)
            return
        if status.source != "replay" and status.connection not in ("idle", "closed", "refused"):
            self._acts.tell(RUNNING, bad=True)
            return
        self._acts.rest()
        path, speed = desk.review.opened.path, self.player.speed
        self._replaying = Job("Replay", lambda _: open_replay(path, speed))

    def _follow_replay(self) -> None:
        job = self._replaying
        if job is None or not job.done:
            return
        self._replaying = None
        if job.result is None:
            self._acts.tell(job.problem, bad=True)
            return
        self._commands.change(job.result)
        job.result.start()
        self._acts.tell("")
        self._page.watched.emit()

    def at_speed(self, speed: float) -> None:
        """Take a speed."""
        self.set_player(self.player.at_speed(speed))

    def set_player(self, player: Player) -> None:
        """Take another speed."""
        self.stop()
        self.player = player
        self._page.transport.show_speed(player.speed)
