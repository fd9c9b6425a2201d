"""Twins of other makers' devices: bytes written down by hand, manners, faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.errors import LinkError, UsageError
from firingorder.simulation.body import RecordedBody
from firingorder.simulation.scenarios import make_body
from firingorder.simulation.twins import TWINS, make_line, twin_address, twin_body
from firingorder.simulation.twins.bitalino import BitalinoTwin, remainder
from firingorder.simulation.twins.chords import ChordsTwin
from firingorder.simulation.twins.cyton import CytonTwin
from firingorder.simulation.twins.front_end import FrontEnd
from firingorder.simulation.twins.line import TwinLine, parse_twin_faults

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

#: Microvolts that are exactly these counts of a Cyton at gain 24.
CYTON_COUNTS = [1, -1, 0, 256, -65536, 1193046, 0, 0]
CYTON_FIRST = (
    "a0 00 00 00 01 ff ff ff 00 00 00 00 01 00 ff 00 00 12 34 56 00 00 00 00 00 00"
    " 00 00 00 00 1f 40 c0"
)


def _still(microvolts: list[float], rate_hz: float) -> RecordedBody:
    """A body that holds its values for 2 s."""
    rows: FloatArray = np.tile(np.array(microvolts), (round(2 * rate_hz), 1))
    return RecordedBody(rows, rate_hz, tuple(f"EMG{k + 1}" for k in range(len(microvolts))))


def test_cyton_packets_by_hand() -> None:
    unit_uv = 4.5e6 / 24 / 0x7FFFFF
    twin = CytonTwin(_still([count * unit_uv for count in CYTON_COUNTS], 1000.0))
    twin.hear(b"b", 0)
    packets = [twin.packet(k) for k in range(100, 400)]
    assert packets[0] == bytes.fromhex(CYTON_FIRST)
    assert [packet[1] for packet in packets] == [k % 256 for k in range(300)]
    assert packets[1][26:32] == bytes(6)  # the accelerometer is renewed 25 times a second


def test_cyton_settings_and_their_answers() -> None:
    twin = CytonTwin(_still([100.0] * 8, 1000.0))
    twin.hear(b"v", 0)
    said = twin.words.take(10**6)
    assert b"OpenBCI" in said
    assert said.endswith(b"$$$")
    twin.hear(b"x3040100Xx4060110X", 10**6)
    assert twin.words.take(2 * 10**6) == (
        b"Success: Channel set for 3$$$Success: Channel set for 4$$$"
    )
    assert twin.gains == [24, 24, 8, 24, 24, 24, 24, 24]
    packet = twin.packet(10)
    of_24, of_8, of_srb = (int.from_bytes(packet[at : at + 3], "big") for at in (5, 8, 11))
    assert abs(of_24 - 3 * of_8) <= 3
    assert of_srb == 0  # in the common reference it is no bipolar channel
    twin.hear(b"x9X", 0)
    assert b"Failure" in twin.words.take(10**7)


def test_chords_packets_by_hand() -> None:
    unit_uv = 5000.0 / 2**14
    body = _still([unit_uv, -unit_uv, 0.0, 9000.0, -9000.0, 8192 * unit_uv / 2], 500.0)
    twin = ChordsTwin(body)
    assert twin.packet(0) == bytes.fromhex("c7 7c 00 20 01 1f ff 20 00 3f ff 00 00 30 00 01")
    assert [twin.packet(k)[2] for k in range(1, 300)] == [k % 256 for k in range(1, 300)]


def test_a_chords_board_obeys_after_a_second_of_silence_and_stops_at_any_byte() -> None:
    twin = ChordsTwin(_still([0.0] * 6, 500.0))
    twin.hear(b"WHO", 0)
    twin.hear(b"RU\n", 900_000)
    assert twin.words.next_us == 1_900_000
    assert twin.words.take(1_900_000) == b"UNO-R4\r\n"
    twin.hear(b"STOP\nSTART\n", 2_000_000)
    assert twin.words.take(3_000_000) == b""
    assert not twin.streaming  # two commands in one breath are none
    twin.hear(b"START\n", 3_000_000)
    twin.words.take(4_000_000)
    assert twin.streaming
    twin.hear(b"?", 5_000_000)
    assert not twin.streaming


def test_bitalino_frames_by_hand() -> None:
    """0 uV is 512; +3.19 uV is 513. Remainders of x^4 + x + 1 were worked out on paper."""
    assert remainder(bytes.fromhex("00 00 10")) == 3
    assert remainder(bytes.fromhex("00 00 20")) == 6
    assert remainder(bytes.fromhex("04 00 00")) == 8
    twin = BitalinoTwin(_still([1e6 * 3.3 / 1009 / 1024, 1e9, -1e9, 0.0], 1000.0))
    twin.hear(b"\xc3\x3d", 0)
    assert twin.streaming
    frame = twin.packet(0)
    assert frame[:-1] == bytes.fromhex("00 20 00 ff 07 08")
    assert frame[-1] >> 4 == 0
    assert [twin.packet(k)[-1] >> 4 for k in range(1, 40)] == [k % 16 for k in range(1, 40)]


def test_a_bitalino_needs_its_rate_and_knows_its_commands() -> None:
    twin = BitalinoTwin(_still([0.0] * 4, 1000.0))
    twin.hear(b"\x3d", 0)
    assert not twin.streaming
    twin.hear(b"\x07", 0)
    assert twin.words.take(10**6) == b"BITalino_v5.2\n"
    twin.hear(b"\xa3\x07\x0b", 0)  # the value of PWM is no command
    state = twin.words.take(10**6)
    assert len(state) == 16
    assert state[-1] & 0x0F == remainder(state[:-1] + bytes((state[-1] & 0xF0,)))
    twin.hear(b"\xc3\x3d", 0)
    twin.hear(b"\x07", 0)
    assert twin.streaming  # not while it streams
    assert twin.words.take(10**6) == b""
    twin.hear(b"\x00", 0)
    assert not twin.streaming


def test_the_converter_of_a_cyton_averages_three_times() -> None:
    body = make_body("bridge", seed=3, emg_rate_hz=1000.0, imu_rate_hz=None)
    front = FrontEnd(body, step=4, sinc_order=3)
    for k in (0, 1, 255, 256, 700):
        raw = body.emg_uv(4 * k - 9, 10)
        for _ in range(3):
            raw = np.stack([raw[at : at + 4].mean(axis=0) for at in range(len(raw) - 3)])
        assert np.allclose(front.microvolts(k), raw[0], atol=1e-9)


def _stream(
    name: str, faults: str, seconds: float, every_s: float = 0.01
) -> tuple[TwinLine, bytes]:
    line = make_line(name, twin_body(name, seed=5), seed=5, faults=parse_twin_faults(faults))
    line.connect(0)
    start = {"bitalino": b"\xc3\x3d", "cyton": b"b", "chords": b"START\n"}[name]
    line.write(start, 0)
    begin_us = 1_000_000 if name == "chords" else 0
    out = b"".join(
        line.advance(begin_us + round(1e6 * every_s * k))
        for k in range(1, round(seconds / every_s))
    )
    return line, out


@pytest.mark.parametrize("name", TWINS)
def test_the_same_seed_gives_the_same_bytes(name: str) -> None:
    faults = "drop=0.01,flip=1e-4,bytes=1e-3"
    one, other = _stream(name, faults, 3.0)[1], _stream(name, faults, 3.0, every_s=0.5)[1]
    size = min(len(one), len(other))
    assert size > 1000
    assert one[:size] == other[:size]


@pytest.mark.parametrize("ppm", [-5000, 0, 5000])
def test_its_clock_is_off_by_what_was_asked(ppm: int) -> None:
    _, data = _stream("cyton", f"ppm={ppm}", 12.0)
    assert abs(len(data) / 33 - 12.0 * 250 * (1 + 1e-6 * ppm)) <= 4


def test_bytes_are_lost_at_the_rate_that_was_asked() -> None:
    clean, spoilt = _stream("cyton", "", 10.0)[1], _stream("cyton", "bytes=0.01", 10.0)[1]
    share = 1.0 - len(spoilt) / len(clean)
    assert 0.008 < share < 0.012


def test_a_stall_brings_everything_afterwards_and_an_unplug_nothing() -> None:
    line = make_line(
        "cyton", twin_body("cyton", seed=5), faults=parse_twin_faults("stall=1@2,unplug=1@5")
    )
    line.connect(0)
    line.write(b"b", 0)
    assert len(line.advance(1_999_000)) > 15_000
    assert line.advance(2_990_000) == b""
    assert 8_000 < len(line.advance(3_010_000)) < 8_500
    line.advance(5_000_001)
    assert not line.up
    with pytest.raises(LinkError, match="Plug it in again"):
        line.connect(5_500_000)
    line.connect(6_000_001)
    assert len(line.advance(6_100_000)) < 1000  # what was sent meanwhile is gone
    assert line.twin.streaming  # the board has a battery and did not notice


def test_what_nobody_reads_is_lost_in_the_end() -> None:
    line, _ = _stream("cyton", "", 1.0)
    data = line.advance(12_000_000)
    assert len(data) == 65536
    assert line.lost_bytes > 0


def test_bursts_gather() -> None:
    line = make_line("cyton", twin_body("cyton"), faults=parse_twin_faults("burst=0.1"))
    line.connect(0)
    line.write(b"b", 0)
    sizes = [len(line.advance(1000 * k)) for k in range(1000)]
    assert sum(size > 0 for size in sizes) <= 11
    assert max(sizes) >= 24 * 33


@pytest.mark.parametrize("text", ["bytes=2", "burst=x", "bytes", "nonsense=1"])
def test_faults_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match=text.split("=", maxsplit=1)[0]):
        parse_twin_faults(text)


def test_a_twin_that_nobody_knows_and_too_many_electrodes_are_refused() -> None:
    with pytest.raises(UsageError, match="Known: bitalino"):
        twin_body("emotiv")
    with pytest.raises(UsageError, match="has 6 channels"):
        twin_body("chords", channels=make_body("bridge", seed=1).channels)
    with pytest.raises(UsageError, match="500 Hz"):
        make_line("cyton", twin_body("chords"))
    assert twin_address("cyton", "serial:/dev/pts/1") == "cyton:/dev/pts/1"
    assert twin_address("cyton", "tcp://127.0.0.1:7") == "cyton:tcp://127.0.0.1:7"
