"""Opening a recording to look at it: what is kept of it, else analysed and kept."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from firingorder.errors import RecordingError, UsageError
from firingorder.recording.readers import read_file
from firingorder.session.beside import second_process
from firingorder.session.files import FileOptions, analyse_file, analyse_recording
from firingorder.session.foreign import place
from firingorder.session.parts import open_first
from firingorder.session.review.capture import Capture, filter_words
from firingorder.session.review.kept import Judged, Kept, Making, read_kept
from firingorder.session.review.keys import file_source, recording_source
from firingorder.signal.reference import PersonalReference
from firingorder.signal.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.recording.reader import Recording
    from firingorder.session.review.keys import Source


class _How(TypedDict):
    options: FileOptions
    folder: Callable[[Source], Path | None]


class Opened:
    """A recording or file with its analysis and signals.

    ``recording`` is None for a file of another program; ``temporary`` is where signals lie that are
    not kept, ``fresh`` says that it was analysed just now, ``options`` and ``folder`` how it was.
    """

    def __init__(
        self,
        path: Path,
        source: Source,
        kept: Kept,
        recording: Recording | None,
        temporary: tempfile.TemporaryDirectory[str] | None,
        *,
        options: FileOptions,
        folder: Callable[[Source], Path | None],
        fresh: bool = True,
    ) -> None:
        self.fresh, self.options, self.folder = fresh, options, folder
        self.path, self.source, self.kept = path, source, kept
        self.recording, self._temporary = recording, temporary

    def close(self) -> None:
        """Take away what was not to be kept."""
        if self._temporary is not None:
            self._temporary.cleanup()


def open_source(path: Path, options: FileOptions) -> tuple[Source, Recording | None]:
    """Return what a path is to be analysed as.

    Raises
    ------
    FiringOrderError
        There is no such file, or it is none that can be read.
    """
    if path.suffix.lower() == ".mcap":
        recording = open_first(path)
        return recording_source(recording, options), recording
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    try:
        return file_source(path, options), None
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror or error}.") from error


def opened(
    path: Path,
    options: FileOptions,
    folder: Callable[[Source], Path | None],
    progress: Callable[[float], None] | None = None,
    *,
    with_tracks: bool = True,
) -> tuple[Opened, list[str]]:
    """Return a recording with its analysis, and what a person should know of how it was opened.

    Parameters
    ----------
    folder
        Where analyses of a source are kept; None: nowhere.

    Raises
    ------
    FiringOrderError
        The file cannot be read.
    """
    source, recording = open_source(path, options)
    where = folder(source)
    remarks: list[str] = []
    how = _How(options=options, folder=folder)
    try:
        kept = _kept(where, source, with_tracks)
        if kept is not None and source.same(kept.facts):
            return Opened(path, source, kept, recording, None, **how, fresh=False), remarks
        if where is not None:
            try:
                kept = _analysed(path, source, recording, options, where, progress, with_tracks)
                return Opened(path, source, kept, recording, None, **how), remarks
            except OSError as error:
                remarks.append(
                    f"The analysis of {path.name} cannot be kept in {where}: "
                    f"{error.strerror or error}. It is made again when the recording is opened "
                    "the next time; make room or the folder writable."
                )
        temporary = tempfile.TemporaryDirectory(prefix="firingorder-", ignore_cleanup_errors=True)
        try:
            kept = _analysed(
                path, source, recording, options, Path(temporary.name), progress, with_tracks
            )
        except BaseException:
            temporary.cleanup()
            raise
    except OSError as error:
        raise RecordingError(f"{path} cannot be opened: {error.strerror or error}.") from error
    return Opened(path, source, kept, recording, temporary, **how), remarks


def _kept(where: Path | None, source: Source, with_tracks: bool) -> Kept | None:
    """Return what is kept; where no signals are wanted, a result without them will do."""
    if where is None:
        return None
    kept = read_kept(where / source.folder_name, source.key)
    if kept is None and not with_tracks:
        kept = read_kept(where / source.result_folder_name, source.key)
    return kept


def _analysed(
    path: Path,
    source: Source,
    recording: Recording | None,
    options: FileOptions,
    where: Path,
    progress: Callable[[float], None] | None,
    with_tracks: bool,
) -> Kept:
    """Analyse, and keep what was found. Raises OSError and FiringOrderError."""
    name = source.folder_name if with_tracks else source.result_folder_name
    making = Making(where / name)
    try:
        judged = _judge(path, source, recording, options, making if with_tracks else None, progress)
        if progress is not None:
            progress(1.0)
        return making.done(judged, source.key, source.facts())
    except BaseException:
        making.abandon()
        raise


def _judge(
    path: Path,
    source: Source,
    recording: Recording | None,
    options: FileOptions,
    making: Making | None,
    progress: Callable[[float], None] | None,
) -> Judged:
    options = replace(options, keep_posteriors=True)
    if recording is not None:
        capture = Capture(making)
        with second_process() as beside:
            result = analyse_recording(
                recording, options, capture.on_input, beside=beside, progress=progress
            )
        settings = _settings(recording, options)
    else:
        data = read_file(path, rate_hz=options.rate_hz)
        placed = place(data, options.montage)
        capture = Capture(making)
        on_piece = capture.on_piece(placed.channels)
        with second_process() as beside:
            result = analyse_file(data, options, on_piece, beside=beside, progress=progress)
        settings = options.settings or Settings()
    return Judged(
        analysis=result,
        settings=settings,
        tasks=capture.tasks,
        reference=capture.reference or PersonalReference(),
        flagged=tuple(one for one in capture.flagged if one.first_s < result.recording.duration_s),
        filter_words=filter_words(settings),
    )


def _settings(recording: Recording, options: FileOptions) -> Settings:
    from firingorder.session.files import recording_setup

    return recording_setup(recording, options).settings
