"""Analysis of files: our recordings through the engine, other people's through the pipeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import FileFormatError, UsageError
from firingorder.firmware_bridge.adapters import ADAPTERS
from firingorder.firmware_bridge.source import FRAME_V1, IMPORTED, SourceSpec
from firingorder.montage import (
    Montage,
    load_montage,
    parse_montage,
)
from firingorder.recording.readers import FileData, read_file
from firingorder.session.arrays import (
    analyse_samples,
    stream_summary,
)
from firingorder.session.engine import Engine
from firingorder.session.foreign import HAM_SITE_WARNING, ham_site_unknown, place
from firingorder.session.imports import import_warnings
from firingorder.session.inputs import Input, Rx, from_entry
from firingorder.session.parts import continued, damage_words, entries, open_first, parts
from firingorder.session.readings import age_of
from firingorder.session.remarks import remarks
from firingorder.session.results import Analysis, RecordingSummary, analysis
from firingorder.session.setup import SessionSetup
from firingorder.session.shares import Share
from firingorder.session.tasking import asked_task, recorded_task, task_warnings
from firingorder.session.training_result import training_of, training_warnings
from firingorder.signal.settings import Settings, without_retired
from firingorder.signal.wanted import LED, RESULT_ONLY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firingorder.findings import ChannelFinding, Sides, TrainingFinding
    from firingorder.recording.reader import Recording
    from firingorder.session.arrays import OnPiece
    from firingorder.session.shares import Progress
    from firingorder.signal.case import Beside

#: Told after each input of an analysis, and None at its end: who keeps what is only drawn.
OnInput = Callable[[Engine, "Input | None"], None]


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How a file is to be read; None takes what the file says, else the default."""

    task: str | None = None
    side: Sides | None = None
    montage: Path | None = None
    rate_hz: float | None = None
    settings: Settings | None = None
    keep_posteriors: bool = False

    @property
    def asks_otherwise(self) -> bool:
        """Whether something else is asked for than a recording says of itself."""
        asked = (self.task, self.side, self.montage, self.settings)
        return any(one is not None for one in asked)


def analyse_path(
    path: Path | str,
    options: FileOptions | None = None,
    *,
    beside: Beside | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Analyse a recording or a file of another program; ``beside`` may judge meanwhile.

    Raises
    ------
    FiringOrderError
        The file is missing, damaged or not matched by the montage; the message says what to do.
    """
    path, options = Path(path), options or FileOptions()
    if path.suffix.lower() == ".mcap":
        return analyse_recording(open_first(path), options, beside=beside, progress=progress)
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    data = read_file(path, rate_hz=options.rate_hz)
    return analyse_file(data, options, beside=beside, progress=progress)


def recording_setup(recording: Recording, options: FileOptions) -> SessionSetup:
    """Return the session a recording was made with, changed by what the options ask for."""
    montage = options.montage
    recorded = recording.montage
    return SessionSetup(
        task=recorded_task(recording.session, options.task, options.side),
        montage=load_montage(montage)
        if montage is not None
        else (parse_montage(recorded, f"The montage of {recording.path}") if recorded else None),
        settings=options.settings or _recorded_settings(recording)[0],
        sources=_recorded_sources(recording),
        person=str(recording.session.get("person") or ""),
        belt_taps=recording.session.get("belt_taps") is True,
        fixed_task=options.task is not None,
    )


def _recorded_sources(recording: Recording) -> tuple[SourceSpec, ...]:
    """Return how the bytes of each link are to be read; recordings before had one, frame v1.

    Raises
    ------
    FileFormatError
        A device's protocol is unknown to this version.
    """
    links = recording.session.get("links")
    if not isinstance(links, list) or not links:
        return (SourceSpec.from_dict({"framing": recording.session.get("framing")}),)
    specs = tuple(
        SourceSpec.from_dict(cast("dict[str, Any]", one))
        for one in cast("list[object]", links)
        if isinstance(one, dict)
    )
    for spec in specs:
        if spec.protocol not in (FRAME_V1, IMPORTED, *ADAPTERS):
            raise FileFormatError(
                f"{recording.path} was made with a device that this version cannot read "
                f"({spec.protocol}). Update firingorder."
            )
    return specs


def _recorded_settings(recording: Recording) -> tuple[Settings, list[str]]:
    """Return the settings a recording was made with, and those that this version has not.

    An older recording has the defaults of this version for what it does not name.
    """
    kept, unknown = _known_only(without_retired(recording.settings or {}), asdict(Settings()))
    try:
        return Settings.from_toml(kept), unknown
    except UsageError as error:
        raise FileFormatError(f"The settings in {recording.path} make no sense: {error}") from error


def _known_only(
    data: dict[str, Any], template: dict[str, Any], path: str = ""
) -> tuple[dict[str, Any], list[str]]:
    kept: dict[str, Any] = {}
    unknown: list[str] = []
    for name, value in data.items():
        if name not in template:
            unknown.append(f"{path}{name}")
        elif isinstance(value, dict) and isinstance(template[name], dict):
            inside = cast("dict[str, Any]", value)
            kept[name], further = _known_only(inside, template[name], f"{path}{name}.")
            unknown += further
        else:
            kept[name] = value
    return kept, unknown


def recorded_inputs(recording: Recording) -> Iterator[Input]:
    """Yield the inputs of a session in the order in which they happened, over all its files."""
    for entry in entries(recording):
        item = from_entry(entry.topic, entry.data, entry.t_ns)
        if item is not None:
            yield item


def analyse_recording(
    recording: Recording,
    options: FileOptions,
    on_input: OnInput | None = None,
    *,
    beside: Beside | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Run the live path again over a recording, without what only those need who watch.

    Where a coach led and something else is asked for than was recorded, it is first led again as it
    was: limits of sets, cues and pauses are those that the person had. ``on_input`` may take what
    is to be drawn (``engine.take_display``). ``beside`` serves where no coach leads: one waits for
    every verdict.
    """
    setup, script = recording_setup(recording, options), None
    notes: list[TrainingFinding] = []
    led = any(part.programme.get("training") is True for part in parts(recording))
    if led and options.asks_otherwise:
        as_it_was = _played(
            recording, Engine(recording_setup(recording, FileOptions()), wanted=LED)
        )
        script, notes = as_it_was.training.done, as_it_was.training.notes
    wanted = LED if led and script is None else replace(RESULT_ONLY, beside=beside)
    engine = Engine(
        setup,
        keep_posteriors=options.keep_posteriors,
        wanted=wanted if on_input is None else replace(wanted, display=True),
        script=script,
    )
    engine.training.notes += notes
    return engine_analysis(_played(recording, engine, on_input, progress), recording)


def _played(
    recording: Recording,
    engine: Engine,
    on_input: OnInput | None = None,
    progress: Progress | None = None,
) -> Engine:
    share = Share(progress, sum(one.path.stat().st_size for one in parts(recording)))
    for item in recorded_inputs(recording):
        engine.feed(item)
        if isinstance(item, Rx):
            share.add(len(item.data))
        if on_input is not None:
            on_input(engine, item)
    engine.finish()
    if on_input is not None:
        on_input(engine, None)
    return engine


def engine_analysis(
    engine: Engine, recording: Recording | None = None, *, file: str = "", identity: str = ""
) -> Analysis:
    """Return the result of an engine that has seen all its inputs."""
    warnings = [*task_warnings(engine.setup.task), *training_warnings(engine)]
    if recording is not None:
        file, identity = recording.path.name, str(recording.session.get("recording_id", ""))
        warnings += _recording_warnings(recording)
    channels: tuple[ChannelFinding, ...] = ()
    if engine.pipeline is None:
        warnings.append("The recording holds no samples.")
    else:
        channels, said = remarks(
            engine.pipeline,
            engine.setup.task,
            engine.setup.settings,
            repetitions=len(engine.repetitions),
            tally=engine.tallies.get("emg"),
            has_imu=engine.has_imu,
        )
        warnings += said
    if engine.refused is not None:
        warnings.append(str(engine.refused))
    if engine.taps is not None:
        warnings.append(engine.taps.words)
    if ham_site_unknown(engine.setup.montage, engine.channels):
        warnings.append(HAM_SITE_WARNING)
    return analysis(
        settings_hash=engine.setup.settings.hash(),
        recording=RecordingSummary(
            id=identity,
            file=file,
            duration_s=engine.duration_s,
            task=engine.setup.task.id,
            side=engine.setup.task.working_side,
            simulated=engine.simulated
            or (recording is not None and recording.session.get("simulated") is True),
            streams=tuple(stream_summary(tally) for tally in engine.tallies.values()),
            age_ms=age_of(engine),
        ),
        channels=channels,
        repetitions=tuple(engine.repetitions),
        sets=() if engine.pipeline is None else engine.pipeline.sets(),
        warnings=tuple(warnings),
        posteriors={} if engine.pipeline is None else engine.pipeline.posteriors(),
        accounts={} if engine.pipeline is None else engine.pipeline.accounts(),
        training=training_of(engine.training.notes),
    )


def analyse_file(
    data: FileData,
    options: FileOptions,
    on_piece: OnPiece | None = None,
    *,
    beside: Beside | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Analyse a file of another program; its channels are named by the montage or by its labels."""
    placed = place(data, options.montage)
    return analyse_samples(
        placed.emg_uv,
        placed.rate_hz,
        placed.channels,
        task=asked_task(options.task, options.side),
        settings=options.settings or Settings(),
        imu=placed.imu,
        source=(data.sha256, data.path.name),
        warnings=placed.warnings,
        keep_posteriors=options.keep_posteriors,
        calibrated=placed.calibrated,
        on_piece=on_piece,
        beside=beside,
        progress=progress,
    )


def _recording_warnings(recording: Recording) -> list[str]:
    warnings: list[str] = import_warnings(recording.device)
    damage = damage_words(recording)
    if damage:
        warnings.append(damage)
    before = continued(recording)
    if before is not None:
        warnings.append(
            f"This file continues {before.get('file')}: analyse that one, it takes this one along."
        )
    unknown = _recorded_settings(recording)[1]
    if unknown:
        warnings.append(
            f"The recording was made with settings that this version has not: {', '.join(unknown)}."
        )
    return warnings


def read_montage(path: str | None) -> Montage | None:
    """Return the montage named on the command line, None if none was."""
    return None if path is None else load_montage(Path(path))


def require_recording(path: Path) -> Recording:
    """Open one of our own recordings.

    Raises
    ------
    FileFormatError
        It is none.
    FiringOrderError
        It is only the continuation of another one, or cannot be read.
    """
    if path.suffix.lower() != ".mcap" and path.is_file():
        raise FileFormatError(
            f"{path} is no recording of firingorder (.mcap). `firingorder analyse` reads files of "
            "other programs, `firingorder import` makes recordings of them."
        )
    return open_first(path)
