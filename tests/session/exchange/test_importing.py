"""An imported recording gives what its file gives, and keeps no more of it than it may."""

from __future__ import annotations

import dataclasses
import json
import stat
from typing import TYPE_CHECKING, Any

import edfio
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from firingorder.cli import main
from firingorder.errors import FileFormatError, FiringOrderError, MontageError, UsageError
from firingorder.findings import MarkerEvent
from firingorder.firmware_bridge.adapters.imported import (
    EMG,
    IMU,
    ImportedStreams,
    ImportReceiver,
    pack_samples,
)
from firingorder.recording.reader import file_sha256, open_recording
from firingorder.samples import EmgChunk, Gap, ImuChunk
from firingorder.session.exchange.importing import Imported, import_file
from firingorder.session.files import FileOptions, analyse_path
from firingorder.session.replaying import replay_engine, run_replay
from firingorder.session.sources import file_body
from firingorder.simulation.scenarios import make_body
from tests.recording import foreign_files
from tests.session.bodies import body
from tests.shipped_schemas import schema_faults

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.session.results import Analysis

NAMES = ("gluteus_maximus_left", "erector_spinae_left")
AXES = {"acc": ["ACC_X", "ACC_Y", "ACC_Z"], "gyr": ["GYR_X", "GYR_Y", "GYR_Z"]}
SEED = 4
SECONDS = 30
RATE_HZ = 1000.0


@dataclasses.dataclass
class Case:
    """A file, its montage, and what was made of it."""

    file: Path
    montage: Path
    made: Imported
    recording: Path


def _write_edf(path: Path, montage: Path) -> None:
    """Three bridges with a pelvis sensor, a gap and a marker; the file bears a person's name."""
    worn = make_body("bridge", seed=SEED, channels=NAMES, repetitions=3, imu_rate_hz=100.0)
    n = int(SECONDS * RATE_HZ)
    emg, (acc, gyr) = worn.emg_uv(0, n), worn.imu(0, n // 10)
    assert worn.nominal_mount_wxyz is not None
    w, x, y, z = worn.nominal_mount_wxyz
    turn = Rotation.from_quat([x, y, z, w])  # other people's sensors are said to sit straight
    emg[2000:2200] = 0.0
    signals = [
        edfio.EdfSignal(emg[:, k], RATE_HZ, label=label, physical_dimension="uV",
                        physical_range=(-3000, 3000))
        for k, label in enumerate(("GMAX_L", "ES_L"))
    ]  # fmt: skip
    for values, labels, unit, most in (
        (turn.apply(acc), AXES["acc"], "m/s2", 40),
        (turn.apply(gyr), AXES["gyr"], "rad/s", 20),
    ):
        signals += [
            edfio.EdfSignal(np.clip(values[:, k], -most, most), 100.0, label=label,
                            physical_dimension=unit, physical_range=(-most, most))
            for k, label in enumerate(labels)
        ]  # fmt: skip
    marks = [edfio.EdfAnnotation(3.5, None, "first lift")]
    edfio.Edf(signals, annotations=marks, patient=edfio.Patient(name="Jane_Example")).write(path)
    channels = {"GMAX_L": NAMES[0], "ES_L": NAMES[1]}
    montage.write_text(json.dumps({"channels": channels, "pelvis_imu": AXES}))


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    print(f"seed {SEED}")
    folder = tmp_path_factory.mktemp("import")
    file, montage, out = folder / "Jane_Example.edf", folder / "m.json", folder / "a.mcap"
    _write_edf(file, montage)
    made = import_file(file, out, montage, person="P07", task="bridge")
    return Case(file, montage, made, out)


def _body(result: Analysis) -> dict[str, Any]:
    found = result.to_dict()
    for name in ("id", "file"):
        found["recording"].pop(name)
    found["warnings"] = [one for one in found["warnings"] if "unverified" not in one]
    return found


def test_the_analysis_is_that_of_the_file_to_the_last_bit(case: Case) -> None:
    original = analyse_path(case.file, FileOptions(montage=case.montage))
    imported = analyse_path(case.recording)
    assert _body(imported) == _body(original)
    assert [one.verdict for one in imported.repetitions] == ["glutes_first"] * 3
    assert imported.recording.streams[0].gaps == ((2.0, 2.2),), "a gap stays a gap"
    assert [one.kind for one in imported.recording.streams] == ["emg", "imu"]
    assert any("unverified" in one for one in imported.warnings), "EDF has no clock"
    assert all(one.movement_onset_s is not None for one in imported.repetitions)


def test_it_is_replayed_with_its_markers(case: Case) -> None:
    recording = open_recording(case.recording)
    engine = replay_engine(recording)
    events: list[Any] = []
    run_replay(recording, engine, lambda found, _item: events.extend(found))
    assert [one for one in events if isinstance(one, MarkerEvent)] == [
        MarkerEvent("first lift", 3.5)
    ]
    assert [one.verdict for one in engine.repetitions] == ["glutes_first"] * 3


def test_it_is_worn_by_the_virtual_device(case: Case) -> None:
    worn = file_body(case.recording)
    assert worn.emg_rate_hz == RATE_HZ
    assert worn.imu_rate_hz == 100.0
    truth = file_body(case.file)
    np.testing.assert_array_equal(worn.emg_uv(2300, 500), truth.emg_uv(2300, 500))


def test_it_says_what_it_was_and_names_nobody(case: Case) -> None:
    recording = open_recording(case.recording)
    assert recording.session["imported"] is True
    assert recording.session["simulated"] is False
    assert (recording.session["person"], recording.session["task"]) == ("P07", "bridge")
    about = recording.device["import"]
    assert schema_faults("import-1", about) == []
    assert schema_faults("import-1", {**about, "clock": "sure"}) != []
    assert schema_faults("imported-1", case.made.to_dict()) == []
    assert about["sha256"] == file_sha256(case.file) == case.made.sha256
    assert (about["format"], about["clock"], about["verified"]) == ("EDF+", "nominal", False)
    assert about["emg"]["shape"] == [int(SECONDS * RATE_HZ), 2]
    assert about["imu"]["rate_hz"] == 100.0
    assert recording.montage["channels"] == {"EMG1": NAMES[0], "EMG2": NAMES[1]}
    everything = b"".join(entry.data for entry in recording.entries())
    assert b"first lift" in everything, "the test sees what is in the recording"
    assert b"Jane" not in everything
    assert stat.S_IMODE(case.recording.stat().st_mode) == 0o600
    assert recording.finished


@pytest.mark.parametrize("name", ["walk.c3d", "lab.xdf", "nexus.csv", "arrays.npz", "walk.anc"])
def test_every_sample_of_other_kinds_comes_through(tmp_path: Path, name: str) -> None:
    path, out = tmp_path / name, tmp_path / "a.mcap"
    foreign_files.MAKERS[name](path)
    made = import_file(path, out)
    assert made.channels == NAMES
    assert _body(analyse_path(out)) == _body(analyse_path(path))
    assert made.verified == (name in ("lab.xdf", "walk.anc"))


def test_samples_beside_the_muscles_and_of_no_unit(tmp_path: Path) -> None:
    """Counts are analysed as counts, clipped samples stay marked, other voltages are kept."""
    counts = np.clip(np.round(body(12)), -60, 60)
    path, out, montage = tmp_path / "a.csv", tmp_path / "a.mcap", tmp_path / "m.json"
    rows = [f"{a:g},{b:g},{k % 7}" for k, (a, b) in enumerate(counts)]
    path.write_text("\n".join(["GMAX_L [bit],ES_L [bit],other [uV]", *rows]) + "\n")
    montage.write_text(json.dumps({"channels": {"GMAX_L": NAMES[0], "ES_L": NAMES[1]}}))
    made = import_file(path, out, montage, RATE_HZ)
    assert (made.clock, made.verified) == ("given", False)
    original = analyse_path(path, FileOptions(montage=montage, rate_hz=RATE_HZ))
    imported = analyse_path(out)
    assert _body(imported) == _body(original)
    assert original.channels[0].noise_uv is None, "counts are no microvolts"
    assert open_recording(out).device["import"]["emg"]["labels"] == ["GMAX_L", "ES_L", "other"]


def test_a_receiver_keeps_every_bit_and_survives_any_bytes() -> None:
    said = ImportedStreams(1_000, 2000.0, ("a", "b"), True, 100.0, -0.005, "CSV", "")
    rng = np.random.default_rng(SEED)
    emg, imu = rng.normal(0, 1e3, (40, 2)), rng.normal(0, 9, (3, 6))
    emg[5, 1] = np.nan
    at_limit = rng.random((40, 2)) < 0.1
    one = ImportReceiver()
    one.feed(said.to_bytes(), 0)
    reads = (pack_samples(EMG, 10, emg, at_limit), pack_samples(IMU, 0, imu))
    items = [item for data in reads for item in one.feed(data, 0)]
    gap, chunk = items[0], items[1]
    assert gap == Gap("emg", "loss", 0, 10, 0.0, 0.005)
    assert isinstance(chunk, EmgChunk)
    np.testing.assert_array_equal(chunk.emg_uv, emg)
    np.testing.assert_array_equal(chunk.saturated, at_limit)
    (sensor,) = [item for item in items if isinstance(item, ImuChunk)]
    np.testing.assert_array_equal(np.hstack([sensor.acc_m_s2, sensor.gyr_rad_s]), imu)
    assert (sensor.t0_s, one.now_s(1_000 + 2e9)) == (-0.005, 2.0)
    for _ in range(300):
        data = bytearray(reads[0] if rng.random() < 0.7 else said.to_bytes())
        for _ in range(3):
            data[rng.integers(len(data))] ^= 1 << rng.integers(8)
        for item in one.feed(bytes(data[: rng.integers(len(data) + 1)]), 0):
            assert not isinstance(item, EmgChunk) or not np.isinf(item.emg_uv).any()


def _nothing_left(folder: Path, before: set[Path]) -> None:
    assert set(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("rate_hz", "text", "says"),
    [
        (None, "GMAX_L,ES_L\n1,2\n", "--rate"),
        (100.0, "GMAX_L,ES_L\n1,2\n3,4\n", "EMG cannot be told"),
        (1000.0, "A,B\n1,2\n3,4\n", "No label names a muscle"),
        (1000.0, "GMAX_L,ES_L\n1,x\nx,2\n", "no column of numbers|No label|names"),
        (1000.0, "", "empty"),
    ],
)
def test_what_cannot_be_imported_leaves_nothing(
    tmp_path: Path, rate_hz: float | None, text: str, says: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    before = set(tmp_path.rglob("*"))
    with pytest.raises(FiringOrderError, match=says):
        import_file(path, tmp_path / "out" / "a.mcap", rate_hz=rate_hz)
    _nothing_left(tmp_path, before)


def test_a_failure_while_writing_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = tmp_path / "a.npz", tmp_path / "a.mcap"
    foreign_files.npz(path)
    before = set(tmp_path.rglob("*"))

    def full(_self: object, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("firingorder.recording.storage.DiskFile.write", full)
    with pytest.raises(FiringOrderError, match=r"a\.mcap"):
        import_file(path, out)
    _nothing_left(tmp_path, before)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path, out = tmp_path / "a.npz", tmp_path / "a.mcap"
    foreign_files.npz(path)
    out.write_bytes(b"mine")
    with pytest.raises(UsageError, match="exists and is not overwritten"):
        import_file(path, out)
    assert out.read_bytes() == b"mine"
    with pytest.raises(UsageError, match=r"FILE\.mcap"):
        import_file(path, tmp_path / "a.edf")


def test_a_file_without_signals_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    edfio.Edf([], annotations=[edfio.EdfAnnotation(0, None, "x")]).write(path)
    with pytest.raises((MontageError, FileFormatError), match="signals"):
        import_file(path, tmp_path / "a.mcap")


def test_on_the_command_line(
    tmp_path: Path, case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "b.mcap"
    told = ["--montage", str(case.montage), "--person", "P07"]
    assert main(["import", str(case.file), "--out", str(out), *told]) == 0
    said = capsys.readouterr()
    assert said.out == (
        f"EDF+, 30.0 s at 1000 Hz: {', '.join(NAMES)}, pelvis sensor, 1 marker(s)\n"
    )
    assert "unverified" in said.err
    assert f"Recording: {out}" in said.err
    assert main(["import", str(case.file), "--out", str(out), *told]) == 2
    assert "exists and is not overwritten" in capsys.readouterr().err
    assert main(["import", str(case.file)]) == 2
    assert "--out FILE.mcap" in capsys.readouterr().err
    assert main(["import", str(case.file), "--preview"]) == 0
    assert "GMAX_L = gluteus_maximus_left, RMS" in capsys.readouterr().out
    assert main(["import", str(case.file), "--preview", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["montage"]["channels"]["ES_L"] == NAMES[1]
    assert schema_faults("preview-1", shown) == []
    assert schema_faults("preview-1", {**shown, "streams": [{}]}) != []
