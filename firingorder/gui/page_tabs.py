"""The tabs of the header: one word a page, the present one in a filled pill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from firingorder.gui.key_button import HIT_PX, KeyButton
from firingorder.gui.view_models.pages import KEPT_PAGES, PAGES, SESSION_PAGES
from firingorder.report.painter import CENTRE, draw_round, draw_text, text_width
from firingorder.report.theme import BODY_PX, Theme, blend, font

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from firingorder.gui.view_models.pages import PageName, PageTitle

PILL_PX = 36


class PageTab(KeyButton):
    """One tab. A screen reader hears which one is the present page."""

    def __init__(self, page: PageTitle, theme: Theme) -> None:
        super().__init__(page.title, "", theme)
        self._page = page
        self.setCheckable(True)
        self.setToolTip(page.key)
        self.set_current(current=False)

    def set_current(self, *, current: bool) -> None:
        """Mark the tab as that of the present page, or of another one."""
        self.setChecked(current)
        here = "Present page. " if current else ""
        self.setAccessibleName(f"{self._page.title} page")
        self.setAccessibleDescription(f"{here}Key {self._page.key}")
        self.update()

    def nextCheckState(self) -> None:
        """Leave the mark to the page that is shown."""

    def sizeHint(self) -> QSize:
        """Return room for the word, as high as a finger needs."""
        return QSize(round(text_width(self.text(), font(BODY_PX, 700))) + 44, HIT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the word, in a filled pill on the present page."""
        theme, p = self._theme, QPainter(self)
        rect = QRectF(0, (self.height() - PILL_PX) / 2, self.width(), PILL_PX)
        if self.isChecked():
            draw_round(p, rect, PILL_PX / 2, theme.text)
        elif self.underMouse() or self.isDown():
            draw_round(p, rect, PILL_PX / 2, blend(theme.text2, theme.surface2, 0.15))
        ink = theme.surface if self.isChecked() else theme.text2
        weight = 700 if self.isChecked() else 600
        draw_text(p, rect, self.text(), font(BODY_PX, weight), ink, CENTRE)
        if self.hasFocus():
            p.setPen(QPen(theme.accent, 2))
            p.drawRoundedRect(rect.adjusted(2, 2, -2, -2), PILL_PX / 2 - 2, PILL_PX / 2 - 2)
        p.end()


class PageTabs(QWidget):
    """All tabs in one rounded trough."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Pages")
        row = QHBoxLayout(self)
        row.setContentsMargins(5, 0, 5, 0)
        row.setSpacing(2)
        self.tabs: dict[PageName, PageTab] = {}
        for page in PAGES:
            tab = PageTab(page, theme)
            tab.clicked.connect(lambda _checked=False, name=page.name: self.chosen.emit(name))
            row.addWidget(tab)
            self.tabs[page.name] = tab
        self.more = KeyButton("More", "", theme)
        self.more.setAccessibleName("More pages")
        self.more.clicked.connect(self._open_menu)
        row.addWidget(self.more)
        self._kept: tuple[PageName, ...] = KEPT_PAGES[0]
        self._current = PAGES[0].name
        self._fold()

    def fit(self, width_px: float, most_px: float) -> None:
        """Put as many pages as must be behind one button, but for the present one.

        ``most_px``: the room there is once all that may go beside the tabs is gone. The pages of a
        session stay together as long as they fit into that.
        """
        fits = (kept for kept in KEPT_PAGES if self._needs_px(kept) <= width_px)
        least = SESSION_PAGES if self._needs_px(SESSION_PAGES) <= most_px else ()
        kept = next(fits, least)
        if kept != self._kept:
            self._kept = kept
            self._fold()

    def _needs_px(self, kept: tuple[PageName, ...]) -> int:
        row = self.layout()
        assert row is not None
        shown: list[QWidget] = [self.tabs[name] for name in self.tabs if self._stays(name, kept)]
        if len(shown) < len(self.tabs):
            shown.append(self.more)
        margins = row.contentsMargins().left() + row.contentsMargins().right()
        return sum(one.sizeHint().width() + row.spacing() for one in shown) + margins

    def _stays(self, name: PageName, kept: tuple[PageName, ...]) -> bool:
        return name in kept or name == self._current

    def show_page(self, current: PageName) -> None:
        """Mark the present page."""
        for name, tab in self.tabs.items():
            if tab.isChecked() != (name == current):
                tab.set_current(current=name == current)
        if current != self._current:
            self._current = current
            self._fold()

    def _fold(self) -> None:
        for name, tab in self.tabs.items():
            tab.setVisible(self._stays(name, self._kept))
        self.more.setVisible(len(self._kept) < len(PAGES))

    def _open_menu(self) -> None:
        menu = QMenu(self)
        for page in PAGES:
            if page.name not in self._kept:
                action = menu.addAction(f"{page.title}\t{page.key}")
                action.triggered.connect(
                    lambda _checked=False, name=page.name: self.chosen.emit(name)
                )
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the trough."""
        p = QPainter(self)
        p.fillRect(self.rect(), self._theme.surface)
        trough = QRectF(0, (self.height() - PILL_PX) / 2 - 4, self.width(), PILL_PX + 8)
        draw_round(p, trough, trough.height() / 2, self._theme.surface2)
        p.end()
