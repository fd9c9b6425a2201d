"""Other makers' devices: what they are, their rate and what was lost, and nothing that is ours."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.source import SourceSpec
from firingorder.session.checking_others import look_at_other
from firingorder.simulation.link import SimLink
from firingorder.simulation.twins import make_line, twin_body
from firingorder.simulation.twins.line import parse_twin_faults

if TYPE_CHECKING:
    from firingorder.firmware_bridge.conformance.ledger import ClauseResult

SEED = 4


def look(spec: str = "", duration_s: float = 15.0) -> dict[str, ClauseResult]:
    line = make_line(
        "bitalino",
        twin_body("bitalino", "rest", seed=SEED),
        seed=SEED,
        faults=parse_twin_faults(spec),
    )

    async def run() -> dict[str, ClauseResult]:
        _, results, ended = await look_at_other(
            SimLink(line, speed=0.0),
            SourceSpec("bitalino"),
            duration_s=duration_s,
            tell=lambda _text: None,
            on_turn=lambda _done, _wanted: None,
            stop=asyncio.Event(),
        )
        assert ended is None
        return {one.clause.id: one for one in results}

    return asyncio.run(run())


def test_a_device_of_another_maker_says_what_it_is_and_keeps_its_rate() -> None:
    found = look()
    assert {one.verdict for one in found.values()} == {"passed"}
    assert "1000 Hz" in str(found["other.profile"].measured)
    assert abs(float(str(found["other.rate"].measured).split()[0]) - 1000.0) < 0.1


def test_a_clock_that_is_off_is_measured() -> None:
    found = look("ppm=400")
    assert abs(float(str(found["other.rate"].measured).split()[0]) - 1000.4) < 0.05


def test_a_short_stream_shows_no_rate() -> None:
    found = look(duration_s=3.0)
    assert found["other.rate"].verdict == "not_testable"
    assert found["other.loss"].verdict == "passed"


def test_lost_and_damaged_bytes_fail() -> None:
    found = look("drop=0.01")
    assert found["other.loss"].verdict == "failed"
    found = look("flip=1e-5")
    assert found["other.damage"].verdict == "failed"
