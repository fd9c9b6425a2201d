"""The channel that answers is the one that was asked for, or it is known which one did.

One muscle is asked for at a time ("squeeze your left glute"). Neighbours and the other side help a
little, and channels differ in how loud they are, so a channel is compared with itself: it belongs
to the request in which it was loudest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.calibration.reasons import Reason, refused_columns, refuses_step
from firingorder.calibration.take import FaultParams, channel_faults, loudest_uv2
from firingorder.montage import SIDES

if TYPE_CHECKING:
    from firingorder.calibration.rest import RestResult
    from firingorder.calibration.take import Take
    from firingorder.samples import FloatArray


@dataclass(frozen=True, slots=True)
class Request:
    """One thing a person is asked to do. ``key``: what is said; ``muscles``: who should answer.

    Lifting the back is asked for once: both sides answer, and cannot be told apart by it.
    """

    key: str
    muscles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MontageParams:
    """When a channel has answered; proposals.

    Attributes
    ----------
    best_s
        The loudest part of the request that counts.
    least_db
        Over the rest, for an answer. Half a second of noise varies by 0.5 dB, so the loudest of
        a request lies some 1 dB above the mean.
    ahead_db
        A channel is ahead in one request by this much over every other one. In power; a side that
        helps with 70 % of the amplitude is still told apart.
    """

    best_s: float = 0.5
    least_db: float = 6.0
    ahead_db: float = 3.0
    faults: FaultParams = field(default_factory=FaultParams)


@dataclass(frozen=True, slots=True)
class Answer:
    """What every column did in one request: net power, NaN unknown, 0 below the limit."""

    net_uv2: FloatArray
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class MontageResult:
    """What the requests say about the names of the channels.

    Attributes
    ----------
    repair
        New names of the columns, in order, where a permutation explains what was seen; else None.
    confirmed
        Columns that answered as their name says.
    reasons
        What does not fit, empty when every channel that was asked for answered.
    """

    repair: tuple[str, ...] | None
    confirmed: tuple[int, ...]
    reasons: tuple[Reason, ...]


def requests(channels: tuple[str, ...]) -> tuple[Request, ...]:
    """Return what to ask for, so that every muscle worn is asked for once."""
    out: list[Request] = []
    for key, muscle in (
        ("squeeze_glute", "gluteus_maximus"),
        ("bend_knee", "hamstring"),
        ("push_knee_out", "gluteus_medius"),
    ):
        names = [f"{muscle}_{side}" for side in SIDES]
        out += [Request(f"{key}_{name.rpartition('_')[2]}", (name,)) for name in names
                if name in channels]  # fmt: skip
    back = tuple(name for name in channels if name.startswith("erector_spinae_"))
    return (*out, Request("lift_back", back)) if back else tuple(out)


def measure_answer(take: Take, rest: RestResult, params: MontageParams | None = None) -> Answer:
    """Return how the channels answered. A request that nobody answered is refused."""
    p = params or MontageParams()
    reasons = channel_faults(take, p.faults)
    unknown = np.full(take.n_channels, np.nan)
    if refuses_step(reasons):
        return Answer(unknown, reasons)
    refused = refused_columns(reasons)
    best = loudest_uv2(take.power_uv2(), max(1, round(p.best_s / take.block_s)))
    net = unknown.copy()
    for k in range(take.n_channels):
        rest_uv = rest.rest_uv[k]
        if k in refused or rest_uv is None or math.isnan(best[k]):
            continue
        loud = best[k] >= 10.0 ** (p.least_db / 10.0) * rest_uv**2
        net[k] = best[k] - rest_uv**2 if loud else 0.0
    if not (net > 0.0).any():
        return Answer(net, (*reasons, Reason("nothing", "step")))
    return Answer(net, reasons)


def judge(
    channels: tuple[str, ...],
    asked: tuple[Request, ...],
    answers: tuple[Answer, ...],
    params: MontageParams | None = None,
) -> MontageResult:
    """Hold the names against the answers; one answer for each request.

    A repair is proposed only where it is a permutation of the names of channels that were asked
    for, each of them ahead in exactly one request.
    """
    p = params or MontageParams()
    net = np.array([one.net_uv2 for one in answers])
    belongs = [_ahead(net[:, k], p) for k in range(len(channels))]
    wanted = {name: a for a, one in enumerate(asked) for name in one.muscles}
    confirmed = tuple(
        k for k, name in enumerate(channels) if name in wanted and belongs[k] == wanted[name]
    )
    reasons: list[Reason] = []
    stray: list[int] = []
    for k, name in enumerate(channels):
        if name not in wanted or k in confirmed:
            continue
        # What could not be measured when it was asked for has a reason of its own.
        if belongs[k] is not None or not math.isnan(net[wanted[name], k]):
            stray.append(k)
    names = _permuted(channels, asked, belongs, stray)
    if names is not None and stray:
        for k in stray:
            other = channels.index(names[k])
            if k < other or belongs[other] is None:
                reasons.append(Reason("swapped", "step", k, other=other))
        return MontageResult(names, confirmed, tuple(reasons))
    for k in stray:
        reasons.append(_complaint(channels, k, wanted[channels[k]], belongs, net))
    return MontageResult(None, confirmed, tuple(reasons))


def _ahead(net: FloatArray, p: MontageParams) -> int | None:
    """Return the request in which a column was loudest by far, None without one."""
    known = np.where(np.isnan(net), 0.0, net)
    order = np.argsort(-known, kind="stable")
    first = float(known[order[0]])
    second = float(known[order[1]]) if len(order) > 1 else 0.0
    ahead = first > 0.0 and first >= 10.0 ** (p.ahead_db / 10.0) * second
    return int(order[0]) if ahead else None


def _permuted(
    channels: tuple[str, ...],
    asked: tuple[Request, ...],
    belongs: list[int | None],
    stray: list[int],
) -> tuple[str, ...] | None:
    """Return the names by the answers, where the stray channels only trade places."""
    free = sorted(channels[k] for k in stray)
    names = list(channels)
    given: list[str] = []
    # Two channels that belong to one request (both sides of the back) keep their order.
    for k in stray:
        request = belongs[k]
        if request is None:
            return None
        fitting = [one for one in asked[request].muscles if one in free and one not in given]
        if not fitting:
            return None
        same_side = [one for one in fitting if one.endswith(channels[k].rpartition("_")[2])]
        names[k] = (same_side or fitting)[0]
        given.append(names[k])
    return tuple(names) if sorted(given) == free else None


def _complaint(
    channels: tuple[str, ...],
    column: int,
    request: int,
    belongs: list[int | None],
    net: FloatArray,
) -> Reason:
    """Return what is odd about a channel that did not answer as its name says."""
    others = [k for k in range(len(channels)) if k != column and belongs[k] == request]
    value = net[request, column]
    if not value > 0.0:
        if others:
            return Reason("other_muscle", "step", column, other=others[0])
        return Reason("nothing", "channel", column)
    rival = int(np.nanargmax(np.where(np.arange(len(net)) == request, -1.0, net[:, column])))
    names = [k for k in range(len(channels)) if belongs[k] == rival and k != column]
    other = names[0] if names else next((k for k in range(len(channels)) if k != column), column)
    return Reason("not_told_apart", "channel", column, other=other)
