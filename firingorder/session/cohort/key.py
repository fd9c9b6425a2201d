"""What a result is a function of: the recording's bytes and what was asked for."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from firingorder import __version__
from firingorder.errors import FiringOrderError, UsageError
from firingorder.recording.reader import file_sha256, open_recording
from firingorder.session.parts import continued, parts
from firingorder.signal.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from firingorder.session.files import FileOptions

#: So much of a SHA-256 stands for a recording in tables and pictures: two of a million recordings
#: agree in it by chance with a probability of 1e6^2 / 2 / 2^48 = 0.2 %.
IDENTITY_DIGITS = 12


def asked_key(options: FileOptions) -> dict[str, str]:
    """Return what was asked for, as the part of a key that all files of a run share.

    Settings of a recording are under its own hash; where nobody asked for others, the defaults of
    this version stand for what it does not name.

    Raises
    ------
    UsageError
        The montage cannot be read.
    """
    return {
        "version": __version__,
        "settings": (options.settings or Settings()).hash(),
        "settings_from": "recording" if options.settings is None else "asked",
        "montage": "" if options.montage is None else _text_sha256(options.montage),
        "task": options.task or "",
        "side": options.side or "",
        "rate_hz": "" if options.rate_hz is None else repr(options.rate_hz),
    }


def recording_sha256(path: Path) -> str:
    """Return the SHA-256 of a file; of a recording that goes on in further files, that of all.

    Raises
    ------
    FiringOrderError, OSError
        The file cannot be read.
    """
    own = file_sha256(path)
    beside = _further(path)
    if not beside:
        return own
    return hashlib.sha256("".join([own, *map(file_sha256, beside)]).encode("ascii")).hexdigest()


def without_continuations(paths: Sequence[Path]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return the files to analyse, and those that are analysed with the recording they continue."""
    taken = {beside.resolve() for path in paths for beside in _further(path)}
    kept = tuple(path for path in paths if path.resolve() not in taken)
    return kept, tuple(path for path in paths if path.resolve() in taken)


def identity(sha256: str) -> str:
    """Return how a recording is called in tables and pictures."""
    return sha256[:IDENTITY_DIGITS]


def _further(path: Path) -> tuple[Path, ...]:
    """Return the files that continue a recording; for most, a look at the names is enough."""
    if path.suffix.lower() != ".mcap" or not any(
        one.name.startswith(f"{path.stem}-") for one in path.parent.glob("*.mcap")
    ):
        return ()
    try:
        recording = open_recording(path)
        if continued(recording) is not None:
            return ()
        return tuple(part.path for part in parts(recording)[1:])
    except FiringOrderError:
        return ()  # the analysis says what is wrong with it


def _text_sha256(path: Path) -> str:
    try:
        return file_sha256(path)
    except OSError as error:
        raise UsageError(f"Montage {path} cannot be read: {error.strerror}.") from error
