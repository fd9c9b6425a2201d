"""What kind of device is simulated."""

from __future__ import annotations

from dataclasses import dataclass

from firingorder.firmware_bridge.payloads import RSSI_UNKNOWN, Caps, SampleFormat

#: Analogue gains of an ADS1298 (datasheet SBAS459, register CHnSET).
GAINS = (1, 2, 3, 4, 6, 8, 12)
#: Reference voltage of the front end in microvolts: full scale is this over the gain.
REFERENCE_UV = 2.4e6
I24_FULL_SCALE = 8_388_607
I16_FULL_SCALE = 32_767
#: i16 EMG: behind a 1 Hz DC block the full scale of 8.19 mV holds surface EMG of 5 mV.
I16_UV_PER_COUNT = 0.25
#: Inertial sensor ranges of the reference hardware, per i16 count.
ACC_G_PER_COUNT = 8.0 / 32_768.0
GYR_DEG_S_PER_COUNT = 1000.0 / 32_768.0
#: A lithium cell: below the first the device warns, below the second it stops.
LOW_BATTERY_MV = 3400
EMPTY_BATTERY_MV = 3200
CAPS = (
    Caps.SET_RATE
    | Caps.SET_GAIN
    | Caps.SHORTED_INPUT
    | Caps.SQUARE_WAVE
    | Caps.DIGITAL_PATTERN
    | Caps.LEAD_OFF
    | Caps.MARK
    | Caps.SYNC_OUT
    | Caps.VBUS
    | Caps.I16_EMG
    | Caps.SET_NAME
    | Caps.BATTERY_GAUGE
    | Caps.SIMULATED
)


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """Properties of a virtual device.

    Attributes
    ----------
    emg_batch, imu_batch
        Samples per full frame; less where a frame cannot hold that many.
    emg_group_delay_us, imu_group_delay_us
        Declared delay between the instant of a sample and its time stamp (reference front end
        with 63 taps; inertial sensor with a 50 Hz low-pass).
    gain, emg_format
        As after a reset.
    battery_mv, battery_mv_per_hour
        Cell voltage at power-on and its decline (0.8 V over 20 h).
    vbus
        A USB supply is present at power-on.
    ring_bytes
        Transmit ring; emulated devices have 64 kB.
    """

    emg_batch: int = 8
    imu_batch: int = 5
    emg_group_delay_us: int = 16_250
    imu_group_delay_us: int = 8_000
    gain: int = 6
    emg_format: SampleFormat = SampleFormat.I24
    battery_mv: int = 4050
    battery_mv_per_hour: float = 40.0
    vbus: bool = False
    ring_bytes: int = 65_536

    def cell_mv(self, hours: float) -> int:
        """Return the voltage of the cell ``hours`` after power-on."""
        return max(0, round(self.battery_mv - self.battery_mv_per_hour * hours))


@dataclass(frozen=True, slots=True)
class RadioState:
    """What a device knows of its connection on a radio.

    Attributes
    ----------
    mtu
        ATT MTU in bytes; a notification carries three less.
    interval_units
        Connection interval in units of 1.25 ms.
    rssi_dbm, phy
        As in STATUS: 127 is unknown; 1 is 1M, 2 is 2M, 3 coded.
    """

    mtu: int
    interval_units: int = 0
    rssi_dbm: int = RSSI_UNKNOWN
    phy: int = 1
