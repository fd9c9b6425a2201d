"""The office opens the library of its user when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from firingorder.errors import FiringOrderError
from firingorder.session.office import Office
from firingorder.session.preferences import LIBRARY_VARIABLE, library_url

if TYPE_CHECKING:
    from pathlib import Path


def test_the_archive_is_that_of_the_settings_and_knows_who_works(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(folder=folder, settings_file=tmp_path / "settings.json")
    assert list(folder.iterdir()) == []  # nothing before it is asked for
    archive = office.archive
    assert archive is office.archive
    assert archive.library.name == str(folder / "library.sqlite")
    assert (office.who, archive.who) == ("", "")
    office.change(therapist="Ada", library="postgresql://us@127.0.0.1:1/x")
    assert office.archive.who == "Ada"
    archive.close()

    again = Office(folder=folder, settings_file=tmp_path / "settings.json")
    assert again.who == "Ada"
    for _ in range(2):  # it is asked for anew each time
        with pytest.raises(FiringOrderError, match=r"127\.0\.0\.1:1/x cannot be reached"):
            _ = again.archive
    other = f"sqlite:///{tmp_path / 'other.sqlite'}"
    monkeypatch.setenv(LIBRARY_VARIABLE, other)
    assert library_url(again.preferences) == other
    assert again.archive.library.name == str(tmp_path / "other.sqlite")
    again.archive.close()
