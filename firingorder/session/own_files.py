"""What a user keeps as files of their own: one each, never half written, never lost by a slip."""

from __future__ import annotations

import contextlib
import os
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from firingorder.errors import FileFormatError, FiringOrderError, UsageError
from firingorder.session.paths import private_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path
    from typing import BinaryIO

T = TypeVar("T")
_ENDING = ".yaml"
#: Names of devices, which no file may have on Windows, whatever its ending
#: (learn.microsoft.com/windows/win32/fileio/naming-a-file).
_RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)\d")
#: Of an id made from a name; file names end at 255 bytes on common systems.
_LONGEST_ID = 60
#: More bytes than any record; read no further into a file that was chosen by mistake.
_LARGEST_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Broken:
    """A file that is there and cannot be used; ``why`` is one sentence with what to do."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """Everything that is kept, by id, and what cannot be read."""

    found: tuple[T, ...]
    broken: tuple[Broken, ...]


class OwnFiles(Generic[T]):
    """One folder of records.

    Parameters
    ----------
    folder
        Where; it is created when first written to, for its owner only.
    what
        What one is called in sentences ("programme").
    read
        From the text of a file and its name; raises FiringOrderError.
    write
        The text of a file; raises FiringOrderError.
    id_of
        Id of a record: lower-case letters, digits, underscores.
    """

    def __init__(
        self,
        folder: Path,
        what: str,
        read: Callable[[str, str], T],
        write: Callable[[T], str],
        id_of: Callable[[T], str],
    ) -> None:
        self.folder = folder
        self._what, self._read, self._write, self._id_of = what, read, write, id_of

    def all(self) -> Listing[T]:
        """Return all records sorted by id; broken ones are told and harm nobody."""
        found: list[T] = []
        broken: list[Broken] = []
        try:
            paths = sorted(self.folder.glob(f"*{_ENDING}"))
        except OSError as error:
            why = (
                f"The folder {self.folder} cannot be read: {error.strerror}; check who may read it."
            )
            return Listing((), (Broken(self.folder, why),))
        for path in paths:
            try:
                one = self.read_from(path)
                expected = _file_name(self._id_of(one))
                if path.name != expected:
                    raise FileFormatError(
                        f"{path.name} holds the {self._what} {self._id_of(one)!r}; name the file "
                        f"{expected}, or import it."
                    )
                found.append(one)
            except FiringOrderError as error:
                broken.append(Broken(path, str(error)))
        return Listing(tuple(found), tuple(broken))

    def path_of(self, record_id: str) -> Path:
        """Return where a record of this id is kept."""
        return self.folder / _file_name(record_id)

    def load(self, record_id: str) -> T:
        """Return one record.

        Raises
        ------
        UsageError
            There is none, or it cannot be read.
        FileFormatError
            It is damaged.
        """
        return self.read_from(self.path_of(record_id))

    def save(self, record: T, *, overwrite: bool = False) -> Path:
        """Keep a record and return its path; as ``export``."""
        return self.export(record, self.path_of(self._id_of(record)), overwrite=overwrite)

    def remove(self, record_id: str) -> None:
        """Remove a record.

        Raises
        ------
        UsageError
            There is none.
        FiringOrderError
            The disk refuses.
        """
        path = self.path_of(record_id)
        try:
            path.unlink()
        except FileNotFoundError as error:
            raise UsageError(f"There is no {self._what} {record_id!r} in {self.folder}.") from error
        except OSError as error:
            raise FiringOrderError(
                f"{path} cannot be removed: {error.strerror}; check who may write there."
            ) from error

    def read_from(self, path: Path) -> T:
        """Return the record in any file; nothing is kept. Errors as ``load``."""
        try:
            with path.open("rb") as file:
                data = file.read(_LARGEST_BYTES + 1)
        except FileNotFoundError as error:
            raise UsageError(f"There is no file {path}; choose another one.") from error
        except OSError as error:
            raise UsageError(
                f"{path} cannot be read: {error.strerror}; check who may read it, or choose "
                "another one."
            ) from error
        if len(data) > _LARGEST_BYTES:
            raise FileFormatError(
                f"{path.name} is too large for a {self._what}; choose another one."
            )
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise FileFormatError(
                f"{path.name} is no text, so no {self._what}; choose another one."
            ) from error
        return self._read(text, path.name)

    def import_from(self, path: Path, *, overwrite: bool = False) -> T:
        """Read a record from any file, keep it, and return it. Errors as ``load``, ``export``."""
        record = self.read_from(path)
        self.save(record, overwrite=overwrite)
        return record

    def export(self, record: T, path: Path, *, overwrite: bool = False) -> Path:
        """Write a record to a path, all of it or nothing.

        Raises
        ------
        UsageError
            There is a file already, and nobody asked to overwrite it.
        FiringOrderError
            The disk refuses; what was there before is unchanged.
        """
        text = self._write(record)
        if path.exists() and not overwrite:
            raise UsageError(
                f"There is a file {path} already; choose another name, or say that it is to be "
                "overwritten."
            )
        try:
            if path.parent == self.folder:
                private_folder(self.folder)
            write_whole(path, text)
        except OSError as error:
            raise FiringOrderError(
                f"The {self._what} {self._id_of(record)!r} cannot be written to {path}: "
                f"{error.strerror}; make room or choose another folder, what was there before is "
                "unchanged."
            ) from error
        return path

    def free_id(self, name: str, taken: Callable[[str], bool] = lambda _: False) -> str:
        """Return an id that nobody has, made from a name that people read."""
        plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
        base = re.sub(r"[^a-z0-9]+", "_", plain)[:_LONGEST_ID].strip("_")
        base = base if base[:1].isalpha() else f"{self._what}_{base}".rstrip("_")
        number, found = 1, base
        while taken(found) or self.path_of(found).exists():
            number += 1
            found = f"{base}_{number}"
        return found


def unwritten(target: Path | str, error: OSError) -> FiringOrderError:
    """Return what a refused writing means: a wrong place is wrong use, a full disk is not.

    ``target`` is named, as the error does not know it where a file was open already.
    """
    wrong = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
    if isinstance(error, wrong):
        return UsageError(f"{target} cannot be written: {error.strerror}.")
    return FiringOrderError(f"{target} could not be written: {error.strerror}.")


def write_whole(path: Path, text: str) -> None:
    """Write a text file that is either all there or as it was before, also if the power fails.

    Raises
    ------
    OSError
        The disk refuses; nothing is left behind.
    """
    with whole_file(path) as file:
        file.write(text.encode())


@contextlib.contextmanager
def whole_file(path: Path) -> Generator[BinaryIO]:
    """Open a file that takes its place when it is whole, for its owner only.

    What is there and no file, a pipe or a terminal, is written to as it is.

    Raises
    ------
    OSError
        The disk refuses; nothing is left behind.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as special:
            yield special
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(beside, "wb", opener=private_opener) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    with contextlib.suppress(OSError):  # a folder cannot be opened on Windows
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def private_opener(path: str, flags: int) -> int:
    """Open for the owner only: what a person trains is nobody else's business."""
    return os.open(path, flags, 0o600)


def _file_name(record_id: str) -> str:
    ending = "_" if _RESERVED.fullmatch(record_id) else ""
    return f"{record_id}{ending}{_ENDING}"
