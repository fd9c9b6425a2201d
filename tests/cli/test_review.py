"""``review`` of what is no recording ends as the other commands do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from firingorder.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "status"), [("noise.mcap", 1), ("notes.docx", 2), ("book.xlsx", 2), ("no.mcap", 2)]
)
def test_what_is_no_recording_is_told_before_a_window_opens(
    name: str, status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The window told it, and the command said 0 to whoever had asked for a picture."""
    path, picture = tmp_path / name, tmp_path / "a.png"
    if not name.startswith("no."):
        path.write_bytes(os.urandom(5000))
    assert main(["review", str(path), "--screenshot", str(picture)]) == status
    said = capsys.readouterr().err
    assert said.startswith("firingorder: ")
    assert name in said
    assert not picture.exists()
