"""MATLAB files: which variables are signals, what they are called, and what is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.io

from firingorder.errors import FileFormatError, UsageError
from firingorder.recording.readers import FileData, FileStream, read_file

if TYPE_CHECKING:
    from pathlib import Path

N = 500
RNG_SEED = 4


def _values(n_channels: int) -> np.ndarray:
    return np.random.default_rng(RNG_SEED).normal(0, 80, (N, n_channels))


def _read(tmp_path: Path, rate_hz: float | None = None, **variables: Any) -> FileData:
    path = tmp_path / "a.mat"
    scipy.io.savemat(path, variables)
    return read_file(path, rate_hz=rate_hz)


def _stream(data: FileData) -> FileStream:
    (stream,) = data.streams
    return stream


def _said(data: FileData, words: str) -> bool:
    return any(words in warning for warning in data.warnings)


def _cells(*texts: str) -> np.ndarray:
    return np.array(texts, dtype=object)


@pytest.mark.parametrize("column", [True, False])
def test_one_variable_per_channel(tmp_path: Path, column: bool) -> None:
    values = _values(2)
    shape = (N, 1) if column else (1, N)
    data = _read(
        tmp_path,
        GMAX_L=values[:, 0].reshape(shape),
        ES_L=values[:, 1].reshape(shape),
        fs=1000.0,
        units="uV",
    )
    stream = _stream(data)
    assert stream.labels == ("GMAX_L", "ES_L")
    assert stream.rate_hz == 1000.0
    np.testing.assert_array_equal(stream.samples, values)
    assert data.warnings == ()


@pytest.mark.parametrize("name", ["labels", "channels", "channel_names"])
@pytest.mark.parametrize("lying", [True, False])
def test_an_array_with_labels(tmp_path: Path, name: str, lying: bool) -> None:
    values = _values(3)
    variables = {"emg": values.T if lying else values, name: _cells("A", "B", "C"), "rate": 2000}
    stream = _stream(_read(tmp_path, **variables))
    assert stream.labels == ("A", "B", "C")
    np.testing.assert_array_equal(stream.samples, values)


def test_labels_decide_which_side_is_channels(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(0, 50, (20, 30))
    labels = _cells(*(f"E{k}" for k in range(30)))
    stream = _stream(_read(tmp_path, emg=values, labels=labels, fs=1000))
    assert stream.samples.shape == (20, 30)


def test_a_char_matrix_of_labels(tmp_path: Path) -> None:
    stream = _stream(_read(tmp_path, emg=_values(2), labels=["left ", "right"], fs=1000))
    assert stream.labels == ("left", "right")


@pytest.mark.parametrize("name", ["fs", "rate", "rate_hz", "sampling_rate", "samplingRate", "Fs"])
def test_names_of_the_rate(tmp_path: Path, name: str) -> None:
    assert _stream(_read(tmp_path, emg=_values(1), **{name: 1500})).rate_hz == 1500.0


def test_the_rate_is_given_or_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--rate"):
        _read(tmp_path, emg=_values(1))
    assert _stream(_read(tmp_path, emg=_values(1), rate_hz=2000)).rate_hz == 2000.0
    data = _read(tmp_path, emg=_values(1), fs=1000, rate_hz=2000)
    assert _stream(data).rate_hz == 1000.0
    assert _said(data, "ignored")


def test_a_time_vector_gives_the_rate(tmp_path: Path) -> None:
    assert _stream(_read(tmp_path, emg=_values(1), time=np.arange(N) / 2000)).rate_hz == 2000.0
    jump = np.arange(N) / 2000
    jump[250:] += 1
    with pytest.raises(FileFormatError, match="gaps"):
        _read(tmp_path, emg=_values(1), time=jump)


def test_units_are_used_or_microvolts_assumed_and_said(tmp_path: Path) -> None:
    values = _values(2)
    stream = _stream(_read(tmp_path, emg=values / 1000, units="mV", fs=1000))
    np.testing.assert_allclose(stream.samples, values)
    stream = _stream(_read(tmp_path, emg=values, units=_cells("V", "g"), fs=1000))
    assert stream.units == ("uV", "g")
    np.testing.assert_allclose(stream.samples[:, 0], values[:, 0] * 1e6)
    data = _read(tmp_path, emg=values, fs=1000)
    assert _said(data, "microvolts are assumed")
    with pytest.raises(FileFormatError, match="2 signals and 3 units"):
        _read(tmp_path, emg=values, units=_cells("V", "V", "V"), fs=1000)


def test_what_is_no_sample_of_the_signals_is_left_out_and_named(tmp_path: Path) -> None:
    data = _read(
        tmp_path,
        emg=_values(2),
        feature=np.ones(90),
        note="text",
        gain=2.0,
        fs=1000,
        cube=np.ones((4, 4, 40)),
        z=np.ones(N) * 1j,
    )
    assert _stream(data).labels == ("emg_1", "emg_2")
    for name in ("feature", "note", "gain", "cube", "z"):
        assert _said(data, name)


def test_integers_are_numbers(tmp_path: Path) -> None:
    counts = np.arange(N, dtype=np.int16).reshape(-1, 1)
    np.testing.assert_array_equal(_stream(_read(tmp_path, emg=counts, fs=1)).samples, counts)


def test_a_single_structure_is_read_as_the_file(tmp_path: Path) -> None:
    values = _values(1)
    stream = _stream(
        _read(tmp_path, trial={"emg": values, "fs": 1000.0, "label": "tibialis", "units": "uV"})
    )
    assert stream.labels == ("tibialis",)
    np.testing.assert_array_equal(stream.samples, values)


def test_missing_samples_stay_missing(tmp_path: Path) -> None:
    values = _values(1)
    values[10:20] = np.nan
    np.testing.assert_array_equal(_stream(_read(tmp_path, emg=values, fs=1000)).samples, values)


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"note": "x"}, "no signals"),
        ({"fs": 1000}, "no signals"),
        ({"emg": np.ones((50, 3)), "labels": ["a", "b"], "fs": 1000}, "3 channels and there are 2"),
        ({"emg": np.ones((50, 1)), "fs": -5}, "not possible"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, variables: dict[str, Any], says: str) -> None:
    with pytest.raises(FileFormatError, match=says):
        _read(tmp_path, **variables)


def test_version_7_3_is_named_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    path.write_bytes(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(512) + b"\x89HDF\r\n\x1a\n")
    with pytest.raises(FileFormatError, match="save it with -v7"):
        read_file(path)


def test_a_damaged_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    scipy.io.savemat(path, {"emg": _values(3), "fs": 1000}, do_compression=True)
    whole = path.read_bytes()
    rng = np.random.default_rng(RNG_SEED)
    said: list[str] = []
    for _ in range(200):
        raw = bytearray(whole)
        raw[rng.integers(0, len(raw))] ^= 1 << int(rng.integers(0, 8))
        path.write_bytes(raw if rng.random() < 0.5 else raw[: rng.integers(1, len(raw))])
        try:
            read_file(path, rate_hz=1000)
        except (FileFormatError, UsageError) as error:
            said.append(str(error))
    assert said
    assert not any("\n" in text for text in said)


def test_structures_side_by_side_are_streams_with_their_own_start(tmp_path: Path) -> None:
    emg = {"samples": _values(2), "rate_hz": 1000.0, "names": _cells("GMAX_L", "ES_L"),
           "time_s": 2.0 + np.arange(N) / 1000.0}  # fmt: skip
    imu = {"samples": _values(3), "rate_hz": 100.0, "time_s": 2.005 + np.arange(N) / 100.0}
    first, second = _read(tmp_path, emg=emg, imu=imu).streams
    assert first.labels == ("emg.GMAX_L", "emg.ES_L")
    assert (first.rate_hz, second.rate_hz) == (1000.0, 100.0)
    assert (first.t0_s, second.t0_s) == (0.0, pytest.approx(0.005))
    with pytest.raises(FileFormatError, match=r"holds 2 recordings \(Trial1.a, Trial2.b\)"):
        _read(tmp_path, Trial1={"a": imu}, Trial2={"b": imu})


def test_sizes_that_cannot_be_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    scipy.io.savemat(path, {"data": {"emg": _values(2), "fs": 1000.0}})
    raw = bytearray(path.read_bytes())
    at = raw.index(bytes([5, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])) + 8
    raw[at + 3] |= 0x40  # a structure of a thousand million elements
    path.write_bytes(raw)
    with pytest.raises(FileFormatError, match="more values than it has"):
        read_file(path)
