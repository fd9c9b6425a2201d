"""A session made of numbers: feeds the window with a known course of repetitions.

Everything is a function of the sample index and the seed, so that pictures are reproducible.
Run as a script to take pictures: ``python -m tests.gui.synthetic FOLDER``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from firingorder.findings import (
    Event,
    OnsetEstimate,
    OnsetFinding,
    PairFinding,
    PairVerdict,
    Phase,
    PhaseFinding,
    RepetitionFinding,
    RepetitionVerdict,
    UnclearReason,
    VerdictFinding,
)
from firingorder.montage import DEFAULT_EIGHT
from firingorder.samples import DisplayBlock, PelvisBlock
from firingorder.session.feed import FeedUpdate, LiveStatus

RATE_HZ = 1000.0
IMU_HZ = 100.0
PERIOD_S = 6.0
FIRST_S = 1.5
LEADS_MS = {"glutes_first": 105.0, "together": 4.0, "back_first": -98.0, "unclear": 20.0}
OFFSETS_MS = {"gluteus_maximus": 0.0, "gluteus_medius": 9.0, "hamstring": 38.0}
PHASES: tuple[tuple[Phase, float], ...] = (
    ("lift", 0.15),
    ("hold", 1.6),
    ("lower", 3.2),
    ("rest", 4.4),
)
PAIR_WORDS: dict[str, PairVerdict] = {
    "glutes_first": "a_first",
    "together": "together",
    "back_first": "b_first",
    "unclear": "unclear",
}
LEVELS_UV = {
    "gluteus_maximus": 150.0,
    "gluteus_medius": 95.0,
    "hamstring": 120.0,
    "erector_spinae": 80.0,
}
COURSE = ("glutes_first", "glutes_first", "together", "back_first", "glutes_first",
          "unclear", "glutes_first", "glutes_first", "together", "glutes_first")  # fmt: skip


@dataclass
class SyntheticSession:
    """A live source whose time only moves by :meth:`advance`."""

    channels: tuple[str, ...] = DEFAULT_EIGHT
    has_imu: bool = True
    rate_hz: float = RATE_HZ
    course: tuple[str, ...] = COURSE
    reason: UnclearReason = "poor_contact"
    seed: int = 7
    plain: bool = False  # zeros instead of signals, for tests that look at no strip
    status: LiveStatus = field(default_factory=LiveStatus)
    calls: list[str] = field(default_factory=list)
    volumes: list[float] = field(default_factory=list)
    skip: tuple[tuple[float, float], ...] = ()
    saturate: tuple[tuple[str, float, float], ...] = ()
    hum: tuple[tuple[str, float], ...] = ()  # mains at 50 Hz, RMS by channel
    hiss: tuple[tuple[str, float], ...] = ()  # noise at rest, RMS by channel
    alone: str = ""  # the one channel that moves
    extra: list[Event] = field(default_factory=list)
    live: tuple[tuple[int, RepetitionVerdict], ...] = ()  # orders told while a repetition begins

    def __post_init__(self) -> None:
        self.now_s = 0.0
        self._sent = 0
        self._sent_imu = 0
        self._told: set[tuple[str, int]] = set()
        self.status = replace(
            self.status,
            connection="streaming",
            channels=self.channels,
            has_imu=self.has_imu,
            lead_off=(False,) * len(self.channels),
            battery_percent=82.0,
            delay_ms=62.0,
            task_name="Bilateral bridge",
            device="serial:/dev/ttyACM0",
            recording="session.mcap",
        )

    def advance(self, seconds: float) -> None:
        self.now_s += seconds

    def start_s(self, rep: int) -> float:
        return FIRST_S + PERIOD_S * rep

    def onset_s(self, channel: str, rep: int) -> float:
        muscle, side = channel.rsplit("_", 1)
        lead = LEADS_MS[self.course[rep % len(self.course)]]
        offset = OFFSETS_MS.get(muscle, lead) if muscle != "erector_spinae" else lead
        wobble = 8.0 * np.sin(rep * 2.1 + len(channel))
        return self.start_s(rep) + 0.1 + (offset + wobble * 0.5 + 5.0 * (side == "right")) / 1e3

    def poll(self) -> FeedUpdate:
        self.status = replace(self.status, elapsed_s=self.now_s)
        blocks, pelvis = self._blocks(), self._pelvis()
        events = tuple(self._events()) + tuple(self.extra)
        self.extra.clear()
        return FeedUpdate(blocks, pelvis, events, self.status)

    def pause(self) -> None:
        self.calls.append("pause")
        self.status = replace(self.status, paused=True)

    def resume(self) -> None:
        self.calls.append("resume")
        self.status = replace(self.status, paused=False)

    def mark(self, text: str) -> None:
        self.calls.append(f"mark {text}")

    def next_set(self) -> None:
        self.calls.append("next_set")
        self.status = replace(self.status, set_index=self.status.set_index + 1)

    def align(self) -> None:
        self.calls.append("align")

    def calibrate(self, name: str, text: str = "") -> None:
        self.calls.append(f"calibrate {name} {text}".strip())

    def train(self, name: str, text: str = "") -> None:
        self.calls.append(f"train {name} {text}".strip())

    def mute(self, *, muted: bool) -> None:
        self.calls.append("mute" if muted else "unmute")
        self.status = replace(self.status, muted=muted)

    def volume(self, volume: float) -> None:
        self.volumes.append(volume)

    def hear_slowly(self) -> None:
        self.calls.append("hear_slowly")

    def stop(self) -> None:
        self.calls.append("stop")
        self.status = replace(self.status, connection="closed")

    def activity(self, channel: str, t: np.ndarray) -> np.ndarray:
        level = np.zeros_like(t)
        for rep in range(len(self.course)):
            if self.alone and channel != self.alone:
                break
            begin = self.onset_s(channel, rep)
            rise = np.clip((t - begin) / 0.12, 0.0, 1.0)
            fall = np.clip((self.start_s(rep) + 3.6 - t) / 0.5, 0.0, 1.0)
            level = np.maximum(level, np.minimum(rise, fall))
        return level

    def lift_deg(self, t: np.ndarray) -> np.ndarray:
        lift = np.zeros_like(t)
        for rep in range(len(self.course)):
            begin = self.start_s(rep) + 0.15
            up = 1.0 / (1.0 + np.exp(-(t - begin - 0.7) * 7.0))
            down = 1.0 / (1.0 + np.exp((t - begin - 3.4) * 6.0))
            lift = np.maximum(lift, 32.0 * up * down)
        return lift

    def _blocks(self) -> tuple[DisplayBlock, ...]:
        stop = round(self.now_s * self.rate_hz)
        index = np.arange(self._sent, stop)
        self._sent = stop
        if index.size == 0 or self.status.connection not in ("streaming", "recovered"):
            return ()
        t = index / self.rate_hz
        keep = np.ones(index.size, bool)
        for begin, end in self.skip:
            keep &= (t < begin) | (t >= end)
        parts = []
        for part in np.split(np.arange(index.size), np.flatnonzero(np.diff(keep)) + 1):
            if part.size and keep[part[0]]:
                parts.append(self._block(index[part]))
        return tuple(parts)

    def _block(self, index: np.ndarray) -> DisplayBlock:
        t = index / self.rate_hz
        emg = np.zeros((index.size, len(self.channels)))
        envelope = np.zeros_like(emg)
        saturated = np.zeros(emg.shape, bool)
        if self.plain:
            return DisplayBlock(int(index[0]), float(t[0]), self.rate_hz, emg, envelope, saturated)
        for c, channel in enumerate(self.channels):
            rest = dict(self.hiss).get(channel, 1.2)
            mains = dict(self.hum).get(channel, 0.0)
            rms = rest + LEVELS_UV[channel.rsplit("_", 1)[0]] * self.activity(channel, t)
            noise = _noise(index, self.seed + c)
            emg[:, c] = rms * noise + mains * np.sqrt(2.0) * np.sin(2 * np.pi * 50.0 * t)
            ripple = 1.0 + 0.08 * np.sin(t * 9.0 + c) + 0.05 * np.sin(t * 23.0 + 2 * c)
            envelope[:, c] = np.hypot(rms, mains) * ripple
            for name, begin, end in self.saturate:
                if name == channel:
                    saturated[:, c] |= (t >= begin) & (t < end)
        return DisplayBlock(int(index[0]), float(t[0]), self.rate_hz, emg, envelope, saturated)

    def _pelvis(self) -> tuple[PelvisBlock, ...]:
        stop = round(self.now_s * IMU_HZ)
        t = np.arange(self._sent_imu, stop) / IMU_HZ
        self._sent_imu = stop
        if not self.has_imu or t.size == 0 or self.status.connection != "streaming":
            return ()
        lift = self.lift_deg(t)
        zero = np.zeros_like(t)
        return (PelvisBlock(float(t[0]), IMU_HZ, lift, -lift, zero, zero),)

    def _events(self) -> list[Event]:
        out: list[Event] = []
        for rep in range(len(self.course)):
            start, index = self.start_s(rep), rep + 1
            for phase, at in PHASES:
                if self.has_imu and self._once(phase, rep, start + at):
                    out.append(PhaseFinding(phase, start + at, index))
            for channel in self.channels:
                at = self.onset_s(channel, rep)
                if self._once(f"onset {channel}", rep, at + 0.06):
                    out.append(OnsetFinding(channel, at + 0.01, at + 0.06))
            for number, order in self.live:
                if number == rep and self._once("live", rep, start + 0.45):
                    out.append(self.told_live(rep, order))
            if self._once("verdict", rep, start + 0.6):
                out.append(self.verdict(rep))
            if self._once("rep", rep, start + 4.5):
                out.append(self.repetition(rep))
        return out

    def _once(self, what: str, rep: int, at: float) -> bool:
        if (what, rep) in self._told or at > self.now_s:
            return False
        self._told.add((what, rep))
        return True

    def _common(self, rep: int) -> dict:
        verdict = self.course[rep % len(self.course)]
        onsets = {}
        for channel in self.channels:
            at = self.onset_s(channel, rep)
            onsets[channel] = OnsetEstimate(at, at - 0.012, at + 0.014)
        unclear = verdict == "unclear"
        reason = self.reason if unclear else None
        if unclear and reason == "poor_contact" and "erector_spinae_left" in onsets:
            onsets["erector_spinae_left"] = None
        pairs = []
        sides = [s for s in ("left", "right") if f"gluteus_maximus_{s}" in self.channels]
        for side in sides:
            a, b = f"gluteus_maximus_{side}", f"erector_spinae_{side}"
            lead = (self.onset_s(b, rep) - self.onset_s(a, rep)) * 1e3
            said = PAIR_WORDS[verdict]
            pairs.append(PairFinding(a, b, lead, lead - 20, lead + 22, 0.9, said, reason))
        lead = LEADS_MS[verdict] + 6.0 * np.sin(rep * 1.7)
        width = 14.0 if verdict == "together" else 24.0
        return {
            "index": rep + 1,
            "onsets": onsets,
            "pairs": tuple(pairs),
            "verdict": verdict,
            "reason": reason,
            "sides": "both" if len(sides) == 2 else sides[0],
            "lead_ms": None if unclear else lead,
            "low_ms": None if unclear else lead - width,
            "high_ms": None if unclear else lead + width,
        }

    def told_live(self, rep: int, order: RepetitionVerdict) -> VerdictFinding:
        silent = "erector_spinae" if order == "glutes_first" else "gluteus_maximus"
        common = self._common(rep)
        common["onsets"] = {
            name: None if name.startswith(silent) else one for name, one in common["onsets"].items()
        }
        common |= {"pairs": (), "verdict": order, "reason": None, "lead_ms": None}
        common |= {"low_ms": 55.0, "high_ms": None}
        if order == "back_first":
            common |= {"low_ms": None, "high_ms": -55.0}
        return VerdictFinding(**common, decided_at_s=self.start_s(rep) + 0.45, stage="live")

    def verdict(self, rep: int) -> VerdictFinding:
        return VerdictFinding(**self._common(rep), decided_at_s=self.start_s(rep) + 0.6)

    def repetition(self, rep: int) -> RepetitionFinding:
        start = self.start_s(rep)
        return RepetitionFinding(
            **self._common(rep),
            set_index=self.status.set_index,
            start_s=start,
            movement_onset_s=start + 0.15 if self.has_imu else None,
            top_s=start + 1.6 if self.has_imu else None,
            end_s=start + 4.4,
            scored=True,
            reasons=(),
            pelvis=None,
            compensations=(),
            bursts=(),
            decided_at_s=start + 4.5,
        )


def _noise(index: np.ndarray, seed: int) -> np.ndarray:
    """Return noise that is a pure function of the sample index."""
    first, last = int(index[0]) // 4096, int(index[-1]) // 4096
    parts = [_noise_page(seed, k) for k in range(first, last + 1)]
    return np.concatenate(parts)[index - first * 4096]


@lru_cache(maxsize=256)
def _noise_page(seed: int, page: int) -> np.ndarray:
    return np.random.default_rng((seed, page)).normal(size=4096)
