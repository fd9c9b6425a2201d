"""The page Review under real Qt, on a recording with a known order.

Corrections by key and mouse, what is hidden from who marks blind, files that cannot be read, keys
that mean something else on other pages.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEventLoop, QPoint, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QAccessible, QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from firingorder.gui.review_idle import IdleSource
from firingorder.gui.review_page import OFFER, ReviewPage
from firingorder.gui.review_why import draw_note
from firingorder.report.painter import text_width
from firingorder.report.theme import SMALL_PX, THEMES, font
from firingorder.session.archive import Archive
from firingorder.session.feed import LiveStatus
from firingorder.session.office import Office
from firingorder.session.preferences import LIBRARY_VARIABLE
from firingorder.session.replaying import ReplaySession
from firingorder.session.review import open_review
from firingorder.session.review.labels import read_marks, write_marks
from firingorder.sound.out import Recorder
from tests.gui.pictures import StagedWindow
from tests.gui.test_window import assert_drawn
from tests.session.sessions import run_session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from firingorder.gui.view_models.review_desk import ReviewDesk

BACK, GLUTE = "erector_spinae_left", "gluteus_maximus_left"
PLAIN = Qt.KeyboardModifier.NoModifier
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
K = Qt.Key


@dataclass
class Visit:
    """A window on the page, with a library of its own; its keys go where the keyboard is."""

    window: StagedWindow
    office: Office
    path: Path

    @property
    def page(self) -> ReviewPage:
        return self.window.pages.around.review()

    @property
    def desk(self) -> ReviewDesk:
        assert self.page.desk is not None
        return self.page.desk

    @property
    def entries(self) -> int:
        return len(self.desk.review.ledger.entries)

    def press(self, *keys: Qt.Key, with_: Qt.KeyboardModifier = PLAIN) -> None:
        for key in keys:
            QTest.keyClick(QApplication.focusWidget() or self.window, key, with_)
        self.window.tick()

    def type(self, text: str) -> None:
        QTest.keyClicks(QApplication.focusWidget() or self.window, text)

    def open(self, path: Path) -> None:
        self.page.open_path(path)
        self.wait(lambda: not self.page.opening)

    def wait(self, there: Callable[[], bool]) -> None:
        for _ in range(6000):
            self.window.tick()
            if there():
                return
            pause = QEventLoop()  # QTest.qWait keeps the interpreter to itself: threads starve
            QTimer.singleShot(10, pause.quit)
            pause.exec()
        raise AssertionError("it never came")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("review")
    channels = (GLUTE, BACK)
    run_session(folder / "one.mcap", scenario="bridge", seed=3, duration_s=21.0, channels=channels)
    return folder


@pytest.fixture
def visit(qtbot, kept: Path) -> Visit:
    """A window with the recording open; it is analysed once, and nothing corrected stays."""
    office = Office(folder=kept, settings_file=kept / "settings.json")
    window = StagedWindow(
        IdleSource(), page="review", office=office, open_sound=lambda: Recorder(lambda: 0.0)
    )
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()

    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=20_000)
    made = Visit(window, office, kept / "one.mcap")
    made.open(made.path)
    ledger = made.desk.review.ledger
    ledger.withdraw([one.id for one in ledger.entries if one.kind != "undo"])
    made.open(made.path)
    assert made.desk.standing.empty
    return made


def test_nothing_is_paused_where_nothing_runs(visit: Visit) -> None:
    """On the page Live "Paused" stood over "Turn on the belt" and could not be taken away."""
    visit.window.show_page("live")
    visit.press(K.Key_Space)
    visit.window.tick()
    assert visit.window.overlay.kind == ""
    assert not visit.window.paused


def test_a_start_is_moved_by_keys_kept_dropped_and_taken_back(visit: Visit) -> None:
    desk, page = visit.desk, visit.page
    rep = desk.rep
    assert rep is not None
    assert rep.verdict == "glutes_first"  # what the scenario does
    was = rep.onsets[BACK]
    assert was is not None
    visit.press(K.Key_Tab)
    assert desk.channel == BACK
    before = visit.entries
    for _ in range(20):
        visit.press(K.Key_Less, with_=SHIFT)
    visit.press(K.Key_Comma)
    assert desk.pending is not None
    assert desk.pending.onset_s == pytest.approx(was.onset_s - 0.201)
    # The card follows while nothing is kept yet.
    shown = page.main.card.accessibleDescription()
    assert "back first" in shown
    assert (visit.entries, desk.found(1) == rep) == (before, True)
    visit.press(K.Key_Escape)
    assert desk.rep == rep
    visit.press(K.Key_Comma, K.Key_Comma, K.Key_Return)
    found = desk.found(1)
    assert found is not None
    onset = found.onsets[BACK]
    assert onset is not None
    assert onset.onset_s == pytest.approx(was.onset_s - 0.002)
    newest = desk.review.ledger.entries[-1]
    assert (newest.channel, newest.automatic_s) == (BACK, was.onset_s)
    assert desk.review.analysis.repetitions[0] == rep  # the automatic value stays
    view = page.main.signals.view
    assert view is not None
    mark = next(lane.mark for lane in view.lanes if lane.channel == BACK)
    assert mark is not None
    assert (mark.edited, mark.automatic) == (True, was)
    assert "moved" in page.main.card.lines[0]
    visit.press(K.Key_Z, with_=CONTROL)
    assert desk.rep == rep
    visit.press(K.Key_Y, with_=CONTROL)
    assert desk.rep != rep
    visit.press(K.Key_R)
    assert desk.rep == rep


def test_a_line_is_dragged_by_the_mouse_and_let_be_by_esc(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It drops moves that come faster than a mouse makes them, as those of a test do.
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", -1)
    panel, desk = visit.page.main.signals, visit.desk
    view = panel.view
    assert view is not None
    panel.grab()  # everything has its place
    lane = next(k for k, one in enumerate(view.lanes) if one.channel == BACK)
    mark = view.lanes[lane].mark
    assert mark is not None
    height = panel.box.viewRect().height() / (len(view.lanes) + view.has_lift)
    at = QPointF((mark.at_s - view.zero_s) * 1e3, (lane + 0.5) * height)
    scene = panel.box.mapViewToScene(at)
    spot = panel.plot.mapFromScene(scene)
    port = panel.plot.viewport()

    def hold(by_px: int) -> None:
        QTest.mouseMove(port, spot)
        QTest.mousePress(port, Qt.MouseButton.LeftButton, PLAIN, spot)
        for part in (0.3, 0.6, 1.0):
            QTest.mouseMove(port, spot + QPoint(round(by_px * part), 0))
            QApplication.processEvents()

    before = visit.entries
    hold(60)
    assert panel.dragging
    assert desk.pending is not None
    visit.press(K.Key_Escape)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, PLAIN, spot + QPoint(60, 0))
    assert (visit.entries, desk.pending) == (before, None)
    hold(60)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, PLAIN, spot + QPoint(60, 0))
    assert visit.entries == before + 1
    moved = desk.review.ledger.entries[-1]
    per_px = 1.2 / panel.box.width()  # the onset zoom is 1.2 s wide
    assert moved.onset_s == pytest.approx(mark.at_s + 60 * per_px, abs=3 * per_px)


def test_left_out_with_a_reason_noted_and_counted_again(visit: Visit) -> None:
    desk, page = visit.desk, visit.page
    visit.press(K.Key_Right, K.Key_X)
    assert page.card.open
    visit.press(K.Key_T)  # a letter to be searched for, no note
    assert page.card.edit.text().lower() == "t"
    page.card.edit.setText("")
    visit.type("another")
    visit.press(K.Key_Return)
    visit.type("coughed")
    visit.press(K.Key_Return)
    assert not page.card.open
    row = page.main.list.rows.rows[1]
    assert (row.state, row.note) == ("excluded", "coughed")
    found = desk.found(2)
    assert found is not None
    assert not found.scored
    visit.press(K.Key_T)
    visit.type("asked again")
    visit.press(K.Key_Return)
    assert any("asked again" in line for line in page.main.card.lines)
    visit.press(K.Key_X)
    assert page.main.list.rows.rows[1].state == "auto"


def test_panels_stand_in_place_of_the_lanes_and_keys_stay_on_the_page(visit: Visit) -> None:
    page, window = visit.page, visit.window
    for key, name in ((K.Key_W, "why"), (K.Key_G, "gallery")):
        visit.press(key)
        assert page.main.panel == name
        visit.press(K.Key_Right, K.Key_Left)
        panel = page.main.over.currentWidget()
        assert isinstance(panel, QWidget)
        visit.wait(lambda panel=panel: bool(panel.accessibleDescription()))
        assert_drawn(panel)
        visit.press(K.Key_Escape)
        assert page.main.panel == ""
    visit.press(K.Key_P, with_=CONTROL)  # the therapist's panel of the window, elsewhere
    assert page.card.open
    assert not any(card.asks for card in window.cards)
    visit.press(K.Key_Escape)
    visit.press(K.Key_2)
    assert visit.desk.preset == "rep"
    visit.press(K.Key_3, K.Key_Plus)
    assert visit.desk.preset is None
    visit.press(K.Key_1)
    first = visit.desk.window
    visit.press(K.Key_Space)
    assert page.acts.playing.player.playing
    visit.window.held_clock["s"] += 60.0
    visit.press(K.Key_E)
    assert not page.acts.playing.player.playing  # it stops at the end of the window
    assert visit.desk.window.length_s == pytest.approx(first.length_s)


def test_who_marks_blind_sees_nothing_that_was_found(visit: Visit) -> None:
    page = visit.page
    visit.press(K.Key_B)
    page.card.edit.setText("R7")
    visit.press(K.Key_Return)
    blind = page.acts.panels.blind
    assert not page.transport.undo.isEnabled()  # nor by the mouse
    marking = page.acts.panels.marking
    assert marking is not None
    assert blind.geometry() == page.main.rect()  # names, list and card are covered
    names = (*visit.desk.channels, "Glute", "Lumbar")
    assert not any(name in blind.accessibleDescription() for name in names)
    visit.press(K.Key_Right)  # moves the line, not the repetition
    assert visit.desk.current == 1
    visit.press(K.Key_X, K.Key_W)
    assert not page.card.open
    total = len(marking.series.items)
    visit.press(K.Key_Return)
    for _ in range(total - 1):
        visit.press(K.Key_N)
    visit.wait(lambda: "signals are marked" in marking.told[0])
    assert f"{total} of {total}" in marking.told[0]
    out = visit.path.with_name("marks.json")
    page.acts.panels.marks.labels_path = lambda *_: str(out)
    visit.press(K.Key_S, with_=CONTROL)
    assert json.loads(out.read_text())["rater"] == "R7"
    visit.press(K.Key_Escape)
    assert not blind.isVisible()
    visit.press(K.Key_B)
    page.card.edit.setText("R7")
    visit.press(K.Key_Return)
    again = page.acts.panels.marking
    assert again is not None
    assert len(again.series.marks) == total  # marks stay
    other = read_marks(out)
    later = {at: None if s is None else s - 0.010 for at, s in other.onsets_s.items()}
    write_marks(replace(other, rater="K2", onsets_s=later), out.with_name("k2.json"))
    page.acts.panels.marks.marks_path = lambda *_: str(out.with_name("k2.json"))
    visit.press(K.Key_C)
    visit.wait(lambda: "R7 minus K2: 10.0 (" in " ".join(again.told))


def test_without_its_library_a_recording_is_corrected_all_the_same(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = "postgresql+psycopg://nobody@127.0.0.1:9/nothing"
    monkeypatch.setenv(LIBRARY_VARIABLE, away)
    office = Office(folder=visit.path.parent, settings_file=visit.path.parent / "settings.json")
    office.change(therapist="Ortiz")
    window = StagedWindow(IdleSource(), page="review", office=office)
    window.show()
    other = Visit(window, office, visit.path)
    other.open(visit.path)
    assert "kept beside the recording until then" in other.page.acts.said
    other.page.acts.do(lambda d: d.drag(BACK, d.zero_s + 0.2))
    other.page.acts.do(lambda d: d.keep())
    window.close()  # whatever is being written is on the disk then
    monkeypatch.delenv(LIBRARY_VARIABLE)
    visit.open(visit.path)
    (entry,) = visit.desk.standing.onsets.values()
    assert entry.who == "Ortiz"
    visit.desk.review.settle(10.0)
    visit.desk.review.look()
    visit.wait(lambda: not list(visit.path.parent.glob("*.corrections.jsonl")))
    kept = visit.office.archive.library.corrections(visit.desk.review.facts.id)
    assert entry.id in {one.id for one in kept}


def test_header_tells_of_the_recording_until_a_session_runs(visit: Visit) -> None:
    bar = visit.window.pages.header
    visit.window.tick()
    assert bar.model is not None
    assert [one.title for one in bar.model.readings] == ["Recorded", "Length"]
    assert (bar.model.tag, bar.model.recording) == ("SIMULATED", "")
    assert "not recording" not in bar.accessibleDescription()
    told = visit.page.header(LiveStatus(connection="streaming", recording="x.mcap"))
    assert told is None


def test_two_people_edit_one_recording_and_nothing_is_lost(visit: Visit) -> None:
    desk = visit.desk
    with_other = Archive.open(folder=visit.path.parent, who="Kim")
    other = open_review(visit.path, with_other)
    onset = other.repetition(2).onsets[BACK]
    assert onset is not None
    other.correct(2, BACK, onset.onset_s + 0.010, why="later")
    visit.press(K.Key_Tab, K.Key_Period, K.Key_Return)
    visit.window.held_clock["s"] += 6.0
    visit.wait(lambda: "Kim changed rep 2" in visit.page.acts.said)
    found = desk.found(2)
    assert found is not None
    moved = found.onsets[BACK]
    assert moved is not None
    assert moved.onset_s == pytest.approx(onset.onset_s + 0.010)
    assert {number for number, _ in desk.standing.onsets} == {1, 2}
    notes = visit.page.main.facts.model
    assert notes is not None
    assert any("Kim" in note for note in notes.notes)


def test_files_that_cannot_be_read_get_one_sentence_and_lose_nothing(visit: Visit) -> None:
    page = visit.page
    damaged = visit.path.with_name("damaged.mcap")
    damaged.write_bytes(b"no recording at all" * 40)
    visit.open(damaged)
    assert page.starting
    message = page.start.message.accessibleDescription()
    assert "damaged.mcap" in message
    assert "Traceback" not in message
    visit.press(K.Key_Escape)  # back to what was open
    assert not page.starting
    visit.press(K.Key_O)
    assert page.starting
    assert page.start.rows.rows[0].path == str(visit.path)  # the library has it
    visit.press(K.Key_Return)
    visit.wait(lambda: not page.opening and not page.starting)


def test_what_was_just_recorded_is_offered_and_a_session_is_played_again(visit: Visit) -> None:
    page, window = visit.page, visit.window
    made = replace(LiveStatus(), connection="closed", recording="/somewhere/new.mcap")
    page.show_start()
    page.follow(made)
    assert page.start.rows.rows[0].path == "/somewhere/new.mcap"
    assert window.commands.note() == OFFER
    page.show_main()
    page.follow(replace(made, connection="streaming", source="device"))
    visit.page.acts.playing.replay()  # a session runs: it is not ended by looking at another one
    assert "Ctrl+E" in page.acts.said
    page.follow(LiveStatus())
    page.acts.playing.replay()
    visit.wait(lambda: window.pages.current == "live")
    session = window.commands.session
    assert isinstance(session, ReplaySession)
    visit.wait(lambda: window.model.status.source == "replay")
    session.stop(20.0)


def test_everything_has_a_name_and_is_drawn(visit: Visit) -> None:
    page = visit.page
    for widget in page.findChildren(QWidget):
        if isinstance(widget, QLabel) or not widget.isVisibleTo(page):
            continue
        if isinstance(widget, QPushButton) or type(widget).__module__.startswith("firingorder"):
            if type(widget) is QWidget:
                continue
            found = QAccessible.queryAccessibleInterface(widget)
            assert found.text(QAccessible.Text.Name), widget
    for widget in (page.main.signals, page.main.scrubber, page.main.card, page.transport):
        assert_drawn(widget)
    for button in page.transport.findChildren(QPushButton):
        assert button.accessibleName()


def test_a_note_of_a_lane_is_not_struck_through_by_its_samples(qapp) -> None:
    """All rows of the panel Why read "27 dB over rest" behind their own trace."""
    del qapp
    theme, image = THEMES["dark"], QImage(300, 18, QImage.Format.Format_RGB32)
    image.fill(QColor(255, 0, 0))
    p = QPainter(image)
    draw_note(p, QRectF(8, 0, 200, 18), "27 dB over rest", SMALL_PX, theme)
    p.end()
    width = int(text_width("27 dB over rest", font(SMALL_PX, 500)))
    colours = {image.pixelColor(x, y).red() for x in range(8, 8 + width) for y in range(1, 18)}
    assert max(colours) <= theme.text2.red() + 8
    assert image.pixelColor(290, 9) == QColor(255, 0, 0)
