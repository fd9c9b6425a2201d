"""Refuse the one combination of Qt and Python that aborts after a few seconds of drawing."""

from __future__ import annotations

import sys

import PySide6

from firingorder.errors import FiringOrderError

#: From this release on, every Qt call without a result drops one reference of None.
FIRST_FAULTY = (6, 12)
#: From this Python on None is immortal and the fault is harmless.
FIRST_SAFE_PYTHON = (3, 12)


def check_qt(
    qt: tuple[int, ...] | None = None, python: tuple[int, ...] = tuple(sys.version_info[:2])
) -> None:
    """Do nothing if Qt and Python go together.

    Measured with PySide6 6.12.0 on Python 3.11: a reference of None is lost in each call of
    ``drawLine``, ``setPen``, ``update``; after some thousand calls the interpreter aborts with
    "none_dealloc". 6.11.3 on 3.11 and 6.12.0 on 3.12 are sound.

    Raises
    ------
    FiringOrderError
        With the versions and the way out.
    """
    version = tuple(int(part) for part in (qt or PySide6.__version_info__)[:2])
    if python[:2] < FIRST_SAFE_PYTHON and version >= FIRST_FAULTY:
        raise FiringOrderError(
            f"PySide6 {version[0]}.{version[1]} aborts on Python {python[0]}.{python[1]}: "
            "install 'PySide6-Essentials<6.12', or use Python 3.12 or newer."
        )


def none_references_lost(calls: int = 1000) -> float:
    """Return how many references of None one Qt call loses: 0 when sound, 1 when faulty.

    Needs a running QGuiApplication.
    """
    from PySide6.QtGui import QPainter, QPixmap

    pixmap = QPixmap(8, 8)
    p = QPainter(pixmap)
    before = sys.getrefcount(None)
    for _ in range(calls):
        p.drawLine(0, 0, 1, 1)
    lost = before - sys.getrefcount(None)
    p.end()
    return lost / calls
