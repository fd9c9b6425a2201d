"""Marks as files that others can use: ``firingorder.marks/1`` (JSON), and a plain table (CSV).

Codes instead of names, no dates: whose recording it was is known by its hash alone.
"""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

from firingorder import __version__
from firingorder.errors import FileFormatError, RecordingError, UsageError
from firingorder.session.review.agreement import (
    SEED,
    Between,
    Measure,
    Timed,
    ToAutomatic,
    Within,
    between_raters,
    to_automatic,
    within_rater,
)
from firingorder.session.review.blind import BlindItem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from firingorder.session.review.blind import BlindSeries

SCHEMA = "firingorder.marks/1"
_COLUMNS = (
    "rater",
    "recording_sha256",
    "recording",
    "repetition",
    "channel",
    "window_first_s",
    "window_last_s",
    "onset_s",
    "answer",
    "place",
    "repeat_of",
)
#: Longer files are none of these: marks of ten thousand signals have some megabytes.
_LARGEST_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class MarkSet:
    """What one rater marked. ``automatic`` is what was found of each signal, for comparison."""

    rater: str
    recording: str
    recording_sha256: str
    seed: int
    settings_hash: str
    version: str
    items: tuple[BlindItem, ...]
    onsets_s: dict[int, float | None]
    automatic: dict[str, tuple[float, float, float] | None]

    def timed(self, *, second: bool) -> list[Timed]:
        """Return the marks of the first or of the second time a signal was shown.

        Signals are the same where recording, channel and window are about the same.
        """
        return [
            Timed(item.key, item.cluster, self.onsets_s[item.place])
            for item in self.items
            if item.place in self.onsets_s and (item.repeat_of is not None) == second
        ]

    def within(self, *, seed: int = SEED) -> Within:
        """Return how the rater repeats themselves."""
        seconds = {one.item: one for one in self.timed(second=True)}
        return within_rater(self.timed(second=False), seconds, seed=seed)

    def against_automatic(self, *, seed: int = SEED) -> ToAutomatic:
        """Return the marks against what was found."""
        return to_automatic(self.timed(second=False), self.automatic, seed=seed)


def mark_set(series: BlindSeries, recording_sha256: str) -> MarkSet:
    """Return a series as a set of marks."""
    facts = series.review.facts
    return MarkSet(
        rater=series.rater,
        recording=facts.id,
        recording_sha256=recording_sha256,
        seed=series.seed,
        settings_hash=facts.settings_hash,
        version=__version__,
        items=series.items,
        onsets_s={place: one.onset_s for place, one in series.marks.items()},
        automatic=series.automatic(),
    )


def compare(first: MarkSet, second: MarkSet, *, seed: int = SEED) -> Between:
    """Return how two raters differ: second minus first.

    Raises
    ------
    UsageError
        They are about different recordings, or have no signal in common.
    """
    if first.recording_sha256 != second.recording_sha256:
        raise UsageError(
            f"The marks of {first.rater} and {second.rater} are about different recordings: "
            "compare two files about the same one."
        )
    seconds = {one.item: one for one in second.timed(second=False)}
    firsts = first.timed(second=False)
    firsts = [one for one in firsts if _same_signal(first, second, one.item)]
    if not any(one.item in seconds for one in firsts):
        raise UsageError(f"{first.rater} and {second.rater} marked no signal both.")
    return between_raters(firsts, seconds, seed=seed)


def _same_signal(first: MarkSet, second: MarkSet, key: str) -> bool:
    """Whether a repetition of this number is the same one in both: their windows overlap by half.

    Another version may number repetitions otherwise.
    """
    spans = [
        next((item.window_s for item in one.items if item.key == key), None)
        for one in (first, second)
    ]
    if spans[0] is None or spans[1] is None:
        return False
    (a, b), (c, d) = spans[0], spans[1]
    return 2.0 * (min(b, d) - max(a, c)) >= min(b - a, d - c)


def write_marks(marks: MarkSet, path: Path) -> tuple[Path, Path]:
    """Write the set as ``path`` with ``.json`` and ``.csv``; return both.

    Raises
    ------
    RecordingError
        The folder refuses.
    """
    whole, table = path.with_suffix(".json"), path.with_suffix(".csv")
    try:
        for target, text in ((whole, _json(marks)), (table, _csv(marks))):
            file = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(file, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
    except OSError as error:
        raise RecordingError(f"{path} cannot be written: {error.strerror}.") from error
    return whole, table


def read_marks(path: Path) -> MarkSet:
    """Read a set of marks.

    Raises
    ------
    UsageError, RecordingError, FileFormatError
        There is no such file, it cannot be read, or it is no set of marks of this version.
    """
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise FileFormatError(f"{path} is too large for a set of marks.")
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise FileFormatError(f"{path} is no set of marks: choose the .json file.") from error
    told = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
    if told.get("schema") != SCHEMA:
        raise FileFormatError(
            f"{path} has the schema {told.get('schema')!r}; this version reads {SCHEMA}."
        )
    try:
        return _marks(told)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileFormatError(f"{path} is damaged: a mark in it makes no sense.") from error


def _json(marks: MarkSet) -> str:
    told = {
        "schema": SCHEMA,
        "rater": marks.rater,
        "recording": marks.recording,
        "recording_sha256": marks.recording_sha256,
        "seed": marks.seed,
        "software": {"version": marks.version, "settings_hash": marks.settings_hash},
        "marks": [
            {
                "place": item.place,
                "repeat_of": item.repeat_of,
                "repetition": item.repetition,
                "channel": item.channel,
                "window_s": [round(one, 6) for one in item.window_s],
                "answer": _answer(marks, item),
                "onset_s": _rounded(marks.onsets_s.get(item.place)),
            }
            for item in marks.items
        ],
        "automatic": {
            key: None if one is None else [round(value, 6) for value in one]
            for key, one in marks.automatic.items()
        },
        "statistics": {
            "bootstrap_seed": SEED,
            "within": _plain(asdict(marks.within())),
            "to_automatic": _plain(asdict(marks.against_automatic())),
        },
    }
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def _csv(marks: MarkSet) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for item in marks.items:
        onset_s = marks.onsets_s.get(item.place)
        writer.writerow(
            (
                marks.rater,
                marks.recording_sha256,
                marks.recording,
                item.repetition,
                item.channel,
                f"{item.window_s[0]:.6f}",
                f"{item.window_s[1]:.6f}",
                "" if onset_s is None else f"{onset_s:.6f}",
                _answer(marks, item),
                item.place,
                "" if item.repeat_of is None else item.repeat_of,
            )
        )
    return out.getvalue()


def _answer(marks: MarkSet, item: BlindItem) -> str:
    if item.place not in marks.onsets_s:
        return "unmarked"
    return "no_onset" if marks.onsets_s[item.place] is None else "onset"


def _marks(told: Mapping[str, Any]) -> MarkSet:
    items: list[BlindItem] = []
    onsets: dict[int, float | None] = {}
    for one in cast("list[dict[str, Any]]", told["marks"]):
        first_s, last_s = one["window_s"]
        again = one["repeat_of"]
        item = BlindItem(
            int(one["place"]),
            str(told["recording"]),
            int(one["repetition"]),
            str(one["channel"]),
            (float(first_s), float(last_s)),
            None if again is None else int(again),
        )
        items.append(item)
        if one["answer"] == "onset":
            onsets[item.place] = float(one["onset_s"])
        elif one["answer"] == "no_onset":
            onsets[item.place] = None
    automatic: dict[str, tuple[float, float, float] | None] = {}
    for key, values in cast("dict[str, Any]", told["automatic"]).items():
        if values is None:
            automatic[key] = None
        else:
            median, low, high = values
            automatic[key] = (float(median), float(low), float(high))
    software = cast("dict[str, Any]", told["software"])
    return MarkSet(
        rater=str(told["rater"]),
        recording=str(told["recording"]),
        recording_sha256=str(told["recording_sha256"]),
        seed=int(told["seed"]),
        settings_hash=str(software["settings_hash"]),
        version=str(software["version"]),
        items=tuple(items),
        onsets_s=onsets,
        automatic=automatic,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Measure):
        return value.to_dict()
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in cast("dict[object, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in cast("list[Any]", value)]
    return round(value, 3) if isinstance(value, float) else value


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
