"""The steps of a check in their order, and what each of them can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.firmware_bridge.conformance import (
    steps_commands,
    steps_setup,
    steps_stream,
)
from firingorder.firmware_bridge.conformance.clauses import BY_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from firingorder.firmware_bridge.conformance.bench import Bench, Steps


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the check.

    Attributes
    ----------
    name
        What it does, for people.
    shows
        Clauses, or groups of them, that need it; empty for what every check needs.
    run
        Makes it happen.
    expect_s
        About how long it takes on a quick link.
    """

    name: str
    shows: tuple[str, ...]
    run: Callable[[Bench], Steps]
    expect_s: Callable[[Bench], float]

    def wanted(self, only: Sequence[str]) -> bool:
        """Return whether a check that is limited to ``only`` needs it."""
        if not only or not self.shows:
            return True
        clauses = [name for name in BY_ID if any(_names(one, name) for one in self.shows)]
        return any(_names(one, name) for one in only for name in clauses)


def _names(word: str, clause: str) -> bool:
    """Return whether a word names a clause: by its id, its group, or its section."""
    sections = BY_ID[clause].section.replace(" rule ", ".").split(", ")
    return word in (clause, clause.partition(".")[0]) or any(
        word == section or section.startswith(f"{word}.") for section in sections
    )


def named_clauses(only: Sequence[str]) -> tuple[str, ...]:
    """Return the clauses that words name; all of them without a word."""
    return tuple(name for name in BY_ID if not only or any(_names(one, name) for one in only))


def _takes(duration_s: float) -> Callable[[Bench], float]:
    return lambda _bench: duration_s


PLAN: tuple[Step, ...] = (
    Step("meeting the device", (), steps_commands.opening, _takes(0.4)),
    Step("asking for the time", ("time", "command.time_req"), steps_commands.times, _takes(0.2)),
    Step(
        "giving commands that must be refused",
        ("command", "ack"),
        steps_commands.refusals,
        _takes(0.4),
    ),
    Step(
        "repeating tokens",
        ("command.token", "command.token_cleared", "command.mark", "event"),
        steps_commands.tokens,
        _takes(1.7),
    ),
    Step(
        "sending garbage",
        ("link", "command.foreign_major", "status"),
        steps_commands.garbage,
        _takes(6.0),
    ),
    Step(
        "measuring the stream",
        (
            "data",
            "clock",
            "loss",
            "frame",
            "status",
            "stop",
            "selftest.pattern",
            "start.first",
            "start.epoch",
            "start.index",
            "command.state",
            "command.token",
            "command.sync_out",
            "command.time_req",
            "ble.notification",
            "ble.small_mtu",
        ),
        steps_stream.measurement,
        lambda bench: bench.duration_s + 2.0,
    ),
    Step("starting and stopping", ("start", "stop"), steps_stream.short_runs, _takes(4.2)),
    Step(
        "self-tests",
        ("selftest.shorted", "selftest.square", "vbus", "data.test_flag"),
        steps_stream.self_tests,
        _takes(6.5),
    ),
    Step(
        "rates and formats",
        ("command.set_rate", "command.formats", "hello"),
        steps_setup.rates,
        _takes(2.0),
    ),
    Step("gains", ("command.set_gain", "hello"), steps_setup.gains, _takes(0.1)),
    Step("lead-off sensing", ("command.leadoff",), steps_setup.leads, _takes(2.0)),
    Step("connecting again", ("ble.disconnect",), steps_setup.reconnect, _takes(0.0)),
    Step(
        "keep-alive",
        ("keepalive",),
        steps_stream.keep_alive,
        lambda bench: 11.0 if bench.slow else 0.0,
    ),
    Step("resetting", ("boot", "stream.lead"), steps_setup.reboots, _takes(3.0)),
    Step("looking at what is left", (), steps_setup.hands, _takes(0.0)),
)
