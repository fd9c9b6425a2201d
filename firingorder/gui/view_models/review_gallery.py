"""The gallery of repetitions as data: which channel lies where, which repetition is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.gui.view_models.desk import strip_order
from firingorder.gui.view_models.review_traces import SCALES_UV
from firingorder.report.wording import muscle_title, side_letter, split_channel

if TYPE_CHECKING:
    from firingorder.session.review.gallery import Gallery, GalleryTrace

#: A plot shows this quantile of its envelopes whole.
_SHOWN = 0.995


@dataclass(frozen=True, slots=True)
class Cell:
    """One channel: where it lies, and its full scale."""

    column: int
    muscle: str
    title: str
    letter: str
    row: int
    across: int
    scale_uv: float


@dataclass(frozen=True, slots=True, eq=False)
class GalleryView:
    """The gallery with what is chosen."""

    gallery: Gallery
    cells: tuple[Cell, ...]
    rows: int
    across: int
    current: int
    title: str
    notes: tuple[str, ...]

    @property
    def chosen(self) -> GalleryTrace | None:
        """The repetition that is chosen."""
        return next((one for one in self.gallery.traces if one.repetition == self.current), None)

    @property
    def spoken(self) -> str:
        """The panel for a screen reader."""
        return ". ".join((self.title, *self.notes))


def gallery_view(found: Gallery, current: int) -> GalleryView:
    """Return the gallery: muscles from top to bottom, left beside right."""
    order = strip_order(found.channels)
    muscles = list(dict.fromkeys(split_channel(found.channels[k])[0] for k in order))
    across = max(
        (sum(split_channel(c)[0] == m for c in found.channels) for m in muscles), default=1
    )
    taken: dict[str, int] = {}
    cells: list[Cell] = []
    for k in order:
        muscle, side = split_channel(found.channels[k])
        at = taken.get(muscle, 0)
        taken[muscle] = at + 1
        cells.append(
            Cell(k, muscle, muscle_title(muscle), side_letter(side), muscles.index(muscle), at,
                 _scale(found, k))
        )  # fmt: skip
    left_out = [one for one in found.traces if not one.counted]
    notes = [f"rep {one.repetition}: {one.why_not}" for one in left_out]
    notes += [f"rep {number}: no such moment" for number in found.missing]
    title = f"Gallery  ·  {found.n} repetitions, {found.words}"
    return GalleryView(found, tuple(cells), len(muscles), across, current, title, tuple(notes))


def nearest(view: GalleryView, cell: Cell, at_ms: float, level_uv: float) -> int | None:
    """Return the repetition whose envelope lies nearest to a point of a plot."""
    found = view.gallery
    k = int(np.argmin(np.abs(found.t_ms - at_ms)))
    away = [
        (abs(float(one.envelope_uv[k, cell.column]) - level_uv), one.repetition)
        for one in found.traces
        if np.isfinite(one.envelope_uv[k, cell.column])
    ]
    return min(away)[1] if away else None


def _scale(found: Gallery, column: int) -> float:
    values = [one.envelope_uv[:, column] for one in found.traces]
    known = np.concatenate(values) if values else np.zeros(0)
    known = known[np.isfinite(known)]
    need = float(np.quantile(known, _SHOWN)) if known.size else 0.0
    return next((one for one in SCALES_UV if one >= need), SCALES_UV[-1])
