"""The lanes of the review: one for each channel, with the starts that lie in the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.gui.view_models.desk import strip_order
from firingorder.report.wording import (
    muscle_title,
    reason_words,
    side_letter,
    signed_number,
    split_channel,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from firingorder.findings import OnsetEstimate, RepetitionFinding, UnclearReason
    from firingorder.session.review import Band

EDITED, NONE_HERE, NOT_USED = "edited", "no start", "not used"


@dataclass(frozen=True, slots=True)
class Mark:
    """One start in one lane.

    Attributes
    ----------
    at_s, low_s, high_s
        Where it is now, and the 95 % interval.
    automatic
        Where it was found, with its interval; None: nowhere.
    edited, pending
        A person moved it; the change is not kept yet.
    current
        It belongs to the repetition that is reviewed, so it can be moved.
    used
        It counts; else something is wrong with the samples there.
    """

    repetition: int
    at_s: float
    low_s: float
    high_s: float
    automatic: OnsetEstimate | None
    edited: bool = False
    pending: bool = False
    current: bool = True
    used: bool = True

    def label(self, zero_s: float) -> str:
        """Return what stands beside it: ms after zero, and whether it was edited."""
        at = signed_number((self.at_s - zero_s) * 1e3)
        return f"{at} {EDITED}" if self.edited or self.pending else at


@dataclass(frozen=True, slots=True)
class Lane:
    """One channel. ``note`` says why it has no start; ``band`` are its levels here."""

    channel: str
    column: int
    muscle: str
    title: str
    letter: str
    marks: tuple[Mark, ...]
    note: str = ""
    band: Band | None = None
    chosen: bool = False

    @property
    def mark(self) -> Mark | None:
        """The start of the repetition that is reviewed."""
        return next((one for one in self.marks if one.current), None)


@dataclass(frozen=True, slots=True)
class Pending:
    """A start that is being moved and not kept yet; None: it is taken away."""

    repetition: int
    channel: str
    onset_s: float | None


def lanes(
    channels: Sequence[str],
    shown: Sequence[RepetitionFinding],
    automatic: Mapping[int, RepetitionFinding],
    current: int,
    *,
    chosen: str = "",
    edited: Mapping[tuple[int, str], float | None] | None = None,
    pending: Pending | None = None,
    bands: Mapping[str, Band] | None = None,
) -> tuple[Lane, ...]:
    """Return the lanes from top to bottom: in the order of muscles, left above right.

    Parameters
    ----------
    channels
        In the order of their columns.
    shown, automatic
        Repetitions in the window as they stand, also with what is being moved; and every one as
        it was found, by its number.
    current
        Number of the repetition that is reviewed.
    edited
        What a person has set, by (repetition, channel); None: that there is no start.
    """
    made: list[Lane] = []
    for column in strip_order(channels):
        name = channels[column]
        muscle, side = split_channel(name)
        found = [_mark(rep, name, automatic, current, edited or {}, pending) for rep in shown]
        marks = tuple(mark for mark in found if mark is not None)
        band = (bands or {}).get(name)
        made.append(
            Lane(
                name,
                column,
                muscle,
                muscle_title(muscle),
                side_letter(side),
                marks,
                _note(name, shown, current, edited or {}, marks),
                band,
                name == chosen,
            )
        )
    return tuple(made)


def _mark(
    rep: RepetitionFinding,
    channel: str,
    automatic: Mapping[int, RepetitionFinding],
    current: int,
    edited: Mapping[tuple[int, str], float | None],
    pending: Pending | None,
) -> Mark | None:
    was = automatic.get(rep.index)
    found = None if was is None else was.onsets.get(channel)
    now = rep.onsets.get(channel)
    held = pending is not None and (pending.repetition, pending.channel) == (rep.index, channel)
    put = (rep.index, channel) in edited
    at = pending.onset_s if held and pending is not None else edited.get((rep.index, channel))
    mine = rep.index == current
    if now is not None:
        return Mark(rep.index, now.onset_s, now.low_s, now.high_s, found, edited=held or put,
                    pending=held, current=mine)  # fmt: skip
    if at is None:
        return None
    # A gate refuses the samples there: it stands where it was put, and decides nothing.
    return Mark(rep.index, at, at, at, found, edited=True, pending=held, current=mine, used=False)


def _note(
    channel: str,
    shown: Sequence[RepetitionFinding],
    current: int,
    edited: Mapping[tuple[int, str], float | None],
    marks: Sequence[Mark],
) -> str:
    """Return why a lane has no start that counts in the repetition that is reviewed."""
    rep = next((one for one in shown if one.index == current), None)
    mine = next((mark for mark in marks if mark.current), None)
    if rep is None or channel not in rep.onsets or (mine is not None and mine.used):
        return ""
    if mine is None and (current, channel) in edited:
        return f"{NONE_HERE}, {EDITED}"
    reasons: list[UnclearReason] = []
    for pair in rep.pairs:
        known = pair.reason is None or pair.reason == "not_asked" or pair.reason in reasons
        if channel in (pair.a, pair.b) and not known and pair.reason is not None:
            reasons.append(pair.reason)
    words = reason_words(reasons[0], (channel,)) if len(reasons) == 1 else NONE_HERE
    words = NONE_HERE if words.startswith("no clear start") else words
    return words if mine is None else f"{NOT_USED}: {words}"
