"""A run without the real recordings is told apart from a full one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PROBE = """
def test_probe(data_folder):
    data_folder("no_such_recordings")
"""


def _run(tmp_path: Path, data: str) -> str:
    (tmp_path / "conftest.py").write_text((REPOSITORY / "tests" / "conftest.py").read_text())
    (tmp_path / "test_probe.py").write_text(PROBE)
    environment = {"PATH": "", "FIRINGORDER_DATA": data}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def test_missing_recordings_are_counted_in_the_report(tmp_path: Path) -> None:
    assert "recordings are missing: 1" in _run(tmp_path, str(tmp_path))


def test_a_named_folder_that_does_not_exist_fails(tmp_path: Path) -> None:
    out = _run(tmp_path, str(tmp_path / "nowhere"))
    assert "1 failed" in out
    assert "FIRINGORDER_DATA" in out
