"""Samples, gaps and accounting of one link, from the bytes of a device."""

from __future__ import annotations

import random
import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firingorder.firmware_bridge.commands import StartCommand, StopCommand, encode_command
from firingorder.firmware_bridge.convert import STANDARD_GRAVITY_M_S2
from firingorder.firmware_bridge.frame import AckStatus, Command, Flag, FrameType, packet
from firingorder.firmware_bridge.payloads import SampleFormat, StreamKindCode, Unit
from firingorder.firmware_bridge.receiver import (
    AckItem,
    DeviceEventItem,
    HelloItem,
    Item,
    LogItem,
    Receiver,
    RestartItem,
    StatusItem,
    TrafficItem,
)
from firingorder.samples import ContactReport, EmgChunk, Gap, ImuChunk, StreamKind
from tests.firmware_bridge.talker import (
    EMG,
    SCALE_UV,
    T0_US,
    Talker,
    emg_raw,
    hello,
    imu_raw,
)

SEED = 99
HOST0_NS = 40_000_000_000
TOKEN = 77


def arrival(t_us: int) -> int:
    """Host time at which something of device time ``t_us`` arrives: 1 ms later."""
    return HOST0_NS + t_us * 1000 + 1_000_000


def start_bytes(token: int = TOKEN) -> bytes:
    return packet(encode_command(StartCommand(token, 3), 5))


def started(talker: Talker, receiver: Receiver | None = None, token: int = TOKEN) -> Receiver:
    """Bring a receiver to where DATA are let through, the ACK included."""
    receiver = receiver or Receiver("cobs")
    receiver.opened(arrival(0))
    receiver.feed(b"\x00" + talker.say_hello(), arrival(1000))
    receiver.sent(start_bytes(token), arrival(1500))
    talker.epoch = (talker.epoch + 1) % 256
    receiver.feed(talker.ack(token, Command.START, 0, talker.epoch), arrival(2000))
    return receiver


def emg_of(items: list[Item]) -> np.ndarray:
    return np.vstack([item.emg_uv for item in items if isinstance(item, EmgChunk)])


def only(items: list[Item], kind: type) -> list[Item]:
    return [item for item in items if isinstance(item, kind)]


def assert_gap(found: Item, expected: Gap) -> None:
    assert isinstance(found, Gap)
    assert replace(found, start_s=0.0, end_s=0.0) == replace(expected, start_s=0.0, end_s=0.0)
    assert found.start_s == pytest.approx(expected.start_s)
    assert found.end_s == pytest.approx(expected.end_s)


def assert_exact(receiver: Receiver, items: list[Item]) -> None:
    """received + lost + outage == last index + n, and every index stands where it must."""
    kinds: tuple[tuple[StreamKind, type], ...] = (("emg", EmgChunk), ("imu", ImuChunk))
    for name, kind in kinds:
        expected = received = missing = 0
        for item in items:
            if isinstance(item, Gap) and item.stream == name:
                assert item.index0 == expected
                expected += item.samples
                missing += item.samples
            elif isinstance(item, kind):
                assert item.index0 == expected
                n = len(item.emg_uv) if isinstance(item, EmgChunk) else len(item.acc_m_s2)
                expected += n
                received += n
        stats = receiver.stats.streams.get(name)
        if stats is not None:
            assert stats.samples == received
            assert stats.lost_samples + stats.outage_samples == missing


def test_the_digital_pattern_arrives_without_loss() -> None:
    talker = Talker()
    receiver = started(talker)
    items: list[Item] = []
    for i in range(500):
        data = talker.emg(8 * i, flags=Flag.TEST_SIGNAL)
        if i % 6 == 5:
            data += talker.imu(5 * (i // 6))
        items += receiver.feed(data, arrival(T0_US + 8000 * i + 7000))
    expected = np.array([emg_raw(k) for k in range(4000)]) * SCALE_UV
    np.testing.assert_array_equal(emg_of(items), expected)
    imu = np.array([imu_raw(k) for k in range(415)])
    acc = np.vstack([item.acc_m_s2 for item in items if isinstance(item, ImuChunk)])
    gyr = np.vstack([item.gyr_rad_s for item in items if isinstance(item, ImuChunk)])
    np.testing.assert_allclose(acc, imu[:, :3] * 8 / 32768 * STANDARD_GRAVITY_M_S2, rtol=1e-12)
    np.testing.assert_allclose(gyr, np.radians(imu[:, 3:] * 1000 / 32768), rtol=1e-12)
    assert receiver.stats.test_signal
    assert_exact(receiver, items)


def test_the_first_emg_sample_is_time_zero_and_group_delays_are_removed() -> None:
    talker = Talker()
    receiver = started(talker)
    items = receiver.feed(talker.emg(0) + talker.imu(0), arrival(T0_US + 7000))
    (emg,) = only(items, EmgChunk)
    (imu,) = only(items, ImuChunk)
    assert isinstance(emg, EmgChunk)
    assert isinstance(imu, ImuChunk)
    assert (emg.t0_s, emg.index0, emg.rate_hz) == (0.0, 0, 1000.0)
    # Both frames carry the same t_us; the IMU sample was taken 16.25 - 8 ms later.
    assert imu.t0_s == pytest.approx(0.00825)
    assert imu.index0 == 0


def test_imu_before_the_first_emg_is_kept_and_placed_on_the_same_clock() -> None:
    talker = Talker()
    receiver = started(talker)
    early = receiver.feed(talker.imu(0), arrival(T0_US + 40_000))
    assert only(early, ImuChunk) == []
    assert isinstance(early[-1], TrafficItem)
    assert early[-1].data_frames == 1
    items = receiver.feed(talker.emg(100), arrival(T0_US + 107_000))
    (imu,) = only(items, ImuChunk)
    assert isinstance(imu, ImuChunk)
    assert imu.t0_s == pytest.approx(-0.1 + 0.00825)
    assert len(imu.acc_m_s2) == 5


def test_contiguous_frames_of_one_read_are_one_chunk() -> None:
    talker = Talker()
    receiver = started(talker)
    items = receiver.feed(b"".join(talker.emg(8 * i) for i in range(10)), arrival(T0_US + 79_000))
    assert [len(c.emg_uv) for c in items if isinstance(c, EmgChunk)] == [80]


@pytest.mark.parametrize("seed", range(SEED, SEED + 5))
def test_samples_and_gaps_do_not_depend_on_how_the_stream_was_cut(seed: int) -> None:
    rng = random.Random(seed)

    def run(cuts_seed: int) -> tuple[list[tuple[object, ...]], np.ndarray, list[Item]]:
        drop = random.Random(seed)
        # A crystal 40 ppm off, and time stamps that jitter by a microsecond.
        talker = Talker()
        receiver = started(talker)
        pieces: list[bytes] = []
        for i in range(800):
            t_us = T0_US + round(8000 * i * (1 + 40e-6)) + drop.randint(0, 1)
            data = talker.emg(8 * i, t_us=t_us)
            if drop.random() > 0.03:
                pieces.append(data)
            if i % 6 == 5:
                pieces.append(talker.imu(5 * (i // 6)))
        stream = b"".join(pieces)
        cut = random.Random(cuts_seed)
        items: list[Item] = []
        while stream:
            n = cut.choice([1, 7, 64, 217, 500, 3000])
            items += receiver.feed(stream[:n], arrival(T0_US))
            stream = stream[n:]
        rows: list[tuple[object, ...]] = []
        for item in items:
            if isinstance(item, EmgChunk):
                rows += [(item.index0 + j,) for j in range(len(item.emg_uv))]
        return rows, emg_of(items), items

    first = run(rng.randrange(10**6))
    second = run(rng.randrange(10**6))
    assert first[0] == second[0]
    np.testing.assert_array_equal(first[1], second[1])
    assert only(first[2], Gap) == only(second[2], Gap)
    assert _times(first[2]) == pytest.approx(_times(second[2]), abs=1e-12)


def _times(items: list[Item]) -> list[float]:
    return [
        item.t0_s + j / item.rate_hz
        for item in items
        if isinstance(item, EmgChunk)
        for j in range(len(item.emg_uv))
    ]


def test_a_lost_frame_is_a_gap_of_exactly_its_samples() -> None:
    talker = Talker()
    receiver = started(talker)
    items = receiver.feed(talker.emg(0), arrival(T0_US + 7000))
    talker.emg(8)
    items += receiver.feed(talker.emg(16) + talker.emg(24), arrival(T0_US + 31_000))
    (gap,) = only(items, Gap)
    assert_gap(gap, Gap("emg", "loss", 8, 8, 0.008, 0.016))
    assert receiver.stats.streams["emg"].lost_samples == 8
    assert receiver.stats.seq_gaps == 1
    assert_exact(receiver, items)


def test_a_short_frame_before_a_gap_and_other_batches_are_taken() -> None:
    talker = Talker()
    receiver = started(talker)
    data = talker.emg(0, 3) + talker.emg(20, 1) + talker.emg(21, 9)
    items = receiver.feed(data, arrival(T0_US + 30_000))
    assert receiver.stats.streams["emg"].samples == 13
    assert receiver.stats.streams["emg"].lost_samples == 17
    assert_exact(receiver, items)


def test_duplicates_are_dropped_and_counted() -> None:
    talker = Talker()
    receiver = started(talker)
    one, two = talker.emg(0), talker.emg(8)
    items = receiver.feed(one + one + two + one, arrival(T0_US + 15_000))
    assert receiver.stats.duplicates == 2
    assert receiver.stats.streams["emg"].samples == 16
    assert_exact(receiver, items)


def test_the_index_wraps_at_32_bits_without_a_gap() -> None:
    talker = Talker()
    receiver = started(talker)
    base = 2**32 - 16
    items: list[Item] = []
    for i in range(6):
        data = talker.emg(8 * i, index=(base + 8 * i) % 2**32)
        if i != 3:
            items += receiver.feed(data, arrival(T0_US + 8000 * i))
    assert receiver.stats.streams["emg"].samples == 40
    assert receiver.stats.streams["emg"].lost_samples == 8
    assert_exact(receiver, items)


def test_when_index_and_time_disagree_time_is_trusted_and_the_segment_marked() -> None:
    talker = Talker()
    receiver = started(talker)
    items = receiver.feed(talker.emg(0), arrival(T0_US))
    items += receiver.feed(talker.emg(108, index=1000), arrival(T0_US + 110_000))
    stats = receiver.stats.streams["emg"]
    assert stats.time_disagreements == 1
    assert stats.lost_samples == 100
    assert_exact(receiver, items)


def test_a_silent_change_of_index_does_not_deafen_the_receiver() -> None:
    """An index that falls while time goes on is no repetition."""
    talker = Talker()
    receiver = started(talker)
    items = receiver.feed(talker.emg(0, index=5000), arrival(T0_US))
    items += receiver.feed(talker.emg(8, index=0), arrival(T0_US + 8000))
    items += receiver.feed(talker.emg(16, index=8), arrival(T0_US + 16_000))
    assert receiver.stats.streams["emg"].samples == 24
    assert receiver.stats.streams["emg"].time_disagreements == 1


def test_a_reconnect_within_one_boot_keeps_the_device_clock() -> None:
    talker = Talker()
    receiver = started(talker)
    items = receiver.feed(talker.emg(0) + talker.imu(0), arrival(T0_US))
    receiver.lost(arrival(T0_US + 100_000))
    receiver.opened(arrival(T0_US + 2_900_000))
    # Frames of the old stream that were still in the device's ring.
    stale = receiver.feed(talker.emg(8) + talker.emg(16), arrival(T0_US + 2_950_000))
    assert only(stale, EmgChunk) == []
    assert receiver.stats.stale_frames == 2
    talker2 = Talker(
        hello=talker.hello, epoch=talker.epoch, seq=talker.seq, t0_us=T0_US + 3_000_000
    )
    items += receiver.feed(talker2.say_hello(t_us=T0_US + 2_990_000), arrival(T0_US + 2_990_000))
    receiver.sent(start_bytes(78), arrival(T0_US + 2_991_000))
    talker2.epoch += 1
    items += receiver.feed(talker2.ack(78, Command.START, 0, talker2.epoch), arrival(T0_US))
    items += receiver.feed(talker2.emg(0) + talker2.imu(0), arrival(T0_US + 3_007_000))
    gaps = only(items, Gap)
    assert_gap(gaps[0], Gap("emg", "outage", 8, 2992, 0.008, 3.0))
    assert_gap(gaps[1], Gap("imu", "outage", 5, 295, 0.05825, 3.00825))
    assert receiver.stats.restarts == 0
    assert_exact(receiver, items)


def reboot_run(
    *, lose_hello: bool = False, host_pause_s: float = 2.0
) -> tuple[Receiver, list[Item]]:
    """Stream 40 s, reboot with another boot_id and a clock at zero, stream again."""
    talker = Talker()
    receiver = started(talker)
    items: list[Item] = []
    for i in range(5000):
        items += receiver.feed(talker.emg(8 * i), arrival(T0_US + 8000 * i + 7000))
    again_ns = arrival(T0_US + 40_000_000) + round(host_pause_s * 1e9)
    talker.reboot(boot_id=0x5678, epoch=200)
    talker.t0_us = 50_000
    boot_hello = talker.say_hello(t_us=10_000)
    if lose_hello:
        items += receiver.feed(talker.status(t_us=11_000), again_ns - 30_000_000)
        boot_hello = talker.say_hello(t_us=20_000)
    items += receiver.feed(boot_hello, again_ns - 30_000_000)
    receiver.sent(start_bytes(79), again_ns - 25_000_000)
    talker.epoch = 201
    for i in range(100):
        data = talker.emg(8 * i)
        items += receiver.feed(data, again_ns + i * 8_000_000 + 7_000_000)
    return receiver, items


@pytest.mark.parametrize("lose_hello", [False, True])
def test_after_a_reboot_device_time_goes_on_by_the_host_clock(lose_hello: bool) -> None:
    receiver, items = reboot_run(lose_hello=lose_hello)
    assert only(items, RestartItem) != []
    assert receiver.stats.restarts == 1
    (gap,) = [item for item in only(items, Gap) if isinstance(item, Gap)]
    assert gap.kind == "outage"
    # 40 s were streamed; the first sample after the reboot was taken 2 s behind the last one.
    assert gap.end_s == pytest.approx(42.0, abs=0.025)
    assert gap.samples == pytest.approx(2000, abs=25)
    assert_exact(receiver, items)


def test_now_is_estimated_through_an_outage_and_a_reboot() -> None:
    talker = Talker()
    receiver = started(talker)
    assert receiver.now_s(arrival(T0_US)) is None
    for i in range(2500):
        receiver.feed(talker.emg(8 * i), arrival(T0_US + 8000 * i + 7000))
    receiver.lost(arrival(T0_US + 20_000_000))
    # Session zero is the instant of the first sample, 16.25 ms before its time stamp.
    now_s = receiver.now_s(arrival(T0_US + 25_000_000))
    assert now_s == pytest.approx(25.0 + 0.01625, abs=0.001)


def test_an_epoch_that_no_start_explains_ends_the_stream() -> None:
    talker = Talker()
    receiver = started(talker)
    receiver.feed(talker.emg(0), arrival(T0_US))
    talker.epoch = 99
    items = receiver.feed(talker.emg(8), arrival(T0_US + 8000))
    assert only(items, RestartItem) == [RestartItem("epoch")]
    assert only(items, EmgChunk) == []


def test_data_that_overtake_the_ack_of_start_are_taken() -> None:
    talker = Talker()
    receiver = Receiver("cobs")
    receiver.opened(arrival(0))
    receiver.feed(talker.say_hello(), arrival(1000))
    receiver.sent(start_bytes(), arrival(1500))
    talker.epoch += 1
    items = receiver.feed(talker.emg(0), arrival(T0_US))
    items += receiver.feed(talker.ack(TOKEN, Command.START, 0, talker.epoch), arrival(T0_US))
    items += receiver.feed(talker.emg(8), arrival(T0_US + 8000))
    assert receiver.stats.streams["emg"].samples == 16
    assert only(items, Gap) == []


def test_data_before_any_start_are_refused() -> None:
    talker = Talker()
    receiver = Receiver("cobs")
    receiver.opened(arrival(0))
    receiver.feed(talker.say_hello() + talker.emg(0), arrival(T0_US))
    receiver.sent(packet(encode_command(StopCommand(4), 1)), arrival(T0_US))
    items = receiver.feed(talker.emg(8), arrival(T0_US))
    assert only(items, EmgChunk) == []
    assert receiver.stats.stale_frames == 2


def test_a_refused_start_lets_nothing_through() -> None:
    talker = Talker()
    receiver = Receiver("cobs")
    receiver.opened(arrival(0))
    receiver.feed(talker.say_hello(), arrival(1000))
    receiver.sent(start_bytes(), arrival(1500))
    receiver.feed(talker.ack(TOKEN, Command.START, AckStatus.BAD_STATE), arrival(2000))
    talker.epoch += 1
    assert only(receiver.feed(talker.emg(0), arrival(T0_US)), EmgChunk) == []


def test_a_link_that_was_only_silent_goes_on() -> None:
    """A stalled link is announced as lost; its backlog still belongs to the stream."""
    talker = Talker()
    receiver = started(talker)
    items = receiver.feed(talker.emg(0), arrival(T0_US))
    receiver.lost(arrival(T0_US + 2_000_000))
    talker.emg(8)
    items += receiver.feed(talker.emg(16), arrival(T0_US + 2_100_000))
    (gap,) = only(items, Gap)
    assert isinstance(gap, Gap)
    assert (gap.kind, gap.samples) == ("loss", 8)


def test_saturation_is_told_per_sample_and_channel() -> None:
    talker = Talker()
    receiver = started(talker)
    limit = int(np.ceil(0.98 * (2**23 - 1)))
    rows = [[0] * 8, [limit, limit - 1, -limit, -limit + 1, 0, 0, 2**23 - 1, -(2**23)]]
    payload = b"".join(v.to_bytes(3, "little", signed=True) for row in rows for v in row)
    items = receiver.feed(
        talker.frame(FrameType.DATA, payload, count=2, t_us=T0_US, flags=Flag.SATURATED),
        arrival(T0_US),
    )
    (chunk,) = only(items, EmgChunk)
    assert isinstance(chunk, EmgChunk)
    assert not chunk.saturated[0].any()
    assert chunk.saturated[1].tolist() == [True, False, True, False, False, False, True, True]


@pytest.mark.parametrize(("fmt", "code"), [(SampleFormat.I16, "<4h"), (SampleFormat.F32, "<4f")])
def test_other_formats_channel_counts_and_stream_ids(fmt: int, code: str) -> None:
    stream = replace(EMG, id=5, fmt=fmt, channels=4, scale=(0.5, 1.0, 2.0, -1.0), gain=(0,) * 4)
    talker = Talker(hello=hello(stream))
    receiver = started(talker)
    payload = struct.pack(code, 100, -200, 300, 7) * 3
    items = receiver.feed(
        talker.frame(FrameType.DATA, payload, stream=5, count=3, t_us=T0_US), arrival(T0_US)
    )
    np.testing.assert_array_equal(emg_of(items), [[50.0, -200.0, 600.0, -7.0]] * 3)


def test_floating_point_samples_are_saturated_where_the_header_says_so() -> None:
    stream = replace(EMG, fmt=SampleFormat.F32, channels=1, scale=(1.0,), gain=(0,))
    talker = Talker(hello=hello(stream))
    receiver = started(talker)
    data = b"".join(
        talker.frame(
            FrameType.DATA,
            struct.pack("<2f", 1.0, 2.0),
            count=2,
            index=2 * i,
            t_us=T0_US + 2000 * i,
            flags=Flag.SATURATED if i == 1 else 0,
        )
        for i in range(3)
    )
    items = receiver.feed(data, arrival(T0_US))
    (chunk,) = only(items, EmgChunk)
    assert isinstance(chunk, EmgChunk)
    assert chunk.saturated[:, 0].tolist() == [False, False, True, True, False, False]


def test_streams_of_other_kinds_are_skipped_without_complaint() -> None:
    quaternion = replace(
        EMG,
        id=2,
        kind=StreamKindCode.QUAT,
        channels=4,
        scale=(1.0,) * 4,
        gain=(0,) * 4,
        unit=Unit.QUATERNION,
    )
    pressure = replace(EMG, id=3, kind=StreamKindCode.PRESSURE, channels=1, scale=(1.0,), gain=(0,))
    talker = Talker(hello=hello(quaternion, pressure, EMG))
    receiver = started(talker)
    items = receiver.feed(
        talker.frame(FrameType.DATA, bytes(12), stream=2, count=1, t_us=T0_US) + talker.emg(0),
        arrival(T0_US),
    )
    assert len(emg_of(items)) == 8
    assert receiver.stats.descriptor_faults == 0


def test_a_payload_that_does_not_fit_its_descriptor_is_dropped_and_told() -> None:
    talker = Talker()
    receiver = started(talker)
    data = talker.frame(FrameType.DATA, bytes(23), count=1, t_us=T0_US)
    data += talker.frame(FrameType.DATA, b"", count=0, t_us=T0_US)
    data += talker.frame(FrameType.DATA, bytes(24), stream=9, count=1, t_us=T0_US)
    items = receiver.feed(data, arrival(T0_US))
    traffic = items[-1]
    assert isinstance(traffic, TrafficItem)
    assert (traffic.descriptor_faults, traffic.data_frames) == (3, 0)
    assert receiver.stats.descriptor_faults == 3


def test_contact_is_reported_when_it_changes() -> None:
    talker = Talker()
    receiver = started(talker)
    receiver.feed(talker.emg(0), arrival(T0_US))
    items = receiver.feed(talker.status(leadoff_p=1, leadoff_n=4), arrival(T0_US))
    items += receiver.feed(talker.status(leadoff_p=1, leadoff_n=4), arrival(T0_US))
    items += receiver.feed(talker.event(5, 0x80 | 0x1 << 16, T0_US + 500_000), arrival(T0_US))
    reports = [item for item in items if isinstance(item, ContactReport)]
    off = [[k for k, each in enumerate(report.lead_off) if each] for report in reports]
    assert off == [[0, 2], [0, 7]]
    assert reports[1].at_s == pytest.approx(0.5 + 0.01625)
    assert len(only(items, StatusItem)) == 2


def test_news_before_the_first_sample_has_no_time() -> None:
    talker = Talker()
    receiver = Receiver("cobs")
    receiver.opened(arrival(0))
    items = receiver.feed(talker.say_hello() + talker.event(3, 1, 2000), arrival(2000))
    (event,) = only(items, DeviceEventItem)
    assert isinstance(event, DeviceEventItem)
    assert event.at_s is None


def test_what_the_device_counts_since_boot_is_counted_for_the_session() -> None:
    talker = Talker()
    receiver = started(talker)
    receiver.feed(talker.status(frames_dropped=30), arrival(3000))
    receiver.feed(talker.emg(0) + talker.status(frames_dropped=42), arrival(T0_US))
    assert receiver.stats.device_dropped_frames == 12
    talker.reboot(boot_id=2, epoch=50)
    talker.t0_us = 9000
    receiver.feed(talker.say_hello(t_us=1) + talker.status(frames_dropped=5), arrival(T0_US))
    assert receiver.stats.device_dropped_frames == 17


def test_tolerated_are_logs_unknown_types_longer_payloads_and_broken_ones() -> None:
    talker = Talker()
    grown = talker.hello.build()
    receiver = Receiver("cobs")
    receiver.opened(arrival(0))
    data = talker.frame(FrameType.LOG, b"boot \xff ok")
    data += talker.frame(0x42, b"of the future")
    data += talker.frame(FrameType.HELLO, grown + b"tail", t_us=10)
    data += talker.frame(FrameType.STATUS, bytes(40), t_us=11)
    data += talker.frame(FrameType.STATUS, bytes(10), t_us=12)
    data += talker.frame(Command.STOP, b"\x01\x00")
    items = receiver.feed(data, arrival(20))
    assert only(items, LogItem) == [LogItem("boot \ufffd ok")]
    assert len(only(items, HelloItem)) == 1
    assert len(only(items, StatusItem)) == 1
    assert receiver.stats.payload_faults == 1
    assert receiver.stats.unknown_type == 2


def test_the_raw_hello_is_the_frame_as_it_was_sent() -> None:
    talker = Talker()
    receiver = Receiver("packet")
    receiver.opened(0)
    from cobs import cobs

    raw = cobs.decode(talker.say_hello()[:-1])
    (item, _) = receiver.feed(raw, 5)
    assert isinstance(item, HelloItem)
    assert item.raw == raw


def test_an_ack_is_passed_on() -> None:
    talker = Talker()
    receiver = started(talker)
    items = receiver.feed(talker.ack(9, Command.STOP), arrival(T0_US))
    assert len(only(items, AckItem)) == 1


@given(data=st.lists(st.binary(max_size=300), max_size=20))
@settings(max_examples=100, deadline=None)
def test_no_bytes_raise_an_error(data: list[bytes]) -> None:
    talker = Talker()
    receiver = started(talker)
    for i, part in enumerate(data):
        receiver.feed(part + b"\x00", arrival(T0_US + i))
        receiver.sent(part, arrival(T0_US + i))
        # Valid frames around arbitrary payloads reach deeper than garbage does.
        for kind in range(1, 8):
            frame = talker.frame(kind, part[:200], count=len(part) % 256, t_us=T0_US + i)
            receiver.feed(frame, arrival(T0_US + i))
    assert receiver.stats.frames >= 7 * len(data)


@pytest.mark.parametrize("seed", range(SEED, SEED + 4))
def test_accounting_is_exact_under_loss_repetition_damage_and_reconnects(seed: int) -> None:
    rng = random.Random(seed)
    talker = Talker()
    receiver = started(talker)
    items: list[Item] = []
    k = 0
    sent = {0}
    for i in range(3000):
        n = rng.choice([8, 8, 8, 3])
        data = talker.emg(k, n)
        sent.update(range(k, k + n))
        k += n
        roll = rng.random()
        if roll < 0.02:
            data = b""
        elif roll < 0.03:
            data += data
        elif roll < 0.05:
            damaged = bytearray(data)
            damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
            data = bytes(damaged)
        items += receiver.feed(data, arrival(talker.t0_us + k * 1000))
        if i % 1000 == 999:
            items += _reconnect(receiver, talker, token=100 + i, k=k)
            k = 0
    assert_exact(receiver, items)
    stats = receiver.stats.streams["emg"]
    assert stats.lost_samples > 0
    assert stats.outage_samples > 0
    assert receiver.stats.duplicates > 0
    assert receiver.stats.rejected > 0
    chunk = next(item for item in reversed(items) if isinstance(item, EmgChunk))
    end = chunk.index0 + len(chunk.emg_uv)
    assert stats.samples + stats.lost_samples + stats.outage_samples == end
    # The grid is the device's clock: index and time stamp agree to within rounding.
    assert chunk.t0_s * 1000 == pytest.approx(chunk.index0, abs=2.0)


def _reconnect(receiver: Receiver, talker: Talker, *, token: int, k: int) -> list[Item]:
    """Lose the link for 1.5 s of device time and start anew within the same boot."""
    talker.t0_us += k * 1000 + 1_500_000
    now_ns = arrival(talker.t0_us)
    receiver.lost(now_ns - 1_400_000_000)
    receiver.opened(now_ns - 10_000_000)
    items = receiver.feed(talker.say_hello(t_us=talker.t0_us - 9000), now_ns - 9_000_000)
    receiver.sent(start_bytes(token), now_ns - 8_000_000)
    talker.epoch = (talker.epoch + 1) % 256
    return items + receiver.feed(talker.ack(token, Command.START, 0, talker.epoch), now_ns)
