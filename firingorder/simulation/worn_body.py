"""What all bodies of scenarios have in common: electrodes, a sensor, and the truth about them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from firingorder.simulation.movement import NOMINAL_MOUNT_WXYZ
from firingorder.simulation.person import ALL_EIGHT, BACK, GLUTES

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.simulation.body import Quaternion
    from firingorder.simulation.bursts import Burst
    from firingorder.simulation.contaminants import Contaminants
    from firingorder.simulation.faults import FaultPlan
    from firingorder.simulation.movement import Moves, SacrumSensor
    from firingorder.simulation.person import Person
    from firingorder.simulation.synth import EmgSynth
    from firingorder.simulation.taps import Taps

TRUTH_SCHEMA = "firingorder.truth/1"
DEFAULT_IMU_RATE_HZ = 100.0
IMU_RATES_HZ = (100.0, 200.0)


class ScenarioBody(ABC):
    """A body whose onsets, leads and movements are known.

    See :class:`firingorder.simulation.body.Body`. ``duration_s`` is None: after the last
    repetition the body keeps still. Subclasses set the attributes that are declared here.
    """

    scenario: str
    seed: int
    channels: tuple[str, ...]
    emg_rate_hz: float
    imu_rate_hz: float | None
    person: Person
    pelvis: Moves
    taps: Taps | None
    _contaminants: Contaminants
    _synth: EmgSynth
    _sensor: SacrumSensor | None

    def __init__(
        self,
        name: str,
        *,
        seed: int,
        emg_rate_hz: float,
        imu_rate_hz: float | None,
        channels: tuple[str, ...],
    ) -> None:
        self.scenario = name
        self.seed = seed
        self.channels = channels
        self.emg_rate_hz = emg_rate_hz
        self.imu_rate_hz = imu_rate_hz
        self.duration_s: float | None = None
        self.nominal_mount_wxyz: Quaternion | None = NOMINAL_MOUNT_WXYZ
        self.taps = None

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

    @abstractmethod
    def at_rates(self, emg_rate_hz: float, imu_rate_hz: float | None) -> ScenarioBody | None:
        """Return the same body at other rates: same events, noise drawn anew."""

    @abstractmethod
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

    def _lead_ms(self, bursts: tuple[Burst, ...], side: str = "") -> float | None:
        """Return first back onset minus first glute onset of the measured channels, ms."""
        measured = [b for b in bursts if b.channel in self.channels]
        measured = [b for b in measured if b.channel.endswith(side)]
        glutes = [b.onset_s for b in measured if b.channel in GLUTES]
        back = [b.onset_s for b in measured if b.channel in BACK]
        if not glutes or not back:
            return None
        return 1000.0 * (min(back) - min(glutes))

    def _worn(self, repetitions: int) -> dict[str, Any]:
        """Return the settings that every truth has."""
        return {
            "emg_rate_hz": self.emg_rate_hz,
            "imu_rate_hz": self.imu_rate_hz,
            "channels": list(self.channels),
            "repetitions": repetitions,
            "mount_wxyz": None if self.mount_wxyz is None else list(self.mount_wxyz),
            "rest_uv": {m.name: m.rest_uv for m in self.person.muscles if m.name in self.channels},
        }


def as_json(value: object) -> object:
    """Return tuples as the lists that they become in a file."""
    return list(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else value
