"""Where everything of the strip panel lies, in whole px."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.gui.view_models.desk import StripRow

HEADER_PX, AXIS_HEIGHT_PX = 52, 30
NAME_PX, READING_PX = 150, 88
BADGE_PX = 26


@dataclass(frozen=True, slots=True)
class StripLayout:
    """Rectangles of the panel: the plot, one per strip, the lane of repetitions, the lift."""

    panel: QRect
    plot: QRect
    strips: tuple[QRect, ...]
    groups: tuple[tuple[str, QRect], ...]
    badges: QRect
    lift: QRect | None


def lay_out(panel: QRect, rows: Sequence[StripRow], *, has_imu: bool) -> StripLayout:
    """Return the layout of the panel for these strips."""
    width = max(2, panel.width() - NAME_PX - READING_PX)
    height = max(len(rows) + 1, panel.height() - HEADER_PX - AXIS_HEIGHT_PX)
    plot = QRect(panel.left() + NAME_PX, panel.top() + HEADER_PX, width, height)
    per_strip = height / (max(1, len(rows)) + (1.0 if has_imu else 0.0))
    lift_height = round(min(110.0, max(54.0, per_strip))) if has_imu else 0
    strips_height = height - lift_height - BADGE_PX
    edges = [
        plot.top() + round(k * strips_height / max(1, len(rows))) for k in range(len(rows) + 1)
    ]
    strips = tuple(QRect(plot.left(), a, width, b - a) for a, b in pairwise(edges))
    badges = QRect(plot.left(), plot.top() + strips_height, width, BADGE_PX)
    lift = QRect(plot.left(), badges.bottom() + 1, width, lift_height) if has_imu else None
    return StripLayout(panel, plot, strips, _groups(panel, rows, strips), badges, lift)


def _groups(
    panel: QRect, rows: Sequence[StripRow], strips: Sequence[QRect]
) -> tuple[tuple[str, QRect], ...]:
    groups: dict[str, QRect] = {}
    for row, strip in zip(rows, strips, strict=True):
        spot = QRect(panel.left(), strip.top(), panel.width(), strip.height())
        groups[row.muscle] = groups[row.muscle].united(spot) if row.muscle in groups else spot
    return tuple(groups.items())
