"""The task of one file: a path and options in, text and numbers out. Any runner can carry it."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firingorder.errors import FiringOrderError, UsageError
from firingorder.recording.reader import open_recording
from firingorder.session.cohort.key import asked_key, identity, recording_sha256
from firingorder.session.cohort.rows import rows_of
from firingorder.session.files import analyse_path, recording_setup
from firingorder.signal.settings import Settings

if TYPE_CHECKING:
    from firingorder.session.files import FileOptions
    from firingorder.session.results import Analysis

_log = logging.getLogger(__name__)

#: Schema of what stands beside the analysis in a kept result.
SCHEMA = "firingorder.cohort/1"


@dataclass(frozen=True, slots=True)
class Task:
    """One file to analyse. ``path`` is opened by whoever carries the task out."""

    path: str
    options: FileOptions
    bytes: int = 0


def run_task(task: Task) -> dict[str, Any]:
    """Analyse one file. The result is plain JSON; an error is a result, too.

    Returns
    -------
    dict
        ``text`` and ``block`` as :func:`outcome_of`; or ``error``, a sentence, and ``exit_code``,
        with ``sha256`` where the file could be read at all.
    """
    path = Path(task.path)
    sha256 = ""
    try:
        sha256 = recording_sha256(path) if path.is_file() else ""
        return outcome_of(path, task.options, analyse_path(path, task.options), sha256)
    except FiringOrderError as error:
        return failure(str(error), sha256, error.exit_code)
    except OSError as error:
        return failure(f"{path} cannot be read: {error.strerror or error}.", sha256)
    except Exception as error:  # noqa: BLE001 - the other files must still be analysed
        _log.debug("analysis failed", exc_info=True)
        words = f"{type(error).__name__}: {error}"
        return failure(
            f"{path}: unexpected {words}. This is a fault of firingorder; run it alone with "
            "--debug and report it.",
            sha256,
        )


def failure(sentence: str, sha256: str = "", exit_code: int = 1) -> dict[str, Any]:
    """Return the outcome of a file that could not be analysed."""
    return {"error": sentence, "sha256": sha256, "exit_code": exit_code}


def raised(outcome: dict[str, Any]) -> FiringOrderError:
    """Return the error of an outcome, for where one file is all there was."""
    kind = UsageError if outcome["exit_code"] == UsageError.exit_code else FiringOrderError
    return kind(outcome["error"])


def outcome_of(path: Path, options: FileOptions, found: Analysis, sha256: str) -> dict[str, Any]:
    """Return a result with the rows of the tables that are made of it.

    Returns
    -------
    dict
        ``text``: the result as JSON, schema ``firingorder.analysis/1``, with a member ``cohort``:
        what ``block`` holds, the key of the result, the person's code, and the rows.
    """
    settings, person = options.settings or Settings(), ""
    if path.suffix.lower() == ".mcap":
        recording = open_recording(path)
        settings = recording_setup(recording, options).settings
        person = str(recording.session.get("person") or "")
    block = {
        "schema": SCHEMA,
        "key": {"recording": sha256, **asked_key(options)},
        **rows_of(found, path.name, identity(sha256), person, settings.sets),
    }
    text = json.dumps({**found.to_dict(), "cohort": block}, indent=1)
    return {"text": text, "block": block, "sha256": sha256}
