"""The oracles over all scenarios: one job for each muscle, whatever scenarios it is in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.accuracy.answers import OnsetAnswer, scored
from benchmarks.accuracy.bounds import Bound, bound
from benchmarks.accuracy.oracle import OracleRows, oracle_posteriors
from benchmarks.accuracy.scenarios import LAGS_MS, MuscleSpec, Scenario
from benchmarks.accuracy.trials import REPORT_SEED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.accuracy.crew import Crew
    from benchmarks.accuracy.results import Plan, Results

#: What is computed of each muscle: the limits of its onset, and of its offset with the fall known.
KINDS = ("O1", "O2", "offset")


class Limits:
    """Collects the oracles' answers by scenario and channel until both channels are there."""

    def __init__(self, out: Results) -> None:
        self._out = out
        self._halves: dict[tuple[str, str], dict[int, list[OnsetAnswer]]] = {}

    def order(self, crew: Crew) -> None:
        """Submit the jobs of all muscles."""
        plan = self._out.plan
        for muscle, places in self._muscles().items():
            crew.kept("bound", muscle, bound, muscle,
                      then=lambda one, places=places: self._take_bound(places, one))  # fmt: skip
            for kind in KINDS:
                where = [p for p in places if _wanted(plan, self._scenario(p[0]), kind)]
                if where:
                    asked = (muscle, tuple(where), plan.oracle_trials, kind, REPORT_SEED)
                    crew.kept(
                        "oracle", asked, oracle_job, muscle, where, plan.oracle_trials, kind,
                        then=lambda rows, kind=kind, where=where: self._take(kind, where, rows),
                    )  # fmt: skip

    def _muscles(self) -> dict[MuscleSpec, list[tuple[str, int]]]:
        """Where each muscle is, without what fluctuates: the oracles see the clean twins."""
        out: dict[MuscleSpec, list[tuple[str, int]]] = {}
        for scenario in self._out.scenarios:
            for channel, muscle in enumerate(scenario.muscles):
                if not muscle.motor_units and not scenario.varied:
                    plain = replace(muscle, tone_fluctuation=0.0, plateau_fluctuation=0.0)
                    out.setdefault(plain, []).append((scenario.name, channel))
        return out

    def _scenario(self, name: str) -> Scenario:
        return next(s for s in self._out.scenarios if s.name == name)

    def _take_bound(self, where: Sequence[tuple[str, int]], one: Bound) -> None:
        for name, _ in where:
            self._out.bounds.setdefault(name, []).append(one)

    def _take(self, kind: str, where: Sequence[tuple[str, int]], rows: OracleRows) -> None:
        answers = rows.answers()
        trials = self._out.plan.oracle_trials
        for k, (name, channel) in enumerate(where):
            part = answers[k * trials : (k + 1) * trials]
            if kind == "offset":
                errors = [x.error_ms for x in part]
                self._out.offset_limits_ms.setdefault(name, []).extend(errors)
                continue
            halves = self._halves.setdefault((name, kind), {})
            halves[channel] = part
            if len(halves) == 2:
                lags = [float(LAGS_MS[j % len(LAGS_MS)]) for j in range(trials)]
                both = list(zip(halves[0], halves[1], strict=True))
                found = scored(self._scenario(name), kind, both, lags)
                self._out.scored.setdefault(name, {})[kind] = found


def oracle_job(
    muscle: MuscleSpec, where: list[tuple[str, int]], trials: int, kind: str
) -> OracleRows:
    """Return the posteriors of one muscle."""
    known, backwards = kind != "O2", kind == "offset"
    return oracle_posteriors(muscle, where, trials, rise_known=known, backwards=backwards)


def _wanted(plan: Plan, scenario: Scenario, kind: str) -> bool:
    if kind != "O2":
        return True
    return scenario.limit and (not plan.oracle_only or scenario.name in plan.oracle_only)
