"""The signal panel of the review as data."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING, Literal, TypeVar

from firingorder.gui.view_models.review_window import axis_label, axis_step_ms, clock_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.gui.view_models.review_marks import Lane
    from firingorder.gui.view_models.review_window import Preset, TimeWindow

Kind = Literal["raw", "filtered"]
#: From this length on the axis shows the time of the recording.
CLOCK_S = 12.0
HINT = "drag a marker to correct an onset"
HINT_PENDING = "Enter keeps, Esc drops"


@dataclass(frozen=True, slots=True)
class SignalsView:
    """Lanes, window and zero. ``blind``: names and what was found are not shown."""

    title: str
    hint: str
    lanes: tuple[Lane, ...]
    window: TimeWindow
    zero_s: float
    preset: Preset | None
    kind: Kind
    has_lift: bool
    movement_s: float | None = None
    editable: bool = True
    blind: bool = False

    @property
    def span_ms(self) -> tuple[float, float]:
        """The window, ms about the zero."""
        first = (self.window.first_s - self.zero_s) * 1e3
        return first, first + self.window.length_s * 1e3

    def ticks_ms(self, width_px: float) -> tuple[float, ...]:
        """Return where labels and grid lines lie, ms about the zero."""
        first, last = self.span_ms
        step = axis_step_ms(last - first, width_px)
        off = -self.zero_s * 1e3 if self.window.length_s >= CLOCK_S else 0.0
        low, high = ceil((first - off) / step - 1e-9), floor((last - off) / step + 1e-9)
        return tuple(k * step + off for k in range(low, high + 1))

    def tick_label(self, at_ms: float, width_px: float) -> str:
        """Return the words of a label."""
        first, last = self.span_ms
        step = axis_step_ms(last - first, width_px)
        if self.window.length_s >= CLOCK_S:
            return clock_label(self.zero_s + at_ms / 1e3)
        return axis_label(at_ms, step)

    def groups(self) -> tuple[tuple[str, str, int, int], ...]:
        """Return muscle, title, first lane and one after its last, from top to bottom."""
        found: list[tuple[str, str, int, int]] = []
        for k, lane in enumerate(self.lanes):
            if found and found[-1][0] == lane.muscle:
                muscle, title, first, _ = found[-1]
                found[-1] = (muscle, title, first, k + 1)
            else:
                found.append((lane.muscle, lane.title, k, k + 1))
        return tuple(found)

    @property
    def spoken(self) -> str:
        """The panel for a screen reader."""
        if self.blind:
            return f"{self.title}, {len(self.lanes)} channels without names, to be marked"
        said = [self.title]
        for lane in self.lanes:
            mark = lane.mark
            where = f"{mark.label(self.zero_s)} ms" if mark else lane.note or "nothing"
            chosen = ", chosen" if lane.chosen else ""
            said.append(f"{lane.title} {lane.letter} {where}{chosen}")
        return ". ".join(said)


_Spot = TypeVar("_Spot")


def first_of_groups(view: SignalsView, spots: Sequence[_Spot]) -> tuple[_Spot, ...]:
    """Return the spot of the first lane of every muscle."""
    return tuple(spots[first] for _, _, first, _ in view.groups())
