"""A virtual NPG Lite on three muscles of a simulated body.

Written from the description of its packets alone; it shares nothing with the decoder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firingorder.errors import UsageError
from firingorder.simulation.radio.table import Characteristic, GattTable, Service
from firingorder.simulation.twins.ble_base import BleDevice

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.samples import FloatArray
    from firingorder.simulation.body import Body
    from firingorder.simulation.faults import FaultPlan

SERVICE = "4FAFC201-1FB5-459E-8FCC-C5C9C331914B"
DATA = "BEB5483E-36E1-4688-B7F5-EA07361B26A8"
CONTROL = "FF01"
INPUTS = 3
#: The body is looked at once a millisecond: the converter of the firmware at 250 Hz takes its
#: inputs in turn at that pace.
BODY_RATE_HZ = 1000.0
#: Microvolts of the body that make one count, and where the middle lies; both of them invented.
UV_PER_COUNT, MIDDLE = 0.9, 2048.0


@dataclass(frozen=True, slots=True)
class Firmware:
    """How one firmware samples and packs: rate, samples to a notification, turns of its inputs."""

    rate_hz: float
    per_notification: int
    skew_samples: int


FIRMWARES = {"idf": Firmware(250.0, 25, 1), "chords": Firmware(500.0, 10, 0)}


class NpgLiteTwin(BleDevice):
    """Streams between START and STOP; the counter goes on from one stream to the next.

    Parameters
    ----------
    body
        Three channels at 1000 Hz.
    firmware
        ``idf`` or ``chords``.
    per_notification
        Another number of samples to a notification than the firmware's.
    seed, faults, latency_s, on_sent
        See :class:`firingorder.simulation.twins.ble_base.BleDevice`.
    """

    def __init__(
        self,
        body: Body,
        *,
        seed: int,
        firmware: str = "idf",
        per_notification: int | None = None,
        faults: FaultPlan | None = None,
        latency_s: float = 0.0,
        on_sent: Callable[[float, bytes], None] | None = None,
    ) -> None:
        if len(body.channels) != INPUTS or body.emg_rate_hz != BODY_RATE_HZ:
            raise UsageError(f"An NPG Lite has {INPUTS} inputs and looks at {BODY_RATE_HZ:g} Hz.")
        self.firmware = FIRMWARES[firmware]
        super().__init__(
            rate_hz=self.firmware.rate_hz,
            seed=seed,
            faults=faults,
            latency_s=latency_s,
            on_sent=on_sent,
        )
        self._body = body
        self._first: int | None = None
        self._per_notification = per_notification or self.firmware.per_notification
        self._packed = bytearray()

    @property
    def table(self) -> GattTable:
        """One service: samples, and commands with their answers."""
        return GattTable(
            name="NPG-Lite-3CH:5A17",
            services=(
                Service(
                    SERVICE,
                    (
                        Characteristic(DATA, ("notify",)),
                        Characteristic(
                            CONTROL,
                            ("read", "write", "notify"),
                            value=lambda: self._status,
                            on_write=self._command,
                        ),
                    ),
                ),
            ),
            interval_ms=(7.5, 15.0),
        )

    def body_s(self, host_us: float) -> float:
        """Return seconds of the body, which begin with the first sample; before it, less than 0."""
        if self._first is None:
            return -1.0
        return self.clock_us(host_us) * 1e-6 - self._first / self.rate_hz

    def sample(self, number: int, host_us: float) -> None:
        """Take a sample; notify when enough are packed."""
        if self._first is None:
            self._first = number
        counts = self._convert(number - self._first)
        self._packed.append(number % 256)
        for count in counts:
            self._packed += int(count).to_bytes(2, "big")
        if len(self._packed) >= 7 * self._per_notification:
            self.send(DATA, bytes(self._packed))
            self._packed.clear()

    def left(self) -> None:
        """Forget what was half packed."""
        self._packed.clear()

    @property
    def _status(self) -> bytes:
        return b"RUNNING" if self.streaming else b"STOPPED"

    def _convert(self, k: int) -> FloatArray:
        step = round(BODY_RATE_HZ / self.rate_hz)
        turn = self.firmware.skew_samples
        rows = self._body.emg_uv(k * step, INPUTS * turn + 1)
        levels = np.array([rows[turn * channel, channel] for channel in range(INPUTS)])
        return np.clip(np.round(MIDDLE + levels / UV_PER_COUNT), 0, 4095)

    def _command(self, data: bytes) -> None:
        said = data.decode("ascii", "replace").upper()
        if said.startswith("START"):
            self.start()
            self.answer(CONTROL, b"RUNNING")
        elif said.startswith("STOP"):
            self.stop()
            self._packed.clear()
            self.answer(CONTROL, b"STOPPED")
        elif said.startswith("WHORU"):
            self.answer(CONTROL, b"NPG-LITE")
        elif said.startswith("STATUS"):
            self.answer(CONTROL, self._status)
        else:
            self.answer(CONTROL, b"UNKNOWN COMMAND")
