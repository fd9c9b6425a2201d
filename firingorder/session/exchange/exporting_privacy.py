"""Who people are in exports: a number, and a shift of their dates that is theirs for good.

Both are drawn at random and kept with the library, so that several exports of one person belong
together and intervals between sessions stay true. Without a library there is no place to keep
them that the export's reader could not see too: then no date leaves at all.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import FileFormatError, FiringOrderError, UsageError
from firingorder.session.own_files import write_whole
from firingorder.session.paths import private_folder

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER, _FILE = "exports", "pseudonyms.json"
_DAY_S = 86_400
#: Dates move back by this many days. At least three years, so that a moved date is not mistaken
#: for a wrong clock, and not before 1985, the first year that a BDF header can say.
_LEAST_DAYS, _MOST_DAYS = 1_100, 14_000
_LABEL = re.compile(r"[A-Za-z0-9]+")
_HASH_BYTES = 8


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """A person in exports. ``shift_s`` is added to every date; None: no date leaves."""

    subject: str
    shift_s: int | None


class Pseudonyms:
    """The numbers and shifts of everybody, in one file beside the library, for its owner only."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / _FOLDER / _FILE

    def of(self, code: str) -> Pseudonym:
        """Return a person's pseudonym; it is drawn when it is first asked for.

        Raises
        ------
        FiringOrderError
            The file is damaged, or cannot be written.
        """
        fields = self._read()
        people = cast("dict[str, dict[str, int]]", fields["people"])
        if code not in people:
            # The number of somebody who was forgotten may stand in datasets: it is not given again.
            used = max((one["number"] for one in people.values()), default=0)
            number = max(used, int(fields.get("given", 0))) + 1
            fields["given"] = number
            days = _LEAST_DAYS + secrets.randbelow(_MOST_DAYS - _LEAST_DAYS)
            shift_s = -(days * _DAY_S + secrets.randbelow(_DAY_S))
            people[code] = {"number": number, "shift_s": shift_s}
            self._write(fields)
        mine = people[code]
        return Pseudonym(f"sub-{mine['number']:02d}", mine["shift_s"])

    def hashed(self, serial: str) -> str:
        """Return what stands for a serial number: without the secret nobody can try numbers."""
        fields = self._read()
        if not self.path.exists():
            self._write(fields)
        key = bytes.fromhex(str(fields["secret"]))
        return hashlib.blake2b(serial.encode(), digest_size=_HASH_BYTES, key=key).hexdigest()

    def forget(self, code: str) -> bool:
        """Forget a person; a later export has another number and another shift."""
        if not self.path.exists():
            return False
        fields = self._read()
        people = cast("dict[str, Any]", fields["people"])
        if people.pop(code, None) is None:
            return False
        self._write(fields)
        return True

    def _read(self) -> dict[str, Any]:
        if not self.path.exists():
            return {"secret": secrets.token_hex(32), "people": {}}
        try:
            fields = cast("dict[str, Any]", json.loads(self.path.read_text(encoding="utf-8")))
            bytes.fromhex(str(fields["secret"]))
            for one in cast("dict[str, dict[str, int]]", fields["people"]).values():
                _ = int(one["number"]) + int(one["shift_s"])
        except OSError as error:
            raise FiringOrderError(f"{self.path} cannot be read: {error.strerror}.") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FileFormatError(
                f"{self.path} is damaged: it says who is who in exports. Restore it from a backup, "
                "or take it away; then everybody gets a new number and other dates."
            ) from error
        return fields

    def _write(self, fields: dict[str, Any]) -> None:
        try:
            private_folder(self.path.parent)
            write_whole(self.path, json.dumps(fields, indent=1) + "\n")
        except OSError as error:
            raise FiringOrderError(
                f"{self.path} cannot be written: {error.strerror}. Nothing was exported."
            ) from error


def asked_subject(label: str) -> str:
    """Return the subject that a person asked for by ``--person-code``.

    Raises
    ------
    UsageError
        It has other characters than letters and digits, which EMG-BIDS does not allow.
    """
    plain = label.removeprefix("sub-")
    if not _LABEL.fullmatch(plain):
        raise UsageError(f"--person-code takes letters and digits, not {label!r}.")
    return f"sub-{plain}"


def free_subject(out: Path) -> str:
    """Return the first number that nobody in a folder has."""
    taken = {path.name.split("_")[0] for path in out.glob("sub-*")} if out.is_dir() else set[str]()
    number = 1
    while f"sub-{number:02d}" in taken:
        number += 1
    return f"sub-{number:02d}"
