"""A body that does an exercise: the score of a session, played by pelvis, sensor and muscles."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from firingorder.simulation.body import HIGHEST_RATE_HZ, LOWEST_RATE_HZ
from firingorder.simulation.exercises import pads
from firingorder.simulation.exercises.athlete import Athlete, athlete_spec, draw_athlete
from firingorder.simulation.exercises.pelvis import (
    LYING_STILL,
    SITTING_STILL,
    STANDING_STILL,
    Restlessness,
    ScorePelvis,
)
from firingorder.simulation.exercises.session import SessionPlanner
from firingorder.simulation.movement import SHOULDER_TO_SACRUM_M
from firingorder.simulation.noise import generator
from firingorder.simulation.person import ALL_EIGHT
from firingorder.simulation.synth import EmgSynth
from firingorder.simulation.wear import WornSensor
from firingorder.simulation.worn_body import IMU_RATES_HZ, TRUTH_SCHEMA, ScenarioBody

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.simulation.exercises.catalogue import Exercise
    from firingorder.simulation.exercises.options import Options
    from firingorder.simulation.exercises.postures import Posture
    from firingorder.simulation.exercises.score import Score
    from firingorder.simulation.exercises.truth import TrueEvent, TrueRepetition, TrueSession
    from firingorder.simulation.faults import FaultPlan

#: Efforts of somebody who does not try, and restlessness of somebody who does not keep still.
WEAK_DB = -20.0
MOVING_TIMES = 25.0
#: Lying, the trunk turns about the shoulders (movement.py).
ARM_M = (0.0, 0.0, -SHOULDER_TO_SACRUM_M)


class PlayedBody(ScenarioBody):
    """A body that plays a score; what it does is known."""

    def __init__(
        self,
        name: str,
        options: Options,
        *,
        seed: int,
        emg_rate_hz: float,
        imu_rate_hz: float | None,
        channels: tuple[str, ...],
    ) -> None:
        super().__init__(
            name,
            seed=seed,
            emg_rate_hz=emg_rate_hz,
            imu_rate_hz=imu_rate_hz,
            channels=channels,
        )
        self.options = options
        self.athlete = self._draw_athlete()
        self.person = self.athlete.person

    def _draw_athlete(self) -> Athlete:
        rng = generator(self.seed, self.scenario, "athlete")
        athlete = draw_athlete(athlete_spec(self.scenario, self.options), self.options, rng)
        if self.options.pads != "weak":
            return athlete
        weak_db = {name: level + WEAK_DB for name, level in athlete.maximum_db.items()}
        return replace(athlete, maximum_db=weak_db)

    def _play(self, score: Score, posture: Posture, *, arm: bool) -> None:
        """Put muscles, electrodes and a sensor on a score."""
        self._score = score
        self.pad_fault = pads.draw_fault(self.options.pads, self.channels, self.seed)
        under = pads.sources(self.pad_fault, self.channels)
        self._contaminants = pads.make_contaminants(self.pad_fault, self.person, under, self.seed)
        self._offset_uv = 0.0
        if self.pad_fault is not None:
            level = self.person.contaminants[ALL_EIGHT.index(self.pad_fault.channel)]
            self._offset_uv = level.offset_uv
        self._synth = EmgSynth(
            pads.muscles(self.pad_fault, self.person, under),
            tuple(score.bursts),
            self._contaminants,
            seed=self.seed,
            rate_hz=self.emg_rate_hz,
        )
        self.pelvis = ScorePelvis(
            score,
            self._restlessness(posture),
            arm_m=ARM_M if arm else (0.0, 0.0, 0.0),
            seed=self.seed,
        )
        self._sensor = (
            None
            if self.imu_rate_hz is None
            else WornSensor(
                self.pelvis,
                seed=self.seed,
                rate_hz=self.imu_rate_hz,
                wear=self.options.imu,
                mount_deg=self.options.mount_deg,
            )
        )

    def _restlessness(self, posture: Posture) -> Restlessness:
        upright = {"standing": STANDING_STILL, "sitting": SITTING_STILL, "bench": SITTING_STILL}
        still = upright.get(posture, LYING_STILL)
        if self.options.pads != "moving":
            return still
        low, high = still.breath_deg
        return Restlessness(MOVING_TIMES * still.sway_deg, still.sway_m, (3.0 * low, 3.0 * high))

    def emg_uv(self, k0: int, n: int) -> FloatArray:
        """Return ``(n, channels)`` microvolts of samples ``k0 .. k0 + n - 1``."""
        emg_uv = super().emg_uv(k0, n)
        pads.spoil(self.pad_fault, self.channels, emg_uv, self._offset_uv, k0)
        return emg_uv

    def _truth_of(self, rep: TrueRepetition) -> dict[str, Any]:
        return {
            **rep.to_truth(),
            "lead_ms": self._lead_ms(rep.bursts),
            "lead_left_ms": self._lead_ms(rep.bursts, "left"),
            "lead_right_ms": self._lead_ms(rep.bursts, "right"),
            "channels": {
                b.channel: self._burst_truth(b) for b in rep.bursts if b.channel in self.channels
            },
        }

    def _truth(
        self,
        session: TrueSession,
        faults: FaultPlan | None,
        duration_s: float | None,
        repetitions: int,
        settings: dict[str, Any],
    ) -> dict[str, Any]:
        end_s = float("inf") if duration_s is None else duration_s
        reps = [rep for rep in session.repetitions if rep.over_s <= end_s]
        planned: list[dict[str, Any]] = [] if faults is None else faults.to_truth()
        if self.pad_fault is not None:
            planned.append(self.pad_fault.to_truth())
        return {
            "schema": TRUTH_SCHEMA,
            "scenario": self.scenario,
            "seed": self.seed,
            "settings": {
                **self._worn(repetitions),
                "options": asdict(self.options),
                "slow": self.athlete.slow,
                "back_relaxes": self.athlete.relaxes,
                **settings,
            },
            "repetitions": [self._truth_of(rep) for rep in reps],
            "events": [e.to_truth() for e in session.events if e.at_s < end_s],
            "taps_s": [e.at_s for e in session.events if e.kind == "tap" and e.at_s < end_s],
            "bursts": [
                {"channel": b.channel, "repetition": b.repetition, **self._burst_truth(b)}
                for b in self._score.bursts
                if b.channel in self.channels and b.onset_s < end_s
            ],
            "faults": [f for f in planned if f["at_s"] is None or f["at_s"] < end_s],
        }


class ExerciseBody(PlayedBody):
    """A body that does an exercise.

    Attributes
    ----------
    exercise, options, athlete
        What, how, and who.
    true_repetitions, true_events
        What was planted, in the order of time.
    """

    def __init__(
        self,
        exercise: Exercise,
        options: Options,
        *,
        seed: int,
        emg_rate_hz: float,
        imu_rate_hz: float | None,
        channels: tuple[str, ...],
        repetitions: int | None,
    ) -> None:
        super().__init__(
            exercise.id,
            options,
            seed=seed,
            emg_rate_hz=emg_rate_hz,
            imu_rate_hz=imu_rate_hz,
            channels=channels,
        )
        self.exercise = exercise
        self._count = exercise.repetitions if repetitions is None else repetitions
        planner = SessionPlanner(exercise, self.athlete, options, seed)
        planner.plan(self._count)
        self._session = planner.truth
        self._working_side = planner.side
        posture = exercise.start_posture(planner.side)
        self._play(planner.score, posture, arm=posture in ("supine", "bench"))

    @property
    def true_repetitions(self) -> tuple[TrueRepetition, ...]:
        """What was planted, attempt by attempt."""
        return tuple(self._session.repetitions)

    @property
    def true_events(self) -> tuple[TrueEvent, ...]:
        """What else the body does."""
        return tuple(self._session.events)

    def at_rates(self, emg_rate_hz: float, imu_rate_hz: float | None) -> ExerciseBody | None:
        """Return the same body at other rates: same events, noise drawn anew."""
        if not LOWEST_RATE_HZ <= emg_rate_hz <= HIGHEST_RATE_HZ:
            return None
        if imu_rate_hz is not None and imu_rate_hz not in IMU_RATES_HZ:
            return None
        return ExerciseBody(
            self.exercise,
            self.options,
            seed=self.seed,
            emg_rate_hz=emg_rate_hz,
            imu_rate_hz=imu_rate_hz,
            channels=self.channels,
            repetitions=self._count,
        )

    def truth(
        self, faults: FaultPlan | None = None, *, duration_s: float | None = None
    ) -> dict[str, Any]:
        """Return what was planted, as a JSON object of ``firingorder.truth/1``."""
        settings: dict[str, Any] = {
            "exercise": self.exercise.id,
            "working_side": self._working_side,
            "planted_codes": list(self.exercise.codes),
        }
        return self._truth(self._session, faults, duration_s, self._count, settings)
