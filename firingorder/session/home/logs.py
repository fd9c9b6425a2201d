"""Logs of a person that meet: what one of them lacks is added, nothing is doubled."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.session.home.told import at_s
from firingorder.session.person_log import PersonLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from firingorder.training.safety.entries import Entry

FOLDER = "people"
#: Kinds that count with the Therapist hat only (docs/reference/safety.md section 6).
_DECISIONS = ("clearance", "override", "therapist")


@dataclass(frozen=True, slots=True)
class Missing:
    """What a log lacks: ``entries`` to be added, and decisions that were ``left`` out."""

    entries: tuple[Entry, ...]
    left: int = 0


def key_of(one: Entry) -> str:
    """Return what makes an entry the same one."""
    return json.dumps([one.utc, one.day, one.kind, dict(one.values)], sort_keys=True)


def missing(own: Sequence[Entry], other: Iterable[Entry], *, decides: bool) -> Missing:
    """Return what ``own`` lacks of ``other``, in its order.

    ``decides``: the other one may decide as a therapist. Even so a clearance opens nothing that
    was said after it: lines count in the order in which they were written, and this one would come
    last.
    """
    known = {key_of(one) for one in own}
    newest_yes = {
        str(one.values.get("key")).removeprefix("red_flag.").partition(".")[0]: at_s(one)
        for one in own
        if one.kind == "question_answered"
        and str(one.values.get("key")).startswith("red_flag.")
        and one.values.get("answer") is True
    }
    found: list[Entry] = []
    left = 0
    for one in other:
        if key_of(one) in known:
            continue
        known.add(key_of(one))
        flag = str(one.values.get("flag") or "")
        late = one.kind == "clearance" and newest_yes.get(flag, 0.0) > at_s(one)
        if late or (one.kind in _DECISIONS and not decides):
            left += 1
            continue
        found.append(one)
    return Missing(tuple(found), left)


def write_log(person: str, entries: Iterable[Entry], folder: Path) -> None:
    """Write a log beside what goes along; an empty one is no file."""
    PersonLog(person, folder / FOLDER).add(entries)


def read_log(person: str, folder: Path) -> tuple[tuple[Entry, ...], str]:
    """Return the entries that came along, and what a person should know of them."""
    read = PersonLog(person, folder / FOLDER).read()
    return read.entries, read.remark
