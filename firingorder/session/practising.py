"""A round of practice: a simulated person with a known order, and the product's own answer to it.

The person is one of the simulator, with one change: in the repetition that is shown, the later of
glutes and back begins so much later as was planned. Everything behind the electrodes is the chain
of every session.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import OnsetEstimate, RepetitionFinding
from firingorder.samples import EmgChunk, EmgLayout, ImuChunk, ImuLayout
from firingorder.session.practice_rounds import QUIET_REST, TONED_REST, RoundPlan
from firingorder.signal.pipeline import Pipeline
from firingorder.signal.settings import Settings
from firingorder.signal.wanted import Wanted
from firingorder.simulation.exercises.athlete import RISE_S, draw_athlete
from firingorder.simulation.exercises.body import ExerciseBody
from firingorder.simulation.exercises.catalogue import EXERCISES
from firingorder.simulation.exercises.options import Options
from firingorder.simulation.movement import NOMINAL_MOUNT_WXYZ
from firingorder.simulation.noise import generator
from firingorder.simulation.person import ALL_EIGHT, ScenarioSpec
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.samples import BoolArray, DisplayBlock, FloatArray
    from firingorder.simulation.bursts import Burst
    from firingorder.simulation.exercises.athlete import Athlete
    from firingorder.simulation.exercises.postures import Posture
    from firingorder.simulation.exercises.score import Score

EMG_RATE_HZ, IMU_RATE_HZ = 1000.0, 100.0
#: The repetition before the one that is shown: the chain learns from it how far this person moves.
REPETITIONS = 2
#: Enough after the end for the last window to be judged.
AFTER_S = 3.0
#: The window about the start of the movement that people look at: room for the rest before, and for
#: the rises after it.
BEFORE_S, LATER_S = 0.420, 0.780
_PIECE_S = 1.0
_TONE_CHANGES = 0.25
_GLUTE, _BACK = "gluteus_maximus", "erector_spinae"


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """One repetition with what is true of it. Times are seconds after the start of the movement.

    Attributes
    ----------
    plan
        What was planted.
    channels
        In the order of the columns.
    t_s
        ``(n_samples,)``.
    emg_uv, envelope_uv
        ``(n_samples, n_channels)``: what onsets are found in, and its envelope.
    true_s
        Planted onset of each channel that has one.
    true_lead_ms
        Of glutes and back on the working side or sides; positive: glutes first.
    margin_ms
        Starts that are no further apart are called together by the product.
    finding
        What the product found; None where it saw no repetition.
    found_s
        Its onsets, where it claims one.
    """

    plan: RoundPlan
    channels: tuple[str, ...]
    t_s: FloatArray
    rate_hz: float
    emg_uv: FloatArray
    envelope_uv: FloatArray
    true_s: dict[str, float]
    true_lead_ms: float
    margin_ms: float
    finding: RepetitionFinding | None
    found_s: dict[str, OnsetEstimate | None]

    @property
    def deciding(self) -> tuple[str, ...]:
        """Channels that the question is about."""
        sides = ("left", "right") if self.plan.side == "both" else (self.plan.side,)
        return tuple(f"{muscle}_{side}" for muscle in (_GLUTE, _BACK) for side in sides)


def make_round(
    plan: RoundPlan,
    *,
    progress: Callable[[float], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Round | None:
    """Let the person do it and the chain judge it; None if ``stopped`` said so meanwhile.

    Takes a second or two of one core. ``progress`` is told the share that is done, 0 to 1.
    """
    body = PractisedBody(plan)
    rep = body.true_repetitions[-1]
    end_s = rep.over_s + AFTER_S
    task = load_task(plan.task, working_side=plan.side)
    pipeline = Pipeline(
        Settings(),
        task,
        EmgLayout(EMG_RATE_HZ, body.channels),
        ImuLayout(IMU_RATE_HZ, NOMINAL_MOUNT_WXYZ),
        wanted=Wanted(live_onsets=False, early_verdicts=False, checks=False),
    )
    found: list[RepetitionFinding] = []
    blocks: list[DisplayBlock] = []
    pieces = int(np.ceil(end_s / _PIECE_S))
    for piece in range(pieces):
        if stopped():
            return None
        for chunk in _chunks(body, piece):
            found += [one for one in pipeline.step(chunk) if isinstance(one, RepetitionFinding)]
        blocks += pipeline.take_display()[0]
        progress((piece + 1) / pieces)
    found += [one for one in pipeline.finish() if isinstance(one, RepetitionFinding)]
    blocks += pipeline.take_display()[0]
    zero_s = rep.movement_onset_s
    assert zero_s is not None  # every exercise of a round moves
    finding = next((one for one in found if one.start_s <= zero_s + 0.5 <= one.end_s), None)
    t_s, emg_uv, envelope_uv = _window(blocks, zero_s)
    onsets = {} if finding is None else finding.onsets
    return Round(
        plan=plan,
        channels=body.channels,
        t_s=t_s,
        rate_hz=blocks[0].rate_hz,
        emg_uv=emg_uv,
        envelope_uv=envelope_uv,
        true_s={burst.channel: burst.onset_s - zero_s for burst in rep.bursts},
        true_lead_ms=1000.0 * _lead_s(rep.bursts, plan),
        margin_ms=task.together_margin_ms,
        finding=finding,
        found_s={name: _moved(one, -zero_s) for name, one in onsets.items()},
    )


class PractisedBody(ExerciseBody):
    """A person of the simulator whose last repetition has the planned lead and loudness."""

    def __init__(self, plan: RoundPlan) -> None:
        self._plan = plan
        super().__init__(
            EXERCISES[plan.task],
            Options(pace="usual", side=plan.side, person="clean"),
            seed=plan.body_seed,
            emg_rate_hz=EMG_RATE_HZ,
            imu_rate_hz=IMU_RATE_HZ,
            channels=ALL_EIGHT,
            repetitions=REPETITIONS,
        )

    def _draw_athlete(self) -> Athlete:
        toned = self._plan.toned
        spec = ScenarioSpec(
            self.scenario,
            (),
            tone=TONED_REST if toned else QUIET_REST,
            tone_fluctuation=_TONE_CHANGES if toned else 0.05,
            rise_s=RISE_S,
        )
        return draw_athlete(spec, self.options, generator(self.seed, self.scenario, "athlete"))

    def _play(self, score: Score, posture: Posture, *, arm: bool) -> None:
        changed: dict[Burst, Burst] = {}
        reps = self._session.repetitions
        planned = [_planned(rep.bursts, self._plan) for rep in reps]
        for k, rep in enumerate(reps):
            more = tuple(
                replace(one, snr_db=one.snr_db + planned[k].louder_db) for one in rep.more_bursts
            )
            changed |= dict(zip(rep.bursts, planned[k].bursts, strict=True))
            changed |= dict(zip(rep.more_bursts, more, strict=True))
            reps[k] = replace(rep, bursts=planned[k].bursts, more_bursts=more)
        score.bursts[:] = [changed.get(one, one) for one in score.bursts]
        super()._play(score, posture, arm=arm)


@dataclass(frozen=True, slots=True)
class _Planned:
    bursts: tuple[Burst, ...]
    louder_db: float


def _planned(bursts: tuple[Burst, ...], plan: RoundPlan) -> _Planned:
    """Give a repetition its lead: the first of both stays, so that the movement still fits."""
    asked = [one for one in bursts if _muscle(one) in (_GLUTE, _BACK) and _works(one, plan)]
    louder_db = plan.snr_db - float(np.mean([one.snr_db for one in asked]))
    firsts = {
        muscle: min(one.onset_s for one in asked if _muscle(one) == muscle)
        for muscle in (_GLUTE, _BACK)
    }
    first_s, lead_s = min(firsts.values()), plan.lead_ms / 1000.0
    begins = {_GLUTE: first_s + max(0.0, -lead_s), _BACK: first_s + max(0.0, lead_s)}
    later_s = {muscle: begins[muscle] - at_s for muscle, at_s in firsts.items()}
    out = tuple(
        replace(
            one,
            onset_s=one.onset_s + later_s.get(_muscle(one), 0.0),
            snr_db=one.snr_db + louder_db,
        )
        for one in bursts
    )
    return _Planned(out, louder_db)


def _lead_s(bursts: tuple[Burst, ...], plan: RoundPlan) -> float:
    works = [one for one in bursts if _works(one, plan)]
    glute, back = (
        min(one.onset_s for one in works if _muscle(one) == muscle) for muscle in (_GLUTE, _BACK)
    )
    return back - glute


def _muscle(burst: Burst) -> str:
    return burst.channel.rpartition("_")[0]


def _works(burst: Burst, plan: RoundPlan) -> bool:
    return plan.side == "both" or burst.channel.endswith(f"_{plan.side}")


def _chunks(body: PractisedBody, piece: int) -> tuple[ImuChunk, EmgChunk]:
    """Return both streams of one piece, as a device would send them."""
    t0_s = piece * _PIECE_S
    k, n = round(t0_s * IMU_RATE_HZ), round(_PIECE_S * IMU_RATE_HZ)
    acc, gyr = body.imu(k, n)
    first, count = round(t0_s * EMG_RATE_HZ), round(_PIECE_S * EMG_RATE_HZ)
    emg_uv = body.emg_uv(first, count)
    clear: BoolArray = np.zeros(emg_uv.shape, dtype=np.bool_)
    return (
        ImuChunk(k, t0_s, IMU_RATE_HZ, acc, gyr),
        EmgChunk(first, t0_s, EMG_RATE_HZ, emg_uv, clear),
    )


def _window(blocks: list[DisplayBlock], zero_s: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return times after the start of the movement, signals and envelopes of what is shown."""
    t_s = (
        np.concatenate([one.t0_s + np.arange(len(one.emg_uv)) / one.rate_hz for one in blocks])
        - zero_s
    )
    shown = (t_s >= -BEFORE_S) & (t_s <= LATER_S)
    emg_uv = np.concatenate([one.emg_uv for one in blocks])[shown]
    envelope_uv = np.concatenate([one.envelope_uv for one in blocks])[shown]
    return t_s[shown], emg_uv, envelope_uv


def _moved(onset: OnsetEstimate | None, by_s: float) -> OnsetEstimate | None:
    if onset is None:
        return None
    return OnsetEstimate(onset.onset_s + by_s, onset.low_s + by_s, onset.high_s + by_s)
