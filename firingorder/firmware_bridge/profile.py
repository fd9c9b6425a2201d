"""What a source of samples can do, and therefore what may be claimed from it.

No affordable device offers everything that an order of onsets needs. Every source says what it is;
the claim follows from that, and the user reads why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from firingorder.firmware_bridge.hello import StreamKindCode, Unit
from firingorder.firmware_bridge.payloads import SampleFormat

if TYPE_CHECKING:
    from firingorder.firmware_bridge.hello import Hello

TimeSource = Literal["device_us", "device_ms", "counter", "notification_count", "vendor"]
Integrity = Literal["crc32", "crc4", "transport", "none"]
ImuKind = Literal["none", "6axis"]
Claim = Literal["full", "limited", "amplitude"]

#: From this rate on the onset error grows no smaller with the rate (Ives and Wigglesworth, Clin
#: Biomech 2003;18:543, and our own simulation); below the second one 70 % of the power is lost.
FULL_CLAIM_HZ = 1000.0
ORDER_CLAIM_HZ = 500.0


@dataclass(frozen=True, slots=True)
class CapabilityProfile:
    """One source of samples.

    Attributes
    ----------
    adapter
        Scheme of the device address: ``frame_v1``, ``cyton``, ...
    model, serial, firmware
        As the device says; empty where it does not.
    emg_channels, emg_rate_hz, bits
        As announced or documented; zero channels for a motion sensor.
    bandwidth_hz
        -3 dB of the anti-alias path; None when unknown.
    skew_us
        Delay of each channel after its left neighbour, 0 for simultaneous sampling; None when it
        is only known to be less than a sample period.
    group_delay_us
        Delay of the filters; None when unknown.
    uv_per_count
        None: arbitrary units, no microvolts may be shown.
    time_source, counter_modulus
        What sample time is made of; the modulus of the counter, 0 for none.
    integrity
        What notices a damaged sample. ``transport``: the radio's or network's own checks.
    imu, imu_rate_hz, imu_mount_wxyz
        Motion sensor of the same device, on the same clock.
    slope_limit
        How far the device's clock may be from its nominal rate, as a fraction.
    simulated
        True for devices without electrodes.
    remark
        What else a user should know of it, in a sentence.
    labels
        What the source calls its EMG channels; empty where it has no names for them.
    """

    adapter: str
    model: str = ""
    serial: str = ""
    firmware: str = ""
    emg_channels: int = 0
    emg_rate_hz: float = 0.0
    bits: int = 0
    bandwidth_hz: float | None = None
    skew_us: float | None = None
    group_delay_us: float | None = None
    uv_per_count: float | None = None
    time_source: TimeSource = "counter"
    counter_modulus: int = 0
    integrity: Integrity = "none"
    imu: ImuKind = "none"
    imu_rate_hz: float = 0.0
    imu_mount_wxyz: tuple[float, float, float, float] | None = None
    slope_limit: float = 5000e-6
    simulated: bool = False
    remark: str = ""
    labels: tuple[str, ...] = ()

    @property
    def ambiguity_s(self) -> float | None:
        """Longest gap whose length the counter tells by itself; None without a counter."""
        rate_hz = self.emg_rate_hz or self.imu_rate_hz
        return self.counter_modulus / rate_hz if self.counter_modulus and rate_hz else None

    @property
    def calibrated(self) -> bool:
        """Whether values are microvolts."""
        return self.uv_per_count is not None

    @property
    def timing_error_s(self) -> float:
        """Half-width of the unknown error between channels: an unknown skew, at most a period."""
        if self.skew_us is not None or not self.emg_rate_hz:
            return 0.0
        return 0.5 / self.emg_rate_hz

    @property
    def claim(self) -> Claim:
        """What may be claimed: ``full`` order, order of ``limited`` resolution, ``amplitude``."""
        if self.emg_rate_hz < ORDER_CLAIM_HZ or self._loss_unseen:
            return "amplitude"
        told = self.time_source in ("device_us", "device_ms")
        sure = told or (self.ambiguity_s or 0.0) >= 2 * UNAMBIGUOUS_S
        if self.emg_rate_hz >= FULL_CLAIM_HZ and sure and self.integrity != "none":
            return "full"
        return "limited"

    @property
    def _loss_unseen(self) -> bool:
        return self.time_source == "notification_count"

    @property
    def why_not_full(self) -> str | None:
        """Say in one sentence what limits the claim; None when nothing does."""
        if self.claim == "full":
            return None
        rate = f"{self.emg_rate_hz:g} samples a second"
        if self.emg_rate_hz < ORDER_CLAIM_HZ:
            return f"This device takes {rate}; the order of onsets is not told below 500."
        if self.claim == "amplitude":
            return "This device does not tell when samples were lost; the order is not told."
        if self.emg_rate_hz < FULL_CLAIM_HZ:
            return f"This device takes {rate}: onsets are less sure, and intervals are wider."
        return "This device cannot tell how many samples a gap lost; no lead is told across one."

    def to_dict(self) -> dict[str, Any]:
        """Return the profile as recordings and results keep it."""
        out: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        if self.imu_mount_wxyz is not None:
            out["imu_mount_wxyz"] = list(self.imu_mount_wxyz)
        out["labels"] = list(self.labels)
        return {**out, "claim": self.claim, "ambiguity_s": self.ambiguity_s}


#: Arrival of a read tells the time of its last sample to about this (Bluetooth with a 30 ms
#: interval, wire_protocol.md section 14: 53 ms at the 95th percentile, with some reserve).
UNAMBIGUOUS_S = 0.1

_BITS: dict[int, int] = {SampleFormat.I24: 24, SampleFormat.I16: 16, SampleFormat.F32: 32}


def profile_of_hello(hello: Hello) -> CapabilityProfile:
    """Return the profile of a device that speaks frame v1; no EMG is zero channels."""
    emg = hello.stream_of_kind(StreamKindCode.EMG)
    imu = hello.stream_of_kind(StreamKindCode.IMU6)
    calibrated = emg is not None and emg.unit == Unit.MICROVOLT
    return CapabilityProfile(
        adapter="frame_v1",
        model=f"{hello.vendor}:{hello.model}",
        serial=hello.serial.hex(),
        firmware=".".join(str(part) for part in hello.firmware),
        emg_channels=0 if emg is None else emg.channels,
        emg_rate_hz=0.0 if emg is None else emg.rate_mhz / 1e3,
        bits=0 if emg is None else _BITS.get(emg.fmt, 0),
        skew_us=0.0 if emg is None else emg.skew_ns / 1e3,
        group_delay_us=0.0 if emg is None else float(emg.group_delay_us),
        uv_per_count=emg.scale[0] if emg is not None and calibrated else None,
        time_source="device_us",
        counter_modulus=1 << 32,
        integrity="crc32",
        imu="none" if imu is None else "6axis",
        imu_rate_hz=0.0 if imu is None else imu.rate_mhz / 1e3,
        imu_mount_wxyz=None if imu is None else imu.mount_wxyz,
        slope_limit=150e-6,
        simulated=hello.simulated,
    )
