"""What lies over the whole window: pause, help, and the hold that ends the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from firingorder.gui.fitted_text import draw_wrapped, wrapped_px
from firingorder.gui.state_icons import draw_state_icon
from firingorder.gui.view_models.help_keys import help_keys
from firingorder.report.painter import CENTRE, draw_round, draw_text, fit_font, text_width
from firingorder.report.theme import BODY_PX, NUMBER_PX, SMALL_PX, Theme, font

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from firingorder.gui.view_models.pages import PageName

#: Bars of the ring around the pause sign: those that the hold has passed light up.
RING_BARS = 36
#: Least width of the help, and of its column of keys; both grow with what stands in them.
HELP_PX, CAP_PX = 720.0, 112.0

#: What a hold does, where it is not the end of the session.
_HELD = {"leaving": "Ending the training", "going on": "Going on", "stopping": "STOP"}


class Overlay(QWidget):
    """Covers its parent with a veil. ``share`` of a hold, 0 to 1, turns its ring."""

    pressed = Signal()
    released = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._share, self._kind = theme, 0.0, ""
        self._note, self._led = "", False
        self._page: PageName = "live"
        self.setAccessibleName("Message over the window")
        self.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell the window: a press goes on after a pause if held, and closes the help."""
        self.pressed.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell the window that the press is over."""
        self.released.emit()

    @property
    def kind(self) -> str:
        """What is shown: paused, help, ending, or nothing."""
        return self._kind

    def show_kind(
        self,
        kind: str,
        share: float = 0.0,
        *,
        note: str = "",
        page: PageName = "live",
        led: bool = False,
    ) -> None:
        """Show an overlay by name; an empty name hides it."""
        shown = kind, share, note, page, led
        if shown == (self._kind, self._share, self._note, self._page, self._led):
            return
        self._kind, self._share, self._note, self._page, self._led = shown
        keys = (f"{key}: {words}" for key, words in help_keys(page, led=led))
        said = {
            "paused": "Paused. Hold Space to go on",
            "ending": "Ending the session. Keep holding",
            "leaving": "Ending the training. Keep holding",
            "going on": "Going on. Keep holding",
            "stopping": "STOP. Keep holding",
            "help": "; ".join((*keys, note)),
        }
        self.setAccessibleDescription(said.get(kind, ""))
        self.setVisible(bool(kind))
        if kind:
            self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the veil and what lies on it."""
        if not self._kind:
            return
        p = QPainter(self)
        veil = QColor(self._theme.background)
        veil.setAlphaF(0.92)
        p.fillRect(self.rect(), veil)
        if self._kind == "help":
            self._paint_help(p)
        else:
            self._paint_ring(p)
        p.end()

    def _paint_ring(self, p: QPainter) -> None:
        theme, rect = self._theme, QRectF(self.rect())
        unit = min(rect.width() / 1920, rect.height() / 1080)
        centre = QPointF(rect.center().x(), rect.center().y() - 90 * unit)
        radius = 190 * unit
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for k in range(RING_BARS):
            lit = k < round(self._share * RING_BARS)
            ink = theme.accent if lit else theme.strong_line
            p.setPen(QPen(ink, 9 * unit, c=Qt.PenCapStyle.RoundCap))
            p.save()
            p.translate(centre)
            p.rotate(k * 360.0 / RING_BARS)
            p.drawLine(QPointF(0, -radius), QPointF(0, -radius + 36 * unit))
            p.restore()
        paused = self._kind == "paused"
        icon = "paused" if self._kind in ("paused", "going on") else "refused"
        draw_state_icon(p, centre, 190 * unit, icon, theme.text)
        title, said = ("Paused", "Hold Space to go on")
        if not paused:
            title, said = _HELD.get(self._kind, "Ending the session"), "Keep holding"
        top = centre.y() + radius + 36 * unit
        for text, px, weight, ink, height in (
            (title, 110, 800, theme.text, 130),
            (said, 60, 600, theme.text2, 80),
        ):
            line = QRectF(rect.left() + 40, top, rect.width() - 80, height * unit)
            words = fit_font(text, round(px * unit), weight, line.width())
            draw_text(p, line, text, words, ink, CENTRE)
            top += height * unit

    def _paint_help(self, p: QPainter) -> None:
        theme, rect = self._theme, QRectF(self.rect())
        keys = help_keys(self._page, led=self._led)
        cap_px = max(CAP_PX, *(text_width(key, font(BODY_PX, 600)) + 24 for key, _ in keys))
        words_px = max(text_width(words, font(BODY_PX, 500)) for _, words in keys)
        width = min(max(HELP_PX, cap_px + words_px + 98), rect.width() - 60)
        foot_px = wrapped_px(self._note, SMALL_PX, 500, width - 72)
        step = min(46.0, (rect.height() - 130 - foot_px) / len(keys))
        box = QRectF(0, 0, width, 100.0 + foot_px + step * len(keys))
        box.moveCenter(rect.center())
        draw_round(p, box, 20, theme.surface, theme.strong_line)
        head = QRectF(box.left() + 36, box.top() + 16, box.width() - 72, 40)
        draw_text(p, head, "Keys", font(NUMBER_PX, 700), theme.text)
        for k, (key, words) in enumerate(keys):
            top = box.top() + 64 + step * k
            tall = min(32.0, step - 4)
            cap = QRectF(box.left() + 36, top + (step - tall) / 2, cap_px, tall)
            draw_round(p, cap, 7, theme.surface2, theme.line)
            draw_text(p, cap, key, font(BODY_PX, 600), theme.text, CENTRE)
            line = QRectF(cap.right() + 24, top, box.right() - cap.right() - 60, step)
            words_font = fit_font(words, BODY_PX, 500, line.width(), display=False)
            draw_text(p, line, words, words_font, theme.text)
        foot = QRectF(box.left() + 36, box.bottom() - 16 - foot_px, width - 72, foot_px)
        draw_wrapped(p, foot, self._note, SMALL_PX, 500, theme.text2)
