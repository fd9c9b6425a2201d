"""Device time becomes session time, over reconnects and restarts.

Rules of wire_protocol.md sections 7 and 14.

Session time is zero at the first EMG sample. While the device runs its clock goes on by itself;
when it has booted anew, the host's clock tells how long that took.
"""

from __future__ import annotations

from firingorder.firmware_bridge.clock import ClockModel, ClockParams


class Timeline:
    """The clock of the session. All times in microseconds of device time or ns of the host."""

    def __init__(self, params: ClockParams | None = None) -> None:
        self.clock = ClockModel(params)
        self._params = params
        self._origin_us: int | None = None
        self._shift_us = 0
        self._restarted = False
        self._least_offset_ns: int | None = None

    @property
    def started(self) -> bool:
        """Whether the origin of session time is known."""
        return self._origin_us is not None

    @property
    def restarted(self) -> bool:
        """Whether the device's clock began anew and has not been joined to the session yet."""
        return self._restarted

    def start(self, t_us: int) -> None:
        """Make the device time ``t_us`` the origin."""
        self._origin_us = t_us

    def restart(self) -> None:
        """Note that the device's clock began anew."""
        self._restarted = True
        self._least_offset_ns = None

    def suspend(self, slept_ns: int) -> None:
        """Note that the host slept: its clock stood still, the device's went on."""
        self.clock = self.clock.behind_sleep(slept_ns)
        if self._least_offset_ns is not None:
            self._least_offset_ns -= slept_ns

    def witness(self, t_us: int, t_ns: int) -> None:
        """Take a frame of the new clock as evidence; the least delayed one counts."""
        if self._restarted:
            offset_ns = t_ns - t_us * 1000
            if self._least_offset_ns is None or offset_ns < self._least_offset_ns:
                self._least_offset_ns = offset_ns

    def join(self, t_us: int, not_before_us: float | None) -> None:
        """Join the new clock to the session at device time ``t_us``.

        ``not_before_us`` is session time that has already passed: whatever the estimate says, a
        later sample does not come before an earlier one.
        """
        host_ns = None if self._least_offset_ns is None else t_us * 1000 + self._least_offset_ns
        before_us = None if host_ns is None else self.clock.device_us(host_ns)
        if self._origin_us is not None and before_us is not None:
            self._shift_us = round(before_us + self._shift_us - t_us)
            session_us = self.session_us(t_us)
            if not_before_us is not None and session_us < not_before_us:
                self._shift_us += round(not_before_us - session_us)
        self.clock = ClockModel(self._params)
        self._restarted = False

    def session_us(self, t_us: int) -> int:
        """Return session time of a device time; the origin must be known."""
        assert self._origin_us is not None
        return t_us + self._shift_us - self._origin_us

    def event_s(self, t_us: int) -> float | None:
        """Return session seconds of a device time, or None while they cannot be told."""
        if self._origin_us is None or self._restarted:
            return None
        return self.session_us(t_us) * 1e-6

    def host_ns(self, at_s: float) -> float | None:
        """Return the host instant of session seconds; None before the origin."""
        if self._origin_us is None:
            return None
        return self.clock.host_ns(at_s * 1e6 + self._origin_us - self._shift_us)

    def now_s(self, t_ns: float) -> float | None:
        """Return the estimate of session seconds at a host instant; None before the origin."""
        device_us = self.clock.device_us(t_ns)
        if self._origin_us is None or device_us is None:
            return None
        return (device_us + self._shift_us - self._origin_us) * 1e-6
