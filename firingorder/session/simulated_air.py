"""Devices that exist in this process only, behind the product's own Bluetooth link: ``sim-ble:``.

The belt is one of them, other makers' devices and a pelvis sensor on a clock of its own are others.
All wear one body: what the sensor sees belongs to the muscles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.errors import UsageError
from firingorder.firmware_bridge.links.gatt import PROFILES_BY_SCHEME
from firingorder.firmware_bridge.source import FRAME_V1, SourceSpec
from firingorder.montage import DEFAULT_EIGHT
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.faults import FaultPlan, parse_faults
from firingorder.simulation.radio import AirSettings, SimBleLink, sim_ble_link
from firingorder.simulation.scenarios import DEFAULT_IMU_RATE_HZ, ScenarioBody, make_body
from firingorder.simulation.twins.ble_base import body_time
from firingorder.simulation.twins.ble_movella_dot import MovellaDotTwin
from firingorder.simulation.twins.ble_npg_lite import BODY_RATE_HZ, NpgLiteTwin
from firingorder.simulation.twins.ble_witmotion import WitMotionTwin

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.firmware_bridge.links.base import Link
    from firingorder.session.addresses import Address

BELT = "belt"
NPG_LITE = "npg-lite"
#: What may play the source of EMG, and the pelvis sensor beside it.
AS = (BELT, NPG_LITE)
PELVIS = {"dot": ("dot-ble", MovellaDotTwin), "witmotion": ("witmotion-ble", WitMotionTwin)}
#: Three inputs carry what a verdict needs, and the muscle that most often cheats.
THREE = ("gluteus_maximus_left", "hamstring_left", "erector_spinae_left")


def open_air(
    address: Address, channels: tuple[str, ...] | None
) -> tuple[tuple[Link, ...], tuple[SourceSpec, ...]]:
    """Return links and how their bytes are read; ``channels`` None takes the device's own.

    Raises
    ------
    UsageError
        An option names no device, or makes no sense.
    """
    seed = int(address.number("seed", 1))
    settings = AirSettings(interval_ms=address.number("interval", AirSettings().interval_ms))
    played, pelvis = address.option("as") or BELT, address.option("pelvis")
    if played not in AS or (pelvis is not None and pelvis not in PELVIS):
        raise UsageError(
            f"{address.text}: as is one of {', '.join(AS)}, pelvis one of {', '.join(PELVIS)}."
        )
    body = _body(address, played, channels, with_imu=pelvis is None)
    faults = parse_faults(address.option("faults") or "") if address.option("faults") else None
    link, spec, body_s = _emg(played, body, seed, faults or FaultPlan(), settings)
    if pelvis is None:
        return (link,), (spec,)
    scheme, kind = PELVIS[pelvis]
    sensor = SimBleLink(
        kind(body, body_s, seed=seed + 1),
        profile=PROFILES_BY_SCHEME[scheme],
        seed=seed + 1,
        settings=settings,
    )
    return (link, sensor), (spec, SourceSpec(scheme, "packet"))


def _body(
    address: Address, played: str, channels: tuple[str, ...] | None, *, with_imu: bool
) -> ScenarioBody:
    on_belt = played == BELT
    has_imu = on_belt and with_imu and address.has_imu()
    return make_body(
        address.scenario(),
        seed=int(address.number("seed", 1)),
        emg_rate_hz=address.number("rate", 1000.0) if on_belt else BODY_RATE_HZ,
        imu_rate_hz=DEFAULT_IMU_RATE_HZ if has_imu else None,
        channels=channels or (DEFAULT_EIGHT if on_belt else THREE),
    )


def _emg(
    played: str, body: ScenarioBody, seed: int, faults: FaultPlan, settings: AirSettings
) -> tuple[SimBleLink, SourceSpec, Callable[[float], float]]:
    if played == BELT:
        device = VirtualDevice(body, seed=seed, faults=faults)
        link = sim_ble_link(device, seed=seed, settings=settings)
        return link, SourceSpec(FRAME_V1, link.framing), body_time(device)
    twin = NpgLiteTwin(body, seed=seed, firmware="chords", faults=faults)
    profile = PROFILES_BY_SCHEME["npg-ble"]
    link = SimBleLink(twin, profile=profile, seed=seed, settings=settings)
    return link, SourceSpec("npg-ble", "packet"), twin.body_s
