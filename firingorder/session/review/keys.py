"""What a kept analysis is a function of, and whether a file is still the one it was made from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from firingorder import __version__
from firingorder.recording.reader import file_sha256
from firingorder.session.files import recording_setup
from firingorder.session.parts import parts
from firingorder.signal.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from firingorder.recording.reader import Recording
    from firingorder.session.files import FileOptions

#: Of the key, in the name of a folder.
_KEY_LETTERS = 16


@dataclass(frozen=True, slots=True)
class Source:
    """What is to be analysed: its id, files, and the parts of the key that are not the samples."""

    id: str
    paths: tuple[Path, ...]
    montage_hash: str
    calibration_hash: str
    settings_hash: str
    asked: str

    @property
    def key(self) -> str:
        """Hash of everything but the samples: montage, calibration, settings, task, version."""
        told = (self.montage_hash, self.calibration_hash, self.settings_hash, self.asked)
        return digest([*told, __version__])

    @property
    def folder_name(self) -> str:
        """Of the folder in which the analysis is kept."""
        return f"review-{self.key[:_KEY_LETTERS]}"

    @property
    def result_folder_name(self) -> str:
        """The same for an analysis without signals: one that is only compared."""
        return f"result-{self.key[:_KEY_LETTERS]}"

    def stamp(self) -> list[list[int]]:
        """Return size and time of change of each file. Raises OSError."""
        return [[one.stat().st_size, one.stat().st_mtime_ns] for one in self.paths]

    def sha256(self) -> str:
        """Return the hash of the file, of all where it goes on in others. Raises OSError."""
        sums = [file_sha256(one) for one in self.paths]
        return sums[0] if len(sums) == 1 else digest(sums)

    def facts(self) -> dict[str, Any]:
        """Return what says later that the files are the same. Raises OSError."""
        return {"stamp": self.stamp(), "sha256": self.sha256()}

    def same(self, facts: Mapping[str, Any]) -> bool:
        """Tell whether the files are those of an analysis. Raises OSError.

        Hashing an hour takes as long as all else, so it is only done where size or time differ.
        """
        now = self.stamp()
        if facts.get("stamp") == now:
            return True
        sizes = [size for size, _ in now]
        kept = facts.get("stamp")
        if not isinstance(kept, list) or [one[0] for one in kept] != sizes:  # pyright: ignore[reportUnknownVariableType]
            return False
        return facts.get("sha256") == self.sha256()


def recording_source(recording: Recording, options: FileOptions) -> Source:
    """Return what one of our recordings is to be analysed as.

    Raises
    ------
    FiringOrderError
        Montage, task or settings that are asked for make no sense.
    """
    setup = recording_setup(recording, options)
    return Source(
        id=str(recording.session.get("recording_id") or recording.sha256),
        paths=tuple(one.path for one in parts(recording)),
        montage_hash=digest(None if setup.montage is None else setup.montage.to_dict()),
        calibration_hash=digest(recording.calibration),
        settings_hash=setup.settings.hash(),
        asked=_asked(options),
    )


def file_source(path: Path, options: FileOptions) -> Source:
    """Return what a file of another program is to be analysed as. Raises OSError."""
    montage = "" if options.montage is None else file_sha256(options.montage)
    return Source(
        id=file_sha256(path),
        paths=(path,),
        montage_hash=digest(montage),
        calibration_hash=digest({}),
        settings_hash=(options.settings or Settings()).hash(),
        asked=_asked(options),
    )


def digest(value: object) -> str:
    """Return the SHA-256 of a value as canonical JSON, hexadecimal."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _asked(options: FileOptions) -> str:
    return json.dumps([options.task, options.side, options.rate_hz])
