"""The hands of benchmarks.visit: real key presses, a clock of the visit, a picture of each step."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from firingorder.gui.window import LiveWindow

    Doing = Generator[None]

#: Words read in a second (Brysbaert 2019, 10.1016/j.jml.2019.104047), and a second for each key to
#: be found: a proposal.
WORDS_PER_S = 238.0 / 60.0
FIND_KEY_S = 1.0
#: A wait that lasts longer than this ends the visit: something hangs.
MOST_WAIT_S = 240.0
#: In these states of the coach the person moves, counts down to it, or rests as prescribed.
BODY = ("get_ready", "work", "rest", "takeover")
_KEYS = {"Esc": Qt.Key.Key_Escape, "Del": Qt.Key.Key_Delete, ">": Qt.Key.Key_Greater}
_MODIFIERS = {
    "Ctrl": Qt.KeyboardModifier.ControlModifier,
    "Shift": Qt.KeyboardModifier.ShiftModifier,
}
_X_NAMES = {"Return": "Return", "Esc": "Escape", "Del": "Delete", "Up": "Up", "Down": "Down",
            "Left": "Left", "Right": "Right", "Space": "space", ".": "period", ",": "comma",
            ">": "greater"}  # fmt: skip


@dataclass
class Step:
    """One step of the visit: when, how much of it the software took, and the keys."""

    name: str
    from_s: float
    until_s: float = 0.0
    body_s: float = 0.0
    waited_s: float = 0.0
    keys: list[str] = field(default_factory=list[str])
    told: str = ""

    @property
    def software_s(self) -> float:
        """What was neither movement nor rest."""
        return self.until_s - self.from_s - self.body_s


class VisitError(Exception):
    """The visit cannot go on; the sentence says where it stuck."""


class Hands:
    """Presses keys as a therapist does, and knows what time it is in the visit.

    While the belt streams the clock is that of the session, so reading takes session time. After
    it what the computer takes is measured, and what a person reads is added.
    """

    def __init__(self, window: LiveWindow, folder: Path | None, *, xdotool: bool) -> None:
        self.window, self.folder, self._xdotool = window, folder, xdotool
        self.steps: list[Step] = []
        self._desk_from: tuple[float, float] | None = None  # real, of the visit
        self._read_s = 0.0
        self._seen_s = 0.0
        self._pictures = 0

    @property
    def now_s(self) -> float:
        """Seconds of the visit."""
        if self._desk_from is None:
            return self.window.model.status.elapsed_s
        real_s, visit_s = self._desk_from
        return visit_s + time.monotonic() - real_s + self._read_s

    def after_session(self) -> None:
        """From now on the computer's own time counts."""
        self._desk_from = time.monotonic(), self.window.model.status.elapsed_s

    def look(self) -> None:
        """Count what has passed for the body or for the software; called often."""
        now_s, coach = self.now_s, self.window.model.status.coach
        here = self.window.pages.current == "live" and self._desk_from is None
        if self.steps and here and coach is not None and coach.state in BODY:
            self.steps[-1].body_s += max(0.0, now_s - self._seen_s)
        self._seen_s = max(self._seen_s, now_s)

    def step(self, name: str) -> None:
        """Begin another step."""
        self.end_step()
        self.steps.append(Step(name, self.now_s))
        print(f"{self.now_s:7.1f} s  {name}", flush=True)

    def end_step(self) -> None:
        """End the step that is under way."""
        if self.steps:
            self.steps[-1].until_s = self.now_s

    def tell(self, said: str) -> None:
        """Note what the step came to."""
        self.steps[-1].told = said
        print(f"           {said}", flush=True)

    def picture(self, name: str) -> None:
        """Keep a picture of what is seen."""
        if self.folder is None:
            return
        self._pictures += 1
        shown = QApplication.activeModalWidget() or self.window
        shown.grab().save(str(self.folder / f"{self._pictures:02d}_{name}.png"))

    def wait(self, until: Callable[[], bool], what: str) -> Doing:
        """Wait for the program."""
        begin, real = self.now_s, time.monotonic()
        while not until():
            if self.now_s - begin > MOST_WAIT_S or time.monotonic() - real > 4 * MOST_WAIT_S:
                raise VisitError(f"waited {MOST_WAIT_S:g} s for: {what}")
            yield
        self.steps[-1].waited_s += self.now_s - begin

    def read(self, words: str) -> Doing:
        """Take the time that reading takes, and finding the key."""
        lasts_s = len(words.split()) / WORDS_PER_S + FIND_KEY_S
        if self._desk_from is not None:
            self._read_s += lasts_s
            return
        until_s = self.now_s + lasts_s
        while self.now_s < until_s:
            yield

    def look_at(self, seconds: float) -> None:
        """Take the time that looking at a drawing takes, after the session."""
        self._read_s += seconds

    def press(self, keys: str, hold_s: float = 0.0) -> Doing:
        """Press one key (``Ctrl+4``, ``Return``), or hold it."""
        self.steps[-1].keys.append(keys if not hold_s else f"{keys} held")
        yield from self._send(lambda: self._key(keys, "keydown" if hold_s else "key"))
        if hold_s:
            until = time.monotonic() + hold_s
            while time.monotonic() < until:
                yield
            yield from self._send(lambda: self._key(keys, "keyup"))
        yield

    def type(self, text: str) -> Doing:
        """Type a text where the keyboard is."""
        self.steps[-1].keys.append(f"“{text}”")
        if self._xdotool:
            _xdotool("type", "--delay", "20", text)
        else:
            yield from self._send(lambda: QTest.keyClicks(self._receiver(), text))
        yield

    def _send(self, act: Callable[[], object]) -> Doing:
        """Have something sent by the event loop: a dialog that it opens does not stop the hands."""
        # Where no one manages windows nobody gives the keyboard back after a dialog.
        while QApplication.activeModalWidget() is None and not self.window.isActiveWindow():
            self.window.activateWindow()
            yield
        sent: list[bool] = []

        def send() -> None:
            sent.append(True)
            act()

        QTimer.singleShot(0, send)
        while not sent:
            yield
        yield

    def _key(self, keys: str, how: str) -> None:
        if self._xdotool:
            *modifiers, last = keys.split("+")
            name = _X_NAMES.get(last, last.lower() if len(last) == 1 else last)
            _xdotool(how, "+".join([*(one.lower() for one in modifiers), name]))
            return
        act = {"key": QTest.keyClick, "keydown": QTest.keyPress, "keyup": QTest.keyRelease}[how]
        *modifiers, last = keys.split("+")
        with_ = Qt.KeyboardModifier.NoModifier
        for one in modifiers:
            with_ |= _MODIFIERS[one]
        act(self._receiver(), _KEYS.get(last) or Qt.Key[f"Key_{last}"], with_)

    def _receiver(self) -> QWidget:
        """Return the widget that has the keyboard."""
        return QApplication.focusWidget() or QApplication.activeModalWidget() or self.window


def _xdotool(*arguments: str) -> None:
    shown = QApplication.activeModalWidget() or QApplication.activeWindow()
    if shown is not None and QGuiApplication.focusWindow() is None:
        subprocess.run(["xdotool", "windowfocus", str(int(shown.winId()))], check=True)
    subprocess.run(["xdotool", *arguments], check=True, timeout=60, env=os.environ)
