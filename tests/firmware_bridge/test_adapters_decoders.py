"""Bytes of other makers' devices: written down by hand, lost one by one, turned over, made up."""

from __future__ import annotations

import pickle
import random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firingorder.errors import UsageError
from firingorder.firmware_bridge.adapters import ADAPTERS
from firingorder.firmware_bridge.adapters.base import Answer, EmgBlock, Rejected
from firingorder.firmware_bridge.adapters.bitalino import BitalinoDecoder, frame_fits
from firingorder.firmware_bridge.adapters.chords import BOARDS, ChordsDecoder
from firingorder.firmware_bridge.adapters.cyton import CytonDecoder, channel_setting
from tests.firmware_bridge.adapter_wire import BITALINO_UV, CYTON_UV, WIRES, Wire, bitalino_frame

ALL = pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
if TYPE_CHECKING:
    from collections.abc import Sequence

MINE = ("bitalino", "chords", "cyton")

# Typed from the tables of the protocols; the remainders of x^4 + x + 1 were worked out on paper:
# x^4 = 3, x^5 = 6, x^18 = x^3 = 8.
GOLDEN_BITALINO = [
    ("00 00 00", 1, [0]),  # sequence 0
    ("00 00 13", 1, [0]),  # sequence 1 leaves x^4 = 3
    ("00 00 26", 1, [0]),  # sequence 2 leaves x^5 = 6
    ("04 00 08", 1, [1]),  # channel 1 = 1 is bit 18
]
GOLDEN_CYTON = (
    "a0 2a 00 00 01 ff ff ff 7f ff ff 80 00 00 00 01 00 ff 00 00 00 00 00 12 34 56"
    " 00 00 00 00 1f 40 c0"
)
GOLDEN_CYTON_COUNTS = [1, -1, 8388607, -8388608, 256, -65536, 0, 1193046]
GOLDEN_CHORDS = "c7 7c ff 20 00 3f ff 00 00 20 01 1f ff 00 10 01"
GOLDEN_CHORDS_COUNTS = [0, 8191, -8192, 1, -1, 16 - 8192]


def _numbers(wire: Wire, pieces: Sequence[object]) -> list[int]:
    blocks = [piece for piece in pieces if isinstance(piece, EmgBlock)]
    return [int(k) for block in blocks for k in wire.numbers(block.emg)]


@pytest.mark.parametrize(("text", "channels", "counts"), GOLDEN_BITALINO)
def test_bitalino_frames_by_hand(text: str, channels: int, counts: list[int]) -> None:
    del channels, counts
    data = bytes.fromhex(text)
    assert frame_fits(data, 0, len(data))
    for bit in range(24):
        wrong = bytearray(data)
        wrong[bit // 8] ^= 1 << bit % 8
        assert not frame_fits(wrong, 0, len(data)), f"bit {bit} turned over is not noticed"


def test_bitalino_channels_by_hand() -> None:
    """Six channels, 8 bytes: 1023 0 1 512 and, of six bits, 63 and 5."""
    frame = bytes.fromhex("c5 0f 60 00 00 fc 0f 00")
    decoder = BitalinoDecoder(6)
    decoder.sent(b"\xfd")
    frames = b"".join(_with_sequence(frame, k) for k in range(4))
    (block,) = decoder.feed(frames)
    assert isinstance(block, EmgBlock)
    counts = (block.emg[0] / BITALINO_UV + 0.5) * np.array([1024] * 4 + [64] * 2)
    assert np.allclose(counts, [1023, 0, 1, 512, 63, 5])
    assert block.saturated[0].tolist() == [True, True, False, False, True, False]
    assert block.counter == 0


def _with_sequence(frame: bytes, sequence: int) -> bytes:
    whole = frame[:-1] + bytes((sequence << 4,))
    rest = int.from_bytes(whole, "big")
    while rest.bit_length() > 4:
        rest ^= 0x13 << rest.bit_length() - 5
    return whole[:-1] + bytes((whole[-1] | rest,))


@pytest.mark.parametrize(("channels", "length"), [(1, 3), (2, 4), (3, 6), (4, 7), (5, 8), (6, 8)])
def test_bitalino_frames_have_the_length_of_their_channels(channels: int, length: int) -> None:
    decoder = BitalinoDecoder(channels)
    decoder.sent(bytes((0x01 | sum(4 << k for k in range(channels)),)))
    frames = b"".join(_with_sequence(bytes(length), k % 16) for k in range(40))
    blocks = [piece for piece in decoder.feed(frames) if isinstance(piece, EmgBlock)]
    assert [len(block.emg) for block in blocks] == [40]
    assert blocks[0].emg.shape[1] == channels
    assert decoder.profile is not None
    assert decoder.profile.emg_channels == channels


@pytest.mark.parametrize("end", range(0xC0, 0xC7))
def test_cyton_packets_by_hand(end: int) -> None:
    """All variants of the end byte carry the same EMG; time stamps in C3 to C6 are not needed."""
    decoder = CytonDecoder()
    decoder.sent(b"b")
    packet = bytearray.fromhex(GOLDEN_CYTON)
    packet[-1] = end
    after = bytearray(packet)
    after[1] = 0x2B
    (block,) = decoder.feed(bytes(packet + after))
    assert isinstance(block, EmgBlock)
    assert block.counter == 0x2A
    assert np.round(block.emg[0] / CYTON_UV).astype(int).tolist() == GOLDEN_CYTON_COUNTS
    assert np.allclose(CYTON_UV, 0.02235, atol=5e-6)
    assert block.saturated[0].tolist() == [False] * 2 + [True] * 2 + [False] * 4


def test_cyton_gain_scales_the_microvolts() -> None:
    block_of: dict[int, EmgBlock] = {}
    for gain in (1, 6, 24):
        decoder = CytonDecoder(gain)
        decoder.sent(b"b")
        packet = bytes.fromhex(GOLDEN_CYTON)
        (piece,) = decoder.feed(packet + packet[:1] + b"\x2b" + packet[2:])
        assert isinstance(piece, EmgBlock)
        block_of[gain] = piece
    assert np.allclose(block_of[1].emg, 24 * block_of[24].emg)
    assert np.allclose(block_of[6].emg, 4 * block_of[24].emg)
    assert channel_setting(3, 24) == b"x3060100X"
    assert channel_setting(8, 12) == b"x8050100X"


def test_chords_packets_by_hand() -> None:
    decoder = ChordsDecoder()
    decoder.sent(b"WHORU\n")
    assert decoder.feed(b"UNO-") == []
    assert decoder.feed(b"R4\r\n") == [Answer(b"UNO-R4")]
    decoder.sent(b"START\n")
    packet = bytes.fromhex(GOLDEN_CHORDS)
    pieces = decoder.feed(packet + packet[:2] + b"\x00" + packet[3:])
    (block,) = pieces
    assert isinstance(block, EmgBlock)
    assert block.counter == 255
    assert block.emg.tolist() == 2 * [[float(v) for v in GOLDEN_CHORDS_COUNTS]]
    assert block.saturated[0].tolist() == [False, True, True, False, False, False]


@pytest.mark.parametrize("name", BOARDS)
def test_every_chords_board_is_known_by_its_name(name: str) -> None:
    decoder = ChordsDecoder()
    decoder.feed(b"\xc7\x7c\x00" + name.encode() + b"\r\n")
    profile, board = decoder.profile, BOARDS[name]
    assert profile is not None
    assert (profile.emg_channels, profile.emg_rate_hz) == (board.channels, board.rate_hz)
    assert profile.claim == ("amplitude" if board.rate_hz < 500 else "limited")
    assert not profile.calibrated


@pytest.mark.parametrize(
    ("name", "claim"), [("bitalino", "limited"), ("cyton", "amplitude"), ("chords", "amplitude")]
)
def test_a_profile_claims_what_its_device_can_bear(name: str, claim: str) -> None:
    declared = ADAPTERS[name].declared
    assert declared.claim == claim
    assert declared.why_not_full
    assert declared.to_dict()["claim"] == claim


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("cyton", {"gain": "7"}),
        ("cyton", {"gain": "x"}),
        ("bitalino", {"channels": "7"}),
        ("bitalino", {"channels": "0"}),
    ],
)
def test_options_that_make_no_sense_are_refused(name: str, options: dict[str, str]) -> None:
    for make in (ADAPTERS[name].make_decoder, ADAPTERS[name].make_conversation):
        with pytest.raises(UsageError, match=next(iter(options))):
            make(options)


@ALL
def test_a_lost_byte_costs_one_packet(wire: Wire) -> None:
    """Going on one byte behind a bad place, and not a whole packet."""
    packets = [wire.packet(k) for k in range(60)]
    for at in range(len(packets[0])):
        decoder = wire.decoder()
        broken = packets[30][:at] + packets[30][at + 1 :]
        pieces = decoder.feed(b"".join([*packets[:30], broken, *packets[31:]]))
        missing = set(range(56)) - set(_numbers(wire, pieces))
        assert missing <= {29, 30}  # without its first byte, the end of the one before is unsure
        assert 30 in missing


@ALL
def test_the_stream_is_found_behind_garbage(wire: Wire) -> None:
    rng = random.Random(f"garbage {wire.name}")
    data = rng.randbytes(500) + b"".join(wire.packet(k) for k in range(100))
    pieces = wire.decoder().feed(data)
    assert _numbers(wire, pieces) == list(range(len(_numbers(wire, pieces))))[-100:]
    assert len(_numbers(wire, pieces)) >= 96
    assert any(isinstance(piece, Rejected) for piece in pieces)


def test_no_single_bit_of_a_bitalino_can_lie() -> None:
    """Four bits of checksum find every single error, wherever it is."""
    wire = WIRES["bitalino"]
    packets = [bitalino_frame(k) for k in range(40)]
    clean = b"".join(packets)
    for bit in range(8 * 7 * 20, 8 * 7 * 21):
        data = bytearray(clean)
        data[bit // 8] ^= 1 << bit % 8
        numbers = _numbers(wire, wire.decoder().feed(bytes(data)))
        assert set(numbers) == set(range(40)) - {20}


@pytest.mark.parametrize("name", ["cyton", "chords"])
def test_a_wrong_bit_in_a_counter_is_no_gap(name: str) -> None:
    """Without a checksum a sample may be wrong, but a counter that jumps and returns is one."""
    wire = WIRES[name]
    at = {"cyton": 1, "chords": 2}[name]
    for bit in range(8):
        packets = [bytearray(wire.packet(k)) for k in range(60)]
        packets[30][at] ^= 1 << bit
        numbers = _numbers(wire, wire.decoder().feed(b"".join(bytes(p) for p in packets)))
        assert set(numbers) >= set(range(56)) - {30}


@ALL
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_cuts_do_not_matter(wire: Wire, data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 40))
    garbage = data.draw(st.binary(max_size=30))
    whole = b"".join(wire.packet(k) for k in range(n)) + garbage + wire.packet(n) * 2
    cuts = sorted(data.draw(st.sets(st.integers(0, len(whole)), max_size=15)))
    decoder, other = wire.decoder(), wire.decoder()
    pieces: list[object] = []
    for begin, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        pieces += decoder.feed(whole[begin:end])
    assert _numbers(wire, pieces) == _numbers(wire, other.feed(whole))


@pytest.mark.parametrize("name", MINE)
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_any_bytes_give_pieces_and_little_memory(name: str, data: st.DataObject) -> None:
    adapter = ADAPTERS[name]
    decoder = adapter.make_decoder({})
    talk = adapter.make_conversation({})
    said = [step.send for step in (*talk.opening, *talk.start, *talk.stop)]
    for _ in range(data.draw(st.integers(1, 12))):
        if data.draw(st.booleans()):
            sent = data.draw(st.sampled_from(said))
            assert isinstance(sent, bytes)
            decoder.sent(sent)
        read = data.draw(st.binary(max_size=120) | _alike(name)) * data.draw(st.integers(1, 60))
        for piece in decoder.feed(read):
            assert isinstance(piece, EmgBlock | Answer | Rejected)
            if isinstance(piece, EmgBlock):
                assert len(piece.emg) > 0
                assert np.all(np.isfinite(piece.emg))
                assert piece.emg.shape == piece.saturated.shape
    assert len(pickle.dumps(decoder)) < 4096


def _alike(name: str) -> st.SearchStrategy[bytes]:
    """Bytes that a decoder stops at."""
    return st.sampled_from(
        {
            "cyton": [b"\xa0", b"\xa0\x00", b"$$", b"$$$", b"\xa0" * 40, bytes(33), b"OpenBCI"],
            "chords": [b"\xc7", b"\xc7\x7c", b"\x01", b"UNO-R4\n", b"\n", b"MEGA-2560-R3\r\n"],
            "bitalino": [b"\x00", b"\x13\x26", b"\n", b"BITalino_v5.2\n", b"BITalino" * 9],
        }[name]
    )
