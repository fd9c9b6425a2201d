"""The loop of virtual time: it jumps, keeps the order of timers, and says when a run hangs."""

from __future__ import annotations

import asyncio

import pytest

from tests.firmware_bridge.virtual_time import START_S, Stuck, run_virtual, virtual_ns


def test_time_passes_by_timers_alone() -> None:
    async def run() -> list[tuple[str, float]]:
        seen: list[tuple[str, float]] = []

        async def each(name: str, delays_s: list[float]) -> None:
            for delay_s in delays_s:
                await asyncio.sleep(delay_s)
                seen.append((name, virtual_ns() / 1e9 - START_S))

        await asyncio.gather(each("a", [600.0, 0.5]), each("b", [599.0, 1.25]))
        return seen

    assert run_virtual(run()) == [("b", 599.0), ("a", 600.0), ("b", 600.25), ("a", 600.5)]


def test_timeouts_are_those_of_the_loop() -> None:
    async def run() -> int:
        before_ns = virtual_ns()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3.0):
                await asyncio.Event().wait()
        return virtual_ns() - before_ns

    assert run_virtual(run()) == 3_000_000_000


def test_a_run_that_waits_for_nothing_is_stuck() -> None:
    async def forever() -> None:
        while True:
            await asyncio.sleep(60.0)

    with pytest.raises(Stuck, match="no timer"):
        run_virtual(asyncio.Event().wait())
    with pytest.raises(Stuck, match="longer than"):
        run_virtual(forever())


def test_an_error_that_nobody_saw_fails_the_run() -> None:
    async def run() -> None:
        def broken() -> None:
            raise ZeroDivisionError

        asyncio.get_running_loop().call_soon(broken)
        await asyncio.sleep(1.0)

    with pytest.raises(ZeroDivisionError):
        run_virtual(run())
