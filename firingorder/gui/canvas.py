"""A widget that shows one frozen model by one drawing function, and says it to screen readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPaintEvent

    from firingorder.report.theme import Theme

Model = TypeVar("Model")


class Canvas(QWidget, Generic[Model]):
    """Paints ``draw(painter, rect, model, theme)`` and repaints only when the model changed.

    ``describe`` gives the accessible description of a model.
    """

    def __init__(
        self,
        name: str,
        theme: Theme,
        draw: Callable[[QPainter, QRectF, Model, Theme], None],
        describe: Callable[[Model], str],
        *,
        opaque: bool = True,
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, opaque)
        self._theme, self._draw, self._describe = theme, draw, describe
        self._model: Model | None = None
        self._hint = QSize()

    def hint(self, width: int, height: int) -> Canvas[Model]:
        """Set the preferred size and return the widget."""
        self._hint = QSize(width, height)
        return self

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return self._hint

    @property
    def model(self) -> Model | None:
        """What is shown."""
        return self._model

    def show_model(self, model: Model) -> None:
        """Show the model; an equal one costs nothing."""
        if model == self._model:
            return
        self._model = model
        self.setAccessibleDescription(self._describe(model))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the model, or the ground while there is none."""
        p = QPainter(self)
        rect = QRectF(self.rect())
        if self._model is None:
            p.fillRect(rect, self._theme.background)
        else:
            self._draw(p, rect, self._model, self._theme)
        p.end()
