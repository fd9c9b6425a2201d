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


def level(envelope_uv: FloatArray) -> FloatArray:
    """Return ``(n_columns,)`` microvolts as 0 to 1: glutes and back each by its own largest."""
    known = envelope_uv[np.isfinite(envelope_uv)]
    most = float(np.quantile(known, _SHOWN)) if known.size else 0.0
    return np.minimum(1.0, envelope_uv / (most if most > 0.0 else 1.0))
