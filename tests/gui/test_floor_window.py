"""The floor view on a second screen: a person looks there, a therapist steers at the desk."""

import json

from tests.gui.beside import Beside

SCREENS = {"screens": [
    {"name": "desk", "x": 0, "y": 0, "width": 1280, "height": 800},
    {"name": "wall", "x": 1280, "y": 0, "width": 1920, "height": 1080},
]}  # fmt: skip
#: Two screens need a platform of their own, so this runs beside the tests.
SCRIPT = """
import tests.gui.conftest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.gui.coached import STATES
from tests.gui.pictures import coached_window, show_state

app = QApplication([])
window, session = coached_window(size=(1280, 800), hat="therapist", plain=True)
desk, wall = app.screens()
QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
second = window.second.window
assert second.screen() is wall, second.screen().name()
assert second.size() == wall.size(), second.size()
assert window.office.preferences.screen == "wall"

show_state(window, session, "rest")
assert second.card.isVisible()
assert not window.coaching.card.isVisible()  # the desk stays free
show_state(window, session, "work_withheld")
assert "Rep 7" in second.floor.band.accessibleDescription()
assert window.desk.verdict.accessibleDescription().endswith("Not told")

session.calls.clear()
QTest.keyClick(second, Qt.Key.Key_P)  # keys typed there steer here
assert session.calls == ["train stop"], session.calls
session.calls.clear()
second.activateWindow()
app.processEvents()
QTest.keyPress(second.windowHandle(), Qt.Key.Key_PageDown)
window.held_clock["s"] += 1.0
window.tick()
QTest.keyRelease(second.windowHandle(), Qt.Key.Key_PageDown)
assert session.calls == ["train stop"], session.calls

app.screenRemoved.emit(wall)  # as when its plug is pulled
window.tick()
assert window.second.window is None
assert "second screen is gone" in window.commands.note()
assert session.calls == ["train stop"]
show_state(window, session, "pain")
assert window.coaching.card.isVisible()  # what was asked there is asked here now
window.activateWindow()
app.processEvents()
QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
assert window.second.window is not None
window.close()
print("through")
"""


def test_two_screens_and_one_that_is_unplugged(tmp_path) -> None:
    screens = tmp_path / "screens.json"
    screens.write_text(json.dumps(SCREENS))
    environment = {"QT_QPA_PLATFORM": f"offscreen:configfile={screens}"}
    with Beside(SCRIPT, environment, tmp_path / "errors") as run:
        assert run.rest() == ["through\n"], run.errors()
    assert run.returncode == 0
