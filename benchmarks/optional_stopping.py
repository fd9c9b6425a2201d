"""What a set may claim when somebody looks after every repetition and stops at the first claim.

``python -m benchmarks.optional_stopping`` simulates sets of leads whose truth is known and prints
how often the first claim is wrong, how many repetitions it took, and how the forecast of further
repetitions came true. Beside the always-valid claim stands the naive one, an ordinary 95 % interval
read again and again. Everything is simulated: leads are drawn, no muscle is involved.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import stats

from firingorder.signal.always_valid import gains, needed, scales
from firingorder.signal.forecast import forecast
from firingorder.signal.set_params import SetParams
from firingorder.signal.sets import SetLeads

if TYPE_CHECKING:
    from firingorder.findings import SetForecast
    from firingorder.samples import BoolArray, FloatArray

OUT = Path(__file__).resolve().parent.parent / "out" / "optional_stopping.json"
MARGIN_MS, LEAST, LOOKS = 30.0, 10, 40
#: Own SDs of the leads of single repetitions: sharp ones, and blurred ones.
OWN_SD_MS = (8.0, 30.0)
TRUE_MS = (0.0, 15.0, -15.0, 30.0, 35.0, 60.0)
SPREADS_MS = (15.0, 30.0, 50.0, 80.0)
SEED = 7_000_301
Tails = Literal["normal", "heavy", "skewed", "odd"]
CLAIMS = ("glutes_first", "together", "back_first")


@dataclass(frozen=True, slots=True)
class Sets:
    """Simulated sets: leads and their own SDs, ms, ``(n_sets, n_repetitions)``."""

    true_ms: float
    leads_ms: FloatArray
    sds_ms: FloatArray


@dataclass(frozen=True, slots=True)
class Outcome:
    """The first claim of each set: at which repetition (0: none), and which of ``CLAIMS``."""

    at: FloatArray
    claim: FloatArray

    def rates(self, true_ms: float) -> dict[str, float]:
        """Return shares of all sets, and the median repetition of those that claim."""
        made = self.at > 0
        return {
            "wrong": float(np.mean(made & wrong(self.claim, true_ms))),
            "claimed": float(np.mean(made)),
            "median_at": float(np.median(self.at[made])) if made.any() else float("nan"),
        }


def simulate(
    true_ms: float, spread_ms: float, count: int, rng: np.random.Generator, tails: Tails = "normal"
) -> Sets:
    """Draw sets: the person varies by ``spread_ms`` (SD), each repetition by its own SD.

    "heavy": Student's t with 3 degrees of freedom. "skewed": a shifted exponential whose median
    is the true lead. "odd": one repetition in ten lies 150 ms to one side.
    """
    shape = (count, LOOKS)
    if tails == "heavy":
        person = rng.standard_t(3, shape) / np.sqrt(3.0)
    elif tails == "skewed":
        person = rng.exponential(1.0, shape) - np.log(2.0)
    else:
        person = rng.normal(size=shape)
    sds = rng.uniform(*OWN_SD_MS, shape)
    leads = true_ms + spread_ms * person + sds * rng.normal(size=shape)
    if tails == "odd":
        leads = leads - 150.0 * (rng.uniform(size=shape) < 0.1)
    return Sets(true_ms, leads, sds)


def always_valid(sets: Sets, params: SetParams) -> Outcome:
    """Return the first claim by the rule of the product, all sets at once."""
    scale = scales(sets.sds_ms, params)

    def excluded(null_ms: float, sign: int) -> BoolArray:
        won = gains(sign * sets.leads_ms, scale, sign * null_ms, params)
        return np.asarray(np.mean(np.cumprod(won, axis=1), axis=2) >= needed(params))

    median = running_median(sets.leads_ms)
    glutes = excluded(0.0, 1) & (median >= params.min_lead_ms)
    back = excluded(0.0, -1) & (median <= -params.min_lead_ms)
    near = excluded(-MARGIN_MS, 1) & excluded(MARGIN_MS, -1)
    return first_claim(glutes, near, back)


def naive(sets: Sets, params: SetParams) -> Outcome:
    """Return the first claim by Student's 95 % interval, read after each repetition."""
    n = np.arange(1, LOOKS + 1)
    mean = np.cumsum(sets.leads_ms, axis=1) / n
    square = np.cumsum(sets.leads_ms**2, axis=1) - n * mean**2
    error = np.sqrt(square / np.maximum(n - 1, 1) / n)
    half = stats.t.ppf(0.975, np.maximum(n - 1, 1)) * error
    median = running_median(sets.leads_ms)
    glutes = (mean - half > 0.0) & (median >= params.min_lead_ms)
    back = (mean + half < 0.0) & (median <= -params.min_lead_ms)
    near = (mean - half >= -MARGIN_MS) & (mean + half <= MARGIN_MS)
    return first_claim(glutes, near, back)


def running_median(leads_ms: FloatArray) -> FloatArray:
    """Return the median of the leads so far, same shape."""
    columns = [np.median(leads_ms[:, : n + 1], axis=1) for n in range(leads_ms.shape[1])]
    return np.stack(columns, axis=1)


def first_claim(glutes: BoolArray, near: BoolArray, back: BoolArray) -> Outcome:
    """Return when each set first claims something and what; an order comes before together."""
    ready = np.arange(1, glutes.shape[1] + 1) >= LEAST
    claim = np.select([glutes & ready, back & ready, near & ready], [0, 2, 1], -1)
    made = claim >= 0
    at = np.where(made.any(axis=1), np.argmax(made, axis=1) + 1, 0)
    chosen = claim[np.arange(len(at)), np.maximum(at - 1, 0)]
    return Outcome(at.astype(np.float64), chosen.astype(np.float64))


def wrong(claim: FloatArray, true_ms: float) -> BoolArray:
    """Return which claims are wrong of this truth."""
    return (
        ((claim == 0) & (true_ms <= 0.0))
        | ((claim == 2) & (true_ms >= 0.0))
        | ((claim == 1) & (abs(true_ms) > MARGIN_MS))
    )


@dataclass(frozen=True, slots=True)
class Foretold:
    """One forecast and what happened: at which repetition the set claimed (0: never)."""

    after: int
    said: SetForecast
    at: int

    @property
    def came_true(self) -> bool:
        """Whether the set claimed something by the last look."""
        return self.at > 0

    @property
    def inside(self) -> bool:
        """Whether the claim came within the range that was told."""
        if self.said.more_low is None:
            return False
        more = self.at - self.after if self.came_true else LOOKS + 1
        high = LOOKS + 1 if self.said.more_high is None else self.said.more_high
        return self.said.more_low <= more <= high


def foretell(
    sets: Sets, outcome: Outcome, count: int, params: SetParams, after: tuple[int, ...]
) -> list[Foretold]:
    """Return the forecasts of the first ``count`` sets while they had not claimed anything."""
    told: list[Foretold] = []
    for row in range(count):
        at = int(outcome.at[row])
        for n in after:
            if 0 < at <= n:
                continue
            leads = SetLeads(sets.leads_ms[row, :n], sets.sds_ms[row, :n])
            said = forecast(leads, MARGIN_MS, least=LEAST, params=params)
            told.append(Foretold(n, said, at))
    return told


def calibration(told: list[Foretold]) -> list[dict[str, Any]]:
    """Return, by how likely a claim was called, how often one came."""
    rows: list[dict[str, Any]] = []
    edges = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0001)
    for low, high in pairwise(edges):
        part = [t for t in told if t.said.p_today is not None and low <= t.said.p_today < high]
        if part:
            said = float(np.mean([t.said.p_today or 0.0 for t in part]))
            came = float(np.mean([t.came_true for t in part]))
            rows.append({"said": said, "came": came, "forecasts": len(part)})
    return rows


def ranges(told: list[Foretold]) -> dict[str, float]:
    """Return how the expected numbers of further repetitions came true."""
    expected = [t for t in told if t.said.state == "expected"]
    unlikely = [t for t in told if t.said.state == "unlikely"]
    off = [t.at - t.after - (t.said.more or 0) for t in expected if t.came_true]
    return {
        "expected": len(expected),
        "inside_80": float(np.mean([t.inside for t in expected])),
        "median_off": float(np.median(off)),
        "mean_abs_off": float(np.mean(np.abs(off))),
        "unlikely": len(unlikely),
        "unlikely_came": float(np.mean([t.came_true for t in unlikely])) if unlikely else 0.0,
    }


@dataclass(frozen=True, slots=True)
class _Cell:
    true_ms: float
    spread_ms: float
    tails: Tails


def run(count: int, forecasts: int, seed: int) -> dict[str, Any]:
    """Return all rows of the tables."""
    params, rows, told = SetParams(), list[dict[str, Any]](), list[Foretold]()
    tails: tuple[Tails, ...] = ("heavy", "skewed", "odd")
    cells = [_Cell(true, spread, "normal") for true in TRUE_MS for spread in SPREADS_MS]
    cells += [_Cell(true, 50.0, one) for one in tails for true in (0.0, 35.0)]
    for k, cell in enumerate(cells):
        rng = np.random.default_rng([seed, k])
        true = cell.true_ms
        sets = simulate(true, cell.spread_ms, count, rng, cell.tails)
        ours, once = always_valid(sets, params), naive(sets, params)
        rates = {"ours": ours.rates(true), "naive": once.rates(true)}
        rows.append({**asdict(cell), **rates})
        if cell.tails == "normal":
            told += foretell(sets, ours, forecasts, params, (3, 5, 8, 10, 12, 15, 20, 25, 30))
    return {"rows": rows, "calibration": calibration(told), "ranges": ranges(told)}


def main() -> None:
    """Print the tables and write them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=4000, help="simulated sets of each row")
    parser.add_argument("--forecasts", type=int, default=60, help="sets of each row with forecasts")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    found = run(asked.sets, asked.forecasts, asked.seed)
    print(
        f"SIMULATED leads, {asked.sets} sets a row, seed {asked.seed}; looks after each of the "
        f"repetitions {LEAST} to {LOOKS}, own SD {OWN_SD_MS[0]:.0f} to {OWN_SD_MS[1]:.0f} ms"
    )
    print("                          always valid                 naive, read again and again")
    print("true  spread  tails    wrong %  claimed %  median    wrong %  claimed %  median")
    for row in found["rows"]:
        ours, once = row["ours"], row["naive"]
        print(
            f"{row['true_ms']:+4.0f} {row['spread_ms']:6.0f}   {row['tails']:<8}"
            + "  ".join(
                f"{100 * one['wrong']:7.1f} {100 * one['claimed']:9.1f} {one['median_at']:8.0f} "
                for one in (ours, once)
            )
        )
    print("\nForecast: probability of a claim by the last look, and how often one came")
    for row in found["calibration"]:
        print(f"  said {100 * row['said']:5.1f} %   came {100 * row['came']:5.1f} %   "
              f"of {row['forecasts']}")  # fmt: skip
    told = found["ranges"]
    print(
        f"  {told['expected']} times a number was expected: within the 80 % range "
        f"{100 * told['inside_80']:.1f} %, off by {told['median_off']:+.0f} in the median, "
        f"{told['mean_abs_off']:.1f} on average"
    )
    print(
        f"  {told['unlikely']} times unlikely: a claim came all the same in "
        f"{100 * told['unlikely_came']:.1f} %"
    )
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
