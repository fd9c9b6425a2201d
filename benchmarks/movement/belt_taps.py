"""Count double taps on the belt, heard and imagined; write docs/belt_taps.md.

``python -m benchmarks.movement.belt_taps`` with the Python of ``.venv-bench`` (h5py reads BROAD).
Recordings are found as the tests find them: ``FIRINGORDER_DATA``, else ``../shared/data``.
``--out FILE`` writes elsewhere, ``--quick`` simulates few minutes. Exit status: 0 done, 1 a bar was
missed, 2 something needed is not there.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

os.environ.setdefault("OMP_NUM_THREADS", "1")

from benchmarks.movement import belt_taps_cases as cases
from benchmarks.movement.belt_taps_page import Findings, page
from benchmarks.movement.making import make_page
from firingorder.simulation.exercises.catalogue import EXERCISES

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.simulation.exercises.options import Imu
    from firingorder.simulation.exercises.postures import Posture

FOLDERS = ("broad", "mobgap", "xsens_txt")
#: Seconds of each exercise at each of three paces.
EACH_S = 1500.0
#: Seconds of each exercise with something wrong with the sensor, and at 200 Hz.
WORN_S = 240.0
PEOPLE = 9
TAPPING: tuple[tuple[Posture, str], ...] = (
    ("supine", ""),
    ("prone", ""),
    ("sitting", ""),
    ("standing", ""),
    ("supine", "bridge"),
    ("standing", "hinge"),
    ("standing", "squat"),
)
#: Not asked for, but worth to know: they do not stop.
ON_THE_MOVE: tuple[tuple[Posture, str], ...] = (("standing", "gait"), ("standing", "side_step"))
WORN: tuple[tuple[Imu, float | None], ...] = (
    ("upside_down", None),
    ("loose", 60.0),
    ("jitter", None),
)
FAULTY: tuple[Imu, ...] = ("loose", "jitter", "frozen")
RATES_HZ = (50.0, 60.0, 80.0, 95.0, 100.0, 120.0, 142.857, 200.0, 285.714, 400.0)


def main(argv: list[str]) -> int:
    """Run everything and write the page."""
    return make_page(argv, "belt_taps", "belt_taps.md", FOLDERS, collect, page)


def collect(data: Path, quick: bool) -> Findings:
    """Run everything; some ten minutes."""
    each_s, worn_s, people = (30.0, 20.0, 1) if quick else (EACH_S, WORN_S, PEOPLE)
    real, trials = cases.broad(data / "broad")
    quiet, tapped = trials[1], trials[2]
    found = Findings(
        broad=real,
        walks=cases.walks(data / "mobgap"),
        xsens=cases.xsens(data / "xsens_txt"),
        blows=[cases.blow(tapped, at) for at in cases.fingers(tapped)],
        apart_s=min(
            (b - a) / tapped.rate_hz
            for a, b in zip(cases.fingers(tapped), cases.fingers(tapped)[1:], strict=False)
        ),
        spliced={
            (share, moving, quiet.rate_hz / times): cases.spliced(
                tapped, quiet, share, moving=moving, times=times
            )
            for share in (1.0, 0.3, 0.1)
            for moving in (False, True)
            for times in (1, 2, 3)
        },
        tapping={
            (posture, doing): cases.tapping(posture, doing, people) for posture, doing in TAPPING
        },
        on_the_move={
            (posture, doing): cases.tapping(posture, doing, people)
            for posture, doing in ON_THE_MOVE
        },
        worn={
            (imu, mount): cases.tapping("supine", "bridge", people, imu=imu, mount_deg=mount)
            for imu, mount in WORN
        },
        rates={rate: cases.at_rate(rate, people) for rate in RATES_HZ},
        rows={taps: cases.at_rate(100.0, people, taps) for taps in (1, 3, 4)},
        heels=cases.heels(people),
        block_ms={rate: cases.block_ms(rate) for rate in (100.0, 200.0, 400.0)},
    )
    for name in EXERCISES:
        for pace in cases.PACES:
            found.exercises[name, pace] = cases.exercise(name, pace, each_s)
        for imu in FAULTY:
            found.faulty[name, imu] = cases.exercise(name, "usual", worn_s, imu=imu)
        found.fast[name] = cases.exercise(name, "fast", worn_s, rate_hz=200.0)
        print(name, end=" ", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
