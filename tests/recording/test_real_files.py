"""Files of other programs, as they are found: values against a second library, faults as described.

What cannot be read although it is there is a failure; only a missing folder is a skip.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import edfio
import numpy as np
import pytest
import scipy.io

from firingorder.errors import FileFormatError, UsageError
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
