"""Which part of a recording the review shows: presets, zoom, and the labels of its axis."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log10
from typing import TYPE_CHECKING, Literal

from firingorder.report.wording import MINUS, signed_number

if TYPE_CHECKING:
    from firingorder.findings import RepetitionFinding

Preset = Literal["onset", "rep", "set"]
PRESETS: tuple[tuple[Preset, str, str], ...] = (
    ("onset", "Onset", "1"), ("rep", "Rep", "2"), ("set", "Set", "3"),
)  # fmt: skip
#: About the zero of a repetition: at ten seconds a window, 100 ms would be ten pixels.
ONSET_S = (-0.42, 0.78)
#: Room on either side of a repetition and of a set.
REP_ROOM_S, SET_ROOM_S = 0.8, 2.0
#: The narrowest window; one step of the zoom.
LEAST_S, ZOOM_STEP = 0.1, 1.4
#: Most labels an axis has for each 100 px.
_LABEL_PX = 76.0


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """A part of the recording, device time."""

    first_s: float
    last_s: float

    @property
    def length_s(self) -> float:
        """How long it is."""
        return self.last_s - self.first_s

    def moved(self, by_s: float) -> TimeWindow:
        """Return the window later by ``by_s``."""
        return TimeWindow(self.first_s + by_s, self.last_s + by_s)

    def zoomed(self, factor: float, about_s: float | None = None) -> TimeWindow:
        """Return the window longer by ``factor``; ``about_s`` stays where it is seen."""
        about = (self.first_s + self.last_s) / 2 if about_s is None else about_s
        length = max(LEAST_S, self.length_s * factor)
        share = (about - self.first_s) / self.length_s if self.length_s > 0 else 0.5
        first = about - share * length
        return TimeWindow(first, first + length)

    def within(self, first_s: float, last_s: float) -> TimeWindow:
        """Return the window inside of a recording: moved, and shortened where it is longer."""
        length = min(self.length_s, last_s - first_s)
        first = min(max(self.first_s, first_s), last_s - length)
        return TimeWindow(first, first + length)

    def holds(self, at_s: float) -> bool:
        """Whether an instant lies in it."""
        return self.first_s <= at_s <= self.last_s


def zero_of(rep: RepetitionFinding) -> float:
    """Return the zero of a repetition: the first start of the glutes, else of the movement.

    Where neither is known it is the first start of any muscle, else that of the repetition.
    """
    starts = [(name, one.onset_s) for name, one in rep.onsets.items() if one is not None]
    glutes = [at for name, at in starts if name.startswith("gluteus_maximus")]
    if glutes:
        return min(glutes)
    if rep.movement_onset_s is not None:
        return rep.movement_onset_s
    return min((at for _, at in starts), default=rep.start_s)


def preset_window(
    preset: Preset, rep: RepetitionFinding, in_set: tuple[RepetitionFinding, ...]
) -> TimeWindow:
    """Return what a preset shows: the start of a repetition, the whole of it, or its set."""
    if preset == "onset":
        zero = zero_of(rep)
        return TimeWindow(zero + ONSET_S[0], zero + ONSET_S[1])
    if preset == "rep":
        return TimeWindow(min(rep.start_s, zero_of(rep)) - REP_ROOM_S, rep.end_s + REP_ROOM_S)
    first = min((one.start_s for one in in_set), default=rep.start_s)
    last = max((one.end_s for one in in_set), default=rep.end_s)
    return TimeWindow(first - SET_ROOM_S, last + SET_ROOM_S)


def axis_step_ms(length_ms: float, width_px: float) -> float:
    """Return the distance of labels: 1, 2 or 5 times a power of ten, of seconds 15 and 30 too."""
    room = max(1.0, width_px / _LABEL_PX)
    least = length_ms / room
    if least > 10_000.0:
        return next((s * 1e3 for s in (15, 30, 60, 120, 300, 600, 1800) if s * 1e3 >= least), 3.6e6)
    power = 10.0 ** ceil(log10(max(least, 1e-3)) - 1.0)
    return next((k * power for k in (1.0, 2.0, 5.0, 10.0) if k * power >= least - 1e-9), 1e4)


def axis_label(at_ms: float, step_ms: float) -> str:
    """Return the label of a time relative to zero: ``+100``, ``0 ms``, ``+2 s``."""
    if step_ms < 1000.0:
        return "0 ms" if abs(at_ms) < 1e-6 else signed_number(at_ms)
    if abs(at_ms) < 1e-6:
        return "0 s"
    whole = round(abs(at_ms) / 1e3)
    return f"{MINUS if at_ms < 0 else '+'}{whole} s"


def clock_label(at_s: float) -> str:
    """Return a time of the recording: ``0:25``."""
    whole = max(0, round(at_s))
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def fine_clock(at_s: float) -> str:
    """Return a time with tenths, cut, so that it never shows what has not come: ``0:25.7``."""
    tenths = max(0, int(at_s * 10 + 1e-6))
    return f"{clock_label(tenths // 10)}.{tenths % 10}"
