"""Planted causes for the signal check: simulated bodies, spoilt from an instant on."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from firingorder.signal.conditioning import (
    Conditioner,
    ConditioningParams,
    Resampler,
    analysis_rate_hz,
    block_samples,
)
from firingorder.signal.quality import Looker, QualityParams
from firingorder.signal.signal_check import SignalCheckDesk
from firingorder.signal.signal_check_params import SignalCheckParams
from firingorder.simulation.contaminants import ContaminantLevels, Contaminants, LoosePad
from firingorder.simulation.person import ALL_EIGHT
from firingorder.simulation.scenarios import make_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.findings import CheckFinding
    from firingorder.measures import ChannelCheck, SignalCheck

#: The channel that is spoilt, and the one whose burst is copied into it.
BAD, SOURCE = 2, 0
REST_UV = 2.4
Look = tuple[float, "SignalCheck"]


@dataclass
class Stream:
    """Raw samples with flags and the device's reports, ``(n_samples, 8)``."""

    rate_hz: float
    emg_uv: np.ndarray
    saturated: np.ndarray
    lead_off: list[tuple[float, np.ndarray]] = field(default_factory=list)
    asked: list[tuple[float, str | None]] = field(default_factory=list)
    channels: tuple[str, ...] = ()

    @property
    def t_s(self) -> np.ndarray:
        return np.arange(len(self.emg_uv)) / self.rate_hz


@dataclass
class Checked:
    """What the desk said: every snapshot, and the findings."""

    looks: list[Look]
    findings: list[tuple[float, CheckFinding]]
    desk: SignalCheckDesk


@lru_cache(maxsize=16)
def _body(scenario: str, seed: int, seconds: float, rate_hz: float) -> np.ndarray:
    body = make_body(scenario, seed=seed, emg_rate_hz=rate_hz)
    return body.emg_uv(0, round(seconds * rate_hz))


def stream(scenario: str, seed: int, seconds: float, rate_hz: float = 1000.0) -> Stream:
    emg = _body(scenario, seed, seconds, rate_hz).copy()
    return Stream(rate_hz, emg, np.zeros(emg.shape, np.bool_), channels=ALL_EIGHT)


def check(
    one: Stream,
    *,
    detects: bool = True,
    calibrated: bool = True,
    params: SignalCheckParams | None = None,
    each: Callable[[SignalCheckDesk, float], None] | None = None,
) -> Checked:
    """Run a stream through conditioning and looks; ``detects``: the device reports lead-off."""
    conditioning = ConditioningParams()
    n = one.emg_uv.shape[1]
    rate = analysis_rate_hz(one.rate_hz, conditioning)
    resampler = Resampler(conditioning, one.rate_hz, n)
    conditioner = Conditioner(conditioning, rate, n)
    looker = Looker(QualityParams(), rate, block_samples(one.rate_hz, conditioning))
    desk = SignalCheckDesk(params or SignalCheckParams(), one.channels, rate, calibrated=calibrated)
    reports = list(one.lead_off) if detects else []
    if detects:
        desk.contact(np.zeros(n, np.bool_), None, 0.0)
    requests = list(one.asked)
    looks: list[Look] = []
    findings: list[tuple[float, CheckFinding]] = []
    step = round(0.200 * one.rate_hz)
    for k in range(0, len(one.emg_uv), step):
        part = slice(k, k + step)
        while reports and reports[0][0] <= k / one.rate_hz:
            at_s, off = reports.pop(0)
            findings += [(at_s, f) for f in desk.contact(off, None, at_s)]
        while requests and requests[0][0] <= k / one.rate_hz:
            at_s, name = requests.pop(0)
            desk.asked(name, at_s)
        raw = resampler.step(k, one.emg_uv[part], one.saturated[part])
        for block in conditioner.steps(raw):
            look = looker.step(block)
            if look is not None:
                end_s = (block.index0 + len(block.emg_uv)) / rate
                findings += [(end_s, f) for f in desk.look(look, end_s)]
                assert desk.latest is not None
                looks.append((end_s, desk.latest))
                if each is not None:
                    each(desk, end_s)
    return Checked(looks, findings, desk)


def contaminated(
    one: Stream,
    k: int,
    from_s: float,
    levels: ContaminantLevels,
    seed: int,
    *,
    movements_s: tuple[float, ...] = (),
    loose: bool = False,
) -> None:
    """Add what the simulator knows to one channel from an instant on."""
    name, t_s = one.channels[k], one.t_s
    pads = (LoosePad(name, from_s, np.inf),) if loose else ()
    made = Contaminants((name,), (levels,), seed, movements_s=movements_s, loose=pads)
    size = round(one.rate_hz)
    for begin in range(0, len(t_s), size):
        part = slice(begin, begin + size)
        t, x = t_s[part], one.emg_uv[part, k]
        one.emg_uv[part, k] = np.where(t >= from_s, made.apply(0, t, x, REST_UV), x)


def noise(seed: int, n: int, rms: float, rate_hz: float = 1000.0) -> np.ndarray:
    """White up to 450 Hz, as a front end lets it through."""
    x = np.random.default_rng(seed).standard_normal(n)
    spectrum = np.fft.rfft(x)
    spectrum[np.fft.rfftfreq(n, 1.0 / rate_hz) > 450.0] = 0.0
    x = np.fft.irfft(spectrum, n)
    return rms * x / np.std(x)


def spoil(cause: str, seed: int, from_s: float, seconds: float, rate_hz: float = 1000.0) -> Stream:
    """A session with one channel (BAD) spoilt from ``from_s`` on; "" is a good one."""
    active = cause in ("saturated", "crosstalk", "", "swapped")
    one = stream("bridge" if active and cause != "swapped" else "rest", seed, seconds, rate_hz)
    x, n = one.emg_uv, len(one.emg_uv)
    later = one.t_s >= from_s
    offset = float(np.median(x[:, BAD]))
    match cause:
        case "lead_off":
            contaminated(one, BAD, from_s, ContaminantLevels(), seed, loose=True)
            one.lead_off.append((from_s, np.arange(8) == BAD))
        case "flickers":
            for k in range(round((seconds - from_s) / 0.8)):
                off = np.zeros(8, np.bool_) if k % 2 else np.arange(8) == BAD
                one.lead_off.append((from_s + 0.8 * k, off))
        case "loose":
            contaminated(one, BAD, from_s, ContaminantLevels(), seed, loose=True)
        case "dead":
            x[later, BAD] = offset
        case "flat":
            x[later, BAD] = noise(seed, n, 0.9, rate_hz)[later]
        case "saturated":
            far = np.abs(x[:, BAD] - offset) > 10.0 * REST_UV
            one.saturated[:, BAD] = far & later
            limited = np.clip(x[:, BAD], offset - 10.0 * REST_UV, offset + 10.0 * REST_UV)
            x[:, BAD] = np.where(later, limited, x[:, BAD])
        case "mains":
            contaminated(one, BAD, from_s, ContaminantLevels(hum=6.0), seed)
        case "ecg":
            contaminated(one, BAD, from_s, ContaminantLevels(ecg=9.0), seed)
        case "motion":
            moves = tuple(np.arange(from_s, seconds, 3.5).tolist())
            contaminated(one, BAD, from_s, ContaminantLevels(motion=16.0), seed, movements_s=moves)
        case "noise":
            x[later, BAD] += noise(seed, n, 25.0, rate_hz)[later]
        case "crosstalk":
            own = stream("rest", seed, seconds, rate_hz).emg_uv[:, BAD]
            lag = round(0.002 * rate_hz)
            copy = np.convolve(x[:, SOURCE] - np.median(x[:, SOURCE]), (0.25, 0.5, 0.25), "same")
            x[:, BAD] = np.where(later, own + 0.4 * np.roll(copy, lag), x[:, BAD])
        case "swapped":
            _squeezes(one, seed, from_s)
        case "lost":
            x[later, BAD] = np.nan
        case _:
            assert cause == "", cause
    return one


def _squeezes(one: Stream, seed: int, from_s: float) -> None:
    """The muscle of each side is asked for, and comes out of the other side's channel."""
    left, right = BAD, BAD + 1
    for k in range(4):
        begin = from_s + 6.0 * k
        column = (right, left)[k % 2]
        inside = (one.t_s >= begin + 0.5) & (one.t_s < begin + 3.5)
        burst = noise(seed + k, len(one.t_s), 15.0 * REST_UV, one.rate_hz)
        one.emg_uv[inside, column] += burst[inside]
        one.asked += [(begin, one.channels[(left, right)[k % 2]]), (begin + 4.0, None)]


def named(channel: ChannelCheck) -> str:
    """The one name of what is said about a channel: its contact where that is bad, else signal."""
    if channel.contact in ("bad", "warn"):
        return channel.contact_cause
    return channel.signal_cause if channel.signal != "good" else "good"
