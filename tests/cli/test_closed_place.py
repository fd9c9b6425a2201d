"""Where nothing can be kept the window opens all the same, and says that nothing is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.cli.live import keeper_of
from firingorder.cli.parser import build_parser
from tests.library.closed_places import mounted_read_only

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_read_only_disk_is_named_and_another_place_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    data, out = tmp_path / "firingorder", tmp_path / "s.mcap"
    data.mkdir()

    def asked(*options: str) -> tuple[Path | None, str, str]:
        keeper, unrecorded = keeper_of(build_parser().parse_args(["live", *options]))
        return None if keeper is None else keeper.path, unrecorded, capsys.readouterr().err

    closed = f"{data} is on a disk that can only be read."
    with mounted_read_only(data):
        path, unrecorded, said = asked()
        assert (path, unrecorded) == (None, closed)
        assert said.startswith(f"Nothing will be recorded or kept: {closed} All that was kept")
        assert "begin with --record FILE." in said
        path, unrecorded, said = asked("--record", str(out))
        assert (path, unrecorded) == (out, "")
        assert said == f"The recording goes to {out}, and nothing else is kept: {closed}\n"
        assert asked("--no-record") == (None, "", "")
        assert not list(data.iterdir())
    path, unrecorded, said = asked()
    assert path is not None
    assert path.parent == data / "recordings"
    assert (unrecorded, said) == ("", "")
