"""A page around the session is built when it is first needed, and nothing is lost by it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget

from firingorder.gui.review_page import OFFER
from firingorder.gui.view_models.help_keys import help_keys
from firingorder.gui.view_models.programme_desk import ProgrammeDesk
from firingorder.report.theme import LIGHT
from tests.gui.pictures import StagedWindow, free_office
from tests.gui.synthetic import SyntheticSession

if TYPE_CHECKING:
    from firingorder.gui.view_models.pages import PageName

AROUND: tuple[PageName, ...] = (
    "review", "trends", "library", "programme", "exercises", "practise",
)  # fmt: skip


class StrayWindows(QObject):
    """Notes every window that appears."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


@pytest.fixture
def opened(qtbot):
    """Open windows on a synthetic session, shown and closed again with the test."""

    def make(**options) -> StagedWindow:
        window = StagedWindow(SyntheticSession(plain=True), **options)
        qtbot.addWidget(window)
        window.resize(1280, 800)
        window.show()
        return window

    return make


def ended(window: StagedWindow, **changes) -> None:
    """End the session of a window."""
    session = window.commands.session
    assert isinstance(session, SyntheticSession)
    session.status = replace(session.status, connection="closed", **changes)
    window.tick()


def test_a_page_is_built_by_its_first_visit_and_stays(opened) -> None:
    window = opened()
    around = window.pages.around
    window.show_page("setup")
    window.show_page("calibrate")
    window.show_page("live")
    assert around.built == {}
    window.show_page("trends")
    assert list(around.built) == ["trends"]
    page = around.trends()
    window.show_page("live")
    window.show_page("trends")
    assert window.pages.stack.currentWidget() is page is around["trends"]
    assert list(around.built) == ["trends"]
    assert list(opened(page="programme").pages.around.built) == ["programme"]


def test_no_page_appears_as_a_window_while_it_is_built(opened) -> None:
    """One that did would take the keyboard from the window for a moment, and flash."""
    strays, app = StrayWindows(), QApplication.instance()
    assert app is not None
    app.installEventFilter(strays)
    try:
        window = opened()
        window.activateWindow()
        QApplication.processEvents()
        for page in AROUND:
            window.show_page(page)
            assert window.isActiveWindow()
            assert window.pages.around[page].width() == window.width()  # known from the start
    finally:
        app.removeEventFilter(strays)
    assert strays.seen == ["StagedWindow"]


def test_pages_that_come_later_have_the_theme_the_help_and_the_hold_of_the_window(opened) -> None:
    window = opened(theme="light")
    for name in AROUND:
        window.show_page(name)
        page = window.pages.around[name]
        edge = page.grab(QRect(0, 0, 4, 4)).toImage().pixelColor(2, 2)
        assert edge.name() in (LIGHT.background.name(), LIGHT.surface.name()), name
        page.help.click()
        assert window.helped, name
        window.toggle_help()
        page.frame.banner.end_pressed.emit()
        assert window.keys.end.active, name
        page.frame.banner.end_released.emit()
        window.held_clock["s"] += 5.0
        window.tick()
        assert not window.commands.stopped, name  # it was let go in time


def test_the_keys_of_the_pages_follow_their_tabs(opened, qtbot) -> None:
    """The fourth tab was Review and Ctrl+4 the Programme; Review had Ctrl+7."""
    window = opened()
    window.resize(2400, 900)  # all tabs side by side
    QApplication.processEvents()
    tabs = window.pages.header.tabs.tabs
    shown = sorted((name for name in tabs if tabs[name].isVisible()), key=lambda n: tabs[n].x())
    assert len(shown) == 9
    for place, name in enumerate(shown, start=1):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_0 + place), Qt.KeyboardModifier.ControlModifier)
        assert window.pages.current == name
        assert tabs[name].toolTip() == f"Ctrl+{place}"
    titles = [tabs[name].text() for name in shown]
    assert ("Ctrl+1 … 9", ", ".join(titles)) in help_keys("live")
    assert tabs["review"].toolTip() in OFFER


def test_a_recording_that_ended_before_the_review_was_seen_is_offered(opened) -> None:
    window = opened(hat="person")
    ended(window, recording="made.mcap")
    assert window.commands.note() == OFFER
    assert list(window.pages.around.built) == ["review"]
    window.show_page("review")
    assert [row.path for row in window.pages.around.review().start.rows.rows] == ["made.mcap"]


@pytest.mark.parametrize("changes", [{"source": "replay"}, {"recording": None}])
def test_nothing_is_built_for_a_session_that_left_no_recording(opened, changes) -> None:
    window = opened()
    ended(window, **changes)
    assert window.pages.around.built == {}


def test_erasing_needs_no_review_and_reaches_one_that_nobody_has_seen(opened) -> None:
    window = opened(hat="person", office=free_office())
    around = window.pages.around
    around.library().erasing.emit("P-0007")
    assert list(around.built) == ["library"]
    ended(window, recording="made.mcap", person="P-0007")
    around.library().erasing.emit("P-0011")
    assert around.review().just_made == "made.mcap"
    around.library().erasing.emit("P-0007")
    assert around.review().just_made == ""


def test_pages_reach_pages_that_are_not_there_yet(opened) -> None:
    window = opened()
    around = window.pages.around
    desk = ProgrammeDesk(window.office)
    desk.new("Mine", empty=True)
    desk.save()
    window.show_page("exercises")
    around.exercises().added.emit("clam")
    assert window.pages.current == "programme"
    present = around.programme().desk.present
    assert present is not None
    assert [item.exercise for item in present.items][1:] == ["clam"]
    window.show_page("library")
    around.library().trends_asked.emit("P-0007")
    assert window.pages.current == "trends"
    assert around.trends()._person == "P-0007"
    assert "review" not in around.built
    around.trends().opened.emit("gone.mcap")
    assert window.pages.current == "review"
    assert around.review().opening
