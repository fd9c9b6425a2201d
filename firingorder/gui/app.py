"""Entry point of the live window."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from firingorder.errors import FiringOrderError, UsageError
from firingorder.gui.qt_guard import check_qt
from firingorder.gui.qt_start import QtWords, start_qt
from firingorder.gui.window import LiveWindow
from firingorder.report.theme import load_fonts
from firingorder.session.own_files import unwritten, whole_file
from firingorder.sound.out import open_sound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtCore import QCoreApplication
    from PySide6.QtGui import QPixmap

    from firingorder.gui.source import LiveSource, Reopen
    from firingorder.gui.view_models.pages import PageName
    from firingorder.report.theme import ThemeName
    from firingorder.report.wording import Target
    from firingorder.session.files import FileOptions
    from firingorder.session.interrupts import Interrupts
    from firingorder.session.office import Office

__all__ = ["check_qt", "display_available", "run_live", "start_qt"]

#: Size of a window whose picture is asked for: that of the reference pictures.
SCREENSHOT_SIZE = (1920, 1080)
_FIRST_SIZE = (1600, 960)
_WITHOUT_SCREEN = ("offscreen", "minimal", "vnc")


def display_available() -> bool:
    """Return whether a window can be opened here: a display, or Qt told to do without one."""
    if os.environ.get("QT_QPA_PLATFORM", "").split(":")[0] in _WITHOUT_SCREEN:
        return True
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run_live(
    session: LiveSource,
    *,
    floor: bool = False,
    screenshot: Path | None = None,
    duration_s: float | None = None,
    display: bool | None = None,
    target: Target | None = None,
    theme: ThemeName = "dark",
    offer_demo: Callable[[], LiveSource] | None = None,
    reopen: Reopen | None = None,
    page: PageName = "live",
    office: Office | None = None,
    second: bool = False,
    interrupts: Interrupts | None = None,
    review: Path | None = None,
    reading: FileOptions | None = None,
    sound: bool = True,
) -> int:
    """Show a started session until its window is closed; return the exit status.

    With ``duration_s`` (device time since the first sample) or ``screenshot`` the window closes by
    itself: when the time has come, or when the session is closed or refused. The picture is taken
    just before. ``display`` overrules :func:`display_available`. ``page`` is the one to begin with;
    ``second`` opens the floor view on a second screen, too; ``interrupts`` may close the window.
    ``review`` is a recording to open, read by ``reading``; a picture waits until it is shown.
    Without ``sound`` no page opens a loudspeaker. ``reopen`` prepares further sessions.

    Raises
    ------
    FiringOrderError
        No screen, or a Qt that does not go with this Python: raised before anything is shown; the
        session is left as it is. Or a picture could not be made, at the end.
    """
    _check_screen(display_available() if display is None else display)
    app = start_qt()
    said_before = qInstallMessageHandler(QtWords())
    load_fonts()
    window = LiveWindow(
        session,
        floor=floor,
        target=target,
        theme=theme,
        offer_demo=offer_demo,
        reopen=reopen,
        page=page,
        open_sound=open_sound if sound else None,
        office=office,
    )
    shown = None
    if review is not None:
        window.pages.around.review().open_path(review, reading)
    if page == "review":
        shown = window.pages.around.review().settled
    closing = _AutoClose(window, screenshot, duration_s, shown)
    _show(window, screenshot is not None)
    if second:
        window.second.toggle()
    if interrupts is not None and interrupts.closes(window.close):
        QTimer.singleShot(0, window.close)
    try:
        _run_until_closed(app, window)
    finally:
        qInstallMessageHandler(said_before)
    if closing.failure is not None:
        raise closing.failure
    if review is not None and screenshot is not None:
        _check_shown(window)
    return 1 if window.model.status.connection == "refused" else 0


def _check_screen(there: bool) -> None:
    check_qt()
    if not there:
        raise FiringOrderError(
            "There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set). "
            "Without a window: firingorder record --device URL --out FILE.mcap"
        )


def _run_until_closed(app: QCoreApplication, window: LiveWindow) -> None:
    """Run until the window is closed, and end once.

    The last window would ask for an end, too. It would be left over when that of the window came,
    and every event loop after this one would end before it began.
    """
    by_itself = QApplication.quitOnLastWindowClosed()
    QApplication.setQuitOnLastWindowClosed(False)
    window.closed.connect(app.quit)
    try:
        app.exec()
    finally:
        QApplication.setQuitOnLastWindowClosed(by_itself)
        window.deleteLater()


class _AutoClose:
    """Takes the picture and closes the window when its time has come."""

    def __init__(
        self,
        window: LiveWindow,
        screenshot: Path | None,
        duration_s: float | None,
        shown: Callable[[], bool] | None = None,
    ) -> None:
        self._shown = shown
        self._window, self._screenshot, self._duration_s = window, screenshot, duration_s
        self._done = False
        self.failure: FiringOrderError | None = None
        window.ticked.connect(self._look)
        window.closing.connect(self._take_picture)

    def _look(self) -> None:
        if self._done or (self._screenshot is None and self._duration_s is None):
            return
        status = self._window.model.status
        over = status.connection in ("closed", "refused")
        if self._shown is not None and self._screenshot is not None:
            over = self._shown()
        elif self._duration_s is not None:
            over = over or status.elapsed_s >= self._duration_s
        if over:
            self._done = True
            self._window.close()

    def _take_picture(self) -> None:
        if self._screenshot is None:
            return
        try:
            _write_picture(self._window.grab(), self._screenshot)
        except FiringOrderError as error:
            self.failure = error


def _write_picture(picture: QPixmap, path: Path) -> None:
    """Write a picture, all of it or nothing: Qt would leave half of one on a full disk."""
    data = QBuffer()
    if not picture.save(data, path.suffix.removeprefix(".") or "png"):
        raise UsageError(f"{path} is no kind of picture that can be written: name it FILE.png.")
    try:
        with whole_file(path) as file:
            file.write(data.data().data())
    except OSError as error:
        raise unwritten(path, error) from error


def _check_shown(window: LiveWindow) -> None:
    """Tell whoever wanted a picture of a recording that it is one of a message."""
    problem = window.pages.around.review().problem
    if problem:
        raise FiringOrderError(problem)


def _show(window: LiveWindow, picture: bool) -> None:
    if picture:
        window.resize(*SCREENSHOT_SIZE)
    else:
        room = window.screen().availableSize()
        window.resize(min(_FIRST_SIZE[0], room.width()), min(_FIRST_SIZE[1], room.height()))
    window.show()
    window.activateWindow()
    window.setFocus()
