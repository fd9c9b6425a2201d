"""One short session, recorded once, of which each test has a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from firingorder.session.archive import Archive
from firingorder.session.files import engine_analysis
from tests.library.conftest import server
from tests.session.archive.made import rewritten
from tests.session.sessions import Session, run_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from firingorder.session.results import Analysis

__all__ = ["server"]  # a fixture, which pytest finds here


@pytest.fixture(scope="session")
def recorded_session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    path = tmp_path_factory.mktemp("recorded") / "session.mcap"
    return run_session(path, duration_s=8.0)


@pytest.fixture(scope="session")
def session_file(recorded_session: Session) -> Path:
    return recorded_session.path


@pytest.fixture(scope="session")
def session_result(recorded_session: Session) -> Analysis:
    return engine_analysis(recorded_session.acquisition.engine, file="session.mcap")


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder of its own."""
    path = tmp_path / "data"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture
def archive(folder: Path) -> Iterator[Archive]:
    one = Archive.open(folder=folder, who="T")
    yield one
    one.close()


@pytest.fixture
def recorded(folder: Path, session_file: Path) -> Callable[..., Path]:
    """Give a recording of somebody, with an id of its own: rewritten, whole and closed."""

    def make(person: str = "", name: str = "", **said: Any) -> Path:
        name = name or f"{person or 'nobody'}-{len(list(folder.rglob('*.mcap')))}.mcap"
        path = folder / "recordings" / name
        rewritten(session_file, path, person=person, recording_id=f"id-of-{name}", **said)
        return path

    return make
