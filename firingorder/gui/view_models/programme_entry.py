"""One line of the list of programmes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.training.programmes.ownership import waits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.training.programmes.records import Programme
    from firingorder.training.safety.records import Hat

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


def whose(programme: Programme, hat: Hat) -> str:
    """Return whose a programme of this computer is, as the one who looks would say it."""
    if waits(programme):
        return "brought here, not taken over"
    if programme.made_by in ("", "product", hat):
        return "your own"
    return f"made by the {programme.made_by}"


def is_called(entries: Sequence[Entry], name: str, but: str = "") -> bool:
    """Tell whether another programme has a name: nobody could tell them apart in the list."""
    said = name.strip().casefold()
    return any(one.name.strip().casefold() == said and one.key != but for one in entries)


def free_name(entries: Sequence[Entry], name: str) -> str:
    """Return a name that no programme has: this one, or with a number behind it."""
    found, number = name, 1
    while is_called(entries, found):
        number += 1
        found = f"{name} ({number})"
    return found


def in_list(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return the key by which names are sorted: as people count, and with accents as without."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(one for one in bare if not unicodedata.combining(one))
    parts = re.split(r"(\d+)", plain)
    return tuple((1, int(x), "") if x.isdecimal() else (0, 0, x) for x in parts if x)
