"""An export whose every value is known, for the tests of the formats."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from firingorder.findings import OnsetEstimate, RepetitionFinding
from firingorder.recording.writers import (
    IMU_NAMES,
    IMU_UNITS,
    ExportData,
    ExportEvent,
    ExportFacts,
    ExportGap,
    ExportStream,
)

SEED = 11
NAMES = ("gluteus_maximus_left", "erector_spinae_left", "tensor_fasciae_latae_right")
STEP_UV = 0.02235174179077148  # of a converter of 24 bits at 4.5 V and gain 24
GAP = (1200, 1500)
HOLE = (3000, 3100)
START = datetime(2011, 3, 4, 5, 6, 7)  # noqa: DTZ001 - exports have no zone


def planted(
    *,
    n: int = 5003,
    rate_hz: float = 1000.0,
    imu_rate_hz: float | None = 100.0,
    imu_start_s: float = 0.003,
    period: float = 1.0,
    start: datetime | None = START,
    names: tuple[str, ...] = NAMES,
    unit: str = "uV",
    scale: float = 1.0,
) -> ExportData:
    """Return streams with a gap, a hole in one channel, and findings.

    ``period`` stretches the device's time against the nominal rate. The last channel is no whole
    count of anything; ``scale`` multiplies it.
    """
    print(f"seed {SEED}")
    rng = np.random.default_rng(SEED)
    counts = rng.integers(-40_000, 40_000, (n, len(names)))
    counts[17, 0], counts[18, 0] = 8_000_000, -8_000_000
    samples = np.asarray(counts * STEP_UV, np.float64)
    samples[:, -1] = scale * rng.normal(0.0, 100.0, n)
    samples[GAP[0] : GAP[1]] = np.nan
    samples[HOLE[0] : HOLE[1], 1] = np.nan
    time_s = np.asarray(period * np.arange(n) / rate_hz, np.float64)
    gap = ExportGap(float(time_s[GAP[0]]), float(time_s[GAP[1]]), "outage", True)
    emg = ExportStream(
        "emg",
        names,
        (unit,) * len(names),
        rate_hz,
        samples,
        time_s,
        (*(STEP_UV,) * (len(names) - 1), None),
        (gap,),
    )
    return ExportData(
        emg=emg,
        imu=None if imu_rate_hz is None else _imu(n, rate_hz, imu_rate_hz, imu_start_s, period),
        repetitions=tuple(_repetition(k, names) for k in (1, 2)),
        events=(
            ExportEvent("marker", 2.5),
            ExportEvent("pain", 3.25, value=3.0),
            ExportEvent("marker", None, "before the first sample"),
        ),
        facts=ExportFacts(
            subject="sub-07",
            task="prone_raise",
            side="left",
            start=start,
            dates="left out" if start is None else "shifted",
            software_version="0.1.0",
            settings_hash="ab" * 32,
            recording_sha256="cd" * 32,
            simulated=True,
            imported=False,
            calibrated=True,
            ham_site="lateral",
            device={"sources": [{"adapter": "frame_v1"}], "serial_hashed": ["0011223344556677"]},
            left_out=("The person's code.",),
            notes=("µ and ° are letters, too.",),
        ),
        edited=frozenset({(2, names[0])}),
    )


def _imu(n: int, rate_hz: float, imu_rate_hz: float, start_s: float, period: float) -> ExportStream:
    rng = np.random.default_rng(SEED + 1)
    rows = round(n * imu_rate_hz / rate_hz)
    samples = rng.normal(0.0, 5.0, (rows, 6))
    samples[200:220] = np.nan
    time_s = np.asarray(start_s + period * np.arange(rows) / imu_rate_hz, np.float64)
    gap = ExportGap(float(time_s[200]), float(time_s[220]), "loss")
    return ExportStream(
        "imu", IMU_NAMES, IMU_UNITS, imu_rate_hz, samples, time_s, (None,) * 6, (gap,)
    )


def onset_s(repetition: int, channel: int) -> float:
    """Where an onset was planted."""
    return 1.0 * repetition + 0.123457 + 0.01 * channel


def _repetition(index: int, names: tuple[str, ...]) -> RepetitionFinding:
    onsets: dict[str, OnsetEstimate | None] = {
        name: OnsetEstimate(onset_s(index, k), onset_s(index, k) - 0.008, onset_s(index, k) + 0.01)
        for k, name in enumerate(names)
    }
    onsets[names[-1]] = None
    return RepetitionFinding(
        index=index,
        set_index=1,
        start_s=1.0 * index,
        movement_onset_s=1.0 * index + 0.2,
        top_s=None,
        end_s=1.0 * index + 0.9,
        scored=index == 1,
        reasons=() if index == 1 else ("excluded", "cut_short"),
        onsets=onsets,
        pairs=(),
        verdict="glutes_first",
        reason=None,
        sides="left",
        lead_ms=10.0,
        low_ms=2.5,
        high_ms=17.5,
        pelvis=None,
        compensations=(),
        bursts=(),
        decided_at_s=1.0 * index + 1.0,
        task="prone_raise",
        side="left",
    )
