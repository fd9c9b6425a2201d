"""EDF and BDF: units, rates, marks, gaps, and headers that are broken. Files made by edfio."""

from __future__ import annotations

import warnings
from pathlib import Path

import edfio
import numpy as np
import pytest

from firingorder.errors import FileFormatError, UsageError
from firingorder.recording.readers import FileData, read_file
from firingorder.recording.readers.annotations import parse_annotations

RATE_HZ = 1000
SEED = 17


def _signal(
    n_samples: int, label: str, unit: str = "uV", rate_hz: float = RATE_HZ, seed: int = SEED
) -> edfio.EdfSignal:
    values = np.random.default_rng(seed).normal(0, 100, n_samples)
    return edfio.EdfSignal(values, rate_hz, label=label, physical_dimension=unit)


def _write(path: Path, signals: list[edfio.EdfSignal], **options: object) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        edfio.Edf(signals, **options).write(path)  # pyright: ignore[reportArgumentType]


def _set_field(path: Path, offset: int, text: str) -> None:
    raw = bytearray(path.read_bytes())
    raw[offset : offset + len(text)] = text.encode("latin-1")
    path.write_bytes(raw)


def _discontinuous(path: Path, starts_s: list[float], *, kind: str = "D") -> np.ndarray:
    """Make an EDF+ whose records of one second start at ``starts_s``; return its values."""
    records = len(starts_s)
    note = [edfio.EdfAnnotation(0, None, "begin")]
    _write(path, [_signal(RATE_HZ * records, "EMG1")], data_record_duration=1, annotations=note)
    _set_field(path, 192, f"EDF+{kind}")
    raw = bytearray(path.read_bytes())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        edf = edfio.read_edf(path)
    header, annotation_bytes = 256 * 3, 2 * edf._signals[1].samples_per_data_record
    for k, start in enumerate(starts_s):
        at = header + (k + 1) * 2 * RATE_HZ + k * annotation_bytes
        tal = f"+{start:g}\x14\x14\x00".encode()
        tail = b"+0\x14begin\x14\x00" if k == 0 else b""
        raw[at : at + annotation_bytes] = (tal + tail).ljust(annotation_bytes, b"\x00")
    path.write_bytes(raw)
    return np.asarray(edf.signals[0].data)


def _said(data: FileData, words: str) -> bool:
    return any(words in warning for warning in data.warnings)


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("uV", 1.0), ("\u00b5V", 1.0), ("mV", 1e3), ("V", 1e6), ("nV", 1e-3), ("microV", 1.0)],
)
def test_voltages_become_microvolts(tmp_path: Path, unit: str, factor: float) -> None:
    path = tmp_path / "a.edf"
    signal = _signal(3000, "EMG1", "uV")
    _write(path, [signal])
    _set_field(path, 256 + 96, unit.ljust(8))  # Latin-1, as many programs write the micro sign
    stream = read_file(path).streams[0]
    assert stream.units == ("uV",)
    np.testing.assert_allclose(stream.samples[:, 0], signal.data * factor, rtol=1e-12)


def test_other_units_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    signals = [_signal(2000, "EMG1"), _signal(2000, "ACC_X", "g"), _signal(2000, "TRIG", "")]
    _write(path, signals)
    data = read_file(path)
    assert data.streams[0].units == ("uV", "g", "")
    np.testing.assert_allclose(data.streams[0].samples[:, 1], signals[1].data)
    assert _said(data, "no unit for TRIG")


def test_bdf_keeps_24_bits(tmp_path: Path) -> None:
    path = tmp_path / "a.bdf"
    values = np.random.default_rng(SEED).normal(0, 100, 4000)
    signal = edfio.BdfSignal(values, RATE_HZ, label="EMG1", physical_dimension="uV")
    edfio.Bdf([signal]).write(path)
    data = read_file(path)
    assert data.format == "BDF"
    np.testing.assert_allclose(data.streams[0].samples[:, 0], signal.data, rtol=0, atol=1e-9)
    np.testing.assert_allclose(data.streams[0].samples[:, 0], values, atol=1e-4)


def test_signals_of_other_rates_are_streams_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    _write(path, [_signal(4000, "EMG1"), _signal(800, "ACC", "g", 200), _signal(4000, "EMG2")])
    streams = read_file(path).streams
    assert [(s.labels, s.rate_hz, s.samples.shape) for s in streams] == [
        (("EMG1", "EMG2"), 1000.0, (4000, 2)),
        (("ACC",), 200.0, (800, 1)),
    ]


def test_a_rate_of_rounded_record_lengths_is_a_whole_number(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    _write(path, [_signal(1000, "EMG1", rate_hz=2000)], data_record_duration=0.5)
    _set_field(path, 244, "0.500000")
    _set_field(path, 244, "0.5000001"[:8])
    assert read_file(path).streams[0].rate_hz == 2000.0


def test_annotations_become_marks_and_bad_ones_gaps(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    notes = [
        edfio.EdfAnnotation(1.5, None, "Übung"),
        edfio.EdfAnnotation(0.25, 0.5, "BAD_motion"),
        edfio.EdfAnnotation(2.0, None, "bad idea"),
        edfio.EdfAnnotation(0.5, 0.25, "BAD_gap of another stream"),
    ]
    signals = [_signal(3000, "EMG1"), _signal(600, "ACC", "g", 200)]
    _write(path, signals, annotations=notes)
    data = read_file(path)
    assert data.format == "EDF+"
    assert [text for _, text in data.markers if "of another" not in text] == [
        "BAD_motion", "Übung", "bad idea",
    ]  # fmt: skip
    assert any("2 annotation(s) BAD make a gap of 0.5 s" in words for words in data.warnings)
    emg, acc = data.streams
    assert np.flatnonzero(np.isnan(emg.samples[:, 0])).tolist() == list(range(250, 750))
    assert np.flatnonzero(np.isnan(acc.samples[:, 0])).tolist() == list(range(50, 150))


def test_a_start_below_a_second_moves_the_marks_not_the_samples(tmp_path: Path) -> None:
    import datetime

    path = tmp_path / "a.edf"
    _write(
        path,
        [_signal(2000, "EMG1")],
        annotations=[edfio.EdfAnnotation(0.5, None, "x")],
        starttime=datetime.time(10, 0, 0, 250000),
    )
    ((at_s, _),) = read_file(path).markers
    assert at_s == pytest.approx(0.5)


def test_held_values_are_a_gap_in_the_voltages_that_hold(tmp_path: Path) -> None:
    def make(held: slice, *, both: bool) -> FileData:
        path = tmp_path / "a.edf"
        columns = np.random.default_rng(SEED).normal(0, 100, (2000, 2))
        columns[held, 0] = columns[held.start, 0]
        if both:
            columns[held, 1] = columns[held.start, 1]
        signals = [
            edfio.EdfSignal(c, RATE_HZ, label=f"EMG{k}", physical_dimension="uV")
            for k, c in enumerate(columns.T)
        ]
        _write(path, signals)
        return read_file(path)

    gone = np.isnan(make(slice(500, 560), both=True).streams[0].samples)
    assert np.flatnonzero(gone.all(axis=1)).tolist() == list(range(500, 560))
    alone = np.isnan(make(slice(500, 560), both=False).streams[0].samples)
    assert np.flatnonzero(alone[:, 0]).tolist() == list(range(500, 560))
    assert not alone[:, 1].any()
    assert not np.isnan(make(slice(500, 520), both=True).streams[0].samples).any()
    assert _said(make(slice(500, 560), both=True), "hold one value")
    assert _said(make(slice(500, 560), both=False), "One value is held")


def test_held_values_of_one_rate_need_the_other_rates_to_hold_as_well(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    square = np.where(np.arange(4000) // 200 % 2, 50.0, -50.0)  # flat for 0.2 s at a time
    signals = [edfio.EdfSignal(square, RATE_HZ, label="SQUARE", physical_dimension="uV")]
    _write(path, [*signals, _signal(2000, "EMG", rate_hz=500)])
    assert not any(np.isnan(s.samples).any() for s in read_file(path).streams)


def test_discontinuous_records_leave_gaps(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    values = _discontinuous(path, [0.0, 1.0, 3.5, 4.5, 6.0])
    data = read_file(path)
    samples = data.streams[0].samples[:, 0]
    assert samples.size == 7000
    expected = np.full(7000, np.nan)
    for k, first in enumerate((0, 1000, 3500, 4500, 6000)):
        expected[first : first + 1000] = values[1000 * k : 1000 * k + 1000]
    np.testing.assert_allclose(samples, expected, atol=1e-9)
    assert data.markers == ((0.0, "begin"),)


def test_records_that_drift_by_less_than_a_sample_stay_together(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    values = _discontinuous(path, [0.0, 1.0004, 2.0008, 3.0012])
    np.testing.assert_allclose(read_file(path).streams[0].samples[:, 0], values, atol=1e-9)


def test_a_continuous_file_whose_records_jump_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    _discontinuous(path, [0.0, 1.0, 5.0], kind="C")
    data = read_file(path)
    assert _said(data, "calls itself continuous")
    assert data.streams[0].samples.shape[0] == 6000


@pytest.mark.parametrize(
    ("starts_s", "says"),
    [
        ([0.0, 1.0, 1.5], "starts before the end"),
        ([0.0, 1.0, 90000.0], "are missing before record 3"),
    ],
)
def test_records_that_overlap_or_leave_hours_are_refused(
    tmp_path: Path, starts_s: list[float], says: str
) -> None:
    path = tmp_path / "a.edf"
    _discontinuous(path, starts_s)
    with pytest.raises(FileFormatError, match=says):
        read_file(path)


def test_a_file_that_was_cut_gives_its_whole_records(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    _write(path, [_signal(5000, "EMG1")], data_record_duration=1)
    path.write_bytes(path.read_bytes()[:-2500])
    data = read_file(path)
    assert data.streams[0].samples.shape == (3000, 1)
    assert _said(data, "header says 5 data records; the file has 3")


def test_an_unknown_number_of_records_is_taken_from_the_size(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    _write(path, [_signal(3000, "EMG1")], data_record_duration=1)
    _set_field(path, 236, "-1      ")
    data = read_file(path)
    assert data.streams[0].samples.shape == (3000, 1)
    assert not any("records" in warning for warning in data.warnings)


def test_repeated_labels_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    _write(path, [_signal(1000, "EMG"), _signal(1000, "EMG"), _signal(1000, "EMG")])
    data = read_file(path)
    assert data.streams[0].labels == ("EMG", "EMG#2", "EMG#3")
    assert _said(data, "stands 3 times")


def test_names_of_people_are_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    patient = edfio.Patient(name="Erika_Mustermann", code="C1")
    _write(path, [_signal(1000, "EMG1")], patient=patient)
    assert b"Mustermann" in path.read_bytes()
    assert "Mustermann" not in repr(read_file(path))


def test_annotations_without_signals_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    _write(path, [], annotations=[edfio.EdfAnnotation(k, 1, f"stage {k}") for k in range(40)])
    data = read_file(path)
    assert data.streams == ()
    assert len(data.markers) == 40
    assert _said(data, "no signals")


@pytest.mark.parametrize(
    ("offset", "text", "says"),
    [
        (0, "RIFF    ", "not an EDF or BDF"),
        (184, "abc     ", "number of header bytes reads 'abc'"),
        (184, "99999   ", "header is broken"),
        (236, "x       ", "number of data records reads 'x'"),
        (244, "1,x     ", "data record duration reads '1,x'"),
        (244, "nan     ", "data record duration reads 'nan'"),
        (244, "-1      ", "data record of -1"),
        (244, "0       ", "no rate"),
        (252, "0 E ", "number of signals reads '0 E'"),
        (252, "9999", "9999 signals"),
        (256 + 104, "low     ", "physical minimum of signal 1"),
        (256 + 216, "many    ", "number of samples of signal 1"),
    ],
)
def test_a_broken_header_is_one_sentence_that_names_the_field(
    tmp_path: Path, offset: int, text: str, says: str
) -> None:
    path = tmp_path / "broken.edf"
    _write(path, [_signal(1000, "EMG1")])
    _set_field(path, offset, text)
    with pytest.raises(FileFormatError) as caught:
        read_file(path)
    assert says in str(caught.value)
    assert "broken.edf" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_any_flipped_header_gives_data_or_one_sentence(tmp_path: Path) -> None:
    rng = np.random.default_rng(SEED)
    path = tmp_path / "a.edf"
    _write(path, [_signal(2000, "EMG1"), _signal(400, "ACC", "g", 200)], data_record_duration=1)
    whole = path.read_bytes()
    refused: list[str] = []
    for _ in range(400):
        raw = bytearray(whole)
        raw[rng.integers(0, 256 * 3)] = rng.integers(32, 127)
        path.write_bytes(raw[: rng.integers(200, len(raw) + 1)] if rng.random() < 0.3 else raw)
        try:
            data = read_file(path)
        except FileFormatError as error:
            refused.append(str(error))
        else:
            assert all(s.samples.ndim == 2 and s.rate_hz > 0 for s in data.streams)
    assert len(refused) > 50
    assert not any("\n" in text for text in refused)


def test_a_signal_without_a_range_is_left_out_and_named(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    _write(path, [_signal(1000, "EMG1"), _signal(1000, "FLAT")])
    _set_field(path, 256 + 2 * (16 + 80 + 8 + 8 + 8) + 8, "5       ")  # digital minimum of FLAT
    _set_field(path, 256 + 2 * (16 + 80 + 8 + 8 + 8 + 8) + 8, "5       ")
    data = read_file(path)
    assert data.streams[0].labels == ("EMG1",)
    assert _said(data, "FLAT has an empty range")


def test_kinds_and_places_that_are_not_read() -> None:
    with pytest.raises(UsageError, match="does not exist"):
        read_file(Path("nowhere.edf"))
    with pytest.raises(UsageError, match="is a folder"):
        read_file(Path())


def test_time_stamped_lists() -> None:
    raw = b"+12.5\x14\x14\x00+13\x150.5\x14a\x14b\x14\x00junk\x14c\x14\x00-1\x14d\x14\x00\x00\x00"
    onset_s, notes = parse_annotations(raw)
    assert onset_s == 12.5
    assert [(n.onset_s, n.duration_s, n.text) for n in notes] == [
        (13.0, 0.5, "a"),
        (13.0, 0.5, "b"),
        (-1.0, 0.0, "d"),
    ]
    assert parse_annotations(b"\x00\xff\x14\x15+nan\x14x\x14\x00") == (None, [])
