"""A card shows the whole of its sentence, however long it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QWidget

from firingorder.gui.page_frame import PageFrame
from firingorder.gui.state_panel import CARD_MARGIN_PX, StatePanel
from firingorder.gui.view_models.link_state import StateView
from firingorder.report.theme import DARK, TITLE_PX, font, load_fonts

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

LONG = (
    "127.0.0.1:9555 does not speak frame v1: 67200 bytes came, none of them in a frame. Check that "
    "this is the right port and, on a serial line, the baud rate. And a further sentence that says "
    "what else could be done about it, so that four lines are needed."
)


def test_a_long_sentence_makes_the_card_higher(qtbot: QtBot) -> None:
    """The third line of a refusal was cut through."""
    load_fonts()
    panel = StatePanel(DARK, card=True)
    qtbot.addWidget(panel)
    panel.resize(1280, 700)
    panel.show_state(StateView("refused", "Device refused", "Short.", "Close", "close", card=True))
    usual_px, usual_top = panel.sentence_px(), panel.button.y()
    panel.show_state(StateView("refused", "Device refused", LONG, "Close", "close", card=True))
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
    metrics = QFontMetricsF(font(TITLE_PX, 500))
    width = 680 - 2 * CARD_MARGIN_PX
    needed = metrics.boundingRect(QRectF(0, 0, width, 10_000), flags, LONG).height()
    assert needed > usual_px
    assert panel.sentence_px() >= needed
    assert panel.button.y() > usual_top


def test_a_page_shows_in_its_banner_what_a_card_hides(qtbot: QtBot) -> None:
    load_fonts()
    page = QWidget()
    qtbot.addWidget(page)
    frame = PageFrame(page, DARK, QWidget(), QWidget())
    beside = StateView("unrecorded", "Nothing is recorded", "It is read-only.", "Allow writing")
    looking = StateView("searching", "Turn on the belt", "Not there.", "", card=True, beside=beside)
    loose = StateView("contact", "A pad is loose", "Not decided.", "Press it flat", beside=beside)
    assert not frame.show_state(looking)
    assert (frame.card.view, frame.banner.view) == (looking, beside)
    assert frame.show_state(loose)
    assert frame.banner.view == beside
    for hidden in (looking, loose):
        frame.show_beside(hidden)
        assert frame.banner.view == beside
    frame.show_beside(replace(looking, beside=None))
    assert frame.banner.view is None or frame.banner.isHidden()
