"""The Python codec and the vectors that the firmware's own tests read."""

from __future__ import annotations

import zlib

import pytest

from firingorder.firmware_bridge import cobs
from firingorder.firmware_bridge.frame import FrameFault, parse_frame
from tests.firmware_bridge.golden_frames import CHECKS, FAULTS, RAW, SPOILT, STUFFED


@pytest.mark.parametrize("name", FAULTS)
def test_a_bad_frame_is_refused_by_the_right_test(name: str) -> None:
    kind, raw = FAULTS[name]
    with pytest.raises(FrameFault) as caught:
        parse_frame(raw)
    assert caught.value.kind == kind


@pytest.mark.parametrize("name", STUFFED)
def test_stuffing_of_bytes_that_are_no_frame(name: str) -> None:
    raw, packet = STUFFED[name]
    assert cobs.encode(raw) == packet
    assert cobs.decode(packet) == raw


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_packet_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        cobs.decode(SPOILT[name])


def test_checksums() -> None:
    assert all(zlib.crc32(raw) == crc for crc, raw in CHECKS.values())


def test_the_file_has_vectors_of_every_kind() -> None:
    assert len(RAW) == 11
    assert {kind for kind, _ in FAULTS.values()} == {
        "bad_length",
        "bad_crc",
        "bad_magic",
        "foreign_major",
    }
    assert min(len(table) for table in (STUFFED, SPOILT, CHECKS)) >= 2
