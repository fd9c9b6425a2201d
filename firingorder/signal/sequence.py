"""The order of more than two muscles, with ties: who surely began before whom, and who is open.

Two muscles are ordered by the interval of their lead alone, as a pair is; a median never orders.
Such claims need not fit together to a ranking, so they are shown as groups: all of a group before
all of the next. The probability of the shown order is the joint one, computed on the grid of the
posteriors from independent onsets.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import (
    PairVerdict,
    SequenceFinding,
    SequenceGroup,
    SequenceRank,
    SequenceRelation,
)
from firingorder.montage import NAMES
from firingorder.signal.order import SIDES, cumulative_at, lead, minimum, pair_verdict
from firingorder.signal.posterior import OnsetPosterior
from firingorder.signal.whitening import running_sum

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from firingorder.findings import SequenceScope, Sides, UnclearReason
    from firingorder.samples import FloatArray
    from firingorder.signal.order import ChannelEvidence, OrderParams

#: Probability at either end of a posterior that is left out: far below the sixth digit written.
_NEGLIGIBLE = 1e-9

Claims = dict[tuple[str, str], PairVerdict]
"""Verdict of each two names, the first of them being a."""


_MIRRORED: dict[PairVerdict, PairVerdict] = {
    "a_first": "b_first",
    "together": "together",
    "b_first": "a_first",
    "unclear": "unclear",
}


@dataclass(frozen=True, slots=True)
class OnsetGrid:
    """Onsets of several muscles on one grid of cells.

    ``p`` is ``(n_muscles, n_cells)``; ``below``, ``(n_muscles, n_cells + 1)``, the cumulative
    probability at the edges of the cells, and ``middle`` that at their centres.
    """

    p: FloatArray
    below: FloatArray

    @property
    def middle(self) -> FloatArray:
        """Cumulative probability at the centres of the cells."""
        return 0.5 * (self.below[:, 1:] + self.below[:, :-1])


def repetition_sequences(
    evidence: Mapping[str, ChannelEvidence],
    margin_ms: float,
    *,
    sides: Sides,
    params: OrderParams,
    known: Claims | None = None,
) -> tuple[SequenceFinding, ...]:
    """Return the orders of one repetition: of all channels, of each side, and left with right.

    Scopes with fewer than two usable muscles are left out, so are those that repeat another.
    ``sides`` are those the verdict rests on: with one, nothing is pooled. ``known`` are the
    verdicts of pairs that were judged before; each two muscles are judged once.
    """
    names = sorted(evidence, key=_canonical)
    usable = {
        name: _core(posterior)
        for name in names
        if (posterior := evidence[name].posterior) is not None and not evidence[name].gates
    }
    lost: dict[str, UnclearReason] = {
        name: _why(evidence[name]) for name in names if name not in usable
    }
    claims = pair_claims(usable, margin_ms, known)
    found = [sequence("all", usable, claims, lost, params)]
    by_side = {side: [n for n in names if n.endswith(f"_{side}")] for side in SIDES}
    if all(by_side.values()):
        for side in SIDES:
            there = {n: p for n, p in usable.items() if n in by_side[side]}
            missing: dict[str, UnclearReason] = {n: lost[n] for n in by_side[side] if n in lost}
            found.append(sequence(side, there, claims, missing, params))
        if sides == "both":
            found.append(_pooled(names, usable, claims, lost, margin_ms, params))
    return tuple(one for one in found if len(one.ranks) > 1)


def pair_claims(
    posteriors: Mapping[str, OnsetPosterior], margin_ms: float, known: Claims | None = None
) -> Claims:
    """Return the verdict of each two of the posteriors, if not ``known`` by their lead."""
    before = known or {}
    claims: Claims = {}
    for a, b in combinations(posteriors, 2):
        if (a, b) in before or (b, a) in before:
            claims[a, b] = before[a, b] if (a, b) in before else _MIRRORED[before[b, a]]
            continue
        between = lead(posteriors[a], posteriors[b])
        claims[a, b] = pair_verdict(between.low_ms, between.high_ms, margin_ms)[0]
    return claims


def sequence(
    scope: SequenceScope,
    posteriors: Mapping[str, OnsetPosterior],
    claims: Claims,
    left_out: dict[str, UnclearReason],
    params: OrderParams,
) -> SequenceFinding:
    """Return the order of some muscles from their posteriors and the claims about each two.

    The groups are the finest ones in which every muscle of a group is claimed to be before every
    muscle of all later groups. Groups are joined, at the boundary that costs least, until the
    order as a whole has ``params.sequence_level``: pairs hold one by one, an order all at once.
    """
    names = tuple(posteriors)
    if not names:
        return SequenceFinding(scope, (), 1.0, (), (), left_out)
    grid = common_grid([posteriors[name] for name in names])
    before = frozenset(
        pair for a, b in combinations(names, 2) for pair in _before(a, b, claims[a, b])
    )
    groups: list[list[int]] = [
        [names.index(n) for n in group] for group in _ordered_groups(names, before)
    ]
    p_order = joint_probability(grid, groups)
    while p_order < params.sequence_level and len(groups) > 1:
        joined: list[list[list[int]]] = [
            [*groups[:k], sorted(groups[k] + groups[k + 1]), *groups[k + 2 :]]
            for k in range(len(groups) - 1)
        ]
        chances = [joint_probability(grid, one) for one in joined]
        best = int(np.argmax(chances))
        groups, p_order = joined[best], chances[best]
    chance = rank_probabilities(grid)
    return SequenceFinding(
        scope=scope,
        groups=tuple(_group(tuple(names[i] for i in one), claims) for one in groups),
        p_order=p_order,
        ranks=tuple(_rank(names[i], chance[i]) for one in groups for i in one),
        before=tuple(sorted(before, key=lambda pair: (_canonical(pair[0]), _canonical(pair[1])))),
        left_out=left_out,
    )


def common_grid(posteriors: Sequence[OnsetPosterior]) -> OnsetGrid:
    """Return the posteriors on one grid that spans them all, each spread evenly in its cells."""
    step = posteriors[0].step_s
    first = min(one.t0_s for one in posteriors)
    last = max(one.t0_s + len(one.p) * step for one in posteriors)
    count = int(np.ceil((last - first) / step - 1e-6))
    edges = (np.arange(count + 1, dtype=np.float64) - 0.5) * step
    below = np.array([cumulative_at(one, edges + (first - one.t0_s)) for one in posteriors])
    return OnsetGrid(np.diff(below, axis=1), below)


def rank_probabilities(grid: OnsetGrid) -> FloatArray:
    """Return ``(n_muscles, n_muscles)``: row i, column k is P(k others started before i).

    Given the time of i, the others are before it independently of each other, so their count
    follows a Poisson binomial distribution; it is then averaged over the time of i.
    """
    m, n = grid.p.shape
    middle = grid.middle
    out = np.zeros((m, m))
    for i in range(m):
        count = np.zeros((m, n))
        count[0] = 1.0
        for j in range(m):
            if j != i:
                count[1:] = count[1:] * (1.0 - middle[j]) + count[:-1] * middle[j]
                count[0] *= 1.0 - middle[j]
        out[i] = count @ grid.p[i]
    return out / np.sum(out, axis=1, keepdims=True)


def joint_probability(grid: OnsetGrid, groups: Sequence[Sequence[int]]) -> float:
    """Return the probability that every onset of a group precedes all of the groups after it.

    H_k(t) = P(groups 1..k in order, all before t) is built group by group:
    H_k(t) = int_{s<t} prod_{i in k} [F_i(t) - F_i(s)] dH_{k-1}(s), the product multiplied out so
    that each term is a running sum. Onsets in one cell are before each other with one half.
    """
    if len(groups) < 2:
        return 1.0
    middle = grid.middle
    so_far = np.prod(grid.below[list(groups[0])], axis=0)
    for group in groups[1:-1]:
        gained = np.diff(so_far)
        total = np.zeros_like(so_far)
        for size in range(len(group) + 1):
            for at_start in combinations(group, size):
                rest = [i for i in group if i not in at_start]
                inner = running_sum(gained * np.prod(middle[list(at_start)], axis=0))
                total += (-1.0) ** size * np.prod(grid.below[rest], axis=0) * inner
        so_far = np.maximum(total, 0.0)
    last = np.prod(1.0 - middle[list(groups[-1])], axis=0)  # for t without end all F_i(t) are 1
    return min(float(np.diff(so_far) @ last), 1.0)


def _pooled(
    names: list[str],
    usable: dict[str, OnsetPosterior],
    claims: Claims,
    lost: dict[str, UnclearReason],
    margin_ms: float,
    params: OrderParams,
) -> SequenceFinding:
    """Left and right as one: a muscle enters when both of its sides are usable."""
    muscles = tuple(dict.fromkeys(name.rpartition("_")[0] for name in names))
    there: dict[str, OnsetPosterior] = {}
    missing: dict[str, UnclearReason] = {}
    for muscle in muscles:
        left, right = (f"{muscle}_{side}" for side in SIDES)
        if left in usable and right in usable:
            there[muscle] = minimum(usable[left], usable[right])
        else:
            missing[muscle] = lost.get(left) or lost.get(right) or "channel_missing"
    pooled = pair_claims(there, margin_ms)
    for a, b in pooled:
        says = {claims[f"{a}_{side}", f"{b}_{side}"] for side in SIDES}
        if {"a_first", "b_first"} <= says:  # sides_differ, as for the verdict of a repetition
            pooled[a, b] = "unclear"
    return sequence("pooled", there, pooled, missing, params)


@lru_cache(maxsize=32)
def _core(posterior: OnsetPosterior) -> OnsetPosterior:
    """Leave out the ends of the grid that hold next to nothing: a tenth of the work remains."""
    cumulative = running_sum(posterior.p)[1:]
    first = int(np.count_nonzero(cumulative < _NEGLIGIBLE))
    stop = len(cumulative) - int(np.count_nonzero(cumulative > cumulative[-1] - _NEGLIGIBLE)) + 1
    if stop - first < 2:
        return posterior
    p = posterior.p[first:stop]
    t0_s = posterior.t0_s + first * posterior.step_s
    return OnsetPosterior(t0_s, posterior.step_s, p / np.sum(p), posterior.log_bayes)


def _before(a: str, b: str, verdict: PairVerdict) -> tuple[tuple[str, str], ...]:
    if verdict == "a_first":
        return ((a, b),)
    return ((b, a),) if verdict == "b_first" else ()


def _ordered_groups(
    names: tuple[str, ...], before: frozenset[tuple[str, str]]
) -> list[tuple[str, ...]]:
    """Return the finest groups with every claim across them, from first to last.

    The strongly connected parts of "not claimed to be before": of each two muscles at least one
    way is not claimed, so these parts stand in one line.
    """
    reach = {
        a: {b for b in names if b == a or (b, a) not in before} for a in names
    }  # b may follow a
    for via in names:  # transitive closure
        for a in names:
            if via in reach[a]:
                reach[a] = reach[a] | reach[via]
    parts = {tuple(b for b in names if b in reach[a] and a in reach[b]) for a in names}
    return sorted(parts, key=lambda part: -len(reach[part[0]]))


def _group(names: tuple[str, ...], claims: Claims) -> SequenceGroup:
    relation: SequenceRelation = "single"
    if len(names) > 1:
        near = all(claims[pair] == "together" for pair in combinations(names, 2))
        relation = "together" if near else "open"
    return SequenceGroup(names, relation)


def _rank(name: str, chance: FloatArray) -> SequenceRank:
    expected = 1.0 + float(chance @ np.arange(len(chance)))
    return SequenceRank(name, tuple(float(c) for c in chance), float(chance[0]), expected)


def _canonical(name: str) -> tuple[int, str]:
    """Sort names as the montage lists them, so that the order of channels changes nothing."""
    full = name if name in NAMES else f"{name}_left"
    return (NAMES.index(full) if full in NAMES else len(NAMES)), name


def _why(evidence: ChannelEvidence) -> UnclearReason:
    return evidence.gates[0] if evidence.gates else "no_onset"
