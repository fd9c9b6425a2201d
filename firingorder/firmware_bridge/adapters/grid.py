"""The session's grid of samples, from counters that wrap and from arrivals.

A counter tells the length of a gap but for multiples of its modulus; between those the arrivals
choose. Transport only delays, so what one arrival says is an upper bound, and the least of many is
near the truth: where the first arrival does not already settle it, the samples behind a gap are
held for a moment. Everything is a function of samples and arrival times; cuts of reads do not
matter.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from firingorder.firmware_bridge.adapters.base import EmgBlock, ImuBlock
from firingorder.firmware_bridge.clock import ClockModel, ClockParams
from firingorder.firmware_bridge.profile import UNAMBIGUOUS_S
from firingorder.samples import EmgChunk, Gap, ImuChunk

if TYPE_CHECKING:
    from firingorder.firmware_bridge.profile import CapabilityProfile
    from firingorder.samples import FloatArray, GapKind, StreamKind

#: The first second after a start is a burst of what the device had in its buffers.
SETTLING_S = 1.0
#: How long arrivals are gathered behind a gap whose length they must tell. Bluetooth with a 30 ms
#: interval has an undelayed arrival within this time (wire_protocol.md section 14).
HOLD_S = 0.5
#: A flood of reads at one instant ends the gathering, too.
MOST_HELD_S = 30.0
#: A repeated notification has at most 25 samples (175 bytes of an NPG Lite).
TAIL_SAMPLES = 32

Block = EmgBlock | ImuBlock
Placed = EmgChunk | ImuChunk | Gap


def clock_params(given: ClockParams, slope_limit: float) -> ClockParams:
    """Return the constants of the clock for a rate that is only known within a limit.

    Until there is a slope, a clock at the limit leaves the line; that is no jump.
    """
    acquire_s = given.min_span_s + 2.0 * given.update_s
    slope_limit /= 1.0 - slope_limit  # of host time a sample, where the limit is one of the rate
    return replace(
        given,
        slope_limit=slope_limit,
        acquire_s=acquire_s,
        jump_s=given.jump_s + slope_limit * acquire_s,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What is missing in front of a block.

    ``missing`` is negative for a copy. ``began``: the stream began anew, so this is an outage.
    ``modulus`` is set where arrivals must tell the rest: whole multiples of it are missing on top,
    0 for any number.
    """

    missing: int
    began: bool = False
    uncertain: bool = False
    modulus: int | None = None


@dataclass(slots=True)
class _Question:
    """A gap whose length is not told yet, and what came behind it.

    ``modulus`` 0: any length is possible. ``least`` is how many samples the earliest arrival so
    far leaves beyond the shortest length; None before the clock is known.
    """

    modulus: int
    since_ns: int
    held: list[tuple[Block, _Found]] = field(default_factory=list[tuple[Block, "_Found"]])
    samples: int = 0
    least: float | None = None


class Grid:
    """Places the samples of one stream.

    ``samples + lost + outage == next_index`` holds at all times; samples that are held are in none
    of them yet.
    """

    def __init__(self, profile: CapabilityProfile, params: ClockParams) -> None:
        self.kind: StreamKind = "emg" if profile.emg_channels else "imu"
        self.rate_hz = profile.emg_rate_hz or profile.imu_rate_hz
        self.modulus = profile.counter_modulus
        self.clock = ClockModel(clock_params(params, profile.slope_limit))
        self.next_index = 0
        self.samples = self.lost = self.outage = self.duplicates = self.unexplained = 0
        self.damaged = self.torn = False
        self._sure_by_counter = (profile.ambiguity_s or 0.0) >= 2 * UNAMBIGUOUS_S
        self._clock_is_old = False
        self._asleep = False
        self._rate_known = False
        self._expected: int | None = None
        self._settled_at = 0
        self._jumped: int | None = None
        self._origin_us: float | None = None
        self._t_next_us = 0.0
        self._tail: FloatArray | None = None
        self._question: _Question | None = None
        self._pair: tuple[float, int] | None = None
        self._out: list[Placed] = []

    def opened(self) -> None:
        """Note that the link was opened anew: counters begin anew."""
        self._settle()
        self._expected = None
        self._tail = None
        self.damaged = self.torn = False

    def suspended(self, slept_ns: int) -> None:
        """Note that the host slept: what comes next lies behind an outage of about that length."""
        self._settle()
        self._pair = None
        self._asleep = True
        self.clock = self.clock.behind_sleep(slept_ns)

    def arrive(self, t_ns: int) -> None:
        """Note that a read arrived; its blocks follow."""
        if self._pair is not None and t_ns > self._pair[1]:
            self._follow_clock()
        question = self._question
        if question is not None and t_ns - question.since_ns >= HOLD_S * 1e9:
            self._settle()

    def add(self, block: Block, t_ns: int) -> None:
        """Place the next block; what it gives is in :meth:`take`, perhaps later."""
        fresh = self._without_copies(block, t_ns)
        if fresh is None:
            return
        if self.torn:
            self._settle()
        found = self._step(fresh) if self._question is not None else self._found(fresh)
        if found.modulus is not None:
            self._question = _Question(found.modulus, t_ns)
        if self._question is not None:
            self._hold(self._question, fresh, found, t_ns)
        else:
            self._place(fresh, found, uncertain=found.uncertain)
            self._remember(fresh)
        if self._question is None:
            self._pair = (self._t_next_us, t_ns)

    def take(self) -> list[Placed]:
        """Return what was placed since the last call."""
        out, self._out = self._out, []
        return out

    def _found(self, block: Block) -> _Found:
        """Return what is missing in front of a block."""
        slept, self._asleep = self._asleep, False
        began = self._expected is None
        if began and not self.samples:
            return _Found(0, began=True)
        if block.device_us is not None and self._origin_us is not None:
            ahead_us = block.device_us - self._origin_us - self._t_next_us
            if ahead_us > -SETTLING_S * 1e6:
                return _Found(round(ahead_us / self._period_us), began=began or slept)
            began = True  # its time fell: it has booted anew, and arrivals must tell
        if began:
            self._origin_us = None
            return _Found(0, began=True, modulus=0)
        found = self._step(block)
        if slept:
            return replace(found, began=True, uncertain=True, modulus=self.modulus)
        if self._jumped is not None:
            beyond, self._jumped = max(0, self._jumped - found.missing), None
            if self.modulus:
                beyond = self.modulus * round(beyond / self.modulus)
            return _Found(found.missing + beyond, began=True, uncertain=True)
        if self.torn:
            return replace(found, modulus=0)
        if self.modulus and (found.missing or self.damaged):
            return replace(found, modulus=self.modulus)
        return found

    def _step(self, block: Block) -> _Found:
        """Return what is missing at least, by the counter alone."""
        if not self.modulus or block.counter is None or self._expected is None:
            return _Found(0)
        return _Found((block.counter - self._expected) % self.modulus)

    def _hold(self, question: _Question, block: Block, found: _Found, t_ns: int) -> None:
        """Keep a block behind a gap and see what its arrival says of the gap."""
        question.held.append((block, found))
        question.samples += found.missing + _length(block)
        self._remember(block)
        device_us = self.clock.device_us(t_ns)
        if device_us is None:
            self._settle()
            return
        ahead = (device_us - self._t_next_us) / self._period_us - (question.samples - 1)
        question.least = ahead if question.least is None else min(question.least, ahead)
        too_long = question.samples > MOST_HELD_S * self.rate_hz
        if too_long or (question.modulus and self._highest(question.least) < question.modulus):
            self._settle()

    def _highest(self, least: float) -> float:
        """Return the most samples that may lie beyond the shortest gap: delay only adds."""
        return least + 1e6 * (self.clock.uncertainty_s or 0.0) / self._period_us

    def _settle(self) -> None:
        """Decide how long the gap was, and place what came behind it."""
        question, self._question = self._question, None
        if question is None:
            return
        beyond, uncertain = self._beyond(question)
        for block, found in question.held:
            missing, unsure = found.missing + beyond, uncertain or found.uncertain
            self._place(block, replace(found, missing=missing), uncertain=unsure)
            beyond, uncertain = 0, False

    def _beyond(self, question: _Question) -> tuple[int, bool]:
        """Return the samples beyond the shortest gap, and whether that is an estimate."""
        least, modulus = question.least, question.modulus
        if least is None:
            return 0, True
        if not modulus:
            return max(0, round(least)), True
        if self._highest(least) < modulus:
            return 0, False
        # As long as no rate is known, a slow clock looks like samples that are missing.
        slack = 0.0 if self._rate_known else self.clock.params.slope_limit * self.next_index
        wraps = max(0, round((least - slack) / modulus))
        return wraps * modulus, not self._sure_by_counter

    def _place(self, block: Block, found: _Found, *, uncertain: bool) -> None:
        if found.missing < 0:
            self.duplicates += _length(block)
            return
        t_us = self._t_next_us + found.missing * self._period_us
        if block.device_us is not None:
            if self._origin_us is None:
                self._origin_us = block.device_us - t_us
            t_us = block.device_us - self._origin_us
        if found.missing:
            self._gap(found.missing, t_us, "outage" if found.began else "loss", uncertain=uncertain)
        if found.began:
            self._settled_at = self.next_index + round(SETTLING_S * self.rate_hz)
            self._clock_is_old = self.clock.ready
        self._out.append(self._chunk(block, t_us))
        self.next_index += _length(block)
        self._t_next_us = t_us + _length(block) * self._period_us
        self.samples += _length(block)

    def _remember(self, block: Block) -> None:
        """Note what must come next, and what a copy would look like."""
        n = _length(block)
        self._expected = ((block.counter or 0) + n) % self.modulus if self.modulus else 0
        self.damaged = self.torn = False
        values = _values(block)
        tail = self._tail
        # A device may say in the middle that it has other channels; the session ends by that.
        known = tail is not None and tail.shape[1] == values.shape[1]
        joined = np.concatenate([tail, values]) if known and tail is not None else values
        self._tail = joined[-TAIL_SAMPLES:]

    def _without_copies(self, block: Block, t_ns: int) -> Block | None:
        """Return a block without the samples at its front that were there before."""
        if not self.modulus or block.counter is None or self._expected is None:
            return block
        if self._tail is None or self.damaged or block.device_us is not None:
            return block
        back = (self._expected - block.counter) % self.modulus
        same = min(back, _length(block))
        if not 0 < back <= len(self._tail):
            return block
        before = self._tail[len(self._tail) - back :][:same]
        if not np.array_equal(before, _values(block)[:same]):
            return block
        if self._question is None and self._ahead(t_ns) > (self.modulus - back + same) / 2:
            return block  # by its arrival it has the same number in a later round
        self.duplicates += same
        return None if same == _length(block) else _cut(block, same, self.modulus)

    def _ahead(self, t_ns: int) -> float:
        """Return how many samples an arrival lies behind the grid; 0 before the clock is known."""
        device_us = self.clock.device_us(t_ns)
        return 0.0 if device_us is None else (device_us - self._t_next_us) / self._period_us + 1.0

    def _follow_clock(self) -> None:
        """Give the last sample of the reads of one instant to the clock."""
        assert self._pair is not None
        (t_us, t_ns), self._pair = self._pair, None
        if self.next_index < self._settled_at or self._question is not None:
            return
        if self._clock_is_old:
            # The outage is known to a few ms only; the crystal is still the same.
            self.clock = ClockModel(self.clock.params, slope=self.clock.slope)
            self._clock_is_old = False
        resets, lag = self.clock.resets, self._ahead(t_ns)
        # What arrives at this instant is the last sample, not the one that comes next.
        self.clock.add(round(t_us - self._period_us), t_ns)
        self._rate_known = self._rate_known or self.clock.locked
        if self.clock.resets != resets:
            # Arrivals stayed away for seconds: samples went missing that no counter told of.
            self.unexplained += 1
            self._jumped = max(0, round(lag))

    @property
    def _period_us(self) -> float:
        return 1e6 / self.rate_hz

    def _gap(self, missing: int, t_us: float, kind: GapKind, *, uncertain: bool) -> None:
        if kind == "outage":
            self.outage += missing
        else:
            self.lost += missing
        self.next_index += missing
        start_s, end_s = 1e-6 * self._t_next_us, 1e-6 * t_us
        self._out.append(Gap(self.kind, kind, self.next_index, missing, start_s, end_s, uncertain))

    def _chunk(self, block: Block, t_us: float) -> EmgChunk | ImuChunk:
        index, t0_s = self.next_index, 1e-6 * t_us
        if isinstance(block, EmgBlock):
            return EmgChunk(index, t0_s, self.rate_hz, block.emg, block.saturated)
        return ImuChunk(index, t0_s, self.rate_hz, block.acc_m_s2, block.gyr_rad_s)


def _length(block: Block) -> int:
    return len(block.emg) if isinstance(block, EmgBlock) else len(block.acc_m_s2)


def _values(block: Block) -> FloatArray:
    if isinstance(block, EmgBlock):
        return block.emg
    return np.hstack([block.acc_m_s2, block.gyr_rad_s])


def _cut(block: Block, k: int, modulus: int) -> Block:
    """Return a block without its first ``k`` samples."""
    counter = ((block.counter or 0) + k) % modulus
    if isinstance(block, EmgBlock):
        return EmgBlock(counter, block.emg[k:], block.saturated[k:])
    return ImuBlock(counter, block.acc_m_s2[k:], block.gyr_rad_s[k:])
