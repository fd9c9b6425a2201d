"""The link that tries several ways: a pty with a wrong device must not hide a belt elsewhere."""

from __future__ import annotations

import asyncio

import pytest

from firingorder.errors import LinkError, LinkLostError
from firingorder.firmware_bridge.links.any_link import AnyLink
from firingorder.firmware_bridge.links.serial import SerialLink
from firingorder.firmware_bridge.links.tcp import TcpLink
from tests.firmware_bridge.terminal import Terminal

NOBODY = 1
"""A port of this machine that nothing listens on (TCP port service multiplexer, long gone)."""


def test_the_first_that_opens_is_taken_and_the_others_are_next_until_it_is_kept() -> None:
    first, second = Terminal(), Terminal()
    link = AnyLink(TcpLink("127.0.0.1", NOBODY), SerialLink(first.name), SerialLink(second.name))

    async def run() -> list[str]:
        seen: list[str] = []
        for _ in range(3):
            await link.open()
            seen.append(link.description)
            await link.close()
        await link.open()
        link.keep()
        for _ in range(2):
            await link.open()
            seen.append(link.description)
        await link.close()
        return seen

    try:
        seen = asyncio.run(run())
    finally:
        first.hang_up()
        second.hang_up()
    assert seen[:3] == [first.name, second.name, first.name]
    assert seen[3:] == [second.name, second.name]


def test_when_none_opens_every_reason_is_told() -> None:
    link = AnyLink(TcpLink("127.0.0.1", NOBODY), SerialLink("/dev/no-such-port"))
    with pytest.raises(LinkError, match=r"127\.0\.0\.1.*no-such-port"):
        asyncio.run(link.open())


def test_a_closed_one_says_so() -> None:
    link = AnyLink(SerialLink("/dev/no-such-port"))
    with pytest.raises(LinkLostError, match="not open"):
        asyncio.run(link.write(b"x"))
    with pytest.raises(ValueError, match="no links"):
        AnyLink()
