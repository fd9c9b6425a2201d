"""Shared fixtures: no display is needed, and real recordings are found by one rule."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# Must stand before the first import of Qt, whichever test imports it.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Must stand before the first import of numpy: two workers on two cores have no use for threads of
# theirs that wait for each other.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# Sessions that tests end are kept in a library of theirs, never in that of the user.
_folder = tempfile.TemporaryDirectory(prefix="firingorder-tests-")
for _name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "APPDATA", "LOCALAPPDATA"):
    os.environ[_name] = _folder.name
os.environ.pop("FIRINGORDER_LIBRARY", None)

DATA_VARIABLE = "FIRINGORDER_DATA"
_REPOSITORY = Path(__file__).resolve().parents[1]
_MISSING = "needs the recordings"

DataFolder = Callable[[str], Path]


def data_root() -> Path | None:
    """Return the folder of real recordings, or None when there is none.

    A folder named by the environment that does not exist is a mistake to be told, not a reason to
    search on.
    """
    named = os.environ.get(DATA_VARIABLE)
    if named:
        root = Path(named)
        if not root.is_dir():
            pytest.fail(f"{DATA_VARIABLE} is {named!r}, which is no folder", pytrace=False)
        return root
    beside = _REPOSITORY.parent / "shared" / "data"
    return beside if beside.is_dir() else None


@pytest.fixture
def data_folder() -> DataFolder:
    """Give one folder of real recordings by name; skip, counted, when it is not there."""

    def find(name: str) -> Path:
        root = data_root()
        if root is None or not (root / name).is_dir():
            where = f"{root / name} is missing" if root else "none were found"
            pytest.skip(
                f"{_MISSING} '{name}': {where} (set {DATA_VARIABLE} or put them at ../shared/data)"
            )
        return root / name

    return find


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[object]:
    """Look for no garbage among thousands of tests that all stay: a third of the collection."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Iterator[None]:
    """Say how many tests did not run for want of recordings: such a run is not a full one."""
    yield
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(1 for report in skipped if _MISSING in str(report.longrepr))
    terminalreporter.write_line(f"tests skipped because recordings are missing: {count}")
