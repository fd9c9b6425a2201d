"""Text tables: what separates the columns, what the clock is, what is missing, what is refused."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.errors import FileFormatError, UsageError
from firingorder.recording.readers import FileData, FileStream, read_file

if TYPE_CHECKING:
    from pathlib import Path


def _read(tmp_path: Path, text: str, rate_hz: float | None = None) -> FileData:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    return read_file(path, rate_hz=rate_hz)


def _stream(data: FileData) -> FileStream:
    (stream,) = data.streams
    return stream


def _said(data: FileData, words: str) -> bool:
    return any(words in warning for warning in data.warnings)


def _table(times_s: np.ndarray, decimals: int = 4) -> str:
    rows = [f"{t:.{decimals}f},{k}" for k, t in enumerate(times_s)]
    return "time_s,EMG1 [uV]\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_delimiter_is_found(tmp_path: Path, delimiter: str, end: str, mark: str) -> None:
    rows = ["time_s|A [uV]|B (mV)", "0|1.5|-0.002", "0.001|2|3e-3", "0.002|2.5|0"]
    data = _read(tmp_path, mark + end.join(rows).replace("|", delimiter) + end)
    stream = _stream(data)
    assert stream.labels == ("A", "B")
    assert stream.units == ("uV", "uV")
    assert stream.rate_hz == 1000.0
    np.testing.assert_allclose(stream.samples, [[1.5, -2], [2, 3], [2.5, 0]])
    assert data.warnings == ()


def test_units_are_read_and_otherwise_microvolts_are_assumed_and_said(tmp_path: Path) -> None:
    text = "GMAX_L,ES (L),HAM [V],ACC_X [g],GYR_Y\n10,20,1e-5,0.5,3\n-30,40,2e-5,0.6,4\n"
    data = _read(tmp_path, text, rate_hz=1000)
    stream = _stream(data)
    assert stream.labels == ("GMAX_L", "ES (L)", "HAM", "ACC_X", "GYR_Y")
    assert stream.units == ("uV", "uV", "uV", "g", "")
    np.testing.assert_allclose(stream.samples[0], [10, 20, 10, 0.5, 3])
    assert _said(data, "No unit is given for GMAX_L, ES (L): microvolts are assumed")


def test_a_latin_1_micro_sign_is_a_unit(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("t,EMG [\u00b5V]\n0,1\n0.5,2\n".encode("latin-1"))
    assert _stream(read_file(path)).units == ("uV",)
    assert _stream(read_file(path)).labels == ("EMG",)


def test_without_a_time_column_the_rate_is_required(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--rate"):
        _read(tmp_path, "EMG1 [uV]\n1\n2\n")
    stream = _stream(_read(tmp_path, "EMG1 [uV]\n1\n2\n", rate_hz=2000))
    assert stream.rate_hz == 2000.0
    assert stream.samples.shape == (2, 1)


@pytest.mark.parametrize("name", ["time_s", "time", "t", "Time [s]", "T (s)"])
def test_names_of_the_time_column(tmp_path: Path, name: str) -> None:
    data = _read(tmp_path, f"{name},EMG1 [uV]\n0,1\n0.01,2\n0.02,3\n")
    assert _stream(data).rate_hz == 100.0


def test_a_time_column_in_ms(tmp_path: Path) -> None:
    assert _stream(_read(tmp_path, "t [ms],E [uV]\n0,1\n0.5,2\n1,3\n1.5,3\n")).rate_hz == 2000.0


def test_missing_cells_are_missing_samples_never_zero(tmp_path: Path) -> None:
    data = _read(tmp_path, "t,A [uV],B [uV]\n0,,1\n0.1,nan,2\n0.2,NaN,\n0.3,4,5\n")
    np.testing.assert_array_equal(
        _stream(data).samples, [[np.nan, 1], [np.nan, 2], [np.nan, np.nan], [4, 5]]
    )
    assert _said(data, "A: 3 of 4 samples are missing")


def test_columns_that_are_no_numbers_are_left_out_and_named(tmp_path: Path) -> None:
    data = _read(tmp_path, "t,phase,A [uV],\n0,rest,1,\n0.1,lift,2,\n0.2,,3,\n")
    assert _stream(data).labels == ("A",)
    assert _said(data, "phase")


def test_a_word_far_down_leaves_its_column_out_with_its_line(tmp_path: Path) -> None:
    rows = [f"{k / 1000:.3f},{k},{k}" for k in range(1000)]
    rows[700] = "0.700,ERR,700"
    data = _read(tmp_path, "t,A [uV],B [uV]\n" + "\n".join(rows) + "\n")
    assert _stream(data).labels == ("B",)
    assert _said(data, "'ERR' in line 702")
    rows[700] = "late,700,700"
    with pytest.raises(FileFormatError, match=r"line 702.*clock"):
        _read(tmp_path, "t,A [uV],B [uV]\n" + "\n".join(rows) + "\n")


def test_jumps_of_the_time_are_gaps(tmp_path: Path) -> None:
    times_s = np.concatenate([np.arange(500), np.arange(501, 700), np.arange(1000, 1500)]) / 1000
    data = _read(tmp_path, _table(times_s))
    samples = _stream(data).samples[:, 0]
    assert samples.size == 1500
    assert np.flatnonzero(np.isnan(samples)).tolist() == [500, *range(700, 1000)]
    assert samples[501] == 500
    assert samples[1000] == 699
    assert _said(data, "2 gap(s), 301 samples")


@pytest.mark.parametrize("rate_hz", [1000.0, 2000.0, 1024.0, 1925.926, 285.714])
def test_rate_of_the_time_column(tmp_path: Path, rate_hz: float) -> None:
    data = _read(tmp_path, _table(np.arange(4000) / rate_hz, decimals=7))
    assert _stream(data).rate_hz == pytest.approx(rate_hz, rel=1e-6)
    assert data.warnings == ()


def test_rounded_time_stamps_of_a_steady_rate_are_taken(tmp_path: Path) -> None:
    data = _read(tmp_path, _table(np.arange(5000) / 2000, decimals=3))
    assert _stream(data).rate_hz == 2000.0
    assert _said(data, "rounded to 1 ms")
    times_s = np.delete(np.arange(5000), slice(1000, 1200)) / 2000
    with pytest.raises(FileFormatError, match="too coarse"):
        _read(tmp_path, _table(times_s, decimals=3))


def test_a_clock_that_is_a_little_off_its_nominal_rate_is_believed(tmp_path: Path) -> None:
    data = _read(tmp_path, _table(np.arange(20000) / 999.97, decimals=9))
    assert _stream(data).rate_hz == pytest.approx(999.97, abs=1e-4)


def test_uneven_time_stamps_are_told_and_then_refused(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    times_s = np.arange(3000) / 1000
    data = _read(tmp_path, _table(times_s + rng.uniform(-5e-5, 5e-5, 3000), decimals=7))
    assert _said(data, "uneven")
    assert _stream(data).rate_hz == pytest.approx(1000, rel=1e-4)
    with pytest.raises(FileFormatError, match="not evenly spaced"):
        _read(tmp_path, _table(times_s + np.abs(rng.normal(0, 4e-4, 3000)).cumsum(), decimals=7))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1,2\n0.1,2\n0.4,3\n", "a header row with the labels"),
        ("", "empty"),
        ("\n\n", "no header row"),
        ("t,A\n", "nothing below"),
        ("t,A\n0,1\n", "fewer than two"),
        ("t,A\n0,1\n0.1,2,3\n0.2,1\n", "line 3: 3 cells"),
        ("t,A\n0,1\n0.1,2\n0.05,3\n", "line 4: the time runs backwards"),
        ("t,A\n0,1\n,2\n0.2,3\n", "line 3: a time stamp is missing"),
        ("t,A\n0,1\n0.1,2\n0.05,3\n", "backwards: split the file where another recording begins"),
        ("t,A\n0,1\n,2\n0.2,3\n", "missing: fill it in, or take it out"),
        ("t,A\n0,1\n0,2\n0,3\n", "stands still: where the device has a steady rate, leave the"),
        ("t,A\n0,1\n.1,2\n.13,3\n.3,4\n.34,5\n", "ms): where the device has a steady rate, leave"),
        ("t,A\n0,1\n0.1,2\n0.2,2\n9999,3\n", "line 5: the time jumps by 9999 s, and at most"),
        ("t,A\n0,1\n0.1,2\n0.2,2\n9999,3\n", "split the file there into two recordings"),
        ("t [h],A\n0,1\n1,2\n", "unit"),
        ("name,word\na,b\nc,d\n", "no column of numbers"),
        ("t;A\n0,0;1,5\n0,1;2.5\n", "decimal commas"),
        ("t,A\n0,0,1,5\n0,1,2,5\n", "decimal commas"),
        ("t,A\x00\n0,1\n", "not a text file"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(FileFormatError) as caught:
        _read(tmp_path, text)
    assert says in str(caught.value)
    assert "a.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("delimiter", [";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_tables_as_spreadsheets_of_other_countries_write_them(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    """They were refused, the second encoding as no text, though tables of vendors were read so."""
    text = "time_s|A (V), left|B [uV]\r\n0,000|1,5E-6|-2\r\n0,001||3,25\r\n0,002|-2e-6|4,0\r\n"
    path = tmp_path / "a.csv"
    path.write_bytes(text.replace("|", delimiter).encode(encoding))
    data = read_file(path)
    stream = _stream(data)
    assert stream.labels == ("A (V), left", "B")
    assert stream.rate_hz == 1000.0
    np.testing.assert_allclose(stream.samples[:, 1], [-2, 3.25, 4])
    np.testing.assert_allclose(stream.samples[:, 0], [1.5e-6, np.nan, -2e-6])
    assert _said(data, "The numbers have decimal commas")


def test_a_last_line_that_was_cut_is_left_out_and_said(tmp_path: Path) -> None:
    data = _read(tmp_path, "t,A [uV],B [uV]\n0,1,2\n0.1,3,4\n0.2,5")
    assert _stream(data).samples.shape == (2, 2)
    assert _said(data, "incomplete")


def test_comments_and_empty_lines_around_the_table(tmp_path: Path) -> None:
    data = _read(tmp_path, "# made by X\n\nt,A [uV]\n0,1\n\n0.1,2\n0.2,3\n\n")
    assert _stream(data).samples[:, 0].tolist() == [1, 2, 3]


def test_a_rate_that_contradicts_the_time_column_is_told(tmp_path: Path) -> None:
    data = _read(tmp_path, "t,A [uV]\n5,1\n5.1,2\n5.2,3\n", rate_hz=1000)
    assert _stream(data).rate_hz == 10.0
    assert _said(data, "the given 1000 Hz are ignored")
    assert _said(data, "called 5 s")


def test_infinite_values_are_missing(tmp_path: Path) -> None:
    data = _read(tmp_path, "t,A [uV]\n0,1\n0.1,inf\n0.2,3\n")
    assert np.isnan(_stream(data).samples[1, 0])
    assert _said(data, "infinite")


def test_volts_taken_for_microvolts_are_noticed(tmp_path: Path) -> None:
    rows = "\n".join(f"{1e-4 * np.sin(k):.7f}" for k in range(300))
    data = _read(tmp_path, f"EMG1\n{rows}\n", rate_hz=1000)
    assert _said(data, "probably volts or millivolts")


def test_the_two_ways_of_parsing_agree(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    values = rng.normal(0, 50, (3000, 3))
    lines = [",".join(f"{v!r}" for v in row.tolist()) for row in values]
    fast = _stream(_read(tmp_path, "A,B,C\n" + "\n".join(lines) + "\n", rate_hz=1000))
    lines[1500] = '"' + lines[1500].replace(",", '","') + '"'
    slow = _stream(_read(tmp_path, "A,B,C\n" + "\n".join(lines) + "\n", rate_hz=1000))
    np.testing.assert_array_equal(fast.samples, values)
    np.testing.assert_array_equal(slow.samples, values)


def test_any_garbage_is_data_or_one_sentence(tmp_path: Path) -> None:
    rng = np.random.default_rng(21)
    alphabet = np.array(list('0123456789.,;\t\n -+eEnaN"#x'))
    path = tmp_path / "a.csv"
    said: list[str] = []
    for _ in range(300):
        text = "t,A\n" + "".join(rng.choice(alphabet, 120))
        path.write_text(text)
        try:
            read_file(path, rate_hz=1000)
        except (FileFormatError, UsageError) as error:
            said.append(str(error))
    assert said
    assert not any("\n" in text for text in said)


def test_memory_stays_near_the_size_of_the_result(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    n_samples, channels = 120_000, 8
    block = "".join(
        ",".join(f"{(k * 7 + c) % 1000 - 500}.25" for c in range(channels)) + "\n"
        for k in range(1000)
    )
    with path.open("w") as file:
        file.write(",".join(f"EMG{c + 1} [uV]" for c in range(channels)) + "\n")
        for _ in range(n_samples // 1000):
            file.write(block)
    tracemalloc.start()
    stream = _stream(read_file(path, rate_hz=1000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert stream.samples.shape == (n_samples, channels)
    assert peak < 4 * stream.samples.nbytes
