"""BDF+ as other people's readers read it: values, gaps, onsets, the second stream."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING, Any

import mne
import numpy as np
import pyedflib
import pytest
from edfio import BdfSignal

from firingorder.recording.readers import read_file
from firingorder.recording.writers.bdf import exact_range, write_bdf
from tests.recording.planted_export import GAP, HOLE, START, STEP_UV, onset_s, planted

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.recording.writers import ExportData


def _pyedflib(path: Path) -> tuple[Any, list[tuple[float, float, str]]]:
    file = pyedflib.EdfReader(str(path))
    onsets, durations, texts = file.readAnnotations()
    return file, list(zip(onsets.tolist(), durations.tolist(), texts.tolist(), strict=True))


def test_pyedflib_reads_back_every_value_gap_and_onset(tmp_path: Path) -> None:
    data = planted()
    written = write_bdf(data, tmp_path / "a.bdf")
    file, found = _pyedflib(tmp_path / "a.bdf")
    with file:
        labels = file.getSignalLabels()
        assert labels[:3] == ["GMAX_L", "ES_L", "TFL_R"] == list(written.labels[:3])
        assert labels[3:] == [f"PELVIS_{s}_{a}" for s in ("ACC", "GYR") for a in "XYZ"]
        # Physical values by the header: converter counts to a billionth of a uV; what is no count
        # to half of 24 bits.
        emg = np.array([file.readSignal(k) for k in range(3)]).T
        n = len(data.emg.samples)
        shift = np.abs(emg[:n] - np.nan_to_num(data.emg.samples)).max(axis=0)
        print(f"shift {shift} uV")
        assert shift[:2].max() < 1e-5
        assert shift[2] < 0.51 * np.nanmax(np.abs(data.emg.samples[:, 2])) / (2**23 - 1) + 1e-9
        counts = np.rint(np.nan_to_num(data.emg.samples[:, :2]) / STEP_UV)
        stored = np.array([file.readSignal(k, digital=True) for k in range(2)]).T
        assert np.array_equal(stored[:n], counts)
        assert not emg[n:].any()
        # The motion sensor: the same rows in their places, at its own rate.
        assert data.imu is not None
        assert file.getSampleFrequency(3) == 100.0
        imu = np.array([file.readSignal(k) for k in range(3, 9)]).T
        rows = len(data.imu.samples)
        assert np.abs(imu[:rows] - np.nan_to_num(data.imu.samples)).max() < 2e-6
        assert "+3.00 ms" in written.notes[0]
        assert file.getPatientCode() == "sub-07"
        assert file.getStartdatetime() == START
        assert not file.getPatientName().strip("X ")
    said = {text: (at, length) for at, length, text in found}
    assert said["BAD_gap emg outage"] == (GAP[0] / 1e3, pytest.approx((GAP[1] - GAP[0]) / 1e3))
    assert said["BAD_gap erector_spinae_left"][0] == HOLE[0] / 1e3
    assert said["BAD_gap after the end"][0] == 5.003
    for index in (1, 2):
        edited = " edited" if index == 2 else ""
        at_s, _ = said[f"onset gluteus_maximus_left rep {index} +-9.0 ms{edited}"]
        assert at_s == pytest.approx(onset_s(index, 0), abs=1e-6)
    assert said["repetition rep 1 glutes_first"] == (1.0, pytest.approx(0.9))
    assert said["pain 3"][0] == 3.25
    assert sum(text.startswith("marker") for text in said) == 1


def test_mne_reads_it_too_and_our_own_reader_finds_the_gap(tmp_path: Path) -> None:
    data = planted(imu_rate_hz=None)
    write_bdf(data, tmp_path / "a.bdf")
    raw = mne.io.read_raw_bdf(tmp_path / "a.bdf", preload=True, verbose="error")
    n = len(data.emg.samples)
    there = ~np.isnan(data.emg.samples)
    difference_uv = 1e6 * np.asarray(raw.get_data())[:, :n].T - np.nan_to_num(data.emg.samples)
    assert np.abs(difference_uv[there]).max() < 0.51 * 700 / 2**23
    descriptions = list(raw.annotations.description)
    assert descriptions.count("BAD_gap emg outage") == 1
    own = read_file(tmp_path / "a.bdf")
    samples = own.streams[0].samples
    missing = np.isnan(samples[:n]).all(axis=1)
    # Annotations know no channels: what one channel lacks is bad for all, never silently a zero.
    assert np.array_equal(np.flatnonzero(missing), [*range(*GAP), *range(*HOLE)])
    assert own.streams[0].units == ("uV",) * 3


def test_the_device_clock_may_run_beside_the_converter(tmp_path: Path) -> None:
    # 400 ppm: after five seconds the even grid is 2 ms beside the device. An onset is at a sample,
    # and stays at it.
    data = planted(period=1.0 + 400e-6)
    written = write_bdf(data, tmp_path / "a.bdf")
    file, found = _pyedflib(tmp_path / "a.bdf")
    with file:
        imu = np.array([file.readSignal(k) for k in range(3, 9)]).T
    assert data.imu is not None
    assert np.abs(imu[:490] - np.nan_to_num(data.imu.samples[:490])).max() < 2e-6
    at_s = next(at for at, _, text in found if text.startswith("onset gluteus_maximus_left rep 2"))
    sample = np.interp(onset_s(2, 0), data.emg.time_s, np.arange(len(data.emg.time_s)))
    assert at_s == pytest.approx(sample / 1000.0, abs=1e-6)
    assert abs(at_s - onset_s(2, 0)) > 5e-4
    assert any("2.0 ms beside" in one for one in written.notes)


@pytest.mark.parametrize(
    ("rate_hz", "imu_rate_hz", "imu_goes_along"),
    [
        (250.0, 50.0, True),
        (1259.259, None, False),
        (1000.0, 285.714, True),
        (1000.0, 104.17, False),
        (512.0, 60.0, True),
    ],
)
def test_rates_that_records_hold_and_do_not_hold(
    tmp_path: Path, rate_hz: float, imu_rate_hz: float | None, imu_goes_along: bool
) -> None:
    data = planted(rate_hz=rate_hz, imu_rate_hz=imu_rate_hz, start=None)
    written = write_bdf(data, tmp_path / "a.bdf")
    with pyedflib.EdfReader(str(tmp_path / "a.bdf")) as file:
        assert file.getSampleFrequency(0) == pytest.approx(rate_hz, rel=2e-6)
        assert written.rate_hz == pytest.approx(rate_hz, rel=2e-6)
        assert file.signals_in_file == (9 if imu_goes_along else 3)
        if imu_goes_along:
            assert file.getSampleFrequency(3) == pytest.approx(imu_rate_hz, rel=2e-6)
        assert file.getStartdatetime() == datetime(1985, 1, 1)  # noqa: DTZ001
        assert b"Startdate X X" in (tmp_path / "a.bdf").read_bytes()[:256]
    assert any("left out" in one for one in written.notes) is (imu_rate_hz == 104.17)


@pytest.mark.parametrize("scale", [1e-7, 1e-3, 1.0, 1e3, 1e8])
def test_arbitrary_units_of_any_size_keep_24_bits(tmp_path: Path, scale: float) -> None:
    data = planted(unit="a.u.", scale=scale, imu_rate_hz=None)
    written = write_bdf(data, tmp_path / "a.bdf")
    with pyedflib.EdfReader(str(tmp_path / "a.bdf")) as file:
        unit = file.getPhysicalDimension(2)
        power = 10.0 ** int(unit[2:].removesuffix("a.u.")) if unit.startswith("1e") else 1.0
        values = file.readSignal(2)[: len(data.emg.samples)] * power
    error = np.abs(values - np.nan_to_num(data.emg.samples[:, 2])).max()
    assert error <= 0.51 * 10 * np.nanmax(np.abs(data.emg.samples[:, 2])) / (2**23 - 1)
    assert error <= written.resolution_uv * 1.01 + 1e-12 * scale


def test_ends_of_ranges_say_the_step_of_any_converter() -> None:
    rng = np.random.default_rng(3)
    steps = [4.5 / gain / (2**23 - 1) * 1e6 for gain in (1, 2, 4, 6, 8, 12, 24)]
    worst = worst_rounded = 0.0
    for step in [*steps, *(10.0 ** rng.uniform(-4, 0, 40))]:
        end, most = exact_range(step, 1000)
        signal = BdfSignal.from_digital(
            np.zeros(1, np.int32), 1.0, physical_range=(-end, end), digital_range=(-most, most)
        )
        assert signal.physical_range == (-end, end)
        worst = max(worst, abs(end / most - step) / step * most)
        plain = step * (2**23 - 1)  # what rounding to seven characters would do
        factor = 10.0 ** max(0, 5 - math.floor(math.log10(plain)))
        worst_rounded = max(worst_rounded, abs(round(plain * factor) / factor - plain) / step)
    print(f"at full scale {worst:.2g} counts beside; merely rounded {worst_rounded:.2g}")
    assert worst < 0.05 < worst_rounded


def test_a_saturated_or_dead_channel_is_written(tmp_path: Path) -> None:
    data: ExportData = planted(imu_rate_hz=None)
    data.emg.samples[:, 0] = 0.0
    data.emg.samples[:3, 1] = STEP_UV * np.array([-(2**23), 2**23 - 1, 1000])
    data.emg.samples[:, 2] = np.nan
    written = write_bdf(data, tmp_path / "a.bdf")
    with pyedflib.EdfReader(str(tmp_path / "a.bdf")) as file:
        assert not file.readSignal(0).any()
        back = file.readSignal(1)[:3]
        assert not file.readSignal(2).any()
    # No other end of the range can be chosen then: a millivolt is 1e-4 uV beside at most.
    error = np.abs(back - data.emg.samples[:3, 1])
    print(f"beside by {error} uV, told {written.resolution_uv}")
    assert error[:2].max() < 0.04
    assert error[2] < 1e-4 * 0.001 * data.emg.samples[2, 1] + 1e-5
    assert written.resolution_uv >= 0.99 * error.max()
