"""The log of a person on the disk: what is written stays, whatever happens to the writer."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from firingorder.errors import FiringOrderError, UsageError
from firingorder.session.person_log import PersonLog, log_name
from firingorder.training.safety.digest import digest
from firingorder.training.safety.entries import KEPT_VALUES, Entry, entry

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
SCHEMA = json.loads(
    (files("firingorder") / "schemas" / "personlog-1.json").read_text(encoding="utf-8")
)
#: Writes entries for ever, or so many; tells each one that was promised to be on the disk.
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from firingorder.session.person_log import PersonLog
from firingorder.training.safety.entries import entry
log = PersonLog("p1", Path(sys.argv[1]))
now = datetime(2026, 11, 21, 9, tzinfo=UTC)
for k in range(int(sys.argv[3])):
    values = {"when": "set", "pain": k % 11, "exercise": f"{sys.argv[2]}{k}"}
    log.add([entry("pain", values, now=now)])
    print(k, flush=True)
"""


def pain(k: int) -> Entry:
    return entry("pain", {"when": "set", "pain": k % 11, "exercise": f"x{k}"}, now=NOW)


def exercises(log: PersonLog) -> list[str]:
    return [one.values["exercise"] for one in log.read().entries]


def start(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name, str(count)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip


def test_what_is_added_is_read_and_keeps_the_schema(tmp_path: Path) -> None:
    log = PersonLog("p1", tmp_path / "people")
    assert log.read().entries == ()
    made = [
        entry(kind, dict.fromkeys(names, "x") | {"hat": "person"}, now=NOW, session="s1")
        for kind, names in KEPT_VALUES.items()
    ]
    log.add(made[:3])
    log.add(made[3:])
    found = log.read()
    assert list(found.entries) == made
    assert found.remark == ""
    validator = Draft202012Validator(SCHEMA)
    lines = [json.loads(line) for line in log.path.read_text().splitlines() if line]
    for line in lines:
        validator.validate(line)
    assert not validator.is_valid(lines[0] | {"kind": "judged"})
    assert not validator.is_valid(lines[0] | {"values": {"name": "Mrs Example"}})
    if os.name == "posix":
        assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(log.path.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is of POSIX")
def test_kill_9_loses_nothing_that_was_promised(tmp_path: Path) -> None:
    promised: list[str] = []
    for run in range(3):
        writer = start(tmp_path, f"r{run}_", 10**6)
        assert writer.stdout is not None
        for _ in range(3 + 7 * run):
            promised.append(f"r{run}_{writer.stdout.readline().strip()}")
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
    found = exercises(PersonLog("p1", tmp_path))
    assert set(promised) <= set(found)
    assert len(found) == len(set(found))
    assert PersonLog("p1", tmp_path).read().broken <= 3  # at most the line under way of each


def test_a_torn_last_line_costs_only_itself(tmp_path: Path) -> None:
    """Cut at many a byte of the last line: the others are read, and the next entry is whole."""
    log = PersonLog("p1", tmp_path)
    log.add([pain(0), pain(1)])
    first = len(log.path.read_bytes())
    log.add([pain(2)])
    whole = log.path.read_bytes()
    for cut in (*range(first, len(whole) - 3, 7), *range(len(whole) - 3, len(whole))):
        log.path.write_bytes(whole[:cut])
        log.add([pain(3)])
        found = log.read()
        kept = [one.values["exercise"] for one in found.entries]
        complete = cut == len(whole) - 1  # only its line end is gone
        assert kept == ["x0", "x1", *(["x2"] if complete else []), "x3"]
        assert found.broken == (0 if complete or cut <= first + 1 else 1)
        assert bool(found.remark) == bool(found.broken)


def test_two_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    writers = [start(tmp_path, name, 60) for name in "ab"]
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    log = PersonLog("p1", tmp_path)
    found = exercises(log)
    for name in "ab":
        assert [one for one in found if one[0] == name] == [f"{name}{k}" for k in range(60)]
    assert len(found) == 120
    assert log.read().remark == ""


@pytest.mark.skipif(os.name != "posix", reason="limits of a file's size are of POSIX")
def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    """The kernel refuses in the middle of a line; with room again, what waited is written."""
    code = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from firingorder.errors import FiringOrderError
from firingorder.session.person_log import PersonLog
from firingorder.training.safety.entries import entry
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
log = PersonLog("p1", Path(sys.argv[1]))
make = lambda k: entry("pain", {"when": "set", "pain": 1, "exercise": f"x{k}"},
                       now=datetime(2026, 11, 21, 9, tzinfo=UTC))
log.add([make(0)])
size = log.path.stat().st_size
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (size + size // 2, hard))
for k in (1, 2):
    try:
        log.add([make(k)])
    except FiringOrderError as error:
        print(error)
assert log.path.stat().st_size == size, "a part of a line stayed"
assert log.waiting == 2
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
log.add([make(3)])
assert log.waiting == 0
"""
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    said = run.stdout.splitlines()
    assert len(said) == 2
    assert "cannot be written" in said[0]
    assert exercises(PersonLog("p1", tmp_path)) == ["x0", "x1", "x2", "x3"]


def test_broken_foreign_and_newer_lines(tmp_path: Path) -> None:
    log = PersonLog("p1", tmp_path)
    log.add([pain(0)])
    good = json.loads(log.path.read_text())
    newer = good | {"schema": "firingorder.personlog/2", "later": 1}
    broken = [
        b"\x00\xff\xfe", b"{", b"[" * 100_000, json.dumps(good | {"day": "21.11."}).encode(),
        json.dumps(good | {"utc": "yesterday"}).encode(),
        json.dumps(good | {"utc": "2026-11-21T09:00:00+05:00"}).encode(),
        json.dumps(good | {"values": [1]}).encode(),
    ]  # fmt: skip
    foreign = [
        b"3", b"[]", b"{}", json.dumps(good | {"person": "p2"}).encode(),
        json.dumps(good | {"schema": "firingorder.truth/1"}).encode(),
        json.dumps(good | {"schema": "firingorder.personlog/x"}).encode(),
    ]  # fmt: skip
    newer_lines = [
        json.dumps(newer).encode(),
        json.dumps(newer | {"values": 3}).encode(),
        json.dumps(good | {"kind": "dream"}).encode(),
    ]
    with log.path.open("ab") as file:
        file.write(b"\n".join([*broken, *foreign, *newer_lines]))
    log.add([pain(1)])
    found = log.read()
    assert [one.values["exercise"] for one in found.entries] == ["x0", "x0", "x1"]
    assert (found.broken, found.foreign, found.newer) == (7, 6, 3)
    for words in ("7 could not be read", "6 belong", "3 are of a newer", "nothing was deleted"):
        assert words in found.remark
    assert digest(found.entries, "2026-11-21").first_use


def test_codes_never_meet_on_any_file_system() -> None:
    codes = ["p1", "P1", "../p1", "nul", "ä", "a" * 200, "a" * 199, "x y", "xy", "\ud800", "p.1"]
    names = [log_name(code) for code in codes]
    assert len({name.lower() for name in names}) == len(codes)
    for name in names:
        assert len(name) < 80
        assert name.isascii()
        assert not {"/", "\\", " ", ":"} & set(name)
    with pytest.raises(UsageError, match="--person"):
        PersonLog(" ")


def test_a_folder_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    log = PersonLog("p1", tmp_path)
    log.path.mkdir()
    with pytest.raises(FiringOrderError, match="cannot be read"):
        log.read()
    with pytest.raises(FiringOrderError, match="cannot be written"):
        log.add([pain(0)])
    log.path.rmdir()
    log.add([pain(1)])
    assert exercises(log) == ["x0", "x1"]
