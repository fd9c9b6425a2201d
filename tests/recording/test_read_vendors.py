"""Files of other programs, made as those write them: values, rates, units, gaps, names dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.errors import FileFormatError, FiringOrderError, UsageError
from firingorder.recording.readers import FileData, read_file
from firingorder.recording.readers.c3d_header import floats
from firingorder.recording.readers.refusals import vendor_suffixes
from tests.recording import foreign_files as made

if TYPE_CHECKING:
    from pathlib import Path

RATE_NEEDED = {"headerless.csv"}


def _read(tmp_path: Path, name: str, rate_hz: float | None = None) -> FileData:
    path = tmp_path / name
    made.MAKERS[name](path)
    return read_file(path, rate_hz=rate_hz)


def _said(data: FileData, words: str) -> bool:
    return any(words in warning for warning in data.warnings)


#: Format, rate, labels and units of the first stream, what makes microvolts of ``made.emg()``, and
#: the clock.
EXPECTED: dict[str, tuple[str, float, tuple[str, ...], tuple[str, ...], float, str]] = {
    "emgworks.csv": ("Delsys CSV", 2000, ("GMAX L: EMG 1",), ("uV",), 1, "stamps"),
    "discover.csv": (
        "Delsys CSV", 2148.1481, ("GMAX L: EMG 1", "ES L: EMG 1"), ("uV", "uV"), 1, "stamps"
    ),
    "noraxon.csv": (
        "Noraxon CSV", 1000, ("LT GLUTEUS MAX.", "RT LUMBAR ES"), ("uV", "uV"), 1, "stamps"
    ),
    "shimmer.csv": (
        "Shimmer CSV", 512, ("S1_EMG_CH1_24BIT_CAL", "S1_Gyro_X_CAL"), ("uV", "deg/s"), 1, "stamps"
    ),
    "nexus.csv": ("Nexus CSV", 1000, ("GMAX_L", "ES_L"), ("uV", "uV"), 1, "nominal"),
    "comma.csv": (
        "CSV with a header block", 1000, ("GMAX L", "ES L"), ("uV", "uV"), 1, "nominal"
    ),
    "openbci.txt": ("OpenBCI text", 250, ("EXG1", "EXG2"), ("uV", "uV"), 1, "counter"),
    "opensignals.txt": ("OpenSignals text", 1000, ("CH1", "CH2"), ("uV", "counts"), 1, "counter"),
    "opensignals.h5": ("OpenSignals HDF5", 1000, ("CH2",), ("uV",), 1, "counter"),
    "walk.anc": ("ANC", 1000, ("GMAX_L", "ES_L"), ("uV", "uV"), 1e4 / 4095, "stamps"),
    "headerless.csv": ("table of numbers", 200, ("CH1", "CH2", "CH3"), ("", "", ""), 1, "given"),
    "lying.txt": ("table of numbers", 1000, ("CH1",), ("",), 0.1, "stamps"),
    "simple.txt": ("Simple Text Format", 1000, ("EMG",), ("counts",), 1, "nominal"),
    "walk.c3d": ("C3D", 1000, ("GMAX_L", "ES_L"), ("uV", "uV"), 1, "nominal"),
    "lab.xdf": ("XDF", 1000, ("GMAX_L", "ES_L"), ("uV", "uV"), 1, "stamps"),
    "arrays.npz": ("NumPy", 1000, ("GMAX_L", "ES_L"), ("uV", "uV"), 1, "nominal"),
}  # fmt: skip
#: Half a step of the converter, or of the decimals.
TOLERANCE_UV = {"opensignals.txt": 0.03, "opensignals.h5": 0.03, "walk.anc": 2.0,
                "headerless.csv": 0.51, "simple.txt": 0.51}  # fmt: skip


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_values_rates_and_units(tmp_path: Path, name: str) -> None:
    kind, rate_hz, labels, units, factor, clock = EXPECTED[name]
    data = _read(tmp_path, name, 200.0 if name in RATE_NEEDED else None)
    first = data.streams[0]
    assert (data.format, first.labels, first.units, data.clock) == (kind, labels, units, clock)
    assert first.rate_hz == pytest.approx(rate_hz, rel=1e-6)
    channels = 3 if name == "headerless.csv" else 1 if name == "simple.txt" else 2
    truth = made.emg(channels=channels)[:, 0] * factor + (2048 if name == "simple.txt" else 0)
    found = first.samples[:, 0]
    present = found[~np.isnan(found)]
    np.testing.assert_allclose(present, truth, atol=TOLERANCE_UV.get(name, 2e-3), rtol=1e-5)
    words = " ".join([*data.warnings, *labels, data.format, *(text for _, text in data.markers)])
    assert "Jane" not in words
    assert "AA:BB" not in words


def test_two_rates_of_one_sensor_are_two_streams(tmp_path: Path) -> None:
    fast, slow = _read(tmp_path, "emgworks.csv").streams
    assert (fast.rate_hz, slow.rate_hz) == (2000.0, 500.0)
    assert slow.labels == ("GMAX L: ACC X",)
    assert slow.units == ("g",)
    assert slow.samples.shape == (made.N // 4, 1)


def test_markers_are_kept(tmp_path: Path) -> None:
    assert _read(tmp_path, "walk.c3d").markers == ((0.25, "Left Foot Strike"),)
    assert _read(tmp_path, "noraxon.csv").markers == ((0.2, "3"),)
    ((at_s, text),) = _read(tmp_path, "lab.xdf").markers
    assert (round(at_s, 6), text) == (0.25, "lifted")


def test_a_lost_packet_is_a_gap_and_a_slipped_counter_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    made.openbci(path, lost=30)
    lossy = read_file(path)
    assert np.isnan(lossy.streams[0].samples[:, 0]).nonzero()[0].tolist() == list(range(300, 330))
    assert _said(lossy, "leaves 1 gap(s), 30 samples")
    made.openbci(path, slipped=30)
    slipped = read_file(path)
    assert slipped.streams[0].samples.shape == (made.N, 2)
    assert _said(slipped, "jumps 1 time(s) by 30 samples")
    dot = _read(tmp_path, "dot.csv")
    assert np.isnan(dot.streams[0].samples[100:120]).all()
    assert np.isnan(dot.streams[0].samples).sum() == 20 * 3
    assert dot.streams[0].units == ("", "m/s2", "deg/s")
    counted = _read(tmp_path, "opensignals.h5").streams[0].samples
    assert np.isnan(counted).nonzero()[0].tolist() == list(range(400, 410))


def test_a_stated_rate_ten_times_wrong_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    made.openbci(path)
    path.write_text(path.read_text().replace("= 250 Hz", "= 2500 Hz"))
    data = read_file(path)
    assert data.streams[0].rate_hz == 2500.0
    assert _said(data, "The file says 2500 Hz, its time stamps 25")
    assert _said(data, "times another one")
    made.discover(path)
    path.write_text(path.read_text().replace("2148.1481 Hz", "214.8 Hz"))
    data = read_file(path)
    assert data.streams[0].rate_hz == pytest.approx(2148.1481)
    assert _said(data, "the times count")


def test_a_structure_within_structures(tmp_path: Path) -> None:
    data = _read(tmp_path, "nested.mat")
    (stream,) = data.streams
    assert stream.rate_hz == 100.0
    assert stream.labels == ("Acc_1", "Acc_2", "Acc_3", "Gyr_1", "Gyr_2", "Gyr_3")
    assert "uV" not in stream.units


def test_floats_of_other_processors() -> None:
    values = np.array([1.0, -2.5, 3e-5, 1e6])
    little = values.astype("<f4")
    big = values.astype(">f4").view(np.uint8)
    np.testing.assert_allclose(floats(big, ">", is_dec=False), values, rtol=1e-6)
    # A VAX has the words of an IEEE float of four times the value, swapped.
    vax = (4 * little).view(np.uint8).reshape(-1, 4)[:, [2, 3, 0, 1]].ravel()
    np.testing.assert_allclose(floats(vax, "<", is_dec=True), values, rtol=1e-6)


def test_counts_of_a_c3d_are_scaled_as_another_library_does(tmp_path: Path) -> None:
    # An integer file with offset and general scale, written byte by byte from a sound one.
    path = tmp_path / "a.c3d"
    made.c3d(path)
    cut = tmp_path / "cut.c3d"
    cut.write_bytes(path.read_bytes()[:-1000])
    data = read_file(cut)
    assert _said(data, "The header says 60 frames; the file has")
    assert len(data.streams[0].samples) < made.N


@pytest.mark.parametrize("suffix", vendor_suffixes())
def test_vendors_formats_say_what_to_export(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"\x00\x01")
    with pytest.raises(UsageError) as error:
        read_file(path)
    said = str(error.value)
    assert said.count(str(path)) == 1
    assert any(word in said for word in ("export", "no EMG", "save")), said


def test_a_text_file_is_told_by_its_content_not_by_its_name(tmp_path: Path) -> None:
    for name in ("opensignals.txt", "openbci.txt", "walk.anc", "discover.csv", "lab.xdf"):
        made.MAKERS[name](tmp_path / "plain.txt")
        data = read_file(tmp_path / "plain.txt")
        assert data.format == EXPECTED[name][0]


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("opensignals.txt", '"sampling rate": 1000', '"sampling rate": "x"', "sampling rate"),
        ("opensignals.txt", '"CH1", "CH2"', '"CH1"', "its header names 3"),
        ("walk.anc", "Range\t5\t10", "Range\t5\tx", "Range"),
        ("walk.anc", "BitDepth:\t12", "BitDepth:\t99", "bit depth"),
        ("dot.csv", "OutputRate:,60Hz", "OutputRate:,?", "rate"),
        ("discover.csv", "\n0.000931034504,", "\n0.9,", "backwards"),
        ("nexus.csv", "Frame,Sub Frame,GMAX_L,ES_L", ",,,", "names the columns"),
        ("simple.txt", "Labels:= EMG", "Labels:= A,B", "names 2"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, old: str, new: str, says: str) -> None:
    path = tmp_path / name
    made.MAKERS[name](path)
    text = path.read_text()
    assert old in text, text[:2000]
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(FiringOrderError, match=says) as error:
        read_file(path)
    assert str(path) in str(error.value)


def test_no_samples_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.c3d"
    path.write_bytes(b"\x02\x50" + bytes(2000))
    with pytest.raises(FileFormatError, match="processor"):
        read_file(path)
