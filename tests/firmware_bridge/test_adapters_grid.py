"""Counters that wrap, gaps that only arrivals tell, clocks that are far off, links that return."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firingorder.samples import EmgChunk, Gap
from tests.firmware_bridge.adapter_wire import (
    START_NS,
    WIRES,
    Arrival,
    Wire,
    arrivals,
    check_accounts,
    feed,
    heard,
    jitter,
)

CLOCK_S = 35.0
ALL = pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
WITH_256 = pytest.mark.parametrize(
    "wire", [WIRES["cyton"], WIRES["chords"]], ids=["cyton", "chords"]
)


@ALL
def test_every_sample_has_its_place_over_many_wraps(wire: Wire) -> None:
    receiver, n = wire.receiver(), 4000
    items = feed(receiver, arrivals(wire, range(n), delay_s=jitter(3, 0.002)))
    found = heard(wire, items)
    assert len(found.index) >= n - 4  # the last packets wait for a successor
    assert np.all(found.shift == 0)
    assert found.gaps == []
    check_accounts(receiver, items)


@WITH_256
@pytest.mark.parametrize("lost", [1, 255, 257, 2000])
@pytest.mark.parametrize("mean_s", [0.001, 0.025], ids=["usb", "bluetooth"])
def test_a_gap_longer_than_the_counter_is_told_by_arrivals(
    wire: Wire, lost: int, mean_s: float
) -> None:
    receiver = wire.receiver()
    at = round(15 * wire.rate_hz)
    sent = [*range(at), *range(at + lost, at + lost + 1000)]
    items = feed(receiver, arrivals(wire, sent, delay_s=jitter(lost, mean_s)))
    found = heard(wire, items)
    assert [(gap.kind, gap.samples, gap.uncertain) for gap in found.gaps] == [("loss", lost, False)]
    assert np.all(found.shift == 0)
    check_accounts(receiver, items)


def test_a_gap_of_whole_rounds_is_noticed_by_arrivals_alone() -> None:
    """Nothing on the wire tells of 256 lost packets; arrivals that stay away for seconds do."""
    wire = WIRES["cyton"]
    receiver, at = wire.receiver(), 15 * 250
    sent = [*range(at), *range(at + 256, at + 256 + 2500)]
    items = feed(receiver, arrivals(wire, sent, delay_s=jitter(4, 0.002)))
    found = heard(wire, items)
    (gap,) = found.gaps
    assert (gap.samples, gap.uncertain) == (256, True)
    assert found.shift[-1] == 0
    assert 2.0 <= gap.end_s - (at + 256) / 250 <= 4.5  # the seconds in which it might be a stall
    assert receiver.stats.streams["emg"].time_disagreements == 1
    check_accounts(receiver, items)


@pytest.mark.parametrize("lost", [1, 15])
def test_short_gaps_of_a_small_counter_are_sure(lost: int) -> None:
    wire = WIRES["bitalino"]
    receiver = wire.receiver()
    sent = [*range(15000), *range(15000 + lost, 18000)]
    found = heard(wire, feed(receiver, arrivals(wire, sent, delay_s=jitter(lost, 0.0005))))
    assert [(gap.samples, gap.uncertain) for gap in found.gaps] == [(lost, False)]
    assert np.all(found.shift == 0)


@pytest.mark.parametrize("lost", [17, 250])
def test_long_gaps_of_a_small_counter_are_called_estimates(lost: int) -> None:
    wire = WIRES["bitalino"]
    receiver = wire.receiver()
    sent = [*range(15000), *range(15000 + lost, 18000)]
    found = heard(wire, feed(receiver, arrivals(wire, sent, delay_s=jitter(lost, 0.0005))))
    assert [(gap.samples, gap.uncertain) for gap in found.gaps] == [(lost, True)]
    assert np.all(found.shift == 0)


def test_late_bursts_do_not_lengthen_the_gaps_of_a_small_counter() -> None:
    """Reads every 30 ms hide two rounds of the counter, yet a single lost frame stays one."""
    wire = WIRES["bitalino"]
    receiver = wire.receiver()
    sent = [k for k in range(30000) if k % 997 != 996 or k < 15000]
    reads = arrivals(wire, sent, burst_s=0.03, delay_s=jitter(9, 0.010))
    found = heard(wire, feed(receiver, reads))
    after = found.index > 15000
    wrong = np.mean(found.shift[after] != 0)
    print(f"{wrong:.3f} of the samples are misplaced, gaps {[gap.samples for gap in found.gaps]}")
    assert {gap.samples for gap in found.gaps} == {1}
    assert wrong == 0.0


@WITH_256
def test_a_gap_inside_a_backlog_is_no_longer_than_its_counter_says(wire: Wire) -> None:
    """After a stall everything comes at once: late arrivals must not look like lost rounds."""
    receiver, n = wire.receiver(), round(20 * wire.rate_hz)
    begin, end = round(15.0 * wire.rate_hz), round(17.5 * wire.rate_hz)
    hole = begin + 20
    sent = [k for k in range(n) if k not in (hole, hole + 200)]

    def stall(at_s: float) -> float:
        return max(0.0, 17.5 - at_s) if at_s >= 15.0 else 0.0

    reads = arrivals(wire, sent, delay_s=stall)
    assert sum(read.t_ns == START_NS + 17_500_000_000 for read in reads) > (end - begin) / 10
    found = heard(wire, feed(receiver, reads))
    assert [gap.samples for gap in found.gaps] == [1, 1]
    assert np.all(found.shift == 0)


@WITH_256
def test_a_repeated_packet_is_a_copy_and_not_a_round_of_losses(wire: Wire) -> None:
    receiver = wire.receiver()
    reads = arrivals(wire, range(5000))
    twice = [read for read in reads for _ in range(1 + (read is reads[1000]))]
    items = feed(receiver, twice)
    found = heard(wire, items)
    assert found.gaps == []
    assert np.all(found.shift == 0)
    assert np.all(np.diff(found.index) == 1)
    assert receiver.stats.duplicates > 0
    check_accounts(receiver, items)


@ALL
@pytest.mark.parametrize("away_s", [0.9, 30.0])
def test_an_outage_has_the_length_that_the_clock_tells(wire: Wire, away_s: float) -> None:
    """The device was started anew: its counter tells nothing."""
    receiver, n = wire.receiver(), round(20 * wire.rate_hz)
    items = feed(receiver, arrivals(wire, range(n), delay_s=jitter(1, 0.002), ppm=300.0))
    away = round(away_s * wire.rate_hz)
    back_ns = START_NS + round(1e9 * (n + away) / wire.rate_hz / (1.0 + 300e-6))
    receiver.lost(back_ns)
    items += wire.begin(receiver, back_ns)
    again = arrivals(wire, range(2000), delay_s=jitter(2, 0.002), ppm=300.0, start_ns=back_ns)
    items += feed(receiver, again)
    (gap,) = heard(wire, items).gaps
    print(f"{gap.samples - away} samples beside the truth")
    assert (gap.kind, gap.uncertain) == ("outage", True)
    assert abs(gap.samples - away) <= 0.008 * wire.rate_hz
    check_accounts(receiver, items)


@ALL
@pytest.mark.parametrize("ppm", [-4900.0, 4900.0])
def test_a_clock_near_the_limit_is_followed_and_no_loss(wire: Wire, ppm: float) -> None:
    receiver = wire.receiver()
    reads = arrivals(wire, range(round(CLOCK_S * wire.rate_hz)), delay_s=jitter(6, 0.002), ppm=ppm)
    items = feed(receiver, reads)
    stream = receiver.stats.streams["emg"]
    error_ppm = 1e6 * (stream.rate_measured_hz / wire.rate_hz - 1.0) - ppm
    print(f"rate wrong by {error_ppm:.1f} ppm")
    assert heard(wire, items).gaps == []
    assert stream.time_disagreements == 0
    assert abs(error_ppm) < 30.0
    newest = reads[-1]
    now_s = receiver.now_s(newest.t_ns)
    assert now_s is not None
    assert abs(now_s - CLOCK_S) < 0.015


def test_a_host_that_was_asleep_loses_what_the_device_sent_meanwhile() -> None:
    """Whether its clock went on or not: the time of the samples stays that of the device."""
    wire = WIRES["cyton"]
    receiver, at, asleep = wire.receiver(), 20 * 250, 40 * 250 + 3
    sent = [*range(at), *range(at + asleep, at + asleep + 2500)]
    items = feed(receiver, arrivals(wire, sent, delay_s=jitter(4, 0.002)))
    found = heard(wire, items)
    assert [gap.samples for gap in found.gaps] == [asleep]
    assert np.all(found.shift == 0)
    check_accounts(receiver, items)


@st.composite
def troubles(draw: st.DrawFn) -> tuple[Wire, list[Arrival], list[int]]:
    """A stream with losses, lost bytes, flips, and cuts of its reads."""
    wire = draw(st.sampled_from(list(WIRES.values())))
    n = draw(st.integers(50, 500))
    lost = draw(st.sets(st.integers(0, n - 1), max_size=12))
    for begin in draw(st.lists(st.integers(0, n - 1), max_size=2)):
        lost |= set(range(begin, begin + draw(st.integers(1, 400))))
    sent = [k for k in range(n) if k not in lost]
    reads = arrivals(
        wire, sent, burst_s=draw(st.sampled_from([0.004, 0.02, 0.3])), delay_s=jitter(n, 0.003)
    )
    spoilt = [bytearray(read.data) for read in reads]
    for _ in range(draw(st.integers(0, 6))):
        if not spoilt:
            break
        data = spoilt[draw(st.integers(0, len(spoilt) - 1))]
        if data:
            at = draw(st.integers(0, len(data) - 1))
            if draw(st.booleans()):
                del data[at]
            else:
                data[at] ^= 1 << draw(st.integers(0, 7))
    cuts = draw(st.lists(st.integers(0, 60), min_size=1, max_size=8))
    whole = [Arrival(bytes(b), read.t_ns) for b, read in zip(spoilt, reads, strict=True)]
    return wire, whole, cuts


def _cut(reads: list[Arrival], cuts: list[int]) -> list[Arrival]:
    """Cut reads into pieces with the same arrival times."""
    out: list[Arrival] = []
    for k, read in enumerate(reads):
        at = 0
        while at < len(read.data):
            size = 1 + cuts[(k + at) % len(cuts)]
            out.append(Arrival(read.data[at : at + size], read.t_ns))
            at += size
    return out


@settings(max_examples=50, deadline=None)
@given(troubles())
def test_accounts_are_whole_and_cuts_do_not_matter(
    trouble: tuple[Wire, list[Arrival], list[int]],
) -> None:
    wire, reads, cuts = trouble
    whole, pieces, again = wire.receiver(), wire.receiver(), wire.receiver()
    end = Arrival(b"", START_NS + 10_000_000_000)  # lets go of what is held
    first = feed(whole, [*reads, end])
    second = feed(pieces, [*_cut(reads, cuts), end])
    third = feed(again, [*reads, end])
    check_accounts(whole, first)
    check_accounts(pieces, second)
    a, b, c = heard(wire, first), heard(wire, second), heard(wire, third)
    assert np.array_equal(a.index, b.index)
    assert np.array_equal(a.number, b.number)
    assert a.gaps == b.gaps
    assert np.array_equal(a.number, c.number)
    assert a.gaps == c.gaps


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_accounts_are_whole_over_reconnects(data: st.DataObject) -> None:
    wire = data.draw(st.sampled_from(list(WIRES.values())))
    receiver, t_ns = wire.receiver(), START_NS
    items = []
    for _ in range(data.draw(st.integers(1, 4))):
        n = data.draw(st.integers(0, 800))
        reads = arrivals(wire, range(n), start_ns=t_ns)
        items += feed(receiver, reads)
        t_ns = (reads[-1].t_ns if reads else t_ns) + data.draw(st.integers(0, 5_000_000_000))
        items += wire.begin(receiver, t_ns)
    items += receiver.feed(b"", t_ns + 1_000_000_000)
    check_accounts(receiver, items)
    places = [item.index0 for item in items if isinstance(item, EmgChunk | Gap)]
    assert places == sorted(places)
