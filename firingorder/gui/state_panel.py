"""A state on the screen: a banner along the top, or a card in the middle when nothing streams."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from firingorder.gui.fitted_text import wrapped_px
from firingorder.gui.key_button import HIT_PX, KeyButton
from firingorder.gui.state_icons import draw_state_icon
from firingorder.report.painter import CENTRE, draw_round, draw_text, fit_font, text_width
from firingorder.report.theme import BODY_PX, HEADLINE_PX, SMALL_PX, TITLE_PX, Theme, blend, font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from firingorder.gui.view_models.link_state import StateView

BANNER_PX = 60
CARD_MARGIN_PX = 40
#: Between two buttons; and how many may stand beside the first.
BUTTON_GAP_PX, MOST_MORE = 12, 2
#: Room that a banner keeps for its title and its sentence.
LEAST_WORDS_PX = 560
#: Height of the usual sentence of a card; a longer one makes the card higher.
TWO_LINES_PX = 56.0


def state_colours(theme: Theme, tone: str) -> tuple[QColor, QColor]:
    """Return ink and ground of a state."""
    return {
        "neutral": (theme.text, theme.surface2),
        "info": (theme.accent, blend(theme.accent, theme.surface, 0.12)),
        "warn": (theme.close, theme.close_on),
        "alarm": (theme.record, blend(theme.record, theme.surface, 0.16)),
    }[tone]


class StatePanel(QWidget):
    """Shows one state with its icon, one sentence and its action; others stand beside it.

    ``enter``: whether the key Enter is the panel's where it stands. Signals ``acted(action_id)``
    when a plain button is pressed; the end of a session needs a hold and is signalled by
    ``end_pressed`` and ``end_released``.
    """

    acted = Signal(str)
    end_pressed = Signal()
    end_released = Signal()

    def __init__(self, theme: Theme, *, card: bool, enter: bool = True) -> None:
        super().__init__()
        self._theme, self._card, self._enter = theme, card, enter
        self._view: StateView | None = None
        self.setAccessibleName("State of the session")
        self.button = KeyButton("", "", theme, primary=card)
        self.button.setParent(self)
        self.button.setAccessibleName("Action")
        self.button.clicked.connect(self._clicked)
        self.button.pressed.connect(self._pressed)
        self.button.released.connect(self._released)
        self.more = tuple(KeyButton("", "", theme) for _ in range(MOST_MORE))
        for at, button in enumerate(self.more):
            button.setParent(self)
            button.setAccessibleName("Further action")
            button.hide()
            button.clicked.connect(lambda _checked=False, at=at: self._more_clicked(at))
        if not card:
            self.setFixedHeight(BANNER_PX)
        if not card:
            self.hide()

    @property
    def view(self) -> StateView | None:
        """The state shown."""
        return self._view

    def show_state(self, view: StateView | None) -> None:
        """Show the state, or nothing."""
        if view == self._view:
            return
        self._view = view
        if not self._card:
            self.setVisible(view is not None)
        if view is None:
            return
        self.setAccessibleDescription(f"{view.title}. {view.sentence} {view.action}")
        self.button.setVisible(view.action_id is not None)
        self.button.set_label(view.action)
        self.button.set_key(self._key(view.key))
        for at, button in enumerate(self.more):
            button.setVisible(at < len(view.more))
            if at < len(view.more):
                button.set_label(view.more[at].words)
                button.set_key(self._key(view.more[at].key))
        self._place()
        self.update()

    def entered(self) -> bool:
        """Do what Enter means here; False where it means something else."""
        view = self._view
        if view is None or view.action_id is None or view.key != "Enter":
            return False
        self.acted.emit(view.action_id)
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the button where it belongs."""
        self._place()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the banner or the card."""
        if self._view is None:
            return
        p = QPainter(self)
        (self._paint_card if self._card else self._paint_banner)(p, self._view)
        p.end()

    def _paint_banner(self, p: QPainter, view: StateView) -> None:
        theme, rect = self._theme, QRectF(self.rect())
        ink, ground = state_colours(theme, view.tone)
        p.fillRect(rect, theme.background)
        box = rect.adjusted(20, 8, -20, 0)
        draw_round(p, box, 10, ground, ink)
        draw_state_icon(p, QPointF(box.left() + 30, box.center().y()), 26, view.kind, ink)
        left, title_font = box.left() + 58, font(TITLE_PX, 700)
        right = float(self.button.x() - 16) if view.action_id else box.right() - 18
        words = _banner_words(view)
        p.setFont(title_font)
        width = p.fontMetrics().horizontalAdvance(view.title) + 20
        draw_text(p, QRectF(left, box.top(), width, box.height()), view.title, title_font, ink)
        rest = QRectF(left + width, box.top(), right - left - width, box.height())
        words_font = font(BODY_PX, 500)
        if text_width(words, words_font) <= rest.width():
            draw_text(p, rest, words, words_font, theme.text)
            return
        p.setFont(font(SMALL_PX, 500))  # two lines rather than half a sentence
        p.setPen(theme.text)
        wrapped = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        p.drawText(rest, int(wrapped), words)

    def _paint_card(self, p: QPainter, view: StateView) -> None:
        theme = self._theme
        p.fillRect(self.rect(), theme.background)
        box = self._box()
        ink, _ = state_colours(theme, view.tone)
        draw_round(p, box, 22, theme.surface, theme.strong_line)
        draw_state_icon(p, QPointF(box.center().x(), box.top() + 92), 84, view.kind, ink)
        inner = box.adjusted(CARD_MARGIN_PX, 0, -CARD_MARGIN_PX, 0)
        title = QRectF(inner.left(), box.top() + 156, inner.width(), 50)
        title_font = fit_font(view.title, HEADLINE_PX, 700, inner.width())
        draw_text(p, title, view.title, title_font, theme.text, CENTRE)
        said = QRectF(inner.left(), title.bottom() + 2, inner.width(), self.sentence_px())
        p.setFont(font(TITLE_PX, 500))
        p.setPen(theme.text2)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        p.drawText(said, int(flags | Qt.TextFlag.TextWordWrap), view.sentence)
        if view.action_id is None:
            hint = QRectF(inner.left(), box.bottom() - 40 - HIT_PX, inner.width(), HIT_PX)
            draw_text(p, hint, view.action, font(TITLE_PX, 600), theme.text, CENTRE)

    def sentence_px(self) -> float:
        """Return the height the card gives to its sentence: all of it, two lines at least."""
        width = round(self._card_width() - 2 * CARD_MARGIN_PX)
        words = "" if self._view is None else self._view.sentence
        flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
        metrics = QFontMetricsF(font(TITLE_PX, 500))
        needed = metrics.boundingRect(QRectF(0, 0, width, 10_000), flags, words).height()
        return max(TWO_LINES_PX, needed)

    def _card_width(self) -> float:
        return min(680.0, self.width() - 80.0)

    def _box(self) -> QRectF:
        height = min(400.0 - TWO_LINES_PX + self.sentence_px(), self.height() - 40.0)
        width = self._card_width()
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def _place(self) -> None:
        """Put the buttons in a row: below the sentence of a card, at the right of a banner."""
        further = list(self.more[: len(self._view.more) if self._view else 0])
        while (
            not self._card
            and further
            and self._width([self.button, *further]) > self.width() - (LEAST_WORDS_PX)
        ):
            further.pop(0).hide()  # what it does has a key
        for button in further:
            button.show()
        row = [self.button, *further]
        sizes, width = [button.sizeHint() for button in row], self._width(row)
        if self._card:
            box, height = self._box(), sizes[0].height()
            left, top = round(box.center().x() - width / 2), round(box.bottom() - 40 - height)
        else:
            left = self.width() - 26 - width
            banner_px = self._banner_px(left)
            self.setFixedHeight(banner_px)
            height, top = 40, 8 + (banner_px - 8 - 40) // 2
        for button, size in zip(row, sizes, strict=True):
            button.setGeometry(left, top, size.width(), height)
            left += size.width() + BUTTON_GAP_PX

    def _banner_px(self, buttons_at: int) -> int:
        """Return the height of a banner in which its whole sentence stands beside the buttons."""
        view = self._view
        if view is None:
            return BANNER_PX
        right = buttons_at - 16 if view.action_id else self.width() - 38
        room = right - 98 - text_width(view.title, font(TITLE_PX, 700))
        needed = wrapped_px(_banner_words(view), SMALL_PX, 500, max(room, 100.0))
        return max(BANNER_PX, math.ceil(needed) + 16)

    def _width(self, row: Sequence[KeyButton]) -> int:
        """Return the width of buttons in a row."""
        words = sum(button.sizeHint().width() for button in row)
        return words + BUTTON_GAP_PX * (len(row) - 1)

    def _key(self, key: str) -> str:
        """Return the key that a button names: Enter only where it is the panel's."""
        return key if self._enter or key != "Enter" else ""

    def _more_clicked(self, at: int) -> None:
        if self._view and at < len(self._view.more):
            self.acted.emit(self._view.more[at].action_id)

    def _clicked(self) -> None:
        if self._view and self._view.action_id and self._view.action_id != "end":
            self.acted.emit(self._view.action_id)

    def _pressed(self) -> None:
        if self._view and self._view.action_id == "end":
            self.end_pressed.emit()

    def _released(self) -> None:
        if self._view and self._view.action_id == "end":
            self.end_released.emit()


def _banner_words(view: StateView) -> str:
    """Return the sentence of a banner; what is done by hand stands in it, too."""
    action = "" if view.action_id else f"{view.action}."
    return f"{view.sentence} {action}".strip()
