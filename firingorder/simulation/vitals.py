"""What the virtual device looks at by itself: its cell, its electrodes, its state once a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.firmware_bridge.payloads import (
    RSSI_UNKNOWN,
    STOP_BATTERY,
    EventKind,
    Status,
)
from firingorder.simulation.settings import EMPTY_BATTERY_MV, LOW_BATTERY_MV

if TYPE_CHECKING:
    from firingorder.simulation.device import VirtualDevice

#: Board temperature, 0.01 degC: a belt on a body.
TEMPERATURE_CENTI_DEG = 3150


class Vitals:
    """Battery, lead-off and STATUS of one boot."""

    def __init__(self, device: VirtualDevice) -> None:
        self._device = device
        self._leads_off = 0
        self._low_battery_said = False

    def look_at_battery(self) -> None:
        """Warn once when the cell is low; stop when it is empty."""
        device = self._device
        level_mv = device.battery_mv()
        if level_mv < LOW_BATTERY_MV and not self._low_battery_said:
            self._low_battery_said = True
            device.event(EventKind.LOW_BATTERY, level_mv)
        if level_mv < EMPTY_BATTERY_MV and device.streams.running:
            device.stop()
            device.event(EventKind.STOPPED, STOP_BATTERY)

    def look_at_leads(self, body_us: float | None) -> bool | None:
        """Send EVENT 5 when the electrodes that are off changed.

        Returns whether any is off now, or None when nothing changed. ``body_us`` is microseconds
        since the body's origin; None where nothing is sensed.
        """
        off = 0 if body_us is None else self._device.streams.leads_off(body_us)
        if off == self._leads_off:
            return None
        self._leads_off = off
        return bool(off)

    @property
    def leads_off(self) -> int:
        """Which negative electrodes are off, a bit per channel."""
        return self._leads_off

    def status(
        self, *, uptime_s: int, high_water_percent: int, frames_dropped: int, rx_bad: int
    ) -> Status:
        """Return STATUS as it is now."""
        device = self._device
        radio = device.radio
        return Status(
            uptime_s=uptime_s,
            vbat_mv=device.battery_mv(),
            temperature_centi_deg=TEMPERATURE_CENTI_DEG,
            leadoff_n=self._leads_off,
            saturated=device.streams.take_saturated(),
            tx_high_water_percent=high_water_percent,
            rssi_dbm=RSSI_UNKNOWN if radio is None else radio.rssi_dbm,
            phy=0 if radio is None else radio.phy,
            state=device.streams.state(vbus=device.vbus),
            connection_interval=0 if radio is None else radio.interval_units,
            samples_missed=device.streams.samples_missed,
            frames_dropped=frames_dropped,
            rx_bad=rx_bad,
        )
