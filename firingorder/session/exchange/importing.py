"""Makes a recording of a file of another program.

The recording keeps the samples bit by bit with the file's SHA-256, under the names of muscles that
a montage gives, and never the name of the file, which may be a person's. It is written beside its
place under another name and moved there when it is whole.
"""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firingorder.errors import FileFormatError, RecordingError, UsageError
from firingorder.recording.readers import read_file
from firingorder.recording.storage import explain
from firingorder.recording.topics import ClockAnchor
from firingorder.recording.writer import RecordingWriter
from firingorder.session.arrays import LEAST_RATE_HZ, without_impossible
from firingorder.session.exchange.importing_facts import (
    device_message,
    kept_columns,
    montage_of,
    programme_message,
    session_message,
    streams_of,
    told_of,
)
from firingorder.session.exchange.importing_reads import reads_of
from firingorder.session.foreign import locate
from firingorder.session.inputs import Input, LinkNote, to_entry
from firingorder.session.paths import private_folder
from firingorder.session.tasking import asked_task
from firingorder.signal.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firingorder.findings import Sides
    from firingorder.montage import Montage
    from firingorder.recording.readers import FileData
    from firingorder.recording.readers.filedata import ClockKind
    from firingorder.session.foreign import Located

#: Told how much of the samples is written, 0 to 1.
OnProgress = Callable[[float], None]
#: A chunk of the recording is closed after this much of the file's time, so that seeking is quick.
_FLUSH_S = 5.0
#: Of what the command tells of a recording that it made; the recording has one of its own.
IMPORTED = "firingorder.imported/1"


@dataclass(frozen=True, slots=True)
class Imported:
    """What was made of a file.

    Attributes
    ----------
    path, recording_id
        The recording.
    format, sha256
        Of the file.
    duration_s, rate_hz, channels
        Length of its EMG, and the muscles.
    clock
        What its times rest on; ``verified`` is False where that is a rate alone.
    warnings
        What to know; the recording holds them, too.
    """

    path: Path
    recording_id: str
    format: str
    sha256: str
    duration_s: float
    rate_hz: float
    channels: tuple[str, ...]
    markers: int
    has_imu: bool
    clock: ClockKind
    warnings: tuple[str, ...]

    @property
    def verified(self) -> bool:
        """Whether the file had a clock of its own."""
        return self.clock in ("stamps", "counter")

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON for programs."""
        out: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        out |= {"path": str(self.path), "channels": list(self.channels)}
        return {
            "schema": IMPORTED,
            **out,
            "warnings": list(self.warnings),
            "verified": self.verified,
        }


def import_file(
    path: Path | str,
    out: Path | str,
    montage: Path | str | Montage | None = None,
    rate_hz: float | None = None,
    *,
    person: str = "",
    task: str | None = None,
    side: Sides | None = None,
    settings: Settings | None = None,
    anchor: ClockAnchor | None = None,
    progress: OnProgress | None = None,
) -> Imported:
    """Make a recording of a file.

    Parameters
    ----------
    path, out
        The file, and the recording (``.mcap``) that must not exist yet.
    montage
        Which label is which muscle; without one the labels must say it.
    rate_hz
        For files that do not say it.
    person
        A code, never a name.
    task, side
        The exercise that was done (bridge), and the side that worked.
    anchor
        The instant that the file's first sample is given; that of the import by default.

    Raises
    ------
    FiringOrderError
        The file cannot be read, its muscles are not matched, it is too slow for EMG, or the
        recording cannot be written. Nothing is left behind then.
    """
    path, out = Path(path), Path(out)
    _check_target(out)
    spec = asked_task(task, side)
    data, placed = _located(path, montage, rate_hz)
    kept = kept_columns(placed)
    anchor, settings = anchor or ClockAnchor.now(), settings or Settings()
    recording_id = str(uuid.uuid4())
    warnings = told_of(path, placed, data)
    streams = streams_of(data, placed, kept, anchor)
    preamble = {
        "session": session_message(recording_id, person, spec, settings),
        "device": device_message(data, placed, kept, streams, warnings),
        "montage": montage_of(placed, kept).to_dict(),
        "settings": tomllib.loads(settings.to_toml()),
        "programme": programme_message(spec),
    }
    emg_uv = without_impossible(placed.stream.samples[:, kept])
    markers = tuple((at_s - placed.stream.t0_s, text) for at_s, text in data.markers)
    inputs = reads_of(streams, emg_uv, placed.imu, markers)
    duration_s = len(emg_uv) / placed.stream.rate_hz
    _write(out, anchor, preamble, _whole(inputs, anchor), duration_s, progress)
    return Imported(
        out,
        recording_id,
        data.format,
        data.sha256,
        duration_s,
        placed.stream.rate_hz,
        placed.channels,
        len(data.markers),
        placed.imu is not None,
        data.clock,
        warnings,
    )


def _located(
    path: Path, montage: Path | str | Montage | None, rate_hz: float | None
) -> tuple[FileData, Located]:
    """Read the file and find the muscles in it; refuse what is no EMG."""
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    data = read_file(path, rate_hz=rate_hz)
    placed = locate(data, Path(montage) if isinstance(montage, str) else montage)
    if placed.stream.rate_hz < LEAST_RATE_HZ:
        raise FileFormatError(
            f"{path} has {placed.stream.rate_hz:g} samples a second: EMG cannot be told from what "
            f"is slower below {LEAST_RATE_HZ:g} Hz. If the rate is wrong, give it with --rate."
        )
    if not len(placed.stream.samples):
        raise FileFormatError(f"{path} holds no samples of its muscles.")
    return data, placed


def _check_target(out: Path) -> None:
    if out.suffix.lower() != ".mcap":
        raise UsageError(f"{out}: a recording is called FILE.mcap.")
    if out.exists():
        raise UsageError(f"{out} exists and is not overwritten. Name another file.")


def _whole(inputs: Iterator[Input], anchor: ClockAnchor) -> Iterator[Input]:
    """Yield the inputs of a session: the link opens, the samples come, the link is closed."""
    t_ns = anchor.mono_ns
    yield LinkNote(0, "opened", t_ns)
    yield LinkNote(0, "streaming", t_ns)
    for item in inputs:
        t_ns = item.t_ns
        yield item
    yield LinkNote(0, "closed", t_ns)


def _write(
    out: Path,
    anchor: ClockAnchor,
    preamble: dict[str, dict[str, Any]],
    inputs: Iterator[Input],
    duration_s: float,
    progress: OnProgress | None,
) -> None:
    private_folder(out.parent)
    draft = out.with_name(f".{out.stem}.{uuid.uuid4().hex[:8]}.part")
    try:
        writer = RecordingWriter(draft, anchor=anchor, preamble=preamble)
        try:
            _write_inputs(writer, inputs, anchor, duration_s, progress)
            writer.finish()
        except BaseException:
            writer.abandon()
            raise
        if out.exists():
            raise UsageError(f"{out} exists and is not overwritten. Name another file.")
        draft.replace(out)
    except OSError as error:
        raise RecordingError(explain(error, out)) from error
    except RecordingError as error:  # of the file under its other name, which nobody has heard of
        raise RecordingError(str(error).replace(str(draft), str(out))) from error
    finally:
        draft.unlink(missing_ok=True)


def _write_inputs(
    writer: RecordingWriter,
    inputs: Iterator[Input],
    anchor: ClockAnchor,
    duration_s: float,
    progress: OnProgress | None,
) -> None:
    flushed_s, reads = 0.0, 0
    for item in inputs:
        topic, data, t_ns = to_entry(item, reads)
        writer.write(topic, data, t_ns)
        reads += topic.endswith("rx")
        at_s = (t_ns - anchor.mono_ns) * 1e-9
        if at_s - flushed_s >= _FLUSH_S:
            writer.flush()
            flushed_s = at_s
            if progress is not None:
                progress(min(1.0, at_s / duration_s))
