"""The whole recording on one line: glutes up, back down, the outcomes above, the window on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import RepetitionVerdict
    from firingorder.gui.view_models.review_rows import RepRow
    from firingorder.gui.view_models.review_window import TimeWindow
    from firingorder.report.wording import Tone
    from firingorder.samples import FloatArray

#: The line shows this quantile of its columns whole; a single spike may leave it.
_SHOWN = 0.995


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """The whole recording: ``(n_columns,)`` glutes and back, 0 to 1, NaN in gaps."""

    first_s: float
    last_s: float
    glutes: FloatArray
    back: FloatArray


@dataclass(frozen=True, slots=True)
class ScrubIcon:
    """A repetition on the line."""

    index: int
    at_s: float
    verdict: RepetitionVerdict
    tone: Tone


@dataclass(frozen=True, slots=True)
class ScrubView:
    """What lies on the line. ``first_s`` and ``last_s``: the part of the recording it shows."""

    first_s: float
    last_s: float
    icons: tuple[ScrubIcon, ...]
    current: int
    window: TimeWindow
    cursor_s: float | None
    note: str = ""

    @property
    def spoken(self) -> str:
        """The line for a screen reader."""
        return f"{len(self.icons)} repetitions, repetition {self.current} is shown. {self.note}"


def icons(rows: Sequence[RepRow], starts: Sequence[float]) -> tuple[ScrubIcon, ...]:
    """Return the outcomes above the line."""
    return tuple(
        ScrubIcon(row.index, at, row.verdict, row.tone)
        for row, at in zip(rows, starts, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """An icon that has its place: which one, and whether its number fits beside it."""

    at: int
    numbered: bool


def placed(
    xs: Sequence[float], current: int, size: float, numbers_px: Sequence[float]
) -> tuple[Placed, ...]:
    """Return what is drawn, so that nothing covers anything; what does not fit is left out.

    Parameters
    ----------
    xs
        Centres of the icons, px, in order.
    current
        The place of the repetition that is shown: always drawn, with its number; -1: none.
    size
        Width of an icon, px.
    numbers_px
        Room of each number, from the edge of its icon on; empty where none is drawn.
    """
    kept: list[int] = []
    free_px = -np.inf
    for k, x in enumerate(xs):
        crowded = k != current and 0 <= current and 0.0 <= xs[current] - x < size
        if k != current and (crowded or x - size / 2 < free_px):
            continue
        kept.append(k)
        mine = numbers_px[k] if numbers_px and k == current else 0.0
        free_px = x + size / 2 + mine
    ends = [*(xs[k] - size / 2 for k in kept[1:]), np.inf][: len(kept)]
    return tuple(
        Placed(k, bool(numbers_px) and (k == current or xs[k] + size / 2 + numbers_px[k] <= end))
        for k, end in zip(kept, ends, strict=True)
    )


def level(envelope_uv: FloatArray) -> FloatArray:
    """Return ``(n_columns,)`` microvolts as 0 to 1: glutes and back each by its own largest."""
    known = envelope_uv[np.isfinite(envelope_uv)]
    most = float(np.quantile(known, _SHOWN)) if known.size else 0.0
    return np.minimum(1.0, envelope_uv / (most if most > 0.0 else 1.0))
