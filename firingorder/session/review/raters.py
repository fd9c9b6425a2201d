"""Series that are under way, and what is known of who marks: both beside the recordings.

A series lies with what is kept of its recording, so that it goes when the person is erased. What a
rater's own scatter is says nothing of any person; it is kept by itself.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import FiringOrderError, RecordingError
from firingorder.session.paths import private_folder
from firingorder.session.review.agreement import LEAST
from firingorder.session.review.blind import BlindMark, BlindSeries
from firingorder.session.review.labels import mark_set, read_marks, write_marks

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.session.review.agreement import Within
    from firingorder.session.review.looking import Looking

_SCHEMA = "firingorder.raters/1"


def series_path(folder: Path, rater: str, seed: int) -> Path:
    """Return where a series of a recording is kept; ``folder`` is that of its cache."""
    code = hashlib.sha256(rater.encode("utf-8")).hexdigest()[:12]
    return folder / "blind" / f"{code}-{seed}.json"


def keep_series(series: BlindSeries, folder: Path, recording_sha256: str) -> Path:
    """Write a series as it is; return its file. Raises RecordingError."""
    path = series_path(folder, series.rater, series.seed)
    try:
        private_folder(path.parent)
    except OSError as error:
        raise RecordingError(
            f"The marks cannot be kept in {path.parent}: {error.strerror}."
        ) from error
    return write_marks(mark_set(series, recording_sha256), path)[0]


def resume_series(review: Looking, folder: Path, rater: str, seed: int) -> BlindSeries | None:
    """Return a series where it was left, None if there is none about this recording.

    Raises
    ------
    FiringOrderError
        It is there and cannot be read.
    """
    path = series_path(folder, rater, seed)
    if not path.is_file():
        return None
    kept = read_marks(path)
    known = {(one.index, name) for one in review.analysis.repetitions for name in one.onsets}
    fits = all((item.repetition, item.channel) in known for item in kept.items)
    if kept.recording != review.facts.id or kept.rater != rater or not fits:
        return None
    series = BlindSeries(review, rater, kept.items, kept.seed)
    series.marks = {place: BlindMark(place, at) for place, at in kept.onsets_s.items()}
    return series


def keep_rater(folder: Path, who: str, within: Within) -> bool:
    """Keep what a rater's own scatter is, if enough repeats say it; return whether it was.

    Raises
    ------
    RecordingError
        The folder refuses.
    """
    if within.sd_ms is None or within.pairs < LEAST:
        return False
    path = _raters_file(folder)
    known = _raters(folder)
    known[who] = within.sd_ms.to_dict()
    try:
        private_folder(path.parent)
        text = json.dumps({"schema": _SCHEMA, "raters": known}, ensure_ascii=False, indent=1)
        making = path.with_suffix(".new")
        file = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as stream:
            stream.write(text + "\n")
        making.replace(path)
    except OSError as error:
        raise RecordingError(f"{path} cannot be written: {error.strerror}.") from error
    return True


def rater_sd_s(folder: Path, who: str) -> float:
    """Return the scatter of who works here, seconds; 0 where it is not known."""
    known = _raters(folder).get(who, {})
    value = known.get("value")
    return 1e-3 * float(value) if isinstance(value, int | float) and value > 0 else 0.0


def _raters_file(folder: Path) -> Path:
    return folder / "raters.json"


def _raters(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what is kept; a file that cannot be read is as good as none: marks stay as wide."""
    try:
        data = json.loads(_raters_file(folder).read_bytes())
        found = cast("dict[str, Any]", data)["raters"]
        return {str(who): dict(one) for who, one in cast("dict[str, Any]", found).items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, FiringOrderError):
        return {}
