"""What is to be read is not cut: lines of help, headers, notes."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication

from firingorder.gui import review_scrubber, setup_overlay, setup_static, wizard_steps
from firingorder.gui import top_bar as top_bar_module
from firingorder.gui.bottom_bar import HEIGHT_PX
from firingorder.gui.key_button import KeyButton
from firingorder.gui.review_scrubber import Scrubber
from firingorder.gui.view_models.calibration_story import StepLine
from firingorder.gui.view_models.desk import top_bar
from firingorder.gui.view_models.pages import NOT_SCORED, PageName
from firingorder.gui.view_models.review_scrub import ScrubIcon, ScrubView
from firingorder.gui.view_models.review_window import TimeWindow
from firingorder.gui.view_models.setup_words import GUIDE_RULES
from firingorder.measures import SensorCheck
from firingorder.report.painter import text_width
from firingorder.report.theme import AXIS_PX, THEMES, font
from firingorder.signal.signal_check_sensor import _WORDS as INSTRUCTIONS
from firingorder.training.exercises import load_task
from firingorder.training.exercises.loader import task_ids
from tests.gui.coached import STATES
from tests.gui.hands import cut_texts
from tests.gui.pictures import staged
from tests.gui.prepared import check
from tests.gui.synthetic import SyntheticSession


@pytest.fixture(scope="module")
def window() -> Any:
    _app = QApplication.instance() or QApplication([])
    made = staged(SyntheticSession(plain=True), 0.4, size=(1280, 800))
    yield made
    made.close()


@pytest.mark.parametrize("size", [(1280, 800), (960, 600)])
@pytest.mark.parametrize("page", [*get_args(PageName), "led"])
def test_help(window, monkeypatch, page, size) -> None:
    """The page Library and a whole keycap were cut at every size."""
    window.resize(*size)
    window.overlay.place()
    cut = cut_texts(monkeypatch)
    here = "live" if page == "led" else page
    window.overlay.show_kind("help", note="Used.", page=here, led=page == "led")
    window.overlay.grab()
    window.overlay.show_kind("")
    assert cut == []


@pytest.mark.parametrize("hat", ["person", "therapist"])
@pytest.mark.parametrize("person", ["", "qx-1"])
@pytest.mark.parametrize("led", [True, False])
def test_what_an_exercise_was_tested_on(window, monkeypatch, hat, person, led) -> None:
    """The header said "tested on simulation o…" beside the button STOP."""
    window.resize(1280, 800)
    header = window.pages.header
    window.model.hat = hat
    window.model.status = replace(
        window.model.status, tested_on="simulation", person=person, source="simulated",
        coach=STATES["work_ok"] if led else None, calibration="Used.",
    )  # fmt: skip
    header.show_stop(led=led)
    header.show_model(top_bar(window.model))
    cut = cut_texts(monkeypatch)
    header.grab()
    assert cut == []


NARROW: dict[str, tuple[int, dict[str, Any]]] = {
    "a belt": (960, {}),
    "a weak link": (960, {"loss_percent": 2.3, "battery_percent": 9.0}),
    "a simulated belt": (960, {"source": "simulated"}),
    "a recording": (1024, {"source": "replay"}),  # its frame and its tag take what is left
}
LONGEST = max((load_task(one).name for one in task_ids()), key=len)


@pytest.mark.parametrize("wider", [0, 64, 320])
@pytest.mark.parametrize("case", NARROW)
def test_names_in_a_narrow_header(window, monkeypatch, wider, case) -> None:
    """Below 1200 px an exercise was "Squeeze l…" beside tabs and readings that could go."""
    width, changes = NARROW[case]
    status = replace(
        window.commands.session.status, task_name=LONGEST, person="p07", tested_on="simulation",
        **changes,
    )  # fmt: skip
    monkeypatch.setattr(window.commands.session, "status", status)
    window.resize(width + wider, 600)
    window.tick()
    cut = cut_texts(monkeypatch)
    header = window.pages.header
    header.grab()
    assert cut == []
    assert header.model.title == f"p07  ·  {LONGEST}"
    tabs = header.tabs
    assert tabs.more.isVisible()
    assert tabs.tabs["live"].isVisible()


def test_readings_that_warn_outlast_tabs_and_names(window, monkeypatch) -> None:
    """At 960 px neither the loss nor the empty battery was shown beside SIMULATED."""
    status = replace(
        window.commands.session.status, task_name=LONGEST, person="p07", tested_on="simulation",
        source="simulated", loss_percent=2.3, battery_percent=9.0,
    )  # fmt: skip
    monkeypatch.setattr(window.commands.session, "status", status)
    window.resize(960, 600)
    window.tick()
    drawn: list[str] = []
    real = top_bar_module.draw_text
    monkeypatch.setattr(
        top_bar_module,
        "draw_text",
        lambda p, rect, text, *a: (drawn.append(text), real(p, rect, text, *a)),
    )
    window.pages.header.grab()
    assert {"2.3 %", "9 %", "SIMULATED", "00:00"} <= set(drawn)


def test_the_header_tells_whole_what_it_may_cut(window, monkeypatch) -> None:
    """Nothing told the words that were cut but a screen reader."""
    status = replace(window.commands.session.status, task_name=LONGEST * 3, person="p07")
    monkeypatch.setattr(window.commands.session, "status", status)
    window.resize(960, 600)
    window.tick()
    header = window.pages.header
    title, *_, readings = header.toolTip().splitlines()
    assert title == f"p07  ·  {LONGEST * 3}"
    assert readings.startswith("Contact 8 / 8")
    assert title in header.accessibleDescription()


def test_lines_of_a_programme(window, monkeypatch) -> None:
    """The line of the whole programme lost its rule for pain."""
    window.resize(1280, 800)
    window.show_page("programme")
    QApplication.processEvents()
    window.tick()
    rows = window.pages.around["programme"].items.rows
    cut = cut_texts(monkeypatch)
    rows.viewport().grab()
    assert cut == []


def test_keys_of_the_buttons_stand_beside_their_words(window) -> None:
    """The key of "Begin training" stood on a second line, on the frame."""
    window.resize(1280, 800)
    window.show_page("live")
    bar = window.desk.bottom_bar
    bar.set_useful(measuring=True, running=True, led=False, played=False)
    QApplication.processEvents()
    shown = [one for one in bar.findChildren(KeyButton) if one.isVisible()]
    assert bar.begin in shown
    assert not [one.text() for one in shown if one.width() < one.sizeHint().width()]


LONG_NOTE = "Sound is off: install PortAudio (on Debian: apt install libportaudio2)."
FREE: dict[str, bool] = {"measuring": True, "running": True, "led": False, "played": False}


@pytest.fixture
def noted_bar(window) -> Any:
    """Buttons of a session that was just begun, below a long note at its start."""
    window.resize(1280, 800)
    window.show_page("live")
    bar = window.desk.bottom_bar
    bar.set_useful(**{**FREE, "measuring": False})
    bar.set_note(LONG_NOTE)
    QApplication.processEvents()
    yield bar
    bar.set_note("")
    QApplication.processEvents()


def test_a_note_finds_room_anew_when_buttons_come(noted_bar) -> None:
    """Five buttons came, and the note stood in five lines between them, taller than the bar."""
    noted_bar.set_useful(**FREE)
    QApplication.processEvents()
    assert noted_bar.height() > HEIGHT_PX  # above the buttons
    noted_bar.set_useful(**{**FREE, "measuring": False})
    QApplication.processEvents()
    assert noted_bar.height() == HEIGHT_PX


def test_a_note_is_painted_where_the_buttons_stand_now(noted_bar) -> None:
    """Pieces of the note at its old place were left between the buttons that moved."""
    painted: list[tuple[QRect, int]] = []

    class Spy(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if isinstance(event, QPaintEvent):
                painted.append((event.rect(), noted_bar.end.x()))
            return False

    before = noted_bar.end.x()
    noted_bar.installEventFilter(spy := Spy())
    noted_bar.end.setText("Hold for long")  # as a wider window does it, after it was painted
    noted_bar.end.updateGeometry()
    QApplication.processEvents()
    noted_bar.removeEventFilter(spy)
    assert noted_bar.end.x() < before
    assert (noted_bar.rect(), noted_bar.end.x()) in painted


@pytest.mark.parametrize("size", [(1280, 800), (960, 600)])
def test_names_of_the_signal_check(qapp, monkeypatch, size) -> None:
    """In the smallest window two muscles were "Hamstri…" and the sensor "Pelvis s…"."""
    session = SyntheticSession()
    session.status = replace(session.status, check=check())
    prepared = staged(session, 0.4, size=size, page="setup")
    cut = cut_texts(monkeypatch)
    prepared.pages.setup.grab()
    prepared.close()
    assert cut == []


@pytest.mark.parametrize("cause", ["upside_down", "turned", "rate", "loose", "bias"])
@pytest.mark.parametrize("size", [(1280, 800), (1100, 600), (960, 600)])
def test_what_is_asked_of_the_sensor_is_whole(qapp, monkeypatch, cause, size) -> None:
    """In the smallest window it was "upside do…", and what to do took three lines of two."""
    sensor = SensorCheck("bad", cause, INSTRUCTIONS[cause], rate_hz=100.0)
    session = SyntheticSession()
    session.status = replace(session.status, check=check(sensor=sensor))
    prepared = staged(session, 0.4, size=size, page="setup")
    cut = cut_texts(monkeypatch)
    lines: list[tuple[float, float]] = []

    def wrapped(p: QPainter, cell: QRectF, text: str, *args: Any) -> None:
        if text == INSTRUCTIONS[cause].rstrip("."):
            flags = int(Qt.TextFlag.TextWordWrap)
            least = QFontMetricsF(font(AXIS_PX, 600))
            needed = least.boundingRect(QRectF(0, 0, cell.width(), 10_000), flags, text)
            lines.append((needed.height(), cell.height()))

    monkeypatch.setattr(setup_static, "_draw_wrapped", wrapped)
    prepared.pages.setup.grab()
    prepared.close()
    assert cut == []
    assert lines
    assert all(needed <= room for needed, room in lines)


@pytest.mark.parametrize("signal", ["motion", "saturated", "crosstalk", "mains"])
def test_words_of_the_signal_light_are_whole(qapp, monkeypatch, signal) -> None:
    session = SyntheticSession()
    bad = {"signal": "bad", "signal_cause": signal}
    session.status = replace(session.status, check=check(hamstring_left=bad))
    prepared = staged(session, 0.4, size=(960, 600), page="setup")
    cut = cut_texts(monkeypatch)
    prepared.pages.setup.grab()
    prepared.close()
    assert cut == []


def test_the_guide_to_the_pads_ends_on_its_card(qapp, monkeypatch) -> None:
    """In the smallest window the rules below it were cut off, with how far apart pads go."""
    session = SyntheticSession()
    session.status = replace(session.status, check=check())
    prepared = staged(session, 0.4, size=(960, 600), page="setup")
    prepared.pages.setup._toggle("guide")
    prepared.tick()
    QApplication.processEvents()
    boxes: list[QRectF] = []
    lines: list[tuple[str, QRectF]] = []
    monkeypatch.setattr(setup_overlay, "draw_round", lambda p, rect, *a: boxes.append(rect))
    monkeypatch.setattr(
        setup_overlay, "draw_text", lambda p, rect, text, *a: lines.append((text, rect))
    )
    prepared.pages.setup.grab()
    prepared.close()
    assert {"Lumbar", *GUIDE_RULES} <= {text for text, _ in lines}
    assert [text for text, rect in lines if rect.bottom() > boxes[0].bottom()] == []


def test_the_list_of_steps_ends_above_its_foot(qapp, monkeypatch) -> None:
    """In the smallest window "Three slow bridges" stood upon "Sound is off"."""
    spots: list[QRectF] = []
    monkeypatch.setattr(wizard_steps, "_draw_step", lambda p, spot, *a: spots.append(spot))
    foot = ("Sound is off: no loudspeaker was found.", NOT_SCORED, "Letters carry 1.2 m")
    steps = tuple(StepLine(str(k), "Lie still", "ahead") for k in range(7))
    view = wizard_steps.StepsView(steps, foot)
    picture = QPixmap(215, 400)
    painter = QPainter(picture)
    wizard_steps.draw_steps(painter, QRectF(picture.rect()), view, THEMES["dark"])
    painter.end()
    assert spots[-1].bottom() <= 400 - wizard_steps._foot_px(view, 184)


def test_the_number_of_the_last_repetition(qapp, monkeypatch) -> None:
    """A repetition at the very end of a recording had half its number beyond the panel."""
    scrubber = Scrubber(THEMES["dark"])
    scrubber.resize(780, 120)
    shown = (ScrubIcon(1, 5.0, "glutes_first", "ok"), ScrubIcon(15, 60.0, "glutes_first", "ok"))
    scrubber.show_view(ScrubView(0.0, 60.0, shown, 15, TimeWindow(59.0, 60.0), None), None)
    ends: dict[str, float] = {}
    monkeypatch.setattr(
        review_scrubber,
        "draw_text",
        lambda p, rect, text, words, *a: ends.update({text: rect.left() + text_width(text, words)}),
    )
    scrubber.grab()
    assert {"1", "15"} <= set(ends)
    assert ends["15"] <= 780
