"""What the analysis of an hour costs: ``python -m benchmarks hour``.

Ten simulated minutes of eight channels at 1 kHz with a repetition every eight seconds, times six:
the cost grows evenly. Process CPU of the analysis alone, without reading a file, and the time by
the clock where a second process judges beside it: two cores that nobody else uses are what that
row needs. Where neurokit2 is installed (the extra ``bench``), its threshold detector is timed in
the same run: the onsets of eight channels and nothing else.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from benchmarks.accuracy.peers import filtered, peers
from firingorder.session.arrays import ImuSamples, analyse_samples
from firingorder.session.beside import START_AT, USE_FROM, second_process
from firingorder.signal.settings import Settings
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

SEED = 3
RATE_HZ = 1000.0
MINUTES = 10
HOUR_MINUTES = 60
#: Nobody waits more than a minute for an hour, on one of two cores.
HOUR_BAR_S = 60.0
#: Stretch of rest before the first repetition that the threshold is set by, and its multiple.
REST = slice(500, 2500)
THRESHOLD = 4.0


def run() -> list[dict[str, Any]]:
    """Measure with and without IMU, and against a threshold detector if it is there."""
    body = make_body("bridge", seed=SEED)
    emg_uv = body.emg_uv(0, round(MINUTES * 60.0 * RATE_HZ))
    alone_s = analysis_s(emg_uv, body.channels, None)
    imu = None
    if body.imu_rate_hz is not None and body.nominal_mount_wxyz is not None:
        acc, gyr = body.imu(0, round(MINUTES * 60.0 * body.imu_rate_hz))
        imu = ImuSamples(acc, gyr, body.imu_rate_hz, 0.0, body.nominal_mount_wxyz)
    with_imu_s = analysis_s(emg_uv, body.channels, imu)
    two_s = two_processes_s(emg_uv, body.channels)
    threshold_s = peer_s(emg_uv)
    ratio_name = "the same over the CPU of neurokit2's threshold for its onsets alone"
    if threshold_s is None:
        ratio_name += ": skipped, neurokit2 is not installed"
    return [
        row("an hour of 8 channels analysed, CPU (ten minutes times six)", alone_s, HOUR_BAR_S),
        row("the same with an IMU of 100 Hz", with_imu_s, HOUR_BAR_S),
        row("the same without an IMU by the clock, on two cores", two_s, HOUR_BAR_S),
        {
            "name": ratio_name,
            "value": None if threshold_s is None else round(alone_s / threshold_s, 2),
            "unit": "times",
            "bar": None,
        },
    ]


def analysis_s(emg_uv: FloatArray, channels: tuple[str, ...], imu: ImuSamples | None) -> float:
    """Return the process CPU of an hour's analysis."""
    task, settings = load_task("bridge"), Settings()
    begin = time.process_time()
    found = analyse_samples(emg_uv, RATE_HZ, channels, task=task, settings=settings, imu=imu)
    used_s = time.process_time() - begin
    least = MINUTES * 60 // 10
    if len(found.repetitions) < least:
        raise RuntimeError(f"{len(found.repetitions)} repetitions found, not the usual {least}.")
    return used_s * HOUR_MINUTES / MINUTES


def two_processes_s(emg_uv: FloatArray, channels: tuple[str, ...]) -> float:
    """Return how long an hour's analysis takes where a second process judges; nan on one core."""
    task, settings = load_task("bridge"), Settings()
    # Ten minutes stand for an hour, which starts its second process once.
    start_at, use_from = (max(1, n * MINUTES // HOUR_MINUTES) for n in (START_AT, USE_FROM))
    with second_process(start_at, use_from) as beside:
        if beside is None:
            return float("nan")
        begin = time.perf_counter()
        analyse_samples(emg_uv, RATE_HZ, channels, task=task, settings=settings, beside=beside)
        return (time.perf_counter() - begin) * HOUR_MINUTES / MINUTES


def peer_s(emg_uv: FloatArray) -> float | None:
    """Return the process CPU of an hour's onsets by neurokit2, None where it is not installed."""
    there = [one for one in peers() if one.name == "nk.threshold"]
    if not there:
        return None
    begin = time.process_time()
    for k in range(emg_uv.shape[1]):
        there[0].detect(filtered(emg_uv[:, k], "bp"), REST, THRESHOLD)
    return (time.process_time() - begin) * HOUR_MINUTES / MINUTES


def row(name: str, value: float, bar: float | None) -> dict[str, Any]:
    """Return one line of the table."""
    return {"name": name, "value": round(value, 1), "unit": "s", "bar": bar}
