"""Starts Qt, and hears what it says: into the log, or to the person where it is the last word."""

from __future__ import annotations

import logging
import os
import sys
from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from firingorder.gui.qt_guard import check_qt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QCoreApplication, QMessageLogContext

_log = logging.getLogger(__name__)

#: Said by the offscreen platform for every window; it harms nothing.
_HARMLESS = ("This plugin does not support propagateSizeHints()",)
#: Warnings that may tell why Qt gave up: it says four at most when it finds no screen.
_MOST_WARNINGS = 10


def start_qt(explain: Callable[[Sequence[str]], str] | None = None) -> QCoreApplication:
    """Return the application, which is made if there is none.

    Where Qt cannot start it aborts the process. Then a sentence goes to standard error, and the
    exit status is 1.

    Parameters
    ----------
    explain
        Makes that sentence of what Qt said, oldest first; None: its last words as they are.

    Raises
    ------
    FiringOrderError
        This Qt does not go with this Python.
    """
    check_qt()
    running = QApplication.instance()
    if running is not None:
        return running
    before = qInstallMessageHandler(QtWords(explain))
    try:
        return QApplication(["firingorder"])
    finally:
        qInstallMessageHandler(before)


class QtWords:
    """Takes what Qt has to say; ``explain`` as for :func:`start_qt`."""

    def __init__(self, explain: Callable[[Sequence[str]], str] | None = None) -> None:
        self._explain = explain
        self._said: deque[str] = deque(maxlen=_MOST_WARNINGS)

    def __call__(self, mode: QtMsgType, context: QMessageLogContext, message: str) -> None:
        """Send it to the log, so that it goes where the user sent the log; the last word is told.

        Qt ends the process after a fatal message, whatever happens here. An abort would say
        nothing but a number.
        """
        del context
        if mode == QtMsgType.QtFatalMsg:
            said = (*self._said, message)
            words = self._explain(said) if self._explain else f"firingorder: Qt ended: {message}"
            sys.stderr.write(f"{words}\n")
            sys.stderr.flush()
            os._exit(1)
        if message in _HARMLESS or mode in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg):
            _log.debug("Qt: %s", message)
            return
        self._said.append(message)
        _log.warning("Qt: %s", message)
