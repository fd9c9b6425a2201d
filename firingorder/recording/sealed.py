"""Files and folders sealed to a person: age, by its key or by a passphrase.

The files are those of the format age-encryption.org/v1, so the ``age`` program opens them, too.
What is inside is a tar archive.
"""

from __future__ import annotations

import importlib
import io
import os
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from firingorder.errors import FileFormatError, UsageError
from firingorder.recording.writers.staging import publish, staging

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A library without types.
_age: Any = importlib.import_module("pyrage")
#: The first line of every file of the format (the age specification of C2SP).
HEADER = b"age-encryption.org/v1\n"
#: A session of two hours exported in every format is well below; more is a bomb.
MOST_BYTES = 8 << 30
MOST_FILES = 20_000
_BLOCK_BYTES = 1 << 20
_ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----"


@dataclass(frozen=True, slots=True)
class Lock:
    """To whom something is sealed: to keys (``age1...``), or to a passphrase."""

    recipients: tuple[str, ...] = ()
    passphrase: str = ""

    def __post_init__(self) -> None:
        """Refuse both, and neither."""
        if bool(self.recipients) == bool(self.passphrase):
            raise UsageError("Seal either to a key (age1...) or to a passphrase.")


@dataclass(frozen=True, slots=True)
class Key:
    """What opens a sealed file: a secret key (``AGE-SECRET-KEY-1...``), or the passphrase."""

    identity: str = ""
    passphrase: str = ""

    def __post_init__(self) -> None:
        """Refuse both, and neither."""
        if bool(self.identity) == bool(self.passphrase):
            raise UsageError("Open it either with a secret key or with a passphrase.")


def new_key() -> tuple[str, str]:
    """Return a fresh secret key, and the public one that others seal to."""
    identity = _age.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def seal(what: Path | Mapping[str, bytes], target: Path, lock: Lock) -> Path:
    """Pack a file, a folder or named bytes into a tar archive, and seal it.

    The archive is the same for the same content: names sorted, no times, no owners. What is
    written is whole or not there.

    Raises
    ------
    UsageError
        The key is none, there is nothing to pack, or ``target`` is there already.
    FiringOrderError
        The disk refuses.
    """
    if target.exists():
        raise UsageError(f"{target} exists already; choose another name.")
    # What is open never touches the disk that the sealed file goes to: it may be a stick.
    with staging(Path(tempfile.gettempdir())) as aside, staging(target.parent) as beside:
        _pack(what, aside / "packed")
        _encrypt(aside / "packed", beside / "sealed", lock)
        publish([(beside / "sealed", target)])
    return target


def open_sealed(path: Path, key: Key, out: Path) -> tuple[Path, ...]:
    """Open a sealed file into a folder that is not there yet; return the files.

    Raises
    ------
    UsageError
        There is no such file, or ``out`` is there already.
    FileFormatError
        The key is another one, or the file is damaged or holds what it should not.
    FiringOrderError
        The disk refuses.
    """
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    if out.exists():
        raise UsageError(f"{out} exists already; choose another folder.")
    with staging(out.parent) as beside:
        packed, opened = beside / "packed", beside / "opened"
        _decrypt(path, packed, key)
        opened.mkdir(mode=0o700)
        names = _unpack(packed, opened, path)
        publish([(opened, out)])
    return tuple(out / name for name in names)


def is_sealed(path: Path) -> bool:
    """Tell whether a file begins as one of this format."""
    try:
        with path.open("rb") as file:
            begin = file.read(len(_ARMOR))
    except OSError:
        return False
    return begin.startswith(HEADER) or begin == _ARMOR


def _pack(what: Path | Mapping[str, bytes], target: Path) -> None:
    with target.open("wb") as file, tarfile.open(
        fileobj=file, mode="w", format=tarfile.PAX_FORMAT
    ) as archive:  # fmt: skip
        if isinstance(what, Path):
            _pack_path(archive, what)
            return
        if not what:
            raise UsageError("There is nothing to seal.")
        for name in sorted(what):
            archive.addfile(_member(name, len(what[name])), io.BytesIO(what[name]))


def _pack_path(archive: tarfile.TarFile, what: Path) -> None:
    if what.is_file():
        files = [what]
        root = what.parent
    else:
        files = sorted(one for one in what.rglob("*") if one.is_file() and not one.is_symlink())
        root = what
    if not files:
        raise UsageError(f"There is nothing to seal in {what}.")
    for one in files:
        with one.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            archive.addfile(_member(one.relative_to(root).as_posix(), size), file)


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, 0
    return member


def _encrypt(packed: Path, target: Path, lock: Lock) -> None:
    if lock.passphrase:
        target.write_bytes(_age.passphrase.encrypt(packed.read_bytes(), lock.passphrase))
        return
    keys: list[Any] = []
    for one in lock.recipients:
        try:
            keys.append(_age.x25519.Recipient.from_str(one.strip()))
        except _age.RecipientError as error:
            raise UsageError(f"{one!r} is no key to seal to: it begins with age1.") from error
    with packed.open("rb") as reader, target.open("wb") as writer:
        _age.encrypt_io(reader, writer, keys)


def _decrypt(path: Path, target: Path, key: Key) -> None:
    if not is_sealed(path):
        raise FileFormatError(f"{path} is no sealed file (age).")
    try:
        if key.passphrase:
            target.write_bytes(_age.passphrase.decrypt(path.read_bytes(), key.passphrase))
            return
        try:
            identity = _age.x25519.Identity.from_str(key.identity.strip())
        except _age.IdentityError as error:
            raise UsageError("This is no secret key: it begins with AGE-SECRET-KEY-1.") from error
        with path.open("rb") as reader, target.open("wb") as writer:
            _age.decrypt_io(reader, writer, [identity])
    except (_age.DecryptError, ValueError) as error:
        raise _closed(path) from error
    except OSError as error:
        if error.errno is not None:  # the disk; else the library, whose reader came to a fault
            raise
        raise _closed(path) from error


def _closed(path: Path) -> FileFormatError:
    return FileFormatError(
        f"{path} cannot be opened: it is sealed to another key or passphrase, or damaged."
    )


def _unpack(packed: Path, out: Path, path: Path) -> list[str]:
    """Write the files of an archive below ``out``: plain files under plain names, nothing else."""
    names: list[str] = []
    left = MOST_BYTES
    try:
        with tarfile.open(packed, mode="r:") as archive:
            for member in archive:
                if member.isdir():
                    continue
                name = _safe(member.name)
                left -= member.size
                if name is None or not member.isreg() or left < 0 or len(names) >= MOST_FILES:
                    raise FileFormatError(
                        f"{path} holds {member.name!r}, which no bundle of ours has; it was not "
                        "opened."
                    )
                source = archive.extractfile(member)
                assert source is not None
                target = out / name
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with target.open("xb") as file:
                    while block := source.read(_BLOCK_BYTES):
                        file.write(block)
                names.append(name)
    except (tarfile.TarError, EOFError, FileExistsError) as error:
        raise FileFormatError(f"{path} was opened, but is no bundle of ours: {error}.") from error
    return names


def _safe(name: str) -> str | None:
    """Return a name that stays below its folder on every system, None for any other."""
    path = PurePosixPath(name)
    bad = path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name
    return None if bad or not path.parts else str(path)
