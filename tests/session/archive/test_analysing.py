"""Sessions without a result: counted, analysed on asking, stopped without a trace."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from firingorder.cli import main
from firingorder.session.archive.analysing import analyse, unanalysed
from tests.session.archive.made import rewritten
from tests.shipped_schemas import schema_faults

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.session.archive import Archive
    from firingorder.session.results import Analysis


class _EnoughError(Exception):
    pass


def test_what_was_adopted_gets_its_result_and_a_stop_leaves_no_half(
    archive: Archive,
    session_file: Path,
    session_result: Analysis,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = tmp_path / "stick"
    here.mkdir()
    shutil.copy(session_file, here / "a.mcap")
    rewritten(session_file, here / "b.mcap", recording_id="other", person="P07")
    archive.adopt(here)
    pending = [row.id for row in unanalysed(archive.library)]
    assert len(pending) == 2
    (theirs,) = unanalysed(archive.library, "P07")
    seen: list[float] = []

    def stop_in_the_second(done: float, of: int, _name: str) -> None:
        seen.append(done / of)
        if done > 1.5:
            raise _EnoughError

    with pytest.raises(_EnoughError):
        analyse(archive, pending, stop_in_the_second)
    assert seen == sorted(seen)
    (left,) = unanalysed(archive.library)
    assert left.id == theirs.id
    done = next(id_ for id_ in pending if id_ != left.id)
    row = archive.library.session(done)
    assert row is not None
    (kept,) = archive.library.analyses(row.recording.id)
    found = archive.library.result(kept.id)
    told = session_result.to_dict()
    assert found is not None
    assert [found[key] for key in ("repetitions", "bursts", "sets", "channels")] == [
        told[key] for key in ("repetitions", "bursts", "sets", "channels")
    ]
    assert archive.library.analyses(left.recording.id) == ()
    (here / "b.mcap").write_bytes(b"no recording any more")
    failed = analyse(archive, [left.id, done])
    assert failed.done == 0
    ((path, why),) = failed.failed
    assert str(path) in why
    archive.close()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    archive.folder.rename(tmp_path / "firingorder")
    assert main(["library", "list"]) == 0
    assert "1 session not analysed yet: firingorder library analyse" in capsys.readouterr().err
    assert main(["library", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["schema"] == "firingorder.library/1"
    assert schema_faults("library-1", listed) == []
    assert all(schema_faults("library-1", {**listed, key: ...}) for key in listed)
    assert "P07" in {one["code"] for one in listed["people"]}
    assert len(listed["sessions"]) == 2
    assert main(["library", "analyse"]) == 1
    assert "Not analysed: " in capsys.readouterr().err
