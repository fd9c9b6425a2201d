"""Each channel over a whole recording: noise, mains, heart beats, signal, and whether it serves."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import ChannelFinding
from firingorder.signal.heartbeat import Heartbeat, HeartbeatParams
from firingorder.signal.spectrum import SpectrumParams, activity_hz

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.quality import Look
    from firingorder.signal.refine import OnsetResult


@dataclass(frozen=True, slots=True)
class SummaryParams:
    """Limits of use; proposals."""

    looks: int = 3600
    """Looks kept, an hour of seconds: the last hour stands for a longer session."""
    repetitions: int = 500
    noise_quantile: float = 0.2
    """The quietest fifth of the looks is rest."""
    beat_looks: int = 10
    """Heart beats are sought in this many looks at once."""
    heartbeat: HeartbeatParams = field(default_factory=HeartbeatParams)
    spectrum: SpectrumParams = field(default_factory=SpectrumParams)
    """Activity elsewhere is ``not_emg``: a wrong rate, or no muscle. Unless an onset was found in a
    repetition: beats and swinging cables may be the louder part of a channel that serves."""
    min_snr_db: float = 7.0
    """As the gate of an onset: a channel whose onsets are answered serves."""
    bad_share: float = 0.5
    """A channel that is off, clipped or flat for more than this share does not serve."""
    flat_uv: float = 0.02
    copied_share: float = 0.5
    """A channel that copies another one in this share of the repetitions does not serve."""
    full_rate_hz: float = 1000.0
    """Slower streams lose the upper half of the EMG: told as ``bandwidth``, and they serve."""


class ChannelSummary:
    """Collects looks, contact and repetitions; memory stays bounded.

    Without ``calibrated`` the samples are no microvolts: none are told or compared with.
    """

    def __init__(
        self,
        params: SummaryParams,
        channels: tuple[str, ...],
        rate_hz: float,
        *,
        calibrated: bool = True,
    ) -> None:
        self._params = params
        self._calibrated = calibrated
        self._channels = channels
        n = len(channels)
        self._levels: deque[FloatArray] = deque(maxlen=params.looks)
        self._mains: deque[FloatArray] = deque(maxlen=params.looks)
        self._removed: deque[FloatArray] = deque(maxlen=params.looks)
        self._narrow = rate_hz < params.full_rate_hz
        self._copied = np.zeros(n, dtype=np.int64)
        self._raw: list[FloatArray] = []
        self._heartbeat = Heartbeat(params.heartbeat, rate_hz, n)
        self._pieces: deque[FloatArray] = deque(maxlen=params.looks)
        self._rate_hz = rate_hz
        self._looks = 0
        self._off = np.zeros(n, dtype=np.int64)
        self._clipped = np.zeros(n, dtype=np.int64)
        self._constant = np.zeros(n, dtype=np.int64)
        self._snr: list[deque[float]] = [deque(maxlen=params.repetitions) for _ in channels]
        self._repetitions = 0

    def look(self, look: Look, lead_off: BoolArray) -> None:
        """Take a look, and which electrodes were off during it."""
        self._looks += 1
        self._off += lead_off
        self._clipped += look.clipped
        self._constant += look.constant
        self._levels.append(np.where(look.whole & ~lead_off, look.rms_uv, np.nan))
        self._mains.append(np.where(look.whole & ~lead_off, look.mains_uv, np.nan))
        self._removed.append(np.where(look.whole & ~lead_off, look.removed_uv, np.nan))
        self._pieces.append(np.where(look.whole & ~lead_off, look.pieces_uv2, np.nan))
        self._raw.append(look.raw_uv)
        if len(self._raw) == self._params.beat_looks:
            self._heartbeat.add(np.concatenate(self._raw))
            self._raw = []

    def repetition(self, results: dict[str, OnsetResult]) -> None:
        """Take the channels of a complete repetition."""
        self._repetitions += 1
        for k, name in enumerate(self._channels):
            self._copied[k] += name in results and "crosstalk" in results[name].gates
            snr_db = results[name].snr_db if name in results else None
            if snr_db is not None and "no_onset" not in results[name].gates:
                self._snr[k].append(snr_db)

    def findings(self) -> tuple[ChannelFinding, ...]:
        """Return the channels as they stand."""
        p = self._params.spectrum
        beats = self._heartbeat.present()
        empty = np.zeros((2, 0, len(self._channels)))
        pieces = np.concatenate([empty, *self._pieces], axis=1)
        middle = [activity_hz(pieces[..., k], self._rate_hz, p) for k in range(pieces.shape[2])]
        return tuple(
            self._finding(
                k,
                name,
                ecg=bool(beats[k]),
                foreign=self._is_foreign(k, middle[k]),
            )
            for k, name in enumerate(self._channels)
        )

    def _is_foreign(self, k: int, at_hz: float | None) -> bool:
        p = self._params.spectrum
        if at_hz is None or p.is_muscle(at_hz) or self._snr[k]:
            return False
        # Low activity between repetitions is heart or motion, and blames nothing.
        return at_hz > p.highest_hz or self._repetitions > 0

    def _finding(self, k: int, name: str, *, ecg: bool, foreign: bool) -> ChannelFinding:
        p = self._params
        noise = _quantile([float(one[k]) for one in self._levels], p.noise_quantile)
        mains = _quantile([float(one[k]) for one in self._mains], 0.5)
        removed = _quantile([float(one[k]) for one in self._removed], 0.5)
        snr = _quantile(list(self._snr[k]), 0.5)
        reasons: list[str] = []
        if noise is None and not self._off[k]:
            reasons.append("gap")
        if self._off[k] > p.bad_share * max(1, self._looks):
            reasons.append("poor_contact")
        if self._clipped[k] > p.bad_share * max(1, self._looks):
            reasons.append("saturated")
        constant = self._constant[k] > p.bad_share * max(1, self._looks)
        if noise is not None and (noise < p.flat_uv if self._calibrated else constant):
            reasons.append("flat")
        if foreign:
            reasons.append("not_emg")
        if self._repetitions and not self._snr[k]:
            reasons.append("no_onset")
        elif snr is not None and snr < p.min_snr_db:
            reasons.append("low_snr")
        if self._repetitions and self._copied[k] >= p.copied_share * self._repetitions:
            reasons.append("crosstalk")
        usable = not reasons
        if self._narrow:
            reasons.append("bandwidth")
        if not self._calibrated:
            noise = mains = removed = None
        return ChannelFinding(name, noise, mains, ecg, snr, usable, tuple(reasons), removed)


def _quantile(values: list[float], q: float) -> float | None:
    known = [value for value in values if not np.isnan(value)]
    return float(np.quantile(known, q)) if known else None
