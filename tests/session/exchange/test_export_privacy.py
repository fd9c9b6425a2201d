"""Nobody is found in an export: every byte of every format is searched, also inside bundles."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow.parquet
import pytest

from firingorder.cli import main
from firingorder.errors import FileFormatError, UsageError
from firingorder.recording.reader import open_recording
from firingorder.recording.sealed import Key, new_key, open_sealed
from firingorder.session.archive import Archive
from firingorder.session.exchange.exporting import (
    ExportOptions,
    collect_export,
    export_recording,
    write_export,
)
from firingorder.session.exchange.exporting_privacy import Pseudonyms
from tests.session.exchange.export_sessions import CODE, SPOKEN
from tests.session.sessions import run_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from firingorder.recording.writers import ExportData

FORMATS = ("bids", "bdf", "csv", "c3d", "parquet", "mat")
NAME = "Anna Muster"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("office")
    (path / "data").mkdir()
    run_session(
        path / "source.mcap",
        duration_s=4.0,
        channels=("gluteus_maximus_left", "erector_spinae_left"),
        steer={2: ("mark", SPOKEN)},
    )
    return path


@pytest.fixture(scope="module")
def recording(folder: Path) -> Path:
    """A recording of a person under a file name that tells who it is."""
    from tests.session.archive.made import rewritten

    return rewritten(folder / "source.mcap", folder / "muster-anna.mcap", most=10**9, person=CODE)


@pytest.fixture
def archive(folder: Path, recording: Path) -> Iterator[Archive]:
    one = Archive.open(folder=folder / "data", who="Dr. Therapist")
    if one.library.person(CODE) is None:
        one.keep(recording)
        one.library.describe_person(CODE, name=NAME, who="Dr. Therapist")
    yield one
    one.close()


def _bytes_of(path: Path) -> Iterator[bytes]:
    """Give everything that stands in a folder: names, contents, and what is packed in them."""
    for one in sorted(path.rglob("*")):
        yield str(one.relative_to(path)).encode()
        if not one.is_file():
            continue
        yield one.read_bytes()
        if one.suffix == ".parquet":
            table = pyarrow.parquet.read_table(one)
            yield repr(table.schema.metadata).encode()
            for column in table.columns:
                if str(column.type) == "string":
                    yield "\n".join(str(cell) for cell in column.to_pylist()).encode()


def _forbidden(recording: Path) -> dict[str, list[bytes]]:
    """Return what must not be there, in the ways in which formats may write it."""
    like = open_recording(recording)
    at = datetime.fromtimestamp(like.anchor.utc_ns * 1e-9, UTC)
    serial = str(like.device["serial"])
    assert int(serial, 16) > 0
    dates = ["%Y-%m-%d", "%d.%m.%y", "%d-%b-%Y", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%b %d", "%d %b"]
    words = {
        "code": [CODE, CODE.lower()],
        "name": [NAME, "Muster", "muster-anna"],
        "text": [SPOKEN, "it hurts"],
        "serial": [serial, serial.upper()],
        "id": [str(like.session["recording_id"]), like.anchor.utc_ns.__str__()[:7]],
        "date": [text for one in dates for text in (at.strftime(one), at.strftime(one).upper())],
        "path": [str(recording.parent), "Therapist"],
    }
    found: dict[str, list[bytes]] = {}
    for kind, texts in words.items():
        found[kind] = [text.encode(code) for text in texts for code in ("utf-8", "utf-16-le")]
    found["serial"].append(bytes.fromhex(serial))
    return found


def _leaks(path: Path, recording: Path) -> set[str]:
    forbidden = _forbidden(recording)
    return {
        f"{kind}: {needle!r}"
        for content in _bytes_of(path)
        for kind, needles in forbidden.items()
        for needle in needles
        if needle in content
    }


def _collected(
    recording: Path, out: Path, archive: Archive | None, **wishes: Any
) -> tuple[ExportData, ExportOptions]:
    options = ExportOptions(**wishes)
    return collect_export(open_recording(recording), out, options, archive), options


@pytest.mark.parametrize("with_library", [True, False])
def test_no_byte_of_any_format_tells_who_or_when(
    tmp_path: Path, recording: Path, archive: Archive, with_library: bool
) -> None:
    known = archive if with_library else None
    data, options = _collected(recording, tmp_path, known)
    for to in FORMATS:
        exported = write_export(data, to, tmp_path / to, options)
        assert any("Words that somebody typed" in one for one in exported.left_out)
    assert _leaks(tmp_path, recording) == set()
    assert data.facts.dates == ("shifted" if with_library else "left out")


def test_the_search_finds_what_is_there(tmp_path: Path, recording: Path, archive: Archive) -> None:
    data, options = _collected(recording, tmp_path, archive, with_text=True, true_dates=True)
    for to in FORMATS:
        write_export(data, to, tmp_path / to, options)
        kinds = {one.partition(":")[0] for one in _leaks(tmp_path / to, recording)}
        assert kinds == {"date", "text", "name"}, to  # the marker names her; the code still goes
    assert data.facts.dates == "true"


def test_one_shift_for_all_sessions_of_a_person_and_another_for_everybody_else(
    tmp_path: Path, recording: Path, archive: Archive, folder: Path
) -> None:
    from tests.session.archive.made import rewritten

    like = open_recording(recording)
    starts: dict[str, Any] = {}
    for name, person, later_s in (("first", CODE, 0), ("second", CODE, 86_400), ("other", "P2", 0)):
        anchor = {**like.session["clock_anchor"]}
        anchor["utc_ns"] = int(anchor["utc_ns"]) + later_s * 10**9
        path = folder / f"{name}.mcap"
        if not path.exists():
            rewritten(
                recording, path, most=10**9, person=person, recording_id=name, clock_anchor=anchor
            )
        data, _ = _collected(path, tmp_path, archive)
        starts[name] = (data.facts.subject, data.facts.start)
    assert starts["first"][0] == starts["second"][0] == "sub-01"
    assert starts["other"][0] == "sub-02"
    again, _ = _collected(folder / "first.mcap", tmp_path, archive)
    assert (again.facts.subject, again.facts.start) == starts["first"]
    true = datetime.fromtimestamp(like.anchor.utc_ns * 1e-9, UTC).replace(tzinfo=None)
    shift = true - starts["first"][1]
    assert timedelta(days=1_099) < shift < timedelta(days=14_002)
    assert shift != true - starts["other"][1]
    assert starts["first"][1].year >= 1985


def test_who_is_who_is_kept_privately_and_can_be_forgotten(folder: Path, tmp_path: Path) -> None:
    known = Pseudonyms(tmp_path / "kept")
    first, second = known.of("A"), known.of("B")
    assert (first.subject, second.subject) == ("sub-01", "sub-02")
    assert known.path.stat().st_mode & 0o777 == 0o600
    assert Pseudonyms(tmp_path / "kept").of("A") == first
    assert known.hashed("1234") == Pseudonyms(tmp_path / "kept").hashed("1234") != "1234"
    assert known.hashed("1234") != Pseudonyms(tmp_path / "elsewhere").hashed("1234")
    assert known.forget("A")
    assert not known.forget("A")
    anew = known.of("A")
    assert anew.subject == "sub-03"  # never the number of somebody else, nor the old one
    assert anew.shift_s != first.shift_s
    known.path.write_text('{"people": {"A": {}}}')
    with pytest.raises(FileFormatError, match="is damaged: it says who is who"):
        known.of("A")


def test_the_command_seals_and_says_what_is_left_out(
    tmp_path: Path,
    recording: Path,
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(
        "firingorder.session.exchange.exporting_library.data_folder", lambda: archive.folder
    )
    identity, public = new_key()
    arguments = ["export", str(recording), "--to", "bids", "--out", str(tmp_path), "--seal", public]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "Not in this export:" in said
    assert "all dates of this person are moved" in said
    path = next(tmp_path.glob("*.tar.age"))
    assert re.fullmatch(r"sub-\d\d_task-bridge_run-01\.tar\.age", path.name)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    files = open_sealed(path, Key(identity), tmp_path / "opened")
    assert {"dataset_description.json", "sub-01_scans.tsv"} <= {one.name for one in files}
    assert _leaks(tmp_path, recording) == set()
    # The library knows that a copy is out, for the day on which somebody is to be erased.
    assert [row.path for row in archive.library.exports(CODE)][:1] == [str(path)]
    assert any(row.act == "exported" and row.about == CODE for row in archive.library.audit())
    assert main(arguments) == 0
    assert len(list(tmp_path.glob("*.tar.age"))) == 2
    facts = json.loads(next((tmp_path / "opened").rglob("*_emg.json")).read_text())
    assert facts["FiringOrder"]["device"]["serial_hashed"]


def test_labels_are_letters_and_digits(tmp_path: Path, recording: Path) -> None:
    with pytest.raises(UsageError, match="takes letters and digits, not 'Anna M'"):
        export_recording(recording, "csv", tmp_path, ExportOptions(label="Anna M"))
    assert not list(tmp_path.iterdir())
