"""Which windows of a repetition have a level, by its template (docs/reference/metrics.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.measures import PhaseTimes
    from firingorder.signal.metrics.record import MetricsParams
    from firingorder.signal.task import Template

Window = tuple[float, float]

_NAMES: dict[Template, tuple[str | None, str | None, str | None]] = {
    "PITCH_LIFT": ("lift", "top", "lower"),
    "STILL_LIMB": ("lift", "top", "lower"),
    "CUED_HOLD": (None, "hold", None),
    "HINGE": ("down", "bottom", "up"),
    "STEP": (None, "stance", None),
    "IMPACT": (None, None, None),
    "BALANCE": (None, "steady", None),
}


def phase_windows(phases: PhaseTimes, template: Template) -> dict[str, Window | None]:
    """Return the named windows of a repetition, None where a phase was not found."""
    out_s = phases.away_s
    if template == "PITCH_LIFT" and phases.movement_onset_s is not None:
        out_s = phases.movement_onset_s
    parts = (
        _window(out_s, phases.far_from_s),
        _window(phases.far_from_s, phases.far_to_s),
        _window(phases.back_s, phases.end_s),
    )
    names = _NAMES[template]
    return {name: part for name, part in zip(names, parts, strict=True) if name is not None}


def work_window(phases: PhaseTimes, template: Template, params: MetricsParams) -> Window | None:
    """Return the window in which muscles are compared with each other.

    Lift and top of a lift, the way up of a hinge, the hold, the stance, the steady part, and what
    follows an impact.
    """
    windows = phase_windows(phases, template)
    if template in ("PITCH_LIFT", "STILL_LIMB"):
        lift, top = windows["lift"], windows["top"]
        return None if lift is None or top is None else (lift[0], top[1])
    if template == "HINGE":
        return windows["up"]
    if template == "IMPACT":
        return phases.away_s, phases.away_s + params.impact_after_s
    return next(iter(windows.values()))


def _window(first_s: float | None, last_s: float | None) -> Window | None:
    if first_s is None or last_s is None or not last_s > first_s:
        return None
    return first_s, last_s
