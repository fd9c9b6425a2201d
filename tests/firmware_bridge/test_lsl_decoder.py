"""Streams of the lab network, decoded: units, channels, holes in the time stamps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firingorder.errors import DeviceRefusedError
from firingorder.firmware_bridge.adapters.array_record import (
    ArrayRecord,
    describe,
    pack_array,
    unpack,
)
from firingorder.firmware_bridge.adapters.base import Answer, EmgBlock, Rejected, Torn
from firingorder.firmware_bridge.adapters.lsl import LslDecoder, read_description
from firingorder.firmware_bridge.adapters.receiver import AdapterReceiver
from firingorder.samples import EmgChunk, FloatArray, Gap

SEED = 11
RATE_HZ = 1000.0


def stream(**other: Any) -> dict[str, Any]:
    units = other.pop("units", ["microvolts"] * 2)
    kinds = other.pop("kinds", [""] * len(units))
    return {
        "format": 1,
        "name": "S",
        "type": "EMG",
        "source_id": "7",
        "rate_hz": RATE_HZ,
        "value": "float32",
        "channels": [
            {"label": f"C{k}", "type": kind, "unit": unit}
            for k, (unit, kind) in enumerate(zip(units, kinds, strict=True))
        ],
        **other,
    }


def arrays(
    values: FloatArray, stamps: FloatArray, *, rows: int = 20, behind_s: float = 0.005
) -> list[tuple[bytes, int]]:
    """Return reads of so many rows, each handed over a moment after its last stamp."""
    out: list[tuple[bytes, int]] = []
    for k in range(0, len(values), rows):
        part = stamps[k : k + rows]
        clock_s = float(part.max()) + behind_s
        taken_ns = round(clock_s * 1e9)
        record = ArrayRecord(values[k : k + rows].astype(np.float32), taken_ns, part, clock_s)
        out.append((pack_array(record), taken_ns))
    return out


def receive(reads: list[tuple[bytes, int]], **other: Any) -> tuple[AdapterReceiver, list[Any]]:
    receiver = AdapterReceiver(LslDecoder())
    receiver.opened(0)
    items: list[Any] = list(receiver.feed(describe(stream(**other)), 0))
    for data, t_ns in reads:
        items += receiver.feed(data, t_ns)
    return receiver, items


def grid(items: list[Any], n: int) -> FloatArray:
    out = np.full((n, 2), np.nan)
    for one in items:
        if isinstance(one, EmgChunk):
            out[one.index0 : one.index0 + len(one.emg_uv)] = one.emg_uv[: n - one.index0]
    return out


def planted(n: int) -> FloatArray:
    print(f"seed {SEED}")
    values = np.random.default_rng(SEED).normal(0, 20, (n, 2))
    return values.astype(np.float32).astype(np.float64)


@pytest.mark.parametrize("dtype", ["f4", "f8", "i1", "i2", "i4", "i8"])
@pytest.mark.parametrize("stamped", [True, False])
def test_an_array_comes_back_as_it_was(dtype: str, *, stamped: bool) -> None:
    values = np.arange(-6, 6).reshape(4, 3).astype(dtype)
    stamps = np.array([1.5, 2.5, 3.5, 4.5]) if stamped else None
    found = unpack(pack_array(ArrayRecord(values, -5, stamps, 0.25)))
    assert isinstance(found, ArrayRecord)
    assert found.values.dtype == values.dtype
    np.testing.assert_array_equal(found.values, values)
    assert (found.taken_ns, found.clock_s) == (-5, 0.25)
    if stamps is None:
        assert found.stamps_s is None
    else:
        np.testing.assert_array_equal(found.stamps_s, stamps)


def test_the_bytes_of_an_array_are_those_of_the_description() -> None:
    values = np.array([[1, 2], [3, 4]], dtype=np.int16)
    assert pack_array(ArrayRecord(values, 258, np.array([1.0, 2.0]), 0.5)) == (
        b"Ah\x01\x00"
        b"\x02\x00\x00\x00\x02\x00\x00\x00"
        b"\x02\x01\x00\x00\x00\x00\x00\x00"
        b"\x00\x00\x00\x00\x00\x00\xe0\x3f"
        b"\x00\x00\x00\x00\x00\x00\xf0\x3f\x00\x00\x00\x00\x00\x00\x00\x40"
        b"\x01\x00\x02\x00\x03\x00\x04\x00"
    )


@given(st.lists(st.binary(max_size=80), max_size=5), st.booleans())
def test_any_bytes_give_pieces(reads: list[bytes], described: bool) -> None:
    decoder = LslDecoder()
    if described:
        assert decoder.feed(describe(stream())) == [Answer(b"J")]
    good = pack_array(ArrayRecord(np.ones((3, 2)), 0, np.arange(3.0), 3.0))
    for data in [*reads, *(b"A" + one for one in reads), *(good[:20] + one for one in reads)]:
        for piece in decoder.feed(data):
            assert isinstance(piece, Rejected | EmgBlock | Torn | Answer)
    decoder.feed(describe(stream()))
    assert any(isinstance(one, EmgBlock) for one in decoder.feed(good))


def test_hostile_numbers_are_no_error() -> None:
    decoder = LslDecoder()
    decoder.feed(describe(stream()))
    for clock_s, stamp in [(1e300, 0.0), (0.0, 1e300), (0.0, np.nan), (-1e300, np.inf)]:
        record = ArrayRecord(np.full((2, 2), np.inf), 0, np.array([0.0, stamp]), clock_s)
        for piece in decoder.feed(pack_array(record)):
            if isinstance(piece, EmgBlock):
                assert np.isnan(piece.emg).all()


@pytest.mark.parametrize(
    ("unit", "factor"), [("microvolts", 1.0), ("mV", 1e3), ("V", 1e6), ("µV", 1.0), ("μV", 1.0)]
)
def test_units_become_microvolts(unit: str, factor: float) -> None:
    decoder = LslDecoder()
    decoder.feed(describe(stream(units=[unit] * 2)))
    record = ArrayRecord(np.full((1, 2), 2.0), 0, np.zeros(1), 0.0)
    (block,) = decoder.feed(pack_array(record))
    assert isinstance(block, EmgBlock)
    np.testing.assert_allclose(block.emg, 2.0 * factor)
    assert decoder.profile is not None
    assert decoder.profile.calibrated


@pytest.mark.parametrize("units", [["", ""], ["microvolts", "degrees"]])
def test_without_units_nothing_is_called_microvolts(units: list[str]) -> None:
    decoder = LslDecoder()
    decoder.feed(describe(stream(units=units)))
    assert decoder.profile is not None
    assert not decoder.profile.calibrated


def test_channels_of_type_emg_are_taken_and_others_left() -> None:
    found = read_description(stream(units=["uV"] * 4, kinds=["EMG", "ACC", "emg", "TRIG"]))
    assert (found.columns, found.labels) == ((0, 2), ("C0", "C2"))
    found = read_description(stream(type="EEG", units=["uV"] * 3, kinds=["EEG", "EEG", "TRIG"]))
    assert found.columns == (0, 1)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"value": "string"}, "carries string"),
        ({"rate_hz": 0.0}, "no regular rate"),
        ({"rate_hz": float("nan")}, "no regular rate"),
        ({"type": "Gaze"}, "carries gaze, no EMG"),
        ({"units": ["", ""], "kinds": ["ACC", "GYRO"]}, "carries acc, gyro, no EMG"),
        ({"units": []}, "no EMG"),
    ],
)
def test_a_stream_without_emg_is_refused_with_what_it_has(change: dict[str, Any], why: str) -> None:
    with pytest.raises(DeviceRefusedError, match=why):
        read_description(stream(**change))
    assert LslDecoder().feed(describe(stream(**change)))  # and decoding it is no error


@pytest.mark.parametrize(
    ("rate_hz", "claim"), [(250.0, "amplitude"), (500.0, "limited"), (2000.0, "limited")]
)
def test_a_stream_never_has_the_full_claim(rate_hz: float, claim: str) -> None:
    decoder = LslDecoder()
    decoder.feed(describe(stream(rate_hz=rate_hz)))
    assert decoder.profile is not None
    assert decoder.profile.claim == claim


def test_samples_that_the_sender_left_out_are_a_gap_of_their_length() -> None:
    values = planted(20_000)
    index = np.concatenate([np.arange(12_000), 12_037 + np.arange(8_000)])
    receiver, items = receive(arrays(values, 5.0 + index / RATE_HZ))
    (gap,) = [one for one in items if isinstance(one, Gap)]
    assert (gap.kind, gap.samples, gap.uncertain) == ("loss", 37, True)
    np.testing.assert_array_equal(grid(items, 20_037)[index], values)
    assert receiver.stats.streams["emg"].lost_samples == 37


@pytest.mark.parametrize("mean_ms", [0.5, 3.0, 12.0])
def test_a_sender_that_stamps_irregularly_loses_nothing(mean_ms: float) -> None:
    values = planted(30_000)
    rng = np.random.default_rng(SEED)
    late = np.repeat(rng.exponential(1e-3 * mean_ms, 1500), 20)
    stamps = np.maximum.accumulate(5.0 + np.arange(30_000) / RATE_HZ + late)
    receiver, items = receive(arrays(values, stamps))
    assert not [one for one in items if isinstance(one, Gap)]
    np.testing.assert_array_equal(grid(items, 30_000), values)
    # Late stamps only ever delay: the least delayed ones carry the clock.
    host_ns = receiver.host_ns(25.0)
    assert host_ns is not None
    error_ms = host_ns / 1e6 - 30_000.0
    print(f"error of the clock {error_ms:.2f} ms")
    assert -0.1 <= error_ms <= mean_ms


def test_a_sender_that_stalls_and_then_catches_up_loses_nothing() -> None:
    values = planted(24_000)
    stamps = 5.0 + np.arange(24_000) / RATE_HZ
    stamps[15_000:15_400] = stamps[15_400] + np.arange(400) * 1e-5  # stamped when they were sent
    _, items = receive(arrays(values, stamps))
    assert not [one for one in items if isinstance(one, Gap)]
    np.testing.assert_array_equal(grid(items, 24_000), values)


def test_stamps_of_another_clock_are_told_and_not_used() -> None:
    values = planted(15_000)
    receiver, items = receive(arrays(values, np.arange(15_000) / RATE_HZ, behind_s=1.8e9))
    assert not [one for one in items if isinstance(one, Gap)]
    profiles = [one.profile for one in items if hasattr(one, "profile")]
    assert "arrivals are used" in profiles[-1].remark
    host_ns = receiver.host_ns(10.0)
    assert host_ns is not None
    assert abs(host_ns / 1e9 - 1.8e9 - 10.0) < 0.03


def test_missing_values_stay_missing() -> None:
    values = planted(2000)
    values[700:720, 1] = np.inf
    _, items = receive(arrays(values, 5.0 + np.arange(2000) / RATE_HZ))
    found = grid(items, 2000)
    assert np.isnan(found[700:720, 1]).all()
    np.testing.assert_array_equal(found[:, 0], values[:, 0])


@pytest.mark.parametrize("rows", [1, 7, 4096])
def test_the_cut_of_the_reads_changes_nothing(rows: int) -> None:
    values = planted(16_000)
    index = np.concatenate([np.arange(13_000), 13_250 + np.arange(3_000)])
    stamps = 5.0 + index / RATE_HZ
    _, items = receive(arrays(values, stamps, rows=rows))
    gaps = [one for one in items if isinstance(one, Gap)]
    assert [one.samples for one in gaps] == [250]
    np.testing.assert_array_equal(grid(items, 16_250)[index], values)


@pytest.mark.parametrize("stamp_s", [1e300, -1e300, 1e200, 1e9, -1e9])
def test_stamps_that_no_clock_makes_count_as_none(stamp_s: float) -> None:
    decoder = LslDecoder()
    decoder.feed(describe(stream()))
    sound = 5.0 + np.arange(20) / RATE_HZ
    decoder.feed(arrays(np.ones((20, 2)), sound)[0][0])
    record = ArrayRecord(np.ones((20, 2), np.float32), 6 * 10**9, np.full(20, stamp_s), 6.0)
    blocks = [one for one in decoder.feed(pack_array(record)) if isinstance(one, EmgBlock)]
    assert sum(len(one.emg) for one in blocks) == 20
    assert all(one.stamp_ns is None for one in blocks)


def test_other_channels_in_the_middle_are_no_error() -> None:
    values = np.arange(40.0).reshape(20, 2)
    reads = arrays(values, 5.0 + np.arange(20) / RATE_HZ)
    receiver, _ = receive(reads)
    receiver.feed(describe(stream(units=["microvolts"])), reads[-1][1])
    later = 5.02 + np.arange(20) / RATE_HZ
    record = ArrayRecord(np.ones((20, 1), np.float32), round(5.1e9), later, 5.1)
    items = receiver.feed(pack_array(record), round(5.1e9))
    assert any(isinstance(one, EmgChunk) and one.emg_uv.shape == (20, 1) for one in items)
