"""Verdicts told while a repetition begins, against planted leads: how soon, how often withdrawn.

Whole simulated sessions go through the pipeline as a user has it, frame by frame. Truth is known,
so a live verdict is counted as right, as revised (the refined verdict said something else) and as
reversed (it said the opposite). Seeds are for reporting; what was tried, was tried on others.
Sessions of planted leads share muscles and noise with the unchanged ones of their seed.
``python -m benchmarks.live_verdicts`` writes a table and ``out/live_verdicts.json``.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.findings import VerdictFinding
from firingorder.samples import EmgChunk, EmgLayout, ImuChunk, ImuLayout
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.sets import share as wilson
from firingorder.signal.settings import Settings
from firingorder.simulation.person import BACK
from firingorder.simulation.scenarios import BridgeBody, ScenarioBody, make_body
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firingorder.findings import Finding

SCENARIOS = ("bridge", "bridge_mixed", "bridge_tone", "bridge_ecg", "bridge_motion")
SEEDS = (7_000_901, 7_000_902, 7_000_903)
#: Seeds on which the rule was tried out; never those of the report.
TRIAL_SEEDS = (11, 12, 13)
SECONDS = 120.0
RATE_HZ, IMU_RATE_HZ, FRAME_S = 1000.0, 100.0, 0.020
#: Leads given to the repetitions of a planted session, in turn.
PLANTED_MS = (0.0, 120.0, -60.0, 30.0, -120.0, 60.0, -30.0)
#: A found repetition belongs to the planted one that moves within this of it.
SAME_S = 0.5
OUT = Path(__file__).resolve().parent.parent / "out" / "live_verdicts.json"
ORDERS = ("glutes_first", "back_first")


@dataclass(frozen=True, slots=True)
class Row:
    """One repetition: its planted lead, and what was told of it at each stage."""

    scenario: str
    seed: int
    planted: bool
    true_ms: float | None
    live: str | None
    gained_s: float | None
    after_start_s: float | None
    early: str
    final: str
    reverses: bool


def session(scenario: str, seed: int, settings: Settings, *, planted: bool) -> list[Row]:
    """Return the repetitions of one session."""
    body = make_body(scenario, seed=seed)
    truth: list[dict[str, Any]] = body.truth(duration_s=SECONDS)["repetitions"]
    leads_ms = {one["index"]: float(one["lead_ms"]) for one in truth}
    if planted:
        wanted = {index: PLANTED_MS[index % len(PLANTED_MS)] for index in leads_ms}
        body = with_leads(body, {k: wanted[k] - lead_ms for k, lead_ms in leads_ms.items()})
        leads_ms = wanted
    findings = through_pipeline(body, settings)
    rows: list[Row] = []
    told: dict[int, list[VerdictFinding]] = defaultdict(list)
    for one in findings:
        if isinstance(one, VerdictFinding):
            told[one.index].append(one)
    for _, verdicts in sorted(told.items()):
        stages = {one.stage: one for one in verdicts}
        live, early = stages.get("live"), stages.get("early")
        last = verdicts[-1]
        same = [one for one in truth if _same(one, early or last)]
        start_s = min(b["onset_s"] for b in same[0]["channels"].values()) if same else None
        rows.append(
            Row(
                scenario,
                seed,
                planted,
                leads_ms[same[0]["index"]] if same else None,
                None if live is None else live.verdict,
                None if live is None or early is None else early.decided_at_s - live.decided_at_s,
                None if live is None or start_s is None else live.decided_at_s - start_s,
                "none" if early is None else early.verdict,
                last.verdict,
                any(one.reverses for one in verdicts),
            )
        )
    return rows


def _same(one: dict[str, Any], told: VerdictFinding) -> bool:
    """Whether a verdict was decided about the movement of a planted repetition."""
    return bool(-SAME_S < told.decided_at_s - one["movement_onset_s"] < one["end_s"] + 1.5 -
                one["movement_onset_s"])  # fmt: skip


def with_leads(body: ScenarioBody, later_ms: dict[int, float]) -> ScenarioBody:
    """Return the body with the back muscles of each repetition later by so much."""
    assert isinstance(body, BridgeBody)

    class Shifted(BridgeBody):
        def _make_synth(self) -> Any:
            self.repetitions = tuple(
                replace(
                    rep,
                    bursts=tuple(
                        replace(b, onset_s=b.onset_s + 1e-3 * later_ms.get(rep.index, 0.0))
                        if b.channel in BACK
                        else b
                        for b in rep.bursts
                    ),
                )
                for rep in self.repetitions
            )
            return super()._make_synth()

    return Shifted(
        body._spec,  # noqa: SLF001
        seed=body.seed,
        emg_rate_hz=RATE_HZ,
        imu_rate_hz=IMU_RATE_HZ,
        channels=body.channels,
        repetitions=len(body.repetitions),
    )


def through_pipeline(body: ScenarioBody, settings: Settings) -> list[Finding]:
    """Return all findings of a loss-free session with IMU, in frames of 20 ms."""
    pipeline = Pipeline(
        settings,
        load_task("bridge"),
        EmgLayout(RATE_HZ, body.channels),
        ImuLayout(IMU_RATE_HZ, body.nominal_mount_wxyz or (1.0, 0.0, 0.0, 0.0)),
    )
    frames, size, imu_size = (
        round(SECONDS / FRAME_S),
        round(FRAME_S * RATE_HZ),
        round(FRAME_S * IMU_RATE_HZ),
    )
    emg_uv = body.emg_uv(0, frames * size)
    acc, gyr = body.imu(0, frames * imu_size)
    flags = np.zeros((size, len(body.channels)), dtype=np.bool_)
    findings: list[Finding] = []
    for k in range(frames):
        t_s, part = k * FRAME_S, slice(k * size, (k + 1) * size)
        both = slice(k * imu_size, (k + 1) * imu_size)
        findings += pipeline.step(EmgChunk(k * size, t_s, RATE_HZ, emg_uv[part], flags))
        findings += pipeline.step(ImuChunk(k * imu_size, t_s, IMU_RATE_HZ, acc[both], gyr[both]))
        pipeline.take_display()
    return findings + pipeline.finish()


def group_of(true_ms: float) -> str:
    """Return the class of a lead by its size."""
    size = abs(true_ms)
    return "below 20 ms" if size < 20 else "20 to 60 ms" if size < 59.99 else "60 ms and more"


def share(count: int, of: int) -> dict[str, Any]:
    """Return a share with its Wilson 95 % interval, and the counts."""
    found = wilson(count, of, 0.95)
    if found is None:
        return {"count": 0, "of": 0}
    return {
        "count": count,
        "of": of,
        "share": round(found.share, 4),
        "low": round(found.low, 4),
        "high": round(found.high, 4),
    }


def summary(rows: Iterable[Row]) -> dict[str, Any]:
    """Return the figures of some repetitions."""
    known = [one for one in rows if one.true_ms is not None]
    live = [one for one in known if one.live is not None]
    gains = [one.gained_s for one in live if one.gained_s is not None]
    after = [one.after_start_s for one in live if one.after_start_s is not None]
    right = sum((one.live == "glutes_first") == ((one.true_ms or 0.0) > 0) for one in live)
    early = [one for one in known if one.early in ORDERS]
    early_right = sum((one.early == "glutes_first") == ((one.true_ms or 0.0) > 0) for one in early)
    return {
        "told_live": share(len(live), len(known)),
        "right": share(right, len(live)),
        "revised": share(sum(one.live != one.final for one in live), len(live)),
        "reversed": share(sum(one.reverses for one in live), len(live)),
        "early_order": share(len(early), len(known)),
        "early_right": share(early_right, len(early)),
        "early_reversed": share(sum(one.reverses for one in early), len(early)),
        "gained_s_median": None if not gains else round(float(np.median(gains)), 3),
        "gained_s_10_90": None
        if not gains
        else [round(float(q), 3) for q in np.quantile(gains, (0.1, 0.9))],
        "after_first_onset_s_median": None if not after else round(float(np.median(after)), 3),
    }


def report(rows: list[Row]) -> dict[str, Any]:
    """Return the figures by scenario and size of the lead, and print them."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for one in rows:
        if one.true_ms is None:
            continue
        for scenario in (one.scenario, "all"):
            groups[scenario, group_of(one.true_ms)].append(one)
    out: list[dict[str, Any]] = []
    head = ("scenario", "lead", "reps", "live", "right", "revised", "reversed", "gain s", "after s")
    print("{:14} {:15} {:>5} {:>6} {:>9} {:>9} {:>22} {:>7} {:>7}".format(*head))
    for (scenario, lead), some in sorted(groups.items()):
        one = summary(some)
        out.append({"scenario": scenario, "lead": lead, **one})
        told, reverse = one["told_live"], one["reversed"]
        n = told["count"]
        text = f"{reverse['count']}/{n}"
        if n:
            text += f" ({100 * reverse['low']:.1f}-{100 * reverse['high']:.1f} %)"
        print(
            f"{scenario:14} {lead:15} {told['of']:5} {n:6} {one['right']['count']:5}/{n:3}"
            f" {one['revised']['count']:5}/{n:3} {text:>22} {one['gained_s_median'] or 0:7}"
            f" {one['after_first_onset_s_median'] or 0:7}"
            f"   early {one['early_right']['count']}/{one['early_right']['of']}"
        )
    missed = sum(one.true_ms is None for one in rows)
    print(f"verdicts without a planted repetition: {missed}")
    return {"groups": out, "without_truth": missed}


def main() -> None:
    """Run all sessions and write what they gave."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trial", action="store_true", help="tuning seeds instead, print only")
    parser.add_argument("--level", type=float, help="another level of the claim")
    parser.add_argument("--seeds", nargs="*", type=int, default=list(SEEDS))
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--scenarios", nargs="*", default=list(SCENARIOS))
    args = parser.parse_args()
    settings = Settings()
    live = replace(settings.live_verdicts, told=True)
    if args.level is not None:
        live = replace(live, order=replace(live.order, level=args.level))
    settings = replace(settings, live_verdicts=live)
    seeds = list(TRIAL_SEEDS) if args.trial else args.seeds
    rows: list[Row] = []
    for scenario in args.scenarios:
        for seed in seeds:
            for planted in (False, True):
                rows += session(scenario, seed, settings, planted=planted)
    found = {"seeds": seeds, "seconds": SECONDS, "settings": settings.hash(), **report(rows)}
    if not args.trial:
        args.out.parent.mkdir(exist_ok=True)
        found["repetitions"] = [asdict(one) for one in rows]
        args.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(f"written: {args.out}")


if __name__ == "__main__":
    main()
