"""Pictures of home packages on the page Library: ``python -m tests.gui.home_pictures FOLDER``."""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from firingorder.library.records import InboxRow
from firingorder.recording.sealed import Key, Lock, new_key
from firingorder.session.archive import Archive
from firingorder.session.home import Packed, open_package, pack
from firingorder.session.home.inbox import Returned, return_path, write_returned
from firingorder.training.programmes.records import Item, Programme, Target
from tests.gui import planted_library
from tests.gui.library_pictures import office_with, open_page, settle

PERSON = "P-0007"
PROGRAMME = Programme(
    "glutes", "Glutes first",
    (Item("bridge", mode="sequence", target=Target("lead_ms", 20.0, None), reps=(6, 6)),),
    retention_reps=0, per_week=(2, 3), made_by="therapist",
)  # fmt: skip


def plant_returns(folder: Path) -> None:
    """Plant four returns: a red flag, two rises, and nothing to tell; the quiet one is newest."""
    archive = Archive.open(folder=folder, who="Ortiz")
    told = (
        ("a", "P-0011", 0, (), "pain did not rise", 5),
        ("b", "P-0007", 1, (), "pain rose by 1 (2 to 3 of 10, within the measuring error)", 2),
        ("c", "P-0042", 3, (), "pain rose by 3 (2 to 5 of 10); stopped once (pain)", 1),
        ("d", "P-0007", None, ("r1",), "yes to the red flag R1; pain not told", 0),
    )
    for number, person, rise, flags, pain, days in told:
        at = datetime.fromtimestamp(planted_library.FIRST_S + 86_400 * days, UTC)
        done = "5 of 4 to 6 sessions in 14 days, 10 of 10 sets, 58 of 60 repetitions"
        remarks = ("the programme was changed at home",) if person == "P-0042" else ()
        path = return_path(folder, number)
        write_returned(
            Returned(number, person, at.isoformat(), "1.0", 5, done, pain, rise, flags, 1, remarks),
            path,
        )
        archive.library.add_inbox(
            InboxRow(0, person, at.timestamp(), str(path), 5, rise, done, read=False)
        )
    archive.close()


def draw_pads(folder: Path, *, count: int = 2) -> Path:
    """Draw pictures of pads, as a therapist would take them."""
    folder.mkdir(exist_ok=True)
    for k in range(count):
        image = QImage(640, 480, QImage.Format.Format_RGB32)
        image.fill(QColor("#caa58c"))
        p = QPainter(image)
        p.setBrush(QColor("#f4f4f4"))
        for x in (250, 330):
            p.drawEllipse(QPointF(x + 60 * k, 240.0), 30.0, 30.0)
        p.end()
        image.save(str(folder / f"pad {k}.jpg"), quality=90)
    return folder


def packed(folder: Path, target: Path, photos: Path | None) -> tuple[Packed, str]:
    """Pack for P-0007 in a library, to a new key; return its secret half, too."""
    archive = Archive.open(folder=folder, who="Ortiz")
    identity, recipient = new_key()
    made = pack(archive, PERSON, PROGRAMME, target, Lock((recipient,)), photos=photos)
    archive.close()
    return made, identity


def main(folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    _app = QApplication.instance() or QApplication(["pictures"])
    scratch = Path(tempfile.mkdtemp())
    clinic, home = scratch / "clinic", scratch / "home"
    clinic.mkdir()
    planted_library.plant(clinic).close()
    plant_returns(clinic)
    made, identity = packed(clinic, scratch / "p.age", draw_pads(scratch / "pads"))

    def save(window, name: str, *, close: bool = True) -> None:
        window.tick()
        QApplication.processEvents()
        window.grab().save(str(folder / f"{name}.png"))
        if close:
            window.close()

    for tag, size in {"fhd": (1920, 1080), "least": (960, 600)}.items():
        for theme in ("dark", "light") if tag == "fhd" else ("dark",):
            window, page = open_page(office_with(clinic), "library", size, theme=theme)
            page.desk.shelf = "*inbox"
            page.read()
            settle(window, page)
            save(window, f"inbox_{tag}_{theme}", close=False)
            page.acts.home.ask()
            save(window, f"ask_therapist_{tag}_{theme}", close=False)
            page.acts.close()
            page.acts.home.pack()
            save(window, f"programmes_{tag}_{theme}", close=False)
            page.acts.close()
            page.acts.home._seal(PERSON, PROGRAMME)
            save(window, f"seal_{tag}_{theme}")
    open_package(made.path, Key(identity), home, check=made.check)
    window, page = open_page(office_with(home, PERSON, "person"), "library")
    page.acts.home.ask()
    save(window, "ask_person", close=False)
    page.acts.close()
    page.acts.home.sealed_path = lambda *_: str(made.path)
    page.acts.home.bring()
    save(window, "open", close=False)
    page.acts.close()
    here = page.acts.home
    here._show(sorted((home / "programmes").rglob("pad-*")))
    save(window, "photos", close=False)
    page.acts.close()
    page.acts.home.target_path = lambda *_: str(scratch / "back.age")
    page.acts.home.give_back()
    settle(window, page)
    save(window, "returned")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
