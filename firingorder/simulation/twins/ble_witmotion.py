"""A virtual WitMotion sensor on the pelvis of a simulated body.

Written from the description of its packets alone; it shares nothing with the decoder.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from firingorder.simulation.movement import STANDARD_GRAVITY_M_S2
from firingorder.simulation.radio.table import Characteristic, GattTable, Service
from firingorder.simulation.twins.ble_base import BleDevice
from firingorder.simulation.twins.pelvis_sensor import PelvisSensor

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.samples import FloatArray
    from firingorder.simulation.faults import FaultPlan
    from firingorder.simulation.scenarios import ScenarioBody

SERVICE = "0000FFE5-0000-1000-8000-00805F9A34FB"
NOTIFY = "0000FFE4-0000-1000-8000-00805F9A34FB"
WRITE = "0000FFE9-0000-1000-8000-00805F9A34FB"
RATES_HZ = {6: 10.0, 7: 20.0, 8: 50.0}
FACTORY_CODE = 6


class WitMotionTwin(BleDevice):
    """Sends all the time that somebody listens, 20 bytes a sample, without time or number.

    Parameters
    ----------
    body
        Whose pelvis it is on.
    body_s
        Seconds of the body at an instant of the host in microseconds.
    obeys
        Whether it takes another rate; False for one that is locked for good.
    seed, faults, latency_s, on_sent
        See :class:`firingorder.simulation.twins.ble_base.BleDevice`.
    """

    def __init__(
        self,
        body: ScenarioBody,
        body_s: Callable[[float], float],
        *,
        seed: int,
        obeys: bool = True,
        faults: FaultPlan | None = None,
        latency_s: float = 0.0,
        on_sent: Callable[[float, bytes], None] | None = None,
    ) -> None:
        super().__init__(
            rate_hz=RATES_HZ[FACTORY_CODE],
            seed=seed,
            faults=faults,
            latency_s=latency_s,
            on_sent=on_sent,
        )
        self._body, self._body_s, self._obeys = body, body_s, obeys
        self._code = FACTORY_CODE
        self._unlocked = False
        self._worn = self._put_on()

    @property
    def table(self) -> GattTable:
        """One service: data out, commands in."""
        return GattTable(
            name="WT901BLE67",
            services=(
                Service(
                    SERVICE,
                    (
                        Characteristic(NOTIFY, ("notify",), on_subscribe=self._listen),
                        Characteristic(
                            WRITE, ("write", "write_without_response"), on_write=self._command
                        ),
                    ),
                ),
            ),
            interval_ms=(7.5, 30.0),
        )

    def sample(self, number: int, host_us: float) -> None:
        """Take a sample and notify it; its angles are left at zero."""
        (acc,), (gyr,) = self._worn.measure(np.array([self._body_s(host_us)]))
        acc_words = _words(acc / STANDARD_GRAVITY_M_S2, 16.0)
        gyr_words = _words(np.degrees(gyr), 2000.0)
        self.send(NOTIFY, b"\x55\x61" + struct.pack("<9h", *acc_words, *gyr_words, 0, 0, 0))

    def rebooted(self) -> None:
        """Return to the rate of the factory: nothing was saved."""
        self._set(FACTORY_CODE)
        self._unlocked = False

    def _listen(self, listening: bool) -> None:
        if listening:
            self.start()
        else:
            self.stop()

    def _command(self, data: bytes) -> None:
        if len(data) != 5 or data[:2] != b"\xff\xaa":
            return
        register, low, high = data[2], data[3], data[4]
        if (register, low, high) == (0x69, 0x88, 0xB5):
            self._unlocked = True
        elif register == 0x03 and low in RATES_HZ and self._unlocked and self._obeys:
            again = self.streaming
            self.stop()
            self._set(low)
            if again:
                self.start()
        elif register == 0x27:
            value = self._code if low == 0x03 else 0
            self.answer(NOTIFY, bytes((0x55, 0x71, low, 0, value, 0)) + bytes(14))

    def _set(self, code: int) -> None:
        self._code = code
        self.rate_hz = RATES_HZ[code]
        self._worn = self._put_on()

    def _put_on(self) -> PelvisSensor:
        return PelvisSensor(self._body, seed=self.seed, period_s=1.0 / self.rate_hz)


def _words(values: FloatArray, full_scale: float) -> list[int]:
    counts = np.round(values / full_scale * 32768.0)
    return [int(word) for word in np.clip(counts, -32768, 32767)]
