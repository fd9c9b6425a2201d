"""How fast an hour opens and seeks on page Review: ``python -m benchmarks review_window``.

The hour is that of ``bench_review``. The window runs in Qt's own event loop at its own pace: a loop
that polls keeps the interpreter from the thread that opens, and doubles what it measures.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.bench_review import SEED, SEEKS, SPANS_S, lengthen, record, row
from firingorder.gui.review_idle import IdleSource
from firingorder.gui.window import FRAME_MS, LiveWindow
from firingorder.report.theme import load_fonts
from firingorder.session.archive import Archive
from firingorder.session.office import Office
from firingorder.session.review import open_review
from firingorder.sound.out import Recorder

if TYPE_CHECKING:
    from firingorder.gui.review_page import ReviewPage

OPENED = 4
#: Of the desk view of the design.
SIZE_PX = (1280, 800)


def run() -> list[dict[str, Any]]:
    """Measure on a temporary folder of the default disk."""
    _app = QApplication.instance() or QApplication(["bench"])
    load_fonts()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "recordings").mkdir()
        path = folder / "recordings" / "minute.mcap"
        record(path)
        archive = Archive.open(folder=folder, who="bench")
        open_review(path, archive)
        lengthen(path, archive)
        archive.close()
        office = Office(folder=folder, settings_file=folder / "settings.json")
        office.hat = "therapist"
        window = LiveWindow(
            IdleSource(), page="review", office=office, open_sound=lambda: Recorder(lambda: 0.0)
        )
        window.resize(*SIZE_PX)
        window.show()
        page = window.pages.around.review()
        took_s = [opened_s(window, page, path) for _ in range(OPENED)]
        rows = [
            row("a kept hour opens in the window, first time", took_s[0], "s", "<= 1.0"),
            row("again", min(took_s[1:]), "s", "<= 1.0"),
            *seeks(page),
        ]
        window.close()
        return rows


def opened_s(window: LiveWindow, page: ReviewPage, path: Path) -> float:
    """Return how long it takes from asking for a recording until it is painted."""
    loop = QEventLoop()
    timer = QTimer()
    timer.setInterval(FRAME_MS)
    timer.timeout.connect(lambda: page.opening or loop.quit())
    begin = time.perf_counter()
    page.open_path(path)
    timer.start()
    loop.exec()
    timer.stop()
    window.tick()
    QApplication.processEvents()
    return time.perf_counter() - begin


def seeks(page: ReviewPage) -> list[dict[str, Any]]:
    """Return how long another place of the recording takes until it is painted, by the span."""
    desk = page.desk
    assert desk is not None
    rng = np.random.default_rng(SEED)
    rows: list[dict[str, Any]] = []
    for span_s in SPANS_S:
        desk.zoom_by(span_s / desk.window.length_s)
        took_ms: list[float] = []
        for _ in range(SEEKS // len(SPANS_S)):
            at_s = float(rng.uniform(0.0, desk.review.duration_s))
            begin = time.perf_counter()
            desk.seek(at_s)
            page.acts.refresh()
            QApplication.processEvents()
            took_ms.append(1e3 * (time.perf_counter() - begin))
        at = float(np.quantile(took_ms, 0.95))
        # With all of it in view there is nowhere to go: the cost of drawing it, not of a seek.
        bar = "<= 50" if span_s < desk.review.duration_s else None
        rows.append(row(f"a seek painted, {span_s:g} s in view, p95", at, "ms", bar))
    return rows
