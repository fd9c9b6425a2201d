"""CSV, Parquet, MATLAB and C3D as other people's readers read them; names, sealing, the disk."""

from __future__ import annotations

import csv
import errno
import json
import os
import resource
import stat
import sys
import warnings
from typing import TYPE_CHECKING, Any, cast

import c3d
import ezc3d
import numpy as np
import pyarrow.parquet
import pytest
import scipy.io

from firingorder.errors import FiringOrderError, UsageError
from firingorder.recording.readers import read_file
from firingorder.recording.writers import formats, publish, staging
from firingorder.recording.writers.fixed_point import decimals_for, lines
from firingorder.recording.writers.lacking import needed
from tests.recording.planted_export import GAP, NAMES, STEP_UV, onset_s, planted

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.recording.writers import ExportData


def _write(data: ExportData, to: str, out: Path) -> Path:
    with staging(out) as beside:
        written = formats.write(data, to, beside, out)
        publish(list(written.moves), replaces=written.replaces)
    return written.path


def test_numbers_as_text_are_those_that_python_reads() -> None:
    rng = np.random.default_rng(5)
    values = np.r_[0.0, -0.0, 1e-9, -1e-9, 0.5, -0.05, 9.995, 123456.789, -1e6, np.nan, 1e-4]
    values = np.r_[values, rng.normal(0.0, 1.0, 500) * 10.0 ** rng.integers(-5, 6, 500)]
    for places in (0, 3, 6):
        text = b"".join(lines([values, values], [places, 2])).decode()
        rows = list(csv.reader(text.splitlines()))
        back = np.array([float(row[0]) if row[0] else np.nan for row in rows])
        assert np.array_equal(np.isnan(back), np.isnan(values))
        assert np.nanmax(np.abs(back - values)) <= 0.5 * 10.0**-places + 1e-9
        assert not any(cell.startswith(("00", "-00", ".")) for row in rows for cell in row)
    tabbed = b"".join(lines([values], [3], between=b"\t", missing=b"n/a")).decode().splitlines()
    assert tabbed[9] == "n/a"
    assert decimals_for(values, None) <= 12
    assert decimals_for(np.array([1e17]), None) == 0
    assert lines([np.zeros(0)], [3]) == []


def test_csv_has_gaps_as_missing_rows_and_times_to_the_microsecond(tmp_path: Path) -> None:
    data = planted(period=1.0 + 400e-6)
    folder = _write(data, "csv", tmp_path)
    with (folder / "emg.csv").open() as file:
        header, *rows = list(csv.reader(file))
    assert header == ["time_s", *(f"{name} [uV]" for name in NAMES)]
    there = np.setdiff1d(np.arange(len(data.emg.samples)), np.arange(*GAP))
    cells = np.array([[float(one) if one else np.nan for one in row] for row in rows])
    assert np.abs(cells[:, 0] - data.emg.time_s[there]).max() < 6e-7
    expected = data.emg.samples[there]
    assert np.array_equal(np.isnan(cells[:, 1:]), np.isnan(expected))
    assert np.nanmax(np.abs(cells[:, 1:3] - expected[:, :2])) <= 0.005 * STEP_UV
    # Our own reader takes it, with the gap where it was.
    own = read_file(folder / "emg.csv")
    missing = np.isnan(own.streams[0].samples).all(axis=1)
    assert np.flatnonzero(missing).tolist() == list(range(*GAP))
    with (folder / "onsets.csv").open() as file:
        found = {(row["repetition"], row["channel"]): row for row in csv.DictReader(file)}
    assert float(found["2", NAMES[1]]["onset_s"]) == onset_s(2, 1)
    assert found["1", NAMES[2]]["onset_s"] == ""
    assert [found[k, NAMES[0]]["edited"] for k in ("1", "2")] == ["0", "1"]
    readme = (folder / "README.txt").read_text()
    for word in ("The person's code.", "time_s", "not a diagnosis", *NAMES, "µ and °"):
        assert word in readme
    with (folder / "events.csv").open() as file:
        kinds = [(row["kind"], row["onset_s"]) for row in csv.DictReader(file)]
    assert ("gap", f"{data.emg.gaps[0].start_s:.6g}") in [
        (k, f"{float(t or 0):.6g}") for k, t in kinds
    ]
    assert ("marker", "") in kinds


def test_parquet_keeps_the_very_counts(tmp_path: Path) -> None:
    data = planted()
    folder = _write(data, "parquet", tmp_path)
    table = pyarrow.parquet.read_table(folder / "emg.parquet")
    there = np.setdiff1d(np.arange(len(data.emg.samples)), np.arange(*GAP))
    assert np.array_equal(table["time_s"].to_numpy(), data.emg.time_s[there])
    for k, name in enumerate(NAMES[:2]):
        field = table.schema.field(f"{name} [counts]")
        step = float(field.metadata[b"step"])
        values = table[field.name].to_numpy(zero_copy_only=False).astype(float) * step
        assert np.array_equal(np.isnan(values), np.isnan(data.emg.samples[there, k]))
        assert np.nanmax(np.abs(values - data.emg.samples[there, k])) < 1e-9
    assert np.array_equal(table[f"{NAMES[2]} [uV]"].to_numpy(), data.emg.samples[there, 2])
    facts = json.loads(table.schema.metadata[b"firingorder"])
    assert facts["subject"] == "sub-07"
    assert table.schema.metadata[b"rate_hz"] == b"1000.0"
    column = pyarrow.parquet.ParquetFile(folder / "emg.parquet").metadata.row_group(0).column(1)
    assert column.compression == "ZSTD"
    assert "DELTA_BINARY_PACKED" in column.encodings
    onsets = pyarrow.parquet.read_table(folder / "onsets.parquet").to_pylist()
    assert onsets[0]["onset_s"] == onset_s(1, 0)
    assert onsets[2]["onset_s"] is None


def test_matlab_files_are_structs_with_short_names(tmp_path: Path) -> None:
    data = planted()
    path = _write(data, "mat", tmp_path)
    file = scipy.io.loadmat(path, squeeze_me=True, struct_as_record=False)
    emg = file["emg"]
    assert np.array_equal(emg.samples, data.emg.samples, equal_nan=True)
    assert np.array_equal(emg.time_s, data.emg.time_s)
    assert emg.rate_hz == 1000.0
    assert list(emg.names) == list(NAMES)
    assert emg.gaps_s.tolist() == [data.emg.gaps[0].start_s, data.emg.gaps[0].end_s]
    assert np.array_equal(file["imu"].samples, cast("Any", data.imu).samples, equal_nan=True)
    assert file["onsets"].onset_s[1] == onset_s(1, 1)
    assert list(file["repetitions"].verdict) == ["glutes_first"] * 2
    assert json.loads(str(file["facts"]))["task"] == "prone_raise"
    names = [name for one in vars(file["repetitions"])["_fieldnames"] for name in [one]]
    assert max(len(one) for one in [*names, *file]) <= 31


def test_two_readers_of_c3d_agree(tmp_path: Path) -> None:
    data = planted(n=5003)
    path = _write(data, "c3d", tmp_path)
    file = ezc3d.c3d(str(path))
    parameters = file["parameters"]
    assert parameters["ANALOG"]["RATE"]["value"][0] == 1000.0
    assert parameters["POINT"]["RATE"]["value"][0] == 100.0
    assert [one.strip() for one in parameters["ANALOG"]["LABELS"]["value"]][:3] == list(NAMES)
    n = len(data.emg.samples)
    analog = file["data"]["analogs"][0][:, :n]
    error = np.abs(analog[:3].T - np.nan_to_num(data.emg.samples))
    real = np.abs(np.nan_to_num(data.emg.samples)) < 1000.0  # what muscle can be
    print(f"ezc3d: {error[real].max() / STEP_UV:.2g} counts")
    assert error[real].max() < 0.01 * STEP_UV
    imu = cast("Any", data.imu).samples
    assert np.allclose(analog[3:, 7:5007:10].T[:500], np.nan_to_num(imu[:500]), atol=1e-5)
    times = parameters["EVENT"]["TIMES"]["value"]
    at_s = dict(
        zip(parameters["EVENT"]["LABELS"]["value"], times[0] * 60.0 + times[1], strict=True)
    )
    assert at_s[NAMES[0]] == pytest.approx(onset_s(2, 0), abs=1e-5)  # the newest of its name
    assert at_s["BAD_gap"] == pytest.approx(2.003, abs=1e-5)  # that of the motion sensor
    assert at_s["BAD_gap end"] == pytest.approx(2.203, abs=1e-5)
    with warnings.catch_warnings(), path.open("rb") as stream:
        warnings.simplefilter("ignore")  # there are no points in it, and it says so
        reader = c3d.Reader(stream)
        frames = [analog for _, _, analog in reader.read_frames()]
    second = np.concatenate(frames, axis=1)[:3, :n]
    assert np.array_equal(second, analog[:3])


def test_long_recordings_fit_the_frames_of_c3d(tmp_path: Path) -> None:
    data = planted(n=70_000, imu_rate_hz=None)
    file = ezc3d.c3d(str(_write(data, "c3d", tmp_path)))
    rate = file["parameters"]["ANALOG"]["RATE"]["value"][0]
    assert rate == 1000.0
    assert (rate / file["parameters"]["POINT"]["RATE"]["value"][0]).is_integer()
    assert file["data"]["analogs"].shape[2] >= 70_000


def test_a_recording_keeps_its_number_in_other_formats_and_is_never_overwritten(
    tmp_path: Path,
) -> None:
    data = planted(n=2600)
    first = _write(data, "bdf", tmp_path)
    assert first.name == "sub-07_task-proneRaise_run-01.bdf"
    before = first.read_bytes()
    assert _write(data, "csv", tmp_path).name == "sub-07_task-proneRaise_run-01_csv"
    assert _write(data, "bdf", tmp_path).name == "sub-07_task-proneRaise_run-02.bdf"
    assert first.read_bytes() == before
    beside = json.loads((tmp_path / f"{first.name}.json").read_text())
    assert beside["left_out"] == ["The person's code."]
    assert beside["repetitions"][1]["not_scored_because"] == "excluded cut_short"


@pytest.mark.parametrize("mask", [0o000, 0o022])
def test_files_and_folders_are_private_under_any_umask(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        _write(planted(n=2600), "csv", tmp_path / "out" / "deeper")
        _write(planted(n=2600), "bids", tmp_path / "bids")
    finally:
        os.umask(before)
    for path in [*(tmp_path / "out").rglob("*"), *(tmp_path / "bids").rglob("*"), tmp_path / "out"]:
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


@pytest.mark.parametrize("to", ["csv", "bids", "bdf"])
def test_a_disk_that_fills_at_any_rename_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str
) -> None:
    data = planted(n=2600)
    out = tmp_path / "out"
    _write(data, to, out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    rename = os.replace
    left = [0]

    def full(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] == -1:  # once: putting things back works
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        rename(self, target)
        return target

    monkeypatch.setattr("pathlib.Path.replace", full)
    failures = 0
    for left[0] in range(40):
        try:
            _write(data, to, out)
        except FiringOrderError as error:
            failures += 1
            said = str(error)
            now = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
            assert now == before
            assert "is full; nothing was exported. Free some space" in said
            assert not [path for path in out.rglob("*") if path.name.startswith(".")]
        else:
            break
    assert failures == {"csv": 1, "bids": 14, "bdf": 2}[to]


def test_a_disk_that_fills_while_samples_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def refuse(*_: object, **__: object) -> None:
        raise full

    monkeypatch.setattr("firingorder.recording.writers.delimited._write_stream", refuse)
    with pytest.raises(FiringOrderError, match="is full"):
        _write(planted(n=2600), "csv", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_disk_that_takes_half_a_c3d_is_noticed(tmp_path: Path) -> None:
    """The library that writes it says nothing."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    data = planted(n=5003)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, before[1]))
    try:
        with pytest.raises(FiringOrderError, match="nothing was exported"):
            _write(data, "c3d", tmp_path / "new")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not (tmp_path / "new").exists()
    assert _write(data, "c3d", tmp_path / "new").stat().st_size > 60_000


def test_where_an_export_cannot_go(tmp_path: Path) -> None:
    data = planted(n=2600)
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="is a file; name a folder"):
        _write(data, "csv", tmp_path / "file")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.docx").write_text("x")
    with pytest.raises(UsageError, match=r"no BIDS dataset and holds thesis\.docx"):
        _write(data, "bids", tmp_path / "other")
    assert [one.name for one in (tmp_path / "other").iterdir()] == ["thesis.docx"]


def test_a_missing_extra_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"needs pyarrow, which is not installed: .*\[parquet\]"):
        needed("pyarrow", "parquet", "Export to Parquet")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_folder_that_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(FiringOrderError, match=r"cannot be written to: .*\. Choose another folder"):
        _write(planted(n=2600), "csv", tmp_path / "new")
    assert not (tmp_path / "new").exists()
