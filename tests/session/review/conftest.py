"""One recording that is reviewed by several tests: made and analysed once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from firingorder.session.archive import Archive
from firingorder.session.review import Review, open_review
from tests.session.sessions import run_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHANNELS = (
    "gluteus_maximus_left",
    "gluteus_maximus_right",
    "erector_spinae_left",
    "erector_spinae_right",
)
GLUTE = CHANNELS[0]


@dataclass
class Clinic:
    """A folder with a library and a recording that was analysed; ``told`` by its analysis."""

    folder: Path
    recording: Path
    told: list[float]

    def archive(self, who: str = "Anna") -> Archive:
        return Archive.open(folder=self.folder, who=who)

    def review(self, who: str = "Anna") -> Review:
        """Open the recording as somebody; it is never analysed again."""

        def analysed(_share: float) -> None:
            raise AssertionError("analysed again")

        return open_review(self.recording, self.archive(who), progress=analysed)


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    folder = tmp_path_factory.mktemp("clinic")
    (folder / "recordings").mkdir()
    path = folder / "recordings" / "one.mcap"
    run_session(
        path, scenario="bridge_mixed", seed=7, duration_s=28.0, channels=CHANNELS, faults=""
    )
    made = Clinic(folder, path, [])
    review = open_review(path, made.archive(), progress=made.told.append)
    assert review.remarks == []
    return made


@pytest.fixture
def clean(clinic: Clinic) -> Iterator[Clinic]:
    """The same with nothing corrected afterwards."""
    yield clinic
    review = clinic.review("cleaner")
    review.ledger.withdraw([one.id for one in review.ledger.entries if one.kind != "undo"])
