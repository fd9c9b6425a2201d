"""Keys from a real X server: what a person's keyboard does, and simulated events do not show.

A shortcut of a button that had the focus once fired twice under X, and only there.
"""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.gui.beside import Beside

TOOLS = ("Xvfb", "xdotool")
WINDOW = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from firingorder.gui.window import LiveWindow
from tests.gui.pictures import free_office
from tests.gui.synthetic import SyntheticSession

class Spoken(SyntheticSession):
    def poll(self):
        self.advance(0.03)
        while self.calls:
            print(self.calls.pop(0), flush=True)
        return super().poll()

app = QApplication([])
window = LiveWindow(Spoken(plain=True), office=free_office())
window.resize(1280, 800)
window.show()
window.desk.bottom_bar.mark.setFocus()
QTimer.singleShot(300, lambda: print("ready", int(window.winId()), flush=True))
QTimer.singleShot(30_000, app.quit)
app.exec()
"""

#: From the setup page to the first step of a calibration: one pad is bad, so Enter alone stays.
PREPARE = """
import sys
from dataclasses import replace
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from firingorder.gui.window import LiveWindow
from tests.gui.prepared import BAD, check, wizard
from tests.gui.pictures import free_office
from tests.gui.synthetic import SyntheticSession

class Spoken(SyntheticSession):
    def poll(self):
        self.advance(0.03)
        while self.calls:
            print(self.calls.pop(0), flush=True)
        return super().poll()

    def calibrate(self, name, text=""):
        super().calibrate(name, text)
        states = {"begin": "waiting", "start": "go", "pause": "waiting"}
        if name == "leave":
            self.status = replace(self.status, wizard=None)
        elif name in states:
            view = wizard("rest", states[name], trial=0)
            self.status = replace(self.status, wizard=view)

app = QApplication([])
session = Spoken(plain=True)
session.status = replace(session.status, check=check(gluteus_maximus_left=BAD))
window = LiveWindow(session, page="setup", office=free_office())
window.resize(1280, 800)
window.show()
QTimer.singleShot(300, lambda: print("ready", int(window.winId()), flush=True))
QTimer.singleShot(30_000, app.quit)
app.exec()
"""

#: A training in its first set, and one that is blocked once it was stopped.
LED = """
from dataclasses import replace
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from firingorder.gui.window import LiveWindow
from tests.gui.coached import STATES
from tests.gui.synthetic import SyntheticSession

class Spoken(SyntheticSession):
    def poll(self):
        self.advance(0.03)
        while self.calls:
            print(self.calls.pop(0), flush=True)
        return super().poll()

    def train(self, name, text=""):
        super().train(name, text)
        state = {"skip": "blocked", "stop": "stopped_over", "resume": "work_ok"}.get(name)
        if state is not None:
            self.status = replace(self.status, coach=STATES[state])

app = QApplication([])
session = Spoken(plain=True)
session.status = replace(session.status, coach=STATES["work_ok"])
window = LiveWindow(session)
window.resize(1280, 800)
window.show()
QTimer.singleShot(300, lambda: print("ready", int(window.winId()), flush=True))
QTimer.singleShot(60_000, app.quit)
app.exec()
"""

#: What can be deleted on three pages, each by a hold of its key.
DELETE = """
import tempfile
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from firingorder.gui.window import LiveWindow
from firingorder.session.office import Office
from tests.gui import planted_library
from tests.gui.synthetic import SyntheticSession

class Steady(SyntheticSession):
    def poll(self):
        self.advance(0.03)
        return super().poll()

app = QApplication([])
home = Path(tempfile.mkdtemp())
planted_library.plant(home, sessions=1).close()
office = Office("", folder=home, settings_file=home / "settings.json")
office.hat = "therapist"
window = LiveWindow(Steady(plain=True), page="programme", office=office)
window.resize(1280, 800)
window.show()
around = window.pages.around
programme, exercises, library = (around[p] for p in ("programme", "exercises", "library"))
programme.desk.new("Mine")
programme.desk.save()
programme.refresh()
exercises.desk.copy("Own bridge")
exercises.refresh()
seen = {}

def tell():
    people = library.desk.data.people if library.desk.data else ()
    now = {
        "programme": sum(one.kind == "own" for one in programme.desk.entries),
        "exercise": len(exercises.desk.rows),
        "person": len(people),
    }
    for name, count in now.items():
        if count < seen.get(name, 0):
            print("deleted", name, flush=True)
    if len(people) > seen.get("person", 0):
        library._choose_shelf([one.key for one in library.desk.shelves()].index("P-0011"))
        print("read", flush=True)
    seen.update(now)

timer = QTimer()
timer.timeout.connect(tell)
timer.start(50)
QTimer.singleShot(300, lambda: print("ready", int(window.winId()), flush=True))
QTimer.singleShot(60_000, app.quit)
app.exec()
"""

pytestmark = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in TOOLS) or not sys.platform.startswith("linux"),
    reason=f"needs {' and '.join(TOOLS)}",
)


@pytest.fixture(scope="module")
def display():
    """A screen of our own, on a number that the server finds free."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as answer:
        number = answer.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(10)


@contextmanager
def typing(display: str, script: str, errors: Path):
    """Run a window on the screen; give what it says, and a hand on the keyboard."""
    environment = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}

    def press(*arguments: str) -> None:
        subprocess.run(
            ["xdotool", *arguments], env={**os.environ, **environment}, check=True, timeout=60
        )

    with Beside(script, environment, errors) as window:
        said = window.readline().split()
        while said and said[0] != "ready":  # what the window does by itself before
            said = window.readline().split()
        if not said:
            assert "xcb" in window.errors(), window.errors()
            pytest.skip("Qt cannot open a window on X here (xcb libraries are missing)")
        press("windowfocus", "--sync", said[1])
        yield window, press


def test_keys_of_a_real_keyboard(display: str, tmp_path: Path) -> None:
    with typing(display, WINDOW, tmp_path / "errors") as (answers, press):
        press("key", "space")
        press("key", "m")
        assert answers.readline() == "pause\n"
        assert answers.readline() == "mark mark\n"  # and no second pause before it
        press("keydown", "space")
        assert answers.readline() == "resume\n"
        press("keyup", "space")
        press("key", "n")
        assert answers.readline() == "next_set\n"


def test_from_setup_into_a_calibration_and_out_by_keys_alone(display: str, tmp_path: Path) -> None:
    with typing(display, PREPARE, tmp_path / "errors") as (answers, press):
        press("key", "Return")  # a pad is bad: nothing happens
        press("key", "space")  # checks again, pauses nothing
        press("key", "shift+Return")
        assert answers.readline().startswith("mark Setup: ")
        press("key", "Return")
        assert answers.readline().startswith("calibrate begin ")
        press("key", "Return")
        assert answers.readline() == "calibrate start\n"
        press("key", "space")
        assert answers.readline() == "calibrate pause\n"  # once
        press("key", "Right")
        assert answers.readline() == "calibrate skip\n"
        press("key", "Escape")  # a tap leaves nothing
        press("key", "Left")
        press("keydown", "Escape")
        assert answers.readline() == "calibrate leave\n"
        press("keyup", "Escape")
        press("key", "ctrl+3")
        assert answers.readline() == "resume\n"


def test_a_training_by_keyboard_and_pedal_alone(display: str, tmp_path: Path) -> None:
    with typing(display, LED, tmp_path / "errors") as (answers, press):
        press("key", "space")
        assert answers.readline() == "train stop\n"
        press("key", "Return")  # nothing goes on by it
        press("key", "Next")
        press("keydown", "space")
        assert answers.readline() == "train resume\n"
        press("keyup", "space")
        press("key", "Next")
        assert answers.readline() == "train next\n"
        press("keydown", "Next")  # the X server repeats it
        assert answers.readline() == "train stop\n"
        press("keyup", "Next")
        press("keydown", "space")
        assert answers.readline() == "train resume\n"
        press("keyup", "space")
        press("key", "minus")
        assert answers.readline() == "train smaller\n"
        press("key", "k")
        assert answers.readline() == "train skip\n"
        press("key", "o")
        press("type", "Dr P: go on, space? 1")
        press("key", "Return")
        assert answers.readline() == "train override Dr P: go on, space? 1\n"
        press("keydown", "Escape")
        assert answers.readline() == "train end\n"
        press("keyup", "Escape")


def test_a_hold_of_a_repeating_key_deletes_and_a_tap_does_not(display: str, tmp_path: Path) -> None:
    with typing(display, DELETE, tmp_path / "errors") as (answers, press):
        for page, what in (("ctrl+7", "programme"), ("ctrl+8", "exercise")):
            press("key", page)
            press("key", "ctrl+Delete")
            press("keydown", "Control_L", "keydown", "Delete")
            assert answers.readline() == f"deleted {what}\n"
            press("keyup", "Delete", "keyup", "Control_L")
        press("key", "ctrl+6")
        assert answers.readline() == "read\n"
        press("key", "Delete")
        press("keydown", "Delete")
        assert answers.readline() == "deleted person\n"
        press("keyup", "Delete")
