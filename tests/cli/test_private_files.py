"""What is written about a person is for its owner only, whichever option asked for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.cli import main
from firingorder.cli.common import text_output, write_text
from firingorder.session.own_files import whole_file
from tests.session.cohort.many import write_csv

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="files have modes on POSIX only")


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    """The usual umask, whatever that of the tests is: it lets everybody read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_result_and_posteriors_are_their_owners_only(tmp_path: Path) -> None:
    """--out, --report and --plots were; --json and --posteriors were everybody's to read."""
    source, result, posteriors = (tmp_path / name for name in ("a.csv", "a.json", "a.npz"))
    write_csv(source, seed=1, seconds=18.0)
    result.touch(mode=0o644)  # of an earlier version
    asked = ["--json", str(result), "--posteriors", str(posteriors)]
    assert main(["analyse", str(source), *asked]) == 0
    assert {mode(result), mode(posteriors)} == {0o600}
    assert np.load(posteriors).files
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.csv", "a.json", "a.npz"]


def test_event_lines_are_their_owners_only(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with text_output(str(path)) as stream:
        assert stream is not None
        stream.write("ü\n")
    assert mode(path) == 0o600
    assert path.read_text(encoding="utf-8") == "ü\n"


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_text(str(pipe), "{}")
        assert os.read(reader, 10) == b"{}\n"
    finally:
        os.close(reader)
    assert not pipe.is_file()


def test_what_breaks_off_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(b"before")

    def broken() -> None:
        with whole_file(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]
