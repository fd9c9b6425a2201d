"""The archive: a library and what lies beside it on this computer."""

from __future__ import annotations

import hashlib
import os.path
import re
from typing import TYPE_CHECKING, Self

from firingorder.errors import FiringOrderError
from firingorder.library import open_library
from firingorder.library.records import ResultKey
from firingorder.session.archive import adopting, portable
from firingorder.session.archive.calibration_files import profile_path
from firingorder.session.archive.facts import facts_of
from firingorder.session.archive.pains import pains
from firingorder.session.paths import data_folder, private_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from firingorder.findings import RepetitionVerdict
    from firingorder.library.library import Library
    from firingorder.library.records import Erased, SessionRow
    from firingorder.session.archive.adopting import Adopted, Progress
    from firingorder.session.archive.facts import Facts
    from firingorder.session.results import Analysis

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,79}")


class Archive:
    """Keeps what sessions leave; see :meth:`open`.

    Attributes
    ----------
    library
        Rows: people, sessions, results.
    folder
        Files: ``recordings``, ``people`` (logs), ``calibrations``, ``cache``...
    """

    def __init__(self, library: Library, folder: Path, who: str = "") -> None:
        self.library, self.folder, self.who = library, folder, who

    @classmethod
    def open(cls, url: str | None = None, folder: Path | None = None, who: str = "") -> Self:
        """Open the library of a folder (None: the user's), or the one on a server.

        Raises
        ------
        LibraryError
            It cannot be opened; the message says why and what to do.
        """
        where = folder or data_folder()
        library = open_library(url, folder=where)
        library.who = who
        return cls(library, where, who)

    @property
    def who(self) -> str:
        """Name of the therapist, for the audit."""
        return self.library.who

    @who.setter
    def who(self, who: str) -> None:
        self.library.who = who

    def close(self) -> None:
        """Let go of the library."""
        self.library.close()

    def keep(
        self,
        path: Path,
        result: Analysis | None = None,
        *,
        told_live: Mapping[int, RepetitionVerdict] | None = None,
    ) -> SessionRow:
        """Take a recording in that is whole on the disk, and its result if there is one.

        ``told_live`` is what was told of each repetition while it went on; it is kept beside the
        result, as ``told_live``.

        Raises
        ------
        FiringOrderError
            The file cannot be read, or the library refuses. The file stays as it is and can be
            adopted later.
        """
        facts = facts_of(path)
        row = self._known_elsewhere(facts)
        if row is None:
            row = self.library.add_recording(facts.new)
        self._keep_pains(row)
        if facts.calibration is not None and facts.new.person:
            self._keep_calibration(facts)
        if result is not None and row.recording.sha256 == facts.new.sha256:
            key = ResultKey(
                facts.new.sha256,
                facts.montage_hash,
                facts.new.calibration,
                result.settings_hash,
                result.version,
            )
            found = result.to_dict()
            if told_live is not None:
                found["told_live"] = {str(index): verdict for index, verdict in told_live.items()}
            self.library.add_analysis(facts.new.id, key, found)
        return self.library.session(row.id) or row

    def _known_elsewhere(self, facts: Facts) -> SessionRow | None:
        """Return the session of a recording of which this is a copy, no better than the first.

        Which file is the recording does not change with each look at a copy. A better one, whole
        or longer, becomes the recording. Copies are remembered, so that erasing reaches them.
        """
        new = facts.new
        row = self.library.session_of(new.id)
        if row is None or row.recording.missing or same_file(row.recording.path, new.path):
            return None
        old = row.recording
        better = (new.finished, new.bytes) > (old.finished, old.bytes)
        copies = [one for one in old.copies if not same_file(one, new.path)]
        copies.append(old.path if better else new.path)
        self.library.set_copies(new.id, copies)
        return None if better else row

    def unknown(self) -> tuple[Path, ...]:
        """Return recordings in the folder that the library does not know."""
        return adopting.unknown(self)

    def adopt(
        self,
        paths: Path | Sequence[Path],
        progress: Progress | None = None,
        *,
        move: bool = False,
    ) -> Adopted:
        """Take recordings in; errors and parameters as of ``adopting.adopt``."""
        return adopting.adopt(self, paths, progress, move=move)

    def erase(self, code: str, progress: Progress | None = None) -> Erased:
        """Erase a person everywhere; errors as of ``erasing.erase``. May be asked again."""
        # Only here: it knows where Review keeps things, and with that the whole analysis.
        from firingorder.session.archive import erasing

        return erasing.erase(self, code, progress)

    def backup(self, path: Path, progress: Progress | None = None) -> Path:
        """Write everything into one file; errors as of ``portable.backup``."""
        return portable.backup(self, path, progress)

    @classmethod
    def restore(
        cls,
        path: Path,
        *,
        url: str | None = None,
        folder: Path | None = None,
        replace: bool = False,
        progress: Progress | None = None,
    ) -> Self:
        """Open what a backup holds, in a folder; errors as of ``portable.restore``."""
        where = folder or data_folder()
        portable.restore(path, where, url=url, replace=replace, progress=progress)
        return cls.open(url, where)

    def cache_folder(self, recording_id: str) -> Path:
        """Return a folder for what can be computed again; it goes when the person is erased."""
        folder = self.cache_path(recording_id)
        private_folder(folder.parent)
        return private_folder(folder)

    def cache_path(self, recording_id: str) -> Path:
        """Return where the cache of a recording is, or would be."""
        plain = _PLAIN.fullmatch(recording_id) is not None
        name = recording_id if plain else hashlib.sha256(recording_id.encode()).hexdigest()[:32]
        return self.folder / "cache" / name

    def _keep_pains(self, row: SessionRow) -> None:
        if row.pain_before is not None or row.pain_after is not None:
            return
        before, after = pains(row.person, self.folder, row.start_utc_s, row.duration_s)
        if before is not None or after is not None:
            self.library.change_session(row.id, pain_before=before, pain_after=after, who=self.who)

    def _keep_calibration(self, facts: Facts) -> None:
        """Note the profile; that its file is not found is no reason to refuse the session."""
        assert facts.calibration is not None
        row = facts.calibration
        try:
            found = profile_path(self.folder / "calibrations", row.profile_id)
        except FiringOrderError:
            found = None
        self.library.add_calibration(row if found is None else row.at(str(found)))


def same_file(one: str, other: str) -> bool:
    """Whether two paths lead to the same place."""
    return os.path.realpath(one) == os.path.realpath(other)
