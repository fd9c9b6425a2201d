"""A virtual Movella DOT on the pelvis of a simulated body.

Written from the description of the services alone; it shares nothing with the decoder.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from firingorder.simulation.radio.table import Characteristic, GattTable, Service
from firingorder.simulation.twins.ble_base import BleDevice
from firingorder.simulation.twins.pelvis_sensor import PelvisSensor

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.simulation.faults import FaultPlan
    from firingorder.simulation.scenarios import ScenarioBody

_BASE = "1517{}-4947-11E9-8646-D663BD873D93"
CONFIGURATION, MEASUREMENT, BATTERY_SERVICE = (_BASE.format(n) for n in ("1000", "2000", "3000"))
DEVICE_CONTROL, CONTROL = _BASE.format("1002"), _BASE.format("2001")
LONG, MEDIUM, SHORT = (_BASE.format(n) for n in ("2002", "2003", "2004"))
BATTERY = _BASE.format("3001")
COMPANY = 0x0886
LIVE_RATES_HZ = (1, 4, 10, 12, 15, 20, 30, 60)
_VISIT_RATE = 0x10


class MovellaDotTwin(BleDevice):
    """Streams payload mode 21; other modes are not played and send nothing.

    Parameters
    ----------
    body
        Whose pelvis it is on.
    body_s
        Seconds of the body at an instant of the host in microseconds.
    rate_hz
        As it was left by whoever had it before.
    name
        As it advertises.
    seed, faults, latency_s, on_sent
        See :class:`firingorder.simulation.twins.ble_base.BleDevice`.
    """

    def __init__(
        self,
        body: ScenarioBody,
        body_s: Callable[[float], float],
        *,
        seed: int,
        rate_hz: int = 20,
        name: str = "Xsens DOT",
        faults: FaultPlan | None = None,
        latency_s: float = 0.0,
        on_sent: Callable[[float, bytes], None] | None = None,
    ) -> None:
        super().__init__(
            rate_hz=float(rate_hz),
            seed=seed,
            faults=faults,
            latency_s=latency_s,
            on_sent=on_sent,
        )
        self._body, self._body_s, self._name = body, body_s, name
        self._settings = bytearray(32)
        self._settings[7] = len(b"pelvis")
        self._settings[8:14] = b"pelvis"
        self._settings[24:26] = rate_hz.to_bytes(2, "little")
        self.refused_writes = 0
        self._mode = 0
        self._worn = self._put_on()

    @property
    def table(self) -> GattTable:
        """Configuration, measurement and battery."""
        return GattTable(
            name=self._name,
            services=(
                Service(
                    CONFIGURATION,
                    (
                        Characteristic(
                            DEVICE_CONTROL,
                            ("read", "write"),
                            value=lambda: bytes(self._settings),
                            on_write=self._configure,
                        ),
                    ),
                ),
                Service(
                    MEASUREMENT,
                    (
                        Characteristic(CONTROL, ("read", "write"), on_write=self._control),
                        Characteristic(LONG, ("notify",)),
                        Characteristic(MEDIUM, ("notify",)),
                        Characteristic(SHORT, ("notify",)),
                    ),
                ),
                Service(
                    BATTERY_SERVICE,
                    (
                        Characteristic(
                            BATTERY,
                            ("read", "notify"),
                            value=b"\x5f\x00",
                            on_subscribe=self._tell_battery,
                        ),
                    ),
                ),
            ),
            manufacturer={COMPANY: b"\x00\x01"},
            interval_ms=(7.5, 30.0),
        )

    def sample(self, number: int, host_us: float) -> None:
        """Take a sample and notify it."""
        (acc,), (gyr,) = self._worn.measure(np.array([self._body_s(host_us)]))
        stamp = round(self.clock_us(host_us)) % 2**32
        if self._mode == 21:
            self.send(MEDIUM, struct.pack("<I6f", stamp, *acc, *np.degrees(gyr)))

    def left(self) -> None:
        """Keep the settings; the mode ends with the measurement."""
        self._mode = 0

    def _put_on(self) -> PelvisSensor:
        return PelvisSensor(self._body, seed=self.seed, period_s=1.0 / self.rate_hz)

    def _tell_battery(self, listening: bool) -> None:
        if listening:
            self.answer(BATTERY, b"\x5f\x00")

    def _configure(self, data: bytes) -> None:
        rate_hz = int.from_bytes(data[24:26], "little")
        right = len(data) == 32 and data[0] == _VISIT_RATE and rate_hz in LIVE_RATES_HZ
        before = bytes(self._settings)
        kept = data[1:24] == before[1:24] and data[26:] == before[26:]
        if self.streaming or not right or not kept:
            self.refused_writes += 1
            return
        self._settings[24:26] = data[24:26]
        self.rate_hz = float(rate_hz)
        self._worn = self._put_on()

    def _control(self, data: bytes) -> None:
        if len(data) != 3 or data[0] != 1:
            self.refused_writes += 1
        elif data[1] == 1:
            self._mode = data[2]
            self.start()
        else:
            self.stop()
