"""Where nothing can be kept is known before anything is tried."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from firingorder.session.paths import why_closed
from tests.library.closed_places import as_a_reader

if TYPE_CHECKING:
    from pathlib import Path


def test_where_nothing_can_be_written_is_known_before(tmp_path: Path) -> None:
    place = tmp_path / "data" / "recordings"
    assert why_closed(place) == ""
    assert not place.parent.exists()
    place.parent.write_text("a file in the way")
    assert why_closed(place) == f"{place.parent} is a file, and a folder has to be there."


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of POSIX")
def test_a_folder_of_somebody_else_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with as_a_reader(folder):
        assert why_closed(folder / "recordings") == f"{folder} may not be written to."
    assert why_closed(folder / "recordings") == ""
