"""The entry point: refusals, duration, picture, exit status."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from firingorder.errors import FiringOrderError, UsageError
from firingorder.gui import app
from firingorder.gui.qt_guard import check_qt
from firingorder.gui.review_idle import IdleSource
from firingorder.sound.out import NullSound
from tests.gui.pictures import free_office
from tests.gui.prepared import wizard
from tests.gui.synthetic import SyntheticSession


class RunningSession(SyntheticSession):
    """Moves on by 0.2 s with every pull."""

    def poll(self):
        if self.status.connection == "streaming":
            self.advance(0.2)
        return super().poll()


@pytest.mark.parametrize(
    ("qt", "python", "refused"),
    [
        ((6, 12, 0), (3, 11), True),
        ((6, 13), (3, 11), True),
        ((7, 0), (3, 10), True),
        ((6, 12, 0), (3, 12), False),
        ((6, 11, 3), (3, 11), False),
    ],
)
def test_a_qt_that_aborts_on_this_python_is_refused(qt, python, refused) -> None:
    if not refused:
        check_qt(qt, python)
        return
    with pytest.raises(FiringOrderError, match=r"PySide6-Essentials<6\.12") as told:
        check_qt(qt, python)
    assert str(told.value).count(". ") == 0  # one sentence


def test_the_installed_qt_is_accepted() -> None:
    check_qt()


@pytest.mark.parametrize(
    ("platform", "display", "expected"),
    [("offscreen", None, True), (None, None, False), (None, ":1", True), ("xcb", None, False)],
)
def test_a_screen_is_looked_for(monkeypatch, platform, display, expected) -> None:
    monkeypatch.setattr(app.sys, "platform", "linux")
    for name, value in (("QT_QPA_PLATFORM", platform), ("DISPLAY", display)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert app.display_available() is expected


def test_without_a_screen_the_headless_command_is_offered() -> None:
    session = SyntheticSession(plain=True)
    with pytest.raises(FiringOrderError, match="firingorder record"):
        app.run_live(session, display=False)
    assert session.calls == []


def _loops_still_run(qapp: QApplication) -> None:
    """An end that was asked for twice would end every later loop before it began."""
    qapp.processEvents()
    loop = QEventLoop()
    QTimer.singleShot(0, lambda: loop.exit(7))
    assert loop.exec() == 7


@pytest.mark.parametrize("floor", [False, True])
def test_a_picture_is_taken_when_the_time_has_come(qapp, tmp_path, floor) -> None:
    path, session = tmp_path / "live.png", RunningSession()
    assert app.run_live(session, floor=floor, screenshot=path, duration_s=3.0,
                        office=free_office()) == 0  # fmt: skip
    assert session.calls == ["stop"]
    assert session.now_s == pytest.approx(3.0, abs=0.5)
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
    assert (image.width(), image.height()) == (1920, 1080)
    shown = np.frombuffer(image.constBits(), np.uint32)[::7].copy()
    assert len(np.unique(shown)) > 50
    _loops_still_run(qapp)


def test_without_sound_no_page_opens_a_loudspeaker(qapp, monkeypatch) -> None:
    """With --no-sound the page Calibrate opened one all the same."""
    opened = []
    monkeypatch.setattr(app, "open_sound", lambda: opened.append(1) or NullSound())

    class AtCalibration(RunningSession):
        def poll(self):
            view = wizard("rest", "get_ready" if self.now_s < 0.3 else "go")
            self.status = replace(self.status, wizard=view)
            return super().poll()

    for sound in (True, False):
        made = AtCalibration(plain=True)
        app.run_live(made, page="calibrate", duration_s=0.6, office=free_office(), sound=sound)
        assert opened == [1]


def test_a_refusal_closes_the_window_by_itself_and_is_told_by_the_status(qapp, tmp_path) -> None:
    class Refused(SyntheticSession):
        def poll(self):
            self.status = replace(self.status, connection="refused", message="Protocol 2.")
            return super().poll()

    path = tmp_path / "refused.png"
    assert app.run_live(Refused(plain=True), screenshot=path) == 1
    assert path.stat().st_size > 1000


def test_a_picture_that_cannot_be_written_is_an_error(qapp, tmp_path) -> None:
    path = tmp_path / "missing" / "live.png"
    with pytest.raises(FiringOrderError, match="cannot be written"):
        app.run_live(RunningSession(plain=True), screenshot=path, duration_s=0.5)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_told_of_a_picture_and_keeps_none(qapp, tmp_path, capfd) -> None:
    """It asked whether the folder was there, after words of the library that writes pictures."""
    path = tmp_path / "live.png"
    path.symlink_to("/dev/full")
    with pytest.raises(FiringOrderError, match=r"live\.png could not be written: No space left"):
        app.run_live(RunningSession(plain=True), screenshot=path, duration_s=0.5)
    assert "libpng" not in capfd.readouterr().err


def test_a_picture_of_no_known_kind_is_wrong_use(qapp, tmp_path) -> None:
    path = tmp_path / "live.docx"
    with pytest.raises(UsageError, match=r"name it FILE\.png"):
        app.run_live(RunningSession(plain=True), screenshot=path, duration_s=0.5)
    assert not path.exists()


def test_a_picture_of_a_recording_that_cannot_be_shown_is_an_error(qapp, tmp_path) -> None:
    """The picture was one of the message, and the status was that of success."""
    broken = tmp_path / "broken.edf"
    broken.write_bytes(b"0       " + b"x" * 300)
    with pytest.raises(FiringOrderError, match=r"broken\.edf"):
        app.run_live(IdleSource(), page="review", review=broken, screenshot=tmp_path / "a.png",
                     office=free_office())  # fmt: skip
