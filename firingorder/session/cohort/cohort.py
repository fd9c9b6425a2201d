"""A run over many recordings: what is kept is skipped, the rest is done, and all of it told."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from firingorder.errors import FiringOrderError
from firingorder.session.cohort.kept import held_folder, read_block, targets, write_result
from firingorder.session.cohort.key import asked_key, identity, recording_sha256
from firingorder.session.cohort.rows import Row, failed_row, without_name
from firingorder.session.cohort.task import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from firingorder.session.cohort.runners import Runner
    from firingorder.session.files import FileOptions

#: Reads of a disk that are asked for at once while kept results are compared with their files.
HASHING_THREADS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one file.

    Attributes
    ----------
    target
        Where the result is kept, None where it is not.
    block
        Rows and key (docs/reference/cohort.md); empty for a file that could not be analysed.
    text
        The result as JSON where it is not kept in a file; empty else.
    error
        Why there is no result, for a person; ``outcome`` is what the task said.
    """

    path: Path
    target: Path | None
    block: dict[str, Any]
    text: str
    outcome: dict[str, Any]
    before: bool = False

    @property
    def error(self) -> str:
        """Why there is no result; empty if there is one."""
        return str(self.outcome.get("error", ""))

    def row(self, *, file_names: bool) -> Row:
        """Return the row of the table of recordings."""
        if not self.error:
            row: Row = self.block["row"]
        else:
            sha256 = str(self.outcome.get("sha256", ""))
            words = self.error
            if not file_names:
                for name in (str(self.path.absolute()), str(self.path), self.path.name):
                    words = without_name(words, name)
            row = failed_row(identity(sha256), words)
        return {"file": self.path.name, **row} if file_names else row


@dataclass(slots=True)
class Cohort:
    """The lines of all files of a run, in the order of the files."""

    lines: list[Line] = field(default_factory=list[Line])

    @property
    def failed(self) -> list[Line]:
        """Files that could not be analysed."""
        return [line for line in self.lines if line.error]

    @property
    def before(self) -> list[Line]:
        """Files whose result was there already."""
        return [line for line in self.lines if line.before]


def run_cohort(
    paths: Sequence[Path],
    options: FileOptions,
    runner: Runner,
    *,
    out: Path | None = None,
    again: bool = False,
    on_line: Callable[[Line, int], None] = lambda _line, _bytes: None,
) -> Cohort:
    """Analyse files; each result is kept as soon as it is there.

    Parameters
    ----------
    out
        Folder of the results. One that is there and has the same key is taken as it is.
    again
        Analyse also what is kept.
    on_line
        Called with each line as it comes, and the size of its file.

    Raises
    ------
    FiringOrderError
        The runner or the folder failed as a whole. What was done is kept.
    """
    asked = asked_key(options)
    sizes = [_size(path) for path in paths]
    places = [None] * len(paths) if out is None else targets(out, paths)
    found: dict[int, Line] = {}

    def came(number: int, line: Line) -> None:
        found[number] = line
        on_line(line, sizes[number])

    with contextlib.ExitStack() as stack:
        if out is not None:
            stack.enter_context(held_folder(out))
            if not again:
                for number, line in _kept(paths, places, asked):
                    came(number, line)
        # The largest first: at the end no worker sits over a long file alone.
        order = sorted(set(range(len(paths))) - set(found), key=lambda k: (-sizes[k], k))
        tasks = {k: Task(str(paths[k].absolute()), options, sizes[k]) for k in order}
        if tasks:
            outcomes = runner.run(tasks)
            stack.callback(getattr(outcomes, "close", lambda: None))
            for number, outcome in outcomes:
                came(number, _line(paths[number], places[number], outcome))
    return Cohort([found[number] for number in range(len(paths))])


def _line(path: Path, target: Path | None, outcome: dict[str, Any]) -> Line:
    if "error" in outcome:
        return Line(path, target, {}, "", outcome)
    text: str = outcome.pop("text")
    if target is not None:
        write_result(target, text)
        text = ""
    return Line(path, target, outcome.pop("block"), text, outcome)


def _kept(
    paths: Sequence[Path], places: Sequence[Path | None], asked: dict[str, str]
) -> list[tuple[int, Line]]:
    """Return the lines of the files that have not changed since their result was kept."""
    blocks = {
        number: block
        for number, place in enumerate(places)
        if place is not None and (block := read_block(place, asked)) is not None
    }
    with ThreadPoolExecutor(HASHING_THREADS) as pool:
        hashes = list(pool.map(_sha256, (paths[number] for number in blocks)))
    return [
        (number, Line(paths[number], places[number], block, "", {"sha256": sha256}, before=True))
        for (number, block), sha256 in zip(blocks.items(), hashes, strict=True)
        if sha256 and sha256 == block["key"].get("recording")
    ]


def _sha256(path: Path) -> str:
    try:
        return recording_sha256(path)
    except (OSError, FiringOrderError):
        return ""


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
