"""What came back from home, as the therapist looks at it: red flags first, then rises in pain."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import FileFormatError, FiringOrderError
from firingorder.session.own_files import write_whole
from firingorder.session.paths import private_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firingorder.library.records import InboxRow

INBOX = "inbox"
_SCHEMA = "firingorder.returned/1"


@dataclass(frozen=True, slots=True)
class Returned:
    """What is kept of a return once its recordings and its log were taken in.

    Attributes
    ----------
    id, person, made_utc, software
        Of the return.
    sessions
        Recordings that were new.
    done, pain
        What was done of what was planned, and what was told of pain, in words.
    rise
        The largest rise in pain in what was new, None: nobody told any.
    flags
        Red flags that were answered with a yes.
    stops
        How often STOP was pressed.
    remarks
        What else a therapist should know.
    """

    id: str
    person: str
    made_utc: str
    software: str
    sessions: int
    done: str
    pain: str
    rise: int | None
    flags: tuple[str, ...] = ()
    stops: int = 0
    remarks: tuple[str, ...] = ()

    @classmethod
    def load(cls, path: Path) -> Returned:
        """Return what was kept.

        Raises
        ------
        FileFormatError
            It is not there, or damaged.
        """
        try:
            said = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
            values = {one.name: said[one.name] for one in fields(cls)}
            values["flags"], values["remarks"] = tuple(said["flags"]), tuple(said["remarks"])
            return cls(**values)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise FileFormatError(f"{path} is missing or damaged; what it told is lost.") from error


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row of the inbox with what is kept of it; ``returned`` is None where that is lost."""

    row: InboxRow
    returned: Returned | None

    @property
    def flags(self) -> tuple[str, ...]:
        """Red flags that were answered with a yes."""
        return () if self.returned is None else self.returned.flags


def return_path(folder: Path, number: str) -> Path:
    """Return where a return is kept below an archive's folder."""
    plain = "".join(c for c in number if c.isalnum())[:64]
    return folder / INBOX / f"return-{plain}.json"


def write_returned(returned: Returned, path: Path) -> None:
    """Keep what a return tells.

    Raises
    ------
    FiringOrderError
        The disk refuses.
    """
    try:
        private_folder(path.parent)
        write_whole(path, json.dumps({"schema": _SCHEMA, **asdict(returned)}, indent=1))
    except OSError as error:
        raise FiringOrderError(
            f"{path} cannot be written: {error.strerror}. Make room and take the return again."
        ) from error


def waiting(rows: Iterable[InboxRow]) -> tuple[Waiting, ...]:
    """Return what came back: not read first, then red flags, rises in pain, the newest."""
    found: list[Waiting] = []
    for row in rows:
        try:
            found.append(Waiting(row, Returned.load(Path(row.path))))
        except FileFormatError:
            found.append(Waiting(row, None))
    return tuple(
        sorted(
            found,
            key=lambda one: (
                one.row.read,
                -len(one.flags),
                -(-1 if one.row.pain_rise is None else one.row.pain_rise),
                -one.row.came_utc_s,
            ),
        )
    )
