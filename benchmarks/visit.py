"""One visit by keyboard alone, in the real window: ``python -m benchmarks.visit``.

A person who was here before comes again: pads, signal check, the kept calibration, a test without
feedback, two sets with the coach, the test again, then review, one correction, report, erasure.
A simulated person wears a simulated belt and does what the coach asks for; a scripted therapist
presses keys, and reads before each one. The program is ``firingorder live`` as it stands: nothing
of it is called in between. Writes docs/visit.md with ``--write``; takes as long as the visit does,
and some minutes more for the earlier sessions.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.visit_course import Course

ROOT = Path(__file__).resolve().parents[1]
LOOK_MS = 25
#: The first size of the window on an ordinary screen; the offscreen one is smaller.
SCREEN_PX = (1600, 960)


def run(home: Path, report: Path, *, speed: float, pictures: Path | None, xdotool: bool) -> Course:
    """Go through the visit on the data in ``home``; raises VisitError where it sticks."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from benchmarks.visit_course import Course
    from benchmarks.visit_hands import Hands, VisitError
    from benchmarks.visit_planting import BELT, PERSON
    from firingorder.cli import main as firingorder
    from firingorder.gui.window import LiveWindow

    app = QApplication.instance() or QApplication(["visit"])
    found: list[Course] = []
    failed: list[Exception] = []
    doing, done = None, False

    def look() -> None:
        nonlocal doing, done
        windows = [one for one in QApplication.topLevelWidgets() if isinstance(one, LiveWindow)]
        if not windows or not windows[0].isVisible():
            return
        if doing is None:
            windows[0].resize(*SCREEN_PX)
            hands = Hands(windows[0], pictures, xdotool=xdotool)
            found.append(Course(hands, report))
            doing = found[0].run()
        found[0].hands.look()
        try:
            next(doing)
        except StopIteration:
            done = True
            timer.stop()
            windows[0].close()
        except Exception as over:  # noqa: BLE001 - the window has to close whatever happens
            failed.append(over)
            found[0].hands.picture("stuck")
            timer.stop()
            if (modal := QApplication.activeModalWidget()) is not None:
                modal.close()
            windows[0].close()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(LOOK_MS)
    status = firingorder(
        ["live", "--device", f"{BELT}&speed={speed:g}", "--person", PERSON,
         "--page", "setup", "--no-sound"]
    )  # fmt: skip
    del app, home
    if failed:
        raise failed[0]
    if status or not done:
        raise VisitError(f"firingorder live ended with {status} before the visit was over")
    return found[0]


def main() -> int:
    """Plant the earlier sessions, run the visit, check what it left, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speed", type=float, default=1.0, help="times as fast as life (1)")
    parser.add_argument("--write", action="store_true", help="write docs/visit.md")
    parser.add_argument("--pictures", type=Path, help="folder for a picture of each step")
    parser.add_argument("--xdotool", action="store_true", help="press keys through an X server")
    parser.add_argument("--home", type=Path, help="folder with the earlier sessions, planted once")
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "xcb" if asked.xdotool else "offscreen")
    if asked.pictures is not None:
        asked.pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as kept:
        home = Path(kept) if asked.home is None else asked.home.resolve()
        os.environ |= {
            "HOME": str(home), "XDG_DATA_HOME": str(home / "data"),
            "XDG_CONFIG_HOME": str(home / "config"), "XDG_CACHE_HOME": str(home / "cache"),
        }  # fmt: skip
        from benchmarks.visit_account import account, write
        from benchmarks.visit_hands import VisitError
        from benchmarks.visit_planting import plant

        if not (home / "data").is_dir():
            plant()
        report = Path(kept) / "report.pdf"
        try:
            course = run(
                home, report, speed=asked.speed, pictures=asked.pictures, xdotool=asked.xdotool
            )
        except VisitError as over:
            print(f"The visit stuck: {over}")
            return 1
        text, done = account(course, home, report)
    print(text)
    if asked.write:
        write(text, ROOT / "docs" / "visit.md")
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
