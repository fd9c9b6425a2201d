"""Files of other programs, as they are found: values against a second library, faults as described.

What cannot be read although it is there is a failure; only a missing folder is a skip.
"""

from __future__ import annotations

import fnmatch
import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import edfio
import ezc3d
import h5py
import numpy as np
import pytest
import scipy.io

from firingorder.errors import FileFormatError, FiringOrderError, UsageError
from firingorder.recording.readers import FileData, read_file
from firingorder.recording.readers.filedata import microvolts_per

DataFolder = Callable[[str], Path]


def _by_edfio(path: Path) -> list[tuple[str, float, np.ndarray]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        edf: Any = edfio.read_bdf(path) if path.suffix == ".bdf" else edfio.read_edf(path)
        return [(s.label, microvolts_per(s.physical_dimension) or 1.0, s.data) for s in edf.signals]


def _by_us(data: FileData) -> dict[str, np.ndarray]:
    return {
        label: stream.samples[:, k]
        for stream in data.streams
        for k, label in enumerate(stream.labels)
    }


@pytest.mark.parametrize(
    ("folder", "pattern", "files"),
    [
        ("pyedflib_tests", "*.?df", 3),
        ("mne_python_edf", "*.edf", 3),
        ("mne_python_edf", "test_bdf*.bdf", 1),
        ("edfio_psg", "short_psg.?df", 2),
        ("edfio_psg", "test_subsecond.edf", 1),
        ("bids_emg", "emg_[!M]*/**/*_emg.edf", 7),
    ],
)
def test_values_are_those_of_another_library(
    data_folder: DataFolder, folder: str, pattern: str, files: int
) -> None:
    paths = sorted(data_folder(folder).glob(pattern))
    assert len(paths) >= files
    for path in paths:
        ours = _by_us(read_file(path))
        seen: dict[str, int] = {}
        for label, scale, theirs in _by_edfio(path):
            seen[label] = seen.get(label, 0) + 1
            name = label if seen[label] == 1 else f"{label}#{seen[label]}"
            values = ours.pop(name)
            present = ~np.isnan(values)
            assert values.shape == theirs.shape, f"{path.name} {label}"
            span = float(np.ptp(theirs)) or 1.0
            worst = float(np.max(np.abs(values - theirs * scale)[present], initial=0.0))
            assert worst <= 1e-9 * span * scale, f"{path.name} {label}"
        assert not ours


def test_rates_and_record_lengths_of_the_generator(data_folder: DataFolder) -> None:
    folder = data_folder("pyedflib_tests")
    rates = [s.rate_hz for s in read_file(folder / "test_generator.bdf").streams]
    assert rates == [1000.0, 800.0, 500.0, 975.0, 999.0]
    second = read_file(folder / "test_generator_datarec_generator_2.bdf")
    assert {487.5, 499.5} < {s.rate_hz for s in second.streams}
    for stream in read_file(folder / "test_generator.bdf").streams:
        assert not np.isnan(stream.samples).any(), "a square wave is flat but no gap"
        assert stream.samples.shape[0] == pytest.approx(30 * stream.rate_hz)
    sine = read_file(folder / "test_generator.bdf").streams[0].samples[:, 0]
    assert np.max(sine) == pytest.approx(1000, rel=0.01)
    assert int(np.argmax(np.abs(np.fft.rfft(sine)))) == 5 * 30, "5 Hz for 30 s"


def test_annotations_beyond_ascii(data_folder: DataFolder) -> None:
    marks = read_file(data_folder("pyedflib_tests") / "test_utf8.edf").markers
    assert len(marks) == 5
    assert any(not text.isascii() for _, text in marks)


def test_known_waveforms_in_volts_and_microvolts(data_folder: DataFolder) -> None:
    volts, block = read_file(data_folder("mne_python_edf") / "test_uneven_samp.edf").streams
    assert (volts.rate_hz, block.rate_hz) == (100.0, 12.8)
    assert volts.units == block.units == ("uV",)
    # A sine of 5 V, 3 Hz, and a block signal of 1 and 0 uV; both begin in their positive phase.
    assert np.max(volts.samples) == pytest.approx(5e6, rel=0.01)
    assert volts.samples[5, 0] > 1e6
    assert set(np.round(block.samples[:, 0]).tolist()) == {0.0, 1.0}
    assert block.samples[0, 0] == pytest.approx(1.0, abs=0.01)


def test_a_bdf_that_others_refuse_is_read_to_its_end(data_folder: DataFolder) -> None:
    (stream,) = read_file(data_folder("mne_python_edf") / "test.bdf").streams
    assert len(stream.labels) == 73
    assert stream.rate_hz == 2048.0


def test_edf_and_bdf_of_one_recording_agree(data_folder: DataFolder) -> None:
    folder = data_folder("edfio_psg")
    edf, bdf = (_by_us(read_file(folder / f"short_psg.{kind}")) for kind in ("edf", "bdf"))
    assert edf.keys() == bdf.keys()
    for label, values in edf.items():
        np.testing.assert_allclose(bdf[label], values, atol=1e-3 * (np.ptp(values) or 1))
    reference = json.loads((folder / "short_psg_header_reference.json").read_text())
    assert [entry["label"] for entry in reference] == list(edf)


def test_annotations_alone(data_folder: DataFolder) -> None:
    data = read_file(data_folder("edfio_psg") / "SC4001EC-Hypnogram.edf")
    assert data.streams == ()
    assert len(data.markers) == 154
    assert len(read_file(data_folder("edfio_psg") / "test_subsecond.edf").markers) == 4


@pytest.mark.parametrize("kind", ["emg", "eeg"])
def test_a_header_that_is_a_byte_short_is_refused(data_folder: DataFolder, kind: str) -> None:
    path = (
        data_folder("bids_emg") / f"emg_Multimodal/sub-01/{kind}/sub-01_task-pullstand_{kind}.edf"
    )
    with pytest.raises(FileFormatError, match="number of signals reads"):
        read_file(path)


def test_contradictions_between_file_and_sidecar_are_told(data_folder: DataFolder) -> None:
    root = data_folder("bids_emg")
    paths = [p for p in root.glob("**/*_emg.edf") if "Multimodal" not in str(p)]
    for path in paths:
        data = read_file(path)
        assert data.streams[0].rate_hz == 2000.0, path.name
        assert any("channels.tsv gives V" in warning for warning in data.warnings), path.name


def test_an_empty_physiology_file_is_refused(data_folder: DataFolder) -> None:
    (path,) = data_folder("bids_emg").glob("**/*_physio.tsv.gz")
    with pytest.raises(UsageError, match=r"\.gz"):
        read_file(path)


def test_a_lifting_task_channel_by_channel(data_folder: DataFolder) -> None:
    folder = data_folder("semgdetection_tang2022")
    for k in range(1, 5):
        path = folder / f"12_{k}.mat"
        with pytest.raises(UsageError, match="--rate"):
            read_file(path)
        data = read_file(path, rate_hz=2000)
        (stream,) = data.streams
        assert stream.labels == ("semg",)
        assert stream.samples.shape == (99080, 1)
        np.testing.assert_array_equal(stream.samples[:, 0], scipy.io.loadmat(path)["semg"].ravel())
        assert any("en_g_list" in warning for warning in data.warnings)
        assert any("millivolts" in warning for warning in data.warnings), "they are mV, unsaid"


def test_a_structure_with_a_time_vector(data_folder: DataFolder) -> None:
    for name in ("DATA", "DATA2"):
        path = data_folder("acuna_tutorial") / f"EMG_processing_tutorial_{name}.mat"
        data = read_file(path)
        (stream,) = data.streams
        assert stream.rate_hz == 2000.0
        assert stream.samples.shape == (121000, 1)
        expected = scipy.io.loadmat(path)["trial_data"][0, 0]["emg"].ravel()
        np.testing.assert_array_equal(stream.samples[:, 0], expected)
        assert any("probably volts" in warning for warning in data.warnings), "they are V, unsaid"
        assert any("heelStrikes" in warning for warning in data.warnings)


#: What becomes of every file by folder and pattern: the format that it is opened as, or words of
#: the sentence that refuses it. A rate is given where the file has none ("@200").
OUTCOMES: tuple[tuple[str, str, str], ...] = (
    (".", "SHA256SUMS", "!no suffix"),
    ("**", "**/SOURCE.txt", "!text for people"),
    ("**", "**/LICEN*", "!text for people"),
    ("acuna_tutorial", "*.mat", "MAT"),
    ("bids_emg", "**/*_physio.tsv.gz", "!unpack"),
    ("bids_emg", "emg_Multimodal/**/*.edf", "!number of signals reads"),
    ("bids_emg", "**/*.edf", "EDF"),
    ("bids_emg", "**/*_motion.tsv", "BIDS motion"),
    ("bids_emg", "**/*.tsv", "!side file of a BIDS data set"),
    ("biosppy", "*.txt", "Simple Text Format"),
    ("broad", "*.hdf5", "HDF5"),
    ("bsnb", "**/*.h5", "OpenSignals HDF5"),
    ("bsnb", "opensignals_txt/*.txt", "OpenSignals text"),
    ("btkdata", "Empty.*", "!is empty"),
    ("btkdata", "Truncated.anc", "!was cut"),
    ("btkdata", "*.c3d", "C3D"),
    ("btkdata", "*.anc", "ANC"),
    ("btkdata", "*.hpf", "!Delsys File Utility"),
    ("btkdata", "*.emg", "!export it as CSV"),
    ("btkdata", "*.tdf", "!export it as C3D"),
    ("edfio_psg", "*.edf", "EDF"),
    ("edfio_psg", "*.bdf", "BDF"),
    ("elderly_emg_dyn", "*.xlsx", "!save the sheet"),
    ("elderly_emg_dyn", "tests/*.npz", "NumPy"),
    ("emgGO", "*.npz", "NumPy"),
    ("kowalski_sim", "*.npz", "NumPy"),
    ("kowalski_sim", "truth.csv", "!no time column"),
    ("libemg", "*.csv", "table of numbers@200"),
    ("mi_openbci", "OpenBCI*.txt", "OpenBCI text"),
    ("mne_python_edf", "*.edf", "EDF"),
    ("mne_python_edf", "*.bdf", "BDF"),
    ("mobgap", "**/data.mat", "!holds 3 recordings"),
    ("mobgap", "**/*.csv", "CSV@100"),
    ("musclesyneRgies", "*.npz", "NumPy"),
    ("musclesyneRgies", "*.RData", "!write.csv"),
    ("myo_readings", "?.txt", "table of numbers@200"),
    ("novainstr", "emg.txt", "table of numbers"),
    ("openbci_gui", "OpenBCI*.txt", "OpenBCI text"),
    ("pyedflib_tests", "*.bdf", "BDF+"),
    ("pyedflib_tests", "*.edf", "EDF+"),
    ("pyomeca_tests", "*.c3d", "C3D"),
    ("pyomeca_tests", "*.csv", "Nexus CSV"),
    ("pyomeca_tests", "*.xlsx", "!save the sheet"),
    ("semgdetection_tang2022", "*.mat", "MAT@2000"),
    ("xdf_examples", "*.xdf", "XDF"),
    ("xsens_txt", "MT_*.txt", "Xsens MT text"),
    ("xsens_txt", "*.csv", "Xsens DOT CSV"),
    ("**", "**/*.json", "!description without signals"),
    ("**", "**/*.md", "!text for people"),
    ("**", "**/*", "!text for people"),
)
_ADDRESS = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}")
FILES = 252


def _outcome(path: Path, root: Path) -> str:
    relative = path.relative_to(root)
    for folder, pattern, expected in OUTCOMES:
        inside = root if folder in (".", "**") else root / folder
        if path.is_relative_to(inside) and (folder != "." or path.parent == root):
            name = path.relative_to(inside).as_posix()
            if fnmatch.fnmatchcase(name, pattern.removeprefix("**/")) or fnmatch.fnmatchcase(
                name, pattern.replace("**/", "*/")
            ):
                return expected
    pytest.fail(f"nothing is said of {relative}")


def _texts_of(data: FileData) -> str:
    words = [data.format, *data.warnings, *(text for _, text in data.markers)]
    words += [word for one in data.streams for word in (*one.labels, *one.units)]
    return "\n".join(words)


def test_every_real_file_is_opened_or_refused_in_one_sentence(data_folder: DataFolder) -> None:
    root = data_folder("btkdata").parent
    listed = [line[66:].strip() for line in (root / "SHA256SUMS").read_text().splitlines()]
    paths = [root / name for name in listed] + [root / "SHA256SUMS"]
    assert len({*paths}) == FILES
    opened = refused = 0
    for path in paths:
        expected = _outcome(path, root)
        kind, _, rate = expected.removeprefix("!").partition("@")
        if expected.startswith("!"):
            with pytest.raises(FiringOrderError) as error:
                read_file(path)
            said = str(error.value)
            assert kind in said, said
            assert str(path) in said
            assert said.endswith(".")
            assert "\n" not in said
            refused += 1
            continue
        if rate:
            with pytest.raises(UsageError, match="--rate"):
                read_file(path)
        data = read_file(path, rate_hz=float(rate) if rate else None)
        assert data.format == kind or (kind in ("EDF", "BDF") and data.format == f"{kind}+")
        assert _ADDRESS.search(_texts_of(data)) is None, f"{path.name} names a device"
        for stream in data.streams:
            assert stream.samples.shape[1] == len(stream.labels) == len(stream.units)
            assert len(set(stream.labels)) == len(stream.labels)
            assert not np.isinf(stream.samples).any()
        opened += 1
    print(f"{opened} opened, {refused} refused with the reason, of {FILES}")
    assert (opened, refused) == (95, 157)


def _columns(data: FileData, *, tail: bool = False) -> dict[str, np.ndarray]:
    columns = _by_us(data)
    return {k.split(".")[-1] if tail else k: v for k, v in columns.items()}


def test_c3d_and_anc_of_one_walk_agree(data_folder: DataFolder) -> None:
    c3d, anc = (read_file(data_folder("btkdata") / f"Gait.{kind}") for kind in ("c3d", "anc"))
    (one,), (other,) = c3d.streams, anc.streams
    assert (one.rate_hz, other.rate_hz) == (1000.0, 1000.0)
    for k in range(12, 28):  # the force plates are newtons in one and volts in the other
        apart = np.abs(one.samples[:, k] - other.samples[: len(one.samples), k])
        assert np.nanmax(apart) < 1e-4 * np.nanmax(np.abs(one.samples[:, k])), one.labels[k]
    assert one.units[12:] == ("uV",) * 16
    assert any("more than 10 mV" in text for text in c3d.warnings)


def test_c3d_and_csv_of_one_shoulder_agree(data_folder: DataFolder) -> None:
    folder = data_folder("pyomeca_tests")
    c3d = _columns(read_file(folder / "markers_analogs.c3d"), tail=True)
    csv = _columns(read_file(folder / "analogs.csv"))
    assert c3d.keys() == csv.keys()
    for label, values in csv.items():
        # The csv has six digits, and eight decimals of a volt.
        np.testing.assert_allclose(values, c3d[label], rtol=6e-6, atol=0.06, err_msg=label)


def test_three_generations_of_openbci_agree(data_folder: DataFolder) -> None:
    paths = sorted(data_folder("openbci_gui").glob("OpenBCI*.txt"))
    assert len(paths) == 3
    first, *others = (read_file(path) for path in paths)
    for other in others:
        np.testing.assert_array_equal(first.streams[0].samples, other.streams[0].samples)
        assert other.streams[0].samples.shape == (22490, 8)
        assert any("8222 time stamps repeat" in text for text in other.warnings)
    # The newer ones repeat the accelerometer by themselves, the first is brought to that.
    acc = [read_file(path).streams[1].samples for path in paths]
    np.testing.assert_array_equal(acc[1], acc[2])
    assert np.mean(acc[0] == acc[1]) > 0.999, "ten rows of the first file say something else"


def test_ganglion_counter_that_slips_loses_nothing(data_folder: DataFolder) -> None:
    data = read_file(data_folder("mi_openbci") / "OpenBCI-RAW-S09_S1R0.txt")
    assert data.streams[0].samples.shape == (22920, 4)
    assert any("jumps 2 time(s)" in text and "nothing was ins" in text for text in data.warnings)


def test_c3d_values_are_those_of_another_library(data_folder: DataFolder) -> None:
    paths = [*data_folder("btkdata").glob("*.c3d"), *data_folder("pyomeca_tests").glob("*.c3d")]
    compared = 0
    for path in paths:
        try:
            theirs: Any = ezc3d.c3d(str(path))
        except (OSError, ValueError, RuntimeError):
            continue
        analogs = theirs["data"]["analogs"][0]
        streams = read_file(path).streams
        assert bool(streams) == bool(analogs.size), path.name
        for stream in streams:
            scale = [
                microvolts_per(u) or 1.0 for u in theirs["parameters"]["ANALOG"]["UNITS"]["value"]
            ]
            expected = analogs.T * np.array(scale)
            present = ~np.isnan(stream.samples)
            assert stream.rate_hz == theirs["header"]["analogs"]["frame_rate"]
            np.testing.assert_allclose(
                stream.samples[present], expected[present], rtol=1e-5, atol=1e-5, err_msg=path.name
            )
            compared += 1
    assert compared == 5


def test_names_in_headers_are_dropped(data_folder: DataFolder) -> None:
    path = data_folder("pyomeca_tests") / "markers_analogs.c3d"
    theirs: Any = ezc3d.c3d(str(path))
    names = [one for one in theirs["parameters"]["SUBJECTS"]["NAMES"]["value"] if one]
    assert names, "the file is to hold a name, else this proves nothing"
    words = _texts_of(read_file(path)).lower()
    assert not any(name.lower() in words for name in names)
    for path in data_folder("xsens_txt").glob("*.csv"):
        tag = path.read_text(encoding="utf-8").splitlines()[1].partition(",")[2]
        assert tag
        assert tag not in _texts_of(read_file(path)).split()


def test_opensignals_becomes_microvolts_only_where_sensor_and_device_are_said(
    data_folder: DataFolder,
) -> None:
    folder = data_folder("bsnb")
    stream = read_file(folder / "opensignals_txt" / "1_1.txt").streams[0]
    raw = np.loadtxt(folder / "opensignals_txt" / "1_1.txt")
    np.testing.assert_allclose(stream.samples[:, 0], (raw[:, 2] / 65536 - 0.5) * 3000.0)
    assert stream.units == ("uV", "uV", "counts")
    two = read_file(folder / "emg_1000_hz_16_bits.h5").streams
    assert [(one.labels, one.rate_hz) for one in two] == [(("A.CH6",), 1000.0), (("B.CH5",), 10.0)]
    assert all(one.units == ("counts",) for one in two)
    with h5py.File(folder / "emg_fatigue.h5") as file:
        (device,) = file.values()
        counts = device["raw"]["channel_2"][:, 0]
    fatigue = read_file(folder / "emg_fatigue.h5")
    np.testing.assert_array_equal(fatigue.streams[0].samples[:, 0], counts)
    assert any("stands still for 61364 rows" in text for text in fatigue.warnings)


def test_xdf_examples_as_they_are_described(data_folder: DataFolder) -> None:
    folder = data_folder("xdf_examples")
    minimal = read_file(folder / "minimal.xdf")
    assert minimal.streams[0].samples.shape == (9, 3)
    assert minimal.streams[0].rate_hz == 10.0
    assert len(minimal.markers) == 9
    resets = read_file(folder / "clock_resets.xdf")
    assert len(resets.markers) == 175
    (stream,) = resets.streams
    assert np.count_nonzero(~np.isnan(stream.samples[:, 0])) == 27815
    assert any("stamps count" in text for text in resets.warnings)
    assert sum("is empty" in text for text in read_file(folder / "empty_streams.xdf").warnings) == 2


def test_lost_packets_of_a_motion_sensor_stay_gaps(data_folder: DataFolder) -> None:
    folder = data_folder("xsens_txt")
    (lossy,) = read_file(next(folder.glob("LFemur*.csv"))).streams
    (whole,) = read_file(next(folder.glob("Pelvis*.csv"))).streams
    assert np.isnan(lossy.samples[:, 0]).sum() == 157
    assert lossy.samples.shape[0] == 352
    assert whole.samples.shape[0] == 382
    assert not np.isnan(whole.samples).any()
    (mtw,) = read_file(folder / "MT_012005D6_009-001_00B42279.txt").streams
    turn = mtw.samples[:, 3:12].reshape(-1, 3, 3).transpose(0, 2, 1)  # column by column
    up = np.einsum("nij,nj->ni", turn, mtw.samples[:, :3])
    assert np.mean(up[:, 2]) == pytest.approx(9.85, abs=0.05)
