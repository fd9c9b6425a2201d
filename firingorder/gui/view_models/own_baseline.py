"""Two sets as own baseline: which ones, whether to offer it, and what to say where it cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.calibration.own_variability import OwnParams

if TYPE_CHECKING:
    from firingorder.gui.view_models.live_model import LiveModel

NEEDED_SETS = 2
FIRST = "Own variability belongs to a calibration: do it first."
PLAYED = "A recording keeps the baseline that it was made with."


@dataclass(frozen=True, slots=True)
class OwnBaselineView:
    """``sets`` to use, empty where there are too few; ``offer`` of them, ``why_not`` without."""

    sets: tuple[int, ...]
    offer: str
    why_not: str


def own_baseline(model: LiveModel) -> OwnBaselineView:
    """Return the first two sets after the calibration that are done and have enough repetitions.

    A set is done when the next one has begun, or when it has as many as were asked for. The
    session judges the sets again, measure by measure.
    """
    status, least = model.status, OwnParams().least_repetitions
    if status.source == "replay":
        return OwnBaselineView((), "", PLAYED)
    if not status.calibration or status.calibrated_from_s is None:
        return OwnBaselineView((), "", FIRST)
    good: dict[int, int] = {}
    early: set[int] = set()
    for rep in model.reps.values():
        if rep.start_s is not None and rep.start_s < status.calibrated_from_s:
            early.add(rep.set_index)
        good[rep.set_index] = good.get(rep.set_index, 0) + (rep.scored is True)
    done = [k for k, count in sorted(good.items()) if k not in early and count >= least
            and (k < status.set_index or count >= status.reps_per_set)]  # fmt: skip
    if len(done) < NEEDED_SETS:
        said = f"An own baseline needs two sets of {least} good repetitions after the calibration"
        return OwnBaselineView((), "", f"{said}: {len(done) or 'none'} so far.")
    first, second = done[:NEEDED_SETS]
    return OwnBaselineView((first, second), f"B: use sets {first} and {second} as own baseline", "")
