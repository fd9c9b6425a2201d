"""The recordings are made once for all tests of many recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from firingorder.session.cohort.cohort import Cohort, run_cohort
from firingorder.session.cohort.runners import InProcess
from firingorder.session.files import FileOptions
from tests.session.cohort.many import write_many

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_many(tmp_path_factory.mktemp("many"))


@pytest.fixture(scope="session")
def alone(recordings: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """What one worker finds in them, kept beside."""
    out = tmp_path_factory.mktemp("alone") / "results"
    return run_cohort(recordings, FileOptions(), InProcess(), out=out)
