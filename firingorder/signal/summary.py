"""Each channel over a whole recording: noise, mains, heart beats, signal, and whether it serves."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from scipy import signal as sps

from firingorder.findings import ChannelFinding

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.quality import Look
    from firingorder.signal.refine import OnsetResult


@dataclass(frozen=True, slots=True)
class SummaryParams:
    """Detector of heart beats (timing_core section 6) and limits of use (proposals)."""

    looks: int = 3600
    """Looks kept, an hour of seconds: the last hour stands for a longer session."""
    repetitions: int = 500
    noise_quantile: float = 0.2
    """The quietest fifth of the looks is rest."""
    ecg_looks: int = 10
    """Beats are sought in this many looks at once."""
    ecg_band_hz: tuple[float, float] = (8.0, 30.0)
    ecg_sd: float = 4.0
    ecg_apart_s: float = 0.4
    ecg_interval_cv: float = 0.15
    ecg_beats: int = 6
    ecg_share: float = 0.3
    """Share of the searched stretches that must show beats."""
    min_snr_db: float = 10.0
    bad_share: float = 0.5
    """A channel that is off, clipped or flat for more than this share does not serve."""
    flat_uv: float = 0.02


class ChannelSummary:
    """Collects looks, contact and repetitions; memory stays bounded."""

    def __init__(self, params: SummaryParams, channels: tuple[str, ...], rate_hz: float) -> None:
        self._params = params
        self._channels = channels
        self._rate_hz = rate_hz
        n = len(channels)
        self._levels: deque[FloatArray] = deque(maxlen=params.looks)
        self._mains: deque[FloatArray] = deque(maxlen=params.looks)
        self._raw: list[FloatArray] = []
        self._sos = cast(
            "FloatArray",
            sps.butter(2, params.ecg_band_hz, "bandpass", fs=rate_hz, output="sos"),
        )
        self._looks = 0
        self._off = np.zeros(n, dtype=np.int64)
        self._clipped = np.zeros(n, dtype=np.int64)
        self._searched = 0
        self._beating = np.zeros(n, dtype=np.int64)
        self._snr: list[deque[float]] = [deque(maxlen=params.repetitions) for _ in channels]
        self._repetitions = 0

    def look(self, look: Look, lead_off: BoolArray) -> None:
        """Take a look, and which electrodes were off during it."""
        self._looks += 1
        self._off += lead_off
        self._clipped += look.clipped
        self._levels.append(np.where(look.whole & ~lead_off, look.rms_uv, np.nan))
        self._mains.append(np.where(look.whole & ~lead_off, look.mains_uv, np.nan))
        self._raw.append(look.raw_uv)
        if len(self._raw) == self._params.ecg_looks:
            self._seek_beats(np.concatenate(self._raw))
            self._raw = []

    def repetition(self, results: dict[str, OnsetResult]) -> None:
        """Take the channels of a complete repetition."""
        self._repetitions += 1
        for k, name in enumerate(self._channels):
            snr_db = results[name].snr_db if name in results else None
            if snr_db is not None and "no_onset" not in results[name].gates:
                self._snr[k].append(snr_db)

    def findings(self) -> tuple[ChannelFinding, ...]:
        """Return the channels as they stand."""
        return tuple(self._finding(k, name) for k, name in enumerate(self._channels))

    def _finding(self, k: int, name: str) -> ChannelFinding:
        p = self._params
        noise = _quantile([float(one[k]) for one in self._levels], p.noise_quantile)
        mains = _quantile([float(one[k]) for one in self._mains], 0.5)
        snr = _quantile(list(self._snr[k]), 0.5)
        beats = self._searched > 0 and self._beating[k] >= max(1.0, p.ecg_share * self._searched)
        reasons: list[str] = []
        if self._off[k] > p.bad_share * max(1, self._looks):
            reasons.append("poor_contact")
        if self._clipped[k] > p.bad_share * max(1, self._looks):
            reasons.append("saturated")
        if noise is not None and noise < p.flat_uv:
            reasons.append("flat")
        if self._repetitions and not self._snr[k]:
            reasons.append("no_onset")
        elif snr is not None and snr < p.min_snr_db:
            reasons.append("low_snr")
        return ChannelFinding(name, noise, mains, bool(beats), snr, not reasons, tuple(reasons))

    def _seek_beats(self, raw: FloatArray) -> None:
        """Look for regular peaks; a stretch with missing samples says nothing."""
        p = self._params
        if bool(np.any(np.isnan(raw))):
            return
        self._searched += 1
        filtered = cast("FloatArray", sps.sosfilt(self._sos, raw - raw[0], axis=0))
        band = np.abs(filtered)
        for k in range(raw.shape[1]):
            limit = p.ecg_sd * float(np.median(band[:, k])) / 0.6745  # robust SD of a Gaussian
            peaks, _ = sps.find_peaks(
                band[:, k], height=limit, distance=round(p.ecg_apart_s * self._rate_hz)
            )
            intervals = np.diff(peaks)
            if len(peaks) < p.ecg_beats:
                continue
            if float(np.std(intervals)) < p.ecg_interval_cv * float(np.mean(intervals)):
                self._beating[k] += 1


def _quantile(values: list[float], q: float) -> float | None:
    known = [value for value in values if not np.isnan(value)]
    return float(np.quantile(known, q)) if known else None
