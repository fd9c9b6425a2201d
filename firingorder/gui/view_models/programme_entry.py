"""The list of programmes, a line each."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from firingorder.training.programmes.ownership import waits
from firingorder.training.programmes.templates import templates

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

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
    older
        What is done there is this one as it was before a change.
    """

    key: str
    name: str
    kind: EntryKind
    note: str = ""
    unsaved: bool = False
    chosen: bool = False
    older: bool = False


def listed(
    own: Mapping[str, Programme],
    broken: Sequence[tuple[str, str, str]],
    hat: Hat,
    chosen: Programme | None,
    unsaved: Collection[str],
) -> tuple[Entry, ...]:
    """Return the lines: own programmes by name, files that cannot be read, then what comes along.

    ``broken`` are key, name and why; ``chosen`` is done on the live page.
    """
    named = sorted(own.items(), key=lambda pair: (in_list(pair[1].name), pair[0]))
    found = [
        Entry(key, one.name, "own", whose(one, hat), unsaved=key in unsaved,
              chosen=chosen == one, older=is_older(chosen, one))
        for key, one in named
    ]  # fmt: skip
    found += [Entry(key, name, "broken", why) for key, name, why in broken]
    found += [Entry(one.id, one.name, "template", chosen=chosen == one) for one in templates()]
    return tuple(found)


def whose(programme: Programme, hat: Hat) -> str:
    """Return whose a programme of this computer is, as the one who looks would say it."""
    if waits(programme):
        return "brought here, not taken over"
    if programme.made_by in ("", "product", hat):
        return "your own"
    return f"made by the {programme.made_by}"


def is_older(used: Programme | None, now: Programme) -> bool:
    """Tell whether what is done on the live page is this programme before a change."""
    return used is not None and used.id == now.id and used != now


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
