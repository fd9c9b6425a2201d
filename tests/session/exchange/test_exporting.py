"""What leaves a recording is what was measured and found in it, whatever happened on the way."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import mne
import numpy as np
import pyedflib
import pytest

from firingorder.errors import FileFormatError, UsageError
from firingorder.recording.reader import open_recording
from firingorder.session.archive import Archive
from firingorder.session.decoded import decode
from firingorder.session.exchange.exporting import (
    ExportOptions,
    export_recording,
    write_export,
)
from firingorder.session.exchange.exporting_collect import Collected, collect
from firingorder.session.exchange.exporting_data import Found, Wishes, export_data
from firingorder.session.exchange.exporting_found import found_by_hand
from firingorder.session.exchange.exporting_privacy import Pseudonym
from firingorder.session.exchange.importing import import_file
from firingorder.session.files import analyse_path
from firingorder.session.review import open_review
from tests.session.exchange.export_sessions import CODE, FOUR, Made, make
from tests.session.other_devices import run_twin
from tests.shipped_schemas import schema_faults

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.recording.writers import ExportData


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("exported"))


@pytest.fixture(scope="module")
def collected(made: Made) -> Collected:
    return collect(open_recording(made.plain))


@pytest.fixture(scope="module")
def data(made: Made, collected: Collected) -> ExportData:
    assert collected.analysis is not None
    found, who = Found(collected.analysis), Pseudonym("sub-01", None)
    return export_data(open_recording(made.plain), collected, found, who, None, Wishes())


def _same(a: Collected, b: Collected) -> None:
    assert a.imu is not None
    assert b.imu is not None
    for one, other in ((a.emg, b.emg), (a.imu, b.imu)):
        assert np.array_equal(one.samples, other.samples, equal_nan=True)
        assert np.array_equal(one.time_s, other.time_s)
        assert one.gaps == other.gaps
        assert one.names == other.names


def test_streams_are_those_of_the_decoder_and_of_the_analysis(
    made: Made, collected: Collected
) -> None:
    recording = open_recording(made.plain)
    plain = decode(recording)
    assert np.array_equal(collected.emg.samples, plain.emg_uv, equal_nan=True)
    assert collected.emg.names == FOUR
    assert collected.emg.units == ("uV",) * 4
    assert collected.imu is not None
    assert plain.acc_m_s2 is not None
    assert np.array_equal(collected.imu.samples[:, :3], plain.acc_m_s2, equal_nan=True)
    analysis = analyse_path(made.plain)
    assert collected.analysis is not None
    assert collected.analysis.to_dict() == analysis.to_dict()
    assert analysis.repetitions
    summary = analysis.recording.streams[0]
    missing = np.asarray(np.isnan(collected.emg.samples).all(axis=1))
    assert missing.sum() == summary.lost_samples + round(summary.outage_s * summary.rate_hz)
    assert summary.lost_samples > 0
    assert summary.outage_s > 1.0
    assert {gap.kind for gap in collected.emg.gaps} == {"loss", "outage"}
    # Where a gap is said to be, and nowhere else, nothing is.
    said = np.zeros(len(missing), bool)
    for gap in collected.emg.gaps:
        said |= (collected.emg.time_s > gap.start_s - 5e-4) & (
            collected.emg.time_s < gap.end_s - 5e-4
        )
    assert np.array_equal(said, missing)
    counts = collected.emg.samples / np.array([one or 0.0 for one in collected.emg.steps])
    assert np.nanmax(np.abs(counts - np.rint(counts))) < 1e-6


def test_findings_from_elsewhere_need_no_analysis(made: Made, collected: Collected) -> None:
    shares: list[float] = []
    quick = collect(open_recording(made.plain), analyse=False, progress=shares.append)
    assert quick.analysis is None
    _same(quick, collected)
    assert quick.events == collected.events
    assert shares == sorted(shares)
    assert shares[-1] > 0.5


def test_exchanged_pads_and_a_second_file(made: Made, collected: Collected) -> None:
    # Names depend on the chain here: it runs although nobody asks for findings.
    swapped = collect(open_recording(made.swapped), analyse=False)
    for name, before in ((FOUR[0], FOUR[1]), (FOUR[1], FOUR[0]), (FOUR[2], FOUR[2])):
        column = swapped.emg.samples[:, swapped.emg.names.index(name)]
        was = collected.emg.samples[:, FOUR.index(before)]
        assert np.array_equal(column, was, equal_nan=True)
    _same(collect(open_recording(made.halves), analyse=False), collected)


def test_bdf_and_bids_of_a_session_with_a_reconnect(tmp_path: Path, data: ExportData) -> None:
    bdf = write_export(data, "bdf", tmp_path / "bdf", ExportOptions())
    dataset = write_export(data, "bids", tmp_path / "bids", ExportOptions())
    assert dataset.path == tmp_path / "bids"
    with pyedflib.EdfReader(str(bdf.path)) as file:
        times, lengths, texts = file.readAnnotations()
        n = len(data.emg.samples)
        digital = np.array([file.readSignal(k, digital=True)[:n] for k in range(4)]).T
    there = ~np.isnan(data.emg.samples)
    steps = np.array([one or 0.0 for one in data.emg.steps])
    assert np.array_equal(digital[there], np.rint(data.emg.samples / steps)[there])
    assert not digital[~there].any()
    found = list(zip(texts.tolist(), times.tolist(), lengths.tolist(), strict=True))
    gaps = [(at, length) for text, at, length in found if text == "BAD_gap emg outage"]
    outages = [gap for gap in data.emg.gaps if gap.kind == "outage"]
    assert len(gaps) == len(outages)
    for (at_s, length_s), gap in zip(gaps, outages, strict=True):
        assert at_s == pytest.approx(gap.start_s, abs=1e-3)
        assert length_s == pytest.approx(gap.end_s - gap.start_s, abs=1e-3)
    onsets = {
        (rep.index, name): one.onset_s
        for rep in data.repetitions
        for name, one in rep.onsets.items()
        if one is not None
    }
    assert onsets
    raw = mne.io.read_raw_bdf(next(dataset.path.rglob("*_emg.bdf")), preload=False, verbose="error")
    assert raw.ch_names == ["GMAX_L", "GMAX_R", "ES_L", "ES_R"]
    by_mne = dict(zip(raw.annotations.description, raw.annotations.onset, strict=True))
    table = list(_tsv(next(dataset.path.rglob("*_events.tsv"))))
    for (index, name), at_s in onsets.items():
        begin = f"onset {name} rep {index} "
        expected = pytest.approx(at_s, abs=2e-6)
        assert next(at for text, at, _ in found if text.startswith(begin)) == expected
        assert next(at for text, at in by_mne.items() if text.startswith(begin)) == expected
        assert any(
            row["trial_type"] == "onset"
            and row["repetition"] == str(index)
            and float(row["onset"]) == expected
            for row in table
        )
    motion = np.genfromtxt(
        next(dataset.path.rglob("*_motion.tsv")), delimiter="\t", missing_values="n/a"
    )
    assert data.imu is not None
    assert np.array_equal(np.isnan(motion[:, 0]), np.isnan(data.imu.samples[:, 0]))
    assert np.nanmax(np.abs(motion[:, :6] - data.imu.samples)) < 1e-5
    scans = list(_tsv(next(dataset.path.rglob("*_scans.tsv"))))
    offset_s = float(scans[1]["acq_time"][-9:]) - float(scans[0]["acq_time"][-9:])
    assert offset_s == pytest.approx(data.imu.start_s, abs=1e-6)


def _tsv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_a_device_of_another_maker_without_a_motion_sensor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = FOUR[:2]
    session = run_twin(
        tmp_path / "a.mcap", "cyton", duration_s=6.0, faults="unplug=1@3", channels=names
    )
    exported = export_recording(session.path, "bdf", tmp_path / "out", ExportOptions(label="09"))
    assert exported.path.name == "sub-09_task-bridge_run-01.bdf"
    with pyedflib.EdfReader(str(exported.path)) as file:
        assert file.getSignalLabels() == ["GMAX_L", "GMAX_R"]
        assert file.getSampleFrequency(0) == 250.0
        values = np.array([file.readSignal(k) for k in range(2)]).T
        texts = file.readAnnotations()[2].tolist()
    expected = session.samples(len(values))
    assert np.isnan(expected[:, 0]).sum() >= 200
    assert np.abs(values - np.nan_to_num(expected)).max() < 1e-4
    assert any(text.startswith("BAD_gap emg") for text in texts)
    # What people changed is not even looked for where the automatic result is asked for.
    monkeypatch.setattr("firingorder.session.exchange.exporting.found_by_hand", None)
    options = ExportOptions(label="09", automatic=True)
    folder = export_recording(session.path, "csv", tmp_path / "out", options).path
    assert folder.name == "sub-09_task-bridge_run-01_csv"
    assert not (folder / "imu.csv").exists()


def test_an_imported_file_goes_out_as_it_came_in(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    samples = rng.normal(0.0, 20.0, (3000, 2)).round(3)
    samples[1000:1100] = np.nan
    rows = [",".join(["time_s", *(f"{one} [uV]" for one in FOUR[::2])])]
    for k, row in enumerate(samples):
        if not np.isnan(row[0]):
            rows.append(f"{k / 1000:.3f},{row[0]:.3f},{row[1]:.3f}")
    (tmp_path / "in.csv").write_text("\n".join(rows) + "\n")
    import_file(tmp_path / "in.csv", tmp_path / "in.mcap")
    exported = export_recording(tmp_path / "in.mcap", "csv", tmp_path / "out")
    with (exported.path / "emg.csv").open() as file:
        cells = np.array([[float(one) for one in row] for row in list(csv.reader(file))[1:]])
    there = ~np.isnan(samples[:, 0])
    assert np.array_equal(cells[:, 0], np.flatnonzero(there) / 1000.0)
    assert np.abs(cells[:, 1:] - samples[there]).max() < 1e-6
    assert json.loads((exported.path / "facts.json").read_text())["imported"] is True


def test_an_unfinished_recording_is_recovered_and_says_so(tmp_path: Path, made: Made) -> None:
    path = tmp_path / "cut.mcap"
    path.write_bytes(made.plain.read_bytes()[: made.plain.stat().st_size // 3])
    exported = export_recording(path, "bdf", tmp_path / "out", ExportOptions(automatic=True))
    assert any("it was recovered" in one for one in exported.notes)
    with pyedflib.EdfReader(str(exported.path)) as file:
        assert 3.0 < file.getFileDuration() < 12.0


def test_the_facts_beside_an_export_keep_their_schema(tmp_path: Path, data: ExportData) -> None:
    write_export(data, "csv", tmp_path, ExportOptions())
    (beside,) = tmp_path.rglob("facts.json")
    told = json.loads(beside.read_text())
    assert schema_faults("export-1", told) == []
    assert schema_faults("export-1", told | {"dates": "left out", "start": "2026-01-01"}) != []
    assert schema_faults("export-1", told | {"subject": "Anna Quellwasser"}) != []


def test_corrections_of_a_person_go_along(tmp_path: Path, made: Made, collected: Collected) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    archive = Archive.open(folder=folder, who="Therapist")
    recording = open_recording(made.plain)
    assert found_by_hand(recording, archive) is None  # nobody can have changed anything yet
    archive.keep(made.plain)
    review = open_review(made.plain, archive)
    rep = next(one for one in review.analysis.repetitions if one.onsets[FOUR[0]] is not None)
    onset = rep.onsets[FOUR[0]]
    assert onset is not None
    moved_s = onset.onset_s - 0.03
    review.correct(rep.index, FOUR[0], moved_s, why="Anna was late")
    review.close()
    found = found_by_hand(recording, archive)
    assert found is not None
    who = Pseudonym("sub-01", None)
    data = export_data(recording, collected, found, who, None, Wishes())
    assert (rep.index, FOUR[0]) in data.edited
    now = next(one for one in data.repetitions if one.index == rep.index).onsets[FOUR[0]]
    assert now is not None
    assert now.onset_s == pytest.approx(moved_s, abs=1e-9)
    assert data.facts.corrected == 1
    assert not any("Anna" in event.text for event in data.events)
    worded = export_data(recording, collected, found, who, None, Wishes(with_text=True))
    assert any("Anna was late" in event.text for event in worded.events)
    archive.close()


@pytest.mark.parametrize(
    ("name", "to", "error", "words"),
    [
        ("a.edf", "bdf", FileFormatError, "file of another program. Import it first"),
        ("none.mcap", "bdf", UsageError, "does not exist"),
        ("half-2.mcap", "bdf", UsageError, "goes on from half.mcap: take that one"),
        ("anna-2026.mcap", "xlsx", UsageError, "no format 'xlsx'; known are bids"),
        ("empty.mcap", "bdf", FileFormatError, "is empty"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(
    tmp_path: Path, made: Made, name: str, to: str, error: type[Exception], words: str
) -> None:
    folder = made.plain.parent
    (folder / "a.edf").write_bytes(b"0       ")
    (folder / "empty.mcap").write_bytes(b"")
    with pytest.raises(error, match=words):
        export_recording(folder / name, to, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_own_exercises_are_words_that_somebody_typed(tmp_path: Path, data: ExportData) -> None:
    assert data.facts.task == "bridge"
    own: Any = replace(data, facts=replace(data.facts, task="own_exercise"))
    exported = write_export(own, "bdf", tmp_path, ExportOptions())
    assert exported.path.name == "sub-01_task-ownExercise_run-01.bdf"
    assert CODE not in exported.path.with_name(f"{exported.path.name}.json").read_text()
