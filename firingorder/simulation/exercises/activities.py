"""A body that does what a timetable says: squeezes, bridges, bends, taps, turns, in any order.

Somebody who is led through a calibration does things when told, and the one who tells decides as it
goes: activities may be added while the body is played, behind what was played already.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from firingorder.simulation.body import HIGHEST_RATE_HZ, LOWEST_RATE_HZ
from firingorder.simulation.exercises.athlete import REACTION_S
from firingorder.simulation.exercises.body import PlayedBody
from firingorder.simulation.exercises.catalogue import EXERCISES
from firingorder.simulation.exercises.chatter import Chatterer, pose_again
from firingorder.simulation.exercises.courses import Stroke
from firingorder.simulation.exercises.draft import Draft, Muscle
from firingorder.simulation.exercises.postures import POSTURES, Posture
from firingorder.simulation.exercises.score import Score
from firingorder.simulation.exercises.truth import TrueEvent, TrueSession
from firingorder.simulation.hand_taps import HandTaps
from firingorder.simulation.movement import DIFFERENCE_S
from firingorder.simulation.noise import block_samples, generator
from firingorder.simulation.taps import Taps
from firingorder.simulation.worn_body import IMU_RATES_HZ

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.simulation.exercises.options import Options, Side
    from firingorder.simulation.exercises.truth import TrueRepetition
    from firingorder.simulation.faults import FaultPlan

CALIBRATION = "calibration"
Kind = Literal[
    "still", "squeeze", "bend_knee", "lift_back", "push_knee_out", "tap", "belt_tap",
    "turn", "fidget", "talk", "scratch", "exercise",
]  # fmt: skip
#: Who works in a willed contraction, in shares of its effort: the muscle that is meant, and those
#: that help without being asked (order of magnitude).
CONTRACTIONS: dict[str, dict[Muscle, float]] = {
    "squeeze": {"gluteus_maximus": 1.0, "gluteus_medius": 0.12, "hamstring": 0.05},
    "bend_knee": {"hamstring": 1.0, "gluteus_maximus": 0.10, "erector_spinae": 0.04},
    "lift_back": {"erector_spinae": 1.0, "gluteus_maximus": 0.10, "hamstring": 0.10},
    "push_knee_out": {"gluteus_medius": 1.0, "gluteus_maximus": 0.20, "hamstring": 0.03},
}
#: How much the pelvis gives way to them, degrees of tilt.
GIVES_DEG = {"squeeze": -0.4, "bend_knee": -0.3, "lift_back": 5.0, "push_knee_out": 0.2}
TAPS_APART_S = (0.9, 1.3)
#: A hand that goes to the belt turns the pelvis a little, and is there half a second later.
REACH_DEG, REACH_S = (0.3, 1.5), (0.4, 0.7)
SUPINE: Posture = "supine"


@dataclass(frozen=True, slots=True)
class Activity:
    """Something to do.

    Attributes
    ----------
    kind
        A contraction, taps of the heel, two taps of the hand on the belt, a turn to ``posture``,
        restlessness, one repetition of ``exercise``, or nothing.
    at_s, duration_s
        From the first onset to the word to let go; a repetition takes about so long.
    side
        Which side, or both.
    effort
        Share of a maximal contraction.
    told
        ``at_s`` and the end are when the person is told: they react 0.2 to 0.6 s later.
    count
        Taps.
    """

    kind: Kind
    at_s: float
    duration_s: float = 3.0
    side: Side = "both"
    effort: float = 0.6
    posture: Posture = SUPINE
    exercise: str = ""
    told: bool = False
    count: int = 3

    @property
    def end_s(self) -> float:
        """When it is meant to be over."""
        return self.at_s + self.duration_s


class ActivityBody(PlayedBody):
    """A body that follows a timetable.

    Attributes
    ----------
    true_activities
        What was done: the activity with its true times.
    true_repetitions
        Repetitions of exercises among them.
    """

    def __init__(
        self,
        plan: tuple[Activity, ...],
        options: Options,
        *,
        seed: int,
        emg_rate_hz: float = 1000.0,
        imu_rate_hz: float | None = 100.0,
        channels: tuple[str, ...],
        posture: Posture = SUPINE,
        name: str = "activities",
    ) -> None:
        super().__init__(
            name,
            options,
            seed=seed,
            emg_rate_hz=emg_rate_hz,
            imu_rate_hz=imu_rate_hz,
            channels=channels,
        )
        self._posture: Posture = posture
        self._planned: list[Activity] = []
        self._session = TrueSession()
        self._done: list[dict[str, Any]] = []
        self._played_s = 0.0
        self._given = 0
        score = Score(pose_again(POSTURES[posture], generator(seed, name, "pose")))
        self._chatterer = Chatterer(score, self.athlete)
        self._play(score, posture, arm=posture == SUPINE)
        rest_uv = {m.name: m.rest_uv for m in self.person.muscles}
        self.taps = Taps(0, seed, rest_uv)
        self.hand_taps = HandTaps()
        for activity in plan:
            self.add(activity)

    @property
    def earliest_s(self) -> float:
        """From when on something may still be added: what was played cannot change."""
        return self._played_s

    @property
    def true_activities(self) -> tuple[dict[str, Any], ...]:
        """What was done, with true times."""
        return tuple(self._done)

    @property
    def true_repetitions(self) -> tuple[TrueRepetition, ...]:
        """Repetitions of exercises in the timetable."""
        return tuple(self._session.repetitions)

    def add(self, activity: Activity) -> dict[str, Any]:
        """Do one more thing, and return what it truly is.

        Raises
        ------
        ValueError
            It would begin before ``earliest_s``.
        """
        if activity.at_s < self._played_s:
            raise ValueError(
                f"{activity.kind} at {activity.at_s:g} s comes too late: the body was played up to "
                f"{self._played_s:g} s."
            )
        rng = generator(self.seed, self.scenario, "activity", len(self._planned))
        self._planned.append(activity)
        done = self._do(activity, rng)
        self._done.append(done)
        self._synth.add(tuple(self._score.bursts[self._given :]))
        self._given = len(self._score.bursts)
        return done

    def emg_uv(self, k0: int, n: int) -> FloatArray:
        """Return ``(n, channels)`` microvolts of samples ``k0 .. k0 + n - 1``."""
        self._note(k0 + n, self.emg_rate_hz)
        return super().emg_uv(k0, n)

    def imu(self, k0: int, n: int) -> tuple[FloatArray, FloatArray]:
        """Return ``(n, 3)`` specific force (m/s^2) and rate (rad/s) in sensor axes."""
        if self.imu_rate_hz is not None:
            self._note(k0 + n, self.imu_rate_hz)
        acc, gyr = super().imu(k0, n)
        if self._sensor is not None and self.hand_taps.at_s:
            rate_hz = self._sensor.rate_hz
            t_s = (k0 + np.arange(n)) / rate_hz
            taps = self.hand_taps
            acc = acc + self._sensor.to_sensor(taps.force_m_s2(t_s, rate_hz))
            gyr = gyr + self._sensor.to_sensor(taps.rate_rad_s(t_s, rate_hz))
        return acc, gyr

    def at_rates(self, emg_rate_hz: float, imu_rate_hz: float | None) -> ActivityBody | None:
        """Return the same body at other rates: same events, noise drawn anew."""
        if not LOWEST_RATE_HZ <= emg_rate_hz <= HIGHEST_RATE_HZ:
            return None
        if imu_rate_hz is not None and imu_rate_hz not in IMU_RATES_HZ:
            return None
        return ActivityBody(
            tuple(self._planned),
            self.options,
            seed=self.seed,
            emg_rate_hz=emg_rate_hz,
            imu_rate_hz=imu_rate_hz,
            channels=self.channels,
            posture=self._posture,
            name=self.scenario,
        )

    def truth(
        self, faults: FaultPlan | None = None, *, duration_s: float | None = None
    ) -> dict[str, Any]:
        """Return what was planted, as a JSON object of ``firingorder.truth/1``."""
        told = self._truth(self._session, faults, duration_s, len(self._session.repetitions), {})
        end_s = float("inf") if duration_s is None else duration_s
        return {**told, "activities": [one for one in self._done if one["at_s"] < end_s]}

    def _note(self, samples: int, rate_hz: float) -> None:
        """Note how far whole blocks were made; poses are looked up a little further."""
        size = block_samples(rate_hz)
        blocks = -(-samples // size)
        self._played_s = max(self._played_s, blocks * size / rate_hz + 2.0 * DIFFERENCE_S)

    def _do(self, a: Activity, rng: np.random.Generator) -> dict[str, Any]:
        early, late = (rng.uniform(*REACTION_S) if a.told else 0.0 for _ in range(2))
        at_s, end_s = a.at_s + early, a.end_s + late
        done: dict[str, Any] = {
            "kind": a.kind, "at_s": at_s, "until_s": end_s, "side": a.side, "effort": a.effort,
            "told_s": a.at_s if a.told else None,
        }  # fmt: skip
        if a.kind in CONTRACTIONS:
            self._contract(a, at_s, end_s, rng)
        elif a.kind == "tap":
            done["taps_s"] = self._tap(a, at_s, rng)
        elif a.kind == "belt_tap":
            done["taps_s"] = self._belt_tap(at_s, rng)
        elif a.kind == "turn":
            done["until_s"] = self._chatterer.turn(at_s, pose_again(POSTURES[a.posture], rng), rng)
            done["posture"] = a.posture
        elif a.kind == "exercise":
            rep = self._exercise(a, at_s, rng)
            done |= {"until_s": rep.over_s, "exercise": a.exercise, "repetition": rep.index}
        elif a.kind in ("fidget", "talk", "scratch"):
            event = self._chatterer.restless(a.kind, at_s, rng)
            self._session.events.append(event)
            done["until_s"] = event.until_s
        return done

    def _draft(self, a: Activity, at_s: float, rng: np.random.Generator) -> Draft:
        return Draft(
            score=self._score,
            athlete=self.athlete,
            rng=rng,
            start_s=at_s,
            index=len(self._session.repetitions) + 1,
            set_index=1,
            kind="full",
            side=a.side,
        )

    def _contract(self, a: Activity, at_s: float, end_s: float, rng: np.random.Generator) -> None:
        d = self._draft(a, at_s, rng)
        for muscle, share in CONTRACTIONS[a.kind].items():
            onset_s = at_s if share == 1.0 else at_s + rng.uniform(0.03, 0.25)
            sides: tuple[Side, ...] = d.working
            if a.kind == "lift_back":
                sides = ("left", "right")
            d.on(muscle, sides, onset_s, end_s + rng.uniform(0.05, 0.3), share * a.effort)
        gives_deg = GIVES_DEG[a.kind] * a.effort * d.uniform(0.6, 1.2)
        d.move(at_s + 0.06, 0.6, tilt=gives_deg)
        d.move(end_s, 0.6, tilt=-gives_deg)

    def _tap(self, a: Activity, at_s: float, rng: np.random.Generator) -> list[float]:
        assert self.taps is not None
        taps_s = [at_s]
        for _ in range(a.count - 1):
            taps_s.append(taps_s[-1] + rng.uniform(*TAPS_APART_S))
        for one in taps_s:
            self.taps.add(one, rng)
            self._session.events.append(TrueEvent("tap", one, one))
        return taps_s

    def _belt_tap(self, at_s: float, rng: np.random.Generator) -> list[float]:
        """Reach for the belt and tap it twice; electrodes are taken to feel nothing of it."""
        reach_s, turns_deg = rng.uniform(*REACH_S), rng.uniform(*REACH_DEG)
        turns_deg *= rng.choice((-1.0, 1.0))
        first_s, second_s = self.hand_taps.twice(at_s + reach_s + rng.uniform(0.1, 0.3), rng)
        for from_s, change in ((at_s, turns_deg), (second_s + rng.uniform(0.1, 0.4), -turns_deg)):
            self._score.move(Stroke("rotation", from_s, from_s + reach_s, change, "jerk"))
        self._session.events.append(TrueEvent("belt_tap", first_s, second_s))
        return [first_s, second_s]

    def _exercise(self, a: Activity, at_s: float, rng: np.random.Generator) -> TrueRepetition:
        exercise = EXERCISES[a.exercise]
        usual_s = exercise.about_s - 0.5 * sum(exercise.gap_s)
        d = self._draft(a, at_s, rng)
        d.athlete = replace(self.athlete, slow=a.duration_s / usual_s)
        rep = exercise.plan(d)[0]
        self._session.repetitions.append(rep)
        return rep


#: Contractions of a calibration: three seconds each, three seconds apart.
_TRY_S, _PAUSE_S = 3.0, 3.0


def calibration_plan() -> tuple[Activity, ...]:
    """Return the timetable of a good calibration, from lying still to bends in standing."""
    plan = [Activity("still", 0.0, 12.0)]
    at_s = 14.0
    for kind in ("squeeze", "bend_knee", "lift_back", "push_knee_out"):
        for _ in range(3):
            plan.append(Activity(kind, at_s, _TRY_S))
            at_s += _TRY_S + _PAUSE_S
        at_s += 2.0
    for kind in ("squeeze", "bend_knee", "push_knee_out"):
        for side in ("left", "right"):
            plan.append(Activity(kind, at_s, 2.0, side=side, effort=0.4))
            at_s += 4.0
    plan.append(Activity("lift_back", at_s, 2.0, effort=0.4))
    at_s += 6.0
    for _ in range(3):
        plan.append(Activity("exercise", at_s, 6.5, exercise="bridge"))
        at_s += 10.5
    plan.append(Activity("tap", at_s, 6.0))
    at_s += 8.0
    plan.append(Activity("turn", at_s, posture="standing"))
    plan.append(Activity("still", at_s + 3.5, 6.0))
    at_s += 10.5
    for _ in range(3):
        plan.append(Activity("exercise", at_s, 7.5, exercise="return_bend"))
        at_s += 11.0
    return tuple(plan)


def calibration_body(
    options: Options,
    *,
    seed: int,
    emg_rate_hz: float,
    imu_rate_hz: float | None,
    channels: tuple[str, ...],
) -> ActivityBody:
    """Return a body that is led through a calibration; ``pads`` say what is wrong with it."""
    body = ActivityBody(
        calibration_plan(),
        options,
        seed=seed,
        emg_rate_hz=emg_rate_hz,
        imu_rate_hz=imu_rate_hz,
        channels=channels,
        name=CALIBRATION,
    )
    if options.pads == "moving":
        for at_s in (4.0, 8.0):
            body.add(Activity("fidget", at_s))
    return body
