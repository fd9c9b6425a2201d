"""The live signal check: two lights a channel, once a second, each with its cause and one remedy.

Nothing here judges a repetition; see quality.py for what does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from firingorder.findings import CheckFinding
from firingorder.measures import ChannelCheck, SignalCheck
from firingorder.signal.signal_check_causes import GOOD, ChannelMemory, Sight, Verdict
from firingorder.signal.signal_check_measures import LookMeter
from firingorder.signal.signal_check_sensor import SensorWatch
from firingorder.signal.signal_check_swap import SwapWatch
from firingorder.signal.signal_check_words import instruction

if TYPE_CHECKING:
    from firingorder.measures import SensorCheck
    from firingorder.samples import BoolArray, EmgLayout, FloatArray, ImuLayout
    from firingorder.signal.orientation import Vector
    from firingorder.signal.quality import Look
    from firingorder.signal.settings import Settings
    from firingorder.signal.signal_check_measures import LookMeasures
    from firingorder.signal.signal_check_params import SensorCheckParams, SignalCheckParams

_WAITING = Verdict("unknown", "waiting")
_UNKNOWN = Verdict("unknown", "unknown")


@dataclass(slots=True)
class _Shown:
    """A light as it is shown, and what would replace it when seen often enough."""

    verdict: Verdict
    candidate: Verdict
    count: int = 0

    def step(self, verdict: Verdict, confirm: int) -> None:
        """Show a verdict that was seen ``confirm`` times in a row; details follow at once."""
        same = (verdict.light, verdict.cause) == (self.candidate.light, self.candidate.cause)
        self.count = self.count + 1 if same else 1
        self.candidate = verdict
        if self.count >= confirm:
            self.verdict = verdict


class SignalCheckDesk:
    """The lights of all channels and of the pelvis sensor.

    ``rate_hz`` is the rate of the looks (the analysis rate). Without ``calibrated`` no limit in
    microvolts holds and no microvolts are told. ``sensor`` is None where no sensor is worn.
    """

    def __init__(
        self,
        params: SignalCheckParams,
        channels: tuple[str, ...],
        rate_hz: float,
        *,
        calibrated: bool = True,
        sensor: SensorCheckParams | None = None,
        imu_rate_hz: float | None = None,
    ) -> None:
        self._params = params
        self._channels = channels
        self._calibrated = calibrated
        self._white_hz = rate_hz / 4.0 if rate_hz >= params.white_from_hz else 0.0
        self._meter = LookMeter(params, rate_hz, len(channels), calibrated=calibrated)
        self._memories = [ChannelMemory(params, calibrated=calibrated) for _ in channels]
        self._contacts = [_Shown(_UNKNOWN, _UNKNOWN) for _ in channels]
        self._signals = [_Shown(_WAITING, _WAITING) for _ in channels]
        self._swaps = SwapWatch(params, channels)
        self._sensor = (
            SensorWatch(sensor, imu_rate_hz)
            if sensor is not None and imu_rate_hz is not None
            else None
        )
        self._loudest: list[float] = [0.0] * len(channels)
        self._latest: SignalCheck | None = None

    @property
    def latest(self) -> SignalCheck | None:
        """The newest snapshot with its numbers, None before the first look."""
        return self._latest

    def contact(
        self,
        lead_off: BoolArray | None,
        impedance_ohm: FloatArray | None,
        t_s: float | None = None,
    ) -> list[CheckFinding]:
        """Take the device's report, ``(n_channels,)`` each; lead-off is told at once.

        None where the device does not measure it; NaN is an impedance that is not known.
        """
        for k, memory in enumerate(self._memories):
            if impedance_ohm is not None:
                known = bool(np.isfinite(impedance_ohm[k]))
                memory.impedance_ohm = float(impedance_ohm[k]) if known else None
            if lead_off is None:
                continue
            anew = memory.lead_off and not lead_off[k]
            memory.report(lead_off=bool(lead_off[k]))
            if anew:
                self._meter.forget(k)
                self._loudest[k] = 0.0
            if lead_off[k]:
                self._contacts[k].step(memory.contact(np.inf), 1)
        if self._latest is None:
            return []
        return self._tell(self._latest.at_s if t_s is None else t_s)

    def look(self, look: Look, t_s: float) -> list[CheckFinding]:
        """Take the look that ends at ``t_s``; return the lights if one changed."""
        found = self._meter.measure(look)
        white_hz = self._white_hz
        for k, memory in enumerate(self._memories):
            memory.step(_sight(look, found, k, white_hz))
            if np.isfinite(found.loudest_uv2[k]) and not memory.lead_off:
                self._loudest[k] = max(self._loudest[k], float(found.loudest_uv2[k]))
        self._swaps.look(t_s, found.active)
        self._judge()
        return self._tell(t_s)

    def silent(self, t_s: float) -> list[CheckFinding]:
        """Say that no sample of any channel came for a second; no look will come meanwhile."""
        for k in range(len(self._channels)):
            self._signals[k].step(Verdict("bad", "lost", "many"), 1)
        self._meter.reset()
        return self._tell(t_s)

    def hint_swapped(self, a: str, b: str) -> None:
        """Take the word of a montage check that the pads of two channels are exchanged."""
        self._swaps.hint(a, b)

    def asked(self, channel: str | None, t_s: float) -> None:
        """Say that the person is asked to use this muscle alone from now on; None: no longer."""
        self._swaps.asked(channel, t_s)

    def imu(self, t0_s: float, index0: int, acc_m_s2: FloatArray, gyr_rad_s: FloatArray) -> None:
        """Take IMU samples turned into the pelvis frame by the nominal mounting, ``(n, 3)``."""
        if self._sensor is not None:
            self._sensor.step(t0_s, index0, acc_m_s2, gyr_rad_s)

    def expect_up(self, up: Vector | None) -> None:
        """Say where up is in the pelvis frame in the pose that is asked for; None: not known.

        Standing (0, 0, 1), supine (1, 0, 0), prone (-1, 0, 0).
        """
        if self._sensor is not None:
            self._sensor.up = up

    def reset(self) -> None:
        """Go on after an outage: levels are kept, filters begin anew."""
        self._meter.reset()

    def _judge(self) -> None:
        p = self._params
        mains = [memory.mains_uv for memory in self._memories]
        rests = [0.0 if m.sight is None else m.sight.rest_uv for m in self._memories]
        contacts: list[Verdict] = []
        signals: list[Verdict] = []
        for k, memory in enumerate(self._memories):
            others_uv = _median_of_others(mains, k)
            memory.others_rest_uv = _median_of_others(rests, k)
            ecg_uv = float(self._meter.ecg_uv[k])
            memory.swapped_with = self._swaps.partner(k)
            memory.heart_moves(ecg_uv)
            contacts.append(memory.contact(others_uv))
            signal = memory.signal()
            heart = memory.ecg(ecg_uv)
            if heart is not None and (signal == GOOD or (heart.light, signal.light) == _WORSE):
                signal = heart
            signals.append(signal)
        contacts = _many(contacts, ("lead_off", "dead"), p.many_share)
        signals = _many(signals, ("lost", "saturated", "mains"), p.many_share)
        for k, memory in enumerate(self._memories):
            at_once = 1 if signals[k].cause == "saturated" else p.confirm_looks
            self._signals[k].step(signals[k], at_once)
            at_once = 1 if contacts[k].cause == "lead_off" else p.confirm_looks
            self._contacts[k].step(contacts[k], at_once)
            memory.lit = _lit(self._contacts[k].verdict, self._signals[k].verdict)

    def _tell(self, t_s: float) -> list[CheckFinding]:
        sensor = None if self._sensor is None else self._sensor.check(t_s)
        check = SignalCheck(
            t_s, tuple(self._channel(k) for k in range(len(self._channels))), sensor
        )
        before, self._latest = self._latest, check
        changed = before is None or _lights(before) != _lights(check)
        return [CheckFinding(check)] if changed else []

    def _channel(self, k: int) -> ChannelCheck:
        memory, sight = self._memories[k], self._memories[k].sight
        contact, signal = self._contacts[k].verdict, self._signals[k].verdict
        other = memory.copied_from if signal.cause == "crosstalk" else memory.swapped_with
        name = "" if other is None else self._channels[other]
        uv = snr_db = ecg_uv = None
        if sight is not None and sight.whole and sight.rest_uv > 0.0:
            snr = self._loudest[k] / sight.rest_uv**2
            snr_db = 10.0 * math.log10(snr) if snr > 0.0 else None
            if self._calibrated:
                uv = (sight.rest_uv, memory.mains_uv, sight.level_uv)
                ecg_uv = float(self._meter.ecg_uv[k])
        noise_uv, mains_uv, level_uv = uv or (None, None, None)
        return ChannelCheck(
            self._channels[k],
            contact.light,
            contact.cause,
            signal.light,
            signal.cause,
            instruction(contact, signal, self._channels[k], name),
            noise_uv=noise_uv,
            mains_uv=mains_uv,
            level_uv=level_uv,
            impedance_ohm=memory.impedance_ohm,
            snr_db=snr_db,
            ecg_uv=ecg_uv,
            copied_from=name if signal.cause == "crosstalk" else None,
        )


#: The heart takes the place of a milder cause only where it is bad.
_WORSE = ("bad", "warn")


def _sight(look: Look, found: LookMeasures, k: int, white_hz: float) -> Sight:
    return Sight(
        whole=bool(look.whole[k]),
        constant=bool(look.constant[k]),
        clipped=bool(look.clipped[k]),
        railed=float(found.railed[k]),
        missing=float(found.missing[k]),
        level_uv=float(look.rms_uv[k]),
        rest_uv=float(found.rest_uv[k]),
        active=float(found.active[k]),
        mains_uv=float(look.mains_uv[k]),
        drift_uv=float(found.drift_uv[k]),
        low_density=float(found.low_density[k]),
        body_density=float(found.body_density[k]),
        middle_hz=float(found.middle_hz[k]),
        white_hz=white_hz,
        pop=bool(found.pops[k]),
        motion=float(found.motion[k]),
        low_peak_uv=float(found.low_peak_uv[k]),
        copied=float(found.copied[k]),
        copied_from=found.copied_from[k],
    )


def _median_of_others(values: list[float], k: int) -> float:
    """Return the median of all values but one; infinite where there is no other."""
    others = values[:k] + values[k + 1 :]
    return median(others) if others else float("inf")


def make_check_desk(
    settings: Settings, emg: EmgLayout, imu: ImuLayout | None, rate_hz: float
) -> SignalCheckDesk:
    """Return the desk for these streams; ``rate_hz`` is that of the analysis."""
    return SignalCheckDesk(
        settings.check,
        emg.channels,
        rate_hz,
        calibrated=emg.calibrated,
        sensor=None if imu is None else settings.check_sensor,
        imu_rate_hz=None if imu is None else imu.rate_hz,
    )


def _many(verdicts: list[Verdict], causes: tuple[str, ...], share: float) -> list[Verdict]:
    """Mark the causes that most channels have in common: there is one remedy for all of them."""
    out = verdicts
    for cause in causes:
        count = sum(one.cause == cause for one in verdicts)
        if count >= 3 and count > share * len(verdicts):
            out = [
                replace(one, detail=one.detail if one.detail == "some" else "many")
                if one.cause == cause
                else one
                for one in out
            ]
    return out


def _lit(contact: Verdict, signal: Verdict) -> set[str]:
    lit = {contact.cause, signal.cause}
    return lit | {f"{signal.cause} bad"} if signal.light == "bad" else lit


def _lights(check: SignalCheck) -> tuple[object, ...]:
    """Return what a change of makes news: lights, causes and instructions, without the numbers."""
    sensor: SensorCheck | None = check.sensor
    return (
        tuple(
            (c.contact, c.contact_cause, c.signal, c.signal_cause, c.instruction, c.copied_from)
            for c in check.channels
        ),
        None if sensor is None else (sensor.light, sensor.cause, sensor.instruction),
    )
