"""Detectors of other packages behind one call, each with one free threshold.

Their detection steps are called directly, without the data frames that some of them wrap around
the result. Arguments as in ``literature``: a filtered channel scaled to a rest SD of one, the
slice that is rest, the threshold; returned are the samples at which activity starts.
"""

from __future__ import annotations

import importlib
import importlib.util
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import signal as sps

from benchmarks.accuracy import literature

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

Detect = Callable[["FloatArray", slice, float], "FloatArray"]
RATE_HZ = 1000.0
PACKAGES = ("neurokit2", "biosppy", "ruptures")
HOW_TO_GET = "make bench-accuracy installs them; or: pip install -r requirements/bench.txt"
#: Both zero-phase: 20 to 450 Hz with a notch at 50 Hz, and the high-pass that neurokit2 and biosppy
#: clean with by default.
FILTERS = ("bp", "hp")


@dataclass(frozen=True, slots=True)
class Peer:
    """A detector and the thresholds it is tuned over. ``slow``: run on fewer trials."""

    name: str
    detect: Detect
    thresholds: tuple[float, ...]
    package: str = ""
    slow: bool = False


def missing_packages() -> list[str]:
    """Return the packages that are not installed."""
    wanted = (*PACKAGES, "matplotlib")
    return [name for name in wanted if importlib.util.find_spec(name) is None]


def versions() -> dict[str, str]:
    """Return the versions of the packages that are here."""
    wanted = ("numpy", "scipy", "matplotlib", *PACKAGES)
    return {name: version(name) for name in wanted if importlib.util.find_spec(name) is not None}


def peers() -> tuple[Peer, ...]:
    """Return the detectors that can run here."""
    out = [Peer(name, fn, grid) for name, (fn, grid) in literature.METHODS.items()]
    here = {name for name in PACKAGES if importlib.util.find_spec(name) is not None}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if "neurokit2" in here:
            out += _neurokit2()
        if "biosppy" in here:
            out += _biosppy()
        if "ruptures" in here:
            out += _ruptures()
    return tuple(out)


def filtered(x: FloatArray, name: str) -> FloatArray:
    """Return a raw channel behind one of :data:`FILTERS`."""
    if name == "hp":
        return sps.sosfiltfilt(sps.butter(4, 100.0, "high", fs=RATE_HZ, output="sos"), x)
    band = sps.sosfiltfilt(sps.butter(4, (20.0, 450.0), "band", fs=RATE_HZ, output="sos"), x)
    b, a = sps.iirnotch(50.0, 30.0, fs=RATE_HZ)
    return np.asarray(sps.filtfilt(b, a, band), dtype=np.float64)


def _smooth(x: FloatArray, size: int = 50) -> FloatArray:
    return np.convolve(np.abs(x), np.ones(size) / size, mode="same")


def _over_rest(envelope: FloatArray, rest: slice, threshold: float) -> float:
    part = envelope[rest]
    return float(np.mean(part) + threshold * np.std(part))


def _neurokit2() -> list[Peer]:
    nk: Any = importlib.import_module("neurokit2")
    # The package's own name for this module is shadowed by the function in it.
    steps = vars(importlib.import_module("neurokit2.emg.emg_activation"))

    def found(activity: Any) -> FloatArray:
        onsets = steps["_emg_activation_activations"](activity, duration_min=50)["EMG_Onsets"]
        return np.asarray(onsets, dtype=np.float64)

    def threshold(x: FloatArray, rest: slice, k: float) -> FloatArray:
        amplitude = np.asarray(nk.emg_amplitude(x))
        limit = _over_rest(amplitude, rest, k)
        if limit >= np.max(amplitude):  # it raises there
            return np.zeros(0)
        return found(steps["_emg_activation_threshold"](amplitude, threshold=limit))

    def mixture(x: FloatArray, rest: slice, k: float) -> FloatArray:
        del rest
        return found(steps["_emg_activation_mixture"](np.asarray(nk.emg_amplitude(x)), threshold=k))

    def by_biosppy(x: FloatArray, rest: slice, k: float) -> FloatArray:
        limit = _over_rest(_smooth(x), rest, k)
        return found(steps["_emg_activation_biosppy"](x, 1000, threshold=limit))

    def silva(x: FloatArray, rest: slice, k: float) -> FloatArray:
        del rest
        return found(steps["_emg_activation_silva"](x, threshold=k))

    def pelt(x: FloatArray, rest: slice, k: float) -> FloatArray:
        del rest
        return found(steps["_emg_activation_pelt"](x, duration_min=50, penalty=k))

    return [
        Peer("nk.threshold", threshold, (2.0, 4.0, 6.0, 10.0), "neurokit2"),
        Peer("nk.mixture", mixture, (0.5, 0.9, 0.99), "neurokit2"),
        Peer("nk.biosppy", by_biosppy, (2.0, 4.0, 6.0), "neurokit2"),
        Peer("nk.silva", silva, (0.8, 1.2, 1.8), "neurokit2"),
        Peer("nk.pelt", pelt, (100.0,), "neurokit2", slow=True),
    ]


def _biosppy() -> list[Peer]:
    emg: Any = importlib.import_module("biosppy.signals.emg")

    def indices(result: Any) -> FloatArray:
        return np.asarray(result["onsets"], dtype=np.float64)

    def find_onsets(x: FloatArray, rest: slice, k: float) -> FloatArray:
        return indices(emg.find_onsets(x, threshold=_over_rest(_smooth(x), rest, k)))

    def hodges_bui(x: FloatArray, rest: slice, k: float) -> FloatArray:
        return indices(emg.hodges_bui_onset_detector(x, x[rest], size=25, threshold=k))

    def bonato(x: FloatArray, rest: slice, k: float) -> FloatArray:
        return indices(
            emg.bonato_onset_detector(
                x,
                x[rest],
                threshold=k,
                active_state_duration=12,
                samples_above_fail=3,
                fail_size=5,
            )
        )

    def lidierth(x: FloatArray, rest: slice, k: float) -> FloatArray:
        return indices(
            emg.lidierth_onset_detector(
                x, x[rest], size=25, threshold=k, active_state_duration=25, fail_size=10
            )
        )

    def silva(x: FloatArray, rest: slice, k: float) -> FloatArray:
        del rest
        return indices(emg.silva_onset_detector(x, size=20, threshold_size=22, threshold=k))

    def solnik(x: FloatArray, rest: slice, k: float) -> FloatArray:
        return indices(emg.solnik_onset_detector(x, x[rest], threshold=k, active_state_duration=25))

    def londral(x: FloatArray, rest: slice, k: float) -> FloatArray:
        return indices(
            emg.londral_onset_detector(x, x[rest], size=25, threshold=k, active_state_duration=25)
        )

    return [
        Peer("biosppy.find_onsets", find_onsets, (2.0, 4.0, 6.0), "biosppy"),
        Peer("biosppy.hodges_bui", hodges_bui, (1.1, 1.25, 1.5, 2.0), "biosppy"),
        Peer("biosppy.bonato", bonato, (4.5, 7.0, 10.0), "biosppy"),
        Peer("biosppy.lidierth", lidierth, (1.1, 1.3, 1.6, 2.0), "biosppy"),
        Peer("biosppy.silva", silva, (1.2, 1.5, 2.0), "biosppy"),
        Peer("biosppy.solnik", solnik, (7.0, 15.0, 30.0), "biosppy"),
        Peer("biosppy.londral", londral, (4.0,), "biosppy", slow=True),
    ]


def _ruptures() -> list[Peer]:
    ruptures: Any = importlib.import_module("ruptures")

    def kernel(x: FloatArray, rest: slice, k: float) -> FloatArray:
        """Change points of the log power in blocks of 5 ms; starts are rises of its level."""
        step = 5
        power = np.log(np.mean(x[: len(x) // step * step].reshape(-1, step) ** 2, axis=1) + 1e-6)
        cuts = [0, *ruptures.KernelCPD("linear", min_size=5).fit(power[:, None]).predict(pen=k)]
        base = float(np.mean(power[rest.start // step : rest.stop // step]))
        means = [float(np.mean(power[a:b])) for a, b in pairwise(cuts)]
        out = [
            cuts[i] * step
            for i in range(1, len(means))
            if means[i] > base + 0.5 and means[i - 1] <= base + 0.5
        ]
        return np.array(out, dtype=np.float64)

    return [Peer("ruptures.KernelCPD", kernel, (5.0, 10.0, 20.0), "ruptures")]
