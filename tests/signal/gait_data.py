"""Real walks with a sensor on the lower back: mobgap example data (see its SOURCE.txt)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.io import loadmat

from firingorder.signal.orientation import Orientation, OrientationParams

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from firingorder.signal.orientation import Pose

RATE_HZ = 100.0
#: The first axis points up, the third forward (x up, y right, z forward is right-handed, and the
#: leaning sensor shows a negative third axis): pelvis x = z, y = -y, z = x of the sensor.
TO_PELVIS = np.array([[0.0, 0.0, 1.0], [0.0, -1.0, 0.0], [1.0, 0.0, 0.0]])


@dataclass(frozen=True)
class Walk:
    """Contacts of one walk by one reference system: times and feet ("L", "R")."""

    system: str
    contacts_s: np.ndarray
    feet: list[str]


@dataclass(frozen=True)
class Trial:
    person: str
    name: str
    samples: list[tuple[float, Pose]]
    walks: list[Walk]


def trials(folder: Path) -> Iterator[Trial]:
    for person in ("HA_001", "HA_002"):
        data: Any = loadmat(folder / person / "data.mat", struct_as_record=False, squeeze_me=True)
        for test in data["data"].TimeMeasure1._fieldnames:
            inner = getattr(data["data"].TimeMeasure1, test)
            for name in inner._fieldnames:
                yield _trial(person, f"{test} {name}", getattr(inner, name))


def _trial(person: str, name: str, record: Any) -> Trial:
    sensor = record.SU.LowerBack
    acc = np.asarray(sensor.Acc, dtype=np.float64) * 9.80665 @ TO_PELVIS.T
    gyr = np.radians(np.asarray(sensor.Gyr, dtype=np.float64)) @ TO_PELVIS.T
    orientation = Orientation(OrientationParams(), RATE_HZ, (1.0, 0.0, 0.0, 0.0))
    samples = [(k / RATE_HZ, orientation.step_turned(k, acc[k], gyr[k])) for k in range(len(acc))]
    walks: list[Walk] = []
    for system in record.Standards._fieldnames:
        known = np.atleast_1d(getattr(record.Standards, system).ContinuousWalkingPeriod)
        for one in known:
            times = np.atleast_1d(getattr(one, "InitialContact_Event", [])).astype(np.float64)
            if len(times) == 0:
                continue
            feet = [str(foot)[0] for foot in np.atleast_1d(one.InitialContact_LeftRight)]
            ok = np.isfinite(times)
            kept = [foot for foot, good in zip(feet, ok, strict=False) if good]
            walks.append(Walk(system, times[ok], kept))
    return Trial(person, name, samples, walks)
