"""From a first start to the first scored bridge, keys only: ``python -m benchmarks.first_use``.

A simulated person wears a simulated belt and does what the program asks; a scripted newcomer reads
what stands on the screen before each key, at 238 words a minute (Brysbaert 2019,
10.1016/j.jml.2019.104047), and takes a second to find the key. Times are seconds of the session.
Nothing is pressed by mouse. Writes docs/first_use.md and its pictures with ``--write``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.gui.window import LiveWindow
    from firingorder.session.live import LiveSession

ROOT = Path(__file__).resolve().parents[1]
WORDS_PER_S = 238.0 / 60.0
FIND_KEY_S = 1.0
#: The bar of the goals: five minutes to the first scored bridge.
BAR_S = 300.0
#: Only ends a run that hangs, seconds of the session.
GIVE_UP_S = 600.0
PICTURE_PX = (1600, 900)


@dataclass
class Newcomer:
    """Reads, finds the key, presses it; ``story`` is what happened when."""

    window: LiveWindow
    session: LiveSession
    folder: Path | None
    story: list[tuple[float, str]] = field(default_factory=list)
    presses: int = 0
    _shown: str = ""
    _since_s: float = 0.0

    @property
    def now_s(self) -> float:
        """Seconds of the session."""
        return self.window.model.status.elapsed_s

    def step(self) -> bool:
        """Look at the screen, perhaps press a key; True when a bridge was scored."""
        what, words, key = self._look()
        if what != self._shown:
            self._shown, self._since_s = what, self.now_s
            self.story.append((self.now_s, what))
            if self.folder is not None and self.presses < 100:
                name = f"{len(self.story):02d}_{what.split(':')[0].replace(' ', '_')}.png"
                self.window.grab().save(str(self.folder / name))
        if what == "scored":
            return True
        if key and self.now_s - self._since_s >= len(words.split()) / WORDS_PER_S + FIND_KEY_S:
            self._press(key)
            self._since_s = self.now_s
        return False

    def _press(self, key: str) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        keys = {"Enter": Qt.Key.Key_Return, "N": Qt.Key.Key_N, "0": Qt.Key.Key_0,
                "1": Qt.Key.Key_1}  # fmt: skip
        self.window.setFocus()
        self.presses += 1
        for one in key.split("+"):
            QTest.keyClick(self.window, keys[one])

    def _look(self) -> tuple[str, str, str]:
        """Return what is on the screen, the words to be read, and the key that goes on."""
        window, status = self.window, self.window.model.status
        page = window.pages.current
        if page == "setup":
            ready = window.pages.setup.go_on.isEnabled()
            return "setup: the pads", "Continue Enter", "Enter" if ready else ""
        if page == "calibrate":
            return self._calibration()
        view = status.coach
        if view is None:
            return "live: before the training", "Begin training Enter", "Enter"
        if any(one.outcome != "not_scored" for one in view.history):
            return "scored", "", ""
        if view.prompt is not None:
            answers = {"yes_no": "N+Enter", "scale": "0+Enter"}
            key = answers.get(view.prompt.kind, "Enter")
            if view.prompt.kind == "choice":  # the first one: "I have read this"
                key = "1+Enter"
            return f"question: {view.prompt.key}", f"{view.prompt.text} {view.prompt.help}", key
        if view.state == "ready":
            return "ready", " ".join((view.title, view.instruction, *view.lines)), "Enter"
        return view.state, "", ""

    def _calibration(self) -> tuple[str, str, str]:
        wizard = self.window.model.status.wizard
        if wizard is None:
            return "calibrate: start", "Begin Enter", "Enter"
        if wizard.state == "done":
            return "calibrate: done", "Use it Enter", "Enter"
        key = "Enter" if wizard.state == "waiting" else ""
        return f"calibrate: {wizard.step}", wizard.instruction, key


def run(speed: float, folder: Path | None) -> Newcomer:
    """Go through a first start on a simulated belt; ``speed`` times as fast as life."""
    from PySide6.QtWidgets import QApplication

    from firingorder.cli.sessions import session_setup
    from firingorder.gui.window import LiveWindow
    from firingorder.session.addresses import parse_address
    from firingorder.session.live import LivePlan, LiveSession
    from firingorder.session.office import Office
    from firingorder.session.sources import open_source, simulated_montage

    app = QApplication.instance() or QApplication(["first use"])
    address = parse_address(f"sim:listening?seed=1&speed={speed:g}")
    source = open_source(address)
    setup = session_setup(
        "bridge", None, None, simulated_montage(address), source.specs, simulated=True,
        person="p01",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as kept:
        office = Office("p01", folder=Path(kept), settings_file=Path(kept) / "settings.json")
        session = LiveSession(
            LivePlan(link=source.links[0], setup=setup, source="simulated", person="p01")
        )
        session.start()
        window = LiveWindow(session, page="setup", office=office)
        window.resize(*PICTURE_PX)
        window.show()
        window.activateWindow()
        newcomer = Newcomer(window, session, folder)
        try:
            while newcomer.now_s < GIVE_UP_S:
                app.processEvents()
                if newcomer.step() or session.wait(0.01):
                    break
        finally:
            window.close()
            session.stop(10.0)
    return newcomer


def report(newcomer: Newcomer) -> str:
    """Return the story as a table."""
    lines = ["| from, s | what is on the screen |", "|---|---|"]
    lines += [f"| {at_s:.0f} | {what} |" for at_s, what in newcomer.story]
    end_s = newcomer.story[-1][0]
    met = "met" if newcomer.story[-1][1] == "scored" and end_s <= BAR_S else "NOT met"
    lines.append("")
    lines.append(
        f"First scored bridge after {end_s:.0f} s of the session (bar {BAR_S:.0f} s: {met}), "
        f"{newcomer.presses} presses of keys, none of a mouse."
    )
    return "\n".join(lines)


def main() -> int:
    """Run, print, and with ``--write`` write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speed", type=float, default=2.0, help="times as fast as life (2)")
    parser.add_argument("--write", action="store_true", help="write docs/first_use.md")
    parser.add_argument("--pictures", type=Path, help="folder for a picture of each screen")
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if asked.pictures is not None:
        asked.pictures.mkdir(parents=True, exist_ok=True)
    newcomer = run(asked.speed, asked.pictures)
    text = report(newcomer)
    print(text)
    if asked.write:
        head = (
            "# First use\n\nMade by `python -m benchmarks.first_use --write`: a simulated person "
            "and a scripted newcomer who reads 238 words a minute (Brysbaert 2019, "
            "10.1016/j.jml.2019.104047). No real newcomer has been watched.\n\n"
        )
        (ROOT / "docs" / "first_use.md").write_text(f"{head}{text}\n", encoding="utf-8")
    done = newcomer.story[-1][1] == "scored" and newcomer.story[-1][0] <= BAR_S
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
