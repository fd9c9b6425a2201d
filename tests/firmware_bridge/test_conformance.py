"""A right device passes every clause, and each wrong one fails by exactly the clause it breaks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from firingorder.firmware_bridge.conformance.check import DeviceCheck
from firingorder.firmware_bridge.conformance.clauses import BY_ID, CLAUSES
from firingorder.firmware_bridge.conformance.plan import PLAN, named_clauses
from firingorder.firmware_bridge.conformance.wire import Splitter
from firingorder.session.checking import CheckPlan, run_check
from firingorder.simulation import sampler
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.faults import FaultPlan
from firingorder.simulation.line import FaultyLine
from firingorder.simulation.link import SimLink
from firingorder.simulation.scenarios import make_body
from tests.firmware_bridge import wrong_devices as wrong
from tests.firmware_bridge.golden_frames import COBS, RAW
from tests.firmware_bridge.wrong_devices import (
    ChangedLine,
    Tape,
    cut_short,
    device,
    drive,
    failed,
)

if TYPE_CHECKING:
    from firingorder.firmware_bridge.conformance.ledger import ClauseResult

#: What a simulated belt on a cable cannot show: its LOG, a supply, lost frames, a radio, hands.
SILENT_ABOUT = {
    "log.rate",
    "vbus.interlock",
    "loss.flag",
    "body.leads",
    "body.skew",
    *(clause.id for clause in CLAUSES if clause.id.startswith("ble.")),
}


def verdicts(results: tuple[ClauseResult, ...]) -> dict[str, str]:
    return {one.clause.id: one.verdict for one in results}


def test_the_virtual_device_passes_every_clause_that_can_be_tested() -> None:
    check, results = drive(FaultyLine(device(rate_hz=1000.0)), duration_s=12.0, slow=True)
    assert failed(results) == set(), [one.failures for one in results if one.failures]
    silent = {one.clause.id for one in results if one.verdict == "not_testable"}
    assert silent == SILENT_ABOUT
    assert all(one.reason for one in results if one.verdict == "not_testable")
    assert check.silent is None
    assert check.age is not None


def test_the_same_calls_give_the_same_verdicts() -> None:
    """A check is a function of what came and when: a transcript can be judged again."""
    tape = Tape()
    _, results = drive(FaultyLine(device()), tape=tape)
    again = DeviceCheck("cobs", duration_s=1.0)
    assert tape.play(again) == results


def test_the_link_of_a_session_drives_it_and_leaves_the_device_quiet() -> None:
    belt = device()
    checked = asyncio.run(run_check(SimLink(belt, speed=0.0), CheckPlan(1.0)))
    assert failed(checked.results) == set()
    assert checked.ended is None
    assert not belt.streams.running


#: One wrong device each, and the clauses that it fails, no more and no fewer.
WITHIN: list[tuple[type[VirtualDevice], set[str]]] = [
    (wrong.ConstantEpoch, {"start.epoch"}),
    (wrong.SameEpochAtBoot, {"boot.epoch"}),
    (wrong.SameBootId, {"boot.hello"}),
    (wrong.AnswersTwice, {"command.one_answer"}),
    (wrong.ExecutesTwice, {"command.token"}),
    (wrong.NoStatus, {"status.rate"}),
    (wrong.KeepsPartialBatch, {"stop.flush"}),
    (wrong.NeverTired, {"keepalive.stop"}),
    (wrong.IgnoresMask, {"start.mask"}),
    (wrong.CountsNoGarbage, {"link.rx_bad", "link.oversize"}),
    (wrong.CountsEmptyPackets, {"link.empty"}),
    (wrong.FastConverter, {"data.rate"}),
    (wrong.KnowsAll, {"command.unknown"}),
]


@pytest.mark.parametrize(("kind", "clauses"), WITHIN, ids=lambda one: getattr(one, "__name__", ""))
def test_a_wrong_device_fails_by_its_clause(kind: type[VirtualDevice], clauses: set[str]) -> None:
    slow = kind is wrong.NeverTired
    _, results = drive(FaultyLine(device(kind)), slow=slow)
    assert failed(results) == clauses, [one for one in results if one.verdict == "failed"]


ON_THE_LINE: list[tuple[Any, set[str]]] = [
    (wrong.big_endian_crc, {"frame.crc"}),
    (wrong.reserved_flag, {"frame.flags"}),
    (wrong.index_from_1000, {"start.index"}),
    (wrong.wrong_t1, {"time.echo"}),
    (wrong.idle_while_streaming, {"status.state"}),
    (wrong.unannounced_stream, {"data.stream", "start.mask"}),
    (wrong.dirty_header, {"frame.reserved"}),
    (wrong.long_mount, {"hello.streams"}),
    (wrong.SeqSkipsAcks(), {"frame.seq"}),
    (wrong.SpoilsOneSample(), {"selftest.pattern"}),
    (wrong.LosesFrames(told=False), {"loss.frames"}),
    (wrong.LosesFrames(told=True), {"loss.flag"}),
    (wrong.WanderingEpoch(), {"start.epoch"}),
    (wrong.Talkative(20, 6), {"log.rate"}),
    (wrong.Talkative(230, 1), {"frame.size"}),
]


@pytest.mark.parametrize(
    ("change", "clauses"),
    ON_THE_LINE,
    ids=lambda one: getattr(one, "__name__", type(one).__name__),
)
def test_wrong_bytes_fail_by_their_clause(change: Any, clauses: set[str]) -> None:
    _, results = drive(ChangedLine(device(), change))
    assert failed(results) == clauses, [one for one in results if one.verdict == "failed"]


@pytest.mark.parametrize("ppm", [-500.0, 500.0])
def test_a_clock_that_drifts_fails_by_the_drift_alone(ppm: float) -> None:
    line = FaultyLine(device(faults=FaultPlan(ppm=ppm)))
    _, results = drive(line, duration_s=12.0)
    assert failed(results) == {"clock.drift"}
    (drift,) = [one for one in results if one.clause.id == "clock.drift"]
    assert float(str(drift.measured).split()[0]) == pytest.approx(ppm, abs=5.0)


def test_a_crystal_that_drifts_as_crystals_do_passes() -> None:
    line = FaultyLine(device(faults=FaultPlan(ppm=-40.0)))
    _, results = drive(line, duration_s=12.0)
    assert verdicts(results)["clock.drift"] == "passed"


def test_frames_that_are_too_long_are_told_from_all_else() -> None:
    belt = device(wrong.LongBatches, emg_batch=12)
    _, results = drive(FaultyLine(belt))
    assert failed(results) == {"frame.size", "hello.streams"}


def test_a_supply_is_judged_where_there_is_one() -> None:
    _, results = drive(FaultyLine(device(vbus=True)))
    assert failed(results) == set()
    assert verdicts(results)["vbus.interlock"] == "passed"
    _, results = drive(FaultyLine(device(wrong.IgnoresVbus, vbus=True)))
    assert failed(results) == {"vbus.interlock"}


def test_a_reset_that_nobody_asked_for_is_seen() -> None:
    line = FaultyLine(device(faults=FaultPlan(reboots_s=(0.9,))))
    _, results = drive(line, duration_s=2.0)
    assert "boot.stable" in failed(results)


@pytest.mark.parametrize(
    ("name", "value", "clause"),
    [
        ("SHORTED_UV_RMS", 5.0, "selftest.shorted"),
        ("SQUARE_UV", 1100.0, "selftest.square"),
        ("SQUARE_CHANNEL_DELAY", -1.0 / 7.0, None),
    ],
)
def test_self_tests_that_measure_wrong_fail(
    monkeypatch: pytest.MonkeyPatch, name: str, value: float, clause: str | None
) -> None:
    monkeypatch.setattr(sampler, name, value)
    _, results = drive(FaultyLine(device()))
    assert failed(results) == ({clause} if clause else set())


def test_swapped_channels_fail_by_their_order() -> None:
    _, results = drive(ChangedLine(device(), wrong.swaps_two_channels))
    assert failed(results) == {"selftest.square", "selftest.pattern"}


def test_a_device_that_does_not_answer_ends_the_check() -> None:
    check, results = drive(FaultyLine(device(wrong.Deaf)))
    assert check.silent is not None
    assert failed(results) == {"command.one_answer"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_line_that_loses_frames_fails_by_the_loss_alone(seed: int) -> None:
    """Lost answers are asked for again; what is missing is not held against the device."""
    belt = VirtualDevice(make_body("rest", seed=seed), seed=seed, faults=FaultPlan(drop=0.01))
    check, results = drive(FaultyLine(belt))
    assert check.silent is None
    assert failed(results) == {"loss.frames"}


def test_a_check_that_is_cut_short_leaves_the_device_as_it_was() -> None:
    belt = device()
    line = FaultyLine(belt)
    descriptors = belt.streams.descriptors()
    check = DeviceCheck("cobs", duration_s=1.0)
    t_ns = cut_short(line, check, lambda: belt.streams.descriptors() != descriptors)
    assert belt.streams.descriptors() != descriptors
    for data in check.farewell(t_ns):
        line.write(data, t_ns // 1000)
    assert belt.streams.descriptors() == descriptors
    assert belt.streams.selftest == 0
    assert not belt.streams.running


def test_every_failure_names_bytes_or_numbers_and_says_what_to_do() -> None:
    _, results = drive(ChangedLine(device(), wrong.reserved_flag))
    (one,) = [one for one in results if one.verdict == "failed"]
    assert one.failures[0].data[-4:] != b""
    assert "bit 7" in one.failures[0].words
    assert one.clause.advice
    assert one.failed == one.seen > len(one.failures)


def test_each_golden_frame_is_right_by_the_bytes_alone() -> None:
    splitter = Splitter("cobs")
    for name, raw in RAW.items():
        (packet,) = splitter.feed(COBS[name], 0)
        assert packet.faults == (), name
        assert packet.frame is not None
        assert packet.frame.payload == raw[20:-4]


@pytest.mark.parametrize(
    ("wire", "clause"),
    [
        (b"\x05\x01\x00", "stream.cobs"),  # the run leaves the packet
        (b"\x02\x01" * 11 + b"\x00", "frame.size"),  # 21 bytes
        (b"\x01" * 30 + b"\x00", "frame.crc"),
    ],
)
def test_packets_that_are_none_name_their_clause(wire: bytes, clause: str) -> None:
    (packet,) = Splitter("cobs").feed(wire, 0)
    assert [fault.clause for fault in packet.faults] == [clause]


def test_every_clause_can_be_named_and_every_step_shows_some() -> None:
    for clause in CLAUSES:
        assert named_clauses([clause.id]) == (clause.id,)
    assert set(named_clauses(["selftest"])) == {one for one in BY_ID if one.startswith("selftest")}
    assert "link.oversize" in named_clauses(["3"])
    assert named_clauses(["30"]) == ()
    for step in PLAN:
        for shown in step.shows:
            assert named_clauses([shown]), f"{step.name}: {shown}"
    assert len(BY_ID) == len(CLAUSES)
