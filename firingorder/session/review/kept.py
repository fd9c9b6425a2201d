"""One analysis as it is kept on the disk: result, posteriors, and the signals to look at.

Everything here can be computed again from the recording. What does not fit to the last field is
not read at all, and the recording is analysed anew.
"""

from __future__ import annotations

import contextlib
import gc
import json
import shutil
import uuid
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from firingorder import __version__
from firingorder.findings import ChannelFinding, RepetitionFinding, SetFinding, UnclearReason
from firingorder.session.paths import private_folder
from firingorder.session.results import Analysis, RecordingSummary
from firingorder.session.review.metric_table import metrics_of, table_of
from firingorder.session.review.packing import pack, shapes, unpack
from firingorder.session.review.tracks import Track, TrackInfo
from firingorder.session.training_result import Training
from firingorder.signal.account import RepetitionAccount
from firingorder.signal.posterior import OnsetPosterior
from firingorder.signal.reference import PersonalReference
from firingorder.signal.settings import Settings
from firingorder.signal.task import TaskSpec

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from firingorder.findings import Sides
    from firingorder.samples import FloatArray
    from firingorder.session.review.tracks import TrackWriter

FORMAT = "firingorder.review/3"
_INDEX = "index.json"
_RESULT = "result.json"
_POSTERIORS = "posteriors.f8"
_METRICS = "metrics.f8"


@dataclass(frozen=True, slots=True)
class Flagged:
    """Samples of a channel that say nothing, and why; device time."""

    channel: str
    reason: UnclearReason
    first_s: float
    last_s: float


@dataclass(frozen=True, slots=True)
class Judged:
    """An analysis with what it was made with, so that it can be judged again.

    Attributes
    ----------
    tasks
        By id and working side.
    flagged
        Missing and saturated samples, and electrodes that were off.
    filter_words
        What the filtered signal is, in words.
    """

    analysis: Analysis
    settings: Settings
    tasks: Mapping[tuple[str, Sides], TaskSpec]
    reference: PersonalReference
    flagged: tuple[Flagged, ...] = ()
    filter_words: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was read: an analysis and its signals by name; ``folder`` holds them."""

    judged: Judged
    tracks: Mapping[str, Track]
    folder: Path
    key: str
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])


def read_kept(folder: Path, key: str) -> Kept | None:
    """Return what is kept under this key, None where there is nothing that fits.

    Raises
    ------
    OSError
        Files vanish while they are read.
    """
    try:
        index = json.loads((folder / _INDEX).read_bytes())
        if not isinstance(index, dict):
            return None
        told = cast("dict[str, Any]", index)
        wanted = {"format": FORMAT, "shapes": shapes(), "version": __version__, "key": key}
        if any(told.get(name) != value for name, value in wanted.items()):
            return None
        data = cast("dict[str, Any]", json.loads((folder / _RESULT).read_bytes()))
        posteriors = _read_posteriors(folder / _POSTERIORS, data["posteriors"])
        numbers = np.fromfile(folder / _METRICS, dtype="<f8")
        tracks = {one["name"]: Track(folder, TrackInfo.from_json(one)) for one in told["tracks"]}
        with _without_collecting():
            judged = _judged(data, posteriors, numbers)
    except (OSError, ValueError, TypeError, LookupError, AttributeError, AssertionError):
        return None
    return Kept(judged, tracks, folder, key, cast("dict[str, Any]", told.get("facts", {})))


class Making:
    """A folder in which an analysis is being kept; nobody sees it before :meth:`done`."""

    def __init__(self, target: Path) -> None:
        """Make a folder beside the target. Raises OSError."""
        self._target = target
        private_folder(target.parent)
        self.folder = private_folder(target.parent / f".{target.name}-{uuid.uuid4().hex[:8]}")
        self._writers: list[TrackWriter] = []

    def own(self, writer: TrackWriter) -> TrackWriter:
        """Close this writer with the rest."""
        self._writers.append(writer)
        return writer

    def done(self, judged: Judged, key: str, facts: Mapping[str, Any]) -> Kept:
        """Write the rest, give the folder its name, and read it. Raises OSError."""
        infos = [writer.close() for writer in self._writers]
        data = _packed(judged, self.folder)
        (self.folder / _RESULT).write_text(json.dumps(data), encoding="utf-8")
        index = {
            "format": FORMAT,
            "shapes": shapes(),
            "version": __version__,
            "key": key,
            "tracks": [one.to_json() for one in infos],
            "facts": dict(facts),
        }
        (self.folder / _INDEX).write_text(json.dumps(index), encoding="utf-8")
        for file in self.folder.iterdir():
            file.chmod(0o600)
        if read_kept(self._target, key) is None:  # else another window was quicker
            shutil.rmtree(self._target, ignore_errors=True)
            with contextlib.suppress(OSError):
                self.folder.replace(self._target)
        folder = self._target if self._target.is_dir() else self.folder
        kept = read_kept(folder, key)
        if kept is None:
            raise OSError("what was written could not be read again")
        if folder is self._target:
            shutil.rmtree(self.folder, ignore_errors=True)
        return kept

    def abandon(self) -> None:
        """Leave nothing behind."""
        for writer in self._writers:
            writer.abandon()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def _without_collecting() -> Generator[None]:
    """Make thousands of objects that all stay without looking for garbage among them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _packed(judged: Judged, folder: Path) -> dict[str, Any]:
    result = judged.analysis
    table, heads = table_of(result.repetitions)
    (folder / _METRICS).write_bytes(np.ascontiguousarray(table, dtype="<f8").tobytes())
    return {
        "version": result.version,
        "settings_hash": result.settings_hash,
        "recording": pack(result.recording),
        "channels": pack(result.channels),
        "repetitions": pack([replace(one, metrics=()) for one in result.repetitions]),
        "metrics": heads,
        "sets": pack(result.sets),
        "warnings": list(result.warnings),
        "training": None if result.training is None else pack(result.training),
        "accounts": [[index, pack(one)] for index, one in result.accounts.items()],
        "posteriors": _write_posteriors(folder / _POSTERIORS, result.posteriors),
        "settings": pack_settings(judged.settings),
        "tasks": [pack(one) for one in judged.tasks.values()],
        "reference": pack(judged.reference),
        "flagged": [pack(one) for one in judged.flagged],
        "filter_words": judged.filter_words,
    }


def _judged(
    data: dict[str, Any], posteriors: dict[int, dict[str, OnsetPosterior]], numbers: FloatArray
) -> Judged:
    bare = [unpack(RepetitionFinding, one) for one in data["repetitions"]]
    metrics = metrics_of(numbers, data["metrics"], len(bare))
    repetitions = tuple(replace(one, metrics=own) for one, own in zip(bare, metrics, strict=True))
    bursts = sorted(
        (burst for one in repetitions for burst in one.bursts),
        key=lambda burst: (burst.onset_s, burst.channel),
    )
    training = data["training"]
    result = Analysis(
        version=str(data["version"]),
        settings_hash=str(data["settings_hash"]),
        recording=unpack(RecordingSummary, data["recording"]),
        channels=tuple(unpack(ChannelFinding, one) for one in data["channels"]),
        bursts=tuple(bursts),
        repetitions=repetitions,
        sets=tuple(unpack(SetFinding, one) for one in data["sets"]),
        warnings=tuple(str(one) for one in data["warnings"]),
        training=None if training is None else unpack(Training, training),
        posteriors=posteriors,
        accounts={int(index): unpack(RepetitionAccount, one) for index, one in data["accounts"]},
    )
    tasks = [unpack(TaskSpec, one) for one in data["tasks"]]
    return Judged(
        analysis=result,
        settings=Settings.from_toml(data["settings"]),
        tasks={(one.id, one.working_side): one for one in tasks},
        reference=unpack(PersonalReference, data["reference"]),
        flagged=tuple(Flagged(*one) for one in data["flagged"]),
        filter_words=str(data["filter_words"]),
    )


def pack_settings(settings: Settings) -> dict[str, Any]:
    """Return settings as the tables that :meth:`Settings.from_toml` reads."""
    return asdict(settings)


def _write_posteriors(
    path: Path, posteriors: Mapping[int, Mapping[str, OnsetPosterior]]
) -> list[list[Any]]:
    """Write the probabilities one after the other; return where each of them is."""
    index: list[list[Any]] = []
    at = 0
    with path.open("wb") as file:
        for repetition, channels in posteriors.items():
            for name, one in channels.items():
                file.write(np.ascontiguousarray(one.p, dtype="<f8").tobytes())
                place = (repetition, name, at, len(one.p))
                index.append([*place, one.t0_s, one.step_s, one.log_bayes, one.first_event])
                at += len(one.p)
    return index


def _read_posteriors(path: Path, index: list[list[Any]]) -> dict[int, dict[str, OnsetPosterior]]:
    found: dict[int, dict[str, OnsetPosterior]] = {}
    if not index:
        return found
    values = np.fromfile(path, dtype="<f8")
    for repetition, name, at, n, t0_s, step_s, log_bayes, first_event in index:
        p = values[at : at + n]
        if len(p) != n:
            raise ValueError("posteriors are cut off")
        found.setdefault(int(repetition), {})[str(name)] = OnsetPosterior(
            float(t0_s), float(step_s), p, float(log_bayes), first_event=float(first_event)
        )
    return found
