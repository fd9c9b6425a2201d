"""What a person changed of a result: entries that are only ever added, the automatic value kept.

The state is what the entries amount to (:func:`standing`), so nothing is lost when two people
change one session, and everything can be asked: who, when, why, and what it was before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

CorrectionKind = Literal["onset", "no_onset", "exclude", "note", "undo"]


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
    """Return what the entries, oldest first, amount to. An undo can itself be undone."""
    listed = list(entries)
    undone: set[str] = set()
    for entry in reversed(listed):  # an undo that was undone undoes nothing
        if entry.kind == "undo" and entry.id not in undone:
            undone.add(entry.undoes)
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
