"""How much of everything is run, and what came of it, before any table is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.accuracy.answers import Scored
from benchmarks.accuracy.bounds import Bound
from benchmarks.accuracy.campaign import OursOutcome
from benchmarks.accuracy.sessions import LiveScore, RestCount
from benchmarks.accuracy.streams import StreamScore
from benchmarks.accuracy.tuning import PeerRow, Setting

if TYPE_CHECKING:
    from benchmarks.accuracy.scenarios import Scenario


#: Mismatched pairs, contaminated signals, everything at once.
GOAL_GROUPS = ("X", "A", "R")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything. ``oracle_only``: scenarios of which O2 is computed; empty: all.

    ``goal_trials`` are for the groups whose scenarios have a goal of their own: with 90 trials the
    largest of six bias differences had an interval of 5 ms (decision 0039). ``repetitions`` is how
    many trials share a simulated person, whose earlier repetitions were learnt.
    """

    name: str = "full"
    trials: int = 120
    goal_trials: int = 300
    repetitions: int = 20
    peer_trials: int = 60
    peer_goal_trials: int = 90
    tune_trials: int = 6
    oracle_trials: int = 60
    oracle_only: tuple[str, ...] = ()
    live_sessions: int = 2
    live_bursts: int = 14
    rest_sessions: int = 10
    rest_session_s: float = 120.0
    bridges: int = 3
    bridge_s: float = 120.0
    still_sessions: int = 6
    still_s: float = 600.0
    draws: int = 200

    def trials_of(self, scenario: Scenario) -> int:
        """Return the report trials of a scenario."""
        return self.goal_trials if scenario.group in GOAL_GROUPS else self.trials

    def persons_of(self, scenario: Scenario) -> int:
        """Return how many simulated persons these trials are shared out among."""
        return max(1, self.trials_of(scenario) // self.repetitions)

    def peer_trials_of(self, scenario: Scenario) -> int:
        """Return how many of them peers see: they take most of the time."""
        most = self.peer_goal_trials if scenario.group in GOAL_GROUPS else self.peer_trials
        return min(most, self.trials_of(scenario))


QUICK = Plan(
    "quick", 10, 12, 20, 10, 12, 1, 10, ("G1_step20_20dB", "G3_50ms_12dB", "X1"), 1, 4, 1, 30.0,
    1, 45.0, 1, 60.0, 60,
)  # fmt: skip


@dataclass(slots=True)
class Results:
    """Everything that was measured, before any table is made of it."""

    plan: Plan
    scenarios: tuple[Scenario, ...]
    scored: dict[str, dict[str, Scored]] = field(default_factory=dict[str, dict[str, Scored]])
    ours: dict[str, OursOutcome] = field(default_factory=dict[str, OursOutcome])
    settings: dict[str, Setting] = field(default_factory=dict[str, Setting])
    peers: dict[str, dict[str, PeerRow]] = field(default_factory=dict[str, dict[str, PeerRow]])
    offset_limits_ms: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    bounds: dict[str, list[Bound]] = field(default_factory=dict[str, list[Bound]])
    live: dict[str, LiveScore] = field(default_factory=dict[str, LiveScore])
    rest: dict[str, RestCount] = field(default_factory=dict[str, RestCount])
    streams: dict[str, list[StreamScore]] = field(default_factory=dict[str, list[StreamScore]])
    about: dict[str, Any] = field(default_factory=dict[str, Any])
