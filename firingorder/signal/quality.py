"""How good each channel is, once a second, and what a person can do about it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import QualityFinding, QualityState
from firingorder.signal.spectrum import SpectrumParams, covariances

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray
    from firingorder.signal.conditioning import ConditionedBlock


@dataclass(frozen=True, slots=True)
class QualityParams:
    """Limits of the channel states; proposals, except where a source is named."""

    window_s: float = 1.0
    """One look; whole periods of 50 and 60 Hz."""
    saturated_share: float = 0.002
    """Two samples of a second at the converter's limit: the gain is too high."""
    mains_hz: tuple[float, ...] = (50.0, 60.0)
    neighbour_hz: tuple[float, ...] = (-7.0, -5.0, 5.0, 7.0)
    mains_over_neighbours: float = 6.0
    """A line stands this far above its neighbourhood (method.md section 2, step 2)."""
    mains_uv: float = 5.0
    """Mains below this RMS is harmless to any burst that passes the SNR gate."""
    noise_uv: float = 15.0
    """RMS at rest after the high-pass; skin contacts reach 1 to 5 uV."""
    flat_uv: float = 0.02
    """Below the noise of any front end: nothing is connected."""
    looks: int = 8
    """Rest is the quietest of these last looks; a repetition is shorter."""
    spectrum: SpectrumParams = field(default_factory=SpectrumParams)
    confirm_looks: int = 2
    """A state is told when it was seen this often in a row; lead-off is told at once."""


_SITES = {
    "gluteus_maximus": "glute",
    "gluteus_medius": "side of the hip",
    "hamstring": "back of the thigh",
    "erector_spinae": "lower back",
    "tensor_fasciae_latae": "front of the hip",
}


def site(channel: str) -> str:
    """Return where a channel's electrodes lie, in plain words ("left lower back")."""
    muscle, _, side = channel.rpartition("_")
    return f"{side} {_SITES[muscle]}" if muscle in _SITES else channel


def advice(channel: str, state: QualityState) -> str:
    """Return the one thing to do about a state."""
    where = site(channel)
    match state:
        case "good":
            return f"The signal of the {where} is good."
        case "poor_contact":
            return f"Press the electrodes on the {where} down firmly."
        case "saturated":
            return f"The signal of the {where} is too strong: lower the gain before the next set."
        case "mains":
            return f"Move away from mains cables and press the electrodes on the {where}."
        case "noise":
            return f"Clean the skin of the {where} and put on fresh electrodes."


@dataclass(frozen=True, slots=True)
class Look:
    """One look of a second at all channels, each ``(n_channels,)``.

    Attributes
    ----------
    whole
        Every sample was there and settled; the levels mean something.
    rms_uv
        RMS of the conditioned signal.
    mains_uv
        RMS of the strongest mains line, 0 where no line stands out.
    clipped
        Too many samples were at the converter's limit.
    raw_uv
        ``(n_samples, n_channels)`` as the electrodes see it.
    removed_uv
        RMS of the hum that was predicted and subtracted.
    pieces_uv2
        Power and neighbours' product of short pieces of the conditioned signal,
        ``(2, n_pieces, n_channels)``.
    constant
        Every sample as the electrode sees it is the same: nothing is connected, in any unit.
    """

    whole: BoolArray
    rms_uv: FloatArray
    mains_uv: FloatArray
    clipped: BoolArray
    raw_uv: FloatArray
    removed_uv: FloatArray
    pieces_uv2: FloatArray
    constant: BoolArray


class Looker:
    """Collects blocks into looks of a second, on fixed places of the analysis grid."""

    def __init__(self, params: QualityParams, rate_hz: float, block_n: int) -> None:
        self._params = params
        self._rate_hz = rate_hz
        self._block_n = block_n
        self._blocks_per_look = max(1, round(params.window_s * rate_hz / block_n))
        n = self._blocks_per_look * block_n
        t = np.arange(n) / rate_hz
        lines_hz = np.array([f + d for f in params.mains_hz for d in (0.0, *params.neighbour_hz)])
        self._window = np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 2
        phase = 2.0 * np.pi * lines_hz[:, None] * t
        self._cosine = np.cos(phase) * self._window
        self._sine = np.sin(phase) * self._window
        self._collected: list[ConditionedBlock] = []

    def reset(self) -> None:
        """Forget the look under way."""
        self._collected = []

    def step(self, block: ConditionedBlock) -> Look | None:
        """Return a look when it is complete; the first one may be cut short and is left out."""
        self._collected.append(block)
        if (block.index0 // self._block_n + 1) % self._blocks_per_look:
            return None
        blocks, self._collected = self._collected, []
        if len(blocks) < self._blocks_per_look:
            return None
        p = self._params
        raw = np.concatenate([one.raw_uv for one in blocks])
        valid = np.concatenate([one.valid for one in blocks])
        saturated = np.concatenate([one.saturated for one in blocks])
        emg = np.concatenate([one.emg_uv for one in blocks])
        amplitude = self._line_amplitudes(np.where(np.isnan(raw), 0.0, raw))
        around = np.maximum(np.median(amplitude[:, 1:], axis=1), np.finfo(np.float64).tiny)
        stands_out = amplitude[:, 0] > p.mains_over_neighbours * around
        mains = np.max(np.where(stands_out, amplitude[:, 0], 0.0), axis=0) / np.sqrt(2.0)
        return Look(
            whole=np.all(valid | saturated, axis=0),
            rms_uv=np.sqrt(np.mean(np.where(valid, emg, 0.0) ** 2, axis=0)),
            mains_uv=mains,
            clipped=np.mean(saturated, axis=0) >= p.saturated_share,
            raw_uv=raw,
            removed_uv=np.sqrt(np.mean(np.stack([one.hum_uv for one in blocks]) ** 2, axis=0)),
            pieces_uv2=covariances(emg, self._rate_hz, p.spectrum),
            constant=np.max(raw, axis=0) == np.min(raw, axis=0),
        )

    def _line_amplitudes(self, raw: FloatArray) -> FloatArray:
        """Return amplitudes, ``(n_mains, 1 + n_neighbours, n_channels)``."""
        centred = raw - np.mean(raw, axis=0)
        real = self._cosine @ centred
        imaginary = self._sine @ centred
        amplitude = 2.0 * np.sqrt(real**2 + imaginary**2) / np.sum(self._window)
        return amplitude.reshape(len(self._params.mains_hz), -1, raw.shape[1])


class Quality:
    """The state of every channel, told when it changes.

    Without ``calibrated`` the samples are no microvolts, and no limit in microvolts holds.
    """

    def __init__(
        self, params: QualityParams, channels: tuple[str, ...], *, calibrated: bool = True
    ) -> None:
        n = len(channels)
        self._calibrated = calibrated
        self._params = params
        self._channels = channels
        self._states: list[QualityState] = ["good"] * n
        self._candidates: list[tuple[QualityState, int]] = [("good", 0)] * n
        self._lead_off = np.zeros(n, dtype=np.bool_)
        self._levels: list[deque[tuple[float, float]]] = [
            deque(maxlen=params.looks) for _ in range(n)
        ]

    def contact(self, lead_off: BoolArray, at_s: float) -> list[QualityFinding]:
        """Take a report of the device, ``(n_channels,)``; a change is told at once."""
        before, self._lead_off = self._lead_off, lead_off
        findings: list[QualityFinding] = []
        for k in range(len(self._channels)):
            if lead_off[k]:
                findings += self._change(k, "poor_contact", at_s)
            elif before[k]:
                self._levels[k].clear()
                findings += self._change(k, "good", at_s)
        return findings

    def look(self, look: Look, t_s: float) -> list[QualityFinding]:
        """Return the states that a look changed; ``t_s`` is the time of its end."""
        findings: list[QualityFinding] = []
        for k in range(len(self._channels)):
            if look.whole[k]:
                self._levels[k].append((float(look.rms_uv[k]), float(look.mains_uv[k])))
            state = self._judge(
                k,
                whole=bool(look.whole[k]),
                clipped=bool(look.clipped[k]),
                constant=bool(look.constant[k]),
            )
            if state is not None:
                findings += self._confirm(k, state, t_s)
        return findings

    def _judge(self, k: int, *, whole: bool, clipped: bool, constant: bool) -> QualityState | None:
        """Return the state of this look, None when it says nothing."""
        p = self._params
        if self._lead_off[k]:
            return "poor_contact"
        if clipped:
            return "saturated"
        if not whole:
            return None
        if not self._calibrated:
            return "poor_contact" if constant else "good"
        levels = list(self._levels[k])
        rest_uv = min(rms for rms, _ in levels)
        if levels[-1][0] < p.flat_uv:
            return "poor_contact"
        if levels[-1][1] > p.mains_uv:
            return "mains"
        if rest_uv > p.noise_uv and len(levels) == p.looks:
            return "noise"
        return "good"

    def _confirm(self, k: int, state: QualityState, t_s: float) -> list[QualityFinding]:
        candidate, count = self._candidates[k]
        count = count + 1 if candidate == state else 1
        self._candidates[k] = (state, count)
        if state != "saturated" and count < self._params.confirm_looks:
            return []
        return self._change(k, state, t_s)

    def _change(self, k: int, state: QualityState, t_s: float) -> list[QualityFinding]:
        if state == self._states[k]:
            return []
        self._states[k] = state
        name = self._channels[k]
        return [QualityFinding(name, state, advice(name, state), t_s)]
