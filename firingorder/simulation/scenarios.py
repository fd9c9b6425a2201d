"""The scenarios by name, and the truth about them (``firingorder.truth/1``)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from firingorder.errors import UsageError
from firingorder.simulation.body import HIGHEST_RATE_HZ, LOWEST_RATE_HZ
from firingorder.simulation.contaminants import Contaminants, LoosePad
from firingorder.simulation.exercises.activities import CALIBRATION, ActivityBody, calibration_body
from firingorder.simulation.exercises.body import ExerciseBody
from firingorder.simulation.exercises.catalogue import EXERCISES
from firingorder.simulation.exercises.options import (
    LISTENER_OPTIONS,
    OPTION_NAMES,
    Options,
    parse_scenario,
)
from firingorder.simulation.movement import Pelvis, SacrumSensor
from firingorder.simulation.noise import generator
from firingorder.simulation.person import ALL_EIGHT, Class, ScenarioSpec, draw_person
from firingorder.simulation.repetitions import PlannedRepetition, draw_repetitions
from firingorder.simulation.synth import EmgSynth
from firingorder.simulation.taps import Taps
from firingorder.simulation.worn_body import (
    DEFAULT_IMU_RATE_HZ,
    IMU_RATES_HZ,
    TRUTH_SCHEMA,
    ScenarioBody,
    as_json,
)

if TYPE_CHECKING:
    from firingorder.simulation.faults import FaultPlan

__all__ = [
    "BRIDGES",
    "DEFAULT_IMU_RATE_HZ",
    "DEFAULT_REPETITIONS",
    "IMU_RATES_HZ",
    "SCENARIOS",
    "TRUTH_SCHEMA",
    "BridgeBody",
    "ScenarioBody",
    "make_body",
]

#: Fifteen minutes of bridges: longer than any set, short enough to be listed in a truth file.
DEFAULT_REPETITIONS = 120

_GLUTES: tuple[Class, ...] = ("glutes_first",)
_TOGETHER: tuple[Class, ...] = ("together",)
_BACK: tuple[Class, ...] = ("back_first",)
_UNCLEAR: tuple[Class, ...] = ("unclear",)
_CLEAR: tuple[Class, ...] = (*_GLUTES * 9, *_BACK)
_MIXED: tuple[Class, ...] = (*_GLUTES * 4, *_TOGETHER * 2, *_BACK * 2, *_UNCLEAR * 2)
_SPECS = (
    ScenarioSpec("rest", ()),
    ScenarioSpec("bridge", _CLEAR),
    # Fast rises and strong plateaus: each class can be told, except the one that must not be.
    ScenarioSpec("bridge_mixed", _MIXED, snr_db=(25.0, 28.0), rise_s=(0.03, 0.08)),
    ScenarioSpec(
        "bridge_tone",
        _CLEAR,
        snr_db=(14.0, 20.0),
        tone=(0.7, 0.95),
        tone_fluctuation=0.30,
        plateau_fluctuation=0.20,
    ),
    ScenarioSpec("bridge_one_sided", _CLEAR, one_sided=True),
    ScenarioSpec("bridge_ecg", _CLEAR, snr_db=(18.0, 24.0), ecg_back=8.0, ecg_other=2.0),
    ScenarioSpec("bridge_motion", _CLEAR, snr_db=(18.0, 24.0), wander=4.0, motion=8.0),
    ScenarioSpec("bridge_loose_pad", _CLEAR, loose_pad=True),
    # For sensors with clocks of their own: lie still, tap three times, then bridge.
    ScenarioSpec("taps", _CLEAR, taps=3, waits_s=14.0),
)
_BY_NAME = {spec.name: spec for spec in _SPECS}
#: Bodies that bridge (or lie still), with leads in known classes.
BRIDGES: tuple[str, ...] = tuple(_BY_NAME)
#: Lies still and does what it is told (:meth:`ActivityBody.add`).
LISTENING = "listening"
#: These, every other exercise, a session of calibration, and somebody who waits to be told.
SCENARIOS: tuple[str, ...] = (
    *BRIDGES,
    *(e for e in EXERCISES if e not in BRIDGES),
    CALIBRATION,
    LISTENING,
)

#: A loose pad comes off before this repetition and is pressed on again after that one.
LOOSE_REPETITIONS = (4, 6)
LOOSE_MARGIN_S = 1.0


class BridgeBody(ScenarioBody):
    """A body that bridges, lies still or taps; ``repetitions`` are its bridges."""

    def __init__(
        self,
        spec: ScenarioSpec,
        *,
        seed: int,
        emg_rate_hz: float,
        imu_rate_hz: float | None,
        channels: tuple[str, ...],
        repetitions: int,
    ) -> None:
        super().__init__(
            spec.name,
            seed=seed,
            emg_rate_hz=emg_rate_hz,
            imu_rate_hz=imu_rate_hz,
            channels=channels,
        )
        self.person = draw_person(spec, generator(seed, spec.name, "person"))
        count = repetitions if spec.classes else 0
        self.repetitions: tuple[PlannedRepetition, ...] = draw_repetitions(
            spec, self.person, seed, count
        )
        self.loose = _loose_pads(spec, channels, self.repetitions)
        self._spec = spec
        self._count = repetitions
        moves = tuple(rep.movement for rep in self.repetitions)
        self._contaminants = self._make_contaminants(tuple(m.onset_s for m in moves))
        self._synth = self._make_synth()
        rest_uv = {m.name: m.rest_uv for m in self.person.muscles if m.name in channels}
        self.taps = Taps(spec.taps, seed, rest_uv) if spec.taps else None
        self.pelvis = Pelvis(moves, seed)
        self._sensor = (
            None
            if imu_rate_hz is None
            else SacrumSensor(self.pelvis, seed=seed, rate_hz=imu_rate_hz)
        )

    def at_rates(self, emg_rate_hz: float, imu_rate_hz: float | None) -> BridgeBody | None:
        """Return the same body at other rates: same events, noise drawn anew."""
        if not LOWEST_RATE_HZ <= emg_rate_hz <= HIGHEST_RATE_HZ:
            return None
        if imu_rate_hz is not None and imu_rate_hz not in IMU_RATES_HZ:
            return None
        return BridgeBody(
            self._spec,
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
        end_s = float("inf") if duration_s is None else duration_s
        reps = [rep for rep in self.repetitions if rep.movement.end_s <= end_s]
        planned: list[dict[str, Any]] = [] if faults is None else faults.to_truth()
        loose = [
            {"kind": "loose_pad", "at_s": p.start_s, "until_s": p.end_s, "channel": p.channel}
            for p in self.loose
        ]
        return {
            "schema": TRUTH_SCHEMA,
            "scenario": self.scenario,
            "seed": self.seed,
            "settings": self._settings(),
            "repetitions": [self._truth_of(rep) for rep in reps],
            "taps_s": [] if self.taps is None else list(self.taps.at_s),
            "bursts": [
                {"channel": b.channel, "repetition": b.repetition, **self._burst_truth(b)}
                for rep in reps
                for b in rep.bursts
                if b.channel in self.channels
            ],
            "faults": [f for f in planned + loose if cast("float", f["at_s"]) < end_s],
        }

    def _settings(self) -> dict[str, Any]:
        fields: dict[str, Any] = asdict(self._spec)
        return {
            **{k: as_json(v) for k, v in fields.items()},
            **self._worn(self._count),
        }

    def _truth_of(self, rep: PlannedRepetition) -> dict[str, Any]:
        move = rep.movement
        return {
            "index": rep.index,
            "movement_onset_s": move.onset_s,
            "top_s": move.top_s,
            "lower_s": move.lower_s,
            "end_s": move.end_s,
            "tilt_deg": move.tilt_deg,
            "obliquity_deg": move.obliquity_deg,
            "rotation_deg": move.rotation_deg,
            "class": rep.lead_class,
            "lead_ms": self._lead_ms(rep.bursts),
            "lead_left_ms": self._lead_ms(rep.bursts, "left"),
            "lead_right_ms": self._lead_ms(rep.bursts, "right"),
            "channels": {
                b.channel: self._burst_truth(b) for b in rep.bursts if b.channel in self.channels
            },
        }

    def _make_contaminants(self, movements_s: tuple[float, ...]) -> Contaminants:
        columns = [ALL_EIGHT.index(name) for name in self.channels]
        return Contaminants(
            self.channels,
            tuple(self.person.contaminants[c] for c in columns),
            self.seed,
            movements_s=movements_s,
            loose=self.loose,
        )

    def _make_synth(self) -> EmgSynth:
        columns = [ALL_EIGHT.index(name) for name in self.channels]
        return EmgSynth(
            tuple(self.person.muscles[c] for c in columns),
            tuple(b for rep in self.repetitions for b in rep.bursts),
            self._contaminants,
            seed=self.seed,
            rate_hz=self.emg_rate_hz,
        )


def make_body(
    name: str,
    *,
    seed: int,
    emg_rate_hz: float = 1000.0,
    imu_rate_hz: float | None = DEFAULT_IMU_RATE_HZ,
    channels: tuple[str, ...] = ALL_EIGHT,
    repetitions: int | None = None,
) -> ScenarioBody:
    """Return the body of a scenario.

    Parameters
    ----------
    name
        One of :data:`SCENARIOS`, with options behind a question mark
        (:class:`~firingorder.simulation.exercises.options.Options`), as in ``squat?pace=slow``.
    seed
        Everything random comes from it.
    emg_rate_hz
        500 to 4000 Hz.
    imu_rate_hz
        100 or 200 Hz, or None for a belt without inertial sensor.
    channels
        Muscles that carry electrodes, in the order of the device's channels. What a muscle does
        does not depend on which ones are measured.
    repetitions
        How many attempts (bouts, of walking); None is about a quarter of an hour. Afterwards the
        body keeps still.

    Raises
    ------
    UsageError
        Unknown scenario, option or muscle, or a rate that no device has.
    """
    name, options = parse_scenario(name)
    _check_name(name)
    _check(channels, emg_rate_hz, imu_rate_hz)
    if name in (LISTENING, CALIBRATION):
        return _led_body(
            name,
            options,
            seed=seed,
            emg_rate_hz=emg_rate_hz,
            imu_rate_hz=imu_rate_hz,
            channels=channels,
        )
    _check_listens(name, options)
    if name in EXERCISES and (name not in BRIDGES or options != Options()):
        return ExerciseBody(
            EXERCISES[name],
            options,
            seed=seed,
            emg_rate_hz=emg_rate_hz,
            imu_rate_hz=imu_rate_hz,
            channels=channels,
            repetitions=repetitions,
        )
    if options != Options():
        raise UsageError(
            f"{name} has no options; {', '.join(OPTION_NAMES)} are those of exercises."
        )
    return BridgeBody(
        _BY_NAME[name],
        seed=seed,
        emg_rate_hz=emg_rate_hz,
        imu_rate_hz=imu_rate_hz,
        channels=channels,
        repetitions=DEFAULT_REPETITIONS if repetitions is None else repetitions,
    )


def _led_body(
    name: str,
    options: Options,
    *,
    seed: int,
    emg_rate_hz: float,
    imu_rate_hz: float | None,
    channels: tuple[str, ...],
) -> ActivityBody:
    """Return a body that is led through a calibration, or one that waits to be told."""
    if name == CALIBRATION:
        return calibration_body(
            options,
            seed=seed,
            emg_rate_hz=emg_rate_hz,
            imu_rate_hz=imu_rate_hz,
            channels=channels,
        )
    return ActivityBody(
        (),
        options,
        seed=seed,
        emg_rate_hz=emg_rate_hz,
        imu_rate_hz=imu_rate_hz,
        channels=channels,
        name=LISTENING,
    )


def _check_listens(name: str, options: Options) -> None:
    if (options.pain, options.obeys) != (0, "well"):
        raise UsageError(
            f"{name} listens to nobody; {', '.join(LISTENER_OPTIONS)} are options of {LISTENING}."
        )


def _check_name(name: str) -> None:
    if name in SCENARIOS:
        return
    known = ", ".join(one for one in SCENARIOS if one not in EXERCISES or one in BRIDGES)
    raise UsageError(
        f"There is no scenario {name!r}. Known: {known}, and every exercise, as squat or clam."
    )


def _check(channels: tuple[str, ...], emg_rate_hz: float, imu_rate_hz: float | None) -> None:
    unknown = [channel for channel in channels if channel not in ALL_EIGHT]
    if unknown or not channels or len(set(channels)) != len(channels):
        wrong = ", ".join(unknown) or "none, or one twice"
        raise UsageError(f"A scenario cannot measure {wrong}. It has: {', '.join(ALL_EIGHT)}.")
    if not LOWEST_RATE_HZ <= emg_rate_hz <= HIGHEST_RATE_HZ:
        raise UsageError(
            f"A device samples EMG at {LOWEST_RATE_HZ:g} to {HIGHEST_RATE_HZ:g} Hz, "
            f"not at {emg_rate_hz:g} Hz."
        )
    if imu_rate_hz is not None and imu_rate_hz not in IMU_RATES_HZ:
        raise UsageError(f"The inertial sensor has 100 or 200 Hz, not {imu_rate_hz:g} Hz.")


def _loose_pads(
    spec: ScenarioSpec, channels: tuple[str, ...], reps: tuple[PlannedRepetition, ...]
) -> tuple[LoosePad, ...]:
    first, last = LOOSE_REPETITIONS
    if not spec.loose_pad or len(reps) < first:
        return ()
    start_s = reps[first - 1].movement.onset_s - LOOSE_MARGIN_S
    end_s = reps[min(last, len(reps)) - 1].movement.end_s + LOOSE_MARGIN_S
    return (LoosePad(channels[-1], start_s, end_s),)
