"""Faults of the line are exact: what was asked for, when, and nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from firingorder.errors import LinkError, LinkLostError
from firingorder.firmware_bridge.commands import MarkCommand, TimeRequest, encode_command
from firingorder.firmware_bridge.frame import Frame, FrameType, packet
from firingorder.simulation.faults import parse_faults
from firingorder.simulation.scenarios import make_body

Desk = Callable[..., Any]


def _missing(frames: list[Frame]) -> int:
    return sum((b.seq - a.seq - 1) & 0xFFFF for a, b in itertools.pairwise(frames))


def test_without_faults_the_line_changes_nothing(desk: Desk) -> None:
    d = desk()
    d.start()
    d.seconds(5.0)
    assert (d.bad, _missing(d.frames)) == (0, 0)


def test_dropped_frames_are_missing_and_nothing_else(desk: Desk) -> None:
    d = desk(faults=parse_faults("drop=0.05"))
    d.send_raw(packet(encode_command(TimeRequest(1, 0), 0)))
    d.device.start(3)
    d.seconds(20.0)
    lost = d.line.spoiler.dropped_frames
    total = len(d.frames) + lost
    assert d.bad == 0
    assert lost == pytest.approx(0.05 * total, abs=4.0 * np.sqrt(0.05 * total))
    inside = _missing(d.frames)
    assert 0 <= lost - inside <= 3  # those before the first and after the last frame seen


def test_flipped_bits_destroy_exactly_the_frames_they_hit(desk: Desk) -> None:
    d = desk(faults=parse_faults("flip=1e-5"))
    d.device.start(3)
    d.seconds(30.0)
    hit = d.line.spoiler.damaged_frames
    bits = 8 * len(d.raw)
    assert d.line.spoiler.flipped_bits == pytest.approx(1e-5 * bits, abs=4.0 * np.sqrt(1e-5 * bits))
    # A hit delimiter joins two packets, one flip may make two of one; none is ever accepted.
    assert hit <= _missing(d.frames) <= 2 * hit
    assert d.bad >= hit - 1


def test_duplicated_frames_come_twice_in_a_row(desk: Desk) -> None:
    d = desk(faults=parse_faults("dup=0.02"))
    d.device.start(3)
    d.seconds(20.0)
    twice = sum(a == b for a, b in itertools.pairwise(d.frames))
    assert twice == d.line.spoiler.duplicated_frames > 10
    assert len(d.frames) - twice == len({f.seq for f in d.frames})


def test_damage_depends_on_seed_and_frames_but_not_on_reads(desk: Desk) -> None:
    def run(step_us: int, seed: int) -> bytes:
        faults = parse_faults("drop=0.02,flip=1e-5,dup=0.01,stall=1@1,reboot@3")
        d = desk(make_body("bridge", seed=4, repetitions=1), faults=faults, seed=seed)
        d.device.start(3)
        while d.now_us < 5_000_000:
            d.run(min(step_us, 5_000_000 - d.now_us))
        return bytes(d.raw)

    assert run(1_000, 4) == run(123_457, 4) == run(5_000_000, 4)
    assert run(1_000, 4) != run(1_000, 5)


def test_stall_holds_everything_back_and_loses_nothing_within_the_ring(desk: Desk) -> None:
    d = desk(faults=parse_faults("stall=1.5@2"))
    d.start()
    start_us = d.now_us
    d.run(2_000_000)
    before = len(d.frames)
    d.line.write(packet(encode_command(MarkCommand(99, 5), 9)), d.now_us)
    assert d.run(1_499_000) == []
    assert len(d.run(1_000)) > 150
    assert _missing(d.frames) == 0
    marks = [f for f in d.frames[before:] if f.type == FrameType.EVENT]
    assert [f.t_us for f in marks] == [2_000_000 + start_us + 3_500_000]  # delivered afterwards


def test_long_stall_loses_what_the_device_counts(desk: Desk) -> None:
    d = desk(faults=parse_faults("stall=4@2"))
    d.start()
    d.seconds(9.0)
    assert d.device.advance(d.now_us) == b""
    missing = _missing(d.frames)
    assert missing > 100
    status = [f for f in d.frames if f.type == FrameType.STATUS][-1]
    assert int.from_bytes(status.payload[24:28], "little") == missing


def test_unplugged_line_is_gone_for_the_time_and_the_device_goes_on(desk: Desk) -> None:
    d = desk(faults=parse_faults("unplug=1@2"))
    d.start()
    begun_us = d.now_us
    d.run(2_500_000)
    assert not d.line.up
    last_us = d.data(0)[-1].t_us
    assert last_us <= begun_us + 2_000_000 + 2_016_250
    with pytest.raises(LinkLostError):
        d.send(MarkCommand(1, 1))
    with pytest.raises(LinkError):
        d.line.connect(d.now_us)
    d.now_us = begun_us + 3_000_000
    d.line.connect(d.now_us)
    d.run(100_000)
    emg = d.data(0)
    assert all(b.index == a.index + a.count for a, b in itertools.pairwise(emg))  # from the ring
    assert emg[-1].t_us > last_us + 1_000_000


def test_unplugged_for_ever_never_comes_back(desk: Desk) -> None:
    d = desk(faults=parse_faults("unplug=inf@2"))
    d.start()
    d.run(3_600_000_000)
    assert not d.line.up
    with pytest.raises(LinkError):
        d.line.connect(d.now_us)


def test_times_count_from_the_first_start_on_the_device_clock(desk: Desk) -> None:
    d = desk(faults=parse_faults("reboot@10,ppm=5000"))
    d.run(7_000_000)
    d.start()
    start_us = d.now_us
    d.seconds(12.0, step_us=1000)
    hello = [f for f in d.frames if f.type == FrameType.HELLO][-1]
    (seen_at,) = [k for k, f in enumerate(d.frames) if f is hello]
    before = [f for f in d.frames[:seen_at] if f.type == FrameType.DATA][-1]
    assert before.t_us - d.data(0)[0].t_us == pytest.approx(10_000_000, abs=30_000)
    assert d.line.device.host_of_body_us(10.0) == pytest.approx(
        start_us + 10_000_000 / 1.005, abs=2.0
    )
