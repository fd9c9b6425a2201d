"""The clock of a virtual device against the host's."""

from __future__ import annotations

import math

#: The device was switched on this long before anybody looked.
ALREADY_ON_US = 2_000_000.0


class DeviceClock:
    """Turns microseconds of the host into those of the device's oscillator, and back.

    The oscillator runs since power-on, over resets; it is faster than the host by ``ppm``.
    """

    def __init__(self, ppm: float) -> None:
        self._rate = 1.0 + 1e-6 * ppm
        self._power_us: int | None = None

    @property
    def powered(self) -> bool:
        """Whether the host has looked at the device yet: its clock counts from there."""
        return self._power_us is not None

    def power_on(self, now_us: int) -> None:
        """Fix the relation of both clocks."""
        self._power_us = now_us

    def oscillator_us(self, now_us: int) -> float:
        """Return the oscillator at an instant of the host."""
        assert self._power_us is not None
        return ALREADY_ON_US + (now_us - self._power_us) * self._rate

    def exact_host_us(self, oscillator_us: float) -> float:
        """Return the instant of the host at which the oscillator shows ``oscillator_us``."""
        assert self._power_us is not None
        return self._power_us + (oscillator_us - ALREADY_ON_US) / self._rate

    def host_us(self, oscillator_us: float) -> int:
        """Return the first whole microsecond of the host at which the oscillator is there."""
        now_us = math.ceil(self.exact_host_us(oscillator_us))
        while self.oscillator_us(now_us) < oscillator_us:  # rounding of the quotient
            now_us += 1
        return now_us
