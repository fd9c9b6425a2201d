"""One line of the list of programmes, and whose a programme is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from firingorder.training.programmes.records import Programme

EntryKind = Literal["own", "template", "broken"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list.

    Attributes
    ----------
    key, name, kind
        Identity, what people read, where it comes from.
    note
        What there is to know: why a file cannot be read, how often a programme is meant.
    unsaved, chosen
        Changed since it was kept; the one that is done on the live page.
    """

    key: str
    name: str
    kind: EntryKind
    note: str = ""
    unsaved: bool = False
    chosen: bool = False


def made_by_therapist(programme: Programme) -> bool:
    """Tell whether a programme holds what only a therapist sets: then the Person hat looks on."""
    return programme.pain_policy != "strict" or any(
        item.adaptive is not None or (item.target is not None and item.target.set_by == "therapist")
        for item in programme.items
    )
