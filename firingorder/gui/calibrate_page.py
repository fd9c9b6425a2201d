"""The calibration page: what it is, the wizard, and what it came to. All of it by keyboard."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStackedLayout, QWidget

from firingorder.gui.bottom_bar import show_sound
from firingorder.gui.button_row import ButtonRow
from firingorder.gui.calibrate_start import StartPanel
from firingorder.gui.canvas import Canvas
from firingorder.gui.cue_player import CuePlayer
from firingorder.gui.key_button import KeyButton
from firingorder.gui.page_frame import PageFrame
from firingorder.gui.shortcuts import bind_keys
from firingorder.gui.view_models.calibrate import allowed
from firingorder.gui.view_models.calibrate_ends import FinishView, finish, start
from firingorder.gui.view_models.calibrate_kept import kept_offer, load_command
from firingorder.gui.view_models.calibration_story import CalibrationStory
from firingorder.gui.view_models.cues import wizard_cue
from firingorder.gui.view_models.hold import Hold
from firingorder.gui.view_models.pages import scored_words
from firingorder.gui.wizard_ends import draw_finish
from firingorder.gui.wizard_panel import WizardPanel
from firingorder.session.office import local_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPaintEvent

    from firingorder.calibration.plan import PlanName
    from firingorder.calibration.reference import Effort
    from firingorder.gui.commands import Commands
    from firingorder.gui.view_models.calibrate_ends import StartView
    from firingorder.gui.view_models.calibrate_kept import KeptOffer
    from firingorder.gui.view_models.link_state import StateView
    from firingorder.report.theme import Theme
    from firingorder.session.feed import FeedUpdate, LiveStatus
    from firingorder.session.kept_calibration import KeptCalibration
    from firingorder.session.office import Office
    from firingorder.sound.out import SoundOut

#: Buttons are pressed by somebody who kneels beside the person on the floor.
BUTTON_PX, ROW_PX = 64, 92
_RUNNING = ("get_ready", "go", "rest")


class CalibratePage(QWidget):
    """Steers the wizard of the session. ``left`` when the calibration is over."""

    left = Signal()
    help_clicked = Signal()

    def __init__(
        self,
        theme: Theme,
        commands: Commands,
        clock: Callable[[], float],
        open_sound: Callable[[], SoundOut] | None = None,
        office: Office | None = None,
    ) -> None:
        super().__init__()
        self._theme, self._commands, self._clock = theme, commands, clock
        self.cues = CuePlayer(open_sound)
        self._story = CalibrationStory()
        self._leave_hold = Hold()
        self._status: LiveStatus | None = None
        self._effort: Effort = "submaximal"
        self._plan: PlanName = "full"
        self._office, self._kept_of = office, ""
        self._kept: KeptCalibration | None = None
        self.setAccessibleName("Calibrate")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self.start = StartPanel(theme)
        self.wizard = WizardPanel(theme)
        self.finish: Canvas[FinishView] = Canvas(
            "What the calibration came to", theme, draw_finish, lambda view: view.spoken
        )
        self._make_buttons(theme)
        body = QWidget()
        self._parts = QStackedLayout(body)
        for part in (self.start, self.wizard, self.finish):
            self._parts.addWidget(part)
        self.frame = PageFrame(self, theme, body, self.buttons)
        self._connect()

    @property
    def open(self) -> bool:
        """Whether a calibration is under way or waits to be used."""
        return self._story.wizard is not None

    def show_frame(self, update: FeedUpdate, state: StateView | None, now: float) -> None:
        """Show the present state."""
        status = update.status
        self._status = status
        before = self._story.wizard
        self._story.apply(update)
        if self._story.wizard is not None:
            self.cues.open()
        self.cues.play(wizard_cue(before, self._story.wizard))
        if self._leave_hold.take(now):
            self._leave()
        self.leave.set_progress(self._leave_hold.share(now))
        seen = self.frame.show_state(state)
        view = self._story.wizard
        if view is None:
            self._parts.setCurrentWidget(self.start)
            self.start.show_view(self._start_view(status))
        elif view.state == "done":
            self._parts.setCurrentWidget(self.finish)
            self.finish.show_model(finish(status, self._story))
        else:
            self._parts.setCurrentWidget(self.wizard)
            foot = tuple(part for part in (self.cues.sentence, scored_words(status)) if part)
            self.wizard.show_wizard(view, self._story, status, foot)
        self._show_buttons(seen=seen)

    def follow(self, update: FeedUpdate) -> None:
        """Take note of a wizard while another page is shown."""
        self._story.apply(update)

    def forget_session(self) -> None:
        """Drop the wizard of the session before; what was kept of the person is offered."""
        self._story, self._status = CalibrationStory(), None
        self._kept_of, self._kept = "", None

    def put_aside(self) -> None:
        """Pause what is under way: nobody sees the instructions any more."""
        view = self._story.wizard
        if view is not None and view.state in _RUNNING:
            self._commands.calibrate("pause")
            self.cues.stop()

    def leave_pressed(self, *, repeated: bool = False) -> None:
        """Begin the hold that leaves a calibration."""
        if self.open:
            self._leave_hold.press(self._clock(), repeated=repeated)

    def leave_released(self) -> None:
        """Let go of it."""
        self._leave_hold.release(self._clock())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        p = QPainter(self)
        p.fillRect(event.rect(), self._theme.background)
        p.end()

    def _make_buttons(self, theme: Theme) -> None:
        def button(text: str, key: str, *, primary: bool = False) -> KeyButton:
            return KeyButton(text, key, theme, primary=primary, height=BUTTON_PX)

        self.enter = button("Begin", "Enter", primary=True)
        self.pause = button("Pause", "Space")
        self.use_kept = button("Use the kept one", "U")
        self.redo = button("Redo", "R")
        self.back = button("Back", "←")
        self.skip = button("Skip", "→")
        self.swap = button("Swap", "X")
        self.to_live = button("Go on without", "Ctrl+3")
        self.sound = button("Sound on", "S")
        self.leave = button("Hold to leave", "Esc")
        self.leave.setAccessibleName("Leave the calibration")
        self.leave.setAccessibleDescription("Hold for one second. Key Esc, held")
        self.help = button("Help", "?")
        left = (
            self.enter,
            self.use_kept,
            self.pause,
            self.redo,
            self.back,
            self.skip,
            self.swap,
            self.to_live,
        )
        self.buttons = ButtonRow(theme, ROW_PX, left, (self.sound, self.leave, self.help))

    def _show_buttons(self, *, seen: bool) -> None:
        view = self._story.wizard
        running = seen and view is not None and view.state != "done"
        done = seen and view is not None and view.state == "done"
        before = seen and view is None
        for button in (self.pause, self.redo, self.back, self.skip, self.swap):
            button.setVisible(running)
        offered = before and self._offer() is not None
        for button, shown in ((self.to_live, before), (self.use_kept, offered),
                              (self.leave, running or done), (self.sound, running),
                              (self.enter, seen),
                              (self.help, not running)):  # fmt: skip
            button.setVisible(shown)
        show_sound(self.sound, self.cues.sentence)
        note = self._commands.note()
        self.buttons.say("" if running else note, self._theme.text2)
        if running and view is not None:
            can = allowed(view)
            self.enter.set_label(can.enter_label)
            for button, possible in ((self.enter, bool(can.enter)), (self.pause, can.pause),
                                     (self.redo, can.redo), (self.back, can.back),
                                     (self.skip, can.skip), (self.swap, can.swap)):  # fmt: skip
                button.setEnabled(possible)
        elif done and self._status is not None:
            self.enter.set_label("Use it")
            self.enter.setEnabled(finish(self._status, self._story).can_apply)
        else:
            self.enter.set_label("Begin")
            self.enter.setEnabled(self._can_begin())

    def _can_begin(self) -> bool:
        status = self._status
        return status is not None and not start(status, self._effort, self._plan).why_not

    def _connect(self) -> None:
        self.enter.clicked.connect(self._entered)
        self.to_live.clicked.connect(self.left)
        self.use_kept.clicked.connect(self._use_kept)
        self.help.clicked.connect(self.help_clicked)
        self.sound.clicked.connect(self._toggle_sound)
        self.leave.pressed.connect(self.leave_pressed)
        self.leave.released.connect(self.leave_released)
        self.start.chosen.connect(self._choose)
        for button, name in ((self.pause, "pause"), (self.redo, "redo"), (self.back, "back"),
                             (self.skip, "skip"), (self.swap, "swap")):  # fmt: skip
            button.clicked.connect(lambda _checked=False, name=name: self._command(name))
        bind_keys(
            self,
            {
                Qt.Key.Key_Return: self._entered,
                Qt.Key.Key_Enter: self._entered,
                Qt.Key.Key_Space: lambda: self._command("pause"),
                Qt.Key.Key_R: self._redo_or_plan,
                Qt.Key.Key_E: self._other_effort,
                Qt.Key.Key_Left: lambda: self._command("back"),
                Qt.Key.Key_Right: lambda: self._command("skip"),
                Qt.Key.Key_X: lambda: self._command("swap"),
                Qt.Key.Key_S: self._toggle_sound,
                Qt.Key.Key_U: self._use_kept,
            },
        )

    def _entered(self) -> None:
        if self.frame.entered():
            return
        view = self._story.wizard
        if view is None:
            self._begin()
        elif view.state != "done":
            name = allowed(view).enter
            if name:
                self._commands.calibrate(name)
        elif self._status is not None and finish(self._status, self._story).can_apply:
            self._commands.calibrate("apply")
            self.left.emit()

    def _begin(self) -> None:
        if self._status is None or not self._can_begin():
            return
        shown = start(self._status, self._effort, self._plan)
        self._story.plan = "recheck" if shown.plans[1].chosen else "full"
        asked = {"plan": self._story.plan, "effort": self._effort}
        self._commands.calibrate("begin", json.dumps(asked))

    def _start_view(self, status: LiveStatus) -> StartView:
        """Return the page before it begins; what was kept of the person is looked for once."""
        person = "" if self._office is None else self._office.person
        if self._office is not None and person != self._kept_of:
            self._kept_of, self._kept = person, self._office.kept_calibration
        view, offer = start(status, self._effort, self._plan), self._offer()
        return view if offer is None else replace(view, in_use=offer.words)

    def _offer(self) -> KeptOffer | None:
        status = self._status
        return None if status is None else kept_offer(self._kept, status, local_now())

    def _use_kept(self) -> None:
        """Put the kept calibration to use; the short check comes next."""
        offer = None if self.open else self._offer()
        if offer is not None and self._kept is not None:
            self._commands.calibrate("load", load_command(self._kept))
            self._plan = "recheck" if offer.percent else "full"

    def _command(self, name: str) -> None:
        view = self._story.wizard
        if view is None or view.state == "done":
            return
        can = allowed(view)
        possible = {"pause": can.pause, "redo": can.redo, "back": can.back, "skip": can.skip,
                    "swap": can.swap}  # fmt: skip
        if possible[name]:
            self._commands.calibrate(name)

    def _redo_or_plan(self) -> None:
        if self.open:
            self._command("redo")
        else:
            self._choose("recheck" if self._plan == "full" else "full")

    def _other_effort(self) -> None:
        if not self.open:
            self._choose("maximal" if self._effort == "submaximal" else "submaximal")

    def _choose(self, name: str) -> None:
        match name:
            case "submaximal" | "maximal":
                self._effort = name
            case "full":
                self._plan = "full"
            case "recheck" if self._status is not None and self._status.calibration:
                self._plan = "recheck"
            case _:
                pass

    def _leave(self) -> None:
        self._commands.calibrate("leave")

    def _toggle_sound(self) -> None:
        self.cues.toggle()
