"""How large letters must be to be read from the floor, and how far the present ones carry."""

from __future__ import annotations

from dataclasses import dataclass

#: Cap height of 20 minutes of arc: comfortable reading, not the limit of acuity.
CAP_PER_DISTANCE = 0.0058
#: Cap height of Inter in em.
INTER_CAP_EM = 0.727
#: Pixel pitch of a 24 inch screen of 1920 x 1080, taken when the screen does not tell its size.
FALLBACK_PITCH_MM = 531.0 / 1920.0
#: Pitches of real screens; outside them the reported size is wrong (televisions lie).
PITCH_RANGE_MM = (0.05, 1.0)
#: Type sizes of the floor view at 1920 x 1080 (screens page, Type sizes).
VERDICT_PX, PHASE_PX, ROW_PX, SECOND_PX, LEAST_PX = 156, 100, 84, 60, 36
DISTANCES_M = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class ScreenSize:
    """A screen as the system reports it; 0 mm when it does not."""

    width_px: int
    width_mm: float


def pitch_mm(screen: ScreenSize) -> float:
    """Return the pixel pitch, or that of a 24 inch screen where the report cannot be true."""
    if screen.width_px <= 0:
        return FALLBACK_PITCH_MM
    pitch = screen.width_mm / screen.width_px
    return pitch if PITCH_RANGE_MM[0] <= pitch <= PITCH_RANGE_MM[1] else FALLBACK_PITCH_MM


def needed_px(distance_m: float, pitch: float) -> int:
    """Return the type size whose capitals can be read at the distance."""
    return round(distance_m * 1000.0 * CAP_PER_DISTANCE / INTER_CAP_EM / pitch)


def readable_m(px: float, pitch: float) -> float:
    """Return the distance at which capitals of this type size can be read."""
    return px * INTER_CAP_EM * pitch / CAP_PER_DISTANCE / 1000.0


def floor_growth(distance_m: float, pitch: float, unit: float) -> float:
    """Return how much larger than the reference the words must be, 1 to 1.6.

    ``unit`` is the size of the window against 1920 x 1080. Beyond 1.6 the words would no longer
    fit; the drawing shrinks each to its own space.
    """
    offered = ROW_PX * unit
    return min(1.6, max(1.0, needed_px(distance_m, pitch) / offered))
