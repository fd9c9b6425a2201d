"""What a person changed of a result: entries that are only ever added, the automatic value kept.

The state is what the entries amount to (:func:`standing`), so nothing is lost when two people
change one session, and everything can be asked: who, when, why, and what it was before.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

CorrectionKind = Literal["onset", "no_onset", "exclude", "note", "undo"]


#: Reasons that are offered. They say nothing of a person, so a report tells them as they are.
REASONS = (
    "Movement of its own, not the exercise",
    "Cable or pad was touched",
    "Burst before the lift, not the start",
    "Crosstalk of the neighbour",
    "Heart beat taken for a start",
    "Person was talked to or corrected",
)


@dataclass(frozen=True, slots=True)
class Correction:
    """One entry.

    Attributes
    ----------
    id
        Of this entry, unique everywhere.
    kind
        ``onset``: it lies at ``onset_s``; ``no_onset``: there is none; ``exclude``: the repetition
        does not count; ``note``: only words; ``undo``: the entry ``undoes`` does not hold.
    repetition, start_s
        Number of the repetition, and its start in device time, by which it is found again in
        another analysis.
    channel
        Of an onset.
    onset_s, automatic_s
        Where the person put it, and where it was found; None: nowhere. Device time.
    who, at, why
        Who changed it, when (ISO 8601, UTC), and the reason that was given.
    undoes
        Id of the entry that no longer holds.
    """

    id: str
    kind: CorrectionKind
    repetition: int
    start_s: float
    who: str
    at: str
    why: str = ""
    channel: str = ""
    onset_s: float | None = None
    automatic_s: float | None = None
    undoes: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a ledger amounts to, the newest entry of each thing.

    ``onsets`` by (repetition, channel), ``excluded`` by repetition, ``notes`` all that stand.
    """

    onsets: dict[tuple[int, str], Correction] = field(
        default_factory=dict[tuple[int, str], Correction]
    )
    excluded: dict[int, Correction] = field(default_factory=dict[int, Correction])
    notes: tuple[Correction, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether everything is as it was found."""
        return not (self.onsets or self.excluded or self.notes)


def standing(entries: Iterable[Correction]) -> Standing:
    """Return what the entries, oldest first, amount to. An undo can itself be undone.

    Which entries hold does not depend on their order: clocks of two people may differ.
    """
    listed = list(entries)
    undone = _undone(listed)
    onsets: dict[tuple[int, str], Correction] = {}
    excluded: dict[int, Correction] = {}
    notes: list[Correction] = []
    for entry in listed:
        if entry.id in undone:
            continue
        match entry.kind:
            case "onset" | "no_onset":
                onsets[entry.repetition, entry.channel] = entry
            case "exclude":
                excluded[entry.repetition] = entry
            case "note":
                notes.append(entry)
            case "undo":
                pass
    return Standing(onsets, excluded, tuple(notes))


def _undone(entries: list[Correction]) -> set[str]:
    """Return the ids that do not hold: an undo counts unless one that counts undoes it."""
    undoing: dict[str, list[Correction]] = {}
    for entry in entries:
        if entry.kind == "undo":
            undoing.setdefault(entry.undoes, []).append(entry)
    counts: dict[str, bool] = {}

    def holds(id_: str, above: frozenset[str]) -> bool:
        if id_ not in counts:
            # What undoes itself by a damaged file counts for nothing.
            later = [one.id for one in undoing.get(id_, []) if one.id not in above]
            counts[id_] = not any(holds(one, above | {id_}) for one in later)
        return counts[id_]

    return {id_ for id_ in undoing if not holds(id_, frozenset({id_}))}


def renumbered(
    entries: Iterable[Correction], spans: Iterable[tuple[int, float, float]]
) -> tuple[list[Correction], list[Correction]]:
    """Find the repetitions that entries are about again, in another analysis of the recording.

    An entry belongs to the repetition of which the time holds its own, the one that begins nearest
    if there are several. An undo goes with what it undoes.

    Parameters
    ----------
    spans
        Number, start and end of each repetition, device time.

    Returns
    -------
    matched, unmatched
        Entries under their new numbers, and those for which there is no repetition.
    """
    listed, known = list(entries), list(spans)
    by_id = {entry.id: entry for entry in listed}
    matched: list[Correction] = []
    unmatched: list[Correction] = []
    for entry in listed:
        about = entry
        seen: set[str] = set()
        while about.kind == "undo" and about.undoes in by_id and about.id not in seen:
            seen.add(about.id)
            about = by_id[about.undoes]
        number = _repetition_at(about.start_s, known)
        if number is None:
            unmatched.append(entry)
        else:
            matched.append(replace(entry, repetition=number))
    return matched, unmatched


#: A repetition begins with its first onset, which other settings find some tenths of a second
#: earlier or later; two repetitions are seconds apart.
_BEFORE_S = 1.0


def _repetition_at(at_s: float, spans: list[tuple[int, float, float]]) -> int | None:
    near = [one for one in spans if one[1] - _BEFORE_S <= at_s < one[2]]
    return min(near, key=lambda one: abs(one[1] - at_s))[0] if near else None
