"""The scenarios by name, and the truth about them (``firingorder.truth/1``)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from firingorder.errors import UsageError
from firingorder.simulation.body import HIGHEST_RATE_HZ, LOWEST_RATE_HZ, Quaternion
from firingorder.simulation.contaminants import Contaminants, LoosePad
from firingorder.simulation.movement import NOMINAL_MOUNT_WXYZ, Pelvis, SacrumSensor
from firingorder.simulation.noise import generator
from firingorder.simulation.person import (
    ALL_EIGHT,
    BACK,
    GLUTES,
    Class,
    Person,
    ScenarioSpec,
    draw_person,
)
from firingorder.simulation.repetitions import PlannedRepetition, draw_repetitions
from firingorder.simulation.synth import EmgSynth
from firingorder.simulation.taps import Taps

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.simulation.bursts import Burst
    from firingorder.simulation.faults import FaultPlan

TRUTH_SCHEMA = "firingorder.truth/1"
#: Fifteen minutes of bridges: longer than any set, short enough to be listed in a truth file.
DEFAULT_REPETITIONS = 120
DEFAULT_IMU_RATE_HZ = 100.0
IMU_RATES_HZ = (100.0, 200.0)

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
SCENARIOS: tuple[str, ...] = tuple(_BY_NAME)

#: A loose pad comes off before this repetition and is pressed on again after that one.
LOOSE_REPETITIONS = (4, 6)
LOOSE_MARGIN_S = 1.0


class ScenarioBody:
    """A body whose onsets, leads and movements are known.

    See :class:`firingorder.simulation.body.Body`. ``duration_s`` is None: after the last
    repetition the body lies still.
    """

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
        self.scenario = spec.name
        self.seed = seed
        self.channels = channels
        self.emg_rate_hz = emg_rate_hz
        self.imu_rate_hz = imu_rate_hz
        self.duration_s: float | None = None
        self.nominal_mount_wxyz: Quaternion | None = NOMINAL_MOUNT_WXYZ
        self.person: Person = draw_person(spec, generator(seed, spec.name, "person"))
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
        self._sensor = (
            None
            if imu_rate_hz is None
            else SacrumSensor(Pelvis(moves, seed), seed=seed, rate_hz=imu_rate_hz)
        )

    @property
    def mount_wxyz(self) -> Quaternion | None:
        """The true mounting of the sensor, which no device knows."""
        return None if self._sensor is None else self._sensor.mount_wxyz

    def emg_uv(self, k0: int, n: int) -> FloatArray:
        """Return ``(n, channels)`` microvolts of samples ``k0 .. k0 + n - 1``."""
        emg_uv = self._synth.read(k0, n)
        if self.taps is None:
            return emg_uv
        t_s = (k0 + np.arange(n)) / self.emg_rate_hz
        return emg_uv + self.taps.artefact_uv(self.channels, t_s)

    def imu(self, k0: int, n: int) -> tuple[FloatArray, FloatArray]:
        """Return ``(n, 3)`` specific force (m/s^2) and rate (rad/s) in sensor axes."""
        if self._sensor is None:
            raise ValueError("this body wears no inertial sensor")
        acc, gyr = self._sensor.read(k0, n)
        if self.taps is not None:
            shaken = self.taps.force_m_s2((k0 + np.arange(n)) / self._sensor.rate_hz)
            acc = acc + self._sensor.to_sensor(shaken)
        return acc, gyr

    def lead_off(self, t_s: float) -> tuple[bool, ...]:
        """Return which channels have no contact with the skin at body time ``t_s``."""
        return self._contaminants.lead_off(t_s)

    def at_rates(self, emg_rate_hz: float, imu_rate_hz: float | None) -> ScenarioBody | None:
        """Return the same body at other rates: same events, noise drawn anew."""
        if not LOWEST_RATE_HZ <= emg_rate_hz <= HIGHEST_RATE_HZ:
            return None
        if imu_rate_hz is not None and imu_rate_hz not in IMU_RATES_HZ:
            return None
        return ScenarioBody(
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
        """Return what was planted, as a JSON object of ``firingorder.truth/1``.

        Parameters
        ----------
        faults
            Faults of the link and the device that the session was told to have.
        duration_s
            Leave out repetitions that end later, and faults that begin later.
        """
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
            **{k: _as_json(v) for k, v in fields.items()},
            "emg_rate_hz": self.emg_rate_hz,
            "imu_rate_hz": self.imu_rate_hz,
            "channels": list(self.channels),
            "repetitions": self._count,
            "mount_wxyz": None if self.mount_wxyz is None else list(self.mount_wxyz),
            "rest_uv": {m.name: m.rest_uv for m in self.person.muscles if m.name in self.channels},
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
            "lead_ms": self._lead_ms(rep),
            "lead_left_ms": self._lead_ms(rep, "left"),
            "lead_right_ms": self._lead_ms(rep, "right"),
            "channels": {
                b.channel: self._burst_truth(b) for b in rep.bursts if b.channel in self.channels
            },
        }

    def _burst_truth(self, burst: Burst) -> dict[str, Any]:
        column = ALL_EIGHT.index(burst.channel)
        return {
            "onset_s": burst.onset_s,
            "drive_s": burst.drive_s,
            "offset_s": burst.offset_s,
            "rise_s": burst.rise_s,
            "fall_s": burst.fall_s,
            "shape": burst.shape,
            "snr_db": burst.snr_db,
            "tone": self.person.muscles[column].tone,
        }

    def _lead_ms(self, rep: PlannedRepetition, side: str = "") -> float | None:
        """Return first back onset minus first glute onset of the measured channels, ms."""
        measured = [b for b in rep.bursts if b.channel in self.channels]
        measured = [b for b in measured if b.channel.endswith(side)]
        glutes = [b.onset_s for b in measured if b.channel in GLUTES]
        back = [b.onset_s for b in measured if b.channel in BACK]
        if not glutes or not back:
            return None
        return 1000.0 * (min(back) - min(glutes))

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
        One of :data:`SCENARIOS`.
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
        How many; None is :data:`DEFAULT_REPETITIONS`. Afterwards the body lies still.

    Raises
    ------
    UsageError
        Unknown scenario or muscle, or a rate that no device has.
    """
    spec = _BY_NAME.get(name)
    if spec is None:
        raise UsageError(f"There is no scenario {name!r}. Known: {', '.join(SCENARIOS)}.")
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
    return ScenarioBody(
        spec,
        seed=seed,
        emg_rate_hz=emg_rate_hz,
        imu_rate_hz=imu_rate_hz,
        channels=channels,
        repetitions=DEFAULT_REPETITIONS if repetitions is None else repetitions,
    )


def _as_json(value: object) -> object:
    """Return tuples as the lists that they become in a file."""
    return list(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else value


def _loose_pads(
    spec: ScenarioSpec, channels: tuple[str, ...], reps: tuple[PlannedRepetition, ...]
) -> tuple[LoosePad, ...]:
    first, last = LOOSE_REPETITIONS
    if not spec.loose_pad or len(reps) < first:
        return ()
    start_s = reps[first - 1].movement.onset_s - LOOSE_MARGIN_S
    end_s = reps[min(last, len(reps)) - 1].movement.end_s + LOOSE_MARGIN_S
    return (LoosePad(channels[-1], start_s, end_s),)
