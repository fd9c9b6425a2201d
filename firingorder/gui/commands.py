"""What a person tells the session, and the short answer the window gives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError
from firingorder.findings import CalibrationFinding, MarkerEvent, TrainingFinding
from firingorder.gui.view_models.own_baseline import own_baseline
from firingorder.gui.view_models.review_player import SPEEDS, speed_words
from firingorder.report.wording import format_clock
from firingorder.session.replaying import ReplaySession
from firingorder.session.speaker import MUTED
from firingorder.sound.out import NOT_OPENED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from firingorder.findings import Event
    from firingorder.gui.source import LiveSource
    from firingorder.gui.view_models.live_model import LiveModel
    from firingorder.session.feed import LiveStatus
    from firingorder.session.office import Office
    from firingorder.training.safety.records import Hat

#: Time for which the answer to a key stays readable.
NOTE_S = 3.0
#: A sentence takes longer to read.
ANSWER_S = 8.0
#: What the key writes; it has its own note already.
MARK = "mark"
UNHEARD = "A recording that is played is not heard."


def why_silent(status: LiveStatus) -> str:
    """Return why a session is not heard, one sentence; empty where it is."""
    if status.soundless:
        return NOT_OPENED
    return status.sound or (MUTED if status.muted else "")


class Commands:
    """Passes commands to the session.

    ``stopped`` is true once it was told to end, ``held`` while a page keeps it from scoring.
    """

    def __init__(self, session: LiveSource, clock: Callable[[], float]) -> None:
        self.session = session
        self.stopped = False
        self.held = False
        self._paused = False
        self._settling = False  # released, and the session has not said so yet
        self._clock = clock
        self._own: tuple[int, ...] = ()  # sets that were asked for as own baseline
        self._own_open = False
        self._note, self._note_until = "", 0.0

    def pause(self, status: LiveStatus) -> None:
        """Pause at once; a second command changes nothing."""
        if not status.paused or self._settling:
            self._paused, self._settling = True, False
            self.session.pause()

    def resume(self) -> None:
        """Go on after a pause."""
        self._paused = False
        self.session.resume()

    def play_at(self, by: int) -> None:
        """Play a recording at the next speed, or at the one before; a session has none."""
        if not isinstance(self.session, ReplaySession):
            return
        now = self.session.speed
        at = SPEEDS.index(now) if now in SPEEDS else SPEEDS.index(1.0) - by
        speed = SPEEDS[min(max(at + by, 0), len(SPEEDS) - 1)]
        self.session.set_speed(speed)
        self.tell(f"Played at {speed_words(speed)}.")

    def hold(self, status: LiveStatus) -> None:
        """Score nothing while a page that prepares is shown, unless a person paused before."""
        if not (self.held or self._paused or status.paused):
            self.held = True
            self.session.pause()

    def release(self) -> None:
        """Score again after :meth:`hold`."""
        if self.held:
            self.held, self._settling = False, True
            self.session.resume()

    def paused(self, status: LiveStatus) -> bool:
        """Return whether a person paused; a pause that only a page asked for is none of theirs."""
        if not status.paused:
            self._settling = False
        return status.paused and not self.held and not self._settling

    def note_down(self, sentence: str) -> None:
        """Write a sentence into the recording."""
        self.session.mark(sentence)

    def swap(self, muscle: str, title: str) -> None:
        """Ask for left and right of a muscle to be exchanged; the session answers."""
        self.session.calibrate("swap", muscle)
        self._say(f"{title}: exchanging left and right")

    def calibrate(self, name: str, text: str = "") -> None:
        """Steer the calibration."""
        self.session.calibrate(name, text)

    def begin(self, office: Office, status: LiveStatus) -> None:
        """Begin a training: the programme that was chosen, else the exercise of the session."""
        if status.source == "replay":
            self._say("A recording is playing: there is nobody to be trained.")
            return
        if status.connection in ("closed", "refused"):
            self._say("This session has ended. A training begins in a new one.")
            return
        try:
            simulated = status.source == "simulated"
            text = office.begin(
                status.task, status.working_side, simulated=simulated, wired=status.wired
            )
        except FiringOrderError as error:
            self._say(str(error), ANSWER_S)
            return
        self.release()
        self.session.train("begin", text)

    def stop_training(self, status: LiveStatus) -> None:
        """STOP, in every state. Where nobody leads it marks this instant and is a pause."""
        if status.source == "replay":
            self.pause(status)
            return
        self.session.train("stop")
        if status.coach is None:
            self._paused, self.held, self._settling = True, False, False
            self._say("Stopped. On the live page hold Space to go on.", ANSWER_S)

    def toggle_sound(self, status: LiveStatus) -> None:
        """Silence the session, or let it be heard again."""
        mute = getattr(self.session, "mute", None)  # a recording that plays is not heard
        if mute is None:
            self._say(UNHEARD)
            return
        if status.soundless:
            self._say(NOT_OPENED, ANSWER_S)
            return
        if status.sound and not status.muted:
            mute(muted=False)  # it is off for want of a loudspeaker: look for one again
            return
        mute(muted=not status.muted)
        self._say("Sound on" if status.muted else "Sound off")

    def set_volume(self, office: Office, step: float = 0.0, silent: str = "") -> None:
        """Set the volume that is kept, or move it by a step; ``silent``: why it is not heard."""
        volume = getattr(self.session, "volume", None)
        if volume is None:
            self._say(UNHEARD)
            return
        wanted = min(1.0, max(0.0, round(office.preferences.volume + step, 1)))
        volume(wanted)
        if step:
            office.change(volume=wanted)
            said = f"Volume {wanted:.0%}".replace("%", " %")
            self._say(f"{said}. {silent}" if silent else said)

    def hear_slowly(self, status: LiveStatus) -> None:
        """Let the last start be heard again, slowly; the session answers."""
        hear = getattr(self.session, "hear_slowly", None)
        if hear is None:
            self._say("The last start cannot be heard slowly here.")
        elif silent := why_silent(status):
            self._say(silent, ANSWER_S)
        else:
            hear()

    def keep(self, office: Office, events: Iterable[Event]) -> None:
        """Keep what a training tells in the log of the person."""
        for event in events:
            if isinstance(event, TrainingFinding):
                try:
                    office.keep(event)
                except FiringOrderError as error:
                    self._say(str(error), ANSWER_S)

    def wear(self, hat: Hat) -> None:
        """Tell the coach who steers from now on."""
        self.session.train("hat", hat)

    def train(self, name: str, text: str = "") -> None:
        """Steer the training: a command of the coach with its argument."""
        self.session.train(name, text)

    def mark(self, status: LiveStatus) -> None:
        """Mark this instant."""
        self.session.mark(MARK)
        self._say(f"Marked {format_clock(status.elapsed_s)}")

    def next_set(self) -> None:
        """Begin the next set."""
        self.session.next_set()
        self._say("Next set")

    def align(self) -> None:
        """Look for the taps that were just made; the answer stands among the markers."""
        self.session.align()
        self._say("Looking for the last taps")

    def own_baseline(self, model: LiveModel) -> None:
        """Use the first two sets after the calibration as own baseline; the session answers."""
        found = own_baseline(model)
        if not found.sets:
            self._say(found.why_not, ANSWER_S)
            return
        self._own, self._own_open = found.sets, True
        self.session.calibrate("own", json.dumps({"sets": list(found.sets)}))

    def offer(self, model: LiveModel) -> str:
        """Return what a key could do now and was not asked for yet; empty for nothing."""
        found = own_baseline(model)
        return found.offer if found.sets != self._own else ""

    def end(self) -> None:
        """End the session, once."""
        if not self.stopped:
            self.stopped = True
            self.session.stop()

    def change(self, session: LiveSource) -> None:
        """End the session and go on with another one."""
        self.end()
        self.session, self.stopped = session, False
        self.held = self._paused = self._settling = False
        self._own, self._own_open = (), False

    def heard(self, events: Iterable[Event]) -> None:
        """Show what the session answers: the outcome of a tap test, the button of the belt."""
        for event in events:
            if isinstance(event, MarkerEvent) and event.text != MARK:
                self._say(event.text, ANSWER_S)
            elif isinstance(event, CalibrationFinding) and self._own_open:
                self._answer_own(event)

    def note(self) -> str:
        """Return the answer to the last command while it is fresh."""
        return self._note if self._clock() < self._note_until else ""

    def _answer_own(self, found: CalibrationFinding) -> None:
        if found.step == "own_variability":
            self._say(" ".join(found.reasons), ANSWER_S)
        elif found.step == "profile" and found.state == "finished":
            said = f"Sets {' and '.join(map(str, self._own))} are the own baseline now."
            self._say(" ".join((said, *found.reasons)), ANSWER_S)
        else:
            return
        self._own_open = False

    def tell(self, sentence: str) -> None:
        """Say a sentence beside the buttons."""
        self._say(sentence, ANSWER_S)

    def _say(self, note: str, lasts_s: float = NOTE_S) -> None:
        self._note, self._note_until = note, self._clock() + lasts_s
