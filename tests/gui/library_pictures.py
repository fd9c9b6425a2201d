"""Pictures of the pages Trends and Library: ``python -m tests.gui.library_pictures FOLDER [TAG]``.

TAG is a size (fhd, hd, least), or states.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from firingorder.session.office import Office
from tests.gui import planted_library
from tests.gui.pictures import staged
from tests.gui.synthetic import SyntheticSession

SIZES = {"fhd": (1920, 1080), "hd": (1280, 800), "least": (960, 600)}


def office_with(folder: Path, person: str = "", hat: Any = "therapist") -> Office:
    """Return an office on a folder."""
    made = Office(person, folder=folder, settings_file=folder / "settings.json")
    made.hat = hat
    return made


def open_page(office: Office, page: Any, size=(1280, 800), **options) -> tuple[Any, Any]:
    """Return a window on a page that has read everything."""
    hat = office.hat
    window = staged(SyntheticSession(plain=True), 0.2, size=size, page=page, office=office,
                    hat=hat, **options)  # fmt: skip
    shown: Any = window.pages.around[page]
    settle(window, shown)
    return window, shown


def settle(window, shown) -> None:
    """Let everything be read and shown."""
    for _ in range(2):
        window.tick()
        shown.settle()
    window.tick()
    QApplication.processEvents()


def main(folder: Path, only: str = "") -> None:
    """Take all pictures, or those of one tag."""
    folder.mkdir(parents=True, exist_ok=True)
    _app = QApplication.instance() or QApplication(["pictures"])
    home = Path(tempfile.mkdtemp())
    library = planted_library.plant(home)
    planted_library.plant_inbox(library)

    def save(window, name: str, *, close: bool = True) -> None:
        window.tick()
        QApplication.processEvents()
        window.grab().save(str(folder / f"{name}.png"))
        if close:
            window.close()

    for tag, size in SIZES.items():
        if only not in ("", tag):
            continue
        for theme in ("dark", "light"):
            window, page = open_page(office_with(home, "P-0007"), "trends", size, theme=theme)
            save(window, f"trends_{tag}_{theme}", close=False)
            page.desk.choose(3)
            page._compare()
            page.desk.choose(8)
            page._do("")
            save(window, f"trends_compared_{tag}_{theme}", close=False)
            page._toggle_spacing()
            save(window, f"trends_time_{tag}_{theme}")
            window, page = open_page(office_with(home), "library", size, theme=theme)
            save(window, f"library_{tag}_{theme}", close=False)
            page.desk.shelf = "P-0007"
            page.read()
            settle(window, page)
            page._choose(3)
            save(window, f"library_person_{tag}_{theme}", close=False)
            page.desk.shelf = "*inbox"
            page.read()
            settle(window, page)
            save(window, f"library_inbox_{tag}_{theme}", close=False)
            page.desk.shelf = "*"
            page.read()
            settle(window, page)
            _import(window, page)
            save(window, f"library_import_{tag}_{theme}", close=False)
            page.acts.close()
            page.acts.ask_export()
            save(window, f"library_export_{tag}_{theme}")
    if only in ("", "states"):
        _states(save, home)


def _import(window, page) -> None:
    path = Path(tempfile.mkdtemp()) / "walk.csv"
    path.write_text(made_table())
    page.acts.file_path = lambda *_: str(path)
    page.acts.ask_import()
    settle(window, page)


def made_table(rate_hz: float = 1000.0, seconds: float = 6.0) -> str:
    """Return a table of noise with bursts: five muscles by name, one twice, and an angle."""
    import numpy as np

    rng = np.random.default_rng(3)
    n = round(rate_hz * seconds)
    t = np.arange(n) / rate_hz
    burst = 0.1 + ((t % 3.0) > 1.0)
    columns = ["Time (s)", "GMAX L (uV)", "GMAX R (uV)", "HAM L (uV)", "EMG 4 (uV)", "EMG 5 (uV)",
               "Hip (deg)"]  # fmt: skip
    data = [t, *(rng.normal(0, 40, n) * burst for _ in range(5)), 20 * np.sin(t)]
    lines = [",".join(columns)]
    lines += [",".join(f"{one:.5g}" for one in row) for row in zip(*data, strict=True)]
    return "\n".join(lines) + "\n"


def _states(save, home: Path) -> None:
    window, page = open_page(office_with(home, "P-0007"), "trends")
    page._ask_measure()
    save(window, "trends_measures", close=False)
    page.card.close_card()
    for measure in ("hamstring_share:left", "left_right"):
        page._take_measure(measure)
        save(window, f"trends_{measure.partition(':')[0]}", close=False)
    for person in ("P-0011", "P-0042"):
        page.show_person(person)
        settle(window, page)
        save(window, f"trends_{person}", close=False)
    window.close()
    save(open_page(office_with(home, hat="person"), "trends")[0], "trends_nobody")
    save(open_page(office_with(home, "P-0007", "person"), "trends")[0], "trends_own")
    save(open_page(office_with(home, "P-0007", "person"), "library")[0], "library_own")
    empty = Path(tempfile.mkdtemp())
    for name in ("trends", "library"):
        save(open_page(office_with(empty), name)[0], f"{name}_empty")
    many = Path(tempfile.mkdtemp())
    planted_library.plant_many(many)
    save(open_page(office_with(many, "P-0100"), "trends")[0], "trends_hundred")
    save(open_page(office_with(many), "library")[0], "library_hundred")
    broken = Path(tempfile.mkdtemp())
    (broken / "library.sqlite").write_bytes(b"This is no database at all." * 100)
    for name in ("trends", "library"):
        save(open_page(office_with(broken), name)[0], f"{name}_broken")
    window, page = open_page(office_with(home), "library")
    page.acts.ask_report()
    save(window, "library_report", close=False)
    page.acts.close()
    page.desk.shelf = "P-0007"
    page.read()
    settle(window, page)
    page._erase_pressed()
    window.held_clock["s"] += 1.2
    save(window, "library_erasing", close=False)
    page._hold.reset()
    page.acts.ask_about()
    save(window, "library_about", close=False)
    window.toggle_help()
    save(window, "library_help")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
