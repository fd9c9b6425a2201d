"""The decoder under cuts, garbage, bit errors and loss: any bytes give frames or counts."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firingorder.firmware_bridge.decoder import FrameDecoder
from firingorder.firmware_bridge.sequence import RestartWatch
from tests.firmware_bridge.golden_frames import COBS, RAW
from tests.firmware_bridge.talker import Talker, as_packet, raw_frame

if TYPE_CHECKING:
    from firingorder.firmware_bridge.frame import Frame

SEED = 7001


def stream(frames: int = 200) -> bytes:
    talker = Talker()
    out = b"\x00" + talker.say_hello()
    for i in range(frames):
        out += talker.emg(8 * i)
        if i % 6 == 5:
            out += talker.imu(5 * (i // 6))
    return out


def feed_cut(data: bytes, cuts: list[int]) -> tuple[list[Frame], object]:
    decoder = FrameDecoder("cobs")
    frames: list[Frame] = []
    start = 0
    for cut in [*sorted(c % (len(data) + 1) for c in cuts), len(data)]:
        frames += decoder.feed(data[start:cut])
        start = cut
    return frames, decoder.stats


def test_a_clean_stream_gives_every_frame_once() -> None:
    decoder = FrameDecoder("cobs")
    frames = decoder.feed(stream())
    assert len(frames) == 1 + 200 + 33
    assert decoder.stats.frames == len(frames)
    assert decoder.stats.rejected == 0
    assert decoder.stats.seq_gaps == 0


def test_golden_binary_read_byte_by_byte() -> None:
    decoder = FrameDecoder("cobs")
    frames = [f for byte in b"".join(COBS.values()) for f in decoder.feed(bytes([byte]))]
    assert len(frames) == len(COBS)


@given(
    junk=st.lists(st.binary(max_size=400), max_size=6),
    cuts=st.lists(st.integers(0, 100_000), max_size=30),
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_in_any_cutting_give_the_same_frames_and_counts(
    junk: list[bytes], cuts: list[int]
) -> None:
    clean = stream(6)
    data = b"".join(part + clean[40 * i : 40 * i + 300] for i, part in enumerate(junk)) + clean
    whole = feed_cut(data, [])
    assert feed_cut(data, cuts) == whole
    # After whatever came before, the stream is found again within one packet.
    assert len(whole[0]) >= 6


@pytest.mark.parametrize("seed", range(SEED, SEED + 4))
def test_bit_errors_and_byte_loss_let_no_wrong_frame_through(seed: int) -> None:
    rng = random.Random(seed)
    data = bytearray(stream(1500))
    for _ in range(len(data) * 8 // 8000):  # bit error rate 1.25e-4
        bit = rng.randrange(len(data) * 8)
        data[bit // 8] ^= 1 << bit % 8
    for _ in range(len(data) // 10_000):  # byte loss 1e-4
        del data[rng.randrange(len(data))]
    good = {repr(frame) for frame in FrameDecoder("cobs").feed(stream(1500))}
    decoder = FrameDecoder("cobs")
    frames = decoder.feed(bytes(data))
    assert all(repr(frame) in good for frame in frames)
    assert decoder.stats.rejected > 50  # the test would be empty without damage
    assert 0.6 * len(good) < len(frames) < len(good)


def test_a_lost_frame_shows_in_the_sequence() -> None:
    talker = Talker()
    decoder = FrameDecoder("cobs")
    decoder.feed(talker.emg(0))
    talker.emg(8)
    talker.emg(16)
    decoder.feed(talker.emg(24))
    assert decoder.stats.seq_gaps == 2


def test_the_sequence_wraps_without_a_gap() -> None:
    talker = Talker(seq=65535)
    decoder = FrameDecoder("cobs")
    decoder.feed(talker.emg(0) + talker.emg(8))
    assert decoder.stats.seq_gaps == 0


@pytest.mark.parametrize("old_seq", [100, 40_000, 65_000])
def test_a_reboot_is_no_gap_in_the_sequence(old_seq: int) -> None:
    talker = Talker(seq=old_seq)
    decoder = FrameDecoder("cobs")
    decoder.feed(talker.say_hello() + talker.emg(0))
    talker.reboot(boot_id=99, epoch=200)
    decoder.feed(talker.say_hello() + talker.status())
    assert decoder.stats.seq_gaps == 0


def test_an_old_copy_of_hello_is_no_restart() -> None:
    """A device may send the HELLO that it built at boot, with the time of then."""
    talker = Talker()
    watch = RestartWatch()
    decoder = FrameDecoder("cobs")
    data = talker.say_hello() + talker.emg(0) + talker.status() + talker.say_hello(t_us=3)
    data += talker.status()
    assert [watch.check(frame) for frame in decoder.feed(data)] == [None] * 5
    talker.reboot(boot_id=4, epoch=1)
    (frame,) = decoder.feed(talker.say_hello(t_us=3))
    assert watch.check(frame) == "boot_id"
    (frame,) = decoder.feed(talker.status(t_us=900_000))
    assert watch.check(frame) is None
    late, fallen = decoder.feed(talker.status(t_us=5_900_000) + talker.status(t_us=800_000))
    assert [watch.check(late), watch.check(fallen)] == [None, "clock"]


def test_a_repeated_event_is_dropped_and_repeated_data_is_left_to_the_index() -> None:
    talker = Talker()
    decoder = FrameDecoder("cobs")
    event = talker.event(3, 1, 6_000_000)
    data = talker.emg(0)
    frames = decoder.feed(event + event + data + data)
    assert [frame.type for frame in frames] == [4, 2, 2]
    assert decoder.stats.duplicates == 1


def test_empty_packets_mean_nothing() -> None:
    decoder = FrameDecoder("cobs")
    assert decoder.feed(b"\x00\x00\x00" + COBS["B2"] + b"\x00\x00") != []
    assert decoder.stats.rejected == 0


@pytest.mark.parametrize("cut", [1, 100, 242, 10_000])
def test_a_packet_without_end_is_one_error_and_the_next_is_read(cut: int) -> None:
    data = b"\x11" * 1000 + b"\x00" + COBS["B2"]
    decoder = FrameDecoder("cobs")
    frames = [f for i in range(0, len(data), cut) for f in decoder.feed(data[i : i + cut])]
    assert len(frames) == 1
    assert decoder.stats.oversize == 1
    assert decoder.stats.rejected == 1


def test_the_buffer_is_bounded() -> None:
    decoder = FrameDecoder("cobs")
    for _ in range(1000):
        decoder.feed(b"\x22" * 1000)
    assert len(decoder._pending) <= 241


def test_faults_are_told_apart() -> None:
    decoder = FrameDecoder("cobs")
    decoder.feed(as_packet(b"short"))
    decoder.feed(b"\x09\x01\x00")
    decoder.feed(as_packet(RAW["B2"][:-1] + b"\xff"))
    decoder.feed(as_packet(raw_frame(2, b"", magic=0xE2)))
    decoder.feed(as_packet(raw_frame(2, b"", magic=0x51)))
    decoder.feed(as_packet(raw_frame(0x42, b"future")))
    stats = decoder.stats
    assert (stats.bad_length, stats.bad_cobs, stats.bad_crc) == (1, 1, 1)
    assert (stats.foreign_major, stats.bad_magic, stats.unknown_type) == (1, 1, 1)
    assert stats.frames == 1


def test_packet_framing_takes_each_read_as_one_frame() -> None:
    decoder = FrameDecoder("packet")
    assert len(decoder.feed(RAW["B4"])) == 1
    assert decoder.feed(RAW["B4"][:-1]) == []
    assert decoder.feed(b"") == []
    assert decoder.stats.bad_crc == 1
