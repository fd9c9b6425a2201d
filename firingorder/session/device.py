"""What a recording keeps of the device that it was made with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firingorder.montage import Montage, default_montage, montage_from_labels, muscle_of_label

if TYPE_CHECKING:
    from firingorder.firmware_bridge.profile import CapabilityProfile
    from firingorder.session.engine import Engine


def source_montage(profile: CapabilityProfile) -> Montage:
    """Return the montage of a source for which none was given.

    Where it calls its channels by muscles it knows best; else the reference placement of a device
    with eight channels.

    Raises
    ------
    MontageError
        It has another number of channels, or calls two of them by the same muscle.
    """
    labels = profile.labels
    if not any(muscle_of_label(label) for label in labels):
        return default_montage(profile.emg_channels)
    named, _ = montage_from_labels(labels)
    return Montage(
        tuple((f"EMG{labels.index(label) + 1}", muscle) for label, muscle in named.channels)
    )


def device_message(engine: Engine) -> dict[str, Any]:
    """Return what a recording keeps of its devices.

    The profile of each source, and of frame v1 the HELLO as bytes and as read.
    """
    if engine.profile is None:
        return {}
    profiles = [None if one is None else one.to_dict() for one in engine.profiles]
    hello = engine.hello
    if hello is None:
        return {"profiles": profiles, "simulated": engine.simulated}
    return {
        "profiles": profiles,
        "hello_hex": hello.build().hex(),
        "serial": hello.serial.hex(),
        "firmware": ".".join(str(part) for part in hello.firmware),
        "model": hello.model,
        "vendor": hello.vendor,
        "simulated": hello.simulated,
        "streams": [
            {
                "id": stream.id,
                "kind": stream.kind,
                "channels": stream.channels,
                "rate_hz": stream.rate_mhz / 1e3,
                "scale": list(stream.scale),
                "group_delay_us": stream.group_delay_us,
                "skew_ns": stream.skew_ns,
            }
            for stream in hello.streams
        ],
    }
