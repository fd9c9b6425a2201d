"""What is opened too late is given back, and nobody waits for it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from firingorder.errors import LinkError
from firingorder.firmware_bridge.links.slow_opening import open_slowly


def test_what_is_opened_is_returned_and_errors_are_raised() -> None:
    def fail() -> str:
        raise LinkError("not there")

    assert asyncio.run(open_slowly(lambda: "port", print)) == "port"
    with pytest.raises(LinkError, match="not there"):
        asyncio.run(open_slowly(fail, print))


@pytest.mark.parametrize("loop_ends_first", [True, False])
def test_what_opens_after_nobody_wants_it_any_more_is_given_back(*, loop_ends_first: bool) -> None:
    may_open, given_back = threading.Event(), threading.Event()
    thrown_away: list[str] = []

    def work() -> str:
        assert may_open.wait(10.0)
        return "port"

    def discard(port: str) -> None:
        thrown_away.append(port)
        given_back.set()

    async def main() -> None:
        opening = asyncio.ensure_future(open_slowly(work, discard))
        await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        if not loop_ends_first:
            may_open.set()
            await asyncio.to_thread(given_back.wait, 10.0)

    asyncio.run(main())  # ends although the work goes on
    may_open.set()
    assert given_back.wait(10.0)
    assert thrown_away == ["port"]
